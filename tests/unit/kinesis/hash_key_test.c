/* hash_key_test.c - 128-bit hash keys: decimal both ways, MD5, and equal parts without gap. */
#include "hash_key.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAX_TEXT "340282366920938463463374607431768211455"

static void decimal_is_read_up_to_the_last_key(void **state)
{
    (void)state;
    HashKey key;
    Arena *arena = arena_new();
    assert_true(hash_key_parse(TEXT(MAX_TEXT), &key));
    assert_true(key == HASH_KEY_MAX);
    assert_true(bytes_is(hash_key_text(arena, key), MAX_TEXT));
    assert_true(hash_key_parse(TEXT("0"), &key));
    assert_true(key == 0 && bytes_is(hash_key_text(arena, key), "0"));
    static const char *const wrong[] = {"",
                                        "-1",
                                        "1a",
                                        "340282366920938463463374607431768211456",
                                        "999999999999999999999999999999999999999",
                                        "1000000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(hash_key_parse(bytes_of(wrong[i]), &key));
    arena_free(arena);
}

static void a_partition_key_is_hashed_by_md5(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    /* md5("a") is 0cc175b9c0f1b6a831c399e269772661 */
    assert_true(bytes_is(hash_key_text(arena, hash_key_of(TEXT("a"))), "16955237001963240173058271559858726497"));
    arena_free(arena);
}

static void bytes_of_keys_sort_as_keys(void **state)
{
    (void)state;
    char low[HASH_KEY_BYTES], high[HASH_KEY_BYTES];
    hash_key_write(low, 255);
    hash_key_write(high, (HashKey)1 << 64);
    assert_true(memcmp(low, high, HASH_KEY_BYTES) < 0);
    assert_true(hash_key_read((Bytes){high, sizeof high}) == (HashKey)1 << 64);
}

static void parts_begin_at_multiples_of_the_floor(void **state)
{
    (void)state;
    assert_true(hash_key_part(0, 1) == 0);
    assert_true(hash_key_part(1, 2) == (HashKey)1 << 127);
    assert_true(hash_key_part(1, 3) == HASH_KEY_MAX / 3);
    assert_true(hash_key_part(255, 256) == (HashKey)255 << 120);
    for (uint32_t parts = 2; parts < 300; parts++)
        for (uint32_t i = 1; i < parts; i++)
            assert_true(hash_key_part(i, parts) > hash_key_part(i - 1, parts));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimal_is_read_up_to_the_last_key),
        cmocka_unit_test(a_partition_key_is_hashed_by_md5),
        cmocka_unit_test(bytes_of_keys_sort_as_keys),
        cmocka_unit_test(parts_begin_at_multiples_of_the_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
