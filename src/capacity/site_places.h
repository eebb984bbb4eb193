/* Places: which servers of a site stand together, and which fail together.
 *
 * For every enum plenum_within a rack is in one place, and for every enum plenum_spread in one
 * failure domain; both are numbers. Servers are listed in order of place, then domain, then index,
 * so that those of one place, and within it those of one domain, are neighbours. */
#ifndef CAPACITY_SITE_PLACES_H
#define CAPACITY_SITE_PLACES_H

#include <plenum/site.h>

#include <plenum/entity.h>

struct site_places;

struct site_places *site_places_create(const struct plenum_site *site);
void site_places_destroy(struct site_places *places);

/* The place of a rack: PLENUM_NONE where it is in no block. A server's place is its rack: of one
 * that must be within a server there is only one. */
int32_t site_places_of(const struct site_places *places, enum plenum_within within, int32_t rack);
/* The failure domain of a rack; for PLENUM_SPREAD_NONE, and where it is in no block, its own. */
int32_t site_places_domain(const struct site_places *places, enum plenum_spread spread,
                           int32_t rack);
/* All servers that are in some place, in the order told above, and how many they are. Stands as
 * long as places. */
const int32_t *site_places_order(struct site_places *places, enum plenum_within within,
                                 enum plenum_spread spread, int32_t *count);

#endif
