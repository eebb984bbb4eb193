/* Tasks that may be given: which come first, what it costs that a robot takes one, and what it
 * needs in its battery for it.
 *
 * All of it is in steps. A priority is worth PRIORITY_STEPS of way; a due time is worth more with
 * each step by which it comes nearer than DUE_STEPS; every AGE_STEPS steps of waiting are worth
 * one, so that none waits for ever. A step by which a robot's way makes a task late counts LATE
 * times more. */
#include "fleet/site_agent.h"

#include "base/memory.h"

#include <stdlib.h>

enum {
    AGE_STEPS = 8,
    PRIORITY_STEPS = 1000,
    DUE_STEPS = 600,
    LATE = 4,
    COST_BASE = 1 << 30, /* of a task of rank 0, so that none costs less than 0 */
    OPEN_MAX = 1 << 24
};

static int64_t at_most(int64_t value, int64_t most)
{
    return value < most ? value : most;
}

bool site_robot_carries(const struct plenum_site *site, int32_t robot, int64_t load)
{
    const struct plenum_robot_model *model = &site->robot_models[site->robots[robot].model];
    if (load == PLENUM_LOAD_ROBOT)
        return model->fetches;
    return (model->carries == PLENUM_CARRIES_RACK) == (load == PLENUM_LOAD_RACK);
}

uint32_t site_cells_apart(const struct plenum_site *site, int32_t a, int32_t b)
{
    const struct plenum_hall *hall = &site->halls[plenum_site_hall_of(site, a)];
    int32_t from = a - hall->first_cell, to = b - hall->first_cell;
    return (uint32_t)(abs(from / hall->width - to / hall->width) +
                      abs(from % hall->width - to % hall->width));
}

/* Where a robot that takes the task stands to take up its load and to set it down: beside both
 * places where the load is a robot. */
static void find_ends(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                      const int64_t *row, int32_t ends[2])
{
    ends[0] = (int32_t)row[PLENUM_TASK_FROM_CELL];
    ends[1] = (int32_t)row[PLENUM_TASK_TO_CELL];
    if (row[PLENUM_TASK_LOAD] != PLENUM_LOAD_ROBOT)
        return;
    int32_t robot = (int32_t)row[PLENUM_TASK_FETCHED], from = ends[0];
    ends[0] = site_beside(fleet, ledger, robot, ends[1], from);
    ends[1] = site_beside(fleet, ledger, robot, from, ends[1]);
}

/* Whether some free robot could carry what the task is about, and none of its cells is closed. */
static bool task_has_robot(const struct site_fleet *fleet, int32_t free_count, const int64_t *row,
                           const int32_t ends[2])
{
    if (ends[0] == PLENUM_NONE || ends[1] == PLENUM_NONE || fleet->access[ends[0]] != SITE_OPEN ||
        fleet->access[ends[1]] != SITE_OPEN)
        return false;
    for (int32_t i = 0; i < free_count; i++)
        if (site_robot_carries(fleet->site, fleet->free_robots[i], row[PLENUM_TASK_LOAD]))
            return true;
    return false;
}

static struct site_open open_of(const struct plenum_ledger *ledger, uint64_t id, const int64_t *row,
                                const int32_t ends[2])
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t now_ms = plenum_ledger_now_ms(ledger), left_ms = row[PLENUM_TASK_DUE_MS] - now_ms;
    struct site_open open = {
        .id = id, .from = ends[0], .to = ends[1], .load = row[PLENUM_TASK_LOAD]};
    open.slack = left_ms / site->step_ms - site_cells_apart(site, open.from, open.to);
    open.slack = open.slack < 0 ? 0 : open.slack;
    open.rank =
        at_most(row[PLENUM_TASK_PRIORITY], COST_BASE / 4 / PRIORITY_STEPS) * PRIORITY_STEPS +
        DUE_STEPS - at_most(open.slack, DUE_STEPS) +
        at_most((now_ms - row[PLENUM_TASK_CREATED_MS]) / site->step_ms / AGE_STEPS, COST_BASE / 4);
    return open;
}

static int open_compare(const void *left, const void *right)
{
    const struct site_open *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* From where the task ends to the charger that looks nearest; 0 in a hall without chargers. */
static uint32_t moves_home(struct site_fleet *fleet, int32_t robot, int32_t cell)
{
    const struct plenum_site *site = fleet->site;
    uint32_t least = UINT32_MAX;
    int32_t best = PLENUM_NONE;
    for (int32_t i = 0; i < site->charger_count; i++)
        if (site->chargers[i].hall == fleet->hall_of[robot] &&
            site_cells_apart(site, cell, site->chargers[i].cell) < least) {
            least = site_cells_apart(site, cell, site->chargers[i].cell);
            best = i;
        }
    if (best == PLENUM_NONE)
        return 0;
    uint32_t moves = site_fleet_distance(fleet, robot, cell, site->chargers[best].cell);
    return moves == PLENUM_FLEET_FAR ? 0 : moves;
}

/* The ways of the task itself, in the hall where it is; PLENUM_FLEET_FAR: it cannot be done. */
static void measure(struct site_fleet *fleet, struct site_open *open)
{
    const struct site_hall *hall = &fleet->halls[plenum_site_hall_of(fleet->site, open->from)];
    open->carry = PLENUM_FLEET_FAR;
    if (hall->robot_count == 0)
        return;
    open->carry = site_fleet_distance(fleet, hall->robots[0], open->from, open->to);
    open->home = moves_home(fleet, hall->robots[0], open->to);
}

void site_find_open(struct site_fleet *fleet, const struct plenum_ledger *ledger,
                    int32_t free_count, size_t most)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    fleet->open_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_TASK, &cursor, &id, &row)) {
        int32_t ends[2];
        if (row[PLENUM_FIELD_STATE] != PLENUM_TASK_OPEN)
            continue;
        find_ends(fleet, ledger, row, ends);
        if (task_has_robot(fleet, free_count, row, ends))
            ARRAY_PUSH(fleet->open_tasks, fleet->open_count, fleet->open_capacity, OPEN_MAX) =
                open_of(ledger, id, row, ends);
    }
    if (fleet->open_count > 0)
        qsort(fleet->open_tasks, fleet->open_count, sizeof *fleet->open_tasks, open_compare);
    if (fleet->open_count > most)
        fleet->open_count = most;
    for (size_t i = 0; i < fleet->open_count; i++)
        measure(fleet, &fleet->open_tasks[i]);
}

uint32_t site_pair_cost(const struct site_open *open, uint32_t moves)
{
    int64_t late = moves > open->slack ? moves - open->slack : 0;
    return (uint32_t)(COST_BASE - open->rank + at_most(moves + LATE * late, COST_BASE / 2));
}

int64_t site_need_j(const struct plenum_site *site, int32_t robot, const struct site_open *open,
                    uint32_t moves)
{
    const struct plenum_robot_model *model = &site->robot_models[site->robots[robot].model];
    int64_t cells = (int64_t)moves + open->carry + open->home;
    int64_t time_ms = cells * site->step_ms + 2 * model->handling_ms;
    int64_t need_j = cells * model->move_j + model->idle_w * time_ms / 1000;
    return at_most(need_j, model->battery_j * SITE_FULL_MILLI / 1000);
}
