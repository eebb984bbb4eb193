/* The command line: one file a subcommand, each a row in SUBCOMMANDS below. A subcommand parses
 * its options (options.h), calls one room, prints, and returns an exit code; it decides nothing.
 *
 * To add one: write src/cli/NAME.c with `int cli_NAME(int argc, char **argv)`, add its row here and
 * its file to src/cli/meson.build, and its section to docs/plenum.1. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>

/* name, summary: in the order that help prints them. */
#define SUBCOMMANDS(X)                                                                             \
    X(alarm, "list what is wrong at a running site")                                               \
    X(capacity, "offer and reserve accelerators of a running site; pack traces of jobs")           \
    X(check, "read a site file and say everything that is wrong with it")                          \
    X(clock, "pause, resume, speed or step the clock of a running site")                           \
    X(completion, "print what makes bash complete the words of this program")                      \
    X(drone, "list, ground and release the drones of a running site")                              \
    X(events, "show the journal of a running site, and follow it")                                 \
    X(fleet, "plan robots on the files of their own field")                                        \
    X(flight, "list and show the flights of a running site")                                       \
    X(floor, "stop and resume the floor of a running site; draw one as SVG")                       \
    X(help, "print what a subcommand does and takes")                                              \
    X(job, "list and show the jobs of a running site")                                             \
    X(journal, "verify, show, replay, count and audit a journal")                                  \
    X(power, "list the power tree of a running site, and limit a node")                            \
    X(rack, "list and show the racks of a running site")                                           \
    X(robot, "list and show the robots of a running site")                                         \
    X(run, "run a site, from its journal on")                                                      \
    X(slurm, "make a site file of the nodes of a Slurm")                                           \
    X(status, "show a running site on one page, what is wrong first")                              \
    X(task, "list and show the tasks of the robots of a running site")                             \
    X(version, "print the version of this program")

/* Exit codes beside those of enum plenum_status (plenum_status_exit_code). */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

/* argv[0] is the subcommand's name; run returns the exit code of the process. */
struct subcommand {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

struct subcommand_table {
    const char *program; /* what stands before the name: "plenum", "plenum journal" */
    const struct subcommand *rows;
    size_t count;
    int (*otherwise)(int argc, char **argv); /* runs without a name or with an option; or NULL */
};

/* The rows, an array, under a name; nothing without a word. */
#define SUBCOMMAND_TABLE(program, rows)                                                            \
    {                                                                                              \
        (program), (rows), sizeof(rows) / sizeof(rows)[0], NULL                                    \
    }

/* Runs the row that argv[1] names. Without one, with --help or with an unknown word it prints what
 * there is: asked for, on stdout with exit code 0; otherwise on stderr with CLI_USAGE. For main and
 * for subcommands that have subcommands of their own. */
int subcommand_dispatch(const struct subcommand_table *table, int argc, char **argv);

/* Completion: where the last word is cli_complete_mark itself, not a word that looks like it, no
 * subcommand runs. Whoever would have parsed the word before the mark prints what it could become,
 * a candidate a line, or ":files"; so what is completed is what is parsed. */
extern char cli_complete_mark[];
bool cli_completes(int argc, char **argv);
/* Prints name where it begins with word. */
void cli_candidate(const char *word, const char *name);

/* Prints "plenum NAME: text" on stderr and gives the exit code that belongs to the error. */
int cli_fail(const char *name, const struct plenum_error *error);

/* Flushes stdout. CLI_OK, or CLI_FAILED with a line on stderr where output was lost (a full
 * disk): the last call of a subcommand that prints a result. */
int cli_end_output(const char *name);

/* The table of the rows above. */
extern const struct subcommand_table cli_subcommands;

#define X(name, summary) int cli_##name(int argc, char **argv);
SUBCOMMANDS(X)
#undef X

#endif
