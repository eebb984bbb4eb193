/* All jobs and servers are read anew for each move. Jobs are tried in the order of what their
 * servers hold, the least first; each goes to the fullest server that has room for it. */
#include "capacity/site_defrag.h"

#include "base/memory.h"
#include "capacity/site_fit.h"
#include "capacity/site_reclaim.h"

#include <stdlib.h>

static const char ACTOR[] = "planner/capacity";

#define DAY_MS   (INT64_C(24) * 3600 * 1000)
#define WORTH_MS (INT64_C(30) * 60 * 1000) /* a job that ends sooner makes room by itself */

enum {
    TRIES_MAX = 64, /* jobs for which a server is looked for, for one move */
    JOBS_MAX = 1 << 24
};

struct holding { /* of a server, thousandths of accelerators */
    int64_t held_milli, movable_milli;
};

struct mover {
    uint64_t job;
    int64_t left_milli; /* that its server holds besides it */
    int32_t server;
};

struct site_defrag {
    const struct plenum_site *site;
    struct site_fit *fit;
    struct holding *holdings; /* by server */
    struct mover *movers;
    size_t mover_count, mover_capacity;
};

struct site_defrag *site_defrag_create(const struct plenum_site *site)
{
    struct site_defrag *defrag = memory_new(1, sizeof *defrag);
    defrag->site = site;
    defrag->fit = site_fit_create(site);
    defrag->holdings = memory_new((size_t)site->server_count, sizeof *defrag->holdings);
    return defrag;
}

void site_defrag_destroy(struct site_defrag *defrag)
{
    if (!defrag)
        return;
    site_fit_destroy(defrag->fit);
    free(defrag->holdings);
    free(defrag->movers);
    free(defrag);
}

/* How many of a day's moves have come due by an instant before the quiet hours end. */
static int64_t moves_due(const struct plenum_defragment *quiet, int64_t of_day_ms)
{
    if (of_day_ms < quiet->from_ms)
        return 0;
    return (of_day_ms - quiet->from_ms) * quiet->moves / (quiet->until_ms - quiet->from_ms) + 1;
}

bool site_defrag_due(const struct site_defrag *defrag, int64_t now_ms, int64_t round_ms)
{
    const struct plenum_defragment *quiet = &defrag->site->defragment;
    int64_t of_day_ms = now_ms % DAY_MS;
    if (quiet->moves == 0 || of_day_ms < quiet->from_ms || of_day_ms >= quiet->until_ms)
        return false;
    return moves_due(quiet, of_day_ms) != moves_due(quiet, of_day_ms - round_ms);
}

/* --- what may be moved ------------------------------------------------------------------------ */

static int64_t width_of(const int64_t *row)
{
    return row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI];
}

/* D1; and it runs long enough to be worth it. */
static bool job_may_move(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING && row[PLENUM_JOB_SERVERS] == 1 &&
           row[PLENUM_JOB_ACCELERATORS] > 0 && row[PLENUM_JOB_PREEMPTIBLE] != 0 &&
           row[PLENUM_JOB_END_MS] >= now_ms + WORTH_MS && !site_reclaim_told_lately(row, now_ms);
}

static void read_holdings(struct site_defrag *defrag, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = defrag->site;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    for (int32_t server = 0; server < site->server_count; server++) {
        struct plenum_capacity_free free_on;
        int32_t devices = site->server_models[site->servers[server].model].accelerators;
        plenum_capacity_free_on(ledger, server, now_ms, now_ms + site->step_ms, &free_on);
        defrag->holdings[server] = (struct holding){0};
        for (int32_t i = 0; i < devices && free_on.offered; i++)
            defrag->holdings[server].held_milli += 1000 - free_on.milli[i];
    }
}

static void read_movers(struct site_defrag *defrag, const struct plenum_ledger *ledger)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    defrag->mover_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row)) {
        struct plenum_capacity_claim claim;
        if (!job_may_move(row, now_ms) ||
            plenum_capacity_claims_of(ledger, plenum_ref(PLENUM_JOB, id), &claim, 1) != 1)
            continue;
        defrag->holdings[claim.server].movable_milli += width_of(row);
        ARRAY_PUSH(defrag->movers, defrag->mover_count, defrag->mover_capacity, JOBS_MAX) =
            (struct mover){id, -width_of(row), claim.server};
    }
}

static int compare_movers(const void *a, const void *b)
{
    const struct mover *x = a, *y = b;
    if (x->left_milli != y->left_milli)
        return x->left_milli < y->left_milli ? -1 : 1;
    return (x->job > y->job) - (x->job < y->job);
}

/* D2: keeps those whose server can come free, the nearest to it first. */
static void choose_movers(struct site_defrag *defrag)
{
    size_t kept = 0;
    for (size_t i = 0; i < defrag->mover_count; i++) {
        struct mover mover = defrag->movers[i];
        const struct holding *holding = &defrag->holdings[mover.server];
        mover.left_milli += holding->held_milli;
        if (holding->movable_milli == holding->held_milli)
            defrag->movers[kept++] = mover;
    }
    defrag->mover_count = kept;
    if (kept > 1)
        qsort(defrag->movers, kept, sizeof *defrag->movers, compare_movers);
}

/* --- where to --------------------------------------------------------------------------------- */

/* What the job asks of its new server: all that is left to run, and the pause. */
static struct fit_request request_of(const struct site_defrag *defrag, const int64_t *row,
                                     int64_t start_ms)
{
    struct fit_request request = fit_request_of(row);
    request.length_ms = row[PLENUM_JOB_END_MS] - start_ms + defrag->site->defragment.pause_ms;
    return request;
}

/* D3: the fullest server with room, or PLENUM_NONE. */
static int32_t server_for(struct site_defrag *defrag, const struct plenum_ledger *ledger,
                          const struct mover *mover, const struct fit_request *request,
                          int64_t start_ms)
{
    const struct plenum_site *site = defrag->site;
    int32_t best = PLENUM_NONE;
    int64_t fullest_milli = mover->left_milli;
    for (int32_t server = 0; server < site->server_count; server++) {
        if (defrag->holdings[server].held_milli <= fullest_milli || server == mover->server ||
            !site_fit_serves(&site->server_models[site->servers[server].model], request) ||
            site_calendar_next(site_fit_calendar(defrag->fit), ledger, server, request, start_ms) !=
                start_ms)
            continue;
        best = server;
        fullest_milli = defrag->holdings[server].held_milli;
    }
    return best;
}

/* D5. */
static void fill(struct site_defrag *defrag, const struct plenum_ledger *ledger, uint64_t id,
                 const struct fit_request *request, int64_t start_ms,
                 struct plenum_command *command)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    int64_t pause_ms = defrag->site->defragment.pause_ms;
    plenum_command_reset(command, PLENUM_COMMAND_JOB_MOVE, ACTOR);
    plenum_command_release(command, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, start_ms);
    site_fit_claim(defrag->fit, ledger, command, job, request, start_ms);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, row[PLENUM_JOB_END_MS] + pause_ms);
    plenum_command_set(command, job, PLENUM_JOB_LEFT_MS, row[PLENUM_JOB_LEFT_MS] + pause_ms);
    plenum_command_set(command, job, PLENUM_JOB_PREEMPTED_MS, start_ms);
}

bool site_defrag_move(struct site_defrag *defrag, const struct plenum_ledger *ledger,
                      struct plenum_command *command)
{
    struct plenum_refusal refusal;
    int64_t start_ms = plenum_ledger_now_ms(ledger) + RECLAIM_NOTICE_MS;
    read_holdings(defrag, ledger);
    read_movers(defrag, ledger);
    choose_movers(defrag);
    for (size_t i = 0; i < defrag->mover_count && i < TRIES_MAX; i++) {
        const struct mover *mover = &defrag->movers[i];
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, mover->job);
        struct fit_request request = request_of(defrag, row, start_ms);
        int32_t server = server_for(defrag, ledger, mover, &request, start_ms);
        if (server == PLENUM_NONE)
            continue;
        site_fit_choose(defrag->fit, server);
        fill(defrag, ledger, mover->job, &request, start_ms, command);
        if (plenum_ledger_test(ledger, command, &refusal))
            return true;
    }
    return false;
}
