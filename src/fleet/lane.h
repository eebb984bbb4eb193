/* Lanes: every street of a net has one direction, as a habit, not a rule.
 *
 * Rows go east and west by turns, columns south and north, and those at the rim all around in
 * one sense, so that from each crossing a way by lanes leads to each other. Robots rank their
 * ways by how far it is from there by lanes; so they seldom meet head on, and aisles of one cell's
 * width need no turning back. Who is pushed may still go against a lane.
 *
 *   1. From a cell between two crossings it goes on to the next crossing of its lane; to such a
 *      cell it goes from the crossing before it. Within such a piece of street a robot may go
 *      against the lane, which counts LANE_AGAINST steps more.
 *   2. Between crossings the ways of up to four pieces are compared: along one street, round one
 *      corner, two, or three. Where none leads on, the distance without lanes counts, and
 *      LANE_LOST more.
 *   3. On open floors, where every cell is a crossing, a cheaper measure does as well: the distance
 *      without lanes, and 2 steps more where all that is left lies against the lane. Of two equal
 *      ways the one along its lane is better. */
#ifndef FLEET_LANE_H
#define FLEET_LANE_H

#include "fleet/streets.h"

enum {
    LANE_STEP = 4, /* the cost of a step */
    LANE_AGAINST = 10,
    LANE_LOST = 64,
    LANE_WAYS = GRID_HEADINGS + 1
};

/* A row or column: its direction, and where the next streets are. */
struct lane {
    uint8_t sense;      /* 0: to greater places, 1: to lesser; LANE_NONE: it is no street */
    int32_t next[2][2]; /* by where to (as sense) and sense: the first street at or beyond */
};

enum { LANE_NONE = 2 };

struct lanes {
    const struct streets *streets;
    struct lane *axis[2]; /* columns by column, rows by row; NULL: no lanes, too few streets */
};

void lanes_init(struct lanes *lanes, const struct streets *streets, const struct grid *grid);
void lanes_finish(struct lanes *lanes);
size_t lanes_bytes(const struct lanes *lanes, const struct grid *grid);

/* What it costs to go each way (the last: to stay) and on from there to the goal. Places are
 * row << 16 | column; ways is the set (bit by bit) of those that no wall stands in. Comparable
 * between the ways of one robot. */
void lanes_rate(const struct lanes *lanes, uint32_t place, uint32_t goal, uint32_t ways,
                uint32_t costs[LANE_WAYS]);
/* Steps from place to goal by lanes; not on open floors. */
uint32_t lanes_distance(const struct lanes *lanes, uint32_t place, uint32_t goal);

#endif
