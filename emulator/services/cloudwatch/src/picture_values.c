/* picture_values.c - views of one value of each line, its newest: numbers, bars, a pie, a gauge. */
#include "picture.h"
#include <math.h>

#define CELL_LEAST 120.0 /* of a number and its name */
#define TURN       (2 * 3.14159265358979323846)
#define ARC_STEPS  64

static bool newest(const WidgetLine *line, double *ret)
{
    if (!line->series->len)
        return false;
    *ret = line->series->values[line->series->len - 1];
    return true;
}

static Bytes value_text(const Picture *picture, const WidgetLine *line)
{
    double value;
    return newest(line, &value) ? picture_number(picture->arena, value, 0) : TEXT("--");
}

static Bytes short_unit(const WidgetLine *line)
{
    static const struct {
        const char *unit, *sign;
    } signs[] = {{"Percent", "%"}, {"Seconds", "s"}, {"Milliseconds", "ms"}, {"Microseconds", "us"}, {"Bytes", "B"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (present(line->series->unit) && bytes_is(line->series->unit, signs[i].unit))
            return bytes_of(signs[i].sign);
    return TEXT("");
}

static void draw_sparkline(Picture *picture, Box cell, const WidgetLine *line)
{
    const Series *series = line->series;
    Ticks span;
    double least = INFINITY, most = -INFINITY;
    size_t step = series->len / 1000 + 1, count = 0;
    Point *points = arena_new_array(picture->arena, Point, series->len / step + 1);
    for (size_t i = 0; i < series->len; i += step) {
        least = fmin(least, series->values[i]);
        most = fmax(most, series->values[i]);
    }
    if (series->len < 2 || cell.bottom <= cell.top)
        return;
    span = ticks_over(least, most, 2);
    picture->plot = cell;
    for (size_t i = 0; i < series->len; i += step) {
        double share = (series->values[i] - span.from) / (span.to - span.from);
        points[count++] =
            (Point){picture_x(picture, (double)series->times[i]), cell.bottom - share * (cell.bottom - cell.top)};
    }
    Colour faint = line->colour;
    faint.opacity = 0.35;
    canvas_line(picture->canvas, points, count, (Pen){faint, 1.5, 0});
}

static void draw_number(Picture *picture, Box cell, const WidgetLine *line)
{
    Bytes number = value_text(picture, line), unit = short_unit(line);
    double wide = cell.right - cell.left - 20, high = cell.bottom - cell.top, middle = (cell.left + cell.right) / 2;
    double size = fmin(fmin(high / 2.5, 64), wide / fmax(text_width(number, 1) + text_width(unit, 0.5), 0.1));
    double whole = text_width(number, size) + text_width(unit, size / 2), y = (cell.top + cell.bottom) / 2 + size * 0.2;
    bool has_sparkline = picture->widget->has_sparkline && picture->widget->view == VIEW_SINGLE_VALUE;
    TextStyle style = text_style(size, TEXT_BEGINS, line->colour);
    y -= has_sparkline ? high / 8 : 0;
    if (has_sparkline)
        draw_sparkline(picture, (Box){cell.left + 10, cell.top + high / 4, cell.right - 10, cell.bottom - high / 4},
                       line);
    canvas_text(picture->canvas, (Point){middle - whole / 2, y}, number, &style);
    style.size = size / 2;
    canvas_text(picture->canvas, (Point){middle - whole / 2 + text_width(number, size), y}, unit, &style);
    style = text_style(TEXT_SIZE, TEXT_CENTRED, picture->ink);
    canvas_text(picture->canvas, (Point){middle, y + TEXT_SIZE * 1.8},
                text_fitted(picture->arena, line->label, TEXT_SIZE, wide), &style);
}

void picture_single_values(Picture *picture, Box room)
{
    size_t count = picture->lines->len ? picture->lines->len : 1;
    size_t columns = (size_t)fmax(floor((room.right - room.left) / CELL_LEAST), 1);
    columns = columns < count ? columns : count;
    size_t rows = (count + columns - 1) / columns;
    double wide = (room.right - room.left) / (double)columns, high = (room.bottom - room.top) / (double)rows;
    for (size_t i = 0; i < picture->lines->len; i++) {
        double left = room.left + (double)(i % columns) * wide, top = room.top + (double)(i / columns) * high;
        draw_number(picture, (Box){left, top, left + wide, top + high}, &picture->lines->items[i]);
    }
}

static Ticks values_axis(const Picture *picture, double width)
{
    const WidgetAxis *set = &picture->widget->axes[0];
    double least = 0, most = 0, value;
    for (size_t i = 0; i < picture->lines->len; i++)
        if (newest(&picture->lines->items[i], &value)) {
            least = fmin(least, value);
            most = fmax(most, value);
        }
    Ticks axis = ticks_over(set->has_least ? set->least : least, set->has_most ? set->most : fmax(most, least),
                            (int)fmax(fmin(width / 70, 8), 1));
    axis.from = set->has_least ? set->least : axis.from;
    axis.to = set->has_most ? set->most : axis.to;
    return axis;
}

static double bar_x(const Picture *picture, double value)
{
    const Ticks *axis = &picture->axes[0];
    double share = (value - axis->from) / (axis->to - axis->from);
    return picture->plot.left + fmax(0, fmin(share, 1)) * (picture->plot.right - picture->plot.left);
}

void picture_bars(Picture *picture, Box room)
{
    const Box plot = picture->plot =
        (Box){room.left + 20, room.top + 10, room.right - 30, room.bottom - TEXT_SIZE - 14};
    double high = (plot.bottom - plot.top) / (double)(picture->lines->len ? picture->lines->len : 1), value;
    TextStyle style = text_style(TEXT_SIZE, TEXT_CENTRED, picture->faint);
    picture->axes[0] = values_axis(picture, plot.right - plot.left);
    const Ticks *axis = &picture->axes[0];
    EACH_TICK(tick, axis)
    {
        double x = floor(bar_x(picture, tick));
        canvas_box(picture->canvas, (Box){x, plot.top, x + 1, plot.bottom}, picture->grid);
        canvas_text(picture->canvas, (Point){x, plot.bottom + TEXT_SIZE + 4}, tick_text(picture->arena, axis, tick),
                    &style);
    }
    for (size_t i = 0; i < picture->lines->len; i++) {
        const WidgetLine *line = &picture->lines->items[i];
        double top = plot.top + (double)i * high + high * 0.15, zero = bar_x(picture, 0);
        if (!newest(line, &value))
            continue;
        double end = bar_x(picture, value);
        canvas_box(picture->canvas, (Box){fmin(zero, end), top, fmax(zero, end), top + high * 0.7}, line->colour);
    }
}

/* A part of a ring, from one share of a turn to another; clockwise from the top. */
static void draw_ring(Picture *picture, Point middle, double inner, double outer, double from, double to, Colour colour)
{
    Point points[2 * (ARC_STEPS + 1)];
    for (int i = 0; i <= ARC_STEPS; i++) {
        double angle = (from + (to - from) * i / ARC_STEPS) * TURN, x = sin(angle), y = -cos(angle);
        points[i] = (Point){middle.x + outer * x, middle.y + outer * y};
        points[2 * ARC_STEPS + 1 - i] = (Point){middle.x + inner * x, middle.y + inner * y};
    }
    canvas_fill(picture->canvas, &(Polygon){points, 2 * (ARC_STEPS + 1)}, 1, colour);
}

void picture_pie(Picture *picture, Box room)
{
    Point middle = {(room.left + room.right) / 2, (room.top + room.bottom) / 2};
    double radius = fmin(room.right - room.left, room.bottom - room.top) / 2 - 10, whole = 0, gone = 0, value;
    for (size_t i = 0; i < picture->lines->len; i++)
        whole += newest(&picture->lines->items[i], &value) && value > 0 ? value : 0;
    for (size_t i = 0; i < picture->lines->len && whole > 0 && radius > 0; i++) {
        if (!newest(&picture->lines->items[i], &value) || !(value > 0))
            continue;
        draw_ring(picture, middle, 0, radius, gone / whole, (gone + value) / whole, picture->lines->items[i].colour);
        gone += value;
    }
}

void picture_gauge(Picture *picture, Box room)
{
    const WidgetAxis *set = &picture->widget->axes[0];
    const WidgetLine *line = picture->lines->len ? &picture->lines->items[0] : NULL;
    double radius = fmin((room.right - room.left) / 2 - 30, (room.bottom - room.top) - 50), value;
    Point middle = {(room.left + room.right) / 2, room.bottom - 40};
    TextStyle style = text_style(TEXT_SIZE, TEXT_CENTRED, picture->faint);
    if (radius < 10)
        return;
    draw_ring(picture, middle, radius * 0.75, radius, -0.25, 0.25, picture->grid);
    if (line && newest(line, &value)) {
        double share = fmax(0, fmin((value - set->least) / (set->most - set->least), 1));
        draw_ring(picture, middle, radius * 0.75, radius, -0.25, -0.25 + share / 2, line->colour);
    }
    canvas_text(picture->canvas, (Point){middle.x - radius * 0.875, middle.y + TEXT_SIZE + 4},
                picture_number(picture->arena, set->least, 0), &style);
    canvas_text(picture->canvas, (Point){middle.x + radius * 0.875, middle.y + TEXT_SIZE + 4},
                picture_number(picture->arena, set->most, 0), &style);
    if (line)
        draw_number(picture,
                    (Box){middle.x - radius * 0.7, middle.y - radius * 0.8, middle.x + radius * 0.7, middle.y + 20},
                    line);
}
