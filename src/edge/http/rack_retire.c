/* POST /v1/racks/ID/retire and .../keep: when a rack will be taken out for good, told by a person.
 * The command only says so; the rack planner ends what its servers offer then, and takes it out of
 * service when the time has come. */
#include "edge/http/again.h"
#include "edge/http/capacity.h"
#include "edge/http/json.h"
#include "edge/http/post.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* A rack by its name, or by its number; PLENUM_NONE, answered with 404. */
static int32_t find_rack(struct call *call, const char *text)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    uint64_t id;
    for (int32_t i = 0; i < site->rack_count; i++)
        if (strcmp(site->racks[i].name, text) == 0)
            return i;
    if (text_to_u64(text, &id) && id < (uint64_t)site->rack_count)
        return (int32_t)id;
    call_problem(call, 404, "there is no rack \"%s\"", text);
    return PLENUM_NONE;
}

static int64_t rack_field(const struct call *call, int32_t rack, int32_t field)
{
    return plenum_ledger_get(call->ledger, PLENUM_RACK, (uint64_t)rack, field);
}

static json_t *told_json(int32_t rack, int64_t retire_ms)
{
    json_t *object = json_object();
    json_put_i64(object, "rack", rack);
    json_put(object, "retire_ms", retire_ms == 0 ? json_null() : json_integer(retire_ms));
    return object;
}

/* Posts that the rack goes at retire_ms, 0: that it stays. Takes more. */
static void tell(struct call *call, int32_t rack, int64_t retire_ms, const char *actor,
                 bool dry_run, json_t *more)
{
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_RACK_RETIRE, actor);
    plenum_command_set(&command, plenum_ref(PLENUM_RACK, (uint64_t)rack), PLENUM_RACK_RETIRE_MS,
                       retire_ms);
    capacity_post(call, &command, dry_run, more);
    plenum_command_finish(&command);
}

static bool told_before(struct call *call, bool dry_run, const char *actor, int32_t rack,
                        int64_t retire_ms)
{
    struct again again;
    if (!again_read(call, dry_run, PLENUM_COMMAND_RACK_RETIRE, actor, &again))
        return false;
    struct plenum_ref ref = plenum_ref(PLENUM_RACK, (uint64_t)rack);
    again_answer(call, &again, again_value(&again, ref, PLENUM_RACK_RETIRE_MS) == retire_ms,
                 told_json(rack, retire_ms));
    return true;
}

/* What stands there after retire_ms is in the way as it is of work on the rack from then on. */
static void retire(struct call *call, int32_t rack, int64_t retire_ms, bool take, const char *actor,
                   bool dry_run)
{
    struct plenum_error error;
    const struct plenum_maintenance work = {.rack = rack,
                                            .server = PLENUM_NONE,
                                            .node = PLENUM_NONE,
                                            .from_ms = retire_ms,
                                            .until_ms = retire_ms + PLENUM_OFFER_DURATION_MAX};
    struct plenum_maintenance_answer *answer = memory_new(1, sizeof *answer);
    struct plenum_offer_desk *desk = capacity_desk(call);
    if (rack_field(call, rack, PLENUM_FIELD_STATE) == PLENUM_RACK_RETIRED) {
        capacity_refuse(call, told_json(rack, 0), dry_run, "it is retired");
    } else if (plenum_maintenance_ask(desk, call->ledger, &work, answer, &error) != PLENUM_OK) {
        call_problem(call, 400, "%s", error.text);
    } else {
        json_t *more = told_json(rack, retire_ms);
        json_put_ms(more, "earliest_ms", answer->earliest_ms);
        json_put(more, "standing", capacity_standing_json(answer));
        if (answer->standing_count > 0 && !take)
            capacity_refuse(call, more, dry_run, answer->standing[0].text);
        else
            tell(call, rack, retire_ms, actor, dry_run, more);
    }
    capacity_desk_return(call, desk);
    free(answer);
}

void handle_rack_retire(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run, take = false;
    int64_t retire_ms = 0, now_ms = plenum_ledger_now_ms(call->ledger);
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    int32_t rack = object ? find_rack(call, id) : PLENUM_NONE;
    if (rack != PLENUM_NONE && post_members_known(call, object, " from_ms take actor reason ") &&
        post_actor(call, object, actor) && capacity_read_bool(call, object, "take", &take) &&
        post_i64(call, object, "from_ms", 1, INT64_MAX / 2, &retire_ms) &&
        !told_before(call, dry_run, actor, rack, retire_ms)) {
        if (retire_ms > now_ms)
            retire(call, rack, retire_ms, take, actor, dry_run);
        else
            call_problem(call, 400, "from_ms: expected an instant to come");
    }
    json_decref(object);
}

void handle_rack_keep(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    int32_t rack = object ? find_rack(call, id) : PLENUM_NONE;
    if (rack != PLENUM_NONE && post_members_known(call, object, " actor reason ") &&
        post_actor(call, object, actor) && !told_before(call, dry_run, actor, rack, 0)) {
        if (rack_field(call, rack, PLENUM_FIELD_STATE) == PLENUM_RACK_RETIRED)
            capacity_refuse(call, told_json(rack, 0), dry_run, "it is retired");
        else if (rack_field(call, rack, PLENUM_RACK_RETIRE_MS) == 0)
            capacity_refuse(call, told_json(rack, 0), dry_run, "it is not to be retired");
        else
            tell(call, rack, 0, actor, dry_run, told_json(rack, 0));
    }
    json_decref(object);
}
