/* GET /v1/capacity/changes: what will be there and is not yet, what will not be there any more, and
 * what is kept clear for work. They are numbered: arrivals of racks by rack, then retirements by
 * rack, then maintenances by their id; a page goes on at such a number. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)

struct page {
    const struct plenum_ledger *ledger;
    const struct plenum_site *site;
    json_t *items;
    int64_t from, limit, count, next;
};

/* Whether the change of this number is of the page. */
static bool page_takes(struct page *page, int64_t number)
{
    page->count++;
    if (number < page->from)
        return false;
    if (page->limit == 0) {
        page->next = page->next == PLENUM_NONE ? number : page->next;
        return false;
    }
    page->limit--;
    return true;
}

static json_t *change_json(const char *kind, const char *name, int64_t from_ms, int64_t until_ms)
{
    json_t *object = json_object();
    json_put_text(object, "kind", kind);
    json_put_text(object, "name", name);
    json_put_i64(object, "from_ms", from_ms);
    json_put_ms(object, "until_ms", until_ms);
    return object;
}

static void put_amount(json_t *object, const struct plenum_site *site, int32_t chip, int64_t count)
{
    json_put(object, "chip", chip == PLENUM_NONE ? json_null() : json_integer(chip));
    json_put(object, "chip_name",
             chip == PLENUM_NONE ? json_null() : json_string(site->chips[chip].name));
    json_put_i64(object, "accelerators", count);
}

/* --- racks ------------------------------------------------------------------------------------ */

/* Accelerator-hours of the server that jobs hold, in thousandths. */
static int64_t sold_on(const struct plenum_ledger *ledger, int32_t server)
{
    int64_t sold = 0;
    size_t count = plenum_capacity_claims_on(ledger, server, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_on(ledger, server, claims, count);
    for (size_t i = 0; i < count; i++)
        if (claims[i].owner.kind == PLENUM_JOB)
            sold += (claims[i].until_ms - claims[i].from_ms) / 1000 * claims[i].milli *
                    __builtin_popcountll(claims[i].accelerators);
    free(claims);
    return sold / (HOUR_MS / 1000);
}

static json_t *rack_change(const struct page *page, const char *kind, int32_t rack, int64_t from_ms)
{
    const struct plenum_site *site = page->site;
    const struct plenum_rack *row = &site->racks[rack];
    int64_t state =
        plenum_ledger_get(page->ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE);
    json_t *object = change_json(kind, row->name, from_ms, PLENUM_FOREVER);
    int64_t count = 0, sold_milli = 0;
    int32_t chip = PLENUM_NONE;
    for (int32_t i = 0; i < site->rack_models[row->model].server_count; i++) {
        int32_t server = row->first_server + i;
        const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
        if (model->accelerators == 0)
            continue;
        chip = model->accelerator_chip;
        count += model->accelerators;
        sold_milli += sold_on(page->ledger, server);
    }
    json_put_i64(object, "rack", rack);
    json_put_text(object, "state", plenum_state_name(PLENUM_RACK, (int32_t)state));
    put_amount(object, site, chip, count);
    json_put(object, "sold_accelerator_hours", json_milli(sold_milli));
    return object;
}

static void put_racks(struct page *page, const char *kind, int32_t field, int64_t first)
{
    for (int32_t rack = 0; rack < page->site->rack_count; rack++) {
        const int64_t *row = plenum_ledger_row(page->ledger, PLENUM_RACK, (uint64_t)rack);
        if (row[field] != 0 && row[PLENUM_FIELD_STATE] != PLENUM_RACK_RETIRED &&
            page_takes(page, first + rack))
            json_push(page->items, rack_change(page, kind, rack, row[field]));
    }
}

/* --- maintenances ----------------------------------------------------------------------------- */

static void name_format(const struct plenum_site *site, const int64_t *row,
                        char text[HTTP_VALUE_MAX])
{
    int64_t server = row[PLENUM_MAINTENANCE_SERVER];
    if (server != PLENUM_NONE)
        (void)text_format(text, HTTP_VALUE_MAX, "%.100s/%" PRId32,
                          site->racks[site->servers[server].rack].name, site->servers[server].slot);
    else if (row[PLENUM_MAINTENANCE_RACK] != PLENUM_NONE)
        (void)text_format(text, HTTP_VALUE_MAX, "%.100s",
                          site->racks[row[PLENUM_MAINTENANCE_RACK]].name);
    else
        (void)text_format(text, HTTP_VALUE_MAX, "%.100s",
                          site->power_nodes[row[PLENUM_MAINTENANCE_NODE]].name);
}

/* Chip: of all that is kept clear, where that is one. */
static json_t *maintenance_change(const struct page *page, uint64_t id, const int64_t *row)
{
    char name[HTTP_VALUE_MAX];
    struct plenum_ref ref = plenum_ref(PLENUM_MAINTENANCE, id);
    size_t claimed = plenum_capacity_claims_of(page->ledger, ref, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(claimed, sizeof *claims);
    int64_t count = 0;
    int32_t chip = PLENUM_NONE;
    bool one = true;
    plenum_capacity_claims_of(page->ledger, ref, claims, claimed);
    for (size_t i = 0; i < claimed; i++) {
        if (claims[i].accelerators == 0)
            continue;
        int32_t of =
            page->site->server_models[page->site->servers[claims[i].server].model].accelerator_chip;
        one = chip == PLENUM_NONE || (one && chip == of);
        chip = of;
        count += __builtin_popcountll(claims[i].accelerators);
    }
    free(claims);
    name_format(page->site, row, name);
    json_t *object = change_json("maintenance", name, row[PLENUM_MAINTENANCE_FROM_MS],
                                 row[PLENUM_MAINTENANCE_UNTIL_MS]);
    json_put_i64(object, "maintenance", (int64_t)id);
    json_put_text(object, "state",
                  plenum_state_name(PLENUM_MAINTENANCE, (int32_t)row[PLENUM_FIELD_STATE]));
    put_amount(object, page->site, one ? chip : PLENUM_NONE, count);
    return object;
}

static void put_maintenances(struct page *page, int64_t first)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(page->ledger, PLENUM_MAINTENANCE, &cursor, &id, &row))
        if (row[PLENUM_FIELD_STATE] < PLENUM_MAINTENANCE_DONE &&
            page_takes(page, first + (int64_t)id))
            json_push(page->items, maintenance_change(page, id, row));
}

void handle_changes(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    struct page page = {.ledger = call->ledger, .site = site, .limit = 100, .next = PLENUM_NONE};
    (void)id;
    if (!call_query_i64(call, "limit", 1, PLENUM_HTTP_PAGE_MAX, &page.limit) ||
        !call_query_i64(call, "cursor", 0, INT64_MAX, &page.from))
        return;
    json_t *object = json_object();
    page.items = json_array();
    put_racks(&page, "arrival", PLENUM_RACK_EXPECTED_MS, 0);
    put_racks(&page, "retirement", PLENUM_RACK_RETIRE_MS, site->rack_count);
    put_maintenances(&page, 2 * (int64_t)site->rack_count);
    json_put(object, "items", page.items);
    json_put(object, "next", page.next == PLENUM_NONE ? json_null() : json_integer(page.next));
    json_put_i64(object, "count", page.count);
    call_answer_json(call, object);
}
