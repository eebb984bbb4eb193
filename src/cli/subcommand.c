/* Finding and running a subcommand, and what all of them share: see cli.h. */
#include "base/check.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

enum { SUBCOMMANDS_MAX = 64 };

static void print_table(FILE *file, const struct subcommand_table *table)
{
    fprintf(file, "usage: %s SUBCOMMAND ...\n\n", table->program);
    for (size_t i = 0; i < table->count; i++)
        fprintf(file, "  %-12s %s\n", table->rows[i].name, table->rows[i].summary);
    fprintf(file, "\n'%s SUBCOMMAND --help' says what each takes.\n", table->program);
}

static const struct subcommand *find(const struct subcommand_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->rows[i].name, name) == 0)
            return &table->rows[i];
    }
    return NULL;
}

static bool asks_for_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int unknown(const struct subcommand_table *table, const char *word)
{
    const char *names[SUBCOMMANDS_MAX];
    CHECK(table->count <= SUBCOMMANDS_MAX);
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->rows[i].name;

    const char *nearest = text_nearest(word, names, table->count);
    fprintf(stderr, "%s: unknown subcommand '%s'", table->program, word);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\n'%s --help' lists them.\n", table->program);
    return CLI_USAGE;
}

/* --- completion ------------------------------------------------------------------------------- */

char cli_complete_mark[] = "";

bool cli_completes(int argc, char **argv)
{
    return argc > 0 && argv[argc - 1] == cli_complete_mark;
}

void cli_candidate(const char *word, const char *name)
{
    if (strncmp(word, name, strlen(word)) == 0)
        puts(name);
}

static int complete(const struct subcommand_table *table, int argc, char **argv)
{
    const struct subcommand *row = argc > 3 ? find(table, argv[1]) : NULL;
    if (row != NULL)
        return row->run(argc - 1, argv + 1);
    for (size_t i = 0; argc == 3 && i < table->count; i++)
        cli_candidate(argv[1], table->rows[i].name);
    if (table->otherwise != NULL && argc > 2 && argv[1][0] == '-')
        return table->otherwise(argc, argv);
    if (argc == 3 && argv[1][0] == '-')
        cli_candidate(argv[1], "--help");
    return CLI_OK;
}

/* --- running ---------------------------------------------------------------------------------- */

int subcommand_dispatch(const struct subcommand_table *table, int argc, char **argv)
{
    if (cli_completes(argc, argv))
        return complete(table, argc, argv);
    bool for_otherwise = table->otherwise != NULL && (argc < 2 || argv[1][0] == '-');
    if (argc < 2 && !for_otherwise) {
        print_table(stderr, table);
        return CLI_USAGE;
    }
    if (for_otherwise && (argc < 2 || !asks_for_help(argv[1])))
        return table->otherwise(argc, argv);
    if (asks_for_help(argv[1])) {
        print_table(stdout, table);
        return cli_end_output("help");
    }
    const struct subcommand *row = find(table, argv[1]);
    return row != NULL ? row->run(argc - 1, argv + 1) : unknown(table, argv[1]);
}

int cli_fail(const char *name, const struct plenum_error *error)
{
    CHECK(error->status != PLENUM_OK);
    fprintf(stderr, "plenum %s: %s\n", name, error->text);
    return plenum_status_exit_code(error->status);
}

int cli_end_output(const char *name)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return CLI_OK;
    fprintf(stderr, "plenum %s: standard output could not be written\n", name);
    return CLI_FAILED;
}
