/* A run whose jobs a Slurm runs: the agent is added, and the site's clock follows the wall's. */
#ifndef CLI_RUN_SLURM_H
#define CLI_RUN_SLURM_H

#include "edge/slurm/cluster.h"

#include <plenum/engine.h>

struct run_slurm {
    const char *socket; /* of slurmrestd; NULL: no Slurm, and nothing below does anything */
    struct slurm_cluster cluster;
};

/* The speed of such a run; the agent's engine has no simulator. */
enum { RUN_SLURM_SPEED_MILLI = 1000 };

/* PLENUM_INPUT: the site is not of nodes; its clock is ahead of the wall's. */
enum plenum_status run_slurm_attach(struct run_slurm *slurm, const struct plenum_site *site,
                                    struct plenum_engine *engine,
                                    struct plenum_error *error) PLENUM_MUST_USE;
/* After every step: a clock that has fallen behind catches up without waiting. */
void run_slurm_follow(struct run_slurm *slurm, struct plenum_engine *engine);
/* When the engine is gone. */
void run_slurm_finish(struct run_slurm *slurm);

#endif
