/* Fit: where and when a job of the site can run, by first fit over the ledger's books.
 *
 * A search gives the earliest start at which a whole gang fits, on as many different servers as it
 * asks for, for its whole length; among servers that fit then, those that are left the least free.
 * Where they must be in one rack or row, the one of those with the fewest servers that fit is
 * taken. Ties are broken by server index. */
#ifndef CAPACITY_SITE_FIT_H
#define CAPACITY_SITE_FIT_H

#include "capacity/site_calendar.h"
#include "capacity/site_request.h"

struct site_fit;

struct site_fit *site_fit_create(const struct plenum_site *site);
void site_fit_destroy(struct site_fit *fit);
struct site_calendar *site_fit_calendar(struct site_fit *fit);
/* Whether servers of the model can ever give what is asked of each. */
bool site_fit_serves(const struct plenum_server_model *model, const struct fit_request *request);

/* The earliest start in [from_ms, latest_ms], or PLENUM_FOREVER. What a job holds already is taken,
 * also for itself. That the watts of a gang fit is looked at server by server: the ledger may
 * still refuse servers that share what is above them. */
int64_t site_fit_search(struct site_fit *fit, const struct plenum_ledger *ledger,
                        const struct fit_request *request, int64_t from_ms, int64_t latest_ms);

/* From now on searches leave out servers that have 1 in excluded, by index, which must outlive
 * them; NULL: none. */
void site_fit_exclude(struct site_fit *fit, const uint8_t *excluded);

/* A server that the last search found: index 0 .. request->servers - 1. */
int32_t site_fit_found(const struct site_fit *fit, int32_t index);

/* From now on as if a search for one server had found this one: for site_fit_claim. */
void site_fit_choose(struct site_fit *fit, int32_t server);

/* Adds the claims of a job that starts at start_ms, which the last search found: capacity on each
 * server, and watts at each rack. The ledger has not changed in between. */
void site_fit_claim(struct site_fit *fit, const struct plenum_ledger *ledger,
                    struct plenum_command *command, struct plenum_ref job,
                    const struct fit_request *request, int64_t start_ms);

#endif
