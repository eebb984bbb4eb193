/* plenum drone ls | show | ground | release: the drones of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"

#include "base/check.h"
#include "base/text.h"

#include <plenum/entity.h>

static const struct listing_column drone_columns[] = {
    {"ID", "id"},           {"NAME", "name"},         {"STATE", "state"},
    {"SINCE", "since_ms"},  {"PAD", "pad"},           {"FLIGHT", "flight"},
    {"CHARGE", "charge_j"}, {"CHARGING", "charge_w"}, {"MODEL", "model"},
};

static const struct listing drones = {
    .kind = PLENUM_DRONE,
    .many = "drones",
    .about_ls = "Lists the drones of a running site. CHARGE is what was last reported.",
    .about_show = "Shows all that a running site knows of a drone.",
    .columns = drone_columns,
    .count = sizeof drone_columns / sizeof drone_columns[0],
};

static int drone_ls(int argc, char **argv)
{
    return listing_ls(&drones, argc, argv);
}

static int drone_show(int argc, char **argv)
{
    return listing_show(&drones, argc, argv);
}

static int drone_ground(int argc, char **argv)
{
    return ask_stop("drone ground", "/v1/drones/ground",
                    "Grounds all drones of a running site: none takes off until they are "
                    "released, and those\nin the air land where they were to.",
                    argc, argv);
}

static int drone_release(int argc, char **argv)
{
    return ask_stop("drone release", "/v1/drones/release",
                    "Lets the drones of a running site take off again.", argc, argv);
}

int cli_drone(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the drones", drone_ls},
        {"show", "show one", drone_show},
        {"ground", "let none take off", drone_ground},
        {"release", "let them take off again", drone_release},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum drone", rows);
    return subcommand_dispatch(&table, argc, argv);
}
