/* Kept: the last answers, for others who ask the same before anything changes.
 *
 * An answer is kept that has an entity tag and was made of the state now. It is good while the
 * ledger has answered no more commands, and the clock is not paused, let go or set. */
#ifndef EDGE_HTTP_KEPT_H
#define EDGE_HTTP_KEPT_H

#include "edge/http/call.h"

struct kept *kept_create(void);
void kept_destroy(struct kept *kept);

/* Fills the answer of a call that was asked before; false: it was not. */
bool kept_find(struct kept *kept, struct call *call);
/* Keeps the answer, whole and with its tag. */
void kept_put(struct kept *kept, const struct call *call);

#endif
