/* accept_object.c - properties, patternProperties, additionalProperties: open and closed content models; required,
 * propertyNames, dependencies. */
#include "accept.h"

typedef struct MemberCheck {
    Check *check;
    const Step *at;
    const JsonSchema *reader; /* of the object */
    Bytes name;
    bool is_known; /* the writer says what it is */
    Written written;
} MemberCheck;

static bool accepts_member_by(void *context, const JsonSchema *schema)
{
    MemberCheck *member = context;
    Step step = {member->at, member->name};
    const JsonSchema *target = json_schema_target(schema);
    if (target && target->is_false && schema == member->reader->additional)
        return not_read(member->check, &step, "the property was written, the content model that reads it is closed");
    if (accepts(member->check, schema, &member->written, &step))
        return true;
    if (member->is_known)
        return false;
    return not_read(
        member->check, &step,
        "the content model that wrote it is open: the property may have been written as anything, and not all "
        "of that is read");
}

/* The steps are its caller's. */
static bool is_known(const Written *written, Bytes name)
{
    for (size_t i = 0; i < written->all.count; i++)
        if (properties_find(&written->all.items[i]->properties, name))
            return true;
    return false;
}

static bool accepts_member(Check *check, const JsonSchema *reader, const Written *written, Bytes name, const Step *at)
{
    MemberCheck member = {check, at, reader, name, is_known(written, name), written_member(check, written, name)};
    MemberVisit visit = {accepts_member_by, &member, &check->effort};
    check->effort.steps -= 2 * (int64_t)written->all.count;
    if (check->effort.steps < 0)
        return too_large(check, at);
    return !member.written.types || json_schema_each_of_member(reader, name, &visit);
}

static bool accepts_listed(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    for (size_t i = 0; i < reader->properties.count; i++)
        if (!accepts_member(check, reader, written, reader->properties.items[i].name, at))
            return false;
    for (size_t i = 0; i < written->all.count; i++) {
        const PropertyList *properties = &written->all.items[i]->properties;
        for (size_t j = 0; j < properties->count; j++)
            if (!properties_find(&reader->properties, properties->items[j].name) &&
                !accepts_member(check, reader, written, properties->items[j].name, at))
                return false;
    }
    return true;
}

/* Members whose names nobody lists, and that match this pattern; absent: none at all. */
static Written written_rest(Check *check, const Written *written, Bytes pattern)
{
    Written rest = written_new();
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++) {
        const JsonSchema *schema = written->all.items[i];
        const JsonSchema *own = present(pattern) ? properties_find(&schema->patterns, pattern) : NULL;
        written_add(check, &rest, own ? own : schema->additional);
    }
    written_settle(check, &rest);
    return rest;
}

static bool accepts_rest(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    Written rest = written_rest(check, written, (Bytes){0});
    const JsonSchema *additional = json_schema_target(reader->additional);
    Step step = {at, TEXT("*")};
    if (additional && additional->is_false && rest.types)
        return not_read(check, at, "the content model that wrote it is open, the one that reads it closed");
    if (!accepts(check, reader->additional, &rest, &step))
        return false;
    for (size_t i = 0; i < reader->patterns.count; i++) {
        const JsonProperty *pattern = &reader->patterns.items[i];
        Written matching = written_rest(check, written, pattern->name);
        Step below = {at, pattern->name};
        if (!accepts(check, pattern->schema, &matching, &below))
            return false;
    }
    return true;
}

/* What the writer's patterns let through is read by the reader's additionalProperties where it has no such pattern. */
static bool accepts_patterns(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    for (size_t i = 0; i < written->all.count; i++) {
        const PropertyList *patterns = &written->all.items[i]->patterns;
        for (size_t j = 0; j < patterns->count; j++) {
            Step step = {at, patterns->items[j].name};
            Written matching = written_rest(check, written, patterns->items[j].name);
            if (!properties_find(&reader->patterns, patterns->items[j].name) &&
                !accepts(check, reader->additional, &matching, &step))
                return false;
        }
    }
    return true;
}

static bool accepts_required(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    for (size_t i = 0; i < reader->required.count && check->effort.steps >= 0; i++) {
        Step step = {at, reader->required.items[i]};
        if (!written_requires(check, written, reader->required.items[i]))
            return not_read(check, &step, "the property is required to read, but was not always written");
    }
    return true;
}

static bool all_names_hold(Check *check, const JsonSchema *names, const Written *written)
{
    if (written_rest(check, written, (Bytes){0}).types)
        return false;
    for (size_t i = 0; i < written->all.count; i++) {
        const JsonSchema *schema = written->all.items[i];
        if (schema->patterns.count)
            return false;
        for (size_t j = 0; j < schema->properties.count; j++) {
            JsonValue name = json_value_of_text(schema->properties.items[j].name);
            if (check->effort.steps < 0 ||
                (written_member(check, written, name.text).types && !check_validates(check, names, &name)))
                return false;
        }
    }
    return true;
}

static bool accepts_names(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    Written names = written_new();
    if (!reader->names || all_names_hold(check, reader->names, written))
        return true;
    names.types = TYPE_STRING;
    for (size_t i = 0; i < written->all.count; i++)
        written_add(check, &names, written->all.items[i]->names);
    Step step = {at, TEXT("propertyNames")};
    return accepts(check, reader->names, &names, &step);
}

/* With the member there, what was written holds to what the writer's own dependencies ask for, too. */
static bool accepts_dependent(Check *check, const JsonProperty *dependency, const Written *written, const Step *at)
{
    Written with = written_copy(check, written);
    for (size_t i = 0; i < written->all.count && check->effort.steps >= 0; i++)
        written_add(check, &with, properties_find(&written->all.items[i]->dependencies, dependency->name));
    written_settle(check, &with);
    return accepts(check, dependency->schema, &with, at);
}

static bool accepts_dependencies(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    for (size_t i = 0; i < reader->dependencies.count; i++) {
        const JsonProperty *dependency = &reader->dependencies.items[i];
        if (check->effort.steps < 0)
            return too_large(check, at);
        if (written_member(check, written, dependency->name).types &&
            !accepts_dependent(check, dependency, written, at))
            return false;
    }
    return true;
}

bool accepts_object(Check *check, const JsonSchema *reader, const Written *written, const Step *at)
{
    return !(written->types & TYPE_OBJECT) ||
           (accepts_listed(check, reader, written, at) && accepts_rest(check, reader, written, at) &&
            accepts_patterns(check, reader, written, at) && accepts_required(check, reader, written, at) &&
            accepts_names(check, reader, written, at) && accepts_dependencies(check, reader, written, at));
}
