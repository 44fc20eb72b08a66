/* consumer.c - finding consumers by what requests call them. */
#include "consumer.h"
#include "access.h"
#include "subscription.h"

static const Column columns[] = {
    COLUMN(Consumer, id),         COLUMN(Consumer, stream_id), COLUMN(Consumer, name),
    COLUMN(Consumer, created_ms), COLUMN(Consumer, active_ms), COLUMN(Consumer, gone_ms),
};
const Row consumer_row = ROW(columns);

static const Query get_consumer = {"SELECT " CONSUMER_COLUMNS " FROM kinesis_consumer"
                                   " WHERE stream_id = ?1 AND name = ?2"};
static const Query set_going = {"UPDATE kinesis_consumer SET gone_ms = ?2 WHERE id = ?1"};
static const Query first_going = {"SELECT gone_ms FROM kinesis_consumer WHERE gone_ms > 0 ORDER BY gone_ms LIMIT 1"};
static const Query delete_going_policies = {"DELETE FROM kinesis_policy WHERE owner IN (SELECT -id FROM"
                                            " kinesis_consumer WHERE gone_ms > 0 AND gone_ms <= ?1)"};
static const Query delete_going_tags = {"DELETE FROM kinesis_tag WHERE stream_id IN (SELECT -id FROM"
                                        " kinesis_consumer WHERE gone_ms > 0 AND gone_ms <= ?1)"};
static const Query delete_going = {"DELETE FROM kinesis_consumer WHERE gone_ms > 0 AND gone_ms <= ?1"};
static const Query has_consumer = {"SELECT 1 FROM kinesis_consumer WHERE id = ?1 AND gone_ms = 0"};
static const Query get_name = {"SELECT name FROM kinesis_consumer WHERE id = ?1"};
static const Query count_consumers = {"SELECT COUNT(*) FROM kinesis_consumer WHERE stream_id = ?1"};

Bytes consumer_arn(Arena *arena, const Stream *stream, const Consumer *consumer)
{
    Bytes of = stream_arn(arena, stream);
    return arena_text(arena, BYTES_FMT "/consumer/" BYTES_FMT ":%lld", BYTES_ARG(of), BYTES_ARG(consumer->name),
                      (long long)(consumer->created_ms / MS_PER_S));
}

/* aws: Kinesis API Reference, Consumer: "A consumer can't read data while in the CREATING or DELETING states". */
Bytes consumer_status(const Consumer *consumer, int64_t at_ms)
{
    if (consumer->gone_ms)
        return KINESIS_CONSUMER_STATUS_DELETING;
    return at_ms >= consumer->active_ms ? KINESIS_CONSUMER_STATUS_ACTIVE : KINESIS_CONSUMER_STATUS_CREATING;
}

/* aws: the words as awslabs/kinesis-hot-shard-advisor#37 has them from the service. */
Status consumer_check_active(Call *call, const Stream *stream, const Consumer *consumer)
{
    if (bytes_equal(consumer_status(consumer, call->now_ms), KINESIS_CONSUMER_STATUS_ACTIVE))
        return OK;
    return fail(call, &KINESIS_RESOURCE_IN_USE,
                "Consumer " BYTES_FMT " with creation timestamp %lld under stream: " BYTES_FMT " , account " BYTES_FMT
                " is not in ACTIVE status.",
                BYTES_ARG(consumer->name), (long long)(consumer->created_ms / MS_PER_S), BYTES_ARG(stream->name),
                BYTES_ARG(stream->account));
}

int consumers_find_due(Kinesis *kinesis)
{
    Statement *first = statement_begin(kinesis->store, &first_going);
    int code = statement_one(first);
    kinesis->consumer_due_ms = 0;
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    kinesis->consumer_due_ms = column_int64(first, 0);
    statement_end(first);
    return STORE_OK;
}

/* Those that go at that time or before. */
static int remove_going(Kinesis *kinesis, int64_t at_ms)
{
    static const Query *const queries[] = {&delete_going_policies, &delete_going_tags, &delete_going};
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < sizeof queries / sizeof *queries; i++) {
        Statement *delete = statement_begin(kinesis->store, queries[i]);
        bind_int64(delete, 1, at_ms);
        code = statement_run(delete);
    }
    return code;
}

int consumers_settle(Kinesis *kinesis, int64_t at_ms)
{
    if (!kinesis->consumer_due_ms || kinesis->consumer_due_ms > at_ms)
        return STORE_OK;
    int code = remove_going(kinesis, at_ms);
    return code == STORE_OK ? consumers_find_due(kinesis) : code;
}

int consumer_deregister(Kinesis *kinesis, const Stream *stream, const Consumer *consumer, int64_t at_ms)
{
    Statement *set = statement_begin(kinesis->store, &set_going);
    bind_int64(set, 1, consumer->id);
    bind_int64(set, 2, at_ms + kinesis->transition_ms);
    int code = statement_run(set);
    if (code == STORE_OK && !kinesis->transition_ms)
        code = remove_going(kinesis, at_ms);
    if (code == STORE_OK)
        code = consumers_find_due(kinesis);
    if (code != STORE_OK)
        return code;
    streams_await_transitions(kinesis);
    subscriptions_end_consumer(kinesis, stream);
    return STORE_OK;
}

int consumers_count(Kinesis *kinesis, const Stream *stream, int64_t *ret_count)
{
    Statement *count = statement_begin(kinesis->store, &count_consumers);
    bind_int64(count, 1, stream->id);
    return statement_one_number(count, ret_count);
}

int consumer_may_read(Kinesis *kinesis, int64_t id)
{
    Statement *has = statement_begin(kinesis->store, &has_consumer);
    bind_int64(has, 1, id);
    int code = statement_one(has);
    if (code != STORE_ROW)
        return code;
    statement_end(has);
    return STORE_OK;
}

int consumer_name(Kinesis *kinesis, Arena *arena, int64_t id, Bytes *ret_name)
{
    Statement *get = statement_begin(kinesis->store, &get_name);
    bind_int64(get, 1, id);
    int code = statement_one(get);
    if (code != STORE_ROW)
        return code;
    *ret_name = arena_copy(arena, column_bytes(get, 0));
    statement_end(get);
    return STORE_OK;
}

static int read_consumer(Call *call, const Stream *stream, Consumer *consumer)
{
    Statement *get = statement_begin(call->store, &get_consumer);
    bind_int64(get, 1, stream->id);
    bind_text(get, 2, consumer->name);
    return row_one(call->arena, get, &consumer_row, consumer);
}

/* arn:…:stream/NAME/consumer/CONSUMER:1528222333 into the stream's ARN, the consumer's name and its second. */
static bool arn_split(Bytes arn, Bytes *ret_stream_arn, Bytes *ret_name, int64_t *ret_created_s)
{
    Arn parts;
    if (!arn_parse(arn, &parts))
        return false;
    Bytes rest = parts.resource;
    if (!bytes_is(bytes_cut(&rest, '/'), "stream") || !present(rest))
        return false;
    Bytes stream_name = bytes_cut(&rest, '/');
    if (!present(rest) || !bytes_is(bytes_cut(&rest, '/'), "consumer") || !present(rest))
        return false;
    *ret_name = bytes_cut(&rest, ':');
    *ret_stream_arn = (Bytes){arn.ptr, (size_t)(stream_name.ptr + stream_name.len - arn.ptr)};
    return present(rest) && bytes_to_int64(rest, ret_created_s);
}

static Status not_found(Call *call, Bytes what)
{
    return fail(call, &KINESIS_RESOURCE_NOT_FOUND, "Consumer " BYTES_FMT ", account " BYTES_FMT " not found.",
                BYTES_ARG(what), BYTES_ARG(call->account));
}

static Status conflict(Call *call)
{
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "ConsumerARN, StreamARN and ConsumerName do not refer to the same consumer.");
}

Status consumer_find(Call *call, ConsumerRef ref, Stream **ret_stream, Consumer *ret_consumer)
{
    Bytes of_arn, name_of_arn;
    int64_t created_s = -1;
    Bytes asked = present(ref.arn) ? ref.arn : ref.name;
    if (present(ref.arn)) {
        if (!arn_split(ref.arn, &of_arn, &name_of_arn, &created_s))
            return fail(call, &KINESIS_INVALID_ARGUMENT, "ConsumerARN " BYTES_FMT " is not the ARN of a consumer.",
                        BYTES_ARG(ref.arn));
        if ((present(ref.stream_arn) && !bytes_equal(ref.stream_arn, of_arn)) ||
            (present(ref.name) && !bytes_equal(ref.name, name_of_arn)))
            return conflict(call);
        ref.stream_arn = of_arn;
        ref.name = name_of_arn;
    }
    if (!present(ref.stream_arn) || !present(ref.name))
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "Either ConsumerARN or both StreamARN and ConsumerName must be specified.");
    Stream *stream = NULL;
    Consumer consumer = {.name = ref.name};
    TRY(stream_find_any(call, (StreamRef){.arn = ref.stream_arn}, &stream));
    int code = read_consumer(call, stream, &consumer);
    TRY(access_check(call, stream_name(stream), stream, code == STORE_OK ? &consumer : NULL));
    if (code == STORE_NOT_FOUND || (!code && created_s >= 0 && consumer.created_ms / MS_PER_S != created_s))
        return not_found(call, asked);
    TRY(expect_ok(call, code));
    *ret_stream = stream;
    *ret_consumer = consumer;
    return OK;
}
