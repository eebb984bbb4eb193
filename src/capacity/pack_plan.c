/* Patterns of shares: see pack_plan.h. */
#include "capacity/pack_plan.h"

#include "base/check.h"

#include <stddef.h>

/* Devices are filled on a grid: a share takes its size rounded up. */
enum { GRID_MILLI = 10, GRID_CELLS = PLAN_SIZES / GRID_MILLI, NOT_REACHED = -1 };

/* The sizes that have been seen, and how many of each are not in a pattern yet. */
struct plan_sizes {
    int32_t milli[PLAN_SIZES]; /* falling */
    int64_t left[PLAN_SIZES];
    int32_t count;
};

/* How full a device can get: reached[c] is the size put last to fill c cells. */
struct plan_fill {
    int32_t reached[GRID_CELLS + 1];
    int32_t parts[GRID_CELLS + 1];
};

static void sizes_of(const struct plan *plan, struct plan_sizes *sizes)
{
    sizes->count = 0;
    for (int32_t milli = PLAN_SIZES - 1; milli > 0; milli--) {
        if (plan->seen[milli] > 0) {
            sizes->milli[sizes->count] = milli;
            sizes->left[sizes->count++] = plan->seen[milli];
        }
    }
}

static int32_t cells_of(const struct plan_sizes *sizes, int32_t size)
{
    return (sizes->milli[size] + GRID_MILLI - 1) / GRID_MILLI;
}

/* Fills what is not reached yet with up to `left` shares of one size. */
static void fill_size(const struct plan_sizes *sizes, int32_t size, int64_t left, int32_t room,
                      struct plan_fill *fill)
{
    int32_t cells = cells_of(sizes, size);
    int64_t used[GRID_CELLS + 1] = {0}; /* of this size */
    for (int32_t at = cells; at <= room; at++) {
        int32_t before = at - cells;
        if (fill->reached[at] != NOT_REACHED || fill->reached[before] == NOT_REACHED)
            continue;
        if (used[before] == left || fill->parts[before] + 2 > PLAN_PARTS_MAX)
            continue;
        fill->reached[at] = size;
        fill->parts[at] = fill->parts[before] + 1;
        used[at] = used[before] + 1;
    }
}

/* The pattern that has one of the first size and is as full as the sizes left allow; larger sizes
 * before smaller ones. */
static void fill_pattern(const struct plan_sizes *sizes, int32_t first,
                         struct plan_pattern *pattern)
{
    struct plan_fill fill;
    int32_t room = GRID_CELLS - cells_of(sizes, first);
    for (int32_t at = 0; at <= room; at++)
        fill.reached[at] = NOT_REACHED;
    fill.reached[0] = first;
    fill.parts[0] = 0;
    for (int32_t size = first; size < sizes->count; size++)
        fill_size(sizes, size, sizes->left[size] - (size == first), room, &fill);

    *pattern = (struct plan_pattern){.part_count = 1};
    pattern->parts[0] = (int16_t)sizes->milli[first];
    while (fill.reached[room] == NOT_REACHED)
        room--;
    for (; room > 0; room -= cells_of(sizes, fill.reached[room]))
        pattern->parts[pattern->part_count++] = (int16_t)sizes->milli[fill.reached[room]];
}

static int32_t parts_of(const struct plan_pattern *pattern, int32_t milli)
{
    int32_t parts = 0;
    for (int32_t i = 0; i < pattern->part_count; i++)
        parts += pattern->parts[i] == milli;
    return parts;
}

/* Uses the pattern as often as the shares left allow. */
static void use_pattern(struct plan_sizes *sizes, struct plan_pattern *pattern)
{
    pattern->wanted = INT64_MAX;
    for (int32_t size = 0; size < sizes->count; size++) {
        int32_t parts = parts_of(pattern, sizes->milli[size]);
        if (parts > 0 && sizes->left[size] / parts < pattern->wanted)
            pattern->wanted = sizes->left[size] / parts;
    }
    CHECK(pattern->wanted > 0);
    for (int32_t size = 0; size < sizes->count; size++)
        sizes->left[size] -= pattern->wanted * parts_of(pattern, sizes->milli[size]);
}

void plan_make(struct plan *plan)
{
    struct plan_sizes sizes;
    int32_t first = 0;
    sizes_of(plan, &sizes);
    plan->count = 0;
    while (first < sizes.count && plan->count < PLAN_PATTERNS_MAX) {
        if (sizes.left[first] == 0) {
            first++;
            continue;
        }
        struct plan_pattern *pattern = &plan->patterns[plan->count++];
        fill_pattern(&sizes, first, pattern);
        use_pattern(&sizes, pattern);
    }
}

/* Furthest behind: the greatest wanted / (opened + 1), as in d'Hondt's rule for seats. */
const struct plan_pattern *plan_open(struct plan *plan, int32_t milli)
{
    struct plan_pattern *best = NULL;
    for (int32_t i = 0; i < plan->count; i++) {
        struct plan_pattern *pattern = &plan->patterns[i];
        if (parts_of(pattern, milli) > 0 &&
            (best == NULL ||
             pattern->wanted * (best->opened + 1) > best->wanted * (pattern->opened + 1)))
            best = pattern;
    }
    if (best != NULL)
        best->opened++;
    return best;
}
