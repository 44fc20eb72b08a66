/* event.h - what a turn has brought, told after its commit to whoever watches.
 *
 * A service publishes in the turn (`shard grew`, `table changed`); where the turn is undone, so is what it published.
 * After the commit the events are told in the order in which they were published, each to its watchers in the order in
 * which they began to watch. A watcher may read, write and publish: that is the next turn's. One that must not miss an
 * event, not over kill -9 either, keeps its position in the store and takes an event as a nudge. */
#pragma once
#include "call.h"

/* A static const value, public beside the struct that tells the event. */
typedef struct EventKind {
    const char *name; /* "kinesis: shard grew" */
    size_t size;      /* of that struct */
} EventKind;

/* Every turn has it, last, after its commit, whether it wrote or not. Tells nothing more. */
extern const EventKind TURN_ENDED;

typedef void Watcher(void *context, const void *event);
/* For good: when a service opens. */
void host_watch(Host *host, const EventKind *kind, Watcher *watcher, void *context);
bool host_is_watched(const Host *host, const EventKind *kind);

/* The struct is copied; what its Bytes point to must be in host_event_arena. Nothing where nobody watches. */
void host_publish(Host *host, const EventKind *kind, const void *event);
Arena *host_event_arena(Host *host); /* lives until this turn's events are told */

/* A timer's work in a transaction of its own: where it fails it is undone, and nothing that other timers did with it.
 */
MUST_CHECK int host_run_alone(Host *host, int (*work)(void *context), void *context);

/* The pipeline's. */
void host_tell_events(Host *host); /* after the commit */
bool host_has_events(const Host *host);
uint64_t host_turn(const Host *host); /* another number once this turn's events are told or dropped */
void host_keep_events(Host *host);    /* what was published so far is committed, though the turn goes on */
void host_drop_events(Host *host);    /* the turn is undone, but for what was kept */
void host_free_events(Host *host);
