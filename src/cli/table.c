/* The table of subcommands, from the one list in cli.h. */
#include "cli/cli.h"

static const struct subcommand subcommand_rows[] = {
#define X(name, summary) {#name, summary, cli_##name},
    SUBCOMMANDS(X)
#undef X
};

const struct subcommand_table cli_subcommands = SUBCOMMAND_TABLE("plenum", subcommand_rows);
