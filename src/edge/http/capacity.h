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
/* A member that is the number or the name of one of count things; left as it is where the object
 * has none. False: answered with 400. */
bool capacity_read_named(struct call *call, const json_t *object, const char *name, int32_t count,
                         const char *(*name_of)(const struct plenum_site *site, int32_t index),
                         int32_t *value);
/* A member that is true or false; left as it is where the object has none. False: answered with
 * 400. */
bool capacity_read_bool(struct call *call, const json_t *object, const char *name, bool *value);
/* Whether some server has it as its accelerator. */
bool capacity_chip_is_sold(const struct plenum_site *site, int32_t chip);
/* The number of a job that is not over. False: answered with 404. */
bool capacity_job(struct call *call, const char *id, uint64_t *job);
/* Posts the command, and has it taken up before the next request is looked at. Takes more. */
void capacity_post(struct call *call, struct plenum_command *command, bool dry_run, json_t *more);
/* Answers 409: nothing was taken. Takes members. */
void capacity_refuse(struct call *call, json_t *members, bool dry_run, const char *why);
/* Jobs in the way of work, and when each could be elsewhere. */
json_t *capacity_standing_json(const struct plenum_maintenance_answer *answer);
json_t *capacity_offer_json(const struct plenum_site *site, const struct plenum_offer *offer);
json_t *capacity_blockers_json(const struct plenum_offer_answer *answer);

#endif
