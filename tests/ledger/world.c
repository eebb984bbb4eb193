#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_for_tests.h"

void world_init(struct world *world, const char *text)
{
    *world = (struct world){.site = site_for_tests(text)};
    world->ledger = plenum_ledger_create(world->site);
    plenum_command_init(&world->command, PLENUM_COMMAND_OTHER, "test");
    plenum_ledger_genesis(world->site, &world->command);
    world_take(world);
}

void world_finish(struct world *world)
{
    plenum_command_finish(&world->command);
    plenum_ledger_destroy(world->ledger);
    plenum_site_destroy(world->site);
}

struct plenum_command *world_begin(struct world *world)
{
    plenum_command_reset(&world->command, PLENUM_COMMAND_OTHER, "test");
    return &world->command;
}

static void world_submit(struct world *world)
{
    struct plenum_error error;
    enum plenum_status status =
        plenum_ledger_submit(world->ledger, &world->command, NULL, &world->outcome, &error);
    assert_int_equal(status, PLENUM_OK);
}

void world_take(struct world *world)
{
    char text[PLENUM_REFUSAL_TEXT];
    world_submit(world);
    if (!world->outcome.taken)
        fail_msg("op %u: %s", world->outcome.refusal.op,
                 plenum_refusal_format(world->site, &world->outcome.refusal, text));
}

void world_refuse(struct world *world, enum plenum_reason reason)
{
    world_submit(world);
    assert_string_equal(plenum_reason_name(world->outcome.refusal.reason),
                        plenum_reason_name(reason));
    assert_false(world->outcome.taken);
}

void world_tick(struct world *world, int64_t by_ms)
{
    plenum_command_tick(world_begin(world), plenum_ledger_now_ms(world->ledger) + by_ms);
    world_take(world);
}

static void rack_carry(struct plenum_command *command, struct plenum_ref rack, uint64_t id)
{
    struct plenum_ref task = plenum_ref(PLENUM_TASK, id);
    plenum_command_create(command, task);
    plenum_command_set(command, task, PLENUM_TASK_ROBOT, 0);
    plenum_command_set(command, task, PLENUM_TASK_RACK, (int64_t)rack.id);
    for (int64_t step = PLENUM_TASK_TO_PICK; step <= PLENUM_TASK_AT_DROP; step++)
        plenum_command_set(command, task, PLENUM_FIELD_STATE, step);
    plenum_command_set(command, plenum_ref(PLENUM_ROBOT, 0), PLENUM_ROBOT_TASK, (int64_t)id);
    plenum_command_set(command, rack, PLENUM_RACK_TASK, (int64_t)id);
}

static void rack_serve(struct plenum_command *command, const struct plenum_rack *facts,
                       int32_t servers, int64_t now_ms)
{
    for (int32_t i = 0; i < servers; i++)
        plenum_command_window(command, facts->first_server + i, now_ms, PLENUM_FOREVER);
}

void world_rack_command(const struct plenum_site *site, struct plenum_command *command,
                        uint64_t rack, int64_t state, uint64_t task, int64_t now_ms)
{
    struct plenum_ref ref = plenum_ref(PLENUM_RACK, rack);
    const struct plenum_rack *facts = &site->racks[rack];
    const struct plenum_rack_model *model = &site->rack_models[facts->model];
    const struct plenum_position *position = &site->positions[facts->position];
    plenum_command_reset(command, PLENUM_COMMAND_RACK_MOVE_ON, "test");
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, state);
    if (state == PLENUM_RACK_CARRIED)
        rack_carry(command, ref, task);
    if (state == PLENUM_RACK_PLACED) {
        plenum_command_set(command, plenum_ref(PLENUM_TASK, task - 1), PLENUM_FIELD_STATE,
                           PLENUM_TASK_DONE);
        plenum_command_close_cell(command, ref, position->cell);
    }
    if (state == PLENUM_RACK_POWERED)
        plenum_command_claim_power(command, ref, position->load, now_ms, PLENUM_FOREVER,
                                   model->peak_w);
    if (state == PLENUM_RACK_IN_SERVICE) {
        plenum_command_release(command, ref, PLENUM_BOOK_POWER, now_ms);
        plenum_command_claim_power(command, ref, position->load, now_ms, PLENUM_FOREVER,
                                   model->idle_w);
        rack_serve(command, facts, model->server_count, now_ms);
    }
}

void world_rack_to(struct world *world, uint64_t rack, int64_t state)
{
    const struct plenum_ledger *ledger = world->ledger;
    for (int64_t at = plenum_ledger_get(ledger, PLENUM_RACK, rack, 0) + 1; at <= state; at++) {
        world_rack_command(world->site, &world->command, rack, at,
                           plenum_ledger_next_id(ledger, PLENUM_TASK),
                           plenum_ledger_now_ms(ledger));
        world_take(world);
    }
}
