/* iterator.c - sealing places and following them. */
#include "iterator.h"
#include "access.h"
#include "token.h"
#include <time.h>

Bytes iterator_make(Call *call, const Shard *shard, uint64_t from)
{
    const Stream *stream = shard->stream;
    Token token = {
        .kind = TOKEN_ITERATOR,
        .made_ms = call->now_ms,
        .stream_id = stream->id,
        .numbers = {shard->index, (int64_t)from},
        .account = stream->account,
        .region = stream->region,
        .name = stream->name,
    };
    return token_seal(call->service, call->arena, &token);
}

/* As Java's Date says it: Thu Jan 22 01:22:02 UTC 2015 */
static Bytes date_text(Arena *arena, int64_t at_ms)
{
    char text[64];
    struct tm utc;
    time_t seconds = (time_t)(at_ms / MS_PER_S);
    gmtime_r(&seconds, &utc);
    size_t len = strftime(text, sizeof text, "%a %b %d %H:%M:%S UTC %Y", &utc);
    return arena_copy(arena, (Bytes){text, len});
}

static Status check_age(Call *call, const Token *token)
{
    if (call->now_ms - token->made_ms <= TOKEN_LIFE_MS)
        return OK;
    return fail(call, &KINESIS_EXPIRED_ITERATOR,
                "Iterator expired. The iterator was created at time " BYTES_FMT " while right now it is " BYTES_FMT
                " which is further in the future than the tolerated delay of 300000 milliseconds.",
                BYTES_ARG(date_text(call->arena, token->made_ms)), BYTES_ARG(date_text(call->arena, call->now_ms)));
}

Status iterator_follow(Call *call, Bytes iterator, Shard **ret_shard, uint64_t *ret_from)
{
    Token token;
    Kinesis *kinesis = call->service;
    if (!token_open(kinesis, call->arena, iterator, TOKEN_ITERATOR, &token))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "Invalid ShardIterator.");
    if (!bytes_equal(token.region, call->region))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "Invalid ShardIterator.");
    TRY(check_age(call, &token));
    TRY(expect_ok(call, streams_load(kinesis)));
    uint32_t index = (uint32_t)token.numbers[0];
    KinesisStreamName name = {token.account, token.region, token.name};
    const Stream *stream = streams_get(kinesis, name);
    TRY(access_check(call, name, stream, NULL));
    Shard *shard = stream ? shard_by_index(stream, index) : NULL;
    if (!shard || shard_is_expired(shard, call->now_ms))
        return fail(call, &KINESIS_RESOURCE_NOT_FOUND,
                    "Shard shardId-%012u in stream " BYTES_FMT " under account " BYTES_FMT " does not exist", index,
                    BYTES_ARG(token.name), BYTES_ARG(token.account));
    TRY(expect_ok(call, shard_prepare(kinesis, shard)));
    *ret_shard = shard;
    /* aws: of a stream that was deleted and made again under its name, an old iterator reads from the beginning. */
    *ret_from = stream->id == token.stream_id ? (uint64_t)token.numbers[1] : 0;
    return OK;
}
