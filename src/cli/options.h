/* Options of a subcommand, as a table: the same rows parse the words and print the help.
 *
 * --name VALUE and --name=VALUE; a flag takes no value; options and operands may stand in any
 * order; after "--" all words are operands, and a lone "-" is one. -h and --help are in every
 * subcommand and need no row. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>

enum option_kind {
    OPTION_FLAG,     /* bool *: set to true */
    OPTION_TEXT,     /* const char **: points into argv */
    OPTION_U64,      /* uint64_t *: a whole decimal number */
    OPTION_DURATION, /* int64_t *: milliseconds, from "24h", "1h30m" */
    OPTION_INSTANT,  /* int64_t *: milliseconds, from "2026-01-05T10:00Z" */
};

struct option_row {
    const char *name;  /* without the dashes */
    const char *value; /* what help calls its value ("FILE", "idle|busy"); NULL for a flag */
    enum option_kind kind;
    void *target; /* left as it was where the option is not given: set the default before */
    const char *help;
};

#define OPTION_ROW_JSON(target)                                                                    \
    {                                                                                              \
        "json", NULL, OPTION_FLAG, (target), "print JSON for programs"                             \
    }

struct options {
    const char *synopsis; /* "run SITE": stands after "plenum" in the usage line */
    const char *about;    /* a sentence or a few, for help */
    const struct option_row *rows;
    size_t count;
    int operands_min;
    int operands_max;
};

/* Of an array of rows, with so many operands, no more and no less. */
#define OPTIONS(synopsis_, about_, rows_, operands_)                                               \
    {                                                                                              \
        .synopsis = (synopsis_), .about = (about_), .rows = (rows_),                               \
        .count = sizeof(rows_) / sizeof(rows_)[0], .operands_min = (operands_),                    \
        .operands_max = (operands_)                                                                \
    }

/* Fills the rows' targets and moves the operands to argv[1..n]. Returns n; or -1 where the
 * subcommand must end now with *exit_code: help was asked for and printed, or something was wrong
 * and has been said on stderr. */
int options_parse(const struct options *options, int argc, char **argv, int *exit_code);

#endif
