/* The fleet planner as an agent: its memory, its order of work. */
#include "fleet/site_agent.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

uint32_t site_fleet_distance(struct site_fleet *fleet, int32_t robot, int32_t from, int32_t to)
{
    int32_t hall = fleet->hall_of[robot];
    int32_t first = fleet->site->halls[hall].first_cell;
    int32_t end = first + fleet->site->halls[hall].width * fleet->site->halls[hall].height;
    if (to < first || to >= end || from < first || from >= end)
        return PLENUM_FLEET_FAR;
    return plenum_fleet_distance(fleet->halls[hall].fleet, (uint32_t)(from - first),
                                 (uint32_t)(to - first));
}

static enum plenum_status site_fleet_step(void *self, const struct plenum_port *port)
{
    struct site_fleet *fleet = self;
    enum plenum_status status = site_areas(fleet, port);
    site_tell_barred(fleet, port->ledger);
    if (status == PLENUM_OK)
        status = site_fetch(fleet, port);
    if (status == PLENUM_OK)
        status = site_tasks_move_on(fleet, port);
    if (status == PLENUM_OK)
        status = site_charge(fleet, port);
    if (status == PLENUM_OK)
        status = site_assign(fleet, port);
    return status == PLENUM_OK ? site_step(fleet, port) : status;
}

static void site_fleet_destroy(void *self)
{
    struct site_fleet *fleet = self;
    for (int32_t i = 0; i < fleet->site->hall_count; i++) {
        plenum_fleet_destroy(fleet->halls[i].fleet);
        free(fleet->halls[i].robots);
        free(fleet->halls[i].actions);
    }
    plenum_command_finish(&fleet->command);
    free(fleet->halls);
    free(fleet->hall_of);
    free(fleet->local_of);
    free(fleet->moves);
    free(fleet->access);
    free(fleet->barred);
    free(fleet->barred_before);
    free(fleet->parked);
    free(fleet->repair);
    free(fleet->repair_taken);
    free(fleet->charger_taken);
    free(fleet->free_robots);
    free(fleet->short_of_charge);
    free(fleet->chosen);
    match_list_finish(&fleet->near);
    match_list_finish(&fleet->ways);
    free(fleet->open_tasks);
    free(fleet);
}

static void add_robots(struct site_fleet *fleet)
{
    for (int32_t robot = 0; robot < fleet->site->robot_count; robot++) {
        int32_t index = plenum_site_hall_of(fleet->site, fleet->site->robots[robot].cell);
        struct site_hall *hall = &fleet->halls[index];
        hall->robots =
            memory_resize(hall->robots, (size_t)hall->robot_count + 1, sizeof *hall->robots);
        fleet->hall_of[robot] = index;
        fleet->local_of[robot] = hall->robot_count;
        hall->robots[hall->robot_count++] = robot;
    }
}

/* A planner that cannot be made is a hall that the model should not have let pass. */
static void make_planners(struct site_fleet *fleet, unsigned threads)
{
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.seed = fleet->site->seed;
    options.threads = threads;
    for (int32_t i = 0; i < fleet->site->hall_count; i++) {
        struct site_hall *hall = &fleet->halls[i];
        if (hall->robot_count == 0)
            continue;
        struct plenum_fleet_map map = {(uint32_t)fleet->site->halls[i].width,
                                       (uint32_t)fleet->site->halls[i].height,
                                       fleet->site->walls + fleet->site->halls[i].first_cell};
        struct plenum_error error;
        enum plenum_status status =
            plenum_fleet_create(&map, (uint32_t)hall->robot_count, &options, &hall->fleet, &error);
        CHECK(status == PLENUM_OK);
        hall->actions = memory_new((size_t)hall->robot_count, 1);
    }
}

struct plenum_agent plenum_fleet_agent(const struct plenum_site *site, unsigned threads)
{
    struct site_fleet *fleet = memory_new(1, sizeof *fleet);
    size_t robots = (size_t)site->robot_count, cells = (size_t)site->cell_count;
    fleet->site = site;
    fleet->halls = memory_new((size_t)site->hall_count, sizeof *fleet->halls);
    fleet->hall_of = memory_new(robots, sizeof *fleet->hall_of);
    fleet->local_of = memory_new(robots, sizeof *fleet->local_of);
    fleet->moves = memory_new(robots, 1);
    fleet->free_robots = memory_new(robots, sizeof *fleet->free_robots);
    fleet->short_of_charge = memory_new(robots, 1);
    fleet->chosen = memory_new(robots, sizeof *fleet->chosen);
    match_list_init(&fleet->near, (uint32_t)robots, SITE_NEAR);
    match_list_init(&fleet->ways, (uint32_t)robots, SITE_NEAR);
    fleet->charger_taken = memory_new((size_t)site->charger_count, 1);
    fleet->repair = memory_new(cells, 1);
    fleet->repair_taken = memory_new((size_t)site->repair_station_count, 1);
    for (int32_t i = 0; i < site->repair_station_count; i++)
        fleet->repair[site->repair_stations[i].cell] = 1;
    fleet->access = memory_new(cells, 1);
    fleet->barred = memory_new(2 * cells, sizeof *fleet->barred);
    fleet->barred_before = memory_new(2 * cells, sizeof *fleet->barred_before);
    fleet->parked = memory_new(cells, 1);
    for (int32_t i = 0; i < site->area_count; i++)
        fleet->has_lanes = fleet->has_lanes || site->areas[i].kind == PLENUM_AREA_FIRE_LANE;
    plenum_command_init(&fleet->command, PLENUM_COMMAND_OTHER, "planner/fleet");
    add_robots(fleet);
    make_planners(fleet, threads);
    return (struct plenum_agent){.name = "planner/fleet",
                                 .step = site_fleet_step,
                                 .destroy = site_fleet_destroy,
                                 .self = fleet};
}
