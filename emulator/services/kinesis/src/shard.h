/* shard.h - shards: their names, their place among the hash keys, opening, closing, and how the API tells of them. */
#pragma once
#include "stream.h"

/* What a new shard is made of. */
typedef struct ShardPlan {
    HashKey hash_start, hash_end;
    const Shard *parent, *adjacent_parent; /* NULL: none */
    int64_t opened_ms;
    bool is_passing; /* closed in the moment it opens: a step on the way to others */
} ShardPlan;

/* In its table and in memory, open. Its sequence numbers begin above its parents' ends. */
MUST_CHECK int shard_insert(Kinesis *kinesis, Stream *stream, const ShardPlan *plan, Shard **ret_shard);
/* For a reshard of very many: the list of the open ones is set afterwards, as a whole. Closed ones stay as they are. */
MUST_CHECK int shard_insert_unlisted(Kinesis *kinesis, Stream *stream, const ShardPlan *plan, Shard **ret_shard);
MUST_CHECK int shard_close_unlisted(Kinesis *kinesis, Shard *shard, int64_t at_ms);
void stream_set_open(Stream *stream, Shard *const *open, size_t count); /* by hash range */
/* Two out of one, one out of two neighbours, whichever is named first: parents are closed; no checks. stream_update is
 * the caller's, when all of them are done: the stream counts its shards. */
MUST_CHECK int shard_split(Kinesis *kinesis, Shard *shard, HashKey at, int64_t at_ms);
MUST_CHECK int shard_merge(Kinesis *kinesis, Shard *parent, Shard *adjacent, int64_t at_ms);
/* Its row, its copy; its log goes in small steps. */
MUST_CHECK int shard_remove(Kinesis *kinesis, Shard *shard);
/* Asks the log what the next sequence number is, where nobody has yet. */
MUST_CHECK int shard_prepare(Kinesis *kinesis, Shard *shard);
/* For streams_load. */
Shard *shard_adopt(Kinesis *kinesis, Stream *stream, const Shard *like);

/* Where a reshard lies in time: not before anything the shard has seen, also after the clock was moved back. */
int64_t shard_change_ms(const Stream *stream, int64_t at_ms);

/* Closed so long ago that retention has ended for all it held. */
bool shard_is_expired(const Shard *shard, int64_t at_ms);
static inline bool shard_is_open(const Shard *shard)
{
    return shard->closed_ms == 0;
}
Shard *shard_of_hash(const Stream *stream, HashKey key); /* the open one; there is always one */
Shard *shard_by_index(const Stream *stream, uint32_t index);
/* Where the first of that index or above stands in stream->shards. */
size_t shard_place(const Stream *stream, uint32_t index);
void shard_note_arrival(Shard *shard, int64_t arrival_ms); /* the latest of its records */
void shard_tell_growth(Kinesis *kinesis, Shard *shard);    /* KINESIS_SHARD_GREW, once a turn */
Shard *shard_by_id(const Kinesis *kinesis, int64_t id);

/* aws: any text that ends in "-" and a number, or is a number, names a shard. */
MUST_CHECK bool shard_index_parse(Bytes shard_id, uint32_t *ret_index);
Bytes shard_name(Arena *arena, uint32_t index);
/* "Could not find shard …": the words of SplitShard and MergeShards. */
MUST_CHECK Status shard_find(Call *call, const Stream *stream, Bytes shard_id, Shard **ret_shard);
/* "Could not find shard …" where it can be no shard's name, whether the stream is there or not. */
MUST_CHECK Status shard_check_name(Call *call, StreamRef ref, Bytes shard_id);
/* "Shard … does not exist": the words of the reading operations. */
MUST_CHECK Status shard_find_in_stream(Call *call, const Stream *stream, Bytes shard_id, Shard **ret_shard);
MUST_CHECK Status shard_find_for_read(Call *call, StreamRef ref, Bytes shard_id, Shard **ret_shard);

void shard_describe(Arena *arena, const Shard *shard, KinesisShard *ret_shard);
KinesisChildShardList shard_children(Arena *arena, const Shard *shard, int64_t at_ms);
