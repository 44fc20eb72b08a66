/* moment.c */
#include "moment.h"
#include "civil.h"
#include <ctype.h>
#include <strings.h>

#define SECONDS_PER_DAY INT64_C(86400)
#define MS_DIGITS       13 /* epochs of as many digits are milliseconds: until 2001 they had 12 */
#define NS_PER_S        1000000000

typedef struct Parts {
    int64_t year, month, day, hour, minute, second, nanosecond, offset_s;
    bool is_afternoon, has_half; /* of the day */
} Parts;

static bool is_digit(Bytes text, size_t at)
{
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

static Bytes behind(Bytes text, size_t count)
{
    return bytes_slice(text, count, text.len - count);
}

/* Of `least` to `most` digits. */
static bool take_digits(Bytes *text, size_t least, size_t most, int64_t *ret)
{
    size_t len = 0;
    *ret = 0;
    for (; len < most && is_digit(*text, len); len++)
        *ret = *ret * 10 + (text->ptr[len] - '0');
    *text = behind(*text, len);
    return len >= least;
}

static bool take_char(Bytes *text, char c)
{
    if (!text->len || *text->ptr != c)
        return false;
    *text = behind(*text, 1);
    return true;
}

/* Up to 9 digits, as nanoseconds; further ones are passed by. */
static bool take_fraction(Bytes *text, int64_t *ret)
{
    int64_t scale = NS_PER_S / 10;
    *ret = 0;
    if (!is_digit(*text, 0))
        return false;
    for (; is_digit(*text, 0); *text = behind(*text, 1), scale /= 10)
        *ret += (*text->ptr - '0') * scale;
    return true;
}

static bool is_day(int64_t year, int64_t month, int64_t day)
{
    return day >= 1 && day <= civil_days_of_month(year, month);
}

static bool moment_of(const Parts *parts, Moment *ret)
{
    if (!is_day(parts->year, parts->month, parts->day) || parts->hour > 23 || parts->minute > 59 || parts->second > 59)
        return false;
    ret->seconds = civil_days(parts->year, parts->month, parts->day) * SECONDS_PER_DAY + parts->hour * 3600 +
                   parts->minute * 60 + parts->second - parts->offset_s;
    ret->nanoseconds = (int32_t)parts->nanosecond;
    return true;
}

static bool take_day(Bytes *text, Parts *ret)
{
    return take_digits(text, 4, 4, &ret->year) && take_char(text, '-') && take_digits(text, 1, 2, &ret->month) &&
           take_char(text, '-') && take_digits(text, 1, 2, &ret->day);
}

static bool take_clock(Bytes *text, Parts *ret)
{
    return take_digits(text, 1, 2, &ret->hour) && take_char(text, ':') && take_digits(text, 1, 2, &ret->minute) &&
           take_char(text, ':') && take_digits(text, 1, 2, &ret->second) &&
           (!take_char(text, '.') || take_fraction(text, &ret->nanosecond));
}

bool day_read(Bytes text, int64_t *ret_days)
{
    Parts parts = {0};
    if (!take_day(&text, &parts) || text.len || !is_day(parts.year, parts.month, parts.day))
        return false;
    *ret_days = civil_days(parts.year, parts.month, parts.day);
    return true;
}

bool moment_read_sql(Bytes text, Moment *ret)
{
    Parts parts = {0};
    return take_day(&text, &parts) && take_char(&text, ' ') && take_clock(&text, &parts) && !text.len &&
           moment_of(&parts, ret);
}

static bool read_iso(Bytes text, Moment *ret)
{
    Parts parts = {0};
    return take_day(&text, &parts) && take_char(&text, 'T') && take_clock(&text, &parts) && take_char(&text, 'Z') &&
           !text.len && moment_of(&parts, ret);
}

static void set_ms(Moment *ret, int64_t ms)
{
    ret->seconds = ms / 1000 - (ms % 1000 < 0);
    ret->nanoseconds = (int32_t)(ms - ret->seconds * 1000) * 1000000;
}

static bool read_epoch(Bytes text, Moment *ret)
{
    bool is_negative = take_char(&text, '-');
    int64_t whole, fraction = 0;
    size_t before = text.len;
    if (!take_digits(&text, 1, 18, &whole))
        return false;
    size_t digits = before - text.len;
    if (take_char(&text, '.') && !take_fraction(&text, &fraction))
        return false;
    if (text.len)
        return false;
    if (digits >= MS_DIGITS) {
        set_ms(ret, is_negative ? -whole : whole);
        return true;
    }
    *ret = (Moment){is_negative ? -whole : whole, (int32_t)fraction};
    if (is_negative && fraction)
        *ret = (Moment){-whole - 1, (int32_t)(NS_PER_S - fraction)};
    return true;
}

bool moment_read(Bytes text, Moment *ret)
{
    return moment_read_sql(text, ret) || read_iso(text, ret) || read_epoch(text, ret);
}

static bool take_name(Bytes *text, const char *const *names, size_t count, int64_t *ret)
{
    for (size_t i = 0; i < count; i++)
        for (size_t len = strlen(names[i]); len >= 3; len = len > 3 ? 3 : 0) /* whole, or its first three letters */
            if (text->len >= len && !strncasecmp(text->ptr, names[i], len)) {
                *text = behind(*text, len);
                *ret = (int64_t)i;
                return true;
            }
    return false;
}

static bool take_month(Bytes *text, size_t letters, Parts *parts)
{
    static const char *const names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    if (letters < 3)
        return take_digits(text, 1, 2, &parts->month);
    bool is_taken = take_name(text, names, 12, &parts->month);
    parts->month++;
    return is_taken;
}

/* Z, +01:00, +0100 */
static bool take_offset(Bytes *text, Parts *parts)
{
    int64_t hours, minutes;
    if (take_char(text, 'Z'))
        return true;
    bool is_negative = text->len && *text->ptr == '-';
    if (!take_char(text, is_negative ? '-' : '+') || !take_digits(text, 2, 2, &hours))
        return false;
    (void)take_char(text, ':');
    if (!take_digits(text, 2, 2, &minutes))
        return false;
    parts->offset_s = (is_negative ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool take_half(Bytes *text, Parts *parts)
{
    static const char *const names[] = {"AM ", "PM "};
    for (size_t i = 0; i < 2; i++)
        if (text->len >= 2 && !strncasecmp(text->ptr, names[i], 2)) {
            *text = behind(*text, 2);
            parts->has_half = true;
            parts->is_afternoon = i == 1;
            return true;
        }
    return false;
}

static bool take_year(Bytes *text, size_t letters, Parts *parts)
{
    bool is_taken = take_digits(text, 1, letters == 2 ? 2 : 4, &parts->year);
    if (letters == 2 && parts->year < 100)
        parts->year += parts->year < 70 ? 2000 : 1900;
    return is_taken;
}

#define KNOWN_LETTERS "yYxMdEHhkKmsSaZ"

static bool take_field(Bytes *text, char letter, size_t letters, Parts *parts)
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    int64_t ignored;
    switch (letter) {
    case 'y':
    case 'Y':
    case 'x':
        return take_year(text, letters, parts);
    case 'M':
        return take_month(text, letters, parts);
    case 'd':
        return take_digits(text, 1, 2, &parts->day);
    case 'E':
        return take_name(text, days, 7, &ignored);
    case 'H':
    case 'h':
    case 'k':
    case 'K': {
        bool is_taken = take_digits(text, 1, 2, &parts->hour);
        if ((letter == 'k' && parts->hour == 24) || (letter == 'h' && parts->hour == 12))
            parts->hour = 0;
        return is_taken;
    }
    case 'm':
        return take_digits(text, 1, 2, &parts->minute);
    case 's':
        return take_digits(text, 1, 2, &parts->second);
    case 'S':
        return take_fraction(text, &parts->nanosecond);
    case 'a':
        return take_half(text, parts);
    default:
        return take_offset(text, parts);
    }
}

/* What stands at the pattern's beginning: a run of one letter, or text. */
typedef struct Piece {
    char letter; /* 0: it is text */
    size_t count;
    Bytes text;
} Piece;

static Piece next_piece(Bytes *pattern)
{
    Piece piece = {0};
    char first = *pattern->ptr;
    if (first == '\'') { /* quoted; two of them are one */
        ptrdiff_t end = bytes_find(behind(*pattern, 1), '\'');
        size_t len = end < 0 ? pattern->len - 1 : (size_t)end;
        piece.text = len ? bytes_slice(*pattern, 1, len) : TEXT("'");
        *pattern = behind(*pattern, end < 0 ? pattern->len : len + 2);
        return piece;
    }
    while (piece.count < pattern->len && pattern->ptr[piece.count] == first)
        piece.count++;
    if (isalpha((unsigned char)first))
        piece.letter = first;
    else
        piece.text = bytes_slice(*pattern, 0, piece.count);
    *pattern = behind(*pattern, piece.count);
    return piece;
}

bool joda_is_pattern(Bytes pattern)
{
    if (bytes_is(pattern, "millis"))
        return true;
    while (pattern.len) {
        Piece piece = next_piece(&pattern);
        if (piece.letter && !strchr(KNOWN_LETTERS, piece.letter))
            return false;
    }
    return true;
}

bool moment_read_joda(Bytes pattern, Bytes text, Moment *ret)
{
    Parts parts = {.year = 1970, .month = 1, .day = 1};
    int64_t ms;
    if (bytes_is(pattern, "millis")) {
        bool is_number = bytes_to_int64(text, &ms);
        if (is_number)
            set_ms(ret, ms);
        return is_number;
    }
    while (pattern.len) {
        Piece piece = next_piece(&pattern);
        if (piece.letter ? !take_field(&text, piece.letter, piece.count, &parts) : !bytes_starts_with(text, piece.text))
            return false;
        if (!piece.letter)
            text = behind(text, piece.text.len);
    }
    if (parts.has_half && parts.is_afternoon && parts.hour < 12)
        parts.hour += 12;
    return !text.len && moment_of(&parts, ret);
}
