/* Tasks move on where robots are. All of a step go in one command: each change is of one task and
 * its robot alone, and holds by itself. */
#include "fleet/site_agent.h"

#include "base/check.h"

static void set_task(struct plenum_command *command, uint64_t task, int32_t field, int64_t value)
{
    plenum_command_set(command, plenum_ref(PLENUM_TASK, task), field, value);
}

/* The robot lets go of a task that is done; a broken one is not free by that. The task
 * of a tote or a robot is over; who asked for racks and parts ends theirs. */
static void free_robot(struct plenum_command *command, int32_t robot, uint64_t task,
                       const int64_t *task_row, bool broken)
{
    if (!broken)
        plenum_command_set(command, robot_ref(robot), PLENUM_FIELD_STATE, PLENUM_ROBOT_IDLE);
    plenum_command_set(command, robot_ref(robot), PLENUM_ROBOT_TASK, 0);
    if (task_row[PLENUM_TASK_LOAD] == PLENUM_LOAD_TOTE ||
        task_row[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT)
        plenum_command_end(command, plenum_ref(PLENUM_TASK, task));
    else
        set_task(command, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
}

/* A robot that carries nothing yet gives its task back; a broken one is not free by that. */
static void give_back(struct plenum_command *command, int32_t robot, uint64_t task, bool broken)
{
    if (!broken)
        plenum_command_set(command, robot_ref(robot), PLENUM_FIELD_STATE, PLENUM_ROBOT_IDLE);
    set_task(command, task, PLENUM_FIELD_STATE, PLENUM_TASK_OPEN);
    set_task(command, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
    plenum_command_set(command, robot_ref(robot), PLENUM_ROBOT_TASK, 0);
}

/* Whether the place is in an area that closes; of a robot that is fetched, all cells beside it. */
static bool is_shut(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                    const int64_t *row)
{
    int32_t robot = (int32_t)row[PLENUM_TASK_ROBOT], from = (int32_t)row[PLENUM_TASK_FROM_CELL];
    if (row[PLENUM_TASK_LOAD] != PLENUM_LOAD_ROBOT)
        return fleet->access[from] != SITE_OPEN;
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    return site_beside(fleet, ledger, robot, cell, from) == PLENUM_NONE;
}

/* What can no longer be taken up: the robot broke, or the place is shut. */
static bool is_lost(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                    const int64_t *row, bool broken)
{
    int64_t state = row[PLENUM_FIELD_STATE];
    return (state == PLENUM_TASK_TO_PICK && (broken || is_shut(fleet, ledger, row))) ||
           (state == PLENUM_TASK_AT_PICK && broken);
}

/* Whether a robot in this cell can take up or set down what the task is about. */
static bool is_at(const struct site_fleet *fleet, const int64_t *row, int32_t cell, int64_t place)
{
    return row[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT
               ? site_is_beside(fleet->site, cell, (int32_t)place)
               : cell == place;
}

static void move_on(struct site_fleet *fleet, const struct plenum_ledger *ledger, int32_t robot,
                    uint64_t task)
{
    struct plenum_command *command = &fleet->command;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_TASK, task);
    CHECK(row);
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    int64_t state = row[PLENUM_FIELD_STATE];
    bool broken = robot_field(ledger, robot, PLENUM_FIELD_STATE) == PLENUM_ROBOT_BROKEN;
    if (state == PLENUM_TASK_DONE)
        free_robot(command, robot, task, row, broken);
    else if (is_lost(fleet, ledger, row, broken))
        give_back(command, robot, task, broken);
    else if (broken)
        return;
    else if (state == PLENUM_TASK_TO_PICK && is_at(fleet, row, cell, row[PLENUM_TASK_FROM_CELL]))
        set_task(command, task, PLENUM_FIELD_STATE, PLENUM_TASK_AT_PICK);
    else if (state == PLENUM_TASK_TO_DROP && is_at(fleet, row, cell, row[PLENUM_TASK_TO_CELL]))
        set_task(command, task, PLENUM_FIELD_STATE, PLENUM_TASK_AT_DROP);
}

enum plenum_status site_tasks_move_on(struct site_fleet *fleet, const struct plenum_port *port)
{
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_TASK_MOVE_ON, "planner/fleet");
    for (int32_t robot = 0; robot < fleet->site->robot_count; robot++) {
        int64_t task = robot_field(port->ledger, robot, PLENUM_ROBOT_TASK);
        if (task != 0)
            move_on(fleet, port->ledger, robot, (uint64_t)task);
    }
    if (fleet->command.op_count == 0)
        return PLENUM_OK;
    return plenum_port_submit(port, &fleet->command, NULL);
}
