/* stream.c - finding streams, and the states they pass through. */
#include "stream.h"
#include "access.h"
#include "consumer.h"
#include "reshard.h"
#include "subscription.h"
#include "trim.h"
#include <stdlib.h>

#define RETRY_MS 1000 /* after the store has failed */

static const Query set_status = {"UPDATE kinesis_stream SET status = ?2, status_due_ms = ?3 WHERE id = ?1"};
static const Query delete_stream = {"DELETE FROM kinesis_stream WHERE id = ?1"};
static const Query delete_consumer_tags = {
    "DELETE FROM kinesis_tag WHERE stream_id IN (SELECT -id FROM kinesis_consumer "
    "WHERE stream_id = ?1)"};
static const Query delete_policies = {"DELETE FROM kinesis_policy WHERE owner = ?1 OR owner IN (SELECT -id FROM "
                                      "kinesis_consumer WHERE stream_id = ?1)"};
static const Query delete_encryptions = {"DELETE FROM kinesis_encryption WHERE stream_id = ?1"};
static const Query delete_switches = {"DELETE FROM kinesis_mode_switch WHERE stream_id = ?1"};
static const Query delete_consumers = {"DELETE FROM kinesis_consumer WHERE stream_id = ?1"};
static const Query delete_tags = {"DELETE FROM kinesis_tag WHERE stream_id = ?1"};
static const Query delete_shards = {"DELETE FROM kinesis_shard WHERE stream_id = ?1"};
static const Query delete_reshard = {"DELETE FROM kinesis_reshard WHERE stream_id = ?1"};
static const Query delete_rescales = {"DELETE FROM kinesis_rescale WHERE stream_id = ?1"};

Bytes stream_status_text(StreamStatus status)
{
    switch (status) {
    case STREAM_CREATING:
        return KINESIS_STREAM_STATUS_CREATING;
    case STREAM_UPDATING:
        return KINESIS_STREAM_STATUS_UPDATING;
    case STREAM_DELETING:
        return KINESIS_STREAM_STATUS_DELETING;
    case STREAM_ACTIVE:
        break;
    }
    return KINESIS_STREAM_STATUS_ACTIVE;
}

Bytes stream_arn(Arena *arena, const Stream *stream)
{
    return arn_text(arena, "kinesis", stream->region, stream->account,
                    arena_text(arena, "stream/" BYTES_FMT, BYTES_ARG(stream->name)));
}

int64_t stream_horizon_ms(const Stream *stream, int64_t at_ms)
{
    int64_t horizon_ms = at_ms - stream->retention_hours * MS_PER_HOUR;
    return horizon_ms > stream->horizon_floor_ms ? horizon_ms : stream->horizon_floor_ms;
}

static bool name_of_arn(Bytes arn, KinesisStreamName *ret_name)
{
    Arn parts;
    if (!arn_parse(arn, &parts) || !bytes_is(bytes_cut(&parts.resource, '/'), "stream") || !present(parts.resource))
        return false;
    *ret_name = (KinesisStreamName){parts.account, parts.region, bytes_cut(&parts.resource, '/')};
    return true;
}

Status stream_name_of(Call *call, StreamRef ref, KinesisStreamName *ret_name)
{
    KinesisStreamName name = {call->account, call->region, ref.name};
    if (!present(ref.arn) && !present(ref.name))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "Either StreamName or StreamARN must be specified.");
    if (present(ref.arn) && !name_of_arn(ref.arn, &name))
        return fail(call, &KINESIS_INVALID_ARGUMENT, "StreamARN " BYTES_FMT " is not the ARN of a stream.",
                    BYTES_ARG(ref.arn));
    if (present(ref.name) && !bytes_equal(ref.name, name.name))
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "StreamName " BYTES_FMT " and StreamARN " BYTES_FMT " name different streams.", BYTES_ARG(ref.name),
                    BYTES_ARG(ref.arn));
    if (!bytes_equal(name.region, call->region))
        return fail(call, &KINESIS_INVALID_ARGUMENT,
                    "StreamARN " BYTES_FMT " is not of the region " BYTES_FMT " that is asked.", BYTES_ARG(ref.arn),
                    BYTES_ARG(call->region));
    *ret_name = name;
    return OK;
}

Status stream_not_found(Call *call, KinesisStreamName name)
{
    return fail(call, &KINESIS_RESOURCE_NOT_FOUND, "Stream " BYTES_FMT " under account " BYTES_FMT " not found.",
                BYTES_ARG(name.name), BYTES_ARG(name.account));
}

Status stream_find_any(Call *call, StreamRef ref, Stream **ret_stream)
{
    KinesisStreamName name;
    Kinesis *kinesis = call->service;
    TRY(stream_name_of(call, ref, &name));
    TRY(expect_ok(call, streams_load(kinesis)));
    *ret_stream = streams_get(kinesis, name);
    if (*ret_stream)
        return OK;
    TRY(access_check(call, name, NULL, NULL));
    return stream_not_found(call, name);
}

Status stream_find(Call *call, StreamRef ref, Stream **ret_stream)
{
    Stream *stream = NULL;
    TRY(stream_find_any(call, ref, &stream));
    TRY(access_check(call, stream_name(stream), stream, NULL));
    *ret_stream = stream;
    return OK;
}

Status stream_for_data(Call *call, StreamRef ref, Stream **ret_stream)
{
    Stream *stream = NULL;
    TRY(stream_find(call, ref, &stream));
    if (stream->status == STREAM_CREATING || stream->status == STREAM_DELETING)
        return stream_not_found(call, (KinesisStreamName){stream->account, stream->region, stream->name});
    *ret_stream = stream;
    return OK;
}

Status stream_check_active(Call *call, const Stream *stream)
{
    if (stream->status == STREAM_ACTIVE)
        return OK;
    return fail(call, &KINESIS_RESOURCE_IN_USE,
                "Stream " BYTES_FMT " under account " BYTES_FMT " not ACTIVE, instead in state " BYTES_FMT,
                BYTES_ARG(stream->name), BYTES_ARG(stream->account), BYTES_ARG(stream_status_text(stream->status)));
}

/* aws: the words as aws/aws-sdk-java-v2#5949 and #6006 have them from the service. */
Status stream_check_readable(Call *call, const Stream *stream)
{
    if (stream->status == STREAM_ACTIVE || stream->status == STREAM_UPDATING)
        return OK;
    return fail(call, &KINESIS_RESOURCE_IN_USE,
                "Stream " BYTES_FMT " under account " BYTES_FMT " not ACTIVE or UPDATING, instead in state " BYTES_FMT,
                BYTES_ARG(stream->name), BYTES_ARG(stream->account), BYTES_ARG(stream_status_text(stream->status)));
}

Status stream_for_change(Call *call, StreamRef ref, Stream **ret_stream)
{
    Stream *stream = NULL;
    TRY(stream_find(call, ref, &stream));
    TRY(stream_check_active(call, stream));
    *ret_stream = stream;
    return OK;
}

Status stream_check_provisioned(Call *call, const Stream *stream)
{
    if (!stream->is_on_demand)
        return OK;
    return fail(call, &KINESIS_VALIDATION,
                "Request is invalid. Stream " BYTES_FMT " under account " BYTES_FMT " is in On-Demand mode.",
                BYTES_ARG(stream->name), BYTES_ARG(stream->account));
}

int stream_remove(Kinesis *kinesis, Stream *stream)
{
    int code = trim_drop_logs(kinesis, stream);
    const Query *deletes[] = {&delete_shards,      &delete_consumer_tags, &delete_policies, &delete_switches,
                              &delete_encryptions, &delete_consumers,     &delete_tags,     &delete_rescales,
                              &delete_reshard,     &delete_stream};
    for (size_t i = 0; code == STORE_OK && i < sizeof deletes / sizeof *deletes; i++)
        code = query_run_with(kinesis->store, deletes[i], stream->id);
    if (code != STORE_OK)
        return code;
    subscriptions_wake_stream(kinesis, stream);
    stream_drop(kinesis, stream);
    return STORE_OK;
}

static int write_status(Kinesis *kinesis, Stream *stream, StreamStatus status, int64_t due_ms)
{
    Statement *update = statement_begin(kinesis->store, &set_status);
    bind_int64(update, 1, stream->id);
    bind_int64(update, 2, status);
    bind_int64(update, 3, due_ms);
    int code = statement_run(update);
    if (code == STORE_OK) {
        stream->status = status;
        stream->status_due_ms = due_ms;
    }
    return code;
}

static int settle(Kinesis *kinesis, Stream *stream, int64_t at_ms)
{
    if (stream->status == STREAM_DELETING)
        return stream_remove(kinesis, stream);
    int code = reshard_finish(kinesis, stream, at_ms);
    return code == STORE_OK ? write_status(kinesis, stream, STREAM_ACTIVE, 0) : code;
}

/* The first stream in a passing state, or NULL. */
static Stream *first_due(const Kinesis *kinesis)
{
    Bytes key;
    void *value;
    Stream *first = NULL;
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &value);) {
        Stream *stream = value;
        if (stream->status != STREAM_ACTIVE && (!first || stream->status_due_ms < first->status_due_ms))
            first = stream;
    }
    return first;
}

static void on_transition(void *context, int64_t at_ms);

static void set_timer(Kinesis *kinesis, int64_t due_ms)
{
    if (kinesis->transition_timer)
        scheduler_cancel(kinesis->runtime->scheduler, kinesis->transition_timer);
    kinesis->transition_timer =
        due_ms ? scheduler_at(kinesis->runtime->scheduler, due_ms, on_transition, kinesis) : NULL;
}

static int by_due(const void *left, const void *right)
{
    const Stream *a = *(Stream *const *)left, *b = *(Stream *const *)right;
    if (a->status_due_ms != b->status_due_ms)
        return a->status_due_ms < b->status_due_ms ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* The streams whose state is over, as many as there are; the caller frees the list. */
static Stream **all_due(const Kinesis *kinesis, int64_t at_ms, size_t *ret_count)
{
    Bytes key;
    void *value;
    size_t count = 0;
    Stream **due = calloc(map_count(kinesis->streams) + 1, sizeof(Stream *));
    if (!due)
        abort();
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &value);)
        if (((Stream *)value)->status != STREAM_ACTIVE && ((Stream *)value)->status_due_ms <= at_ms)
            due[count++] = value;
    qsort(due, count, sizeof(Stream *), by_due);
    *ret_count = count;
    return due;
}

static int settle_streams(Kinesis *kinesis, int64_t at_ms)
{
    size_t count;
    int code = STORE_OK;
    Stream **due = all_due(kinesis, at_ms, &count);
    for (size_t i = 0; code == STORE_OK && i < count; i++)
        code = settle(kinesis, due[i], at_ms);
    free(due);
    return code;
}

static void on_transition(void *context, int64_t at_ms)
{
    Kinesis *kinesis = context;
    kinesis->transition_timer = NULL;
    int code = streams_load(kinesis);
    if (code == STORE_OK)
        code = settle_streams(kinesis, at_ms);
    if (code == STORE_OK)
        code = consumers_settle(kinesis, at_ms);
    if (code == STORE_OK) {
        streams_await_transitions(kinesis);
        return;
    }
    log_event(kinesis->runtime->log, LOG_ERROR, "a passing state could not be ended", "reason",
              store_error(kinesis->store), NULL);
    set_timer(kinesis, at_ms + RETRY_MS);
}

void streams_await_transitions(Kinesis *kinesis)
{
    const Stream *stream = first_due(kinesis);
    int64_t due_ms = kinesis->consumer_due_ms;
    if (stream && (!due_ms || stream->status_due_ms < due_ms))
        due_ms = stream->status_due_ms;
    set_timer(kinesis, due_ms);
}

void streams_load_soon(Kinesis *kinesis)
{
    set_timer(kinesis, now_ms(kinesis));
}

int stream_pass_through(Kinesis *kinesis, Stream *stream, StreamStatus status)
{
    if (!kinesis->transition_ms) {
        if (status == STREAM_DELETING)
            return stream_remove(kinesis, stream);
        return stream->status == STREAM_ACTIVE ? STORE_OK : write_status(kinesis, stream, STREAM_ACTIVE, 0);
    }
    int code = write_status(kinesis, stream, status, now_ms(kinesis) + kinesis->transition_ms);
    if (code == STORE_OK)
        streams_await_transitions(kinesis);
    return code;
}

void kinesis_set_transition_ms(Kinesis *kinesis, int64_t transition_ms)
{
    kinesis->transition_ms = transition_ms;
}
