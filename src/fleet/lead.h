/* Lead: the first robot that has waited long is brought to its goal, whatever that takes.
 *
 * Local rules may leave a robot where it is for ever: in trees, dead ends, full floors. Of the
 * robots whose priority, urgency aside, is at least `patience`, the first whose goal any sequence
 * of moves reaches is led: passage.h says to which neighbour w of its node v it goes next, and how
 * many holes each part around w must have by then. One such robot is led in a step, before all
 * others are decided:
 *
 *   push  the parts have their holes: the robot goes to w, and whoever stands there is pushed on,
 *         in a chain that ends in the nearest hole that may be taken, or round a circle in v;
 *   clear a part lacks a hole and somebody stands in w: he is pushed on in the same way, elsewhere;
 *   draw  a part lacks a hole and w is empty: the nearest robot of that part comes out to w.
 *
 * Who is in the chain goes when all of it face where they go; until then they turn. All others do
 * what they like, but nobody else enters w or the end of the chain. So in each step there falls, in
 * this order of weight, and nothing before it rises:
 *   1. the cap that passage.h needs;
 *   2. the moves that it counts to the goal;
 *   3. the holes that parts lack;
 *   4. whether somebody stands in w while they lack one;
 *   5. the length of the chain;
 *   6. the turns that it needs.
 * For 1 and 2 depend on v and on the holes of the parts around v alone, which others cannot change;
 * 3 and 4 change through w only; and a new chain is taken only where it has less of 5 and 6. */
#ifndef FLEET_LEAD_H
#define FLEET_LEAD_H

#include "fleet/crowd.h"
#include "fleet/passage.h"

struct lead {
    const struct grid *grid;
    struct crowd *crowd;
    enum plenum_fleet_motion motion;
    uint64_t patience;
    uint8_t *shut; /* nodes that are not open or hold a bound robot */
    struct parts parts;
    struct passage passage;
    uint32_t *hops, *turns, *via, *queue; /* of the search for a chain: nodes */
    uint32_t robot;                       /* that is led in this step, or GRID_NONE */
    uint64_t work;
};

void lead_init(struct lead *lead, const struct grid *grid, struct crowd *crowd,
               enum plenum_fleet_motion motion, uint64_t patience);
void lead_finish(struct lead *lead);
size_t lead_bytes(const struct lead *lead);
/* Between crowd_begin and crowd_end, with order set and nobody decided but held robots: decides the
 * robot that is led and those that it needs. sure: local rules bring the very first robot to its
 * goal by themselves. */
void lead_step(struct lead *lead, bool sure);

#endif
