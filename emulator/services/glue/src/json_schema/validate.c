/* validate.c - does a value hold to a schema? */
#include "json_schema.h"
#include <math.h>

#define DEPTH_MAX 64 /* schemas that refer to themselves without end allow everything */

typedef struct Walk {
    int depth;
    int64_t *steps; /* that are left */
} Walk;

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

bool names_have(const NameList *names, Bytes name)
{
    for (size_t i = 0; i < names->count; i++)
        if (bytes_equal(names->items[i], name))
            return true;
    return false;
}

const JsonSchema *properties_find(const PropertyList *properties, Bytes name)
{
    for (size_t i = 0; i < properties->count; i++)
        if (bytes_equal(properties->items[i].name, name))
            return properties->items[i].schema;
    return NULL;
}

bool json_schema_each_of_member(const JsonSchema *schema, Bytes name, MemberFunction *function, void *context)
{
    const JsonSchema *own = properties_find(&schema->properties, name);
    bool is_named = own != NULL;
    if (own && !function(context, own))
        return false;
    for (size_t i = 0; i < schema->patterns.count; i++) {
        const JsonProperty *pattern = &schema->patterns.items[i];
        if (!regex_matches(pattern->pattern, name))
            continue;
        is_named = true;
        if (!function(context, pattern->schema))
            return false;
    }
    return is_named || !schema->additional || function(context, schema->additional);
}

static bool is_one_of(const JsonValue *list, const JsonValue *value)
{
    for (size_t i = 0; i < list->count; i++)
        if (json_value_equal(&list->items[i], value))
            return true;
    return false;
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
    if (schema->not &&holds(schema->not, value, walk))
        return false;
    if (!schema->condition)
        return true;
    const JsonSchema *next = holds(schema->condition, value, walk) ? schema->then : schema->otherwise;
    return !next || holds(next, value, walk);
}

static bool has_twins(const JsonValue *array)
{
    for (size_t i = 0; i < array->count; i++)
        for (size_t j = i + 1; j < array->count; j++)
            if (json_value_equal(&array->items[i], &array->items[j]))
                return true;
    return false;
}

static bool array_holds(const JsonSchema *schema, const JsonValue *array, Walk *walk)
{
    bool is_contained = !schema->contains;
    if (!range_has(&schema->ranges[RANGE_ITEMS], (double)array->count) || (schema->is_unique && has_twins(array)))
        return false;
    for (size_t i = 0; i < array->count; i++) {
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

static bool object_holds(const JsonSchema *schema, const JsonValue *object, Walk *walk)
{
    if (!range_has(&schema->ranges[RANGE_PROPERTIES], (double)object->count))
        return false;
    for (size_t i = 0; i < schema->required.count; i++)
        if (!json_value_member(object, schema->required.items[i]))
            return false;
    for (size_t i = 0; i < object->count; i++) {
        Member member = {&object->items[i], walk};
        JsonValue name = {.kind = VALUE_STRING, .text = object->names[i]};
        if (!json_schema_each_of_member(schema, object->names[i], member_holds, &member) ||
            (schema->names && !holds(schema->names, &name, walk)))
            return false;
    }
    for (size_t i = 0; i < schema->dependencies.count; i++) {
        const JsonProperty *dependency = &schema->dependencies.items[i];
        if (json_value_member(object, dependency->name) && !holds(dependency->schema, object, walk))
            return false;
    }
    return true;
}

static bool scalar_holds(const JsonSchema *schema, const JsonValue *value)
{
    if (value->kind == VALUE_NUMBER)
        return range_has(&schema->ranges[RANGE_NUMBER], value->number) &&
               (schema->multiple_of == 0 || is_multiple(value->number, schema->multiple_of));
    if (value->kind == VALUE_STRING)
        return range_has(&schema->ranges[RANGE_LENGTH], (double)bytes_utf8_length(value->text)) &&
               (!schema->pattern || regex_matches(schema->pattern, value->text));
    return true;
}

static bool node_holds(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    if (schema->is_false || !(json_value_type(value) & schema->types) ||
        (schema->enumeration && !is_one_of(schema->enumeration, value)) ||
        (schema->constant && !json_value_equal(schema->constant, value)))
        return false;
    if (value->kind == VALUE_ARRAY && !array_holds(schema, value, walk))
        return false;
    if (value->kind == VALUE_OBJECT && !object_holds(schema, value, walk))
        return false;
    return scalar_holds(schema, value) && holds_combined(schema, value, walk);
}

static bool holds(const JsonSchema *schema, const JsonValue *value, Walk *walk)
{
    schema = json_schema_target(schema);
    if (!schema || walk->depth >= DEPTH_MAX || *walk->steps < 0)
        return true;
    *walk->steps -= 1 + (schema->enumeration ? (int64_t)schema->enumeration->count / 8 : 0);
    walk->depth++;
    bool good = node_holds(schema, value, walk);
    walk->depth--;
    return good;
}

bool json_schema_validates(const JsonSchema *schema, const JsonValue *value, int64_t *steps)
{
    Walk walk = {.steps = steps};
    return holds(schema, value, &walk);
}
