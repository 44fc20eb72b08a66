/* thrift.c */
#include "thrift.h"
#include "varint.h"

#define DELTA_MAX 15
#define LIST_MAX  14

void thrift_item_integer(Buffer *out, int64_t value)
{
    varint_append(out, zigzag(value));
}

void thrift_item_binary(Buffer *out, Bytes value)
{
    varint_append(out, value.len);
    buffer_append(out, value);
}

static void begin_field(ThriftStruct *in, int field, ThriftType type)
{
    int delta = field - in->last;
    if (delta > 0 && delta <= DELTA_MAX) {
        buffer_append_char(in->out, (char)((unsigned)delta << 4 | type));
    } else {
        buffer_append_char(in->out, (char)type);
        thrift_item_integer(in->out, field);
    }
    in->last = field;
}

void thrift_end(ThriftStruct *in)
{
    buffer_append_char(in->out, 0);
}

void thrift_integer(ThriftStruct *in, int field, ThriftType type, int64_t value)
{
    begin_field(in, field, type);
    thrift_item_integer(in->out, value);
}

void thrift_binary(ThriftStruct *in, int field, Bytes value)
{
    begin_field(in, field, THRIFT_BINARY);
    thrift_item_binary(in->out, value);
}

void thrift_bool(ThriftStruct *in, int field, bool value)
{
    begin_field(in, field, value ? THRIFT_TRUE : THRIFT_FALSE);
}

ThriftStruct thrift_struct(ThriftStruct *in, int field)
{
    begin_field(in, field, THRIFT_STRUCT);
    return thrift_begin(in->out);
}

void thrift_list(ThriftStruct *in, int field, ThriftType type, size_t count)
{
    begin_field(in, field, THRIFT_LIST);
    if (count <= LIST_MAX) {
        buffer_append_char(in->out, (char)(count << 4 | type));
        return;
    }
    buffer_append_char(in->out, (char)(0xf0 | type));
    varint_append(in->out, count);
}
