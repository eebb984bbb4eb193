/* A name is made from left to right; at each bracket it branches: "r[1-2]n[1-2]" is four names. */
#include "edge/slurm/hostlist.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 8, DIGITS_MAX = 18 };

struct walk {
    bool (*each)(void *context, const char *name);
    void *context;
    int left; /* names that may still come */
    char name[SLURM_NAME_MAX];
};

/* A number of at most DIGITS_MAX digits; its width, 0 for none. */
static int read_number(const char *text, long long *number)
{
    int width = 0;
    for (*number = 0; text[width] >= '0' && text[width] <= '9'; width++) {
        if (width == DIGITS_MAX)
            return 0;
        *number = *number * 10 + (text[width] - '0');
    }
    return width;
}

static bool walk_on(struct walk *walk, const char *text, const char *end, size_t length, int depth);

/* The ranges between two brackets, from ranges on; rest is what comes behind them. */
static bool walk_ranges(struct walk *walk, const char *ranges, const char *rest, const char *end,
                        size_t length, int depth)
{
    while (true) {
        long long low, high;
        int width = read_number(ranges, &low), last = 0;
        ranges += width;
        high = low;
        if (width > 0 && *ranges == '-') {
            last = read_number(ranges + 1, &high);
            ranges += 1 + last;
            if (last == 0)
                return false;
        }
        if (width == 0 || high < low)
            return false;
        for (long long i = low; i <= high; i++) {
            int count =
                snprintf(walk->name + length, sizeof walk->name - length, "%0*lld", width, i);
            if ((size_t)count >= sizeof walk->name - length ||
                !walk_on(walk, rest, end, length + (size_t)count, depth + 1))
                return false;
        }
        if (*ranges == ']')
            return true;
        if (*ranges++ != ',')
            return false;
    }
}

/* The name has length bytes already; text to end is what it still lacks. */
static bool walk_on(struct walk *walk, const char *text, const char *end, size_t length, int depth)
{
    for (; text < end && *text != '['; text++) {
        if (length + 1 >= sizeof walk->name || *text == ']' || *text <= ' ')
            return false;
        walk->name[length++] = *text;
    }
    if (text < end) {
        const char *close = memchr(text, ']', (size_t)(end - text));
        return close && depth < DEPTH_MAX &&
               walk_ranges(walk, text + 1, close + 1, end, length, depth);
    }
    walk->name[length] = 0;
    return length > 0 && walk->left-- > 0 && walk->each(walk->context, walk->name);
}

/* Where the first name of the list ends: at a comma outside of brackets, or with the text. */
static const char *end_of_name(const char *text)
{
    bool inside = false;
    for (; *text && (inside || *text != ','); text++)
        inside = *text == '[' || (inside && *text != ']');
    return text;
}

bool slurm_hostlist_walk(const char *text, bool (*each)(void *context, const char *name),
                         void *context)
{
    struct walk walk = {.each = each, .context = context, .left = SLURM_NODES_MAX};
    while (*text) {
        const char *end = end_of_name(text);
        if (!walk_on(&walk, text, end, 0, 0) || (*end == ',' && end[1] == 0))
            return false;
        text = *end ? end + 1 : end;
    }
    return true;
}
