/* A sorted list a tenant, and what each tenant holds in thousandths of an accelerator (of a core
 * where a job asks for none, counted as a thousandth a core). */
#include "capacity/site_queue.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

enum { WAITING_MAX = 1 << 24 };

struct waiting_job {
    int64_t priority, submit_ms;
    uint64_t id;
};

struct sold_job {
    int64_t promised_ms;
    uint64_t id;
    int32_t tenant;
};

struct tenant_queue {
    struct waiting_job *jobs;
    size_t count, capacity, next;
    int64_t held_milli, share_milli;
};

struct site_queue {
    struct tenant_queue *tenants;
    int32_t tenant_count;
    int32_t last;          /* tenant of the job that next gave */
    struct sold_job *sold; /* that wait again */
    size_t sold_count, sold_capacity, sold_next;
    int64_t *running; /* by tenant */
};

struct site_queue *site_queue_create(const struct plenum_site *site)
{
    struct site_queue *queue = memory_new(1, sizeof *queue);
    queue->tenant_count = site->tenant_count;
    queue->tenants = memory_new((size_t)site->tenant_count, sizeof *queue->tenants);
    queue->running = memory_new((size_t)site->tenant_count, sizeof *queue->running);
    for (int32_t i = 0; i < site->tenant_count; i++)
        queue->tenants[i].share_milli =
            site->tenants[i].share_milli > 0 ? site->tenants[i].share_milli : 1;
    return queue;
}

void site_queue_destroy(struct site_queue *queue)
{
    if (!queue)
        return;
    for (int32_t i = 0; i < queue->tenant_count; i++)
        free(queue->tenants[i].jobs);
    free(queue->sold);
    free(queue->running);
    free(queue->tenants);
    free(queue);
}

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

static void add_job(struct site_queue *queue, uint64_t id, const int64_t *row)
{
    CHECK(row[PLENUM_JOB_TENANT] >= 0 && row[PLENUM_JOB_TENANT] < queue->tenant_count);
    struct tenant_queue *tenant = &queue->tenants[row[PLENUM_JOB_TENANT]];
    if (row[PLENUM_JOB_STATE] == PLENUM_JOB_RUNNING)
        queue->running[row[PLENUM_JOB_TENANT]] +=
            row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI];
    if (row[PLENUM_JOB_STATE] == PLENUM_JOB_QUEUED && row[PLENUM_JOB_PROMISED_MS] != 0) {
        struct sold_job job = {row[PLENUM_JOB_PROMISED_MS], id, (int32_t)row[PLENUM_JOB_TENANT]};
        ARRAY_PUSH(queue->sold, queue->sold_count, queue->sold_capacity, WAITING_MAX) = job;
    } else if (row[PLENUM_JOB_STATE] == PLENUM_JOB_QUEUED) {
        struct waiting_job job = {row[PLENUM_JOB_PRIORITY], row[PLENUM_JOB_SUBMIT_MS], id};
        ARRAY_PUSH(tenant->jobs, tenant->count, tenant->capacity, WAITING_MAX) = job;
    } else {
        tenant->held_milli += held_by(row);
    }
}

void site_queue_fill(struct site_queue *queue, const struct plenum_ledger *ledger)
{
    for (int32_t i = 0; i < queue->tenant_count; i++) {
        queue->tenants[i].count = queue->tenants[i].next = 0;
        queue->tenants[i].held_milli = queue->running[i] = 0;
    }
    queue->sold_count = queue->sold_next = 0;
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        add_job(queue, id, row);
    if (queue->sold_count > 1)
        qsort(queue->sold, queue->sold_count, sizeof *queue->sold, compare_sold);
    for (int32_t i = 0; i < queue->tenant_count; i++)
        if (queue->tenants[i].count > 1)
            qsort(queue->tenants[i].jobs, queue->tenants[i].count, sizeof *queue->tenants[i].jobs,
                  compare_jobs);
}

/* Whether tenant a's next job goes before tenant b's. Held / share is compared crosswise. */
static bool tenant_before(const struct tenant_queue *a, const struct tenant_queue *b)
{
    int64_t pa = a->jobs[a->next].priority, pb = b->jobs[b->next].priority;
    if (pa != pb)
        return pa > pb;
    return a->held_milli * b->share_milli < b->held_milli * a->share_milli;
}

uint64_t site_queue_next(struct site_queue *queue)
{
    queue->last = PLENUM_NONE;
    if (queue->sold_next < queue->sold_count) {
        queue->last = queue->sold[queue->sold_next].tenant;
        return queue->sold[queue->sold_next++].id;
    }
    for (int32_t i = 0; i < queue->tenant_count; i++) {
        const struct tenant_queue *tenant = &queue->tenants[i];
        if (tenant->next < tenant->count &&
            (queue->last == PLENUM_NONE || tenant_before(tenant, &queue->tenants[queue->last])))
            queue->last = i;
    }
    if (queue->last == PLENUM_NONE)
        return 0;
    struct tenant_queue *tenant = &queue->tenants[queue->last];
    return tenant->jobs[tenant->next++].id;
}

const int64_t *site_queue_running(const struct site_queue *queue)
{
    return queue->running;
}

void site_queue_placed(struct site_queue *queue, const int64_t *job_row)
{
    CHECK(queue->last != PLENUM_NONE);
    queue->tenants[queue->last].held_milli += held_by(job_row);
}
