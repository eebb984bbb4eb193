/* See traffic.h. */
#include "fleet/traffic.h"

#include "base/memory.h"

#include <stdlib.h>

enum { ONE = 1 << 16, COST_MAX = 200, FLOW_LEAST = ONE / 50, STREET_PERCENT = 60 };

static bool street_row(const struct plenum_fleet_map *map, uint32_t row)
{
    uint64_t open = 0;
    for (uint32_t column = 0; column < map->width; column++) {
        open += map->walls[(size_t)row * map->width + column] == 0;
    }
    return open * 100 >= (uint64_t)map->width * STREET_PERCENT;
}

static bool street_column(const struct plenum_fleet_map *map, uint32_t column)
{
    uint64_t open = 0;
    for (uint32_t row = 0; row < map->height; row++) {
        open += map->walls[(size_t)row * map->width + column] == 0;
    }
    return open * 100 >= (uint64_t)map->height * STREET_PERCENT;
}

/* Gives the streets their directions in turns. */
static void streets_direct(const struct plenum_fleet_map *map, uint32_t count, uint8_t *ways,
                           bool (*street)(const struct plenum_fleet_map *, uint32_t))
{
    bool rising = true;
    for (uint32_t i = 0; i < count; i++) {
        ways[i] = TRAFFIC_NO_STREET;
        if (street(map, i)) {
            ways[i] = rising ? TRAFFIC_RISING : TRAFFIC_FALLING;
            rising = !rising;
        }
    }
}

void traffic_init(struct traffic *traffic, const struct plenum_fleet_map *map)
{
    size_t cells = (size_t)map->width * map->height;
    *traffic = (struct traffic){
        .width = map->width,
        .height = map->height,
        .count = memory_new(cells, sizeof *traffic->count),
        .costs = memory_new(cells, 4),
        .against = 16,
        .crowd = 96,
        .fade = ONE - ONE / 20,
        .lane = 4,
        .row_way = memory_new(map->height, 1),
        .column_way = memory_new(map->width, 1),
    };
    streets_direct(map, map->height, traffic->row_way, street_row);
    streets_direct(map, map->width, traffic->column_way, street_column);
}

void traffic_finish(struct traffic *traffic)
{
    free(traffic->count);
    free(traffic->costs);
    free(traffic->row_way);
    free(traffic->column_way);
    *traffic = (struct traffic){0};
}

static uint32_t action_way(uint8_t action, enum plenum_fleet_heading heading)
{
    if (action == PLENUM_FLEET_FORWARD) {
        return (uint32_t)heading;
    }
    bool slides = action >= PLENUM_FLEET_EAST && action <= PLENUM_FLEET_NORTH;
    return slides ? action - (uint32_t)PLENUM_FLEET_EAST : TRAFFIC_WAYS - 1;
}

void traffic_count(struct traffic *traffic, const struct plenum_fleet *fleet, uint32_t robots,
                   const uint8_t *actions)
{
    size_t cells = (size_t)traffic->width * traffic->height;
    for (size_t cell = 0; cell < cells; cell++) {
        for (uint32_t way = 0; way < TRAFFIC_WAYS; way++) {
            uint64_t count = traffic->count[cell][way];
            traffic->count[cell][way] = (uint32_t)(count * traffic->fade >> 16);
        }
    }
    for (uint32_t robot = 0; robot < robots; robot++) {
        enum plenum_fleet_heading heading;
        uint32_t cell = plenum_fleet_pose(fleet, robot, &heading);
        if (cell != PLENUM_FLEET_NOWHERE) {
            /* One a step for ever adds up to ONE. */
            traffic->count[cell][action_way(actions[robot], heading)] += ONE - traffic->fade;
        }
    }
}

/* The cell one ahead, or the cell itself at the rim. */
static uint32_t cell_ahead(const struct traffic *traffic, uint32_t cell, uint32_t heading)
{
    uint32_t column = cell % traffic->width, row = cell / traffic->width;
    switch (heading) {
    case PLENUM_FLEET_FACING_EAST:
        return column + 1 < traffic->width ? cell + 1 : cell;
    case PLENUM_FLEET_FACING_SOUTH:
        return row + 1 < traffic->height ? cell + traffic->width : cell;
    case PLENUM_FLEET_FACING_WEST:
        return column > 0 ? cell - 1 : cell;
    default:
        return row > 0 ? cell - traffic->width : cell;
    }
}

static bool against_street(const struct traffic *traffic, uint32_t cell, uint32_t heading)
{
    bool upright = heading == PLENUM_FLEET_FACING_SOUTH || heading == PLENUM_FLEET_FACING_NORTH;
    bool rising = heading == PLENUM_FLEET_FACING_EAST || heading == PLENUM_FLEET_FACING_SOUTH;
    uint8_t way = upright ? traffic->column_way[cell % traffic->width]
                          : traffic->row_way[cell / traffic->width];
    return way == (rising ? TRAFFIC_FALLING : TRAFFIC_RISING);
}

void traffic_guide(struct traffic *traffic, struct plenum_fleet *fleet)
{
    uint32_t cells = traffic->width * traffic->height;
    for (uint32_t cell = 0; cell < cells; cell++) {
        for (uint32_t heading = 0; heading < 4; heading++) {
            uint32_t ahead = cell_ahead(traffic, cell, heading);
            uint64_t with = traffic->count[cell][heading];
            uint64_t against = traffic->count[ahead][(heading + 2) % 4];
            uint64_t waits = traffic->count[ahead][TRAFFIC_WAYS - 1];
            uint64_t cost = TRAFFIC_STEP +
                            traffic->against * against / (with + against + FLOW_LEAST) +
                            (traffic->crowd * waits >> 16) +
                            (against_street(traffic, cell, heading) ? traffic->lane : 0);
            traffic->costs[(size_t)cell * 4 + heading] =
                (uint8_t)(cost < COST_MAX ? cost : COST_MAX);
        }
    }
    plenum_fleet_set_guidance(fleet, traffic->costs, TRAFFIC_STEP);
}
