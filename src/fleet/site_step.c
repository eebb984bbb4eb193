/* The step: what each robot wants now, told to its hall's planner; what the planners propose, as
 * one command for all robots. */
#include "fleet/site_agent.h"

#include "base/check.h"

#include <string.h>

/* What a robot wants in this step. */
struct wish {
    int64_t cell; /* PLENUM_NONE: nothing */
    int64_t since_ms;
    bool held;
};

/* Beside where the load is, or is to be, if it is a robot. */
static int64_t place_wish(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                          const int64_t *task, int64_t place)
{
    int32_t robot = (int32_t)task[PLENUM_TASK_ROBOT];
    if (task[PLENUM_TASK_LOAD] != PLENUM_LOAD_ROBOT)
        return place;
    return site_beside(fleet, ledger, robot, plenum_floor_cell_of(ledger, robot), (int32_t)place);
}

static struct wish task_wish(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                             uint64_t task)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_TASK, task);
    CHECK(row);
    struct wish wish = {PLENUM_NONE, row[PLENUM_FIELD_SINCE_MS], false};
    switch (row[PLENUM_FIELD_STATE]) {
    case PLENUM_TASK_TO_PICK:
        wish.cell = place_wish(fleet, ledger, row, row[PLENUM_TASK_FROM_CELL]);
        break;
    case PLENUM_TASK_TO_DROP:
        wish.cell = place_wish(fleet, ledger, row, row[PLENUM_TASK_TO_CELL]);
        break;
    case PLENUM_TASK_AT_PICK:
    case PLENUM_TASK_AT_DROP:
        wish.held = true;
        break;
    default:
        break;
    }
    return wish;
}

/* A robot without a task parks, and stays in no fire lane and no repair station. */
static int32_t idle_wish(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                         int32_t robot, int32_t cell)
{
    int32_t parking = site_parking(fleet, ledger, robot, cell);
    bool leaves = fleet->repair[cell] || site_cell_is(fleet->site, cell, PLENUM_AREA_FIRE_LANE);
    return parking == PLENUM_NONE && leaves ? site_nearest_stay(fleet, fleet->hall_of[robot], cell)
                                            : parking;
}

static struct wish robot_wish(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                              int32_t robot)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    struct wish wish = {PLENUM_NONE, row[PLENUM_FIELD_SINCE_MS], false};
    if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_BUSY) {
        wish = task_wish(fleet, ledger, (uint64_t)row[PLENUM_ROBOT_TASK]);
    } else if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_TO_CHARGER) {
        wish.cell = fleet->site->chargers[row[PLENUM_ROBOT_CHARGER]].cell;
    } else if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_IDLE) {
        wish.cell = idle_wish(fleet, ledger, robot, cell);
        wish.since_ms = plenum_ledger_now_ms(ledger);
    }
    bool stuck = wish.cell == PLENUM_NONE || fleet->access[wish.cell] != SITE_OPEN;
    if (fleet->access[cell] != SITE_OPEN && stuck)
        wish.cell = site_nearest_stay(fleet, fleet->hall_of[robot], cell);
    wish.held = wish.held || row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_CHARGING ||
                row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_BROKEN ||
                row[PLENUM_ROBOT_READY_MS] > plenum_ledger_now_ms(ledger);
    return wish;
}

/* --- who goes first --------------------------------------------------------------------------- */

/* Robots in fire lanes go before all others, so that they wait there for nobody outside; but for
 * the one that would be first without lanes: it comes nearer to its goal whatever goes through
 * them. */
static const uint64_t LANE_PRIORITY = PLENUM_FLEET_URGENT;
static const uint64_t FIRST_PRIORITY = 2 * PLENUM_FLEET_URGENT;

static void tell_priority(struct site_fleet *fleet, int32_t robot, int32_t cell, uint64_t priority)
{
    struct site_hall *hall = &fleet->halls[fleet->hall_of[robot]];
    bool lane = fleet->has_lanes && site_cell_is(fleet->site, cell, PLENUM_AREA_FIRE_LANE);
    if (priority > hall->first_priority) {
        hall->first_priority = priority;
        hall->first = fleet->local_of[robot];
    }
    plenum_fleet_set_priority(hall->fleet, (uint32_t)fleet->local_of[robot],
                              priority + (lane ? LANE_PRIORITY : 0));
}

static void tell_first(const struct site_fleet *fleet, struct site_hall *hall)
{
    if (fleet->has_lanes && hall->first_priority > 0)
        plenum_fleet_set_priority(hall->fleet, (uint32_t)hall->first,
                                  hall->first_priority + FIRST_PRIORITY);
    hall->first_priority = 0;
}

static void tell_robot(struct site_fleet *fleet, const struct plenum_ledger *ledger, int32_t robot)
{
    struct plenum_fleet *planner = fleet->halls[fleet->hall_of[robot]].fleet;
    int32_t first = fleet->site->halls[fleet->hall_of[robot]].first_cell;
    uint32_t local = (uint32_t)fleet->local_of[robot];
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    if (cell == PLENUM_NONE) {
        plenum_fleet_set_pose(planner, local, PLENUM_FLEET_NOWHERE, PLENUM_FLEET_FACING_EAST);
        return;
    }
    struct wish wish = robot_wish(fleet, ledger, robot);
    int64_t waited_ms = plenum_ledger_now_ms(ledger) - wish.since_ms;
    bool wants = wish.cell != PLENUM_NONE && wish.cell != cell;
    plenum_fleet_set_pose(planner, local, (uint32_t)(cell - first), PLENUM_FLEET_FACING_EAST);
    plenum_fleet_set_goal(planner, local,
                          wants ? (uint32_t)(wish.cell - first) : PLENUM_FLEET_NOWHERE);
    tell_priority(fleet, robot, cell, wants ? 1 + (uint64_t)(waited_ms / fleet->site->step_ms) : 0);
    plenum_fleet_set_held(planner, local, wish.held);
}

/* --- the proposal ----------------------------------------------------------------------------- */

_Static_assert((int)PLENUM_FLEET_WAIT == (int)PLENUM_MOVE_WAIT &&
                   (int)PLENUM_FLEET_EAST == (int)PLENUM_MOVE_EAST &&
                   (int)PLENUM_FLEET_SOUTH == (int)PLENUM_MOVE_SOUTH &&
                   (int)PLENUM_FLEET_WEST == (int)PLENUM_MOVE_WEST &&
                   (int)PLENUM_FLEET_NORTH == (int)PLENUM_MOVE_NORTH,
               "a sliding robot's actions are the ledger's moves");

static void plan_hall(struct site_fleet *fleet, struct site_hall *hall, uint64_t tick)
{
    struct plenum_error error;
    enum plenum_status status =
        plenum_fleet_step(hall->fleet, tick, 0, hall->actions, NULL, &error);
    CHECK(status == PLENUM_OK);
    for (int32_t i = 0; i < hall->robot_count; i++)
        fleet->moves[hall->robots[i]] = hall->actions[i];
}

static void plan_halls(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = fleet->site;
    int64_t passed_ms = plenum_ledger_now_ms(ledger) - site->start_ms;
    site_tell_barred(fleet, ledger);
    site_parking_begin(fleet, ledger);
    for (int32_t robot = 0; robot < site->robot_count; robot++)
        tell_robot(fleet, ledger, robot);
    for (int32_t i = 0; i < site->hall_count; i++) {
        struct site_hall *hall = &fleet->halls[i];
        if (!hall->fleet)
            continue;
        tell_first(fleet, hall);
        plan_hall(fleet, hall, (uint64_t)(passed_ms / site->step_ms));
    }
}

enum plenum_status site_step(struct site_fleet *fleet, const struct plenum_port *port)
{
    const struct plenum_site *site = fleet->site;
    if (site->robot_count == 0)
        return PLENUM_OK;
    if (plenum_stop_in_force(port->ledger, PLENUM_STOP_FLOOR))
        memset(fleet->moves, PLENUM_MOVE_WAIT, (size_t)site->robot_count);
    else
        plan_halls(fleet, port->ledger);
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_ROBOT_STEP, "planner/fleet");
    plenum_command_step(&fleet->command, fleet->moves, site->robot_count);
    return plenum_port_submit(port, &fleet->command, NULL);
}
