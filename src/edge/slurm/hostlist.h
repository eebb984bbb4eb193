/* Hostlists: Slurm's short way to write many names, "n[1-3,07],gpu-[1-2]-ib". */
#ifndef EDGE_SLURM_HOSTLIST_H
#define EDGE_SLURM_HOSTLIST_H

#include <stdbool.h>

enum { SLURM_NODES_MAX = 1 << 20, SLURM_NAME_MAX = 64 };

/* Calls each for every name, in order. False where the text is no hostlist, a name has
 * SLURM_NAME_MAX bytes or more, there are over SLURM_NODES_MAX names, or each gave false. */
bool slurm_hostlist_walk(const char *text, bool (*each)(void *context, const char *name),
                         void *context);

#endif
