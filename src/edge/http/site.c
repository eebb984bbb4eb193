/* The site as a whole: what it is, its clock, its power tree. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/instant.h"

#include <string.h>

void handle_health(struct call *call, const char *id)
{
    struct bytes text;
    (void)id;
    bytes_init(&text, 16);
    bytes_put(&text, "ok\n", 3);
    call_answer_text(call, "text/plain; charset=utf-8", &text);
    bytes_finish(&text);
}

void handle_site(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    json_t *object = json_object(), *counts = json_object();
    (void)id;
    json_put_text(object, "name", site->name);
    json_put_text(object, "release", PLENUM_RELEASE);
    json_put(object, "seed", json_integer((int64_t)site->seed));
    json_put_i64(object, "start_ms", site->start_ms);
    json_put_i64(object, "step_ms", site->step_ms);
#define X(one, many) json_put_i64(counts, #many, site->one##_count);
    PLENUM_SITE_LISTS(X)
#undef X
    json_put_i64(counts, "cells", site->cell_count);
    json_put_i64(counts, "feeds", site->feed_count);
    json_put(object, "counts", counts);
    call_answer_json(call, object);
}

void handle_state(struct call *call, const char *id)
{
    char when[INSTANT_TEXT], hash[65];
    const char *wants_hash = call_query(call, "hash");
    (void)id;
    if (wants_hash && strcmp(wants_hash, "true") != 0 && strcmp(wants_hash, "false") != 0) {
        call_problem(call, 400, "hash: found \"%s\", expected true or false", wants_hash);
        return;
    }
    json_t *object = json_object();
    int64_t now_ms = plenum_ledger_now_ms(call->ledger);
    json_put_i64(object, "seq", (int64_t)plenum_ledger_seq(call->ledger));
    json_put_i64(object, "now_ms", now_ms);
    json_put_text(object, "now", instant_format(now_ms, when));
    json_put(object, "paused", json_boolean(plenum_engine_paused(call->engine)));
    json_put_i64(object, "speed_milli", plenum_engine_speed(call->engine));
    if (wants_hash && strcmp(wants_hash, "true") == 0) {
        plenum_ledger_state_hash(call->ledger, hash);
        json_put_text(object, "state_hash", hash);
    }
    call_answer_json(call, object);
}

/* --- power ------------------------------------------------------------------------------------ */

/* What the node carries now with all feeds up, or with one lost, and what it may. */
static void put_watts(json_t *object, const struct plenum_ledger *ledger, int32_t node,
                      int32_t feed_lost)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    json_put_i64(object, "w", plenum_power_node_w(ledger, node, feed_lost, now_ms));
    json_put_i64(object, "limit_w", plenum_power_limit_w(ledger, node, feed_lost, now_ms));
    json_put_i64(object, "peak_w", plenum_power_peak_w(ledger, node, feed_lost));
}

static json_t *node_json(const struct plenum_ledger *ledger, int32_t index)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_power_node *node = &site->power_nodes[index];
    json_t *object = json_object(), *lost = json_array();
    json_put_i64(object, "id", index);
    json_put_text(object, "name", node->name);
    json_put(object, "under", node->parent < 0 ? json_null() : json_integer(node->parent));
    json_put_text(object, "feed", site->power_nodes[site->feeds[node->feed]].name);
    put_watts(object, ledger, index, PLENUM_NONE);
    for (int32_t feed = 0; feed < site->feed_count; feed++) {
        if (feed == node->feed)
            continue;
        json_t *case_of = json_object();
        json_put_text(case_of, "feed", site->power_nodes[site->feeds[feed]].name);
        put_watts(case_of, ledger, index, feed);
        json_push(lost, case_of);
    }
    json_put(object, "with_lost", lost);
    return object;
}

static json_t *zones_json(const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    json_t *zones = json_array();
    for (int32_t i = 0; i < site->cooling_zone_count; i++) {
        json_t *zone = json_object();
        json_put_i64(zone, "id", i);
        json_put_text(zone, "name", site->cooling_zones[i].name);
        json_put_i64(zone, "w", plenum_cooling_zone_w(ledger, i, plenum_ledger_now_ms(ledger)));
        json_put_i64(zone, "limit_w", site->cooling_zones[i].limit_w);
        json_push(zones, zone);
    }
    return zones;
}

void handle_power(struct call *call, const char *id)
{
    int64_t limit = 100, node = 0;
    int32_t count = plenum_ledger_site(call->ledger)->power_node_count;
    (void)id;
    if (!call_query_i64(call, "limit", 1, PLENUM_HTTP_PAGE_MAX, &limit) ||
        !call_query_i64(call, "cursor", 0, INT64_MAX, &node))
        return;
    json_t *page = json_object(), *items = json_array();
    for (; node < count && limit > 0; limit--, node++)
        json_push(items, node_json(call->ledger, (int32_t)node));
    json_put(page, "items", items);
    json_put(page, "next", node < count ? json_integer(node) : json_null());
    json_put_i64(page, "count", count);
    json_put(page, "cooling_zones", zones_json(call->ledger));
    call_answer_json(call, page);
}
