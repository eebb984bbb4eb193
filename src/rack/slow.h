/* Slow: watts taken from robots and drones that charge. */
#ifndef RACK_SLOW_H
#define RACK_SLOW_H

#include <plenum/ledger.h>

/* Whether the owner of the claim would still charge after slow_charging. */
bool slow_charging_can(const struct plenum_ledger *ledger, const struct plenum_power_claim *claim);

/* Adds to the command what brings a robot or drone down to a third of what its charger gives, from
 * now on; what has no more than that stops charging, and leaves its charger. */
void slow_charging(const struct plenum_ledger *ledger, struct plenum_command *command,
                   const struct plenum_power_claim *claim);

#endif
