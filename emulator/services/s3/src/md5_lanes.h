/* md5_lanes.h - MD5 of several messages at once: each is one long chain of sums, and a vector takes sixteen chains. */
#pragma once
#include <nettle/md5.h>
#include <stdbool.h>

#define MD5_LANES 16

typedef struct Md5Lane {
    struct md5_ctx *md5; /* its index is 0: whole blocks came before */
    const uint8_t *bytes;
    size_t blocks; /* of 64 bytes */
} Md5Lane;

/* As md5_update of each. Several, of about the same length, are worth it; where the processor can't, it is done one by
 * one. */
void md5_lanes_update(const Md5Lane *lanes, size_t count);
bool md5_lanes_are_fast(void);
