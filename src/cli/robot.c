/* plenum robot ls | show: the robots of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"

#include <plenum/entity.h>

static const struct listing_column robot_columns[] = {
    {"ID", "id"},       {"NAME", "name"},   {"STATE", "state"},     {"SINCE", "since_ms"},
    {"CELL", "cell"},   {"TASK", "task"},   {"CHARGE", "charge_j"}, {"CHARGING", "charge_w"},
    {"MOVES", "moves"}, {"MODEL", "model"},
};

static const struct listing robots = {
    .kind = PLENUM_ROBOT,
    .many = "robots",
    .about_ls = "Lists the robots of a running site. CHARGE is what was last reported.",
    .about_show = "Shows all that a running site knows of a robot.",
    .columns = robot_columns,
    .count = sizeof robot_columns / sizeof robot_columns[0],
};

static int robot_ls(int argc, char **argv)
{
    return listing_ls(&robots, argc, argv);
}

static int robot_show(int argc, char **argv)
{
    return listing_show(&robots, argc, argv);
}

int cli_robot(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the robots", robot_ls},
        {"show", "show one", robot_show},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum robot", rows);
    return subcommand_dispatch(&table, argc, argv);
}
