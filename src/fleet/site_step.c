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

static struct wish task_wish(const struct plenum_ledger *ledger, uint64_t task)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_TASK, task);
    CHECK(row);
    struct wish wish = {PLENUM_NONE, row[PLENUM_FIELD_SINCE_MS], false};
    switch (row[PLENUM_FIELD_STATE]) {
    case PLENUM_TASK_TO_PICK:
        wish.cell = row[PLENUM_TASK_FROM_CELL];
        break;
    case PLENUM_TASK_TO_DROP:
        wish.cell = row[PLENUM_TASK_TO_CELL];
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

/* The nearest cell that robots may stay in, by rings of rows and columns around; PLENUM_NONE when
 * there is none within reach of the rings. */
static int64_t nearest_open(const struct site_fleet *fleet, int32_t hall_index, int32_t cell)
{
    const struct plenum_hall *hall = &fleet->site->halls[hall_index];
    int32_t place = cell - hall->first_cell;
    int32_t row = place / hall->width, column = place % hall->width;
    for (int32_t ring = 1; ring < 16; ring++)
        for (int32_t dy = -ring; dy <= ring; dy++) {
            int32_t dx = ring - (dy < 0 ? -dy : dy);
            for (int side = 0; side < 2; side++, dx = -dx) {
                int32_t r = row + dy, c = column + dx;
                if (r < 0 || r >= hall->height || c < 0 || c >= hall->width)
                    continue;
                int32_t found = hall->first_cell + r * hall->width + c;
                if (!fleet->site->walls[found] && !fleet->closing[found])
                    return found;
            }
        }
    return PLENUM_NONE;
}

static struct wish robot_wish(const struct site_fleet *fleet, const struct plenum_ledger *ledger,
                              int32_t robot)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    struct wish wish = {PLENUM_NONE, row[PLENUM_FIELD_SINCE_MS], false};
    if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_BUSY)
        wish = task_wish(ledger, (uint64_t)row[PLENUM_ROBOT_TASK]);
    else if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_TO_CHARGER)
        wish.cell = fleet->site->chargers[row[PLENUM_ROBOT_CHARGER]].cell;
    else if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_IDLE && fleet->closing[cell])
        wish.cell = nearest_open(fleet, fleet->hall_of[robot], cell);
    wish.held = wish.held || row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_CHARGING ||
                row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_BROKEN ||
                row[PLENUM_ROBOT_READY_MS] > plenum_ledger_now_ms(ledger);
    return wish;
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
    plenum_fleet_set_priority(planner, local,
                              wants ? 1 + (uint64_t)(waited_ms / fleet->site->step_ms) : 0);
    plenum_fleet_set_held(planner, local, wish.held);
}

/* --- cells that robots must keep out of ------------------------------------------------------- */

static void set_blocked(struct site_fleet *fleet, int32_t cell, bool blocked)
{
    int32_t hall = plenum_site_hall_of(fleet->site, cell);
    fleet->closing[cell] = blocked;
    if (fleet->halls[hall].fleet)
        plenum_fleet_set_blocked(fleet->halls[hall].fleet,
                                 (uint32_t)(cell - fleet->site->halls[hall].first_cell), blocked);
}

/* Closed cells, and those that close soon: a rack is on its way to its position. */
static void find_closing(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    size_t room = (size_t)fleet->site->cell_count;
    fleet->closing_count = plenum_floor_closed_cells(ledger, fleet->closing_cells, room);
    CHECK(fleet->closing_count <= room);
    for (int32_t rack = 0; rack < fleet->site->rack_count; rack++) {
        int64_t state = plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE);
        if (state != PLENUM_RACK_AT_DOCK && state != PLENUM_RACK_CARRIED)
            continue;
        CHECK(fleet->closing_count < room);
        fleet->closing_cells[fleet->closing_count++] =
            fleet->site->positions[fleet->site->racks[rack].position].cell;
    }
}

/* Tells the planners what changed since they were last told. */
void site_tell_closing(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    find_closing(fleet, ledger);
    if (fleet->closing_count == fleet->closing_before_count &&
        memcmp(fleet->closing_cells, fleet->closing_before,
               fleet->closing_count * sizeof *fleet->closing_cells) == 0)
        return;
    for (size_t i = 0; i < fleet->closing_before_count; i++)
        fleet->closing[fleet->closing_before[i]] = 0;
    for (size_t i = 0; i < fleet->closing_count; i++)
        set_blocked(fleet, fleet->closing_cells[i], true);
    for (size_t i = 0; i < fleet->closing_before_count; i++)
        if (!fleet->closing[fleet->closing_before[i]])
            set_blocked(fleet, fleet->closing_before[i], false);
    memcpy(fleet->closing_before, fleet->closing_cells,
           fleet->closing_count * sizeof *fleet->closing_cells);
    fleet->closing_before_count = fleet->closing_count;
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
    site_tell_closing(fleet, ledger);
    for (int32_t robot = 0; robot < site->robot_count; robot++)
        tell_robot(fleet, ledger, robot);
    for (int32_t hall = 0; hall < site->hall_count; hall++)
        if (fleet->halls[hall].fleet)
            plan_hall(fleet, &fleet->halls[hall], (uint64_t)(passed_ms / site->step_ms));
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
