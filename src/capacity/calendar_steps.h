/* Calendar steps: what is free on one server over all slots, as a step function: sorted slots at
 * which it changes, the first of them 0. No two neighbours have the same value. */
#ifndef CAPACITY_CALENDAR_STEPS_H
#define CAPACITY_CALENDAR_STEPS_H

#include <stddef.h>
#include <stdint.h>

struct steps {
    int32_t *slot;
    uint8_t *free;
    size_t count, slot_capacity, free_capacity;
};

void steps_init(struct steps *steps, uint8_t free);
void steps_finish(struct steps *steps);
/* The step that the slot is in. */
size_t steps_at(const struct steps *steps, int32_t slot);
/* The least over [from, until), which is not empty. */
uint8_t steps_least(const struct steps *steps, int32_t from, int32_t until);
/* Adds over [from, until); CHECKs that what is free stays from 0 to 255. until may be past all
 * slots. */
void steps_add(struct steps *steps, int32_t from, int32_t until, int32_t delta);

#endif
