/* The way of a command: test, write down, apply. See ledger.h for what is always true. */
#include <plenum/ledger.h>

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/refusals.h"
#include "ledger/shape.h"
#include "ledger/state.h"

struct plenum_ledger *plenum_ledger_create(const struct plenum_site *site)
{
    struct plenum_ledger *ledger = memory_new(1, sizeof *ledger);
    ledger->site = site;
    ledger->now_ms = site->start_ms;
    entities_init(&ledger->entities, site);
    power_book_init(&ledger->power, site);
    capacity_book_init(&ledger->capacity, site);
    floor_book_init(&ledger->floor, site);
    air_book_init(&ledger->air, site);
    id_memory_init(&ledger->ids);
    ledger->scratch = memory_new(1, sizeof *ledger->scratch);
    change_init(&ledger->scratch->change, site, &ledger->entities);
    ledger->scratch->rules = (struct rules){.site = site,
                                            .change = &ledger->scratch->change,
                                            .power = &ledger->power,
                                            .capacity = &ledger->capacity,
                                            .floor = &ledger->floor,
                                            .air = &ledger->air};
    return ledger;
}

void plenum_ledger_destroy(struct plenum_ledger *ledger)
{
    if (!ledger)
        return;
    rules_finish(&ledger->scratch->rules);
    change_finish(&ledger->scratch->change);
    free(ledger->scratch);
    id_memory_finish(&ledger->ids);
    air_book_finish(&ledger->air);
    floor_book_finish(&ledger->floor);
    capacity_book_finish(&ledger->capacity);
    power_book_finish(&ledger->power);
    entities_finish(&ledger->entities);
    free(ledger);
}

/* --- test ------------------------------------------------------------------------------------- */

/* Keeps the refusal of the lowest operation; of two of one operation, the first that was told. */
static void refusal_keep(struct plenum_refusal *kept, bool fits, const struct plenum_refusal *told)
{
    if (!fits && (kept->reason == PLENUM_REASON_NONE || told->op < kept->op))
        *kept = *told;
}

bool plenum_ledger_test(const struct plenum_ledger *ledger, const struct plenum_command *command,
                        struct plenum_refusal *refusal)
{
    struct plenum_refusal told;
    int64_t now_ms = ledger->now_ms;
    CHECK(command->op_count <= PLENUM_OPS_MAX);
    *refusal = refusal_of(PLENUM_REASON_NONE, 0);
    if (!shape_test(ledger->site, command, now_ms, refusal) ||
        !change_build(&ledger->scratch->change, command, now_ms, refusal))
        return false;
    refusal_keep(refusal, power_book_test(&ledger->power, command, now_ms, &told), &told);
    refusal_keep(refusal, capacity_book_test(&ledger->capacity, command, now_ms, &told), &told);
    refusal_keep(refusal, floor_book_test(&ledger->floor, command, now_ms, &told), &told);
    refusal_keep(refusal, air_book_test(&ledger->air, command, now_ms, &told), &told);
    refusal_keep(refusal, rules_test(&ledger->scratch->rules, &told), &told);
    return refusal->reason == PLENUM_REASON_NONE;
}

/* --- apply ------------------------------------------------------------------------------------ */

static void ledger_advance(struct plenum_ledger *ledger, int64_t to_ms)
{
    CHECK(to_ms > ledger->now_ms);
    power_book_advance(&ledger->power, to_ms);
    capacity_book_advance(&ledger->capacity, to_ms);
    floor_book_advance(&ledger->floor, to_ms);
    air_book_advance(&ledger->air, to_ms);
    id_memory_advance(&ledger->ids, to_ms);
    ledger->now_ms = to_ms;
}

/* After a test of this command that was true, and nothing in between. */
static void ledger_apply(struct plenum_ledger *ledger, const struct plenum_command *command)
{
    CHECK(ledger->scratch->change.command == command);
    CHECK(ledger->scratch->change.now_ms == ledger->now_ms);
    change_apply(&ledger->scratch->change, &ledger->entities);
    power_book_apply(&ledger->power, command, ledger->now_ms);
    capacity_book_apply(&ledger->capacity, command, ledger->now_ms);
    floor_book_apply(&ledger->floor, command, ledger->now_ms);
    air_book_apply(&ledger->air, command, ledger->now_ms);
    if (command->op_count == 0)
        return;
    const struct plenum_op *last = &command->ops[command->op_count - 1];
    if (last->type == PLENUM_OP_TICK)
        ledger_advance(ledger, last->tick.to_ms);
}

/* --- submit ----------------------------------------------------------------------------------- */

static bool command_has_id(const struct plenum_command *command)
{
    return command->id.hi != 0 || command->id.lo != 0;
}

static enum plenum_status content_hash(const struct plenum_command *command, struct hash *content,
                                       struct plenum_error *error)
{
    uint8_t *data;
    size_t length;
    enum plenum_status status = plenum_command_encode(command, &data, &length, error);
    if (status != PLENUM_OK)
        return status;
    *content = hash_of(data, length);
    free(data);
    return PLENUM_OK;
}

/* Judges the command, writes it down, and changes the state if it was taken. The clock stands
 * where it was before the command in what is written. */
static enum plenum_status submit_new(struct plenum_ledger *ledger,
                                     const struct plenum_command *command, bool reused,
                                     const struct plenum_sink *sink, struct plenum_outcome *outcome,
                                     struct plenum_error *error)
{
    *outcome = (struct plenum_outcome){.seq = ledger->seq + 1};
    outcome->refusal = refusal_of(PLENUM_REASON_ID_REUSED, 0);
    outcome->taken = !reused && plenum_ledger_test(ledger, command, &outcome->refusal);
    CHECK(outcome->taken == (outcome->refusal.reason == PLENUM_REASON_NONE));
    if (sink) {
        enum plenum_status status =
            sink->append(sink->context, outcome->seq, ledger->now_ms, command, outcome, error);
        if (status != PLENUM_OK)
            return status;
    }
    ledger->seq = outcome->seq;
    if (outcome->taken)
        ledger_apply(ledger, command);
    return PLENUM_OK;
}

bool plenum_ledger_answered(const struct plenum_ledger *ledger, struct plenum_command_id id,
                            struct plenum_outcome *outcome)
{
    const struct id_entry *seen = id_memory_find(&ledger->ids, id);
    if (seen)
        *outcome = seen->outcome;
    return seen != NULL;
}

static enum plenum_status submit_with_id(struct plenum_ledger *ledger,
                                         const struct plenum_command *command,
                                         const struct plenum_sink *sink,
                                         struct plenum_outcome *outcome, struct plenum_error *error)
{
    struct id_entry entry = {.id = command->id, .at_ms = ledger->now_ms};
    enum plenum_status status = content_hash(command, &entry.content, error);
    if (status != PLENUM_OK)
        return status;
    const struct id_entry *seen = id_memory_find(&ledger->ids, command->id);
    if (seen && hash_equal(&seen->content, &entry.content)) {
        *outcome = seen->outcome;
        outcome->again = true;
        return PLENUM_OK;
    }
    status = submit_new(ledger, command, seen != NULL, sink, outcome, error);
    entry.outcome = *outcome;
    if (status == PLENUM_OK && !seen)
        id_memory_add(&ledger->ids, &entry);
    return status;
}

enum plenum_status plenum_ledger_submit(struct plenum_ledger *ledger,
                                        const struct plenum_command *command,
                                        const struct plenum_sink *sink,
                                        struct plenum_outcome *outcome, struct plenum_error *error)
{
    if (command_has_id(command))
        return submit_with_id(ledger, command, sink, outcome, error);
    return submit_new(ledger, command, false, sink, outcome, error);
}
