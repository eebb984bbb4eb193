#include "ledger/air_index.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

_Static_assert(sizeof(struct air_box) == 48, "boxes of a bucket stand close");

enum { BUCKETS_FIRST = 64 };

/* The places that a box meets: from low to high in each direction. */
struct air_range {
    struct air_place low, high;
};

static int64_t floor_part(int64_t value, int bits)
{
    const int64_t length = INT64_C(1) << bits;
    return value >= 0 ? value / length : -1 - (-1 - value) / length;
}

static struct air_place place_of(int64_t from_ms, int64_t x_mm, int64_t y_mm)
{
    return (struct air_place){.slab = floor_part(from_ms, AIR_INDEX_SLAB_BITS),
                              .x = (int32_t)floor_part(x_mm, AIR_INDEX_SQUARE_BITS),
                              .y = (int32_t)floor_part(y_mm, AIR_INDEX_SQUARE_BITS)};
}

static bool place_equal(struct air_place a, struct air_place b)
{
    return a.slab == b.slab && a.x == b.x && a.y == b.y;
}

static struct air_range range_of(const struct air_box *box)
{
    return (struct air_range){place_of(box->from_ms, box->x_min_mm, box->y_min_mm),
                              place_of(box->until_ms, box->x_max_mm, box->y_max_mm)};
}

/* How many buckets a range has; max + 1 stands for all that are more than max. */
static int64_t range_spread(const struct air_range *range, int64_t max)
{
    int64_t slabs = range->high.slab - range->low.slab + 1;
    int64_t squares =
        ((int64_t)range->high.x - range->low.x + 1) * ((int64_t)range->high.y - range->low.y + 1);
    return slabs > max || squares > max || slabs * squares > max ? max + 1 : slabs * squares;
}

static struct air_box box_pack(const struct geometry_box *box, uint32_t flight, uint32_t volume)
{
    return (struct air_box){.from_ms = box->from_ms,
                            .until_ms = box->until_ms,
                            .x_min_mm = (int32_t)box->x_min_mm,
                            .x_max_mm = (int32_t)box->x_max_mm,
                            .y_min_mm = (int32_t)box->y_min_mm,
                            .y_max_mm = (int32_t)box->y_max_mm,
                            .lower_mm = (int32_t)box->lower_mm,
                            .upper_mm = (int32_t)box->upper_mm,
                            .flight = flight,
                            .volume = volume};
}

static inline bool boxes_meet(const struct air_box *a, const struct air_box *b)
{
    return a->from_ms <= b->until_ms && b->from_ms <= a->until_ms && a->x_min_mm <= b->x_max_mm &&
           b->x_min_mm <= a->x_max_mm && a->y_min_mm <= b->y_max_mm && b->y_min_mm <= a->y_max_mm &&
           a->lower_mm <= b->upper_mm && b->lower_mm <= a->upper_mm;
}

void air_index_init(struct air_index *index)
{
    *index = (struct air_index){.bucket_room = BUCKETS_FIRST};
    index->buckets = memory_new(BUCKETS_FIRST, sizeof *index->buckets);
}

void air_index_finish(struct air_index *index)
{
    for (size_t i = 0; i < index->bucket_room; i++)
        free(index->buckets[i].boxes);
    free(index->buckets);
    free(index->large.boxes);
    *index = (struct air_index){0};
}

/* --- buckets ---------------------------------------------------------------------------------- */

static size_t place_home(const struct air_index *index, struct air_place place)
{
    uint64_t bits = (uint64_t)place.slab * UINT64_C(0x9e3779b97f4a7c15);
    bits ^= ((uint64_t)(uint32_t)place.x << 32 | (uint32_t)place.y) * UINT64_C(0xbf58476d1ce4e5b9);
    bits ^= bits >> 31;
    bits *= UINT64_C(0x94d049bb133111eb);
    return (size_t)(bits >> 20) & (index->bucket_room - 1);
}

/* Where the bucket is, or the empty place where it would be. */
static size_t bucket_find(const struct air_index *index, struct air_place place)
{
    size_t at = place_home(index, place);
    while (index->buckets[at].count > 0 && !place_equal(index->buckets[at].place, place))
        at = (at + 1) & (index->bucket_room - 1);
    return at;
}

static void index_grow(struct air_index *index)
{
    struct air_bucket *before = index->buckets;
    size_t room = index->bucket_room;
    index->bucket_room = 2 * room;
    index->buckets = memory_new(index->bucket_room, sizeof *index->buckets);
    for (size_t i = 0; i < room; i++)
        if (before[i].count > 0)
            index->buckets[bucket_find(index, before[i].place)] = before[i];
    free(before);
}

static void bucket_add(struct air_bucket *bucket, const struct air_box *box)
{
    bucket->boxes = array_reserve(bucket->boxes, &bucket->room, bucket->count + 1,
                                  sizeof *bucket->boxes, AIR_INDEX_BOXES_MAX);
    bucket->boxes[bucket->count++] = *box;
}

static void index_add_at(struct air_index *index, struct air_place place, const struct air_box *box)
{
    size_t at = bucket_find(index, place);
    if (index->buckets[at].count == 0) {
        if (2 * (index->bucket_count + 1) > index->bucket_room)
            index_grow(index);
        at = bucket_find(index, place);
        index->bucket_count++;
        index->buckets[at].place = place;
    }
    bucket_add(&index->buckets[at], box);
}

static void bucket_remove(struct air_bucket *bucket, const struct air_box *box)
{
    size_t at = 0;
    while (at < bucket->count &&
           (bucket->boxes[at].flight != box->flight || bucket->boxes[at].volume != box->volume))
        at++;
    CHECK(at < bucket->count);
    bucket->boxes[at] = bucket->boxes[--bucket->count];
}

/* Moves up the buckets after an empty place that were kept from their home by it. */
static void index_close_gap(struct air_index *index, size_t gap)
{
    size_t mask = index->bucket_room - 1;
    for (size_t at = (gap + 1) & mask; index->buckets[at].count > 0; at = (at + 1) & mask) {
        size_t home = place_home(index, index->buckets[at].place);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        index->buckets[gap] = index->buckets[at];
        index->buckets[at] = (struct air_bucket){0};
        gap = at;
    }
}

static void index_remove_at(struct air_index *index, struct air_place place,
                            const struct air_box *box)
{
    size_t at = bucket_find(index, place);
    bucket_remove(&index->buckets[at], box);
    if (index->buckets[at].count > 0)
        return;
    free(index->buckets[at].boxes);
    index->buckets[at] = (struct air_bucket){0};
    index->bucket_count--;
    index_close_gap(index, at);
}

/* The place after `at` in the range, in order of slab, x, y; false at the end. */
static bool range_next(const struct air_range *range, struct air_place *at)
{
    if (at->y < range->high.y) {
        at->y++;
        return true;
    }
    at->y = range->low.y;
    if (at->x < range->high.x) {
        at->x++;
        return true;
    }
    at->x = range->low.x;
    return at->slab++ < range->high.slab;
}

/* --- from outside ----------------------------------------------------------------------------- */

void air_index_add(struct air_index *index, const struct geometry_box *box, uint32_t flight,
                   uint32_t volume)
{
    CHECK(box->from_ms <= box->until_ms);
    struct air_box packed = box_pack(box, flight, volume);
    struct air_range range = range_of(&packed);
    struct air_place at = range.low;
    if (range_spread(&range, AIR_INDEX_SPREAD_MAX) > AIR_INDEX_SPREAD_MAX) {
        bucket_add(&index->large, &packed);
        return;
    }
    do
        index_add_at(index, at, &packed);
    while (range_next(&range, &at));
}

void air_index_remove(struct air_index *index, const struct geometry_box *box, uint32_t flight,
                      uint32_t volume)
{
    struct air_box packed = box_pack(box, flight, volume);
    struct air_range range = range_of(&packed);
    struct air_place at = range.low;
    if (range_spread(&range, AIR_INDEX_SPREAD_MAX) > AIR_INDEX_SPREAD_MAX) {
        bucket_remove(&index->large, &packed);
        return;
    }
    do
        index_remove_at(index, at, &packed);
    while (range_next(&range, &at));
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static bool bucket_search(const struct air_bucket *bucket, const struct air_box *box,
                          air_index_visit *visit, void *context)
{
    for (size_t i = 0; i < bucket->count; i++) {
        const struct air_box *other = &bucket->boxes[i];
        if (!boxes_meet(other, box))
            continue;
        struct air_place told =
            place_of(greater(other->from_ms, box->from_ms), greater(other->x_min_mm, box->x_min_mm),
                     greater(other->y_min_mm, box->y_min_mm));
        if (place_equal(told, bucket->place) && !visit(context, other->flight, other->volume))
            return false;
    }
    return true;
}

static bool large_search(const struct air_index *index, const struct air_box *box,
                         air_index_visit *visit, void *context)
{
    for (size_t i = 0; i < index->large.count; i++)
        if (boxes_meet(&index->large.boxes[i], box) &&
            !visit(context, index->large.boxes[i].flight, index->large.boxes[i].volume))
            return false;
    return true;
}

void air_index_find(const struct air_index *index, const struct geometry_box *box,
                    air_index_visit *visit, void *context)
{
    struct air_box packed = box_pack(box, 0, 0);
    struct air_range range = range_of(&packed);
    struct air_place at = range.low;
    bool more = large_search(index, &packed, visit, context);
    if (range_spread(&range, (int64_t)index->bucket_room) > (int64_t)index->bucket_room) {
        for (size_t i = 0; i < index->bucket_room && more; i++)
            more = bucket_search(&index->buckets[i], &packed, visit, context);
        return;
    }
    while (more) {
        more = bucket_search(&index->buckets[bucket_find(index, at)], &packed, visit, context) &&
               range_next(&range, &at);
    }
}
