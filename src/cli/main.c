/* plenum(1): hands the words to the subcommand that the first one names. */
#include "cli/cli.h"

#include <string.h>

int main(int argc, char **argv)
{
    char version[] = "version";
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        argv[1] = version;
    return subcommand_dispatch(&cli_subcommands, argc, argv);
}
