/* outlet.c */
#include "outlet.h"
#include "compressor.h"
#include "destination.h"
#include "uuid.h"
#include "zone.h"
#include <stdlib.h>

#define GATHER_BYTES (128 * 1024)

JavaTime outlet_time(const Delivery *delivery, int64_t at_ms)
{
    JavaTime time = {.at_ms = at_ms, .zone = delivery->destination->custom_time_zone};
    if (!zone_offset(time.zone, time.at_ms / MS_PER_S, &time.offset_s))
        time.zone = TEXT("");
    return time;
}

/* aws: Developer Guide, "Amazon S3 object name format": DeliveryStreamName-DeliveryStreamVersion-YYYY-MM-dd-HH-MM-SS-
 * RandomString, then the extension. */
static Bytes key_of(Delivery *delivery, const OutletSettings *settings)
{
    JavaTime time = outlet_time(delivery, settings->since_ms);
    char uuid[UUID_TEXT_LEN];
    Buffer key = {0};
    buffer_append(&key, settings->prefix);
    buffer_append(&key, delivery->stream.name);
    buffer_append_format(&key, "-%lld-", (long long)delivery->stream.version);
    if (!java_time_append(&key, TEXT("yyyy-MM-dd-HH-mm-ss-"), &time))
        abort();
    uuid_write(delivery->firehose->runtime->random, uuid);
    buffer_append(&key, (Bytes){uuid, sizeof uuid});
    if (settings->file_extension.len)
        buffer_append(&key, settings->file_extension);
    else
        buffer_append_text(&key, compression_extension(settings->compression));
    Bytes kept = arena_copy(delivery->arena, buffer_bytes(&key));
    buffer_done(&key);
    return kept;
}

static Bytes last_name(Bytes key)
{
    ptrdiff_t slash = bytes_find_last(key, '/');
    return bytes_slice(key, (size_t)(slash + 1), key.len - (size_t)(slash + 1));
}

int outlet_open(Delivery *delivery, const OutletSettings *settings, Outlet **ret_outlet)
{
    Firehose *firehose = delivery->firehose;
    Scope scope = scope_of_runtime(firehose->runtime, firehose->s3, delivery->piece);
    struct S3Deposit *deposit;
    int code = s3_deposit_begin(&scope, &deposit);
    if (code != STORE_OK)
        return code;
    Outlet *outlet = calloc(1, sizeof *outlet);
    if (!outlet)
        abort();
    outlet->deposit = deposit;
    outlet->bucket = settings->bucket;
    outlet->since_ms = settings->since_ms;
    outlet->key = key_of(delivery, settings);
    CompressorSize size = settings->is_one_of_many ? COMPRESSOR_SMALL : COMPRESSOR_WHOLE;
    outlet->compressor = compressor_new(settings->compression, last_name(outlet->key), settings->since_ms, size);
    outlet->next = delivery->outlets;
    *ret_outlet = delivery->outlets = outlet;
    return STORE_OK;
}

Outlet *outlet_free(Outlet *outlet)
{
    while (outlet) {
        Outlet *next = outlet->next;
        compressor_free(outlet->compressor);
        s3_deposit_free(outlet->deposit);
        free(outlet);
        outlet = next;
    }
    return NULL;
}

int outlets_settle(Delivery *delivery)
{
    int code = STORE_OK;
    if (delivery->gathered.len)
        code = s3_deposit_write(delivery->gathered_of->deposit, buffer_bytes(&delivery->gathered));
    delivery->gathered.len = 0;
    return code;
}

int outlet_add(Delivery *delivery, Outlet *outlet, Bytes bytes)
{
    int code = STORE_OK;
    if (delivery->gathered_of != outlet || delivery->gathered.len >= GATHER_BYTES)
        code = outlets_settle(delivery);
    delivery->gathered_of = outlet;
    compressor_add(outlet->compressor, bytes, &delivery->gathered);
    outlet->bytes += (int64_t)bytes.len;
    return code;
}

int outlet_end(Delivery *delivery, Outlet *outlet)
{
    int code = outlets_settle(delivery);
    delivery->gathered_of = outlet;
    compressor_end(outlet->compressor, &delivery->gathered);
    return code == STORE_OK ? outlets_settle(delivery) : code;
}

int outlet_keep(const Scope *scope, Outlet *outlet)
{
    return s3_deposit_keep(scope, outlet->deposit, outlet->bucket, outlet->key);
}
