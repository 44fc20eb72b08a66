/* outlet.c */
#include "outlet.h"
#include "compressor.h"
#include "destination.h"
#include "uuid.h"
#include "zone.h"
#include <stdlib.h>

#define GATHER_BYTES (128 * 1024)
#define HELD_BYTES   ((size_t)8 * 1024 * 1024) /* of the rows of all objects that are made at once */

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
    else if (settings->conversion)
        buffer_append_text(&key, ".parquet");
    else
        buffer_append_text(&key, compression_extension(settings->compression));
    Bytes kept = arena_copy(delivery->arena, buffer_bytes(&key));
    buffer_done(&key);
    return kept;
}

/* A file in a ZIP is called by a random name. */
static void open_writer(Delivery *delivery, const OutletSettings *settings, Outlet *outlet)
{
    char name[UUID_TEXT_LEN];
    CompressorSize size = settings->is_one_of_many ? COMPRESSOR_SMALL : COMPRESSOR_WHOLE;
    if (settings->conversion) {
        outlet->writer = conversion_writer(settings->conversion, settings->is_one_of_many);
        outlet->is_converted = true;
        s3_deposit_encoding(outlet->deposit, conversion_encoding(settings->conversion));
        return;
    }
    uuid_write(delivery->firehose->runtime->random, name);
    outlet->compressor = compressor_new(settings->compression, (Bytes){name, sizeof name}, settings->since_ms, size);
    s3_deposit_encoding(outlet->deposit, compression_encoding(settings->compression));
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
    open_writer(delivery, settings, outlet);
    outlet->next = delivery->outlets;
    *ret_outlet = delivery->outlets = outlet;
    return STORE_OK;
}

Outlet *outlet_free(Outlet *outlet)
{
    while (outlet) {
        Outlet *next = outlet->next;
        compressor_free(outlet->compressor);
        parquet_free(outlet->writer);
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

/* What is gathered from here on is this outlet's. */
static int gather_for(Delivery *delivery, Outlet *outlet)
{
    int code = STORE_OK;
    if (delivery->gathered_of != outlet || delivery->gathered.len >= GATHER_BYTES)
        code = outlets_settle(delivery);
    delivery->gathered_of = outlet;
    return code;
}

int outlet_add(Delivery *delivery, Outlet *outlet, Bytes bytes)
{
    int code = gather_for(delivery, outlet);
    compressor_add(outlet->compressor, bytes, &delivery->gathered);
    outlet->bytes += (int64_t)bytes.len;
    return code;
}

static Outlet *largest_of(const Delivery *delivery)
{
    Outlet *largest = NULL;
    for (Outlet *outlet = delivery->outlets; outlet; outlet = outlet->next)
        if (outlet->writer && (!largest || parquet_held(outlet->writer) > parquet_held(largest->writer)))
            largest = outlet;
    return largest;
}

/* Where many objects are made, each has smaller row groups. */
static int hold_less(Delivery *delivery)
{
    Outlet *largest = delivery->held > HELD_BYTES ? largest_of(delivery) : NULL;
    if (!largest)
        return STORE_OK;
    int code = gather_for(delivery, largest);
    delivery->held -= parquet_held(largest->writer);
    parquet_end_group(largest->writer, &delivery->gathered);
    return code;
}

int outlet_add_record(Delivery *delivery, Outlet *outlet, Bytes record, RowFault *ret_fault)
{
    int code = gather_for(delivery, outlet);
    delivery->held -= outlet->writer ? parquet_held(outlet->writer) : 0;
    if (conversion_add(delivery->conversion, outlet->writer, record, &delivery->gathered, ret_fault))
        *ret_fault = (RowFault){0};
    delivery->held += outlet->writer ? parquet_held(outlet->writer) : 0;
    return code == STORE_OK ? hold_less(delivery) : code;
}

bool outlet_is_empty(const Outlet *outlet)
{
    return outlet->is_converted && (!outlet->writer || !parquet_rows(outlet->writer));
}

int outlet_end(Delivery *delivery, Outlet *outlet)
{
    int code = outlets_settle(delivery);
    delivery->gathered_of = outlet;
    if (outlet->compressor)
        compressor_end(outlet->compressor, &delivery->gathered);
    else if (!outlet_is_empty(outlet))
        parquet_end(outlet->writer, &delivery->gathered);
    return code == STORE_OK ? outlets_settle(delivery) : code;
}

int outlet_keep(const Scope *scope, Outlet *outlet)
{
    return s3_deposit_keep(scope, outlet->deposit, outlet->bucket, outlet->key);
}
