/* widget.c - the JSON of a widget, whose metrics are read of no data and drawn. */
#include "widget.h"
#include "budget.h"
#include "fuzz.h"
#include <setjmp.h>

static jmp_buf given_up;

__attribute__((noreturn)) static void give_up(void *context, BudgetKind kind)
{
    (void)context;
    longjmp(given_up, (int)kind);
}

/* As many points as bytes of the text, of values that differ widely. */
static Series *series_of(Arena *arena, const Widget *widget, Bytes text)
{
    Series *series = arena_new_of(arena, Series);
    series->period_s = 60;
    for (size_t i = 0; i < text.len; i++)
        series_add(arena, series, widget->start_ms + (int64_t)i * 60000,
                   text.ptr[i] * (text.ptr[i] > 'x' ? 1e300 : 1e-3));
    return series;
}

static void run(Arena *arena, Bytes text)
{
    Call call = {.arena = arena, .now_ms = 1767225600000};
    Widget widget;
    WidgetLines lines = {arena_new_array(arena, WidgetLine, 200), 0};
    if (!is_ok(widget_read(&call, text, &widget)))
        return;
    for (size_t i = 0; i < widget.queries.len; i++)
        lines.items[lines.len++] =
            (WidgetLine){series_of(arena, &widget, text), text, {0, 0, 0, 1}, widget.rows[i].is_right};
    EXPECT(widget_draw(arena, &widget, &lines).len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Budget budget = {64 << 20, 4000000, 1 << 20, give_up, NULL};
    Arena *arena = arena_new();
    Bytes text = {(const char *)data, size};
    if (!setjmp(given_up)) {
        budget_set(arena, &budget);
        run(arena, text);
    }
    arena_free(arena);
    return 0;
}
