/* picture_lines.c - curves and stacked areas. What is finer than a pixel is brought to pixels first, so that a
 * picture's work is bounded by its size. */
#include "budget.h"
#include "picture.h"
#include <math.h>
#include <stdlib.h>

#define TRAVEL_MAX 2e6 /* pixels that all curves of a picture are long: some 40 ms */

/* A curve in pixels; begins[i]: it does not go on from the point before. */
typedef struct Curve {
    Point *points;
    bool *begins;
    size_t len;
} Curve;

static double plot_width(const Picture *picture)
{
    return picture->plot.right - picture->plot.left;
}

/* -- curves ------------------------------------------------------------------------------------------------------- */

static bool has_gap(const Series *series, size_t at)
{
    return !at || series->times[at] - series->times[at - 1] > series->period_s * INT64_C(1500);
}

static void add_point(Curve *curve, Point point, bool begins)
{
    curve->points[curve->len] = point;
    curve->begins[curve->len++] = begins;
}

/* Of the points in each column of pixels, where there are many: the first, the lowest and the highest. */
static Curve curve_of(const Picture *picture, const WidgetLine *line)
{
    const Series *series = line->series;
    bool is_dense = (double)series->len > 3 * plot_width(picture);
    Curve curve = {arena_new_array(picture->arena, Point, series->len + 1),
                   arena_new_array(picture->arena, bool, series->len + 1), 0};
    budget_work(picture->arena, series->len + 1);
    for (size_t i = 0, end; i < series->len; i = end) {
        double x = picture_x(picture, (double)series->times[i]);
        size_t low = i, high = i;
        for (end = i + 1;
             is_dense && end < series->len && floor(picture_x(picture, (double)series->times[end])) == floor(x);
             end++) {
            low = series->values[end] < series->values[low] ? end : low;
            high = series->values[end] > series->values[high] ? end : high;
        }
        size_t kept[] = {i, low < high ? low : high, low < high ? high : low};
        for (size_t j = 0; j < 3; j++)
            if (!j || kept[j] != kept[j - 1])
                add_point(&curve,
                          (Point){picture_x(picture, (double)series->times[kept[j]]),
                                  picture_y(picture, line->is_right, series->values[kept[j]])},
                          j == 0 && has_gap(series, i));
    }
    return curve;
}

static double travel_of(const Curve *curve)
{
    double travel = 0;
    for (size_t i = 1; i < curve->len; i++)
        if (!curve->begins[i])
            travel += hypot(curve->points[i].x - curve->points[i - 1].x, curve->points[i].y - curve->points[i - 1].y);
    return travel;
}

/* Two points become one: a curve that goes up and down at every pixel shows its middle. */
static void smooth(Curve *curve)
{
    size_t kept = 0;
    for (size_t i = 0; i < curve->len; i++) {
        Point point = curve->points[i];
        bool begins = curve->begins[i];
        if (i + 1 < curve->len && !curve->begins[i + 1]) {
            i++;
            point = (Point){(point.x + curve->points[i].x) / 2, (point.y + curve->points[i].y) / 2};
        }
        curve->points[kept] = point;
        curve->begins[kept++] = begins;
    }
    curve->len = kept;
}

/* A point that stands alone is a dot. */
static void draw_curve(Picture *picture, Curve *curve, Colour colour)
{
    double share = TRAVEL_MAX / (double)picture->lines->len + plot_width(picture) * 4;
    while (curve->len > 2 && travel_of(curve) > share)
        smooth(curve);
    for (size_t i = 0, end; i < curve->len; i = end) {
        for (end = i + 1; end < curve->len && !curve->begins[end];)
            end++;
        canvas_line(picture->canvas, curve->points + i, end - i, (Pen){colour, end - i == 1 ? 4 : 2, 0});
    }
}

static void draw_lines(Picture *picture)
{
    size_t count = picture->lines->len;
    for (size_t i = 0; i < count; i++) {
        Curve curve = curve_of(picture, &picture->lines->items[i]);
        draw_curve(picture, &curve, picture->lines->items[i].colour);
        arena_give_back(picture->arena, curve.begins);
        arena_give_back(picture->arena, curve.points);
    }
}

/* -- stacks -------------------------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const int64_t *one = a, *other = b;
    return (*one > *other) - (*one < *other);
}

/* The middle of the pixel column that a time lies in, where the series is finer than these. */
static int64_t column_of(const Picture *picture, int64_t time_ms, int64_t wide_ms)
{
    int64_t start_ms = picture->widget->start_ms;
    return wide_ms > 1 ? start_ms + (time_ms - start_ms) / wide_ms * wide_ms : time_ms;
}

static bool is_of_side(const Picture *picture, size_t line, int side)
{
    return picture->lines->items[line].is_right == (side == 1);
}

static void find_times(const Picture *picture, int side, int64_t wide_ms, Stack *stack)
{
    size_t count = 0;
    for (size_t i = 0; i < picture->lines->len; i++)
        count += is_of_side(picture, i, side) ? picture->lines->items[i].series->len : 0;
    stack->times = arena_new_array(picture->arena, int64_t, count + 1);
    budget_work(picture->arena, count * 4 + 1);
    for (size_t i = 0; i < picture->lines->len; i++) {
        const Series *series = picture->lines->items[i].series;
        for (size_t j = 0; is_of_side(picture, i, side) && j < series->len; j++)
            stack->times[stack->len++] = column_of(picture, series->times[j], wide_ms);
    }
    qsort(stack->times, stack->len, sizeof *stack->times, by_time);
    for (size_t i = count = 0; i < stack->len; i++)
        if (!count || stack->times[i] != stack->times[count - 1])
            stack->times[count++] = stack->times[i];
    stack->len = count;
}

/* Of what falls into one column: the mean. */
static void add_line(const Picture *picture, const Series *series, int64_t wide_ms, const Stack *stack, double *sums)
{
    size_t at = 0;
    budget_work(picture->arena, series->len + stack->len);
    for (size_t i = 0, end; i < series->len; i = end) {
        int64_t time_ms = column_of(picture, series->times[i], wide_ms);
        double sum = 0;
        for (end = i; end < series->len && column_of(picture, series->times[end], wide_ms) == time_ms; end++)
            sum += series->values[end];
        while (at + 1 < stack->len && stack->times[at] < time_ms)
            at++;
        sums[at] += sum / (double)(end - i);
    }
}

void stack_up(const Picture *picture, int side, Stack *ret)
{
    double wide = (double)(picture->widget->end_ms - picture->widget->start_ms) / fmax(plot_width(picture), 1);
    const double *below = NULL;
    *ret = (Stack){.sums = arena_new_array(picture->arena, double *, picture->lines->len)};
    find_times(picture, side, (int64_t)wide, ret);
    for (size_t i = 0; i < picture->lines->len; i++) {
        if (!is_of_side(picture, i, side))
            continue;
        double *sums = ret->sums[i] = arena_new_array(picture->arena, double, ret->len);
        if (below)
            memcpy(sums, below, ret->len * sizeof *sums);
        add_line(picture, picture->lines->items[i].series, (int64_t)wide, ret, sums);
        below = sums;
    }
}

static void draw_layer(Picture *picture, int side, const Stack *stack, size_t line, const double *below)
{
    Point *upper = arena_new_array(picture->arena, Point, stack->len);
    Point *lower = arena_new_array(picture->arena, Point, stack->len);
    Colour colour = picture->lines->items[line].colour, area = colour;
    area.opacity = 0.6;
    for (size_t i = 0; i < stack->len; i++) {
        double x = picture_x(picture, (double)stack->times[i]);
        upper[i] = (Point){x, picture_y(picture, side, stack->sums[line][i])};
        lower[i] = (Point){x, picture_y(picture, side, below ? below[i] : 0)};
    }
    canvas_band(picture->canvas, upper, lower, stack->len, area);
    Curve edge = {upper, arena_new_array(picture->arena, bool, stack->len), stack->len};
    draw_curve(picture, &edge, colour);
    arena_give_back(picture->arena, edge.begins);
    arena_give_back(picture->arena, lower);
    arena_give_back(picture->arena, upper);
}

static void draw_stack(Picture *picture, int side)
{
    Stack stack;
    const double *below = NULL;
    stack_up(picture, side, &stack);
    for (size_t i = 0; i < picture->lines->len && stack.len; i++)
        if (stack.sums[i]) {
            draw_layer(picture, side, &stack, i, below);
            below = stack.sums[i];
        }
}

static void draw_axis(Picture *picture)
{
    const Box *plot = &picture->plot;
    canvas_box(picture->canvas, (Box){plot->left, plot->bottom - 1, plot->right, plot->bottom}, picture->faint);
}

/* A curve at 0 is seen before the axis, an area ends behind it. */
void picture_series(Picture *picture)
{
    Box clip = {picture->plot.left - 3, picture->plot.top - 3, picture->plot.right + 3, picture->plot.bottom + 1};
    canvas_clip(picture->canvas, clip);
    if (!picture->widget->is_stacked) {
        draw_axis(picture);
        draw_lines(picture);
    }
    for (int side = 0; side < 2 && picture->widget->is_stacked; side++)
        if (picture->has_axis[side])
            draw_stack(picture, side);
    if (picture->widget->is_stacked)
        draw_axis(picture);
    picture_notes(picture);
    canvas_clip_none(picture->canvas);
}
