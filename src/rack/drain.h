/* Drain: taking jobs off servers so that what they hold can go. */
#ifndef RACK_DRAIN_H
#define RACK_DRAIN_H

#include <plenum/ledger.h>

/* Adds to the command what puts a job back into the queue from now on, on all its servers: its
 * claims end, what it has run counts. */
void drain_job(const struct plenum_ledger *ledger, struct plenum_command *command, uint64_t job);

/* The same, once in a command. */
void drain_job_once(const struct plenum_ledger *ledger, struct plenum_command *command,
                    uint64_t job);

/* Adds the same for every job that holds anything on a server of the rack, and closes the
 * servers' windows. */
void drain_rack(const struct plenum_ledger *ledger, struct plenum_command *command, int32_t rack);

#endif
