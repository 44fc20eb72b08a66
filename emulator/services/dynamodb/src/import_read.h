/* import_read.h - the records of an object: JSON documents, or lines of CSV, packed by gzip or zstd or not, as they
 * come. A reader is made anew where it was lost; what it had read is read again and passed by. */
#pragma once
#include "buffer.h"
#include "s3.h"

typedef enum Packing { PACKED_NOT, PACKED_GZIP, PACKED_ZSTD } Packing;

typedef struct ReaderForm {
    bool is_csv;
    Packing packing;
} ReaderForm;

enum { READ_RECORD, READ_MORE, READ_END, READ_MALFORMED, READ_FAILED };

typedef struct ObjectReader ObjectReader;
/* Takes the object. */
ObjectReader *object_reader_new(S3Reading *object, ReaderForm form);
ObjectReader *object_reader_free(ObjectReader *reader); /* NULL is fine; returns NULL */
/* READ_RECORD: *ret_record lives until the next call. READ_MORE: nothing yet, call again; some bytes were read.
 * READ_MALFORMED: what follows cannot be told apart. READ_FAILED: the store's code is in *ret_code. */
int object_reader_next(ObjectReader *reader, Bytes *ret_record, int *ret_code);
int64_t object_reader_at(const ObjectReader *reader); /* where, unpacked, the next record begins */

/* The fields of a line of CSV, unquoted. False: a quote is out of place. */
bool csv_split(Arena *arena, Bytes line, char delimiter, Bytes **ret_fields, size_t *ret_count);
