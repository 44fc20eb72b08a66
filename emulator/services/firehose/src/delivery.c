/* delivery.c - one object: from the buffer, piece by piece, through the compressor, into an object. */
#include "compressor.h"
#include "deliveries.h"
#include "destination.h"
#include "metrics.h"
#include "seal.h"
#include "uuid.h"
#include "zone.h"
#include <stdlib.h>

#define PIECE_BYTES   (512 * 1024)
#define PIECE_RECORDS 10000
#define TRIM_CHUNKS   256

static JavaTime time_of(const Delivery *delivery)
{
    JavaTime time = {.at_ms = delivery->stream.since_ms, .zone = delivery->destination->custom_time_zone};
    if (!zone_offset(time.zone, time.at_ms / MS_PER_S, &time.offset_s))
        time.zone = TEXT("");
    return time;
}

/* aws: Developer Guide, "Amazon S3 object name format": DeliveryStreamName-DeliveryStreamVersion-YYYY-MM-dd-HH-MM-SS-
 * RandomString, then the extension. */
static void make_key(Delivery *delivery)
{
    const Destination *destination = delivery->destination;
    PrefixValues values = {.time = time_of(delivery), .random = delivery->firehose->runtime->random};
    char uuid[UUID_TEXT_LEN];
    Buffer key = {0};
    /* It was checked when it was set. */
    if (prefix_evaluate(&key, destination->prefix, &values) != PREFIX_FINE)
        key.len = 0;
    buffer_append(&key, delivery->stream.name);
    buffer_append_format(&key, "-%lld-", (long long)delivery->stream.version);
    if (!java_time_append(&key, TEXT("yyyy-MM-dd-HH-mm-ss-"), &values.time))
        abort();
    uuid_write(values.random, uuid);
    buffer_append(&key, (Bytes){uuid, sizeof uuid});
    if (destination->file_extension.len)
        buffer_append(&key, destination->file_extension);
    else
        buffer_append_text(&key, compression_extension(destination->compression_format));
    delivery->key = arena_copy(delivery->arena, buffer_bytes(&key));
    buffer_done(&key);
}

static Bytes last_name(Bytes key)
{
    ptrdiff_t slash = bytes_find_last(key, '/');
    return bytes_slice(key, (size_t)(slash + 1), key.len - (size_t)(slash + 1));
}

static int open_deposit(const Scope *scope, Delivery *delivery)
{
    const Destination *destination = delivery->destination;
    Scope theirs = scope_for(scope, delivery->firehose->s3);
    int code = theirs.service ? s3_find_bucket(&theirs, delivery->bucket) : DELIVERY_NO_S3;
    if (code == STORE_OK)
        code = s3_deposit_begin(&theirs, &delivery->deposit);
    if (code != STORE_OK)
        return code;
    make_key(delivery);
    delivery->compressor =
        compressor_new(destination->compression_format, last_name(delivery->key), delivery->stream.since_ms);
    return STORE_OK;
}

int delivery_begin(const Scope *scope, const DeliveryStream *stream, Delivery **ret_delivery)
{
    Delivery *delivery = calloc(1, sizeof *delivery);
    if (!delivery)
        abort();
    Arena *arena = delivery->arena = arena_new();
    delivery->firehose = scope->service;
    delivery->piece = arena_new();
    delivery->stream = *stream;
    delivery->stream.account = arena_copy(arena, stream->account);
    delivery->stream.region = arena_copy(arena, stream->region);
    delivery->stream.name = arena_copy(arena, stream->name);
    delivery->stream.destination = arena_copy(arena, stream->destination);
    delivery->destination = arena_new_of(arena, Destination);
    delivery->at = stream->position;
    bool is_read = destination_read(arena, &delivery->stream, delivery->destination);
    int code = STORE_BROKEN;
    if (is_read) {
        delivery->bucket = destination_bucket(delivery->destination);
        delivery->delimiter = destination_delimiter(arena, delivery->destination);
        code = open_deposit(scope, delivery);
    }
    if (code != STORE_OK)
        delivery = delivery_free(delivery);
    *ret_delivery = delivery;
    return code;
}

Delivery *delivery_free(Delivery *delivery)
{
    if (!delivery)
        return NULL;
    compressor_free(delivery->compressor);
    s3_deposit_free(delivery->deposit);
    arena_free(delivery->piece);
    arena_free(delivery->arena);
    free(delivery);
    return NULL;
}

/* Full, or all that was there when it began. */
static bool is_whole(const Delivery *delivery)
{
    return delivery->at >= delivery->stream.next || delivery->bytes >= delivery->stream.size_max;
}

static int add_record(Delivery *delivery, const LogRecord *record, Buffer *out)
{
    Bytes data = record->data;
    if (record->flags & RECORD_IS_SEALED &&
        !record_unseal(delivery->firehose, delivery->piece, &delivery->stream, &data))
        return STORE_BROKEN;
    compressor_add(delivery->compressor, data, out);
    compressor_add(delivery->compressor, delivery->delimiter, out);
    delivery->at = (int64_t)record->sequence + 1;
    delivery->bytes += (int64_t)data.len;
    delivery->records++;
    return STORE_OK;
}

static int add_piece(Delivery *delivery, Buffer *out)
{
    LogRecord *records;
    size_t count;
    int code = shard_log_read(delivery->firehose->log, buffer_log(&delivery->stream), (uint64_t)delivery->at,
                              PIECE_RECORDS, PIECE_BYTES, delivery->piece, &records, &count);
    for (size_t i = 0; code == STORE_OK && i < count && !is_whole(delivery); i++)
        code = add_record(delivery, &records[i], out);
    if (code == STORE_OK && !count)
        delivery->at = delivery->stream.next;
    return code;
}

int delivery_step(Delivery *delivery, bool *ret_done)
{
    Buffer out = {0};
    int code = add_piece(delivery, &out);
    *ret_done = is_whole(delivery);
    if (code == STORE_OK && *ret_done)
        compressor_end(delivery->compressor, &out);
    if (code == STORE_OK)
        code = s3_deposit_write(delivery->deposit, buffer_bytes(&out));
    buffer_done(&out);
    arena_reset(delivery->piece);
    return code;
}

/* What is left begins with the record at its position. */
static int move_on(const Scope *scope, const Delivery *delivery, DeliveryStream *stream)
{
    Firehose *firehose = scope->service;
    LogRecord *first;
    size_t count = 0;
    bool has_more;
    int code = STORE_OK;
    stream->position = delivery->at;
    stream->buffered_bytes = stream->position < stream->next ? stream->buffered_bytes - delivery->bytes : 0;
    stream->retry_ms = stream->failing_ms = 0;
    if (stream->position < stream->next)
        code = shard_log_read(firehose->log, buffer_log(stream), (uint64_t)stream->position, 1, 1, scope->arena, &first,
                              &count);
    stream->since_ms = count ? first->arrival_ms : scope->now_ms;
    if (code == STORE_OK)
        code = delivery_stream_write_buffer(scope, stream);
    int64_t trim_ms = count ? stream->since_ms : stream->last_ms + 1;
    return code == STORE_OK ? shard_log_trim(firehose->log, buffer_log(stream), trim_ms, TRIM_CHUNKS, &has_more) : code;
}

int delivery_end(Delivery *delivery)
{
    DeliveryStream stream;
    Firehose *firehose = delivery->firehose;
    Scope scope = scope_of_runtime(firehose->runtime, firehose, delivery->piece);
    scope.account = delivery->stream.account;
    scope.region = delivery->stream.region;
    int code = delivery_stream_load(&scope, delivery->stream.id, &stream);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && stream.position != delivery->stream.position))
        return STORE_OK; /* it is gone, or another than it was: nobody waits for this */
    Scope theirs = scope_for(&scope, firehose->s3);
    if (code == STORE_OK)
        code = s3_deposit_keep(&theirs, delivery->deposit, delivery->bucket, delivery->key);
    if (code == STORE_OK)
        code = move_on(&scope, delivery, &stream);
    if (code == STORE_OK)
        delivery_metrics_of(firehose, delivery, scope.now_ms);
    return code;
}
