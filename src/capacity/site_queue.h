/* Queue: in which order waiting jobs of the site are tried.
 *
 * First jobs whose start was sold and that lost their servers, in the order of the starts promised.
 * Then by tenants, from the top of their tree down: at each step the next job is of the side
 *   1  that is within its guarantee with it;
 *   2  whose job has the higher priority;
 *   3  that has and had the least in proportion to its weight: what it holds and has windows for
 *      now, and what it held in the mean of late (site_account.h).
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
/* Tells that the job that next gave was placed: its tenant holds more. */
void site_queue_placed(struct site_queue *queue, const int64_t *job_row);

#endif
