/* plenum clock [pause | resume | speed X | step N]: how fast the clock of a running site goes. */
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/units.h"
#include "cli/values.h"

#include "base/check.h"
#include "base/text.h"

static void put_clock(const json_t *clock, struct style style, FILE *out)
{
    char now[VALUE_TEXT], speed[UNITS_TEXT];
    bool paused = json_is_true(json_object_get(clock, "paused"));
    const json_t *at = json_object_get(clock, "now");
    if (at)
        fprintf(out, "%s, ", value_format("now", at, now));
    fprintf(out, "%s%s%s, speed %s\n", style_state(style, paused ? "paused" : "running"),
            paused ? "paused" : "running", style_end(style),
            speed_format(value_i64(clock, "speed_milli"), speed));
}

static int clock_show(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_ROWS(ask)};
    const struct options options = OPTIONS("clock", "Shows the clock of a running site.", rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/state");
    return ask_read("clock", &ask, &target, put_clock);
}

/* One verb: what it takes, and what its operand, if it has one, makes of the body. */
struct clock_verb {
    const char *name, *operand, *about;
    bool (*fill)(const char *operand, json_t *body); /* false: no such value */
    const char *expected;
};

static int clock_set(const struct clock_verb *verb, int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    char name[64], synopsis[64];
    int exit_code, operands = verb->operand[0] != 0;
    CHECK(text_format(name, sizeof name, "clock %s", verb->name));
    CHECK(
        text_format(synopsis, sizeof synopsis, "%s%s%s", name, operands ? " " : "", verb->operand));
    const struct option_row rows[] = {ASK_ROWS(ask)};
    const struct options options = OPTIONS(synopsis, verb->about, rows, operands);
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *body = json_object();
    if (!verb->fill(operands ? argv[1] : "", body)) {
        json_decref(body);
        plenum_fail(&error, PLENUM_INPUT, "%s: found '%s', expected %s", verb->operand, argv[1],
                    verb->expected);
        return cli_fail(name, &error);
    }
    target_init(&target, "/v1/clock");
    return ask_set(name, &ask, &target, body, put_clock);
}

static bool fill_pause(const char *operand, json_t *body)
{
    (void)operand;
    return json_object_set_new(body, "paused", json_true()) == 0;
}

static bool fill_resume(const char *operand, json_t *body)
{
    (void)operand;
    return json_object_set_new(body, "paused", json_false()) == 0;
}

static bool fill_speed(const char *operand, json_t *body)
{
    int64_t speed_milli;
    return speed_parse(operand, &speed_milli) &&
           json_object_set_new(body, "speed_milli", json_integer(speed_milli)) == 0;
}

/* Steps are taken by a clock that does not go by itself. */
static bool fill_step(const char *operand, json_t *body)
{
    int64_t steps;
    return text_to_i64(operand, &steps) && steps > 0 && fill_pause(operand, body) &&
           json_object_set_new(body, "steps", json_integer(steps)) == 0;
}

static int clock_pause(int argc, char **argv)
{
    static const struct clock_verb verb = {
        "pause", "", "Stops the clock of a running site; nothing else changes.", fill_pause, ""};
    return clock_set(&verb, argc, argv);
}

static int clock_resume(int argc, char **argv)
{
    static const struct clock_verb verb = {"resume", "", "Lets the clock of a running site go on.",
                                           fill_resume, ""};
    return clock_set(&verb, argc, argv);
}

static int clock_speed(int argc, char **argv)
{
    static const struct clock_verb verb = {
        "speed", "X",
        "Lets the clock of a running site go X times as fast as life; max: without "
        "waiting.",
        fill_speed, "a number like 60x or 0.5, or max"};
    return clock_set(&verb, argc, argv);
}

static int clock_step(int argc, char **argv)
{
    static const struct clock_verb verb = {
        "step", "N", "Pauses the clock of a running site and lets it take N steps.", fill_step,
        "a whole number from 1 on"};
    return clock_set(&verb, argc, argv);
}

int cli_clock(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"pause", "stop it", clock_pause},
        {"resume", "let it go on", clock_resume},
        {"speed", "set how fast it goes", clock_speed},
        {"step", "pause it, and take some steps", clock_step},
    };
    static const struct subcommand_table table = {"plenum clock", rows,
                                                  sizeof rows / sizeof rows[0], clock_show};
    return subcommand_dispatch(&table, argc, argv);
}
