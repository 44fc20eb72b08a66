/* key_test.c - keys as bytes: in the order of DynamoDB, none the beginning of another, bounds that hold what they say.
 */
#include "key.h"
#include "random.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* cmocka's: call.h has its own */

static Value text(const char *characters, size_t len)
{
    return (Value){.kind = VALUE_S, .s = {characters, len}};
}

/* Few letters, many zeros: what the escaping is for. */
static Value random_text(Arena *arena, Random *random)
{
    static const char letters[] = {0, 0, 1, 'a', (char)0xff};
    size_t len = random_below(random, 6);
    char *out = arena_take_raw(arena, len + 1);
    for (size_t i = 0; i < len; i++)
        out[i] = letters[random_below(random, sizeof letters)];
    return text(out, len);
}

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

static void keys_sort_as_their_values(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Random *random = random_new_seeded(7);
    for (int i = 0; i < 20000; i++) {
        Value a = random_text(arena, random), b = random_text(arena, random);
        Bytes key_a = key_value(arena, &a), key_b = key_value(arena, &b);
        int order = sign(bytes_compare(a.s, b.s));
        assert_int_equal(sign(bytes_compare(key_a, key_b)), order);
        if (order)
            assert_false(bytes_starts_with(key_a, key_b));
        /* Whatever stands behind a value in an index still belongs to it. */
        assert_true(bytes_compare(key_behind(arena, key_a), key_above(arena, key_a)) < 0);
        if (order < 0)
            assert_true(bytes_compare(key_above(arena, key_a), key_b) <= 0);
        arena_reset(arena);
    }
    random_free(random);
    arena_free(arena);
}

static void a_prefix_bounds_all_that_begin_so(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Random *random = random_new_seeded(8);
    for (int i = 0; i < 20000; i++) {
        Value prefix = random_text(arena, random), value = random_text(arena, random);
        Bytes from = key_prefix(arena, &prefix), to = key_above(arena, from), key = key_value(arena, &value);
        bool is_inside = bytes_compare(key, from) >= 0 && bytes_compare(key, to) < 0;
        assert_int_equal(is_inside, bytes_starts_with(value.s, prefix.s));
        arena_reset(arena);
    }
    random_free(random);
    arena_free(arena);
}

static void segments_hold_each_hash_once(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Random *random = random_new_seeded(9);
    for (int i = 0; i < 2000; i++) {
        int64_t parts = 1 + (int64_t)random_below(random, 20), found = 0;
        Value value = random_text(arena, random);
        Bytes hash = key_hash(arena, &value);
        for (int64_t part = 0; part < parts; part++)
            found += bytes_compare(hash, key_segment(arena, part, parts)) >= 0 &&
                     bytes_compare(hash, key_segment(arena, part + 1, parts)) < 0;
        assert_int_equal(found, 1);
        arena_reset(arena);
    }
    random_free(random);
    arena_free(arena);
}

/* It lies in files: a change of it would lose every item. */
static void the_spreading_never_changes(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Value value = text("customer-1", 10);
    Bytes hash = key_hash(arena, &value);
    static const unsigned char expected[] = {0x3c, 0xa2, 0x94, 0x44};
    assert_int_equal(hash.len, KEY_BUCKET_BYTES + 1 + 10 + 2);
    assert_memory_equal(hash.ptr, expected, KEY_BUCKET_BYTES);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_sort_as_their_values),
        cmocka_unit_test(a_prefix_bounds_all_that_begin_so),
        cmocka_unit_test(segments_hold_each_hash_once),
        cmocka_unit_test(the_spreading_never_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
