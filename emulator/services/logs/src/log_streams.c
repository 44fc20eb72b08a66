/* log_streams.c - CreateLogStream, DeleteLogStream, DescribeLogStreams. CloudWatch Logs API Reference. */
#include "budget.h"
#include "logs_operations.h"
#include "stream.h"
#include "words.h"

OPERATION(LogsCreateLogStream, create_log_stream, WRITES);
OPERATION(LogsDeleteLogStream, delete_log_stream, WRITES);
OPERATION(LogsDescribeLogStreams, describe_log_streams, READS);

#define PAGE_MAX  50 /* aws: DescribeLogStreams, limit: "the default is up to 50 items" */
#define ROW_STEPS 50

static Status create_log_stream(Call *call, const LogsCreateLogStreamInput *in, LogsCreateLogStreamOutput *out)
{
    LogGroup group;
    LogStream there;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    int code = log_stream_find(&call->scope, group.id, in->log_stream_name, &there);
    if (code == STORE_OK)
        return fail(call, &LOGS_RESOURCE_ALREADY_EXISTS, "The specified log stream already exists");
    if (code != STORE_NOT_FOUND)
        return fault(call, code);

    LogStream stream = log_stream_new(&group, in->log_stream_name, call->now_ms);
    return expect_ok(call, log_stream_insert(&call->scope, &stream));
}

static Status delete_log_stream(Call *call, const LogsDeleteLogStreamInput *in, LogsDeleteLogStreamOutput *out)
{
    LogGroup group;
    LogStream stream;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    TRY(log_stream_for(call, &group, in->log_stream_name, &stream));
    if (group.is_protected)
        return fail(call, &LOGS_VALIDATION,
                    "The log group has deletion protection enabled. Disable it before you delete the log stream.");
    return expect_ok(call, log_stream_remove(&call->scope, &stream));
}

/* aws: LogStream: "storedBytes … is always reported as zero"; uploadSequenceToken is told once there are events. */
static void tell_stream(Call *call, const LogGroup *group, const LogStream *stream, LogsLogStream *ret)
{
    ret->log_stream_name = stream->name;
    ret->arn = log_stream_arn(call->arena, group, stream->name);
    SET(ret, creation_time, stream->created_ms);
    SET(ret, stored_bytes, 0);
    if (stream->last_ms == NO_EVENT_MS)
        return;
    SET(ret, first_event_timestamp, stream->first_ms);
    SET(ret, last_event_timestamp, stream->last_ms);
    SET(ret, last_ingestion_time, stream->last_ingestion_ms);
    ret->upload_sequence_token = upload_sequence_token(call->arena, stream);
}

/* A token is the last stream told: its last event's time, where they are in that order, and its name. */
static Bytes token_of(Call *call, const StreamsQuery *query, const LogStream *last)
{
    if (query->order < BY_LAST_EVENT)
        return last->name;
    return arena_text(call->arena, "%lld:" BYTES_FMT, (long long)last->last_ms, BYTES_ARG(last->name));
}

static Status read_token(Call *call, Bytes token, StreamsQuery *query)
{
    if (query->order >= BY_LAST_EVENT) {
        Bytes time = bytes_cut(&token, ':');
        if (!present(token) || !bytes_to_int64(time, &query->after_ms))
            return fail_token(call);
    }
    query->after_name = token;
    return is_stream_name(token) ? OK : fail_token(call);
}

/* aws: DescribeLogStreams, orderBy: "If you order the results by event time, you cannot specify the
 * logStreamNamePrefix parameter." */
static Status read_order(Call *call, const LogsDescribeLogStreamsInput *in, StreamsQuery *query)
{
    bool is_by_time = bytes_equal(in->order_by, LOGS_ORDER_BY_LASTEVENTTIME);
    if (is_by_time && present(in->log_stream_name_prefix))
        return fail(call, &LOGS_INVALID_PARAMETER, "Cannot order by LastEventTime with a logStreamNamePrefix.");
    if (is_by_time)
        query->order = in->descending ? BY_LAST_EVENT_DESCENDING : BY_LAST_EVENT;
    else
        query->order = in->descending ? BY_NAME_DESCENDING : BY_NAME;
    return present(in->next_token) ? read_token(call, in->next_token, query) : OK;
}

static Status describe_log_streams(Call *call, const LogsDescribeLogStreamsInput *in, LogsDescribeLogStreamsOutput *out)
{
    LogGroup group;
    LogStream stream, last = {0};
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_MAX;
    int code;
    TRY(log_group_named(call, in->log_group_name, in->log_group_identifier, &group));
    Bytes prefix = in->log_stream_name_prefix;
    StreamsQuery query = {.group_id = group.id, .prefix = prefix};
    TRY(read_order(call, in, &query));

    out->log_streams.items = arena_new_array(call->arena, LogsLogStream, limit);
    Statement *rows = log_streams_after(&call->scope, &query);
    while ((code = statement_step(rows)) == STORE_ROW) {
        ArenaMark mark = arena_mark(call->arena);
        budget_work(call->arena, ROW_STEPS);
        log_stream_read(call->arena, rows, &stream);
        bool is_wanted = !present(prefix) || bytes_starts_with(stream.name, prefix);
        if (!is_wanted && (query.order == BY_NAME || bytes_compare(stream.name, prefix) < 0)) {
            statement_end(rows); /* those that have it lie behind */
            return OK;
        }
        if (!is_wanted) {
            arena_rewind(call->arena, mark);
            continue;
        }
        if (out->log_streams.len == limit) {
            out->next_token = token_of(call, &query, &last);
            statement_end(rows);
            return OK;
        }
        tell_stream(call, &group, &stream, &out->log_streams.items[out->log_streams.len++]);
        last = stream;
    }
    return expect_ok(call, code);
}
