/* See lead.h. */
#include "fleet/lead.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { WORK_A_NODE = 64, WORK_LEAST = 1 << 16 /* states looked at in a step, together */ };

void lead_init(struct lead *lead, const struct grid *grid, struct crowd *crowd,
               enum plenum_fleet_motion motion, uint64_t patience)
{
    *lead = (struct lead){
        .grid = grid,
        .crowd = crowd,
        .motion = motion,
        .patience = patience,
        .shut = memory_new(grid->nodes, sizeof *lead->shut),
        .hops = memory_new(grid->nodes, sizeof *lead->hops),
        .turns = memory_new(grid->nodes, sizeof *lead->turns),
        .via = memory_new(grid->nodes, sizeof *lead->via),
        .queue = memory_new(grid->nodes, sizeof *lead->queue),
        .robot = GRID_NONE,
    };
    memset(lead->hops, 0xff, grid->nodes * sizeof *lead->hops);
    parts_init(&lead->parts, grid);
    passage_init(&lead->passage, &lead->parts);
}

void lead_finish(struct lead *lead)
{
    passage_finish(&lead->passage);
    parts_finish(&lead->parts);
    free(lead->shut);
    free(lead->hops);
    free(lead->turns);
    free(lead->via);
    free(lead->queue);
    *lead = (struct lead){0};
}

size_t lead_bytes(const struct lead *lead)
{
    return lead->grid->nodes * (sizeof *lead->shut + sizeof *lead->hops + sizeof *lead->turns +
                                sizeof *lead->via + sizeof *lead->queue) +
           parts_bytes(&lead->parts) + passage_bytes(&lead->passage);
}

/* --- what is planned for one step of the robot that is led ------------------------------------ */

/* A set of parts around w, a bit each; and v, where the robot comes from. */
enum { GROUP_V = 1 << PARTS_NONE };

struct plan {
    struct lead *lead;
    uint32_t robot, v, w;
    int heading; /* from v to w */
    struct parts_view at_v, at_w;
    int behind;                   /* the part of w that holds v */
    uint32_t have[GRID_HEADINGS]; /* holes of each part around w, without v and w */
    uint32_t need[GRID_HEADINGS]; /* that it must have before the robot goes */
    bool turn_round;              /* the part behind has what it must have without v */
};

static void plan_count(struct plan *plan, const struct passage_state *next)
{
    const uint32_t *holes = plan->lead->passage.holes;
    int ahead = plan->at_v.of[plan->heading];
    uint32_t others = 0, left = parts_sum(&plan->at_v, holes, ahead);
    for (int part = 0; part < plan->at_v.count; part++) {
        others += part != ahead ? parts_sum(&plan->at_v, holes, part) : 0;
    }
    left -= plan->lead->crowd->here[plan->w] == GRID_NONE;
    for (int part = 0; part < plan->at_w.count; part++) {
        if (part != plan->behind) {
            plan->have[part] = parts_sum(&plan->at_w, holes, part);
            plan->need[part] = next->holes[part];
            left -= plan->have[part];
        }
    }
    uint32_t wanted = next->holes[plan->behind];
    plan->have[plan->behind] = left;
    plan->need[plan->behind] = wanted > others + 1 ? wanted - others - 1 : 0;
    plan->turn_round = others + left >= wanted;
}

/* The group of a node that a chain may lead to: its part around w, as a bit. 0 for the nodes that
 * lie in other parts around v than w. */
static int plan_group(const struct plan *plan, uint32_t node)
{
    const uint32_t *number = plan->lead->parts.number;
    if (node == plan->v) {
        return GROUP_V;
    }
    if (node == plan->w || parts_of(&plan->at_v, number[node]) != plan->at_v.of[plan->heading]) {
        return 0;
    }
    return 1 << parts_of(&plan->at_w, number[node]);
}

/* The parts with more holes than they need. */
static int plan_rich(const struct plan *plan)
{
    int groups = 0;
    for (int part = 0; part < plan->at_w.count; part++) {
        groups |= plan->have[part] > plan->need[part] ? 1 << part : 0;
    }
    return groups;
}

/* --- chains ----------------------------------------------------------------------------------- */

/* Turns that a robot needs before it can move in a heading. */
static uint32_t robot_turns(const struct lead *lead, uint32_t robot, int heading)
{
    static const uint8_t turns[GRID_HEADINGS] = {0, 1, 2, 1};
    int off = (heading - lead->crowd->heading[robot] + GRID_HEADINGS) % GRID_HEADINGS;
    return lead->motion == PLENUM_FLEET_TURNING ? turns[off] : 0;
}

/* Turns that a chain needs more when it goes on from one node to the next: of who stands in the
 * first and moves on, or of who stands in the next and is drawn. */
static uint32_t link_turns(const struct lead *lead, uint32_t from, uint32_t to, int heading,
                           bool draw)
{
    uint32_t robot = lead->crowd->here[draw ? to : from];
    int way = draw ? (heading + 2) % GRID_HEADINGS : heading;
    return robot != GRID_NONE ? robot_turns(lead, robot, way) : 0;
}

/* A chain ends in a hole when robots are pushed, and with a robot when one is drawn. */
static bool chain_ends(const struct plan *plan, uint32_t node, bool draw)
{
    bool empty = plan->lead->crowd->here[node] == GRID_NONE;
    return node == plan->v || empty != draw;
}

/* Puts the nodes beside one into the queue. */
static uint32_t chain_spread(const struct plan *plan, uint32_t node, int groups, bool draw,
                             uint32_t count)
{
    struct lead *lead = plan->lead;
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t beside = lead->grid->next[node][heading];
        if (beside == GRID_NONE || lead->shut[beside] || (plan_group(plan, beside) & groups) == 0 ||
            (node == plan->w && beside == plan->v)) {
            continue;
        }
        uint32_t turns = lead->turns[node] + link_turns(lead, node, beside, heading, draw);
        bool met = lead->hops[beside] != GRID_NONE;
        if (!met) {
            lead->hops[beside] = lead->hops[node] + 1;
            lead->queue[count++] = beside;
        }
        bool better = lead->hops[beside] == lead->hops[node] + 1 && turns < lead->turns[beside];
        if (!met || better) {
            lead->turns[beside] = turns;
            lead->via[beside] = node;
        }
    }
    return count;
}

/* Finds the chain from w of the fewest nodes, and of the fewest turns among those, through nodes of
 * the groups. Returns its end; GRID_NONE when there is none. via leads back to w. */
static uint32_t chain_find(const struct plan *plan, int groups, bool draw)
{
    struct lead *lead = plan->lead;
    uint32_t count = 0, end = GRID_NONE;
    lead->queue[count++] = plan->w;
    lead->hops[plan->w] = lead->turns[plan->w] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = lead->queue[i];
        if (end != GRID_NONE && lead->hops[node] > lead->hops[end]) {
            break;
        }
        if (node != plan->w && chain_ends(plan, node, draw)) {
            end = end == GRID_NONE || lead->turns[node] < lead->turns[end] ? node : end;
        } else {
            count = chain_spread(plan, node, groups, draw, count);
        }
    }
    lead->work += count;
    for (uint32_t i = 0; i < count; i++) {
        lead->hops[lead->queue[i]] = GRID_NONE;
    }
    return end;
}

/* --- decisions -------------------------------------------------------------------------------- */

static int heading_of(const struct grid *grid, uint32_t from, uint32_t to)
{
    int heading = 0;
    while (grid->next[from][heading] != to) {
        heading++;
    }
    return heading;
}

static void robot_decide(const struct lead *lead, uint32_t robot, uint32_t to, uint8_t action)
{
    struct crowd *crowd = lead->crowd;
    crowd->to[robot] = to;
    crowd->there[to] = robot;
    crowd->first[robot] = action;
    crowd->led[robot] = 1;
    if (action == PLENUM_FLEET_WAIT && robot != lead->robot) {
        crowd->blocker[robot] = lead->robot;
    }
}

/* One turn towards a heading, or none where the robot faces there or needs no turns. */
static void robot_turn(const struct lead *lead, uint32_t robot, int heading)
{
    const struct crowd *crowd = lead->crowd;
    int off = (heading - crowd->heading[robot] + GRID_HEADINGS) % GRID_HEADINGS;
    uint8_t action = robot_turns(lead, robot, heading) == 0 ? PLENUM_FLEET_WAIT
                     : off == GRID_HEADINGS - 1             ? PLENUM_FLEET_COUNTER_CLOCKWISE
                                                            : PLENUM_FLEET_CLOCKWISE;
    robot_decide(lead, robot, crowd->at[robot], action);
}

/* The robot moves if all that go with it can, and turns towards there if not. */
static void robot_go(const struct lead *lead, uint32_t robot, uint32_t to, bool ready)
{
    int heading = heading_of(lead->grid, lead->crowd->at[robot], to);
    uint8_t move = lead->motion == PLENUM_FLEET_TURNING ? PLENUM_FLEET_FORWARD
                                                        : (uint8_t)(PLENUM_FLEET_EAST + heading);
    if (ready) {
        robot_decide(lead, robot, to, move);
    } else {
        robot_turn(lead, robot, heading);
    }
}

/* Nobody may enter this node unless somebody that is decided does. */
static void node_keep(const struct lead *lead, uint32_t node)
{
    struct crowd *crowd = lead->crowd;
    if (crowd->there[node] == GRID_NONE) {
        crowd->there[node] = lead->robot;
        crowd->kept[crowd->kept_count++] = node;
    }
}

/* All in the chain move on by one, from w to its end. */
static void chain_go(const struct plan *plan, uint32_t end, bool ready)
{
    const struct lead *lead = plan->lead;
    for (uint32_t to = end; to != plan->w; to = lead->via[to]) {
        robot_go(lead, lead->crowd->here[lead->via[to]], to, ready);
    }
}

/* The robot stays, turned to where it will go. */
static void plan_stay(const struct plan *plan, uint32_t blocker)
{
    robot_turn(plan->lead, plan->robot, plan->heading);
    plan->lead->crowd->blocker[plan->robot] = blocker;
}

static void plan_push(const struct plan *plan)
{
    struct lead *lead = plan->lead;
    bool occupied = lead->crowd->here[plan->w] != GRID_NONE;
    int groups = plan_rich(plan) & ~(1 << plan->behind);
    if (plan->turn_round) {
        groups |= 1 << plan->behind | GROUP_V;
    }
    uint32_t end = occupied ? chain_find(plan, groups, false) : plan->w;
    CHECK(end != GRID_NONE);
    uint32_t turns = robot_turns(lead, plan->robot, plan->heading);
    bool ready = turns + (occupied ? lead->turns[end] : 0) == 0;
    robot_go(lead, plan->robot, plan->w, ready);
    chain_go(plan, end, ready);
    if (!ready) {
        lead->crowd->blocker[plan->robot] = lead->crowd->here[plan->w];
        if (end != plan->v) {
            node_keep(lead, end);
        }
    }
}

static void plan_clear(const struct plan *plan)
{
    struct lead *lead = plan->lead;
    uint32_t end = chain_find(plan, plan_rich(plan), false);
    CHECK(end != GRID_NONE);
    plan_stay(plan, lead->crowd->here[plan->w]);
    chain_go(plan, end, lead->turns[end] == 0);
    node_keep(lead, end);
    node_keep(lead, plan->w);
}

static void plan_draw(const struct plan *plan, int part)
{
    struct lead *lead = plan->lead;
    uint32_t end = chain_find(plan, 1 << part, true);
    CHECK(end != GRID_NONE);
    uint32_t drawn = lead->crowd->here[end];
    plan_stay(plan, drawn);
    robot_go(lead, drawn, lead->via[end], lead->turns[end] == 0);
    node_keep(lead, plan->w);
}

static void plan_carry_out(const struct plan *plan)
{
    for (int part = 0; part < plan->at_w.count; part++) {
        if (plan->have[part] < plan->need[part]) {
            if (plan->lead->crowd->here[plan->w] != GRID_NONE) {
                plan_clear(plan);
            } else {
                plan_draw(plan, part);
            }
            return;
        }
    }
    plan_push(plan);
}

static void lead_robot(struct lead *lead, uint32_t robot, const struct passage_state *next)
{
    struct plan plan = {
        .lead = lead,
        .robot = robot,
        .v = lead->crowd->at[robot],
        .w = next->node,
    };
    plan.heading = heading_of(lead->grid, plan.v, plan.w);
    parts_look(&lead->parts, plan.v, &plan.at_v);
    parts_look(&lead->parts, plan.w, &plan.at_w);
    plan.behind = plan.at_w.of[(plan.heading + 2) % GRID_HEADINGS];
    plan_count(&plan, next);
    lead->robot = robot;
    plan_carry_out(&plan);
}

/* --- who is led ------------------------------------------------------------------------------- */

static void lead_look(struct lead *lead)
{
    const struct crowd *crowd = lead->crowd;
    for (uint32_t node = 0; node < lead->grid->nodes; node++) {
        lead->shut[node] = lead->grid->access[node] != GRID_OPEN;
    }
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        if (crowd->at[robot] != GRID_NONE && crowd_bound(crowd, robot)) {
            lead->shut[crowd->at[robot]] = 1;
        }
    }
    parts_search(&lead->parts, lead->shut);
    passage_count(&lead->passage, crowd->here);
}

static bool robot_waits_long(const struct lead *lead, uint32_t robot)
{
    const struct crowd *crowd = lead->crowd;
    uint32_t at = crowd->at[robot];
    return at != GRID_NONE && !crowd_bound(crowd, robot) && crowd->goal[robot] != GRID_NONE &&
           crowd->goal[robot] != at && lead->grid->access[at] == GRID_OPEN;
}

/* Whether the robot could be brought on by a step. */
static bool lead_try(struct lead *lead, uint32_t robot)
{
    struct crowd *crowd = lead->crowd;
    struct passage_state next;
    enum passage_answer answer =
        passage_find(&lead->passage, crowd->at[robot], crowd->goal[robot], &next);
    if (answer == PASSAGE_FOUND) {
        lead_robot(lead, robot, &next);
    }
    crowd->shut_in[robot] = answer == PASSAGE_NONE;
    return answer == PASSAGE_FOUND;
}

void lead_step(struct lead *lead, bool sure)
{
    const struct crowd *crowd = lead->crowd;
    uint64_t limit = (uint64_t)lead->grid->nodes * WORK_A_NODE + WORK_LEAST;
    bool looked = false, done = false;
    lead->robot = GRID_NONE;
    lead->work = lead->passage.work = 0;
    for (uint32_t i = 0; i < crowd->robots && !done; i++) {
        uint32_t robot = crowd->order[i];
        if (crowd->priority[robot] < lead->patience) {
            break;
        }
        if (crowd->priority[robot] % PLENUM_FLEET_URGENT < lead->patience) {
            sure = false;
            continue;
        }
        if (!robot_waits_long(lead, robot)) {
            sure = sure && crowd->at[robot] == GRID_NONE;
            continue;
        }
        if (sure && crowd_aims(crowd, robot)) {
            break;
        }
        sure = false;
        if (!looked) {
            lead_look(lead);
            looked = true;
        }
        done = lead_try(lead, robot) || lead->passage.work > limit;
    }
    lead->work += lead->passage.work;
}
