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

static int split_at(Kinesis *kinesis, const Stream *stream, HashKey start, int64_t at_ms)
{
    Shard *shard = shard_of_hash(stream, start);
    return shard->hash_start == start ? STORE_OK : shard_split(kinesis, shard, start, at_ms);
}

static int merge_between(Kinesis *kinesis, const Stream *stream, HashKey start, HashKey end, int64_t at_ms)
{
    int code = STORE_OK;
    for (Shard *shard; code == STORE_OK && (shard = shard_of_hash(stream, start))->hash_end != end;)
        code = shard_merge(kinesis, shard, shard_of_hash(stream, shard->hash_end + 1), at_ms);
    return code;
}

int reshard_run(Kinesis *kinesis, Stream *stream, const HashKey *starts, uint32_t count, int64_t at_ms)
{
    int code = STORE_OK;
    for (uint32_t i = 0; code == STORE_OK && i < count; i++)
        code = split_at(kinesis, stream, starts[i], at_ms);
    for (uint32_t i = 0; code == STORE_OK && i < count; i++)
        code = merge_between(kinesis, stream, starts[i], i + 1 < count ? starts[i + 1] - 1 : HASH_KEY_MAX, at_ms);
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
    Statement *put = store_begin(kinesis->store, &put_begun);
    bind_int64(put, 1, stream->id);
    bind_int64(put, 2, reshard->kind);
    bind_int64(put, 3, reshard->shard);
    bind_int64(put, 4, reshard->adjacent);
    bind_bytes(put, 5, (Bytes){at, sizeof at});
    bind_int64(put, 6, reshard->count);
    return store_run(put);
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
    Statement *delete = store_begin(kinesis->store, &delete_begun);
    bind_int64(delete, 1, stream->id);
    return store_run(delete);
}

int reshards_load(Kinesis *kinesis)
{
    int code;
    Statement *row = store_begin(kinesis->store, &all_begun);
    while ((code = store_step(row)) == STORE_ROW) {
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
