/* fill.c - polygons with soft edges. Each edge adds, to the pixels that it passes, how much more of them lies to its
 * right; summed up from left to right that is how much of each pixel is inside. */
#include "budget.h"
#include "canvas.h"
#include <math.h>

typedef struct Cells {
    float *items; /* stride a row: width and one */
    int left, top, width, height;
} Cells;

/* The part of an edge within one row, from x0 to x1, which is so high. */
static void add_in_row(float *row, double x0, double x1, double high)
{
    double left = fmin(x0, x1), right = fmax(x0, x1);
    int first = (int)floor(left), last = (int)ceil(right);
    if (last <= first + 1) {
        double middle = (x0 + x1) / 2 - first;
        row[first] += (float)(high - high * middle);
        row[first + 1] += (float)(high * middle);
        return;
    }
    double slope = 1 / (right - left), begin = 1 - (left - first), covered = slope * begin * begin / 2;
    row[first] += (float)(high * covered);
    for (int x = first + 1; x < last; x++) {
        double now = x == last - 1 ? 1 - slope * (right - x) * (right - x) / 2 : slope * (x + 0.5 - left);
        row[x] += (float)(high * (now - covered));
        covered = now;
    }
    row[last] += (float)(high * (1 - covered));
}

static double within(double value, double least, double most)
{
    return fmax(least, fmin(value, most));
}

static void add_edge(const Cells *cells, Point one, Point other)
{
    double way = one.y < other.y ? 1 : -1;
    Point upper = way > 0 ? one : other, lower = way > 0 ? other : one;
    if (upper.y == lower.y)
        return;
    double slope = (lower.x - upper.x) / (lower.y - upper.y);
    int first = (int)within(floor(upper.y), 0, cells->height), end = (int)within(ceil(lower.y), 0, cells->height);
    for (int y = first; y < end; y++) {
        double from = fmax(upper.y, y), to = fmin(lower.y, y + 1);
        double x0 = within(upper.x + (from - upper.y) * slope, 0, cells->width);
        double x1 = within(upper.x + (to - upper.y) * slope, 0, cells->width);
        if (to > from)
            add_in_row(cells->items + (size_t)y * (size_t)(cells->width + 2), x0, x1, way * (to - from));
    }
}

static Cells cells_of(Canvas *canvas, const Polygon *polygons, size_t count)
{
    Box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < polygons[i].count; j++) {
            Point point = polygons[i].points[j];
            box = (Box){fmin(box.left, point.x), fmin(box.top, point.y), fmax(box.right, point.x),
                        fmax(box.bottom, point.y)};
        }
    Cells cells = {.left = (int)within(floor(box.left), canvas->left, canvas->right),
                   .top = (int)within(floor(box.top), canvas->top, canvas->bottom)};
    cells.width = (int)within(ceil(box.right), cells.left, canvas->right) - cells.left;
    cells.height = (int)within(ceil(box.bottom), cells.top, canvas->bottom) - cells.top;
    return cells;
}

static void lay_down(Canvas *canvas, const Cells *cells, Colour colour)
{
    for (int y = 0; y < cells->height; y++) {
        const float *row = cells->items + (size_t)y * (size_t)(cells->width + 2);
        double covered = 0;
        for (int x = 0; x < cells->width; x++) {
            covered += row[x];
            double share = fmin(fabs(covered), 1);
            if (share > 0.002)
                pixel_blend(canvas, cells->left + x, cells->top + y, colour, share);
        }
    }
}

void canvas_fill(Canvas *canvas, const Polygon *polygons, size_t count, Colour colour)
{
    Cells cells = cells_of(canvas, polygons, count);
    if (cells.width <= 0 || cells.height <= 0)
        return;
    size_t size = (size_t)(cells.width + 2) * (size_t)cells.height;
    budget_work(canvas->arena, size / 8 + 1);
    cells.items = arena_take(canvas->arena, size * sizeof *cells.items);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < polygons[i].count; j++) {
            Point one = polygons[i].points[j], other = polygons[i].points[(j + 1) % polygons[i].count];
            add_edge(&cells, (Point){one.x - cells.left, one.y - cells.top},
                     (Point){other.x - cells.left, other.y - cells.top});
        }
    lay_down(canvas, &cells, colour);
    arena_give_back(canvas->arena, cells.items);
}
