/* A sorted list a tenant, and what each tenant has in thousandths of an accelerator (where a job
 * asks for none, of a core, which counts as a thousandth). */
#include "capacity/site_queue.h"

#include "base/check.h"
#include "base/memory.h"
#include "capacity/site_account.h"
#include "capacity/site_decay.h"

#include <stdlib.h>
#include <string.h>

enum { WAITING_MAX = 1 << 24 };

#define WEIGHED_MAX (INT64_C(1) << 62)

struct waiting_job {
    int64_t priority, submit_ms, milli;
    uint64_t id;
    int32_t slot; /* of its accelerators, or PLENUM_NONE */
};

struct sold_job {
    int64_t promised_ms;
    uint64_t id;
    int32_t tenant;
};

struct tenant_queue {
    struct waiting_job *jobs;
    size_t count, capacity, next;
    int64_t weighed; /* what it had and is to have, see the header */
    int32_t best;    /* under it, whose job is next; itself, or PLENUM_NONE */
};

struct site_queue {
    const struct plenum_site *site;
    const struct site_tenants *tenants;
    int64_t now_ms;
    struct tenant_queue *queues; /* by tenant */
    int64_t *planned_milli;      /* by tenant and slot: running, or with a window */
    struct waiting_job last;     /* that next gave */
    int32_t last_tenant;
    struct sold_job *sold; /* that wait again */
    size_t sold_count, sold_capacity, sold_next;
};

struct site_queue *site_queue_create(const struct plenum_site *site)
{
    struct site_queue *queue = memory_new(1, sizeof *queue);
    queue->site = site;
    queue->queues = memory_new((size_t)site->tenant_count, sizeof *queue->queues);
    return queue;
}

void site_queue_destroy(struct site_queue *queue)
{
    if (!queue)
        return;
    for (int32_t i = 0; i < queue->site->tenant_count; i++)
        free(queue->queues[i].jobs);
    free(queue->queues);
    free(queue->planned_milli);
    free(queue->sold);
    free(queue);
}

/* --- reading ---------------------------------------------------------------------------------- */

static int64_t held_by(const int64_t *row)
{
    int64_t each = row[PLENUM_JOB_ACCELERATORS] > 0
                       ? row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI]
                       : row[PLENUM_JOB_CORES];
    return row[PLENUM_JOB_SERVERS] * each;
}

static int compare_jobs(const void *a, const void *b)
{
    const struct waiting_job *x = a, *y = b;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    if (x->submit_ms != y->submit_ms)
        return x->submit_ms < y->submit_ms ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int compare_sold(const void *a, const void *b)
{
    const struct sold_job *x = a, *y = b;
    if (x->promised_ms != y->promised_ms)
        return x->promised_ms < y->promised_ms ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int64_t *planned_of(const struct site_queue *queue, int32_t tenant, int32_t slot)
{
    return &queue->planned_milli[tenant * queue->tenants->slot_count + slot];
}

/* What a job's window counts from now on. */
static int64_t weigh(const struct site_queue *queue, const int64_t *row, int64_t start_ms,
                     int64_t end_ms)
{
    int64_t from_ms = start_ms > queue->now_ms ? start_ms - queue->now_ms : 0;
    int64_t until_ms = end_ms - queue->now_ms;
    return until_ms <= from_ms
               ? 0
               : site_decay_ahead(held_by(row), from_ms, until_ms, queue->site->half_life_ms);
}

/* The tenant, and all above it, have so much more: of the slot, and in weight. */
static void hold(struct site_queue *queue, int32_t tenant, int32_t slot, const int64_t *row,
                 int64_t weight)
{
    for (; tenant != PLENUM_NONE; tenant = queue->site->tenants[tenant].parent) {
        int64_t *weighed = &queue->queues[tenant].weighed;
        *weighed = *weighed < WEIGHED_MAX - weight ? *weighed + weight : WEIGHED_MAX;
        if (slot != PLENUM_NONE)
            *planned_of(queue, tenant, slot) += site_job_milli(row);
    }
}

static void add_job(struct site_queue *queue, const struct plenum_ledger *ledger, uint64_t id,
                    const int64_t *row)
{
    int32_t tenant = (int32_t)row[PLENUM_JOB_TENANT];
    CHECK(tenant >= 0 && tenant < queue->site->tenant_count);
    struct tenant_queue *own = &queue->queues[tenant];
    int32_t slot = site_tenants_slot(queue->tenants, ledger, id, row);
    if (row[PLENUM_JOB_STATE] != PLENUM_JOB_QUEUED) {
        hold(queue, tenant, slot, row,
             weigh(queue, row, row[PLENUM_JOB_START_MS], row[PLENUM_JOB_END_MS]));
    } else if (row[PLENUM_JOB_PROMISED_MS] != 0) {
        struct sold_job job = {row[PLENUM_JOB_PROMISED_MS], id, tenant};
        ARRAY_PUSH(queue->sold, queue->sold_count, queue->sold_capacity, WAITING_MAX) = job;
    } else {
        struct waiting_job job = {row[PLENUM_JOB_PRIORITY], row[PLENUM_JOB_SUBMIT_MS],
                                  site_job_milli(row), id, slot};
        ARRAY_PUSH(own->jobs, own->count, own->capacity, WAITING_MAX) = job;
    }
}

static void forget(struct site_queue *queue, const struct plenum_ledger *ledger)
{
    size_t count = (size_t)queue->site->tenant_count * (size_t)queue->tenants->slot_count;
    for (int32_t i = 0; i < queue->site->tenant_count; i++) {
        queue->queues[i].count = queue->queues[i].next = 0;
        queue->queues[i].weighed = site_account_used(ledger, i);
    }
    if (!queue->planned_milli)
        queue->planned_milli = memory_new(count, sizeof *queue->planned_milli);
    else if (count > 0)
        memset(queue->planned_milli, 0, count * sizeof *queue->planned_milli);
    queue->sold_count = queue->sold_next = 0;
}

void site_queue_fill(struct site_queue *queue, const struct plenum_ledger *ledger,
                     const struct site_tenants *tenants)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    queue->tenants = tenants;
    queue->now_ms = plenum_ledger_now_ms(ledger);
    forget(queue, ledger);
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        add_job(queue, ledger, id, row);
    if (queue->sold_count > 1)
        qsort(queue->sold, queue->sold_count, sizeof *queue->sold, compare_sold);
    for (int32_t i = 0; i < queue->site->tenant_count; i++)
        if (queue->queues[i].count > 1)
            qsort(queue->queues[i].jobs, queue->queues[i].count, sizeof *queue->queues[i].jobs,
                  compare_jobs);
}

/* --- whose turn it is ------------------------------------------------------------------------- */

static const struct waiting_job *head_of(const struct site_queue *queue, int32_t tenant)
{
    const struct tenant_queue *best = &queue->queues[queue->queues[tenant].best];
    return &best->jobs[best->next];
}

static bool is_guaranteed(const struct site_queue *queue, int32_t tenant,
                          const struct waiting_job *job)
{
    return job->slot != PLENUM_NONE && *planned_of(queue, tenant, job->slot) + job->milli <=
                                           site_tenants_share(queue->tenants, tenant, job->slot);
}

/* Whether a has less than b in proportion to their weights. */
static bool has_less(const struct site_queue *queue, int32_t a, int32_t b)
{
    int64_t x = queue->queues[a].weighed, x_weight = queue->site->tenants[a].weight;
    int64_t y = queue->queues[b].weighed, y_weight = queue->site->tenants[b].weight;
    if (x / x_weight != y / y_weight)
        return x / x_weight < y / y_weight;
    return x % x_weight * y_weight < y % y_weight * x_weight;
}

/* Whether the next job under a goes before that under b, of one parent. */
static bool goes_before(const struct site_queue *queue, int32_t a, int32_t b)
{
    const struct waiting_job *x = head_of(queue, a), *y = head_of(queue, b);
    bool x_guaranteed = is_guaranteed(queue, a, x), y_guaranteed = is_guaranteed(queue, b, y);
    if (x_guaranteed != y_guaranteed)
        return x_guaranteed;
    if (x->priority != y->priority)
        return x->priority > y->priority;
    return has_less(queue, a, b);
}

/* The tenant whose job is next, or PLENUM_NONE. Those under a tenant go before its own jobs. */
static int32_t find_next(struct site_queue *queue)
{
    int32_t top = PLENUM_NONE, champion;
    for (int32_t i = 0; i < queue->site->tenant_count; i++)
        queue->queues[i].best = PLENUM_NONE;
    for (int32_t i = 0; i < queue->site->tenant_count; i++) {
        int32_t tenant = queue->tenants->order[i], parent = queue->site->tenants[tenant].parent;
        struct tenant_queue *own = &queue->queues[tenant];
        if (own->best != PLENUM_NONE)
            own->best = queue->queues[own->best].best;
        else if (own->next < own->count)
            own->best = tenant;
        if (own->best == PLENUM_NONE)
            continue;
        champion = parent == PLENUM_NONE ? top : queue->queues[parent].best;
        if (champion != PLENUM_NONE && !goes_before(queue, tenant, champion))
            continue;
        *(parent == PLENUM_NONE ? &top : &queue->queues[parent].best) = tenant;
    }
    return top == PLENUM_NONE ? PLENUM_NONE : queue->queues[top].best;
}

uint64_t site_queue_next(struct site_queue *queue)
{
    if (queue->sold_next < queue->sold_count) {
        const struct sold_job *sold = &queue->sold[queue->sold_next++];
        queue->last_tenant = sold->tenant;
        queue->last = (struct waiting_job){.id = sold->id, .slot = PLENUM_NONE};
        return sold->id;
    }
    queue->last_tenant = find_next(queue);
    if (queue->last_tenant == PLENUM_NONE)
        return 0;
    struct tenant_queue *own = &queue->queues[queue->last_tenant];
    queue->last = own->jobs[own->next++];
    return queue->last.id;
}

void site_queue_placed(struct site_queue *queue, const int64_t *job_row, int64_t start_ms)
{
    CHECK(queue->last_tenant != PLENUM_NONE);
    hold(queue, queue->last_tenant, queue->last.slot, job_row,
         weigh(queue, job_row, start_ms, start_ms + job_row[PLENUM_JOB_LEFT_MS]));
}
