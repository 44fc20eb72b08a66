/* words.c */
#include "words.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void drop(void *buffer)
{
    buffer_done(buffer);
}

Buffer *text_new(Arena *arena)
{
    Buffer *text = arena_new_of(arena, Buffer);
    arena_defer(arena, drop, text);
    return text;
}

/* The fewest digits that are read back as the same number. */
static int shortest(double value, char digits[40])
{
    int precision = 0;
    do
        snprintf(digits, 40, "%.*e", precision, value);
    while (strtod(digits, NULL) != value && ++precision < 17);
    return precision;
}

static void text_plain(Buffer *text, double value, int precision, int exponent)
{
    int places = precision - exponent;
    buffer_append_format(text, "%.*f", places > 0 ? places : 1, value);
}

/* Java's Double.toString: plain from 10^-3 to 10^7, always with a decimal. */
void text_number(Buffer *text, double value)
{
    char digits[40];
    if (value == 0 || !isfinite(value)) {
        buffer_append_text(text, isnan(value) ? "NaN" : value == 0 ? "0.0" : value > 0 ? "Infinity" : "-Infinity");
        return;
    }
    int precision = shortest(value, digits), exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
    if (fabs(value) >= 1e-3 && fabs(value) < 1e7) {
        text_plain(text, value, precision, exponent);
        return;
    }
    *strchr(digits, 'e') = '\0';
    buffer_append_format(text, "%s%sE%d", digits, precision ? "" : ".0", exponent);
}

static void append_time(Buffer *text, const char *format, int64_t time_ms)
{
    char written[80];
    time_t seconds = (time_t)(time_ms / 1000);
    struct tm parts = {0};
    (void)gmtime_r(&seconds, &parts);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-y2k"
    strftime(written, sizeof written, format, &parts);
#pragma GCC diagnostic pop
    buffer_append_text(text, written);
}

void text_time(Buffer *text, int64_t time_ms)
{
    append_time(text, "%Y-%m-%dT%H:%M:%S", time_ms);
    buffer_append_format(text, ".%03d+0000", (int)(time_ms % 1000));
}

void text_day(Buffer *text, int64_t time_ms)
{
    append_time(text, "%d/%m/%y %H:%M:%S", time_ms);
}

void text_long_time(Buffer *text, int64_t time_ms)
{
    append_time(text, "%A %d %B, %Y %H:%M:%S UTC", time_ms);
}
