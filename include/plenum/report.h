/* Report: what a run came to, read from its journal and the state at its end. */
#ifndef PLENUM_REPORT_H
#define PLENUM_REPORT_H

#include <plenum/engine.h>

/* Writes the report of all that is in the engine's journal: JSON (keys in snake_case, units in the
 * keys) or lines for people. Wall seconds are those of this process alone. PLENUM_INPUT for an
 * engine that keeps no journal. */
PLENUM_API enum plenum_status plenum_report_write(struct plenum_engine *engine, bool json,
                                                  FILE *out,
                                                  struct plenum_error *error) PLENUM_MUST_USE;

#endif
