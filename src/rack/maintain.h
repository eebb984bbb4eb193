/* Maintain: a maintenance that was planned begins and ends with its time. */
#ifndef RACK_MAINTAIN_H
#define RACK_MAINTAIN_H

#include <plenum/port.h>

/* Submits a command for each that is due, or over. command is scratch memory. */
enum plenum_status maintain_on_time(const struct plenum_port *port, struct plenum_command *command);

#endif
