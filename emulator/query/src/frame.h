/* frame.h - what both processes say to each other: 4 bytes of length, a letter, bytes. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define FRAME_HEAD 5
#define FRAME_MAX  ((size_t)32 * 1024 * 1024)

static inline void frame_write_head(char head[FRAME_HEAD], char kind, size_t len)
{
    uint32_t size = (uint32_t)len;
    memcpy(head, &size, sizeof size);
    head[4] = kind;
}

static inline void frame_read_head(const char head[FRAME_HEAD], char *ret_kind, size_t *ret_len)
{
    uint32_t size;
    memcpy(&size, head, sizeof size);
    *ret_kind = head[4];
    *ret_len = size;
}
