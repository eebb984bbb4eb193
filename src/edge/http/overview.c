/* GET /v1/overview: the figures that matter, and what is wrong, the worst first. */
#include "edge/http/overview.h"
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/instant.h"
#include "base/memory.h"
#include "edge/alarms.h"
#include "edge/figures.h"

#include <stdlib.h>

static json_t *power_json(const struct figures *figures)
{
    json_t *object = json_object();
    json_put_i64(object, "w", figures->power_w);
    json_put_i64(object, "limit_w", figures->limit_w);
    json_put_i64(object, "headroom_w", figures->headroom_w);
    json_put_i64(object, "headroom_feed_lost_w", figures->headroom_feed_lost_w);
    return object;
}

static json_t *accelerators_json(const struct figures *figures)
{
    json_t *object = json_object();
    json_put_i64(object, "total", figures->accelerators);
    json_put_i64(object, "in_service", figures->offered);
    json_put_i64(object, "sold", figures->sold_milli / 1000);
    json_put_i64(object, "sold_milli", figures->sold_milli);
    json_put_i64(object, "free", figures->free);
    return object;
}

static json_t *racks_json(const struct figures *figures)
{
    json_t *object = json_object();
    int64_t total = 0, coming = 0;
    for (int state = 0; state < PLENUM_RACK_STATE_COUNT; state++) {
        total += figures->racks[state];
        coming += state < PLENUM_RACK_IN_SERVICE ? figures->racks[state] : 0;
    }
    json_put_i64(object, "total", total);
    json_put_i64(object, "in_service", figures->racks[PLENUM_RACK_IN_SERVICE]);
    json_put_i64(object, "failed", figures->racks[PLENUM_RACK_FAILED]);
    json_put_i64(object, "coming", coming);
    return object;
}

static json_t *robots_json(const struct figures *figures)
{
    json_t *object = json_object();
    int64_t total = 0;
    for (int state = 0; state < PLENUM_ROBOT_STATE_COUNT; state++)
        total += figures->robots[state];
    json_put_i64(object, "total", total);
    json_put_i64(object, "busy", figures->robots[PLENUM_ROBOT_BUSY]);
    json_put_i64(object, "idle", figures->robots[PLENUM_ROBOT_IDLE]);
    json_put_i64(object, "charging",
                 figures->robots[PLENUM_ROBOT_CHARGING] + figures->robots[PLENUM_ROBOT_TO_CHARGER]);
    json_put_i64(object, "broken",
                 figures->robots[PLENUM_ROBOT_BROKEN] + figures->robots[PLENUM_ROBOT_CARRIED]);
    return object;
}

static json_t *drones_json(const struct figures *figures)
{
    json_t *object = json_object();
    int64_t total = 0;
    for (int state = 0; state < PLENUM_DRONE_STATE_COUNT; state++)
        total += figures->drones[state];
    json_put_i64(object, "total", total);
    json_put_i64(object, "flying", figures->drones[PLENUM_DRONE_FLYING]);
    json_put_i64(object, "ready", figures->drones[PLENUM_DRONE_READY]);
    json_put_i64(object, "preparing", figures->drones[PLENUM_DRONE_PREPARING]);
    json_put_i64(object, "charging", figures->drones[PLENUM_DRONE_CHARGING]);
    json_put_i64(object, "grounded", figures->drones[PLENUM_DRONE_GROUNDED]);
    return object;
}

static json_t *figures_json(const struct plenum_ledger *ledger)
{
    struct figures figures = figures_of(ledger);
    json_t *object = json_object();
    json_put(object, "power", power_json(&figures));
    json_put(object, "accelerators", accelerators_json(&figures));
    json_put(object, "racks", racks_json(&figures));
    json_put(object, "robots", robots_json(&figures));
    json_put(object, "drones", drones_json(&figures));
    return object;
}

static json_t *alarm_json(const struct alarm *alarm)
{
    json_t *object = json_object();
    json_put_text(object, "severity", alarm_severity_name(alarm->severity));
    json_put_text(object, "code", alarm->code);
    json_put_text(object, "subject", alarm->subject);
    json_put_text(object, "reason", alarm->reason);
    json_put_text(object, "todo", alarm->todo);
    json_put_text(object, "cli", alarm->cli);
    json_put_text(object, "view", alarm->view);
    return object;
}

void overview_put_alarms(json_t *object, const struct plenum_ledger *ledger,
                         struct plenum_engine *engine)
{
    struct alarms *alarms = memory_new(1, sizeof *alarms);
    json_t *items = json_array();
    alarms_of(ledger, alarms);
    if (engine)
        alarms_add_run(engine, alarms);
    for (size_t i = 0; i < alarms->count; i++)
        json_push(items, alarm_json(&alarms->items[i]));
    json_put(object, "alarms", items);
    json_put_i64(object, "alarms_left_out", (int64_t)alarms->left_out);
    free(alarms);
}

static json_t *stops_json(const struct plenum_ledger *ledger)
{
    json_t *object = json_object();
    json_put(object, "floor", json_boolean(plenum_stop_in_force(ledger, PLENUM_STOP_FLOOR)));
    json_put(object, "air", json_boolean(plenum_stop_in_force(ledger, PLENUM_STOP_AIR)));
    return object;
}

/* The first instant that can be shown: without a journal only now. */
static int64_t from_ms(const struct call *call)
{
    return plenum_engine_journal(call->engine) ? plenum_ledger_site(call->ledger)->start_ms
                                               : plenum_ledger_now_ms(call->ledger);
}

void handle_overview(struct call *call, const char *id)
{
    char when[INSTANT_TEXT];
    json_t *object = json_object();
    int64_t now_ms = plenum_ledger_now_ms(call->ledger);
    (void)id;
    json_put_i64(object, "seq", (int64_t)plenum_ledger_seq(call->ledger));
    json_put_i64(object, "now_ms", now_ms);
    json_put_text(object, "now", instant_format(now_ms, when));
    json_put_i64(object, "start_ms", plenum_ledger_site(call->ledger)->start_ms);
    json_put_i64(object, "from_ms", from_ms(call));
    json_put(object, "paused", json_boolean(plenum_engine_paused(call->engine)));
    json_put_i64(object, "speed_milli", plenum_engine_speed(call->engine));
    json_put(object, "figures", figures_json(call->ledger));
    json_put(object, "stops", stops_json(call->ledger));
    overview_put_alarms(object, call->ledger, call->past_seq > 0 ? NULL : call->engine);
    call_answer_json(call, object);
}
