/* picture_notes.c - annotations: lines across at a value or a time, the space on one side of them, bands between two.
 */
#include "picture.h"
#include <math.h>

#define SHADE 0.15

static Colour colour_of(const WidgetNote *note)
{
    Colour usual;
    (void)colour_parse(TEXT("#d62728"), &usual);
    return note->has_colour ? note->colour : usual;
}

static double place_of(const Picture *picture, const WidgetNote *note, double value)
{
    return note->is_vertical ? picture_x(picture, value) : picture_y(picture, note->is_right ? 1 : 0, value);
}

static void draw_shade(Picture *picture, const WidgetNote *note, double at, Colour colour)
{
    Box box = picture->plot;
    colour.opacity = SHADE;
    double from = at, to = note->has_to ? place_of(picture, note, note->to) : at;
    if (!note->has_to && note->fill == FILL_NONE)
        return;
    if (!note->has_to && note->is_vertical)
        to = note->fill == FILL_ABOVE ? box.right : box.left;
    else if (!note->has_to)
        to = note->fill == FILL_ABOVE ? box.top : box.bottom;
    if (note->is_vertical) {
        box.left = fmin(from, to);
        box.right = fmax(from, to);
    } else {
        box.top = fmin(from, to);
        box.bottom = fmax(from, to);
    }
    canvas_box(picture->canvas, box, colour);
}

static void draw_line(Picture *picture, const WidgetNote *note, double at, Bytes label, Colour colour)
{
    const Box *plot = &picture->plot;
    Point ends[2] = {{plot->left, at}, {plot->right, at}};
    TextStyle style = text_style(TEXT_SIZE, note->is_vertical ? TEXT_BEGINS : TEXT_ENDS, colour);
    Point text = {plot->right - 4, at - 4};
    if (note->is_vertical) {
        ends[0] = (Point){at, plot->top};
        ends[1] = (Point){at, plot->bottom};
        text = (Point){at + 4, plot->top + TEXT_SIZE};
    }
    canvas_line(picture->canvas, ends, 2, (Pen){colour, 1.5, 0});
    canvas_text(picture->canvas, text, text_fitted(picture->arena, label, TEXT_SIZE, plot->right - plot->left), &style);
}

void picture_notes(Picture *picture)
{
    for (size_t i = 0; i < picture->widget->notes_count; i++) {
        const WidgetNote *note = &picture->widget->notes[i];
        if (!note->is_vertical && !picture->has_axis[note->is_right ? 1 : 0])
            continue;
        Colour colour = colour_of(note);
        double at = place_of(picture, note, note->from);
        draw_shade(picture, note, at, colour);
        draw_line(picture, note, at, note->label, colour);
        if (note->has_to)
            draw_line(picture, note, place_of(picture, note, note->to), note->to_label, colour);
    }
}
