/* A naive ledger: plain lists, every question answered by going through all of them, at every
 * instant where something changes. It shares no code with src/ledger and tells the same answers,
 * only slower. Airspace is not in it (tests of the air book have their own).
 *
 * Its refusals name reason and operation; for power also subject, lost feed, figures, instant. */
#ifndef TESTS_NAIVE_H
#define TESTS_NAIVE_H

#include <plenum/ledger.h>

enum {
    NAIVE_NODES = 16,
    NAIVE_CLAIMS = 512,
    NAIVE_ROWS = 512,
    NAIVE_LIMITS = 64,
    NAIVE_SERVERS = 64,
    NAIVE_ROBOTS = 32,
    NAIVE_CLOSED = 64
};

struct naive_row {
    struct plenum_ref ref;
    bool gone;
    int64_t fields[PLENUM_FIELDS_MAX];
};

struct naive_limit {
    int32_t node;
    int64_t from_ms, until_ms, limit_w, failover_limit_w;
};

struct naive_window {
    int64_t from_ms, until_ms;
};

struct naive_closed {
    struct plenum_ref owner;
    int32_t cell;
};

struct naive {
    const struct plenum_site *site;
    int64_t now_ms, stepped_ms;
    uint64_t next_id[PLENUM_KIND_COUNT];
    struct plenum_power_claim power[NAIVE_CLAIMS];
    struct plenum_capacity_claim capacity[NAIVE_CLAIMS];
    struct naive_row rows[NAIVE_ROWS];
    struct naive_limit limits[NAIVE_LIMITS]; /* the later holds */
    struct naive_window windows[NAIVE_SERVERS];
    struct naive_closed closed[NAIVE_CLOSED];
    int64_t peaks_w[NAIVE_NODES][PLENUM_FEEDS_MAX + 1]; /* by node and lost feed + 1 */
    int32_t cells[NAIVE_ROBOTS];
    int64_t moves[NAIVE_ROBOTS];
    int power_count, capacity_count, row_count, limit_count, closed_count;
};

void naive_init(struct naive *naive, const struct plenum_site *site);
/* True when the command is taken; the state is then the one after it. */
bool naive_submit(struct naive *naive, const struct plenum_command *command,
                  struct plenum_refusal *refusal);

const int64_t *naive_find(const struct naive *naive, struct plenum_ref ref);
/* node: power_node_count + zone for a zone. */
int64_t naive_used_w(const struct naive *naive, int32_t node, int32_t feed_lost, int64_t at_ms);
int64_t naive_limit_w(const struct naive *naive, int32_t node, int32_t feed_lost, int64_t at_ms);

#endif
