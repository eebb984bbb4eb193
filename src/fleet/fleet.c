/* See include/plenum/fleet.h. */
#include <plenum/fleet.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "fleet/aim.h"
#include "fleet/bridge.h"
#include "fleet/cause.h"
#include "fleet/crowd.h"
#include "fleet/field.h"
#include "fleet/lead.h"
#include "fleet/mass.h"
#include "fleet/pibt.h"
#include "fleet/window.h"

#include <stdlib.h>
#include <string.h>

enum {
    FIELD_BYTES_DEFAULT = 256 << 20,
    WINDOW_STEPS_DEFAULT = 3,
    PATIENCE_LEAST = 32,
    DISTANCES_AT_ONCE = 4096,
    MASS_ROBOTS = 20000, /* from so many on, floors with bridges are planned by tiles too */
};

struct plenum_fleet {
    struct plenum_fleet_options options;
    struct grid grid;
    struct crowd crowd;
    struct streets streets; /* a net where distances are taken by it */
    struct atlas atlas;     /* in use where the crowd has it */
    struct fields fields;
    struct aims aims;
    struct pool *pool;               /* NULL: the caller's thread only */
    uint8_t (*costs)[GRID_HEADINGS]; /* guidance; as far as fields refer to it */
    uint8_t step_cost;
    struct bridges bridges;
    struct lead lead;     /* not where there is mass */
    struct pibt pibt;     /* PLENUM_FLEET_NEXT_STEP */
    struct mass mass;     /* likewise, where the floor allows it */
    struct window window; /* PLENUM_FLEET_WINDOW */
};

struct plenum_fleet_options plenum_fleet_options_default(void)
{
    return (struct plenum_fleet_options){
        .motion = PLENUM_FLEET_SLIDING,
        .method = PLENUM_FLEET_NEXT_STEP,
        .window_steps = WINDOW_STEPS_DEFAULT,
        .seed = 1,
        .field_bytes = FIELD_BYTES_DEFAULT,
        .threads = 1,
    };
}

static enum plenum_status inputs_check(const struct plenum_fleet_map *map, uint32_t robots,
                                       const struct plenum_fleet_options *options,
                                       struct plenum_error *error)
{
    uint64_t cells = (uint64_t)map->width * map->height;
    if (cells == 0) {
        return plenum_fail(error, PLENUM_INPUT, "map of %u x %u cells, expected at least 1 x 1",
                           map->width, map->height);
    }
    if (cells > PLENUM_FLEET_MAX_CELLS) {
        return plenum_fail(error, PLENUM_LIMIT, "map of %u x %u cells, expected at most %d cells",
                           map->width, map->height, PLENUM_FLEET_MAX_CELLS);
    }
    if (robots > PLENUM_FLEET_MAX_ROBOTS) {
        return plenum_fail(error, PLENUM_LIMIT, "%u robots, expected at most %d", robots,
                           PLENUM_FLEET_MAX_ROBOTS);
    }
    if (options->turn_steps > PLENUM_FLEET_MAX_TURN_STEPS) {
        return plenum_fail(error, PLENUM_INPUT, "turns of %u steps, expected at most %d",
                           options->turn_steps, PLENUM_FLEET_MAX_TURN_STEPS);
    }
    if (options->motion == PLENUM_FLEET_TURNING && options->method == PLENUM_FLEET_NEXT_STEP &&
        options->turn_steps > 1) {
        return plenum_fail(error, PLENUM_INPUT,
                           "turns of %u steps, planned one step ahead; expected 1, or a window",
                           options->turn_steps);
    }
    if (options->window_steps > COURSE_DEPTH_MAX) {
        return plenum_fail(error, PLENUM_INPUT, "a window of %u steps, expected at most %d",
                           options->window_steps, COURSE_DEPTH_MAX);
    }
    return PLENUM_OK;
}

/* Robots that turn are planned one step ahead by tiles only. */
static bool turns_ahead(const struct plenum_fleet *fleet)
{
    return fleet->options.motion == PLENUM_FLEET_TURNING &&
           fleet->options.method == PLENUM_FLEET_NEXT_STEP;
}

/* Where fields for all robots would not fit into their memory, and one step ahead for robots that
 * turn, distances come from streets, or from an atlas. */
static void fleet_choose_distances(struct plenum_fleet *fleet)
{
    bool fit =
        fleet->fields.slots >= fleet->crowd.robots || fleet->fields.slots >= fleet->grid.nodes;
    if (fleet->options.method != PLENUM_FLEET_NEXT_STEP || (fit && !turns_ahead(fleet))) {
        return;
    }
    streets_init(&fleet->streets, &fleet->grid);
    if (fleet->streets.net) {
        fleet->crowd.streets = &fleet->streets;
    } else if (atlas_init(&fleet->atlas, &fleet->grid, fleet->crowd.robots, fleet->pool)) {
        fleet->crowd.atlas = &fleet->atlas;
    }
}

static bool fleet_has_tiles(const struct plenum_fleet *fleet)
{
    if (turns_ahead(fleet)) {
        return fleet->crowd.streets != NULL || fleet->crowd.atlas != NULL;
    }
    return (fleet->crowd.streets != NULL && !fleet->bridges.any) ||
           (fleet->crowd.atlas != NULL &&
            (!fleet->bridges.any || fleet->crowd.robots >= MASS_ROBOTS));
}

static uint32_t turn_steps_of(const struct plenum_fleet *fleet)
{
    bool several = fleet->options.motion == PLENUM_FLEET_TURNING && fleet->options.turn_steps > 1;
    return several ? fleet->options.turn_steps : 1;
}

static void fleet_choose_method(struct plenum_fleet *fleet)
{
    const struct plenum_fleet_options *options = &fleet->options;
    bridges_init(&fleet->bridges, &fleet->grid);
    if (options->method == PLENUM_FLEET_NEXT_STEP) {
        pibt_init(&fleet->pibt, &fleet->bridges, &fleet->crowd);
        bridges_refresh(&fleet->bridges);
        if (fleet_has_tiles(fleet)) {
            mass_init(&fleet->mass, &fleet->grid, &fleet->atlas, &fleet->crowd, turns_ahead(fleet),
                      fleet->pool);
        }
    } else {
        window_init(&fleet->window, &fleet->grid, &fleet->crowd, options->motion,
                    (int)turn_steps_of(fleet), (int)options->window_steps, fleet->pool);
        fleet->fields.slack = 2 * (uint32_t)fleet->window.courses.depth + 2;
        fleet->aims.depth = (uint32_t)fleet->window.courses.depth;
    }
    if (fleet->mass.cells == NULL) {
        lead_init(&fleet->lead, &fleet->grid, &fleet->crowd, options->motion, options->patience);
    }
}

enum plenum_status plenum_fleet_create(const struct plenum_fleet_map *map, uint32_t robots,
                                       const struct plenum_fleet_options *options,
                                       struct plenum_fleet **fleet, struct plenum_error *error)
{
    *fleet = NULL;
    enum plenum_status status = inputs_check(map, robots, options, error);
    if (status != PLENUM_OK) {
        return status;
    }
    struct plenum_fleet *made = memory_new(1, sizeof *made);
    made->options = *options;
    if (made->options.field_bytes == 0) {
        made->options.field_bytes = FIELD_BYTES_DEFAULT;
    }
    if (made->options.patience == 0) {
        made->options.patience = PATIENCE_LEAST + 2ull * (map->width + (uint64_t)map->height);
    }
    if (made->options.window_steps == 0) {
        made->options.window_steps = WINDOW_STEPS_DEFAULT;
    }
    grid_init(&made->grid, map);
    crowd_init(&made->crowd, robots, made->grid.nodes);
    made->pool = options->threads > 1 ? pool_create(options->threads) : NULL;
    fields_init(&made->fields, &made->grid, options->motion, made->options.field_bytes,
                8 * robots + 64, made->pool);
    made->fields.partial = made->fields.drifting =
        options->method == PLENUM_FLEET_WINDOW && options->remember;
    made->aims = (struct aims){
        .grid = &made->grid,
        .crowd = &made->crowd,
        .fields = &made->fields,
        .turn_steps = turn_steps_of(made),
    };
    made->fields.wait_cost = (uint8_t)turn_steps_of(made);
    if (made->fields.partial && made->grid.nodes * made->fields.stride >= HUB_LEAST) {
        hubs_init(&made->aims.hubs, &made->grid, robots);
        made->fields.frugal = true;
    }
    made->costs = memory_new(made->grid.nodes, sizeof *made->costs);
    made->step_cost = 1;
    fleet_choose_distances(made);
    made->aims.atlas = made->crowd.atlas != NULL ? &made->atlas : NULL;
    fleet_choose_method(made);
    if (turns_ahead(made) && made->mass.cells == NULL) {
        plenum_fleet_destroy(made);
        return plenum_fail(error, PLENUM_LIMIT,
                           "robots that turn, planned one step ahead, on a floor too large for an "
                           "atlas; expected a window");
    }
    *fleet = made;
    return PLENUM_OK;
}

void plenum_fleet_destroy(struct plenum_fleet *fleet)
{
    if (fleet == NULL) {
        return;
    }
    window_finish(&fleet->window);
    lead_finish(&fleet->lead);
    mass_finish(&fleet->mass);
    pibt_finish(&fleet->pibt);
    bridges_finish(&fleet->bridges);
    hubs_finish(&fleet->aims.hubs);
    fields_finish(&fleet->fields);
    free(fleet->costs);
    crowd_finish(&fleet->crowd);
    atlas_finish(&fleet->atlas);
    streets_finish(&fleet->streets);
    grid_finish(&fleet->grid);
    pool_destroy(fleet->pool);
    free(fleet);
}

/* GRID_NONE for a wall and for PLENUM_FLEET_NOWHERE. */
static uint32_t node_at(const struct plenum_fleet *fleet, uint32_t cell)
{
    if (cell == PLENUM_FLEET_NOWHERE) {
        return GRID_NONE;
    }
    CHECK(cell < (uint64_t)fleet->grid.width * fleet->grid.height);
    return fleet->grid.node_of_cell[cell];
}

void plenum_fleet_set_pose(struct plenum_fleet *fleet, uint32_t robot, uint32_t cell,
                           enum plenum_fleet_heading heading)
{
    CHECK(robot < fleet->crowd.robots);
    uint32_t node = node_at(fleet, cell);
    CHECK(node != GRID_NONE || cell == PLENUM_FLEET_NOWHERE);
    fleet->crowd.at[robot] = node;
    fleet->crowd.heading[robot] = (uint8_t)heading;
    if (fleet->mass.cells != NULL) {
        mass_set_at(&fleet->mass, robot, node);
    }
}

void plenum_fleet_set_turning(struct plenum_fleet *fleet, uint32_t robot, uint32_t steps)
{
    CHECK(robot < fleet->crowd.robots && steps < turn_steps_of(fleet));
    fleet->crowd.turning[robot] = (uint8_t)steps;
}

void plenum_fleet_set_goal(struct plenum_fleet *fleet, uint32_t robot, uint32_t goal)
{
    CHECK(robot < fleet->crowd.robots);
    uint32_t node = node_at(fleet, goal);
    CHECK(node != GRID_NONE || goal == PLENUM_FLEET_NOWHERE);
    fleet->crowd.goal[robot] = node;
    if (fleet->mass.cells != NULL) {
        mass_set_goal(&fleet->mass, robot, node);
    }
}

void plenum_fleet_set_next_goal(struct plenum_fleet *fleet, uint32_t robot, uint32_t goal)
{
    CHECK(robot < fleet->crowd.robots);
    uint32_t node = node_at(fleet, goal);
    CHECK(node != GRID_NONE || goal == PLENUM_FLEET_NOWHERE);
    fleet->crowd.next_goal[robot] = node;
}

void plenum_fleet_set_priority(struct plenum_fleet *fleet, uint32_t robot, uint64_t priority)
{
    CHECK(robot < fleet->crowd.robots);
    fleet->crowd.priority[robot] = priority;
}

void plenum_fleet_set_held(struct plenum_fleet *fleet, uint32_t robot, bool held)
{
    CHECK(robot < fleet->crowd.robots);
    fleet->crowd.held[robot] = held;
}

void plenum_fleet_set_guidance(struct plenum_fleet *fleet, const uint8_t *costs, uint8_t step)
{
    CHECK(costs == NULL || (step > 0 && step * turn_steps_of(fleet) <= UINT8_MAX));
    for (uint32_t node = 0; costs != NULL && node < fleet->grid.nodes; node++) {
        memcpy(fleet->costs[node], costs + (size_t)fleet->grid.cell_of_node[node] * GRID_HEADINGS,
               GRID_HEADINGS);
    }
    fleet->step_cost = costs != NULL ? step : 1;
    fields_guide(&fleet->fields, costs != NULL ? fleet->costs : NULL,
                 (uint8_t)(fleet->step_cost * turn_steps_of(fleet)));
}

static void fleet_bar(struct plenum_fleet *fleet, uint32_t cell, enum grid_access access)
{
    uint32_t node = node_at(fleet, cell);
    if (node != GRID_NONE && grid_bar(&fleet->grid, node, access)) {
        fields_expire(&fleet->fields);
        bridges_expire(&fleet->bridges);
        atlas_expire(&fleet->atlas);
    }
}

void plenum_fleet_set_blocked(struct plenum_fleet *fleet, uint32_t cell, bool blocked)
{
    fleet_bar(fleet, cell, blocked ? GRID_BLOCKED : GRID_OPEN);
}

void plenum_fleet_set_closing(struct plenum_fleet *fleet, uint32_t cell)
{
    fleet_bar(fleet, cell, GRID_CLOSING);
}

void plenum_fleet_set_stop(struct plenum_fleet *fleet, plenum_fleet_stop *stop, void *context)
{
    fleet->window.stop = stop;
    fleet->window.stop_context = context;
}

static uint8_t move_towards(const struct grid *grid, uint32_t from, uint32_t to)
{
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        if (grid->next[from][heading] == to) {
            return (uint8_t)(PLENUM_FLEET_EAST + heading);
        }
    }
    return PLENUM_FLEET_WAIT;
}

static void fleet_write(struct plenum_fleet *fleet, uint8_t *actions,
                        struct plenum_fleet_report *report)
{
    struct crowd *crowd = &fleet->crowd;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        uint32_t at = crowd->at[robot];
        if (at == GRID_NONE) {
            continue;
        }
        if (fleet->options.method == PLENUM_FLEET_NEXT_STEP) {
            crowd->first[robot] = move_towards(&fleet->grid, at, crowd->to[robot]);
        }
        actions[robot] = crowd->first[robot];
        report->waits += actions[robot] == PLENUM_FLEET_WAIT;
        report->moves += actions[robot] != PLENUM_FLEET_WAIT;
    }
}

/* Leads the robot that has waited too long, where there is one. Priority inheritance brings the
 * first robot on by itself where every edge lies on a circle that can turn. */
static void fleet_lead(struct plenum_fleet *fleet)
{
    bool ahead = fleet->options.method == PLENUM_FLEET_NEXT_STEP;
    if (ahead) {
        bridges_refresh(&fleet->bridges);
    }
    if (fleet->lead.grid != NULL) {
        bool sure = ahead && !fleet->bridges.any && fleet->crowd.held_count == 0;
        lead_step(&fleet->lead, sure);
    }
}

static void fleet_plan(struct plenum_fleet *fleet, uint64_t seed, uint64_t budget,
                       struct plenum_fleet_report *report)
{
    fleet_lead(fleet);
    if (fleet->options.method == PLENUM_FLEET_WINDOW) {
        fleet->window.step_cost = fleet->step_cost;
        window_step(&fleet->window, seed, fleet->options.remember, fleet->options.improve, budget);
        report->work = fleet->lead.work + fleet->window.work;
        report->cut = fleet->window.stopped;
        return;
    }
    report->cut = !pibt_step(&fleet->pibt, seed, budget);
    report->work = fleet->lead.work + fleet->pibt.work;
}

static enum plenum_status fleet_step_mass(struct plenum_fleet *fleet, uint64_t tick,
                                          uint64_t budget, uint8_t *actions,
                                          struct plenum_fleet_report *report,
                                          struct plenum_error *error)
{
    struct mass_totals totals;
    enum plenum_status status = mass_step(&fleet->mass, random_at(fleet->options.seed, 0, tick, 0),
                                          budget, actions, &totals, error);
    memcpy(fleet->crowd.first, actions, fleet->crowd.robots);
    fleet->crowd.by_tiles = true;
    report->work = totals.work;
    report->cut = totals.cut;
    report->arrived = totals.arrived;
    report->stranded = totals.stranded;
    report->moves = totals.moves;
    report->waits = totals.waits;
    return status;
}

enum plenum_status plenum_fleet_step(struct plenum_fleet *fleet, uint64_t tick, uint64_t budget,
                                     uint8_t *actions, struct plenum_fleet_report *report,
                                     struct plenum_error *error)
{
    struct plenum_fleet_report unread;
    report = report != NULL ? report : &unread;
    *report = (struct plenum_fleet_report){0};
    memset(actions, PLENUM_FLEET_WAIT, fleet->crowd.robots);
    if (fleet->crowd.atlas != NULL) {
        atlas_refresh(&fleet->atlas);
    }
    if (fleet->mass.cells != NULL && fleet->grid.barred_count == 0) {
        return fleet_step_mass(fleet, tick, budget, actions, report, error);
    }
    if (turns_ahead(fleet)) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%u blocked cells, and robots that turn, planned one step ahead; "
                           "expected none, or a window",
                           fleet->grid.barred_count);
    }
    enum plenum_status status = crowd_begin(&fleet->crowd, &fleet->grid, error);
    if (status != PLENUM_OK) {
        return status;
    }
    crowd_sort(&fleet->crowd);
    aims_step(&fleet->aims, report);
    fleet_plan(fleet, random_at(fleet->options.seed, 0, tick, 0), budget, report);
    fleet_write(fleet, actions, report);
    crowd_end(&fleet->crowd);
    return PLENUM_OK;
}

void plenum_fleet_apply(struct plenum_fleet *fleet, const uint8_t *actions)
{
    struct crowd *crowd = &fleet->crowd;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        uint8_t action = actions[robot];
        crowd->turning[robot] = (uint8_t)(crowd->turning[robot] - (crowd->turning[robot] > 0));
        if (crowd->at[robot] == GRID_NONE || action == PLENUM_FLEET_WAIT) {
            continue;
        }
        uint8_t way = action == PLENUM_FLEET_FORWARD ? crowd->heading[robot]
                                                     : (uint8_t)(action - PLENUM_FLEET_EAST);
        if (way < GRID_HEADINGS) {
            crowd->at[robot] = fleet->grid.next[crowd->at[robot]][way];
            CHECK(crowd->at[robot] != GRID_NONE);
            if (fleet->mass.cells != NULL) {
                fleet->mass.at[robot] = mass_place_after(fleet->mass.at[robot], way);
            }
        } else {
            crowd->heading[robot] = (uint8_t)plenum_fleet_heading_after(
                (enum plenum_fleet_heading)crowd->heading[robot], (enum plenum_fleet_action)action);
            crowd->turning[robot] = (uint8_t)(turn_steps_of(fleet) - 1);
        }
    }
}

static uint32_t cell_at(const struct plenum_fleet *fleet, uint32_t node)
{
    return node == GRID_NONE ? PLENUM_FLEET_NOWHERE : fleet->grid.cell_of_node[node];
}

uint32_t plenum_fleet_pose(const struct plenum_fleet *fleet, uint32_t robot,
                           enum plenum_fleet_heading *heading)
{
    CHECK(robot < fleet->crowd.robots);
    if (heading != NULL) {
        *heading = (enum plenum_fleet_heading)fleet->crowd.heading[robot];
    }
    return cell_at(fleet, fleet->crowd.at[robot]);
}

uint32_t plenum_fleet_goal(const struct plenum_fleet *fleet, uint32_t robot)
{
    CHECK(robot < fleet->crowd.robots);
    return cell_at(fleet, fleet->crowd.goal[robot]);
}

uint32_t plenum_fleet_blocker(const struct plenum_fleet *fleet, uint32_t robot)
{
    CHECK(robot < fleet->crowd.robots);
    return fleet->crowd.blocker[robot];
}

struct plenum_fleet_why plenum_fleet_why(const struct plenum_fleet *fleet, uint32_t robot)
{
    CHECK(robot < fleet->crowd.robots);
    return cause_chain(&fleet->crowd, &fleet->grid, robot);
}

void plenum_fleet_count_causes(const struct plenum_fleet *fleet,
                               uint64_t counts[PLENUM_FLEET_CAUSE_COUNT])
{
    for (uint32_t robot = 0; robot < fleet->crowd.robots; robot++) {
        counts[cause_of(&fleet->crowd, &fleet->grid, robot)]++;
    }
}

/* What a field says for a node in its best heading, or in the one given. */
static uint32_t steps_at(const struct fields *fields, uint32_t slot, uint32_t node, int heading)
{
    const uint16_t *values = fields_values(fields, slot) + (size_t)node * fields->stride;
    uint16_t steps = FIELD_FAR;
    for (uint32_t i = 0; i < fields->stride; i++) {
        bool meant = heading < 0 || fields->stride == 1 || (int)i == heading;
        steps = meant && values[i] < steps ? values[i] : steps;
    }
    return steps == FIELD_FAR ? PLENUM_FLEET_FAR : steps;
}

static uint32_t fleet_steps(struct plenum_fleet *fleet, uint32_t from, uint32_t to, int heading)
{
    uint32_t start = node_at(fleet, from), end = node_at(fleet, to);
    if (start == GRID_NONE || end == GRID_NONE) {
        return PLENUM_FLEET_FAR;
    }
    fields_begin(&fleet->fields);
    uint32_t slot = fields_claim(&fleet->fields, end);
    fields_wish(&fleet->fields, slot, start);
    fields_fill(&fleet->fields);
    return steps_at(&fleet->fields, slot, start, heading);
}

/* Distances follow from streets or an atlas, not from fields. */
static bool fleet_is_drawn(const struct plenum_fleet *fleet)
{
    return fleet->crowd.streets != NULL || fleet->crowd.atlas != NULL;
}

static uint32_t distance_drawn(const struct plenum_fleet *fleet, uint32_t from, uint32_t to)
{
    uint32_t start = node_at(fleet, from), end = node_at(fleet, to);
    if (fleet->crowd.streets != NULL) {
        return streets_distance(&fleet->streets, start, end);
    }
    if (start == GRID_NONE || end == GRID_NONE) {
        return PLENUM_FLEET_FAR;
    }
    const uint32_t *place = fleet->atlas.place;
    uint32_t steps = atlas_distance(&fleet->atlas, place[start], place[end]);
    return steps < ATLAS_FAR ? steps : PLENUM_FLEET_FAR;
}

uint32_t plenum_fleet_distance(struct plenum_fleet *fleet, uint32_t from, uint32_t to)
{
    return fleet_is_drawn(fleet) ? distance_drawn(fleet, from, to)
                                 : fleet_steps(fleet, from, to, -1);
}

void plenum_fleet_distances(struct plenum_fleet *fleet, uint32_t count, const uint32_t *from,
                            const uint32_t *to, uint32_t *steps)
{
    if (fleet_is_drawn(fleet)) {
        for (uint32_t i = 0; i < count; i++) {
            steps[i] = distance_drawn(fleet, from[i], to[i]);
        }
        return;
    }
    uint32_t nodes[2][DISTANCES_AT_ONCE];
    for (uint32_t done = 0; done < count;) {
        uint32_t some = count - done < DISTANCES_AT_ONCE ? count - done : DISTANCES_AT_ONCE;
        for (uint32_t i = 0; i < some; i++) {
            nodes[0][i] = node_at(fleet, from[done + i]);
            nodes[1][i] = node_at(fleet, to[done + i]);
        }
        aims_costs(&fleet->aims, some, nodes[0], nodes[1], steps + done);
        for (uint32_t i = 0; i < some; i++, done++) {
            steps[done] = steps[done] == FIELD_FAR ? PLENUM_FLEET_FAR : steps[done];
        }
    }
}

uint32_t plenum_fleet_distance_facing(struct plenum_fleet *fleet, uint32_t from,
                                      enum plenum_fleet_heading heading, uint32_t to)
{
    return fleet_steps(fleet, from, to, (int)heading);
}

size_t plenum_fleet_bytes(const struct plenum_fleet *fleet)
{
    return sizeof *fleet + grid_bytes(&fleet->grid) + streets_bytes(&fleet->streets, &fleet->grid) +
           crowd_bytes(&fleet->crowd, fleet->grid.nodes) + fields_bytes(&fleet->fields) +
           bridges_bytes(&fleet->bridges) + atlas_bytes(&fleet->atlas) +
           (fleet->lead.grid != NULL ? lead_bytes(&fleet->lead) : 0) +
           hubs_bytes(&fleet->aims.hubs, &fleet->grid) +
           (fleet->mass.cells != NULL ? mass_bytes(&fleet->mass) : 0) +
           (fleet->options.method == PLENUM_FLEET_WINDOW ? window_bytes(&fleet->window)
                                                         : pibt_bytes(&fleet->pibt));
}
