/* Calendar slots: a number for each slot, that changes over ranges and is asked for its least.
 *
 * A complete binary tree over all slots. An item's add counts for all slots under it; its least is
 * the least under it, its own add included, those above it not. So nothing is ever
 * pushed down, and a reader changes nothing. */
#ifndef CAPACITY_CALENDAR_SLOTS_H
#define CAPACITY_CALENDAR_SLOTS_H

#include <plenum/calendar.h>

struct slots_item {
    int64_t least, add;
};

struct slots {
    struct slots_item *items; /* 1 is the root */
    int32_t leaves;           /* a power of two at or over the number of slots */
};

void slots_init(struct slots *slots, int32_t count, int64_t value);
void slots_finish(struct slots *slots);
/* Over [from, until), which is not empty. */
void slots_add(struct slots *slots, int32_t from, int32_t until, int64_t delta);
int64_t slots_least(const struct slots *slots, int32_t from, int32_t until);
/* The last slot of [from, until) under floor, or -1. */
int32_t slots_last_under(const struct slots *slots, int32_t from, int32_t until, int64_t floor);
/* The first start in [from, latest] with `length` slots at floor or over, all before end; or -1. */
int32_t slots_first_fit(const struct slots *slots, int32_t from, int32_t latest, int32_t end,
                        int32_t length, int64_t floor);

/* The slot of an instant, rounded up; cut to [0, slots]. */
int32_t slot_at_or_after(const struct plenum_calendar_span *span, int64_t instant_ms);
/* The slots of a length, rounded up; slots + 1 where it is longer than the calendar. */
int32_t slots_of_length(const struct plenum_calendar_span *span, int64_t length_ms);
/* The last slot that starts at or before the instant, or -1. */
int32_t slot_at_or_before(const struct plenum_calendar_span *span, int64_t instant_ms);
static inline int64_t slot_ms(const struct plenum_calendar_span *span, int32_t slot)
{
    return span->start_ms + span->slot_ms * slot;
}

#endif
