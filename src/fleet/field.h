/* Fields: steps to a goal from every node, kept for as many goals as memory allows.
 *
 * A field is computed when it is first asked for and after a cell was blocked or opened; the
 * one not used for longest makes place. A field that was asked for since fields_begin stays
 * until the next fields_begin. What a field says depends on grid and goal only. */
#ifndef FLEET_FIELD_H
#define FLEET_FIELD_H

#include "fleet/grid.h"

#include <stddef.h>
#include <stdint.h>

/* No way; longer ways count FIELD_FAR - 1. */
#define FIELD_FAR UINT16_MAX

struct field_slot {
    uint32_t goal;         /* GRID_NONE: empty */
    uint32_t older, newer; /* by last use; indices of slots */
    uint64_t epoch;        /* of the grid it was computed on */
    uint64_t round;        /* it was last asked for in */
};

struct fields {
    const struct grid *grid;
    uint32_t slots;
    uint32_t oldest, newest;
    uint64_t epoch, round;
    struct field_slot *slot;
    uint32_t *slot_of_node;
    uint16_t *steps; /* slots * nodes */
    uint32_t *queue; /* nodes */
};

void fields_init(struct fields *fields, const struct grid *grid, uint32_t slots);
void fields_finish(struct fields *fields);
size_t fields_bytes(const struct fields *fields);
/* How many fields fit into so many bytes: at least one. */
uint32_t fields_fit(const struct grid *grid, size_t bytes);
/* The grid has changed: all fields are out of date. */
void fields_expire(struct fields *fields);
/* From here on, fields may make place that were not asked for again. */
void fields_begin(struct fields *fields);
/* Steps from every node to the goal, or NULL when all slots are in use in this round. */
const uint16_t *fields_get(struct fields *fields, uint32_t goal);

#endif
