/* loop.c - one system call where something changes, none where nothing does. */
#include "loop.h"
#include <stdlib.h>

void watch_set(int epoll_fd, Watch *watch, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = watch};
    if (watch->events == events)
        return;
    int operation = !events ? EPOLL_CTL_DEL : watch->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    watch->events = events;
    if (epoll_ctl(epoll_fd, operation, watch->fd, &event) && operation != EPOLL_CTL_DEL)
        abort(); /* out of memory, or a bug of ours */
}
