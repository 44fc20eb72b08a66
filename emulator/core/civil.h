/* civil.h - days of the calendar that all of them count by. */
#pragma once
#include <stdint.h>

/* Days since 1970 of a date of the Gregorian calendar, which is taken to have been always. The day may be out of its
 * month's range by some. Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
static inline int64_t civil_days(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}
