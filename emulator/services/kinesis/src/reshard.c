#include "reshard.h"
#include <stdlib.h>

static const Query put_begun = {"INSERT INTO kinesis_reshard (stream_id, kind, shard, adjacent, at, count)"
                                " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query delete_begun = {"DELETE FROM kinesis_reshard WHERE stream_id = ?1"};
static const Query all_begun = {"SELECT stream_id, kind, shard, adjacent, at, count FROM kinesis_reshard"};

#define ROUNDING_MAX ((HashKey)1 << 20) /* far more than 20,000 parts can differ by, far less than a part */

void reshard_plan(const Stream *stream, uint32_t count, HashKey *ret_starts)
{
    for (uint32_t i = 0; i < count; i++) {
        HashKey start = hash_key_part(i, count);
        const Shard *shard = shard_of_hash(stream, start);
        if (start - shard->hash_start <= ROUNDING_MAX)
            start = shard->hash_start;
        else if (shard->hash_end - start < ROUNDING_MAX && shard->hash_end != HASH_KEY_MAX)
            start = shard->hash_end + 1;
        ret_starts[i] = start;
    }
}

/* What a reshard works on: the shards by hash range, and where the parts begin that are wanted. */
typedef struct Parts {
    Kinesis *kinesis;
    Stream *stream;
    const HashKey *starts;
    uint32_t count;
    int64_t at_ms;
    Shard **pieces; /* no boundary that is wanted lies within one of them */
    size_t pieces_count;
} Parts;

static HashKey end_of(const Parts *parts, uint32_t at)
{
    return at + 1 < parts->count ? parts->starts[at + 1] - 1 : HASH_KEY_MAX;
}

/* At the beginning of a part; *rest is the upper half then. */
static int split_off(Parts *parts, uint32_t at, Shard **rest)
{
    Shard *shard = *rest, *lower;
    HashKey start = parts->starts[at];
    bool is_part = at && parts->starts[at - 1] == shard->hash_start;
    ShardPlan below = {shard->hash_start, start - 1, shard, NULL, parts->at_ms, !is_part};
    ShardPlan above = {start, shard->hash_end, shard, NULL, parts->at_ms, shard->hash_end != end_of(parts, at)};
    int code = shard_close_unlisted(parts->kinesis, shard, parts->at_ms);
    if (code == STORE_OK)
        code = shard_insert_unlisted(parts->kinesis, parts->stream, &below, &lower);
    if (code == STORE_OK)
        code = shard_insert_unlisted(parts->kinesis, parts->stream, &above, rest);
    if (code == STORE_OK)
        parts->pieces[parts->pieces_count++] = lower;
    return code;
}

static int split_all(Parts *parts)
{
    uint32_t at = 0;
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < parts->stream->open_count; i++) {
        Shard *rest = parts->stream->open[i];
        while (at < parts->count && parts->starts[at] <= rest->hash_start)
            at++;
        for (; code == STORE_OK && at < parts->count && parts->starts[at] <= rest->hash_end; at++)
            code = split_off(parts, at, &rest);
        parts->pieces[parts->pieces_count++] = rest;
    }
    return code;
}

/* The pieces from *at on into one shard that ends where the part does. */
static int merge_part(const Parts *parts, HashKey end, size_t *at, Shard **ret_shard)
{
    int code = STORE_OK;
    Shard *shard = parts->pieces[(*at)++];
    while (code == STORE_OK && shard->hash_end != end) {
        Shard *next = parts->pieces[(*at)++];
        ShardPlan plan = {shard->hash_start, next->hash_end, shard, next, parts->at_ms, next->hash_end != end};
        code = shard_close_unlisted(parts->kinesis, shard, parts->at_ms);
        if (code == STORE_OK)
            code = shard_close_unlisted(parts->kinesis, next, parts->at_ms);
        if (code == STORE_OK)
            code = shard_insert_unlisted(parts->kinesis, parts->stream, &plan, &shard);
    }
    *ret_shard = shard;
    return code;
}

/* In place: a part is made of one piece or more. */
static int merge_all(Parts *parts)
{
    size_t at = 0;
    int code = STORE_OK;
    for (uint32_t i = 0; code == STORE_OK && i < parts->count; i++)
        code = merge_part(parts, end_of(parts, i), &at, &parts->pieces[i]);
    return code;
}

int reshard_run(Kinesis *kinesis, Stream *stream, const HashKey *starts, uint32_t count, int64_t at_ms)
{
    Parts parts = {kinesis, stream, starts, count, at_ms, malloc((stream->open_count + count) * sizeof(Shard *)), 0};
    if (!parts.pieces)
        abort();
    int code = split_all(&parts);
    if (code == STORE_OK)
        code = merge_all(&parts);
    if (code == STORE_OK)
        stream_set_open(stream, parts.pieces, count);
    free(parts.pieces);
    return code;
}

static int rescale(Kinesis *kinesis, Stream *stream, uint32_t count, int64_t at_ms)
{
    HashKey *starts = malloc(count * sizeof *starts);
    if (!starts)
        abort();
    reshard_plan(stream, count, starts);
    int code = reshard_run(kinesis, stream, starts, count, at_ms);
    free(starts);
    return code;
}

static int do_now(Kinesis *kinesis, Stream *stream, const Reshard *reshard, int64_t at_ms)
{
    int64_t change_ms = shard_change_ms(stream, at_ms);
    Shard *shard = shard_by_index(stream, reshard->shard), *adjacent = shard_by_index(stream, reshard->adjacent);
    int code = STORE_OK;
    switch (reshard->kind) {
    case RESHARD_SPLIT:
        code = shard_split(kinesis, shard, reshard->at, change_ms);
        break;
    case RESHARD_MERGE:
        code = shard_merge(kinesis, shard, adjacent, change_ms);
        break;
    case RESHARD_COUNT:
        code = rescale(kinesis, stream, reshard->count, change_ms);
        break;
    case RESHARD_NONE:
        break;
    }
    return code == STORE_OK ? stream_update(kinesis, stream) : code;
}

static int keep(Kinesis *kinesis, const Stream *stream, const Reshard *reshard)
{
    char at[HASH_KEY_BYTES];
    hash_key_write(at, reshard->at);
    Statement *put = statement_begin(kinesis->store, &put_begun);
    bind_int64(put, 1, stream->id);
    bind_int64(put, 2, reshard->kind);
    bind_int64(put, 3, reshard->shard);
    bind_int64(put, 4, reshard->adjacent);
    bind_bytes(put, 5, (Bytes){at, sizeof at});
    bind_int64(put, 6, reshard->count);
    return statement_run(put);
}

int reshard_begin(Kinesis *kinesis, Stream *stream, const Reshard *reshard, int64_t at_ms)
{
    bool takes_time = kinesis->transition_ms > 0;
    int code = takes_time ? keep(kinesis, stream, reshard) : do_now(kinesis, stream, reshard, at_ms);
    if (code != STORE_OK)
        return code;
    if (takes_time)
        stream->reshard = *reshard;
    return stream_pass_through(kinesis, stream, STREAM_UPDATING);
}

int reshard_finish(Kinesis *kinesis, Stream *stream, int64_t at_ms)
{
    if (stream->reshard.kind == RESHARD_NONE)
        return STORE_OK;
    int code = do_now(kinesis, stream, &stream->reshard, at_ms);
    if (code != STORE_OK)
        return code;
    stream->reshard = (Reshard){0};
    return query_run_with(kinesis->store, &delete_begun, stream->id);
}

int reshards_load(Kinesis *kinesis)
{
    int code;
    Statement *row = statement_begin(kinesis->store, &all_begun);
    while ((code = statement_step(row)) == STORE_ROW) {
        Stream *stream = streams_get_by_id(kinesis, column_int64(row, 0));
        if (stream)
            stream->reshard = (Reshard){
                .kind = (ReshardKind)column_int64(row, 1),
                .shard = (uint32_t)column_int64(row, 2),
                .adjacent = (uint32_t)column_int64(row, 3),
                .at = hash_key_read(column_bytes(row, 4)),
                .count = (uint32_t)column_int64(row, 5),
            };
    }
    return code;
}
