/* What stands on the floor and what is closed of it; audit_step.c has the steps. */
#include "ledger/audit.h"

#include "base/memory.h"

#include <stdlib.h>

void audit_floor_init(struct audit *audit)
{
    struct audit_floor *floor = &audit->floor;
    size_t robots = (size_t)audit->site->robot_count, cells = (size_t)audit->site->cell_count;
    floor->robots = memory_new(robots, sizeof *floor->robots);
    floor->cells = memory_new(cells, sizeof *floor->cells);
    floor->closed = memory_new(cells, sizeof *floor->closed);
    floor->areas = memory_new((size_t)audit->site->area_count, sizeof *floor->areas);
    floor->last_step_ms = INT64_MIN;
    for (size_t i = 0; i < robots; i++)
        floor->robots[i].cell = PLENUM_NONE;
    for (size_t i = 0; i < cells; i++)
        floor->cells[i].robot = PLENUM_NONE;
}

void audit_floor_finish(struct audit *audit)
{
    free(audit->floor.robots);
    free(audit->floor.cells);
    free(audit->floor.closed);
    free(audit->floor.areas);
}

void audit_tell_robot(struct audit *audit, int32_t robot, int32_t cell, const char *what)
{
    audit_tell(audit, audit->seq, audit->now_ms, "robot %s, cell %d: %s",
               audit->site->robots[robot].name, cell, what);
}

static void judge_step(struct audit *audit, const struct plenum_op *op)
{
    struct audit_floor *floor = &audit->floor;
    if (op->step.count != audit->site->robot_count) {
        audit_tell(audit, audit->seq, audit->now_ms, "a step of %d robots, of %d", op->step.count,
                   audit->site->robot_count);
        return;
    }
    if (floor->last_step_ms == audit->now_ms)
        audit_tell(audit, audit->seq, audit->now_ms, "two steps at one instant");
    floor->last_step_ms = audit->now_ms;
    audit_step(audit, op->step.moves, op->step.count);
}

static bool is_cell(const struct audit *audit, int32_t cell)
{
    return cell >= 0 && cell < audit->site->cell_count;
}

static void judge_place(struct audit *audit, int32_t robot, int32_t cell)
{
    struct audit_floor *floor = &audit->floor;
    if (robot < 0 || robot >= audit->site->robot_count || !is_cell(audit, cell)) {
        audit_tell(audit, audit->seq, audit->now_ms, "robot %d put in cell %d: no such thing",
                   robot, cell);
        return;
    }
    if (floor->robots[robot].cell != PLENUM_NONE)
        audit_tell_robot(audit, robot, cell, "put down twice");
    if (audit->site->walls[cell])
        audit_tell_robot(audit, robot, cell, "in a wall");
    if (floor->closed[cell] != 0)
        audit_tell_robot(audit, robot, cell, "in a closed cell");
    if (floor->cells[cell].robot != PLENUM_NONE)
        audit_tell_robot(audit, robot, cell, "two robots in a cell");
    floor->cells[cell].robot = robot;
    const struct plenum_hall *hall = audit->site->halls;
    while (cell - hall->first_cell >= hall->width * hall->height)
        hall++;
    floor->robots[robot] = (struct audit_robot){
        .cell = cell,
        .hall = (int32_t)(hall - audit->site->halls),
        .column = (cell - hall->first_cell) % hall->width,
        .row = (cell - hall->first_cell) / hall->width,
    };
}

static void judge_lift(struct audit *audit, int32_t robot)
{
    struct audit_floor *floor = &audit->floor;
    if (robot < 0 || robot >= audit->site->robot_count) {
        audit_tell(audit, audit->seq, audit->now_ms, "robot %d taken up: no such thing", robot);
        return;
    }
    int32_t cell = floor->robots[robot].cell;
    if (cell == PLENUM_NONE)
        audit_tell_robot(audit, robot, cell, "taken up from nowhere");
    else if (floor->cells[cell].robot == robot)
        floor->cells[cell].robot = PLENUM_NONE;
    floor->robots[robot] = (struct audit_robot){.cell = PLENUM_NONE};
}

static void judge_close(struct audit *audit, struct plenum_ref owner, int32_t cell)
{
    struct audit_floor *floor = &audit->floor;
    if (!is_cell(audit, cell))
        return;
    if (floor->closed[cell] != 0)
        audit_tell(audit, audit->seq, audit->now_ms, "cell %d closed twice", cell);
    if (floor->cells[cell].robot != PLENUM_NONE)
        audit_tell_robot(audit, floor->cells[cell].robot, cell, "in a closed cell");
    floor->closed[cell] = audit_key(owner);
    floor->cells[cell].closed = 1;
}

static void judge_open(struct audit *audit, struct plenum_ref owner, int32_t cell)
{
    if (!is_cell(audit, cell))
        return;
    if (audit->floor.closed[cell] != audit_key(owner))
        audit_tell(audit, audit->seq, audit->now_ms, "cell %d opened by one who had not closed it",
                   cell);
    audit->floor.closed[cell] = 0;
    audit->floor.cells[cell].closed = 0;
}

/* --- areas ------------------------------------------------------------------------------------ */

/* The area that an operation speaks of, or PLENUM_NONE. */
static int32_t area_spoken_of(const struct audit *audit, const struct plenum_op *op)
{
    struct plenum_ref ref = {PLENUM_KIND_COUNT, 0};
    if (op->type == PLENUM_OP_FLOOR_CLOSE || op->type == PLENUM_OP_FLOOR_OPEN)
        ref = op->close.owner;
    else if (op->type == PLENUM_OP_SET && op->set.field == PLENUM_FIELD_STATE)
        ref = op->set.ref;
    bool known = ref.kind == PLENUM_AREA && ref.id < (uint64_t)audit->site->area_count;
    return known ? (int32_t)ref.id : PLENUM_NONE;
}

/* A closed area has all its floor closed in its name, any other one nothing. */
static void judge_area(struct audit *audit, int32_t index)
{
    const struct plenum_area *area = &audit->site->areas[index];
    uint64_t key = audit_key(plenum_ref(PLENUM_AREA, (uint64_t)index));
    bool closed = audit->floor.areas[index] == PLENUM_AREA_CLOSED;
    int32_t wrong = 0;
    for (int32_t i = 0; i < plenum_area_size(area); i++) {
        int32_t cell = plenum_area_cell(audit->site, area, i);
        bool should = closed && !audit->site->walls[cell];
        wrong += should != (audit->floor.closed[cell] == key);
    }
    if (wrong > 0)
        audit_tell(audit, audit->seq, audit->now_ms, "area %s: %d cells not as its state says",
                   area->name, wrong);
}

static void judge_foreign_cell(struct audit *audit, const struct plenum_op *op, int32_t index)
{
    if (index != PLENUM_NONE && op->type == PLENUM_OP_FLOOR_CLOSE &&
        plenum_site_area_of(audit->site, op->close.cell) != index)
        audit_tell(audit, audit->seq, audit->now_ms, "area %s closes cell %d, not its own",
                   audit->site->areas[index].name, op->close.cell);
}

/* Where a task begins or ends. */
static void judge_task_cell(struct audit *audit, const struct plenum_op *op)
{
    bool place = op->type == PLENUM_OP_SET && op->set.ref.kind == PLENUM_TASK &&
                 (op->set.field == PLENUM_TASK_FROM_CELL || op->set.field == PLENUM_TASK_TO_CELL);
    bool fetch =
        place && op->set.field == PLENUM_TASK_FROM_CELL && audit_is_fetch(audit, op->set.ref);
    if (!place || fetch || op->set.value < 0 || op->set.value >= audit->site->cell_count)
        return;
    int32_t area = plenum_site_area_of(audit->site, (int32_t)op->set.value);
    if (area != PLENUM_NONE && audit->site->areas[area].kind == PLENUM_AREA_FIRE_LANE)
        audit_tell(audit, audit->seq, audit->now_ms, "a task in fire lane %s",
                   audit->site->areas[area].name);
}

/* After the command's cells were opened and closed. */
static void judge_areas(struct audit *audit, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++) {
        int32_t index = area_spoken_of(audit, &command->ops[i]);
        if (index != PLENUM_NONE && command->ops[i].type == PLENUM_OP_SET)
            audit->floor.areas[index] = command->ops[i].set.value;
    }
    int32_t last = PLENUM_NONE;
    for (size_t i = 0; i < command->op_count; i++) {
        int32_t index = area_spoken_of(audit, &command->ops[i]);
        if (index != PLENUM_NONE && index != last)
            judge_area(audit, index);
        last = index;
        judge_foreign_cell(audit, &command->ops[i], index);
        judge_task_cell(audit, &command->ops[i]);
    }
}

/* In the order in which a command is judged: openings, the step, liftings, placings, closings. */
void audit_floor_command(struct audit *audit, const struct plenum_command *command)
{
    static const enum plenum_op_type order[] = {PLENUM_OP_FLOOR_OPEN, PLENUM_OP_FLOOR_STEP,
                                                PLENUM_OP_FLOOR_LIFT, PLENUM_OP_FLOOR_PLACE,
                                                PLENUM_OP_FLOOR_CLOSE};
    for (size_t turn = 0; turn < sizeof order / sizeof order[0]; turn++) {
        for (size_t i = 0; i < command->op_count; i++) {
            const struct plenum_op *op = &command->ops[i];
            if (op->type != order[turn])
                continue;
            if (op->type == PLENUM_OP_FLOOR_OPEN)
                judge_open(audit, op->open.owner, op->open.cell);
            else if (op->type == PLENUM_OP_FLOOR_STEP)
                judge_step(audit, op);
            else if (op->type == PLENUM_OP_FLOOR_LIFT)
                judge_lift(audit, op->lift.robot);
            else if (op->type == PLENUM_OP_FLOOR_PLACE)
                judge_place(audit, op->place.robot, op->place.cell);
            else
                judge_close(audit, op->close.owner, op->close.cell);
        }
    }
    audit_carried_command(audit, command);
    judge_areas(audit, command);
}
