/* Shedding: giving watts back before a lowered limit is reached. */
#ifndef RACK_SHED_H
#define RACK_SHED_H

#include <plenum/port.h>

/* Submits commands (kind power.shed) until no node is over its limit within PLENUM_SHED_LEAD_MS
 * from now, or nothing is left to give. command is scratch memory. */
enum plenum_status shed_before_limits(const struct plenum_port *port,
                                      struct plenum_command *command);

#endif
