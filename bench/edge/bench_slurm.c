/* What a step of the Slurm agent costs: a Slurm of 1,000 nodes and so many jobs, most of them
 * pending and given to Plenum, in rows as long as those of slurmrestd. Orders are taken and change
 * nothing, so each step gives as many as a step may.
 *
 * Two times a line, of the process on a core: of a step in which the ledger knows none of the jobs
 * but the first few, and of the reading of what Slurm sends alone. */
#include "edge/slurm/agent.h"
#include "edge/slurm/import.h"

#include <inttypes.h>
#include <plenum/engine.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NODES = 1000, STEPS = 20, BODY_MAX = 256 << 20 };
#define BEGIN_MS INT64_C(1795867200000)

struct sent {
    struct bytes nodes, jobs;
    struct slurm_cluster cluster;
    int64_t now_ms;
};

static int64_t cpu_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static enum plenum_status get(void *context, const char *path, struct bytes *answer,
                              struct plenum_error *error)
{
    const struct sent *sent = context;
    static const char none[] = "{\"errors\": [], \"reservations\": []}";
    (void)error;
    if (strcmp(path, SLURM_PATH "nodes") == 0)
        bytes_put(answer, sent->nodes.data, sent->nodes.length);
    else if (strcmp(path, SLURM_PATH "jobs") == 0)
        bytes_put(answer, sent->jobs.data, sent->jobs.length);
    else
        bytes_put(answer, none, sizeof none - 1);
    return PLENUM_OK;
}

static enum plenum_status run(void *context, const char *const *argv, struct bytes *said,
                              struct plenum_error *error)
{
    (void)context, (void)argv, (void)said, (void)error;
    return PLENUM_OK;
}

static int64_t now_ms(void *context)
{
    return ((const struct sent *)context)->now_ms;
}

static bool is_user(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "ada") == 0;
}

/* --- what is sent ----------------------------------------------------------------------------- */

static void put(struct bytes *bytes, const char *format, ...) PLENUM_PRINTF(2, 3);

static void put(struct bytes *bytes, const char *format, ...)
{
    char text[4096];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    bytes_put(bytes, text, (size_t)length);
}

static void put_nodes(struct bytes *bytes)
{
    put(bytes, "{\"errors\": [], \"nodes\": [");
    for (int i = 0; i < NODES; i++)
        put(bytes,
            "%s{\"name\": \"n%04d\", \"reason\": \"\", \"gres\": \"gpu:h100:8\", \"cpus\": 128, "
            "\"real_memory\": 1048576, \"state\": \"idle\", \"state_flags\": []}",
            i > 0 ? ", " : "", i);
    put(bytes, "]}");
}

/* A hundred members that the agent does not read are among a job's. */
static void put_jobs(struct bytes *bytes, int count)
{
    put(bytes, "{\"errors\": [], \"jobs\": [");
    for (int i = 0; i < count; i++) {
        put(bytes, "%s{\"job_id\": %d, ", i > 0 ? ", " : "", i + 1);
        for (int k = 0; k < 100; k++)
            put(bytes, "\"member_of_slurm_%d\": \"%d\", ", k, k * i);
        put(bytes,
            "\"job_state\": \"PENDING\", \"state_reason\": \"JobHeldUser\", \"user_name\": "
            "\"ada\", \"comment\": \"plenum\", \"nodes\": \"\", \"tres_per_node\": "
            "\"gres:gpu:h100:%d\", \"resv_name\": \"\", \"submit_time\": %" PRId64
            ", \"start_time\": 0, \"end_time\": 0, \"time_limit\": 60, \"node_count\": %d, "
            "\"cpus\": %d, \"memory_per_node\": 1024, \"priority\": 0}",
            i % 8 + 1, BEGIN_MS / 1000, i % 16 + 1, 8 * (i % 16 + 1));
    }
    put(bytes, "]}");
}

/* --- measuring -------------------------------------------------------------------------------- */

static struct plenum_site *import_site(struct sent *sent)
{
    char *text = NULL;
    size_t length = 0;
    struct plenum_error error;
    struct plenum_site *site;
    FILE *out = open_memstream(&text, &length);
    if (!out || slurm_import(&sent->cluster, out, &error) != PLENUM_OK)
        abort();
    fclose(out);
    char path[] = "/tmp/plenum-bench-slurm-XXXXXX";
    int file = mkstemp(path);
    FILE *named = file < 0 ? NULL : fdopen(file, "w");
    if (!named || fwrite(text, 1, length, named) != length || fclose(named) != 0 ||
        plenum_site_load(path, &site, NULL, &error) != PLENUM_OK)
        abort();
    remove(path);
    free(text);
    return site;
}

static double read_ms(const struct sent *sent)
{
    struct slurm_jobs jobs = {0};
    struct plenum_error error;
    int64_t begin_ns = cpu_now_ns();
    if (slurm_jobs_read(&jobs, &sent->jobs, &error) != PLENUM_OK)
        abort();
    slurm_jobs_finish(&jobs);
    return (double)(cpu_now_ns() - begin_ns) / 1e6;
}

static double step_ms(struct sent *sent, const struct plenum_site *site)
{
    const struct plenum_engine_options options = {.no_sim = true};
    struct plenum_engine *engine;
    struct plenum_agent agent;
    struct plenum_error error;
    if (plenum_engine_create(site, &options, &engine, &error) != PLENUM_OK ||
        slurm_agent_create(site, &sent->cluster, &agent, &error) != PLENUM_OK)
        abort();
    if (plenum_engine_add(engine, agent) != PLENUM_OK)
        abort();
    int64_t begin_ns = 0;
    for (int step = -1; step < STEPS; step++) {
        sent->now_ms = plenum_ledger_now_ms(plenum_engine_ledger(engine));
        if (step == 0)
            begin_ns = cpu_now_ns();
        if (plenum_engine_step(engine, &error) != PLENUM_OK)
            abort();
    }
    double mean_ms = (double)(cpu_now_ns() - begin_ns) / 1e6 / STEPS;
    plenum_engine_destroy(engine);
    return mean_ms;
}

static void measure(int jobs)
{
    struct sent sent = {.cluster = {get, run, now_ms, is_user, &sent}, .now_ms = BEGIN_MS};
    bytes_init(&sent.nodes, BODY_MAX);
    bytes_init(&sent.jobs, BODY_MAX);
    put_nodes(&sent.nodes);
    put_jobs(&sent.jobs, jobs);
    struct plenum_site *site = import_site(&sent);
    printf("%6d nodes %6d jobs: %8.1f MB sent, %8.1f ms a step, %8.1f ms of it reading\n", NODES,
           jobs, (double)sent.jobs.length / 1e6, step_ms(&sent, site), read_ms(&sent));
    fflush(stdout);
    plenum_site_destroy(site);
    bytes_finish(&sent.nodes);
    bytes_finish(&sent.jobs);
}

int main(void)
{
    measure(1000);
    measure(5000);
    measure(20000);
    return 0;
}
