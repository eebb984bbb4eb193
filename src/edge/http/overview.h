/* What /v1/overview shares with those that watch. */
#ifndef EDGE_HTTP_OVERVIEW_H
#define EDGE_HTTP_OVERVIEW_H

#include <plenum/engine.h>

#include <jansson.h>

/* "alarms", the worst first, and "alarms_left_out"; with an engine those of its run as well. */
void overview_put_alarms(json_t *object, const struct plenum_ledger *ledger,
                         struct plenum_engine *engine);

#endif
