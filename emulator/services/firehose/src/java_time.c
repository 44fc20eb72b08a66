/* java_time.c */
#include "java_time.h"
#include <stdio.h>
#include <time.h>

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

typedef struct Fields {
    struct tm tm;
    int64_t ms_of_day;
    int week, week_year; /* as in the United States: from Sunday on; that with January 1st is the first */
    const JavaTime *time;
} Fields;

static Fields fields_of(const JavaTime *time)
{
    int64_t local_ms = time->at_ms + (int64_t)time->offset_s * 1000;
    time_t local_s = (time_t)(local_ms / 1000);
    Fields fields = {.ms_of_day = local_ms % 86400000, .time = time};
    gmtime_r(&local_s, &fields.tm);
    time_t saturday_s = local_s + (6 - fields.tm.tm_wday) * 86400;
    struct tm saturday;
    gmtime_r(&saturday_s, &saturday);
    fields.week = saturday.tm_yday / 7 + 1;
    fields.week_year = saturday.tm_year + 1900;
    return fields;
}

static void number(Buffer *out, int64_t value, size_t width)
{
    buffer_append_format(out, "%0*lld", (int)width, (long long)value);
}

/* One and two letters: a number; three: short; four: whole; five: its first letter. */
static bool name_or_number(Buffer *out, const char *name, int64_t value, size_t count)
{
    if (count <= 2)
        number(out, value, count);
    else
        buffer_append_format(out, "%.*s", count == 3 ? 3 : count == 4 ? 20 : 1, name);
    return count <= 5;
}

static void year(Buffer *out, int64_t value, size_t count)
{
    number(out, count == 2 ? value % 100 : value, count);
}

static bool fraction(Buffer *out, const Fields *fields, size_t count)
{
    char digits[16];
    if (count > 9)
        return false;
    snprintf(digits, sizeof digits, "%03u000000", (unsigned)(fields->ms_of_day % 1000) & 1023);
    buffer_append(out, (Bytes){digits, count});
    return true;
}

/* +05:30 in the form that letter and count ask for. */
static bool offset(Buffer *out, int32_t offset_s, char letter, size_t count)
{
    int32_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
    bool is_colon = letter != 'Z' ? count == 3 || count == 5 : count == 5;
    if (count > 5 || (letter == 'Z' && count == 4))
        return false;
    if (!offset_s && (letter == 'X' || (letter == 'Z' && count == 5))) {
        buffer_append_char(out, 'Z');
        return true;
    }
    buffer_append_format(out, "%c%02d", offset_s < 0 ? '-' : '+', (int)(minutes / 60));
    if (letter == 'Z' || count > 1 || minutes % 60)
        buffer_append_format(out, is_colon ? ":%02d" : "%02d", (int)(minutes % 60));
    return true;
}

static bool append_time(Buffer *out, const Fields *fields, char letter, size_t count)
{
    int hour = fields->tm.tm_hour;
    int64_t value;
    switch (letter) {
    case 'a':
        buffer_append_text(out, hour < 12 ? "AM" : "PM");
        return count == 1;
    case 'H':
        value = hour;
        break;
    case 'h':
        value = (hour + 11) % 12 + 1;
        break;
    case 'K':
        value = hour % 12;
        break;
    case 'k':
        value = (hour + 23) % 24 + 1;
        break;
    case 'm':
        value = fields->tm.tm_min;
        break;
    case 's':
        value = fields->tm.tm_sec;
        break;
    case 'S':
        return fraction(out, fields, count);
    case 'A':
        number(out, fields->ms_of_day, count);
        return count <= 19;
    case 'n':
        number(out, fields->ms_of_day % 1000 * 1000000, count);
        return count <= 19;
    case 'N':
        number(out, fields->ms_of_day * 1000000, count);
        return count <= 19;
    default:
        return false;
    }
    number(out, value, count);
    return count <= 2;
}

static bool append_date(Buffer *out, const Fields *fields, char letter, size_t count)
{
    const struct tm *tm = &fields->tm;
    switch (letter) {
    case 'u':
    case 'y':
        year(out, tm->tm_year + 1900, count);
        return count <= 19;
    case 'Y':
        year(out, fields->week_year, count);
        return count <= 19;
    case 'M':
    case 'L':
        return name_or_number(out, months[tm->tm_mon], tm->tm_mon + 1, count);
    case 'w':
        number(out, fields->week, count);
        return count <= 2;
    case 'd':
        number(out, tm->tm_mday, count);
        return count <= 2;
    case 'D':
        number(out, tm->tm_yday + 1, count);
        return count <= 3;
    case 'E':
        return name_or_number(out, days[tm->tm_wday], 0, count < 3 ? 3 : count);
    case 'e':
        return name_or_number(out, days[tm->tm_wday], tm->tm_wday + 1, count);
    case 'Q':
    case 'q':
        number(out, tm->tm_mon / 3 + 1, count);
        return count <= 2;
    case 'G':
        buffer_append_text(out, "AD");
        return count <= 3;
    default:
        return append_time(out, fields, letter, count);
    }
}

static bool append_field(Buffer *out, const Fields *fields, char letter, size_t count)
{
    Bytes zone = fields->time->zone;
    switch (letter) {
    case 'X':
    case 'x':
    case 'Z':
        return offset(out, fields->time->offset_s, letter, count);
    case 'V':
        buffer_append(out, zone.len ? zone : TEXT("UTC"));
        return count == 2;
    default:
        return append_date(out, fields, letter, count);
    }
}

/* From behind the quote on; two of them are one. */
static size_t append_quoted(Buffer *out, Bytes pattern, size_t at)
{
    if (at < pattern.len && pattern.ptr[at] == '\'') {
        buffer_append_char(out, '\'');
        return at + 1;
    }
    for (; at < pattern.len; at++) {
        if (pattern.ptr[at] != '\'')
            buffer_append_char(out, pattern.ptr[at]);
        else if (at + 1 < pattern.len && pattern.ptr[at + 1] == '\'')
            buffer_append_char(out, pattern.ptr[at++]);
        else
            return at + 1;
    }
    return pattern.len + 1; /* it does not end */
}

bool java_time_append(Buffer *out, Bytes pattern, const JavaTime *time)
{
    Fields fields = fields_of(time);
    for (size_t at = 0; at < pattern.len;) {
        char c = pattern.ptr[at];
        size_t from = at;
        if (c == '\'') {
            if ((at = append_quoted(out, pattern, at + 1)) > pattern.len)
                return false;
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            while (at < pattern.len && pattern.ptr[at] == c)
                at++;
            if (!append_field(out, &fields, c, at - from))
                return false;
        } else if (c == '{' || c == '}' || c == '#' || c == '[' || c == ']') {
            return false; /* reserved, or of optional sections */
        } else {
            buffer_append_char(out, c);
            at++;
        }
    }
    return true;
}
