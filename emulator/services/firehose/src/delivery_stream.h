/* delivery_stream.h - delivery streams: their rows, states and names. */
#pragma once
#include "state.h"

typedef enum StreamType { DIRECT_PUT, KINESIS_SOURCE } StreamType;
typedef enum Encryption { ENCRYPTION_NEVER, ENCRYPTION_OFF, ENCRYPTION_ON } Encryption;

typedef struct DeliveryStream {
    int64_t id;
    Bytes account, region, name;
    StreamType type;
    bool is_deleting;
    int64_t passes_ms; /* CREATING ends then, or DELETING, and it is gone */
    int64_t version, created_ms, updated_ms;
    Encryption encryption;
    int64_t encryption_passes_ms;
    Bytes key_type, key_arn;           /* absent where it was never encrypted */
    Bytes source_arn, source_role_arn; /* of a Kinesis stream */
    int32_t throughput_hint;           /* 0: none was given */
    Bytes destination;                 /* JSON: destination.h */
    int64_t size_max, interval_ms;     /* its buffering hints */
    Bytes endpoint, access_key;        /* of an HTTP endpoint: endpoint.h; else absent */
    /* What an endpoint has not taken is sent again as it was: records [position, attempt_to). */
    int64_t attempts, attempt_to;
    Bytes request_id;
    /* The buffer: records [position, next) of its log. */
    int64_t next, position, buffered_bytes;
    int64_t since_ms;   /* arrival of the oldest */
    int64_t last_ms;    /* of the newest; times never fall within a log */
    int64_t retry_ms;   /* not to be tried before, since it has failed */
    int64_t failing_ms; /* when it first failed; 0: it doesn't */
    int64_t flush_to;   /* asked to deliver what is before, whatever the hints */
    int64_t due_ms;     /* when to look at it next */
} DeliveryStream;

/* STORE_OK, STORE_NOT_FOUND, or below 0. What has passed away is not found. */
MUST_CHECK int delivery_stream_find(const Scope *scope, Bytes name, DeliveryStream *ret_stream);
MUST_CHECK int delivery_stream_load(const Scope *scope, int64_t id, DeliveryStream *ret_stream);
MUST_CHECK Status delivery_stream_not_found(Call *call, Bytes name);
/* ResourceNotFoundException. */
MUST_CHECK Status delivery_stream_for(Call *call, Bytes name, DeliveryStream *ret_stream);
/* And ResourceInUseException of one that is not ACTIVE. */
MUST_CHECK Status delivery_stream_for_change(Call *call, Bytes name, DeliveryStream *ret_stream);

/* Sets its id. */
MUST_CHECK int delivery_stream_insert(const Scope *scope, DeliveryStream *stream);
/* All of its columns; sets due_ms, and sees that it is looked at then. */
MUST_CHECK int delivery_stream_write(const Scope *scope, DeliveryStream *stream);
/* Only those of the buffer: `next` and what stands below it. */
MUST_CHECK int delivery_stream_write_buffer(const Scope *scope, DeliveryStream *stream);
/* With all that is its own. */
MUST_CHECK int delivery_stream_remove(const Scope *scope, const DeliveryStream *stream);
/* Some chunks of what was dropped. True: more is left. */
MUST_CHECK int dropped_logs_step(Firehose *firehose, bool *ret_more);

/* Name, in order, of those behind `after`; up to `limit`. type: -1 is any. */
typedef struct NamesQuery {
    Bytes after;
    int type;
    size_t limit;
} NamesQuery;
MUST_CHECK int delivery_streams_list(const Scope *scope, NamesQuery query, FirehoseDeliveryStreamNameList *ret_names);
MUST_CHECK int delivery_streams_count(const Scope *scope, int64_t *ret_count);

static inline int64_t buffer_log(const DeliveryStream *stream)
{
    return BUFFER_LOGS + stream->id;
}
Bytes delivery_stream_arn(Arena *arena, const DeliveryStream *stream);
Bytes delivery_stream_status(const DeliveryStream *stream, int64_t now_ms);
Bytes delivery_stream_type(const DeliveryStream *stream);
