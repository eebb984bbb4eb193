/* plenum rack ls | show: the racks of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/values.h"

#include <plenum/entity.h>
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

int cli_rack(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the racks", rack_ls},
        {"show", "show one, and the servers in it", rack_show},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum rack", rows);
    return subcommand_dispatch(&table, argc, argv);
}
