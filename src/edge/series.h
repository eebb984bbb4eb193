/* Series: a few figures of a running site, one sample for each minute of its clock, for some days.
 *
 * It is a cache of what was seen, and no state: a minute that passed while nobody looked, or before
 * the process began, is not known. A sample is kept at the index of its minute, so each minute has
 * one place and the oldest is written over. */
#ifndef EDGE_SERIES_H
#define EDGE_SERIES_H

#include <plenum/engine.h>

enum { SERIES_MINUTE_MS = 60000, SERIES_MINUTES = 7 * 24 * 60 };

/* code, name, 1 if it counts since the engine began: a bucket of it is a difference */
#define SERIES_LINES(X)                                                                            \
    X(POWER_W, power_w, 0)                                                                         \
    X(SOLD, sold, 0)                                                                               \
    X(IN_SERVICE, in_service, 0)                                                                   \
    X(TASKS_DONE, tasks_done, 1)                                                                   \
    X(ROBOTS_BUSY, robots_busy, 0)                                                                 \
    X(FLYING, flying, 0)

enum series_line {
#define X(code, name, counts) SERIES_##code,
    SERIES_LINES(X)
#undef X
        SERIES_LINE_COUNT
};

struct series;

struct series *series_create(void);
void series_destroy(struct series *series);
/* Keeps a sample if the clock has come to a minute that has none. */
void series_sample(struct series *series, const struct plenum_engine *engine);
const char *series_line_name(enum series_line line);
/* The mean of the samples in [from_ms, until_ms), or what was counted in it; false where that is
 * not known. */
bool series_at(const struct series *series, enum series_line line, int64_t from_ms,
               int64_t until_ms, int64_t *value);

#endif
