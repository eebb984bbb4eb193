/* Parts: what the floor falls into when one node is taken away.
 *
 * A robot that stands on a node parts the floor: nobody passes it, so what lies behind one of its
 * neighbours and what lies behind another can be strangers to each other. One depth-first search
 * (Tarjan: Depth-first search and linear graph algorithms, SIAM Journal on Computing 1, 1972),
 * without recursion, numbers the nodes; the subtree of a node is an interval of numbers. For a node
 * n with a child c in the tree:
 *   1. low[c] >= number[n]: the subtree of c hangs on n alone, and is a part of its own;
 *   2. low[c] > number[n]: moreover the edge between them is a bridge;
 *   3. all that remains of n's component is one more part. */
#ifndef FLEET_PARTS_H
#define FLEET_PARTS_H

#include "fleet/grid.h"

#include <stddef.h>

enum { PARTS_NONE = GRID_HEADINGS };

struct parts {
    const struct grid *grid;
    uint32_t *number;   /* of a node, in the order of the search, from 1; 0: shut */
    uint32_t *last;     /* the greatest number in its subtree */
    uint32_t *low;      /* the least number reached from its subtree by one edge back */
    uint32_t *root;     /* of its component's tree */
    uint32_t *path;     /* scratch: from the root of the search to where it is */
    uint8_t *from, *at; /* heading the node was entered by; scratch: heading to try next */
};

void parts_init(struct parts *parts, const struct grid *grid);
void parts_finish(struct parts *parts);
size_t parts_bytes(const struct parts *parts);
/* Searches the nodes that are not shut (a flag a node). */
void parts_search(struct parts *parts, const uint8_t *shut);
/* The node that this one was entered from; GRID_NONE for a root. */
uint32_t parts_parent(const struct parts *parts, uint32_t node);

/* The parts around one node: at most one for each heading. */
struct parts_view {
    uint32_t number; /* of the node */
    int count;
    int rest;                      /* the part of invariant 3, or PARTS_NONE */
    uint32_t first[GRID_HEADINGS]; /* numbers of each part; */
    uint32_t last[GRID_HEADINGS];  /* for the rest: of the whole component */
    uint8_t of[GRID_HEADINGS];     /* the part behind each heading, or PARTS_NONE */
};

/* The node is not shut. */
void parts_look(const struct parts *parts, uint32_t node, struct parts_view *view);
/* The part that holds the node of a number, which is not the view's own. */
int parts_of(const struct parts_view *view, uint32_t number);
/* Nodes of a part. */
uint32_t parts_size(const struct parts_view *view, int part);
/* The sum over a part of what is given as sums over the numbers 1 .. n. */
uint32_t parts_sum(const struct parts_view *view, const uint32_t *sums, int part);

#endif
