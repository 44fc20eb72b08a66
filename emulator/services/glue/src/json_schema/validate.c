/* validate.c - does a value hold to a schema? */
#include "budget.h"
#include "json_schema.h"
#include <math.h>

#define DEPTH_MAX 64 /* schemas that refer to themselves without end allow everything */

static bool holds(const JsonSchema *schema, const JsonValue *value, Walk *walk);

const JsonSchema *json_schema_target(const JsonSchema *schema)
{
    int hops = 0;
    while (schema && schema->ref)
        schema = ++hops > DEPTH_MAX ? NULL : schema->ref;
    return schema;
}

unsigned json_value_type(const JsonValue *value)
{
    static const unsigned types[] = {TYPE_NULL, TYPE_BOOLEAN, 0, TYPE_STRING, TYPE_ARRAY, TYPE_OBJECT};
    if (value->kind != VALUE_NUMBER)
        return types[value->kind];
    return floor(value->number) == value->number ? TYPE_INTEGER : TYPE_FRACTION;
}

bool range_has(const Range *range, double number)
{
    return (number > range->low || (number == range->low && !range->is_low_open)) &&
           (number < range->high || (number == range->high && !range->is_high_open));
}

bool is_multiple(double number, double of)
{
    double rest = fabs(remainder(number, of));
    return rest <= 1e-9 * of;
}

bool json_schema_each_of_member(const JsonSchema *schema, Bytes name, const MemberVisit *visit)
{
    const JsonSchema *own = properties_find(&schema->properties, name);
    bool is_named = own != NULL;
    visit->effort->steps -= 2;
    if (own && !visit->function(visit->context, own))
        return false;
    for (size_t i = 0; i < schema->patterns.count && visit->effort->steps >= 0; i++) {
        const JsonProperty *pattern = &schema->patterns.items[i];
        if (!regex_matches(visit->effort, pattern->pattern, name))
            continue;
        is_named = true;
        if (!visit->function(visit->context, pattern->schema))
            return false;
    }
    return is_named || !schema->additional || visit->function(visit->context, schema->additional);
}

static size_t count_holding(const SchemaList *list, const JsonValue *value, Walk *walk)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += holds(list->items[i], value, walk);
    return count;
}

static bool holds_combined(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    if (schema->all.count && count_holding(&schema->all, value, walk) < schema->all.count)
        return false;
    if (schema->any.count && !count_holding(&schema->any, value, walk))
        return false;
    if (schema->one.count && count_holding(&schema->one, value, walk) != 1)
        return false;
    if (schema->negated && holds(schema->negated, value, walk))
        return false;
    if (!schema->condition)
        return true;
    const JsonSchema *next = holds(schema->condition, value, walk) ? schema->then : schema->otherwise;
    return !next || holds(next, value, walk);
}

static bool array_holds(const JsonSchema *schema, const JsonValue *array, Walk *walk)
{
    bool is_contained = !schema->contains;
    if (!range_has(&schema->ranges[RANGE_ITEMS], (double)array->count) ||
        (schema->is_unique && json_list_has_twins(walk->effort, array)))
        return false;
    for (size_t i = 0; i < array->count && walk->effort->steps >= 0; i++) {
        const JsonSchema *item = i < schema->tuple.count ? schema->tuple.items[i] : schema->rest;
        if (item && !holds(item, &array->items[i], walk))
            return false;
        is_contained = is_contained || holds(schema->contains, &array->items[i], walk);
    }
    return is_contained;
}

typedef struct Member {
    const JsonValue *value;
    Walk *walk;
} Member;

static bool member_holds(void *context, const JsonSchema *schema)
{
    const Member *member = context;
    return holds(schema, member->value, member->walk);
}

static bool name_holds(const JsonSchema *schema, Bytes name, Walk *walk)
{
    if (!schema->names)
        return true;
    walk->effort->steps -= 1 + (int64_t)(name.len / 32);
    const JsonValue value = json_value_of_text(name);
    return holds(schema->names, &value, walk);
}

static bool members_hold(const JsonSchema *schema, const JsonValue *object, Walk *walk)
{
    for (size_t i = 0; i < object->count && walk->effort->steps >= 0; i++) {
        Member member = {&object->items[i], walk};
        MemberVisit visit = {member_holds, &member, walk->effort};
        if (!json_schema_each_of_member(schema, object->names[i], &visit) ||
            !name_holds(schema, object->names[i], walk))
            return false;
    }
    return true;
}

static bool object_holds(const JsonSchema *schema, const JsonValue *object, Walk *walk)
{
    if (!range_has(&schema->ranges[RANGE_PROPERTIES], (double)object->count))
        return false;
    walk->effort->steps -= (int64_t)(schema->required.count + schema->dependencies.count) * 2;
    for (size_t i = 0; i < schema->required.count && walk->effort->steps >= 0; i++)
        if (!json_value_member(object, schema->required.items[i]))
            return false;
    if (!members_hold(schema, object, walk))
        return false;
    for (size_t i = 0; i < schema->dependencies.count; i++) {
        const JsonProperty *dependency = &schema->dependencies.items[i];
        if (json_value_member(object, dependency->name) && !holds(dependency->schema, object, walk))
            return false;
    }
    return true;
}

static bool scalar_holds(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    if (value->kind == VALUE_NUMBER)
        return range_has(&schema->ranges[RANGE_NUMBER], value->number) &&
               (schema->multiple_of == 0 || is_multiple(value->number, schema->multiple_of));
    if (value->kind == VALUE_STRING)
        return range_has(&schema->ranges[RANGE_LENGTH], value->number) &&
               (!schema->pattern || regex_matches(walk->effort, schema->pattern, value->text));
    return true;
}

static bool is_listed(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    if (schema->enumeration && !json_list_has(walk->effort, schema->enumeration, value))
        return false;
    if (!schema->constant)
        return true;
    walk->effort->steps -= schema->constant->hash == value->hash ? (int64_t)value->weight : 0;
    return json_value_equal(schema->constant, value);
}

static bool node_holds(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    if (schema->is_false || !(json_value_type(value) & schema->types) || !is_listed(schema, value, walk))
        return false;
    if (value->kind == VALUE_ARRAY && !array_holds(schema, value, walk))
        return false;
    if (value->kind == VALUE_OBJECT && !object_holds(schema, value, walk))
        return false;
    return scalar_holds(schema, value, walk) && holds_combined(schema, value, walk);
}

static bool holds(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    schema = json_schema_target(schema);
    if (!schema || walk->depth >= DEPTH_MAX || walk->effort->steps < 0)
        return true;
    budget_descend(walk->effort->arena);
    walk->effort->steps -= 2;
    walk->depth++;
    bool good = node_holds(schema, value, walk);
    walk->depth--;
    return good;
}

bool json_schema_validates(Walk walk, const JsonSchema *schema, const JsonValue *value)
{
    return holds(schema, value, &walk);
}
