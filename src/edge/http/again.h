/* Again: a request that is sent again with the Idempotency-Key of a command that was taken.
 *
 * What is planned anew would be another command, so the request is not planned: it is held against
 * the row of the journal that the first one made, and answered as it was. With a key that was used
 * for something else it is refused (422), and nothing changes. */
#ifndef EDGE_HTTP_AGAIN_H
#define EDGE_HTTP_AGAIN_H

#include <plenum/ledger.h>

#include "edge/http/call.h"

#define AGAIN_NONE INT64_MIN

struct again {
    struct plenum_outcome outcome;
    bool fits;              /* it is of the kind and the actor that were asked for */
    struct plenum_ref made; /* what the command made first; where nothing, what it set first */
    json_t *values;         /* {"job/12": {"tenant": 3, ...}}: what it set */
};

/* Whether a command with the request's key was taken before; no dry run is one. True: to be
 * answered with again_answer. */
bool again_read(struct call *call, bool dry_run, enum plenum_command_kind kind, const char *actor,
                struct again *again);
/* What the command set a field to; AGAIN_NONE where it did not. */
int64_t again_value(const struct again *again, struct plenum_ref ref, int32_t field);
/* Answers as before, with the members of more, if it is the same; else refuses. Takes more. */
void again_answer(struct call *call, struct again *again, bool same, json_t *more);

#endif
