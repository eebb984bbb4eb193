/* Import: a site file from the nodes of a Slurm. */
#ifndef EDGE_SLURM_IMPORT_H
#define EDGE_SLURM_IMPORT_H

#include "edge/slurm/cluster.h"

#include <stdio.h>

/* Writes the site as YAML: each node is a rack of one server, of its own name, and stands; nodes of
 * one leaf switch stand in one row. What Slurm does not know (watts, sizes) is assumed, and the
 * file says so. PLENUM_MISMATCH where a node cannot be said in a site file. */
enum plenum_status slurm_import(const struct slurm_cluster *cluster, FILE *out,
                                struct plenum_error *error) PLENUM_MUST_USE;

#endif
