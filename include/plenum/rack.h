/* Rack: from the order to the last day of service.
 *
 * The rack planner moves racks on as the ledger and the devices allow: it asks for robots to carry
 * them, claims watts before power is switched on, opens their servers for sale after burn-in, and
 * when one fails it first takes the jobs off, then gets a spare part flown in and carried. It also
 * sheds load before a lowered limit is reached.
 *
 * Claims of a rack by state, at its position's load (heat goes with them):
 *
 *     cabled and before, failed, retired   nothing now; where its servers are expected, peak_w
 *                                          while it will burn in and idle_w from then on
 *     powered, tested                      peak_w: burn-in draws all it can
 *     in service                           idle_w; each job adds its share of peak_w - idle_w
 */
#ifndef PLENUM_RACK_H
#define PLENUM_RACK_H

#include <plenum/port.h>

/* Watts that a rack's own claim has in a state. */
PLENUM_API int64_t plenum_rack_claim_w(const struct plenum_rack_model *model,
                                       enum plenum_rack_state state);

/* What shedding may do, in this order; each only as far as needed. */
enum plenum_shed_step {
    PLENUM_SHED_CHARGING,    /* chargers go down to a third of their watts, then to none */
    PLENUM_SHED_PREEMPTIBLE, /* jobs marked so: low priority, late start first */
    PLENUM_SHED_JOBS,        /* other jobs, likewise */
    PLENUM_SHED_RACKS,       /* burn-ins, then racks in service: last powered first */
    PLENUM_SHED_STEP_COUNT
};

/* How long before a limit falls load is shed for it. Until then it only caps what may start. */
#define PLENUM_SHED_LEAD_MS INT64_C(60000)

#endif
