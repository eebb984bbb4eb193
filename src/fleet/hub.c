/* See hub.h. */
#include "fleet/hub.h"

#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>

/* A search from all hubs at once; each list is in the order of steps from them. */
struct spread {
    struct hubs *hubs;
    const struct grid *grid;
    uint32_t *queue;
    uint8_t *steps; /* of a node to its hub */
    uint32_t head, tail;
};

static void spread_reach(struct spread *spread, uint32_t node, uint32_t hub, uint32_t steps)
{
    spread->hubs->of[node] = hub;
    spread->steps[node] = (uint8_t)steps;
    spread->queue[spread->tail++] = node;
}

static void spread_hub(struct spread *spread, uint32_t node)
{
    spread->hubs->count++;
    spread_reach(spread, node, node, 0);
}

/* Gives nodes without a hub to the hubs nearest to them. */
static void spread_run(struct spread *spread)
{
    while (spread->head < spread->tail) {
        uint32_t node = spread->queue[spread->head++], steps = spread->steps[node];
        for (int heading = 0; heading < GRID_HEADINGS && steps < spread->hubs->reach; heading++) {
            uint32_t next = spread->grid->next[node][heading];
            if (next != GRID_NONE && spread->hubs->of[next] == GRID_NONE) {
                spread_reach(spread, next, spread->hubs->of[node], steps + 1);
            }
        }
    }
}

/* A free node of a square of cells, as near as there is one to a place in it that is drawn by lot:
 * hubs in rows and columns would all draw traffic into the same streets. GRID_NONE where no cell
 * is free. */
static uint32_t square_hub(const struct grid *grid, uint32_t square, uint32_t left, uint32_t top)
{
    uint64_t lot = random_at(square, top, left, 0);
    uint32_t x = left + (uint32_t)(lot % square);
    uint32_t y = top + (uint32_t)(lot / square % square);
    uint32_t best = GRID_NONE, best_apart = UINT32_MAX;
    for (uint32_t row = top; row < top + square && row < grid->height; row++) {
        for (uint32_t column = left; column < left + square && column < grid->width; column++) {
            uint32_t node = grid->node_of_cell[(size_t)row * grid->width + column];
            uint32_t apart = (row > y ? row - y : y - row) + (column > x ? column - x : x - column);
            if (node != GRID_NONE && apart < best_apart) {
                best = node;
                best_apart = apart;
            }
        }
    }
    return best;
}

static uint32_t square_for(const struct grid *grid, uint32_t robots)
{
    uint32_t square = HUB_SQUARE_MIN;
    while (square < HUB_SQUARE_MAX && grid->nodes / (square * square) > robots / 4) {
        square *= 2;
    }
    return square;
}

void hubs_init(struct hubs *hubs, const struct grid *grid, uint32_t robots)
{
    uint32_t square = square_for(grid, robots);
    *hubs = (struct hubs){.square = square,
                          .reach = 2 * square,
                          .near = square < HUB_SQUARE_MAX ? 64 : 96,
                          .of = memory_new(grid->nodes, sizeof *hubs->of)};
    struct spread spread = {
        .hubs = hubs,
        .grid = grid,
        .queue = memory_new(grid->nodes, sizeof *spread.queue),
        .steps = memory_new(grid->nodes, 1),
    };
    for (uint32_t node = 0; node < grid->nodes; node++) {
        hubs->of[node] = GRID_NONE;
    }
    for (uint32_t top = 0; top < grid->height; top += square) {
        for (uint32_t left = 0; left < grid->width; left += square) {
            uint32_t node = square_hub(grid, square, left, top);
            if (node != GRID_NONE) {
                spread_hub(&spread, node);
            }
        }
    }
    spread_run(&spread);
    for (uint32_t node = 0; node < grid->nodes; node++) {
        if (hubs->of[node] == GRID_NONE) {
            spread_hub(&spread, node);
            spread_run(&spread);
        }
    }
    free(spread.steps);
    free(spread.queue);
}

void hubs_finish(struct hubs *hubs)
{
    free(hubs->of);
    *hubs = (struct hubs){0};
}

size_t hubs_bytes(const struct hubs *hubs, const struct grid *grid)
{
    return hubs->of != NULL ? grid->nodes * sizeof *hubs->of : 0;
}
