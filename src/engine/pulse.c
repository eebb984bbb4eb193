/* Marks in a ring. */
#include "engine/pulse.h"

static const int64_t APART_NS = 1000000000;

static const struct pulse_mark *mark_at(const struct pulse *pulse, size_t number)
{
    return &pulse->marks[number % PULSE_MARKS];
}

void pulse_beat(struct pulse *pulse, const struct pulse_mark *mark)
{
    if (pulse->count > 0 && mark->wall_ns - mark_at(pulse, pulse->count - 1)->wall_ns < APART_NS)
        return;
    pulse->marks[pulse->count++ % PULSE_MARKS] = *mark;
}

void pulse_forget(struct pulse *pulse)
{
    pulse->count = 0;
}

bool pulse_read(const struct pulse *pulse, int64_t *speed_milli, int64_t *journal_milli)
{
    if (pulse->count < PULSE_MARKS / 2)
        return false;
    size_t first = pulse->count < PULSE_MARKS ? 0 : pulse->count - PULSE_MARKS;
    const struct pulse_mark *from = mark_at(pulse, first), *to = mark_at(pulse, pulse->count - 1);
    int64_t wall_us = (to->wall_ns - from->wall_ns) / 1000;
    *speed_milli = (to->site_ms - from->site_ms) * 1000000 / wall_us;
    *journal_milli = (to->journal_ns - from->journal_ns) / wall_us;
    return true;
}
