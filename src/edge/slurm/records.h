/* Records: the nodes, jobs and reservations of a Slurm, out of what slurmrestd sends (openapi
 * v0.0.38), as far as Plenum needs to know of them.
 *
 * A list keeps the document that it was read from, and its texts point into it. A member that must
 * be there and is not, or that is of another kind, makes the whole list wrong: the error says
 * where (RFC 6901), what was found and what was expected. Members that are not known are left. */
#ifndef EDGE_SLURM_RECORDS_H
#define EDGE_SLURM_RECORDS_H

#include "base/bytes.h"

#include <jansson.h>
#include <plenum/error.h>
#include <stdbool.h>
#include <stdint.h>

#define SLURM_PATH "/slurm/v0.0.38/"
enum { SLURM_RECORDS_MAX = 1 << 20, SLURM_GRES_TYPE_MAX = 64 };

/* Accelerators as a Gres says it: "gpu:h100:4(S:0-1)", "gres:gpu:2". */
struct slurm_gpus {
    int32_t count;
    char type[SLURM_GRES_TYPE_MAX]; /* "" where no type is given */
};
/* The sum of all gpu parts of a list. False where it has parts that are not understood: two types,
 * a gres other than gpu, a number over a million. NULL and "" are none. */
bool slurm_gpus_read(const char *text, struct slurm_gpus *gpus);

/* What a node is good for. */
enum slurm_health {
    SLURM_UP,
    SLURM_DRAINING, /* what runs there goes on, nothing new begins */
    SLURM_DOWN
};

struct slurm_node {
    const char *name, *reason, *gres;
    enum slurm_health health;
    int64_t cpus, memory_mib;
};

enum slurm_phase {
    SLURM_PENDING,
    SLURM_RUNNING,
    SLURM_LEAVING, /* between two phases, or in a state that is not known: best left alone */
    SLURM_ENDED
};

struct slurm_job {
    int64_t id;
    enum slurm_phase phase;
    const char *state;  /* as Slurm calls it */
    const char *reason; /* why it is pending */
    const char *name, *user, *account, *comment, *reservation;
    const char *nodes; /* hostlist of what it has; "" for nothing */
    const char *tres_per_node, *tres_per_job, *tres_per_task, *tres_per_socket, *tres;
    const char *odd; /* what it asks for beside amounts, as people call it; NULL: nothing */
    bool held;
    int64_t submit_ms, start_ms, end_ms;
    int64_t limit_ms; /* 0: none */
    int64_t node_count, cpus, tasks;
    int64_t memory_node_mib, memory_cpu_mib; /* 0: not given */
};

struct slurm_reservation {
    const char *name, *nodes;
    int64_t start_ms, end_ms;
};

#define SLURM_LIST(kind)                                                                           \
    struct slurm_##kind##s {                                                                       \
        json_t *document;                                                                          \
        struct slurm_##kind *items;                                                                \
        size_t count;                                                                              \
    };                                                                                             \
    /* body is as slurmrestd sent it. On PLENUM_MISMATCH the list is empty. */                     \
    enum plenum_status slurm_##kind##s_read(struct slurm_##kind##s *list,                          \
                                            const struct bytes *body, struct plenum_error *error)  \
        PLENUM_MUST_USE;                                                                           \
    void slurm_##kind##s_finish(struct slurm_##kind##s *list);

SLURM_LIST(node)        /* in order of name */
SLURM_LIST(job)         /* in order of id */
SLURM_LIST(reservation) /* in order of name */
#undef SLURM_LIST

#endif
