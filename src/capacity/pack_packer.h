/* Packer: what all policies share. A policy is a row of functions; see pack_policy.h. */
#ifndef CAPACITY_PACK_PACKER_H
#define CAPACITY_PACK_PACKER_H

#include "base/random.h"
#include "capacity/pack_index.h"
#include "capacity/pack_site.h"

struct pack_mix;
struct pack_own;

/* A job that has been placed; jobs are numbered by the caller. */
struct pack_job {
    struct plenum_placement placement;
    uint32_t shape;      /* UINT32_MAX: not placed */
    uint32_t next, prev; /* on the same server; UINT32_MAX: none */
    bool movable;
};

/* Where looking for a move for a shape stands. */
struct pack_stuck {
    size_t next;       /* the rank to look at next; the number of servers: all in vain */
    size_t log;        /* where the index's log stood when the looking began */
    uint64_t releases; /* how many jobs had been released then */
};

/* Why a shape was refused last. */
struct pack_refusal {
    enum plenum_pack_reason reason; /* PLENUM_PACK_REASON_NONE: never */
    size_t log;                     /* where the index's log stood */
};

/* Where a job of a shape would go now. */
struct pack_goal {
    uint64_t search; /* the number of the search that this is of */
    bool found;
    uint32_t server;
    int32_t score;
};

enum { PACK_JOBS_MAX = 1 << 30 };

struct plenum_packer {
    const struct plenum_trace *trace;
    const struct pack_policy *policy;
    struct pack_site site;
    struct pack_index index;
    struct random random;
    struct pack_job *jobs;
    size_t job_count, job_capacity;
    uint32_t *job_on; /* by server: the one placed last, or UINT32_MAX */
    struct plenum_packer_options options;
    uint64_t arrivals, moves, searches;
    struct plenum_move move; /* the last one */
    bool moved;              /* in the last call of place */
    uint64_t releases;
    struct pack_stuck *stuck;      /* by shape */
    struct pack_refusal *refusals; /* by shape */
    struct pack_goal *goals;       /* by shape: room of a search for a move */
    struct pack_mix *mix;          /* policy fgd */
    struct pack_own *own;          /* policy plenum */
    uint8_t *group_of;             /* groups of the index, or NULL; made by init */
    uint16_t (*kin)[8];            /* policy gpu-clustering: jobs on each server by class */
};

/* How a policy decides. Where choose is NULL, the best score does, and devices says which. */
struct pack_policy {
    void (*init)(struct plenum_packer *packer);
    void (*finish)(struct plenum_packer *packer);
    bool (*choose)(struct plenum_packer *packer, uint32_t shape,
                   struct plenum_placement *placement);
    /* Called first of all for each job that arrives. */
    void (*seen)(struct plenum_packer *packer, uint32_t shape);
    const int32_t *(*prices)(struct plenum_packer *packer, uint32_t shape);
    pack_score *score;
    uint32_t (*devices)(struct plenum_packer *packer, uint32_t server, uint32_t shape);
    /* A job was taken (+1) or given back (-1); after the site has changed. */
    void (*changed)(struct plenum_packer *packer, uint32_t shape, struct plenum_placement placement,
                    int sign);
};

/* The device with the least room that holds the shape, or whole devices: what most policies do. */
uint32_t pack_devices_tightest(struct plenum_packer *packer, uint32_t server, uint32_t shape);

/* Takes a job off its server, or puts it on one. */
void pack_job_put(struct plenum_packer *packer, uint32_t number, uint32_t shape,
                  struct plenum_placement placement);
void pack_job_take_off(struct plenum_packer *packer, uint32_t number);

/* Moves one job so that the shape fits on the server it leaves, if there is such a job and the
 * budget allows it. True with the placement for the shape. */
bool pack_make_room(struct plenum_packer *packer, uint32_t shape,
                    struct plenum_placement *placement);

extern const struct pack_policy pack_policy_random, pack_policy_best_fit, pack_policy_dot_product,
    pack_policy_gpu_packing, pack_policy_gpu_clustering, pack_policy_fgd, pack_policy_plenum;

#endif
