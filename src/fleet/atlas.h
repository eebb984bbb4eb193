/* Atlas: distances to very many goals on any floor, without a table for each goal.
 *
 * The floor is cut into square tiles. Where two tiles meet, some pairs of cells side by side are
 * portals, one of each tile; some of these are hubs. The atlas knows
 *
 *     legs     steps from each cell to each portal of its tile, inside the tile;
 *     roads    steps from each hub to each other.
 *
 * and a way is a leg out of the tile, then one to a hub, a road and a leg:
 *
 *     +----------+----------+----------+
 *     |  robot   |          |          |    estimate = leg(robot, p) + 1 + leg(p', h) + road(h, k)
 *     |    \     |          |          |    + leg(k, goal), at its least over the portals p of the
 *     |     `---pp'--hh===road======kk--.   robot's tile, hubs h of the tile beyond p and hubs k of
 *     |          |          |         | goal  the goal's tile; in the goal's own tile also the way
 *     +----------+----------+----------+    inside it, where that is shorter.
 *
 *   A1. An estimate is the length of a way that is there: never less than the distance.
 *   A2. From each cell with an estimate over 0 a robot has a neighbour with a lesser one, and in
 *       the next tile its estimate is no greater than was said before it came. So it arrives.
 *   A3. What is kept for a robot follows from its place and its goal. It is a cache.
 *   A4. Each two parts of two neighbouring tiles that touch have a hub, however many others the
 *       border has: what is joined is joined in the atlas.
 *
 * Hubs are few, as there is a road from each to each; other portals only spread robots over the
 * width of a passage. Both are chosen by the walls alone; legs and roads know blocked cells too. A
 * place is row << 16 | column. */
#ifndef FLEET_ATLAS_H
#define FLEET_ATLAS_H

#include "fleet/grid.h"

#include "base/pool.h"

#include <stddef.h>

enum {
    ATLAS_BITS = 6, /* a tile is 1 << ATLAS_BITS cells wide */
    ATLAS_TILE = 1 << ATLAS_BITS,
    ATLAS_TILE_CELLS = ATLAS_TILE * ATLAS_TILE,
    ATLAS_HUBS_A_BORDER = 6,       /* at most, where one would do; fewer on large floors */
    ATLAS_PORTALS_A_BORDER = 8,    /* unless it must have more hubs */
    ATLAS_HUBS_FEW = 8192,         /* of the floor: their roads take 256 MiB */
    ATLAS_HUBS_MAX = 24576,        /* likewise, with the fewest: 2.25 GiB */
    ATLAS_LEG_FAR = INT16_MAX / 2, /* no leg; two of them may be added */
    ATLAS_TILES_AROUND = 4,
    ATLAS_LANES = 8 /* legs of a cell come in so many at a time, the last ones ATLAS_LEG_FAR */
};

#define ATLAS_FAR (UINT32_MAX / 4) /* no way; two of them may be added */

struct atlas_portal {
    uint32_t place;
    uint32_t across; /* its partner in the next tile */
};

struct atlas_tile {
    uint32_t first, count;    /* its portals, hubs first */
    uint32_t first_hub, hubs; /* numbers of hubs */
    uint32_t stride;          /* legs of a cell: count, rounded up */
    size_t legs;              /* its cells' legs, cell by cell, row by row */
};

struct atlas_robot {
    uint32_t at, goal, tile;
    uint32_t straight; /* steps to the goal inside the tile, or ATLAS_FAR */
    uint32_t base;     /* the least of its costs */
};

struct atlas {
    const struct grid *grid;
    struct pool *pool; /* NULL: the caller's thread only */
    uint32_t robots;
    uint32_t *place; /* by node */
    uint32_t tiles_across, tile_count;
    struct atlas_tile *tiles;
    struct atlas_portal *portals; /* by tile */
    uint32_t portal_count, most;  /* of all tiles; the greatest stride */
    uint32_t hub_count;
    uint32_t *tile_of_hub;
    uint16_t *legs;
    size_t leg_count;
    uint32_t *roads;           /* [k * hub_count + h]: from h to k */
    struct atlas_robot *robot; /* by robot */
    uint16_t *costs;           /* by robot, `most` each: from the portals of its tile, over base */
    uint64_t *bits;            /* by robot, a bit a cell of its goal's tile: see atlas_robot.c */
    bool stale;                /* legs and roads are not those of the grid */
};

/* False where the floor is wider or higher than 65,535 cells, or has more hubs than
 * ATLAS_HUBS_MAX, as mazes of millions of cells have: the atlas is empty then. */
bool atlas_init(struct atlas *atlas, const struct grid *grid, uint32_t robots, struct pool *pool);
void atlas_finish(struct atlas *atlas);
size_t atlas_bytes(const struct atlas *atlas);
/* The grid bars other cells than before. */
void atlas_expire(struct atlas *atlas);
/* Makes legs and roads anew where they are out of date. */
void atlas_refresh(struct atlas *atlas);

/* Readies the atlas for where a robot stands and goes (places; goal may be GRID_NONE). Different
 * robots may be readied by different threads at once. False, and it is not readied, where there is
 * no goal or no way. */
bool atlas_aim(struct atlas *atlas, uint32_t robot, uint32_t at, uint32_t goal);
static inline bool atlas_knows(const struct atlas *atlas, uint32_t robot)
{
    return atlas->robot[robot].tile != GRID_NONE;
}

/* The estimate for a readied robot from where it stands, or a place next to it; ATLAS_FAR: none. */
uint32_t atlas_steps(const struct atlas *atlas, uint32_t robot, uint32_t place);
/* The estimate from one place to another. */
uint32_t atlas_distance(const struct atlas *atlas, uint32_t from, uint32_t to);

/* --- what the parts share --------------------------------------------------------------------- */

/* Portals of each border, A4; the tiles' lists. False where there are too many. */
bool atlas_choose_portals(struct atlas *atlas);
/* Steps from each cell of place's tile to place, inside the tile; ATLAS_LEG_FAR: none. */
void atlas_flood(const struct atlas *atlas, uint32_t place, uint16_t steps[ATLAS_TILE_CELLS]);

static inline uint32_t atlas_tile_of(const struct atlas *atlas, uint32_t place)
{
    return (place >> (16 + ATLAS_BITS)) * atlas->tiles_across + ((place & 0xffff) >> ATLAS_BITS);
}

/* A cell's number inside its tile. */
static inline uint32_t atlas_cell_of(uint32_t place)
{
    return ((place >> 16) & (ATLAS_TILE - 1)) << ATLAS_BITS | (place & (ATLAS_TILE - 1));
}

/* Legs of a cell to the portals of its tile, one by one. */
static inline const uint16_t *atlas_legs_of(const struct atlas *atlas, uint32_t place)
{
    const struct atlas_tile *tile = &atlas->tiles[atlas_tile_of(atlas, place)];
    return atlas->legs + tile->legs + (size_t)atlas_cell_of(place) * tile->stride;
}

/* GRID_NONE outside the floor and at a wall. */
static inline uint32_t atlas_node_at(const struct atlas *atlas, uint32_t row, uint32_t column)
{
    const struct grid *grid = atlas->grid;
    return row < grid->height && column < grid->width
               ? grid->node_of_cell[(size_t)row * grid->width + column]
               : GRID_NONE;
}

static inline uint32_t atlas_node_of(const struct atlas *atlas, uint32_t place)
{
    return atlas_node_at(atlas, place >> 16, place & 0xffff);
}

#endif
