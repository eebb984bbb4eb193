/* POST /v1/capacity/reservations/ID/hand-over and /v1/capacity/maintenances: reservations that go
 * to another tenant, and servers that are kept clear for work on them. */
#include "edge/http/again.h"
#include "edge/http/capacity.h"
#include "edge/http/json.h"
#include "edge/http/post.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <plenum/quota.h>
#include <stdlib.h>

static const char *tenant_name(const struct plenum_site *site, int32_t tenant)
{
    return site->tenants[tenant].name;
}

static const char *rack_name(const struct plenum_site *site, int32_t rack)
{
    return site->racks[rack].name;
}

static const char *node_name(const struct plenum_site *site, int32_t node)
{
    return site->power_nodes[node].name;
}

void capacity_refuse(struct call *call, json_t *members, bool dry_run, const char *why)
{
    json_put(members, "taken", json_false());
    json_put(members, "again", json_false());
    json_put(members, "dry_run", json_boolean(dry_run));
    json_put(members, "seq", json_null());
    call_answer_problem(call, 409, members, why);
}

/* --- hand-over -------------------------------------------------------------------------------- */

struct hand_over {
    uint64_t job;
    int32_t tenant;
    int64_t servers, from_ms; /* 0: all of them; from its start on */
};

/* Whether the other tenant's quota and budget bear it: none gets what it could not have bought. */
static bool quota_bears(struct call *call, const struct hand_over *wish, int64_t price_micro,
                        bool dry_run)
{
    struct plenum_error error;
    struct plenum_quota *quota = plenum_quota_create(plenum_ledger_site(call->ledger));
    plenum_quota_read(quota, call->ledger);
    bool bears =
        plenum_quota_admits_hand_over(quota, wish->job, wish->tenant, (int32_t)wish->servers,
                                      wish->from_ms, price_micro, &error) == PLENUM_OK;
    plenum_quota_destroy(quota);
    if (!bears)
        capacity_refuse(call, json_object(), dry_run, error.text);
    return bears;
}

static void hand_over(struct call *call, struct hand_over *wish, const char *actor, bool dry_run)
{
    struct plenum_error error;
    struct plenum_command command;
    int64_t price_micro = 0;
    const int64_t *row = plenum_ledger_row(call->ledger, PLENUM_JOB, wish->job);
    wish->from_ms = wish->from_ms > 0 ? wish->from_ms : row[PLENUM_JOB_START_MS];
    plenum_command_init(&command, PLENUM_COMMAND_JOB_HAND_OVER, actor);
    uint64_t next = plenum_ledger_next_id(call->ledger, PLENUM_JOB);
    if (plenum_offer_hand_over(call->ledger, wish->job, wish->tenant, (int32_t)wish->servers,
                               wish->from_ms, &command, &price_micro, &error) != PLENUM_OK) {
        call_problem(call, 400, "%s", error.text);
    } else if (quota_bears(call, wish, price_micro, dry_run)) {
        json_t *more = json_object();
        bool whole = command.ops[0].type == PLENUM_OP_SET;
        json_put_i64(more, "job", (int64_t)(whole ? wish->job : next));
        json_put_i64(more, "from_tenant", row[PLENUM_JOB_TENANT]);
        json_put_i64(more, "to_tenant", wish->tenant);
        json_put_i64(more, "start_ms", wish->from_ms);
        json_put_i64(more, "end_ms", row[PLENUM_JOB_END_MS]);
        json_put_i64(more, "price_micro", price_micro);
        capacity_post(call, &command, dry_run, more);
    }
    plenum_command_finish(&command);
}

/* Whether the row hands over just that. All of a job: it has another tenant, and no second is made;
 * what it is all of is looked up where it stands now. */
static bool is_handed_over(struct call *call, const struct again *again, uint64_t id,
                           const struct hand_over *wish)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id), part = again->made;
    const int64_t *row = plenum_ledger_row(call->ledger, PLENUM_JOB, id);
    if (part.id == job.id) {
        return again_value(again, job, PLENUM_JOB_TENANT) == wish->tenant && row &&
               (wish->servers == 0 || wish->servers == row[PLENUM_JOB_SERVERS]) &&
               (wish->from_ms == 0 || wish->from_ms == row[PLENUM_JOB_START_MS]);
    }
    int64_t start_ms = again_value(again, part, PLENUM_JOB_START_MS);
    bool in_time = again_value(again, job, PLENUM_JOB_END_MS) == start_ms;
    int64_t servers = again_value(again, part, PLENUM_JOB_SERVERS);
    return again_value(again, job, PLENUM_JOB_SERVERS) != AGAIN_NONE &&
           again_value(again, part, PLENUM_JOB_TENANT) == wish->tenant &&
           (wish->servers == servers || (in_time && wish->servers == 0)) &&
           (wish->from_ms == start_ms || (!in_time && wish->from_ms == 0));
}

static bool handed_before(struct call *call, bool dry_run, const char *actor, const char *id,
                          const struct hand_over *wish)
{
    struct again again;
    uint64_t job = 0;
    if (!again_read(call, dry_run, PLENUM_COMMAND_JOB_HAND_OVER, actor, &again))
        return false;
    json_t *more = json_object();
    json_put_i64(more, "job", (int64_t)again.made.id);
    json_put_i64(more, "to_tenant", wish->tenant);
    again_answer(call, &again, text_to_u64(id, &job) && is_handed_over(call, &again, job, wish),
                 more);
    return true;
}

void handle_reservation_hand_over(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run;
    struct hand_over wish = {.tenant = PLENUM_NONE};
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object && post_members_known(call, object, " tenant servers from_ms actor reason ") &&
        post_actor(call, object, actor) &&
        capacity_read_named(call, object, "tenant", site->tenant_count, tenant_name,
                            &wish.tenant) &&
        post_i64(call, object, "servers", 1, INT32_MAX, &wish.servers) &&
        post_i64(call, object, "from_ms", 1, INT64_MAX / 2, &wish.from_ms) &&
        !handed_before(call, dry_run, actor, id, &wish) && capacity_job(call, id, &wish.job))
        hand_over(call, &wish, actor, dry_run);
    json_decref(object);
}

/* --- maintenance ------------------------------------------------------------------------------ */

json_t *capacity_standing_json(const struct plenum_maintenance_answer *answer)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < answer->standing_count; i++) {
        const struct plenum_standing *standing = &answer->standing[i];
        json_t *object = json_object();
        json_put_i64(object, "job", (int64_t)standing->job);
        json_put_i64(object, "from_ms", standing->from_ms);
        json_put_i64(object, "until_ms", standing->until_ms);
        json_put_ms(object, "elsewhere_ms", standing->start_ms);
        json_put_text(object, "text", standing->text);
        json_push(list, object);
    }
    return list;
}

/* A maintenance that meets what stands there is refused, with what that is. */
static void plan(struct call *call, const struct plenum_maintenance *work, bool take,
                 const char *actor, bool dry_run)
{
    struct plenum_error error;
    struct plenum_command command;
    struct plenum_maintenance_answer *answer = memory_new(1, sizeof *answer);
    struct plenum_offer_desk *desk = capacity_desk(call);
    json_t *more = json_object();
    plenum_command_init(&command, PLENUM_COMMAND_MAINTENANCE_PLAN, actor);
    if (plenum_maintenance_ask(desk, call->ledger, work, answer, &error) != PLENUM_OK ||
        plenum_maintenance_plan(desk, call->ledger, work, take, &command, &error) != PLENUM_OK) {
        json_decref(more);
        call_problem(call, 400, "%s", error.text);
    } else {
        json_put_i64(more, "maintenance",
                     (int64_t)plenum_ledger_next_id(call->ledger, PLENUM_MAINTENANCE));
        json_put_i64(more, "servers", answer->servers);
        json_put_ms(more, "earliest_ms", answer->earliest_ms);
        json_put(more, "standing", capacity_standing_json(answer));
        if (answer->standing_count > 0 && !take) {
            capacity_refuse(call, more, dry_run, answer->standing[0].text);
        } else {
            capacity_post(call, &command, dry_run, more);
        }
    }
    plenum_command_finish(&command);
    capacity_desk_return(call, desk);
    free(answer);
}

static bool read_work(struct call *call, const json_t *object, struct plenum_maintenance *work,
                      bool *take)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    int64_t server = PLENUM_NONE;
    *work = (struct plenum_maintenance){PLENUM_NONE, PLENUM_NONE, PLENUM_NONE,
                                        plenum_ledger_now_ms(call->ledger), 0};
    *take = false;
    bool fits =
        capacity_read_bool(call, object, "take", take) &&
        capacity_read_named(call, object, "rack", site->rack_count, rack_name, &work->rack) &&
        capacity_read_named(call, object, "node", site->power_node_count, node_name, &work->node) &&
        post_i64(call, object, "server", 0, site->server_count - 1, &server) &&
        post_i64(call, object, "from_ms", 0, INT64_MAX / 2, &work->from_ms) &&
        post_i64(call, object, "until_ms", 0, INT64_MAX / 2, &work->until_ms);
    work->server = (int32_t)server;
    return fits;
}

/* Nothing is moved by what may not take; what may has moved what stood there. */
static bool planned_before(struct call *call, bool dry_run, const char *actor, const json_t *object,
                           const struct plenum_maintenance *work, bool take)
{
    struct again again;
    if (!again_read(call, dry_run, PLENUM_COMMAND_MAINTENANCE_PLAN, actor, &again))
        return false;
    struct plenum_ref ref = again.made;
    bool same = again_value(&again, ref, PLENUM_MAINTENANCE_RACK) == work->rack &&
                again_value(&again, ref, PLENUM_MAINTENANCE_SERVER) == work->server &&
                again_value(&again, ref, PLENUM_MAINTENANCE_NODE) == work->node &&
                again_value(&again, ref, PLENUM_MAINTENANCE_UNTIL_MS) == work->until_ms &&
                (!json_is_integer(json_object_get(object, "from_ms")) ||
                 again_value(&again, ref, PLENUM_MAINTENANCE_FROM_MS) == work->from_ms) &&
                (take || json_object_size(again.values) == 1);
    json_t *more = json_object();
    json_put_i64(more, "maintenance", (int64_t)ref.id);
    again_answer(call, &again, same, more);
    return true;
}

void handle_maintenances(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run, take;
    struct plenum_maintenance work;
    (void)id;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object &&
        post_members_known(call, object, " rack server node from_ms until_ms take actor reason ") &&
        post_actor(call, object, actor) && read_work(call, object, &work, &take) &&
        !planned_before(call, dry_run, actor, object, &work, take))
        plan(call, &work, take, actor, dry_run);
    json_decref(object);
}

static bool given_up_before(struct call *call, bool dry_run, const char *actor, const char *id)
{
    struct again again;
    uint64_t number = 0;
    if (!again_read(call, dry_run, PLENUM_COMMAND_MAINTENANCE_CANCEL, actor, &again))
        return false;
    again_answer(call, &again, text_to_u64(id, &number) && number == again.made.id, json_object());
    return true;
}

void handle_maintenance_cancel(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run;
    uint64_t number = 0;
    struct plenum_error error;
    struct plenum_command command;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object && post_members_known(call, object, " actor reason ") &&
        post_actor(call, object, actor) && !given_up_before(call, dry_run, actor, id)) {
        plenum_command_init(&command, PLENUM_COMMAND_MAINTENANCE_CANCEL, actor);
        if (text_to_u64(id, &number) &&
            plenum_maintenance_cancel(call->ledger, number, &command, &error) == PLENUM_OK)
            capacity_post(call, &command, dry_run, NULL);
        else
            call_problem(call, 404, "there is no maintenance \"%s\" to be cancelled", id);
        plenum_command_finish(&command);
    }
    json_decref(object);
}
