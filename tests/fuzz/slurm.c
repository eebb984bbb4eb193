/* What a Slurm sends: the input is an answer of slurmrestd, and a hostlist, and a Gres. A list is
 * read whole, in order and within the ranges of its header, or is empty with an error; names of a
 * hostlist hold to its limits. */
#include "fuzz.h"

#include "base/check.h"
#include "base/memory.h"
#include "edge/slurm/hostlist.h"
#include "edge/slurm/records.h"

#include <stdlib.h>
#include <string.h>

static void check_read(enum plenum_status status, const struct plenum_error *error, size_t count)
{
    CHECK(status == PLENUM_OK || status == PLENUM_MISMATCH);
    CHECK((status == PLENUM_OK) == (error->text[0] == '\0'));
    CHECK(status == PLENUM_OK || count == 0);
}

static void check_nodes(const struct bytes *body)
{
    struct slurm_nodes nodes;
    struct plenum_error error = {0};
    enum plenum_status status = slurm_nodes_read(&nodes, body, &error);
    check_read(status, &error, nodes.count);
    for (size_t i = 0; i < nodes.count; i++) {
        const struct slurm_node *node = &nodes.items[i];
        CHECK(node->reason && node->gres && node->cpus >= 0 && node->memory_mib >= 0);
        CHECK(i == 0 || strcmp(nodes.items[i - 1].name, node->name) <= 0);
    }
    slurm_nodes_finish(&nodes);
}

static void check_jobs(const struct bytes *body)
{
    struct slurm_jobs jobs;
    struct plenum_error error = {0};
    enum plenum_status status = slurm_jobs_read(&jobs, body, &error);
    check_read(status, &error, jobs.count);
    for (size_t i = 0; i < jobs.count; i++) {
        const struct slurm_job *job = &jobs.items[i];
        CHECK(job->state && job->nodes && job->tres && job->submit_ms >= 0 && job->limit_ms >= 0);
        CHECK(i == 0 || jobs.items[i - 1].id <= job->id);
    }
    slurm_jobs_finish(&jobs);
}

static void check_reservations(const struct bytes *body)
{
    struct slurm_reservations list;
    struct plenum_error error = {0};
    enum plenum_status status = slurm_reservations_read(&list, body, &error);
    check_read(status, &error, list.count);
    for (size_t i = 0; i < list.count; i++)
        CHECK(list.items[i].nodes && list.items[i].start_ms >= 0 && list.items[i].end_ms >= 0);
    slurm_reservations_finish(&list);
}

static bool count_name(void *context, const char *name)
{
    int *count = context;
    CHECK(strlen(name) < SLURM_NAME_MAX);
    CHECK(++*count <= SLURM_NODES_MAX);
    return true;
}

static void check_text(const char *text)
{
    int count = 0;
    struct slurm_gpus gpus;
    (void)slurm_hostlist_walk(text, count_name, &count);
    (void)slurm_gpus_read(text, &gpus);
    CHECK(gpus.count >= 0 && gpus.count <= 1000000);
    CHECK(memchr(gpus.type, '\0', sizeof gpus.type) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes body;
    char *text = memory_new(size + 1, 1);
    if (size > 0)
        memcpy(text, data, size);
    bytes_init(&body, size + 1);
    bytes_put(&body, data, size);
    check_nodes(&body);
    check_jobs(&body);
    check_reservations(&body);
    check_text(text);
    bytes_finish(&body);
    free(text);
    return 0;
}
