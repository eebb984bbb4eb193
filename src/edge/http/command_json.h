/* A command from JSON:
 *
 *     {"kind": "job.cancel", "actor": "ada",
 *      "ops": [{"op": "release", "owner": "job/12", "books": 3, "from": "2026-01-05T10:00Z"},
 *              {"op": "set", "of": "job/12", "field": "state", "value": "cancelled"}]}
 *
 * Operations and their members have the names that `plenum journal show --json` gives them.
 * Instants are RFC 3339 text, milliseconds, or "forever". */
#ifndef EDGE_HTTP_COMMAND_JSON_H
#define EDGE_HTTP_COMMAND_JSON_H

#include <plenum/command.h>

#include <jansson.h>

/* Fills a command that was initialised. PLENUM_INPUT: the error names the place ("ops[2].watts"),
 * what is there and what is expected. */
enum plenum_status command_from_json(struct plenum_command *command, const json_t *document,
                                     struct plenum_error *error) PLENUM_MUST_USE;

#endif
