/* Wall time, for pacing, progress and measuring; never for a decision. Behind a table of
 * functions so that a test can be the clock. */
#ifndef BASE_WALL_H
#define BASE_WALL_H

#include <stdint.h>

struct wall_clock {
    int64_t (*now_ns)(void *context);            /* monotonic */
    void (*sleep_ns)(void *context, int64_t ns); /* may return early on a signal */
    void *context;
};

/* CLOCK_MONOTONIC. */
extern const struct wall_clock wall_clock_system;

/* The time of day, milliseconds since 1970: for what is connected to devices that keep it. */
int64_t wall_day_ms(void);

static inline int64_t wall_now_ns(const struct wall_clock *clock)
{
    return clock->now_ns(clock->context);
}

#endif
