/* predicate.c - the Expression of GetPartitions: a first byte that chooses the values it is asked of, then the text.
 * What is read is answered alike twice, and what isn't says why. */
#include "catalogue/predicate.h"
#include "budget.h"
#include "fuzz.h"
#include <setjmp.h>

static jmp_buf given_up;

static __attribute__((noreturn)) void give_up(void *context, BudgetKind kind)
{
    (void)context, (void)kind;
    longjmp(given_up, 1);
}

static void run(Arena *arena, Bytes text, size_t choice)
{
    static GlueColumn columns[] = {{.name = TEXT("a"), .type = TEXT("int")},
                                   {.name = TEXT("b"), .type = TEXT("string")},
                                   {.name = TEXT("c"), .type = TEXT("decimal(5,2)")},
                                   {.name = TEXT("d"), .type = TEXT("date")},
                                   {.name = TEXT("e"), .type = TEXT("timestamp")}};
    const Bytes values[][5] = {
        {TEXT("1"), TEXT("x"), TEXT("-1.50"), TEXT("2026-01-02"), TEXT("2026-01-02 03:04:05")},
        {TEXT("__HIVE_DEFAULT_PARTITION__"), TEXT("%'_"), TEXT("0"), TEXT("x"), TEXT("")},
        {TEXT("-"), TEXT(""), TEXT("."), TEXT("__HIVE_DEFAULT_PARTITION__"), TEXT("2026-01-02 03:04:05.6")},
    };
    const GlueColumnList keys = {columns, 5};
    Bytes message;
    const Predicate *predicate = predicate_read(arena, &keys, text, &message);
    EXPECT(predicate ? !present(message) : message.len > 0);
    if (predicate)
        EXPECT(predicate_holds(arena, predicate, values[choice % 3]) ==
               predicate_holds(arena, predicate, values[choice % 3]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Budget budget = {64 << 20, 4000000, 1 << 20, give_up, NULL};
    if (!size)
        return 0;
    Arena *arena = arena_new();
    Bytes text = {arena_cstr(arena, (Bytes){(const char *)data + 1, size - 1}), size - 1};
    if (!setjmp(given_up)) {
        budget_set(arena, &budget);
        run(arena, text, data[0]);
    }
    arena_free(arena);
    return 0;
}
