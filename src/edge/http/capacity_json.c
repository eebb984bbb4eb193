/* Requests, offers and blockers as JSON. */
#include "edge/http/capacity.h"
#include "edge/http/json.h"
#include "edge/http/post.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct plenum_offer_desk *capacity_desk(struct call *call)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    if (call->ledger != plenum_engine_ledger(call->engine))
        return plenum_offer_desk_create(site);
    if (!*call->desk)
        *call->desk = plenum_offer_desk_create(site);
    return *call->desk;
}

void capacity_desk_return(struct call *call, struct plenum_offer_desk *desk)
{
    if (desk != *call->desk)
        plenum_offer_desk_destroy(desk);
}

/* --- requests --------------------------------------------------------------------------------- */

/* A member that is the number or the name of one of count things; left where there is none. */
bool capacity_read_named(struct call *call, const json_t *object, const char *name, int32_t count,
                         const char *(*name_of)(const struct plenum_site *site, int32_t index),
                         int32_t *value)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    const json_t *member = json_object_get(object, name);
    if (!member || json_is_null(member))
        return true;
    json_int_t number = json_is_integer(member) ? json_integer_value(member) : PLENUM_NONE;
    for (int32_t i = 0; json_is_string(member) && i < count; i++)
        if (strcmp(json_string_value(member), name_of(site, i)) == 0)
            number = i;
    if (number >= 0 && number < count) {
        *value = (int32_t)number;
        return true;
    }
    call_problem(call, 400, "%s: found \"%.64s\", expected the number or the name of a %s", name,
                 json_is_string(member) ? json_string_value(member) : "?", name);
    return false;
}

static const char *chip_name(const struct plenum_site *site, int32_t chip)
{
    return site->chips[chip].name;
}

static const char *tenant_name(const struct plenum_site *site, int32_t tenant)
{
    return site->tenants[tenant].name;
}

static const char *within_name(const struct plenum_site *site, int32_t within)
{
    static const char *const names[] = {
#define X(code, name) name,
        PLENUM_WITHINS(X)
#undef X
    };
    (void)site;
    return names[within];
}

bool capacity_read_bool(struct call *call, const json_t *object, const char *name, bool *value)
{
    const json_t *member = json_object_get(object, name);
    if (!member || json_is_null(member))
        return true;
    *value = json_is_true(member);
    if (json_is_boolean(member))
        return true;
    call_problem(call, 400, "%s: expected true or false", name);
    return false;
}

static const char *spread_name(const struct plenum_site *site, int32_t spread)
{
    static const char *const names[] = {
#define X(code, name) name,
        PLENUM_SPREADS(X)
#undef X
    };
    (void)site;
    return names[spread];
}

/* A name; true is what it was before there were others: each in another rack. */
static bool read_spread(struct call *call, const json_t *object, int32_t *spread)
{
    const json_t *member = json_object_get(object, "spread");
    if (!json_is_boolean(member))
        return capacity_read_named(call, object, "spread", PLENUM_SPREAD_COUNT, spread_name,
                                   spread);
    *spread = json_is_true(member) ? PLENUM_SPREAD_RACK : PLENUM_SPREAD_NONE;
    return true;
}

static bool read_i32(struct call *call, const json_t *object, const char *name, int32_t *value)
{
    int64_t wide = *value;
    if (!post_i64(call, object, name, 0, INT32_MAX, &wide))
        return false;
    *value = (int32_t)wide;
    return true;
}

static bool read_amounts(struct call *call, const json_t *object,
                         struct plenum_offer_request *request)
{
    return read_i32(call, object, "accelerators", &request->accelerators) &&
           read_i32(call, object, "per_server", &request->per_server) &&
           read_i32(call, object, "servers", &request->servers) &&
           read_i32(call, object, "milli", &request->milli) &&
           read_i32(call, object, "cores", &request->cores) &&
           post_i64(call, object, "memory_bytes", 0, INT64_MAX, &request->memory_bytes);
}

static bool read_window(struct call *call, const json_t *object,
                        struct plenum_offer_request *request)
{
    int64_t span_ms = request->latest_ms - request->earliest_ms, start_ms = PLENUM_FOREVER;
    bool has_latest = json_is_integer(json_object_get(object, "latest_ms"));
    if (!post_i64(call, object, "duration_ms", 1, INT64_MAX, &request->duration_ms) ||
        !post_i64(call, object, "earliest_ms", 0, INT64_MAX / 2, &request->earliest_ms) ||
        !post_i64(call, object, "latest_ms", 0, INT64_MAX / 2, &request->latest_ms) ||
        !post_i64(call, object, "start_ms", 0, INT64_MAX / 2, &start_ms))
        return false;
    if (!has_latest)
        request->latest_ms = request->earliest_ms + span_ms;
    if (start_ms != PLENUM_FOREVER)
        request->earliest_ms = request->latest_ms = start_ms;
    return true;
}

bool capacity_request_read(struct call *call, const json_t *object, const char *names,
                           struct plenum_offer_request *request, int64_t *count)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    char known[256];
    int32_t within = PLENUM_WITHIN_SITE, spread = PLENUM_SPREAD_NONE;
    (void)text_format(
        known, sizeof known,
        " accelerators per_server servers chip milli cores memory_bytes duration_ms "
        "earliest_ms latest_ms tenant count within spread preemptible in_service max_w%s",
        names);
    plenum_offer_request_init(call->ledger, request);
    if (!post_members_known(call, object, known))
        return false;
    if (!json_object_get(object, "accelerators") || !json_object_get(object, "duration_ms")) {
        call_problem(call, 400, "expected accelerators and duration_ms");
        return false;
    }
    bool fits =
        read_amounts(call, object, request) && read_window(call, object, request) &&
        capacity_read_named(call, object, "chip", site->chip_count, chip_name, &request->chip) &&
        capacity_read_named(call, object, "tenant", site->tenant_count, tenant_name,
                            &request->tenant) &&
        capacity_read_named(call, object, "within", PLENUM_WITHIN_COUNT, within_name, &within) &&
        read_spread(call, object, &spread) &&
        capacity_read_bool(call, object, "in_service", &request->in_service) &&
        post_i64(call, object, "max_w", 0, INT64_MAX / 2, &request->max_w) &&
        capacity_read_bool(call, object, "preemptible", &request->preemptible) &&
        post_i64(call, object, "count", 1, PLENUM_OFFERS_MAX, count);
    request->within = (enum plenum_within)within;
    request->spread = (enum plenum_spread)spread;
    return fits;
}

/* --- answers ---------------------------------------------------------------------------------- */

static json_t *part_json(const struct plenum_site *site, const struct plenum_offer_part *part)
{
    char name[HTTP_VALUE_MAX];
    const struct plenum_server *server = &site->servers[part->server];
    const char *rack = site->racks[server->rack].name;
    json_t *object = json_object();
    (void)text_format(name, sizeof name, "%.100s/%" PRId32, rack, server->slot);
    json_put_i64(object, "server", part->server);
    json_put_text(object, "name", name);
    json_put_i64(object, "rack", server->rack);
    json_put_text(object, "rack_name", rack);
    json_put_i64(object, "accelerators", __builtin_popcountll(part->accelerators));
    json_put(object, "expected_ms",
             part->expected_ms != 0 ? json_integer(part->expected_ms) : json_null());
    return object;
}

json_t *capacity_offer_json(const struct plenum_site *site, const struct plenum_offer *offer)
{
    json_t *object = json_object(), *servers = json_array();
    bool bare = offer->chip == PLENUM_NONE;
    for (int32_t i = 0; i < offer->part_count; i++)
        json_push(servers, part_json(site, &offer->parts[i]));
    json_put_i64(object, "start_ms", offer->start_ms);
    json_put_i64(object, "end_ms", offer->end_ms);
    json_put(object, "chip", bare ? json_null() : json_integer(offer->chip));
    json_put(object, "chip_name", bare ? json_null() : json_string(site->chips[offer->chip].name));
    json_put_i64(object, "per_server", offer->per_server);
    json_put_i64(object, "milli", offer->milli);
    json_put_i64(object, "cores", offer->cores);
    json_put_i64(object, "memory_bytes", offer->memory_bytes);
    json_put(object, "servers", servers);
    json_put_i64(object, "watts", offer->watts);
    json_put_i64(object, "price_micro", offer->price_micro);
    json_put_text(object, "why_price", offer->why_price);
    return object;
}

static json_t *blocker_json(const struct plenum_blocker *blocker)
{
    static const char *const names[] = {
#define X(code, name, meaning) name,
        PLENUM_BLOCKER_KINDS(X)
#undef X
    };
    json_t *object = json_object();
    json_put_text(object, "kind", names[blocker->kind]);
    json_put_ms(object, "at_ms", blocker->at_ms);
    json_put_text(object, "text", blocker->text);
    json_put_i64(object, "accelerators", blocker->accelerators);
    if (blocker->kind == PLENUM_BLOCKER_JOB)
        json_put_i64(object, "job", (int64_t)blocker->job);
    if (blocker->kind == PLENUM_BLOCKER_MAINTENANCE)
        json_put_i64(object, "maintenance", (int64_t)blocker->job);
    if (blocker->rack != PLENUM_NONE)
        json_put_i64(object, "rack", blocker->rack);
    return object;
}

json_t *capacity_blockers_json(const struct plenum_offer_answer *answer)
{
    json_t *blockers = json_array();
    for (int32_t i = 0; i < answer->blocker_count; i++)
        json_push(blockers, blocker_json(&answer->blockers[i]));
    return blockers;
}
