/* Robots that are carried: each stands nowhere, and is the load of one carrier, whose task has
 * taken it up. What tasks and robots say of each other is kept from the journal's rows alone. */
#include "ledger/audit.h"

#include "base/memory.h"

#include <stdlib.h>

void audit_carried_init(struct audit *audit)
{
    size_t robots = (size_t)audit->site->robot_count;
    audit->carried.robots = memory_new(robots, sizeof *audit->carried.robots);
}

void audit_carried_finish(struct audit *audit)
{
    free(audit->carried.robots);
    free(audit->carried.list);
    audit_map_finish(&audit->carried.tasks);
}

/* A task whose load is a robot; NULL for any other. */
static struct audit_fetch *fetch_of(struct audit *audit, struct plenum_ref task)
{
    uint32_t at = *audit_map_at(&audit->carried.tasks, audit_key(task), 0);
    return at == 0 ? NULL : &audit->carried.list[at - 1];
}

bool audit_is_fetch(struct audit *audit, struct plenum_ref task)
{
    return fetch_of(audit, task) != NULL;
}

static bool sets(const struct plenum_op *op, uint32_t kind)
{
    return op->type == PLENUM_OP_SET && op->set.ref.kind == kind;
}

/* Tasks are known by their load, wherever in the command that is told. */
static void note_load(struct audit *audit, const struct plenum_op *op)
{
    struct audit_carried *carried = &audit->carried;
    if (!sets(op, PLENUM_TASK) || op->set.field != PLENUM_TASK_LOAD ||
        op->set.value != PLENUM_LOAD_ROBOT || fetch_of(audit, op->set.ref))
        return;
    ARRAY_PUSH(carried->list, carried->count, carried->capacity, AUDIT_LIST_MAX) =
        (struct audit_fetch){.robot = PLENUM_NONE, .carrier = PLENUM_NONE};
    *audit_map_at(&carried->tasks, audit_key(op->set.ref), 0) = (uint32_t)carried->count;
}

static void note_task(struct audit *audit, const struct plenum_op *op)
{
    struct audit_fetch *fetch = fetch_of(audit, op->set.ref);
    if (fetch && op->set.field == PLENUM_TASK_FETCHED)
        fetch->robot = op->set.value;
    else if (fetch && op->set.field == PLENUM_TASK_ROBOT)
        fetch->carrier = op->set.value;
    else if (fetch && op->set.field == PLENUM_FIELD_STATE)
        fetch->state = op->set.value;
}

static struct audit_carried_robot *robot_at(const struct audit *audit, int64_t robot)
{
    return robot >= 0 && robot < audit->site->robot_count ? &audit->carried.robots[robot] : NULL;
}

static void note_robot(struct audit *audit, const struct plenum_op *op)
{
    struct audit_carried_robot *robot = robot_at(audit, (int64_t)op->set.ref.id);
    if (robot && op->set.field == PLENUM_FIELD_STATE)
        robot->carried = op->set.value == PLENUM_ROBOT_CARRIED;
    else if (robot && op->set.field == PLENUM_ROBOT_FETCH)
        robot->task = (uint64_t)op->set.value;
}

static void note_floor(const struct audit *audit, const struct plenum_op *op)
{
    bool lifts = op->type == PLENUM_OP_FLOOR_LIFT;
    struct audit_carried_robot *robot = robot_at(audit, lifts ? op->lift.robot : op->place.robot);
    if (robot)
        robot->lifted = lifts;
}

static void note(struct audit *audit, const struct plenum_op *op)
{
    if (sets(op, PLENUM_TASK))
        note_task(audit, op);
    else if (sets(op, PLENUM_ROBOT))
        note_robot(audit, op);
    else if (op->type == PLENUM_OP_FLOOR_LIFT || op->type == PLENUM_OP_FLOOR_PLACE)
        note_floor(audit, op);
    else if (op->type == PLENUM_OP_END && fetch_of(audit, op->end.ref))
        fetch_of(audit, op->end.ref)->state = PLENUM_NONE;
}

static bool has_carrier(struct audit *audit, int64_t robot)
{
    const struct audit_fetch *fetch =
        fetch_of(audit, plenum_ref(PLENUM_TASK, audit->carried.robots[robot].task));
    return fetch && fetch->robot == robot && fetch->carrier >= 0 && fetch->carrier != robot &&
           (fetch->state == PLENUM_TASK_TO_DROP || fetch->state == PLENUM_TASK_AT_DROP);
}

static void judge_robot(struct audit *audit, int32_t index)
{
    const struct audit_carried_robot *robot = &audit->carried.robots[index];
    int32_t cell = audit->floor.robots[index].cell;
    if (robot->carried && cell != PLENUM_NONE)
        audit_tell_robot(audit, index, cell, "carried, and in a cell");
    if (robot->lifted && !robot->carried)
        audit_tell_robot(audit, index, cell, "taken up, and not carried");
    if (robot->carried && !has_carrier(audit, index))
        audit_tell_robot(audit, index, cell, "carried by nobody");
}

/* The robot that an operation speaks of, itself or as a load; PLENUM_NONE: none. */
static int32_t robot_of(struct audit *audit, const struct plenum_op *op)
{
    int64_t robot = PLENUM_NONE;
    if (op->type == PLENUM_OP_FLOOR_LIFT)
        robot = op->lift.robot;
    else if (op->type == PLENUM_OP_FLOOR_PLACE)
        robot = op->place.robot;
    else if (sets(op, PLENUM_ROBOT))
        robot = (int64_t)op->set.ref.id;
    else if (sets(op, PLENUM_TASK) && fetch_of(audit, op->set.ref))
        robot = fetch_of(audit, op->set.ref)->robot;
    else if (op->type == PLENUM_OP_END && fetch_of(audit, op->end.ref))
        robot = fetch_of(audit, op->end.ref)->robot;
    return robot_at(audit, robot) ? (int32_t)robot : PLENUM_NONE;
}

/* A command is judged as a whole, when all of it is noted; a robot once for operations in a row. */
void audit_carried_command(struct audit *audit, const struct plenum_command *command)
{
    int32_t last = PLENUM_NONE;
    for (size_t i = 0; i < command->op_count; i++)
        note_load(audit, &command->ops[i]);
    for (size_t i = 0; i < command->op_count; i++)
        note(audit, &command->ops[i]);
    for (size_t i = 0; i < command->op_count; i++) {
        int32_t robot = robot_of(audit, &command->ops[i]);
        if (robot != PLENUM_NONE && robot != last)
            judge_robot(audit, robot);
        last = robot;
    }
}
