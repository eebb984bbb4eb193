/* Fit: where and when a job of the site can run, by first fit over the ledger's books.
 *
 * A search gives the earliest start at which a whole gang fits, on as many different servers as it
 * asks for, for its whole length; among servers that fit then, those that are left the least free.
 * Ties are broken by server index. */
#ifndef CAPACITY_SITE_FIT_H
#define CAPACITY_SITE_FIT_H

#include <plenum/ledger.h>

struct site_fit;

/* What is asked of each of `servers` different servers. */
struct fit_request {
    int32_t servers, accelerators, milli, chip, cores;
    int64_t memory_bytes;
    int64_t length_ms;
};

struct fit_request fit_request_of(const int64_t *job_row);
/* Whether a asks for at least as much as b in everything: where b does not fit, a does not. */
bool fit_request_covers(const struct fit_request *a, const struct fit_request *b);

struct site_fit *site_fit_create(const struct plenum_site *site);
void site_fit_destroy(struct site_fit *fit);

/* The earliest start in [from_ms, latest_ms], or PLENUM_FOREVER. Servers already held by owner are
 * judged as if it held nothing only when it holds nothing: release first, or search before. */
int64_t site_fit_search(struct site_fit *fit, const struct plenum_ledger *ledger,
                        const struct fit_request *request, int64_t from_ms, int64_t latest_ms);

/* Adds the claims of a job that starts at start_ms, which the last search found: capacity on each
 * server, and watts at its rack. */
void site_fit_claim(const struct site_fit *fit, const struct plenum_ledger *ledger,
                    struct plenum_command *command, struct plenum_ref job,
                    const struct fit_request *request, int64_t start_ms);

#endif
