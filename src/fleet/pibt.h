/* PIBT: one step for all robots by priority inheritance with backtracking.
 *
 * Robots take their turn by priority. A robot tries the cells around it, best first. If another
 * robot without a turn so far stands there, that one takes its turn at once, in the first one's
 * name, and must leave; if it cannot, the first one tries its next cell, and at last stays.
 * A robot that stays keeps its own cell, so every turn ends without a conflict. */
#ifndef FLEET_PIBT_H
#define FLEET_PIBT_H

#include "fleet/bridge.h"
#include "fleet/crowd.h"

struct pibt_frame {
    uint32_t robot;
    uint32_t follower; /* drawn into this robot's cell when its first choice succeeds */
    uint8_t count, tried;
    uint32_t choice[GRID_HEADINGS + 1];
};

struct pibt {
    const struct grid *grid;
    const struct bridges *bridges;
    struct crowd *crowd;
    struct pibt_frame *frames; /* a robot at most once */
    uint64_t seed;             /* of this step */
    uint64_t work, budget;     /* budget 0: without limit */
};

void pibt_init(struct pibt *pibt, const struct bridges *bridges, struct crowd *crowd);
void pibt_finish(struct pibt *pibt);
size_t pibt_bytes(const struct pibt *pibt);
/* Between crowd_begin and crowd_end, with order and aim set: decides every robot. Says whether
 * the budget sufficed. */
bool pibt_step(struct pibt *pibt, uint64_t seed, uint64_t budget);

#endif
