/* canvas.c - boxes, lines and bands. */
#include "canvas.h"
#include "budget.h"
#include "hex.h"
#include <math.h>

#define FULL 255

Canvas *canvas_new(Arena *arena, int width, int height, Colour ground)
{
    Canvas *canvas = arena_new_of(arena, Canvas);
    size_t stride = (size_t)width * 3 + 1;
    *canvas = (Canvas){.arena = arena, .width = width, .height = height, .stride = stride};
    canvas->rows = (uint8_t *)arena_take_raw(arena, stride * (size_t)height);
    canvas->mask = arena_take(arena, (size_t)width * (size_t)height);
    for (int x = 0; x < width; x++)
        memcpy(canvas->rows + 1 + 3 * (size_t)x, (uint8_t[]){ground.red, ground.green, ground.blue}, 3);
    canvas->rows[0] = 0;
    for (int y = 1; y < height; y++)
        memcpy(canvas->rows + stride * (size_t)y, canvas->rows, stride);
    budget_work(arena, stride * (size_t)height / 64);
    canvas_clip_none(canvas);
    return canvas;
}

static int between(double value, int least, int most)
{
    return value <= least ? least : value >= most ? most : (int)value;
}

void canvas_clip(Canvas *canvas, Box box)
{
    canvas->left = between(floor(box.left), 0, canvas->width);
    canvas->top = between(floor(box.top), 0, canvas->height);
    canvas->right = between(ceil(box.right), canvas->left, canvas->width);
    canvas->bottom = between(ceil(box.bottom), canvas->top, canvas->height);
}

void canvas_clip_none(Canvas *canvas)
{
    canvas_clip(canvas, (Box){0, 0, canvas->width, canvas->height});
}

static uint8_t mixed(uint8_t under, uint8_t over, int share)
{
    return (uint8_t)((under * (FULL - share) + over * share + FULL / 2) / FULL);
}

/* So many pixels of a row. */
static void blend_run(Canvas *canvas, int x, int y, int count, Colour colour, double covered)
{
    uint8_t *pixel = canvas->rows + canvas->stride * (size_t)y + 1 + 3 * (size_t)x;
    int share = (int)(colour.opacity * covered * FULL + 0.5);
    for (int i = 0; i < count; i++, pixel += 3) {
        pixel[0] = mixed(pixel[0], colour.red, share);
        pixel[1] = mixed(pixel[1], colour.green, share);
        pixel[2] = mixed(pixel[2], colour.blue, share);
    }
}

void pixel_blend(Canvas *canvas, int x, int y, Colour colour, double covered)
{
    blend_run(canvas, x, y, 1, colour, covered);
}

/* How much of the pixel from `at` on lies between the two. */
static double share_of(double from, double to, int at)
{
    double share = fmin(to, at + 1) - fmax(from, at);
    return share > 0 ? share : 0;
}

void canvas_box(Canvas *canvas, Box box, Colour colour)
{
    int left = between(floor(box.left), canvas->left, canvas->right);
    int right = between(ceil(box.right), canvas->left, canvas->right);
    int top = between(floor(box.top), canvas->top, canvas->bottom);
    int bottom = between(ceil(box.bottom), canvas->top, canvas->bottom);
    for (int y = top; y < bottom; y++) {
        double high = share_of(box.top, box.bottom, y);
        budget_work(canvas->arena, (uint64_t)(right - left) / 4 + 1);
        for (int x = left; x < right;) {
            bool is_whole = x >= box.left && x + 1 <= box.right;
            int whole = is_whole ? between(floor(box.right), x + 1, right) - x : 1;
            blend_run(canvas, x, y, whole, colour, high * share_of(box.left, box.right, x));
            x += whole;
        }
    }
}

static double line_at(const Point *one, const Point *other, double x)
{
    double width = other->x - one->x;
    return width > 0 ? one->y + (other->y - one->y) * (x - one->x) / width : other->y;
}

static void fill_column(Canvas *canvas, int x, double top, double bottom, Colour colour)
{
    int from = between(floor(top), canvas->top, canvas->bottom);
    int to = between(ceil(bottom), canvas->top, canvas->bottom);
    budget_work(canvas->arena, to > from ? (uint64_t)(to - from) / 4 + 1 : 1);
    for (int y = from; y < to; y++)
        pixel_blend(canvas, x, y, colour, share_of(top, bottom, y));
}

void canvas_band(Canvas *canvas, const Point *upper, const Point *lower, size_t count, Colour colour)
{
    size_t at = 1;
    if (count < 2)
        return;
    int from = between(ceil(upper[0].x - 0.5), canvas->left, canvas->right);
    int to = between(floor(upper[count - 1].x + 0.5), canvas->left, canvas->right);
    budget_work(canvas->arena, count / 4 + 1);
    for (int x = from; x < to; x++) {
        double middle = fmin(fmax(x + 0.5, upper[0].x), upper[count - 1].x);
        while (at + 1 < count && upper[at].x < middle)
            at++;
        double top = line_at(&upper[at - 1], &upper[at], middle), bottom = line_at(&lower[at - 1], &lower[at], middle);
        fill_column(canvas, x, fmin(top, bottom), fmax(top, bottom), colour);
    }
}

/* -- lines: how near each pixel's middle is to the stroke goes to the mask, so that strokes that meet do not add up --
 */

typedef struct Stroke {
    Canvas *canvas;
    Point from, along; /* along: to its end */
    double length_squared, radius;
} Stroke;

static void mark(const Stroke *stroke, int x, int y)
{
    double dx = x + 0.5 - stroke->from.x, dy = y + 0.5 - stroke->from.y, t = 0;
    if (stroke->length_squared > 0) {
        t = (dx * stroke->along.x + dy * stroke->along.y) / stroke->length_squared;
        t = t < 0 ? 0 : t > 1 ? 1 : t;
    }
    dx -= t * stroke->along.x;
    dy -= t * stroke->along.y;
    double covered = stroke->radius + 0.5 - sqrt(dx * dx + dy * dy);
    if (covered <= 0)
        return;
    uint8_t share = covered >= 1 ? FULL : (uint8_t)(covered * FULL);
    uint8_t *there = stroke->canvas->mask + (size_t)y * (size_t)stroke->canvas->width + (size_t)x;
    *there = share > *there ? share : *there;
}

/* A stroke of a steep line row by row, of a flat one column by column: in each the few pixels that it may touch. */
static Box mark_stroke(Canvas *canvas, Point one, Point other, double radius)
{
    Stroke stroke = {canvas, one, {other.x - one.x, other.y - one.y}, 0, radius};
    stroke.length_squared = stroke.along.x * stroke.along.x + stroke.along.y * stroke.along.y;
    double reach = radius + 1;
    Box box = {fmin(one.x, other.x) - reach, fmin(one.y, other.y) - reach, fmax(one.x, other.x) + reach,
               fmax(one.y, other.y) + reach};
    bool is_steep = fabs(stroke.along.y) > fabs(stroke.along.x);
    double slope = is_steep              ? stroke.along.x / stroke.along.y
                   : stroke.along.x != 0 ? stroke.along.y / stroke.along.x
                                         : 0;
    double wide = reach * sqrt(1 + slope * slope);
    int left = between(floor(box.left), canvas->left, canvas->right),
        right = between(ceil(box.right), canvas->left, canvas->right);
    int top = between(floor(box.top), canvas->top, canvas->bottom),
        bottom = between(ceil(box.bottom), canvas->top, canvas->bottom);
    int first = is_steep ? top : left, end = is_steep ? bottom : right;
    budget_work(canvas->arena, end > first ? (uint64_t)((end - first) * (wide + 1)) / 4 + 1 : 1);
    for (int i = first; i < end; i++) {
        double middle = is_steep ? one.x + (i + 0.5 - one.y) * slope : one.y + (i + 0.5 - one.x) * slope;
        int from = between(floor(middle - wide), is_steep ? left : top, is_steep ? right : bottom);
        int to = between(ceil(middle + wide), is_steep ? left : top, is_steep ? right : bottom);
        for (int j = from; j < to; j++)
            is_steep ? mark(&stroke, j, i) : mark(&stroke, i, j);
    }
    return (Box){left, top, right, bottom};
}

static void lay_down(Canvas *canvas, Box box, Colour colour)
{
    int left = (int)box.left, right = (int)box.right;
    for (int y = (int)box.top; y < (int)box.bottom; y++) {
        uint8_t *row = canvas->mask + (size_t)y * (size_t)canvas->width;
        budget_work(canvas->arena, (uint64_t)(right - left) / 64 + 1);
        for (int x = left; x < right; x++)
            if (row[x]) {
                pixel_blend(canvas, x, y, colour, row[x] / (double)FULL);
                row[x] = 0;
            }
    }
}

static Box joined(Box one, Box other)
{
    return (Box){fmin(one.left, other.left), fmin(one.top, other.top), fmax(one.right, other.right),
                 fmax(one.bottom, other.bottom)};
}

static Point on_the_way(Point one, Point other, double share)
{
    return (Point){one.x + (other.x - one.x) * share, one.y + (other.y - one.y) * share};
}

/* The parts of one straight line that are drawn; *gone: how far the line has come. */
static Box mark_dashes(Canvas *canvas, Point one, Point other, const Pen *pen, double *gone)
{
    double length = hypot(other.x - one.x, other.y - one.y);
    Box box = mark_stroke(canvas, one, one, 0);
    for (double at = 0; at < length;) {
        double place = fmod(*gone + at, pen->dash * 2), left = (place < pen->dash ? pen->dash : pen->dash * 2) - place;
        double end = fmin(at + fmax(left, 0.01), length);
        if (place < pen->dash)
            box = joined(box, mark_stroke(canvas, on_the_way(one, other, at / length),
                                          on_the_way(one, other, end / length), pen->width / 2));
        at = end;
    }
    *gone += length;
    return box;
}

static Point kept_near(const Canvas *canvas, Point point)
{
    double far = 4.0 * (canvas->width + canvas->height);
    return (Point){fmax(-far, fmin(point.x, far)), fmax(-far, fmin(point.y, far))};
}

void canvas_line(Canvas *canvas, const Point *points, size_t count, Pen pen)
{
    double gone = 0;
    if (!count)
        return;
    Point first = kept_near(canvas, points[0]);
    Box box = mark_stroke(canvas, first, first, pen.dash > 0 ? 0 : pen.width / 2);
    for (size_t i = 1; i < count; i++) {
        Point one = kept_near(canvas, points[i - 1]), other = kept_near(canvas, points[i]);
        box = joined(box, pen.dash > 0 ? mark_dashes(canvas, one, other, &pen, &gone)
                                       : mark_stroke(canvas, one, other, pen.width / 2));
    }
    lay_down(canvas, box, pen.colour);
}

bool colour_parse(Bytes text, Colour *ret)
{
    int digits[6];
    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (int i = 0; i < 6; i++)
        if ((digits[i] = hex_digit(text.ptr[i + 1])) < 0)
            return false;
    *ret = (Colour){(uint8_t)(digits[0] * 16 + digits[1]), (uint8_t)(digits[2] * 16 + digits[3]),
                    (uint8_t)(digits[4] * 16 + digits[5]), 1};
    return true;
}
