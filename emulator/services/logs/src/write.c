/* write.c - lines of other services, and what is done with every batch. */
#include "group_key.h"
#include "live_tail.h"
#include "metrics.h"
#include "put.h"

static LogsInputLogEvent *events_of(Arena *arena, const LogsLine *lines, size_t count)
{
    LogsInputLogEvent *events = arena_new_array(arena, LogsInputLogEvent, count);
    for (size_t i = 0; i < count; i++)
        events[i] = (LogsInputLogEvent){.timestamp = lines[i].time_ms, .message = lines[i].message};
    return events;
}

static int find_group(const Scope *scope, LogsPlace place, LogGroup *group)
{
    int code = log_group_find(scope, place.group, group);
    if (code != STORE_NOT_FOUND || !place.is_made)
        return code;
    *group = (LogGroup){
        .account = scope->account,
        .region = scope->region,
        .name = place.group,
        .class_name = LOGS_LOG_GROUP_CLASS_STANDARD,
        .created_ms = scope->now_ms,
    };
    return log_group_insert(scope, group);
}

static int find_stream(const Scope *scope, const LogGroup *group, LogsPlace place, LogStream *stream)
{
    int code = log_stream_find(scope, group->id, place.stream, stream);
    if (code != STORE_NOT_FOUND || !place.is_made)
        return code;
    *stream = log_stream_new(group, place.stream, scope->now_ms);
    return log_stream_insert(scope, stream);
}

int events_put(const Scope *scope, LogGroup *group, LogStream *stream, Batch batch)
{
    batch.places = arena_new_array(scope->arena, EventPlace, batch.count);
    int code = events_append(scope, group, stream, batch);
    if (code != STORE_OK)
        return code;
    log_metrics_of_put(scope, group, batch);
    live_tails_publish(scope, group, stream, batch);
    return subscriptions_forward(scope, group, stream, batch);
}

int logs_write(const Scope *scope, LogsPlace place, const LogsLine *lines, size_t count)
{
    LogGroup group;
    LogStream stream;
    bool is_usable = true;
    int code = find_group(scope, place, &group);
    if (code == STORE_OK)
        code = log_group_key_ask(scope, &group, &is_usable);
    if (code == STORE_OK && !is_usable)
        return LOGS_NO_PLACE;
    if (code == STORE_OK)
        code = find_stream(scope, &group, place, &stream);
    if (code != STORE_OK || !count)
        return code == STORE_NOT_FOUND ? LOGS_NO_PLACE : code;
    return events_put(scope, &group, &stream, (Batch){events_of(scope->arena, lines, count), count, NULL});
}
