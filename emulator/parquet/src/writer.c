/* writer.c - rows into columns, columns into row groups, and the footer. */
#include "column.h"
#include "schema.h"
#include "thrift.h"
#include <stdlib.h>

#define MAGIC           TEXT("PAR1")
#define CREATED_BY      TEXT("parquet-evpoc version 1.0.0 (build evpoc-emu)")
#define JULIAN_1970     2440588
#define SECONDS_PER_DAY 86400
#define NS_PER_S        INT64_C(1000000000)

struct ParquetWriter {
    const ParquetField *fields;
    size_t fields_count;
    ParquetOptions options;
    Column *columns;
    size_t columns_count;
    int64_t at;    /* bytes of the file that have left */
    Buffer groups; /* what the footer tells of them */
    size_t groups_count;
    int64_t rows, group_rows, begun_rows; /* the last are not kept yet */
    size_t held;
};

static void init_columns(ParquetWriter *writer, const ParquetField *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i].kind < PARQUET_STRUCT)
            column_init(&writer->columns[writer->columns_count++], &fields[i]);
        else
            init_columns(writer, fields[i].children, fields[i].children_count);
}

ParquetWriter *parquet_new(const ParquetField *fields, size_t count, const ParquetOptions *options)
{
    size_t columns = 0;
    ParquetWriter *writer = calloc(1, sizeof *writer);
    for (size_t i = 0; i < count; i++)
        columns += fields[i].columns;
    if (!writer || !(writer->columns = calloc(columns + 1, sizeof *writer->columns)))
        abort();
    writer->fields = fields;
    writer->fields_count = count;
    writer->options = *options;
    init_columns(writer, fields, count);
    return writer;
}

ParquetWriter *parquet_free(ParquetWriter *writer)
{
    if (!writer)
        return NULL;
    for (size_t i = 0; i < writer->columns_count; i++)
        column_done(&writer->columns[i]);
    free(writer->columns);
    buffer_done(&writer->groups);
    free(writer);
    return NULL;
}

int64_t parquet_rows(const ParquetWriter *writer)
{
    return writer->rows;
}

size_t parquet_held(const ParquetWriter *writer)
{
    return writer->held;
}

static Column *put(ParquetWriter *writer, size_t at, ParquetLevels levels, bool is_there)
{
    Column *column = &writer->columns[at];
    if (column->field->repeated)
        buffer_append_char(&column->repeated, (char)levels.repeated);
    buffer_append_char(&column->defined, (char)levels.defined);
    column->levels_count++;
    column->values_count += is_there;
    return column;
}

void parquet_put_absent(ParquetWriter *writer, size_t column, ParquetLevels levels)
{
    put(writer, column, levels, false);
}

void parquet_put_integer(ParquetWriter *writer, size_t at, ParquetLevels levels, int64_t value)
{
    Column *column = put(writer, at, levels, true);
    buffer_append_le(&column->values, (uint64_t)value, column->value_len);
}

void parquet_put_real(ParquetWriter *writer, size_t at, ParquetLevels levels, double value)
{
    Column *column = put(writer, at, levels, true);
    float half = (float)value;
    uint32_t bits32;
    uint64_t bits64;
    memcpy(&bits32, &half, sizeof bits32);
    memcpy(&bits64, &value, sizeof bits64);
    buffer_append_le(&column->values, column->type == TYPE_FLOAT ? bits32 : bits64, column->value_len);
}

void parquet_put_bytes(ParquetWriter *writer, size_t at, ParquetLevels levels, Bytes value)
{
    Column *column = put(writer, at, levels, true);
    if (!column->value_len)
        buffer_append_le(&column->values, value.len, 4);
    buffer_append(&column->values, value);
}

/* Nanoseconds of the day, then the Julian day. */
void parquet_put_time(ParquetWriter *writer, size_t at, ParquetLevels levels, int64_t seconds, int32_t nanoseconds)
{
    Column *column = put(writer, at, levels, true);
    int64_t day = seconds / SECONDS_PER_DAY, of_day = seconds % SECONDS_PER_DAY;
    if (of_day < 0) {
        of_day += SECONDS_PER_DAY;
        day--;
    }
    buffer_append_le(&column->values, (uint64_t)(of_day * NS_PER_S + nanoseconds), 8);
    buffer_append_le(&column->values, (uint64_t)(day + JULIAN_1970), 4);
}

static void begin_file(ParquetWriter *writer, Buffer *out)
{
    if (writer->at)
        return;
    buffer_append(out, MAGIC);
    writer->at = (int64_t)MAGIC.len;
}

static void append_chunk(ParquetWriter *writer, size_t at, const ChunkInfo *info)
{
    const Column *column = &writer->columns[at];
    ThriftStruct chunk = thrift_begin(&writer->groups);
    int64_t begin = info->is_encoded ? info->dictionary_at : info->data_at;
    thrift_integer(&chunk, 2, THRIFT_I64, begin);
    ThriftStruct told = thrift_struct(&chunk, 3);
    thrift_integer(&told, 1, THRIFT_I32, column->type);
    thrift_list(&told, 2, THRIFT_I32, info->is_encoded ? 3 : 2);
    thrift_item_integer(&writer->groups, ENCODING_PLAIN);
    thrift_item_integer(&writer->groups, ENCODING_RLE);
    if (info->is_encoded)
        thrift_item_integer(&writer->groups, ENCODING_RLE_DICTIONARY);
    schema_append_path(&told, 3, writer->fields, writer->fields_count, at);
    thrift_integer(&told, 4, THRIFT_I32, writer->options.codec);
    thrift_integer(&told, 5, THRIFT_I64, info->values);
    thrift_integer(&told, 6, THRIFT_I64, info->bytes_uncompressed);
    thrift_integer(&told, 7, THRIFT_I64, info->bytes);
    thrift_integer(&told, 9, THRIFT_I64, info->data_at);
    if (info->is_encoded)
        thrift_integer(&told, 11, THRIFT_I64, info->dictionary_at);
    thrift_end(&told);
    thrift_end(&chunk);
}

void parquet_end_group(ParquetWriter *writer, Buffer *out)
{
    int64_t bytes = 0;
    if (!writer->group_rows)
        return;
    begin_file(writer, out);
    ThriftStruct group = thrift_begin(&writer->groups);
    thrift_list(&group, 1, THRIFT_STRUCT, writer->columns_count);
    for (size_t i = 0; i < writer->columns_count; i++) {
        ChunkInfo info = column_write(&writer->columns[i], &writer->options, writer->at, out);
        append_chunk(writer, i, &info);
        writer->at += info.bytes;
        bytes += info.bytes_uncompressed;
    }
    thrift_integer(&group, 2, THRIFT_I64, bytes);
    thrift_integer(&group, 3, THRIFT_I64, writer->group_rows);
    thrift_end(&group);
    writer->groups_count++;
    writer->group_rows = 0;
    writer->held = 0;
}

void parquet_begin_row(ParquetWriter *writer)
{
    writer->begun_rows++;
}

void parquet_keep_rows(ParquetWriter *writer, Buffer *out)
{
    size_t held = 0;
    for (size_t i = 0; i < writer->columns_count; i++) {
        column_keep_rows(&writer->columns[i]);
        held += column_held(&writer->columns[i]);
    }
    writer->held = held;
    writer->rows += writer->begun_rows;
    writer->group_rows += writer->begun_rows;
    writer->begun_rows = 0;
    if (held >= writer->options.row_group_bytes)
        parquet_end_group(writer, out);
}

void parquet_undo_rows(ParquetWriter *writer)
{
    for (size_t i = 0; i < writer->columns_count; i++)
        column_undo_rows(&writer->columns[i]);
    writer->begun_rows = 0;
}

void parquet_end(ParquetWriter *writer, Buffer *out)
{
    Buffer footer = {0};
    parquet_end_group(writer, out);
    begin_file(writer, out);
    ThriftStruct told = thrift_begin(&footer);
    thrift_integer(&told, 1, THRIFT_I32, writer->options.is_version_2 ? 2 : 1);
    schema_append(&told, 2, writer->fields, writer->fields_count);
    thrift_integer(&told, 3, THRIFT_I64, writer->rows);
    thrift_list(&told, 4, THRIFT_STRUCT, writer->groups_count);
    buffer_append(&footer, buffer_bytes(&writer->groups));
    thrift_binary(&told, 6, CREATED_BY);
    thrift_end(&told);
    buffer_append(out, buffer_bytes(&footer));
    buffer_append_le(out, footer.len, 4);
    buffer_append(out, MAGIC);
    buffer_done(&footer);
}
