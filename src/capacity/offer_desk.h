/* Desk: what the files of the offers share. */
#ifndef CAPACITY_OFFER_DESK_H
#define CAPACITY_OFFER_DESK_H

#include <plenum/offer.h>

#include "capacity/quota_limits.h"
#include "capacity/site_fit.h"
#include "capacity/site_forecast.h"

enum { SHAPES_MAX = 32 };

struct plenum_offer_desk {
    const struct plenum_site *site;
    struct site_fit *fit;
    struct plenum_command command; /* to test what a search found */
    struct plenum_offer_part *parts;
    size_t part_count, part_capacity;
    struct plenum_capacity_claim *claims; /* of one server */
    size_t claim_capacity;
    struct site_forecast *forecast;
    uint64_t forecast_seq; /* the ledger's when it was read */
    struct quota_limits limits;
    int64_t prices[1001]; /* plenum_price_hour_micro of each thousandth */
};

/* The ways in which a request can be cut into servers: by chip, and by how much each gives. Gives
 * how many; 0 where no server of the site can give its part. */
int32_t offer_shapes(const struct plenum_site *site, const struct plenum_offer_request *request,
                     struct fit_request shapes[SHAPES_MAX]);

/* The least watts that servers like the shape's may be capped at, all together. */
int64_t offer_least_w(const struct plenum_server_model *model, const struct fit_request *shape);

/* The price of servers like the shape's over a window, and why. */
void offer_price(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                 const struct fit_request *shape, struct plenum_offer *offer);

/* Claims of a job that has the offer. */
void offer_claims(const struct plenum_site *site, const struct plenum_offer *offer,
                  struct plenum_ref job, struct plenum_command *command);

/* What keeps the shapes from starting at the request's earliest instant. first: the first offer,
 * or NULL. */
void offer_blockers(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                    const struct plenum_offer_request *request, const struct fit_request *shapes,
                    int32_t shape_count, const struct plenum_offer *first,
                    struct plenum_offer_answer *answer);

/* All claims on a server, valid until the next call; gives how many. */
size_t offer_claims_on(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       int32_t server, const struct plenum_capacity_claim **claims);

/* The earliest start of a shape that the ledger would take, tried as desk->command; PLENUM_FOREVER
 * where there is none. */
int64_t offer_search(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                     const struct fit_request *shape, int64_t from_ms, int64_t latest_ms);

#endif
