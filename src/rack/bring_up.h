/* Bring-up: the planner's part in a rack's way from the dock into service, and back after a
 * fault. Each function submits at most one command, and none when nothing is to do. */
#ifndef RACK_BRING_UP_H
#define RACK_BRING_UP_H

#include <plenum/port.h>

/* Moves one rack on. command is scratch memory. */
enum plenum_status bring_up_rack(const struct plenum_port *port, struct plenum_command *command,
                                 int32_t rack);

/* The command that takes a rack out of use from now on: its jobs go back to the queue, its windows
 * close, its watts are given back, its state is FAILED. */
void bring_up_fail(const struct plenum_ledger *ledger, struct plenum_command *command,
                   int32_t rack);

#endif
