/* Reclaim: room for a job whose start was sold, or whose tenant is short of its guaranteed share,
 * taken from jobs that may give way.
 *
 * Who gives way:
 *   G1  jobs that only plan to start, nothing of which was sold, to a job that was sold;
 *   G2  jobs that run and are marked preemptible, of no higher priority, to a job that was sold;
 *   G3  those that run and are marked preemptible, of any priority, to a tenant within its
 *       guarantee, but only those of tenants that are over theirs (site_tenants_owes).
 * And always:
 *   G4  a job that runs is told RECLAIM_NOTICE_MS before: its end is set, and then it goes back
 *       into the queue with what is left to run;
 *   G5  no job is told twice within RECLAIM_AGAIN_MS;
 *   G6  none gives way that is not needed: each is spared if the rest suffices, those of the
 *       highest priority and the oldest first;
 *   G7  for a guarantee, no more give way than the job takes, for each hour that it has waited:
 *       what is left idle after a large job gave way to a small one is lost to all. After
 *       RECLAIM_AT_ANY_COST_MS as many give way as it needs. */
#ifndef CAPACITY_SITE_RECLAIM_H
#define CAPACITY_SITE_RECLAIM_H

#include "capacity/site_request.h"
#include "capacity/site_tenants.h"

#define RECLAIM_NOTICE_MS      INT64_C(60000)
#define RECLAIM_AGAIN_MS       (INT64_C(2) * 3600 * 1000)
#define RECLAIM_AT_ANY_COST_MS (INT64_C(6) * 3600 * 1000)

struct site_reclaim;

struct site_reclaim *site_reclaim_create(const struct plenum_site *site);
void site_reclaim_destroy(struct site_reclaim *reclaim);

/* Fills the command that gives a queued or reserved job a window that starts in [from_ms,
 * latest_ms], and takes it from others. False where there is none, or the ledger would refuse. */
bool site_reclaim_window(struct site_reclaim *reclaim, const struct plenum_ledger *ledger,
                         const struct site_tenants *tenants, uint64_t job, int64_t from_ms,
                         int64_t latest_ms, struct plenum_command *command);

/* Whether one job may give way to another (G1, G2, G3, G5). */
bool site_reclaim_may(const struct plenum_ledger *ledger, const struct site_tenants *tenants,
                      const int64_t *job_row, uint64_t other);

/* Whether a job was told of its end, or of a move (site_defrag.h), so lately that it is not told
 * again (G5). */
bool site_reclaim_told_lately(const int64_t *job_row, int64_t now_ms);
/* Whether the end of a running job is that of its notice. */
bool site_reclaim_told(const int64_t *job_row);
/* Adds to a command: the job goes back into the queue. It holds nothing from now on. */
void site_reclaim_put_back(const struct plenum_ledger *ledger, struct plenum_command *command,
                           uint64_t job);

#endif
