/* A job belongs to the tenant with the name of its account, or else of its user, or else to
 * "slurm". Amounts of the whole job are shared evenly by its nodes, rounded up. */
#include "edge/slurm/shape.h"

#include "capacity/site_fit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB (INT64_C(1) << 20)
#define GIB (INT64_C(1) << 30)

static const char GIVEN[] = "plenum", PREEMPTIBLE[] = "plenum preemptible", ANYBODY[] = "slurm";
enum { SERVERS_MAX = 100000, CORES_MAX = 100000 };

/* Whether the text begins with those words, and they end there. */
static bool begins_with(const char *text, const char *words)
{
    size_t length = strlen(words);
    return strncmp(text, words, length) == 0 && strchr(" :;,", text[length]) != NULL;
}

bool slurm_job_is_given(const struct slurm_job *job)
{
    return begins_with(job->comment, GIVEN);
}

bool slurm_job_is_preemptible(const struct slurm_job *job)
{
    return begins_with(job->comment, PREEMPTIBLE);
}

int32_t slurm_tenant_find(const struct plenum_site *site, const char *name)
{
    for (int32_t i = 0; i < site->tenant_count; i++)
        if (strcmp(site->tenants[i].name, name) == 0)
            return i;
    return PLENUM_NONE;
}

static int32_t tenant_of(const struct plenum_site *site, const struct slurm_job *job)
{
    const char *const names[] = {job->account, job->user, ANYBODY};
    int32_t tenant = PLENUM_NONE;
    for (size_t i = 0; i < sizeof names / sizeof *names && tenant == PLENUM_NONE; i++)
        tenant = slurm_tenant_find(site, names[i]);
    return tenant;
}

static int64_t share(int64_t amount, int64_t parts)
{
    return amount / parts + (amount % parts != 0);
}

/* --- accelerators ----------------------------------------------------------------------------- */

/* On each of so many nodes. */
static bool gpus_of(const struct slurm_job *job, int64_t nodes, struct slurm_gpus *gpus)
{
    const struct {
        const char *text;
        int64_t times, parts;
    } rows[] = {{job->tres_per_node, 1, 1},
                {job->tres_per_job, 1, nodes},
                {job->tres_per_task, share(job->tasks > 0 ? job->tasks : 1, nodes), 1}};
    *gpus = (struct slurm_gpus){0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slurm_gpus read;
        if (!slurm_gpus_read(rows[i].text, &read))
            return false;
        int64_t count = share(read.count * rows[i].times, rows[i].parts);
        if (count > PLENUM_ACCELERATORS_PER_SERVER_MAX)
            count = PLENUM_ACCELERATORS_PER_SERVER_MAX + 1;
        if (count > gpus->count) {
            *gpus = read;
            gpus->count = (int32_t)count;
        }
    }
    return job->tres_per_socket[0] == 0;
}

static int32_t chip_of(const struct plenum_site *site, const char *type)
{
    for (int32_t i = 0; i < site->chip_count; i++)
        if (site->chips[i].kind == PLENUM_CHIP_ACCELERATOR &&
            strcmp(site->chips[i].name, type) == 0)
            return i;
    return PLENUM_NONE;
}

/* --- memory ----------------------------------------------------------------------------------- */

/* Of the whole job, as Slurm reckons it: "cpu=8,mem=62.50G,node=1". It cuts digits, so a hundredth
 * of the unit may be missing or too much. */
static int64_t tres_mib(const char *tres)
{
    static const struct {
        char unit;
        double mib;
    } units[] = {{'M', 1}, {'G', 1024}, {'T', 1048576}};
    const char *text = strstr(tres, "mem=");
    char *end;
    double amount = text ? strtod(text + 4, &end) : 0;
    for (size_t i = 0; text && i < sizeof units / sizeof *units; i++)
        if (*end == units[i].unit && amount >= 0 && amount < 1e9)
            return (int64_t)(amount * units[i].mib);
    return 0;
}

/* The site file counts whole GiB of a server: who asks for less than one more than that asks for
 * all of it. */
static int64_t fit_memory(const struct plenum_site *site, int64_t bytes)
{
    int64_t fitted = bytes;
    for (int32_t i = 0; i < site->server_model_count; i++) {
        int64_t has = site->server_models[i].memory_bytes;
        if (bytes > has && bytes < has + GIB)
            fitted = has;
    }
    return fitted;
}

static int64_t memory_of(const struct plenum_site *site, const struct slurm_job *job, int64_t nodes,
                         int64_t cores)
{
    static const int64_t MIB_MAX = INT64_C(1) << 34;
    int64_t mib = job->memory_node_mib > 0  ? job->memory_node_mib
                  : job->memory_cpu_mib > 0 ? job->memory_cpu_mib % MIB_MAX * cores
                                            : share(tres_mib(job->tres), nodes);
    return fit_memory(site, (mib < MIB_MAX ? mib : MIB_MAX) * MIB);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool fails(char why[SLURM_WHY_MAX], const char *format, ...) PLENUM_PRINTF(2, 3);

static bool fails(char why[SLURM_WHY_MAX], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, SLURM_WHY_MAX, format, arguments);
    va_end(arguments);
    return false;
}

static bool some_server_fits(const struct plenum_site *site, const struct slurm_shape *shape)
{
    const struct fit_request request = {.servers = shape->servers,
                                        .accelerators = shape->accelerators,
                                        .milli = 1000,
                                        .chip = shape->chip,
                                        .cores = shape->cores,
                                        .memory_bytes = shape->memory_bytes};
    int64_t fitting = 0;
    for (int32_t i = 0; i < site->server_count && fitting < shape->servers; i++)
        fitting += site_fit_serves(&site->server_models[site->servers[i].model], &request);
    return fitting >= shape->servers;
}

bool slurm_shape_of(const struct plenum_site *site, const struct slurm_job *job,
                    struct slurm_shape *shape, char why[SLURM_WHY_MAX])
{
    struct slurm_gpus gpus;
    int64_t nodes = job->node_count > 0 ? job->node_count : 1;
    int64_t cores = share(job->cpus > 0 ? job->cpus : 1, nodes);
    if (job->odd && job->phase == SLURM_PENDING)
        return fails(why, "it asks for %s, which is not understood", job->odd);
    if (nodes > SERVERS_MAX || cores > CORES_MAX)
        return fails(why, "it asks for more nodes or cores than any site has");
    if (!gpus_of(job, nodes, &gpus))
        return fails(why, "of its gres only gpu is understood, by node, job or task");
    *shape = (struct slurm_shape){
        .tenant = tenant_of(site, job),
        .servers = (int32_t)nodes,
        .chip = chip_of(site, gpus.type),
        .accelerators = gpus.count,
        .cores = (int32_t)cores,
        .memory_bytes = memory_of(site, job, nodes, cores),
        .length_ms =
            job->limit_ms > 0 ? job->limit_ms + SLURM_START_WAIT_MS + SLURM_KILL_WAIT_MS : 0,
        .preemptible = slurm_job_is_preemptible(job)};
    if (shape->tenant == PLENUM_NONE)
        return fails(why, "the site has no tenant for it: neither its account, its user nor %s",
                     ANYBODY);
    if (gpus.count > 0 && gpus.type[0] && shape->chip == PLENUM_NONE)
        return fails(why, "no accelerator of the site is a %s", gpus.type);
    if (!some_server_fits(site, shape))
        return fails(why, "the site has not so many servers that could give it");
    return true;
}
