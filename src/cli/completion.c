/* plenum completion bash | words: what makes bash complete the words of this program. The script
 * knows none of them: it asks the program, which walks the tables that it parses with. */
#include "cli/cli.h"
#include "cli/options.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 10000 };

static const char script[] =
    "# bash completion of plenum(1): 'plenum completion bash' prints this.\n"
    "_plenum()\n"
    "{\n"
    "    local word\n"
    "    COMPREPLY=()\n"
    "    while IFS= read -r word; do\n"
    "        case $word in\n"
    "        :files) compopt -o default 2>/dev/null ;;\n"
    "        *) COMPREPLY+=(\"$word\") ;;\n"
    "        esac\n"
    "    done < <(\"${COMP_WORDS[0]}\" completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" \\\n"
    "        2>/dev/null)\n"
    "}\n"
    "complete -F _plenum plenum\n";

static int completion_bash(int argc, char **argv)
{
    const struct options options = {
        .synopsis = "completion bash",
        .about = "Prints a script for bash: source <(plenum completion bash)",
    };
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    fputs(script, stdout);
    return cli_end_output("completion bash");
}

/* bash makes a word of the '=' in --name=value; here it is as good as a space. */
static int completion_words(int argc, char **argv)
{
    const struct options options = {
        .synopsis = "completion words -- WORD...",
        .about = "Prints what the last of the words could become, a candidate a line; :files for a "
                 "file.",
        .operands_max = WORDS_MAX,
    };
    char empty[] = "", program[] = "plenum";
    int exit_code, words = options_parse(&options, argc, argv, &exit_code), count = 0;
    if (words < 0)
        return exit_code;
    char **line = memory_new((size_t)words + 3, sizeof *line);
    line[count++] = program;
    for (int i = 1; i <= words; i++)
        if (strcmp(argv[i], "=") != 0)
            line[count++] = argv[i];
        else if (i == words)
            line[count++] = empty;
    if (count == 1)
        line[count++] = empty;
    line[count++] = cli_complete_mark;
    (void)subcommand_dispatch(&cli_subcommands, count, line);
    free(line);
    return cli_end_output("completion words");
}

int cli_completion(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"bash", "print a script for bash", completion_bash},
        {"words", "print what the last of some words could become", completion_words},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum completion", rows);
    return subcommand_dispatch(&table, argc, argv);
}
