/* What was sold: each job of the ledger with a promised start that is no job of Slurm becomes a
 * reservation, and follows it: other servers, another end, none any more.
 *
 * Slurm 22.05 reserves nodes, or cores of them, but no accelerators: who buys part of a server gets
 * so many of its cores, and what accelerators jobs in there take, Slurm does not limit. */
#include "edge/slurm/agent.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIVE_MAX = 1 << 24 };

static bool holds(const int64_t *row)
{
    return row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED ||
           row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING;
}

static bool is_sold(const int64_t *row)
{
    return row[PLENUM_JOB_PROMISED_MS] != 0 && row[PLENUM_JOB_ENGINE_JOB] == 0;
}

/* Cores reserved on each node; 0: all of it, as it takes all that a server has. */
static int64_t cores_of(const struct slurm_agent *agent, const struct plenum_ledger *ledger,
                        uint64_t id)
{
    struct plenum_capacity_claim claim;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    if (plenum_capacity_claims_of(ledger, plenum_ref(PLENUM_JOB, id), &claim, 1) == 0)
        return 0;
    const struct plenum_server_model *model =
        &agent->site->server_models[agent->site->servers[claim.server].model];
    if (row[PLENUM_JOB_CORES] >= model->cores ||
        (model->accelerators > 0 && row[PLENUM_JOB_ACCELERATORS] == model->accelerators))
        return 0;
    return row[PLENUM_JOB_CORES] > 0 ? row[PLENUM_JOB_CORES] : 1;
}

/* "CoreCnt=4,4": one number a node. */
static void order_cores(struct slurm_agent *agent, int64_t cores, int64_t nodes)
{
    enum { DIGITS = 8 };
    size_t room = (size_t)nodes * DIGITS, length = 0;
    char *list = arena_alloc(&agent->words, room, 1);
    for (int64_t i = 0; i < nodes; i++)
        length += (size_t)snprintf(list + length, room - length, "%s%d", i > 0 ? "," : "",
                                   (int)(cores % 1000000));
    slurm_order_word(agent, "CoreCnt=%s", list);
}

static void order_new(struct slurm_agent *agent, const struct plenum_ledger *ledger, uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    const char *tenant = agent->site->tenants[row[PLENUM_JOB_TENANT]].name;
    bool user = agent->cluster->is_user(agent->cluster->context, tenant);
    int64_t cores = cores_of(agent, ledger, id);
    if (!slurm_may_order(agent, SUBJECT_SOLD, (int64_t)id))
        return;
    slurm_order_begin(agent, "scontrol", "create");
    slurm_order_word(agent, "reservation");
    slurm_order_word(agent, "ReservationName=" SLURM_RESERVATION_PREFIX "%" PRIu64, id);
    slurm_order_nodes(agent, "Nodes", ledger, id);
    if (cores > 0)
        order_cores(agent, cores, row[PLENUM_JOB_SERVERS]);
    if (row[PLENUM_JOB_START_MS] > agent->now_ms)
        slurm_order_word(agent, "StartTime=uts%" PRId64, row[PLENUM_JOB_START_MS] / 1000);
    else
        slurm_order_word(agent, "StartTime=now");
    slurm_order_word(agent, "EndTime=uts%" PRId64, row[PLENUM_JOB_END_MS] / 1000);
    slurm_order_word(agent, "%s=%s", user ? "Users" : "Accounts", tenant);
    slurm_order_word(agent, "Flags=IGNORE_JOBS"); /* the ledger knows when they end */
    (void)slurm_order_give(agent, SUBJECT_SOLD, (int64_t)id);
}

static void order_no_more(struct slurm_agent *agent, uint64_t id, bool cancelled)
{
    if (!slurm_may_order(agent, SUBJECT_SOLD, (int64_t)id))
        return;
    if (cancelled) {
        slurm_order_begin(agent, "scancel", "--full");
        slurm_order_word(agent, "--reservation=" SLURM_RESERVATION_PREFIX "%" PRIu64, id);
        (void)slurm_order_give(agent, SUBJECT_SOLD, (int64_t)id);
    }
    slurm_order_begin(agent, "scontrol", "delete");
    slurm_order_word(agent, "ReservationName=" SLURM_RESERVATION_PREFIX "%" PRIu64, id);
    (void)slurm_order_give(agent, SUBJECT_SOLD, (int64_t)id);
}

/* --- what has changed ------------------------------------------------------------------------- */

struct compare {
    const struct slurm_agent *agent;
    const struct plenum_ledger *ledger;
    struct plenum_ref job;
    int64_t nodes;
};

static bool is_claimed(void *context, const char *name)
{
    struct compare *compare = context;
    int32_t rack = slurm_rack_find(compare->agent, name);
    if (rack == PLENUM_NONE)
        return false;
    int32_t server = slurm_server_of(compare->agent, rack);
    size_t count = plenum_capacity_claims_on(compare->ledger, server, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_on(compare->ledger, server, claims, count);
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || (claims[i].owner.kind == compare->job.kind &&
                          claims[i].owner.id == compare->job.id);
    free(claims);
    compare->nodes++;
    return found;
}

static bool same_nodes(const struct slurm_agent *agent, const struct plenum_ledger *ledger,
                       const struct slurm_reservation *reservation, uint64_t id)
{
    struct compare compare = {agent, ledger, plenum_ref(PLENUM_JOB, id), 0};
    return slurm_hostlist_walk(reservation->nodes, is_claimed, &compare) &&
           compare.nodes == plenum_ledger_get(ledger, PLENUM_JOB, id, PLENUM_JOB_SERVERS);
}

/* Slurm lets cores of nodes be reserved but not changed: such a one is made anew, a step later. */
static void order_change(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                         const struct slurm_reservation *reservation, uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    int64_t start_ms = row[PLENUM_JOB_START_MS], end_ms = row[PLENUM_JOB_END_MS];
    bool nodes = !same_nodes(agent, ledger, reservation, id);
    bool start = start_ms > agent->now_ms && start_ms / 1000 != reservation->start_ms / 1000;
    bool end = end_ms / 1000 != reservation->end_ms / 1000;
    if ((!nodes && !start && !end) || !slurm_may_order(agent, SUBJECT_SOLD, (int64_t)id))
        return;
    if (nodes && cores_of(agent, ledger, id) > 0) {
        order_no_more(agent, id, false);
        return;
    }
    slurm_order_begin(agent, "scontrol", "update");
    slurm_order_word(agent, "ReservationName=%s", reservation->name);
    if (nodes)
        slurm_order_nodes(agent, "Nodes", ledger, id);
    if (start)
        slurm_order_word(agent, "StartTime=uts%" PRId64, start_ms / 1000);
    if (end)
        slurm_order_word(agent, "EndTime=uts%" PRId64, end_ms / 1000);
    (void)slurm_order_give(agent, SUBJECT_SOLD, (int64_t)id);
}

/* --- all of them ------------------------------------------------------------------------------ */

static const struct slurm_reservation *find_reservation(const struct slurm_agent *agent,
                                                        uint64_t id)
{
    char name[SLURM_RESERVATION_MAX];
    size_t low = 0, high = agent->reservations.count;
    CHECK(text_format(name, sizeof name, SLURM_RESERVATION_PREFIX "%" PRIu64, id));
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(agent->reservations.items[middle].name, name);
        if (order == 0)
            return &agent->reservations.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The job of the ledger that a reservation is for, or 0. */
static uint64_t id_of(const struct slurm_reservation *reservation)
{
    uint64_t id;
    size_t length = sizeof SLURM_RESERVATION_PREFIX - 1;
    return strncmp(reservation->name, SLURM_RESERVATION_PREFIX, length) == 0 &&
                   text_to_u64(reservation->name + length, &id)
               ? id
               : 0;
}

/* First what frees nodes, then what takes them. */
void slurm_step_sold(struct slurm_agent *agent, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    for (size_t i = 0; i < agent->reservations.count; i++) {
        id = id_of(&agent->reservations.items[i]);
        row = id ? plenum_ledger_row(ledger, PLENUM_JOB, id) : NULL;
        if (id && (!row || !is_sold(row) || !holds(row)))
            order_no_more(agent, id, row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_CANCELLED);
    }
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row)) {
        if (!is_sold(row) || !holds(row) || row[PLENUM_JOB_END_MS] <= agent->now_ms)
            continue;
        const struct slurm_reservation *reservation = find_reservation(agent, id);
        if (reservation)
            order_change(agent, ledger, reservation, id);
        else
            order_new(agent, ledger, id);
    }
}
