/* Pattern: a name that stands for many, with one range in braces: "a-{1..3}" is a-1, a-2, a-3;
 * "a-{08..10}" is a-08, a-09, a-10. A name without braces stands for itself. */
#ifndef MODEL_PATTERN_H
#define MODEL_PATTERN_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct pattern {
    const char *text;
    size_t before, after; /* text[0, before) and text[after, ...) stand around the range */
    bool ranged;
    int32_t first, last, width; /* width of the digits, filled up with zeros */
};

/* False where braces stand alone, twice, or around anything but two numbers in rising order. */
bool pattern_parse(const char *text, struct pattern *pattern);
int32_t pattern_count(const struct pattern *pattern);
const char *pattern_expand(const struct pattern *pattern, int32_t turn, struct arena *arena);

#endif
