#include "ledger/expiry.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum { SLOTS_MAX = 1 << 30 };

void expiry_init(struct expiry *expiry)
{
    *expiry = (struct expiry){0};
}

void expiry_finish(struct expiry *expiry)
{
    free(expiry->items);
    free(expiry->places);
    *expiry = (struct expiry){0};
}

static void item_put(struct expiry *expiry, size_t at, struct expiry_item item)
{
    expiry->items[at] = item;
    expiry->places[item.slot] = (uint32_t)at + 1;
}

/* Finds the item's place from `at` towards the root. */
static size_t item_rise(struct expiry *expiry, size_t at, struct expiry_item item)
{
    while (at > 0 && item.instant < expiry->items[(at - 1) / 2].instant) {
        item_put(expiry, at, expiry->items[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    return at;
}

/* The same, away from the root. */
static size_t item_sink(struct expiry *expiry, size_t at, struct expiry_item item)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= expiry->count)
            return at;
        if (child + 1 < expiry->count &&
            expiry->items[child + 1].instant < expiry->items[child].instant)
            child++;
        if (expiry->items[child].instant >= item.instant)
            return at;
        item_put(expiry, at, expiry->items[child]);
        at = child;
    }
}

static void item_settle(struct expiry *expiry, size_t at, struct expiry_item item)
{
    at = item_rise(expiry, at, item);
    at = item_sink(expiry, at, item);
    item_put(expiry, at, item);
}

static void places_grow(struct expiry *expiry, uint32_t slot)
{
    size_t old = expiry->place_room;
    if (slot < old)
        return;
    expiry->places = array_reserve(expiry->places, &expiry->place_room, (size_t)slot + 1,
                                   sizeof *expiry->places, SLOTS_MAX);
    for (size_t i = old; i < expiry->place_room; i++)
        expiry->places[i] = 0;
}

void expiry_set(struct expiry *expiry, uint32_t slot, int64_t instant)
{
    CHECK(slot < SLOTS_MAX);
    places_grow(expiry, slot);
    size_t place = expiry->places[slot];
    if (place == 0) {
        expiry->items = array_reserve(expiry->items, &expiry->room, expiry->count + 1,
                                      sizeof *expiry->items, SLOTS_MAX);
        place = ++expiry->count;
    }
    item_settle(expiry, place - 1, (struct expiry_item){instant, slot});
}

void expiry_remove(struct expiry *expiry, uint32_t slot)
{
    CHECK(slot < expiry->place_room && expiry->places[slot] > 0);
    size_t at = expiry->places[slot] - 1;
    CHECK(expiry->items[at].slot == slot);
    expiry->places[slot] = 0;
    struct expiry_item last = expiry->items[--expiry->count];
    if (at < expiry->count)
        item_settle(expiry, at, last);
}

bool expiry_take(struct expiry *expiry, int64_t instant, uint32_t *slot)
{
    if (expiry->count == 0 || expiry->items[0].instant > instant)
        return false;
    *slot = expiry->items[0].slot;
    expiry_remove(expiry, *slot);
    return true;
}
