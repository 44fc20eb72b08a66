/* column.c - values as they come, cut into pages at the ends of rows; a dictionary where values come again. */
#include "column.h"
#include "map.h"
#include "page.h"
#include <stdlib.h>

#define DICTIONARY_BYTES_MAX ((size_t)1024 * 1024) /* as parquet-mr has it */
#define INT96_BYTES          12

PhysicalType physical_type(ParquetKind kind)
{
    static const PhysicalType types[] = {
        [PARQUET_BOOLEAN] = TYPE_BOOLEAN,  [PARQUET_INT8] = TYPE_INT32,
        [PARQUET_INT16] = TYPE_INT32,      [PARQUET_INT32] = TYPE_INT32,
        [PARQUET_INT64] = TYPE_INT64,      [PARQUET_FLOAT] = TYPE_FLOAT,
        [PARQUET_DOUBLE] = TYPE_DOUBLE,    [PARQUET_TEXT] = TYPE_BYTE_ARRAY,
        [PARQUET_BYTES] = TYPE_BYTE_ARRAY, [PARQUET_DATE] = TYPE_INT32,
        [PARQUET_TIMESTAMP] = TYPE_INT96,  [PARQUET_DECIMAL] = TYPE_FIXED_LEN_BYTE_ARRAY,
    };
    return types[kind];
}

static size_t value_len_of(const ParquetField *field)
{
    switch (physical_type(field->kind)) {
    case TYPE_BOOLEAN:
        return 1;
    case TYPE_INT32:
    case TYPE_FLOAT:
        return 4;
    case TYPE_INT64:
    case TYPE_DOUBLE:
        return 8;
    case TYPE_INT96:
        return INT96_BYTES;
    case TYPE_FIXED_LEN_BYTE_ARRAY:
        return parquet_decimal_len(field->precision);
    case TYPE_BYTE_ARRAY:
        break;
    }
    return 0;
}

void column_init(Column *column, const ParquetField *field)
{
    *column = (Column){.field = field, .type = physical_type(field->kind), .value_len = value_len_of(field)};
}

void column_done(Column *column)
{
    buffer_done(&column->repeated);
    buffer_done(&column->defined);
    buffer_done(&column->values);
}

void column_keep_rows(Column *column)
{
    column->kept_repeated = column->repeated.len;
    column->kept_defined = column->defined.len;
    column->kept_values = column->values.len;
    column->kept_levels_count = column->levels_count;
    column->kept_values_count = column->values_count;
}

void column_undo_rows(Column *column)
{
    column->repeated.len = column->kept_repeated;
    column->defined.len = column->kept_defined;
    column->values.len = column->kept_values;
    column->levels_count = column->kept_levels_count;
    column->values_count = column->kept_values_count;
}

static size_t len_at(const Column *column, size_t at)
{
    const unsigned char *bytes = (const unsigned char *)column->values.ptr + at;
    if (column->value_len)
        return column->value_len;
    return 4 + (size_t)(bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24);
}

typedef struct Dictionary {
    Buffer plain;
    uint32_t *indexes; /* of the column's values; NULL: there is none */
    uint32_t count;
} Dictionary;

/* Where few come again it is none: it would be larger than what it tells. */
static Dictionary dictionary_of(const Column *column)
{
    Dictionary dictionary = {0};
    Map *seen = map_new();
    dictionary.indexes = malloc((column->values_count + 1) * sizeof *dictionary.indexes);
    if (!dictionary.indexes)
        abort();
    size_t at = 0;
    for (size_t i = 0; i < column->values_count && dictionary.plain.len <= DICTIONARY_BYTES_MAX; i++) {
        Bytes value = {column->values.ptr + at, len_at(column, at)};
        uintptr_t index = (uintptr_t)map_get(seen, value);
        if (!index) {
            index = ++dictionary.count;
            map_put(seen, value, (void *)index);
            buffer_append(&dictionary.plain, value);
        }
        dictionary.indexes[i] = (uint32_t)index - 1;
        at += value.len;
    }
    map_free(seen);
    if (dictionary.plain.len > DICTIONARY_BYTES_MAX || dictionary.count > column->values_count / 2) {
        free(dictionary.indexes);
        buffer_done(&dictionary.plain);
        dictionary = (Dictionary){0};
    }
    return dictionary;
}

/* A page from the place at hand: rows, until it is full or none is left. */
typedef struct Place {
    size_t level, value, at; /* how many of them are behind it; where the next value is */
} Place;

static bool is_there(const Column *column, size_t level)
{
    return (unsigned char)column->defined.ptr[level] == column->field->defined;
}

static PageSlice next_slice(const Column *column, size_t page_bytes, Place *place)
{
    const Place from = *place;
    PageSlice slice = {0};
    while (place->level < column->levels_count) {
        bool begins_row = !column->field->repeated || !column->repeated.ptr[place->level];
        if (begins_row && place->at - from.at + (place->level - from.level) >= page_bytes)
            break;
        slice.rows += begins_row;
        if (is_there(column, place->level)) {
            place->at += len_at(column, place->at);
            place->value++;
        }
        place->level++;
    }
    slice.levels = place->level - from.level;
    slice.values = place->value - from.value;
    slice.repeated = column->field->repeated ? column->repeated.ptr + from.level : NULL;
    slice.defined = column->field->defined ? column->defined.ptr + from.level : NULL;
    slice.plain = (Bytes){column->values.ptr ? column->values.ptr + from.at : "", place->at - from.at};
    return slice;
}

ChunkInfo column_write(Column *column, const ParquetOptions *options, int64_t at, Buffer *out)
{
    size_t begin = out->len;
    Dictionary dictionary = {0};
    ChunkInfo info = {.values = (int64_t)column->levels_count, .dictionary_at = -1};
    if (options->has_dictionaries && column->type != TYPE_BOOLEAN && column->values_count)
        dictionary = dictionary_of(column);
    info.is_encoded = dictionary.indexes != NULL;
    if (info.is_encoded) {
        info.dictionary_at = at;
        info.bytes_uncompressed =
            page_append_dictionary(out, options, buffer_bytes(&dictionary.plain), dictionary.count);
    }
    info.data_at = at + (int64_t)(out->len - begin);
    for (Place place = {0}; place.level < column->levels_count;) {
        size_t value = place.value;
        PageSlice slice = next_slice(column, options->page_bytes, &place);
        slice.indexes = dictionary.indexes ? dictionary.indexes + value : NULL;
        slice.dictionary_len = dictionary.count;
        info.bytes_uncompressed += page_append_data(out, column, options, &slice);
    }
    info.bytes = (int64_t)(out->len - begin);
    free(dictionary.indexes);
    buffer_done(&dictionary.plain);
    /* There may be many writers, each of which holds little at a time. */
    column_done(column);
    column->levels_count = column->values_count = 0;
    column_keep_rows(column);
    return info;
}
