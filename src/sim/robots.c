/* Robots: they are late, break and are repaired, take up and set down loads, and tell what is in
 * their batteries. What all robots say in one step is one command of each kind. */
#include "sim/sim.h"

#include "base/check.h"

static const int64_t HOUR_MS = 3600000;
enum {
    PATIENCE =
        2, /* times as long as repair takes, after which one that is not fetched is repaired */
    REPORT_EVERY_STEPS = 10, /* a sixth of all robots tells its battery */
    REPORT_GROUPS = 6
};

static const struct plenum_robot_model *model_of(const struct sim *sim, int32_t robot)
{
    return &sim->site->robot_models[sim->site->robots[robot].model];
}

static struct plenum_ref ref_of(int32_t robot)
{
    return plenum_ref(PLENUM_ROBOT, (uint64_t)robot);
}

static void set(struct sim *sim, int32_t robot, int32_t field, int64_t value)
{
    plenum_command_set(&sim->command, ref_of(robot), field, value);
}

static enum plenum_status submit_if_any(struct sim *sim, const struct plenum_port *port)
{
    return sim->command.op_count == 0 ? PLENUM_OK : plenum_port_submit(port, &sim->command, NULL);
}

/* --- late, broken, repaired ------------------------------------------------------------------- */

static bool breaks_down(const struct sim *sim, int32_t robot, int64_t now_ms)
{
    uint64_t bits = sim_draw(sim, SIM_BREAKDOWN, (uint64_t)robot, now_ms);
    uint64_t steps_an_hour = (uint64_t)(HOUR_MS / sim->site->step_ms);
    return (int64_t)random_below_from(bits, steps_an_hour * 1000000) <
           sim->site->world.robot_breakdown_ppm;
}

static int64_t repair_ms(const struct sim *sim, int32_t robot, int64_t now_ms)
{
    int64_t max_ms = sim->site->world.robot_repair_ms;
    uint64_t bits = sim_draw(sim, SIM_REPAIR, (uint64_t)robot, ~now_ms);
    return max_ms / 2 + (int64_t)random_below_from(bits, (uint64_t)(max_ms / 2) + 1);
}

/* One that may be fetched is repaired where it stands only when nobody came for long. */
static void break_down(struct sim *sim, const struct plenum_ledger *ledger, int32_t robot,
                       int64_t now_ms)
{
    int64_t times = plenum_robot_may_be_fetched(ledger, robot) ? PATIENCE : 1;
    set(sim, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    set(sim, robot, PLENUM_ROBOT_READY_MS, now_ms + times * repair_ms(sim, robot, now_ms));
}

static void trouble(struct sim *sim, const struct plenum_ledger *ledger, int32_t robot,
                    int64_t now_ms)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_CARRIED)
        return;
    if (row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_BROKEN) {
        if (row[PLENUM_ROBOT_READY_MS] <= now_ms)
            set(sim, robot, PLENUM_FIELD_STATE,
                row[PLENUM_ROBOT_TASK] != 0 ? PLENUM_ROBOT_BUSY : PLENUM_ROBOT_IDLE);
        return;
    }
    if (breaks_down(sim, robot, now_ms)) {
        break_down(sim, ledger, robot, now_ms);
        return;
    }
    bool moving = row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_BUSY ||
                  row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_TO_CHARGER;
    uint64_t bits = sim_draw(sim, SIM_LATE, (uint64_t)robot, now_ms);
    if (!moving || row[PLENUM_ROBOT_READY_MS] > now_ms ||
        !sim_chance(bits, sim->site->world.robot_late_ppm))
        return;
    int64_t steps = 1 + (int64_t)(bits % (uint64_t)sim->site->world.robot_late_steps_max);
    set(sim, robot, PLENUM_ROBOT_READY_MS, now_ms + steps * sim->site->step_ms);
}

static enum plenum_status report_trouble(struct sim *sim, const struct plenum_port *port)
{
    int64_t now_ms = plenum_ledger_now_ms(port->ledger);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_ROBOT_REPORT, "sim");
    for (int32_t robot = 0; robot < sim->site->robot_count; robot++)
        trouble(sim, port->ledger, robot, now_ms);
    return submit_if_any(sim, port);
}

/* --- loads ------------------------------------------------------------------------------------ */

/* The task in which the robot has handled its load for long enough; NULL: none. */
static const int64_t *handled(const struct sim *sim, const struct plenum_ledger *ledger,
                              int32_t robot)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    if (row[PLENUM_FIELD_STATE] != PLENUM_ROBOT_BUSY || row[PLENUM_ROBOT_TASK] == 0)
        return NULL;
    const int64_t *task = plenum_ledger_row(ledger, PLENUM_TASK, (uint64_t)row[PLENUM_ROBOT_TASK]);
    CHECK(task);
    int64_t handled_ms = plenum_ledger_now_ms(ledger) - task[PLENUM_FIELD_SINCE_MS];
    return handled_ms < model_of(sim, robot)->handling_ms ? NULL : task;
}

static uint64_t task_of(const struct plenum_ledger *ledger, int32_t robot)
{
    return (uint64_t)plenum_ledger_get(ledger, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_TASK);
}

static void handle(struct sim *sim, const struct plenum_ledger *ledger, int32_t robot)
{
    const int64_t *task = handled(sim, ledger, robot);
    if (!task || task[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT)
        return;
    uint64_t id = task_of(ledger, robot);
    if (task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_PICK)
        plenum_command_set(&sim->command, plenum_ref(PLENUM_TASK, id), PLENUM_FIELD_STATE,
                           PLENUM_TASK_TO_DROP);
    else if (task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_DROP)
        plenum_command_set(&sim->command, plenum_ref(PLENUM_TASK, id), PLENUM_FIELD_STATE,
                           PLENUM_TASK_DONE);
}

static enum plenum_status report_loads(struct sim *sim, const struct plenum_port *port)
{
    plenum_command_reset(&sim->command, PLENUM_COMMAND_TASK_MOVE_ON, "sim");
    for (int32_t robot = 0; robot < sim->site->robot_count; robot++)
        handle(sim, port->ledger, robot);
    return submit_if_any(sim, port);
}

/* --- robots as loads -------------------------------------------------------------------------- */

static void lift(struct sim *sim, int32_t robot, uint64_t task)
{
    plenum_command_lift(&sim->command, robot);
    set(sim, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_CARRIED);
    plenum_command_set(&sim->command, plenum_ref(PLENUM_TASK, task), PLENUM_FIELD_STATE,
                       PLENUM_TASK_TO_DROP);
}

/* Its repair begins where it is set down. */
static void set_down(struct sim *sim, int32_t robot, uint64_t task, int32_t cell, int64_t now_ms)
{
    plenum_command_place(&sim->command, robot, cell);
    set(sim, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    set(sim, robot, PLENUM_ROBOT_FETCH, 0);
    set(sim, robot, PLENUM_ROBOT_READY_MS, now_ms + repair_ms(sim, robot, now_ms));
    plenum_command_set(&sim->command, plenum_ref(PLENUM_TASK, task), PLENUM_FIELD_STATE,
                       PLENUM_TASK_DONE);
}

/* What was just repaired is not taken up, and nothing is set down on a robot. */
static enum plenum_status handle_robot(struct sim *sim, const struct plenum_port *port,
                                       int32_t carrier)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *task = handled(sim, ledger, carrier);
    if (!task || task[PLENUM_TASK_LOAD] != PLENUM_LOAD_ROBOT)
        return PLENUM_OK;
    int32_t robot = (int32_t)task[PLENUM_TASK_FETCHED], cell = (int32_t)task[PLENUM_TASK_TO_CELL];
    int64_t robot_state =
        plenum_ledger_get(ledger, PLENUM_ROBOT, (uint64_t)robot, PLENUM_FIELD_STATE);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_ROBOT_LIFT, "sim");
    if (task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_PICK && robot_state == PLENUM_ROBOT_BROKEN)
        lift(sim, robot, task_of(ledger, carrier));
    else if (task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_DROP &&
             plenum_floor_robot_at(ledger, cell) == PLENUM_NONE &&
             plenum_floor_closed_by(ledger, cell).kind == PLENUM_KIND_COUNT)
        set_down(sim, robot, task_of(ledger, carrier), cell, plenum_ledger_now_ms(ledger));
    return submit_if_any(sim, port);
}

static enum plenum_status report_robot_loads(struct sim *sim, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    bool none = sim->site->repair_station_count == 0 ||
                plenum_stop_in_force(port->ledger, PLENUM_STOP_FLOOR);
    for (int32_t robot = 0; !none && robot < sim->site->robot_count && status == PLENUM_OK; robot++)
        status = handle_robot(sim, port, robot);
    return status;
}

/* --- batteries -------------------------------------------------------------------------------- */

/* Travel takes up to a tenth more than the model says. */
static void report_battery(struct sim *sim, const struct plenum_ledger *ledger, int32_t robot)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    const struct plenum_robot_model *model = model_of(sim, robot);
    int64_t now_ms = plenum_ledger_now_ms(ledger), moves = plenum_floor_moves(ledger, robot);
    uint64_t bits = sim_draw(sim, SIM_BATTERY, (uint64_t)robot, now_ms);
    int64_t more_milli = 1000 + (int64_t)random_below_from(bits, 100);
    bool charging = row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_CHARGING;
    int64_t watts = charging ? row[PLENUM_ROBOT_CHARGE_W] : -model->idle_w;
    int64_t charge_j = row[PLENUM_ROBOT_CHARGE_J] +
                       watts * (now_ms - row[PLENUM_ROBOT_CHARGE_MS]) / 1000 -
                       (moves - row[PLENUM_ROBOT_CHARGE_MOVES]) * model->move_j * more_milli / 1000;
    charge_j = charge_j < 0 ? 0 : charge_j;
    set(sim, robot, PLENUM_ROBOT_CHARGE_J,
        charge_j > model->battery_j ? model->battery_j : charge_j);
    set(sim, robot, PLENUM_ROBOT_CHARGE_MS, now_ms);
    set(sim, robot, PLENUM_ROBOT_CHARGE_MOVES, moves);
}

static enum plenum_status report_batteries(struct sim *sim, const struct plenum_port *port)
{
    int64_t steps = (plenum_ledger_now_ms(port->ledger) - sim->site->start_ms) / sim->site->step_ms;
    if (steps % REPORT_EVERY_STEPS != 0)
        return PLENUM_OK;
    int32_t group = (int32_t)(steps / REPORT_EVERY_STEPS % REPORT_GROUPS);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_ROBOT_REPORT, "sim");
    for (int32_t robot = group; robot < sim->site->robot_count; robot += REPORT_GROUPS)
        report_battery(sim, port->ledger, robot);
    return submit_if_any(sim, port);
}

enum plenum_status sim_robots(struct sim *sim, const struct plenum_port *port)
{
    enum plenum_status status = report_trouble(sim, port);
    if (status == PLENUM_OK)
        status = report_loads(sim, port);
    if (status == PLENUM_OK)
        status = report_robot_loads(sim, port);
    return status == PLENUM_OK ? report_batteries(sim, port) : status;
}
