/* plenum robot ls | show | why: the robots of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"

#include <plenum/entity.h>
#include <stdio.h>
#include <unistd.h>

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

static const struct listing_column wait_columns[] = {
    {"ID", "robot"},
    {"NAME", "name"},
    {"CAUSE", "cause"},
    {"WHY", "text"},
};

static void put_chain(struct client *client, const struct ask *ask, const json_t *why)
{
    const json_t *chain = json_object_get(why, "chain");
    (void)client;
    (void)ask;
    if (json_array_size(chain) == 0)
        return;
    printf("\nWho keeps it, who keeps that one, and so on:\n");
    listing_put(wait_columns, sizeof wait_columns / sizeof wait_columns[0], chain,
                style_of(STDOUT_FILENO), stdout);
}

static int robot_why(int argc, char **argv)
{
    static const struct listing why = {
        .kind = PLENUM_ROBOT,
        .many = "robots",
        .about_show = "Says why a robot does not move, and who keeps it.",
        .verb = "why",
        .more = put_chain,
    };
    return listing_show(&why, argc, argv);
}

int cli_robot(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the robots", robot_ls},
        {"show", "show one", robot_show},
        {"why", "why one does not move", robot_why},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum robot", rows);
    return subcommand_dispatch(&table, argc, argv);
}
