/* Step functions as sorted arrays: see calendar_steps.h. */
#include "capacity/calendar_steps.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 1 << 26 };

void steps_init(struct steps *steps, uint8_t free)
{
    *steps = (struct steps){0};
    size_t count = 0;
    ARRAY_PUSH(steps->slot, steps->count, steps->slot_capacity, STEPS_MAX) = 0;
    ARRAY_PUSH(steps->free, count, steps->free_capacity, STEPS_MAX) = free;
}

void steps_finish(struct steps *steps)
{
    free(steps->slot);
    free(steps->free);
    *steps = (struct steps){0};
}

size_t steps_at(const struct steps *steps, int32_t slot)
{
    size_t low = 0, high = steps->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (steps->slot[middle] <= slot)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint8_t steps_least(const struct steps *steps, int32_t from, int32_t until)
{
    size_t at = steps_at(steps, from);
    uint8_t least = steps->free[at];
    for (at++; at < steps->count && steps->slot[at] < until; at++)
        least = steps->free[at] < least ? steps->free[at] : least;
    return least;
}

/* Makes a step begin at the slot, and gives its number. */
static size_t steps_split(struct steps *steps, int32_t slot)
{
    size_t at = steps_at(steps, slot);
    if (steps->slot[at] == slot)
        return at;
    size_t count = steps->count + 1;
    steps->slot =
        array_reserve(steps->slot, &steps->slot_capacity, count, sizeof *steps->slot, STEPS_MAX);
    steps->free =
        array_reserve(steps->free, &steps->free_capacity, count, sizeof *steps->free, STEPS_MAX);
    size_t after = steps->count - at - 1;
    memmove(&steps->slot[at + 2], &steps->slot[at + 1], after * sizeof *steps->slot);
    memmove(&steps->free[at + 2], &steps->free[at + 1], after * sizeof *steps->free);
    steps->slot[at + 1] = slot;
    steps->free[at + 1] = steps->free[at];
    steps->count = count;
    return at + 1;
}

/* Drops the step where it is as the one before it. */
static void steps_join(struct steps *steps, size_t at)
{
    if (at == 0 || at >= steps->count || steps->free[at] != steps->free[at - 1])
        return;
    size_t after = steps->count - at - 1;
    memmove(&steps->slot[at], &steps->slot[at + 1], after * sizeof *steps->slot);
    memmove(&steps->free[at], &steps->free[at + 1], after * sizeof *steps->free);
    steps->count--;
}

void steps_add(struct steps *steps, int32_t from, int32_t until, int32_t delta)
{
    CHECK(from >= 0 && from < until);
    size_t first = steps_split(steps, from), last = steps_split(steps, until);
    for (size_t at = first; at < last; at++) {
        int32_t free = steps->free[at] + delta;
        CHECK(free >= 0 && free <= UINT8_MAX);
        steps->free[at] = (uint8_t)free;
    }
    steps_join(steps, last);
    steps_join(steps, first);
}
