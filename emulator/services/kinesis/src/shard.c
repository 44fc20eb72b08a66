/* shard.c - shards in their table and in memory: opened, closed, split, merged, removed. */
#include "shard.h"
#include "trim.h"
#include <stdlib.h>

static const Query insert_shard = {
    "INSERT INTO kinesis_shard (stream_id, shard_index, parent, adjacent_parent, hash_start, hash_end, created_s,"
    " opened_ms, closed_ms, ended_s) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
static const Query close_shard = {"UPDATE kinesis_shard SET closed_ms = ?2, ended_s = ?3 WHERE id = ?1"};
static const Query delete_shard = {"DELETE FROM kinesis_shard WHERE id = ?1"};

static void *grown(void *items, size_t count)
{
    items = realloc(items, count * sizeof(Shard *));
    if (!items)
        abort();
    return items;
}

/* Where a shard that begins at `start` stands, or would stand, among the open ones. */
static size_t open_at(const Stream *stream, HashKey start)
{
    size_t low = 0, high = stream->open_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stream->open[middle]->hash_start < start)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void list_open(Stream *stream, Shard *shard)
{
    size_t at = open_at(stream, shard->hash_start);
    memmove(stream->open + at + 1, stream->open + at, (stream->open_count - at) * sizeof(Shard *));
    stream->open[at] = shard;
    stream->open_count++;
}

static void unlist_open(Stream *stream, const Shard *shard)
{
    size_t at = open_at(stream, shard->hash_start);
    stream->open_count--;
    memmove(stream->open + at, stream->open + at + 1, (stream->open_count - at) * sizeof(Shard *));
}

size_t shard_place(const Stream *stream, uint32_t index)
{
    size_t low = 0, high = stream->shards_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (stream->shards[middle]->index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note_second(Stream *stream, int64_t second)
{
    if (second > stream->newest_s)
        stream->newest_s = second;
}

/* Not among the open ones yet. */
static Shard *adopt(Kinesis *kinesis, Stream *stream, const Shard *like)
{
    Shard *shard = malloc(sizeof *shard);
    if (!shard)
        abort();
    *shard = *like;
    shard->stream = stream;
    if (stream->shards_count == stream->shards_capacity) {
        stream->shards_capacity = stream->shards_capacity ? stream->shards_capacity * 2 : 4;
        stream->shards = grown(stream->shards, stream->shards_capacity);
        stream->open = grown(stream->open, stream->shards_capacity);
    }
    stream->shards[stream->shards_count++] = shard;
    map_put(kinesis->shards, id_key(&shard->id), shard);
    if (shard->origin.created_s > stream->newest_created_s)
        stream->newest_created_s = shard->origin.created_s;
    note_second(stream, shard->origin.created_s);
    note_second(stream, shard->ended_s);
    return shard;
}

Shard *shard_adopt(Kinesis *kinesis, Stream *stream, const Shard *like)
{
    Shard *shard = adopt(kinesis, stream, like);
    if (shard_is_open(shard))
        list_open(stream, shard);
    return shard;
}

void stream_set_open(Stream *stream, Shard *const *open, size_t count)
{
    memcpy(stream->open, open, count * sizeof(Shard *));
    stream->open_count = count;
}

/* aws: a child's second of creation is the one after its parents' ends, so all its numbers are above theirs. */
static int64_t second_of_creation(const ShardPlan *plan)
{
    int64_t second = plan->opened_ms / MS_PER_S;
    if (plan->parent && plan->parent->ended_s >= second)
        second = plan->parent->ended_s + 1;
    if (plan->adjacent_parent && plan->adjacent_parent->ended_s >= second)
        second = plan->adjacent_parent->ended_s + 1;
    return second;
}

static int64_t end_second(const Shard *shard, int64_t at_ms)
{
    int64_t end_s = at_ms / MS_PER_S;
    return end_s > shard->origin.created_s ? end_s : shard->origin.created_s;
}

static int write_shard(Kinesis *kinesis, const Shard *shard, int64_t stream_id)
{
    char start[HASH_KEY_BYTES], end[HASH_KEY_BYTES];
    hash_key_write(start, shard->hash_start);
    hash_key_write(end, shard->hash_end);
    Statement *insert = statement_begin(kinesis->store, &insert_shard);
    bind_int64(insert, 1, stream_id);
    bind_int64(insert, 2, shard->index);
    bind_int64(insert, 3, shard->parent);
    bind_int64(insert, 4, shard->adjacent_parent);
    bind_bytes(insert, 5, (Bytes){start, sizeof start});
    bind_bytes(insert, 6, (Bytes){end, sizeof end});
    bind_int64(insert, 7, shard->origin.created_s);
    bind_int64(insert, 8, shard->opened_ms);
    bind_int64(insert, 9, shard->closed_ms);
    bind_int64(insert, 10, shard->ended_s);
    return statement_run(insert);
}

int shard_insert_unlisted(Kinesis *kinesis, Stream *stream, const ShardPlan *plan, Shard **ret_shard)
{
    Shard shard = {
        .index = stream->next_shard_index,
        .parent = plan->parent ? plan->parent->index : NO_SHARD,
        .adjacent_parent = plan->adjacent_parent ? plan->adjacent_parent->index : NO_SHARD,
        .hash_start = plan->hash_start,
        .hash_end = plan->hash_end,
        .origin = sequence_origin(second_of_creation(plan), stream->next_shard_index),
        .opened_ms = plan->opened_ms,
        .floor = 1,
        .next = 1,
    };
    if (plan->is_passing) {
        shard.closed_ms = plan->opened_ms;
        shard.ended_s = end_second(&shard, plan->opened_ms);
    }
    int code = write_shard(kinesis, &shard, stream->id);
    if (code != STORE_OK)
        return code;
    shard.id = store_last_rowid(kinesis->store);
    stream->next_shard_index++;
    *ret_shard = adopt(kinesis, stream, &shard);
    return STORE_OK;
}

int shard_insert(Kinesis *kinesis, Stream *stream, const ShardPlan *plan, Shard **ret_shard)
{
    int code = shard_insert_unlisted(kinesis, stream, plan, ret_shard);
    if (code == STORE_OK)
        list_open(stream, *ret_shard);
    return code;
}

int shard_close_unlisted(Kinesis *kinesis, Shard *shard, int64_t at_ms)
{
    int64_t end_s = end_second(shard, at_ms);
    if (!shard_is_open(shard))
        return STORE_OK;
    Statement *close = statement_begin(kinesis->store, &close_shard);
    bind_int64(close, 1, shard->id);
    bind_int64(close, 2, at_ms);
    bind_int64(close, 3, end_s);
    int code = statement_run(close);
    if (code != STORE_OK)
        return code;
    shard->closed_ms = at_ms;
    shard->ended_s = end_s;
    note_second(shard->stream, end_s);
    shard_tell_growth(kinesis, shard);
    return STORE_OK;
}

void shard_tell_growth(Kinesis *kinesis, Shard *shard)
{
    uint64_t turn = runtime_turn(kinesis->runtime) + 1;
    if (shard->told_turn == turn)
        return;
    shard->told_turn = turn;
    runtime_publish(kinesis->runtime, &KINESIS_SHARD_GREW, &(KinesisShardGrew){shard->id});
}

static int shard_close(Kinesis *kinesis, Shard *shard, int64_t at_ms)
{
    int code = shard_close_unlisted(kinesis, shard, at_ms);
    if (code == STORE_OK)
        unlist_open(shard->stream, shard);
    return code;
}

int shard_split(Kinesis *kinesis, Shard *shard, HashKey at, int64_t at_ms)
{
    Shard *child;
    ShardPlan lower = {shard->hash_start, at - 1, shard, NULL, at_ms, false};
    ShardPlan upper = {at, shard->hash_end, shard, NULL, at_ms, false};
    int code = shard_close(kinesis, shard, at_ms);
    if (code == STORE_OK)
        code = shard_insert(kinesis, shard->stream, &lower, &child);
    if (code == STORE_OK)
        code = shard_insert(kinesis, shard->stream, &upper, &child);
    return code;
}

int shard_merge(Kinesis *kinesis, Shard *parent, Shard *adjacent, int64_t at_ms)
{
    Shard *child;
    const Shard *lower = parent->hash_start < adjacent->hash_start ? parent : adjacent;
    const Shard *upper = lower == parent ? adjacent : parent;
    ShardPlan plan = {lower->hash_start, upper->hash_end, parent, adjacent, at_ms, false};
    int code = shard_close(kinesis, parent, at_ms);
    if (code == STORE_OK)
        code = shard_close(kinesis, adjacent, at_ms);
    if (code == STORE_OK)
        code = shard_insert(kinesis, parent->stream, &plan, &child);
    return code;
}

int shard_remove(Kinesis *kinesis, Shard *shard)
{
    Stream *stream = shard->stream;
    int code = query_run_with(kinesis->store, &delete_shard, shard->id);
    if (code == STORE_OK)
        code = trim_drop_log(kinesis, shard->id);
    if (code != STORE_OK)
        return code;
    size_t at = shard_place(stream, shard->index);
    if (shard_is_open(shard))
        unlist_open(stream, shard);
    stream->shards_count--;
    memmove(stream->shards + at, stream->shards + at + 1, (stream->shards_count - at) * sizeof(Shard *));
    map_remove(kinesis->shards, id_key(&shard->id));
    free(shard);
    return STORE_OK;
}

int shard_prepare(Kinesis *kinesis, Shard *shard)
{
    LogSpan span;
    if (shard->next)
        return STORE_OK;
    int code = shard_log_span(kinesis->log, shard->id, &span);
    if (code == STORE_NOT_FOUND)
        span = (LogSpan){0};
    else if (code != STORE_OK)
        return code;
    shard->next = span.last + 1 > shard->floor ? span.last + 1 : shard->floor;
    shard_note_arrival(shard, span.last_arrival_ms);
    return STORE_OK;
}

void shard_note_arrival(Shard *shard, int64_t arrival_ms)
{
    shard->last_arrival_ms = arrival_ms;
    note_second(shard->stream, arrival_ms / MS_PER_S);
}

int64_t shard_change_ms(const Stream *stream, int64_t at_ms)
{
    int64_t latest_ms = at_ms > stream->created_ms ? at_ms : stream->created_ms;
    for (size_t i = 0; i < stream->open_count; i++) {
        const Shard *shard = stream->open[i];
        if (shard->opened_ms > latest_ms)
            latest_ms = shard->opened_ms;
        if (shard->last_arrival_ms > latest_ms)
            latest_ms = shard->last_arrival_ms;
    }
    return latest_ms;
}

bool shard_is_expired(const Shard *shard, int64_t at_ms)
{
    return !shard_is_open(shard) && shard->closed_ms < stream_horizon_ms(shard->stream, at_ms);
}

Shard *shard_of_hash(const Stream *stream, HashKey key)
{
    size_t at = open_at(stream, key);
    if (at == stream->open_count || stream->open[at]->hash_start != key)
        at--;
    return stream->open[at];
}

Shard *shard_by_index(const Stream *stream, uint32_t index)
{
    size_t at = shard_place(stream, index);
    return at < stream->shards_count && stream->shards[at]->index == index ? stream->shards[at] : NULL;
}

Shard *shard_by_id(const Kinesis *kinesis, int64_t id)
{
    return map_get(kinesis->shards, id_key(&id));
}
