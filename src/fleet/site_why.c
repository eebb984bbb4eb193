/* Why robots wait: see include/plenum/wait.h. */
#include "fleet/site_agent.h"

#include "base/check.h"

#include <plenum/wait.h>

struct words {
    const char *name, *text;
};

static const struct words words[PLENUM_WAIT_COUNT] = {
#define X(code, name, text) {name, text},
    PLENUM_WAIT_CAUSES(X)
#undef X
};

const char *plenum_wait_name(enum plenum_wait_cause cause)
{
    CHECK(cause < PLENUM_WAIT_COUNT);
    return words[cause].name;
}

const char *plenum_wait_text(enum plenum_wait_cause cause)
{
    CHECK(cause < PLENUM_WAIT_COUNT);
    return words[cause].text;
}

/* What the planner's causes mean here. HELD is told apart by the ledger before. */
static const enum plenum_wait_cause planned[PLENUM_FLEET_CAUSE_COUNT] = {
    [PLENUM_FLEET_CAUSE_MOVES] = PLENUM_WAIT_MOVES,
    [PLENUM_FLEET_CAUSE_AWAY] = PLENUM_WAIT_UNKNOWN,
    [PLENUM_FLEET_CAUSE_HELD] = PLENUM_WAIT_UNKNOWN,
    [PLENUM_FLEET_CAUSE_CONTENT] = PLENUM_WAIT_NO_TASK,
    [PLENUM_FLEET_CAUSE_CLOSED] = PLENUM_WAIT_CLOSED,
    [PLENUM_FLEET_CAUSE_NO_WAY] = PLENUM_WAIT_NO_WAY,
    [PLENUM_FLEET_CAUSE_SHUT_IN] = PLENUM_WAIT_SHUT_IN,
    [PLENUM_FLEET_CAUSE_UNPLANNED] = PLENUM_WAIT_UNKNOWN,
    [PLENUM_FLEET_CAUSE_QUEUE] = PLENUM_WAIT_QUEUE,
    [PLENUM_FLEET_CAUSE_YIELDS] = PLENUM_WAIT_YIELDS,
    [PLENUM_FLEET_CAUSE_BEHIND] = PLENUM_WAIT_BEHIND,
    [PLENUM_FLEET_CAUSE_BIDES] = PLENUM_WAIT_BIDES,
    [PLENUM_FLEET_CAUSE_UNKNOWN] = PLENUM_WAIT_UNKNOWN,
};

static bool robot_loads(const struct plenum_ledger *ledger, const int64_t *row)
{
    if (row[PLENUM_FIELD_STATE] != PLENUM_ROBOT_BUSY)
        return false;
    const int64_t *task = plenum_ledger_row(ledger, PLENUM_TASK, (uint64_t)row[PLENUM_ROBOT_TASK]);
    return task && (task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_PICK ||
                    task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_DROP);
}

static bool robot_is_low(const struct plenum_ledger *ledger, int32_t robot)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_robot_model *model = &site->robot_models[site->robots[robot].model];
    return site_charge_now_j(ledger, robot) * 1000 < model->battery_j * model->low_milli;
}

static enum plenum_wait_cause broken_cause(const struct plenum_ledger *ledger, int32_t robot)
{
    if (robot_field(ledger, robot, PLENUM_ROBOT_FETCH) != 0)
        return PLENUM_WAIT_FETCHED;
    return plenum_robot_may_be_fetched(ledger, robot) ? PLENUM_WAIT_NO_STATION : PLENUM_WAIT_BROKEN;
}

/* What the ledger says of a robot by itself, or PLENUM_WAIT_UNKNOWN. */
static enum plenum_wait_cause ledger_cause(const struct plenum_ledger *ledger, int32_t robot)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    int64_t state = row[PLENUM_FIELD_STATE], charger = row[PLENUM_ROBOT_CHARGER];
    if (state == PLENUM_ROBOT_BROKEN)
        return broken_cause(ledger, robot);
    if (state == PLENUM_ROBOT_CARRIED)
        return PLENUM_WAIT_CARRIED;
    if (state == PLENUM_ROBOT_CHARGING)
        return PLENUM_WAIT_CHARGING;
    if (plenum_stop_in_force(ledger, PLENUM_STOP_FLOOR))
        return PLENUM_WAIT_STOPPED;
    if (row[PLENUM_ROBOT_READY_MS] > plenum_ledger_now_ms(ledger))
        return PLENUM_WAIT_LATE;
    if (robot_loads(ledger, row))
        return PLENUM_WAIT_LOADING;
    if (state == PLENUM_ROBOT_TO_CHARGER &&
        plenum_floor_cell_of(ledger, robot) == site->chargers[charger].cell)
        return PLENUM_WAIT_NO_WATTS;
    if (state == PLENUM_ROBOT_IDLE && robot_is_low(ledger, robot))
        return PLENUM_WAIT_NO_CHARGER;
    return PLENUM_WAIT_UNKNOWN;
}

/* Sets keeper to the robot that keeps this one, or PLENUM_NONE. */
static enum plenum_wait_cause robot_cause(const struct site_fleet *fleet,
                                          const struct plenum_ledger *ledger, int32_t robot,
                                          int32_t *keeper)
{
    enum plenum_wait_cause cause = ledger_cause(ledger, robot);
    *keeper = PLENUM_NONE;
    if (cause != PLENUM_WAIT_UNKNOWN)
        return cause;
    const struct site_hall *hall = &fleet->halls[fleet->hall_of[robot]];
    struct plenum_fleet_why why = plenum_fleet_why(hall->fleet, (uint32_t)fleet->local_of[robot]);
    if (why.length > 0)
        *keeper = hall->robots[why.blocker];
    return planned[why.cause];
}

static bool is_listed(const struct plenum_robot_wait *waits, size_t count, int32_t robot)
{
    for (size_t i = 0; i < count; i++)
        if (waits[i].robot == robot)
            return true;
    return false;
}

size_t plenum_fleet_agent_why(const struct plenum_agent *agent, const struct plenum_ledger *ledger,
                              int32_t robot, struct plenum_robot_wait *waits, size_t most)
{
    const struct site_fleet *fleet = agent->self;
    size_t count = 0;
    CHECK(robot >= 0 && robot < fleet->site->robot_count);
    while (count < most && robot != PLENUM_NONE && !is_listed(waits, count, robot)) {
        int32_t keeper;
        waits[count].robot = robot;
        waits[count++].cause = robot_cause(fleet, ledger, robot, &keeper);
        robot = keeper;
    }
    return count;
}
