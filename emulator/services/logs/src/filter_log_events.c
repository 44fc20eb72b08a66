/* filter_log_events.c - FilterLogEvents: of many streams together, in the order of their times. A token is the id of
 * the last event that was looked at. A page may end early, and have few events or none.
 * aws: CloudWatch Logs API Reference, FilterLogEvents. */
#include "budget.h"
#include "event_id.h"
#include "filters.h"
#include "group_key.h"
#include "logs_operations.h"
#include "words.h"

OPERATION(LogsFilterLogEvents, filter_log_events, READS);

#define PAGE_EVENTS_MAX 10000
#define PAGE_BYTES_MAX  1048576            /* aws: limit: "the default is 10,000", and what fits in 1 MB */
#define READ_BYTES_MAX  (16 * 1024 * 1024) /* of what is looked at for a page */
#define PAGE_WORK_MAX   1500000            /* steps, of a call's budget of 4 million */
#define EVENT_BYTES     200                /* of each, beside its message and its stream's name */

typedef struct FilterPage {
    Call *call;
    const FilterPattern *pattern;
    LogsFilteredLogEvents events;
    size_t capacity, bytes;
    EventPlace last; /* looked at */
} FilterPage;

static void take_event(FilterPage *page, const LogEvent *event)
{
    Arena *arena = page->call->arena;
    if (page->events.len == page->capacity) {
        size_t size = page->capacity * sizeof *page->events.items;
        page->capacity = page->capacity ? 2 * page->capacity : 128;
        page->events.items = size ? arena_grown(arena, page->events.items, size, 2 * size)
                                  : arena_take(arena, page->capacity * sizeof *page->events.items);
    }
    LogsFilteredLogEvent *told = &page->events.items[page->events.len++];
    *told = (LogsFilteredLogEvent){
        .log_stream_name = event->stream,
        .message = arena_copy(arena, event->message),
        .event_id = event_id(arena, &event->place),
    };
    SET(told, timestamp, event->place.time_ms);
    SET(told, ingestion_time, event->ingested_ms);
    page->bytes += event->message.len + event->stream.len + EVENT_BYTES;
}

static bool is_wanted(const FilterPage *page, const LogEvent *event)
{
    ArenaMark mark = arena_mark(page->call->arena);
    FilterSubject subject = filter_subject(page->call->arena, event->message);
    bool matches = filter_pattern_matches(page->pattern, &subject);
    arena_rewind(page->call->arena, mark);
    return matches;
}

/* *ret_more: it was ended before all was looked at. */
static Status read_page(FilterPage *page, const EventsQuery *query, size_t limit, bool *ret_more)
{
    LogEvent event;
    int code;
    Events *events = events_open(&page->call->scope, query);
    while ((code = events_next(events, &event)) == STORE_ROW) {
        bool is_full =
            page->events.len == limit || (page->events.len && page->bytes + event.message.len > PAGE_BYTES_MAX);
        if (is_full || events_bytes_read(events) > READ_BYTES_MAX || budget_spent(page->call->arena) > PAGE_WORK_MAX) {
            *ret_more = true;
            return OK;
        }
        page->last = event.place;
        if (is_wanted(page, &event))
            take_event(page, &event);
    }
    return expect_ok(page->call, code);
}

static Status check_names(Call *call, const LogGroup *group, const LogsFilterLogEventsInput *in)
{
    LogStream stream;
    if (in->log_stream_names.len && present(in->log_stream_name_prefix))
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.");
    for (size_t i = 0; i < in->log_stream_names.len; i++)
        TRY(log_stream_for(call, group, in->log_stream_names.items[i], &stream));
    return OK;
}

/* aws: endTime: "Events with a timestamp later than this time are not returned": unlike GetLogEvents', it is in. */
static EventsQuery query_of(const LogsFilterLogEventsInput *in, const LogGroup *group)
{
    return (EventsQuery){
        .group = group,
        .names = in->log_stream_names.items,
        .names_count = in->log_stream_names.len,
        .prefix = in->log_stream_name_prefix,
        .from_ms = in->has_start_time ? in->start_time : 0,
        .to_ms = in->has_end_time && in->end_time < INT64_MAX ? in->end_time + 1 : INT64_MAX,
    };
}

static Status filter_log_events(Call *call, const LogsFilterLogEventsInput *in, LogsFilterLogEventsOutput *out)
{
    LogGroup group;
    EventPlace behind;
    FilterPage page = {.call = call};
    bool has_more = false;
    TRY(log_group_named(call, in->log_group_name, in->log_group_identifier, &group));
    TRY(check_names(call, &group, in));
    EventsQuery query = query_of(in, &group);
    if (present(in->next_token)) {
        if (!event_id_parse(in->next_token, &behind))
            return fail_token(call);
        query.behind = &behind;
    }
    TRY(filter_pattern_for(call, in->filter_pattern, &page.pattern));
    TRY(log_group_key_check(call, &group));
    TRY(read_page(&page, &query, in->has_limit ? (size_t)in->limit : PAGE_EVENTS_MAX, &has_more));

    out->events = page.events;
    if (!out->events.items)
        out->events.items = arena_new_of(call->arena, LogsFilteredLogEvent);
    out->searched_log_streams.items = arena_new_of(call->arena, LogsSearchedLogStream);
    if (has_more)
        out->next_token = event_id(call->arena, &page.last);
    return OK;
}
