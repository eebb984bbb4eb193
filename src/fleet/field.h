/* Fields: what it costs to come to a goal from everywhere, kept for as many goals as memory allows.
 *
 * Without turns a field has a value for each node; with turns, four for each node, by heading.
 * Costs are steps, or the grid's guidance when there is one. The field not used for longest makes
 * place; one that was claimed since fields_begin stays until the next fields_begin. What a field
 * says depends on grid, costs and goal only.
 *
 * Fields are asked for in three parts, so that threads can share the work: claim a slot for each
 * goal, wish for the nodes that matter, then fill all at once. A field may end a little beyond the
 * nodes it was wished for (`partial`): values below slot.done are final then, and a later fill goes
 * on where this one ended. */
#ifndef FLEET_FIELD_H
#define FLEET_FIELD_H

#include "base/pool.h"
#include "fleet/grid.h"

#include <stddef.h>
#include <stdint.h>

/* No way; longer ways count FIELD_FAR - 1. */
#define FIELD_FAR UINT16_MAX

struct field_slot {
    uint32_t goal;         /* GRID_NONE: empty */
    uint32_t older, newer; /* by last use; indices of slots */
    uint64_t epoch;        /* of the grid it was computed on */
    uint64_t round;        /* it was last claimed in */
    uint64_t tick;         /* likewise */
    uint32_t guide;        /* number of the costs it was computed with */
    uint32_t done;         /* values below are final; FLOOD_WHOLE: all */
    uint32_t wish;         /* the last of this fill, or GRID_NONE */
};

struct field_wish {
    uint32_t node, before; /* the wish before for the same slot, or GRID_NONE */
};

struct fields {
    const struct grid *grid;
    uint32_t stride;                 /* values a node: 1 or GRID_HEADINGS */
    uint8_t (*costs)[GRID_HEADINGS]; /* of leaving a node; NULL: 1 each */
    uint8_t wait_cost;               /* of a turn; 1 without costs */
    bool partial;                    /* fields may end beyond the nodes wished for */
    bool drifting;  /* fields outlive a change of costs until fields_renew comes to them */
    bool frugal;    /* memory of fields not used of late is used again before more is touched */
    uint32_t slack; /* how far beyond, in steps */
    uint32_t slots;
    uint32_t oldest, newest;
    uint64_t epoch, round;
    uint64_t tick; /* counts steps of the fleet */
    uint32_t guide;
    struct field_slot *slot;
    uint32_t *slot_of_node;
    uint16_t *values; /* slots * nodes * stride */
    uint32_t *jobs;   /* slots with wishes */
    uint32_t job_count;
    struct field_wish *wishes;
    uint32_t wish_count, wish_room;
    uint32_t renewed; /* slot at which the next fields_renew begins */
    struct flood_queue **queues;
    unsigned lanes;    /* queues: one for each thread */
    struct pool *pool; /* the owner's, or NULL */
};

/* wishes: how many fit into one fill. */
void fields_init(struct fields *fields, const struct grid *grid, enum plenum_fleet_motion motion,
                 size_t bytes, uint32_t wishes, struct pool *pool);
void fields_finish(struct fields *fields);
size_t fields_bytes(const struct fields *fields);
/* The grid has changed: all fields are out of date. */
void fields_expire(struct fields *fields);
/* Costs 1..255 of leaving each node in each heading, the caller's; NULL for steps. */
void fields_guide(struct fields *fields, uint8_t (*costs)[GRID_HEADINGS], uint8_t wait_cost);
/* From here on, fields may make place that are not claimed again. */
void fields_begin(struct fields *fields);
/* The slot of a goal's field, or GRID_NONE when all are claimed in this round. */
uint32_t fields_claim(struct fields *fields, uint32_t goal);
/* Takes anew the claimed fields of old costs, about `states` values of them, going round. */
void fields_renew(struct fields *fields, uint64_t states);
/* The claimed slot's field shall be final at this node. */
void fields_wish(struct fields *fields, uint32_t slot, uint32_t node);
/* Grants all wishes. */
void fields_fill(struct fields *fields);
/* Costs to the goal from everywhere; final at the nodes wished for. */
const uint16_t *fields_values(const struct fields *fields, uint32_t slot);
/* All three for one node. NULL when all slots are claimed in this round. */
const uint16_t *fields_get(struct fields *fields, uint32_t goal, uint32_t node);

#endif
