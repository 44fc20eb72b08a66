/* iterator.c */
#include "iterator.h"
#include "base64.h"

/* aws: API Reference, GetShardIterator: "expires 15 minutes after it is returned to the requester" */
#define ITERATOR_LIFE_MS INT64_C(900000)

typedef struct Place {
    int64_t shard_id, from, made_ms;
    uint64_t sum; /* of what stands before: a mistyped one is none */
} Place;

#define PLACE_TEXT_LEN 44 /* 32 bytes as base64 */

static uint64_t sum_of(const Place *place)
{
    return bytes_hash((Bytes){(const char *)place, offsetof(Place, sum)}, 0);
}

Status stream_of_arn(Call *call, Bytes arn, TableStream *ret_stream)
{
    Arn parts;
    if (!arn_parse(arn, &parts) || !bytes_is(parts.service, "dynamodb") ||
        !bytes_starts_with(parts.resource, TEXT("table/")))
        return fail(call, &DYNAMODBSTREAMS_VALIDATION, "Invalid StreamArn");
    int code = table_stream_find(&call->scope, arn, ret_stream);
    if (code == STORE_NOT_FOUND)
        return fail(call, &DYNAMODBSTREAMS_RESOURCE_NOT_FOUND,
                    "Requested resource not found: Stream: " BYTES_FMT " not found", BYTES_ARG(arn));
    return expect_ok(call, code);
}

Bytes stream_iterator_make(Call *call, const TableStream *stream, const StreamShard *shard, int64_t from)
{
    Place place = {shard->id, from, call->now_ms, 0};
    char text[PLACE_TEXT_LEN];
    place.sum = sum_of(&place);
    size_t len = base64_encode(text, (Bytes){(const char *)&place, sizeof place});
    return arena_text(call->arena, BYTES_FMT "|1|" BYTES_FMT, BYTES_ARG(table_stream_arn(&call->scope, stream)),
                      BYTES_ARG(((Bytes){text, len})));
}

static bool place_of(Bytes text, Place *ret_place)
{
    char decoded[PLACE_TEXT_LEN];
    if (text.len != PLACE_TEXT_LEN || base64_decode(decoded, text) != (ptrdiff_t)sizeof *ret_place)
        return false;
    memcpy(ret_place, decoded, sizeof *ret_place);
    return ret_place->sum == sum_of(ret_place) && ret_place->from >= 0;
}

Status stream_iterator_follow(Call *call, Bytes iterator, TableStream *ret_stream, StreamShard *ret_shard,
                              int64_t *ret_from)
{
    Bytes rest = iterator, arn = bytes_cut(&rest, '|');
    Place place;
    if (!present(rest) || !bytes_is(bytes_cut(&rest, '|'), "1") || !present(rest) || !place_of(rest, &place))
        return fail(call, &DYNAMODBSTREAMS_VALIDATION, "Invalid ShardIterator");
    if (call->now_ms - place.made_ms > ITERATOR_LIFE_MS)
        return fail(call, &DYNAMODBSTREAMS_EXPIRED_ITERATOR, "The provided iterator exceeds the maximum age allowed.");
    TRY(stream_of_arn(call, arn, ret_stream));
    int code = stream_shard_get(&call->scope, ret_stream, place.shard_id, ret_shard);
    if (code == STORE_NOT_FOUND) /* it was dropped since */
        return fail(call, &DYNAMODBSTREAMS_TRIMMED_DATA_ACCESS, "The data you are trying to access has been trimmed");
    *ret_from = place.from;
    return expect_ok(call, code);
}

Status limit_check(Call *call, bool has_limit, int32_t limit, int32_t max)
{
    if (!has_limit || limit <= max)
        return OK;
    return fail(
        call, &DYNAMODBSTREAMS_VALIDATION,
        "1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d",
        limit, max);
}
