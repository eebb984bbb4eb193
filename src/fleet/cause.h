/* Cause: why a robot did not move in the last step, and who is at the root of that. */
#ifndef FLEET_CAUSE_H
#define FLEET_CAUSE_H

#include "fleet/crowd.h"

/* After a step whose robots have been decided, and before anything is set. */
enum plenum_fleet_cause cause_of(const struct crowd *crowd, const struct grid *grid,
                                 uint32_t robot);
struct plenum_fleet_why cause_chain(const struct crowd *crowd, const struct grid *grid,
                                    uint32_t robot);

#endif
