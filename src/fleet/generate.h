/* Generate: problems of any size from a seed, in the files of the League of Robot Runners. */
#ifndef FLEET_GENERATE_H
#define FLEET_GENERATE_H

#include "fleet/floor_made.h"

#include <plenum/error.h>

struct generate_options {
    enum floor_kind kind;
    uint32_t width, height;
    uint32_t robots, tasks, errands; /* errands of each task */
    uint64_t seed;
};

/* Writes PREFIX.map, .agents, .tasks and .json. Robots stand on different cells drawn by lot; so
 * are the places of errands, and two of one task that follow each other differ where the floor has
 * two cells. PLENUM_INPUT: more robots than free cells; PLENUM_IO: names the file. */
PLENUM_MUST_USE enum plenum_status generate_write(const struct generate_options *options,
                                                  const char *prefix, struct plenum_error *error);

#endif
