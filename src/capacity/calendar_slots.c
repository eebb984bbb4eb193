/* A tree of least numbers over slots: see calendar_slots.h. */
#include "capacity/calendar_slots.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

/* Slots past the last one are never free. */
static const int64_t never = INT64_MIN / 4;

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void item_update(struct slots *slots, int32_t item)
{
    slots->items[item].least =
        lesser(slots->items[2 * item].least, slots->items[2 * item + 1].least) +
        slots->items[item].add;
}

void slots_init(struct slots *slots, int32_t count, int64_t value)
{
    CHECK(count > 0 && count <= PLENUM_CALENDAR_SLOTS_MAX);
    int32_t leaves = 1;
    while (leaves < count)
        leaves *= 2;
    slots->leaves = leaves;
    slots->items = memory_new(2 * (size_t)leaves, sizeof *slots->items);
    for (int32_t i = 0; i < leaves; i++)
        slots->items[leaves + i].least = i < count ? value : never;
    for (int32_t i = leaves - 1; i > 0; i--)
        item_update(slots, i);
}

void slots_finish(struct slots *slots)
{
    free(slots->items);
    *slots = (struct slots){0};
}

/* From the leaves up: items that lie wholly in the range take the delta. */
void slots_add(struct slots *slots, int32_t from, int32_t until, int64_t delta)
{
    CHECK(from >= 0 && from < until && until <= slots->leaves);
    int32_t left = from + slots->leaves, right = until - 1 + slots->leaves;
    int32_t first = left, last = right;
    for (right++; left < right; left /= 2, right /= 2) {
        if (left & 1) {
            slots->items[left].least += delta;
            slots->items[left++].add += delta;
        }
        if (right & 1) {
            slots->items[--right].least += delta;
            slots->items[right].add += delta;
        }
    }
    for (first /= 2; first > 0; first /= 2)
        item_update(slots, first);
    for (last /= 2; last > 0; last /= 2)
        item_update(slots, last);
}

/* above: what items over this one add. */
static int64_t least_under(const struct slots *slots, int32_t item, int32_t first, int32_t size,
                           int32_t from, int32_t until, int64_t above)
{
    if (from <= first && first + size <= until)
        return slots->items[item].least + above;
    int32_t half = size / 2;
    int64_t least = INT64_MAX;
    above += slots->items[item].add;
    if (from < first + half)
        least = least_under(slots, 2 * item, first, half, from, until, above);
    if (until > first + half)
        least =
            lesser(least, least_under(slots, 2 * item + 1, first + half, half, from, until, above));
    return least;
}

int64_t slots_least(const struct slots *slots, int32_t from, int32_t until)
{
    CHECK(from >= 0 && from < until && until <= slots->leaves);
    return least_under(slots, 1, 0, slots->leaves, from, until, 0);
}

static int32_t last_under(const struct slots *slots, int32_t item, int32_t first, int32_t size,
                          int32_t from, int32_t until, int64_t floor)
{
    if (until <= first || first + size <= from || slots->items[item].least >= floor)
        return -1;
    if (size == 1)
        return first;
    int32_t half = size / 2;
    int64_t rest = floor - slots->items[item].add;
    int32_t found = last_under(slots, 2 * item + 1, first + half, half, from, until, rest);
    return found >= 0 ? found : last_under(slots, 2 * item, first, half, from, until, rest);
}

int32_t slots_last_under(const struct slots *slots, int32_t from, int32_t until, int64_t floor)
{
    return last_under(slots, 1, 0, slots->leaves, from, until, floor);
}

/* Each window that does not fit says where the next can start: after its last slot that is short.
 * What comes after that slot in the window has been seen to do, and is not looked at again. */
int32_t slots_first_fit(const struct slots *slots, int32_t from, int32_t latest, int32_t end,
                        int32_t length, int64_t floor)
{
    int32_t seen = from;
    while (from <= latest && length <= end - from) {
        int32_t under = slots_last_under(slots, seen, from + length, floor);
        if (under < 0)
            return from;
        seen = from + length;
        from = under + 1;
    }
    return -1;
}

/* --- instants ------------------------------------------------------------------------------ */

int32_t slot_at_or_after(const struct plenum_calendar_span *span, int64_t instant_ms)
{
    if (instant_ms <= span->start_ms)
        return 0;
    uint64_t since = (uint64_t)instant_ms - (uint64_t)span->start_ms;
    uint64_t slot = since / (uint64_t)span->slot_ms + (since % (uint64_t)span->slot_ms != 0);
    return slot > (uint64_t)span->slots ? span->slots : (int32_t)slot;
}

int32_t slot_at_or_before(const struct plenum_calendar_span *span, int64_t instant_ms)
{
    if (instant_ms < span->start_ms)
        return -1;
    uint64_t slot = ((uint64_t)instant_ms - (uint64_t)span->start_ms) / (uint64_t)span->slot_ms;
    return slot > (uint64_t)span->slots ? span->slots : (int32_t)slot;
}

int32_t slots_of_length(const struct plenum_calendar_span *span, int64_t length_ms)
{
    if (length_ms <= 0)
        return 0;
    int64_t count = length_ms / span->slot_ms + (length_ms % span->slot_ms != 0);
    return count > span->slots ? span->slots + 1 : (int32_t)count;
}
