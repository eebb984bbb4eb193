/* The agent's step: is the clock right, what does Slurm say, what follows. */
#include "edge/slurm/agent.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 16 << 20 };
static const int64_t BEHIND_STEPS = 2; /* of the site: so far behind is not behind */

/* --- names ------------------------------------------------------------------------------------ */

int32_t slurm_rack_find(const struct slurm_agent *agent, const char *node)
{
    int32_t low = 0, high = agent->site->rack_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int order = strcmp(agent->site->racks[agent->racks[middle]].name, node);
        if (order == 0)
            return agent->racks[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PLENUM_NONE;
}

const struct slurm_node *slurm_node_find(const struct slurm_agent *agent, const char *name)
{
    size_t low = 0, high = agent->nodes.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(agent->nodes.items[middle].name, name);
        if (order == 0)
            return &agent->nodes.items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct named {
    const char *name;
    int32_t rack;
};

static int order_named(const void *left, const void *right)
{
    return strcmp(((const struct named *)left)->name, ((const struct named *)right)->name);
}

static void index_racks(struct slurm_agent *agent)
{
    size_t count = (size_t)agent->site->rack_count;
    struct named *named = memory_new(count, sizeof *named);
    for (size_t i = 0; i < count; i++)
        named[i] = (struct named){agent->site->racks[i].name, (int32_t)i};
    if (count > 1)
        qsort(named, count, sizeof *named, order_named);
    agent->racks = memory_new(count, sizeof *agent->racks);
    for (size_t i = 0; i < count; i++)
        agent->racks[i] = named[i].rack;
    free(named);
}

/* --- a step ----------------------------------------------------------------------------------- */

static enum plenum_status ask(struct slurm_agent *agent, const char *path,
                              struct plenum_error *error)
{
    bytes_clear(&agent->body);
    return agent->cluster->get(agent->cluster->context, path, &agent->body, error);
}

/* Reads all three lists, or none. */
static enum plenum_status look(struct slurm_agent *agent, struct plenum_error *error)
{
    enum plenum_status status = ask(agent, SLURM_PATH "nodes", error);
    slurm_nodes_finish(&agent->nodes);
    slurm_jobs_finish(&agent->jobs);
    slurm_reservations_finish(&agent->reservations);
    if (status == PLENUM_OK)
        status = slurm_nodes_read(&agent->nodes, &agent->body, error);
    if (status == PLENUM_OK)
        status = ask(agent, SLURM_PATH "jobs", error);
    if (status == PLENUM_OK)
        status = slurm_jobs_read(&agent->jobs, &agent->body, error);
    if (status == PLENUM_OK)
        status = ask(agent, SLURM_PATH "reservations", error);
    return status == PLENUM_OK ? slurm_reservations_read(&agent->reservations, &agent->body, error)
                               : status;
}

static enum plenum_status agent_step(void *self, const struct plenum_port *port)
{
    struct slurm_agent *agent = self;
    struct plenum_error *error = &agent->unreachable;
    agent->now_ms = agent->cluster->now_ms(agent->cluster->context);
    agent->orders_left = ORDERS_PER_STEP;
    if (plenum_ledger_now_ms(port->ledger) + BEHIND_STEPS * agent->site->step_ms < agent->now_ms)
        return slurm_put_off(agent, port);
    error->status = PLENUM_OK;
    if (look(agent, error) != PLENUM_OK)
        return PLENUM_OK;
    enum plenum_status status = slurm_step_nodes(agent, port);
    if (status == PLENUM_OK)
        slurm_step_sold(agent, port);
    return status == PLENUM_OK ? slurm_step_jobs(agent, port) : status;
}

/* --- begin and end ---------------------------------------------------------------------------- */

static void agent_destroy(void *self)
{
    struct slurm_agent *agent = self;
    slurm_nodes_finish(&agent->nodes);
    slurm_jobs_finish(&agent->jobs);
    slurm_reservations_finish(&agent->reservations);
    plenum_command_finish(&agent->command);
    bytes_finish(&agent->body);
    arena_finish(&agent->words);
    free(agent->racks);
    free(agent->pairs);
    free(agent->ids);
    free(agent);
}

static enum plenum_status check_site(const struct plenum_site *site, struct plenum_error *error)
{
    for (int32_t i = 0; i < site->rack_count; i++) {
        int32_t servers = site->rack_models[site->racks[i].model].server_count;
        if (servers != 1 || strlen(site->racks[i].name) >= SLURM_NAME_MAX)
            return plenum_fail(error, PLENUM_INPUT,
                               "rack '%s' has %d servers; expected one, as each node of a Slurm is "
                               "a rack of its own name (plenum slurm import)",
                               site->racks[i].name, (int)servers);
    }
    return PLENUM_OK;
}

enum plenum_status slurm_agent_create(const struct plenum_site *site, struct slurm_cluster *cluster,
                                      struct plenum_agent *agent_out, struct plenum_error *error)
{
    enum plenum_status status = check_site(site, error);
    if (status != PLENUM_OK)
        return status;
    struct slurm_agent *agent = memory_new(1, sizeof *agent);
    agent->site = site;
    agent->cluster = cluster;
    plenum_command_init(&agent->command, PLENUM_COMMAND_OTHER, "slurm");
    bytes_init(&agent->body, CLUSTER_ANSWER_MAX);
    arena_init(&agent->words, WORDS_MAX);
    index_racks(agent);
    *agent_out = (struct plenum_agent){.name = "slurm",
                                       .step = agent_step,
                                       .trouble = slurm_trouble,
                                       .destroy = agent_destroy,
                                       .self = agent};
    return PLENUM_OK;
}
