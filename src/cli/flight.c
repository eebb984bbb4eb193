/* plenum flight ls | show: the flights of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"

#include <plenum/entity.h>

static const struct listing_column flight_columns[] = {
    {"ID", "id"},           {"STATE", "state"},    {"DRONE", "drone"}, {"FROM PAD", "from_pad"},
    {"TO PAD", "to_pad"},   {"START", "start_ms"}, {"END", "end_ms"},  {"DELIVERY", "delivery"},
    {"ENERGY", "energy_j"},
};

static const struct listing flights = {
    .kind = PLENUM_FLIGHT,
    .many = "flights",
    .about_ls = "Lists the flights that a running site has planned or in the air.",
    .about_show = "Shows all that a running site knows of a flight.",
    .columns = flight_columns,
    .count = sizeof flight_columns / sizeof flight_columns[0],
};

static int flight_ls(int argc, char **argv)
{
    return listing_ls(&flights, argc, argv);
}

static int flight_show(int argc, char **argv)
{
    return listing_show(&flights, argc, argv);
}

int cli_flight(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the flights", flight_ls},
        {"show", "show one", flight_show},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum flight", rows);
    return subcommand_dispatch(&table, argc, argv);
}
