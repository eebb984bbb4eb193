/* Shed: what a lowered limit would cost, tried on a copy of the ledger. */
#ifndef EDGE_HTTP_SHED_H
#define EDGE_HTTP_SHED_H

#include <plenum/ledger.h>

#include <jansson.h>

/* What the rack planner would shed if the command, which lowers a limit from from_ms on, were taken
 * and nothing else happened until shedding begins: an array of {kind, id, name, w}. NULL
 * in JSON where that cannot be told, as the command would be refused. The caller's. */
json_t *shed_json(const struct plenum_ledger *ledger, const struct plenum_command *command,
                  int64_t from_ms);

#endif
