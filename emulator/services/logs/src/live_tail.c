/* live_tail.c - StartLiveTail: events of up to ten groups as they come, for three hours.
 * aws: CloudWatch Logs API Reference, StartLiveTail. */
#include "live_tail.h"
#include "filter_pattern.h"
#include "logs_operations.h"
#include "uuid.h"
#include <stdlib.h>

OPERATION(LogsStartLiveTail, start_live_tail, READS);

#define GROUPS_MAX   10
#define SESSIONS_MAX 15                /* aws: CloudWatch Logs quotas, "Live Tail sessions", concurrent, per account */
#define LIFE_MS      (3 * MS_PER_HOUR) /* aws: "the session ends after three hours" */
#define UPDATE_MAX   500               /* aws: LiveTailSessionUpdate: "up to 500 log events", then it is sampled */
#define QUIET_MS     INT64_C(5000)     /* an empty update shows that the session is alive */
#define BACKLOG_MAX  (4 * 1024 * 1024) /* not yet taken by the client: events are left out then, as if sampled */
enum { START, UPDATE };                /* fields of the union */

/* A member of the union, which the model does not list among the errors. */
static const ErrorModel session_timeout = {"SessionTimeoutException", NULL, NULL, 400, true, "message", NULL};

struct LiveTail {
    Logs *logs;
    LiveTail *next, **at; /* what points to it */
    EventStream *stream;
    Arena *arena; /* all that it keeps */
    LogsLiveTailSessionStart start;
    Bytes account;
    int64_t groups[GROUPS_MAX];
    size_t groups_count;
    const FilterPattern *pattern;
    int64_t ends_ms, sent_ms;
    bool is_started;
    Timer *timer;
};

typedef struct WerePut {
    int64_t group_id;
    Bytes group, stream;
    int64_t ingested_ms;
    const LogsInputLogEvent *events;
    size_t count;
} WerePut;
static const EventKind LOGS_WERE_PUT = {"logs: were put", sizeof(WerePut)};

static int64_t now_of(const Logs *logs)
{
    return clock_now_ms(logs->runtime->clock);
}

static void tail_free(LiveTail *tail)
{
    if (tail->timer)
        scheduler_cancel(tail->logs->runtime->scheduler, tail->timer);
    *tail->at = tail->next;
    if (tail->next)
        tail->next->at = tail->at;
    arena_free(tail->arena);
    free(tail);
}

static void on_close(void *context)
{
    tail_free(context);
}

/* What is put */

void live_tails_publish(const Scope *scope, const LogGroup *group, const LogStream *stream, Batch batch)
{
    const Logs *logs = scope->service;
    if (!logs->live_tails)
        return;
    Arena *arena = runtime_event_arena(scope->runtime);
    LogsInputLogEvent *events = arena_new_array(arena, LogsInputLogEvent, batch.count);
    for (size_t i = 0; i < batch.count; i++) {
        events[i].timestamp = batch.events[i].timestamp;
        events[i].message = arena_copy(arena, batch.events[i].message);
    }
    Bytes arn = log_group_arn(scope->arena, group);
    WerePut put = {group->id,  arena_copy(arena, arn), arena_copy(arena, stream->name), scope->now_ms, events,
                   batch.count};
    runtime_publish(scope->runtime, &LOGS_WERE_PUT, &put);
}

static bool is_among(const Bytes *names, size_t count, Bytes name, bool are_prefixes)
{
    for (size_t i = 0; i < count; i++)
        if (are_prefixes ? bytes_starts_with(name, names[i]) : bytes_equal(name, names[i]))
            return true;
    return !count;
}

static bool has_group(const LiveTail *tail, int64_t group_id)
{
    for (size_t i = 0; i < tail->groups_count; i++)
        if (tail->groups[i] == group_id)
            return true;
    return false;
}

static bool watches(const LiveTail *tail, const WerePut *put)
{
    const LogsLiveTailSessionStart *start = &tail->start;
    return has_group(tail, put->group_id) &&
           is_among(start->log_stream_names.items, start->log_stream_names.len, put->stream, false) &&
           is_among(start->log_stream_name_prefixes.items, start->log_stream_name_prefixes.len, put->stream, true);
}

static void send_update(LiveTail *tail, LogsLiveTailSessionLogEvent *events, size_t count, bool is_sampled)
{
    LogsLiveTailSessionMetadata metadata = {.sampled = is_sampled, .has_sampled = true};
    LogsLiveTailSessionUpdate update = {.session_metadata = &metadata, .session_results = {events, count}};
    event_stream_send(tail->stream, UPDATE, &update);
    tail->sent_ms = now_of(tail->logs);
}

static bool matches(const LiveTail *tail, Arena *arena, Bytes message)
{
    ArenaMark mark = arena_mark(arena);
    FilterSubject subject = filter_subject(arena, message);
    bool does = filter_pattern_matches(tail->pattern, &subject);
    arena_rewind(arena, mark);
    return does;
}

static void tell(LiveTail *tail, Arena *arena, const WerePut *put)
{
    size_t count = 0;
    LogsLiveTailSessionLogEvent *events = arena_new_array(arena, LogsLiveTailSessionLogEvent, UPDATE_MAX);
    bool is_sampled = event_stream_backlog(tail->stream) > BACKLOG_MAX;
    for (size_t i = 0; i < put->count && !is_sampled; i++) {
        if (tail->start.log_event_filter_pattern.len && !matches(tail, arena, put->events[i].message))
            continue;
        is_sampled = count == UPDATE_MAX;
        if (is_sampled)
            break;
        LogsLiveTailSessionLogEvent *event = &events[count++];
        *event = (LogsLiveTailSessionLogEvent){
            .log_stream_name = put->stream, .log_group_identifier = put->group, .message = put->events[i].message};
        SET(event, timestamp, put->events[i].timestamp);
        SET(event, ingestion_time, put->ingested_ms);
    }
    if (count)
        send_update(tail, events, count, is_sampled);
}

static void on_put(void *context, const void *event)
{
    Logs *logs = context;
    Arena *arena = arena_new();
    for (LiveTail *tail = logs->live_tails; tail; tail = tail->next) {
        if (tail->is_started && watches(tail, event))
            tell(tail, arena, event);
        arena_reset(arena);
    }
    arena_free(arena);
}

/* Sessions */

static void on_timer(void *context, int64_t at_ms);

static void await(LiveTail *tail)
{
    int64_t due_ms = tail->sent_ms + QUIET_MS;
    tail->timer =
        scheduler_at(tail->logs->runtime->scheduler, due_ms < tail->ends_ms ? due_ms : tail->ends_ms, on_timer, tail);
}

static void on_timer(void *context, int64_t at_ms)
{
    LiveTail *tail = context;
    tail->timer = NULL;
    if (at_ms >= tail->ends_ms) {
        event_stream_fail(tail->stream, &session_timeout, TEXT("The session has ended: it was open for three hours."));
        tail_free(tail);
        return;
    }
    if (at_ms - tail->sent_ms >= QUIET_MS)
        send_update(tail, &(LogsLiveTailSessionLogEvent){.message = {0}}, 0, false);
    await(tail);
}

void live_tails_start(Logs *logs)
{
    for (LiveTail *tail = logs->live_tails; tail; tail = tail->next) {
        if (tail->is_started)
            continue;
        event_stream_send(tail->stream, START, &tail->start);
        tail->is_started = true;
        tail->sent_ms = now_of(logs);
        await(tail);
    }
}

void live_tails_open(Logs *logs)
{
    runtime_watch(logs->runtime, &LOGS_WERE_PUT, on_put, logs);
}

void live_tails_close(Logs *logs)
{
    while (logs->live_tails)
        tail_free(logs->live_tails);
}

static size_t count_sessions(const Logs *logs, Bytes account)
{
    size_t count = 0;
    for (const LiveTail *tail = logs->live_tails; tail; tail = tail->next)
        count += bytes_equal(tail->account, account);
    return count;
}

/* aws: logStreamNames: "If you specify this parameter, you can specify only one log group in logGroupIdentifiers"; and
 * not with logStreamNamePrefixes. */
static Status check(Call *call, const LogsStartLiveTailInput *in)
{
    FilterPatternFault fault;
    Bytes detail;
    if (in->log_stream_names.len && in->log_stream_name_prefixes.len)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.");
    if ((in->log_stream_names.len || in->log_stream_name_prefixes.len) && in->log_group_identifiers.len > 1)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "logStreamNames and logStreamNamePrefixes can be specified with one log group only.");
    if (in->log_event_filter_pattern.len &&
        !filter_pattern_read(call->arena, in->log_event_filter_pattern, &fault, &detail))
        return fail(call, &LOGS_INVALID_PARAMETER, "Invalid filter pattern");
    if (count_sessions(call->service, call->account) >= SESSIONS_MAX)
        return fail(call, &LOGS_LIMIT_EXCEEDED, "There can be %d Live Tail sessions at a time.", SESSIONS_MAX);
    return OK;
}

/* aws: logGroupIdentifiers: "You must use the ARN"; "Live Tail is supported only for log groups in the Standard class".
 */
static Status find_groups(Call *call, const LogsStartLiveTailInput *in, int64_t groups[GROUPS_MAX])
{
    for (size_t i = 0; i < in->log_group_identifiers.len; i++) {
        LogGroup group;
        Bytes name, identifier = in->log_group_identifiers.items[i];
        if (!bytes_starts_with(identifier, TEXT("arn:")))
            return fail(call, &LOGS_INVALID_PARAMETER, "logGroupIdentifiers must be ARNs of log groups.");
        TRY(log_group_name_of(call, identifier, &name));
        TRY(log_group_for(call, name, &group));
        if (!bytes_equal(group.class_name, LOGS_LOG_GROUP_CLASS_STANDARD))
            return fail(call, &LOGS_INVALID_OPERATION, "Live Tail is only for log groups of the Standard class.");
        groups[i] = group.id;
    }
    return OK;
}

static void copy_list(Arena *arena, const Bytes *from, size_t count, Bytes **ret_to)
{
    *ret_to = count ? arena_new_array(arena, Bytes, count) : NULL;
    for (size_t i = 0; i < count; i++)
        (*ret_to)[i] = arena_copy(arena, from[i]);
}

#define COPY_LIST(arena, list, to) (copy_list((arena), (list).items, (list).len, &(to).items), (to).len = (list).len)

static LiveTail *tail_new(Call *call, const LogsStartLiveTailInput *in)
{
    Logs *logs = call->service;
    FilterPatternFault fault;
    Bytes detail;
    char id[UUID_TEXT_LEN];
    LiveTail *tail = calloc(1, sizeof *tail);
    if (!tail)
        abort();
    Arena *arena = tail->arena = arena_new();
    LogsLiveTailSessionStart *start = &tail->start;
    tail->logs = logs;
    tail->account = arena_copy(arena, call->account);
    tail->ends_ms = call->now_ms + LIFE_MS;
    COPY_LIST(arena, in->log_group_identifiers, start->log_group_identifiers);
    COPY_LIST(arena, in->log_stream_names, start->log_stream_names);
    COPY_LIST(arena, in->log_stream_name_prefixes, start->log_stream_name_prefixes);
    start->log_event_filter_pattern = arena_copy(arena, in->log_event_filter_pattern);
    start->request_id = arena_copy(arena, call->request_id);
    uuid_write(logs->runtime->random, id);
    start->session_id = arena_copy(arena, (Bytes){id, sizeof id});
    if (start->log_event_filter_pattern.len)
        tail->pattern = filter_pattern_read(arena, start->log_event_filter_pattern, &fault, &detail);
    tail->next = logs->live_tails;
    tail->at = &logs->live_tails;
    if (tail->next)
        tail->next->at = &tail->next;
    logs->live_tails = tail;
    return tail;
}

static Status start_live_tail(Call *call, const LogsStartLiveTailInput *in, LogsStartLiveTailOutput *out)
{
    int64_t groups[GROUPS_MAX];
    (void)out;
    TRY(check(call, in));
    TRY(find_groups(call, in, groups));
    LiveTail *tail = tail_new(call, in);
    tail->groups_count = in->log_group_identifiers.len;
    memcpy(tail->groups, groups, tail->groups_count * sizeof *groups);
    tail->stream = event_stream_open(call, on_close, tail);
    return OK;
}
