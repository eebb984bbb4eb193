/* Traffic: guidance learnt from how robots moved.
 *
 * Every step is counted, and what is long ago counts less. From time to time the counts become
 * costs: going where others come from is dear, and so is going where robots wait. Robots that
 * follow the costs keep to lanes, which makes the lanes stronger.
 *
 * So that lanes need not find themselves first, each street (a row or column of the map that is
 * mostly free) has a direction from the start, opposite to that of the streets beside it; going
 * against it costs a little more. One-way streets in turns are an old rule of thumb; see the
 * "crisscross" costs that the papers below compare with.
 *
 * The idea of guidance is from
 * Chen, Harabor, Li, Stuckey: Traffic Flow Optimisation for Lifelong Multi-Agent Path Finding,
 * AAAI 2024, and Zhang et al.: Guidance Graph Optimization for Lifelong Multi-Agent Path Finding,
 * IJCAI 2024; counting while running is ours. */
#ifndef FLEET_TRAFFIC_H
#define FLEET_TRAFFIC_H

#include <plenum/fleet.h>

enum { TRAFFIC_WAYS = 5 }; /* four headings, and staying */

struct traffic {
    uint32_t width, height;
    uint32_t (*count)[TRAFFIC_WAYS]; /* a cell; of robots that left it so, in 1/65536 */
    uint8_t *costs;                  /* a cell and heading */
    uint32_t against; /* cost of going wholly against the traffic, where a step costs STEP */
    uint32_t crowd;   /* cost of a cell where somebody always waits */
    uint32_t fade;    /* what is left of a count after a step, in 1/65536 */
    uint32_t lane;    /* cost of going against a street's direction */
    uint8_t *row_way, *column_way; /* of each street: TRAFFIC_RISING, ... */
};

enum traffic_way { TRAFFIC_NO_STREET, TRAFFIC_RISING, TRAFFIC_FALLING }; /* numbers of cells */

enum { TRAFFIC_STEP = 8 };

void traffic_init(struct traffic *traffic, const struct plenum_fleet_map *map);
void traffic_finish(struct traffic *traffic);
/* Before a step is applied: counts what the robots do in it. */
void traffic_count(struct traffic *traffic, const struct plenum_fleet *fleet, uint32_t robots,
                   const uint8_t *actions);
/* Gives the fleet the costs of what was counted. */
void traffic_guide(struct traffic *traffic, struct plenum_fleet *fleet);

#endif
