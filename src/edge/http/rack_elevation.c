/* One rack as it stands: its servers at their units, what each draws, and the jobs on it.
 *
 * Servers are told from the bottom up in the order of their slots, each in whole units: the site
 * file says how many there are, not where. Watts of a server are its share of what its rack has
 * claimed: idle_w and its jobs' in service, peak_w under test. With overhead_w of the rack they
 * come to the rack's watts, but for a watt a job, by which shares are rounded up. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/memory.h"
#include "base/text.h"

#include <plenum/rack.h>

#include <stdlib.h>

/* --- a server --------------------------------------------------------------------------------- */

struct look { /* at a rack */
    const struct plenum_ledger *ledger;
    const struct plenum_site *site;
    const struct plenum_rack *rack;
    const struct plenum_rack_model *model;
    int64_t now_ms;
    enum plenum_rack_state state;
};

static int32_t count_set(uint64_t set)
{
    int32_t count = 0;
    for (; set; set &= set - 1)
        count++;
    return count;
}

/* Units that a server takes. Heights are in whole millimetres: one more may be rounding. */
static int32_t units_of(const struct plenum_rack_model *rack, int32_t height_mm)
{
    int64_t unit_um = rack->unit == PLENUM_RACK_UNIT_OU ? 48000 : 44450;
    int64_t units = ((int64_t)(height_mm - 1) * 1000 + unit_um - 1) / unit_um;
    return units > 0 ? (int32_t)units : 1;
}

static json_t *claim_json(const struct look *look, const struct plenum_capacity_claim *claim)
{
    json_t *object = json_object();
    int64_t tenant =
        plenum_ledger_get(look->ledger, PLENUM_JOB, claim->owner.id, PLENUM_JOB_TENANT);
    json_put_i64(object, "job", (int64_t)claim->owner.id);
    json_put(object, "tenant",
             tenant < 0 ? json_null() : json_string(look->site->tenants[tenant].name));
    json_put_i64(object, "accelerators", count_set(claim->accelerators));
    json_put_i64(object, "milli", claim->milli);
    json_put_i64(object, "cores", claim->cores);
    json_put_ms(object, "until_ms", claim->until_ms);
    return object;
}

struct use { /* of a server now */
    json_t *jobs;
    int64_t sold_milli, cores, w;
    int64_t later; /* claims that have not begun */
};

static struct use use_of(const struct look *look, int32_t server)
{
    struct use use = {.jobs = json_array()};
    const struct plenum_server_model *model =
        &look->site->server_models[look->site->servers[server].model];
    size_t count = plenum_capacity_claims_on(look->ledger, server, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_on(look->ledger, server, claims, count);
    for (size_t i = 0; i < count; i++) {
        int32_t accelerators = count_set(claims[i].accelerators);
        if (claims[i].from_ms > look->now_ms) {
            use.later++;
            continue;
        }
        json_push(use.jobs, claim_json(look, &claims[i]));
        use.sold_milli += (int64_t)accelerators * claims[i].milli;
        use.cores += claims[i].cores;
        use.w += plenum_server_job_w(model, accelerators, claims[i].milli, claims[i].cores);
    }
    free(claims);
    return use;
}

/* What its rack claims for it when no job runs on it. */
static int64_t base_w(const struct look *look, const struct plenum_server_model *model)
{
    switch (look->state) {
    case PLENUM_RACK_POWERED:
    case PLENUM_RACK_TESTED:
        return model->peak_w;
    case PLENUM_RACK_IN_SERVICE:
        return model->idle_w;
    default:
        return 0;
    }
}

static const char *server_state(const struct look *look, int32_t server, const struct use *use)
{
    struct plenum_capacity_free left;
    const struct plenum_server_model *model =
        &look->site->server_models[look->site->servers[server].model];
    if (look->state == PLENUM_RACK_FAILED)
        return "failed";
    if (look->state == PLENUM_RACK_POWERED || look->state == PLENUM_RACK_TESTED)
        return "burn-in";
    if (look->state != PLENUM_RACK_IN_SERVICE)
        return "off";
    plenum_capacity_free_on(look->ledger, server, look->now_ms, look->now_ms + 1, &left);
    if (!left.offered)
        return "closed";
    bool all = model->accelerators > 0 ? use->sold_milli == 1000 * (int64_t)model->accelerators
                                       : left.cores == 0;
    return all ? "sold" : json_array_size(use->jobs) > 0 ? "part-sold" : "free";
}

static json_t *server_json(const struct look *look, int32_t server, int32_t unit)
{
    char name[128];
    const struct plenum_server *row = &look->site->servers[server];
    const struct plenum_server_model *model = &look->site->server_models[row->model];
    struct use use = use_of(look, server);
    json_t *object = json_object();
    (void)text_format(name, sizeof name, "%s/%d", look->rack->name, (int)row->slot + 1);
    json_put_i64(object, "id", server);
    json_put_text(object, "name", name);
    json_put_text(object, "model", model->name);
    json_put_i64(object, "unit", unit);
    json_put_i64(object, "units", units_of(look->model, model->height_mm));
    json_put_text(object, "state", server_state(look, server, &use));
    json_put_i64(object, "w", base_w(look, model) + use.w);
    json_put_i64(object, "peak_w", model->peak_w);
    json_put_i64(object, "accelerators", model->accelerators);
    json_put_i64(object, "sold_milli", use.sold_milli);
    json_put_i64(object, "cores", model->cores);
    json_put_i64(object, "cores_sold", use.cores);
    json_put_i64(object, "later", use.later);
    json_put(object, "jobs", use.jobs);
    return object;
}

static json_t *servers_json(const struct look *look)
{
    json_t *servers = json_array();
    int32_t unit = 1;
    for (int32_t i = 0; i < look->model->server_count; i++) {
        int32_t server = look->rack->first_server + i;
        const struct plenum_server_model *model =
            &look->site->server_models[look->site->servers[server].model];
        json_push(servers, server_json(look, server, unit));
        unit += units_of(look->model, model->height_mm);
    }
    return servers;
}

/* --- the rack --------------------------------------------------------------------------------- */

/* The position's load is its alone. */
int64_t rack_claimed_w(const struct plenum_ledger *ledger, uint64_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int32_t load = site->positions[site->racks[rack].position].load;
    size_t count = plenum_power_claims_at(ledger, load, NULL, 0);
    struct plenum_power_claim *claims = memory_new(count, sizeof *claims);
    plenum_power_claims_at(ledger, load, claims, count);
    int64_t w = 0;
    for (size_t i = 0; i < count; i++)
        if (claims[i].from_ms <= plenum_ledger_now_ms(ledger))
            w += claims[i].watts;
    free(claims);
    return w;
}

static void put_supply(json_t *object, const struct look *look)
{
    const struct plenum_load *load =
        &look->site->loads[look->site->positions[look->rack->position].load];
    json_t *nodes = json_array();
    for (int i = 0; i < 2; i++)
        if (load->nodes[i] != PLENUM_NONE)
            json_push(nodes, json_string(look->site->power_nodes[load->nodes[i]].name));
    json_put(object, "nodes", nodes);
    json_put(object, "cooling_zone",
             load->zone == PLENUM_NONE ? json_null()
                                       : json_string(look->site->cooling_zones[load->zone].name));
}

static void put_watts(json_t *object, const struct look *look, uint64_t id)
{
    json_put_i64(object, "w", rack_claimed_w(look->ledger, id));
    json_put_i64(object, "idle_w", look->model->idle_w);
    json_put_i64(object, "peak_w", look->model->peak_w);
    json_put_i64(object, "shelf_w", look->model->shelf_w);
    json_put_i64(object, "overhead_w",
                 plenum_rack_claim_w(look->model, look->state) > 0 ? look->model->overhead_w : 0);
}

static json_t *elevation_json(const struct look *look, uint64_t id, const int64_t *row)
{
    json_t *object = json_object();
    json_put_i64(object, "rack", (int64_t)id);
    json_put_text(object, "name", look->rack->name);
    json_put_text(object, "model", look->model->name);
    json_put_text(object, "position", look->site->positions[look->rack->position].name);
    json_put_text(object, "state", plenum_state_name(PLENUM_RACK, (int32_t)look->state));
    json_put_i64(object, "since_ms", row[PLENUM_FIELD_SINCE_MS]);
    json_put_i64(object, "burn_ins", row[PLENUM_RACK_BURN_INS]);
    json_put_i64(object, "failures", row[PLENUM_RACK_FAILURES]);
    json_put_i64(object, "arrive_ms", look->rack->arrive_ms);
    json_put_text(object, "unit", look->model->unit == PLENUM_RACK_UNIT_OU ? "ou" : "ru");
    json_put_i64(object, "height_units", look->model->height_units);
    put_supply(object, look);
    put_watts(object, look, id);
    json_put(object, "servers", servers_json(look));
    return object;
}

void handle_rack_elevation(struct call *call, const char *id)
{
    uint64_t rack;
    struct look look = {.ledger = call->ledger, .site = plenum_ledger_site(call->ledger)};
    if (!text_to_u64(id, &rack) ||
        !plenum_ledger_exists(look.ledger, plenum_ref(PLENUM_RACK, rack))) {
        call_problem(call, 404, "there is no rack \"%s\"", id);
        return;
    }
    const int64_t *row = plenum_ledger_row(look.ledger, PLENUM_RACK, rack);
    look.rack = &look.site->racks[rack];
    look.model = &look.site->rack_models[look.rack->model];
    look.now_ms = plenum_ledger_now_ms(look.ledger);
    look.state = (enum plenum_rack_state)row[PLENUM_FIELD_STATE];
    call_answer_json(call, elevation_json(&look, rack, row));
}
