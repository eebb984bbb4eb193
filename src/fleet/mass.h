/* Mass: priority inheritance with backtracking for very many robots, tile by tile.
 *
 * It decides as pibt.h does, on nets of streets without bridges, and on other floors where robots
 * are very many; without blocked cells. What differs:
 *   1. The floor is cut into square tiles, at another place in every step. A tile's robots take
 *      their turns by priority; tiles take theirs in four colours, like a map, so that tiles of one
 *      colour are planned at once by several threads.
 *   2. A turn may push robots of other tiles, but none more than MASS_REACH cells away, and no
 *      chain has more than MASS_DEPTH robots: beyond, robots count as walls. So tiles of one
 *      colour never touch the same cell or robot, and the plan is the same for any number of
 *      threads.
 *   3. The robots of a tile lie side by side in memory, and a cell's neighbours are found by
 *      adding, on a floor with a rim of walls around it.
 *   4. On a net of streets ways are ranked by lanes (lane.h), elsewhere by an atlas (atlas.h), not
 *      by distance alone: of two equal ways the one along the habit of its row or column is better.
 *      There is no rule for robots that must change places in a corridor.
 *   5. Robots that turn decide where to be as if they slid, but rather where they face. Who does
 *      not face there turns and stays, and with it who would follow it, and so on: what then
 *      moves is part of what was decided, so no rule is broken. */
#ifndef FLEET_MASS_H
#define FLEET_MASS_H

#include "fleet/crowd.h"

#include "base/pool.h"
#include "fleet/lane.h"

#include <stdatomic.h>

enum {
    MASS_TILE_BITS = 6,
    MASS_TILE = 1 << MASS_TILE_BITS,
    MASS_REACH = MASS_TILE / 2 - 2,
    MASS_DEPTH = 1024,
    MASS_COLOURS = 4,
    MASS_PARTS = 32, /* of the robots, where work is shared by their numbers */
    MASS_WAYS = GRID_HEADINGS + 1,
    MASS_TURN = 1 /* the cost of a turn; two, and a way against a lane, must be less than the two
                     LANE_STEPs between coming nearer and going away */
};

/* A robot where its tile keeps it. Robots name each other by their places there ("slots"). */
struct mass_robot {
    uint64_t priority;
    uint32_t number;
    uint32_t at;      /* cell on the floor with its rim */
    uint32_t to;      /* likewise; 0: not decided */
    uint32_t place;   /* row << 16 | column */
    uint32_t goal;    /* likewise, or GRID_NONE */
    uint32_t blocker; /* slot, or GRID_NONE */
    uint8_t heading;
};

struct mass_cell {
    uint32_t here;  /* slot of the robot that stands there, or GRID_NONE */
    uint32_t there; /* of the one that will, GRID_NONE, or MASS_WALL */
};

#define MASS_WALL (UINT32_MAX - 1)

struct mass_tile {
    uint32_t first;        /* slot of its first robot; the next tile's is one past its last */
    uint64_t budget, work; /* 0: without end */
    uint32_t moves, waits, arrived, stranded;
    bool cut;
    uint32_t double_robot; /* number of a robot that stands where another does, or GRID_NONE */
};

struct mass_totals {
    uint64_t work;
    uint32_t moves, waits, arrived, stranded;
    bool cut;
};

struct mass {
    const struct grid *grid;
    const struct streets *streets; /* NULL: there is an atlas */
    struct atlas *atlas;           /* NULL: there are streets */
    const uint32_t *place;         /* by node */
    struct lanes lanes;
    struct crowd *crowd;
    struct pool *pool;   /* NULL: the caller's thread only */
    uint32_t *at, *goal; /* by number: places, or GRID_NONE; kept between steps */
    struct mass_robot *robots;
    uint32_t *turns, *spare; /* slots of a tile by priority; room to sort */
    struct mass_cell *cells;
    struct mass_tile *tiles;        /* and one more, to end the last */
    uint32_t (*counts)[MASS_PARTS]; /* by tile and part: robots, then the slot of the next */
    uint32_t width;                 /* with the rim */
    uint32_t tiles_across, tile_count;
    uint32_t offset[MASS_WAYS];
    /* of the step */
    uint32_t shift_x, shift_y; /* of the tiles */
    uint64_t seed;
    bool any_held;
    uint8_t *actions;
    _Atomic uint8_t *stays; /* by slot: turns, or waits behind who does; NULL: robots slide */
};

/* The crowd has streets or an atlas. */
void mass_init(struct mass *mass, const struct grid *grid, struct atlas *atlas, struct crowd *crowd,
               bool turning, struct pool *pool);
void mass_finish(struct mass *mass);
size_t mass_bytes(const struct mass *mass);
/* Where a robot stands, and where it wants to be: nodes, or GRID_NONE. */
void mass_set_at(struct mass *mass, uint32_t number, uint32_t node);
void mass_set_goal(struct mass *mass, uint32_t number, uint32_t node);
/* A whole step; no crowd_begin, no order. Writes the actions of robots that are on the floor. A
 * budget, not 0, is shared out to tiles by their robots. Names in error two robots that stand in
 * one cell. */
PLENUM_MUST_USE enum plenum_status mass_step(struct mass *mass, uint64_t seed, uint64_t budget,
                                             uint8_t *actions, struct mass_totals *totals,
                                             struct plenum_error *error);

/* --- mass_turn.c ------------------------------------------------------------------------------ */

/* The turns of a tile's robots. Cells and robots within reach hold what came before. */
void mass_take_turns(struct mass *mass, uint32_t tile);
/* After all turns: which of a tile's robots turn instead of moving, and who waits behind them,
 * wherever that is. What comes out does not depend on the order of tiles. */
void mass_settle(struct mass *mass, uint32_t tile);
/* The action by which a robot does what was decided. */
uint8_t mass_action(const struct mass *mass, uint32_t slot);

/* To the place one step that way; a heading, or GRID_HEADINGS: none. */
static inline uint32_t mass_place_after(uint32_t place, int way)
{
    static const uint32_t step[MASS_WAYS] = {1, 1u << 16, UINT32_MAX, 0u - (1u << 16), 0};
    return place + step[way];
}

static inline uint32_t mass_tile_column(const struct mass *mass, uint32_t place)
{
    return ((place & 0xffff) + mass->shift_x) >> MASS_TILE_BITS;
}

static inline uint32_t mass_tile_row(const struct mass *mass, uint32_t place)
{
    return ((place >> 16) + mass->shift_y) >> MASS_TILE_BITS;
}

static inline void mass_take(struct mass *mass, uint32_t slot, uint32_t cell)
{
    mass->robots[slot].to = cell;
    mass->cells[cell].there = slot;
}

#endif
