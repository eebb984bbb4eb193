/* Quota: what each tenant has, what is guaranteed to it, and what of that servers can really hold.
 *
 * A quota answers from one ledger, as of when it was last read; it changes nothing. Amounts are
 * thousandths of accelerators (_milli), and those x milliseconds (_milli_ms); money is millionths
 * (_micro). What a tenant has counts for those above it too.
 *
 * What of a chip can be had at once is counted by server: an accelerator that nobody holds is
 * usable where, for the next hour, it stays free and its part of the server's cores and memory and
 * its watts are free with it. What is not usable is stranded, and has one cause: the first below
 * that fits. */
#ifndef PLENUM_QUOTA_H
#define PLENUM_QUOTA_H

#include <plenum/offer.h>

/* code, name, meaning */
#define PLENUM_STRANDED_CAUSES(X)                                                                  \
    X(RACK, "rack", "its rack is not in service")                                                  \
    X(FRACTION, "fraction", "part of an accelerator, beside what others hold of it")               \
    X(PROMISED, "promised", "free, but someone's window begins within the hour")                   \
    X(CORES, "cores", "free, but the cores of its server are not")                                 \
    X(MEMORY, "memory", "free, but the memory of its server is not")                               \
    X(POWER, "power", "free, but its watts are not")                                               \
    X(LENT, "lent", "held by others over their guarantee, by jobs that give way when asked")       \
    X(HELD, "held", "held by others until their jobs end")

enum plenum_stranded_cause {
#define X(code, name, meaning) PLENUM_STRANDED_##code,
    PLENUM_STRANDED_CAUSES(X)
#undef X
        PLENUM_STRANDED_CAUSE_COUNT
};

PLENUM_API const char *plenum_stranded_cause_name(enum plenum_stranded_cause cause);
PLENUM_API const char *plenum_stranded_cause_meaning(enum plenum_stranded_cause cause);

struct plenum_quota;

PLENUM_API struct plenum_quota *plenum_quota_create(const struct plenum_site *site);
PLENUM_API void plenum_quota_destroy(struct plenum_quota *quota);
/* Reads a ledger, which must stand until the next read; nothing where that was read last and no
 * command was taken since. */
PLENUM_API void plenum_quota_read(struct plenum_quota *quota, const struct plenum_ledger *ledger);

/* --- chips ------------------------------------------------------------------------------------ */

/* All of a chip: sold + usable + stranded = all. LENT and HELD strand nothing here. */
struct plenum_quota_chip {
    int32_t chip;
    int64_t all_milli;    /* of racks that are not retired */
    int64_t sold_milli;   /* held by somebody */
    int64_t usable_milli; /* by jobs of single accelerators */
    int64_t whole_milli;  /* of these, on servers of which all is usable */
    int64_t stranded_milli[PLENUM_STRANDED_CAUSE_COUNT];
};

/* Chips that some server has as accelerators, in the order of the catalogue. */
PLENUM_API int32_t plenum_quota_chip_count(const struct plenum_quota *quota);
PLENUM_API const struct plenum_quota_chip *plenum_quota_chip(const struct plenum_quota *quota,
                                                             int32_t index);

/* --- tenants ---------------------------------------------------------------------------------- */

/* Of what is guaranteed to a tenant of a chip and it does not hold: what it could place at once,
 * and what is stranded: placeable + stranded = granted - held, where that is over 0. */
struct plenum_quota_grant {
    int64_t granted_milli, held_milli;
    int64_t placeable_milli;       /* as single accelerators */
    int64_t placeable_whole_milli; /* as whole servers */
    int64_t stranded_milli[PLENUM_STRANDED_CAUSE_COUNT];
};

PLENUM_API struct plenum_quota_grant plenum_quota_grant(const struct plenum_quota *quota,
                                                        int32_t tenant, int32_t index);

/* How a tenant stands beside others. */
struct plenum_quota_standing {
    int64_t held_milli; /* of all chips */
    int64_t mean_milli; /* what it held of late, older use counting less (site.half_life_ms) */
    int64_t period_ms;  /* when the period of its budget began; the site's start without one */
    int64_t spent_milli_ms, spent_micro; /* in it */
};

PLENUM_API struct plenum_quota_standing plenum_quota_standing(const struct plenum_quota *quota,
                                                              int32_t tenant);

/* --- what a tenant may have ------------------------------------------------------------------- */

/* Whether the tenant may buy the offer: REFUSED where it has others under it, may not hold so much,
 * or where it, or one above it, would spend more than its budget; the text says which. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_quota_admits(const struct plenum_quota *quota, const struct plenum_offer_request *request,
                    const struct plenum_offer *offer, struct plenum_error *error);
/* Whether a job that has a window may end then instead, at so much more money. */
PLENUM_API PLENUM_MUST_USE enum plenum_status plenum_quota_admits_end(struct plenum_quota *quota,
                                                                      uint64_t job, int64_t end_ms,
                                                                      int64_t extra_micro,
                                                                      struct plenum_error *error);
/* Whether another tenant may have so many servers of a job (0: all) from an instant of its window
 * on, at that price, when the one that has them no longer does. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_quota_admits_hand_over(struct plenum_quota *quota, uint64_t job, int32_t tenant,
                              int32_t servers, int64_t from_ms, int64_t price_micro,
                              struct plenum_error *error);

#endif
