/* aggregate.c - magic ‖ protobuf message AggregatedRecord ‖ MD5 of the message. What isn't exactly that is a record of
 * its own, as AWS's libraries have it. */
#include "aggregate.h"
#include "varint.h"
#include <nettle/md5.h>

#define MAGIC         TEXT("\xf3\x89\x9a\xc2")
#define FIELD_RECORDS 3 /* of AggregatedRecord */
#define FIELD_DATA    3 /* of Record */

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

static bool take(Bytes *rest, size_t len, Bytes *ret)
{
    if (len > rest->len)
        return false;
    *ret = bytes_slice(*rest, 0, len);
    *rest = bytes_slice(*rest, len, rest->len - len);
    return true;
}

/* *ret_value is set for bytes only. */
static bool take_field(Bytes *rest, uint64_t *ret_field, bool *ret_is_bytes, Bytes *ret_value)
{
    uint64_t tag, number;
    if (!varint_read(rest, &tag))
        return false;
    *ret_field = tag >> 3;
    *ret_is_bytes = (tag & 7) == WIRE_BYTES;
    switch (tag & 7) {
    case WIRE_VARINT:
        return varint_read(rest, &number);
    case WIRE_FIXED64:
        return take(rest, 8, ret_value);
    case WIRE_FIXED32:
        return take(rest, 4, ret_value);
    case WIRE_BYTES:
        return varint_read(rest, &number) && number <= rest->len && take(rest, (size_t)number, ret_value);
    default:
        return false;
    }
}

/* The next value of that field; false: there is none, or *rest is no message. */
static bool next_of(Bytes *rest, uint64_t wanted, Bytes *ret_value)
{
    uint64_t field;
    bool is_bytes;
    while (rest->len && take_field(rest, &field, &is_bytes, ret_value))
        if (field == wanted && is_bytes)
            return true;
    return false;
}

static bool is_message(Bytes rest)
{
    uint64_t field;
    bool is_bytes;
    Bytes value, data;
    while (rest.len) {
        if (!take_field(&rest, &field, &is_bytes, &value))
            return false;
        if (field == FIELD_RECORDS && is_bytes && !next_of(&value, FIELD_DATA, &data))
            return false;
    }
    return true;
}

static bool has_sum(Bytes message, Bytes sum)
{
    struct md5_ctx md5;
    uint8_t digest[MD5_DIGEST_SIZE];
    md5_init(&md5);
    md5_update(&md5, message.len, (const uint8_t *)message.ptr);
    md5_digest(&md5, sizeof digest, digest);
    return bytes_equal(sum, (Bytes){(const char *)digest, sizeof digest});
}

Aggregate aggregate_of(Bytes data)
{
    Aggregate whole = {data, true};
    if (data.len < MAGIC.len + MD5_DIGEST_SIZE || !bytes_starts_with(data, MAGIC))
        return whole;
    Bytes message = bytes_slice(data, MAGIC.len, data.len - MAGIC.len - MD5_DIGEST_SIZE);
    Bytes sum = bytes_slice(data, data.len - MD5_DIGEST_SIZE, MD5_DIGEST_SIZE);
    return has_sum(message, sum) && is_message(message) ? (Aggregate){message, false} : whole;
}

bool aggregate_next(Aggregate *aggregate, Bytes *ret_record)
{
    Bytes record;
    if (aggregate->is_whole) {
        *ret_record = aggregate->rest;
        aggregate->is_whole = false;
        aggregate->rest.len = 0;
        return true;
    }
    return next_of(&aggregate->rest, FIELD_RECORDS, &record) && next_of(&record, FIELD_DATA, ret_record);
}
