/* Stranded: which accelerators could be used at once, and what is in the way of the others. */
#ifndef CAPACITY_QUOTA_STRANDED_H
#define CAPACITY_QUOTA_STRANDED_H

#include <plenum/quota.h>

#include "capacity/site_tenants.h"

/* Adds up every server of the site, into chips by slot. */
void quota_find_stranded(const struct plenum_ledger *ledger, const struct site_tenants *tenants,
                         struct plenum_quota_chip *chips);

#endif
