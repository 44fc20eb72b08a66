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

/* 0: there is no such month. */
static inline int civil_days_of_month(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && is_leap);
}
