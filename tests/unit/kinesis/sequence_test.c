/* sequence_test.c - sequence numbers: 56 digits that sort by index, and read back as what they were made of. */
#include "sequence.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void a_number_reads_back_as_it_was_made(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    static const uint64_t indexes[] = {0, 1, 2, 1000, UINT64_C(1) << 40, SEQUENCE_INDEX_MAX};
    static const uint32_t shards[] = {0, 1, 15, 16, 17, 4095, 100000};
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        for (size_t j = 0; j < sizeof shards / sizeof *shards; j++) {
            SequenceNumber number;
            SequenceOrigin origin = sequence_origin(1700000000, shards[j]);
            Bytes text = sequence_text(arena, &origin, indexes[i], 1700000123);
            assert_int_equal(text.len, SEQUENCE_DIGITS);
            assert_true(sequence_parse(text, &number));
            assert_true(number.index == indexes[i] && number.shard_index == shards[j]);
            assert_true(number.created_s == 1700000000 && number.arrived_s == 1700000123);
            assert_int_equal(number.version, SEQUENCE_VERSION);
        }
    arena_free(arena);
}

/* aws-test: Lambda Developer Guide, the example event of Kinesis: its shard is shardId-000000000006, its
 * approximateArrivalTimestamp 1545084650.987. */
static void the_layout_is_the_services(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    SequenceNumber number;
    Bytes text = TEXT("49590338271490256608559692538361571095921575989136588898");
    assert_true(sequence_parse(text, &number));
    assert_true(number.version == SEQUENCE_VERSION && number.shard_index == 6);
    assert_true(number.arrived_s == 1545084650 && number.created_s == 1542776258);
    SequenceOrigin origin = sequence_origin(number.created_s, number.shard_index);
    assert_true(bytes_equal(sequence_text(arena, &origin, number.index, number.arrived_s), text));
    arena_free(arena);
}

static void numbers_sort_by_index_and_a_childs_above_its_parents(void **state)
{
    (void)state;
    char before[SEQUENCE_DIGITS], after[SEQUENCE_DIGITS];
    SequenceOrigin parent = sequence_origin(1700000000, 0), child = sequence_origin(1700000001, 1);
    sequence_write(before, &parent, 1, 1700009999);
    sequence_write(after, &parent, 2, 1700000000);
    assert_true(memcmp(before, after, SEQUENCE_DIGITS) < 0);
    sequence_write(before, &parent, SEQUENCE_INDEX_MAX, 1700000000);
    sequence_write(after, &child, 0, 1700000001);
    assert_true(memcmp(before, after, SEQUENCE_DIGITS) < 0);
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    SequenceNumber number;
    static const char *const texts[] = {
        "",
        "x",
        "-1",
        "1x",
        "99999999999999999999999999999999999999999999999999999999999999999999999",
        "49590338271490256608559692538361571095921575989136588899" /* version 3 */,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(sequence_parse(bytes_of(texts[i]), &number));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_reads_back_as_it_was_made),
        cmocka_unit_test(the_layout_is_the_services),
        cmocka_unit_test(numbers_sort_by_index_and_a_childs_above_its_parents),
        cmocka_unit_test(what_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
