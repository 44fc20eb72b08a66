/* column.h - a column of the row group at hand: levels and values as they come, then pages. */
#pragma once
#include "parquet.h"

/* Of parquet.thrift. */
typedef enum PhysicalType {
    TYPE_BOOLEAN,
    TYPE_INT32,
    TYPE_INT64,
    TYPE_INT96,
    TYPE_FLOAT,
    TYPE_DOUBLE,
    TYPE_BYTE_ARRAY,
    TYPE_FIXED_LEN_BYTE_ARRAY,
} PhysicalType;
enum { ENCODING_PLAIN = 0, ENCODING_RLE = 3, ENCODING_RLE_DICTIONARY = 8 };
PhysicalType physical_type(ParquetKind kind);

typedef struct Column {
    const ParquetField *field;
    PhysicalType type;
    size_t value_len; /* of those of one length; 0: each has its own before it */
    Buffer repeated;  /* a byte each; empty where the column has no lists */
    Buffer defined;
    Buffer values; /* PLAIN, but booleans a byte each */
    size_t levels_count, values_count;
    size_t kept_repeated, kept_defined, kept_values, kept_levels_count,
        kept_values_count; /* of the rows that are kept */
} Column;

void column_init(Column *column, const ParquetField *field);
void column_done(Column *column);
void column_keep_rows(Column *column);
void column_undo_rows(Column *column);
static inline size_t column_held(const Column *column)
{
    return column->repeated.len + column->defined.len + column->values.len;
}

/* What the footer tells of it. */
typedef struct ChunkInfo {
    int64_t values, dictionary_at, data_at, bytes, bytes_uncompressed; /* dictionary_at < 0: it has none */
    bool is_encoded;                                                   /* by a dictionary */
} ChunkInfo;

/* Its pages; it is empty then. at: where they will stand in the file. */
ChunkInfo column_write(Column *column, const ParquetOptions *options, int64_t at, Buffer *out);
