/* Capacity: packing jobs on servers with accelerators, and how much could have been packed.
 *
 * Three things, each a pure library: inputs in, answer out, no clock, no global.
 *   trace    servers and jobs as read from files (openb CSV), and the order in which jobs arrive;
 *   packer   decides for one job after the other where it goes, without knowing what comes next;
 *   replay   runs a trace through a packer and measures it; bound says what no packer can pass.
 *
 * Accelerators are counted in thousandths ("milli"): a job takes gpu_milli of one device, or
 * several whole devices. Cores are thousandths of a virtual core, memory is MiB. */
#ifndef PLENUM_CAPACITY_H
#define PLENUM_CAPACITY_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLENUM_DEVICE_MILLI = 1000,
    PLENUM_TRACE_TYPES_MAX = 64,   /* a set of types is one 64-bit word */
    PLENUM_TRACE_DEVICES_MAX = 16, /* accelerators of one server */
    PLENUM_TRACE_SERVERS_MAX = 1000000,
    PLENUM_TRACE_JOBS_MAX = 10000000,
    PLENUM_TRACE_SHAPES_MAX = 20000 /* different requests in one trace */
};

/* --- trace ------------------------------------------------------------------------------------ */

struct plenum_trace_server {
    const char *name;
    int64_t cpu_milli, memory_mib;
    int32_t gpus;
    int32_t type; /* index into types, or -1 without accelerators */
};

/* What a job asks for. Two jobs with equal requests have the same shape. */
struct plenum_shape {
    int64_t cpu_milli, memory_mib;
    int32_t gpus;      /* 0: cores and memory only */
    int32_t gpu_milli; /* of each device: 1 .. 1000; under 1000 only with gpus == 1; 0 with none */
    uint64_t types;    /* bit t: type t will do; all bits set: any */
};

struct plenum_trace_job {
    const char *name;
    uint32_t shape;
    bool movable; /* qos BE or Burstable, or no such column: may be moved while it runs */
    int64_t created_s, deleted_s; /* seconds from the start of the trace; -1 where not given */
};

struct plenum_trace {
    const char *types[PLENUM_TRACE_TYPES_MAX]; /* in order of first server */
    size_t type_count;
    struct plenum_trace_server *servers;
    size_t server_count;
    struct plenum_shape *shapes; /* in order of first job */
    size_t shape_count;
    struct plenum_trace_job *jobs;
    size_t job_count;
    int64_t gpu_milli; /* of all servers */
    struct plenum_trace_memory *memory;
};

/* Reads both files. Nodes: `sn,cpu_milli,memory_mib,gpu,model`. Pods: the first five or more of
 * `name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,
 * scheduled_time`. (Format of the openb traces, github.com/alibaba/clusterdata,
 * cluster-trace-gpu-v2023.) A gpu_spec is types with `|` between them. On an error the text says
 * file:line, what was found and what was expected, and the trace is empty. */
PLENUM_API PLENUM_MUST_USE enum plenum_status plenum_trace_read(const char *nodes_path,
                                                                const char *pods_path,
                                                                struct plenum_trace *trace,
                                                                struct plenum_error *error);
/* The same from text in memory; names stand for the files in errors. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_trace_parse(const char *nodes_name, const char *nodes_text, const char *pods_name,
                   const char *pods_text, struct plenum_trace *trace, struct plenum_error *error);
/* Frees what read gave; a zeroed trace is fine. */
PLENUM_API void plenum_trace_finish(struct plenum_trace *trace);

/* The order in which jobs arrive, and the rank of each server: between equally good servers the
 * one with the lowest rank is taken. */
struct plenum_order {
    uint32_t *jobs; /* indices into trace.jobs; a job may stand here more than once (a clone) */
    size_t count;
    uint32_t *ranks; /* servers by rank: a permutation of trace.servers */
};

/* Names, one a line. jobs_path may name a job more than once; ranks_path must name each server
 * once. ranks_path may be NULL: the rank is then the order of the nodes file. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_order_read(const struct plenum_trace *trace, const char *jobs_path, const char *ranks_path,
                  struct plenum_order *order, struct plenum_error *error);
/* Makes an order from a seed (xoshiro256**, base/random.h): sorts the jobs by name, shuffles them
 * (Fisher-Yates from the last place down), then appends clones of jobs drawn at random until one
 * more would pass `percent` of the site's accelerators; an order that is over it from the start
 * loses jobs drawn at random until it is not. Then it shuffles the servers for the rank. Without
 * accelerators on the site or asked for, the order is the shuffled jobs alone. */
PLENUM_API void plenum_order_make(const struct plenum_trace *trace, uint64_t seed, int percent,
                                  struct plenum_order *order);
PLENUM_API void plenum_order_finish(struct plenum_order *order);

/* --- packer ----------------------------------------------------------------------------------- */

/* Where a job goes: a server and the set of its devices (bit i: device i). */
struct plenum_placement {
    uint32_t server;
    uint32_t devices;
};

/* name, what it is and where it comes from. The first is the default. */
#define PLENUM_PACK_POLICIES(X)                                                                    \
    X(PLENUM, "plenum", "patterns and prices learned from what has arrived (our own)")             \
    X(RANDOM, "random", "any server that fits")                                                    \
    X(BEST_FIT, "best-fit", "least cores and accelerators left")                                   \
    X(DOT_PRODUCT, "dot-product", "least product of request and room (Tetris, SIGCOMM 2014)")      \
    X(GPU_PACKING, "gpu-packing",                                                                  \
      "used device, then used server, then free server (AntMan, 2020)")                            \
    X(GPU_CLUSTERING, "gpu-clustering", "by like requests (Gandiva, OSDI 2018)")                   \
    X(FGD, "fgd", "least growth of fragmentation (Weng et al., ATC 2023)")

enum plenum_pack_policy {
#define X(code, name, meaning) PLENUM_PACK_##code,
    PLENUM_PACK_POLICIES(X)
#undef X
        PLENUM_PACK_POLICY_COUNT
};

PLENUM_API const char *plenum_pack_policy_name(enum plenum_pack_policy policy);
PLENUM_API bool plenum_pack_policy_parse(const char *name, enum plenum_pack_policy *policy);

/* Why a job was not placed: what most servers lack of those that have the accelerators free. */
#define PLENUM_PACK_REASONS(X)                                                                     \
    X(NONE, "none", "it was placed")                                                               \
    X(TYPE, "type", "the accelerators that are free are of other types")                           \
    X(ACCELERATORS, "accelerators", "no server has the accelerators free")                         \
    X(CORES, "cores", "where accelerators are free, cores are not")                                \
    X(MEMORY, "memory", "where accelerators and cores are free, memory is not")

enum plenum_pack_reason {
#define X(code, name, meaning) PLENUM_PACK_REASON_##code,
    PLENUM_PACK_REASONS(X)
#undef X
        PLENUM_PACK_REASON_COUNT
};

PLENUM_API const char *plenum_pack_reason_name(enum plenum_pack_reason reason);

struct plenum_packer_options {
    enum plenum_pack_policy policy;
    uint64_t seed; /* of what the policy draws */
    /* Where a job with accelerators fits nowhere, a placed one may be moved to make room for it: so
     * many times for each 1,000 jobs that have arrived, 0 for never. */
    uint32_t moves_per_1000;
    bool move_marked_only; /* only jobs that are placed as movable; otherwise any */
};

struct plenum_move {
    uint32_t job;
    struct plenum_placement from, to;
};

struct plenum_packer;

/* A packer for the servers and shapes of a trace, all free. The trace and the ranks must outlive
 * it. The policies of the literature know the trace's mix of shapes beforehand, as published. */
PLENUM_API struct plenum_packer *plenum_packer_create(const struct plenum_trace *trace,
                                                      const uint32_t *ranks,
                                                      const struct plenum_packer_options *options);
PLENUM_API void plenum_packer_destroy(struct plenum_packer *packer);
/* Decides for one job of the shape, and takes its room. `job` is the caller's number for it, not
 * in use now; numbers should be small. PLENUM_PACK_REASON_NONE and the placement, or why not. */
PLENUM_API enum plenum_pack_reason plenum_packer_place(struct plenum_packer *packer, uint32_t job,
                                                       uint32_t shape, bool movable,
                                                       struct plenum_placement *placement);
/* The move that the last call of place made first, or NULL. */
PLENUM_API const struct plenum_move *plenum_packer_move(const struct plenum_packer *packer);
/* Gives back the room of a placed job. */
PLENUM_API void plenum_packer_release(struct plenum_packer *packer, uint32_t job);

/* --- replay ----------------------------------------------------------------------------------- */

enum { PLENUM_REPLAY_PERCENT_MAX = 200 };

/* A trace run through a packer without departures: each job is offered once, in order; what is not
 * placed is gone. "At p %": the mean over all decisions while the accelerators asked for so far,
 * the one decided included, round to p % of the site's (the measure of Weng et al.). */
struct plenum_replay_report {
    double allocated_percent[PLENUM_REPLAY_PERCENT_MAX + 1]; /* of the site's; -1: not reached */
    double watts[PLENUM_REPLAY_PERCENT_MAX + 1];
    double fragmentation_percent;   /* of the site's accelerators, when arrivals pass 100 % */
    double first_rejection_percent; /* asked for at the first accelerator job not placed; or -1 */
    uint64_t arrivals, placed;
    uint64_t rejections[PLENUM_PACK_REASON_COUNT];
    uint64_t moves;
};

PLENUM_API void plenum_replay(const struct plenum_trace *trace, const struct plenum_order *order,
                              const struct plenum_packer_options *options,
                              struct plenum_replay_report *report);

/* The same with departures: each job of the trace arrives once when it is created and leaves when
 * it is deleted, in the order of the trace's times (departures first at the same second). A job
 * without a creation time arrives at the start, one without a deletion time stays. Jobs stay
 * `stretch` times as long as in the trace: 1 is the trace; more fills a site that it would not. */
struct plenum_lifetimes_report {
    uint64_t arrivals, placed, departures, moves;
    uint64_t rejections[PLENUM_PACK_REASON_COUNT];
    /* Over time, from the first arrival to the last: what all jobs that were not gone asked
     * for, and what was given out, as means and greatest; percent of the site's accelerators. */
    double asked_percent_mean, asked_percent_most;
    double allocated_percent_mean, allocated_percent_most;
    /* Of the accelerator-seconds asked for, how much was given out. */
    double served_percent;
};

PLENUM_API void plenum_replay_lifetimes(const struct plenum_trace *trace, const uint32_t *ranks,
                                        const struct plenum_packer_options *options,
                                        uint32_t stretch, struct plenum_lifetimes_report *report);

/* --- bound --------------------------------------------------------------------------------- */

/* What no policy can pass, with or without moves: the linear relaxation of packing the jobs of an
 * order up to so many percent asked for, any of them left out. Servers of one kind are pooled for
 * cores and memory; shares are packed on whole devices by patterns, exactly; jobs without
 * accelerators are left out. (Gilmore and Gomory's column generation, 1961.) */
struct plenum_pack_bound {
    double asked_percent; /* of the site's accelerators, by the jobs looked at */
    double allocated_percent;
    /* What one more device of a type would let through, in thousandths of a device. */
    double device_price_milli[PLENUM_TRACE_TYPES_MAX];
    int32_t patterns, rounds;
};

/* LIMIT where the solver gives up; VERSION where Plenum was built without it. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_pack_bound(const struct plenum_trace *trace, const struct plenum_order *order, int percent,
                  struct plenum_pack_bound *bound, struct plenum_error *error);

#endif
