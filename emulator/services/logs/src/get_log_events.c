/* get_log_events.c - GetLogEvents: a stream's events in the order of their times. A token is the place of the page's
 * last event ("f/<its id>/s") or first one ("b/…"): what comes behind it, or before. At the end of a stream it is the
 * one that was passed in.
 * aws: CloudWatch Logs API Reference, GetLogEvents. */
#include "event_id.h"
#include "group_key.h"
#include "logs_operations.h"
#include "words.h"

OPERATION(LogsGetLogEvents, get_log_events, READS);

#define PAGE_EVENTS_MAX 10000
#define PAGE_BYTES_MAX                                                                                                 \
    1048576            /* aws: limit: "as many log events as can fit in a response size of 1 MB (up to 10,000)" */
#define EVENT_BYTES 26 /* of each, beside its message */

static Bytes token_text(Arena *arena, char direction, const EventPlace *place)
{
    return arena_text(arena, "%c/" BYTES_FMT "/s", direction, BYTES_ARG(event_id(arena, place)));
}

static Status read_token(Call *call, Bytes token, bool *ret_is_backward, EventPlace *ret_place)
{
    size_t around = sizeof "f/" - 1 + sizeof "/s" - 1;
    if (token.len != around + EVENT_ID_DIGITS ||
        (!bytes_starts_with(token, TEXT("f/")) && !bytes_starts_with(token, TEXT("b/"))) ||
        !bytes_is(bytes_slice(token, token.len - 2, 2), "/s") ||
        !event_id_parse(bytes_slice(token, 2, EVENT_ID_DIGITS), ret_place))
        return fail_token(call);
    *ret_is_backward = *token.ptr == 'b';
    return OK;
}

typedef struct EventPage {
    LogsOutputLogEvents events;
    EventPlace first, last; /* where there are events */
} EventPage;

static void take_event(Call *call, EventPage *page, const LogEvent *event)
{
    LogsOutputLogEvent *told = &page->events.items[page->events.len];
    if (!page->events.len)
        page->first = event->place;
    page->last = event->place;
    told->message = arena_copy(call->arena, event->message);
    SET(told, timestamp, event->place.time_ms);
    SET(told, ingestion_time, event->ingested_ms);
    page->events.len++;
}

static void turn_round(EventPage *page)
{
    LogsOutputLogEvent *items = page->events.items;
    for (size_t i = 0, j = page->events.len; i + 1 < j; i++) {
        LogsOutputLogEvent moved = items[i];
        items[i] = items[--j];
        items[j] = moved;
    }
    EventPlace first = page->first;
    page->first = page->last;
    page->last = first;
}

static Status read_page(Call *call, const EventsQuery *query, size_t limit, EventPage *page)
{
    LogEvent event;
    size_t bytes = 0;
    int code;
    Events *events = events_open(&call->scope, query);
    page->events.items = arena_new_array(call->arena, LogsOutputLogEvent, limit);
    while (page->events.len < limit && (code = events_next(events, &event)) != STORE_OK) {
        if (code != STORE_ROW)
            return fault(call, code);
        bytes += event.message.len + EVENT_BYTES;
        if (page->events.len && bytes > PAGE_BYTES_MAX)
            break;
        take_event(call, page, &event);
    }
    if (query->is_backward)
        turn_round(page);
    return OK;
}

/* Of an empty page: where it was looked from, both ways. */
static void tell_tokens(Call *call, const EventsQuery *query, const EventPage *page, LogsGetLogEventsOutput *out)
{
    EventPlace first = page->first, last = page->last;
    if (!page->events.len && query->behind) {
        first = last = *query->behind;
        if (query->is_backward && last.index)
            last.index--; /* what the token stands before is behind the page again */
        else if (!query->is_backward)
            first.index++;
    } else if (!page->events.len) {
        first = last = (EventPlace){.time_ms = query->from_ms};
    }
    out->next_forward_token = token_text(call->arena, 'f', &last);
    out->next_backward_token = token_text(call->arena, 'b', &first);
}

static Status get_log_events(Call *call, const LogsGetLogEventsInput *in, LogsGetLogEventsOutput *out)
{
    LogGroup group;
    LogStream stream;
    EventPlace place;
    EventPage page = {0};
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_EVENTS_MAX;
    EventsQuery query = {
        .group = &group,
        .stream = &stream,
        .from_ms = in->has_start_time ? in->start_time : 0,
        .to_ms = in->has_end_time ? in->end_time : INT64_MAX,
        .is_backward = !in->start_from_head,
    };
    TRY(log_group_named(call, in->log_group_name, in->log_group_identifier, &group));
    TRY(log_stream_for(call, &group, in->log_stream_name, &stream));
    if (present(in->next_token)) {
        TRY(read_token(call, in->next_token, &query.is_backward, &place));
        query.behind = &place;
    }
    TRY(log_group_key_check(call, &group));
    TRY(read_page(call, &query, limit, &page));

    out->events = page.events;
    tell_tokens(call, &query, &page, out);
    return OK;
}
