/* drawing.h - pictures of lines, areas and text, with soft edges, and their PNG. Coordinates are pixels, (0, 0) is the
 * left upper corner of the first, y goes downwards; what lies outside of the canvas or of its clip is not drawn. */
#pragma once
#include "arena.h"

typedef struct Colour {
    uint8_t red, green, blue;
    double opacity; /* 0 to 1 */
} Colour;

typedef struct Point {
    double x, y;
} Point;

typedef struct Box {
    double left, top, right, bottom;
} Box;

typedef struct Canvas Canvas;

/* All of the arena. Up to some thousand pixels each way; it takes four bytes a pixel. Its work is charged to the
 * arena's budget. */
Canvas *canvas_new(Arena *arena, int width, int height, Colour ground);
/* What is drawn from now on stays inside; whole pixels. */
void canvas_clip(Canvas *canvas, Box box);
void canvas_clip_none(Canvas *canvas);

void canvas_box(Canvas *canvas, Box box, Colour colour);
/* Round ends and corners. dash: so many pixels drawn, and as many not; 0: all. */
typedef struct Pen {
    Colour colour;
    double width, dash;
} Pen;
void canvas_line(Canvas *canvas, const Point *points, size_t count, Pen pen);
/* Between two lines whose points have the same x, ascending. */
void canvas_band(Canvas *canvas, const Point *upper, const Point *lower, size_t count, Colour colour);
/* Polygons that fill what they go round, or leave holes where they go the other way. */
typedef struct Polygon {
    const Point *points;
    size_t count;
} Polygon;
void canvas_fill(Canvas *canvas, const Polygon *polygons, size_t count, Colour colour);

typedef enum TextSide { TEXT_BEGINS, TEXT_CENTRED, TEXT_ENDS } TextSide;
typedef struct TextStyle {
    double size; /* of an em, in pixels */
    TextSide side;
    Colour colour;
} TextStyle;
/* UTF-8; a letter that is not known is a box. at: on the line on which they stand. */
void canvas_text(Canvas *canvas, Point at, Bytes text, const TextStyle *style);
double text_width(Bytes text, double size);
/* As much of it as is not wider, "…" at its end where it is cut. */
Bytes text_fitted(Arena *arena, Bytes text, double size, double width);

Bytes canvas_png(Canvas *canvas);
/* "#1f77b4"; false: it is none. */
bool colour_parse(Bytes text, Colour *ret);
