/* See aim.h. */
#include "fleet/aim.h"

enum { RENEW_STATES = 500000 /* values of old guidance that a step computes anew */ };

static uint32_t span(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

/* Whether the robot may come to its goal within the window: only then does the way from there
 * matter. */
static bool goal_in_window(const struct aims *aims, uint32_t robot)
{
    uint32_t width = aims->grid->width;
    uint32_t at = aims->grid->cell_of_node[aims->crowd->at[robot]];
    uint32_t goal = aims->grid->cell_of_node[aims->crowd->goal[robot]];
    return span(at / width, goal / width) + span(at % width, goal % width) <= aims->depth;
}

/* What a field says for a node in its best heading. */
static uint32_t cost_at(const struct fields *fields, uint32_t slot, uint32_t node)
{
    const uint16_t *values = fields_values(fields, slot) + (size_t)node * fields->stride;
    uint32_t cost = FIELD_FAR;
    for (uint32_t heading = 0; heading < fields->stride; heading++) {
        cost = values[heading] < cost ? values[heading] : cost;
    }
    return cost;
}

/* The slot for the way to a goal from anywhere: of its hub where there are hubs. */
static uint32_t far_claim(struct aims *aims, uint32_t goal)
{
    return fields_claim(aims->fields, aims->hubs.of != NULL ? aims->hubs.of[goal] : goal);
}

/* The slot for the way from a node, after the field of the goal's hub was filled there: that
 * field's still, where it is far or memory is short; the goal's own, where it is near or the hub
 * cannot be reached. */
static uint32_t near_claim(struct aims *aims, uint32_t slot, uint32_t from, uint32_t goal)
{
    if (slot == GRID_NONE || aims->fields->slot[slot].goal == goal) {
        return slot;
    }
    uint32_t cost = cost_at(aims->fields, slot, from);
    if (cost * aims->turn_steps > aims->hubs.near * aims->fields->wait_cost && cost != FIELD_FAR) {
        return slot;
    }
    uint32_t own = fields_claim(aims->fields, goal);
    return own != GRID_NONE ? own : slot;
}

static void robot_claim_far(struct aims *aims, uint32_t robot, struct plenum_fleet_report *report)
{
    struct crowd *crowd = aims->crowd;
    uint32_t at = crowd->at[robot], goal = crowd->goal[robot], next = crowd->next_goal[robot];
    crowd->slot[robot] = crowd->after_slot[robot] = GRID_NONE;
    if (at == GRID_NONE || goal == GRID_NONE) {
        if (crowd->atlas != NULL) {
            (void)atlas_aim(aims->atlas, robot, GRID_NONE, GRID_NONE);
        }
        return;
    }
    report->arrived += at == goal;
    if (crowd->streets != NULL) {
        return;
    }
    if (crowd->atlas != NULL) {
        const uint32_t *place = aims->atlas->place;
        report->stranded += !atlas_aim(aims->atlas, robot, place[at], place[goal]);
        return;
    }
    crowd->slot[robot] = far_claim(aims, goal);
    report->unplanned += crowd->slot[robot] == GRID_NONE;
    if (next != GRID_NONE && aims->depth > 0 && goal_in_window(aims, robot)) {
        crowd->after_slot[robot] = far_claim(aims, next);
    }
}

static void robot_claim_near(struct aims *aims, uint32_t robot)
{
    struct crowd *crowd = aims->crowd;
    crowd->slot[robot] = near_claim(aims, crowd->slot[robot], crowd->at[robot], crowd->goal[robot]);
    crowd->after_slot[robot] =
        near_claim(aims, crowd->after_slot[robot], crowd->goal[robot], crowd->next_goal[robot]);
}

/* Fills the claimed fields as far as robots need them. */
static void aims_fill(struct aims *aims)
{
    const struct crowd *crowd = aims->crowd;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        if (crowd->slot[robot] != GRID_NONE) {
            fields_wish(aims->fields, crowd->slot[robot], crowd->at[robot]);
        }
        if (crowd->after_slot[robot] != GRID_NONE) {
            fields_wish(aims->fields, crowd->after_slot[robot], crowd->goal[robot]);
        }
    }
    fields_fill(aims->fields);
}

static uint16_t slot_far(const struct fields *fields, uint32_t slot)
{
    uint32_t done = fields->slot[slot].done;
    return done < FIELD_FAR ? (uint16_t)done : FIELD_FAR;
}

static void robot_aim(struct aims *aims, uint32_t robot, struct plenum_fleet_report *report)
{
    struct crowd *crowd = aims->crowd;
    const struct fields *fields = aims->fields;
    uint32_t slot = crowd->slot[robot], after = crowd->after_slot[robot];
    crowd->aim[robot] = NULL;
    crowd->after[robot] = NULL;
    if (slot == GRID_NONE) {
        return;
    }
    const uint16_t *steps = fields_values(fields, slot);
    if (steps[(size_t)crowd->at[robot] * fields->stride] == FIELD_FAR) {
        report->stranded++;
        return;
    }
    crowd->aim[robot] = steps;
    crowd->aim_far[robot] = slot_far(fields, slot);
    if (after != GRID_NONE) {
        crowd->after[robot] = fields_values(fields, after);
        crowd->after_far[robot] = slot_far(fields, after);
    }
}

void aims_step(struct aims *aims, struct plenum_fleet_report *report)
{
    struct crowd *crowd = aims->crowd;
    fields_begin(aims->fields);
    aims->fields->tick++;
    for (uint32_t i = 0; i < crowd->robots; i++) {
        robot_claim_far(aims, crowd->order[i], report);
    }
    fields_renew(aims->fields, RENEW_STATES);
    aims_fill(aims);
    for (uint32_t i = 0; i < crowd->robots && aims->hubs.of != NULL; i++) {
        robot_claim_near(aims, crowd->order[i]);
    }
    if (aims->hubs.of != NULL) {
        aims_fill(aims);
    }
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        robot_aim(aims, robot, report);
    }
}

static void wish_some(struct aims *aims, uint32_t count, const uint32_t *from,
                      const uint32_t *slots)
{
    for (uint32_t i = 0; i < count; i++) {
        if (slots[i] != GRID_NONE) {
            fields_wish(aims->fields, slots[i], from[i]);
        }
    }
    fields_fill(aims->fields);
}

/* As many of the ways as fit into the memory for fields at once; says how many. */
static uint32_t costs_some(struct aims *aims, uint32_t count, const uint32_t *from,
                           const uint32_t *to, uint32_t *costs)
{
    uint32_t some = 0;
    fields_begin(aims->fields);
    for (; some < count && some + 1 < aims->fields->wish_room; some++) {
        costs[some] = GRID_NONE;
        if (from[some] == GRID_NONE || to[some] == GRID_NONE) {
            continue;
        }
        costs[some] = far_claim(aims, to[some]);
        if (costs[some] == GRID_NONE) {
            break;
        }
    }
    wish_some(aims, some, from, costs);
    for (uint32_t i = 0; i < some && aims->hubs.of != NULL; i++) {
        costs[i] = near_claim(aims, costs[i], from[i], to[i]);
    }
    if (aims->hubs.of != NULL) {
        wish_some(aims, some, from, costs);
    }
    for (uint32_t i = 0; i < some; i++) {
        costs[i] = costs[i] == GRID_NONE ? FIELD_FAR : cost_at(aims->fields, costs[i], from[i]);
    }
    return some;
}

void aims_costs(struct aims *aims, uint32_t count, const uint32_t *from, const uint32_t *to,
                uint32_t *costs)
{
    for (uint32_t done = 0; done < count;) {
        done += costs_some(aims, count - done, from + done, to + done, costs + done);
    }
}
