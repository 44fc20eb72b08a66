/* budget.h - what one call may use, whatever bytes it sends: memory, work and stack.
 *
 * The arena carries it, since whatever works for a call has that at hand. Where a bound is reached the work is given up
 * as a whole: `over` is called and jumps back to whoever began the call (as PostgreSQL's memory contexts and errors
 * do), so nobody in between has to look. What is in the arena dies with it; a foreign handle that is held meanwhile
 * belongs into arena_defer. An arena without a budget is unbounded: what is ours alone (start, timers) needs none.
 *
 * Who reads or compares input spends: budget_work where a loop over input may take more than some 10^5 steps,
 * budget_descend at the head of each function that calls itself over input. A bound of AWS's own, which has its own
 * error, comes first; the budget is for what no such rule holds. */
#pragma once
#include "arena.h"

typedef enum BudgetKind { BUDGET_MEMORY = 1, BUDGET_WORK, BUDGET_STACK } BudgetKind;

typedef struct Budget {
    size_t memory_bytes; /* what the arena may hold in all; 0: no bound */
    uint64_t work_steps; /* a step is some 20 ns of a release build; 0: no bound */
    size_t stack_bytes;  /* below the frame that set it; 0: no bound */
    void (*over)(void *context, BudgetKind kind) __attribute__((noreturn));
    void *context;
} Budget;

/* From here on; the budget is copied, what was taken before counts too. */
void budget_set(Arena *arena, const Budget *budget);
/* No bounds any more: for telling the client. */
void budget_clear(Arena *arena);

/* So many steps were made, or are about to be. */
void budget_work(Arena *arena, uint64_t steps);
/* One level deeper: the stack is looked at. */
void budget_descend(Arena *arena);
uint64_t budget_spent(const Arena *arena); /* steps since budget_set */
