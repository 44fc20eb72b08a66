/* bytes_index_test.c - places found among many, and what making an index costs its budget. */
#include "budget.h"
#include "bytes_index.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Item {
    Bytes key;
    int other;
} Item;

static Item *items_new(Arena *arena, size_t count)
{
    Item *items = arena_new_array(arena, Item, count);
    for (size_t i = 0; i < count; i++)
        items[i].key = arena_text(arena, "%zu", i);
    return items;
}

static void each_is_found_in_short_and_long_arrays(void **state)
{
    (void)state;
    size_t counts[] = {0, 1, 16, 17, 1000};
    Arena *arena = arena_new();
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        Item *items = items_new(arena, counts[c]);
        BytesIndex index = bytes_index_of(arena, items, counts[c], sizeof *items);
        for (size_t i = 0; i < counts[c]; i++)
            assert_int_equal(bytes_index_find(&index, items[i].key), i);
        assert_int_equal(bytes_index_find(&index, TEXT("none")), -1);
        assert_int_equal(bytes_find_double(arena, items, counts[c], sizeof *items), -1);
    }
    arena_free(arena);
}

static void the_first_double_is_told(void **state)
{
    (void)state;
    size_t counts[] = {10, 1000};
    Arena *arena = arena_new();
    for (size_t c = 0; c < 2; c++) {
        Item *items = items_new(arena, counts[c]);
        items[7].key = items[3].key;
        items[9].key = items[0].key;
        assert_int_equal(bytes_find_double(arena, items, counts[c], sizeof *items), 7);
    }
    arena_free(arena);
}

static void a_hash_depends_on_its_seed_and_all_bytes(void **state)
{
    (void)state;
    /* It lies in files (which version of a Glue schema has this text): these may not change. */
    assert_true(bytes_hash(TEXT(""), 7) == UINT64_C(0x0fbb09f08c446547));
    assert_true(bytes_hash(TEXT("abc"), 7) == UINT64_C(0x31af13d0b283fc43));
    assert_true(bytes_hash(TEXT("abcdefg"), 7) == UINT64_C(0x64902ff0ddcce30a));
    assert_true(bytes_hash(TEXT("a key of many bytes"), 7) == UINT64_C(0xbd5fc8301c89503c));
    assert_true(bytes_hash(TEXT("a key of many bytes"), 7) == bytes_hash(TEXT("a key of many bytes"), 7));
    assert_true(bytes_hash(TEXT("a key of many bytes"), 7) != bytes_hash(TEXT("a key of many bytes"), 8));
    assert_true(bytes_hash(TEXT("a key of many bytes"), 7) != bytes_hash(TEXT("A key of many bytes"), 7));
    assert_true(bytes_hash(TEXT("a"), 7) != bytes_hash(TEXT("a\0"), 7));
}

static jmp_buf over_begin;
static void over(void *context, BudgetKind kind) __attribute__((noreturn));
static void over(void *context, BudgetKind kind)
{
    *(BudgetKind *)context = kind;
    longjmp(over_begin, 1);
}

static void an_index_is_charged_to_the_budget(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    Item *items = items_new(arena, 1000);
    BudgetKind kind = 0;
    Budget budget = {.work_steps = 1500, .over = over, .context = &kind};
    budget_set(arena, &budget);
    (void)bytes_index_of(arena, items, 1000, sizeof *items);
    assert_int_equal(budget_spent(arena), 1000);
    if (!setjmp(over_begin))
        (void)bytes_index_of(arena, items, 1000, sizeof *items);
    assert_int_equal(kind, BUDGET_WORK);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_found_in_short_and_long_arrays),
        cmocka_unit_test(the_first_double_is_told),
        cmocka_unit_test(a_hash_depends_on_its_seed_and_all_bytes),
        cmocka_unit_test(an_index_is_charged_to_the_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
