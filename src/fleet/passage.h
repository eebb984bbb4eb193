/* Passage: how one robot gets to its goal when all others move as it pleases.
 *
 * The others are alike, and the cells that none of them fills are holes. While the one robot stands
 * still, holes move freely within each part of the floor around it (parts.h) and never from one
 * part to another. So all that matters is its node and how many holes each part around it has. It
 * can go on from node v to a neighbour w, in part C of v, when
 *   1. C has a hole: that is brought to w, and v becomes a hole; or
 *   2. the edge lies on a circle: all on the circle move on by one.
 * Before it goes, the holes of C can be spread over the parts of w at will, as far as those have
 * room; all others come together in the part of w that holds v.
 *
 * A search over these states, breadth first, finds the fewest moves of the one robot; where there
 * are none, no sequence of moves of all robots brings it there. More holes never harm, so holes are
 * counted up to a cap only: 1, then 2, 4, ... until there is a way or the cap counts all.
 *
 * That the feasibility of one robot among unlabelled others is a matter of few numbers is from
 * Papadimitriou, Raghavan, Sudan, Tamaki: Motion Planning on a Graph, FOCS 1994; here robots may
 * also follow each other and turn in circles. */
#ifndef FLEET_PASSAGE_H
#define FLEET_PASSAGE_H

#include "fleet/parts.h"

enum passage_answer {
    PASSAGE_FOUND,
    PASSAGE_NONE,    /* no sequence of moves leads there */
    PASSAGE_UNKNOWN, /* more states than there is room for */
};

struct passage_state {
    uint32_t node;
    uint32_t before;               /* the state it was come to from; GRID_NONE: the first */
    uint16_t holes[GRID_HEADINGS]; /* of each part around the node, up to the cap */
};

struct passage {
    const struct parts *parts;
    uint32_t *holes; /* by number: holes among the nodes of the numbers 1 .. n */
    uint32_t goal;
    uint32_t cap;
    struct passage_state *states; /* come to so far, in that order */
    uint32_t count, room;
    uint32_t *table; /* open addressing: a state's index and 1, or 0 */
    uint32_t mask;
    uint64_t work; /* states looked at since passage_count */
};

void passage_init(struct passage *passage, const struct parts *parts);
void passage_finish(struct passage *passage);
size_t passage_bytes(const struct passage *passage);
/* Counts the holes anew: the nodes, of those that are not shut, where here is GRID_NONE. */
void passage_count(struct passage *passage, const uint32_t *here);
/* From a node that is not shut to another goal. When found, next is the state after the first move:
 * the neighbour, and the least number of holes of each part around it. */
enum passage_answer passage_find(struct passage *passage, uint32_t from, uint32_t goal,
                                 struct passage_state *next);

#endif
