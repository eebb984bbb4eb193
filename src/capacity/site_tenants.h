/* Tenants: what each has of the accelerators now, and what is guaranteed to it.
 *
 * All amounts are thousandths of accelerators. What a tenant holds counts for it and for all above
 * it; guarantees are shares of what is in service. Read anew once a round, and kept up to date by
 * whoever gives or takes in between. */
#ifndef CAPACITY_SITE_TENANTS_H
#define CAPACITY_SITE_TENANTS_H

#include <plenum/ledger.h>

struct site_tenants {
    const struct plenum_site *site;
    int32_t slot_count;     /* chips that some server has as accelerators */
    int32_t *slots;         /* by chip: its slot, or PLENUM_NONE */
    int32_t *chips;         /* by slot */
    int32_t *order;         /* all tenants, those under one before it */
    int64_t *offered_milli; /* by slot: in service */
    int64_t *held_milli;    /* by tenant and slot: by jobs that run */
};

void site_tenants_init(struct site_tenants *tenants, const struct plenum_site *site);
void site_tenants_finish(struct site_tenants *tenants);
void site_tenants_read(struct site_tenants *tenants, const struct plenum_ledger *ledger);

/* The slot of a job's accelerators: of the chip it asks for, else of the servers it holds, else the
 * first. PLENUM_NONE for a job without any. */
int32_t site_tenants_slot(const struct site_tenants *tenants, const struct plenum_ledger *ledger,
                          uint64_t job, const int64_t *row);
/* A job of the tenant takes (or, under zero, gives back) so many. */
void site_tenants_add(struct site_tenants *tenants, int32_t tenant, int32_t slot, int64_t milli);

int64_t site_tenants_held(const struct site_tenants *tenants, int32_t tenant, int32_t slot);
int64_t site_tenants_share(const struct site_tenants *tenants, int32_t tenant, int32_t slot);

/* The lowest of the tenant and those above it whose guarantee covers so many more of the slot than
 * it holds; PLENUM_NONE where none's does. */
int32_t site_tenants_entitled(const struct site_tenants *tenants, int32_t tenant, int32_t slot,
                              int64_t milli);
/* Whether a tenant that asks for so many more may have them back from another: under the one that
 * both are part of, the asking side is within its guarantee with them, and the other side is over
 * its own, all the way down. */
bool site_tenants_owes(const struct site_tenants *tenants, int32_t asking, int32_t other,
                       int32_t slot, int64_t milli);

/* Thousandths of accelerators that a job takes on all its servers. */
static inline int64_t site_job_milli(const int64_t *row)
{
    return row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI];
}

/* Since when a job has wanted to run. */
static inline int64_t site_job_asked_ms(const int64_t *row)
{
    return row[PLENUM_JOB_EARLIEST_MS] > row[PLENUM_JOB_SUBMIT_MS] ? row[PLENUM_JOB_EARLIEST_MS]
                                                                   : row[PLENUM_JOB_SUBMIT_MS];
}

#endif
