/* POST /v1/capacity/offers and /v1/capacity/reservations: what can be had, and having it.
 *
 * A reservation is planned and posted in one go on the engine's thread, and taken up at once, so
 * that the next request is planned beside it. */
#include "edge/http/capacity.h"
#include "edge/http/again.h"
#include "edge/http/json.h"
#include "edge/http/post.h"

#include <plenum/quota.h>

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

/* --- offers ----------------------------------------------------------------------------------- */

static void answer_offers(struct call *call, const struct plenum_offer_answer *answer)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    json_t *object = json_object(), *offers = json_array();
    for (int32_t i = 0; i < answer->offer_count; i++)
        json_push(offers, capacity_offer_json(site, &answer->offers[i]));
    json_put_i64(object, "now_ms", plenum_ledger_now_ms(call->ledger));
    json_put(object, "offers", offers);
    json_put(object, "blockers", capacity_blockers_json(answer));
    call_answer_done(call, object);
}

void handle_offers(struct call *call, const char *id)
{
    struct plenum_offer_request request;
    struct plenum_error error;
    int64_t count = 3;
    (void)id;
    json_t *object = post_object(call);
    if (object && capacity_request_read(call, object, " ", &request, &count)) {
        struct plenum_offer_answer *answer = memory_new(1, sizeof *answer);
        struct plenum_offer_desk *desk = capacity_desk(call);
        if (plenum_offer_ask(desk, call->ledger, &request, (int32_t)count, answer, &error) ==
            PLENUM_OK)
            answer_offers(call, answer);
        else
            call_problem(call, 400, "%s", error.text);
        capacity_desk_return(call, desk);
        free(answer);
    }
    json_decref(object);
}

/* --- reservations ----------------------------------------------------------------------------- */

static json_t *job_json(uint64_t job, int64_t start_ms, int64_t end_ms, int64_t price_micro)
{
    json_t *more = json_object();
    json_put_i64(more, "job", (int64_t)job);
    json_put_i64(more, "start_ms", start_ms);
    json_put_i64(more, "end_ms", end_ms);
    json_put_i64(more, "price_micro", price_micro);
    return more;
}

/* Whether what was reserved is what the request asks for. */
static bool is_reserved(const struct again *again, const struct plenum_offer_request *request)
{
    struct plenum_ref job = again->made;
    int64_t servers = again_value(again, job, PLENUM_JOB_SERVERS);
    int64_t per_server = again_value(again, job, PLENUM_JOB_ACCELERATORS);
    int64_t start_ms = again_value(again, job, PLENUM_JOB_START_MS);
    const struct {
        int32_t field;
        int64_t asked;
    } same[] = {{PLENUM_JOB_TENANT, request->tenant},
                {PLENUM_JOB_MILLI, request->milli},
                {PLENUM_JOB_CHIP, request->chip},
                {PLENUM_JOB_DURATION_MS, request->duration_ms},
                {PLENUM_JOB_PREEMPTIBLE, request->preemptible},
                {PLENUM_JOB_WITHIN, (int64_t)request->within},
                {PLENUM_JOB_SPREAD, (int64_t)request->spread},
                {PLENUM_JOB_MAX_W, request->max_w}};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (again_value(again, job, same[i].field) != same[i].asked)
            return false;
    return servers * per_server == request->accelerators &&
           (request->servers == 0 || request->servers == servers) &&
           (request->per_server == 0 || request->per_server == per_server) &&
           (request->cores == PLENUM_NONE ||
            request->cores == again_value(again, job, PLENUM_JOB_CORES)) &&
           (request->memory_bytes == PLENUM_NONE ||
            request->memory_bytes == again_value(again, job, PLENUM_JOB_MEMORY_BYTES)) &&
           start_ms <= request->latest_ms;
}

/* A start that is asked for by name is another thing than the first from now on. */
static bool starts_as_asked(const struct again *again, const json_t *object)
{
    const json_t *start = json_object_get(object, "start_ms");
    const json_t *earliest = json_object_get(object, "earliest_ms");
    int64_t start_ms = again_value(again, again->made, PLENUM_JOB_START_MS);
    return (!json_is_integer(start) || json_integer_value(start) == start_ms) &&
           (!json_is_integer(earliest) || json_integer_value(earliest) <= start_ms);
}

static bool reserved_before(struct call *call, bool dry_run, const char *actor,
                            const json_t *object, const struct plenum_offer_request *request)
{
    struct again again;
    if (!again_read(call, dry_run, PLENUM_COMMAND_JOB_RESERVE, actor, &again))
        return false;
    struct plenum_ref job = again.made;
    again_answer(call, &again, is_reserved(&again, request) && starts_as_asked(&again, object),
                 job_json(job.id, again_value(&again, job, PLENUM_JOB_START_MS),
                          again_value(&again, job, PLENUM_JOB_END_MS),
                          again_value(&again, job, PLENUM_JOB_PRICE_MICRO)));
    return true;
}

/* Posts it, and has it taken up before the next request is looked at. Takes more. */
void capacity_post(struct call *call, struct plenum_command *command, bool dry_run, json_t *more)
{
    post_command(call, command, dry_run, more);
    if (call->answer.status == 0 && plenum_engine_take_posted(call->engine) != PLENUM_OK) {
        command_forget_call(call);
        call_problem(call, 500, "the journal cannot be written");
    }
}

static json_t *not_taken_json(bool dry_run)
{
    json_t *object = json_object();
    json_put(object, "taken", json_false());
    json_put(object, "again", json_false());
    json_put(object, "dry_run", json_boolean(dry_run));
    json_put(object, "seq", json_null());
    return object;
}

static void answer_none(struct call *call, const struct plenum_offer_answer *answer, bool dry_run)
{
    json_t *object = not_taken_json(dry_run);
    json_put(object, "blockers", capacity_blockers_json(answer));
    call_answer_problem(call, 409, object,
                        answer->blocker_count > 0 ? answer->blockers[0].text
                                                  : "nothing fits in that time");
}

static void reserve(struct call *call, const struct plenum_offer_request *request,
                    const char *actor, bool dry_run)
{
    struct plenum_error error;
    struct plenum_command command;
    struct plenum_offer_answer *answer = memory_new(1, sizeof *answer);
    struct plenum_offer_desk *desk = capacity_desk(call);
    enum plenum_status status = plenum_offer_ask(desk, call->ledger, request, 1, answer, &error);
    const struct plenum_offer *offer = &answer->offers[0];
    plenum_command_init(&command, PLENUM_COMMAND_JOB_RESERVE, actor);
    if (status != PLENUM_OK) {
        call_problem(call, 400, "%s", error.text);
    } else if (answer->offer_count == 0) {
        answer_none(call, answer, dry_run);
    } else {
        uint64_t job = plenum_ledger_next_id(call->ledger, PLENUM_JOB);
        plenum_offer_reserve(call->ledger, request, offer, &command);
        capacity_post(call, &command, dry_run,
                      job_json(job, offer->start_ms, offer->end_ms, offer->price_micro));
    }
    plenum_command_finish(&command);
    capacity_desk_return(call, desk);
    free(answer);
}

void handle_reservations(struct call *call, const char *id)
{
    struct plenum_offer_request request;
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run;
    int64_t count = 1;
    (void)id;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object &&
        capacity_request_read(call, object, " start_ms actor reason ", &request, &count) &&
        post_actor(call, object, actor)) {
        if (request.tenant == PLENUM_NONE)
            call_problem(call, 400, "tenant: expected the number or the name of a tenant");
        else if (!reserved_before(call, dry_run, actor, object, &request))
            reserve(call, &request, actor, dry_run);
    }
    json_decref(object);
}

/* --- changes of mind -------------------------------------------------------------------------- */

/* The job of the path that is not over; false, and answered. */
bool capacity_job(struct call *call, const char *id, uint64_t *job)
{
    const int64_t *row =
        text_to_u64(id, job) ? plenum_ledger_row(call->ledger, PLENUM_JOB, *job) : NULL;
    if (row && row[PLENUM_FIELD_STATE] < PLENUM_JOB_DONE)
        return true;
    call_problem(call, 404, "there is no reservation \"%s\"", id);
    return false;
}

/* end_ms: the new end; 0 where the job is cancelled. */
static bool changed_before(struct call *call, bool dry_run, enum plenum_command_kind kind,
                           const char *actor, const char *id, int64_t end_ms)
{
    struct again again;
    uint64_t job = 0;
    if (!again_read(call, dry_run, kind, actor, &again))
        return false;
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, text_to_u64(id, &job) ? job : 0);
    bool same = end_ms == 0 ? again_value(&again, ref, PLENUM_FIELD_STATE) == PLENUM_JOB_CANCELLED
                            : again_value(&again, ref, PLENUM_JOB_END_MS) == end_ms;
    json_t *more = json_object();
    json_put_i64(more, "job", (int64_t)job);
    again_answer(call, &again, same, more);
    return true;
}

void handle_reservation_cancel(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run;
    uint64_t job;
    struct plenum_error error;
    struct plenum_command command;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object && post_members_known(call, object, " actor reason ") &&
        post_actor(call, object, actor) &&
        !changed_before(call, dry_run, PLENUM_COMMAND_JOB_CANCEL, actor, id, 0) &&
        capacity_job(call, id, &job)) {
        json_t *more = json_object();
        json_put_i64(more, "job", (int64_t)job);
        plenum_command_init(&command, PLENUM_COMMAND_JOB_CANCEL, actor);
        if (plenum_offer_cancel(call->ledger, job, &command, &error) == PLENUM_OK)
            capacity_post(call, &command, dry_run, more);
        plenum_command_finish(&command);
    }
    json_decref(object);
}

/* What more time on the job's accelerators costs. */
static int64_t extra_price(struct call *call, uint64_t job, int64_t end_ms)
{
    struct plenum_offer_desk *desk = capacity_desk(call);
    int64_t extra = plenum_offer_price_more(desk, call->ledger, job, end_ms);
    capacity_desk_return(call, desk);
    return extra;
}

/* The same for a later end of a job. */
static bool quota_admits_end(struct call *call, uint64_t job, int64_t end_ms, int64_t extra_micro,
                             bool dry_run)
{
    struct plenum_error error;
    struct plenum_quota *quota = plenum_quota_create(plenum_ledger_site(call->ledger));
    plenum_quota_read(quota, call->ledger);
    bool admits = plenum_quota_admits_end(quota, job, end_ms, extra_micro, &error) == PLENUM_OK;
    plenum_quota_destroy(quota);
    if (!admits)
        call_answer_problem(call, 409, not_taken_json(dry_run), error.text);
    return admits;
}

static void extend(struct call *call, uint64_t job, int64_t end_ms, const char *actor, bool dry_run)
{
    struct plenum_error error;
    struct plenum_command command;
    const int64_t *row = plenum_ledger_row(call->ledger, PLENUM_JOB, job);
    int64_t extra = extra_price(call, job, end_ms);
    if (!quota_admits_end(call, job, end_ms, extra, dry_run))
        return;
    plenum_command_init(&command, PLENUM_COMMAND_JOB_EXTEND, actor);
    if (plenum_offer_move_end(call->ledger, job, end_ms, extra, &command, &error) == PLENUM_OK)
        capacity_post(
            call, &command, dry_run,
            job_json(job, row[PLENUM_JOB_START_MS], end_ms, row[PLENUM_JOB_PRICE_MICRO] + extra));
    else
        call_problem(call, 400, "%s", error.text);
    plenum_command_finish(&command);
}

void handle_reservation_extend(struct call *call, const char *id)
{
    char actor[PLENUM_ACTOR_MAX];
    bool dry_run;
    uint64_t job;
    int64_t end_ms = 0;
    json_t *object = post_dry_run(call, &dry_run) ? post_object(call) : NULL;
    if (object && post_members_known(call, object, " end_ms actor reason ") &&
        post_actor(call, object, actor) &&
        post_i64(call, object, "end_ms", 1, INT64_MAX / 2, &end_ms) &&
        !changed_before(call, dry_run, PLENUM_COMMAND_JOB_EXTEND, actor, id, end_ms) &&
        capacity_job(call, id, &job))
        extend(call, job, end_ms, actor, dry_run);
    json_decref(object);
}
