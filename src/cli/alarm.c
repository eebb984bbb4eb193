/* plenum alarm ls: what is wrong at a running site, the worst first. */
#include "cli/alarm.h"

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/values.h"

#include <inttypes.h>

void alarms_put(const json_t *overview, struct style style, FILE *out)
{
    const json_t *alarms = json_object_get(overview, "alarms");
    size_t index;
    json_t *alarm;
    int64_t left_out = value_i64(overview, "alarms_left_out");
    json_array_foreach((json_t *)alarms, index, alarm)
    {
        char severity[VALUE_TEXT], text[VALUE_TEXT];
        value_format("", json_object_get(alarm, "severity"), severity);
        fprintf(out, "%s%-8s%s", style_state(style, severity), severity, style_end(style));
        fprintf(out, "  %s: ", value_format("", json_object_get(alarm, "subject"), text));
        fprintf(out, "%s\n", value_format("", json_object_get(alarm, "reason"), text));
        fprintf(out, "          %s", value_format("", json_object_get(alarm, "todo"), text));
        fprintf(out, " (%s)\n", value_format("", json_object_get(alarm, "cli"), text));
    }
    if (left_out > 0)
        fprintf(out, "and %" PRId64 " more\n", left_out);
    if (json_array_size(alarms) == 0)
        fprintf(out, "no alarms\n");
}

static int alarm_ls(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_READ_ROWS(ask)};
    const struct options options =
        OPTIONS("alarm ls",
                "Lists what is wrong at a running site, the worst first: why, what to do, and the "
                "command that\nshows more.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/overview");
    return ask_read("alarm ls", &ask, &target, alarms_put);
}

int cli_alarm(int argc, char **argv)
{
    static const struct subcommand rows[] = {{"ls", "list what is wrong", alarm_ls}};
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum alarm", rows);
    return subcommand_dispatch(&table, argc, argv);
}
