/* Figures: see units.h. Whole numbers only, so that what was typed is what is sent. */
#include "cli/units.h"

#include "base/check.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Digits by thousands before the point, then what stands behind the whole. */
static char *put_figure(bool negative, uint64_t whole, const char *rest, char text[UNITS_TEXT])
{
    char digits[24];
    size_t at = 0;
    CHECK(text_format(digits, sizeof digits, "%" PRIu64, whole));
    if (negative)
        text[at++] = '-';
    for (size_t length = strlen(digits), i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    CHECK(text_format(text + at, UNITS_TEXT - at, "%s", rest));
    return text;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* In units of `unit`, with one digit after the point where it is wanted. */
static char *put_scaled(int64_t value, uint64_t unit, bool tenths, const char *name,
                        char text[UNITS_TEXT])
{
    char rest[16];
    uint64_t size = magnitude(value);
    uint64_t whole = size / unit, part = size % unit, parts = tenths ? 10 : 1;
    uint64_t after = (part * parts + unit / 2) / unit;
    if (after == parts) {
        whole++;
        after = 0;
    }
    if (tenths)
        CHECK(text_format(rest, sizeof rest, ".%d %s", (int)after, name));
    else
        CHECK(text_format(rest, sizeof rest, " %s", name));
    return put_figure(value < 0 && (whole > 0 || after > 0), tenths ? whole : whole + after, rest,
                      text);
}

char *watts_format(int64_t watts, char text[UNITS_TEXT])
{
    return put_scaled(watts, 1000, true, "kW", text);
}

char *joules_format(int64_t joules, char text[UNITS_TEXT])
{
    return put_scaled(joules, 1000, false, "kJ", text);
}

char *bytes_format(int64_t bytes, char text[UNITS_TEXT])
{
    return put_scaled(bytes, (uint64_t)1 << 30, true, "GiB", text);
}

char *milli_format(int64_t milli, char text[UNITS_TEXT])
{
    char rest[8] = "";
    uint64_t size = magnitude(milli);
    if (size % 1000 > 0) {
        CHECK(text_format(rest, sizeof rest, ".%03d", (int)(size % 1000)));
        while (rest[strlen(rest) - 1] == '0')
            rest[strlen(rest) - 1] = 0;
    }
    return put_figure(milli < 0, size / 1000, rest, text);
}

char *micro_format(int64_t micro, char text[UNITS_TEXT])
{
    char rest[8];
    uint64_t hundredths = (magnitude(micro) + 5000) / 10000;
    CHECK(text_format(rest, sizeof rest, ".%02d", (int)(hundredths % 100)));
    return put_figure(micro < 0 && hundredths > 0, hundredths / 100, rest, text);
}

char *count_format(int64_t count, char text[UNITS_TEXT])
{
    return put_figure(count < 0, magnitude(count), "", text);
}

/* Decimal digits with at most one point, and where they end: value is in units of 10^-places. */
static const char *parse_decimal(const char *text, int places, uint64_t *value)
{
    bool point = false, any = false;
    int left = places;
    *value = 0;
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        uint64_t digit = (uint64_t)(*text - '0');
        if ((point && left-- == 0) || *value > (INT64_MAX - digit) / 10)
            return NULL;
        *value = *value * 10 + digit;
        any = true;
    }
    for (; left > 0; left--) {
        if (*value > INT64_MAX / 10)
            return NULL;
        *value *= 10;
    }
    return any ? text : NULL;
}

bool watts_parse(const char *text, int64_t *watts)
{
    static const struct {
        const char *unit;
        int places;
    } units[] = {{"", 0}, {"W", 0}, {"kW", 3}, {"MW", 6}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        uint64_t value;
        const char *end = parse_decimal(text, units[i].places, &value);
        if (end && strcmp(end, units[i].unit) == 0) {
            *watts = (int64_t)value;
            return true;
        }
    }
    return false;
}

bool speed_parse(const char *text, int64_t *speed_milli)
{
    uint64_t value;
    *speed_milli = 0;
    if (strcmp(text, "max") == 0)
        return true;
    const char *end = parse_decimal(text, 3, &value);
    if (!end || !(*end == 0 || strcmp(end, "x") == 0) || value < 1 || value > 1000000000000)
        return false;
    *speed_milli = (int64_t)value;
    return true;
}

char *speed_format(int64_t speed_milli, char text[UNITS_TEXT])
{
    if (speed_milli == 0) {
        CHECK(text_format(text, UNITS_TEXT, "without waiting"));
        return text;
    }
    milli_format(speed_milli, text);
    size_t length = strlen(text);
    CHECK(text_format(text + length, UNITS_TEXT - length, "x"));
    return text;
}
