/* Shift: a planned job begins now, on the very servers of its window.
 *
 * A search for a new window sees what the job holds already as taken, so where jobs before it end
 * early a wide job would wait for a window that it fills itself. */
#ifndef CAPACITY_SITE_SHIFT_H
#define CAPACITY_SITE_SHIFT_H

#include <plenum/ledger.h>

/* Fills the command that starts a reserved job now, with the same parts of the same servers for as
 * long as it has to run. False where they are not free until its start, or the ledger would refuse
 * it. */
bool site_shift_fill(const struct plenum_ledger *ledger, uint64_t job,
                     struct plenum_command *command);

#endif
