/* picture.h - the parts of a widget's picture while it is drawn. */
#pragma once
#include "widget.h"

typedef struct Ticks {
    double from, to; /* what the axis spans */
    double first, step;
} Ticks;

typedef struct Picture {
    Arena *arena;
    Canvas *canvas;
    const Widget *widget;
    const WidgetLines *lines;
    Box room; /* between title and legend */
    Box plot; /* inside of the axes */
    Ticks axes[2];
    bool has_axis[2];
    Colour ground, ink, faint, grid;
} Picture;

#define TEXT_SIZE 12.0

TextStyle text_style(double size, TextSide side, Colour colour);

/* picture_axes.c */
/* Round numbers: as many as there is room for. */
Ticks ticks_over(double least, double most, int wanted);
/* A round step that is at least so large: 1, 2 or 5 times a power of ten. */
double round_step(double least);
#define EACH_TICK(at, axis) for (double at = (axis)->first; at <= (axis)->to + (axis)->step * 1e-6; at += (axis)->step)
/* The number beside a tick. */
Bytes tick_text(Arena *arena, const Ticks *axis, double tick);
/* "1.5k"; step: how far two of its like are from each other; 0: three digits. */
Bytes picture_number(Arena *arena, double value, double step);
Bytes unit_text(const WidgetLines *lines, int side);
/* Sets the plot and the axes of a time series, and draws these. */
void picture_axes(Picture *picture, Box room);
double picture_x(const Picture *picture, double time_ms);
double picture_y(const Picture *picture, int side, double value);

/* picture_lines.c: lines or stacked areas, and over them the annotations. */
typedef struct Stack {
    int64_t *times;
    double **sums; /* of each line: what it and those below it come to; NULL: it lies on the other side */
    size_t len;
} Stack;
/* Values of all lines of one side, added up from the first. */
void stack_up(const Picture *picture, int side, Stack *ret);
void picture_series(Picture *picture);

/* picture_values.c: the views that show one value of each line. */
void picture_single_values(Picture *picture, Box room);
void picture_bars(Picture *picture, Box room);
void picture_pie(Picture *picture, Box room);
void picture_gauge(Picture *picture, Box room);
/* picture_notes.c */
void picture_notes(Picture *picture);
