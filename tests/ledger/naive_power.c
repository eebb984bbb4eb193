/* Power, as the naive ledger keeps it. */
#include <stdlib.h>

#include "base/check.h"
#include "naive_trial.h"

static bool under(const struct plenum_site *site, int32_t node, int32_t above)
{
    for (; node != PLENUM_NONE; node = site->power_nodes[node].parent)
        if (node == above)
            return true;
    return false;
}

/* What one claim puts on a node. */
static int64_t claim_w(const struct plenum_site *site, const struct plenum_power_claim *claim,
                       int32_t node, int32_t feed_lost)
{
    const struct plenum_load *load = &site->loads[claim->load];
    if (node >= site->power_node_count)
        return load->zone == node - site->power_node_count ? claim->watts : 0;
    if (site->power_nodes[node].feed == feed_lost)
        return 0;
    bool two = load->nodes[1] != PLENUM_NONE;
    for (int side = 0; side < 1 + two; side++) {
        int32_t other = load->nodes[1 - side];
        if (!under(site, load->nodes[side], node))
            continue;
        if (!two || site->power_nodes[other].feed == feed_lost)
            return claim->watts;
        return side == 0 ? (claim->watts + 1) / 2 : claim->watts / 2;
    }
    return 0;
}

int64_t naive_used_w(const struct naive *naive, int32_t node, int32_t feed_lost, int64_t at_ms)
{
    int64_t sum = 0;
    for (int i = 0; i < naive->power_count; i++)
        if (naive->power[i].from_ms <= at_ms && at_ms < naive->power[i].until_ms)
            sum += claim_w(naive->site, &naive->power[i], node, feed_lost);
    return sum;
}

int64_t naive_limit_w(const struct naive *naive, int32_t node, int32_t feed_lost, int64_t at_ms)
{
    const struct plenum_site *site = naive->site;
    if (node >= site->power_node_count)
        return site->cooling_zones[node - site->power_node_count].limit_w;
    bool lost = feed_lost != PLENUM_NONE;
    for (int i = naive->limit_count - 1; i >= 0; i--) {
        const struct naive_limit *limit = &naive->limits[i];
        if (limit->node == node && limit->from_ms <= at_ms && at_ms < limit->until_ms)
            return lost ? limit->failover_limit_w : limit->limit_w;
    }
    return lost ? site->power_nodes[node].failover_limit_w : site->power_nodes[node].limit_w;
}

struct instants {
    int64_t at[4 * NAIVE_CLAIMS + 4 * NAIVE_LIMITS + 1];
    int count;
};

static int by_time(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void instants_of(struct instants *instants, const struct naive *naive)
{
    for (int i = 0; i < naive->power_count; i++) {
        instants->at[instants->count++] = naive->power[i].from_ms;
        instants->at[instants->count++] = naive->power[i].until_ms;
    }
    for (int i = 0; i < naive->limit_count; i++) {
        instants->at[instants->count++] = naive->limits[i].from_ms;
        instants->at[instants->count++] = naive->limits[i].until_ms;
    }
}

/* Now, and all later instants where something may change in one of the two, in order. */
static void instants_make(struct instants *instants, const struct naive *before,
                          const struct naive *after)
{
    instants->count = 0;
    instants->at[instants->count++] = before->now_ms;
    instants_of(instants, before);
    instants_of(instants, after);
    qsort(instants->at, (size_t)instants->count, sizeof instants->at[0], by_time);
    int kept = 0;
    for (int i = 0; i < instants->count; i++)
        if (instants->at[i] >= before->now_ms && instants->at[i] != PLENUM_FOREVER &&
            (kept == 0 || instants->at[kept - 1] != instants->at[i]))
            instants->at[kept++] = instants->at[i];
    instants->count = kept;
}

/* All nodes with all scenarios, then the zones: false at the end. */
static bool next_gauge(const struct plenum_site *site, int32_t *node, int32_t *feed_lost)
{
    if (*node < site->power_node_count) {
        int32_t own = site->power_nodes[*node].feed;
        int32_t lost = *feed_lost == PLENUM_NONE ? own : *feed_lost;
        lost = (lost + 1) % site->feed_count;
        if (lost != own) {
            *feed_lost = lost;
            return true;
        }
    }
    *feed_lost = PLENUM_NONE;
    return ++*node < site->power_node_count + site->cooling_zone_count;
}

static void refuse_power(struct trial *trial, size_t op, int32_t node, int32_t feed_lost,
                         int64_t at_ms)
{
    const struct plenum_site *site = trial->after->site;
    bool zone = node >= site->power_node_count;
    enum plenum_reason reason = zone                       ? PLENUM_REASON_COOLING_LIMIT
                                : feed_lost == PLENUM_NONE ? PLENUM_REASON_POWER_LIMIT
                                                           : PLENUM_REASON_FEED_LOST_LIMIT;
    uint32_t op_before = trial->refusal.op;
    bool had = refused(trial);
    refuse(trial, op, reason);
    if (had && op_before <= op)
        return;
    trial->refusal.subject = zone ? node - site->power_node_count : node;
    trial->refusal.feed_lost = feed_lost;
    trial->refusal.from_ms = at_ms;
    trial->refusal.asked = naive_used_w(trial->after, node, feed_lost, at_ms);
    trial->refusal.limit = naive_limit_w(trial->after, node, feed_lost, at_ms);
}

static void do_release_power(struct naive *after, const struct plenum_op *op)
{
    int kept = 0;
    for (int i = 0; i < after->power_count; i++) {
        struct plenum_power_claim claim = after->power[i];
        if (same(claim.owner, op->release.owner) && claim.until_ms > op->release.from_ms)
            claim.until_ms = op->release.from_ms;
        if (claim.from_ms < claim.until_ms && claim.until_ms > after->now_ms)
            after->power[kept++] = claim;
    }
    after->power_count = kept;
}

static bool gauge_is_over(const struct trial *trial, int32_t node, int32_t feed_lost, int64_t at)
{
    return naive_used_w(trial->after, node, feed_lost, at) >
           naive_limit_w(trial->after, node, feed_lost, at);
}

/* With releases and limits alone: no gauge may be over at this instant. */
static void check_limits_now(struct trial *trial)
{
    const struct plenum_command *command = trial->command;
    int64_t now = trial->after->now_ms;
    for (size_t i = 0; i < command->op_count; i++) {
        int32_t node = -1, lost = PLENUM_NONE;
        if (command->ops[i].type != PLENUM_OP_LIMIT || command->ops[i].limit.from_ms != now)
            continue;
        node = command->ops[i].limit.node;
        for (int32_t at = node; at == node; next_gauge(trial->after->site, &at, &lost))
            if (gauge_is_over(trial, node, lost, now)) {
                refuse_power(trial, i, node, lost, now);
                return;
            }
    }
}

/* The first gauge and instant at which more is used than before, and more than allowed. */
static void check_claims(struct trial *trial, size_t op)
{
    const struct plenum_site *site = trial->after->site;
    struct instants instants;
    instants_make(&instants, trial->before, trial->after);
    for (int32_t node = -1, lost = PLENUM_NONE;
         node < 0 ? (node = 0, true) : next_gauge(site, &node, &lost);) {
        if (node >= site->power_node_count + site->cooling_zone_count)
            return;
        for (int i = 0; i < instants.count; i++) {
            int64_t at = instants.at[i];
            int64_t was = naive_used_w(trial->before, node, lost, at);
            if (naive_used_w(trial->after, node, lost, at) > was &&
                gauge_is_over(trial, node, lost, at)) {
                refuse_power(trial, op, node, lost, at);
                return;
            }
        }
    }
}

static void check_tick(struct trial *trial, size_t op, int64_t to_ms)
{
    const struct plenum_site *site = trial->after->site;
    struct instants instants;
    instants_make(&instants, trial->before, trial->after);
    for (int32_t node = 0, lost = PLENUM_NONE;
         node < site->power_node_count + site->cooling_zone_count;) {
        for (int i = 0; i < instants.count && instants.at[i] <= to_ms; i++)
            if (gauge_is_over(trial, node, lost, instants.at[i])) {
                refuse_power(trial, op, node, lost, instants.at[i]);
                return;
            }
        if (!next_gauge(site, &node, &lost))
            return;
    }
}

static void check_limits_once(struct trial *trial, size_t at)
{
    const struct plenum_op *ops = trial->command->ops;
    for (size_t i = 0; i < at; i++)
        if (ops[i].type == PLENUM_OP_LIMIT && ops[i].limit.node == ops[at].limit.node &&
            ops[i].limit.from_ms < ops[at].limit.until_ms &&
            ops[at].limit.from_ms < ops[i].limit.until_ms)
            refuse(trial, at, PLENUM_REASON_MALFORMED);
}

void trial_power(struct trial *trial)
{
    const struct plenum_command *command = trial->command;
    struct naive *after = trial->after;
    bool fits = true;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_POWER)
            do_release_power(after, op);
        if (op->type == PLENUM_OP_LIMIT) {
            check_limits_once(trial, i);
            CHECK(after->limit_count < NAIVE_LIMITS);
            after->limits[after->limit_count++] =
                (struct naive_limit){op->limit.node, op->limit.from_ms, op->limit.until_ms,
                                     op->limit.limit_w, op->limit.failover_limit_w};
        }
    }
    if (!refused(trial))
        check_limits_now(trial);
    fits = !refused(trial);
    for (size_t i = 0; i < command->op_count; i++) {
        if (command->ops[i].type != PLENUM_OP_POWER_CLAIM)
            continue;
        CHECK(after->power_count < NAIVE_CLAIMS);
        after->power[after->power_count++] = command->ops[i].power;
        if (fits)
            check_claims(trial, i);
        fits = fits && !refused(trial);
    }
    const struct plenum_op *last = &command->ops[command->op_count - 1];
    if (fits && last->type == PLENUM_OP_TICK)
        check_tick(trial, command->op_count - 1, last->tick.to_ms);
}
/* All that is carried from now to to_ms, that instant among them. */
void naive_keep_peaks(struct naive *after, int64_t to_ms)
{
    const struct plenum_site *site = after->site;
    struct instants instants;
    instants_make(&instants, after, after);
    for (int32_t node = 0, lost = PLENUM_NONE; node < site->power_node_count;) {
        int64_t *peak = &after->peaks_w[node][lost + 1];
        for (int i = 0; i < instants.count && instants.at[i] <= to_ms; i++) {
            int64_t used = naive_used_w(after, node, lost, instants.at[i]);
            *peak = used > *peak ? used : *peak;
        }
        next_gauge(site, &node, &lost);
    }
}
