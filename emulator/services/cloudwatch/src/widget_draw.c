/* widget_draw.c - the picture's frame: title, legend, and between them what the view shows. */
#include "picture.h"
#include <math.h>

#define TITLE_SIZE 16.0
#define SQUARE     10.0 /* of a legend's entry */
#define LEGEND_ROW 20.0
#define LEGEND_GAP 18.0
#define MARGIN     10.0

TextStyle text_style(double size, TextSide side, Colour colour)
{
    return (TextStyle){.size = size, .side = side, .colour = colour};
}

static void draw_title(Picture *picture, Box *room)
{
    const Widget *widget = picture->widget;
    room->top += MARGIN;
    if (!widget->title.len)
        return;
    TextStyle style = text_style(TITLE_SIZE, TEXT_CENTRED, picture->ink);
    Bytes title = text_fitted(picture->arena, widget->title, TITLE_SIZE, widget->width - 2 * MARGIN);
    canvas_text(picture->canvas, (Point){widget->width / 2.0, room->top + TITLE_SIZE}, title, &style);
    room->top += TITLE_SIZE + MARGIN;
}

static void draw_entry(Picture *picture, Point at, const WidgetLine *line, double width)
{
    TextStyle style = text_style(TEXT_SIZE, TEXT_BEGINS, picture->ink);
    canvas_box(picture->canvas, (Box){at.x, at.y - SQUARE + 1, at.x + SQUARE, at.y + 1}, line->colour);
    canvas_text(picture->canvas, (Point){at.x + SQUARE + 5, at.y},
                text_fitted(picture->arena, line->label, TEXT_SIZE, width), &style);
}

static double entry_width(const Picture *picture, const WidgetLine *line)
{
    double most = picture->widget->width - 2 * MARGIN - SQUARE - 5;
    return fmin(text_width(line->label, TEXT_SIZE), most) + SQUARE + 5 + LEGEND_GAP;
}

/* Where each row of a legend begins, as many as fit a third of the height; returns how many lines have an entry. */
static size_t place_rows(const Picture *picture, Point *places, int *ret_rows)
{
    double x = MARGIN, most = floor(picture->widget->height / 3.0 / LEGEND_ROW);
    int row = 0;
    size_t at = 0;
    for (; at < picture->lines->len; at++) {
        double width = entry_width(picture, &picture->lines->items[at]);
        if (x > MARGIN && x + width > picture->widget->width) {
            x = MARGIN;
            row++;
        }
        if (row >= most)
            break;
        places[at] = (Point){x, row * LEGEND_ROW};
        x += width;
    }
    *ret_rows = at ? (int)(places[at - 1].y / LEGEND_ROW) + 1 : 0;
    return at;
}

static void draw_bottom_legend(Picture *picture, Box *room)
{
    Point *places = arena_new_array(picture->arena, Point, picture->lines->len);
    int rows;
    size_t count = place_rows(picture, places, &rows);
    room->bottom -= rows * LEGEND_ROW + (rows ? MARGIN / 2 : 0);
    for (size_t i = 0; i < count; i++) {
        const WidgetLine *line = &picture->lines->items[i];
        Point at = {places[i].x, room->bottom + places[i].y + LEGEND_ROW - 4};
        draw_entry(picture, at, line, picture->widget->width - 2 * MARGIN - SQUARE - 5);
    }
}

static void draw_right_legend(Picture *picture, Box *room)
{
    double width = 0;
    for (size_t i = 0; i < picture->lines->len; i++)
        width = fmax(width, entry_width(picture, &picture->lines->items[i]));
    width = fmin(width, picture->widget->width / 3.0);
    room->right -= width;
    for (size_t i = 0; i < picture->lines->len; i++) {
        Point at = {room->right + MARGIN / 2, room->top + (double)(i + 1) * LEGEND_ROW};
        if (at.y > room->bottom)
            break;
        draw_entry(picture, at, &picture->lines->items[i], width - SQUARE - 5 - MARGIN);
    }
}

static void draw_view(Picture *picture, Box room)
{
    switch (picture->widget->view) {
    case VIEW_SINGLE_VALUE:
        picture_single_values(picture, room);
        return;
    case VIEW_BAR:
        picture_bars(picture, room);
        return;
    case VIEW_PIE:
        picture_pie(picture, room);
        return;
    case VIEW_GAUGE:
        picture_gauge(picture, room);
        return;
    case VIEW_TIME_SERIES:
        break;
    }
    picture_axes(picture, room);
    picture_series(picture);
}

Bytes widget_draw(Arena *arena, const Widget *widget, const WidgetLines *lines)
{
    Picture picture = {.arena = arena, .widget = widget, .lines = lines};
    Box room = {0, 0, widget->width, widget->height};
    picture.ground = widget->is_dark ? (Colour){22, 25, 31, 1} : (Colour){255, 255, 255, 1};
    picture.ink = widget->is_dark ? (Colour){213, 219, 219, 1} : (Colour){51, 51, 51, 1};
    picture.faint = widget->is_dark ? (Colour){149, 165, 166, 1} : (Colour){104, 112, 120, 1};
    picture.grid = widget->is_dark ? (Colour){65, 73, 82, 1} : (Colour){233, 235, 237, 1};
    picture.canvas = canvas_new(arena, widget->width, widget->height, picture.ground);
    bool has_names = widget->view != VIEW_SINGLE_VALUE && widget->view != VIEW_GAUGE;
    draw_title(&picture, &room);
    if (has_names && widget->legend == LEGEND_BOTTOM)
        draw_bottom_legend(&picture, &room);
    if (has_names && widget->legend == LEGEND_RIGHT)
        draw_right_legend(&picture, &room);
    draw_view(&picture, room);
    return canvas_png(picture.canvas);
}
