/* Listing: see listing.h. */
#include "cli/listing.h"

#include "base/check.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/values.h"

#include <inttypes.h>
#include <plenum/command.h>
#include <string.h>
#include <unistd.h>

enum { WORDS_TEXT = 64, STATES_TEXT = 256, NAMES_MAX = 100000 };

void listing_put(const struct listing_column *columns, size_t count, const json_t *items,
                 struct style style, FILE *out)
{
    struct column heads[COLUMNS_MAX];
    struct columns table;
    char text[VALUE_TEXT];
    size_t index;
    json_t *item;
    CHECK(count <= COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        bool state = strcmp(columns[i].key, "state") == 0;
        heads[i] = (struct column){columns[i].title, value_is_figure(columns[i].key), state};
    }
    columns_init(&table, heads, count);
    json_array_foreach((json_t *)items, index, item)
    {
        for (size_t i = 0; i < count; i++)
            columns_put(&table, "%s",
                        value_format(columns[i].key, json_object_get(item, columns[i].key), text));
    }
    columns_print(&table, style, out);
    columns_finish(&table);
}

/* --- ls --------------------------------------------------------------------------------------- */

static void keep_state(json_t *document, const char *state)
{
    json_t *items = json_object_get(document, "items");
    for (size_t i = json_array_size(items); state && i > 0; i--)
        if (strcmp(value_text(json_array_get(items, i - 1), "state"), state) != 0)
            CHECK(json_array_remove(items, i - 1) == 0);
}

static void keep_first(json_t *document, uint64_t most)
{
    json_t *items = json_object_get(document, "items");
    while (json_array_size(items) > most)
        CHECK(json_array_remove(items, json_array_size(items) - 1) == 0);
}

/* "idle|busy|...": what --state takes. */
static void put_states(uint32_t kind, char text[STATES_TEXT])
{
    text[0] = 0;
    for (int32_t i = 0; i < plenum_kind_state_count(kind); i++) {
        size_t length = strlen(text);
        CHECK(text_format(text + length, STATES_TEXT - length, "%s%s", i > 0 ? "|" : "",
                          plenum_state_name(kind, i)));
    }
}

static enum plenum_status check_state(uint32_t kind, const char *state, struct plenum_error *error)
{
    char states[STATES_TEXT];
    for (int32_t i = 0; state && i < plenum_kind_state_count(kind); i++)
        if (strcmp(state, plenum_state_name(kind, i)) == 0)
            return PLENUM_OK;
    if (!state)
        return PLENUM_OK;
    put_states(kind, states);
    return plenum_fail(error, PLENUM_INPUT, "--state: found '%s', expected one of %s", state,
                       states);
}

static void show_list(const struct listing *listing, const struct ask *ask, const json_t *document)
{
    const json_t *items = json_object_get(document, "items");
    if (ask->json) {
        ask_print_json(document);
        return;
    }
    listing_put(listing->columns, listing->count, items, style_of(STDOUT_FILENO), stdout);
    if (json_array_size(items) == 0)
        fprintf(stderr, "there are no %s%s\n", listing->many,
                value_i64(document, "count") > 0 ? " of that state" : "");
}

static enum plenum_status read_list(const struct listing *listing, const struct ask *ask,
                                    const char *state, struct client *client,
                                    struct plenum_error *error)
{
    struct target target;
    json_t *document = NULL;
    target_init(&target, "/v1/%s", listing->many);
    if (ask->at_ms != ASK_NOW)
        target_add(&target, "at", ask->at_ms);
    enum plenum_status status =
        ask_pages(client, &target, state ? UINT64_MAX : ask->limit, &document, error);
    if (status == PLENUM_OK) {
        keep_state(document, state);
        keep_first(document, ask->limit);
        show_list(listing, ask, document);
    }
    json_decref(document);
    return status;
}

int listing_ls(const struct listing *listing, int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct client client = {0};
    struct plenum_error error;
    const char *state = NULL;
    char synopsis[WORDS_TEXT], states[STATES_TEXT];
    int exit_code;
    put_states(listing->kind, states);
    CHECK(text_format(synopsis, sizeof synopsis, "%s ls", plenum_kind_name(listing->kind)));
    const struct option_row rows[] = {
        {"state", states, OPTION_TEXT, &state, "only those in this state"}, ASK_LIST_ROWS(ask)};
    const struct options options = OPTIONS(synopsis, listing->about_ls, rows, 0);
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    enum plenum_status status = check_state(listing->kind, state, &error);
    if (status == PLENUM_OK)
        status = client_init(&client, &ask.client, &error);
    if (status == PLENUM_OK)
        status = read_list(listing, &ask, state, &client, &error);
    return ask_end(synopsis, &ask, &client, status, &error);
}

/* --- show ------------------------------------------------------------------------------------- */

static enum plenum_status fail_unnamed(const struct listing *listing, const char *name,
                                       const json_t *items, struct plenum_error *error)
{
    static const char *names[NAMES_MAX];
    size_t count = 0;
    for (; count < json_array_size(items) && count < NAMES_MAX; count++)
        names[count] = value_text(json_array_get(items, count), "name");
    const char *nearest = text_nearest(name, names, count), *kind = plenum_kind_name(listing->kind);
    if (nearest)
        return plenum_fail(error, PLENUM_REFUSED, "there is no %s '%s'; did you mean '%s'?", kind,
                           name, nearest);
    return plenum_fail(error, PLENUM_REFUSED, "there is no %s '%s'", kind, name);
}

/* The id behind a name or a number. */
static enum plenum_status find_id(const struct listing *listing, const struct ask *ask,
                                  struct client *client, const char *name, uint64_t *id,
                                  struct plenum_error *error)
{
    struct target target;
    json_t *document = NULL, *item;
    size_t index;
    if (text_to_u64(name, id))
        return PLENUM_OK;
    target_init(&target, "/v1/%s", listing->many);
    if (ask->at_ms != ASK_NOW)
        target_add(&target, "at", ask->at_ms);
    enum plenum_status status = ask_pages(client, &target, UINT64_MAX, &document, error);
    if (status != PLENUM_OK)
        return status;
    const json_t *items = json_object_get(document, "items");
    status = PLENUM_REFUSED;
    json_array_foreach((json_t *)items, index, item)
    {
        if (strcmp(value_text(item, "name"), name) != 0)
            continue;
        *id = (uint64_t)value_i64(item, "id");
        status = PLENUM_OK;
        break;
    }
    if (status != PLENUM_OK)
        status = fail_unnamed(listing, name, items, error);
    json_decref(document);
    return status;
}

static enum plenum_status read_one(const struct listing *listing, const struct ask *ask,
                                   const char *name, struct client *client,
                                   struct plenum_error *error)
{
    struct target target;
    json_t *item = NULL;
    uint64_t id = 0;
    enum plenum_status status = find_id(listing, ask, client, name, &id, error);
    if (status != PLENUM_OK)
        return status;
    target_init(&target, "/v1/%s/%" PRIu64 "%s%s", listing->many, id, listing->verb ? "/" : "",
                listing->verb ? listing->verb : "");
    if (ask->at_ms != ASK_NOW)
        target_add(&target, "at", ask->at_ms);
    status = client_get(client, &target, &item, error);
    if (status == PLENUM_OK && ask->json) {
        ask_print_json(item);
    } else if (status == PLENUM_OK) {
        values_print(item, style_of(STDOUT_FILENO), stdout);
        if (listing->more)
            listing->more(client, ask, item);
    }
    json_decref(item);
    return status;
}

int listing_show(const struct listing *listing, int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct client client;
    struct plenum_error error;
    char name[WORDS_TEXT], synopsis[WORDS_TEXT];
    int exit_code;
    CHECK(text_format(name, sizeof name, "%s %s", plenum_kind_name(listing->kind),
                      listing->verb ? listing->verb : "show"));
    CHECK(text_format(synopsis, sizeof synopsis, "%s NAME|ID", name));
    const struct option_row rows[] = {ASK_READ_ROWS(ask)};
    const struct options options = OPTIONS(synopsis, listing->about_show, rows, 1);
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    enum plenum_status status = client_init(&client, &ask.client, &error);
    if (status == PLENUM_OK)
        status = read_one(listing, &ask, argv[1], &client, &error);
    return ask_end(name, &ask, &client, status, &error);
}
