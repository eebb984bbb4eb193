/* A command on its way through the engine, and its answer. */
#include "edge/http/post.h"
#include "edge/http/json.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct posted { /* a command that the engine has not answered yet */
    struct posted *next, **link;
    struct call *call; /* NULL: the client is gone */
    bool dry_run;
    json_t *more; /* of the answer, or NULL */
};

static void posted_destroy(struct posted *posted)
{
    *posted->link = posted->next;
    if (posted->next)
        posted->next->link = posted->link;
    json_decref(posted->more);
    free(posted);
}

void command_forget_all(struct posted **all)
{
    for (struct posted *posted = *all, *next; posted; posted = next) {
        next = posted->next;
        json_decref(posted->more);
        free(posted);
    }
    *all = NULL;
}

void command_forget_call(struct call *call)
{
    if (call->posted)
        call->posted->call = NULL;
    call->posted = NULL;
}

/* --- the answer ------------------------------------------------------------------------------- */

static json_t *refusal_json(const struct plenum_refusal *refusal)
{
    char text[64];
    json_t *object = json_object();
    json_put_text(object, "reason", plenum_reason_name(refusal->reason));
    json_put_i64(object, "op", refusal->op);
    json_put_i64(object, "subject", refusal->subject);
    json_put_i64(object, "asked", refusal->asked);
    json_put_i64(object, "limit", refusal->limit);
    json_put_ms(object, "from_ms", refusal->from_ms);
    if (refusal->other.kind < PLENUM_KIND_COUNT) {
        (void)text_format(text, sizeof text, "%s/%" PRIu64, plenum_kind_name(refusal->other.kind),
                          refusal->other.id);
        json_put_text(object, "other", text);
    }
    return object;
}

static json_t *outcome_json(const struct plenum_outcome *outcome, bool dry_run)
{
    json_t *object = json_object();
    json_put(object, "taken", json_boolean(outcome->taken));
    json_put(object, "again", json_boolean(outcome->again));
    json_put(object, "dry_run", json_boolean(dry_run));
    json_put(object, "seq", dry_run ? json_null() : json_integer((int64_t)outcome->seq));
    return object;
}

/* Takes object. */
static void answer_refusal(struct call *call, json_t *object, const struct plenum_refusal *refusal)
{
    char sentence[PLENUM_REFUSAL_TEXT];
    bool reused = refusal->reason == PLENUM_REASON_ID_REUSED;
    json_put(object, "refusal", refusal_json(refusal));
    plenum_refusal_format(plenum_ledger_site(call->ledger), refusal, sentence);
    call_answer_problem(call, reused ? 422 : 409, object, sentence);
}

static void answer_outcome(struct call *call, const struct plenum_outcome *outcome,
                           const struct posted *posted)
{
    json_t *object = outcome_json(outcome, posted->dry_run);
    if (posted->more && outcome->taken)
        CHECK(json_object_update(object, posted->more) == 0);
    if (outcome->taken)
        call_answer_done(call, object);
    else
        answer_refusal(call, object, &outcome->refusal);
}

void post_refuse_reused(struct call *call)
{
    const struct plenum_outcome outcome = {.taken = false};
    const struct plenum_refusal refusal = {.reason = PLENUM_REASON_ID_REUSED,
                                           .subject = PLENUM_NONE,
                                           .feed_lost = PLENUM_NONE,
                                           .other = {.kind = PLENUM_KIND_COUNT}};
    json_t *object = outcome_json(&outcome, false);
    json_put(object, "seq", json_null());
    answer_refusal(call, object, &refusal);
}

static void on_outcome(void *context, const struct plenum_outcome *outcome)
{
    struct posted *posted = context;
    struct call *call = posted->call;
    if (call) {
        call->posted = NULL;
        answer_outcome(call, outcome, posted);
        call->ready(call);
    }
    posted_destroy(posted);
}

/* --- the request ------------------------------------------------------------------------------ */

/* The same key is the same id, in whatever process and on whatever day. */
static struct plenum_command_id id_of_key(const char *key)
{
    struct plenum_command_id id = {0};
    struct bytes_reader reader;
    if (key[0] == 0)
        return id;
    struct hash hash = hash_of(key, strlen(key));
    bytes_read_init(&reader, hash.bytes, sizeof hash.bytes);
    id.hi = bytes_get_u64(&reader);
    id.lo = bytes_get_u64(&reader);
    return id;
}

bool post_answered(const struct call *call, struct plenum_outcome *outcome)
{
    const char *key = call->request.idempotency_key;
    return key[0] && plenum_ledger_answered(call->ledger, id_of_key(key), outcome);
}

void post_command(struct call *call, struct plenum_command *command, bool dry_run, json_t *more)
{
    struct posted *posted = memory_new(1, sizeof *posted);
    command->id = id_of_key(call->request.idempotency_key);
    *posted = (struct posted){*call->all_posted, call->all_posted, call, dry_run, more};
    if (posted->next)
        posted->next->link = &posted->next;
    *call->all_posted = posted;
    call->posted = posted;
    if (plenum_engine_post(call->engine, command, dry_run, on_outcome, posted) == PLENUM_OK)
        return;
    call->posted = NULL;
    posted_destroy(posted);
    call_problem(call, 503, "%d commands wait already: try again later", PLENUM_INBOX_MAX);
}

bool post_dry_run(struct call *call, bool *dry_run)
{
    const char *text = call_query(call, "dry_run");
    *dry_run = text && strcmp(text, "true") == 0;
    if (!text || *dry_run || strcmp(text, "false") == 0)
        return true;
    call_problem(call, 400, "dry_run: found \"%s\", expected true or false", text);
    return false;
}

json_t *post_object(struct call *call)
{
    json_error_t trouble;
    const struct bytes *body = &call->request.body;
    json_t *document =
        json_loadb((const char *)body->data, body->length, JSON_REJECT_DUPLICATES, &trouble);
    if (json_is_object(document))
        return document;
    if (document)
        call_problem(call, 400, "expected an object");
    else
        call_problem(call, 400, "at byte %d, line %d, column %d: %s", trouble.position,
                     trouble.line, trouble.column, trouble.text);
    json_decref(document);
    return NULL;
}

bool post_members_known(struct call *call, const json_t *object, const char *names)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        char name[HTTP_VALUE_MAX];
        if (text_format(name, sizeof name, " %s ", key) && !strchr(key, ' ') && strstr(names, name))
            continue;
        call_problem(call, 400, "\"%.64s\": expected members among%s", key, names);
        return false;
    }
    return true;
}

bool post_actor(struct call *call, const json_t *object, char actor[PLENUM_ACTOR_MAX])
{
    const json_t *who = json_object_get(object, "actor"), *why = json_object_get(object, "reason");
    const char *name = who ? json_string_value(who) : "api";
    const char *reason = why ? json_string_value(why) : "";
    bool fits = name && name[0] && reason &&
                text_format(actor, PLENUM_ACTOR_MAX, "%s%s%s", name, *reason ? ": " : "", reason);
    if (!fits)
        call_problem(call, 400, "actor, reason: expected texts of %d bytes together at most",
                     PLENUM_ACTOR_MAX - 3);
    return fits;
}

bool post_i64(struct call *call, const json_t *object, const char *name, int64_t least,
              int64_t most, int64_t *value)
{
    const json_t *member = json_object_get(object, name);
    if (!member || json_is_null(member))
        return true;
    int64_t number = json_integer_value(member);
    if (json_is_integer(member) && number >= least && number <= most) {
        *value = number;
        return true;
    }
    call_problem(call, 400, "%s: expected an integer from %" PRId64 " to %" PRId64, name, least,
                 most);
    return false;
}
