/* loop.c - one epoll, a heap of timers, an eventfd. */
#include "loop.h"
#include "clock.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_A_ROUND 128

struct Loop {
    int epoll_fd;
    Watch waker;
    bool is_woken;
    int64_t now_ms, passed_ms; /* passed: as if */
    uint64_t round;
    LoopUser *users;
    LoopTimer **timers; /* a binary heap, the next due first */
    size_t timers_count, timers_capacity;
    void **dead; /* to be freed when the round is over */
    size_t dead_count, dead_capacity;
};

static int64_t now(const Loop *loop)
{
    return monotonic_ns() / 1000000 + loop->passed_ms;
}

void loop_pass_ms(Loop *loop, int64_t ms)
{
    loop->passed_ms += ms;
    loop->now_ms = now(loop);
}

static void waker_ready(Watch *watch, uint32_t events)
{
    uint64_t count;
    (void)events;
    if (read(watch->fd, &count, sizeof count) == (ssize_t)sizeof count)
        owner_of(watch, Loop, waker)->is_woken = true;
}

Loop *loop_new(void)
{
    Loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        abort();
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->waker = (Watch){waker_ready, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), 0};
    loop->now_ms = now(loop);
    if (loop->epoll_fd < 0 || loop->waker.fd < 0)
        return loop_free(loop);
    loop_watch(loop, &loop->waker, EPOLLIN);
    return loop;
}

static void bury(Loop *loop)
{
    while (loop->dead_count)
        free(loop->dead[--loop->dead_count]);
}

void loop_free_later(Loop *loop, void *memory)
{
    if (loop->dead_count == loop->dead_capacity) {
        loop->dead_capacity = loop->dead_capacity ? loop->dead_capacity * 2 : 16;
        loop->dead = realloc(loop->dead, loop->dead_capacity * sizeof *loop->dead);
        if (!loop->dead)
            abort();
    }
    loop->dead[loop->dead_count++] = memory;
}

Loop *loop_free(Loop *loop)
{
    if (!loop)
        return NULL;
    if (loop->waker.fd >= 0)
        close(loop->waker.fd);
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    bury(loop);
    free(loop->dead);
    free(loop->timers);
    free(loop);
    return NULL;
}

void loop_add_user(Loop *loop, LoopUser *user)
{
    user->next = loop->users;
    loop->users = user;
}

void loop_remove_user(Loop *loop, LoopUser *user)
{
    LoopUser **at = &loop->users;
    while (*at && *at != user)
        at = &(*at)->next;
    if (*at)
        *at = user->next;
}

void loop_watch(Loop *loop, Watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (watch->events == events)
        return;
    int operation = !events ? EPOLL_CTL_DEL : watch->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    watch->events = events;
    if (epoll_ctl(loop->epoll_fd, operation, watch->fd, &event) && operation != EPOLL_CTL_DEL)
        abort(); /* out of memory, or a bug of ours */
}

static void place(Loop *loop, size_t at, LoopTimer *timer)
{
    loop->timers[at] = timer;
    timer->place = at + 1;
}

static void sift_up(Loop *loop, size_t at, LoopTimer *timer)
{
    for (; at && loop->timers[(at - 1) / 2]->due_ms > timer->due_ms; at = (at - 1) / 2)
        place(loop, at, loop->timers[(at - 1) / 2]);
    place(loop, at, timer);
}

static void sift_down(Loop *loop, size_t at, LoopTimer *timer)
{
    for (size_t child; (child = 2 * at + 1) < loop->timers_count; at = child) {
        if (child + 1 < loop->timers_count && loop->timers[child + 1]->due_ms < loop->timers[child]->due_ms)
            child++;
        if (loop->timers[child]->due_ms >= timer->due_ms)
            break;
        place(loop, at, loop->timers[child]);
    }
    place(loop, at, timer);
}

void loop_timer_cancel(Loop *loop, LoopTimer *timer)
{
    if (!timer->place)
        return;
    size_t at = timer->place - 1;
    LoopTimer *last = loop->timers[--loop->timers_count];
    timer->place = 0;
    if (last == timer)
        return;
    if (at && loop->timers[(at - 1) / 2]->due_ms > last->due_ms)
        sift_up(loop, at, last);
    else
        sift_down(loop, at, last);
}

void loop_timer_set(Loop *loop, LoopTimer *timer, int64_t due_ms)
{
    loop_timer_cancel(loop, timer);
    timer->due_ms = due_ms;
    if (loop->timers_count == loop->timers_capacity) {
        loop->timers_capacity = loop->timers_capacity ? loop->timers_capacity * 2 : 16;
        loop->timers = realloc(loop->timers, loop->timers_capacity * sizeof *loop->timers);
        if (!loop->timers)
            abort();
    }
    sift_up(loop, loop->timers_count++, timer);
}

int64_t loop_now_ms(const Loop *loop)
{
    return loop->now_ms;
}

static int64_t sooner(int64_t one_ms, int64_t other_ms)
{
    return other_ms < 0 || (one_ms >= 0 && one_ms < other_ms) ? one_ms : other_ms;
}

static int64_t longest_wait(Loop *loop, int64_t wait_ms)
{
    for (LoopUser *user = loop->users, *next; user; user = next) {
        next = user->next;
        wait_ms = sooner(wait_ms, user->before(user));
    }
    if (loop->timers_count) {
        int64_t until = loop->timers[0]->due_ms - now(loop);
        wait_ms = sooner(wait_ms, until > 0 ? until : 0);
    }
    return wait_ms > INT32_MAX ? INT32_MAX : wait_ms;
}

/* Each round begins with another: what costs much is left for the next one where this has taken long. */
static void dispatch(const struct epoll_event *events, int count, uint64_t round)
{
    for (int i = 0; i < count; i++) {
        const struct epoll_event *event = &events[(round + (uint64_t)i) % (uint64_t)count];
        Watch *watch = event->data.ptr;
        if (watch->fd >= 0)
            watch->ready(watch, event->events);
    }
}

/* Those that are due now; one that is set meanwhile waits for the next round. */
static void run_timers(Loop *loop)
{
    for (size_t left = loop->timers_count; left && loop->timers_count; left--) {
        LoopTimer *timer = loop->timers[0];
        if (timer->due_ms > loop->now_ms)
            return;
        loop_timer_cancel(loop, timer);
        timer->due(timer);
    }
}

bool loop_poll(Loop *loop, int wait_ms)
{
    struct epoll_event events[EVENTS_A_ROUND];
    loop->is_woken = false;
    int count = epoll_wait(loop->epoll_fd, events, EVENTS_A_ROUND, (int)longest_wait(loop, wait_ms));
    bool is_interrupted = count < 0 && errno == EINTR;
    loop->now_ms = now(loop);
    for (LoopUser *user = loop->users; user; user = user->next)
        if (user->awake)
            user->awake(user);
    dispatch(events, count, loop->round++);
    run_timers(loop);
    for (LoopUser *user = loop->users, *next; user; user = next) {
        next = user->next;
        if (user->after)
            user->after(user);
    }
    bury(loop);
    return !loop->is_woken && !is_interrupted;
}

void loop_wake(Loop *loop)
{
    uint64_t one = 1;
    int saved = errno;
    if (write(loop->waker.fd, &one, sizeof one) < 0)
        errno = saved; /* it is awake already */
    errno = saved;
}
