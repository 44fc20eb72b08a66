/* put_log_events.c - PutLogEvents: a batch into a stream; what is too old or too new of it is left out, and told.
 * aws: CloudWatch Logs API Reference, PutLogEvents. */
#include "append.h"
#include "group_key.h"
#include "logs_operations.h"
#include "put.h"
#include "words.h"

OPERATION(LogsPutLogEvents, put_log_events, WRITES);

#define BATCH_BYTES_MAX 1048576 /* aws: "The maximum batch size is 1,048,576 bytes", with 26 for each event */
#define EVENT_BYTES_MAX 1048576 /* aws: "Each log event can be no larger than 1 MB" */
#define BATCH_MS_MAX    MS_PER_DAY
#define OLD_MS_MAX      (14 * MS_PER_DAY)
#define NEW_MS_MAX      (2 * MS_PER_HOUR)

/* aws: seen in use, but the first, which is recorded */
static Status check_batch(Call *call, const LogsInputLogEvents *events)
{
    size_t bytes = 0;
    for (size_t i = 0; i < events->len; i++) {
        size_t len = events->items[i].message.len;
        if (i && events->items[i].timestamp < events->items[i - 1].timestamp)
            return fail(call, &LOGS_INVALID_PARAMETER,
                        "Log events in a single PutLogEvents request must be in chronological order.");
        if (len + EVENT_OVERHEAD_BYTES > EVENT_BYTES_MAX)
            return fail(call, &LOGS_INVALID_PARAMETER, "Log event too large: %zu bytes exceeds limit of %d",
                        len + EVENT_OVERHEAD_BYTES, EVENT_BYTES_MAX);
        bytes += len + EVENT_OVERHEAD_BYTES;
    }
    if (bytes > BATCH_BYTES_MAX)
        return fail(call, &LOGS_INVALID_PARAMETER, "Upload too large: %zu bytes exceeds limit of %d", bytes,
                    BATCH_BYTES_MAX);
    if (events->items[events->len - 1].timestamp - events->items[0].timestamp > BATCH_MS_MAX)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
    return OK;
}

/* How many of the events are before the time. */
static size_t count_before(const LogsInputLogEvents *events, int64_t time_ms)
{
    size_t count = 0;
    while (count < events->len && events->items[count].timestamp < time_ms)
        count++;
    return count;
}

/* aws: RejectedLogEventsInfo: the indexes of ends are exclusive, that of the first that is too new is its own. */
static Batch accept(Call *call, const LogGroup *group, const LogsInputLogEvents *events, LogsPutLogEventsOutput *out)
{
    LogsRejectedLogEventsInfo *info = arena_new_of(call->arena, LogsRejectedLogEventsInfo);
    size_t old = count_before(events, call->now_ms - OLD_MS_MAX);
    size_t expired = count_before(events, log_group_horizon_ms(group, call->now_ms));
    size_t end = count_before(events, call->now_ms + NEW_MS_MAX + 1), start = old > expired ? old : expired;
    if (old)
        SET(info, too_old_log_event_end_index, (int32_t)old);
    if (expired)
        SET(info, expired_log_event_end_index, (int32_t)expired);
    if (end < events->len)
        SET(info, too_new_log_event_start_index, (int32_t)end);
    if (start || end < events->len)
        out->rejected_log_events_info = info;
    return start < end ? (Batch){events->items + start, end - start, NULL} : (Batch){0};
}

static Status put_log_events(Call *call, const LogsPutLogEventsInput *in, LogsPutLogEventsOutput *out)
{
    LogGroup group;
    LogStream stream;
    TRY(check_batch(call, &in->log_events));
    TRY(log_group_for(call, in->log_group_name, &group));
    TRY(log_stream_for(call, &group, in->log_stream_name, &stream));
    TRY(log_group_key_check(call, &group));
    Batch batch = accept(call, &group, &in->log_events, out);

    if (batch.count)
        TRY(expect_ok(call, events_put(&call->scope, &group, &stream, batch)));

    out->next_sequence_token = upload_sequence_token(call->arena, &stream);
    return OK;
}
