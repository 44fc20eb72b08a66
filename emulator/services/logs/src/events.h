/* events.h - events in the order of their times, of one stream or of many of a group together, forwards or backwards.
 *
 * A few chunks are in memory at a time, whatever there is: a page that stops early costs what it has read. Of the same
 * time, those of the same stream come in the order in which they were put. */
#pragma once
#include "stream.h"

/* Which event it is: these three order all events of a group. */
typedef struct EventPlace {
    int64_t time_ms, chunk;
    uint32_t index;
} EventPlace;

typedef struct LogEvent {
    EventPlace place;
    int64_t ingested_ms;
    Bytes stream;  /* its name; in the arena */
    Bytes message; /* until the next events_next: copy what must stay */
} LogEvent;

typedef struct EventsQuery {
    const LogGroup *group;
    const LogStream
        *stream; /* only its; NULL: of all streams, or of those that have one of these names, or the prefix */
    const Bytes *names;
    size_t names_count;
    Bytes prefix;
    int64_t from_ms, to_ms;   /* from <= time < to; what retention has ended is passed by in any case */
    bool is_backward;         /* the newest first */
    const EventPlace *behind; /* only what comes behind it in that direction; NULL: all */
} EventsQuery;

typedef struct Events Events;

/* The arena is the scope's; the query's names must live as long. What is read counts against the arena's budget of
 * work. Nothing may be written to the group until the last events_next. */
Events *events_open(const Scope *scope, const EventsQuery *query);
/* STORE_ROW: an event; STORE_OK: there is no more; or below 0. */
MUST_CHECK int events_next(Events *events, LogEvent *ret_event);
/* Bytes of chunks that were read so far: where a page should end though it isn't full. */
size_t events_bytes_read(const Events *events);
