/* canvas.h - the pixels: rows of red, green, blue, each behind a byte that PNG has for its filter. */
#pragma once
#include "drawing.h"

struct Canvas {
    Arena *arena;
    uint8_t *rows;
    int width, height;
    size_t stride;
    int left, top, right, bottom; /* the clip */
    uint8_t *mask;                /* a byte a pixel: how much of it a line covers */
};

/* covered: 0 to 1, of the pixel. Inside of the clip. */
void pixel_blend(Canvas *canvas, int x, int y, Colour colour, double covered);
