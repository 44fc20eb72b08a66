/* hive_type.c - "array<struct<id:bigint,tags:map<string,decimal(10,2)>>>".
 * Hive: LanguageManual Types; Firehose converts to no uniontype. */
#include "hive_type.h"

#define DECIMAL_PRECISION 10 /* where none is said */
#define VARCHAR_MAX       65535

typedef struct TypeReader {
    Arena *arena;
    Bytes rest;
    int depth;
} TypeReader;

static const struct {
    const char *name;
    ParquetKind kind;
} primitives[] = {
    {"boolean", PARQUET_BOOLEAN}, {"tinyint", PARQUET_INT8},  {"smallint", PARQUET_INT16},
    {"int", PARQUET_INT32},       {"integer", PARQUET_INT32}, {"bigint", PARQUET_INT64},
    {"float", PARQUET_FLOAT},     {"double", PARQUET_DOUBLE}, {"string", PARQUET_TEXT},
    {"binary", PARQUET_BYTES},    {"date", PARQUET_DATE},     {"timestamp", PARQUET_TIMESTAMP},
    {"decimal", PARQUET_DECIMAL}, {"char", PARQUET_TEXT},     {"varchar", PARQUET_TEXT},
};

static void skip_space(TypeReader *reader)
{
    while (reader->rest.len && (*reader->rest.ptr == ' ' || *reader->rest.ptr == '\t'))
        reader->rest = bytes_slice(reader->rest, 1, reader->rest.len - 1);
}

static bool take(TypeReader *reader, char c)
{
    skip_space(reader);
    if (!reader->rest.len || *reader->rest.ptr != c)
        return false;
    reader->rest = bytes_slice(reader->rest, 1, reader->rest.len - 1);
    return true;
}

/* Up to a character that ends it. */
static Bytes take_until(TypeReader *reader, const char *ends)
{
    size_t len = 0;
    skip_space(reader);
    while (len < reader->rest.len && !strchr(ends, reader->rest.ptr[len]))
        len++;
    Bytes word = bytes_slice(reader->rest, 0, len);
    reader->rest = bytes_slice(reader->rest, len, reader->rest.len - len);
    while (word.len && word.ptr[word.len - 1] == ' ')
        word.len--;
    return word;
}

static bool take_number(TypeReader *reader, int most, int *ret)
{
    int64_t number;
    if (!bytes_to_int64(take_until(reader, ",)"), &number) || number < 0 || number > most)
        return false;
    *ret = (int)number;
    return true;
}

static bool read_decimal(TypeReader *reader, ParquetField *field)
{
    field->precision = DECIMAL_PRECISION;
    if (!take(reader, '('))
        return true;
    if (!take_number(reader, 38, &field->precision))
        return false;
    if (take(reader, ',') && !take_number(reader, 38, &field->scale))
        return false;
    return take(reader, ')');
}

static bool read_length(TypeReader *reader, ParquetField *field)
{
    int length = 0;
    HiveNote *note = arena_new_of(reader->arena, HiveNote);
    if (take(reader, '(') && (!take_number(reader, VARCHAR_MAX, &length) || !take(reader, ')')))
        return false;
    note->length = (size_t)length;
    field->note = note;
    return true;
}

static bool read_type(TypeReader *reader, ParquetField *ret);

HiveNote *hive_note_of_children(Arena *arena, ParquetField *fields, size_t count)
{
    HiveNote *note = arena_new_of(arena, HiveNote);
    note->children = map_new_in(arena);
    for (size_t i = 0; i < count; i++)
        map_put(note->children, arena_lower(arena, fields[i].name), &fields[i]);
    return note;
}

static ParquetField *add_child(TypeReader *reader, ParquetField *field)
{
    size_t count = field->children_count, size = sizeof *field->children;
    if (!count)
        field->children = arena_take(reader->arena, size);
    else if (!(count & (count - 1)))
        field->children = arena_grown(reader->arena, field->children, count * size, 2 * count * size);
    field->children[count] = (ParquetField){0};
    field->children_count++;
    return &field->children[count];
}

static bool read_struct(TypeReader *reader, ParquetField *field)
{
    do {
        Bytes name = take_until(reader, ":<>,");
        if (!name.len || !take(reader, ':'))
            return false;
        ParquetField *child = add_child(reader, field);
        if (!read_type(reader, child))
            return false;
        child->name = name;
    } while (take(reader, ','));
    field->note = hive_note_of_children(reader->arena, field->children, field->children_count);
    return take(reader, '>');
}

static bool read_elements(TypeReader *reader, ParquetField *field, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ParquetField *child = add_child(reader, field);
        if ((i && !take(reader, ',')) || !read_type(reader, child))
            return false;
    }
    bool is_map = field->kind == PARQUET_MAP;
    return take(reader, '>') && (!is_map || field->children[0].kind < PARQUET_STRUCT);
}

static bool read_complex(TypeReader *reader, Bytes word, ParquetField *ret)
{
    if (!take(reader, '<'))
        return false;
    if (bytes_equal_ignoring_case(word, TEXT("struct"))) {
        ret->kind = PARQUET_STRUCT;
        return read_struct(reader, ret);
    }
    bool is_map = bytes_equal_ignoring_case(word, TEXT("map"));
    ret->kind = is_map ? PARQUET_MAP : PARQUET_LIST;
    return (is_map || bytes_equal_ignoring_case(word, TEXT("array"))) && read_elements(reader, ret, is_map ? 2 : 1);
}

static bool read_type(TypeReader *reader, ParquetField *ret)
{
    Bytes word = take_until(reader, "<>(),:");
    *ret = (ParquetField){0};
    if (++reader->depth > HIVE_DEPTH_MAX)
        return false;
    bool is_read = false;
    size_t at = 0, count = sizeof primitives / sizeof *primitives;
    while (at < count && !bytes_equal_ignoring_case(word, bytes_of(primitives[at].name)))
        at++;
    if (at == count) {
        is_read = read_complex(reader, word, ret);
    } else {
        ret->kind = primitives[at].kind;
        is_read = ret->kind == PARQUET_DECIMAL ? read_decimal(reader, ret)
                  : ret->kind == PARQUET_TEXT  ? read_length(reader, ret)
                                               : true;
    }
    reader->depth--;
    return is_read;
}

bool hive_type_read(Arena *arena, Bytes type, ParquetField *ret_field)
{
    TypeReader reader = {.arena = arena, .rest = type};
    bool is_read = read_type(&reader, ret_field);
    skip_space(&reader);
    return is_read && !reader.rest.len;
}
