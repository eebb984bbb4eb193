/* What the atlas keeps for each robot, and what it says of it. See atlas.h.
 *
 * In the tile of its goal a robot follows the steps inside the tile. Neighbouring cells differ by
 * one step there, up or down, so of the steps from each cell one bit is enough to know which: the
 * second of the number's bits. Two numbers that differ by two, as one more and one less do, differ
 * in it. */
#include "fleet/atlas.h"

#include "base/check.h"

#include <string.h>

/* Of a border at most every other cell has a hub that it must have. */
enum {
    HUBS_A_TILE = ATLAS_TILES_AROUND * (ATLAS_TILE / 2 + ATLAS_HUBS_A_BORDER),
    PORTALS_A_TILE = ATLAS_TILES_AROUND * (ATLAS_TILE / 2 + ATLAS_PORTALS_A_BORDER)
};

static uint32_t robot_bit(const struct atlas *atlas, uint32_t robot, uint32_t place)
{
    uint32_t cell = atlas_cell_of(place);
    const uint64_t *bits = atlas->bits + (size_t)robot * (ATLAS_TILE_CELLS / 64);
    return (uint32_t)(bits[cell / 64] >> cell % 64 & 1);
}

/* From a place next to one that is so many steps away. */
static uint32_t next_straight(const struct atlas *atlas, uint32_t robot, uint32_t steps,
                              uint32_t place)
{
    return robot_bit(atlas, robot, place) == ((steps + 1) >> 1 & 1) ? steps + 1 : steps - 1;
}

static bool is_next(uint32_t a, uint32_t b)
{
    return a - b == 1 || b - a == 1 || a - b == 1u << 16 || b - a == 1u << 16;
}

/* Searches the goal's tile, and writes down the bits. */
static void robot_flood(struct atlas *atlas, uint32_t robot, uint32_t at, uint32_t goal)
{
    uint16_t steps[ATLAS_TILE_CELLS];
    uint64_t *bits = atlas->bits + (size_t)robot * (ATLAS_TILE_CELLS / 64);
    atlas_flood(atlas, goal, steps);
    memset(bits, 0, ATLAS_TILE_CELLS / 8);
    for (uint32_t cell = 0; cell < ATLAS_TILE_CELLS; cell++)
        bits[cell / 64] |= (uint64_t)(steps[cell] >> 1 & 1) << cell % 64;
    uint16_t straight = steps[atlas_cell_of(at)];
    atlas->robot[robot].straight = straight == ATLAS_LEG_FAR ? ATLAS_FAR : straight;
}

/* From each hub of a tile on, by road and by the last leg. */
static void hubs_steps(const struct atlas *atlas, const struct atlas_tile *tile, uint32_t goal,
                       uint32_t *steps)
{
    const struct atlas_tile *last = &atlas->tiles[atlas_tile_of(atlas, goal)];
    const uint16_t *legs = atlas_legs_of(atlas, goal);
    for (uint32_t i = 0; i < tile->hubs; i++)
        steps[i] = ATLAS_FAR;
    for (uint32_t k = 0; k < last->hubs; k++) {
        const uint32_t *roads =
            atlas->roads + (size_t)(last->first_hub + k) * atlas->hub_count + tile->first_hub;
        if (legs[k] == ATLAS_LEG_FAR)
            continue;
        for (uint32_t i = 0; i < tile->hubs; i++) {
            uint32_t sum = roads[i] + legs[k];
            steps[i] = sum < steps[i] ? sum : steps[i];
        }
    }
}

/* From a place by a leg to a hub of its tile, and on. */
static uint32_t least_by_hubs(const struct atlas *atlas, uint32_t place, const uint32_t *hubs)
{
    const struct atlas_tile *tile = &atlas->tiles[atlas_tile_of(atlas, place)];
    const uint16_t *legs = atlas_legs_of(atlas, place);
    uint32_t least = ATLAS_FAR;
    for (uint32_t i = 0; i < tile->hubs; i++) {
        uint32_t sum = legs[i] == ATLAS_LEG_FAR ? ATLAS_FAR : hubs[i] + legs[i];
        least = sum < least ? sum : least;
    }
    return least;
}

static uint32_t steps_by_hubs(const struct atlas *atlas, uint32_t place, uint32_t goal)
{
    uint32_t hubs[HUBS_A_TILE];
    hubs_steps(atlas, &atlas->tiles[atlas_tile_of(atlas, place)], goal, hubs);
    return least_by_hubs(atlas, place, hubs);
}

/* A goal that may not be entered is none but for the robot that stands in it. */
static bool goal_is_barred(const struct atlas *atlas, uint32_t goal)
{
    return atlas->grid->access[atlas_node_of(atlas, goal)] != GRID_OPEN;
}

/* What the hubs of the tiles around have before them, tile by tile as they are asked for. */
struct around {
    uint32_t tiles[ATLAS_TILES_AROUND], count;
    uint32_t hubs[ATLAS_TILES_AROUND][HUBS_A_TILE];
};

static const uint32_t *hubs_around(const struct atlas *atlas, struct around *around, uint32_t tile,
                                   uint32_t goal)
{
    for (uint32_t i = 0; i < around->count; i++)
        if (around->tiles[i] == tile)
            return around->hubs[i];
    CHECK(around->count < ATLAS_TILES_AROUND);
    hubs_steps(atlas, &atlas->tiles[tile], goal, around->hubs[around->count]);
    around->tiles[around->count] = tile;
    return around->hubs[around->count++];
}

/* From each portal of the robot's tile over to the next tile and on; costs are kept over the least
 * of them, and none over a leg's greatest length matters. */
static void robot_cost(struct atlas *atlas, uint32_t robot, const struct atlas_tile *tile,
                       uint32_t goal)
{
    uint32_t steps[PORTALS_A_TILE], least = ATLAS_FAR;
    uint16_t *costs = atlas->costs + (size_t)robot * atlas->most;
    struct around around = {.count = 0};
    for (uint32_t i = 0; i < tile->count; i++) {
        const struct atlas_portal *portal = &atlas->portals[tile->first + i];
        uint32_t beyond = atlas->portals[portal->across].place;
        uint32_t next = atlas_tile_of(atlas, beyond);
        steps[i] = 1 + least_by_hubs(atlas, beyond, hubs_around(atlas, &around, next, goal));
        if (!grid_enters(atlas->grid, atlas_node_of(atlas, portal->place),
                         atlas_node_of(atlas, beyond)))
            steps[i] = ATLAS_FAR;
        least = steps[i] < least ? steps[i] : least;
    }
    atlas->robot[robot].base = least;
    for (uint32_t i = 0; i < tile->stride; i++) {
        uint32_t over = i < tile->count ? steps[i] - least : ATLAS_LEG_FAR;
        costs[i] = (uint16_t)(over < ATLAS_LEG_FAR ? over : ATLAS_LEG_FAR);
    }
}

static void robot_renew(struct atlas *atlas, uint32_t robot, uint32_t at, uint32_t goal)
{
    struct atlas_robot *known = &atlas->robot[robot];
    known->tile = atlas_tile_of(atlas, at);
    known->goal = goal;
    known->straight = known->base = ATLAS_FAR;
    if (known->tile == atlas_tile_of(atlas, goal))
        robot_flood(atlas, robot, at, goal);
    if (!goal_is_barred(atlas, goal))
        robot_cost(atlas, robot, &atlas->tiles[known->tile], goal);
}

/* By a leg to the best portal of the robot's tile, and on. */
static uint32_t robot_steps(const struct atlas *atlas, uint32_t robot, uint32_t place)
{
    const struct atlas_robot *known = &atlas->robot[robot];
    const uint16_t *legs = atlas_legs_of(atlas, place);
    const uint16_t *costs = atlas->costs + (size_t)robot * atlas->most;
    uint32_t stride = atlas->tiles[known->tile].stride;
    uint16_t lanes[ATLAS_LANES], least = ATLAS_LEG_FAR;
    for (int k = 0; k < ATLAS_LANES; k++)
        lanes[k] = ATLAS_LEG_FAR;
    for (uint32_t i = 0; i < stride; i += ATLAS_LANES)
        for (int k = 0; k < ATLAS_LANES; k++) {
            uint16_t sum = (uint16_t)(legs[i + (uint32_t)k] + costs[i + (uint32_t)k]);
            lanes[k] = sum < lanes[k] ? sum : lanes[k];
        }
    for (int k = 0; k < ATLAS_LANES; k++)
        least = lanes[k] < least ? lanes[k] : least;
    return known->base >= ATLAS_FAR || least == ATLAS_LEG_FAR ? ATLAS_FAR : known->base + least;
}

bool atlas_aim(struct atlas *atlas, uint32_t robot, uint32_t at, uint32_t goal)
{
    struct atlas_robot *known = &atlas->robot[robot];
    if (goal == GRID_NONE) {
        known->tile = GRID_NONE;
        return false;
    }
    bool near = known->straight != ATLAS_FAR;
    if (known->tile != atlas_tile_of(atlas, at) || known->goal != goal ||
        (known->at != at && near && !is_next(known->at, at)))
        robot_renew(atlas, robot, at, goal);
    else if (known->at != at && near)
        known->straight = next_straight(atlas, robot, known->straight, at);
    known->at = at;
    if (atlas_steps(atlas, robot, at) >= ATLAS_FAR)
        known->tile = GRID_NONE;
    return known->tile != GRID_NONE;
}

uint32_t atlas_steps(const struct atlas *atlas, uint32_t robot, uint32_t place)
{
    const struct atlas_robot *known = &atlas->robot[robot];
    CHECK(known->tile != GRID_NONE);
    if (atlas_tile_of(atlas, place) != known->tile)
        return steps_by_hubs(atlas, place, known->goal);
    uint32_t steps = robot_steps(atlas, robot, place), straight = known->straight;
    if (straight != ATLAS_FAR && place != known->at)
        straight = next_straight(atlas, robot, straight, place);
    return straight < steps ? straight : steps;
}

uint32_t atlas_distance(const struct atlas *atlas, uint32_t from, uint32_t to)
{
    if (from != to && goal_is_barred(atlas, to))
        return ATLAS_FAR;
    uint32_t by_hubs = steps_by_hubs(atlas, from, to);
    if (atlas_tile_of(atlas, from) != atlas_tile_of(atlas, to))
        return by_hubs;
    uint16_t steps[ATLAS_TILE_CELLS], straight;
    atlas_flood(atlas, to, steps);
    straight = steps[atlas_cell_of(from)];
    return straight != ATLAS_LEG_FAR && straight < by_hubs ? straight : by_hubs;
}
