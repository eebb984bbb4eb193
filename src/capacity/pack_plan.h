/* Pack plan: which shares should meet on one device, from the shares seen so far.
 *
 * A pattern is a set of shares that fit one device together. The plan is a list of patterns and how
 * often each is wanted, so that all shares seen so far would be on as few devices as a greedy
 * packing gives: the largest share first, and the rest of its device filled as full as can be
 * (minimum bin slack; Gupta and Ho, 1999). When a share opens a device, the pattern that is
 * furthest behind what is wanted says which shares the device then waits for. */
#ifndef CAPACITY_PACK_PLAN_H
#define CAPACITY_PACK_PLAN_H

#include <plenum/capacity.h>

enum {
    PLAN_PARTS_MAX = 8,
    PLAN_PATTERNS_MAX = 256,
    PLAN_SIZES = PLENUM_DEVICE_MILLI /* a share is 1 .. PLAN_SIZES - 1 thousandths */
};

struct plan_pattern {
    int16_t parts[PLAN_PARTS_MAX]; /* thousandths; the largest first */
    int32_t part_count;
    int64_t wanted; /* 1 or more */
    int64_t opened; /* devices that took it since the plan was made */
};

struct plan {
    struct plan_pattern patterns[PLAN_PATTERNS_MAX];
    int32_t count;
    int64_t seen[PLAN_SIZES]; /* shares, by thousandths */
};

/* Makes the patterns anew from plan->seen. */
void plan_make(struct plan *plan);
/* The pattern for a device that a share of this size opens; it is counted as opened. NULL where no
 * pattern has the size. */
const struct plan_pattern *plan_open(struct plan *plan, int32_t milli);

#endif
