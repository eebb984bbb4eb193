#include "ledger/air_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

_Static_assert(sizeof(struct air_box) == 48, "boxes of a slab stand close");

static int64_t slab_number(int64_t instant)
{
    const int64_t length = INT64_C(1) << AIR_INDEX_SLAB_BITS;
    return instant >= 0 ? instant / length : -1 - (-1 - instant) / length;
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
    *index = (struct air_index){0};
}

void air_index_finish(struct air_index *index)
{
    for (size_t i = 0; i < index->count; i++)
        free(index->slabs[i].boxes);
    free(index->slabs);
    free(index->lasting.boxes);
    *index = (struct air_index){0};
}

/* The index of the first slab whose number is >= number. */
static size_t slab_find(const struct air_index *index, int64_t number)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->slabs[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct air_slab *slab_make(struct air_index *index, int64_t number)
{
    size_t at = slab_find(index, number);
    if (at < index->count && index->slabs[at].number == number)
        return &index->slabs[at];
    index->slabs = array_reserve(index->slabs, &index->room, index->count + 1, sizeof *index->slabs,
                                 AIR_INDEX_BOXES_MAX);
    memmove(&index->slabs[at + 1], &index->slabs[at], (index->count - at) * sizeof *index->slabs);
    index->slabs[at] = (struct air_slab){.number = number};
    index->count++;
    return &index->slabs[at];
}

static void slab_add(struct air_slab *slab, const struct air_box *box)
{
    slab->boxes = array_reserve(slab->boxes, &slab->room, slab->count + 1, sizeof *slab->boxes,
                                AIR_INDEX_BOXES_MAX);
    slab->boxes[slab->count++] = *box;
}

static void slab_remove(struct air_slab *slab, uint32_t flight, uint32_t volume)
{
    size_t at = 0;
    while (at < slab->count &&
           (slab->boxes[at].flight != flight || slab->boxes[at].volume != volume))
        at++;
    CHECK(at < slab->count);
    slab->boxes[at] = slab->boxes[--slab->count];
}

static bool box_lasts(const struct geometry_box *box)
{
    return slab_number(box->until_ms) - slab_number(box->from_ms) >= AIR_INDEX_SLABS_MAX;
}

void air_index_add(struct air_index *index, const struct geometry_box *box, uint32_t flight,
                   uint32_t volume)
{
    CHECK(box->from_ms <= box->until_ms);
    struct air_box packed = box_pack(box, flight, volume);
    if (box_lasts(box)) {
        slab_add(&index->lasting, &packed);
        return;
    }
    for (int64_t n = slab_number(box->from_ms); n <= slab_number(box->until_ms); n++)
        slab_add(slab_make(index, n), &packed);
}

void air_index_remove(struct air_index *index, const struct geometry_box *box, uint32_t flight,
                      uint32_t volume)
{
    if (box_lasts(box)) {
        slab_remove(&index->lasting, flight, volume);
        return;
    }
    for (int64_t n = slab_number(box->from_ms); n <= slab_number(box->until_ms); n++) {
        size_t at = slab_find(index, n);
        CHECK(at < index->count && index->slabs[at].number == n);
        slab_remove(&index->slabs[at], flight, volume);
        if (index->slabs[at].count > 0)
            continue;
        free(index->slabs[at].boxes);
        index->count--;
        memmove(&index->slabs[at], &index->slabs[at + 1],
                (index->count - at) * sizeof *index->slabs);
    }
}

/* first: the slab is the first of the box's, so all found there count. */
static bool slab_search(const struct air_slab *slab, const struct air_box *box, bool first,
                        air_index_visit *visit, void *context)
{
    for (size_t i = 0; i < slab->count; i++) {
        const struct air_box *other = &slab->boxes[i];
        if (!boxes_meet(other, box) || (!first && slab_number(other->from_ms) != slab->number))
            continue;
        if (!visit(context, other->flight, other->volume))
            return false;
    }
    return true;
}

void air_index_find(const struct air_index *index, const struct geometry_box *box,
                    air_index_visit *visit, void *context)
{
    struct air_box packed = box_pack(box, 0, 0);
    int64_t first = slab_number(box->from_ms), last = slab_number(box->until_ms);
    if (!slab_search(&index->lasting, &packed, true, visit, context))
        return;
    for (size_t i = slab_find(index, first); i < index->count && index->slabs[i].number <= last;
         i++)
        if (!slab_search(&index->slabs[i], &packed, index->slabs[i].number == first, visit,
                         context))
            return;
}
