/* Names with a range. See pattern.h. */
#include "model/pattern.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>

enum { RANGE_DIGITS = 7 };

/* Reads 1 to 7 digits. Returns their end, or NULL. */
static const char *read_digits(const char *at, int32_t *value, int32_t *width)
{
    *value = 0;
    *width = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (++*width > RANGE_DIGITS) {
            return NULL;
        }
        *value = *value * 10 + (*at - '0');
    }
    return *width == 0 ? NULL : at;
}

bool pattern_parse(const char *text, struct pattern *pattern)
{
    const char *open = strchr(text, '{');
    int32_t width_first, width_last;

    *pattern = (struct pattern){.text = text, .before = strlen(text), .after = strlen(text)};
    if (open == NULL) {
        return strchr(text, '}') == NULL;
    }
    const char *at = read_digits(open + 1, &pattern->first, &width_first);
    if (at == NULL || at[0] != '.' || at[1] != '.') {
        return false;
    }
    at = read_digits(at + 2, &pattern->last, &width_last);
    if (at == NULL || *at != '}' || strpbrk(at + 1, "{}") != NULL ||
        pattern->last < pattern->first) {
        return false;
    }
    pattern->ranged = true;
    pattern->before = (size_t)(open - text);
    pattern->after = (size_t)(at + 1 - text);
    pattern->width = width_first;
    return true;
}

int32_t pattern_count(const struct pattern *pattern)
{
    return pattern->ranged ? pattern->last - pattern->first + 1 : 1;
}

const char *pattern_expand(const struct pattern *pattern, int32_t turn, struct arena *arena)
{
    char digits[16];

    CHECK(turn >= 0 && turn < pattern_count(pattern));
    if (!pattern->ranged) {
        return arena_strdup(arena, pattern->text);
    }
    size_t middle = (size_t)snprintf(digits, sizeof digits, "%0*d", (int)pattern->width,
                                     (int)(pattern->first + turn));
    size_t tail = strlen(pattern->text + pattern->after);
    char *name = arena_alloc(arena, pattern->before + middle + tail + 1, 1);
    memcpy(name, pattern->text, pattern->before);
    memcpy(name + pattern->before, digits, middle);
    memcpy(name + pattern->before + middle, pattern->text + pattern->after, tail);
    return name;
}
