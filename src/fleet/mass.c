/* See mass.h. A step:
 *
 *   count     robots of each tile, by parts of the robots' numbers
 *   gather    each robot to its slot: by tile, then by number
 *   stand     each tile's robots on their cells, held ones decided; turns sorted by priority
 *   turns     the four colours, one after the other
 *   settle    who turns, and who waits behind
 *   write     actions and blockers, and cells empty again
 *
 * Every line but the turns is one call of the pool. */
#include "fleet/mass.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS };

static uint32_t rim_cell(const struct mass *mass, uint32_t place)
{
    return ((place >> 16) + 1) * mass->width + (place & 0xffff) + 1;
}

static size_t rim_cells(const struct mass *mass)
{
    return (size_t)mass->width * (mass->grid->height + 2);
}

static uint32_t tiles_along(uint32_t cells)
{
    return (cells + MASS_TILE - 1) / MASS_TILE + 1; /* one more, as they are shifted */
}

void mass_init(struct mass *mass, const struct grid *grid, struct atlas *atlas, struct crowd *crowd,
               bool turning, struct pool *pool)
{
    uint32_t width = grid->width + 2, across = tiles_along(grid->width);
    uint32_t tiles = across * tiles_along(grid->height);
    *mass = (struct mass){
        .grid = grid,
        .streets = crowd->streets,
        .atlas = crowd->streets != NULL ? NULL : atlas,
        .place = crowd->streets != NULL ? crowd->streets->place : atlas->place,
        .crowd = crowd,
        .pool = pool,
        .width = width,
        .tiles_across = across,
        .tile_count = tiles,
        .at = memory_new(crowd->robots, sizeof *mass->at),
        .goal = memory_new(crowd->robots, sizeof *mass->goal),
        .robots = memory_new(crowd->robots, sizeof *mass->robots),
        .turns = memory_new(crowd->robots, sizeof *mass->turns),
        .spare = memory_new(crowd->robots, sizeof *mass->spare),
        .tiles = memory_new(tiles + 1, sizeof *mass->tiles),
        .counts = memory_new(tiles, sizeof *mass->counts),
        .offset = {1, width, UINT32_MAX, 0u - width, 0},
    };
    if (turning) {
        mass->stays = memory_new(crowd->robots, sizeof *mass->stays);
    }
    if (crowd->streets != NULL) {
        lanes_init(&mass->lanes, crowd->streets, grid);
    }
    memset(mass->at, 0xff, crowd->robots * sizeof *mass->at);
    memset(mass->goal, 0xff, crowd->robots * sizeof *mass->goal);
    mass->cells = memory_new(rim_cells(mass), sizeof *mass->cells);
    for (size_t cell = 0; cell < rim_cells(mass); cell++) {
        mass->cells[cell] = (struct mass_cell){GRID_NONE, MASS_WALL};
    }
    for (uint32_t node = 0; node < grid->nodes; node++) {
        mass->cells[rim_cell(mass, mass->place[node])].there = GRID_NONE;
    }
}

void mass_finish(struct mass *mass)
{
    lanes_finish(&mass->lanes);
    free(mass->at);
    free(mass->goal);
    free(mass->robots);
    free(mass->turns);
    free(mass->spare);
    free(mass->tiles);
    free(mass->counts);
    free(mass->cells);
    free((void *)mass->stays);
    *mass = (struct mass){0};
}

size_t mass_bytes(const struct mass *mass)
{
    return mass->crowd->robots * (sizeof *mass->at + sizeof *mass->goal + sizeof *mass->robots +
                                  sizeof *mass->turns + sizeof *mass->spare) +
           mass->tile_count * (sizeof *mass->tiles + sizeof *mass->counts) +
           rim_cells(mass) * sizeof *mass->cells +
           (mass->stays != NULL ? mass->crowd->robots * sizeof *mass->stays : 0) +
           (mass->streets != NULL ? lanes_bytes(&mass->lanes, mass->grid) : 0);
}

static uint32_t place_of(const struct mass *mass, uint32_t node)
{
    return node == GRID_NONE ? GRID_NONE : mass->place[node];
}

void mass_set_at(struct mass *mass, uint32_t number, uint32_t node)
{
    mass->at[number] = place_of(mass, node);
}

void mass_set_goal(struct mass *mass, uint32_t number, uint32_t node)
{
    mass->goal[number] = place_of(mass, node);
}

static void mass_run(struct mass *mass, size_t parts, void (*work)(void *context, size_t part))
{
    if (mass->pool) {
        pool_run(mass->pool, parts, work, mass);
        return;
    }
    for (size_t part = 0; part < parts; part++) {
        work(mass, part);
    }
}

/* --- robots to tiles -------------------------------------------------------------------------- */

static uint32_t part_begin(const struct mass *mass, size_t part)
{
    return (uint32_t)((uint64_t)mass->crowd->robots * part / MASS_PARTS);
}

static uint32_t tile_of(const struct mass *mass, uint32_t place)
{
    return mass_tile_row(mass, place) * mass->tiles_across + mass_tile_column(mass, place);
}

static void count_part(void *context, size_t part)
{
    struct mass *mass = context;
    for (uint32_t tile = 0; tile < mass->tile_count; tile++) {
        mass->counts[tile][part] = 0;
    }
    for (uint32_t number = part_begin(mass, part); number < part_begin(mass, part + 1); number++) {
        if (mass->at[number] != GRID_NONE) {
            mass->counts[tile_of(mass, mass->at[number])][part]++;
        }
    }
}

/* Counts become slots: by tile, then by part. */
static void tiles_lay_out(struct mass *mass, uint64_t budget)
{
    uint32_t slot = 0;
    for (uint32_t tile = 0; tile < mass->tile_count; tile++) {
        mass->tiles[tile] = (struct mass_tile){.first = slot, .double_robot = GRID_NONE};
        for (int part = 0; part < MASS_PARTS; part++) {
            uint32_t count = mass->counts[tile][part];
            mass->counts[tile][part] = slot;
            slot += count;
        }
        if (budget != 0) {
            uint64_t share = budget / mass->crowd->robots * (slot - mass->tiles[tile].first);
            mass->tiles[tile].budget = share > 0 ? share : 1;
        }
    }
    mass->tiles[mass->tile_count].first = slot;
}

static void gather_part(void *context, size_t part)
{
    struct mass *mass = context;
    const uint64_t *priority = mass->crowd->priority;
    for (uint32_t number = part_begin(mass, part); number < part_begin(mass, part + 1); number++) {
        uint32_t place = mass->at[number];
        if (place == GRID_NONE) {
            continue;
        }
        uint32_t goal = mass->goal[number];
        if (mass->atlas != NULL && !atlas_aim(mass->atlas, number, place, goal)) {
            goal = GRID_NONE;
        }
        mass->robots[mass->counts[tile_of(mass, place)][part]++] = (struct mass_robot){
            .priority = priority[number],
            .number = number,
            .at = rim_cell(mass, place),
            .place = place,
            .goal = goal,
            .blocker = GRID_NONE,
            .heading = mass->crowd->heading[number],
        };
    }
}

/* --- a tile's robots -------------------------------------------------------------------------- */

/* One pass of a radix sort of turns, from one list to the other, by a digit of what the priority
 * lacks to the greatest. Equals keep their order. */
static void turns_pass(const struct mass *mass, const uint32_t *from, uint32_t *to, uint32_t count,
                       uint64_t greatest, int shift)
{
    uint32_t start[DIGITS + 1] = {0};
    for (uint32_t i = 0; i < count; i++) {
        start[((greatest - mass->robots[from[i]].priority) >> shift & (DIGITS - 1)) + 1]++;
    }
    for (uint32_t digit = 0; digit < DIGITS; digit++) {
        start[digit + 1] += start[digit];
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t lack = greatest - mass->robots[from[i]].priority;
        to[start[lack >> shift & (DIGITS - 1)]++] = from[i];
    }
}

/* By priority, greatest first, then by number. */
static void turns_sort(struct mass *mass, uint32_t first, uint32_t end)
{
    uint64_t greatest = 0, least = UINT64_MAX;
    uint32_t *from = mass->turns + first, *to = mass->spare + first;
    for (uint32_t slot = first; slot < end; slot++) {
        uint64_t priority = mass->robots[slot].priority;
        mass->turns[slot] = slot;
        greatest = priority > greatest ? priority : greatest;
        least = priority < least ? priority : least;
    }
    for (int shift = 0; shift < 64 && first < end && (greatest - least) >> shift != 0;
         shift += DIGIT_BITS) {
        turns_pass(mass, from, to, end - first, greatest, shift);
        uint32_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != mass->turns + first) {
        memcpy(mass->turns + first, from, (end - first) * sizeof *from);
    }
}

static void stand_tile(void *context, size_t number)
{
    struct mass *mass = context;
    struct mass_tile *tile = &mass->tiles[number];
    const uint8_t *held = mass->crowd->held;
    for (uint32_t slot = tile->first; slot < tile[1].first; slot++) {
        struct mass_robot *robot = &mass->robots[slot];
        struct mass_cell *cell = &mass->cells[robot->at];
        if (mass->stays != NULL) {
            atomic_store_explicit(&mass->stays[slot], 0, memory_order_relaxed);
        }
        if (cell->here != GRID_NONE) {
            tile->double_robot = robot->number;
            continue;
        }
        cell->here = slot;
        if (held[robot->number]) {
            mass_take(mass, slot, robot->at);
        }
    }
    turns_sort(mass, tile->first, tile[1].first);
}

static void settle_tile(void *context, size_t number)
{
    mass_settle(context, (uint32_t)number);
}

static void write_tile(void *context, size_t number)
{
    struct mass *mass = context;
    struct mass_tile *tile = &mass->tiles[number];
    for (uint32_t slot = tile->first; slot < tile[1].first; slot++) {
        const struct mass_robot *robot = &mass->robots[slot];
        uint8_t action = mass_action(mass, slot);
        mass->actions[robot->number] = action;
        mass->crowd->blocker[robot->number] =
            robot->blocker == GRID_NONE ? GRID_NONE : mass->robots[robot->blocker].number;
        tile->arrived += robot->place == robot->goal;
        tile->stranded += robot->goal == GRID_NONE && mass->goal[robot->number] != GRID_NONE;
        tile->moves += action != PLENUM_FLEET_WAIT;
        tile->waits += action == PLENUM_FLEET_WAIT;
        mass->cells[robot->at].here = GRID_NONE;
        if (robot->to != 0) {
            mass->cells[robot->to].there = GRID_NONE;
        }
    }
}

/* --- the step --------------------------------------------------------------------------------- */

struct colour {
    struct mass *mass;
    uint32_t row, column; /* of its first tile */
};

static uint32_t colour_across(const struct colour *colour)
{
    return (colour->mass->tiles_across - colour->column + 1) / 2;
}

static void turns_of_tile(void *context, size_t part)
{
    const struct colour *colour = context;
    uint32_t across = colour_across(colour);
    uint32_t row = colour->row + 2 * (uint32_t)(part / across);
    uint32_t column = colour->column + 2 * (uint32_t)(part % across);
    mass_take_turns(colour->mass, row * colour->mass->tiles_across + column);
}

static void colours_run(struct mass *mass, uint64_t chance)
{
    uint32_t down = mass->tile_count / mass->tiles_across;
    for (uint32_t i = 0; i < MASS_COLOURS; i++) {
        uint32_t number = (uint32_t)(chance + i) % MASS_COLOURS;
        struct colour colour = {mass, number / 2, number % 2};
        size_t parts = (size_t)colour_across(&colour) * ((down - colour.row + 1) / 2);
        if (mass->pool) {
            pool_run(mass->pool, parts, turns_of_tile, &colour);
            continue;
        }
        for (size_t part = 0; part < parts; part++) {
            turns_of_tile(&colour, part);
        }
    }
}

/* Two robots in one cell: the one that was found second, and who stands there. */
static enum plenum_status doubles_check(const struct mass *mass, struct plenum_error *error)
{
    for (uint32_t tile = 0; tile < mass->tile_count; tile++) {
        uint32_t number = mass->tiles[tile].double_robot;
        if (number != GRID_NONE) {
            uint32_t node = mass->crowd->at[number];
            uint32_t slot = mass->cells[rim_cell(mass, mass->at[number])].here;
            return plenum_fail(error, PLENUM_INPUT,
                               "robot %u stands in cell %u, where robot %u stands already", number,
                               mass->grid->cell_of_node[node], mass->robots[slot].number);
        }
    }
    return PLENUM_OK;
}

static void totals_sum(const struct mass *mass, struct mass_totals *totals)
{
    *totals = (struct mass_totals){0};
    for (uint32_t i = 0; i < mass->tile_count; i++) {
        const struct mass_tile *tile = &mass->tiles[i];
        totals->work += tile->work;
        totals->moves += tile->moves;
        totals->waits += tile->waits;
        totals->arrived += tile->arrived;
        totals->stranded += tile->stranded;
        totals->cut = totals->cut || tile->cut;
    }
}

enum plenum_status mass_step(struct mass *mass, uint64_t seed, uint64_t budget, uint8_t *actions,
                             struct mass_totals *totals, struct plenum_error *error)
{
    uint64_t chance = random_at(seed, 1, 0, 0);
    mass->seed = seed;
    mass->actions = actions;
    mass->shift_x = (uint32_t)(chance % MASS_TILE);
    mass->shift_y = (uint32_t)((chance >> MASS_TILE_BITS) % MASS_TILE);
    mass->any_held = memchr(mass->crowd->held, 1, mass->crowd->robots) != NULL;
    mass_run(mass, MASS_PARTS, count_part);
    tiles_lay_out(mass, budget);
    mass_run(mass, MASS_PARTS, gather_part);
    mass_run(mass, mass->tile_count, stand_tile);
    enum plenum_status status = doubles_check(mass, error);
    if (status == PLENUM_OK) {
        colours_run(mass, chance >> (2 * MASS_TILE_BITS));
    }
    if (status == PLENUM_OK && mass->stays != NULL) {
        mass_run(mass, mass->tile_count, settle_tile);
    }
    mass_run(mass, mass->tile_count, write_tile);
    totals_sum(mass, totals);
    return status;
}
