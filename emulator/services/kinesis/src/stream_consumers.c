/* stream_consumers.c - RegisterStreamConsumer, DeregisterStreamConsumer, DescribeStreamConsumer, ListStreamConsumers.
 */
#include "consumer.h"
#include "operations.h"
#include "tags.h"
#include "token.h"

#define PAGE_MAX     100 /* aws: Kinesis API, ListStreamConsumers: "The default is 100" */
#define CREATING_MAX 5   /* aws: Kinesis API, RegisterStreamConsumer */

OPERATION(KinesisRegisterStreamConsumer, register_consumer, WRITES);
OPERATION(KinesisDeregisterStreamConsumer, deregister_consumer, WRITES);
OPERATION(KinesisDescribeStreamConsumer, describe_consumer, READS);
OPERATION(KinesisListStreamConsumers, list_consumers, READS);

static const Query insert_consumer = {
    "INSERT INTO kinesis_consumer (stream_id, name, created_ms, active_ms) VALUES (?1, ?2, ?3, ?4)"};
static const Query find_consumer = {"SELECT 1 FROM kinesis_consumer WHERE stream_id = ?1 AND name = ?2"};
static const Query count_creating = {"SELECT COUNT(*) FROM kinesis_consumer WHERE stream_id = ?1 AND active_ms > ?2"
                                     " AND gone_ms = 0"};
static const Query consumers_after = {"SELECT " CONSUMER_COLUMNS " FROM kinesis_consumer"
                                      " WHERE stream_id = ?1 AND name > ?2 ORDER BY name LIMIT ?3"};

static void tell(Call *call, const Stream *stream, const Consumer *consumer, KinesisConsumer *ret)
{
    ret->consumer_name = consumer->name;
    ret->consumer_arn = consumer_arn(call->arena, stream, consumer);
    ret->consumer_status = consumer_status(consumer, call->now_ms);
    SET(ret, consumer_creation_timestamp, consumer->created_ms);
}

static Status check_new(Call *call, const Stream *stream, Bytes name)
{
    int64_t count, creating;
    Statement *find = statement_begin(call->store, &find_consumer);
    bind_int64(find, 1, stream->id);
    bind_text(find, 2, name);
    int code = statement_one(find);
    if (code == STORE_ROW) {
        statement_end(find);
        return fail(call, &KINESIS_RESOURCE_IN_USE,
                    "Consumer " BYTES_FMT " under stream " BYTES_FMT " already exists for account " BYTES_FMT ".",
                    BYTES_ARG(name), BYTES_ARG(stream->name), BYTES_ARG(stream->account));
    }
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    TRY(expect_ok(call, consumers_count(call->service, stream, &count)));
    if (count >= CONSUMERS_PER_STREAM)
        return fail(call, &KINESIS_LIMIT_EXCEEDED,
                    "Stream " BYTES_FMT " under account " BYTES_FMT " already has the maximum of %d consumers.",
                    BYTES_ARG(stream->name), BYTES_ARG(stream->account), CONSUMERS_PER_STREAM);
    Statement *waiting = statement_begin(call->store, &count_creating);
    bind_int64(waiting, 1, stream->id);
    bind_int64(waiting, 2, call->now_ms);
    code = statement_one(waiting);
    if (code != STORE_ROW)
        return fault(call, code);
    creating = column_int64(waiting, 0);
    statement_end(waiting);
    return creating < CREATING_MAX
               ? OK
               : fail(call, &KINESIS_LIMIT_EXCEEDED, "Not more than %d consumers of a stream can be in CREATING state.",
                      CREATING_MAX);
}

static Status register_consumer(Call *call, const KinesisRegisterStreamConsumerInput *in,
                                KinesisRegisterStreamConsumerOutput *out)
{
    Stream *stream = NULL;
    Kinesis *kinesis = call->service;
    TRY(stream_find(call, (StreamRef){.arn = in->stream_arn}, &stream));
    TRY(stream_check_readable(call, stream));
    TRY(tags_check(call, stream_name(stream), &in->tags));
    TRY(check_new(call, stream, in->consumer_name));

    Consumer consumer = {
        .name = in->consumer_name,
        .created_ms = call->now_ms,
        .active_ms = call->now_ms + kinesis->transition_ms,
    };
    Statement *insert = statement_begin(call->store, &insert_consumer);
    bind_int64(insert, 1, stream->id);
    bind_text(insert, 2, consumer.name);
    bind_int64(insert, 3, consumer.created_ms);
    bind_int64(insert, 4, consumer.active_ms);
    TRY(expect_ok(call, statement_run(insert)));
    TagOwner owner = tags_of(-store_last_rowid(call->store));
    TRY(expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags))));

    out->consumer = arena_new_of(call->arena, KinesisConsumer);
    tell(call, stream, &consumer, out->consumer);
    /* aws: Kinesis API, RegisterStreamConsumer, its example: the answer itself always says CREATING. */
    out->consumer->consumer_status = KINESIS_CONSUMER_STATUS_CREATING;
    return OK;
}

static Status deregister_consumer(Call *call, const KinesisDeregisterStreamConsumerInput *in,
                                  KinesisDeregisterStreamConsumerOutput *out)
{
    Stream *stream = NULL;
    Consumer consumer;
    (void)out;
    TRY(consumer_find(call, CONSUMER_REF(in), &stream, &consumer));

    /* aws: Kinesis API, DeregisterStreamConsumer: it has no error for one that is DELETING already. */
    if (consumer.gone_ms)
        return OK;
    return expect_ok(call, consumer_deregister(call->service, stream, &consumer, call->now_ms));
}

static Status describe_consumer(Call *call, const KinesisDescribeStreamConsumerInput *in,
                                KinesisDescribeStreamConsumerOutput *out)
{
    Stream *stream = NULL;
    Consumer consumer;
    TRY(consumer_find(call, CONSUMER_REF(in), &stream, &consumer));

    KinesisConsumerDescription *description = arena_new_of(call->arena, KinesisConsumerDescription);
    out->consumer_description = description;
    description->consumer_name = consumer.name;
    description->consumer_arn = consumer_arn(call->arena, stream, &consumer);
    description->consumer_status = consumer_status(&consumer, call->now_ms);
    SET(description, consumer_creation_timestamp, consumer.created_ms);
    description->stream_arn = stream_arn(call->arena, stream);
    return OK;
}

static Status start_after(Call *call, const KinesisListStreamConsumersInput *in, const Stream *stream, Bytes *ret_name)
{
    Token token;
    *ret_name = TEXT("");
    if (!present(in->next_token))
        return OK;
    TRY(page_token_open(call, in->next_token, TOKEN_CONSUMERS, &token));
    if (token.stream_id != stream->id)
        return fail(call, &KINESIS_INVALID_ARGUMENT, "NextToken is invalid.");
    *ret_name = token.name;
    return OK;
}

static Status list_consumers(Call *call, const KinesisListStreamConsumersInput *in,
                             KinesisListStreamConsumersOutput *out)
{
    Stream *stream = NULL;
    Bytes after;
    int code;
    size_t limit = in->has_max_results && in->max_results < PAGE_MAX ? (size_t)in->max_results : PAGE_MAX;
    TRY(stream_find(call, (StreamRef){.arn = in->stream_arn}, &stream));
    if (in->has_stream_creation_timestamp && in->stream_creation_timestamp / MS_PER_S != stream->created_ms / MS_PER_S)
        return stream_not_found(call, (KinesisStreamName){stream->account, stream->region, stream->name});
    TRY(start_after(call, in, stream, &after));

    bool has_more = false;
    out->consumers.items = arena_new_array(call->arena, KinesisConsumer, limit);
    Statement *row = statement_begin(call->store, &consumers_after);
    bind_int64(row, 1, stream->id);
    bind_text(row, 2, after);
    bind_int64(row, 3, (int64_t)limit + 1);
    while ((code = statement_step(row)) == STORE_ROW) {
        has_more = out->consumers.len == limit;
        if (has_more)
            continue;
        Consumer consumer;
        row_read(call->arena, row, &consumer_row, &consumer);
        tell(call, stream, &consumer, &out->consumers.items[out->consumers.len++]);
    }
    TRY(expect_ok(call, code));
    if (has_more) {
        Token token = {.kind = TOKEN_CONSUMERS,
                       .made_ms = call->now_ms,
                       .stream_id = stream->id,
                       .account = call->account,
                       .region = call->region,
                       .name = out->consumers.items[limit - 1].consumer_name};
        out->next_token = token_seal(call->service, call->arena, &token);
    }
    return OK;
}
