/* Pack learn: what the jobs that have arrived say about those to come.
 *
 * Learned online, from the shapes that were asked for so far and nothing else: the plan of
 * patterns for shares; how many cores and how much memory a device will need beside it; what free
 * devices and parts of devices jobs will not be able to use; and how much is asked of types that
 * not every job can use. All but the last are made anew each time the number of arrivals has
 * doubled; the last is always up to date. */
#ifndef CAPACITY_PACK_LEARN_H
#define CAPACITY_PACK_LEARN_H

#include "capacity/pack_index.h"
#include "capacity/pack_plan.h"
#include "capacity/pack_site.h"

enum { LEARN_SETS_MAX = 64 };

/* Cores and memory, in the units of a shape. */
struct pack_need {
    double cpu_milli, memory_mib;
};

/* Types of which at least one is needed, and what was asked of them. */
struct learn_set {
    uint64_t types;
    int64_t asked_milli;
};

struct pack_learned {
    struct plan plan;
    int64_t arrivals, next; /* arrivals at which to learn again */
    int64_t asked_milli;    /* accelerators */
    struct pack_need asked; /* beside accelerators */
    struct pack_need asked_of_size[PLAN_SIZES];
    /* What a free device will need; a share of a size; the rest of a device that a share of a size
     * opens. */
    struct pack_need of_device, of_size[PLAN_SIZES], of_rest[PLAN_SIZES];
    /* Of so many free devices of a server, those that jobs of several will leave over, weighed by
     * how much is asked so; and of so many thousandths of a device, those that the next job is
     * expected not to be able to use. */
    double leftover[PLENUM_TRACE_DEVICES_MAX + 1], lost_milli[PLAN_SIZES];
    int64_t asked_of_gang[PLENUM_TRACE_DEVICES_MAX + 1]; /* thousandths asked in so many at once */
    int64_t arrivals_of_gpus;
    struct learn_set sets[LEARN_SETS_MAX]; /* of those that not all types meet */
    size_t set_count;
    uint64_t *types_of; /* by shape: types that can ever hold it; all bits: any; 0: not known yet */
};

void learn_init(struct pack_learned *learned, const struct pack_site *site);
void learn_finish(struct pack_learned *learned);
/* True when what a device or a share needs has been made anew. */
bool learn_arrival(struct pack_learned *learned, const struct pack_site *site, uint32_t shape);
/* How much of what is free of each type will be asked for by jobs that need it, until all is
 * taken: 1.0 is all of it. free_milli by type. Sets that are the shape's own do not count. */
void learn_pressure(const struct pack_learned *learned, uint32_t shape, const int64_t *free_milli,
                    size_t types, double *pressure);

#endif
