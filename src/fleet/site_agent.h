/* The parts of the fleet planner's agent, and what they share.
 *
 * Every part reads the ledger and submits commands; struct site_fleet holds the site, scratch
 * memory, and one planner a hall. A planner's caches never change what it proposes, so an agent
 * made anew at any step decides as one that has lived since the start. */
#ifndef FLEET_SITE_AGENT_H
#define FLEET_SITE_AGENT_H

#include "fleet/match_sparse.h"

#include <plenum/fleet.h>
#include <plenum/port.h>

enum {
    SITE_FULL_MILLI = 980, /* of a battery: then a robot leaves its charger */
    SITE_NEAR = 16         /* tasks that a robot chooses from in one step */
};

struct site_hall {
    struct plenum_fleet *fleet; /* NULL in a hall without robots */
    int32_t *robots; /* the site's robots in this hall; the planner numbers them in order */
    int32_t robot_count;
    uint8_t *actions;
    int32_t first;           /* of its robots, the one of the greatest priority in this step */
    uint64_t first_priority; /* of it */
};

enum site_access {
    SITE_OPEN,
    SITE_CLOSING, /* its area closes: robots leave it */
    SITE_BLOCKED
};

/* A task that may be given to a robot. */
struct site_open {
    uint64_t id;
    int32_t from, to;
    int64_t load;
    int64_t rank;         /* in steps of way that it may cost to take it before one of rank 0 */
    int64_t slack;        /* steps after which a robot there is late; 0: it is late already */
    uint32_t carry, home; /* moves from `from` to `to`, and from there to a charger */
};

struct site_fleet {
    const struct plenum_site *site;
    struct site_hall *halls;
    int32_t *hall_of;  /* by robot */
    int32_t *local_of; /* by robot: its number in its hall's planner */
    uint8_t *moves;    /* by robot: the step proposed */
    uint8_t *access;   /* by cell: enum site_access */
    /* Cells that are not open, twice each, and one more where it is blocked. */
    int32_t *barred, *barred_before;
    size_t barred_count, barred_before_count;
    uint8_t *parked;      /* by cell, while robots are sent to park: some robot has it */
    int32_t sent_to_park; /* so many, in this step */
    bool has_lanes;
    uint8_t *repair;        /* by cell: it is a repair station */
    uint8_t *repair_taken;  /* by repair station, while fetching is asked for */
    uint8_t *charger_taken; /* by charger, while robots are sent to charge */
    int32_t chargers_left;
    int32_t *free_robots;     /* scratch of assignment */
    uint8_t *short_of_charge; /* by free robot: it has too little for some task that is open */
    uint32_t *chosen;
    struct match_list near, ways;
    struct site_open *open_tasks;
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

/* Whether the cell is in an area of that kind. */
static inline bool site_cell_is(const struct plenum_site *site, int32_t cell,
                                enum plenum_area_kind kind)
{
    int32_t area = plenum_site_area_of(site, cell);
    return area != PLENUM_NONE && site->areas[area].kind == kind;
}

/* What is in a robot's battery now, from its last report on (site_charge.c). */
int64_t site_charge_now_j(const struct plenum_ledger *ledger, int32_t robot);

/* Robots that stand where their task wants them, that broke, or that are done (site_tasks.c). */
enum plenum_status site_tasks_move_on(struct site_fleet *fleet, const struct plenum_port *port);
/* Has the robot go to the nearest charger that is left; after site_charge, in a step. */
enum plenum_status site_send_to_charge(struct site_fleet *fleet, const struct plenum_port *port,
                                       int32_t robot);
/* Whether it would go on charging. */
bool site_could_charge(const struct plenum_ledger *ledger, int32_t robot);

/* The tasks that some of the free robots could be given, best rank first, at most `most`
 * (site_open.c). */
void site_find_open(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                    int32_t free_count, size_t most);
/* Rows and columns between two cells of a hall, walls left out. */
uint32_t site_cells_apart(const struct plenum_site *site, int32_t a, int32_t b);
bool site_robot_carries(const struct plenum_site *site, int32_t robot, int64_t load);
/* What it costs that a robot so many moves away takes the task; less is better (site_open.c). */
uint32_t site_pair_cost(const struct site_open *open, uint32_t moves);
/* What the robot needs in its battery to take up the task, end it and reach a charger; never more
 * than it holds when it leaves one (site_open.c). */
int64_t site_need_j(const struct plenum_site *site, int32_t robot, const struct site_open *open,
                    uint32_t moves);

/* Asks that robots that broke are fetched, or calls it off (site_fetch.c). */
enum plenum_status site_fetch(struct site_fleet *fleet, const struct plenum_port *port);
/* The cell beside another that the robot, in `from`, comes to first; PLENUM_NONE: to none
 * (site_fetch.c). */
int32_t site_beside(struct site_fleet *fleet, const struct plenum_ledger *ledger, int32_t robot,
                    int32_t from, int32_t cell);
bool site_is_beside(const struct plenum_site *site, int32_t a, int32_t b);
/* Gives open tasks to idle robots (site_assign.c). */
enum plenum_status site_assign(struct site_fleet *fleet, const struct plenum_port *port);
/* Sends robots to charge, begins and ends charging (site_charge.c). */
enum plenum_status site_charge(struct site_fleet *fleet, const struct plenum_port *port);
/* Closes areas and opens them in time (site_areas.c). */
enum plenum_status site_areas(struct site_fleet *fleet, const struct plenum_port *port);
/* Tells the planners which cells are closed or close soon. Before all that asks for a way: that
 * must not depend on whether this agent lived in the step before (site_bar.c). */
void site_tell_barred(struct site_fleet *fleet, const struct plenum_ledger *ledger);
/* The nearest cell where a robot may stay, by rows and columns: open, in no fire lane and no repair
 * station; PLENUM_NONE when there is none (site_bar.c). */
int32_t site_nearest_stay(const struct site_fleet *fleet, int32_t hall, int32_t cell);
/* Before site_parking is asked, in a step (site_park.c). */
void site_parking_begin(struct site_fleet *fleet, const struct plenum_ledger *ledger);
/* Where an idle robot that stands in this cell should be, and PLENUM_NONE where it is well there or
 * all is full. Each cell of parking is given once in a step (site_park.c). */
int32_t site_parking(struct site_fleet *fleet, const struct plenum_ledger *ledger, int32_t robot,
                     int32_t cell);
/* Proposes the step of all robots (site_step.c). */
enum plenum_status site_step(struct site_fleet *fleet, const struct plenum_port *port);

#endif
