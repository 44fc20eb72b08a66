/* md5_stream_test.c - however bodies come side by side, each has its own MD5; and long CRCs are as the short ones'. */
#include "checksum.h"
#include "crc64_fold.h"
#include "md5_lanes.h"
#include "md5_stream.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST 300000
static uint8_t data[MOST];
static uint32_t seed;

static size_t below(size_t limit)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % limit;
}

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOST; i++)
        data[i] = (uint8_t)below(256);
    return 0;
}

static void expect_md5(size_t len, size_t from, const uint8_t digest[MD5_DIGEST_SIZE])
{
    struct md5_ctx md5;
    uint8_t expected[MD5_DIGEST_SIZE];
    md5_init(&md5);
    md5_update(&md5, len, data + from);
    md5_digest(&md5, sizeof expected, expected);
    assert_memory_equal(digest, expected, sizeof expected);
}

static void lanes_of_different_lengths_keep_apart(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct md5_ctx md5s[MD5_LANES];
        Md5Lane lanes[MD5_LANES];
        size_t count = 1 + below(MD5_LANES);
        for (size_t i = 0; i < count; i++) {
            md5_init(&md5s[i]);
            lanes[i] = (Md5Lane){&md5s[i], data + i, below(40)};
        }
        md5_lanes_update(lanes, count);
        for (size_t i = 0; i < count; i++) {
            uint8_t digest[MD5_DIGEST_SIZE];
            md5_digest(&md5s[i], sizeof digest, digest);
            expect_md5(lanes[i].blocks * MD5_BLOCK_SIZE, i, digest);
        }
    }
}

typedef struct Body {
    Md5Stream md5;
    size_t from, len, sent;
} Body;

static void begin(Body *body, Md5Crowd *crowd)
{
    *body = (Body){.from = below(100), .len = below(MOST - 100)};
    md5_stream_begin(&body->md5, crowd);
}

/* Some of it; at its end another begins, or it goes before. */
static void go_on(Body *body, Md5Crowd *crowd)
{
    uint8_t digest[MD5_DIGEST_SIZE];
    size_t len = below(below(2) ? 70000 : 200), left = body->len - body->sent;
    len = len < left ? len : left;
    md5_stream_add(&body->md5, (Bytes){(const char *)data + body->from + body->sent, len});
    body->sent += len;
    if (body->sent < body->len && below(50))
        return;
    if (body->sent == body->len) {
        md5_stream_end(&body->md5, digest);
        expect_md5(body->len, body->from, digest);
    }
    md5_stream_done(&body->md5);
    begin(body, crowd);
}

static void bodies_side_by_side_keep_apart(void **state)
{
    static const size_t counts[] = {1, 2, 3, 16, 17, 100};
    (void)state;
    for (size_t at = 0; at < sizeof counts / sizeof *counts; at++) {
        Md5Crowd crowd = {0};
        Body *bodies = calloc(counts[at], sizeof *bodies);
        assert_non_null(bodies);
        for (size_t i = 0; i < counts[at]; i++)
            begin(&bodies[i], &crowd);
        for (int round = 0; round < 2000; round++)
            go_on(&bodies[below(counts[at])], &crowd);
        for (size_t i = 0; i < counts[at]; i++)
            md5_stream_done(&bodies[i].md5);
        assert_int_equal(crowd.count, 0);
        assert_null(crowd.first);
        free(bodies);
    }
}

/* Bytes that are summed one by one go by the tables. */
static void a_long_crc_is_that_of_its_bytes(void **state)
{
    (void)state;
    for (int round = 0; round < 500; round++) {
        size_t len = below(1000), from = below(100);
        uint64_t before = (uint64_t)below(1 << 20) << 40 | below(1 << 20), sum = before;
        for (size_t i = 0; i < len; i++)
            sum = crc64nvme(sum, data + from + i, 1);
        assert_int_equal(crc64nvme(before, data + from, len), sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_of_different_lengths_keep_apart),
        cmocka_unit_test(bodies_side_by_side_keep_apart),
        cmocka_unit_test(a_long_crc_is_that_of_its_bytes),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
