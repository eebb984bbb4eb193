/* Ask: see ask.h. */
#include "cli/ask.h"

#include "base/check.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/values.h"

#include <inttypes.h>
#include <plenum/command.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 1000, HOST_TEXT = 256 };

void ask_print_json(const json_t *document)
{
    CHECK(json_dumpf(document, stdout, JSON_INDENT(2)) == 0 || ferror(stdout));
    putchar('\n');
}

/* What else is in the way, where the server says it: the first is the error's own text. */
static void say_blockers(const json_t *problem)
{
    const json_t *blockers = json_object_get(problem, "blockers");
    char text[VALUE_TEXT];
    for (size_t i = 1; i < json_array_size(blockers); i++)
        fprintf(stderr, "  %s\n",
                value_format("", json_object_get(json_array_get(blockers, i), "text"), text));
}

int ask_end(const char *name, const struct ask *ask, struct client *client,
            enum plenum_status status, const struct plenum_error *error)
{
    if (status != PLENUM_OK && ask->json && client->problem)
        ask_print_json(client->problem);
    int exit_code = cli_end_output(name);
    if (status != PLENUM_OK) {
        exit_code = cli_fail(name, error);
        say_blockers(client->problem);
    }
    client_finish(client);
    return exit_code;
}

static void show(const struct ask *ask, const json_t *document, ask_put *put)
{
    if (ask->json)
        ask_print_json(document);
    else
        put(document, style_of(STDOUT_FILENO), stdout);
}

static int read_and_show(const char *name, const struct ask *ask, struct target *target, bool all,
                         ask_put *put)
{
    struct client client;
    struct plenum_error error;
    json_t *document = NULL;
    if (ask->at_ms != ASK_NOW)
        target_add(target, "at", ask->at_ms);
    enum plenum_status status = client_init(&client, &ask->client, &error);
    if (status == PLENUM_OK)
        status = all ? ask_pages(&client, target, ask->limit, &document, &error)
                     : client_get(&client, target, &document, &error);
    if (status == PLENUM_OK)
        show(ask, document, put);
    json_decref(document);
    return ask_end(name, ask, &client, status, &error);
}

int ask_read(const char *name, const struct ask *ask, struct target *target, ask_put *put)
{
    return read_and_show(name, ask, target, false, put);
}

int ask_list(const char *name, const struct ask *ask, struct target *target, ask_put *put)
{
    return read_and_show(name, ask, target, true, put);
}

/* --- acts ------------------------------------------------------------------------------------- */

int ask_set(const char *name, const struct ask *ask, struct target *target, json_t *body,
            ask_put *put)
{
    struct client client;
    struct plenum_error error;
    json_t *document = NULL;
    enum plenum_status status = client_init(&client, &ask->client, &error);
    if (status == PLENUM_OK)
        status = client_post(&client, target, body, &document, &error);
    if (status == PLENUM_OK)
        show(ask, document, put);
    json_decref(document);
    json_decref(body);
    return ask_end(name, ask, &client, status, &error);
}

/* "ada@host", cut to what the journal keeps; "cli" where nobody says who it is. */
static json_t *default_actor(void)
{
    char host[HOST_TEXT] = "", actor[PLENUM_ACTOR_MAX];
    const char *user = getenv("USER");
    if (!user || !user[0] || gethostname(host, sizeof host - 1) != 0)
        return json_string("cli");
    (void)text_format(actor, sizeof actor, "%s@%s", user, host);
    json_t *value = json_string(actor);
    return value ? value : json_string("cli"); /* cut within a character, or no UTF-8 */
}

static bool put_text(json_t *body, const char *key, const char *text)
{
    return json_object_set_new(body, key, json_string(text)) == 0;
}

int ask_act(const char *name, const struct ask *ask, struct target *target, json_t *body,
            ask_put *put)
{
    struct plenum_error error;
    if ((ask->actor && !put_text(body, "actor", ask->actor)) ||
        (ask->reason && !put_text(body, "reason", ask->reason))) {
        json_decref(body);
        plenum_fail(&error, PLENUM_INPUT, "expected UTF-8 in --actor and --reason");
        return cli_fail(name, &error);
    }
    if (!ask->actor)
        CHECK(json_object_set_new(body, "actor", default_actor()) == 0);
    if (ask->dry_run)
        target_flag(target, "dry_run");
    return ask_set(name, ask, target, body, put);
}

int ask_stop(const char *name, const char *path, const char *about, int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_ACT_ROWS(ask)};
    const struct options options = OPTIONS(name, about, rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "%s", path);
    return ask_act(name, &ask, &target, json_object(), ask_put_outcome);
}

void ask_put_outcome(const json_t *outcome, struct style style, FILE *out)
{
    int64_t seq = json_integer_value(json_object_get(outcome, "seq"));
    (void)style;
    if (json_is_true(json_object_get(outcome, "dry_run")))
        fprintf(out, "the ledger would take it; nothing was changed\n");
    else if (json_is_true(json_object_get(outcome, "again")))
        fprintf(out, "taken before, as row %" PRId64 " of the journal\n", seq);
    else
        fprintf(out, "taken, as row %" PRId64 " of the journal\n", seq);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* Moves the page's items to the end of all, up to so many. */
static void take_items(json_t *all, const json_t *page, uint64_t most)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), index, item)
    {
        if (json_array_size(all) < most)
            CHECK(json_array_append(all, item) == 0);
    }
}

enum plenum_status ask_pages(struct client *client, const struct target *target, uint64_t most,
                             json_t **document, struct plenum_error *error)
{
    json_t *first = NULL, *items = json_array();
    enum plenum_status status = PLENUM_OK;
    int64_t cursor = 0;
    for (bool more = true; more && status == PLENUM_OK;) {
        struct target page_target = *target;
        json_t *page = NULL;
        target_add(&page_target, "limit", (int64_t)(most > 0 && most < PAGE ? most : PAGE));
        if (cursor > 0)
            target_add(&page_target, "cursor", cursor);
        status = client_get(client, &page_target, &page, error);
        if (status == PLENUM_OK && !json_is_array(json_object_get(page, "items")))
            status = plenum_fail(error, PLENUM_MISMATCH, "%s: a list without items", target->text);
        const json_t *next = json_object_get(page, "next");
        more = status == PLENUM_OK && json_is_integer(next) && json_array_size(items) < most;
        if (more && json_integer_value(next) <= cursor)
            status = plenum_fail(error, PLENUM_MISMATCH, "%s: a page that leads to itself",
                                 target->text);
        cursor = more ? json_integer_value(next) : 0;
        take_items(items, page, most);
        more = more && json_array_size(items) < most;
        if (!first)
            first = json_incref(page);
        json_decref(page);
    }
    if (status == PLENUM_OK) {
        CHECK(json_object_set(first, "items", items) == 0);
        CHECK(json_object_set_new(first, "next", cursor > 0 ? json_integer(cursor) : json_null()) ==
              0);
        *document = json_incref(first);
    }
    json_decref(first);
    json_decref(items);
    return status;
}
