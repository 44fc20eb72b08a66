/* position.c - starting points. The texts are AWS's, as the service gives them. */
#include "position.h"
#include "record.h"

int64_t stream_newest_second(const Stream *stream, int64_t at_ms)
{
    int64_t now_s = at_ms / MS_PER_S;
    return now_s > stream->newest_s ? now_s : stream->newest_s;
}

static Status invalid_number(Call *call, const Shard *shard, const StartingPoint *start, const char *why)
{
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "StartingSequenceNumber " BYTES_FMT " used in %s on shard " BYTES_FMT " in stream " BYTES_FMT
                " under account " BYTES_FMT " is invalid%s.",
                BYTES_ARG(start->sequence_number), start->operation, BYTES_ARG(shard_name(call->arena, shard->index)),
                BYTES_ARG(shard->stream->name), BYTES_ARG(shard->stream->account), why);
}

static Status parse_number(Call *call, const Shard *shard, const StartingPoint *start, SequenceNumber *ret)
{
    if (!sequence_parse(start->sequence_number, ret))
        return invalid_number(call, shard, start, "");
    if (ret->shard_index != shard->index)
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Invalid StartingSequenceNumber. It encodes " BYTES_FMT
                    ", while it was used in a call to a shard with " BYTES_FMT,
                    BYTES_ARG(shard_name(call->arena, ret->shard_index)),
                    BYTES_ARG(shard_name(call->arena, shard->index)));
    if (ret->version == SEQUENCE_VERSION && ret->arrived_s > stream_newest_second(shard->stream, call->now_ms))
        return invalid_number(call, shard, start, "");
    if (ret->version != SEQUENCE_VERSION || ret->created_s != shard->origin.created_s)
        return invalid_number(call, shard, start, " because it did not come from this stream");
    return OK;
}

static Status at_number(Call *call, const Shard *shard, const StartingPoint *start, uint64_t *ret_from)
{
    SequenceNumber number;
    bool is_after = bytes_equal(start->type, KINESIS_SHARD_ITERATOR_TYPE_AFTER_SEQUENCE_NUMBER);
    TRY(parse_number(call, shard, start, &number));
    uint64_t from = number.index + (is_after && number.index < SEQUENCE_INDEX_MAX);
    /* Beyond the tip there is nothing yet: the EndingSequenceNumber of a closed shard stands there. */
    *ret_from = from < shard->next ? from : shard->next;
    return OK;
}

static Status at_time(Call *call, Shard *shard, const StartingPoint *start, uint64_t *ret_from)
{
    if (!start->has_timestamp)
        return fail(
            call, &KINESIS_INVALID_ARGUMENT,
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.");
    if (start->timestamp > call->now_ms)
        return fail(
            call, &KINESIS_INVALID_ARGUMENT,
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %lld, currentTimestampInMillis: %lld",
            (long long)start->timestamp, (long long)call->now_ms);
    return expect_ok(call, record_index_at(call->service, shard, start->timestamp, ret_from));
}

Status position_find(Call *call, Shard *shard, const StartingPoint *start, uint64_t *ret_from)
{
    bool by_number = bytes_equal(start->type, KINESIS_SHARD_ITERATOR_TYPE_AT_SEQUENCE_NUMBER) ||
                     bytes_equal(start->type, KINESIS_SHARD_ITERATOR_TYPE_AFTER_SEQUENCE_NUMBER);
    if (by_number != present(start->sequence_number))
        return fail(
            call, &KINESIS_INVALID_ARGUMENT,
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified " BYTES_FMT
            " and %s StartingSequenceNumber.",
            BYTES_ARG(start->type), by_number ? "no" : "also a");
    if (by_number)
        return at_number(call, shard, start, ret_from);
    if (bytes_equal(start->type, KINESIS_SHARD_ITERATOR_TYPE_AT_TIMESTAMP))
        return at_time(call, shard, start, ret_from);
    *ret_from = bytes_equal(start->type, KINESIS_SHARD_ITERATOR_TYPE_LATEST) ? shard->next : 0;
    return OK;
}
