/* Expect: racks that are to come, sold ahead; and racks that are to go. */
#ifndef RACK_EXPECT_H
#define RACK_EXPECT_H

#include <plenum/port.h>

/* The window of the rack's servers while they are expected, or while they serve; false: none. */
bool expect_window(const struct plenum_ledger *ledger, int32_t rack, int64_t *from_ms,
                   int64_t *until_ms);

/* Adds to a command what lets the servers of a rack that is not in service be sold from from_ms on:
 * their windows, its watts (at peak while it burns in, before that; at idle from then on), and that
 * the jobs which were to start there earlier wait again. burns: it burns in from now on. */
void expect_from(const struct plenum_ledger *ledger, struct plenum_command *command, int32_t rack,
                 int64_t from_ms, bool burns);

/* When a rack would serve that is powered now, with a margin. */
int64_t expect_after_burn_in(const struct plenum_ledger *ledger);

/* Submits at most one command for a rack that is not in service: it is expected for the first time,
 * later than was told, or to go at another time than was told. */
enum plenum_status expect_rack(const struct plenum_port *port, struct plenum_command *command,
                               int32_t rack);

/* Submits at most one command for a rack in service: its windows end when it is planned
 * to retire, and then it does. Jobs that were to run past that wait again when the plan is made. */
enum plenum_status retire_rack(const struct plenum_port *port, struct plenum_command *command,
                               int32_t rack);

#endif
