/* loop.h - what the one epoll of the net layer watches. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

/* Lies in its owner's struct, whose memory outlives the round of the loop in which fd is set to -1. */
typedef struct Watch {
    void (*ready)(struct Watch *watch, uint32_t events);
    int fd; /* -1: unused */
    uint32_t events;
} Watch;

#define owner_of(watch, Type, member) ((Type *)(void *)((char *)(watch)-offsetof(Type, member)))

/* 0: watched no longer; the fd stays open. */
void watch_set(int epoll_fd, Watch *watch, uint32_t events);
