/* plenum capacity hand-over | maintain | maintain-cancel: at a running site. */
#include "cli/capacity_verbs.h"

#include "cli/ask.h"
#include "cli/units.h"
#include "cli/values.h"

#include "base/check.h"
#include "base/text.h"
#include "cli/cli.h"

#include <inttypes.h>

static void put_i64(json_t *body, const char *key, int64_t value)
{
    CHECK(json_object_set_new(body, key, json_integer(value)) == 0);
}

/* A name, or the number that stands for it; false where it is no UTF-8. */
static bool put_name(json_t *body, const char *key, const char *name)
{
    uint64_t id;
    if (!name)
        return true;
    bool is_id = text_to_u64(name, &id) && id <= INT32_MAX;
    return json_object_set_new(body, key,
                               is_id ? json_integer((json_int_t)id) : json_string(name)) == 0;
}

static enum plenum_status read_number(const char *text, const char *what, uint64_t *number,
                                      struct plenum_error *error)
{
    if (text_to_u64(text, number))
        return PLENUM_OK;
    return plenum_fail(error, PLENUM_INPUT, "%s: found '%s', expected a number", what, text);
}

/* --- hand-over -------------------------------------------------------------------------------- */

static void put_handed(const json_t *outcome, struct style style, FILE *out)
{
    char start[VALUE_TEXT], end[VALUE_TEXT], price[UNITS_TEXT];
    fprintf(out, "job %" PRId64 ", %s to %s; %s goes from one account to the other; ",
            value_i64(outcome, "job"),
            value_format("start_ms", json_object_get(outcome, "start_ms"), start),
            value_format("end_ms", json_object_get(outcome, "end_ms"), end),
            micro_format(value_i64(outcome, "price_micro"), price));
    ask_put_outcome(outcome, style, out);
}

int capacity_hand_over(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    const char *tenant = NULL;
    uint64_t job, servers = 0;
    int64_t from_ms = ASK_NOW;
    const struct option_row rows[] = {
        {"tenant", "NAME", OPTION_TEXT, &tenant, "to this tenant"},
        {"servers", "N", OPTION_U64, &servers, "so many of its servers (all)"},
        {"from", "INSTANT", OPTION_INSTANT, &from_ms, "from then on (its start)"},
        ASK_ACT_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity hand-over JOB --tenant NAME",
                "Gives a reservation of a running site, or part of it, to another tenant, at the "
                "price it has.",
                rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *body = json_object();
    enum plenum_status status = read_number(argv[1], "JOB", &job, &error);
    if (status == PLENUM_OK && (!tenant || !put_name(body, "tenant", tenant)))
        status = plenum_fail(&error, PLENUM_INPUT, "expected --tenant NAME: who gets it");
    if (status != PLENUM_OK) {
        json_decref(body);
        return cli_fail("capacity hand-over", &error);
    }
    if (servers > 0)
        put_i64(body, "servers", (int64_t)(servers & INT64_MAX));
    if (from_ms != ASK_NOW)
        put_i64(body, "from_ms", from_ms);
    target_init(&target, "/v1/capacity/reservations/%" PRIu64 "/hand-over", job);
    return ask_act("capacity hand-over", &ask, &target, body, put_handed);
}

/* --- maintenance ------------------------------------------------------------------------------ */

static void put_planned(const json_t *outcome, struct style style, FILE *out)
{
    const json_t *standing = json_object_get(outcome, "standing");
    for (size_t i = 0; i < json_array_size(standing); i++)
        fprintf(out, "%s\n", value_text(json_array_get(standing, i), "text"));
    fprintf(out, "maintenance %" PRId64 " keeps %" PRId64 " servers clear; ",
            value_i64(outcome, "maintenance"), value_i64(outcome, "servers"));
    ask_put_outcome(outcome, style, out);
}

struct work {
    const char *rack, *node;
    uint64_t server; /* UINT64_MAX: not given */
    int64_t from_ms, until_ms;
    bool take;
};

static enum plenum_status fill_work(const struct work *work, json_t *body,
                                    struct plenum_error *error)
{
    if (work->until_ms == ASK_NOW)
        return plenum_fail(error, PLENUM_INPUT, "expected --until INSTANT: when the work is done");
    if (!work->rack && !work->node && work->server == UINT64_MAX)
        return plenum_fail(
            error, PLENUM_INPUT,
            "expected --rack NAME, --one-server N or --node NAME: what is worked on");
    if (!put_name(body, "rack", work->rack) || !put_name(body, "node", work->node))
        return plenum_fail(error, PLENUM_INPUT, "expected UTF-8 in --rack and --node");
    if (work->server != UINT64_MAX)
        put_i64(body, "server", (int64_t)(work->server & INT64_MAX));
    if (work->from_ms != ASK_NOW)
        put_i64(body, "from_ms", work->from_ms);
    put_i64(body, "until_ms", work->until_ms);
    if (work->take)
        CHECK(json_object_set_new(body, "take", json_true()) == 0);
    return PLENUM_OK;
}

int capacity_maintain(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    struct work work = {.server = UINT64_MAX, .from_ms = ASK_NOW, .until_ms = ASK_NOW};
    const struct option_row rows[] = {
        {"rack", "NAME", OPTION_TEXT, &work.rack, "work on a rack"},
        {"one-server", "N", OPTION_U64, &work.server, "on a server, by its number"},
        {"node", "NAME", OPTION_TEXT, &work.node, "on a power node"},
        {"from", "INSTANT", OPTION_INSTANT, &work.from_ms, "it begins then (now)"},
        {"until", "INSTANT", OPTION_INSTANT, &work.until_ms, "and ends then"},
        {"take", NULL, OPTION_FLAG, &work.take, "what stands there goes elsewhere"},
        ASK_ACT_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity maintain --rack NAME --until INSTANT",
                "Keeps servers of a running site clear for work on a rack, a server or a power "
                "node; names what\nis in the way.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *body = json_object();
    if (fill_work(&work, body, &error) != PLENUM_OK) {
        json_decref(body);
        return cli_fail("capacity maintain", &error);
    }
    target_init(&target, "/v1/capacity/maintenances");
    return ask_act("capacity maintain", &ask, &target, body, put_planned);
}

int capacity_maintain_cancel(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    uint64_t number;
    const struct option_row rows[] = {ASK_ACT_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity maintain-cancel NUMBER", "Gives up work that was planned, by its number.",
                rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (read_number(argv[1], "NUMBER", &number, &error) != PLENUM_OK)
        return cli_fail("capacity maintain-cancel", &error);
    target_init(&target, "/v1/capacity/maintenances/%" PRIu64 "/cancel", number);
    return ask_act("capacity maintain-cancel", &ask, &target, json_object(), ask_put_outcome);
}
