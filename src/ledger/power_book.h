/* Power book: watts claimed at loads, and what every node of the power tree carries for them.
 *
 * A node is judged with all feeds up, and with each feed but its own lost (with its own lost it is
 * dark). Each such pair, and each cooling zone, is a gauge:
 *
 *     node * feed_count                all feeds up
 *     node * feed_count + k            feed (own + k) mod feed_count lost
 *     node_count * feed_count + zone   the heat of the zone
 *
 * and has a timeline of its headroom: limit less what is claimed, at every instant from now on.
 * A claim of w watts at a load (struct plenum_load) counts at every node from the load's nodes up
 * to the feeds: half each with both feeds up, the odd watt at the first; all of it at the other
 * when one of the two is lost. In the zone it counts whole.
 *
 * What is always true:
 *   P1  headroom = limit - the sum of what claims count there, at every instant from now on.
 *   P2  where headroom is negative the limit was lowered after the claims were taken, and the
 *       gauge is marked (lowered).
 *   P3  every claim ends after now.
 *   P4  peaks hold the greatest sum at every instant up to now that the clock has left. */
#ifndef LEDGER_POWER_BOOK_H
#define LEDGER_POWER_BOOK_H

#include <plenum/ledger.h>

#include "base/bytes.h"
#include "base/timeline.h"
#include "ledger/expiry.h"
#include "ledger/owner_map.h"

/* What one gauge has, beside its timelines. */
struct power_gauge {
    int64_t peak_w;
    int64_t next_ms; /* until then it carries what was last counted for its peak */
    bool lowered;    /* may be over its limit at some instant */
};

/* What a claim of some watts comes to at a gauge. */
enum power_part { POWER_WHOLE, POWER_FIRST_HALF, POWER_SECOND_HALF };

struct power_share {
    int32_t gauge;
    enum power_part part;
    int64_t watts;
};

enum { POWER_SHARES_MAX = 2 * PLENUM_POWER_DEPTH_MAX * PLENUM_FEEDS_MAX + 1 };

/* A change that a command would make at a gauge, from an instant on. */
struct power_event {
    int32_t gauge;
    uint32_t op;
    bool claim; /* of a claim; else of a release or a limit */
    int64_t instant;
    int64_t usage_w; /* so much more is used */
    int64_t limit_w; /* so much more is allowed */
};

struct power_events {
    struct power_event *items;
    size_t count, room;
};

struct power_book {
    const struct plenum_site *site;
    int32_t gauge_count, limit_count;
    struct timeline *headrooms; /* by gauge */
    struct timeline *limits;    /* 2 a node: all feeds up, one lost; then 1 a zone */
    struct power_gauge *gauges;
    int32_t lowered_count;
    int64_t next_ms;                   /* the least of the gauges' */
    struct plenum_power_claim *claims; /* by slot */
    size_t slot_count, slot_room;
    uint32_t *free_slots;
    size_t free_count, free_room;
    struct owner_map by_owner, by_load; /* by_load: key {0, load} */
    struct owner_map by_age;            /* key {0, 0} */
    struct expiry expiry;
    int64_t now_ms;
    struct power_events *events; /* scratch of tests; means nothing between two calls */
};

void power_book_init(struct power_book *book, const struct plenum_site *site);
void power_book_finish(struct power_book *book);
/* Also judges a TICK: the clock must not enter an instant where a gauge is over its limit. */
bool power_book_test(const struct power_book *book, const struct plenum_command *command,
                     int64_t now_ms, struct plenum_refusal *refusal);
void power_book_apply(struct power_book *book, const struct plenum_command *command,
                      int64_t now_ms);
void power_book_advance(struct power_book *book, int64_t now_ms);
void power_book_write(const struct power_book *book, struct bytes *bytes);
bool power_book_read(struct power_book *book, struct bytes_reader *reader);
bool power_book_holds(const struct power_book *book, struct plenum_ref owner);

/* The gauge of a node in a scenario: PLENUM_NONE, or a feed that is not its own. */
int32_t power_gauge_of(const struct plenum_site *site, int32_t node, int32_t feed_lost);
/* The gauge's timeline in limits. */
int32_t power_limit_of(const struct plenum_site *site, int32_t gauge);
/* What a claim at the load comes to, at each gauge at most once, in order of gauges; gives how many
 * there are. Shares of 0 W are among them. */
int32_t power_shares(const struct plenum_site *site, int32_t load, int64_t watts,
                     struct power_share shares[POWER_SHARES_MAX]);
/* Node (zones: power_node_count + zone) and lost feed of a gauge. */
void power_gauge_name(const struct plenum_site *site, int32_t gauge, int32_t *node,
                      int32_t *feed_lost);

/* The owner's claims, and those at a load: slots in the order in which they were made. */
uint32_t power_book_first_of(const struct power_book *book, struct plenum_ref owner);
uint32_t power_book_next_of(const struct power_book *book, uint32_t slot);
uint32_t power_book_first_at(const struct power_book *book, int32_t load);
uint32_t power_book_next_at(const struct power_book *book, uint32_t slot);

/* See plenum_power_* in ledger.h. */
int64_t power_book_node_w(const struct power_book *book, int32_t node, int32_t feed_lost,
                          int64_t at_ms);
int64_t power_book_limit_w(const struct power_book *book, int32_t node, int32_t feed_lost,
                           int64_t at_ms);
int64_t power_book_peak_w(const struct power_book *book, int32_t node, int32_t feed_lost);
int64_t power_book_zone_w(const struct power_book *book, int32_t zone, int64_t at_ms);
int64_t power_book_headroom_w(const struct power_book *book, int32_t load, int64_t from_ms,
                              int64_t until_ms);
int64_t power_book_first_fit(const struct power_book *book, int32_t load, int64_t from_ms,
                             int64_t latest_ms, int64_t length_ms, int64_t watts);
int64_t power_book_first_over(const struct power_book *book, int32_t *node, int32_t *feed_lost);

#endif
