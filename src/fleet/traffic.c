/* See traffic.h. */
#include "fleet/traffic.h"

#include "base/memory.h"

#include <stdlib.h>

enum { ONE = 1 << 16, COST_MAX = 200, FLOW_LEAST = ONE / 50 };

void traffic_init(struct traffic *traffic, uint32_t width, uint32_t height)
{
    size_t cells = (size_t)width * height;
    *traffic = (struct traffic){
        .width = width,
        .height = height,
        .count = memory_new(cells, sizeof *traffic->count),
        .costs = memory_new(cells, 4),
        .against = 8,
        .crowd = 32,
        .fade = ONE - ONE / 20,
    };
}

void traffic_finish(struct traffic *traffic)
{
    free(traffic->count);
    free(traffic->costs);
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
                            (traffic->crowd * waits >> 16);
            traffic->costs[(size_t)cell * 4 + heading] =
                (uint8_t)(cost < COST_MAX ? cost : COST_MAX);
        }
    }
    plenum_fleet_set_guidance(fleet, traffic->costs, TRAFFIC_STEP);
}
