/* The calendar is the proleptic Gregorian one, by the day-count arithmetic of Howard Hinnant
 * ("chrono-Compatible Low-Level Date Algorithms", 2013): years start in March, so that a leap
 * day is the last of its year, and 400 years (an era) have the same number of days always. */
#include "base/instant.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

enum {
    MS_IN_S = 1000,
    MS_IN_M = 60 * MS_IN_S,
    MS_IN_H = 60 * MS_IN_M,
    MS_IN_D = 24 * MS_IN_H,
    DAYS_IN_ERA = 146097,
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
};

struct date {
    int64_t year;
    int month, day; /* from 1 */
};

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days from 1970-01-01. */
static int64_t date_to_days(struct date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * ((date.month + 9) % 12) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_IN_ERA + day_of_era - DAYS_TO_1970;
}

static struct date date_of_days(int64_t days)
{
    days += DAYS_TO_1970;
    int64_t era = floor_div(days, DAYS_IN_ERA);
    int64_t day = days - era * DAYS_IN_ERA;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int march_month = (int)((5 * day_of_year + 2) / 153);
    struct date date = {.year = era * 400 + year,
                        .month = march_month < 10 ? march_month + 3 : march_month - 9,
                        .day = (int)day_of_year - (153 * march_month + 2) / 5 + 1};
    date.year += date.month <= 2;
    return date;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Years outside 0 to 9999 have a sign and as many digits as they need; RFC 3339 has no such
 * years, so instant_parse does not read them back. */
char *instant_format(int64_t instant_ms, char text[INSTANT_TEXT])
{
    if (instant_ms == INT64_MAX)
        return memcpy(text, "forever", sizeof "forever");
    int64_t days = floor_div(instant_ms, MS_IN_D);
    int ms = (int)((instant_ms % MS_IN_D + MS_IN_D) % MS_IN_D);
    struct date date = date_of_days(days);
    const char *year_format = date.year < 0 ? "%05lld" : date.year > 9999 ? "+%lld" : "%04lld";
    char year[16], second[12] = "";
    int second_ms = ms % MS_IN_M;
    snprintf(year, sizeof year, year_format, (long long)date.year);
    if (second_ms % MS_IN_S != 0)
        snprintf(second, sizeof second, ":%02d.%03d", second_ms / MS_IN_S, second_ms % MS_IN_S);
    else if (second_ms != 0)
        snprintf(second, sizeof second, ":%02d", second_ms / MS_IN_S);
    int length = snprintf(text, INSTANT_TEXT, "%s-%02d-%02dT%02d:%02d%sZ", year, date.month,
                          date.day, ms / MS_IN_H, ms / MS_IN_M % 60, second);
    CHECK(length > 0 && length < INSTANT_TEXT);
    return text;
}

/* Reads exactly `digits` digits of a number from lo to hi; moves *text past them. */
static bool read_number(const char **text, int digits, int lo, int hi, int *number)
{
    int sum = 0;
    for (int i = 0; i < digits; i++) {
        if ((*text)[i] < '0' || (*text)[i] > '9')
            return false;
        sum = 10 * sum + ((*text)[i] - '0');
    }
    *text += digits;
    *number = sum;
    return lo <= sum && sum <= hi;
}

static bool read_char(const char **text, char upper, char lower)
{
    if (**text != upper && **text != lower)
        return false;
    ++*text;
    return true;
}

static bool read_date(const char **text, int64_t *days)
{
    int year;
    struct date date;
    if (!read_number(text, 4, 0, 9999, &year) || !read_char(text, '-', '-') ||
        !read_number(text, 2, 1, 12, &date.month) || !read_char(text, '-', '-') ||
        !read_number(text, 2, 1, days_in_month(year, date.month), &date.day))
        return false;
    date.year = year;
    *days = date_to_days(date);
    return true;
}

/* ".5" is 500 ms. Digits after the third are read and left out. */
static bool read_fraction(const char **text, int *ms)
{
    int worth = 100;
    const char *first = *text;
    for (*ms = 0; **text >= '0' && **text <= '9'; ++*text, worth /= 10)
        *ms += worth * (**text - '0');
    return *text > first;
}

static bool read_time(const char **text, int64_t *ms)
{
    int hour, minute, second = 0, fraction_ms = 0;
    if (!read_number(text, 2, 0, 23, &hour) || !read_char(text, ':', ':') ||
        !read_number(text, 2, 0, 59, &minute))
        return false;
    if (read_char(text, ':', ':')) {
        if (!read_number(text, 2, 0, 59, &second))
            return false;
        if (read_char(text, '.', '.') && !read_fraction(text, &fraction_ms))
            return false;
    }
    *ms = (int64_t)hour * MS_IN_H + minute * MS_IN_M + second * MS_IN_S + fraction_ms;
    return true;
}

static bool read_offset(const char **text, int64_t *ms)
{
    *ms = 0;
    if (read_char(text, 'Z', 'z'))
        return true;
    bool west = **text == '-';
    int hour, minute;
    if (!read_char(text, '+', '-') || !read_number(text, 2, 0, 23, &hour) ||
        !read_char(text, ':', ':') || !read_number(text, 2, 0, 59, &minute))
        return false;
    *ms = (int64_t)hour * MS_IN_H + minute * MS_IN_M;
    *ms = west ? -*ms : *ms;
    return true;
}

bool instant_parse(const char *text, int64_t *instant_ms)
{
    int64_t days, time_ms, offset_ms;
    if (!read_date(&text, &days) || !read_char(&text, 'T', 't') || !read_time(&text, &time_ms) ||
        !read_offset(&text, &offset_ms) || *text != '\0')
        return false;
    *instant_ms = days * MS_IN_D + time_ms - offset_ms;
    return true;
}

static const struct unit {
    const char *name;
    uint64_t ms;
} units[] = {{"d", MS_IN_D}, {"h", MS_IN_H}, {"m", MS_IN_M}, {"s", MS_IN_S}, {"ms", 1}};

enum { UNIT_COUNT = sizeof units / sizeof units[0] };

char *duration_format(int64_t duration_ms, char text[DURATION_TEXT])
{
    if (duration_ms == INT64_MAX)
        return memcpy(text, "forever", sizeof "forever");
    if (duration_ms == 0)
        return memcpy(text, "0s", sizeof "0s");
    uint64_t rest = duration_ms < 0 ? -(uint64_t)duration_ms : (uint64_t)duration_ms;
    size_t length = 0;
    if (duration_ms < 0)
        text[length++] = '-';
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        unsigned long long whole = rest / units[i].ms;
        rest %= units[i].ms;
        if (whole == 0)
            continue;
        int written =
            snprintf(text + length, DURATION_TEXT - length, "%llu%s", whole, units[i].name);
        length += (size_t)written;
        CHECK(written > 0 && length < DURATION_TEXT);
    }
    return text;
}

/* The digits at *text; false when there are none or too many. */
static bool read_whole(const char **text, uint64_t *whole)
{
    const char *first = *text;
    for (*whole = 0; **text >= '0' && **text <= '9'; ++*text) {
        uint64_t digit = (uint64_t)(**text - '0');
        if (*whole > (INT64_MAX - digit) / 10)
            return false;
        *whole = 10 * *whole + digit;
    }
    return *text > first;
}

/* The index of the unit named at *text, or UNIT_COUNT. */
static size_t read_unit(const char **text)
{
    size_t length = strspn(*text, "dhms");
    size_t i = 0;
    while (i < UNIT_COUNT &&
           (strlen(units[i].name) != length || memcmp(units[i].name, *text, length) != 0))
        i++;
    *text += length;
    return i;
}

bool duration_parse(const char *text, int64_t *duration_ms)
{
    uint64_t sum = 0;
    size_t least_unit = 0; /* units come once each, the largest first */
    do {
        uint64_t whole;
        if (!read_whole(&text, &whole))
            return false;
        size_t unit = read_unit(&text);
        if (unit < least_unit || unit >= UNIT_COUNT)
            return false;
        if (whole > (INT64_MAX - sum) / units[unit].ms)
            return false;
        sum += whole * units[unit].ms;
        least_unit = unit + 1;
    } while (*text != '\0');
    *duration_ms = (int64_t)sum;
    return true;
}
