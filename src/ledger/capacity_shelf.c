#include "ledger/capacity_shelf.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/owner_map.h"

void shelf_finish(struct capacity_shelf *shelf)
{
    free(shelf->items);
    *shelf = (struct capacity_shelf){0};
}

void shelf_insert(struct capacity_shelf *shelf, const struct capacity_item *item)
{
    CHECK(item->from_ms < item->until_ms);
    shelf->items = array_reserve(shelf->items, &shelf->room, shelf->count + 1, sizeof *shelf->items,
                                 OWNER_MAP_SLOTS_MAX);
    size_t at = shelf->count++;
    for (; at > 0 && shelf->items[at - 1].from_ms > item->from_ms; at--)
        shelf->items[at] = shelf->items[at - 1];
    shelf->items[at] = *item;
}

struct capacity_item *shelf_find(const struct capacity_shelf *shelf, uint32_t slot)
{
    size_t at = 0;
    while (at < shelf->count && shelf->items[at].slot != slot)
        at++;
    CHECK(at < shelf->count);
    return &shelf->items[at];
}

void shelf_remove(struct capacity_shelf *shelf, uint32_t slot)
{
    struct capacity_item *item = shelf_find(shelf, slot);
    size_t at = (size_t)(item - shelf->items);
    shelf->count--;
    memmove(item, item + 1, (shelf->count - at) * sizeof *item);
}

/* --- the greatest use ------------------------------------------------------------------------- */

struct capacity_sweep {
    const struct capacity_item *items;
    uint32_t *heap; /* no item ends before its parent, (i - 1) / 2 */
    size_t running;
    struct capacity_use now;
    struct capacity_use *most;
};

static bool ends_before(const struct capacity_sweep *sweep, uint32_t a, uint32_t b)
{
    return sweep->items[a].until_ms < sweep->items[b].until_ms;
}

static void sweep_push(struct capacity_sweep *sweep, uint32_t item)
{
    size_t at = sweep->running++;
    while (at > 0 && ends_before(sweep, item, sweep->heap[(at - 1) / 2])) {
        sweep->heap[at] = sweep->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    sweep->heap[at] = item;
}

static void sweep_pop(struct capacity_sweep *sweep)
{
    uint32_t item = sweep->heap[--sweep->running];
    size_t at = 0, child = 1;
    while (child < sweep->running) {
        if (child + 1 < sweep->running &&
            ends_before(sweep, sweep->heap[child + 1], sweep->heap[child]))
            child++;
        if (!ends_before(sweep, sweep->heap[child], item))
            break;
        sweep->heap[at] = sweep->heap[child];
        at = child;
        child = 2 * at + 1;
    }
    sweep->heap[at] = item;
}

static inline int lowest_bit(uint64_t set)
{
    int bit = 0;
    for (int half = 32; half > 0; half /= 2) {
        if ((set & ((UINT64_C(1) << half) - 1)) == 0) {
            set >>= half;
            bit += half;
        }
    }
    return bit;
}

static void sweep_end(struct capacity_sweep *sweep, const struct capacity_item *item)
{
    sweep->now.cores -= item->cores;
    sweep->now.memory_bytes -= item->memory_bytes;
    for (uint64_t set = item->accelerators; set; set &= set - 1)
        sweep->now.milli[lowest_bit(set)] -= item->milli;
}

static void sweep_begin(struct capacity_sweep *sweep, const struct capacity_item *item)
{
    struct capacity_use *now = &sweep->now, *most = sweep->most;
    now->cores += item->cores;
    now->memory_bytes += item->memory_bytes;
    most->cores = now->cores > most->cores ? now->cores : most->cores;
    most->memory_bytes =
        now->memory_bytes > most->memory_bytes ? now->memory_bytes : most->memory_bytes;
    for (uint64_t set = item->accelerators; set; set &= set - 1) {
        int bit = lowest_bit(set);
        now->milli[bit] += item->milli;
        if (now->milli[bit] > most->milli[bit])
            most->milli[bit] = now->milli[bit];
    }
}

void shelf_use(const struct capacity_shelf *shelf, int64_t from_ms, int64_t until_ms,
               struct capacity_heap *heap, struct capacity_use *use)
{
    CHECK(from_ms < until_ms);
    *use = (struct capacity_use){0};
    heap->items = array_reserve(heap->items, &heap->room, shelf->count, sizeof *heap->items,
                                OWNER_MAP_SLOTS_MAX);
    struct capacity_sweep sweep = {.items = shelf->items, .heap = heap->items, .most = use};
    for (size_t i = 0; i < shelf->count && shelf->items[i].from_ms < until_ms; i++) {
        const struct capacity_item *item = &shelf->items[i];
        if (item->until_ms <= from_ms)
            continue;
        while (sweep.running > 0 && shelf->items[sweep.heap[0]].until_ms <= item->from_ms) {
            sweep_end(&sweep, &shelf->items[sweep.heap[0]]);
            sweep_pop(&sweep);
        }
        sweep_begin(&sweep, item);
        sweep_push(&sweep, (uint32_t)i);
    }
}
