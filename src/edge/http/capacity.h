/* Capacity: what the handlers of offers, reservations and the calendar share. */
#ifndef EDGE_HTTP_CAPACITY_H
#define EDGE_HTTP_CAPACITY_H

#include <plenum/offer.h>

#include "edge/http/call.h"

/* The server's desk for its ledger, which keeps its caches from call to call; for a ledger of
 * another instant one of its own. To be given back. */
struct plenum_offer_desk *capacity_desk(struct call *call);
void capacity_desk_return(struct call *call, struct plenum_offer_desk *desk);

/* Fills the request from an object. names: members that may be there besides those of a request,
 * each between spaces. False: answered with 400. */
bool capacity_request_read(struct call *call, const json_t *object, const char *names,
                           struct plenum_offer_request *request, int64_t *count);
json_t *capacity_offer_json(const struct plenum_site *site, const struct plenum_offer *offer);
json_t *capacity_blockers_json(const struct plenum_offer_answer *answer);

#endif
