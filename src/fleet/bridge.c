/* See bridge.h. */
#include "fleet/bridge.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { ROOT = GRID_HEADINGS }; /* entered by no heading */

void bridges_init(struct bridges *bridges, const struct grid *grid)
{
    *bridges = (struct bridges){
        .grid = grid,
        .stale = true,
        .headings = memory_new(grid->nodes, sizeof *bridges->headings),
        .number = memory_new(grid->nodes, sizeof *bridges->number),
        .low = memory_new(grid->nodes, sizeof *bridges->low),
        .path = memory_new(grid->nodes, sizeof *bridges->path),
        .from = memory_new(grid->nodes, sizeof *bridges->from),
        .at = memory_new(grid->nodes, sizeof *bridges->at),
    };
}

void bridges_finish(struct bridges *bridges)
{
    free(bridges->headings);
    free(bridges->number);
    free(bridges->low);
    free(bridges->path);
    free(bridges->from);
    free(bridges->at);
    *bridges = (struct bridges){0};
}

size_t bridges_bytes(const struct bridges *bridges)
{
    return bridges->grid->nodes *
           (sizeof *bridges->headings + sizeof *bridges->number + sizeof *bridges->low +
            sizeof *bridges->path + sizeof *bridges->from + sizeof *bridges->at);
}

void bridges_expire(struct bridges *bridges)
{
    bridges->stale = true;
}

static int heading_back(int heading)
{
    return (heading + 2) % GRID_HEADINGS;
}

static void node_enter(struct bridges *bridges, uint32_t node, uint32_t number, int heading)
{
    bridges->number[node] = number;
    bridges->low[node] = number;
    bridges->from[node] = (uint8_t)heading;
    bridges->at[node] = 0;
}

/* The subtree under node is done: its edge to parent is a bridge if nothing leads around it. */
static void node_leave(struct bridges *bridges, uint32_t node, uint32_t parent)
{
    if (bridges->low[node] < bridges->low[parent]) {
        bridges->low[parent] = bridges->low[node];
    }
    if (bridges->low[node] > bridges->number[parent]) {
        int heading = bridges->from[node];
        bridges->any = true;
        bridges->headings[parent] |= (uint8_t)(1 << heading);
        bridges->headings[node] |= (uint8_t)(1 << heading_back(heading));
    }
}

/* Numbers what can be reached from root; returns the last number given. */
static uint32_t search_from(struct bridges *bridges, uint32_t root, uint32_t number)
{
    uint32_t depth = 0;
    node_enter(bridges, root, ++number, ROOT);
    bridges->path[depth++] = root;
    while (depth > 0) {
        uint32_t node = bridges->path[depth - 1];
        if (bridges->at[node] == GRID_HEADINGS) {
            depth--;
            if (depth > 0) {
                node_leave(bridges, node, bridges->path[depth - 1]);
            }
            continue;
        }
        int heading = bridges->at[node]++;
        uint32_t neighbour = bridges->grid->open[node][heading];
        bool back = bridges->from[node] != ROOT && heading == heading_back(bridges->from[node]);
        if (neighbour == GRID_NONE || back) {
            continue;
        }
        if (bridges->number[neighbour] == 0) {
            node_enter(bridges, neighbour, ++number, heading);
            bridges->path[depth++] = neighbour;
        } else if (bridges->number[neighbour] < bridges->low[node]) {
            bridges->low[node] = bridges->number[neighbour];
        }
    }
    return number;
}

void bridges_refresh(struct bridges *bridges)
{
    if (!bridges->stale) {
        return;
    }
    bridges->stale = false;
    bridges->any = false;
    uint32_t nodes = bridges->grid->nodes, number = 0;
    memset(bridges->headings, 0, nodes * sizeof *bridges->headings);
    memset(bridges->number, 0, nodes * sizeof *bridges->number);
    for (uint32_t node = 0; node < nodes; node++) {
        if (bridges->number[node] == 0 && bridges->grid->access[node] == GRID_OPEN) {
            number = search_from(bridges, node, number);
        }
    }
}
