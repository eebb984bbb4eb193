/* plenum floor areas | close | open: areas of the floor of a running site. */
#include "cli/floor_areas.h"

#include "base/check.h"
#include "cli/cli.h"
#include "cli/listing.h"

#include <plenum/entity.h>
#include <string.h>

static const struct listing_column area_columns[] = {
    {"ID", "id"},          {"NAME", "name"},           {"KIND", "kind"},   {"STATE", "state"},
    {"SINCE", "since_ms"}, {"CLOSED FROM", "from_ms"}, {"TO", "until_ms"}, {"NOTICE", "notice_ms"},
};

static const struct listing areas = {
    .kind = PLENUM_AREA,
    .many = "areas",
    .about_ls = "Lists the areas of the floor of a running site, and when each is closed next.",
    .about_show = "Shows all that a running site knows of an area.",
    .columns = area_columns,
    .count = sizeof area_columns / sizeof area_columns[0],
};

int floor_areas(int argc, char **argv)
{
    return listing_ls(&areas, argc, argv);
}

/* --- close, open ------------------------------------------------------------------------------ */

struct closing {
    int64_t from_ms, until_ms, notice_ms;
};

static void put_ms(json_t *body, const char *key, int64_t value, int64_t none)
{
    if (value != none)
        CHECK(json_object_set_new(body, key, json_integer(value)) == 0);
}

/* The path of an act on the area that the operand names. */
static enum plenum_status area_target(struct target *target, const char *area, const char *act,
                                      struct plenum_error *error)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    size_t length = strspn(area, letters);
    if (length == 0 || area[length] != '\0')
        return plenum_fail(error, PLENUM_INPUT, "found \"%s\", expected an area's name or number",
                           area);
    target_init(target, "/v1/areas/%s/%s", area, act);
    return PLENUM_OK;
}

int floor_close(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct closing closing = {ASK_NOW, ASK_NOW, 0};
    struct target target;
    struct plenum_error error;
    const struct option_row rows[] = {
        {"from", "INSTANT", OPTION_INSTANT, &closing.from_ms, "closed from then on (now)"},
        {"until", "INSTANT", OPTION_INSTANT, &closing.until_ms, "open again then (never)"},
        {"notice", "TIME", OPTION_DURATION, &closing.notice_ms,
         "robots begin to leave so long before (0)"},
        ASK_ACT_ROWS(ask),
    };
    const struct options options = OPTIONS(
        "floor close AREA",
        "Closes an area of the floor of a running site to robots: those inside leave, none\n"
        "enters, and it is closed when the time has come and it is empty.",
        rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (area_target(&target, argv[1], "close", &error) != PLENUM_OK)
        return cli_fail("floor close", &error);
    json_t *body = json_object();
    put_ms(body, "from_ms", closing.from_ms, ASK_NOW);
    put_ms(body, "until_ms", closing.until_ms, ASK_NOW);
    put_ms(body, "notice_ms", closing.notice_ms, 0);
    return ask_act("floor close", &ask, &target, body, ask_put_outcome);
}

int floor_open(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    const struct option_row rows[] = {ASK_ACT_ROWS(ask)};
    const struct options options = OPTIONS(
        "floor open AREA",
        "Opens an area of the floor of a running site, or calls off its next closure.", rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (area_target(&target, argv[1], "open", &error) != PLENUM_OK)
        return cli_fail("floor open", &error);
    return ask_act("floor open", &ask, &target, json_object(), ask_put_outcome);
}
