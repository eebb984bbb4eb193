/* Timeline: an integer that changes over time, as a step function on all instants.
 *
 * It is made of boundaries: from a boundary's instant on, until the next one, the value is the
 * start value plus all deltas so far. Adding over an interval and asking for the least or
 * greatest value in one take O(log n) in the number n of boundaries (an augmented balanced
 * tree; the tree's shape depends only on the calls made, and no answer depends on the shape).
 *
 * Intervals are half open: [from, until). until may be INT64_MAX for ever. */
#ifndef BASE_TIMELINE_H
#define BASE_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timeline_node;

/* Has no memory of its own until the first add; then about 56 bytes a boundary, doubling. */
struct timeline {
    struct timeline_node *nodes; /* an array; links are indices, 0 is none */
    uint32_t root, count, capacity, free_list;
    int64_t base; /* the value before the first boundary */
};

void timeline_init(struct timeline *timeline, int64_t value);
void timeline_finish(struct timeline *timeline);

/* Adds delta on [from, until). CHECKs from < until and that no sum overflows: none can while all
 * values and deltas are within +-2^60, and close under 2^63 one may. */
void timeline_add(struct timeline *timeline, int64_t from, int64_t until, int64_t delta);
int64_t timeline_at(const struct timeline *timeline, int64_t instant);
/* Least and greatest value on [from, until); CHECKs from < until. */
int64_t timeline_min(const struct timeline *timeline, int64_t from, int64_t until);
int64_t timeline_max(const struct timeline *timeline, int64_t from, int64_t until);
/* The first instant in [from, until) where the value is below floor, or until if there is none. */
int64_t timeline_first_below(const struct timeline *timeline, int64_t from, int64_t until,
                             int64_t floor);
/* The first instant t in [from, latest) such that the value is >= floor on all of
 * [t, t + length), or INT64_MAX if there is none; length > 0. O(log n) for each gap that is too
 * short. */
int64_t timeline_first_fit(const struct timeline *timeline, int64_t from, int64_t latest,
                           int64_t length, int64_t floor);
/* The next boundary after instant, or INT64_MAX. */
int64_t timeline_next(const struct timeline *timeline, int64_t instant);
/* Forgets boundaries at or before instant: the value there becomes the value of all time before. */
void timeline_forget(struct timeline *timeline, int64_t instant);
size_t timeline_boundaries(const struct timeline *timeline);

#endif
