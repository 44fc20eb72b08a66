/* stream.h - streams: finding them by name or ARN, their states, what retention has left of them. */
#pragma once
#include "state.h"

/* How a request names a stream. */
typedef struct StreamRef {
    Bytes name, arn;
} StreamRef;
#define STREAM_REF(in) ((StreamRef){(in)->stream_name, (in)->stream_arn})

/* Reads the tables into memory, where that isn't done. Store's codes. */
MUST_CHECK int streams_load(Kinesis *kinesis);
void streams_forget(Kinesis *kinesis);
/* What it stands under in memory: each part with a NUL behind it. Longer names than any stream's have a key that no
 * stream has. Points into key. */
typedef struct StreamKey {
    char text[512];
    size_t len;
} StreamKey;
Bytes stream_key(StreamKey *key, KinesisStreamName name);
/* NULL: not there. Loaded is required. */
Stream *streams_get(const Kinesis *kinesis, KinesisStreamName name);
Stream *streams_get_by_id(const Kinesis *kinesis, int64_t id);

static inline KinesisStreamName stream_name(const Stream *stream)
{
    return (KinesisStreamName){stream->account, stream->region, stream->name};
}

/* The names a reference means, whether there is such a stream or not; refuses when it means none, or one of another
 * region. */
MUST_CHECK Status stream_name_of(Call *call, StreamRef ref, KinesisStreamName *ret_name);
/* Any stream that is there, in whatever state, whoever asks. */
MUST_CHECK Status stream_find_any(Call *call, StreamRef ref, Stream **ret_stream);
/* One that the call's account may reach. */
MUST_CHECK Status stream_find(Call *call, StreamRef ref, Stream **ret_stream);
/* One that takes and gives records: not while CREATING or DELETING. */
MUST_CHECK Status stream_for_data(Call *call, StreamRef ref, Stream **ret_stream);
/* One that is ACTIVE: its shape may be changed. */
MUST_CHECK Status stream_for_change(Call *call, StreamRef ref, Stream **ret_stream);
MUST_CHECK Status stream_check_active(Call *call, const Stream *stream);
/* One that is ACTIVE or UPDATING: "not ACTIVE or UPDATING, instead in state …". */
MUST_CHECK Status stream_check_readable(Call *call, const Stream *stream);
/* Shards of on-demand streams are the service's own to split and merge. */
MUST_CHECK Status stream_check_provisioned(Call *call, const Stream *stream);
MUST_CHECK Status stream_not_found(Call *call, KinesisStreamName name);

/* A new one without shards, in its table and in memory; `like` tells everything but id and next_shard_index. */
MUST_CHECK int stream_insert(Kinesis *kinesis, const Stream *like, Stream **ret_stream);
/* All columns that change but the status. */
MUST_CHECK int stream_update(Kinesis *kinesis, const Stream *stream);
/* Into a state that passes by itself: at once, or after the transition time. A DELETING stream is gone then. */
MUST_CHECK int stream_pass_through(Kinesis *kinesis, Stream *stream, StreamStatus status);
/* Sets the timer for the next passing state that ends: after a load, and whenever one begins. */
void streams_await_transitions(Kinesis *kinesis);
/* With the next timers, even if nobody asks: what was forgotten may hold states that are to pass. */
void streams_load_soon(Kinesis *kinesis);
/* Any stream of a namespace (absent: any account, any region), or NULL. */
Stream *stream_within(const Kinesis *kinesis, Bytes account, Bytes region);
/* With its shards, consumers and all else of it; subscribers are told. */
MUST_CHECK int stream_remove(Kinesis *kinesis, Stream *stream);
/* Out of memory only; its rows are gone. */
void stream_drop(Kinesis *kinesis, Stream *stream);
void stream_set_key_id(Stream *stream, Bytes key_id); /* copied; absent: not encrypted */

Bytes stream_arn(Arena *arena, const Stream *stream);
Bytes stream_status_text(StreamStatus status);
/* Records that arrived before are no longer read. */
int64_t stream_horizon_ms(const Stream *stream, int64_t at_ms);
typedef struct StreamsCount {
    size_t on_demand_streams, creating_streams;
    size_t provisioned_shards; /* open ones */
} StreamsCount;
StreamsCount streams_count(const Kinesis *kinesis, Bytes account, Bytes region);
/* Open shards of one account and region. */
size_t streams_open_shards(const Kinesis *kinesis, Bytes account, Bytes region);
