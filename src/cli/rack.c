/* plenum rack ls | show | retire | keep: the racks of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/values.h"

#include "base/check.h"

#include <plenum/entity.h>
#include <string.h>
#include <unistd.h>

static const struct listing_column rack_columns[] = {
    {"ID", "id"},
    {"NAME", "name"},
    {"STATE", "state"},
    {"SINCE", "since_ms"},
    {"POSITION", "position"},
    {"MODEL", "model"},
    {"FAILURES", "failures"},
    {"TASK", "task"},
    {"PART CAME", "part_ms"},
};

static const struct listing_column server_columns[] = {
    {"UNIT", "unit"},       {"SERVER", "name"}, {"MODEL", "model"},
    {"STATE", "state"},     {"LOAD", "w"},      {"ACCELERATORS", "accelerators"},
    {"SOLD", "sold_milli"},
};

/* What stands in it; nothing where the server does not say. */
static void show_servers(struct client *client, const struct ask *ask, const json_t *rack)
{
    struct target target;
    struct plenum_error error;
    json_t *elevation = NULL;
    target_init(&target, "/v1/racks/%lld/elevation", (long long)value_i64(rack, "id"));
    if (ask->at_ms != ASK_NOW)
        target_add(&target, "at", ask->at_ms);
    if (client_get(client, &target, &elevation, &error) == PLENUM_OK) {
        putchar('\n');
        listing_put(server_columns, sizeof server_columns / sizeof server_columns[0],
                    json_object_get(elevation, "servers"), style_of(STDOUT_FILENO), stdout);
    }
    json_decref(elevation);
}

static const struct listing racks = {
    .kind = PLENUM_RACK,
    .many = "racks",
    .about_ls = "Lists the racks of a running site.",
    .about_show = "Shows all that a running site knows of a rack, and the servers in it.",
    .columns = rack_columns,
    .count = sizeof rack_columns / sizeof rack_columns[0],
    .more = show_servers,
};

static int rack_ls(int argc, char **argv)
{
    return listing_ls(&racks, argc, argv);
}

static int rack_show(int argc, char **argv)
{
    return listing_show(&racks, argc, argv);
}

/* --- retire, keep ----------------------------------------------------------------------------- */

/* The path of an act on the rack that the operand names. */
static enum plenum_status rack_target(struct target *target, const char *rack, const char *act,
                                      struct plenum_error *error)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t length = strspn(rack, letters);
    if (length == 0 || rack[length] != '\0')
        return plenum_fail(error, PLENUM_INPUT, "found \"%s\", expected a rack's name or number",
                           rack);
    target_init(target, "/v1/racks/%s/%s", rack, act);
    return PLENUM_OK;
}

static void put_told(const json_t *outcome, struct style style, FILE *out)
{
    const json_t *standing = json_object_get(outcome, "standing");
    for (size_t i = 0; i < json_array_size(standing); i++)
        fprintf(out, "%s\n", value_text(json_array_get(standing, i), "text"));
    ask_put_outcome(outcome, style, out);
}

static int rack_retire(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    int64_t from_ms = ASK_NOW;
    bool take = false;
    const struct option_row rows[] = {
        {"from", "INSTANT", OPTION_INSTANT, &from_ms, "it is taken out then"},
        {"take", NULL, OPTION_FLAG, &take, "what was sold there past that goes elsewhere"},
        ASK_ACT_ROWS(ask)};
    const struct options options = OPTIONS(
        "rack retire RACK --from INSTANT",
        "Says when a rack of a running site will be taken out for good: nothing is sold there\n"
        "past that. Names what was sold already.",
        rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    enum plenum_status status = rack_target(&target, argv[1], "retire", &error);
    if (status == PLENUM_OK && from_ms == ASK_NOW)
        status = plenum_fail(&error, PLENUM_INPUT, "expected --from INSTANT: when it goes");
    if (status != PLENUM_OK)
        return cli_fail("rack retire", &error);
    json_t *body = json_object();
    CHECK(json_object_set_new(body, "from_ms", json_integer(from_ms)) == 0);
    if (take)
        CHECK(json_object_set_new(body, "take", json_true()) == 0);
    return ask_act("rack retire", &ask, &target, body, put_told);
}

static int rack_keep(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    const struct option_row rows[] = {ASK_ACT_ROWS(ask)};
    const struct options options =
        OPTIONS("rack keep RACK", "Says that a rack of a running site stays after all.", rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (rack_target(&target, argv[1], "keep", &error) != PLENUM_OK)
        return cli_fail("rack keep", &error);
    return ask_act("rack keep", &ask, &target, json_object(), ask_put_outcome);
}

int cli_rack(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the racks", rack_ls},
        {"show", "show one, and the servers in it", rack_show},
        {"retire", "say when one will be taken out for good", rack_retire},
        {"keep", "say that one stays after all", rack_keep},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum rack", rows);
    return subcommand_dispatch(&table, argc, argv);
}
