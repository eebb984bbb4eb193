/* Lists of entities, a page at a time, made from the fields of entity.h. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/text.h"
#include "ledger/fields.h"

#include <inttypes.h>

/* --- one entity ------------------------------------------------------------------------------- */

/* What is none, or never, is null. */
static json_t *field_json(uint32_t kind, int32_t field, int64_t value)
{
    struct field_facts facts = field_facts(kind, field);
    if (field == PLENUM_FIELD_STATE)
        return json_string(plenum_state_name(kind, (int32_t)value));
    bool none = (facts.refers == FIELD_INDEX && value == PLENUM_NONE) ||
                (facts.refers == FIELD_ENTITY && value == 0) || value == PLENUM_FOREVER;
    return none ? json_null() : json_integer(value);
}

/* Its first cell, numbered in its hall, and how far it reaches from there. */
static void put_area(json_t *object, const struct plenum_site *site, const struct plenum_area *area)
{
    const struct plenum_hall *hall = &site->halls[area->hall];
    json_put_text(object, "name", area->name);
    json_put_text(object, "kind", plenum_area_kind_name(area->kind));
    json_put_i64(object, "hall", area->hall);
    json_put_i64(object, "cell", area->row * hall->width + area->column);
    json_put_i64(object, "columns", area->columns);
    json_put_i64(object, "rows", area->rows);
}

/* What the site file says of those that stay, and where robots are. */
static void put_described(json_t *object, const struct plenum_ledger *ledger, uint32_t kind,
                          uint64_t id)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    if (kind == PLENUM_RACK) {
        const struct plenum_rack *rack = &site->racks[id];
        json_put_text(object, "name", rack->name);
        json_put_text(object, "model", site->rack_models[rack->model].name);
        json_put_text(object, "position", site->positions[rack->position].name);
        json_put_i64(object, "w", rack_claimed_w(ledger, id));
    } else if (kind == PLENUM_ROBOT) {
        int32_t cell = plenum_floor_cell_of(ledger, (int32_t)id);
        json_put_text(object, "name", site->robots[id].name);
        json_put_text(object, "model", site->robot_models[site->robots[id].model].name);
        json_put(object, "cell", cell == PLENUM_NONE ? json_null() : json_integer(cell));
        json_put_i64(object, "moves", plenum_floor_moves(ledger, (int32_t)id));
    } else if (kind == PLENUM_DRONE) {
        json_put_text(object, "name", site->drones[id].name);
        json_put_text(object, "model", site->drone_models[site->drones[id].model].name);
    } else if (kind == PLENUM_TENANT) {
        json_put_text(object, "name", site->tenants[id].name);
    } else if (kind == PLENUM_AREA) {
        put_area(object, site, &site->areas[id]);
    } else if (kind == PLENUM_STOP) {
        json_put_text(object, "name", id == PLENUM_STOP_FLOOR ? "floor" : "air");
    }
}

static json_t *entity_json(const struct plenum_ledger *ledger, uint32_t kind, uint64_t id,
                           const int64_t *row)
{
    json_t *object = json_object();
    json_put_i64(object, "id", (int64_t)id);
    put_described(object, ledger, kind, id);
    for (int32_t field = 0; field < plenum_kind_field_count(kind); field++)
        json_put(object, plenum_field_name(kind, field), field_json(kind, field, row[field]));
    return object;
}

/* --- pages ------------------------------------------------------------------------------------ */

/* The first entity with an id of at least from. Those that stay have no gaps. */
static bool page_begin(const struct plenum_ledger *ledger, uint32_t kind, uint64_t from,
                       size_t *cursor, uint64_t *id, const int64_t **row)
{
    *cursor = plenum_kind_comes_and_goes(kind) ? 0 : (size_t)from;
    if (!plenum_kind_comes_and_goes(kind) && from >= plenum_ledger_count(ledger, kind))
        return false;
    while (plenum_ledger_walk(ledger, kind, cursor, id, row))
        if (*id >= from)
            return true;
    return false;
}

static void answer_page(struct call *call, uint32_t kind, uint64_t from, int64_t limit)
{
    const struct plenum_ledger *ledger = call->ledger;
    size_t cursor;
    uint64_t id;
    const int64_t *row;
    json_t *page = json_object(), *items = json_array();
    bool more = page_begin(ledger, kind, from, &cursor, &id, &row);
    for (; more && limit > 0; limit--) {
        json_push(items, entity_json(ledger, kind, id, row));
        more = plenum_ledger_walk(ledger, kind, &cursor, &id, &row);
    }
    json_put(page, "items", items);
    json_put(page, "next", more ? json_integer((int64_t)id) : json_null());
    json_put_i64(page, "count", (int64_t)plenum_ledger_count(ledger, kind));
    if (plenum_kind_comes_and_goes(kind))
        json_put_i64(page, "next_id", (int64_t)plenum_ledger_next_id(ledger, kind));
    call_answer_json(call, page);
}

static void answer_one(struct call *call, uint32_t kind, const char *text)
{
    uint64_t id;
    const int64_t *row = NULL;
    if (text_to_u64(text, &id) && plenum_ledger_exists(call->ledger, plenum_ref(kind, id)))
        row = plenum_ledger_row(call->ledger, kind, id);
    if (row)
        call_answer_json(call, entity_json(call->ledger, kind, id, row));
    else
        call_problem(call, 404, "there is no %s \"%s\"", plenum_kind_name(kind), text);
}

void handle_entities(struct call *call, uint32_t kind, const char *id)
{
    int64_t limit = 100, from = 0;
    if (id)
        answer_one(call, kind, id);
    else if (call_query_i64(call, "limit", 1, PLENUM_HTTP_PAGE_MAX, &limit) &&
             call_query_i64(call, "cursor", 0, INT64_MAX, &from))
        answer_page(call, kind, (uint64_t)from, limit);
}
