/* json_parse.c - the text of a schema into a graph, refusing what the drafts' own schemas refuse. */
#include "budget.h"
#include "json_schema.h"
#include "reference.h"
#include <math.h>
#include <stdlib.h>

#define DEPTH_MAX 128

typedef struct Parser {
    Arena *arena;
    const References *references;
    RegexSpace *regexes;
    const JsonSchema *anything, *nothing; /* {} or true, false: one of each is enough */
    bool is_draft4, has_conditions;       /* which draft: if/then/else came with draft-07 */
    Bytes reason;
    int depth;
} Parser;

typedef struct Keyword Keyword;
typedef bool ReadFunction(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema);
struct Keyword {
    Bytes name;
    ReadFunction *read;
    size_t offset; /* of the member it fills */
    RangeKind range;
    bool is_high;
    enum { SINCE_4, SINCE_6, SINCE_7 } since;
};

static const JsonSchema *parse(Parser *parser, JsonValue *value);

static bool refuse(Parser *parser, const Keyword *keyword, const char *what)
{
    if (!present(parser->reason))
        parser->reason = arena_text(parser->arena, BYTES_FMT " %s", BYTES_ARG(keyword->name), what);
    return false;
}

static JsonSchema *new_schema(Parser *parser, const JsonValue *source)
{
    JsonSchema *schema = arena_new_of(parser->arena, JsonSchema);
    schema->source = source;
    schema->types = TYPE_ALL;
    for (int i = 0; i < RANGES; i++)
        schema->ranges[i] = (Range){.low = i == RANGE_NUMBER ? -INFINITY : 0, .high = INFINITY};
    return schema;
}

static bool type_bit(Bytes name, unsigned *types)
{
    static const struct {
        Bytes name;
        unsigned bit;
    } table[] = {
        {{"null", 4}, TYPE_NULL},     {{"boolean", 7}, TYPE_BOOLEAN}, {{"integer", 7}, TYPE_INTEGER},
        {{"number", 6}, TYPE_NUMBER}, {{"string", 6}, TYPE_STRING},   {{"array", 5}, TYPE_ARRAY},
        {{"object", 6}, TYPE_OBJECT},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (bytes_equal(table[i].name, name)) {
            *types |= table[i].bit;
            return true;
        }
    return false;
}

static bool read_type(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    const JsonValue *names = value->kind == VALUE_ARRAY ? value->items : value;
    size_t count = value->kind == VALUE_ARRAY ? value->count : 1;
    schema->types = 0;
    for (size_t i = 0; i < count; i++)
        if (names[i].kind != VALUE_STRING || !type_bit(names[i].text, &schema->types))
            return refuse(parser, keyword, "names no simple type");
    return count || refuse(parser, keyword, "must not be empty");
}

static bool read_enum(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    schema->enumeration = value;
    return value->kind == VALUE_ARRAY || refuse(parser, keyword, "must be an array");
}

static bool read_const(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    (void)parser, (void)keyword;
    schema->constant = value;
    return true;
}

static void tighten(Range *range, const Keyword *keyword, double number, bool is_open)
{
    if (keyword->is_high && (number < range->high || (number == range->high && is_open))) {
        range->high = number;
        range->is_high_open = is_open;
    } else if (!keyword->is_high && (number > range->low || (number == range->low && is_open))) {
        range->low = number;
        range->is_low_open = is_open;
    }
}

static bool read_bound(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    bool is_count = keyword->range != RANGE_NUMBER;
    if (value->kind != VALUE_NUMBER)
        return refuse(parser, keyword, "must be a number");
    if (is_count && (value->number < 0 || floor(value->number) != value->number))
        return refuse(parser, keyword, "must be a non-negative integer");
    tighten(&schema->ranges[keyword->range], keyword, value->number, false);
    return true;
}

/* Draft-04 has a boolean here, which speaks of minimum and maximum: they stand before in the table. */
static bool read_exclusive(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    Range *range = &schema->ranges[RANGE_NUMBER];
    if (value->kind == VALUE_NUMBER && !parser->is_draft4)
        tighten(range, keyword, value->number, true);
    else if (value->kind == VALUE_BOOLEAN)
        *(keyword->is_high ? &range->is_high_open : &range->is_low_open) = value->truth;
    else
        return refuse(parser, keyword, parser->is_draft4 ? "must be a boolean" : "must be a number");
    return true;
}

static bool read_multiple(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    schema->multiple_of = value->number;
    return (value->kind == VALUE_NUMBER && value->number > 0) || refuse(parser, keyword, "must be a positive number");
}

static bool read_pattern(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    if (value->kind != VALUE_STRING)
        return refuse(parser, keyword, "must be a string");
    schema->pattern_text = value->text;
    schema->pattern = regex_compile(parser->regexes, value->text);
    return schema->pattern || refuse(parser, keyword, "must be a regular expression");
}

static bool read_unique(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    schema->is_unique = value->truth;
    return value->kind == VALUE_BOOLEAN || refuse(parser, keyword, "must be a boolean");
}

static bool read_schema(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    const JsonSchema **member = (const JsonSchema **)((char *)schema + keyword->offset);
    *member = parse(parser, (JsonValue *)value);
    return *member != NULL;
}

/* additionalItems and additionalProperties: a boolean in draft-04, too. */
static bool read_additional(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    bool is_draft4 = parser->is_draft4;
    parser->is_draft4 = is_draft4 && value->kind != VALUE_BOOLEAN;
    bool good = read_schema(parser, keyword, value, schema);
    parser->is_draft4 = is_draft4;
    return good;
}

static bool read_list(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    SchemaList *list = (SchemaList *)((char *)schema + keyword->offset);
    if (value->kind != VALUE_ARRAY || (!value->count && list != &schema->tuple))
        return refuse(parser, keyword, "must be a non-empty array of schemas");
    list->items = arena_new_array(parser->arena, const JsonSchema *, value->count);
    for (; list->count < value->count; list->count++)
        if (!(list->items[list->count] = parse(parser, &value->items[list->count])))
            return false;
    return true;
}

static bool read_items(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    if (value->kind == VALUE_ARRAY)
        return read_list(parser, keyword, value, schema);
    schema->rest = parse(parser, (JsonValue *)value);
    return schema->rest != NULL;
}

/* Without a list of items, additionalItems asks for nothing. */
static bool read_additional_items(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    JsonSchema ignored;
    return read_additional(parser, keyword, value, schema->rest ? &ignored : schema);
}

static int compare_properties(const void *left, const void *right)
{
    return bytes_compare((*(const JsonProperty *const *)left)->name, (*(const JsonProperty *const *)right)->name);
}

static void sort_properties(Parser *parser, PropertyList *list)
{
    list->sorted = arena_take_array(parser->arena, list->count, sizeof *list->sorted);
    for (size_t i = 0; i < list->count; i++)
        list->sorted[i] = &list->items[i];
    if (list->count)
        qsort(list->sorted, list->count, sizeof *list->sorted, compare_properties);
}

const JsonSchema *properties_find(const PropertyList *properties, Bytes name)
{
    const JsonProperty key = {.name = name}, *wanted = &key, **found = NULL;
    if (properties->count)
        found = bsearch(&wanted, properties->sorted, properties->count, sizeof *properties->sorted, compare_properties);
    return found ? (*found)->schema : NULL;
}

static bool read_properties(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    PropertyList *list = (PropertyList *)((char *)schema + keyword->offset);
    if (value->kind != VALUE_OBJECT)
        return refuse(parser, keyword, "must be an object");
    list->items = arena_new_array(parser->arena, JsonProperty, value->count);
    for (; list->count < value->count; list->count++) {
        JsonProperty *property = &list->items[list->count];
        property->name = value->names[list->count];
        if (list == &schema->patterns && !(property->pattern = regex_compile(parser->regexes, property->name)))
            return refuse(parser, keyword, "must have regular expressions as names");
        if (!(property->schema = parse(parser, &value->items[list->count])))
            return false;
    }
    sort_properties(parser, list);
    return true;
}

static bool read_definitions(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    JsonSchema ignored = {0};
    (void)schema;
    return read_properties(parser, keyword, value, &ignored);
}

static int compare_names(const void *left, const void *right)
{
    return bytes_compare(**(const Bytes *const *)left, **(const Bytes *const *)right);
}

bool names_have(const NameList *names, Bytes name)
{
    const Bytes *wanted = &name;
    return names->count && bsearch(&wanted, names->sorted, names->count, sizeof *names->sorted, compare_names);
}

/* False: one is there twice. */
static bool sort_names(Parser *parser, NameList *list)
{
    list->sorted = arena_take_array(parser->arena, list->count, sizeof *list->sorted);
    for (size_t i = 0; i < list->count; i++)
        list->sorted[i] = &list->items[i];
    if (list->count)
        qsort(list->sorted, list->count, sizeof *list->sorted, compare_names);
    for (size_t i = 1; i < list->count; i++)
        if (bytes_equal(*list->sorted[i - 1], *list->sorted[i]))
            return false;
    return true;
}

static bool read_names(Parser *parser, const JsonValue *value, NameList *list)
{
    if (value->kind != VALUE_ARRAY)
        return false;
    list->items = arena_new_array(parser->arena, Bytes, value->count);
    for (size_t i = 0; i < value->count; i++) {
        if (value->items[i].kind != VALUE_STRING)
            return false;
        list->items[list->count++] = value->items[i].text;
    }
    return sort_names(parser, list);
}

static bool read_required(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    if (!read_names(parser, value, &schema->required) || (parser->is_draft4 && !value->count))
        return refuse(parser, keyword, "must be an array of different strings");
    return true;
}

static bool read_dependency(Parser *parser, const Keyword *keyword, JsonValue *value, const JsonSchema **ret_schema)
{
    if (value->kind != VALUE_ARRAY)
        return (*ret_schema = parse(parser, value)) != NULL;
    JsonSchema *schema = new_schema(parser, value);
    *ret_schema = schema;
    return read_names(parser, value, &schema->required) ||
           refuse(parser, keyword, "must have arrays of different strings, or schemas");
}

static bool read_dependencies(Parser *parser, const Keyword *keyword, const JsonValue *value, JsonSchema *schema)
{
    PropertyList *list = &schema->dependencies;
    if (value->kind != VALUE_OBJECT)
        return refuse(parser, keyword, "must be an object");
    list->items = arena_new_array(parser->arena, JsonProperty, value->count);
    for (; list->count < value->count; list->count++) {
        list->items[list->count].name = value->names[list->count];
        if (!read_dependency(parser, keyword, &value->items[list->count], &list->items[list->count].schema))
            return false;
    }
    sort_properties(parser, list);
    return true;
}

#define MEMBER(member) offsetof(JsonSchema, member)
/* What stands in no draft asks for nothing, and so do title, description, default, examples, format. */
static const Keyword keywords[] = {
    {{"type", 4}, read_type, 0, 0, 0, 0},
    {{"enum", 4}, read_enum, 0, 0, 0, 0},
    {{"const", 5}, read_const, 0, 0, 0, SINCE_6},
    {{"minimum", 7}, read_bound, 0, RANGE_NUMBER, false, 0},
    {{"maximum", 7}, read_bound, 0, RANGE_NUMBER, true, 0},
    {{"exclusiveMinimum", 16}, read_exclusive, 0, RANGE_NUMBER, false, 0},
    {{"exclusiveMaximum", 16}, read_exclusive, 0, RANGE_NUMBER, true, 0},
    {{"minLength", 9}, read_bound, 0, RANGE_LENGTH, false, 0},
    {{"maxLength", 9}, read_bound, 0, RANGE_LENGTH, true, 0},
    {{"minItems", 8}, read_bound, 0, RANGE_ITEMS, false, 0},
    {{"maxItems", 8}, read_bound, 0, RANGE_ITEMS, true, 0},
    {{"minProperties", 13}, read_bound, 0, RANGE_PROPERTIES, false, 0},
    {{"maxProperties", 13}, read_bound, 0, RANGE_PROPERTIES, true, 0},
    {{"multipleOf", 10}, read_multiple, 0, 0, 0, 0},
    {{"pattern", 7}, read_pattern, 0, 0, 0, 0},
    {{"items", 5}, read_items, MEMBER(tuple), 0, 0, 0},
    {{"additionalItems", 15}, read_additional_items, MEMBER(rest), 0, 0, 0},
    {{"uniqueItems", 11}, read_unique, 0, 0, 0, 0},
    {{"contains", 8}, read_schema, MEMBER(contains), 0, 0, SINCE_6},
    {{"properties", 10}, read_properties, MEMBER(properties), 0, 0, 0},
    {{"patternProperties", 17}, read_properties, MEMBER(patterns), 0, 0, 0},
    {{"additionalProperties", 20}, read_additional, MEMBER(additional), 0, 0, 0},
    {{"required", 8}, read_required, 0, 0, 0, 0},
    {{"propertyNames", 13}, read_schema, MEMBER(names), 0, 0, SINCE_6},
    {{"dependencies", 12}, read_dependencies, 0, 0, 0, 0},
    {{"allOf", 5}, read_list, MEMBER(all), 0, 0, 0},
    {{"anyOf", 5}, read_list, MEMBER(any), 0, 0, 0},
    {{"oneOf", 5}, read_list, MEMBER(one), 0, 0, 0},
    {{"not", 3}, read_schema, MEMBER(negated), 0, 0, 0},
    {{"if", 2}, read_schema, MEMBER(condition), 0, 0, SINCE_7},
    {{"then", 4}, read_schema, MEMBER(then), 0, 0, SINCE_7},
    {{"else", 4}, read_schema, MEMBER(otherwise), 0, 0, SINCE_7},
    {{"definitions", 11}, read_definitions, MEMBER(properties), 0, 0, 0},
};

static bool is_known(const Parser *parser, const Keyword *keyword)
{
    return (keyword->since != SINCE_6 || !parser->is_draft4) && (keyword->since != SINCE_7 || parser->has_conditions);
}

static bool parse_ref(Parser *parser, const JsonValue *source, const JsonValue *ref, JsonSchema *schema)
{
    JsonValue *target;
    if (ref->kind != VALUE_STRING || !reference_find(parser->references, source->base, ref->text, &target)) {
        if (!present(parser->reason))
            parser->reason = arena_text(parser->arena, "$ref cannot be resolved: " BYTES_FMT,
                                        BYTES_ARG(ref->kind == VALUE_STRING ? ref->text : TEXT("not a string")));
        return false;
    }
    if (target)
        schema->ref = parse(parser, target);
    return !target || schema->ref;
}

/* {} and true allow anything. */
static bool is_anything(const JsonSchema *schema)
{
    return schema && !schema->is_false && !schema->source->count;
}

static bool parse_object(Parser *parser, const JsonValue *value, JsonSchema *schema)
{
    const JsonValue *ref = json_value_member(value, TEXT("$ref"));
    if (ref)
        return parse_ref(parser, value, ref, schema);
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        const JsonValue *found = json_value_member(value, keywords[i].name);
        if (found && is_known(parser, &keywords[i]) && !keywords[i].read(parser, &keywords[i], found, schema))
            return false;
    }
    schema->is_false = is_anything(schema->negated);
    return true;
}

/* NULL: it is another one. */
static const JsonSchema **shared_of(Parser *parser, const JsonValue *value)
{
    if (value->count || (value->kind == VALUE_BOOLEAN && !value->truth))
        return value->count ? NULL : &parser->nothing;
    return &parser->anything;
}

static const JsonSchema *parse_anew(Parser *parser, JsonValue *value)
{
    static const Keyword schema_word = {.name = {"a schema", 8}};
    JsonSchema *schema = value->schema = new_schema(parser, value);
    schema->is_false = value->kind == VALUE_BOOLEAN && !value->truth;
    if (++parser->depth > DEPTH_MAX)
        refuse(parser, &schema_word, "is nested too deep");
    bool good = parser->depth <= DEPTH_MAX && (value->kind == VALUE_BOOLEAN || parse_object(parser, value, schema));
    parser->depth--;
    return good ? schema : NULL;
}

static const JsonSchema *parse(Parser *parser, JsonValue *value)
{
    static const Keyword schema_word = {.name = {"a schema", 8}};
    budget_descend(parser->arena);
    if (value->schema)
        return value->schema;
    if (value->kind != VALUE_OBJECT && (value->kind != VALUE_BOOLEAN || parser->is_draft4)) {
        refuse(parser, &schema_word, parser->is_draft4 ? "must be an object" : "must be an object or a boolean");
        return NULL;
    }
    const JsonSchema **shared = shared_of(parser, value);
    if (!shared)
        return parse_anew(parser, value);
    if (!*shared)
        *shared = parse_anew(parser, value);
    value->schema = (void *)*shared;
    return *shared;
}

/* aws: Glue Developer Guide, "Schema Registry": "the JSON Schema specification Draft-04, Draft-06 and Draft-07" */
static bool read_draft(Parser *parser, const JsonValue *root)
{
    const JsonValue *named = json_value_member(root, TEXT("$schema"));
    Bytes name = named && named->kind == VALUE_STRING ? named->text : TEXT("http://json-schema.org/draft-07/schema");
    parser->is_draft4 = is_metaschema(name, '4');
    parser->has_conditions = is_metaschema(name, '7');
    if (parser->is_draft4 || parser->has_conditions || is_metaschema(name, '6') ||
        bytes_starts_with(name, TEXT("http://json-schema.org/schema")))
        return true;
    parser->reason = arena_text(parser->arena, "$schema is none of draft-04, -06 and -07: " BYTES_FMT, BYTES_ARG(name));
    return false;
}

const JsonSchema *json_schema_parse(Arena *arena, Bytes definition, Bytes *ret_reason)
{
    Parser parser = {.arena = arena};
    JsonValue *root = json_value_read(arena, definition, ret_reason);
    if (!root)
        return NULL;
    const JsonSchema *schema = NULL;
    if (read_draft(&parser, root)) {
        parser.regexes = regex_space_new(arena);
        parser.references = references_read(arena, root, parser.is_draft4);
        schema = parse(&parser, root);
    }
    *ret_reason = parser.reason;
    return schema;
}
