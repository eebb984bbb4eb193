/* Expiry: which claim slot ends first. A binary heap of slots by instant, with the place of each
 * slot, so that an instant can be changed and a slot taken out before its time.
 *
 * Slots of one instant come out in any order: a book takes out all that ended together. */
#ifndef LEDGER_EXPIRY_H
#define LEDGER_EXPIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct expiry_item {
    int64_t instant;
    uint32_t slot;
};

struct expiry {
    struct expiry_item *items; /* no item is earlier than its parent, (i - 1) / 2 */
    size_t count, room;
    uint32_t *places; /* by slot: 1 + index in items, 0 when it is not there */
    size_t place_room;
};

void expiry_init(struct expiry *expiry);
void expiry_finish(struct expiry *expiry);
/* The slot ends at instant; it may be there already with another. */
void expiry_set(struct expiry *expiry, uint32_t slot, int64_t instant);
/* The slot ends no more; it must be there. */
void expiry_remove(struct expiry *expiry, uint32_t slot);
/* Takes out one slot that ends at or before instant; false when there is none. */
bool expiry_take(struct expiry *expiry, int64_t instant, uint32_t *slot);

#endif
