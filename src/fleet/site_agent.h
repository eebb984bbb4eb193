/* The parts of the fleet planner's agent, and what they share.
 *
 * Every part reads the ledger and submits commands; struct site_fleet holds the site, scratch
 * memory, and one planner a hall. A planner's caches never change what it proposes, so an agent
 * made anew at any step decides as one that has lived since the start. */
#ifndef FLEET_SITE_AGENT_H
#define FLEET_SITE_AGENT_H

#include <plenum/fleet.h>
#include <plenum/port.h>

struct site_hall {
    struct plenum_fleet *fleet; /* NULL in a hall without robots */
    int32_t *robots; /* the site's robots in this hall; the planner numbers them in order */
    int32_t robot_count;
    uint8_t *actions;
};

struct site_fleet {
    const struct plenum_site *site;
    struct site_hall *halls;
    int32_t *hall_of;  /* by robot */
    int32_t *local_of; /* by robot: its number in its hall's planner */
    uint8_t *moves;    /* by robot: the step proposed */
    uint8_t *closing;  /* by cell: 1 when no robot may enter it any more */
    int32_t *closing_cells, *closing_before;
    size_t closing_count, closing_before_count;
    uint8_t *charger_taken; /* by charger, while robots are sent to charge */
    int32_t chargers_left;
    int32_t *free_robots; /* scratch of assignment */
    uint64_t *open_tasks;
    size_t open_count, open_capacity;
    struct plenum_command command;
};

static inline int64_t robot_field(const struct plenum_ledger *ledger, int32_t robot, int32_t field)
{
    return plenum_ledger_get(ledger, PLENUM_ROBOT, (uint64_t)robot, field);
}

static inline struct plenum_ref robot_ref(int32_t robot)
{
    return plenum_ref(PLENUM_ROBOT, (uint64_t)robot);
}

/* Moves of a robot alone between two cells of its hall; PLENUM_FLEET_FAR when there is no way. */
uint32_t site_fleet_distance(struct site_fleet *fleet, int32_t robot, int32_t from, int32_t to);

/* What is in a robot's battery now, from its last report on (site_charge.c). */
int64_t site_charge_now_j(const struct plenum_ledger *ledger, int32_t robot);

/* Robots that stand where their task wants them, that broke, or that are done (site_tasks.c). */
enum plenum_status site_tasks_move_on(struct site_fleet *fleet, const struct plenum_port *port);
/* Gives open tasks to idle robots (site_assign.c). */
enum plenum_status site_assign(struct site_fleet *fleet, const struct plenum_port *port);
/* Sends robots to charge, begins and ends charging (site_charge.c). */
enum plenum_status site_charge(struct site_fleet *fleet, const struct plenum_port *port);
/* Tells the planners which cells are closed or close soon. First in every step: whatever asks for a
 * way in it must not depend on whether this agent lived in the step before (site_step.c). */
void site_tell_closing(struct site_fleet *fleet, const struct plenum_ledger *ledger);
/* Proposes the step of all robots (site_step.c). */
enum plenum_status site_step(struct site_fleet *fleet, const struct plenum_port *port);

#endif
