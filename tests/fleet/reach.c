/* See reach.h. Cells that no held robot stands in have small numbers; a state is the number of the
 * robot's cell and a bit for each cell where another stands. */
#include "reach.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct reach {
    uint32_t count;
    uint32_t cell[REACH_CELLS];
    uint32_t beside[REACH_CELLS]; /* a bit for each neighbour */
    uint8_t *seen;                /* by state */
    uint32_t *queue;
    size_t tail;
};

static bool cell_shut(const struct world *world, uint32_t cell)
{
    bool shut = world->walls[cell] != 0;
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        shut = shut || (world->held[robot] && world->cell[robot] == cell);
    }
    return shut;
}

/* The number of a cell; the count for one that has none. */
static uint32_t reach_of(const struct reach *reach, uint32_t cell)
{
    uint32_t number = 0;
    while (number < reach->count && reach->cell[number] != cell) {
        number++;
    }
    return number;
}

static void reach_join(struct reach *reach, uint32_t one, uint32_t other)
{
    uint32_t a = reach_of(reach, one), b = reach_of(reach, other);
    if (a < reach->count && b < reach->count) {
        reach->beside[a] |= 1u << b;
        reach->beside[b] |= 1u << a;
    }
}

static void reach_number(struct reach *reach, const struct world *world)
{
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        if (!cell_shut(world, cell)) {
            assert_true(reach->count < REACH_CELLS);
            reach->cell[reach->count++] = cell;
        }
    }
    for (uint32_t row = 0; row < world->height; row++) {
        for (uint32_t column = 0; column < world->width; column++) {
            uint32_t cell = row * world->width + column;
            if (column > 0) {
                reach_join(reach, cell, cell - 1);
            }
            if (row > 0) {
                reach_join(reach, cell, cell - world->width);
            }
        }
    }
}

static void state_add(struct reach *reach, uint32_t at, uint32_t others)
{
    uint32_t state = at << REACH_CELLS | others;
    if (!reach->seen[state]) {
        reach->seen[state] = 1;
        reach->queue[reach->tail++] = state;
    }
}

/* Whether robots stand on a way from one cell to another, each cell entered once. */
static bool way_of_robots(const struct reach *reach, uint32_t from, uint32_t to, uint32_t others)
{
    uint32_t met = 1u << from, before = 0;
    while (met != before) {
        before = met;
        for (uint32_t cell = 0; cell < reach->count; cell++) {
            if ((met >> cell & 1) != 0) {
                met |= reach->beside[cell] & others;
            }
        }
    }
    return (met & reach->beside[to]) != 0;
}

static void robot_moves(struct reach *reach, uint32_t at, uint32_t others)
{
    for (uint32_t to = 0; to < reach->count; to++) {
        if ((reach->beside[at] >> to & 1) == 0) {
            continue;
        }
        if ((others >> to & 1) == 0) {
            state_add(reach, to, others);
            continue;
        }
        uint32_t rest = others & ~(1u << to);
        for (uint32_t first = 0; first < reach->count; first++) {
            bool next = (reach->beside[to] & rest & 1u << first) != 0;
            if (next && way_of_robots(reach, first, at, rest)) {
                state_add(reach, to, rest | 1u << at);
            }
        }
    }
}

static void others_move(struct reach *reach, uint32_t at, uint32_t others)
{
    for (uint32_t from = 0; from < reach->count; from++) {
        uint32_t free = reach->beside[from] & ~others & ~(1u << at);
        for (uint32_t to = 0; (others >> from & 1) != 0 && to < reach->count; to++) {
            if ((free >> to & 1) != 0) {
                state_add(reach, at, (others & ~(1u << from)) | 1u << to);
            }
        }
    }
}

void reach_cells(const struct world *world, uint32_t robot, uint8_t *cells)
{
    struct reach reach = {0};
    memset(cells, 0, WORLD_CELLS);
    cells[world->cell[robot]] = 1;
    if (world->held[robot]) {
        return;
    }
    reach_number(&reach, world);
    reach.seen = memory_new((size_t)REACH_CELLS << REACH_CELLS, 1);
    reach.queue = memory_new((size_t)reach.count << reach.count, sizeof *reach.queue);
    uint32_t others = 0;
    for (uint32_t other = 0; other < world->robots; other++) {
        if (other != robot && !world->held[other]) {
            others |= 1u << reach_of(&reach, world->cell[other]);
        }
    }
    state_add(&reach, reach_of(&reach, world->cell[robot]), others);
    for (size_t head = 0; head < reach.tail; head++) {
        uint32_t at = reach.queue[head] >> REACH_CELLS;
        others = reach.queue[head] & ((1u << REACH_CELLS) - 1);
        cells[reach.cell[at]] = 1;
        robot_moves(&reach, at, others);
        others_move(&reach, at, others);
    }
    free(reach.seen);
    free(reach.queue);
}
