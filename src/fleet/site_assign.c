/* Assignment: greedy over the oldest open tasks of highest priority. While robots are many, each
 * task takes the nearest; while tasks are many, each robot takes the task that is nearest after
 * its age is taken off: every AGE_STEPS steps of waiting count as one step nearer, so that none
 * waits for ever, and a priority counts as PRIORITY_STEPS. */
#include "fleet/site_agent.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

enum {
    LOOKED_AT_MAX = 64, /* open tasks looked at in one step */
    AGE_STEPS = 8,
    PRIORITY_STEPS = 1000,
    OPEN_MAX = 1 << 24
};

static bool robot_carries(const struct plenum_site *site, int32_t robot, int64_t load)
{
    enum plenum_carries carries = site->robot_models[site->robots[robot].model].carries;
    return (carries == PLENUM_CARRIES_RACK) == (load == PLENUM_LOAD_RACK);
}

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

/* Whether some free robot could carry what the task is about, and none of its cells is closed. */
static bool task_has_robot(const struct site_fleet *fleet, int32_t free_count, const int64_t *row)
{
    if (fleet->access[row[PLENUM_TASK_FROM_CELL]] != SITE_OPEN ||
        fleet->access[row[PLENUM_TASK_TO_CELL]] != SITE_OPEN)
        return false;
    for (int32_t i = 0; i < free_count; i++)
        if (robot_carries(fleet->site, fleet->free_robots[i], row[PLENUM_TASK_LOAD]))
            return true;
    return false;
}

static void add_open(struct site_fleet *fleet, uint64_t id)
{
    ARRAY_PUSH(fleet->open_tasks, fleet->open_count, fleet->open_capacity, OPEN_MAX) = id;
}

/* The open tasks to look at: priority ones first, then the oldest, at most LOOKED_AT_MAX. */
static void find_open_tasks(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                            int32_t free_count)
{
    fleet->open_count = 0;
    for (int pass = 0; pass < 2; pass++) {
        size_t cursor = 0;
        uint64_t id;
        const int64_t *row;
        while (fleet->open_count < LOOKED_AT_MAX &&
               plenum_ledger_walk(ledger, PLENUM_TASK, &cursor, &id, &row))
            if (row[PLENUM_FIELD_STATE] == PLENUM_TASK_OPEN &&
                (row[PLENUM_TASK_PRIORITY] > 0) == (pass == 0) &&
                task_has_robot(fleet, free_count, row))
                add_open(fleet, id);
    }
}

/* How good it is that this robot takes this task; less is better, INT64_MAX: it cannot. */
static int64_t pair_cost(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                         int32_t robot, uint64_t task)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_TASK, task);
    CHECK(row);
    if (!robot_carries(fleet->site, robot, row[PLENUM_TASK_LOAD]))
        return INT64_MAX;
    uint32_t moves = site_fleet_distance(fleet, robot, plenum_floor_cell_of(ledger, robot),
                                         (int32_t)row[PLENUM_TASK_FROM_CELL]);
    if (moves == PLENUM_FLEET_FAR)
        return INT64_MAX;
    int64_t waited_ms = plenum_ledger_now_ms(ledger) - row[PLENUM_TASK_CREATED_MS];
    return moves - waited_ms / fleet->site->step_ms / AGE_STEPS -
           row[PLENUM_TASK_PRIORITY] * PRIORITY_STEPS;
}

static void add_assignment(struct site_fleet *fleet, int32_t robot, uint64_t task)
{
    struct plenum_ref ref = plenum_ref(PLENUM_TASK, task);
    plenum_command_set(&fleet->command, ref, PLENUM_FIELD_STATE, PLENUM_TASK_TO_PICK);
    plenum_command_set(&fleet->command, ref, PLENUM_TASK_ROBOT, robot);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_FIELD_STATE, PLENUM_ROBOT_BUSY);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_TASK, (int64_t)task);
}

/* Takes out of the lists the pair that was assigned; order is kept. */
static void drop_pair(struct site_fleet *fleet, int32_t *free_count, int32_t robot_at,
                      size_t task_at)
{
    for (int32_t i = robot_at; i + 1 < *free_count; i++)
        fleet->free_robots[i] = fleet->free_robots[i + 1];
    (*free_count)--;
    for (size_t i = task_at; i + 1 < fleet->open_count; i++)
        fleet->open_tasks[i] = fleet->open_tasks[i + 1];
    fleet->open_count--;
}

/* The nearest robot for the first task. False when none can take it: the task is dropped. */
static void assign_first_task(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                              int32_t *free_count)
{
    int64_t best = INT64_MAX;
    int32_t best_at = 0;
    uint64_t task = fleet->open_tasks[0];
    for (int32_t i = 0; i < *free_count; i++) {
        int64_t cost = pair_cost(fleet, ledger, fleet->free_robots[i], task);
        if (cost < best) {
            best = cost;
            best_at = i;
        }
    }
    if (best == INT64_MAX) {
        for (size_t i = 0; i + 1 < fleet->open_count; i++)
            fleet->open_tasks[i] = fleet->open_tasks[i + 1];
        fleet->open_count--;
        return;
    }
    add_assignment(fleet, fleet->free_robots[best_at], task);
    drop_pair(fleet, free_count, best_at, 0);
}

/* The best task for the last robot, or none. */
static void assign_last_robot(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                              int32_t *free_count)
{
    int64_t best = INT64_MAX;
    size_t best_at = 0;
    int32_t robot = fleet->free_robots[*free_count - 1];
    for (size_t i = 0; i < fleet->open_count; i++) {
        int64_t cost = pair_cost(fleet, ledger, robot, fleet->open_tasks[i]);
        if (cost < best) {
            best = cost;
            best_at = i;
        }
    }
    if (best == INT64_MAX) {
        (*free_count)--;
        return;
    }
    add_assignment(fleet, robot, fleet->open_tasks[best_at]);
    drop_pair(fleet, free_count, *free_count - 1, best_at);
}

enum plenum_status site_assign(struct site_fleet *fleet, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    if (plenum_ledger_count(ledger, PLENUM_TASK) == 0)
        return PLENUM_OK;
    int32_t free_count = find_free_robots(fleet, ledger);
    if (free_count == 0)
        return PLENUM_OK;
    find_open_tasks(fleet, ledger, free_count);
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_TASK_ASSIGN, "planner/fleet");
    while (free_count > 0 && fleet->open_count > 0) {
        if ((size_t)free_count >= fleet->open_count)
            assign_first_task(fleet, ledger, &free_count);
        else
            assign_last_robot(fleet, ledger, &free_count);
    }
    if (fleet->command.op_count == 0)
        return PLENUM_OK;
    return plenum_port_submit(port, &fleet->command, NULL);
}
