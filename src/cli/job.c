/* plenum job ls | show: the jobs of a running site. */
#include "cli/cli.h"
#include "cli/listing.h"

#include <plenum/entity.h>

static const struct listing_column job_columns[] = {
    {"ID", "id"},
    {"STATE", "state"},
    {"TENANT", "tenant"},
    {"SERVERS", "servers"},
    {"ACCELERATORS EACH", "accelerators"},
    {"SHARE OF EACH", "milli"},
    {"SUBMITTED", "submit_ms"},
    {"START", "start_ms"},
    {"END", "end_ms"},
    {"ASKED FOR", "duration_ms"},
    {"PREEMPTIONS", "preemptions"},
};

static const struct listing jobs = {
    .kind = PLENUM_JOB,
    .many = "jobs",
    .about_ls = "Lists the jobs of a running site: waiting, promised and running.",
    .about_show = "Shows all that a running site knows of a job.",
    .columns = job_columns,
    .count = sizeof job_columns / sizeof job_columns[0],
};

static int job_ls(int argc, char **argv)
{
    return listing_ls(&jobs, argc, argv);
}

static int job_show(int argc, char **argv)
{
    return listing_show(&jobs, argc, argv);
}

int cli_job(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the jobs", job_ls},
        {"show", "show one", job_show},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum job", rows);
    return subcommand_dispatch(&table, argc, argv);
}
