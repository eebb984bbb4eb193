/* Post: what handlers of requests that change something share. A command is posted to the engine,
 * and answered when its outcome is durable; with ?dry_run=true at once, and nothing changes. */
#ifndef EDGE_HTTP_POST_H
#define EDGE_HTTP_POST_H

#include "edge/http/call.h"

/* The body, which must be an object; the caller's to release. NULL: answered with 400. */
json_t *post_object(struct call *call);
/* Whether all members of the object are among names ("node limit_w", each between spaces: " node
 * limit_w "). False: answered with 400. */
bool post_members_known(struct call *call, const json_t *object, const char *names);
/* ?dry_run=true. False: answered with 400. */
bool post_dry_run(struct call *call, bool *dry_run);
/* Who does it, for the command's actor: the member "actor" ("api" without one), and after a colon
 * the member "reason". False: answered with 400. */
bool post_actor(struct call *call, const json_t *object, char actor[PLENUM_ACTOR_MAX]);
/* A member that is an integer in [least, most]; left as it is where the object has none or null.
 * False: answered with 400. */
bool post_i64(struct call *call, const json_t *object, const char *name, int64_t least,
              int64_t most, int64_t *value);
/* Whether a command with the request's Idempotency-Key was answered before, and how. */
bool post_answered(const struct call *call, struct plenum_outcome *outcome);
/* Answers 422, as the ledger does: the request's Idempotency-Key was used for something else. */
void post_refuse_reused(struct call *call);
/* Posts the command, with the id that the request's Idempotency-Key makes. The answer is
 * {taken, again, dry_run, seq} and, if the ledger takes it, the members of more. Takes more, which
 * may be NULL. */
void post_command(struct call *call, struct plenum_command *command, bool dry_run, json_t *more);

#endif
