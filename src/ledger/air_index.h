/* Air index: which volumes' boxes meet a box.
 *
 * Volumes are kept by time, in slabs of 2^18 ms (4.4 minutes): a box is in each slab that its
 * interval meets, or, when those are more than AIR_INDEX_SLABS_MAX, in one list of long ones.
 *
 *     slabs (by number)   7021        7022        7025
 *                         a b c       b c         d         long: z
 *
 * A slab is an array of boxes with 32-bit sides, one after the other. It is where a finer grid and
 * vector instructions would go, without a change to what is seen from outside.
 *
 * What is always true: a box that is in several slabs is found once, in the slab that holds the
 * later of the two begins; boxes are found in no order that means anything. */
#ifndef LEDGER_AIR_INDEX_H
#define LEDGER_AIR_INDEX_H

#include "ledger/geometry.h"

enum { AIR_INDEX_SLABS_MAX = 64, AIR_INDEX_SLAB_BITS = 18, AIR_INDEX_BOXES_MAX = 1 << 28 };

struct air_box {
    int64_t from_ms, until_ms;
    int32_t x_min_mm, x_max_mm, y_min_mm, y_max_mm, lower_mm, upper_mm;
    uint32_t flight, volume; /* what it is the box of */
};

struct air_slab {
    int64_t number; /* holds instants [number, number + 1) << AIR_INDEX_SLAB_BITS */
    struct air_box *boxes;
    size_t count, room;
};

struct air_index {
    struct air_slab *slabs; /* by number */
    size_t count, room;
    struct air_slab lasting;
};

/* Called with each volume found; false ends the search. */
typedef bool air_index_visit(void *context, uint32_t flight, uint32_t volume);

void air_index_init(struct air_index *index);
void air_index_finish(struct air_index *index);
void air_index_add(struct air_index *index, const struct geometry_box *box, uint32_t flight,
                   uint32_t volume);
/* The same box as it was added with. */
void air_index_remove(struct air_index *index, const struct geometry_box *box, uint32_t flight,
                      uint32_t volume);
void air_index_find(const struct air_index *index, const struct geometry_box *box,
                    air_index_visit *visit, void *context);

#endif
