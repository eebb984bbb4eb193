/* Figures: the few numbers that say how a site does, read from its ledger. */
#ifndef EDGE_FIGURES_H
#define EDGE_FIGURES_H

#include <plenum/ledger.h>

struct figures {
    int64_t power_w;              /* of all feeds, all up */
    int64_t limit_w;              /* what they may carry then */
    int64_t headroom_w;           /* the difference */
    int64_t headroom_feed_lost_w; /* with the worst one lost, on those that are left */
    int64_t accelerators;         /* of all racks, those that are not there yet among them */
    int64_t offered;              /* of servers that may be used now */
    int64_t sold_milli;           /* thousandths of accelerators that are taken now */
    int64_t free;                 /* offered, and wholly free now */
    int64_t racks[PLENUM_RACK_STATE_COUNT];
    int64_t robots[PLENUM_ROBOT_STATE_COUNT];
    int64_t drones[PLENUM_DRONE_STATE_COUNT];
};

struct figures figures_of(const struct plenum_ledger *ledger);

#endif
