/* A small Slurm of our own making, in memory: nodes, jobs and reservations that answer in the shape
 * of slurmrestd v0.0.38 and do what scontrol and scancel are told. It starts what is released and
 * fits, ends what is over, and can be made to refuse. */
#ifndef TESTS_FAKE_SLURM_H
#define TESTS_FAKE_SLURM_H

#include "edge/slurm/cluster.h"

#include <stdint.h>

enum { FAKE_NODES_MAX = 16, FAKE_JOBS_MAX = 512, FAKE_RESERVATIONS_MAX = 32, FAKE_TEXT = 256 };

struct fake_node {
    char name[32], gres[64], state[16]; /* state: what a person set: "idle", "down" */
    bool drains;
    int64_t cpus, memory_mib, gpus;
    int64_t cpus_used, gpus_used;
};

struct fake_job {
    int64_t id, submit_s, begin_s, start_s, end_s; /* seconds */
    int64_t runs_s;                                /* until it ends by itself */
    int64_t limit_minutes, nodes, cpus, memory_node_mib, gpus_node;
    char type[16], user[32], comment[FAKE_TEXT], wanted[FAKE_TEXT], on[FAKE_TEXT], reservation[64];
    const char *state, *reason;
    bool held;
    bool stuck; /* Slurm never begins it */
    int restarts;
};

struct fake_reservation {
    char name[64], nodes[FAKE_TEXT], cores[FAKE_TEXT], who[64];
    int64_t start_s, end_s;
};

struct fake_slurm {
    struct slurm_cluster cluster;
    struct fake_node nodes[FAKE_NODES_MAX];
    struct fake_job jobs[FAKE_JOBS_MAX];
    struct fake_reservation reservations[FAKE_RESERVATIONS_MAX];
    int node_count, job_count, reservation_count;
    int64_t now_ms;
    bool unreachable;
    const char *body;    /* sent instead of what is so; NULL: what is so */
    uint64_t refuse_ppm; /* so many orders in a million are refused */
    uint64_t random;
    int64_t orders, refused;
    char last[1024]; /* the last order, its words with spaces between */
};

/* No nodes yet; the cluster's functions are those of the fake. */
void fake_init(struct fake_slurm *fake, int64_t now_ms);
void fake_add_node(struct fake_slurm *fake, const char *name, int64_t cpus, const char *type,
                   int64_t gpus);
/* A job as sbatch would make it: held, and given to Plenum. */
struct fake_job *fake_submit(struct fake_slurm *fake, int64_t nodes, int64_t cpus_node,
                             const char *type, int64_t gpus_node, int64_t limit_minutes,
                             int64_t runs_s);
/* The clock stands there: what is over ends, what can start does. */
void fake_tick(struct fake_slurm *fake, int64_t now_ms);
struct fake_job *fake_job_at(struct fake_slurm *fake, int64_t id);
struct fake_node *fake_node_at(struct fake_slurm *fake, const char *name);
struct fake_reservation *fake_reservation_at(struct fake_slurm *fake, const char *name);

#endif
