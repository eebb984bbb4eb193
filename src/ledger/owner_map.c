/* See owner_map.h. Removal closes the gap by moving later entries back (Knuth, TAOCP vol. 3,
 * section 6.4, algorithm R), so there are no tombstones. */
#include "ledger/owner_map.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum { ENTRIES_FIRST = 64 };

void owner_map_init(struct owner_map *map)
{
    *map = (struct owner_map){0};
}

void owner_map_finish(struct owner_map *map)
{
    free(map->entries);
    free(map->links);
    *map = (struct owner_map){0};
}

/* The SplitMix64 finaliser over both members. */
static size_t entry_home(const struct owner_map *map, struct plenum_ref owner)
{
    uint64_t bits = owner.id * 8 + owner.kind;
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (size_t)(bits ^ (bits >> 31)) & (map->entry_room - 1);
}

/* Where the owner is, or the empty place where it would be. */
static size_t entry_find(const struct owner_map *map, struct plenum_ref owner)
{
    size_t at = entry_home(map, owner);
    while (map->entries[at].first != OWNER_MAP_NONE && !ref_equal(map->entries[at].owner, owner))
        at = (at + 1) & (map->entry_room - 1);
    return at;
}

static void entries_make(struct owner_map *map, size_t room)
{
    map->entries = memory_new(room, sizeof *map->entries);
    map->entry_room = room;
    for (size_t i = 0; i < room; i++)
        map->entries[i].first = OWNER_MAP_NONE;
}

/* Room for one more entry, with half of the table still empty. */
static void entries_grow(struct owner_map *map)
{
    if (2 * (map->entry_count + 1) <= map->entry_room)
        return;
    struct owner_entry *old = map->entries;
    size_t old_room = map->entry_room;
    entries_make(map, old_room == 0 ? ENTRIES_FIRST : 2 * old_room);
    for (size_t i = 0; i < old_room; i++)
        if (old[i].first != OWNER_MAP_NONE)
            map->entries[entry_find(map, old[i].owner)] = old[i];
    free(old);
}

static void links_grow(struct owner_map *map, uint32_t slot)
{
    CHECK(slot < OWNER_MAP_SLOTS_MAX);
    if (slot >= map->link_room)
        map->links = array_reserve(map->links, &map->link_room, (size_t)slot + 1,
                                   sizeof *map->links, OWNER_MAP_SLOTS_MAX);
}

void owner_map_add(struct owner_map *map, struct plenum_ref owner, uint32_t slot)
{
    links_grow(map, slot);
    entries_grow(map);
    struct owner_entry *entry = &map->entries[entry_find(map, owner)];
    struct owner_link link = {OWNER_MAP_NONE, OWNER_MAP_NONE};
    if (entry->first == OWNER_MAP_NONE) {
        *entry = (struct owner_entry){.owner = owner, .first = slot};
        map->entry_count++;
    } else {
        CHECK(entry->last != slot);
        map->links[entry->last].after = slot;
        link.before = entry->last;
    }
    entry->last = slot;
    map->links[slot] = link;
}

static void entry_remove(struct owner_map *map, size_t gap)
{
    size_t mask = map->entry_room - 1;
    for (size_t at = (gap + 1) & mask; map->entries[at].first != OWNER_MAP_NONE;
         at = (at + 1) & mask) {
        size_t home = entry_home(map, map->entries[at].owner);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        map->entries[gap] = map->entries[at];
        gap = at;
    }
    map->entries[gap].first = OWNER_MAP_NONE;
    map->entry_count--;
}

void owner_map_remove(struct owner_map *map, struct plenum_ref owner, uint32_t slot)
{
    CHECK(map->entry_room > 0 && slot < map->link_room);
    size_t at = entry_find(map, owner);
    struct owner_entry *entry = &map->entries[at];
    CHECK(entry->first != OWNER_MAP_NONE);
    struct owner_link link = map->links[slot];
    if (link.before != OWNER_MAP_NONE)
        map->links[link.before].after = link.after;
    else
        CHECK(entry->first == slot);
    if (link.after != OWNER_MAP_NONE)
        map->links[link.after].before = link.before;
    else
        CHECK(entry->last == slot);
    if (entry->first == slot && entry->last == slot) {
        entry_remove(map, at);
        return;
    }
    if (entry->first == slot)
        entry->first = link.after;
    if (entry->last == slot)
        entry->last = link.before;
}

uint32_t owner_map_first(const struct owner_map *map, struct plenum_ref owner)
{
    return map->entry_room == 0 ? OWNER_MAP_NONE : map->entries[entry_find(map, owner)].first;
}

uint32_t owner_map_next(const struct owner_map *map, uint32_t slot)
{
    CHECK(slot < map->link_room);
    return map->links[slot].after;
}
