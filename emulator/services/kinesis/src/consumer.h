/* consumer.h - registered consumers: names that may subscribe to the shards of one stream. */
#pragma once
#include "stream.h"

typedef struct Consumer {
    int64_t id;
    int64_t stream_id;
    Bytes name; /* in the arena */
    int64_t created_ms, active_ms;
} Consumer;

/* How a request names one: by its ARN, or by stream and name, or by all three where they agree. */
typedef struct ConsumerRef {
    Bytes arn, stream_arn, name;
} ConsumerRef;
#define CONSUMER_REF(in) ((ConsumerRef){(in)->consumer_arn, (in)->stream_arn, (in)->consumer_name})

MUST_CHECK Status consumer_find(Call *call, ConsumerRef ref, Stream **ret_stream, Consumer *ret_consumer);
Bytes consumer_arn(Arena *arena, const Stream *stream, const Consumer *consumer);
static inline bool consumer_is_active(const Consumer *consumer, int64_t at_ms)
{
    return at_ms >= consumer->active_ms;
}

MUST_CHECK int consumers_count(Kinesis *kinesis, const Stream *stream, int64_t *ret_count);
/* STORE_OK, STORE_NOT_FOUND or below 0. */
MUST_CHECK int consumer_exists(Kinesis *kinesis, int64_t id);
/* Likewise. */
MUST_CHECK int consumer_name(Kinesis *kinesis, Arena *arena, int64_t id, Bytes *ret_name);
