/* Acts of a person: the floor and the drones stopped and let go on, load shed. Each is one command
 * with the name of who did it. */
#include "edge/http/json.h"
#include "edge/http/post.h"

#include "edge/http/shed.h"

#include <plenum/rack.h>

#include <inttypes.h>
#include <string.h>

/* --- stops ------------------------------------------------------------------------------------ */

static void act_on_stop(struct call *call, enum plenum_command_kind kind, enum plenum_stop stop,
                        int64_t state)
{
    bool dry_run;
    char actor[PLENUM_ACTOR_MAX];
    struct plenum_command command;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object && post_members_known(call, object, " actor reason ") &&
        post_actor(call, object, actor)) {
        plenum_command_init(&command, kind, actor);
        plenum_command_set(&command, plenum_ref(PLENUM_STOP, stop), PLENUM_FIELD_STATE, state);
        post_command(call, &command, dry_run, NULL);
        plenum_command_finish(&command);
    }
    json_decref(object);
}

void handle_floor_stop(struct call *call, const char *id)
{
    (void)id;
    act_on_stop(call, PLENUM_COMMAND_FLOOR_STOP, PLENUM_STOP_FLOOR, PLENUM_STOP_STOPPED);
}

void handle_floor_resume(struct call *call, const char *id)
{
    (void)id;
    act_on_stop(call, PLENUM_COMMAND_FLOOR_RESUME, PLENUM_STOP_FLOOR, PLENUM_STOP_CLEAR);
}

void handle_drones_ground(struct call *call, const char *id)
{
    (void)id;
    act_on_stop(call, PLENUM_COMMAND_DRONES_GROUND, PLENUM_STOP_AIR, PLENUM_STOP_STOPPED);
}

void handle_drones_release(struct call *call, const char *id)
{
    (void)id;
    act_on_stop(call, PLENUM_COMMAND_DRONES_RELEASE, PLENUM_STOP_AIR, PLENUM_STOP_CLEAR);
}

/* --- power limits ----------------------------------------------------------------------------- */

struct wish { /* for a lower limit */
    int64_t node, from_ms, until_ms, limit_w, failover_limit_w;
};

/* A node by its index, or by its name. */
static bool read_node(struct call *call, const json_t *object, int64_t *node)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    const json_t *member = json_object_get(object, "node");
    *node = json_is_integer(member) ? json_integer_value(member) : PLENUM_NONE;
    for (int32_t i = 0; json_is_string(member) && i < site->power_node_count; i++)
        if (strcmp(json_string_value(member), site->power_nodes[i].name) == 0)
            *node = i;
    if (*node >= 0 && *node < site->power_node_count)
        return true;
    call_problem(call, 400, "node: expected the number or the name of a power node");
    return false;
}

/* With another feed lost, too, the node may carry no more than before. */
static bool read_watts(struct call *call, const json_t *object, struct wish *wish)
{
    const struct plenum_power_node *node =
        &plenum_ledger_site(call->ledger)->power_nodes[wish->node];
    int64_t most_w =
        node->limit_w > node->failover_limit_w ? node->limit_w : node->failover_limit_w;
    if (!post_i64(call, object, "limit_w", 0, node->limit_w, &wish->limit_w) ||
        !post_i64(call, object, "failover_limit_w", 0, most_w, &wish->failover_limit_w))
        return false;
    if (wish->limit_w == PLENUM_NONE)
        call_problem(call, 400, "limit_w: expected the watts that the node may carry");
    else if (wish->failover_limit_w == PLENUM_NONE)
        wish->failover_limit_w =
            wish->limit_w < node->limit_w ? wish->limit_w : node->failover_limit_w;
    return wish->limit_w != PLENUM_NONE;
}

/* A limit falls no sooner than what runs can be shed for it; it may be raised at once. */
static bool read_times(struct call *call, const json_t *object, struct wish *wish)
{
    const struct plenum_ledger *ledger = call->ledger;
    int64_t now_ms = plenum_ledger_now_ms(ledger), least_ms = now_ms;
    int64_t limit_w = plenum_power_limit_w(ledger, (int32_t)wish->node, PLENUM_NONE, now_ms);
    wish->from_ms = now_ms;
    wish->until_ms = PLENUM_FOREVER;
    if (wish->limit_w < limit_w) {
        least_ms += PLENUM_SHED_LEAD_MS;
        wish->from_ms = least_ms + plenum_ledger_site(ledger)->step_ms;
    }
    return post_i64(call, object, "from_ms", least_ms, PLENUM_FOREVER - 1, &wish->from_ms) &&
           post_i64(call, object, "until_ms", wish->from_ms + 1, PLENUM_FOREVER, &wish->until_ms);
}

static bool read_wish(struct call *call, const json_t *object, struct wish *wish)
{
    *wish = (struct wish){.limit_w = PLENUM_NONE, .failover_limit_w = PLENUM_NONE};
    return post_members_known(call, object,
                              " node limit_w failover_limit_w from_ms until_ms actor reason ") &&
           read_node(call, object, &wish->node) && read_watts(call, object, wish) &&
           read_times(call, object, wish);
}

static json_t *wish_json(const struct plenum_site *site, const struct wish *wish)
{
    json_t *object = json_object();
    json_put_text(object, "node", site->power_nodes[wish->node].name);
    json_put_i64(object, "limit_w", wish->limit_w);
    json_put_i64(object, "failover_limit_w", wish->failover_limit_w);
    json_put_i64(object, "from_ms", wish->from_ms);
    json_put_ms(object, "until_ms", wish->until_ms);
    return object;
}

static void limit_power(struct call *call, const json_t *object, bool dry_run)
{
    struct wish wish;
    char actor[PLENUM_ACTOR_MAX];
    struct plenum_command command;
    if (!read_wish(call, object, &wish) || !post_actor(call, object, actor))
        return;
    plenum_command_init(&command, PLENUM_COMMAND_POWER_DERATE, actor);
    plenum_command_limit(&command, (int32_t)wish.node, wish.from_ms, wish.until_ms, wish.limit_w,
                         wish.failover_limit_w);
    json_t *more = wish_json(plenum_ledger_site(call->ledger), &wish);
    if (dry_run)
        json_put(more, "sheds", shed_json(call->ledger, &command, wish.from_ms));
    post_command(call, &command, dry_run, more);
    plenum_command_finish(&command);
}

void handle_power_limits(struct call *call, const char *id)
{
    bool dry_run;
    (void)id;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object)
        limit_power(call, object, dry_run);
    json_decref(object);
}
