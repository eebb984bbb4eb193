/* Rows of a journal as JSON: see row_json.h. */
#include "edge/row_json.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"

#include <inttypes.h>

static void put_int(json_t *object, const char *key, int64_t value)
{
    CHECK(json_object_set_new(object, key, json_integer(value)) == 0);
}

static void put_text(json_t *object, const char *key, const char *text)
{
    json_t *value = json_string(text);
    CHECK(json_object_set_new(object, key, value != NULL ? value : json_string("?")) == 0);
}

static void put_instant(json_t *object, const char *key, int64_t at_ms)
{
    char text[INSTANT_TEXT];
    put_text(object, key, instant_format(at_ms, text));
}

static void put_ref(json_t *object, const char *key, struct plenum_ref ref)
{
    char text[64];
    const char *kind = ref.kind < PLENUM_KIND_COUNT ? plenum_kind_name(ref.kind) : "?";
    (void)text_format(text, sizeof text, "%s/%" PRIu64, kind, ref.id);
    put_text(object, key, text);
}

static void put_interval(json_t *object, int64_t from_ms, int64_t until_ms)
{
    put_instant(object, "from", from_ms);
    put_instant(object, "until", until_ms);
}

static void put_claim(json_t *object, const struct plenum_op *op)
{
    if (op->type == PLENUM_OP_POWER_CLAIM) {
        put_ref(object, "owner", op->power.owner);
        put_int(object, "load", op->power.load);
        put_int(object, "watts", op->power.watts);
        put_interval(object, op->power.from_ms, op->power.until_ms);
    } else if (op->type == PLENUM_OP_CAPACITY_CLAIM) {
        put_ref(object, "owner", op->capacity.owner);
        put_int(object, "server", op->capacity.server);
        put_int(object, "milli", op->capacity.milli);
        put_int(object, "accelerators", (int64_t)op->capacity.accelerators);
        put_int(object, "cores", op->capacity.cores);
        put_int(object, "memory_bytes", op->capacity.memory_bytes);
        put_interval(object, op->capacity.from_ms, op->capacity.until_ms);
    } else if (op->type == PLENUM_OP_AIR_CLAIM) {
        put_ref(object, "owner", op->air.owner);
        put_int(object, "volumes", op->air.volume_count);
    } else {
        put_ref(object, "owner", op->release.owner);
        put_int(object, "books", op->release.books);
        put_instant(object, "from", op->release.from_ms);
    }
}

static void put_floor(json_t *object, const struct plenum_op *op)
{
    if (op->type == PLENUM_OP_FLOOR_PLACE) {
        put_int(object, "robot", op->place.robot);
        put_int(object, "cell", op->place.cell);
    } else if (op->type == PLENUM_OP_FLOOR_LIFT) {
        put_int(object, "robot", op->lift.robot);
    } else if (op->type == PLENUM_OP_FLOOR_STEP) {
        int64_t moving = 0;
        for (int32_t i = 0; i < op->step.count; i++)
            moving += op->step.moves[i] != PLENUM_MOVE_WAIT;
        put_int(object, "robots", op->step.count);
        put_int(object, "moving", moving);
    } else {
        put_ref(object, "owner", op->close.owner);
        put_int(object, "cell", op->close.cell);
    }
}

static void put_set(json_t *object, const struct plenum_op *op)
{
    uint32_t kind = op->set.ref.kind;
    bool known = kind < PLENUM_KIND_COUNT && op->set.field >= 0 &&
                 op->set.field < plenum_kind_field_count(kind);
    put_ref(object, "of", op->set.ref);
    put_text(object, "field", known ? plenum_field_name(kind, op->set.field) : "?");
    if (known && op->set.field == PLENUM_FIELD_STATE && op->set.value >= 0 &&
        op->set.value < plenum_kind_state_count(kind))
        put_text(object, "value", plenum_state_name(kind, (int32_t)op->set.value));
    else
        put_int(object, "value", op->set.value);
}

json_t *op_json(const struct plenum_op *op)
{
    json_t *object = json_object();
    put_text(object, "op", plenum_op_type_name(op->type));
    switch (op->type) {
    case PLENUM_OP_POWER_CLAIM:
    case PLENUM_OP_CAPACITY_CLAIM:
    case PLENUM_OP_AIR_CLAIM:
    case PLENUM_OP_RELEASE:
        put_claim(object, op);
        break;
    case PLENUM_OP_FLOOR_PLACE:
    case PLENUM_OP_FLOOR_LIFT:
    case PLENUM_OP_FLOOR_CLOSE:
    case PLENUM_OP_FLOOR_OPEN:
    case PLENUM_OP_FLOOR_STEP:
        put_floor(object, op);
        break;
    case PLENUM_OP_LIMIT:
        put_int(object, "node", op->limit.node);
        put_int(object, "limit_w", op->limit.limit_w);
        put_int(object, "failover_limit_w", op->limit.failover_limit_w);
        put_interval(object, op->limit.from_ms, op->limit.until_ms);
        break;
    case PLENUM_OP_WINDOW:
        put_int(object, "server", op->window.server);
        put_interval(object, op->window.from_ms, op->window.until_ms);
        break;
    case PLENUM_OP_SET:
        put_set(object, op);
        break;
    case PLENUM_OP_CREATE:
    case PLENUM_OP_END:
        put_ref(object, "of", op->type == PLENUM_OP_END ? op->end.ref : op->create.ref);
        break;
    case PLENUM_OP_TICK:
        put_instant(object, "to", op->tick.to_ms);
        break;
    default:
        break;
    }
    return object;
}

json_t *row_json(const struct plenum_site *site, const struct plenum_journal_row *row,
                 size_t ops_max)
{
    char refusal[PLENUM_REFUSAL_TEXT];
    json_t *object = json_object(), *ops = json_array();
    put_int(object, "seq", (int64_t)row->seq);
    put_int(object, "now_ms", row->now_ms);
    put_instant(object, "time", row->now_ms);
    put_text(object, "kind", plenum_command_kind_name(row->command->kind));
    put_text(object, "actor", row->command->actor);
    CHECK(json_object_set_new(object, "taken", json_boolean(row->taken)) == 0);
    put_text(object, "reason", plenum_reason_name(row->reason));
    if (!row->taken)
        put_text(object, "refusal", plenum_refusal_format(site, row->refusal, refusal));
    for (size_t i = 0; i < row->command->op_count && i < ops_max; i++)
        CHECK(json_array_append_new(ops, op_json(&row->command->ops[i])) == 0);
    CHECK(json_object_set_new(object, "ops", ops) == 0);
    if (row->command->op_count > ops_max)
        put_int(object, "ops_count", (int64_t)row->command->op_count);
    return object;
}
