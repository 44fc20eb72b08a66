/* avro_parse.c - the text of a schema into a graph, refusing what the specification refuses. */
#include "avro.h"
#include "budget.h"
#include "json_document.h"
#include <stddef.h>
#include <stdlib.h>

#define DEPTH_MAX 128

typedef struct Parser {
    Arena *arena;
    Map *spaces; /* text → AvroSpace */
    Bytes reason;
    int depth;
    size_t stamp;
} Parser;

static const char *const kind_names[] = {"null",   "boolean", "int",  "long",  "float", "double", "bytes",
                                         "string", "record",  "enum", "fixed", "array", "map",    "union"};

static const AvroSchema *parse_schema(Parser *parser, const json_t *json, const AvroSpace *space);
static bool is_default_of(Parser *parser, const json_t *value, const AvroSchema *type);

static void *refuse(Parser *parser, const char *what, Bytes name)
{
    if (!present(parser->reason))
        parser->reason = arena_text(parser->arena, "%s%s" BYTES_FMT, what, name.len ? ": " : "", BYTES_ARG(name));
    return NULL;
}

static Bytes text_of(Parser *parser, const json_t *json)
{
    return json_is_string(json) ? arena_copy(parser->arena, (Bytes){json_string_value(json), json_string_length(json)})
                                : (Bytes){0};
}

static bool is_name(Bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0;
}

static const AvroSpace *find_space(Parser *parser, Bytes text)
{
    AvroSpace *space = map_get(parser->spaces, text);
    if (space)
        return space;
    space = arena_new_of(parser->arena, AvroSpace);
    *space = (AvroSpace){text, bytes_hash(text, 0), map_new_in(parser->arena)};
    map_put(parser->spaces, text, space);
    return space;
}

/* A name that begins with its only dot is in no namespace. */
static AvroName qualify(Parser *parser, Bytes name, const AvroSpace *space)
{
    ptrdiff_t dot = bytes_find_last(name, '.');
    if (dot < 0)
        return (AvroName){space, name};
    Bytes last = bytes_slice(name, (size_t)dot + 1, name.len - (size_t)dot - 1);
    return (AvroName){find_space(parser, bytes_slice(name, 0, (size_t)dot)), last};
}

static const AvroSchema *find_named(AvroName name)
{
    return map_get(name.space->names, name.name);
}

static AvroSchema *new_schema(Parser *parser, AvroKind kind)
{
    AvroSchema *schema = arena_new_of(parser->arena, AvroSchema);
    schema->kind = kind;
    return schema;
}

static const AvroSchema *parse_name(Parser *parser, Bytes name, const AvroSpace *space)
{
    for (int kind = AVRO_NULL; kind <= AVRO_STRING; kind++)
        if (bytes_is(name, kind_names[kind]))
            return new_schema(parser, (AvroKind)kind);
    const AvroSchema *known = find_named(qualify(parser, name, space));
    if (!known)
        known = find_named(qualify(parser, name, find_space(parser, TEXT(""))));
    return known ? known : refuse(parser, "Undefined name", name);
}

static bool check_aliases(Parser *parser, const json_t *json)
{
    if (json && !json_is_array(json))
        return refuse(parser, "Aliases are not an array", TEXT("")), false;
    for (size_t i = 0; i < json_array_size(json); i++)
        if (!json_is_string(json_array_get(json, i)))
            return refuse(parser, "An alias is not a string", TEXT("")), false;
    return true;
}

static bool parse_aliases(Parser *parser, const json_t *json, AvroSchema *schema)
{
    if (!check_aliases(parser, json))
        return false;
    schema->aliases = arena_new_array(parser->arena, AvroName, json_array_size(json));
    for (; schema->aliases_count < json_array_size(json); schema->aliases_count++)
        schema->aliases[schema->aliases_count] =
            qualify(parser, text_of(parser, json_array_get(json, schema->aliases_count)), schema->name.space);
    return true;
}

static bool parse_field_aliases(Parser *parser, const json_t *json, AvroField *field)
{
    if (!check_aliases(parser, json))
        return false;
    field->aliases = arena_new_array(parser->arena, Bytes, json_array_size(json));
    for (; field->aliases_count < json_array_size(json); field->aliases_count++) {
        Bytes alias = text_of(parser, json_array_get(json, field->aliases_count));
        bool is_marked = bytes_find_last(alias, '.') == 0;
        field->aliases[field->aliases_count] = is_marked ? bytes_slice(alias, 1, alias.len - 1) : alias;
    }
    return true;
}

static bool is_primitive_name(Bytes name)
{
    for (int kind = AVRO_NULL; kind <= AVRO_STRING; kind++)
        if (bytes_is(name, kind_names[kind]))
            return true;
    return false;
}

/* The name, namespace and aliases of a record, enum or fixed; known from here on, also to its own members. */
static bool parse_identity(Parser *parser, const json_t *json, const AvroSpace *enclosing, AvroSchema *schema)
{
    Bytes name = text_of(parser, json_object_get(json, "name"));
    const json_t *given = json_object_get(json, "namespace");
    const AvroSpace *space = json_is_string(given) ? find_space(parser, text_of(parser, given)) : enclosing;
    if (!present(name))
        return refuse(parser, "No name in schema", TEXT("")), false;
    schema->name = qualify(parser, name, space);
    if (!is_name(schema->name.name))
        return refuse(parser, "Illegal name", name), false;
    if (!schema->name.space->text.len && is_primitive_name(schema->name.name))
        return refuse(parser, "Schemas may not be named after primitives", name), false;
    if (map_put(schema->name.space->names, schema->name.name, schema))
        return refuse(parser, "Can't redefine", avro_name_text(parser->arena, schema->name)), false;
    return parse_aliases(parser, json_object_get(json, "aliases"), schema);
}

static bool is_order(Bytes order)
{
    static const char *const orders[] = {"ascending", "descending", "ignore"};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (present(order) && bytes_equal_ignoring_case(order, bytes_of(orders[i])))
            return true;
    return false;
}

static bool parse_field(Parser *parser, const json_t *json, const AvroSpace *space, AvroField *field)
{
    const json_t *order = json_object_get(json, "order"), *value = json_object_get(json, "default");
    field->name = text_of(parser, json_object_get(json, "name"));
    if (!is_name(field->name))
        return refuse(parser, "Illegal field name", field->name), false;
    if (!json_object_get(json, "type"))
        return refuse(parser, "No type of field", field->name), false;
    if (order && !is_order(text_of(parser, order)))
        return refuse(parser, "Illegal order of field", field->name), false;
    field->type = parse_schema(parser, json_object_get(json, "type"), space);
    if (!field->type || !parse_field_aliases(parser, json_object_get(json, "aliases"), field))
        return false;
    field->has_default = value != NULL;
    if (value && !is_default_of(parser, value, field->type))
        return refuse(parser, "Invalid default for field", field->name), false;
    return true;
}

static int compare_names(const void *left, const void *right)
{
    return bytes_compare(**(const Bytes *const *)left, **(const Bytes *const *)right);
}

/* Returns one that is there twice. */
static const Bytes *sort_names(Parser *parser, AvroSchema *schema)
{
    schema->sorted = arena_take_array(parser->arena, schema->count, sizeof *schema->sorted);
    for (size_t i = 0; i < schema->count; i++)
        schema->sorted[i] = schema->kind == AVRO_RECORD ? &schema->fields[i].name : &schema->symbols[i];
    if (schema->count)
        qsort(schema->sorted, schema->count, sizeof *schema->sorted, compare_names);
    for (size_t i = 1; i < schema->count; i++)
        if (bytes_equal(*schema->sorted[i - 1], *schema->sorted[i]))
            return schema->sorted[i];
    return NULL;
}

static const Bytes *find_name(const AvroSchema *schema, Bytes name)
{
    const Bytes *wanted = &name, **found = NULL;
    if (schema->count)
        found = bsearch(&wanted, schema->sorted, schema->count, sizeof *schema->sorted, compare_names);
    return found ? *found : NULL;
}

const AvroField *avro_find_field(const AvroSchema *record, Bytes name)
{
    const Bytes *found = find_name(record, name);
    return found ? (const AvroField *)(const void *)((const char *)found - offsetof(AvroField, name)) : NULL;
}

bool avro_has_symbol(const AvroSchema *schema, Bytes symbol)
{
    return find_name(schema, symbol) != NULL;
}

const char *avro_kind_name(AvroKind kind)
{
    return kind_names[kind];
}

static const AvroSchema *parse_record(Parser *parser, const json_t *json, const AvroSpace *space)
{
    AvroSchema *record = new_schema(parser, AVRO_RECORD);
    const json_t *fields = json_object_get(json, "fields");
    if (!parse_identity(parser, json, space, record))
        return NULL;
    if (!json_is_array(fields))
        return refuse(parser, "Record has no fields", avro_name_text(parser->arena, record->name));
    record->fields = arena_new_array(parser->arena, AvroField, json_array_size(fields));
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        if (!json_is_object(field) || !parse_field(parser, field, record->name.space, &record->fields[i]))
            return refuse(parser, "Invalid field of", avro_name_text(parser->arena, record->name));
        record->count++;
    }
    const Bytes *twice = sort_names(parser, record);
    return twice ? refuse(parser, "Duplicate field", *twice) : record;
}

static const AvroSchema *parse_enum(Parser *parser, const json_t *json, const AvroSpace *space)
{
    AvroSchema *schema = new_schema(parser, AVRO_ENUM);
    const json_t *symbols = json_object_get(json, "symbols"), *value = json_object_get(json, "default");
    if (!parse_identity(parser, json, space, schema))
        return NULL;
    if (!json_is_array(symbols))
        return refuse(parser, "Enum has no symbols", avro_name_text(parser->arena, schema->name));
    schema->symbols = arena_new_array(parser->arena, Bytes, json_array_size(symbols));
    for (size_t i = 0; i < json_array_size(symbols); i++) {
        Bytes symbol = text_of(parser, json_array_get(symbols, i));
        if (!is_name(symbol))
            return refuse(parser, "Illegal symbol", symbol);
        schema->symbols[schema->count++] = symbol;
    }
    const Bytes *twice = sort_names(parser, schema);
    if (twice)
        return refuse(parser, "Duplicate enum symbol", *twice);
    schema->has_default = value != NULL;
    if (value && (!json_is_string(value) || !avro_has_symbol(schema, text_of(parser, value))))
        return refuse(parser, "The enum default is not one of the symbols of",
                      avro_name_text(parser->arena, schema->name));
    return schema;
}

static const AvroSchema *parse_fixed(Parser *parser, const json_t *json, const AvroSpace *space)
{
    AvroSchema *fixed = new_schema(parser, AVRO_FIXED);
    const json_t *size = json_object_get(json, "size");
    if (!parse_identity(parser, json, space, fixed))
        return NULL;
    if (!json_is_integer(size) || json_integer_value(size) < 0 || json_integer_value(size) > INT32_MAX)
        return refuse(parser, "Invalid or no size", avro_name_text(parser->arena, fixed->name));
    fixed->size = json_integer_value(size);
    return fixed;
}

static const AvroSchema *parse_container(Parser *parser, const json_t *json, const AvroSpace *space, AvroKind kind)
{
    AvroSchema *container = new_schema(parser, kind);
    const json_t *element = json_object_get(json, kind == AVRO_ARRAY ? "items" : "values");
    if (!element)
        return refuse(parser, kind == AVRO_ARRAY ? "Array has no items type" : "Map has no values type", TEXT(""));
    container->branches = arena_take_array(parser->arena, 1, sizeof *container->branches);
    container->count = 1;
    container->branches[0] = parse_schema(parser, element, space);
    return container->branches[0] ? container : NULL;
}

static bool is_named(const AvroSchema *schema)
{
    return schema->kind >= AVRO_RECORD && schema->kind <= AVRO_FIXED;
}

/* What has a name is the same AvroSchema wherever it is named. */
static const AvroSchema *find_twice(Parser *parser, const AvroSchema *all)
{
    unsigned kinds = 0;
    parser->stamp++;
    for (size_t i = 0; i < all->count; i++) {
        AvroSchema *branch = (AvroSchema *)all->branches[i];
        if (is_named(branch) ? branch->stamp == parser->stamp : kinds >> branch->kind & 1)
            return branch;
        branch->stamp = parser->stamp;
        kinds |= 1U << branch->kind;
    }
    return NULL;
}

static const AvroSchema *parse_union(Parser *parser, const json_t *json, const AvroSpace *space)
{
    AvroSchema *schema = new_schema(parser, AVRO_UNION);
    schema->branches = arena_take_array(parser->arena, json_array_size(json), sizeof *schema->branches);
    for (size_t i = 0; i < json_array_size(json); i++) {
        const AvroSchema *branch = parse_schema(parser, json_array_get(json, i), space);
        if (!branch)
            return NULL;
        if (branch->kind == AVRO_UNION)
            return refuse(parser, "Nested union", TEXT(""));
        schema->branches[schema->count++] = branch;
    }
    const AvroSchema *twice = find_twice(parser, schema);
    if (twice)
        return refuse(parser, "Duplicate in union",
                      is_named(twice) ? avro_name_text(parser->arena, twice->name) : bytes_of(kind_names[twice->kind]));
    return schema;
}

static const AvroSchema *parse_object(Parser *parser, const json_t *json, const AvroSpace *space)
{
    const json_t *type = json_object_get(json, "type");
    if (!json_is_string(type))
        return refuse(parser, "No type in schema", TEXT(""));
    Bytes name = text_of(parser, type);
    if (bytes_is(name, "record") || bytes_is(name, "error"))
        return parse_record(parser, json, space);
    if (bytes_is(name, "enum"))
        return parse_enum(parser, json, space);
    if (bytes_is(name, "fixed"))
        return parse_fixed(parser, json, space);
    if (bytes_is(name, "array"))
        return parse_container(parser, json, space, AVRO_ARRAY);
    if (bytes_is(name, "map"))
        return parse_container(parser, json, space, AVRO_MAP);
    return parse_name(parser, name, space);
}

static const AvroSchema *parse_schema(Parser *parser, const json_t *json, const AvroSpace *space)
{
    const AvroSchema *schema = NULL;
    budget_descend(parser->arena);
    budget_work(parser->arena, 5);
    if (++parser->depth > DEPTH_MAX)
        return refuse(parser, "Nested too deeply", TEXT(""));
    if (json_is_string(json))
        schema = parse_name(parser, text_of(parser, json), space);
    else if (json_is_array(json))
        schema = parse_union(parser, json, space);
    else if (json_is_object(json))
        schema = parse_object(parser, json, space);
    else
        refuse(parser, "Not a schema", TEXT(""));
    parser->depth--;
    return schema;
}

static bool is_record_default(Parser *parser, const json_t *value, const AvroSchema *record)
{
    if (!json_is_object(value))
        return false;
    budget_work(parser->arena, record->count);
    for (size_t i = 0; i < record->count; i++) {
        const json_t *member = json_object_getn(value, record->fields[i].name.ptr, record->fields[i].name.len);
        if (member ? !is_default_of(parser, member, record->fields[i].type) : !record->fields[i].has_default)
            return false;
    }
    return true;
}

static bool is_container_default(Parser *parser, const json_t *value, const AvroSchema *container)
{
    const char *key;
    json_t *member;
    if (container->kind == AVRO_ARRAY) {
        for (size_t i = 0; i < json_array_size(value); i++)
            if (!is_default_of(parser, json_array_get(value, i), container->branches[0]))
                return false;
        return json_is_array(value);
    }
    json_object_foreach((json_t *)value, key,
                        member) if (!is_default_of(parser, member, container->branches[0])) return false;
    return json_is_object(value);
}

static bool is_number_default(Parser *parser, const json_t *value)
{
    if (!json_is_string(value))
        return json_is_number(value);
    /* Avro for Java reads "NaN", "Infinity" and numbers in quotes. */
    const char *text = arena_cstr(parser->arena, text_of(parser, value));
    char *end;
    strtod(text, &end);
    return end != text && !*end;
}

/* A default is checked against its type since Avro 1.9; a union's against its first branch. */
static bool is_default_of(Parser *parser, const json_t *value, const AvroSchema *type)
{
    budget_descend(parser->arena);
    switch (type->kind) {
    case AVRO_NULL:
        return json_is_null(value);
    case AVRO_BOOLEAN:
        return json_is_boolean(value);
    case AVRO_INT:
        return json_is_integer(value) && json_integer_value(value) >= INT32_MIN &&
               json_integer_value(value) <= INT32_MAX;
    case AVRO_LONG:
        return json_is_integer(value);
    case AVRO_FLOAT:
    case AVRO_DOUBLE:
        return is_number_default(parser, value);
    case AVRO_BYTES:
    case AVRO_STRING:
    case AVRO_FIXED:
    case AVRO_ENUM:
        return json_is_string(value);
    case AVRO_RECORD:
        return is_record_default(parser, value, type);
    case AVRO_UNION:
        return type->count && is_default_of(parser, value, type->branches[0]);
    default:
        return is_container_default(parser, value, type);
    }
}

const AvroSchema *avro_parse(Arena *arena, Bytes definition, Bytes *ret_reason)
{
    json_error_t error;
    JsonDocument *document = json_document_read(arena, definition, 0, &error);
    if (!document->root) {
        *ret_reason = arena_text(arena, "not JSON, line %d: " BYTES_FMT, error.line,
                                 BYTES_ARG(json_document_reason(&error, TEXT("unexpected character"))));
        return NULL;
    }
    Parser parser = {.arena = arena, .spaces = map_new_in(arena)};
    const AvroSchema *schema = parse_schema(&parser, document->root, find_space(&parser, TEXT("")));
    json_document_close(document);
    *ret_reason = parser.reason;
    return schema;
}
