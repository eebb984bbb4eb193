/* Queue: in which order waiting jobs of the site are tried.
 *
 * First jobs whose start was sold and that lost their servers, in the order of the starts promised.
 * Then by tenants, from the top of their tree down: at each step the next job is of the side
 *   1  that is within its guarantee with it;
 *   2  whose job has the higher priority;
 *   3  that had and is to have the least in proportion to its weight: accelerators times how long,
 *      the past by its account (site_account.h), and what is left of its jobs that run and of its
 *      windows; each counts half where it is a half-life away (site_decay.h). A job counts for all
 *      of its length from when it has a window, so one long job weighs as many short ones, and who
 *      plans ahead is not ahead of those who do not.
 * Within a tenant, first come first served by priority, then by submission. */
#ifndef CAPACITY_SITE_QUEUE_H
#define CAPACITY_SITE_QUEUE_H

#include "capacity/site_tenants.h"

struct site_queue;

struct site_queue *site_queue_create(const struct plenum_site *site);
void site_queue_destroy(struct site_queue *queue);

/* Reads all jobs: what each tenant holds, and who waits. tenants: read of the same ledger, looked
 * at until the next fill. */
void site_queue_fill(struct site_queue *queue, const struct plenum_ledger *ledger,
                     const struct site_tenants *tenants);
/* The job to try next, taken out; 0 when none is left. */
uint64_t site_queue_next(struct site_queue *queue);
/* Tells that the job that next gave is to run from start_ms on: its tenant has more. */
void site_queue_placed(struct site_queue *queue, const int64_t *job_row, int64_t start_ms);

#endif
