/* The Slurm agent: Plenum decides, Slurm runs.
 *
 * Every step it reads the nodes, jobs and reservations of the cluster, and brings the two together:
 *   nodes         each is a rack of one server, of the same name. A node that is up is cabled and
 *                 tested; one that is down is a fault of its rack; one that drains gets no job
 *                 more (agent_nodes.c);
 *   jobs          pending ones that were given to Plenum are submitted to the ledger; what the
 *                 ledger has running is released to its nodes; what Slurm says of them comes back;
 *                 what runs beside Plenum is booked as it stands (agent_jobs.c, job_row.c);
 *   reservations  what was sold becomes a reservation of Slurm, "plenum-" and the job's id
 *                 (agent_sold.c).
 *
 * What is always true:
 *   S1  nothing is remembered that decides anything: which job is which stands in the ledger
 *       (ENGINE_JOB), and each order says what is to be, so that one given twice does no harm;
 *   S2  while the site's clock is behind the wall's, nothing is ordered, and no job is left a start
 *       that Slurm has not seen;
 *   S3  in a step at most ORDERS_PER_STEP orders are given; what Slurm refuses is tried again only
 *       after RETRY_MS, and its words are an alarm until it is not refused any more. */
#ifndef EDGE_SLURM_AGENT_H
#define EDGE_SLURM_AGENT_H

#include "edge/slurm/cluster.h"
#include "edge/slurm/hostlist.h"
#include "edge/slurm/shape.h"

#include "base/arena.h"

#include <plenum/port.h>

enum {
    ORDERS_PER_STEP = 64,
    ORDER_WORDS_MAX = 15,
    FAILURES_MAX = 256,
    SLURM_RESERVATION_MAX = 40 /* "plenum-" and 20 digits */
};
#define RETRY_MS                 INT64_C(30000)
#define RETRY_FORGET_MS          INT64_C(300000)
#define SLURM_RESERVATION_PREFIX "plenum-"

/* What an order was about: a job of Slurm, its beginning, a sold job of the ledger, a rack. */
enum slurm_subject { SUBJECT_JOB, SUBJECT_BEGIN, SUBJECT_SOLD, SUBJECT_NODE };

struct slurm_failure {
    enum slurm_subject subject;
    int64_t id, again_ms;
    char text[256];
};

/* A job of the ledger that Slurm has too. */
struct slurm_pair {
    int64_t engine_job;
    uint64_t id;
};

struct slurm_agent {
    const struct plenum_site *site;
    struct slurm_cluster *cluster;
    struct plenum_command command;
    struct bytes body;
    struct slurm_nodes nodes;
    struct slurm_jobs jobs;
    struct slurm_reservations reservations;
    int32_t *racks;           /* in order of name */
    struct slurm_pair *pairs; /* in order of engine_job */
    size_t pair_count, pair_capacity;
    uint64_t *ids; /* scratch: a walk may not go on while commands are taken */
    size_t id_count, id_capacity;
    struct arena words; /* of the order that is being made */
    const char *argv[ORDER_WORDS_MAX + 1];
    size_t argc;
    int orders_left;
    int64_t now_ms; /* wall */
    struct slurm_failure failures[FAILURES_MAX];
    size_t failure_count;
    struct plenum_error unreachable; /* status PLENUM_OK while the cluster answers */
    char trouble[600];
};

/* Each racks' node, of the same name: PLENUM_NONE where the site has no such rack. */
int32_t slurm_rack_find(const struct slurm_agent *agent, const char *node);
const struct slurm_node *slurm_node_find(const struct slurm_agent *agent, const char *name);
static inline int32_t slurm_server_of(const struct slurm_agent *agent, int32_t rack)
{
    return agent->site->racks[rack].first_server;
}

/* --- orders and what becomes of them (orders.c) ----------------------------------------------- */

void slurm_order_begin(struct slurm_agent *agent, const char *program, const char *verb);
void slurm_order_word(struct slurm_agent *agent, const char *format, ...) PLENUM_PRINTF(2, 3);
/* "Name=node,node": the servers on which the job holds something, in order of index. */
void slurm_order_nodes(struct slurm_agent *agent, const char *name,
                       const struct plenum_ledger *ledger, uint64_t job);
/* Whether orders about it may be given now. */
bool slurm_may_order(const struct slurm_agent *agent, enum slurm_subject subject, int64_t id);
/* Gives the order. False: it was not, or Slurm refused it, and that is noted. */
bool slurm_order_give(struct slurm_agent *agent, enum slurm_subject subject, int64_t id);
void slurm_note_failure(struct slurm_agent *agent, enum slurm_subject subject, int64_t id,
                        const char *text);
void slurm_forget_failure(struct slurm_agent *agent, enum slurm_subject subject, int64_t id);
/* Submits agent->command; a refusal is noted. *taken may be NULL. */
enum plenum_status slurm_submit(struct slurm_agent *agent, const struct plenum_port *port,
                                enum slurm_subject subject, int64_t id, bool *taken);
/* What keeps the agent from its work, or "". */
const char *slurm_trouble(void *self);

/* --- its parts; each returns what a submit returned ------------------------------------------- */

enum plenum_status slurm_step_nodes(struct slurm_agent *agent, const struct plenum_port *port);
enum plenum_status slurm_step_jobs(struct slurm_agent *agent, const struct plenum_port *port);
void slurm_step_sold(struct slurm_agent *agent, const struct plenum_port *port);
/* Jobs that are yet to start are put off to the present. */
enum plenum_status slurm_put_off(struct slurm_agent *agent, const struct plenum_port *port);

/* --- rows of jobs (job_row.c): each fills agent->command -------------------------------------- */

void slurm_row_submit(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                      const struct slurm_job *job, const struct slurm_shape *shape);
/* A job that runs beside Plenum, as it stands on its nodes. False where not all of them are the
 * site's. */
bool slurm_row_adopt(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                     const struct slurm_job *job, const struct slurm_shape *shape);
/* It ended: DONE if it ran to its end, else CANCELLED. */
void slurm_row_end(struct slurm_agent *agent, const struct plenum_ledger *ledger, uint64_t id,
                   bool completed);
/* Slurm did not begin it: it goes back into the queue, and is put off for longer each time. */
void slurm_row_put_back(struct slurm_agent *agent, const struct plenum_ledger *ledger, uint64_t id);

/* --- the agent -------------------------------------------------------------------------------- */

/* PLENUM_INPUT: the site has a rack of more than one server. The cluster must outlive the agent. */
enum plenum_status slurm_agent_create(const struct plenum_site *site, struct slurm_cluster *cluster,
                                      struct plenum_agent *agent,
                                      struct plenum_error *error) PLENUM_MUST_USE;

#endif
