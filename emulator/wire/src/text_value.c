/* text_value.c - a scalar as text. */
#include "text_value.h"
#include "base64.h"
#include "civil.h"
#include "hex.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NUMBER_BYTES_MAX 100 /* of a number or a time */

bool percent_decode(Arena *arena, Bytes text, bool plus_is_space, Bytes *ret)
{
    if (bytes_find(text, '%') < 0 && !(plus_is_space && bytes_find(text, '+') >= 0))
        return *ret = text, true;
    char *out = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            bool whole = text.len - i > 2;
            int high = whole ? hex_digit(text.ptr[i + 1]) : -1, low = whole ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (plus_is_space && c == '+') {
            c = ' ';
        }
        out[len++] = c;
    }
    *ret = (Bytes){out, len};
    return true;
}

/* Milliseconds since the epoch of a civil date and time, which may be out of its month's range by a day or so. */
static int64_t civil_ms(int year, int month, int day, int64_t minutes)
{
    int64_t days = civil_days(year, month, day);
    return (days * 24 * 60 + minutes) * 60000;
}

static bool is_in_a_day(int hour, int minute, double second)
{
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second < 61;
}

/* Exactly so many digits, and the character behind them (0: any). */
static bool take_digits(const char **at, int count, char behind, int *ret)
{
    for (*ret = 0; count; count--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *ret = *ret * 10 + (**at - '0');
    }
    return !behind || *(*at)++ == behind;
}

/* .123, as many digits as there are, or nothing. */
static bool take_fraction(const char **at, double *ret)
{
    double unit = 0.1;
    *ret = 0;
    if (**at != '.')
        return true;
    const char *first = ++*at;
    for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
        *ret += unit * (**at - '0');
    return *at > first;
}

/* Z or +hh:mm, and then the end. */
static bool take_zone(const char *at, int *ret_minutes)
{
    int hours, minutes, sign = *at == '-' ? -1 : 1;
    *ret_minutes = 0;
    if (*at == 'Z')
        return !at[1];
    if (*at != '+' && *at != '-')
        return false;
    at++;
    if (!take_digits(&at, 2, ':', &hours) || !take_digits(&at, 2, 0, &minutes) || *at || hours > 23 || minutes > 59)
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

/* RFC 3339: 2026-11-23T10:00:00[.123](Z|+hh:mm); as awsQuery takes it, also without its zone. */
static bool read_iso_8601(const char *at, bool has_zone, int64_t *ret_ms)
{
    int year, month, day, hour, minute, second, offset = 0;
    double fraction;
    if (!take_digits(&at, 4, '-', &year) || !take_digits(&at, 2, '-', &month) || !take_digits(&at, 2, 'T', &day) ||
        !take_digits(&at, 2, ':', &hour) || !take_digits(&at, 2, ':', &minute) || !take_digits(&at, 2, 0, &second) ||
        !take_fraction(&at, &fraction))
        return false;
    if ((has_zone || *at) && !take_zone(at, &offset))
        return false;
    if (day < 1 || day > civil_days_of_month(year, month) || !is_in_a_day(hour, minute, second))
        return false;
    *ret_ms = civil_ms(year, month, day, hour * 60 + minute - offset) + second * 1000 + (int64_t)round(fraction * 1000);
    return is_time(*ret_ms);
}

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Sun, 06 Nov 1994 08:49:37[.123] GMT; RFC 9110 5.6.7, the one form that is sent. */
static bool read_http_date(const char *text, int64_t *ret_ms)
{
    int year, day, hour, minute, end = 0;
    double second;
    char name[4];
    int64_t ms;
    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%lf GMT%n", &day, name, &year, &hour, &minute, &second,
               &end) != 6 ||
        !end || text[end])
        return false;
    const char *found = strstr(month_names, name);
    if (!found || strlen(name) != 3 || (found - month_names) % 3)
        return false;
    int month = (int)(found - month_names) / 3 + 1;
    if (day < 1 || day > civil_days_of_month(year, month) || !is_in_a_day(hour, minute, second) ||
        !seconds_to_ms(second, &ms))
        return false;
    *ret_ms = civil_ms(year, month, day, hour * 60 + minute) + ms;
    return is_time(*ret_ms);
}

static const char *after_digits(const char *at)
{
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
}

/* -12.5e+3: strtod alone takes hexadecimal numbers, white space and names, too. */
static bool is_decimal(const char *text)
{
    const char *at = text + (*text == '-'), *first = at;
    at = after_digits(at);
    if (at == first)
        return false;
    if (*at == '.' && (first = at + 1, at = after_digits(first), at == first))
        return false;
    if (*at == 'e' || *at == 'E') {
        first = at + 1 + (at[1] == '+' || at[1] == '-');
        at = after_digits(first);
        if (at == first)
            return false;
    }
    return !*at;
}

static bool read_seconds(const char *text, int64_t *ret_ms)
{
    return is_decimal(text) && seconds_to_ms(strtod(text, NULL), ret_ms);
}

bool time_read(TimeFormat format, Bytes text, int64_t *ret_ms)
{
    char copy[NUMBER_BYTES_MAX + 1] = "";
    if (text.len > NUMBER_BYTES_MAX || bytes_find(text, 0) >= 0)
        return false;
    memcpy(copy, text.ptr, text.len);
    switch (format) {
    case TIME_SECONDS:
        return read_seconds(copy, ret_ms);
    case TIME_ISO_8601:
        return read_iso_8601(copy, true, ret_ms);
    case TIME_HTTP_DATE:
        return read_http_date(copy, ret_ms);
    default:
        return read_seconds(copy, ret_ms) || read_iso_8601(copy, false, ret_ms) || read_http_date(copy, ret_ms);
    }
}

static bool read_double(const char *text, double *ret)
{
    static const struct {
        const char *name;
        double value;
    } names[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(text, names[i].name))
            return *ret = names[i].value, true;
    *ret = strtod(text, NULL);
    return is_decimal(text);
}

static bool read_number(const Shape *shape, const char *text, void *out)
{
    double number;
    if (!read_double(text, &number))
        return false;
    if (shape->kind == KIND_FLOAT)
        *(float *)out = (float)number;
    else
        *(double *)out = number;
    return true;
}

static bool read_whole(const Shape *shape, Bytes text, void *out)
{
    int64_t whole;
    if (!bytes_to_int64(text, &whole))
        return false;
    if (shape->kind == KIND_LONG)
        return *(int64_t *)out = whole, true;
    if (whole < INT32_MIN || whole > INT32_MAX)
        return false;
    return *(int32_t *)out = (int32_t)whole, true;
}

static bool read_base64(Arena *arena, Bytes text, Bytes *out)
{
    char *bytes = arena_take_raw(arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(bytes, text);
    *out = (Bytes){bytes, len < 0 ? 0 : (size_t)len};
    return len >= 0;
}

bool text_read(Arena *arena, const Shape *shape, TimeFormat usual, Bytes text, void *out)
{
    char copy[NUMBER_BYTES_MAX + 1] = "";
    if (shape->kind == KIND_STRING)
        return *(Bytes *)out = text, bytes_is_utf8(text);
    if (shape->kind == KIND_BLOB)
        return read_base64(arena, text, out);
    if (shape->kind == KIND_TIMESTAMP)
        return time_read(shape->time == TIME_USUAL ? usual : shape->time, text, out);
    if (text.len > NUMBER_BYTES_MAX || bytes_find(text, 0) >= 0)
        return false;
    memcpy(copy, text.ptr, text.len);
    switch (shape->kind) {
    case KIND_BOOLEAN:
        *(bool *)out = bytes_is(text, "true");
        return bytes_is(text, "true") || bytes_is(text, "false");
    case KIND_INTEGER:
    case KIND_LONG:
        return read_whole(shape, text, out);
    default:
        return read_number(shape, copy, out);
    }
}

/* The seconds below or at ms, and how many ms are left. */
static struct tm civil_of(int64_t ms, int *ret_ms)
{
    time_t seconds = (time_t)(ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000));
    struct tm utc;
    gmtime_r(&seconds, &utc);
    *ret_ms = (int)(ms - (int64_t)seconds * 1000);
    return utc;
}

static void append_time(Buffer *out, TimeFormat format, int64_t ms)
{
    char text[64];
    int rest;
    if (format == TIME_SECONDS) {
        append_seconds(out, ms);
        return;
    }
    struct tm utc = civil_of(ms, &rest);
    if (format == TIME_ISO_8601)
        strftime(text, sizeof text, "-%m-%dT%H:%M:%S", &utc);
    else
        strftime(text, sizeof text, "%a, %d %b ", &utc);
    if (format == TIME_ISO_8601) {
        buffer_append_format(out, "%04d%s.%03dZ", utc.tm_year + 1900, text, rest);
        return;
    }
    buffer_append_format(out, "%s%04d ", text, utc.tm_year + 1900); /* %Y leaves zeros out */
    strftime(text, sizeof text, "%H:%M:%S GMT", &utc);
    buffer_append_text(out, text);
}

void text_append(Buffer *out, const Shape *shape, TimeFormat usual, const void *value)
{
    switch (shape->kind) {
    case KIND_STRING:
        buffer_append(out, *(const Bytes *)value);
        return;
    case KIND_BLOB: {
        Bytes blob = *(const Bytes *)value;
        out->len += base64_encode(buffer_reserve(out, base64_encoded_len(blob.len)), blob);
        return;
    }
    case KIND_BOOLEAN:
        buffer_append_text(out, *(const bool *)value ? "true" : "false");
        return;
    case KIND_INTEGER:
        buffer_append_int64(out, *(const int32_t *)value);
        return;
    case KIND_LONG:
        buffer_append_int64(out, *(const int64_t *)value);
        return;
    case KIND_FLOAT:
        append_real(out, true, (double)*(const float *)value);
        return;
    case KIND_TIMESTAMP:
        append_time(out, shape->time == TIME_USUAL ? usual : shape->time, *(const int64_t *)value);
        return;
    default:
        append_real(out, false, *(const double *)value);
    }
}
