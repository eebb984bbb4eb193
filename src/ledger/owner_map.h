/* Owner map: from an owner to the list of its claim slots, in the order in which they were made.
 *
 * A book keeps its claims in an array; a slot is an index there. The map threads lists through
 * arrays of its own, so that adding, removing one slot and walking need no memory but the map's:
 *
 *     entries (hash table)          links, by slot
 *     owner -> first, last          before <- slot -> after
 *
 * A book may use further maps with keys of its own making, such as {0, load}.
 *
 * What is always true:
 * 1. A slot is in at most one list of a map.
 * 2. An owner with no slot has no entry.
 * 3. The order of a list is the order of the calls of owner_map_add; no answer depends on the
 *    table. */
#ifndef LEDGER_OWNER_MAP_H
#define LEDGER_OWNER_MAP_H

#include <plenum/entity.h>
#include <stdbool.h>
#include <stddef.h>

enum { OWNER_MAP_SLOTS_MAX = 1 << 30 };
#define OWNER_MAP_NONE UINT32_MAX

struct owner_entry {
    struct plenum_ref owner;
    uint32_t first, last; /* first is OWNER_MAP_NONE in an empty place */
};

struct owner_link {
    uint32_t before, after;
};

struct owner_map {
    struct owner_entry *entries; /* open addressing, linear; a power of two, at most half full */
    size_t entry_room, entry_count;
    struct owner_link *links;
    size_t link_room;
};

void owner_map_init(struct owner_map *map);
void owner_map_finish(struct owner_map *map);
/* Appends the slot, which is in no list yet. */
void owner_map_add(struct owner_map *map, struct plenum_ref owner, uint32_t slot);
/* Takes the slot out; it must be in the owner's list. */
void owner_map_remove(struct owner_map *map, struct plenum_ref owner, uint32_t slot);
/* The owner's first slot, or OWNER_MAP_NONE. */
uint32_t owner_map_first(const struct owner_map *map, struct plenum_ref owner);
/* The slot after this one in its list, or OWNER_MAP_NONE. */
uint32_t owner_map_next(const struct owner_map *map, uint32_t slot);

static inline bool ref_equal(struct plenum_ref a, struct plenum_ref b)
{
    return a.id == b.id && a.kind == b.kind;
}

#endif
