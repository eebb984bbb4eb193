/* Limits: whether a tenant's quota and budget let it have a window, as one ledger stands. */
#ifndef CAPACITY_QUOTA_LIMITS_H
#define CAPACITY_QUOTA_LIMITS_H

#include <plenum/offer.h>

#include "capacity/site_quota.h"

struct quota_limits {
    const struct plenum_site *site;
    const struct plenum_ledger *ledger;
    uint64_t seq; /* of the ledger when it was read; 0: never */
    struct site_tenants tenants;
    struct site_quota *quota;
};

void quota_limits_init(struct quota_limits *limits, const struct plenum_site *site);
void quota_limits_finish(struct quota_limits *limits);
/* True: read anew. False where this ledger was read last and no command was taken since. */
bool quota_limits_read(struct quota_limits *limits, const struct plenum_ledger *ledger);

/* The window that an offer would give the request's tenant. */
struct quota_window quota_limits_window(const struct quota_limits *limits,
                                        const struct plenum_offer_request *request,
                                        const struct plenum_offer *offer);
/* Whether the tenant may buy the window: false, and text says why not. None with others under it
 * may. */
bool quota_limits_admit(const struct quota_limits *limits, const struct quota_window *window,
                        char text[PLENUM_OFFER_TEXT]);
/* From when on it may buy a window like it, its price aside; PLENUM_FOREVER: none. */
int64_t quota_limits_first(const struct quota_limits *limits, const struct quota_window *window);
/* Whether a queued job may not have what it asks for now; text says why. */
bool quota_limits_hold_back(const struct quota_limits *limits, uint64_t job,
                            char text[PLENUM_OFFER_TEXT]);

#endif
