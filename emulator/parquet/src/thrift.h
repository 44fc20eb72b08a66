/* thrift.h - Thrift's compact protocol, as far as Parquet's headers and footer need it.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
#pragma once
#include "buffer.h"

typedef enum ThriftType {
    THRIFT_TRUE = 1,
    THRIFT_FALSE,
    THRIFT_I32 = 5,
    THRIFT_I64,
    THRIFT_BINARY = 8,
    THRIFT_LIST,
    THRIFT_STRUCT = 12
} ThriftType;

/* Fields are told by how far their number is from the last one's. */
typedef struct ThriftStruct {
    Buffer *out;
    int last;
} ThriftStruct;

static inline ThriftStruct thrift_begin(Buffer *out)
{
    return (ThriftStruct){out, 0};
}
void thrift_end(ThriftStruct *in);
void thrift_integer(ThriftStruct *in, int field, ThriftType type, int64_t value); /* I32, I64 */
void thrift_binary(ThriftStruct *in, int field, Bytes value);
void thrift_bool(ThriftStruct *in, int field, bool value);
ThriftStruct thrift_struct(ThriftStruct *in, int field);
/* Its items follow: integers by thrift_item, structs by thrift_begin. */
void thrift_list(ThriftStruct *in, int field, ThriftType type, size_t count);
void thrift_item_integer(Buffer *out, int64_t value);
void thrift_item_binary(Buffer *out, Bytes value);
