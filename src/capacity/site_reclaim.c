/* A search over a calendar that leaves out what may give way finds where and when; then those on
 * the servers it found are given back to the calendar one by one, as long as the window fits. */
#include "capacity/site_reclaim.h"

#include "base/check.h"
#include "base/memory.h"
#include "capacity/site_fit.h"

#include <stdlib.h>

static const char ACTOR[] = "planner/capacity";

#define HOUR_MS INT64_C(3600000)

enum { VICTIMS_MAX = 1 << 20 };

struct victim {
    uint64_t job;
    int64_t priority, since_ms;
    bool spared;
};

struct site_reclaim {
    const struct plenum_site *site;
    struct site_fit *fit;
    struct victim *victims;
    size_t victim_count, victim_capacity;
    struct plenum_capacity_claim *claims;
    size_t claim_capacity;
    /* Of the search that runs: */
    uint64_t job;
    const int64_t *row; /* of that job */
    const struct site_tenants *tenants;
    bool chosen; /* only the victims give way, but those that are spared */
};

/* --- who gives way ---------------------------------------------------------------------------- */

bool site_reclaim_told_lately(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_JOB_PREEMPTED_MS] != 0 &&
           now_ms - row[PLENUM_JOB_PREEMPTED_MS] < RECLAIM_AGAIN_MS;
}

bool site_reclaim_may(const struct plenum_ledger *ledger, const struct site_tenants *tenants,
                      const int64_t *job_row, uint64_t other)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, other);
    bool sold = job_row[PLENUM_JOB_PROMISED_MS] != 0;
    if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED)
        return sold && row[PLENUM_JOB_PROMISED_MS] == 0;
    if (row[PLENUM_FIELD_STATE] != PLENUM_JOB_RUNNING || !row[PLENUM_JOB_PREEMPTIBLE] ||
        site_reclaim_told_lately(row, plenum_ledger_now_ms(ledger)))
        return false;
    if (sold)
        return row[PLENUM_JOB_PRIORITY] <= job_row[PLENUM_JOB_PRIORITY];
    int32_t slot = site_tenants_slot(tenants, ledger, other, row);
    return slot != PLENUM_NONE &&
           site_tenants_owes(tenants, (int32_t)job_row[PLENUM_JOB_TENANT],
                             (int32_t)row[PLENUM_JOB_TENANT], slot, site_job_milli(job_row));
}

static bool may_give_way(const struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                         uint64_t job)
{
    return site_reclaim_may(ledger, reclaim->tenants, reclaim->row, job);
}

static struct victim *find_victim(const struct site_reclaim *reclaim, uint64_t job)
{
    for (size_t i = 0; i < reclaim->victim_count; i++)
        if (reclaim->victims[i].job == job)
            return &reclaim->victims[i];
    return NULL;
}

/* Until when a claim counts in the search: see struct calendar_view. */
static int64_t counts_until(void *context, const struct plenum_ledger *ledger,
                            const struct plenum_capacity_claim *claim)
{
    struct site_reclaim *reclaim = context;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    if (claim->owner.kind != PLENUM_JOB)
        return claim->until_ms;
    if (claim->owner.id == reclaim->job)
        return claim->from_ms;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, claim->owner.id);
    const struct victim *victim = reclaim->chosen ? find_victim(reclaim, claim->owner.id) : NULL;
    bool gives = reclaim->chosen ? victim && !victim->spared
                                 : may_give_way(reclaim, ledger, claim->owner.id);
    if (!gives)
        return claim->until_ms;
    return row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING ? now_ms + RECLAIM_NOTICE_MS
                                                         : claim->from_ms;
}

struct site_reclaim *site_reclaim_create(const struct plenum_site *site)
{
    struct site_reclaim *reclaim = memory_new(1, sizeof *reclaim);
    reclaim->site = site;
    reclaim->fit = site_fit_create(site);
    return reclaim;
}

void site_reclaim_destroy(struct site_reclaim *reclaim)
{
    if (!reclaim)
        return;
    site_fit_destroy(reclaim->fit);
    free(reclaim->victims);
    free(reclaim->claims);
    free(reclaim);
}

static void set_view(struct site_reclaim *reclaim, bool chosen)
{
    reclaim->chosen = chosen;
    site_calendar_look(site_fit_calendar(reclaim->fit), counts_until, reclaim);
}

/* --- victims ---------------------------------------------------------------------------------- */

static void add_victim(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                       uint64_t job)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    if (job == reclaim->job || find_victim(reclaim, job) || !may_give_way(reclaim, ledger, job))
        return;
    struct victim victim = {job, row[PLENUM_JOB_PRIORITY], row[PLENUM_FIELD_SINCE_MS], false};
    ARRAY_PUSH(reclaim->victims, reclaim->victim_count, reclaim->victim_capacity, VICTIMS_MAX) =
        victim;
}

/* All that may give way on a server in the window. */
static void add_victims_on(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                           int32_t server, int64_t from_ms, int64_t until_ms)
{
    size_t count = plenum_capacity_claims_on(ledger, server, NULL, 0);
    reclaim->claims = array_reserve(reclaim->claims, &reclaim->claim_capacity, count,
                                    sizeof *reclaim->claims, VICTIMS_MAX);
    plenum_capacity_claims_on(ledger, server, reclaim->claims, count);
    for (size_t i = 0; i < count; i++)
        if (reclaim->claims[i].owner.kind == PLENUM_JOB && reclaim->claims[i].from_ms < until_ms &&
            reclaim->claims[i].until_ms > from_ms)
            add_victim(reclaim, ledger, reclaim->claims[i].owner.id);
}

/* Whom to spare first: the highest priority, then the oldest. */
static int compare_victims(const void *a, const void *b)
{
    const struct victim *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    if (x->since_ms != y->since_ms)
        return x->since_ms < y->since_ms ? -1 : 1;
    return (x->job > y->job) - (x->job < y->job);
}

static bool still_fits(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                       const struct fit_request *request, const int32_t *servers, int64_t start_ms)
{
    set_view(reclaim, true);
    for (int32_t i = 0; i < request->servers; i++)
        if (site_calendar_next(site_fit_calendar(reclaim->fit), ledger, servers[i], request,
                               start_ms) != start_ms)
            return false;
    return true;
}

static void choose_victims(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                           const struct fit_request *request, int64_t start_ms)
{
    int32_t *servers = memory_new((size_t)request->servers, sizeof *servers);
    reclaim->victim_count = 0;
    for (int32_t i = 0; i < request->servers; i++) {
        servers[i] = site_fit_found(reclaim->fit, i);
        add_victims_on(reclaim, ledger, servers[i], start_ms, start_ms + request->length_ms);
    }
    if (reclaim->victim_count > 1)
        qsort(reclaim->victims, reclaim->victim_count, sizeof *reclaim->victims, compare_victims);
    for (size_t i = 0; i < reclaim->victim_count; i++) {
        reclaim->victims[i].spared = true;
        reclaim->victims[i].spared = still_fits(reclaim, ledger, request, servers, start_ms);
    }
    set_view(reclaim, true);
    free(servers);
}

/* G7. */
static bool takes_too_much(const struct site_reclaim *reclaim, const struct plenum_ledger *ledger)
{
    const int64_t *own = reclaim->row;
    int64_t taken_milli = 0, waits_ms = plenum_ledger_now_ms(ledger) - site_job_asked_ms(own);
    for (size_t i = 0; i < reclaim->victim_count; i++)
        if (!reclaim->victims[i].spared)
            taken_milli +=
                site_job_milli(plenum_ledger_row(ledger, PLENUM_JOB, reclaim->victims[i].job));
    return own[PLENUM_JOB_PROMISED_MS] == 0 && waits_ms < RECLAIM_AT_ANY_COST_MS &&
           taken_milli > site_job_milli(own) * (waits_ms / HOUR_MS);
}

/* --- the command ------------------------------------------------------------------------------ */

bool site_reclaim_told(const int64_t *job_row)
{
    return job_row[PLENUM_JOB_PREEMPTED_MS] != 0 &&
           job_row[PLENUM_JOB_PREEMPTED_MS] == job_row[PLENUM_JOB_END_MS];
}

void site_reclaim_put_back(const struct plenum_ledger *ledger, struct plenum_command *command,
                           uint64_t job)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    int64_t now_ms = plenum_ledger_now_ms(ledger), step_ms = plenum_ledger_site(ledger)->step_ms;
    bool ran = row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING;
    int64_t left_ms = row[PLENUM_JOB_LEFT_MS] - (ran ? now_ms - row[PLENUM_FIELD_SINCE_MS] : 0);
    plenum_command_release(command, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, now_ms);
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, PLENUM_JOB_QUEUED);
    plenum_command_set(command, ref, PLENUM_JOB_LEFT_MS, left_ms < step_ms ? step_ms : left_ms);
    plenum_command_set(command, ref, PLENUM_JOB_START_MS, PLENUM_FOREVER);
    plenum_command_set(command, ref, PLENUM_JOB_END_MS, PLENUM_FOREVER);
    if (ran)
        plenum_command_set(command, ref, PLENUM_JOB_PREEMPTIONS, row[PLENUM_JOB_PREEMPTIONS] + 1);
}

/* A job that runs keeps what it has until the other starts. */
static void give_way(const struct plenum_ledger *ledger, struct plenum_command *command,
                     uint64_t job, int64_t start_ms)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    if (plenum_ledger_get(ledger, PLENUM_JOB, job, PLENUM_FIELD_STATE) != PLENUM_JOB_RUNNING) {
        site_reclaim_put_back(ledger, command, job);
        return;
    }
    plenum_command_release(command, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, start_ms);
    plenum_command_set(command, ref, PLENUM_JOB_END_MS, start_ms);
    plenum_command_set(command, ref, PLENUM_JOB_PREEMPTED_MS, start_ms);
}

static void fill(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                 const struct fit_request *request, int64_t start_ms,
                 struct plenum_command *command)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, reclaim->job);
    plenum_command_reset(command, PLENUM_COMMAND_JOB_PREEMPT, ACTOR);
    for (size_t i = 0; i < reclaim->victim_count; i++)
        if (!reclaim->victims[i].spared)
            give_way(ledger, command, reclaim->victims[i].job, start_ms);
    if (reclaim->row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED)
        plenum_command_release(command, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY,
                               plenum_ledger_now_ms(ledger));
    else
        plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RESERVED);
    site_fit_claim(reclaim->fit, ledger, command, job, request, start_ms);
    plenum_command_set(command, job, PLENUM_JOB_START_MS, start_ms);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, start_ms + request->length_ms);
}

bool site_reclaim_window(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                         const struct site_tenants *tenants, uint64_t job, int64_t from_ms,
                         int64_t latest_ms, struct plenum_command *command)
{
    struct plenum_refusal refusal;
    int64_t notice_ms = plenum_ledger_now_ms(ledger) + RECLAIM_NOTICE_MS;
    reclaim->job = job;
    reclaim->row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    reclaim->tenants = tenants;
    CHECK(reclaim->row && reclaim->row[PLENUM_FIELD_STATE] <= PLENUM_JOB_RESERVED);
    struct fit_request request = fit_request_of(reclaim->row);
    set_view(reclaim, false);
    from_ms = from_ms > notice_ms ? from_ms : notice_ms;
    int64_t start_ms = site_fit_search(reclaim->fit, ledger, &request, from_ms, latest_ms);
    if (start_ms == PLENUM_FOREVER)
        return false;
    choose_victims(reclaim, ledger, &request, start_ms);
    if (takes_too_much(reclaim, ledger))
        return false;
    fill(reclaim, ledger, &request, start_ms, command);
    return plenum_ledger_test(ledger, command, &refusal);
}
