/* plenum status: a running site on one page. */
#include "cli/alarm.h"
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/units.h"
#include "cli/values.h"

#include <inttypes.h>
#include <string.h>

static const json_t *figures_of(const json_t *overview, const char *what)
{
    return json_object_get(json_object_get(overview, "figures"), what);
}

static void put_clock(const json_t *overview, struct style style, FILE *out)
{
    char now[VALUE_TEXT], speed[UNITS_TEXT];
    bool paused = json_is_true(json_object_get(overview, "paused"));
    value_format("now", json_object_get(overview, "now"), now);
    speed_format(value_i64(overview, "speed_milli"), speed);
    fprintf(out, "%s, ", now);
    if (paused)
        fprintf(out, "%spaused%s", style_state(style, "paused"), style_end(style));
    else
        fprintf(out, "running %s%s", value_i64(overview, "speed_milli") > 0 ? "at " : "", speed);
    fprintf(out, ", row %" PRId64 " of the journal\n", value_i64(overview, "seq"));
}

static void put_power(const json_t *power, struct columns *columns)
{
    char w[UNITS_TEXT], limit[UNITS_TEXT], headroom[UNITS_TEXT], lost[UNITS_TEXT];
    columns_put(columns, "power");
    columns_put(columns, "%s", watts_format(value_i64(power, "w"), w));
    columns_put(columns, "of %s; headroom %s, with a feed lost %s",
                watts_format(value_i64(power, "limit_w"), limit),
                watts_format(value_i64(power, "headroom_w"), headroom),
                watts_format(value_i64(power, "headroom_feed_lost_w"), lost));
}

static void put_accelerators(const json_t *figures, struct columns *columns)
{
    char sold[UNITS_TEXT], in_service[UNITS_TEXT], total[UNITS_TEXT], free_text[UNITS_TEXT];
    columns_put(columns, "accelerators");
    columns_put(columns, "%s", count_format(value_i64(figures, "sold"), sold));
    columns_put(columns, "sold of %s in service; %s free, %s in all",
                count_format(value_i64(figures, "in_service"), in_service),
                count_format(value_i64(figures, "free"), free_text),
                count_format(value_i64(figures, "total"), total));
}

/* "46 in service, 2 failed": every member but the total. */
static void put_counts(const char *title, const json_t *figures, struct columns *columns)
{
    char text[VALUE_TEXT] = "", count[UNITS_TEXT];
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)figures, key, value)
    {
        size_t length = strlen(text);
        if (strcmp(key, "total") == 0 || !json_is_integer(value))
            continue;
        (void)snprintf(text + length, sizeof text - length, "%s%s %s", length > 0 ? ", " : "",
                       count_format(json_integer_value(value), count), key);
    }
    for (char *at = text; *at; at++)
        if (*at == '_')
            *at = ' ';
    columns_put(columns, "%s", title);
    columns_put(columns, "%s", count_format(value_i64(figures, "total"), count));
    columns_put(columns, "%s", text);
}

static void put_figures(const json_t *overview, struct style style, FILE *out)
{
    static const struct column heads[] = {
        {"", false, false}, {"", true, false}, {"", false, false}};
    struct columns columns;
    columns_init(&columns, heads, 3);
    put_power(figures_of(overview, "power"), &columns);
    put_accelerators(figures_of(overview, "accelerators"), &columns);
    put_counts("racks", figures_of(overview, "racks"), &columns);
    put_counts("robots", figures_of(overview, "robots"), &columns);
    put_counts("drones", figures_of(overview, "drones"), &columns);
    columns_print(&columns, style, out);
    columns_finish(&columns);
}

static void put_status(const json_t *overview, struct style style, FILE *out)
{
    put_clock(overview, style, out);
    fputc('\n', out);
    alarms_put(overview, style, out);
    fputc('\n', out);
    put_figures(overview, style, out);
}

int cli_status(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_READ_ROWS(ask)};
    const struct options options =
        OPTIONS("status",
                "Shows a running site on one page: what is wrong, the worst first, then power,\n"
                "accelerators, racks, robots and drones.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/overview");
    return ask_read("status", &ask, &target, put_status);
}
