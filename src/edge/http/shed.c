/* A copy of the ledger, its clock moved to when shedding begins, and the rack planner asked once.
 * Claims that end until then are gone in the copy as they will be; new ones are not foreseen. */
#include "edge/http/shed.h"
#include "edge/http/json.h"

#include "base/check.h"
#include "base/memory.h"

#include <plenum/rack.h>

#include <stdlib.h>

enum { SHEDS_MAX = 1000 };

struct trial {
    struct plenum_ledger *ledger;
    json_t *sheds;
};

static struct plenum_ledger *copy_of(const struct plenum_ledger *ledger)
{
    uint8_t *data;
    size_t length;
    struct plenum_error error;
    struct plenum_ledger *copy;
    plenum_ledger_snapshot(ledger, &data, &length);
    enum plenum_status status =
        plenum_ledger_restore(plenum_ledger_site(ledger), data, length, &copy, &error);
    CHECK(status == PLENUM_OK);
    free(data);
    return copy;
}

static int64_t claimed_w(const struct plenum_ledger *ledger, struct plenum_ref owner)
{
    int64_t watts = 0;
    size_t count = plenum_power_claims_of(ledger, owner, NULL, 0);
    struct plenum_power_claim *claims = memory_new(count, sizeof *claims);
    plenum_power_claims_of(ledger, owner, claims, count);
    for (size_t i = 0; i < count; i++)
        if (claims[i].from_ms <= plenum_ledger_now_ms(ledger))
            watts += claims[i].watts;
    free(claims);
    return watts;
}

static const char *name_of(const struct plenum_site *site, struct plenum_ref ref)
{
    return ref.kind == PLENUM_RACK    ? site->racks[ref.id].name
           : ref.kind == PLENUM_ROBOT ? site->robots[ref.id].name
           : ref.kind == PLENUM_DRONE ? site->drones[ref.id].name
                                      : NULL;
}

/* Who gives up watts by a command is whoever it releases. */
static void note_sheds(struct trial *trial, const struct plenum_command *command)
{
    const struct plenum_site *site = plenum_ledger_site(trial->ledger);
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_RELEASE || !(op->release.books & PLENUM_BOOK_POWER) ||
            json_array_size(trial->sheds) == SHEDS_MAX)
            continue;
        struct plenum_ref owner = op->release.owner;
        const char *name = name_of(site, owner);
        json_t *shed = json_object();
        json_put_text(shed, "kind", plenum_kind_name(owner.kind));
        json_put_i64(shed, "id", (int64_t)owner.id);
        json_put(shed, "name", name ? json_string(name) : json_null());
        json_put_i64(shed, "w", claimed_w(trial->ledger, owner));
        json_push(trial->sheds, shed);
    }
}

static enum plenum_status trial_submit(void *context, const struct plenum_command *command,
                                       struct plenum_outcome *outcome)
{
    struct trial *trial = context;
    struct plenum_outcome own;
    struct plenum_error error;
    outcome = outcome ? outcome : &own;
    if (command->kind == PLENUM_COMMAND_POWER_SHED)
        note_sheds(trial, command);
    return plenum_ledger_submit(trial->ledger, command, NULL, outcome, &error);
}

static bool trial_take(struct trial *trial, const struct plenum_command *command)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    return plenum_ledger_submit(trial->ledger, command, NULL, &outcome, &error) == PLENUM_OK &&
           outcome.taken;
}

static bool trial_move_clock(struct trial *trial, int64_t to_ms)
{
    struct plenum_command command;
    if (to_ms <= plenum_ledger_now_ms(trial->ledger))
        return true;
    plenum_command_init(&command, PLENUM_COMMAND_TICK, "trial");
    plenum_command_tick(&command, to_ms);
    bool taken = trial_take(trial, &command);
    plenum_command_finish(&command);
    return taken;
}

json_t *shed_json(const struct plenum_ledger *ledger, const struct plenum_command *command,
                  int64_t from_ms)
{
    struct trial trial = {copy_of(ledger), json_array()};
    bool told =
        trial_take(&trial, command) && trial_move_clock(&trial, from_ms - PLENUM_SHED_LEAD_MS);
    if (told) {
        struct plenum_agent agent = plenum_rack_agent(plenum_ledger_site(ledger));
        struct plenum_port port = {trial.ledger, trial_submit, &trial};
        told = agent.step(agent.self, &port) == PLENUM_OK;
        agent.destroy(agent.self);
    }
    plenum_ledger_destroy(trial.ledger);
    if (told)
        return trial.sheds;
    json_decref(trial.sheds);
    return json_null();
}
