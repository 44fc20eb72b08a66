/* text.c - letters are polygons like any other. */
#include "budget.h"
#include "canvas.h"
#include "letters.h"

#define CONTOURS   8   /* of a letter */
#define POINTS_MAX 400 /* of a letter: the generator's largest has some 200 */

/* The next character of valid or invalid UTF-8. */
static uint32_t next_code(Bytes text, size_t *at)
{
    unsigned char first = (unsigned char)text.ptr[(*at)++];
    int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    uint32_t code = more == 0 ? first : first & (0x3fU >> more);
    while (more-- > 0 && *at < text.len && ((unsigned char)text.ptr[*at] & 0xc0) == 0x80)
        code = code << 6 | ((unsigned char)text.ptr[(*at)++] & 0x3fU);
    return code;
}

static const Letter *letter_of(uint32_t code)
{
    int low = 0, high = LETTERS_COUNT;
    while (low < high) {
        int middle = (low + high) / 2;
        if (LETTERS[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return low < LETTERS_COUNT && LETTERS[low].code == code ? &LETTERS[low] : NULL;
}

static double advance_of(const Letter *letter)
{
    return (letter ? letter->advance : 110) / LETTER_EM;
}

double text_width(Bytes text, double size)
{
    double width = 0;
    for (size_t at = 0; at < text.len;)
        width += advance_of(letter_of(next_code(text, &at))) * size;
    return width;
}

Bytes text_fitted(Arena *arena, Bytes text, double size, double width)
{
    double dots = text_width(TEXT("…"), size), gone = 0;
    size_t fits = 0;
    budget_work(arena, text.len);
    for (size_t at = 0; at < text.len;) {
        gone += advance_of(letter_of(next_code(text, &at))) * size;
        if (gone + dots <= width)
            fits = at;
        if (gone > width)
            return arena_text(arena, BYTES_FMT "…", BYTES_ARG(bytes_slice(text, 0, fits)));
    }
    return text;
}

/* An unknown letter's. */
static void draw_box(Canvas *canvas, Point at, const TextStyle *style)
{
    double high = style->size * 0.7, wide = style->size * 0.45;
    Point points[] = {
        {at.x + 1, at.y}, {at.x + wide, at.y}, {at.x + wide, at.y - high}, {at.x + 1, at.y - high}, {at.x + 1, at.y}};
    canvas_line(canvas, points, sizeof points / sizeof *points, (Pen){style->colour, 1, 0});
}

static void draw_letter(Canvas *canvas, Point at, const Letter *letter, const TextStyle *style)
{
    Point points[POINTS_MAX];
    Polygon contours[CONTOURS];
    const uint8_t *data = LETTER_POINTS + letter->at;
    double scale = style->size / LETTER_EM;
    size_t used = 0;
    for (int i = 0; i < letter->contours; i++) {
        contours[i] = (Polygon){points + used, *data++};
        for (size_t j = 0; j < contours[i].count; j++, data += 2)
            points[used++] = (Point){at.x + (data[0] - LETTER_LEFT) * scale, at.y - (data[1] - LETTER_BELOW) * scale};
    }
    canvas_fill(canvas, contours, letter->contours, style->colour);
}

void canvas_text(Canvas *canvas, Point at, Bytes text, const TextStyle *style)
{
    double width = style->side == TEXT_BEGINS ? 0 : text_width(text, style->size);
    at.x -= style->side == TEXT_ENDS ? width : width / 2;
    for (size_t i = 0; i < text.len && at.x < canvas->right;) {
        const Letter *letter = letter_of(next_code(text, &i));
        budget_work(canvas->arena, 20);
        if (letter)
            draw_letter(canvas, at, letter, style);
        else
            draw_box(canvas, at, style);
        at.x += advance_of(letter) * style->size;
    }
}
