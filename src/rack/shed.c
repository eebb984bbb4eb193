/* One victim at a time: the ledger says which node is over first, and when; among the claims under
 * that node at that instant the mildest measure of enum plenum_shed_step that still finds a victim
 * is taken; then the ledger is asked again. Each victim is given up once at most in a step of a
 * measure, so the loop ends. */
#include "rack/shed.h"

#include "rack/drain.h"
#include "rack/slow.h"

#include "base/check.h"
#include "base/memory.h"

#include <plenum/rack.h>
#include <stdlib.h>

static const char ACTOR[] = "planner/rack";
static const int64_t SOLD_RANK = INT64_C(1) << 40; /* a start that was sold goes last of its step */

/* Where and when too much is claimed. A zone is node = power_node_count + zone. */
struct over {
    int32_t node;
    int64_t at_ms;
};

/* A claim that could go. Larger rank goes first; ties by owner. */
struct victim {
    struct plenum_power_claim claim;
    enum plenum_shed_step step;
    int64_t rank_first, rank_second;
};

static bool load_is_under(const struct plenum_site *site, const struct plenum_load *load,
                          int32_t node)
{
    if (node >= site->power_node_count)
        return load->zone == node - site->power_node_count;
    for (int i = 0; i < 2; i++)
        for (int32_t n = load->nodes[i]; n != PLENUM_NONE; n = site->power_nodes[n].parent)
            if (n == node)
                return true;
    return false;
}

static bool victim_before(const struct victim *a, const struct victim *b)
{
    if (a->step != b->step)
        return a->step < b->step;
    if (a->rank_first != b->rank_first)
        return a->rank_first > b->rank_first;
    if (a->rank_second != b->rank_second)
        return a->rank_second > b->rank_second;
    return a->claim.owner.id > b->claim.owner.id;
}

/* Which measure would take this claim, and how soon among its kind. False: none ever would. */
static bool victim_judge(const struct plenum_ledger *ledger, const struct plenum_power_claim *claim,
                         struct victim *victim)
{
    const int64_t *row = plenum_ledger_row(ledger, claim->owner.kind, claim->owner.id);
    CHECK(row);
    victim->claim = *claim;
    victim->rank_second = row[PLENUM_FIELD_SINCE_MS];
    switch ((enum plenum_kind)claim->owner.kind) {
    case PLENUM_ROBOT:
    case PLENUM_DRONE:
        victim->step = PLENUM_SHED_CHARGING;
        victim->rank_first = slow_charging_can(ledger, claim);
        victim->rank_second = claim->watts;
        return true;
    case PLENUM_JOB:
        victim->step = row[PLENUM_JOB_PREEMPTIBLE] ? PLENUM_SHED_PREEMPTIBLE : PLENUM_SHED_JOBS;
        victim->rank_first =
            -row[PLENUM_JOB_PRIORITY] - (row[PLENUM_JOB_PROMISED_MS] != 0 ? SOLD_RANK : 0);
        return true;
    case PLENUM_RACK:
        victim->step = PLENUM_SHED_RACKS;
        victim->rank_first = row[PLENUM_FIELD_STATE] != PLENUM_RACK_IN_SERVICE;
        return true;
    default:
        return false;
    }
}

static void consider_load(const struct plenum_ledger *ledger, int32_t load, int64_t at_ms,
                          struct victim *best, bool *found)
{
    size_t count = plenum_power_claims_at(ledger, load, NULL, 0);
    struct plenum_power_claim *claims = memory_new(count, sizeof *claims);
    plenum_power_claims_at(ledger, load, claims, count);
    for (size_t i = 0; i < count; i++) {
        struct victim victim;
        if (claims[i].from_ms > at_ms || claims[i].until_ms <= at_ms ||
            !victim_judge(ledger, &claims[i], &victim))
            continue;
        if (!*found || victim_before(&victim, best))
            *best = victim;
        *found = true;
    }
    free(claims);
}

static bool find_victim(const struct plenum_ledger *ledger, const struct over *over,
                        struct victim *victim)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    bool found = false;
    for (int32_t load = 0; load < site->load_count; load++)
        if (load_is_under(site, &site->loads[load], over->node))
            consider_load(ledger, load, over->at_ms, victim, &found);
    return found;
}

/* Switched off in good order: it can be powered again when there are watts. One that is to come
 * loses the watts that are kept for it. */
static void switch_off_rack(const struct plenum_ledger *ledger, struct plenum_command *command,
                            struct plenum_ref rack)
{
    int64_t state = plenum_ledger_get(ledger, PLENUM_RACK, rack.id, PLENUM_FIELD_STATE);
    drain_rack(ledger, command, (int32_t)rack.id);
    plenum_command_release(command, rack, PLENUM_BOOK_POWER, plenum_ledger_now_ms(ledger));
    plenum_command_set(command, rack, PLENUM_RACK_EXPECTED_MS, 0);
    if (state >= PLENUM_RACK_POWERED && state <= PLENUM_RACK_IN_SERVICE)
        plenum_command_set(command, rack, PLENUM_FIELD_STATE, PLENUM_RACK_CABLED);
}

static enum plenum_status give_up(const struct plenum_port *port, struct plenum_command *command,
                                  const struct victim *victim, struct plenum_outcome *outcome)
{
    const struct plenum_ledger *ledger = port->ledger;
    struct plenum_ref owner = victim->claim.owner;
    plenum_command_reset(command, PLENUM_COMMAND_POWER_SHED, ACTOR);
    if (owner.kind == PLENUM_ROBOT || owner.kind == PLENUM_DRONE)
        slow_charging(ledger, command, &victim->claim);
    else if (owner.kind == PLENUM_JOB)
        drain_job(ledger, command, owner.id);
    else
        switch_off_rack(ledger, command, owner);
    return plenum_port_submit(port, command, outcome);
}

enum plenum_status shed_before_limits(const struct plenum_port *port,
                                      struct plenum_command *command)
{
    const struct plenum_ledger *ledger = port->ledger;
    for (;;) {
        struct over over;
        struct victim victim = {0};
        struct plenum_outcome outcome;
        int32_t feed_lost;
        over.at_ms = plenum_power_first_over(ledger, &over.node, &feed_lost);
        if (over.at_ms == PLENUM_FOREVER ||
            over.at_ms > plenum_ledger_now_ms(ledger) + PLENUM_SHED_LEAD_MS ||
            !find_victim(ledger, &over, &victim))
            return PLENUM_OK;
        enum plenum_status status = give_up(port, command, &victim, &outcome);
        if (status != PLENUM_OK || !outcome.taken)
            return status;
    }
}
