/* The packer: asks the policy, takes and gives room, says why not. See <plenum/capacity.h>. */
#include "capacity/pack_packer.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const struct pack_policy *const policies[PLENUM_PACK_POLICY_COUNT] = {
    [PLENUM_PACK_RANDOM] = &pack_policy_random,
    [PLENUM_PACK_BEST_FIT] = &pack_policy_best_fit,
    [PLENUM_PACK_DOT_PRODUCT] = &pack_policy_dot_product,
    [PLENUM_PACK_GPU_PACKING] = &pack_policy_gpu_packing,
    [PLENUM_PACK_GPU_CLUSTERING] = &pack_policy_gpu_clustering,
    [PLENUM_PACK_FGD] = &pack_policy_fgd,
    [PLENUM_PACK_PLENUM] = &pack_policy_plenum,
};

static const char *const policy_names[PLENUM_PACK_POLICY_COUNT] = {
#define X(code, name, meaning) [PLENUM_PACK_##code] = name,
    PLENUM_PACK_POLICIES(X)
#undef X
};

static const char *const reason_names[PLENUM_PACK_REASON_COUNT] = {
#define X(code, name, meaning) [PLENUM_PACK_REASON_##code] = name,
    PLENUM_PACK_REASONS(X)
#undef X
};

const char *plenum_pack_policy_name(enum plenum_pack_policy policy)
{
    CHECK(policy < PLENUM_PACK_POLICY_COUNT);
    return policy_names[policy];
}

bool plenum_pack_policy_parse(const char *name, enum plenum_pack_policy *policy)
{
    for (size_t i = 0; i < PLENUM_PACK_POLICY_COUNT; i++) {
        if (strcmp(policy_names[i], name) == 0) {
            *policy = (enum plenum_pack_policy)i;
            return true;
        }
    }
    return false;
}

const char *plenum_pack_reason_name(enum plenum_pack_reason reason)
{
    CHECK(reason < PLENUM_PACK_REASON_COUNT);
    return reason_names[reason];
}

struct plenum_packer *plenum_packer_create(const struct plenum_trace *trace, const uint32_t *ranks,
                                           const struct plenum_packer_options *options)
{
    CHECK(options->policy < PLENUM_PACK_POLICY_COUNT);
    struct plenum_packer *packer = memory_new(1, sizeof *packer);
    packer->trace = trace;
    packer->policy = policies[options->policy];
    packer->options = *options;
    packer->stuck = memory_new(trace->shape_count, sizeof *packer->stuck);
    packer->refusals = memory_new(trace->shape_count, sizeof *packer->refusals);
    packer->goals = memory_new(trace->shape_count, sizeof *packer->goals);
    packer->job_on = memory_new(trace->server_count, sizeof *packer->job_on);
    memset(packer->job_on, 0xff, trace->server_count * sizeof *packer->job_on);
    random_init(&packer->random, options->seed);
    pack_site_init(&packer->site, trace);
    if (packer->policy->init != NULL)
        packer->policy->init(packer);
    pack_index_init(&packer->index, ranks, packer->group_of, trace->server_count,
                    trace->shape_count);
    return packer;
}

void plenum_packer_destroy(struct plenum_packer *packer)
{
    if (packer == NULL)
        return;
    if (packer->policy->finish != NULL)
        packer->policy->finish(packer);
    pack_index_finish(&packer->index);
    pack_site_finish(&packer->site);
    free(packer->group_of);
    free(packer->jobs);
    free(packer->job_on);
    free(packer->stuck);
    free(packer->goals);
    free(packer->refusals);
    free(packer);
}

uint32_t pack_devices_tightest(struct plenum_packer *packer, uint32_t server, uint32_t shape)
{
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = &packer->site.servers[server];
    if (asked->gpus == 0)
        return 0;
    return asked->gpu_milli < PLENUM_DEVICE_MILLI ? pack_tightest_device(has, asked->gpu_milli)
                                                  : pack_whole_devices(has, asked->gpus);
}

static bool choose(struct plenum_packer *packer, uint32_t shape, struct plenum_placement *placement)
{
    const struct pack_policy *policy = packer->policy;
    if (policy->choose != NULL)
        return policy->choose(packer, shape, placement);
    const int32_t *prices = policy->prices != NULL ? policy->prices(packer, shape) : NULL;
    if (!pack_index_best(&packer->index, shape, policy->score, packer, prices, &placement->server))
        return false;
    placement->devices = policy->devices(packer, placement->server, shape);
    return true;
}

/* --- why not ------------------------------------------------------------------------------- */

/* How far a server is from holding the shape: reasons are in the order in which they are met. */
static enum plenum_pack_reason server_lacks(const struct pack_server *server,
                                            const struct plenum_shape *shape)
{
    struct plenum_shape asked = *shape;
    asked.cpu_milli = asked.memory_mib = 0;
    asked.types = UINT64_MAX;
    if (!pack_fits(server, &asked))
        return PLENUM_PACK_REASON_ACCELERATORS;
    asked.types = shape->types;
    if (!pack_fits(server, &asked))
        return PLENUM_PACK_REASON_TYPE;
    asked.cpu_milli = shape->cpu_milli;
    return pack_fits(server, &asked) ? PLENUM_PACK_REASON_MEMORY : PLENUM_PACK_REASON_CORES;
}

/* Looks at all servers. */
static enum plenum_pack_reason most_lack(const struct plenum_packer *packer, uint32_t shape)
{
    size_t lacking[PLENUM_PACK_REASON_COUNT] = {0};
    for (size_t i = 0; i < packer->site.count; i++)
        lacking[server_lacks(&packer->site.servers[i], &packer->trace->shapes[shape])]++;
    enum plenum_pack_reason most = PLENUM_PACK_REASON_MEMORY;
    if (lacking[PLENUM_PACK_REASON_CORES] >= lacking[most])
        most = PLENUM_PACK_REASON_CORES;
    if (lacking[PLENUM_PACK_REASON_TYPE] > lacking[most])
        most = PLENUM_PACK_REASON_TYPE;
    return lacking[most] > 0 ? most : PLENUM_PACK_REASON_ACCELERATORS;
}

/* Looks again when more than a sixteenth of the servers may have changed since it was looked last:
 * which lack is the most common moves no faster. */
static enum plenum_pack_reason why_not(struct plenum_packer *packer, uint32_t shape)
{
    struct pack_refusal *refusal = &packer->refusals[shape];
    if (refusal->reason == PLENUM_PACK_REASON_NONE ||
        packer->index.log_count - refusal->log > packer->site.count / 16) {
        refusal->reason = most_lack(packer, shape);
        refusal->log = packer->index.log_count;
    }
    return refusal->reason;
}

/* --- place and release --------------------------------------------------------------------- */

static struct pack_job *job_at(struct plenum_packer *packer, uint32_t job)
{
    CHECK(job < PACK_JOBS_MAX);
    while (packer->job_count <= job)
        ARRAY_PUSH(packer->jobs, packer->job_count, packer->job_capacity, PACK_JOBS_MAX) =
            (struct pack_job){.shape = UINT32_MAX};
    return &packer->jobs[job];
}

static void changed(struct plenum_packer *packer, const struct pack_job *job, int sign)
{
    if (packer->policy->changed != NULL)
        packer->policy->changed(packer, job->shape, job->placement, sign);
    pack_index_changed(&packer->index, job->placement.server);
}

void pack_job_put(struct plenum_packer *packer, uint32_t number, uint32_t shape,
                  struct plenum_placement placement)
{
    struct pack_job *job = &packer->jobs[number];
    uint32_t *first = &packer->job_on[placement.server];
    pack_take(&packer->site, &packer->trace->shapes[shape], placement);
    job->placement = placement;
    job->shape = shape;
    job->next = *first;
    job->prev = UINT32_MAX;
    if (*first != UINT32_MAX)
        packer->jobs[*first].prev = number;
    *first = number;
    changed(packer, job, 1);
}

void pack_job_take_off(struct plenum_packer *packer, uint32_t number)
{
    struct pack_job *job = &packer->jobs[number];
    struct pack_job gone = *job;
    if (job->next != UINT32_MAX)
        packer->jobs[job->next].prev = job->prev;
    if (job->prev != UINT32_MAX)
        packer->jobs[job->prev].next = job->next;
    else
        packer->job_on[job->placement.server] = job->next;
    job->shape = UINT32_MAX;
    pack_give(&packer->site, &packer->trace->shapes[gone.shape], gone.placement);
    changed(packer, &gone, -1);
}

enum plenum_pack_reason plenum_packer_place(struct plenum_packer *packer, uint32_t job,
                                            uint32_t shape, bool movable,
                                            struct plenum_placement *placement)
{
    CHECK(shape < packer->trace->shape_count);
    CHECK(job_at(packer, job)->shape == UINT32_MAX);
    packer->arrivals++;
    packer->moved = false;
    if (packer->policy->seen != NULL)
        packer->policy->seen(packer, shape);
    if (!choose(packer, shape, placement) && !pack_make_room(packer, shape, placement))
        return why_not(packer, shape);
    packer->jobs[job].movable = movable;
    pack_job_put(packer, job, shape, *placement);
    return PLENUM_PACK_REASON_NONE;
}

void plenum_packer_release(struct plenum_packer *packer, uint32_t job)
{
    CHECK(job < packer->job_count && packer->jobs[job].shape != UINT32_MAX);
    packer->releases++;
    pack_job_take_off(packer, job);
}

const struct plenum_move *plenum_packer_move(const struct plenum_packer *packer)
{
    return packer->moved ? &packer->move : NULL;
}
