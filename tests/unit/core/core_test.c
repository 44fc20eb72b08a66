/* core_test.c - the ground under every layer. */
#include "arena.h"
#include "base64.h"
#include "buffer.h"
#include "map.h"
#include "random.h"
#include "scheduler.h"
#include "uuid.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void base64_vectorised_equals_portable_for_every_length(void **state)
{
    (void)state;
    Random *random = random_new_seeded(7);
    unsigned char data[400];
    char fast[600], slow[600], back[600];
    for (size_t len = 0; len <= sizeof data; len++) {
        random_fill(random, data, len);
        Bytes in = {(char *)data, len};
        size_t written = base64_encode(fast, in);
        assert_int_equal(written, base64_encode_portable(slow, in));
        assert_int_equal(written, base64_encoded_len(len));
        assert_memory_equal(fast, slow, written);
        assert_int_equal(base64_decode(back, (Bytes){fast, written}), len);
        assert_memory_equal(back, data, len);
    }
    random_free(random);
}

static void base64_refuses_a_bad_character_anywhere(void **state)
{
    (void)state;
    unsigned char data[150] = {0};
    char text[200], out[200];
    size_t len = base64_encode(text, (Bytes){(char *)data, sizeof data});
    static const char bad[] = {'-', '_', ' ', '\n', '\0', '=', '\x80', '\xff'};
    for (size_t at = 0; at < len; at++)
        for (size_t i = 0; i < sizeof bad; i++) {
            if (at >= len - 1 && bad[i] == '=')
                continue;
            char good = text[at];
            text[at] = bad[i];
            assert_int_equal(base64_decode(out, (Bytes){text, len}), -1);
            text[at] = good;
        }
}

static void base64_refuses_what_is_not_canonical(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(base64_decode(out, TEXT("QQ")), -1);
    assert_int_equal(base64_decode(out, TEXT("QR==")), -1);
    assert_int_equal(base64_decode(out, TEXT("QUF=")), -1);
    assert_int_equal(base64_decode(out, TEXT("=QQ=")), -1);
    assert_int_equal(base64_decode(out, TEXT("QQ==")), 1);
    assert_int_equal(base64_decode(out, TEXT("")), 0);
}

static void a_map_finds_what_was_put_and_not_what_was_removed(void **state)
{
    (void)state;
    Map *map = map_new();
    char key[16];
    static int values[2000];
    for (int i = 0; i < 2000; i++) {
        int len = snprintf(key, sizeof key, "key-%d", i);
        assert_null(map_put(map, (Bytes){key, (size_t)len}, &values[i]));
    }
    for (int i = 0; i < 2000; i += 3) {
        int len = snprintf(key, sizeof key, "key-%d", i);
        assert_ptr_equal(map_remove(map, (Bytes){key, (size_t)len}), &values[i]);
    }
    for (int i = 0; i < 2000; i++) {
        int len = snprintf(key, sizeof key, "key-%d", i);
        assert_ptr_equal(map_get(map, (Bytes){key, (size_t)len}), i % 3 ? &values[i] : NULL);
    }
    size_t seen = 0;
    Bytes at_key;
    void *value;
    for (size_t at = 0; map_next(map, &at, &at_key, &value);)
        seen++;
    assert_int_equal(seen, map_count(map));
    map_free(map);
}

typedef struct Trace {
    Scheduler *scheduler;
    char text[32];
} Trace;

static void add_a(void *context, int64_t now_ms)
{
    (void)now_ms;
    strcat(((Trace *)context)->text, "a");
}

static void add_b_then_a(void *context, int64_t now_ms)
{
    Trace *trace = context;
    strcat(trace->text, "b");
    scheduler_at(trace->scheduler, now_ms, add_a, trace);
}

static void count_down(void *count)
{
    --*(int *)count;
}

static void an_arena_that_is_rewound_gives_back_what_was_taken_since(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    int handles = 0;
    const char *before = arena_cstr(arena, TEXT("before"));
    arena_defer(arena, count_down, (handles++, &handles));
    size_t used = arena_used(arena), held = arena_held(arena);
    for (int round = 0; round < 100; round++) {
        ArenaMark mark = arena_mark(arena);
        map_put(map_new_in(arena), TEXT("key"), &handles);
        arena_defer(arena, count_down, (handles++, &handles));
        for (int i = 0; i < 10; i++)
            arena_take(arena, 10000);
        arena_rewind(arena, mark);
        assert_int_equal(handles, 1);
        assert_int_equal(arena_used(arena), used);
        assert_int_equal(arena_held(arena), held);
    }
    assert_string_equal(before, "before");
    arena_free(arena);
    assert_int_equal(handles, 0);
}

static void timers_run_in_order_on_the_emulators_clock(void **state)
{
    (void)state;
    Clock *clock = clock_new();
    Trace trace = {scheduler_new(clock), ""};
    clock_freeze(clock);
    clock_set_ms(clock, 1000);
    scheduler_at(trace.scheduler, 3000, add_a, &trace);
    scheduler_at(trace.scheduler, 2000, add_b_then_a, &trace);
    Timer *never = scheduler_at(trace.scheduler, 2500, add_a, &trace);
    scheduler_cancel(trace.scheduler, never);
    assert_int_equal(scheduler_run(trace.scheduler), 0);
    assert_int_equal(scheduler_wait_ms(trace.scheduler), -1);
    clock_advance_ms(clock, 7 * 24 * 3600 * 1000);
    assert_int_equal(scheduler_wait_ms(trace.scheduler), 0);
    assert_int_equal(scheduler_run(trace.scheduler), 3);
    assert_string_equal(trace.text, "baa");
    scheduler_free(trace.scheduler);
    clock_free(clock);
}

static void a_frozen_clock_stands_and_resumes_from_where_it_stood(void **state)
{
    (void)state;
    Clock *clock = clock_new();
    clock_freeze(clock);
    clock_set_ms(clock, 5000);
    assert_int_equal(clock_now_ms(clock), 5000);
    clock_resume(clock);
    assert_in_range(clock_now_ms(clock), 5000, 6000);
    clock_free(clock);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    int64_t value = 42;
    assert_true(bytes_to_int64(TEXT("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_false(bytes_to_int64(TEXT("9223372036854775808"), &value));
    assert_false(bytes_to_int64(TEXT("12a"), &value));
    assert_false(bytes_to_int64(TEXT(""), &value));
    assert_false(bytes_to_int64(TEXT("-"), &value));
    static const char *const no_numbers[] = {"",     "-",  ".",  "e5",  "1e",  "0x10",
                                             "0X10", " 1", "1 ", "inf", "nan", "1e999"};
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++)
        assert_false(bytes_to_double(bytes_of(no_numbers[i]), &(double){0}));
    double number;
    assert_true(bytes_to_double(TEXT("-12.5e1"), &number));
    assert_true(number == -125);
    assert_true(value == INT64_MIN);
}

static void utf8_is_judged_as_unicode_says(void **state)
{
    (void)state;
    assert_true(bytes_is_utf8(TEXT("plain, long enough for a word; \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80")));
    assert_false(bytes_is_utf8(TEXT("\xc0\x80")));
    assert_false(bytes_is_utf8(TEXT("\xed\xa0\x80")));
    assert_false(bytes_is_utf8(TEXT("\xf4\x90\x80\x80")));
    assert_false(bytes_is_utf8(TEXT("cut \xe2\x82")));
    assert_int_equal(bytes_utf8_length(TEXT("a\xc3\xa9\xf0\x9f\x98\x80")), 3);
}

static void a_utf8_prefix_cuts_no_character(void **state)
{
    (void)state;
    Bytes text = TEXT("a\xc3\xa9\xf0\x9f\x98\x80");
    static const size_t expected[] = {0, 1, 1, 3, 3, 3, 3, 7, 7};
    for (size_t most = 0; most < sizeof expected / sizeof *expected; most++)
        assert_int_equal(bytes_utf8_prefix(text, most).len, expected[most]);
}

static void cutting_ends_with_an_absent_rest(void **state)
{
    (void)state;
    Bytes rest = TEXT("a//b");
    assert_true(bytes_is(bytes_cut(&rest, '/'), "a"));
    assert_true(bytes_is(bytes_cut(&rest, '/'), ""));
    assert_true(present(rest));
    assert_true(bytes_is(bytes_cut(&rest, '/'), "b"));
    assert_false(present(rest));
}

static void an_arena_gives_zeroed_memory_of_any_size(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    for (size_t size = 0; size < 300000; size = size * 2 + 7) {
        char *memory = arena_take(arena, size);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, size);
    }
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    assert_int_equal(*(char *)arena_take(arena, 1), 0);
    assert_true(bytes_is(arena_text(arena, "%s-%d", "x", 5), "x-5"));
    assert_false(present(arena_copy(arena, (Bytes){0})));
    assert_true(present(arena_copy(arena, TEXT(""))));
    arena_free(arena);
}

static void what_is_large_can_be_given_back(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    char *small = arena_take(arena, 1000), *pieces[3];
    size_t before = arena_held(arena);
    for (size_t i = 0; i < 3; i++)
        pieces[i] = memset(arena_take(arena, 300000), (int)i, 300000);
    assert_ptr_equal((char *)arena_take_raw(arena, 10), small + 1000); /* the block at hand is still used */
    arena_give_back(arena, pieces[1]);
    arena_give_back(arena, small); /* nothing happens */
    assert_true(arena_held(arena) - before < 610000);
    assert_int_equal(pieces[0][299999], 0);
    assert_int_equal(pieces[2][299999], 2);
    ArenaMark mark = arena_mark(arena);
    size_t marked = arena_held(arena);
    arena_take(arena, 400000);
    arena_rewind(arena, mark);
    assert_int_equal(arena_held(arena), marked);
    arena_reset(arena);
    assert_true(arena_held(arena) <= before);
    arena_free(arena);
}

static void a_piece_grows_keeps_its_bytes_and_counts_once(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    size_t size = 100, before = arena_held(arena);
    unsigned char *piece = memset(arena_take_raw(arena, size), 7, size);
    while (size < 40u * 1024 * 1024) { /* through all kinds of blocks */
        unsigned char *other = arena_take(arena, 70000);
        piece = arena_grown(arena, piece, size, size * 3);
        assert_int_equal(piece[0], 7);
        assert_int_equal(piece[size - 1], 7);
        memset(piece + size, 7, size * 2);
        assert_int_equal(other[69999], 0);
        size *= 3;
    }
    assert_true(arena_held(arena) < size + 14 * 71000 + 700000);
    arena_reset(arena);
    assert_true(arena_held(arena) <= before);
    arena_free(arena);
}

static void a_seed_gives_the_same_ids(void **state)
{
    (void)state;
    Random *one = random_new_seeded(1), *other = random_new_seeded(1);
    char first[UUID_TEXT_LEN], second[UUID_TEXT_LEN];
    uuid_write(one, first);
    uuid_write(other, second);
    assert_memory_equal(first, second, UUID_TEXT_LEN);
    assert_true(uuid_is((Bytes){first, UUID_TEXT_LEN}));
    assert_int_equal(first[14], '4');
    random_free(one);
    random_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_vectorised_equals_portable_for_every_length),
        cmocka_unit_test(base64_refuses_a_bad_character_anywhere),
        cmocka_unit_test(base64_refuses_what_is_not_canonical),
        cmocka_unit_test(a_map_finds_what_was_put_and_not_what_was_removed),
        cmocka_unit_test(an_arena_that_is_rewound_gives_back_what_was_taken_since),
        cmocka_unit_test(timers_run_in_order_on_the_emulators_clock),
        cmocka_unit_test(a_frozen_clock_stands_and_resumes_from_where_it_stood),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(utf8_is_judged_as_unicode_says),
        cmocka_unit_test(a_utf8_prefix_cuts_no_character),
        cmocka_unit_test(cutting_ends_with_an_absent_rest),
        cmocka_unit_test(an_arena_gives_zeroed_memory_of_any_size),
        cmocka_unit_test(what_is_large_can_be_given_back),
        cmocka_unit_test(a_piece_grows_keeps_its_bytes_and_counts_once),
        cmocka_unit_test(a_seed_gives_the_same_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
