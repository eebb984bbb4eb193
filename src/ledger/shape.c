#include "ledger/shape.h"

#include "ledger/refusals.h"

/* What is looked at, and where the answer goes. The demands below return true when all is well. */
struct shape {
    const struct plenum_site *site;
    int64_t now_ms;
    size_t op;
    struct plenum_refusal *refusal;
};

static bool shape_demand(const struct shape *shape, bool met, const char *rule)
{
    if (!met)
        *shape->refusal = refusal_rule(PLENUM_REASON_MALFORMED, shape->op, rule);
    return met;
}

static bool shape_index(const struct shape *shape, int64_t index, int64_t count)
{
    if (index >= 0 && index < count)
        return true;
    *shape->refusal = refusal_of(PLENUM_REASON_UNKNOWN, shape->op);
    return false;
}

static bool shape_kind(const struct shape *shape, struct plenum_ref ref)
{
    return shape_demand(shape, ref.kind < PLENUM_KIND_COUNT, "entities are of the kinds there are");
}

static bool shape_not_past(const struct shape *shape, int64_t from_ms)
{
    if (from_ms >= shape->now_ms)
        return true;
    *shape->refusal = refusal_of(PLENUM_REASON_PAST, shape->op);
    shape->refusal->asked = from_ms;
    shape->refusal->limit = shape->now_ms;
    return false;
}

static bool shape_span(const struct shape *shape, int64_t from_ms, int64_t until_ms)
{
    return shape_demand(shape, from_ms < until_ms, "an interval begins before it ends") &&
           shape_not_past(shape, from_ms);
}

static bool shape_power(const struct shape *shape, const struct plenum_power_claim *claim)
{
    return shape_kind(shape, claim->owner) &&
           shape_index(shape, claim->load, shape->site->load_count) &&
           shape_span(shape, claim->from_ms, claim->until_ms) &&
           shape_demand(shape, claim->watts > 0 && claim->watts <= SHAPE_WATTS_MAX,
                        "a power claim is for 1 W to 100 GW");
}

static bool shape_capacity(const struct shape *shape, const struct plenum_capacity_claim *claim)
{
    bool some = claim->accelerators != 0 || claim->cores > 0 || claim->memory_bytes > 0;
    bool milli =
        claim->accelerators != 0 ? claim->milli >= 1 && claim->milli <= 1000 : claim->milli == 0;
    return shape_kind(shape, claim->owner) &&
           shape_index(shape, claim->server, shape->site->server_count) &&
           shape_span(shape, claim->from_ms, claim->until_ms) &&
           shape_demand(shape, milli, "1 to 1000 thousandths of accelerators, 0 of none") &&
           shape_demand(shape, claim->cores >= 0, "cores are not negative") &&
           shape_demand(shape, claim->memory_bytes >= 0 && claim->memory_bytes <= SHAPE_BYTES_MAX,
                        "memory is 0 bytes to 4 PiB") &&
           shape_demand(shape, some, "a capacity claim is for something");
}

static bool shape_volume(const struct shape *shape, const struct plenum_volume *volume)
{
    bool circle = volume->shape == PLENUM_SHAPE_CIRCLE;
    bool polygon = volume->shape == PLENUM_SHAPE_POLYGON;
    bool vertices = circle
                        ? volume->vertex_count == 0
                        : volume->vertex_count >= 3 && volume->vertex_count <= PLENUM_VERTICES_MAX;
    return shape_demand(shape, circle || polygon, "a volume is a polygon or a circle") &&
           shape_demand(shape, vertices, "a polygon has 3 to 1000 vertices, a circle none") &&
           shape_demand(shape, polygon || volume->radius_mm > 0, "a circle has a radius") &&
           shape_demand(shape, volume->lower_mm <= volume->upper_mm,
                        "the lower altitude is not over the upper") &&
           shape_demand(shape, volume->from_ms <= volume->until_ms,
                        "an interval begins before it ends");
}

static bool shape_air(const struct shape *shape, const struct plenum_air_claim *claim)
{
    if (!shape_kind(shape, claim->owner) ||
        !shape_demand(shape, claim->volume_count > 0 && claim->volume_count <= PLENUM_VOLUMES_MAX,
                      "an air claim has 1 to 1000 volumes"))
        return false;
    for (int32_t i = 0; i < claim->volume_count; i++)
        if (!shape_volume(shape, &claim->volumes[i]) ||
            !shape_not_past(shape, claim->volumes[i].from_ms))
            return false;
    return true;
}

static bool shape_limit(const struct shape *shape, const struct plenum_op *op)
{
    bool watts = op->limit.limit_w >= 0 && op->limit.limit_w <= SHAPE_WATTS_MAX &&
                 op->limit.failover_limit_w >= 0 && op->limit.failover_limit_w <= SHAPE_WATTS_MAX;
    return shape_index(shape, op->limit.node, shape->site->power_node_count) &&
           shape_span(shape, op->limit.from_ms, op->limit.until_ms) &&
           shape_demand(shape, watts, "a limit is 0 W to 100 GW");
}

static bool shape_release(const struct shape *shape, const struct plenum_op *op)
{
    uint32_t books = op->release.books;
    return shape_kind(shape, op->release.owner) &&
           shape_demand(shape, books != 0 && (books & ~(uint32_t)PLENUM_BOOK_ALL) == 0,
                        "a release names books of claims") &&
           shape_not_past(shape, op->release.from_ms);
}

static bool shape_floor(const struct shape *shape, const struct plenum_op *op)
{
    const struct plenum_site *site = shape->site;
    switch (op->type) {
    case PLENUM_OP_FLOOR_PLACE:
        return shape_index(shape, op->place.robot, site->robot_count) &&
               shape_index(shape, op->place.cell, site->cell_count);
    case PLENUM_OP_FLOOR_LIFT:
        return shape_index(shape, op->lift.robot, site->robot_count);
    case PLENUM_OP_FLOOR_STEP:
        return shape_demand(shape, op->step.count == site->robot_count,
                            "a step has a move for each robot");
    default:
        return shape_kind(shape, op->close.owner) &&
               shape_index(shape, op->close.cell, site->cell_count);
    }
}

static bool shape_entity(const struct shape *shape, const struct plenum_op *op)
{
    if (!shape_kind(shape, op->create.ref))
        return false;
    if (op->type != PLENUM_OP_SET)
        return true;
    return shape_demand(
        shape, op->set.field >= 0 && op->set.field < plenum_kind_field_count(op->set.ref.kind),
        "a field is one of its kind");
}

static bool shape_tick(const struct shape *shape, int64_t to_ms)
{
    if (!shape_demand(shape, to_ms < PLENUM_FOREVER, "the clock does not reach forever"))
        return false;
    if (to_ms > shape->now_ms)
        return true;
    *shape->refusal = refusal_of(PLENUM_REASON_PAST, shape->op);
    shape->refusal->asked = to_ms;
    shape->refusal->limit = shape->now_ms;
    return false;
}

static bool shape_op(const struct shape *shape, const struct plenum_op *op)
{
    switch (op->type) {
    case PLENUM_OP_POWER_CLAIM:
        return shape_power(shape, &op->power);
    case PLENUM_OP_CAPACITY_CLAIM:
        return shape_capacity(shape, &op->capacity);
    case PLENUM_OP_AIR_CLAIM:
        return shape_air(shape, &op->air);
    case PLENUM_OP_RELEASE:
        return shape_release(shape, op);
    case PLENUM_OP_FLOOR_PLACE:
    case PLENUM_OP_FLOOR_LIFT:
    case PLENUM_OP_FLOOR_STEP:
    case PLENUM_OP_FLOOR_CLOSE:
    case PLENUM_OP_FLOOR_OPEN:
        return shape_floor(shape, op);
    case PLENUM_OP_LIMIT:
        return shape_limit(shape, op);
    case PLENUM_OP_WINDOW:
        return shape_index(shape, op->window.server, shape->site->server_count) &&
               shape_demand(shape, op->window.from_ms <= op->window.until_ms,
                            "a window does not end before it begins");
    case PLENUM_OP_AIR_CLOSE:
        return shape_volume(shape, op->air_close.volume);
    case PLENUM_OP_CREATE:
    case PLENUM_OP_SET:
    case PLENUM_OP_END:
        return shape_entity(shape, op);
    case PLENUM_OP_TICK:
        return shape_tick(shape, op->tick.to_ms);
    default:
        return shape_demand(shape, false, "operations are of the types there are");
    }
}

bool shape_test(const struct plenum_site *site, const struct plenum_command *command,
                int64_t now_ms, struct plenum_refusal *refusal)
{
    struct shape shape = {.site = site, .now_ms = now_ms, .refusal = refusal};
    for (size_t i = 0; i < command->op_count; i++) {
        shape.op = i;
        if (!shape_op(&shape, &command->ops[i]))
            return false;
        bool tick = command->ops[i].type == PLENUM_OP_TICK;
        if (!shape_demand(&shape, !tick || i + 1 == command->op_count, "a tick comes last"))
            return false;
    }
    return true;
}
