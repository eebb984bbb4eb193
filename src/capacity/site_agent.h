/* The capacity planner's parts: what they work on in a round, each of a subject and in a file of
 * its own. site_agent.c asks them in turn.
 *
 * All of it is scratch, but for what is read of the ledger again in each round: between two rounds
 * nothing is remembered that would change what is decided. */
#ifndef CAPACITY_SITE_AGENT_H
#define CAPACITY_SITE_AGENT_H

#include <plenum/port.h>

#include "capacity/site_defrag.h"
#include "capacity/site_fit.h"
#include "capacity/site_forecast.h"
#include "capacity/site_queue.h"
#include "capacity/site_quota.h"
#include "capacity/site_reclaim.h"

#define AGENT_ACTOR    "planner/capacity"
#define ROUND_MS       INT64_C(30000)
#define PLAN_AHEAD_MS  (INT64_C(2) * 60 * 1000) /* see site_place.c */
#define AGENT_JOBS_MAX (1 << 24)

enum { FAILED_MAX = 64 };

struct wide_job {
    int64_t width; /* thousandths of accelerators */
    uint64_t id;
};

struct failed_request {
    struct fit_request request;
    int32_t tenant; /* whose quota is too small, or PLENUM_NONE: there is no room */
};

/* Requests that did not fit in this round. */
struct failed_requests {
    struct failed_request list[FAILED_MAX];
    size_t count;
};

struct capacity_agent {
    const struct plenum_site *site;
    struct site_fit *fit;
    struct site_queue *queue;
    struct site_reclaim *reclaim;
    struct site_forecast *forecast;
    struct site_defrag *defrag;
    struct site_tenants tenants;
    struct site_quota *quota;
    struct plenum_command command;
    uint64_t *ids; /* of jobs to act on: a walk may not go on while commands are taken */
    size_t id_count, id_capacity;
    struct wide_job *wide; /* scratch of widest_first */
    size_t wide_capacity;
    struct failed_requests failed;   /* to have a window */
    struct failed_requests unfilled; /* to fill room (site_fill.c) */
    int64_t start_ms;                /* of the window that the last search found */
    int far_count;                   /* jobs with a window later than PLAN_AHEAD_MS */
};

/* --- site_agent.c ----------------------------------------------------------------------------- */

/* Puts the ids of the jobs that are wanted into agent->ids. */
void agent_collect(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                   bool (*wanted)(const int64_t *row, int64_t now_ms));
/* Reads what every tenant has. */
void agent_read_tenants(struct capacity_agent *agent, const struct plenum_ledger *ledger);
/* When a job may begin: now, or when it asks for. */
static inline int64_t agent_earliest(const struct plenum_ledger *ledger, const int64_t *row)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    return row[PLENUM_JOB_EARLIEST_MS] > now_ms ? row[PLENUM_JOB_EARLIEST_MS] : now_ms;
}

/* --- site_window.c: a window for a job -------------------------------------------------------- */

enum search { SEARCH_FOUND, SEARCH_NO_ROOM, SEARCH_NO_QUOTA };

/* Whether the request asks for no less than one that is remembered. */
bool agent_knows_failed(const struct failed_requests *failed, const struct fit_request *request,
                        int32_t tenant);
/* tenant: whose quota is too small; PLENUM_NONE: there is no room. */
void agent_remember_failed(struct failed_requests *failed, const struct fit_request *request,
                           int32_t tenant);
/* Fills the command that gives a job the window that the last search found, instead of the one it
 * has: claims, START_MS and END_MS, and RUNNING where it starts now. */
void agent_fill_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       uint64_t id, const struct fit_request *request, int64_t start_ms);
/* The window that the last search found, for the quota: of the chip of the servers found. */
struct quota_window agent_window_found(const struct capacity_agent *agent,
                                       const struct plenum_ledger *ledger, uint64_t id,
                                       int64_t start_ms);
/* Counts a window as given: its tenant has it. */
void agent_count_given(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       const struct quota_window *window);
/* Fills the command that gives a job its earliest window that starts in [from_ms, latest_ms],
 * instead of the one it has, and counts it as given; agent->start_ms is its start. */
enum search agent_find_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                              uint64_t id, const struct fit_request *request, int64_t from_ms,
                              int64_t latest_ms);

/* --- site_place.c: windows for those who wait ------------------------------------------------- */

/* Gives waiting jobs their earliest windows, in the order of the queue. */
enum plenum_status agent_place_waiting(struct capacity_agent *agent,
                                       const struct plenum_port *port);

/* --- site_fill.c: room until somebody's window begins ----------------------------------------- */

/* A job that may be put back, and was not told of an end of late, may begin on room that is free
 * for less than its length: for FILL_MIN_MS to FILL_MAX_MS, then it goes back into the queue with
 * what is left to run. */

/* Whether it is known without a search that a waiting job cannot fill any room now. */
bool agent_cannot_fill(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       uint64_t id);
/* Fills the command that begins a job now, on room that is free for less than its length, and tells
 * it when it is put back; counts it as given. */
bool agent_find_fill(struct capacity_agent *agent, const struct plenum_ledger *ledger, uint64_t id);

/* --- site_earlier.c: earlier starts for those who have a window ------------------------------- */

/* Begins reserved jobs that fit now. */
enum plenum_status agent_take_all_forward(struct capacity_agent *agent,
                                          const struct plenum_port *port);
/* Gives some of the reserved jobs an earlier window. */
enum plenum_status agent_better_promises(struct capacity_agent *agent,
                                         const struct plenum_port *port);

/* --- site_share.c: room taken from others (site_reclaim.h) ------------------------------------ */

/* Fills the command that gives a job a window by then that others give way for. */
bool agent_reclaim_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                          uint64_t id, int64_t latest_ms);
/* Submits that command; what tenants have is then another thing. */
enum plenum_status agent_submit_reclaim(struct capacity_agent *agent,
                                        const struct plenum_port *port);
/* Takes back for one of the jobs that wait long what is guaranteed to its tenant. */
enum plenum_status agent_reclaim_share(struct capacity_agent *agent,
                                       const struct plenum_port *port);

#endif
