/* put.c */
#include "put.h"
#include "metrics.h"

int put_record_into(const Scope *scope, DeliveryStream *stream, Bytes data)
{
    Firehose *firehose = scope->service;
    bool is_sealed = stream->encryption == ENCRYPTION_ON;
    /* The clock may have been moved back. */
    int64_t arrival_ms = scope->now_ms > stream->last_ms ? scope->now_ms : stream->last_ms;
    LogRecord record = {
        .sequence = (uint64_t)stream->next,
        .arrival_ms = arrival_ms,
        .partition_key = TEXT(""),
        .data = is_sealed ? seal(firehose->secret, scope->arena, stream->id, data) : data,
        .flags = is_sealed ? RECORD_IS_SEALED : 0,
    };
    int code = shard_log_append(firehose->log, buffer_log(stream), &record);
    if (code != STORE_OK)
        return code;
    if (stream->next == stream->position)
        stream->since_ms = arrival_ms;
    stream->next++;
    stream->last_ms = arrival_ms;
    stream->buffered_bytes += (int64_t)data.len;
    return STORE_OK;
}

int put_end(const Scope *scope, DeliveryStream *stream)
{
    return delivery_stream_write_buffer(scope, stream);
}

int put_of_metric_stream(void *service, const Scope *scope, Bytes name, Bytes record)
{
    Scope own = scope_for(scope, service);
    DeliveryStream stream;
    int code = delivery_stream_find(&own, name, &stream);
    if (code != STORE_OK)
        return code;
    if (stream.type != DIRECT_PUT ||
        !bytes_equal(delivery_stream_status(&stream, own.now_ms), FIREHOSE_DELIVERY_STREAM_STATUS_ACTIVE))
        return STORE_NOT_FOUND;
    code = put_record_into(&own, &stream, record);
    return code == STORE_OK ? put_end(&own, &stream) : code;
}
