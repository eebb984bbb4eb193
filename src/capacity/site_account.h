/* Account: what tenants had and spent, kept in their rows of the ledger.
 *
 * Once in ACCOUNT_MS the planner looks at what runs, and writes for each tenant that has anything:
 * what it held, for that time; to what it had before, which by then counts less (site_decay.h); and
 * to what it spent in the period of its budget. What begins and ends between two looks is not seen,
 * what is seen counts for the whole time: in the mean that is the same. Money is written when it is
 * paid. All of it counts for those above a tenant too. */
#ifndef CAPACITY_SITE_ACCOUNT_H
#define CAPACITY_SITE_ACCOUNT_H

#include "capacity/site_tenants.h"

#define ACCOUNT_MS INT64_C(60000)

/* Whether the clock has come to a look in the round_ms up to now. */
bool site_account_due(const struct plenum_ledger *ledger, int64_t round_ms);
/* Fills the command; false where there is nothing to write. */
bool site_account_fill(const struct plenum_ledger *ledger, const struct site_tenants *tenants,
                       struct plenum_command *command);

/* What the tenant held, of late more than before: thousandths of accelerators x ms. */
int64_t site_account_used(const struct plenum_ledger *ledger, int32_t tenant);
/* The same as a mean, of late more than before: thousandths of accelerators. */
int64_t site_account_mean(const struct plenum_ledger *ledger, int32_t tenant);

/* What was spent in the period of the budget that it is now. */
struct site_spent {
    int64_t from_ms; /* when it began; the site's start without a budget */
    int64_t milli_ms, micro;
};
struct site_spent site_account_spent(const struct plenum_ledger *ledger, int32_t tenant);
/* Adds to a command that the tenant pays. */
void site_account_pay(const struct plenum_ledger *ledger, struct plenum_command *command,
                      int32_t tenant, int64_t micro);

#endif
