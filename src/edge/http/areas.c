/* Areas closed and opened by a person (POST /v1/areas/{id}/close, .../open): one command each, with
 * the name of who did it. The list of them is as that of any entity. */
#include "edge/http/json.h"
#include "edge/http/post.h"

#include "base/text.h"

#include <string.h>

/* An area by its name, or by its number; PLENUM_NONE, answered with 404. */
static int32_t find_area(struct call *call, const char *text)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    uint64_t id;
    for (int32_t i = 0; i < site->area_count; i++)
        if (strcmp(site->areas[i].name, text) == 0)
            return i;
    if (text_to_u64(text, &id) && id < (uint64_t)site->area_count)
        return (int32_t)id;
    call_problem(call, 404, "there is no area \"%s\"", text);
    return PLENUM_NONE;
}

static void post_area(struct call *call, struct plenum_command *command, int32_t area, bool dry_run)
{
    json_t *more = json_object();
    json_put_i64(more, "area", area);
    post_command(call, command, dry_run, more);
}

/* When it is to be closed: from now on, for ever, without notice, where nothing is said. */
static bool read_closure(struct call *call, const json_t *object, struct plenum_closure *closure)
{
    int64_t now_ms = plenum_ledger_now_ms(call->ledger);
    *closure = (struct plenum_closure){now_ms, PLENUM_FOREVER, 0};
    return post_i64(call, object, "from_ms", now_ms, PLENUM_FOREVER - 1, &closure->from_ms) &&
           post_i64(call, object, "until_ms", closure->from_ms + 1, PLENUM_FOREVER,
                    &closure->until_ms) &&
           post_i64(call, object, "notice_ms", 0, closure->from_ms, &closure->notice_ms);
}

void handle_area_close(struct call *call, const char *id)
{
    bool dry_run;
    char actor[PLENUM_ACTOR_MAX];
    struct plenum_closure closure;
    struct plenum_command command;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    int32_t area = object ? find_area(call, id) : PLENUM_NONE;
    if (area != PLENUM_NONE &&
        post_members_known(call, object, " from_ms until_ms notice_ms actor reason ") &&
        post_actor(call, object, actor) && read_closure(call, object, &closure)) {
        int64_t now_ms = plenum_ledger_now_ms(call->ledger);
        bool open = plenum_ledger_get(call->ledger, PLENUM_AREA, (uint64_t)area,
                                      PLENUM_AREA_STATE) == PLENUM_AREA_OPEN;
        plenum_command_init(&command, PLENUM_COMMAND_AREA_CLOSE, actor);
        plenum_area_plan(&command, area, closure);
        if (open && closure.from_ms - closure.notice_ms <= now_ms)
            plenum_area_set(call->ledger, &command, area, PLENUM_AREA_CLOSING);
        post_area(call, &command, area, dry_run);
        plenum_command_finish(&command);
    }
    json_decref(object);
}

void handle_area_open(struct call *call, const char *id)
{
    bool dry_run;
    char actor[PLENUM_ACTOR_MAX];
    struct plenum_command command;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    int32_t area = object ? find_area(call, id) : PLENUM_NONE;
    if (area != PLENUM_NONE && post_members_known(call, object, " actor reason ") &&
        post_actor(call, object, actor)) {
        plenum_command_init(&command, PLENUM_COMMAND_AREA_OPEN, actor);
        plenum_area_open(call->ledger, &command, area);
        post_area(call, &command, area, dry_run);
        plenum_command_finish(&command);
    }
    json_decref(object);
}
