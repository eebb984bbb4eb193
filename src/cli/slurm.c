/* plenum slurm import: a site file from the nodes of a Slurm. */
#include "cli/cli.h"
#include "cli/options.h"

#include "edge/slurm/import.h"

static int run_import(int argc, char **argv)
{
    const char *socket = "";
    const struct option_row rows[] = {
        {"socket", "PATH", OPTION_TEXT, &socket, "the UNIX socket of slurmrestd"},
    };
    const struct options options =
        OPTIONS("slurm import",
                "Prints a site file of the nodes of a Slurm, for plenum run --slurm. Watts are\n"
                "assumed, as Slurm knows none: put in your own.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    struct plenum_error error;
    struct slurm_cluster cluster;
    enum plenum_status status = slurm_cluster_open(socket, &cluster, &error);
    if (status == PLENUM_OK)
        status = slurm_import(&cluster, stdout, &error);
    slurm_cluster_close(&cluster);
    return status == PLENUM_OK ? cli_end_output("slurm import") : cli_fail("slurm import", &error);
}

static const struct subcommand verbs[] = {
    {"import", "print a site file of the nodes of a Slurm", run_import},
};

int cli_slurm(int argc, char **argv)
{
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum slurm", verbs);
    return subcommand_dispatch(&table, argc, argv);
}
