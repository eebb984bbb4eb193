/* Offer: from when on can I have so many accelerators for so long, where, and at what price; and
 * where that is later than asked, what stands in the way.
 *
 * A desk answers from a ledger. It changes nothing: an offer is made a reservation by the command
 * that plenum_offer_reserve fills, and the ledger takes it as it stands for as long as nothing else
 * was taken in between. A desk keeps caches of one ledger; what it answers depends on the ledger
 * and the request alone.
 *
 * Instants and lengths are milliseconds, money is millionths ("micro") of the unit in which the
 * site sells. */
#ifndef PLENUM_OFFER_H
#define PLENUM_OFFER_H

#include <plenum/ledger.h>

enum {
    PLENUM_OFFERS_MAX = 16,         /* in one answer */
    PLENUM_OFFER_BLOCKERS_MAX = 16, /* in one answer */
    PLENUM_OFFER_TEXT = 256
};

#define PLENUM_OFFER_HORIZON_MS        (INT64_C(182) * 24 * 3600 * 1000) /* of a start, from now */
#define PLENUM_OFFER_DURATION_MAX      (INT64_C(366) * 24 * 3600 * 1000)
/* Servers that may draw less than this of what they would draw over idle are not offered: so
 * capped, accelerators would hardly compute. */
#define PLENUM_OFFER_WATTS_LEAST_MILLI 500

/* All servers of a job give the same: how many accelerators, cores and how much memory. */
struct plenum_offer_request {
    int32_t tenant;       /* who asks, and may buy it; PLENUM_NONE: then it cannot be reserved */
    int32_t accelerators; /* in all; 0: cores and memory alone */
    int32_t servers;      /* 0: as few as can be */
    int32_t per_server;   /* accelerators of each server; 0: as many as can be */
    int32_t milli;        /* of each accelerator, 1 .. 1000; below 1000 one a server */
    int32_t chip;         /* PLENUM_NONE: any */
    int32_t cores;        /* of each server; PLENUM_NONE: in proportion to its accelerators */
    int64_t memory_bytes; /* likewise */
    int64_t duration_ms;
    int64_t earliest_ms, latest_ms; /* of the start; earliest_ms past means now */
    enum plenum_within within;
    enum plenum_spread spread;
    int64_t max_w;    /* most that all servers together may draw over idle; 0: what they like */
    bool preemptible; /* may be put back into the queue for others */
    bool in_service;  /* on racks that are in service only */
};

/* One whole accelerator of any chip for an hour, from now on. */
PLENUM_API void plenum_offer_request_init(const struct plenum_ledger *ledger,
                                          struct plenum_offer_request *request);

struct plenum_offer_part {
    int32_t server;
    uint64_t accelerators; /* set */
    /* Where its rack is not in service yet: from when on it is expected to be; else 0. Is it late,
     * the ledger has a command rack.late that takes off what cannot start there, and that is placed
     * again before all that was not sold. */
    int64_t expected_ms;
};

struct plenum_offer {
    int64_t start_ms, end_ms;
    const struct plenum_offer_part *parts;
    int32_t part_count;
    int32_t per_server, milli, chip; /* chip: of its servers, or PLENUM_NONE without any */
    int32_t cores;                   /* of each server */
    int64_t memory_bytes;            /* of each server */
    int64_t watts, max_w;            /* over idle, all servers together; and what was asked */
    int64_t price_micro;
    char why_price[PLENUM_OFFER_TEXT];
};

/* code, name, meaning */
#define PLENUM_BLOCKER_KINDS(X)                                                                    \
    X(FREE, "free", "how much is free when asked for, and how much is needed")                     \
    X(JOB, "job", "a job or a reservation holds what is asked for")                                \
    X(RACK, "rack", "a rack is not in service")                                                    \
    X(POWER, "power", "a power node or cooling zone would be over its limit")                      \
    X(NEVER, "never", "it is more than the site could ever hold")                                  \
    X(MAINTENANCE, "maintenance", "a server is kept clear for work on it")                         \
    X(QUOTA, "quota", "the tenant may not have so much, or it is kept for another")

enum plenum_blocker_kind {
#define X(code, name, meaning) PLENUM_BLOCKER_##code,
    PLENUM_BLOCKER_KINDS(X)
#undef X
        PLENUM_BLOCKER_KIND_COUNT
};

struct plenum_blocker {
    enum plenum_blocker_kind kind;
    int64_t at_ms;        /* when it is expected to be out of the way; PLENUM_FOREVER: not known */
    uint64_t job;         /* JOB; of MAINTENANCE, its id */
    int32_t rack;         /* RACK; else PLENUM_NONE */
    int32_t accelerators; /* that it keeps back */
    char text[PLENUM_OFFER_TEXT];
};

struct plenum_offer_answer {
    struct plenum_offer offers[PLENUM_OFFERS_MAX]; /* by start, then price, then chip */
    int32_t offer_count;
    /* What keeps the first offer from starting at earliest_ms; none where it does. */
    struct plenum_blocker blockers[PLENUM_OFFER_BLOCKERS_MAX];
    int32_t blocker_count;
};

struct plenum_offer_desk;

PLENUM_API struct plenum_offer_desk *plenum_offer_desk_create(const struct plenum_site *site);
PLENUM_API void plenum_offer_desk_destroy(struct plenum_offer_desk *desk);

/* At most max offers (1 .. PLENUM_OFFERS_MAX): the earliest of each chip that will do, then later
 * ones that cost less, then later ones. No offers and blockers where nothing fits in time. parts
 * belong to the desk and stand until its next call. The ledger must be the same in all calls of a
 * desk. INPUT with a text where a figure means nothing or lies in the past. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_offer_ask(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                 const struct plenum_offer_request *request, int32_t max,
                 struct plenum_offer_answer *answer, struct plenum_error *error);

/* --- commands: each fills a command that was initialised, its actor kept ---------------------- */

/* The command that sells the offer: a job with the id plenum_ledger_next_id that is reserved for
 * its window, starts then and not before, at the offer's price. CHECKs that the request has a
 * tenant. */
PLENUM_API void plenum_offer_reserve(const struct plenum_ledger *ledger,
                                     const struct plenum_offer_request *request,
                                     const struct plenum_offer *offer,
                                     struct plenum_command *command);
/* Gives back all that a job has from now on. REFUSED where there is no such job, or it is over. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_offer_cancel(const struct plenum_ledger *ledger, uint64_t job,
                    struct plenum_command *command, struct plenum_error *error);
/* Moves the end of a reserved or running job on the servers it has; the ledger says whether a later
 * end is free. More time is paid at extra_micro; less gives nothing back. REFUSED where there is no
 * such job, or end_ms is not after its start and after now. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_offer_move_end(const struct plenum_ledger *ledger, uint64_t job, int64_t end_ms,
                      int64_t extra_micro, struct plenum_command *command,
                      struct plenum_error *error);

/* Gives a reservation to another tenant, at the price and the promise it has: so many of its
 * servers (0: all), from from_ms on: its start, or, with all servers, a later instant, also while
 * it runs. What is handed over in part becomes a job of its own, with the id
 * plenum_ledger_next_id, and its part of the price; *price_micro is what goes from one tenant's
 * account to the other's. REFUSED where that cannot be. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_offer_hand_over(const struct plenum_ledger *ledger, uint64_t job, int32_t tenant,
                       int32_t servers, int64_t from_ms, struct plenum_command *command,
                       int64_t *price_micro, struct plenum_error *error);

/* --- maintenance ------------------------------------------------------------------------------ */

enum { PLENUM_STANDING_MAX = 64 };

/* Work on a rack, a server or a power node: one of the three, the others PLENUM_NONE. Work on a
 * power node keeps clear the servers of racks that draw through it alone; the others have a feed
 * left that bears them (L1 of ledger.h). */
struct plenum_maintenance {
    int32_t rack, server, node;
    int64_t from_ms, until_ms;
};

struct plenum_standing { /* a job in the way of the work */
    uint64_t job;
    int64_t from_ms, until_ms; /* its window */
    int64_t start_ms; /* it could be elsewhere from then on; PLENUM_FOREVER: not within two weeks */
    char text[PLENUM_OFFER_TEXT];
};

struct plenum_maintenance_answer {
    int32_t servers;     /* that are kept clear */
    int64_t earliest_ms; /* from then on nothing is in the way for so long; PLENUM_FOREVER: never */
    struct plenum_standing standing[PLENUM_STANDING_MAX];
    int32_t standing_count;
};

/* What is in the way, and what can be done about it. INPUT where the work means nothing or is
 * past. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_maintenance_ask(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       const struct plenum_maintenance *work,
                       struct plenum_maintenance_answer *answer, struct plenum_error *error);
/* The command that plans it: a maintenance with the id plenum_ledger_next_id. From then on nothing
 * is sold into it. take: what stands there goes: jobs that will run then end when the work begins,
 * and go on elsewhere; those that were to start later are placed again. Without it the ledger
 * refuses where anything stands there. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_maintenance_plan(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                        const struct plenum_maintenance *work, bool take,
                        struct plenum_command *command, struct plenum_error *error);
/* REFUSED where there is no such maintenance, or it is over. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_maintenance_cancel(const struct plenum_ledger *ledger, uint64_t id,
                          struct plenum_command *command, struct plenum_error *error);

/* --- price ------------------------------------------------------------------------------------ */

/* What an accelerator-hour costs where so many thousandths of a chip's accelerators are sold
 * (0 .. 1000): L up to a share of 1 / (1 + ln(U / L)), then growing by the same factor from
 * thousandth to thousandth, to U when all are. A seller who prices so earns at least
 * 1 / (1 + ln(U / L)) of what one who knew all that will be asked for could earn, and none can
 * promise more (Zhou, Chakrabarty and Lukose, "Budget constrained bidding in keyword auctions and
 * online knapsack problems", WINE 2008). It is the dual price of the accelerator, found as it
 * sells. */
#define PLENUM_PRICE_LOW_MICRO  INT64_C(1000000)  /* L */
#define PLENUM_PRICE_HIGH_MICRO INT64_C(10000000) /* U */
PLENUM_API int64_t plenum_price_hour_micro(int32_t sold_milli);
/* The posted price: what an accelerator-hour of a chip costs in [from_ms, until_ms), the mean over
 * its hours, and the share that is sold. What an offer costs is this of its window. */
PLENUM_API int64_t plenum_offer_price_posted(struct plenum_offer_desk *desk,
                                             const struct plenum_ledger *ledger, int32_t chip,
                                             int64_t from_ms, int64_t until_ms,
                                             int64_t *share_milli);
/* What it costs to hold what a job holds until end_ms instead of until its end; 0
 * where that is not later. */
PLENUM_API int64_t plenum_offer_price_more(struct plenum_offer_desk *desk,
                                           const struct plenum_ledger *ledger, uint64_t job,
                                           int64_t end_ms);

/* --- queue ------------------------------------------------------------------------------------ */

/* When a job that does not run yet is expected to start, and why not before. */
struct plenum_wait {
    int64_t start_ms;  /* foretold, with racks to come; PLENUM_FOREVER: not within two weeks */
    int64_t latest_ms; /* its window among what is in service; PLENUM_FOREVER: it has none */
    uint64_t behind;   /* the last job that must end first; 0: none */
    char reason[PLENUM_OFFER_TEXT];
};

/* CHECKs that there is such a job, queued or reserved. */
PLENUM_API void plenum_offer_wait(struct plenum_offer_desk *desk,
                                  const struct plenum_ledger *ledger, uint64_t job,
                                  struct plenum_wait *wait);

/* --- calendar --------------------------------------------------------------------------------- */

/* How much of a chip's accelerators can be sold and is sold in [from_ms, until_ms), as means in
 * thousandths of an accelerator. chip PLENUM_NONE: of all; rack PLENUM_NONE: of all racks. */
PLENUM_API void plenum_offer_sold(struct plenum_offer_desk *desk,
                                  const struct plenum_ledger *ledger, int32_t chip, int32_t rack,
                                  int64_t from_ms, int64_t until_ms, int64_t *total_milli,
                                  int64_t *sold_milli);

#endif
