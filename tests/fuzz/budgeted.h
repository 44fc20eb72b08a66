/* budgeted.h - a reader run as a call runs it: within a budget that may end it anywhere. */
#pragma once
#include "budget.h"
#include <setjmp.h>

static jmp_buf budgeted_back;

__attribute__((noreturn)) static void budgeted_over(void *context, BudgetKind kind)
{
    (void)context, (void)kind;
    longjmp(budgeted_back, 1);
}

static void budgeted(void (*use)(Arena *arena, Bytes input), Bytes input)
{
    Arena *volatile arena = arena_new();
    Budget budget = {64 << 20, 4000000, 1 << 20, budgeted_over, NULL};
    if (!setjmp(budgeted_back)) {
        budget_set(arena, &budget);
        use(arena, input);
    }
    budget_clear(arena);
    arena_free(arena);
}
