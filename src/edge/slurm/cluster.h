/* Cluster: how the edge speaks to a Slurm, as a small table of functions, so that a test can be the
 * cluster. What is asked comes over REST (slurmrestd, openapi v0.0.38); what REST of that version
 * does not offer is ordered by Slurm's own commands.
 *
 * What is always true of the real one:
 *   no shell ever sees a word: a command is a list of arguments, started by posix_spawn;
 *   each question and each order ends within CLUSTER_PATIENCE_MS, or is an error;
 *   an answer has at most CLUSTER_ANSWER_MAX bytes;
 *   an error carries Slurm's own words. */
#ifndef EDGE_SLURM_CLUSTER_H
#define EDGE_SLURM_CLUSTER_H

#include "base/bytes.h"

#include <plenum/error.h>

enum { CLUSTER_PATIENCE_MS = 15000, CLUSTER_ANSWER_MAX = 256 << 20, CLUSTER_SAID_MAX = 4 << 20 };

struct slurm_cluster {
    /* GETs a path such as "/slurm/v0.0.38/jobs"; the body is appended to answer. */
    enum plenum_status (*get)(void *context, const char *path, struct bytes *answer,
                              struct plenum_error *error);
    /* Runs a command; argv ends with NULL, its first word is looked up in PATH. What it prints is
     * appended to said (NULL: not wanted). */
    enum plenum_status (*run)(void *context, const char *const *argv, struct bytes *said,
                              struct plenum_error *error);
    /* Wall time, milliseconds since 1970. */
    int64_t (*now_ms)(void *context);
    /* Whether somebody of that name may own jobs; else a tenant of that name is an account. */
    bool (*is_user)(void *context, const char *name);
    void *context;
};

/* The cluster behind slurmrestd's UNIX socket. Nothing is asked yet. PLENUM_INPUT: no path of a
 * socket. Give it to slurm_cluster_close. */
enum plenum_status slurm_cluster_open(const char *socket, struct slurm_cluster *cluster,
                                      struct plenum_error *error) PLENUM_MUST_USE;
void slurm_cluster_close(struct slurm_cluster *cluster);

/* The parts of it. */
struct slurm_rest;
enum plenum_status slurm_rest_open(const char *socket, struct slurm_rest **rest,
                                   struct plenum_error *error) PLENUM_MUST_USE;
void slurm_rest_close(struct slurm_rest *rest);
enum plenum_status slurm_rest_get(struct slurm_rest *rest, const char *path, struct bytes *answer,
                                  struct plenum_error *error) PLENUM_MUST_USE;
enum plenum_status slurm_spawn(const char *const *argv, struct bytes *said,
                               struct plenum_error *error) PLENUM_MUST_USE;

#endif
