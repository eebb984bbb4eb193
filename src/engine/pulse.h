/* Pulse: how fast a run goes of late, and what of its time the journal took. It says how a run
 * does, and changes nothing. */
#ifndef ENGINE_PULSE_H
#define ENGINE_PULSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PULSE_MARKS = 10 }; /* a second apart at least */

struct pulse_mark {
    int64_t wall_ns, site_ms, journal_ns;
};

struct pulse {
    struct pulse_mark marks[PULSE_MARKS]; /* a ring */
    size_t count;                         /* ever made */
};

/* Keeps the mark if the last is old enough. */
void pulse_beat(struct pulse *pulse, const struct pulse_mark *mark);
/* What was before is not to be counted: a pause, another speed. */
void pulse_forget(struct pulse *pulse);
/* Over the marks there are: site seconds in a wall second, and the journal's part of the time, both
 * in thousandths. False while they span less than half of the ring. */
bool pulse_read(const struct pulse *pulse, int64_t *speed_milli, int64_t *journal_milli);

#endif
