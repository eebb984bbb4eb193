/* Fields: what it costs to come to a goal from everywhere, kept for as many goals as memory allows.
 *
 * Without turns a field has a value for each node; with turns, four for each node, by heading.
 * Costs are steps, or the grid's guidance (costs.h) when there is one. A field is computed when
 * it is first asked for and after a cell was blocked or opened; the one not used for longest makes
 * place. A field that was asked for since fields_begin stays until the next fields_begin. What a
 * field says depends on grid, costs and goal only. */
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
    uint32_t stride;                 /* values a node: 1 or GRID_HEADINGS */
    uint8_t (*costs)[GRID_HEADINGS]; /* of leaving a node; NULL: 1 each */
    uint8_t wait_cost;               /* of a turn; 1 without costs */
    uint32_t slots;
    uint32_t oldest, newest;
    uint64_t epoch, round;
    struct field_slot *slot;
    uint32_t *slot_of_node;
    uint16_t *values; /* slots * nodes * stride */
    struct field_queue *queue;
};

void fields_init(struct fields *fields, const struct grid *grid, enum plenum_fleet_motion motion,
                 size_t bytes);
void fields_finish(struct fields *fields);
size_t fields_bytes(const struct fields *fields);
/* The grid has changed: all fields are out of date. */
void fields_expire(struct fields *fields);
/* Costs 1..255 of leaving each node in each heading, the caller's; NULL for steps. */
void fields_guide(struct fields *fields, uint8_t (*costs)[GRID_HEADINGS], uint8_t wait_cost);
/* From here on, fields may make place that were not asked for again. */
void fields_begin(struct fields *fields);
/* Costs to the goal from everywhere, or NULL when all slots are in use in this round. */
const uint16_t *fields_get(struct fields *fields, uint32_t goal);

#endif
