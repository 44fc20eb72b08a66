/* consumer.h - registered consumers: names that may subscribe to the shards of one stream. */
#pragma once
#include "row.h"
#include "stream.h"

typedef struct Consumer {
    int64_t id;
    int64_t stream_id;
    Bytes name; /* in the arena */
    int64_t created_ms, active_ms;
    int64_t gone_ms; /* DELETING until then; 0: it stays */
} Consumer;

/* A row of the table: */
#define CONSUMER_COLUMNS "id, stream_id, name, created_ms, active_ms, gone_ms"
extern const Row consumer_row;

/* How a request names one: by its ARN, or by stream and name, or by all three where they agree. */
typedef struct ConsumerRef {
    Bytes arn, stream_arn, name;
} ConsumerRef;
#define CONSUMER_REF(in) ((ConsumerRef){(in)->consumer_arn, (in)->stream_arn, (in)->consumer_name})

MUST_CHECK Status consumer_find(Call *call, ConsumerRef ref, Stream **ret_stream, Consumer *ret_consumer);
Bytes consumer_arn(Arena *arena, const Stream *stream, const Consumer *consumer);
Bytes consumer_status(const Consumer *consumer, int64_t at_ms);
/* ResourceInUseException where it isn't ACTIVE. */
MUST_CHECK Status consumer_check_active(Call *call, const Stream *stream, const Consumer *consumer);

/* DELETING from now on, or gone at once where states take no time. */
MUST_CHECK int consumer_deregister(Kinesis *kinesis, const Stream *stream, const Consumer *consumer, int64_t at_ms);
/* Those whose DELETING is over go. */
MUST_CHECK int consumers_settle(Kinesis *kinesis, int64_t at_ms);
/* Sets consumer_due_ms. */
MUST_CHECK int consumers_find_due(Kinesis *kinesis);

MUST_CHECK int consumers_count(Kinesis *kinesis, const Stream *stream, int64_t *ret_count);
/* STORE_OK, STORE_NOT_FOUND (also where it is DELETING) or below 0. */
MUST_CHECK int consumer_may_read(Kinesis *kinesis, int64_t id);
/* Likewise. */
MUST_CHECK int consumer_name(Kinesis *kinesis, Arena *arena, int64_t id, Bytes *ret_name);
