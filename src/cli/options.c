/* Options of a subcommand: see options.h. */
#include "cli/options.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { OPTION_ROWS_MAX = 64, HELP_COLUMN = 26 };

/* The subcommand's name: the synopsis up to its first operand, which is in capitals or brackets. */
static int name_length(const struct options *options)
{
    size_t length = strcspn(options->synopsis, "ABCDEFGHIJKLMNOPQRSTUVWXYZ[<");
    while (length > 0 && options->synopsis[length - 1] == ' ')
        length--;
    return (int)length;
}

static int usage_error(const struct options *options, const char *format, ...) PLENUM_PRINTF(2, 3);

static int usage_error(const struct options *options, const char *format, ...)
{
    va_list list;
    int length = name_length(options);
    fprintf(stderr, "plenum %.*s: ", length, options->synopsis);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\nusage: plenum %s%s\n", options->synopsis,
            options->count > 0 ? " [options]" : "");
    return CLI_USAGE;
}

static void print_row(const char *name, const char *value, const char *help)
{
    int width = printf("  --%s%s%s", name, value != NULL ? " " : "", value != NULL ? value : "");
    printf("%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 2, "", help);
}

static void print_help(const struct options *options)
{
    printf("usage: plenum %s%s\n\n%s\n\n", options->synopsis,
           options->count > 0 ? " [options]" : "", options->about);
    for (size_t i = 0; i < options->count; i++)
        print_row(options->rows[i].name, options->rows[i].value, options->rows[i].help);
    print_row("help", NULL, "print this text");
}

static const struct option_row *find_row(const struct options *options, const char *name,
                                         size_t length)
{
    for (size_t i = 0; i < options->count; i++) {
        const char *row = options->rows[i].name;
        if (strlen(row) == length && memcmp(row, name, length) == 0)
            return &options->rows[i];
    }
    return NULL;
}

static int unknown_option(const struct options *options, const char *word, size_t length)
{
    const char *names[OPTION_ROWS_MAX + 1];
    char name[64];
    CHECK(options->count <= OPTION_ROWS_MAX);
    for (size_t i = 0; i < options->count; i++)
        names[i] = options->rows[i].name;
    names[options->count] = "help";

    const char *nearest = NULL;
    if (text_format(name, sizeof name, "%.*s", (int)length, word))
        nearest = text_nearest(name, names, options->count + 1);
    if (nearest == NULL)
        return usage_error(options, "unknown option '--%.*s'", (int)length, word);
    return usage_error(options, "unknown option '--%.*s'; did you mean '--%s'?", (int)length, word,
                       nearest);
}

static bool store(const struct option_row *row, const char *value)
{
    CHECK(row->target != NULL);
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)row->target = true;
        return true;
    case OPTION_TEXT:
        *(const char **)row->target = value;
        return true;
    case OPTION_U64:
        return text_to_u64(value, row->target);
    case OPTION_DURATION:
        return duration_parse(value, row->target);
    case OPTION_INSTANT:
        return instant_parse(value, row->target);
    }
    return false;
}

static const char *expected_value(enum option_kind kind)
{
    switch (kind) {
    case OPTION_FLAG:
        return "no value";
    case OPTION_TEXT:
        return "a text";
    case OPTION_U64:
        return "a whole number";
    case OPTION_DURATION:
        return "a duration like 24h or 1h30m";
    case OPTION_INSTANT:
        return "an instant like 2026-01-05T10:00Z";
    }
    return "";
}

/* One option at argv[*at]; takes the next word too where the value stands there. */
static int parse_option(const struct options *options, int argc, char **argv, int *at)
{
    const char *word = argv[*at] + 2;
    size_t length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    const struct option_row *row = find_row(options, word, length);

    if (row == NULL)
        return unknown_option(options, word, length);
    if (row->kind == OPTION_FLAG && value != NULL)
        return usage_error(options, "option '--%s' takes no value, found '%s'", row->name, value);
    if (row->kind != OPTION_FLAG && value == NULL) {
        if (*at + 1 >= argc)
            return usage_error(options, "option '--%s' needs a value: %s", row->name,
                               expected_value(row->kind));
        value = argv[++*at];
    }
    if (!store(row, value))
        return usage_error(options, "option '--%s': found '%s', expected %s", row->name, value,
                           expected_value(row->kind));
    return CLI_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

static int check_operands(const struct options *options, int count, char **argv)
{
    if (count > options->operands_max)
        return usage_error(options, "unexpected '%s'", argv[options->operands_max + 1]);
    if (count < options->operands_min)
        return usage_error(options, "too little given: found %d, expected %d", count,
                           options->operands_min);
    return CLI_OK;
}

/* --- completion (cli.h) ----------------------------------------------------------------------- */

/* What a value or an operand is called where it is a file. */
static bool is_file(const char *name, size_t length)
{
    static const char *const files[] = {"FILE", "SITE", "JOURNAL", "PROBLEM", "PLAN"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (strlen(files[i]) == length && memcmp(files[i], name, length) == 0)
            return true;
    return false;
}

/* "FILE" is a file; "idle|busy" is one of these; of anything else nothing is known. */
static void complete_value(const char *word, const char *value)
{
    char name[64];
    if (is_file(value, strlen(value)))
        puts(":files");
    for (const char *at = strchr(value, '|') ? value : ""; *at != 0; at += *at == '|') {
        size_t length = strcspn(at, "|");
        if (text_format(name, sizeof name, "%.*s", (int)length, at))
            cli_candidate(word, name);
        at += length;
    }
}

static void complete_operand(const struct options *options)
{
    const char *operands = options->synopsis + name_length(options);
    for (size_t length; options->operands_max > 0 && *operands != 0; operands += length) {
        operands += strspn(operands, " []|");
        length = strcspn(operands, " []|");
        if (!is_file(operands, length))
            continue;
        puts(":files");
        return;
    }
}

/* The word before the last is the one to complete. */
static void complete(const struct options *options, int count, char **words)
{
    char name[64];
    const char *word = words[count - 2], *before = count > 3 ? words[count - 3] : "";
    const struct option_row *row =
        strncmp(before, "--", 2) == 0 ? find_row(options, before + 2, strlen(before + 2)) : NULL;
    if (row != NULL && row->kind != OPTION_FLAG) {
        complete_value(word, row->value);
        return;
    }
    if (word[0] != '-') {
        complete_operand(options);
        return;
    }
    for (size_t i = 0; i < options->count; i++)
        if (text_format(name, sizeof name, "--%s", options->rows[i].name))
            cli_candidate(word, name);
    cli_candidate(word, "--help");
}

/* --- parsing ---------------------------------------------------------------------------------- */

int options_parse(const struct options *options, int argc, char **argv, int *exit_code)
{
    int operands = 0;
    bool only_operands = false;

    *exit_code = CLI_OK;
    if (cli_completes(argc, argv)) {
        complete(options, argc, argv);
        return -1;
    }
    if (asks_for_help(argc, argv)) {
        print_help(options);
        *exit_code = cli_end_output("help");
        return -1;
    }
    for (int i = 1; i < argc && *exit_code == CLI_OK; i++) {
        if (only_operands || argv[i][0] != '-' || argv[i][1] == '\0')
            argv[++operands] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_operands = true;
        else if (argv[i][1] == '-')
            *exit_code = parse_option(options, argc, argv, &i);
        else
            *exit_code = usage_error(options, "unknown option '%s'", argv[i]);
    }
    if (*exit_code == CLI_OK)
        *exit_code = check_operands(options, operands, argv);
    return *exit_code == CLI_OK ? operands : -1;
}
