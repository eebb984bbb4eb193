/* Ask: what the subcommands that speak to a running site share: their options, and the way from a
 * question to what is printed.
 *
 *     struct ask ask = ASK_DEFAULTS;
 *     const struct option_row rows[] = {ASK_READ_ROWS(ask)};
 *     ...
 *     return ask_read("alarm ls", &ask, &target, put_alarms);
 *
 * With --json what the server sent is printed, a problem too. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "cli/client.h"
#include "cli/columns.h"
#include "cli/options.h"

struct ask {
    struct client_options client;
    bool json, dry_run;
    const char *actor, *reason; /* NULL: of this user at this host; none */
    int64_t at_ms;              /* ASK_NOW */
    uint64_t limit;             /* most items of a list */
};

#define ASK_NOW INT64_MIN
#define ASK_DEFAULTS                                                                               \
    {                                                                                              \
        .client = {.timeout_ms = 30000}, .at_ms = ASK_NOW, .limit = UINT64_MAX                     \
    }

/* clang-format off */
#define ASK_ROWS(ask)                                                                              \
    {"server", "URL", OPTION_TEXT, &(ask).client.server,                                           \
     "the site's server ($PLENUM_SERVER, or http://127.0.0.1:7070)"},                              \
    {"token-file", "FILE", OPTION_TEXT, &(ask).client.token_file,                                  \
     "the first line of it is the token ($PLENUM_TOKEN)"},                                         \
    {"ca-file", "FILE", OPTION_TEXT, &(ask).client.ca_file,                                        \
     "trust certificates that these signed, PEM (the system's)"},                                  \
    {"timeout", "TIME", OPTION_DURATION, &(ask).client.timeout_ms,                                 \
     "wait so long for an answer (30s)"},                                                          \
    OPTION_ROW_JSON(&(ask).json)
#define ASK_READ_ROWS(ask)                                                                         \
    {"at", "INSTANT", OPTION_INSTANT, &(ask).at_ms, "show the site as it was then"},               \
    ASK_ROWS(ask)
#define ASK_LIST_ROWS(ask)                                                                         \
    {"limit", "N", OPTION_U64, &(ask).limit, "show so many at most (all)"},                        \
    ASK_READ_ROWS(ask)
#define ASK_ACT_ROWS(ask)                                                                          \
    {"dry-run", NULL, OPTION_FLAG, &(ask).dry_run,                                                 \
     "say what the ledger would say, change nothing"},                                             \
    {"actor", "NAME", OPTION_TEXT, &(ask).actor, "who does it, for the journal (user@host)"},      \
    {"reason", "TEXT", OPTION_TEXT, &(ask).reason, "why, for the journal"},                        \
    ASK_ROWS(ask)
/* clang-format on */

/* Shows a document to people. */
typedef void ask_put(const json_t *document, struct style style, FILE *out);

/* GETs and shows; returns the exit code. Adds --at to the target. */
int ask_read(const char *name, const struct ask *ask, struct target *target, ask_put *put);
/* The same for all pages of a list, or as many as --limit says. */
int ask_list(const char *name, const struct ask *ask, struct target *target, ask_put *put);
/* POSTs and shows; takes body, an object, to which the actor and the reason are added; adds
 * --dry-run to the target. */
int ask_act(const char *name, const struct ask *ask, struct target *target, json_t *body,
            ask_put *put);
/* A subcommand of no operands that POSTs there, with --reason. */
int ask_stop(const char *name, const char *path, const char *about, int argc, char **argv);
/* ask_act for what is no row of the journal, and so nobody's act. */
int ask_set(const char *name, const struct ask *ask, struct target *target, json_t *body,
            ask_put *put);
/* Shows "taken" or what would be, and the row. */
void ask_put_outcome(const json_t *outcome, struct style style, FILE *out);

/* --- for those that ask more than once ------------------------------------------------------- */

/* All items of a list of pages, or the first `most`: the document of the first page with all of
 * them in "items". target has the path, and perhaps members of a query, but no limit. */
enum plenum_status ask_pages(struct client *client, const struct target *target, uint64_t most,
                             json_t **document, struct plenum_error *error) PLENUM_MUST_USE;
/* Prints the document as it is. */
void ask_print_json(const json_t *document);
/* Ends the subcommand: says the error, where there is one, and finishes the client. */
int ask_end(const char *name, const struct ask *ask, struct client *client,
            enum plenum_status status, const struct plenum_error *error);

#endif
