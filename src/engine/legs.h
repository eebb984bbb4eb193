/* Legs: how far robots must go at least. */
#ifndef ENGINE_LEGS_H
#define ENGINE_LEGS_H

#include "engine/tally.h"

/* The mean number of moves of the shortest ways between the legs' ends on the empty floor, in
 * thousandths; 0 when there are no legs. Legs from the first LEGS_SOURCES_MAX different cells are
 * measured. */
enum { LEGS_SOURCES_MAX = 64 };
int64_t legs_mean_milli(const struct plenum_site *site, const struct tally_leg *legs, size_t count);

#endif
