/* kept.c - rows that wait for their order. Of more than twice as many as are asked for, the worse half is let go. */
#include "kept.h"
#include "budget.h"
#include <stdlib.h>

#define SPARE 1000

static Arena *bounded(const Budget *budget)
{
    Arena *arena = arena_new();
    if (budget)
        budget_set(arena, budget);
    return arena;
}

static void kept_done(void *kept)
{
    arena_free(((Kept *)kept)->arena);
    arena_free(((Kept *)kept)->leaving);
    free(((Kept *)kept)->rows);
}

Kept *kept_new(Arena *owner, const InsightsQuery *query, const Budget *budget)
{
    Kept *kept = arena_new_of(owner, Kept);
    kept->arena = bounded(budget);
    kept->query = query;
    kept->budget = budget;
    arena_defer(owner, kept_done, kept);
    return kept;
}

/* The keys of sort are worked out once: behind the cells of the symbols. */
static int compare(const Kept *kept, const Row *a, const Row *b)
{
    size_t at = kept->query->symbols_count;
    for (const Item *item = kept->sort->items; item; item = item->next, at++) {
        int order = cell_compare(kept->arena, &a->cells[at], &b->cells[at]);
        if (order)
            return item->descends ? -order : order;
    }
    return 0;
}

static Row *row_keep(const Kept *kept, Arena *arena, const Row *row)
{
    Row *copy = arena_new_of(arena, Row);
    size_t count = kept->query->symbols_count + kept->sort->by_count;
    copy->cells = arena_new_array(arena, Cell, count);
    copy->known = arena_new_array(arena, bool, count);
    copy->time_ms = row->time_ms;
    copy->pointer = arena_copy(arena, row->pointer);
    for (size_t i = 0; i < count; i++) {
        if (i < kept->query->symbols_count && !kept->symbols[i])
            continue;
        copy->cells[i] = cell_copy(arena, &row->cells[i]);
        copy->known[i] = true;
    }
    return copy;
}

/* A merge sort: it is stable, and its steps can be counted. */
static void merge(const Kept *kept, Row **rows, Row **other, size_t count)
{
    size_t half = count / 2, a = 0, b = half;
    if (count < 2)
        return;
    merge(kept, rows, other, half);
    merge(kept, rows + half, other, count - half);
    budget_work(kept->arena, count * 2);
    for (size_t i = 0; i < count; i++)
        other[i] = b == count || (a < half && compare(kept, rows[a], rows[b]) <= 0) ? rows[a++] : rows[b++];
    memcpy(rows, other, count * sizeof(Row *));
}

void kept_sort(Kept *kept)
{
    ArenaMark mark = arena_mark(kept->arena);
    merge(kept, kept->rows, arena_new_array(kept->arena, Row *, kept->count), kept->count);
    arena_rewind(kept->arena, mark);
    if (kept->count > kept->most)
        kept->count = kept->most;
}

static void cut(Kept *kept)
{
    Arena *old = kept->arena;
    kept_sort(kept);
    kept->leaving = old; /* should what follows be too much, both go with the owner */
    kept->arena = bounded(kept->budget);
    for (size_t i = 0; i < kept->count; i++)
        kept->rows[i] = row_keep(kept, kept->arena, kept->rows[i]);
    kept->leaving = arena_free(old);
    kept->is_cut = true;
}

void kept_add(Kept *kept, Context *context)
{
    Row *row = context->row;
    size_t symbols = kept->query->symbols_count, at = symbols;
    Row whole = *row;
    whole.cells = arena_new_array(context->arena, Cell, symbols + kept->sort->by_count);
    for (const Item *item = kept->sort->items; item; item = item->next)
        whole.cells[at++] = context_evaluate(context, item->node);
    for (size_t i = 0; i < symbols; i++)
        whole.cells[i] = kept->symbols[i] ? context_field(context, i) : (Cell){0};
    if (kept->is_cut && kept->count >= kept->most && compare(kept, &whole, kept->rows[kept->most - 1]) >= 0)
        return;
    if (kept->count == kept->capacity) {
        kept->capacity = kept->capacity ? 2 * kept->capacity : 64;
        kept->rows = realloc(kept->rows, kept->capacity * sizeof(Row *));
        if (!kept->rows)
            abort();
    }
    kept->rows[kept->count++] = row_keep(kept, kept->arena, &whole);
    if (kept->most <= INSIGHTS_RESULTS_MAX && kept->count >= 2 * kept->most + SPARE)
        cut(kept);
}
