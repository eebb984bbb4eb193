/* See parts.h. */
#include "fleet/parts.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { ROOT = GRID_HEADINGS }; /* entered by no heading */

void parts_init(struct parts *parts, const struct grid *grid)
{
    *parts = (struct parts){
        .grid = grid,
        .number = memory_new(grid->nodes, sizeof *parts->number),
        .last = memory_new(grid->nodes, sizeof *parts->last),
        .low = memory_new(grid->nodes, sizeof *parts->low),
        .root = memory_new(grid->nodes, sizeof *parts->root),
        .path = memory_new(grid->nodes, sizeof *parts->path),
        .from = memory_new(grid->nodes, sizeof *parts->from),
        .at = memory_new(grid->nodes, sizeof *parts->at),
    };
}

void parts_finish(struct parts *parts)
{
    free(parts->number);
    free(parts->last);
    free(parts->low);
    free(parts->root);
    free(parts->path);
    free(parts->from);
    free(parts->at);
    *parts = (struct parts){0};
}

size_t parts_bytes(const struct parts *parts)
{
    return parts->grid->nodes *
           (sizeof *parts->number + sizeof *parts->last + sizeof *parts->low + sizeof *parts->root +
            sizeof *parts->path + sizeof *parts->from + sizeof *parts->at);
}

static int heading_back(int heading)
{
    return (heading + 2) % GRID_HEADINGS;
}

uint32_t parts_parent(const struct parts *parts, uint32_t node)
{
    int from = parts->from[node];
    return from == ROOT ? GRID_NONE : parts->grid->next[node][heading_back(from)];
}

static void node_enter(struct parts *parts, uint32_t node, uint32_t number, int heading)
{
    parts->number[node] = number;
    parts->low[node] = number;
    parts->from[node] = (uint8_t)heading;
    parts->at[node] = 0;
}

/* The subtree under node is done, with the numbers up to `number`. */
static void node_leave(struct parts *parts, uint32_t node, uint32_t number)
{
    uint32_t parent = parts_parent(parts, node);
    parts->last[node] = number;
    if (parent != GRID_NONE && parts->low[node] < parts->low[parent]) {
        parts->low[parent] = parts->low[node];
    }
}

/* Numbers what can be reached from root; returns the last number given. */
static uint32_t search_from(struct parts *parts, uint32_t root, uint32_t number,
                            const uint8_t *shut)
{
    uint32_t depth = 0;
    node_enter(parts, root, ++number, ROOT);
    parts->path[depth++] = root;
    while (depth > 0) {
        uint32_t node = parts->path[depth - 1];
        if (parts->at[node] == GRID_HEADINGS) {
            parts->root[node] = root;
            node_leave(parts, node, number);
            depth--;
            continue;
        }
        int heading = parts->at[node]++;
        uint32_t neighbour = parts->grid->next[node][heading];
        bool back = parts->from[node] != ROOT && heading == heading_back(parts->from[node]);
        if (neighbour == GRID_NONE || shut[neighbour] || back) {
            continue;
        }
        if (parts->number[neighbour] == 0) {
            node_enter(parts, neighbour, ++number, heading);
            parts->path[depth++] = neighbour;
        } else if (parts->number[neighbour] < parts->low[node]) {
            parts->low[node] = parts->number[neighbour];
        }
    }
    return number;
}

void parts_search(struct parts *parts, const uint8_t *shut)
{
    uint32_t nodes = parts->grid->nodes, number = 0;
    memset(parts->number, 0, nodes * sizeof *parts->number);
    for (uint32_t node = 0; node < nodes; node++) {
        if (parts->number[node] == 0 && !shut[node]) {
            number = search_from(parts, node, number, shut);
        }
    }
}

static bool number_within(const struct parts_view *view, int part, uint32_t number)
{
    return view->first[part] <= number && number <= view->last[part];
}

int parts_of(const struct parts_view *view, uint32_t number)
{
    for (int part = 0; part < view->count; part++) {
        if (part != view->rest && number_within(view, part, number)) {
            return part;
        }
    }
    return view->rest;
}

static int view_add(struct parts_view *view, uint32_t first, uint32_t last)
{
    view->first[view->count] = first;
    view->last[view->count] = last;
    return view->count++;
}

void parts_look(const struct parts *parts, uint32_t node, struct parts_view *view)
{
    const uint32_t *next = parts->grid->next[node], *number = parts->number;
    *view = (struct parts_view){.number = number[node], .rest = PARTS_NONE};
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t beside = next[heading];
        bool hangs = beside != GRID_NONE && number[beside] > number[node] &&
                     parts->from[beside] == heading && parts->low[beside] >= number[node];
        if (hangs) {
            view_add(view, number[beside], parts->last[beside]);
        }
    }
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t beside = next[heading];
        view->of[heading] = PARTS_NONE;
        if (beside == GRID_NONE || number[beside] == 0) {
            continue;
        }
        if (parts_of(view, number[beside]) == PARTS_NONE) {
            uint32_t root = parts->root[node];
            view->rest = view_add(view, number[root], parts->last[root]);
        }
        view->of[heading] = (uint8_t)parts_of(view, number[beside]);
    }
}

/* A sum over the whole interval of a part; from the rest the node itself and the other parts must
 * still be taken away. */
static uint32_t interval_sum(const struct parts_view *view, const uint32_t *sums, int part)
{
    uint32_t before = view->first[part] - 1, last = view->last[part];
    return sums != NULL ? sums[last] - sums[before] : last - before;
}

uint32_t parts_sum(const struct parts_view *view, const uint32_t *sums, int part)
{
    uint32_t sum = interval_sum(view, sums, part);
    if (part != view->rest) {
        return sum;
    }
    sum -= sums != NULL ? sums[view->number] - sums[view->number - 1] : 1;
    for (int other = 0; other < view->count; other++) {
        sum -= other != part ? interval_sum(view, sums, other) : 0;
    }
    return sum;
}

uint32_t parts_size(const struct parts_view *view, int part)
{
    return parts_sum(view, NULL, part);
}
