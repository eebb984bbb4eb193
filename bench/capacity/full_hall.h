/* A hall for measuring: 1,213 servers with 6,212 accelerators, as many as in the openb cluster, all
 * in service, and reservations made until a part of the next two weeks is sold. */
#ifndef BENCH_FULL_HALL_H
#define BENCH_FULL_HALL_H

#include <plenum/offer.h>

#include "world.h"

/* All racks in service, nothing sold. To be given to world_finish. */
void full_hall_init(struct world *world);
/* Gangs of 1, 2, 4 .. 512 accelerators for 1 to 72 hours, from random instants on, until so many
 * thousandths are sold. */
void full_hall_sell(struct world *world, struct plenum_offer_desk *desk, int64_t sold_milli);

#endif
