/* Air index: which volumes' boxes meet a box.
 *
 * Time is cut into slabs of 2^18 ms (4.4 minutes), the ground into squares of 2^20 mm (1.05 km). A
 * bucket is one square in one slab, and holds the boxes that meet it, one after the other with
 * 32-bit sides. Buckets are found by hash; an empty one is no more. A box that would be in more
 * than AIR_INDEX_SPREAD_MAX of them is in one list of large ones instead.
 *
 *     (slab, x, y)   7021 3 1    7021 4 1    7022 4 1
 *                    a b         b c         b          large: z
 *
 * Finer squares and vector instructions over a bucket would go here, without a change to what is
 * seen from outside.
 *
 * What is always true: two boxes that meet are told of once, in the bucket that holds the later
 * begin, the greater west side and the greater south side of the two; boxes are found in no order
 * that means anything. */
#ifndef LEDGER_AIR_INDEX_H
#define LEDGER_AIR_INDEX_H

#include <stddef.h>

#include "ledger/geometry.h"

enum {
    AIR_INDEX_SLAB_BITS = 18,
    AIR_INDEX_SQUARE_BITS = 20,
    AIR_INDEX_SPREAD_MAX = 64,
    AIR_INDEX_BOXES_MAX = 1 << 28
};

struct air_box {
    int64_t from_ms, until_ms;
    int32_t x_min_mm, x_max_mm, y_min_mm, y_max_mm, lower_mm, upper_mm;
    uint32_t flight, volume; /* what it is the box of */
};

struct air_place {
    int64_t slab;
    int32_t x, y;
};

struct air_bucket {
    struct air_place place;
    struct air_box *boxes;
    size_t count, room; /* count 0: no bucket */
};

struct air_index {
    struct air_bucket *buckets; /* open addressing, linear; a power of two, at most half full */
    size_t bucket_count, bucket_room;
    struct air_bucket large;
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
