/* event.c - the turn's list of events, and who watches. */
#include "event.h"
#include <stdlib.h>

const EventKind TURN_ENDED = {"turn ended", 0};

typedef struct Event {
    struct Event *next;
    const EventKind *kind;
    void *about;
} Event;

typedef struct EventList {
    Event *first, **last, **kept; /* kept: the end of those that are committed */
    Arena *arena;
} EventList;

struct HostEvents {
    struct HostWatcher {
        const EventKind *kind;
        Watcher *watcher;
        void *context;
    } * watchers;
    size_t watchers_count, watchers_capacity;
    EventList published, told; /* of the turn at hand; being told */
    uint64_t turn;
};

static void list_clear(EventList *list)
{
    list->first = NULL;
    list->last = list->kept = &list->first;
    arena_reset(list->arena);
}

static struct HostEvents *events_of(Host *host)
{
    if (host->events)
        return host->events;
    struct HostEvents *events = calloc(1, sizeof *events);
    if (!events)
        abort();
    events->published.arena = arena_new();
    events->told.arena = arena_new();
    list_clear(&events->published);
    list_clear(&events->told);
    return host->events = events;
}

void host_free_events(Host *host)
{
    struct HostEvents *events = host->events;
    if (!events)
        return;
    arena_free(events->published.arena);
    arena_free(events->told.arena);
    free(events->watchers);
    free(events);
    host->events = NULL;
}

void host_watch(Host *host, const EventKind *kind, Watcher *watcher, void *context)
{
    struct HostEvents *events = events_of(host);
    if (events->watchers_count == events->watchers_capacity) {
        events->watchers_capacity = events->watchers_capacity ? events->watchers_capacity * 2 : 16;
        events->watchers = realloc(events->watchers, events->watchers_capacity * sizeof *events->watchers);
        if (!events->watchers)
            abort();
    }
    events->watchers[events->watchers_count++] = (struct HostWatcher){kind, watcher, context};
}

bool host_is_watched(const Host *host, const EventKind *kind)
{
    const struct HostEvents *events = host->events;
    for (size_t i = 0; events && i < events->watchers_count; i++)
        if (events->watchers[i].kind == kind)
            return true;
    return false;
}

Arena *host_event_arena(Host *host)
{
    return events_of(host)->published.arena;
}

void host_publish(Host *host, const EventKind *kind, const void *about)
{
    if (!host_is_watched(host, kind))
        return;
    EventList *list = &host->events->published;
    Event *event = arena_new_of(list->arena, Event);
    event->kind = kind;
    event->about = arena_take(list->arena, kind->size + 1);
    if (kind->size)
        memcpy(event->about, about, kind->size);
    *list->last = event;
    list->last = &event->next;
}

bool host_has_events(const Host *host)
{
    return host->events && host->events->published.first;
}

uint64_t host_turn(const Host *host)
{
    return host->events ? host->events->turn : 0;
}

void host_drop_events(Host *host)
{
    if (!host->events)
        return;
    EventList *list = &host->events->published;
    host->events->turn++;
    *list->kept = NULL;
    list->last = list->kept;
}

void host_keep_events(Host *host)
{
    if (host->events)
        host->events->published.kept = host->events->published.last;
}

static void tell(const struct HostEvents *events, const EventKind *kind, const void *about)
{
    for (size_t i = 0; i < events->watchers_count; i++)
        if (events->watchers[i].kind == kind)
            events->watchers[i].watcher(events->watchers[i].context, about);
}

void host_tell_events(Host *host)
{
    struct HostEvents *events = host->events;
    if (!events)
        return;
    events->turn++;
    if (events->published.first) {
        Event *first = events->published.first;
        Arena *arena = events->published.arena;
        events->published.arena = events->told.arena;
        events->told.arena = arena;
        list_clear(&events->published);
        for (const Event *event = first; event; event = event->next)
            tell(events, event->kind, event->about);
        list_clear(&events->told);
    }
    tell(events, &TURN_ENDED, NULL);
}

static int end_alone(Host *host, int code)
{
    if (code == STORE_OK)
        code = store_commit(host->store);
    else
        store_rollback(host->store);
    if (code == STORE_OK)
        host_keep_events(host);
    else
        host_drop_events(host);
    return code;
}

int host_run_alone(Host *host, int (*work)(void *context), void *context)
{
    int code = end_alone(host, STORE_OK); /* what timers before it did */
    return code == STORE_OK ? end_alone(host, work(context)) : code;
}
