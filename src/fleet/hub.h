/* Hubs: nodes that stand for the goals around them, on floors where a field a goal is dear.
 *
 * A robot that is far from its goal goes by the field of the goal's hub, which it shares with all
 * robots that go there about; once it is near that hub, it goes by a field of its own goal, and
 * that one need not reach far. So the work and the memory of fields grow with the floor and with
 * the robots, and not with one times the other.
 *
 * There are the fewer of them the fewer robots share the floor: at most one for every four, where
 * squares of HUB_SQUARE_MAX allow that. Many robots keep to small squares, since hubs far apart
 * would draw them into the same streets.
 *
 * What is always true: every node has one hub, at most reach steps away (blocked cells not
 * regarded); a hub is its own. */
#ifndef FLEET_HUB_H
#define FLEET_HUB_H

#include "fleet/grid.h"

#include <stddef.h>

enum {
    HUB_SQUARE_MIN = 8, /* cells a side; each square has a hub */
    HUB_SQUARE_MAX = 32,
    HUB_LEAST = 1 << 16, /* values of a field; smaller floors have no hubs */
};

struct hubs {
    uint32_t square, reach;
    uint32_t near; /* steps to a hub from where robots go by their own goal's field */
    uint32_t count;
    uint32_t *of; /* the hub of a node, a node; NULL: there are no hubs */
};

void hubs_init(struct hubs *hubs, const struct grid *grid, uint32_t robots);
void hubs_finish(struct hubs *hubs);
size_t hubs_bytes(const struct hubs *hubs, const struct grid *grid);

#endif
