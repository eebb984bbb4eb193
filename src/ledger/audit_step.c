/* A step of all robots, judged in four passes over them. Robots lie side by side in memory and the
 * cells they are in do not, so a pass asks for a cell some robots before it is needed: a million
 * robots are judged in a fraction of what waiting for memory would take. */
#include "ledger/audit.h"

enum {
    AHEAD = 16, /* robots */
    STAMP_MASK = INT32_MAX
};

/* Where a robot goes: its target, and its column and row there. */
static void aim(struct audit *audit, unsigned move, int32_t index)
{
    struct audit_robot *robot = &audit->floor.robots[index];
    robot->target = robot->cell;
    if (robot->cell == PLENUM_NONE || move >= PLENUM_MOVE_COUNT) {
        if (move != PLENUM_MOVE_WAIT)
            audit_tell_robot(audit, index, robot->cell, "a move that cannot be");
        return;
    }
    const struct plenum_hall *hall = &audit->site->halls[robot->hall];
    int32_t column = robot->column + (move == PLENUM_MOVE_EAST) - (move == PLENUM_MOVE_WEST);
    int32_t row = robot->row + (move == PLENUM_MOVE_SOUTH) - (move == PLENUM_MOVE_NORTH);
    if (column < 0 || column >= hall->width || row < 0 || row >= hall->height) {
        audit_tell_robot(audit, index, robot->cell, "moves out of its hall");
        return;
    }
    robot->column = column;
    robot->row = row;
    robot->target = hall->first_cell + row * hall->width + column;
    audit->totals->robot_steps++;
}

/* Whether it may be there at all, and is the only one; who was there before. */
static void meet(struct audit *audit, int32_t index)
{
    struct audit_robot *robot = &audit->floor.robots[index];
    if (robot->target == PLENUM_NONE)
        return;
    struct audit_cell *cell = &audit->floor.cells[robot->target];
    if (audit->site->walls[robot->target])
        audit_tell_robot(audit, index, robot->target, "in a wall");
    if (cell->closed)
        audit_tell_robot(audit, index, robot->target, "in a closed cell");
    if (cell->stamp == (audit->floor.step & STAMP_MASK))
        audit_tell_robot(audit, index, robot->target, "two robots in a cell");
    cell->stamp = audit->floor.step & STAMP_MASK;
    robot->there = cell->robot;
}

/* Each pair is told once. */
static void judge_change(struct audit *audit, int32_t index)
{
    const struct audit_robot *robot = &audit->floor.robots[index];
    if (robot->target != PLENUM_NONE && robot->there > index &&
        audit->floor.robots[robot->there].target == robot->cell)
        audit_tell_robot(audit, index, robot->target, "changes cells with another robot");
}

/* Its old cell is empty unless another has come there already. */
static void land(struct audit *audit, int32_t index)
{
    struct audit_robot *robot = &audit->floor.robots[index];
    if (robot->cell == robot->target)
        return;
    audit->floor.cells[robot->target].robot = index;
    if (audit->floor.cells[robot->cell].robot == index)
        audit->floor.cells[robot->cell].robot = PLENUM_NONE;
    robot->cell = robot->target;
}

static void fetch_cell(const struct audit *audit, int32_t index)
{
    if (index < audit->site->robot_count && audit->floor.robots[index].target != PLENUM_NONE)
        __builtin_prefetch(&audit->floor.cells[audit->floor.robots[index].target], 1);
}

static void fetch_robot(const struct audit *audit, int32_t index)
{
    if (index < audit->site->robot_count && audit->floor.robots[index].there > index)
        __builtin_prefetch(&audit->floor.robots[audit->floor.robots[index].there]);
}

void audit_step(struct audit *audit, const uint8_t *moves, int32_t count)
{
    audit->floor.step++;
    for (int32_t i = 0; i < count; i++)
        aim(audit, moves[i], i);
    for (int32_t i = 0; i < count; i++) {
        fetch_cell(audit, i + AHEAD);
        meet(audit, i);
    }
    for (int32_t i = 0; i < count; i++) {
        fetch_robot(audit, i + AHEAD);
        judge_change(audit, i);
    }
    for (int32_t i = 0; i < count; i++) {
        fetch_cell(audit, i + AHEAD);
        land(audit, i);
    }
}
