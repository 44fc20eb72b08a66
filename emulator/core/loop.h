/* loop.h - the one thread's loop: watched descriptors, timers of the monotonic clock, and being woken.
 *
 * These timers are for real things (a client that is slow, a process that must end): they run while the emulator's
 * clock stands still. What is due on the emulator's clock is the scheduler's. */
#pragma once
#include "bytes.h"
#include <sys/epoll.h>

typedef struct Loop Loop;

/* Lies in its owner's struct, whose memory outlives the round of the loop in which fd is set to -1. */
typedef struct Watch {
    void (*ready)(struct Watch *watch, uint32_t events); /* EPOLL… */
    int fd;                                              /* -1: unused; the owner's to close */
    uint32_t events;                                     /* 0: not watched */
} Watch;

/* Lies in its owner's struct, zeroed but for `due`. */
typedef struct LoopTimer {
    void (*due)(struct LoopTimer *timer); /* no longer set when it is called: it may set itself again, or be freed */
    int64_t due_ms;
    size_t place; /* 1 + that in the loop's heap; 0: not set */
} LoopTimer;

/* Who has something to do around each wait. Lies in its owner's struct. */
typedef struct LoopUser {
    int64_t (*before)(struct LoopUser *user); /* at most so many ms may be waited; -1: for ever */
    void (*awake)(struct LoopUser *user);     /* after the wait, before what is ready is called; NULL: nothing */
    void (*after)(struct LoopUser *user);     /* when what was ready has been called; NULL: nothing */
    struct LoopUser *next;
} LoopUser;

#define owner_of(member_, Type, name) ((Type *)(void *)((char *)(member_)-offsetof(Type, name)))

Loop *loop_new(void); /* NULL: the system gives no descriptors */
Loop *loop_free(Loop *loop);
void loop_add_user(Loop *loop, LoopUser *user);
void loop_remove_user(Loop *loop, LoopUser *user);

/* events 0: watched no longer. One system call where something changes, none where nothing does. */
void loop_watch(Loop *loop, Watch *watch, uint32_t events);
void loop_timer_set(Loop *loop, LoopTimer *timer, int64_t due_ms); /* of loop_now_ms; also one that is set already */
void loop_timer_cancel(Loop *loop, LoopTimer *timer);              /* fine where it isn't set */
int64_t loop_now_ms(const Loop *loop);                             /* monotonic; of the round at hand */

void loop_pass_ms(Loop *loop, int64_t ms); /* as if so much time had passed: for tests */

/* Memory of malloc, freed when the round is over: for owners of a Watch. */
void loop_free_later(Loop *loop, void *memory);

/* One round: waits at most wait_ms (-1: for ever, 0: not at all), calls what is ready, then what is due. False:
 * loop_wake was called or a signal came. */
bool loop_poll(Loop *loop, int wait_ms);
void loop_wake(Loop *loop); /* from any thread or a signal handler: the poll at hand, or the next, returns at once */
