/* plenum help [SUBCOMMAND...]: the same text as `plenum SUBCOMMAND --help`. */
#include "cli/cli.h"

#include <string.h>

enum { HELP_WORDS_MAX = 8 };

/* "help a b" runs "a b --help"; "help" alone, and help on help, list all. */
int cli_help(int argc, char **argv)
{
    char *words[HELP_WORDS_MAX + 2] = {argv[0]};
    char help[] = "--help";
    int count = 1;

    if (cli_completes(argc, argv))
        return subcommand_dispatch(&cli_subcommands, argc, argv);
    if (argc > 1 && strcmp(argv[1], "help") != 0) {
        for (int i = 1; i < argc && count <= HELP_WORDS_MAX; i++)
            words[count++] = argv[i];
    }
    words[count++] = help;
    return subcommand_dispatch(&cli_subcommands, count, words);
}
