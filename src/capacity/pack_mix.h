/* Pack mix: which shapes are typical of a trace, and how much of a server's free accelerators they
 * cannot use (Weng et al., ATC 2023, section 3).
 *
 * Typical are the most frequent shapes until 95 % of all jobs are among them; memory is not looked
 * at. The fragmentation of a server is a sum over typical shapes, by frequency: all that is free on
 * its devices where the shape cannot run there at all (a shape without accelerators never can),
 * otherwise what is free on devices that hold less than the shape asks. */
#ifndef CAPACITY_PACK_MIX_H
#define CAPACITY_PACK_MIX_H

#include "capacity/pack_site.h"

struct pack_mix_shape {
    struct plenum_shape shape; /* memory_mib is 0 */
    int64_t jobs;
};

struct pack_mix {
    struct pack_mix_shape *typical;
    size_t count;
    int64_t jobs; /* sum over typical */
};

struct pack_mix *pack_mix_create(const struct plenum_trace *trace);
void pack_mix_destroy(struct pack_mix *mix);
/* In jobs times milli: divided by mix->jobs it is the expected milli that a typical job cannot
 * use. */
int64_t pack_mix_fragmentation(const struct pack_mix *mix, const struct pack_server *server);

#endif
