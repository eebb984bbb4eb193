/* Plan file: what happened in a run, in the League's own output form (Start-Kit,
 * Input_Output_Format.md), so that its viewer shows it. Sliding robots are written as action
 * model "MAPF" with the letters R, D, L, U, W. */
#ifndef FLEET_PLAN_FILE_H
#define FLEET_PLAN_FILE_H

#include "fleet/run.h"

PLENUM_MUST_USE enum plenum_status plan_write(const struct run *run, const char *path,
                                              struct plenum_error *error);

#endif
