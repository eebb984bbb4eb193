/* Queue: in which order waiting jobs of the site are tried.
 *
 * Weighted fair queueing over tenants: the next job is the oldest of the tenant that holds the
 * least in proportion to its share; a higher priority class goes before all lower ones. Within a
 * tenant, first come first served by priority, then by submission. Before all of these go jobs
 * whose start was sold and that lost their servers, in the order of the starts promised. */
#ifndef CAPACITY_SITE_QUEUE_H
#define CAPACITY_SITE_QUEUE_H

#include <plenum/ledger.h>

struct site_queue;

struct site_queue *site_queue_create(const struct plenum_site *site);
void site_queue_destroy(struct site_queue *queue);

/* Reads all jobs: what each tenant holds, and who waits. */
void site_queue_fill(struct site_queue *queue, const struct plenum_ledger *ledger);
/* The job to try next, taken out; 0 when none is left. */
uint64_t site_queue_next(struct site_queue *queue);
/* By tenant: thousandths of accelerators held by running jobs, as of the last fill. */
const int64_t *site_queue_running(const struct site_queue *queue);
/* Tells that the job that next gave was placed: its tenant holds more. */
void site_queue_placed(struct site_queue *queue, const int64_t *job_row);

#endif
