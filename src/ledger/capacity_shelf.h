/* Capacity shelf: the claims on one server, in order of their begin; those of one begin in the
 * order in which they were put there.
 *
 * How much of a server is in use changes upwards only where a claim begins, so the greatest use in
 * an interval is found by walking the claims that meet it, with those that run kept in a heap by
 * their end: O(n log n) in the claims of this one server. */
#ifndef LEDGER_CAPACITY_SHELF_H
#define LEDGER_CAPACITY_SHELF_H

#include <plenum/ledger.h>

struct capacity_item {
    int64_t from_ms, until_ms;
    int64_t memory_bytes;
    uint64_t accelerators;
    int32_t milli, cores;
    uint32_t slot; /* in the book; anything in a test */
    struct plenum_ref owner;
};

_Static_assert(sizeof(struct capacity_item) == 64, "one cache line a claim");

struct capacity_shelf {
    struct capacity_item *items;
    size_t count, room;
};

/* The greatest use of each thing at any instant of an interval. */
struct capacity_use {
    int32_t milli[PLENUM_ACCELERATORS_PER_SERVER_MAX];
    int64_t cores;
    int64_t memory_bytes;
};

/* Memory for shelf_use: the items that run, as indices, a heap by their end. */
struct capacity_heap {
    uint32_t *items;
    size_t room;
};

void shelf_finish(struct capacity_shelf *shelf);
void shelf_insert(struct capacity_shelf *shelf, const struct capacity_item *item);
/* The item of the slot, which must be there. */
struct capacity_item *shelf_find(const struct capacity_shelf *shelf, uint32_t slot);
void shelf_remove(struct capacity_shelf *shelf, uint32_t slot);
/* from_ms < until_ms. */
void shelf_use(const struct capacity_shelf *shelf, int64_t from_ms, int64_t until_ms,
               struct capacity_heap *heap, struct capacity_use *use);

#endif
