/* time.c - time cut into periods. */
#include "context.h"
#include <math.h>
#include <time.h>

#define WEEK_MS   (7 * 86400000ll)
#define MONDAY_MS (4 * 86400000ll) /* the first one: 5 January 1970 */

static double month_start(int64_t month)
{
    struct tm parts = {.tm_year = (int)(month / 12) - 1900, .tm_mon = (int)(month % 12), .tm_mday = 1};
    return (double)timegm(&parts) * 1000;
}

static double months_floor(int64_t months, double ms, bool is_up)
{
    struct tm parts;
    time_t seconds = (time_t)floor(ms / 1000);
    gmtime_r(&seconds, &parts);
    int64_t month = ((int64_t)parts.tm_year + 1900) * 12 + parts.tm_mon;
    int64_t start = month - (month % months + months) % months;
    double floored = month_start(start);
    return is_up && floored < ms ? month_start(start + months) : floored;
}

double period_floor(const Period *period, double ms, bool is_up)
{
    if (period->months)
        return months_floor(period->months, ms, is_up);
    double length = (double)period->ms, from = period->ms % WEEK_MS ? 0 : (double)MONDAY_MS;
    double floored = floor((ms - from) / length) * length + from;
    return is_up && floored < ms ? floored + length : floored;
}
