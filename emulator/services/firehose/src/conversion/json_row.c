/* json_row.c - documents of a record, and the fields of each. Values are conversion/json_value.c. */
#include "json_row.h"
#include "json_marks.h"
#include "json_value.h"

#define LARGE_BYTES ((size_t)64 * 1024)
#define VALUES_MAX  400000 /* a tree takes some 130 bytes for each */
#define TOO_MANY    "The record has more values than can be converted."
#define DEPTH_MAX   100
#define NO_OBJECT   "The input JSON contained a primitive at the top level. The top level must be an object or array."

bool row_fail(RowMaker *maker, const char *message)
{
    if (!present(maker->fault->code))
        *maker->fault = (RowFault){TEXT("DataFormatConversion.MalformedData"), bytes_of(message)};
    return false;
}

static void put_absent(RowMaker *maker, const ParquetField *field, ParquetLevels levels)
{
    maker->left -= (int64_t)field->columns;
    for (size_t i = 0; i < field->columns; i++)
        parquet_put_absent(maker->writer, field->column + i, levels);
}

/* The name by which a member is looked for; empty: there is no column for it. */
static Bytes name_of(RowMaker *maker, Bytes key)
{
    const RowRules *rules = maker->rules;
    Bytes name = arena_lower(maker->arena, key);
    bool is_spelled_otherwise = rules->is_case_sensitive && !bytes_equal(name, key);
    const Bytes *renamed =
        rules->columns_of_keys ? map_get(rules->columns_of_keys, is_spelled_otherwise ? key : name) : NULL;
    if (renamed)
        return *renamed;
    char *letters = (char *)(uintptr_t)name.ptr;
    for (size_t i = 0; rules->has_dots_as_underscores && i < name.len; i++)
        if (letters[i] == '.')
            letters[i] = '_';
    return is_spelled_otherwise ? TEXT("") : name;
}

/* The last of those of one name counts. */
static const Tree **members_of(RowMaker *maker, const RowTable *table, const Tree *object)
{
    const Tree **members = arena_take_array(maker->arena, table->count + 1, sizeof *members);
    for (const Tree *member = object->first; member; member = member->next) {
        const ParquetField *field = map_get(table->note->children, name_of(maker, member->name));
        if (field)
            members[field - table->fields] = member;
    }
    return members;
}

static bool put_field(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated);

static bool put_members(RowMaker *maker, const RowTable *table, const Tree *object, int repeated)
{
    const Tree **members = members_of(maker, table, object);
    for (size_t i = 0; i < table->count; i++)
        if (!put_field(maker, &table->fields[i], members[i], repeated))
            return false;
    return true;
}

static bool put_struct(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    const RowTable table = {field->children, field->children_count, field->note};
    if (value->kind == TREE_OBJECT)
        return put_members(maker, &table, value, repeated);
    if (maker->rules->is_hive)
        return row_fail(maker, "Data does not match the schema. java.io.IOException: Start of Object expected");
    if (value->kind == TREE_ARRAY) { /* OpenX: by their places */
        const Tree *item = value->first;
        for (size_t i = 0; i < table.count; i++, item = item ? item->next : NULL)
            if (!put_field(maker, &table.fields[i], item, repeated))
                return false;
        return true;
    }
    put_absent(maker, field, (ParquetLevels){repeated, field->defined - 1});
    return true;
}

static bool put_list(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    const ParquetField *element = field->children;
    bool is_array = value->kind == TREE_ARRAY;
    if (!is_array && maker->rules->is_hive)
        return row_fail(maker, "Data does not match the schema. java.io.IOException: Start of Array expected");
    if (!is_array)
        return put_field(maker, element, value, repeated);
    if (!value->count)
        put_absent(maker, field, (ParquetLevels){repeated, field->defined});
    for (const Tree *item = value->first; item; item = item->next, repeated = element->repeated)
        if (!put_field(maker, element, item, repeated))
            return false;
    return true;
}

static bool put_map(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    const ParquetField *key = field->children, *of_value = field->children + 1;
    if (value->kind != TREE_OBJECT)
        return row_fail(maker, "A scalar type was found in the data but a complex type was specified on the schema.");
    if (!value->count)
        put_absent(maker, field, (ParquetLevels){repeated, field->defined});
    for (const Tree *member = value->first; member; member = member->next, repeated = key->repeated) {
        const Tree name = {.kind = TREE_STRING, .text = member->name};
        if (!put_scalar(maker, key, &name, repeated) || !put_field(maker, of_value, member, repeated))
            return false;
    }
    return true;
}

static bool put_field(RowMaker *maker, const ParquetField *field, const Tree *value, int repeated)
{
    if (maker->left < 0)
        return row_fail(maker, TOO_MANY);
    if (!value || value->kind == TREE_NULL) {
        put_absent(maker, field, (ParquetLevels){repeated, field->defined - 1});
        return true;
    }
    maker->left--;
    switch (field->kind) {
    case PARQUET_STRUCT:
        return put_struct(maker, field, value, repeated);
    case PARQUET_LIST:
        return put_list(maker, field, value, repeated);
    case PARQUET_MAP:
        return put_map(maker, field, value, repeated);
    default:
        return put_scalar(maker, field, value, repeated);
    }
}

/* Each behind the other, as the members of a list would be. */
static bool read_documents(RowMaker *maker, Bytes record, Tree **ret_first)
{
    const TreeRules rules = {.depth_max = DEPTH_MAX, .allows_twins = true};
    Tree **last = ret_first;
    *ret_first = NULL;
    while (record.len && strchr(" \t\r\n", *record.ptr))
        record = bytes_slice(record, 1, record.len - 1);
    if (!record.len)
        return row_fail(maker, "The input JSON was empty or contained only whitespace.");
    if (record.len > LARGE_BYTES && json_marks_values(record) > VALUES_MAX)
        return row_fail(maker, TOO_MANY);
    while (record.len) {
        *last = json_tree_read_first(maker->arena, &record, rules);
        if (!*last) {
            *maker->fault = (RowFault){TEXT("DataFormatConversion.ParseError"), TEXT("Encountered malformed JSON.")};
            return false;
        }
        if ((*last)->kind == TREE_ARRAY)
            return row_fail(maker, "Data does not match the schema.");
        if ((*last)->kind != TREE_OBJECT)
            return row_fail(maker, NO_OBJECT);
        last = &(*last)->next;
    }
    return true;
}

bool json_rows_add(Arena *arena, const RowTable *table, const RowRules *rules, Bytes record, ParquetWriter *writer,
                   Buffer *out, RowFault *ret_fault)
{
    RowMaker maker = {arena, rules, writer, ROW_VALUES_MAX, ret_fault};
    Tree *document;
    *ret_fault = (RowFault){0};
    if (!read_documents(&maker, record, &document))
        return false;
    for (; document; document = document->next) {
        parquet_begin_row(writer);
        if (!put_members(&maker, table, document, 0)) {
            parquet_undo_rows(writer);
            return false;
        }
    }
    parquet_keep_rows(writer, out);
    return true;
}
