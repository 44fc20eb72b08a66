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
void runtime_watch(Runtime *runtime, const EventKind *kind, Watcher *watcher, void *context);
bool runtime_is_watched(const Runtime *runtime, const EventKind *kind);

/* The struct is copied; what its Bytes point to must be in runtime_event_arena. Nothing where nobody watches. */
void runtime_publish(Runtime *runtime, const EventKind *kind, const void *event);
Arena *runtime_event_arena(Runtime *runtime); /* lives until this turn's events are told */

/* A timer's work in a transaction of its own: where it fails it is undone, and nothing that other timers did with it.
 */
MUST_CHECK int runtime_run_alone(Runtime *runtime, int (*work)(void *context), void *context);

/* The pipeline's. */
void runtime_tell_events(Runtime *runtime); /* after the commit */
bool runtime_has_events(const Runtime *runtime);
uint64_t runtime_turn(const Runtime *runtime); /* another number once this turn's events are told or dropped */
void runtime_keep_events(Runtime *runtime);    /* what was published so far is committed, though the turn goes on */
void runtime_drop_events(Runtime *runtime);    /* the turn is undone, but for what was kept */
void runtime_free_events(Runtime *runtime);
