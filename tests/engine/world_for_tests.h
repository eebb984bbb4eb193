/* A small site at work, without engine or journal: a ledger, the agents in the engine's order, and
 * the clock. What the agents do is counted; what the ledger refuses fails the test, unless it is of
 * a kind that may be refused.
 *
 *     struct world world;
 *     world_init(&world, site, WORLD_ALL, seed);
 *     world_run(&world, 3600);
 *     ...
 *     world_finish(&world);      site stays the caller's
 */
#ifndef TESTS_WORLD_FOR_TESTS_H
#define TESTS_WORLD_FOR_TESTS_H

#include <plenum/port.h>

enum {
    WORLD_SIM = 1,
    WORLD_RACK = 2,
    WORLD_CAPACITY = 4,
    WORLD_FLEET = 8,
    WORLD_ALL = 15,
    WORLD_AIRSPACE = 16
};

struct world {
    const struct plenum_site *site;
    struct plenum_ledger *ledger;
    struct plenum_port port;
    struct plenum_agent agents[8];
    int agent_count;
    unsigned which;
    uint64_t seed;
    bool anew;               /* agents are made anew for each step */
    uint64_t may_be_refused; /* bit k: commands of kind k */
    uint64_t taken[PLENUM_COMMAND_KIND_COUNT], refused[PLENUM_COMMAND_KIND_COUNT];
    /* Sees each command before it is submitted. May be NULL. */
    void (*watch)(struct world *world, const struct plenum_command *command);
    void *context; /* of watch */
    struct plenum_command scratch;
};

/* which: the agents, of WORLD_*. Ends the test when the site cannot begin. */
void world_init(struct world *world, const struct plenum_site *site, unsigned which, uint64_t seed);
void world_finish(struct world *world);

/* Steps of all agents and the clock. */
void world_run(struct world *world, int64_t steps);
/* Steps until a rack is in a state, at most so many: false when it never was. */
bool world_run_to_rack(struct world *world, int32_t rack, int64_t state, int64_t steps_max);
/* Submits; fails the test on a refusal. */
void world_submit(struct world *world, const struct plenum_command *command);
/* A command of one SET, as a device would send it. */
void world_set(struct world *world, uint32_t kind, uint64_t id, int32_t field, int64_t value);

/* Asks for a task, of no rack and due at no time; returns its id. */
uint64_t world_ask(struct world *world, enum plenum_task_load load, int32_t from, int32_t to,
                   int64_t priority);

int64_t world_get(const struct world *world, uint32_t kind, uint64_t id, int32_t field);
/* Entities of a kind in a state. */
int world_count(const struct world *world, uint32_t kind, int64_t state);
int64_t world_now_ms(const struct world *world);

#endif
