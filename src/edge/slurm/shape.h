/* Shape: what a job of Slurm asks of servers, in the site's terms. */
#ifndef EDGE_SLURM_SHAPE_H
#define EDGE_SLURM_SHAPE_H

#include "edge/slurm/records.h"

#include <plenum/site.h>

/* A job is given START_WAIT after its start, in which Slurm may begin it, and KILL_WAIT after its
 * limit, in which Slurm ends it: what it is booked for is its limit and both. */
#define SLURM_START_WAIT_MS INT64_C(120000)
#define SLURM_KILL_WAIT_MS  INT64_C(90000)

struct slurm_shape {
    int32_t tenant, servers, chip; /* chip may be PLENUM_NONE */
    int32_t accelerators, cores;   /* on each server */
    int64_t memory_bytes;          /* on each server */
    int64_t length_ms;             /* limit and waits; 0 where the job has no limit */
    bool preemptible;
};

enum { SLURM_WHY_MAX = 160 };

/* A comment that begins so gives a job to Plenum; "plenum preemptible" marks it as one that may be
 * taken off and begun again. */
bool slurm_job_is_given(const struct slurm_job *job);
bool slurm_job_is_preemptible(const struct slurm_job *job);

/* False with the reason, for its owner, where the site has no such servers or the job asks for what
 * is not understood. */
bool slurm_shape_of(const struct plenum_site *site, const struct slurm_job *job,
                    struct slurm_shape *shape, char why[SLURM_WHY_MAX]);

/* The tenant of that name, or PLENUM_NONE. */
int32_t slurm_tenant_find(const struct plenum_site *site, const char *name);

#endif
