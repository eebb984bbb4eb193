#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void fail_refused(const struct world *world, const struct plenum_command *command,
                         const struct plenum_outcome *outcome)
{
    char text[PLENUM_REFUSAL_TEXT];
    int64_t passed_ms = world_now_ms(world) - world->site->start_ms;
    plenum_refusal_format(world->site, &outcome->refusal, text);
    fail_msg("seed %llu, at %lld s: %s of %s refused at operation %u: %s",
             (unsigned long long)world->seed, (long long)(passed_ms / 1000),
             plenum_command_kind_name(command->kind), command->actor, outcome->refusal.op, text);
}

static enum plenum_status submit(void *context, const struct plenum_command *command,
                                 struct plenum_outcome *outcome)
{
    struct world *world = context;
    struct plenum_outcome own;
    struct plenum_error error;
    outcome = outcome ? outcome : &own;
    if (world->watch)
        world->watch(world, command);
    assert_int_equal(plenum_ledger_submit(world->ledger, command, NULL, outcome, &error),
                     PLENUM_OK);
    (outcome->taken ? world->taken : world->refused)[command->kind]++;
    if (!outcome->taken && !(world->may_be_refused >> command->kind & 1))
        fail_refused(world, command, outcome);
    return PLENUM_OK;
}

static void make_agents(struct world *world)
{
    world->agent_count = 0;
    if (world->which & WORLD_SIM)
        world->agents[world->agent_count++] = plenum_sim_agent(world->site, world->seed);
    if (world->which & WORLD_RACK)
        world->agents[world->agent_count++] = plenum_rack_agent(world->site);
    if (world->which & WORLD_CAPACITY)
        world->agents[world->agent_count++] = plenum_capacity_agent(world->site);
    if (world->which & WORLD_AIRSPACE)
        world->agents[world->agent_count++] = plenum_airspace_agent(world->site);
    if (world->which & WORLD_FLEET)
        world->agents[world->agent_count++] = plenum_fleet_agent(world->site, 1);
}

static void destroy_agents(struct world *world)
{
    for (int i = 0; i < world->agent_count; i++)
        world->agents[i].destroy(world->agents[i].self);
    world->agent_count = 0;
}

void world_init(struct world *world, const struct plenum_site *site, unsigned which, uint64_t seed)
{
    *world = (struct world){.site = site, .which = which, .seed = seed};
    world->may_be_refused = UINT64_C(1) << PLENUM_COMMAND_JOB_EXTEND;
    world->ledger = plenum_ledger_create(site);
    world->port = (struct plenum_port){world->ledger, submit, world};
    plenum_command_init(&world->scratch, PLENUM_COMMAND_GENESIS, "engine");
    plenum_ledger_genesis(site, &world->scratch);
    world_submit(world, &world->scratch);
    make_agents(world);
}

void world_finish(struct world *world)
{
    destroy_agents(world);
    plenum_command_finish(&world->scratch);
    plenum_ledger_destroy(world->ledger);
}

void world_run(struct world *world, int64_t steps)
{
    for (int64_t step = 0; step < steps; step++) {
        if (world->anew) {
            destroy_agents(world);
            make_agents(world);
        }
        for (int i = 0; i < world->agent_count; i++)
            assert_int_equal(world->agents[i].step(world->agents[i].self, &world->port), PLENUM_OK);
        plenum_command_reset(&world->scratch, PLENUM_COMMAND_TICK, "clock");
        plenum_command_tick(&world->scratch, world_now_ms(world) + world->site->step_ms);
        world_submit(world, &world->scratch);
    }
}

bool world_run_to_rack(struct world *world, int32_t rack, int64_t state, int64_t steps_max)
{
    for (int64_t step = 0; step < steps_max; step++) {
        if (world_get(world, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE) == state)
            return true;
        world_run(world, 1);
    }
    return false;
}

void world_submit(struct world *world, const struct plenum_command *command)
{
    assert_int_equal(plenum_port_submit(&world->port, command, NULL), PLENUM_OK);
}

void world_set(struct world *world, uint32_t kind, uint64_t id, int32_t field, int64_t value)
{
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_OTHER, "test");
    plenum_command_set(&world->scratch, plenum_ref(kind, id), field, value);
    world_submit(world, &world->scratch);
}

uint64_t world_ask(struct world *world, enum plenum_task_load load, int32_t from, int32_t to,
                   int64_t priority)
{
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_TASK);
    struct plenum_ref task = plenum_ref(PLENUM_TASK, id);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_TASK_ASK, "test");
    plenum_command_create(&world->scratch, task);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_LOAD, load);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_FROM_CELL, from);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_TO_CELL, to);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_RACK, PLENUM_NONE);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_FETCHED, PLENUM_NONE);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_CREATED_MS, world_now_ms(world));
    plenum_command_set(&world->scratch, task, PLENUM_TASK_DUE_MS, PLENUM_FOREVER);
    plenum_command_set(&world->scratch, task, PLENUM_TASK_PRIORITY, priority);
    world_submit(world, &world->scratch);
    return id;
}

int64_t world_get(const struct world *world, uint32_t kind, uint64_t id, int32_t field)
{
    return plenum_ledger_get(world->ledger, kind, id, field);
}

int world_count(const struct world *world, uint32_t kind, int64_t state)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int count = 0;
    while (plenum_ledger_walk(world->ledger, kind, &cursor, &id, &row))
        count += row[PLENUM_FIELD_STATE] == state;
    return count;
}

int64_t world_now_ms(const struct world *world)
{
    return plenum_ledger_now_ms(world->ledger);
}
