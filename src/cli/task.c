/* plenum task ls | show: what the robots of a running site have to do. */
#include "cli/cli.h"
#include "cli/listing.h"

#include <plenum/entity.h>

static const struct listing_column task_columns[] = {
    {"ID", "id"},           {"STATE", "state"},
    {"SINCE", "since_ms"},  {"ROBOT", "robot"},
    {"RACK", "rack"},       {"FROM CELL", "from_cell"},
    {"TO CELL", "to_cell"}, {"CREATED", "created_ms"},
    {"DUE", "due_ms"},      {"PRIORITY", "priority"},
};

static const struct listing tasks = {
    .kind = PLENUM_TASK,
    .many = "tasks",
    .about_ls = "Lists the tasks of the robots of a running site.",
    .about_show = "Shows all that a running site knows of a task of a robot.",
    .columns = task_columns,
    .count = sizeof task_columns / sizeof task_columns[0],
};

static int task_ls(int argc, char **argv)
{
    return listing_ls(&tasks, argc, argv);
}

static int task_show(int argc, char **argv)
{
    return listing_show(&tasks, argc, argv);
}

int cli_task(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the tasks", task_ls},
        {"show", "show one", task_show},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum task", rows);
    return subcommand_dispatch(&table, argc, argv);
}
