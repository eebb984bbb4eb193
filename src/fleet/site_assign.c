/* Assignment: free robots and open tasks at the least cost in all, by the ranks and ways of
 * site_open.c; each robot chooses from the tasks that look nearest to it. A robot is given only
 * what it can end, and reach a charger after; one that has too little for what is open goes to
 * charge. */
#include "fleet/site_agent.h"

#include "base/check.h"

enum { LOOKED_AT_MAX = 256 /* open tasks looked at in one step */ };

static bool robot_is_free(const struct plenum_ledger *ledger, int32_t robot)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_robot_model *model = &site->robot_models[site->robots[robot].model];
    return robot_field(ledger, robot, PLENUM_FIELD_STATE) == PLENUM_ROBOT_IDLE &&
           robot_field(ledger, robot, PLENUM_ROBOT_TASK) == 0 &&
           site_charge_now_j(ledger, robot) * 1000 >= model->battery_j * model->low_milli;
}

/* Robots that may take a task: into free_robots, returns how many. */
static int32_t find_free_robots(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    int32_t count = 0;
    for (int32_t robot = 0; robot < fleet->site->robot_count; robot++)
        if (robot_is_free(ledger, robot))
            fleet->free_robots[count++] = robot;
    return count;
}

/* The tasks that look best to each free robot. */
static void list_by_looks(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                          int32_t free_count)
{
    match_list_clear(&fleet->near);
    for (int32_t i = 0; i < free_count; i++) {
        int32_t robot = fleet->free_robots[i], cell = plenum_floor_cell_of(ledger, robot);
        match_list_row(&fleet->near);
        for (size_t task = 0; task < fleet->open_count; task++) {
            const struct site_open *open = &fleet->open_tasks[task];
            if (open->carry != PLENUM_FLEET_FAR &&
                plenum_site_hall_of(fleet->site, open->from) == fleet->hall_of[robot] &&
                site_robot_carries(fleet->site, robot, open->load))
                match_list_offer(
                    &fleet->near, (uint32_t)task,
                    site_pair_cost(open, site_cells_apart(fleet->site, cell, open->from)));
        }
    }
}

/* Of those, the ones that it can reach and has charge for, with the ways that they take. */
static void list_by_ways(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                         int32_t free_count)
{
    match_list_clear(&fleet->ways);
    for (int32_t i = 0; i < free_count; i++) {
        int32_t robot = fleet->free_robots[i], cell = plenum_floor_cell_of(ledger, robot);
        int64_t charge_j = site_charge_now_j(ledger, robot);
        match_list_row(&fleet->ways);
        fleet->short_of_charge[i] = 0;
        for (uint32_t at = fleet->near.first[i]; at < fleet->near.first[i + 1]; at++) {
            const struct site_open *open = &fleet->open_tasks[fleet->near.column[at]];
            uint32_t moves = site_fleet_distance(fleet, robot, cell, open->from);
            if (moves == PLENUM_FLEET_FAR)
                continue;
            if (charge_j < site_need_j(fleet->site, robot, open, moves))
                fleet->short_of_charge[i] = 1;
            else
                match_list_offer(&fleet->ways, fleet->near.column[at], site_pair_cost(open, moves));
        }
    }
}

static void add_assignment(struct site_fleet *fleet, int32_t robot, uint64_t task)
{
    struct plenum_ref ref = plenum_ref(PLENUM_TASK, task);
    plenum_command_set(&fleet->command, ref, PLENUM_FIELD_STATE, PLENUM_TASK_TO_PICK);
    plenum_command_set(&fleet->command, ref, PLENUM_TASK_ROBOT, robot);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_FIELD_STATE, PLENUM_ROBOT_BUSY);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_TASK, (int64_t)task);
}

/* All that were chosen, in one command. */
static enum plenum_status give(struct site_fleet *fleet, const struct plenum_port *port,
                               int32_t free_count)
{
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_TASK_ASSIGN, "planner/fleet");
    for (int32_t i = 0; i < free_count; i++)
        if (fleet->chosen[i] != MATCH_NONE)
            add_assignment(fleet, fleet->free_robots[i], fleet->open_tasks[fleet->chosen[i]].id);
    if (fleet->command.op_count == 0)
        return PLENUM_OK;
    return plenum_port_submit(port, &fleet->command, NULL);
}

/* Robots that are left without a task, and have too little charge for some. */
static enum plenum_status charge_the_rest(struct site_fleet *fleet, const struct plenum_port *port,
                                          int32_t free_count)
{
    enum plenum_status status = PLENUM_OK;
    for (int32_t i = 0; i < free_count && status == PLENUM_OK; i++)
        if (fleet->chosen[i] == MATCH_NONE && fleet->short_of_charge[i] &&
            site_could_charge(port->ledger, fleet->free_robots[i]))
            status = site_send_to_charge(fleet, port, fleet->free_robots[i]);
    return status;
}

enum plenum_status site_assign(struct site_fleet *fleet, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    if (plenum_ledger_count(ledger, PLENUM_TASK) == 0)
        return PLENUM_OK;
    int32_t free_count = find_free_robots(fleet, ledger);
    if (free_count == 0)
        return PLENUM_OK;
    site_find_open(fleet, ledger, free_count, LOOKED_AT_MAX);
    list_by_looks(fleet, ledger, free_count);
    list_by_ways(fleet, ledger, free_count);
    match_sparse(&fleet->ways, (uint32_t)fleet->open_count, fleet->chosen, NULL);
    enum plenum_status status = give(fleet, port, free_count);
    return status == PLENUM_OK ? charge_the_rest(fleet, port, free_count) : status;
}
