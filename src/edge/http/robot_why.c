/* GET /v1/robots/{id}/why: why a robot does not move, and who keeps it. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/text.h"

enum { CHAIN_MAX = 32 };

static json_t *wait_json(const struct plenum_site *site, const struct plenum_robot_wait *wait)
{
    json_t *object = json_object();
    json_put_i64(object, "robot", wait->robot);
    json_put_text(object, "name", site->robots[wait->robot].name);
    json_put_text(object, "cause", plenum_wait_name(wait->cause));
    json_put_text(object, "text", plenum_wait_text(wait->cause));
    return object;
}

void handle_robot_why(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    struct plenum_robot_wait waits[CHAIN_MAX];
    uint64_t robot;
    if (!text_to_u64(id, &robot) || robot >= (uint64_t)site->robot_count) {
        call_problem(call, 404, "there is no robot \"%s\"", id);
        return;
    }
    size_t count = plenum_engine_why(call->engine, (int32_t)robot, waits, CHAIN_MAX);
    json_t *object = wait_json(site, &waits[0]), *chain = json_array();
    for (size_t i = 1; i < count; i++)
        json_push(chain, wait_json(site, &waits[i]));
    json_put(object, "chain", chain);
    call_answer_json(call, object);
}
