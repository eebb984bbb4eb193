/* Aims: which field leads each robot to its goal in the step being planned.
 *
 * A robot goes by the field of its goal, or, on large floors and far from it, of the goal's hub
 * (hub.h). Fields are claimed in the order of priority, so that who goes without one when memory
 * is short does not depend on what the cache holds. */
#ifndef FLEET_AIM_H
#define FLEET_AIM_H

#include "fleet/crowd.h"
#include "fleet/field.h"
#include "fleet/hub.h"

struct aims {
    const struct grid *grid;
    struct crowd *crowd;
    struct fields *fields;
    struct atlas *atlas; /* the crowd's, or NULL */
    struct hubs hubs;
    uint32_t turn_steps;
    uint32_t depth; /* of the window: nearer than that to its goal, a robot also looks at the way
                       from there to its next; 0: never */
};

/* Sets aim and after of every robot, and counts in report. After crowd_sort. */
void aims_step(struct aims *aims, struct plenum_fleet_report *report);

/* Costs of many ways at once, from their best heading, FIELD_FAR where there is none: from[i] to
 * to[i], nodes or GRID_NONE. Far ways to goals that have a hub are taken to that. */
void aims_costs(struct aims *aims, uint32_t count, const uint32_t *from, const uint32_t *to,
                uint32_t *costs);

#endif
