/* Quota: whether a tenant may have a window, by the rules of the site file.
 *
 *   Q1  No tenant holds more than its guarantee and what it may borrow, at any instant.
 *   Q2  What a tenant does not lend of its guarantee is left free for it; and all of its guarantee,
 *       by a job that may not be put back and runs longer than the tenant lends for. A job is not
 *       bound by this where its tenant, or one above it, is within its own guarantee: only beside
 *       those under the same one.
 *   Q3  No tenant, and none above it, spends more than its budget: a job counts for all of its
 *       length from when it has a window.
 *
 * Guarantees are shares of what is in service now; so these rules bind what is placed, and not what
 * was placed before a rack failed. Read anew once a round; the windows given and taken back in
 * between are told to it. */
#ifndef CAPACITY_SITE_QUOTA_H
#define CAPACITY_SITE_QUOTA_H

#include "capacity/site_tenants.h"

struct site_quota;

struct site_quota *site_quota_create(const struct plenum_site *site);
void site_quota_destroy(struct site_quota *quota);
/* tenants: read of the same ledger; looked at until the next read. */
void site_quota_read(struct site_quota *quota, const struct plenum_ledger *ledger,
                     const struct site_tenants *tenants);

/* A window that a tenant has, or asks for. */
struct quota_window {
    int32_t tenant, slot; /* PLENUM_NONE: without accelerators, which no quota binds */
    int64_t milli;        /* on all its servers */
    int64_t from_ms, until_ms;
    int64_t length_ms; /* of its job, what it has run before among it */
    bool preemptible;
    int64_t micro; /* to be paid for it */
};

/* What a job asks for, as a window from an instant on. */
struct quota_window site_quota_window(const struct site_quota *quota,
                                      const struct plenum_ledger *ledger, uint64_t job,
                                      int64_t from_ms);
/* A window that was given (sign 1) or taken back (-1). */
void site_quota_count(struct site_quota *quota, const struct quota_window *window, int sign);
/* The same for what is left of the window that a job has in the ledger, if it has one. */
void site_quota_count_job(struct site_quota *quota, uint64_t job, int sign);

enum quota_limit { QUOTA_FITS, QUOTA_BORROWS, QUOTA_LENT, QUOTA_HOURS, QUOTA_MONEY };

/* What keeps a tenant from a window. */
struct quota_answer {
    enum quota_limit limit;
    int32_t tenant;       /* whose limit it is; for LENT: to whom it is guaranteed */
    int64_t asked, there; /* thousandths of accelerators; those x ms; micro */
    int64_t at_ms;        /* before then it is of no use to ask again; PLENUM_FOREVER: not known */
};

struct quota_answer site_quota_ask(const struct site_quota *quota,
                                   const struct quota_window *window);
/* The first start of a window of the same length, from window->from_ms on, that fits, its price
 * aside; PLENUM_FOREVER where none does. */
int64_t site_quota_first(const struct site_quota *quota, const struct quota_window *window);

enum { QUOTA_TEXT = 192 };
/* "studio may hold 120 accelerators of h100, and would hold 128". Returns text. */
char *site_quota_format(const struct site_quota *quota, const struct quota_window *window,
                        const struct quota_answer *answer, char text[QUOTA_TEXT]);

#endif
