/* picture_axes.c - what values and times lie at which pixels, and the numbers beside them. */
#include "picture.h"
#include <math.h>
#include <stdio.h>
#include <time.h>

#define TICK_ROOM  40.0 /* pixels from one number of an axis to the next, at least */
#define CLOCK_ROOM 70.0 /* … from one time to the next */
#define SECOND_MS  INT64_C(1000)
#define MINUTE_MS  (60 * SECOND_MS)
#define HOUR_MS    (60 * MINUTE_MS)
#define DAY_MS     (24 * HOUR_MS)

double round_step(double least)
{
    double power = pow(10, floor(log10(least))), part = least / power;
    return (part <= 1.0000001 ? 1 : part <= 2.0000001 ? 2 : part <= 5.0000001 ? 5 : 10) * power;
}

Ticks ticks_over(double least, double most, int wanted)
{
    if (least == most) {
        double around = least != 0 ? fabs(least) / 2 : 0.5;
        most += around;
        least = least == 0 ? 0 : least - around;
    }
    double step = round_step((most - least) / (wanted > 1 ? wanted : 1));
    double from = floor(least / step + 1e-9) * step, to = ceil(most / step - 1e-9) * step;
    return (Ticks){from, to, from, step};
}

/* How many decimals keep two numbers apart that are a step from each other. */
static int decimals_of(double step)
{
    int decimals = 0;
    while (decimals < 9 && fabs(step - round(step)) > 1e-6 * step) {
        step *= 10;
        decimals++;
    }
    return decimals;
}

Bytes picture_number(Arena *arena, double value, double step)
{
    static const struct {
        double from;
        const char *name;
    } powers[] = {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {0, ""}};
    size_t at = 0;
    while (powers[at].from > 0 && fabs(value) < powers[at].from * 0.9999999)
        at++;
    double scale = powers[at].from > 0 ? powers[at].from : 1, scaled = value / scale;
    if (value == 0)
        return TEXT("0");
    if (fabs(value) >= 1e18 || fabs(value) < 1e-6)
        return arena_text(arena, "%.3g", value);
    if (step <= 0) {
        int whole = (int)floor(log10(fabs(scaled))) + 1;
        step = pow(10, (double)whole - 3) < 1 ? pow(10, (double)whole - 3) : 1;
        scaled = round(scaled / step) * step;
        while (step < 0.5 && fabs(scaled / (step * 10) - round(scaled / (step * 10))) < 1e-6)
            step *= 10;
        return arena_text(arena, "%.*f%s", decimals_of(step), scaled, powers[at].name);
    }
    return arena_text(arena, "%.*f%s", decimals_of(step / scale), scaled, powers[at].name);
}

Bytes unit_text(const WidgetLines *lines, int side)
{
    Bytes unit = {0};
    for (size_t i = 0; i < lines->len; i++) {
        const WidgetLine *line = &lines->items[i];
        if (line->is_right != (side == 1) || !present(line->series->unit))
            continue;
        if (present(unit) && !bytes_equal(unit, line->series->unit))
            return TEXT("Various units");
        unit = line->series->unit;
    }
    return !present(unit) ? TEXT("") : bytes_is(unit, "None") ? TEXT("No unit") : unit;
}

/* -- values ----------------------------------------------------------------------------------------------------------
 */

typedef struct Span {
    double least, most; /* nothing: least > most */
} Span;

static void widen(Span *span, double value)
{
    span->least = fmin(span->least, value);
    span->most = fmax(span->most, value);
}

static void span_lines(const Picture *picture, int side, Span *span)
{
    for (size_t i = 0; i < picture->lines->len; i++) {
        const WidgetLine *line = &picture->lines->items[i];
        for (size_t j = 0; line->is_right == (side == 1) && j < line->series->len; j++)
            widen(span, line->series->values[j]);
    }
}

static void span_stack(const Picture *picture, int side, Span *span)
{
    Stack stack;
    stack_up(picture, side, &stack);
    if (stack.len)
        widen(span, 0);
    for (size_t i = 0; i < picture->lines->len; i++)
        for (size_t j = 0; stack.sums[i] && j < stack.len; j++)
            widen(span, stack.sums[i][j]);
}

static Ticks axis_of(const Picture *picture, int side, double height)
{
    const WidgetAxis *set = &picture->widget->axes[side];
    Span span = {INFINITY, -INFINITY};
    if (picture->widget->is_stacked)
        span_stack(picture, side, &span);
    else
        span_lines(picture, side, &span);
    for (size_t i = 0; i < picture->widget->notes_count; i++) {
        const WidgetNote *note = &picture->widget->notes[i];
        if (!note->is_vertical && note->is_right == (side == 1)) {
            widen(&span, note->from);
            widen(&span, note->has_to ? note->to : note->from);
        }
    }
    if (span.least > span.most)
        span = (Span){0, 1};
    span.least = set->has_least ? set->least : span.least;
    span.most = set->has_most ? set->most : fmax(span.most, span.least);
    span.least = fmin(span.least, span.most);
    int wanted = (int)fmin(fmax(height / TICK_ROOM, 1), 6);
    Ticks ticks = ticks_over(span.least, span.most, wanted);
    if (set->has_least) {
        ticks.from = set->least;
        ticks.first = ceil(set->least / ticks.step - 1e-9) * ticks.step;
    }
    ticks.to = set->has_most ? set->most : ticks.to;
    return ticks;
}

double picture_y(const Picture *picture, int side, double value)
{
    const Ticks *axis = &picture->axes[side];
    const Box *plot = &picture->plot;
    return plot->bottom - (value - axis->from) / (axis->to - axis->from) * (plot->bottom - plot->top);
}

/* What adding up the steps leaves of zero is zero. */
Bytes tick_text(Arena *arena, const Ticks *axis, double tick)
{
    return picture_number(arena, fabs(tick) < axis->step * 1e-6 ? 0 : tick, axis->step);
}

static double numbers_width(const Picture *picture, const Ticks *axis)
{
    double width = 0;
    EACH_TICK(tick, axis) width = fmax(width, text_width(tick_text(picture->arena, axis, tick), TEXT_SIZE));
    return width;
}

static void draw_values(Picture *picture, int side, bool has_grid)
{
    const Ticks *axis = &picture->axes[side];
    const Box *plot = &picture->plot;
    TextStyle style = text_style(TEXT_SIZE, side ? TEXT_BEGINS : TEXT_ENDS, picture->faint);
    EACH_TICK(tick, axis)
    {
        double y = picture_y(picture, side, tick), line = fmin(floor(y), plot->bottom - 1);
        if (has_grid)
            canvas_box(picture->canvas, (Box){plot->left, line, plot->right, line + 1}, picture->grid);
        canvas_text(picture->canvas, (Point){side ? plot->right + 6 : plot->left - 6, y + TEXT_SIZE * 0.36},
                    tick_text(picture->arena, axis, tick), &style);
    }
    const WidgetAxis *set = &picture->widget->axes[side];
    Bytes name = present(set->label) ? set->label : set->hides_units ? TEXT("") : unit_text(picture->lines, side);
    style.side = side ? TEXT_ENDS : TEXT_BEGINS;
    double x = side ? picture->room.right - 10 : picture->room.left + 10;
    name = text_fitted(picture->arena, name, TEXT_SIZE, picture->widget->width / 2.0 - 20);
    canvas_text(picture->canvas, (Point){x, plot->top - 10}, name, &style);
}

/* -- times -----------------------------------------------------------------------------------------------------------
 */

double picture_x(const Picture *picture, double time_ms)
{
    const Widget *widget = picture->widget;
    double share = (time_ms - (double)widget->start_ms) / (double)(widget->end_ms - widget->start_ms);
    return picture->plot.left + share * (picture->plot.right - picture->plot.left);
}

static int64_t time_step(const Picture *picture)
{
    static const int64_t steps[] = {SECOND_MS,     5 * SECOND_MS, 10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS,
                                    2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS,
                                    HOUR_MS,       2 * HOUR_MS,   3 * HOUR_MS,    6 * HOUR_MS,    12 * HOUR_MS,
                                    DAY_MS,        2 * DAY_MS,    7 * DAY_MS,     14 * DAY_MS,    28 * DAY_MS};
    double width = picture->plot.right - picture->plot.left;
    int64_t span_ms = picture->widget->end_ms - picture->widget->start_ms, step_ms;
    double most = fmax(floor(width / CLOCK_ROOM), 1);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if ((double)span_ms / (double)steps[i] <= most)
            return steps[i];
    step_ms = (int64_t)((double)span_ms / most / (double)(28 * DAY_MS) + 1) * 28 * DAY_MS;
    return step_ms;
}

/* Midnight is told as its day. */
static Bytes clock_text(Arena *arena, int64_t local_ms, int64_t step_ms)
{
    time_t seconds = (time_t)(local_ms / 1000);
    struct tm parts = {0};
    (void)gmtime_r(&seconds, &parts);
    if (local_ms % DAY_MS == 0)
        return arena_text(arena, "%02d/%02d", parts.tm_mon + 1, parts.tm_mday);
    if (step_ms < MINUTE_MS)
        return arena_text(arena, "%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
    return arena_text(arena, "%02d:%02d", parts.tm_hour, parts.tm_min);
}

static void draw_times(Picture *picture)
{
    const Widget *widget = picture->widget;
    const Box *plot = &picture->plot;
    TextStyle style = text_style(TEXT_SIZE, TEXT_CENTRED, picture->faint);
    int64_t step_ms = time_step(picture), local_ms = widget->start_ms + widget->zone_ms;
    for (int64_t at_ms = (local_ms + step_ms - 1) / step_ms * step_ms; at_ms <= widget->end_ms + widget->zone_ms;
         at_ms += step_ms) {
        double x = floor(picture_x(picture, (double)(at_ms - widget->zone_ms)));
        Bytes text = clock_text(picture->arena, at_ms, step_ms);
        double half = text_width(text, TEXT_SIZE) / 2;
        canvas_box(picture->canvas, (Box){x, plot->bottom, x + 1, plot->bottom + 4}, picture->faint);
        if (x + half <= widget->width && x - half >= 0)
            canvas_text(picture->canvas, (Point){x, plot->bottom + 6 + TEXT_SIZE}, text, &style);
    }
}

void picture_axes(Picture *picture, Box room)
{
    const Widget *widget = picture->widget;
    for (size_t i = 0; i < picture->lines->len; i++)
        picture->has_axis[picture->lines->items[i].is_right ? 1 : 0] = true;
    picture->has_axis[0] |= !picture->has_axis[1];
    picture->room = room;
    picture->plot = (Box){room.left + 20, room.top + TEXT_SIZE + 14, room.right - 20, room.bottom - TEXT_SIZE - 16};
    picture->plot.bottom = fmax(picture->plot.bottom, picture->plot.top + 1);
    for (int side = 0; side < 2; side++) {
        if (!picture->has_axis[side])
            continue;
        picture->axes[side] = axis_of(picture, side, picture->plot.bottom - picture->plot.top);
        double width = numbers_width(picture, &picture->axes[side]) + 6;
        picture->plot.left = side ? picture->plot.left : fmax(picture->plot.left, room.left + width + 10);
        picture->plot.right = side ? fmin(picture->plot.right, room.right - width - 10) : picture->plot.right;
    }
    picture->plot.left = fmin(picture->plot.left, widget->width - 1.0);
    picture->plot.right = fmax(picture->plot.right, picture->plot.left + 1);
    for (int side = 0; side < 2; side++)
        if (picture->has_axis[side])
            draw_values(picture, side, side == 0 || !picture->has_axis[0]);
    draw_times(picture);
}
