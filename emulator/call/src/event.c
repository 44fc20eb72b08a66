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

struct RuntimeEvents {
    struct RuntimeWatcher {
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

static struct RuntimeEvents *events_of(Runtime *runtime)
{
    if (runtime->events)
        return runtime->events;
    struct RuntimeEvents *events = calloc(1, sizeof *events);
    if (!events)
        abort();
    events->published.arena = arena_new();
    events->told.arena = arena_new();
    list_clear(&events->published);
    list_clear(&events->told);
    return runtime->events = events;
}

void runtime_free_events(Runtime *runtime)
{
    struct RuntimeEvents *events = runtime->events;
    if (!events)
        return;
    arena_free(events->published.arena);
    arena_free(events->told.arena);
    free(events->watchers);
    free(events);
    runtime->events = NULL;
}

void runtime_watch(Runtime *runtime, const EventKind *kind, Watcher *watcher, void *context)
{
    struct RuntimeEvents *events = events_of(runtime);
    if (events->watchers_count == events->watchers_capacity) {
        events->watchers_capacity = events->watchers_capacity ? events->watchers_capacity * 2 : 16;
        events->watchers = realloc(events->watchers, events->watchers_capacity * sizeof *events->watchers);
        if (!events->watchers)
            abort();
    }
    events->watchers[events->watchers_count++] = (struct RuntimeWatcher){kind, watcher, context};
}

bool runtime_is_watched(const Runtime *runtime, const EventKind *kind)
{
    const struct RuntimeEvents *events = runtime->events;
    for (size_t i = 0; events && i < events->watchers_count; i++)
        if (events->watchers[i].kind == kind)
            return true;
    return false;
}

Arena *runtime_event_arena(Runtime *runtime)
{
    return events_of(runtime)->published.arena;
}

void runtime_publish(Runtime *runtime, const EventKind *kind, const void *about)
{
    if (!runtime_is_watched(runtime, kind))
        return;
    EventList *list = &runtime->events->published;
    Event *event = arena_new_of(list->arena, Event);
    event->kind = kind;
    event->about = arena_take(list->arena, kind->size + 1);
    if (kind->size)
        memcpy(event->about, about, kind->size);
    *list->last = event;
    list->last = &event->next;
}

bool runtime_has_events(const Runtime *runtime)
{
    return runtime->events && runtime->events->published.first;
}

uint64_t runtime_turn(const Runtime *runtime)
{
    return runtime->events ? runtime->events->turn : 0;
}

void runtime_drop_events(Runtime *runtime)
{
    if (!runtime->events)
        return;
    EventList *list = &runtime->events->published;
    runtime->events->turn++;
    *list->kept = NULL;
    list->last = list->kept;
}

void runtime_keep_events(Runtime *runtime)
{
    if (runtime->events)
        runtime->events->published.kept = runtime->events->published.last;
}

static void tell(const struct RuntimeEvents *events, const EventKind *kind, const void *about)
{
    for (size_t i = 0; i < events->watchers_count; i++)
        if (events->watchers[i].kind == kind)
            events->watchers[i].watcher(events->watchers[i].context, about);
}

void runtime_tell_events(Runtime *runtime)
{
    struct RuntimeEvents *events = runtime->events;
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

static int end_alone(Runtime *runtime, int code)
{
    if (code == STORE_OK)
        code = store_commit(runtime->store);
    else
        store_rollback(runtime->store);
    if (code == STORE_OK)
        runtime_keep_events(runtime);
    else
        runtime_drop_events(runtime);
    return code;
}

int runtime_run_alone(Runtime *runtime, int (*work)(void *context), void *context)
{
    int code = end_alone(runtime, STORE_OK); /* what timers before it did */
    return code == STORE_OK ? end_alone(runtime, work(context)) : code;
}
