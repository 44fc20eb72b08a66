/* parquet.h - writes Apache Parquet files, row by row, in a bounded memory: flat and nested records.
 *
 * A file is row groups, and a footer that tells where they are. A row group's values are held until it is full, since
 * each column's lie together; then they leave as pages. So a file costs what one row group holds, and its footer.
 * https://parquet.apache.org/docs/file-format/ and parquet.thrift of parquet-format 2.10. */
#pragma once
#include "arena.h"
#include "buffer.h"

typedef enum ParquetKind {
    PARQUET_BOOLEAN,
    PARQUET_INT8,
    PARQUET_INT16,
    PARQUET_INT32,
    PARQUET_INT64,
    PARQUET_FLOAT,
    PARQUET_DOUBLE,
    PARQUET_TEXT, /* UTF-8 */
    PARQUET_BYTES,
    PARQUET_DATE,      /* days since 1970 */
    PARQUET_TIMESTAMP, /* of nanoseconds, as Hive writes it: INT96 */
    PARQUET_DECIMAL,   /* up to 38 digits */
    PARQUET_STRUCT,
    PARQUET_LIST, /* one child: its elements */
    PARQUET_MAP,  /* two children: keys, which are never absent, and values */
} ParquetKind;

#define PARQUET_LEVELS_MAX 255 /* of a column: each list or map takes two, each other field one */

/* Every field may be absent, but a map's keys. */
typedef struct ParquetField ParquetField;
struct ParquetField {
    Bytes name;
    ParquetKind kind;
    int precision, scale; /* of a decimal */
    ParquetField *children;
    size_t children_count;
    void *note; /* the caller's own */
    /* The writer's own, set by parquet_fields_prepare: levels at which it is there; the number of its first column. */
    int defined, repeated;
    size_t column, columns; /* and how many lie below it */
    bool is_key;            /* of a map */
};

typedef enum ParquetCodec { PARQUET_UNCOMPRESSED, PARQUET_SNAPPY, PARQUET_GZIP } ParquetCodec;

typedef struct ParquetOptions {
    ParquetCodec codec;
    size_t page_bytes;      /* a page is ended behind the row that fills it */
    size_t row_group_bytes; /* of values, uncompressed, as they are held */
    bool has_dictionaries;  /* of columns with values that come again */
    bool is_version_2;      /* of data pages */
} ParquetOptions;

/* The columns of these fields are numbered, depth first. False: one has too many levels, or a decimal isn't one. */
MUST_CHECK bool parquet_fields_prepare(ParquetField *fields, size_t count, size_t *ret_columns);

typedef struct ParquetWriter ParquetWriter;

/* fields: prepared; they must live as long as the writer. */
ParquetWriter *parquet_new(const ParquetField *fields, size_t count, const ParquetOptions *options);
ParquetWriter *parquet_free(ParquetWriter *writer); /* returns NULL */

/* A value of the row at hand: of each column at least one, in the order of rows. `defined` tells how much of its way is
 * there: a field's `defined` if its value is; `repeated` which list goes on (0: it is the row's first). */
typedef struct ParquetLevels {
    int repeated, defined;
} ParquetLevels;
void parquet_put_absent(ParquetWriter *writer, size_t column, ParquetLevels levels);
void parquet_put_integer(ParquetWriter *writer, size_t column, ParquetLevels levels,
                         int64_t value); /* booleans, dates */
void parquet_put_real(ParquetWriter *writer, size_t column, ParquetLevels levels, double value);
/* Texts and bytes; a decimal's unscaled value as parquet_decimal_bytes makes it. */
void parquet_put_bytes(ParquetWriter *writer, size_t column, ParquetLevels levels, Bytes value);
void parquet_put_time(ParquetWriter *writer, size_t column, ParquetLevels levels, int64_t seconds, int32_t nanoseconds);

/* How many bytes a decimal of so many digits takes. */
size_t parquet_decimal_len(int precision);

/* A row is begun before its values; rows are in the file when they are kept, and pages may leave then. */
void parquet_begin_row(ParquetWriter *writer);
void parquet_keep_rows(ParquetWriter *writer, Buffer *out);
void parquet_undo_rows(ParquetWriter *writer);              /* as if those that were not kept had not been begun */
void parquet_end_group(ParquetWriter *writer, Buffer *out); /* what is held leaves, also where it is little */
int64_t parquet_rows(const ParquetWriter *writer);
size_t parquet_held(const ParquetWriter *writer); /* bytes of the row group that is being made */
void parquet_end(ParquetWriter *writer, Buffer *out);
