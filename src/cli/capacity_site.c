/* plenum capacity offer | reserve | cancel | extend | queue | prices: at a running site. */
#include "cli/capacity_verbs.h"

#include "cli/ask.h"
#include "cli/listing.h"
#include "cli/units.h"
#include "cli/values.h"

#include "base/check.h"
#include "base/text.h"
#include "cli/cli.h"

#include <inttypes.h>
#include <plenum/entity.h>

/* --- what is wanted --------------------------------------------------------------------------- */

struct wish {
    struct ask ask;
    uint64_t accelerators, per_server, servers, milli, cores, memory_gib, max_w,
        count;                                             /* UINT64_MAX: not given */
    int64_t duration_ms, earliest_ms, latest_ms, start_ms; /* ASK_NOW: not given */
    const char *chip, *tenant, *within, *spread;
    bool preemptible, in_service;
};

#define WISH_DEFAULTS                                                                              \
    {                                                                                              \
        .ask = ASK_DEFAULTS, .accelerators = UINT64_MAX, .per_server = UINT64_MAX,                 \
        .servers = UINT64_MAX, .milli = UINT64_MAX, .cores = UINT64_MAX, .memory_gib = UINT64_MAX, \
        .count = UINT64_MAX, .max_w = UINT64_MAX, .duration_ms = ASK_NOW, .earliest_ms = ASK_NOW,  \
        .latest_ms = ASK_NOW, .start_ms = ASK_NOW                                                  \
    }

/* "site|row|..." */
#define X(code, name) "|" name
static const char *const WITHINS = &(PLENUM_WITHINS(X))[1];
#undef X

/* clang-format off */
#define WISH_ROWS(wish)                                                                            \
    {"accelerators", "N", OPTION_U64, &(wish).accelerators, "so many accelerators in all"},        \
    {"for", "TIME", OPTION_DURATION, &(wish).duration_ms, "for so long, like 72h"},                \
    {"per-server", "N", OPTION_U64, &(wish).per_server, "so many on each server"},                 \
    {"servers", "N", OPTION_U64, &(wish).servers, "on so many servers (as few as can be)"},        \
    {"within", WITHINS, OPTION_TEXT, &(wish).within, "all of them in one of these (site)"},        \
    {"spread", "WHAT", OPTION_TEXT, &(wish).spread,                                                \
     "servers share no rack, power node (power), row, block"},                                     \
    {"in-service", NULL, OPTION_FLAG, &(wish).in_service, "on no rack that is still to come"},     \
    {"watts", "N", OPTION_U64, &(wish).max_w, "they draw at most N watts over idle together"},     \
    {"preemptible", NULL, OPTION_FLAG, &(wish).preemptible, "may be put back for others"},         \
    {"chip", "NAME", OPTION_TEXT, &(wish).chip, "of this chip only"},                              \
    {"milli", "N", OPTION_U64, &(wish).milli, "thousandths of each accelerator (1000)"},           \
    {"cores", "N", OPTION_U64, &(wish).cores, "processor cores on each server"},                   \
    {"memory", "GIB", OPTION_U64, &(wish).memory_gib, "memory on each server"},                    \
    {"tenant", "NAME", OPTION_TEXT, &(wish).tenant, "for this tenant"},                            \
    {"from", "INSTANT", OPTION_INSTANT, &(wish).earliest_ms, "not to start before (now)"},         \
    {"until", "INSTANT", OPTION_INSTANT, &(wish).latest_ms, "not to start after"}
/* clang-format on */

static void put_i64(json_t *body, const char *key, int64_t value)
{
    if (value != ASK_NOW)
        CHECK(json_object_set_new(body, key, json_integer(value)) == 0);
}

static void put_u64(json_t *body, const char *key, uint64_t value)
{
    if (value != UINT64_MAX)
        CHECK(json_object_set_new(body, key, json_integer((json_int_t)(value & INT64_MAX))) == 0);
}

static void put_flag(json_t *body, const char *key, bool value)
{
    if (value)
        CHECK(json_object_set_new(body, key, json_true()) == 0);
}

/* A name, or the id that stands for it. */
static bool put_name(json_t *body, const char *key, const char *name)
{
    uint64_t id;
    if (!name)
        return true;
    bool is_id = text_to_u64(name, &id) && id <= INT32_MAX;
    return json_object_set_new(body, key,
                               is_id ? json_integer((json_int_t)id) : json_string(name)) == 0;
}

static enum plenum_status fill_wish(const struct wish *wish, json_t *body,
                                    struct plenum_error *error)
{
    if (wish->accelerators == UINT64_MAX || wish->duration_ms == ASK_NOW)
        return plenum_fail(error, PLENUM_INPUT,
                           "expected --accelerators N and --for TIME: how many, and how long");
    put_u64(body, "accelerators", wish->accelerators);
    put_i64(body, "duration_ms", wish->duration_ms);
    put_u64(body, "per_server", wish->per_server);
    put_u64(body, "servers", wish->servers);
    put_u64(body, "milli", wish->milli);
    put_u64(body, "cores", wish->cores);
    if (wish->memory_gib != UINT64_MAX)
        put_u64(body, "memory_bytes", wish->memory_gib % ((uint64_t)1 << 32) << 30);
    put_u64(body, "count", wish->count);
    put_i64(body, "earliest_ms", wish->earliest_ms);
    put_i64(body, "latest_ms", wish->latest_ms);
    put_i64(body, "start_ms", wish->start_ms);
    put_flag(body, "in_service", wish->in_service);
    put_u64(body, "max_w", wish->max_w);
    put_flag(body, "preemptible", wish->preemptible);
    if (!put_name(body, "within", wish->within) || !put_name(body, "spread", wish->spread) ||
        !put_name(body, "chip", wish->chip) || !put_name(body, "tenant", wish->tenant))
        return plenum_fail(error, PLENUM_INPUT,
                           "expected UTF-8 in --within, --spread, --chip and --tenant");
    return PLENUM_OK;
}

/* The body of a wish, or NULL: what is wrong with it has been said. */
static json_t *wish_body(const char *name, const struct wish *wish, int *exit_code)
{
    struct plenum_error error;
    json_t *body = json_object();
    if (fill_wish(wish, body, &error) == PLENUM_OK)
        return body;
    json_decref(body);
    *exit_code = cli_fail(name, &error);
    return NULL;
}

/* --- offers ----------------------------------------------------------------------------------- */

/* Whether one of the servers is on a rack that is not in service yet. */
static bool is_to_come(const json_t *servers)
{
    for (size_t i = 0; i < json_array_size(servers); i++)
        if (json_is_integer(json_object_get(json_array_get(servers, i), "expected_ms")))
            return true;
    return false;
}

static void put_offer(struct columns *columns, const json_t *offer)
{
    char text[VALUE_TEXT], price[UNITS_TEXT];
    const json_t *servers = json_object_get(offer, "servers");
    int64_t accelerators = 0;
    for (size_t i = 0; i < json_array_size(servers); i++)
        accelerators += value_i64(json_array_get(servers, i), "accelerators");
    columns_put(columns, "%s", value_format("start_ms", json_object_get(offer, "start_ms"), text));
    columns_put(columns, "%s", value_format("end_ms", json_object_get(offer, "end_ms"), text));
    columns_put(columns, "%" PRId64, accelerators);
    columns_put(columns, "%zu", json_array_size(servers));
    columns_put(columns, "%s", value_format("", json_object_get(offer, "chip_name"), text));
    columns_put(columns, "%s", micro_format(value_i64(offer, "price_micro"), price));
    columns_put(columns, "%s%s", value_text(offer, "why_price"),
                is_to_come(servers) ? "; on a rack to come" : "");
}

/* What is in the way; its text says until when. */
static void put_blockers(const json_t *blockers, FILE *out)
{
    char text[VALUE_TEXT];
    if (json_array_size(blockers) > 0)
        fputs("\nwhy not sooner:\n", out);
    for (size_t i = 0; i < json_array_size(blockers); i++)
        fprintf(out, "  %s\n",
                value_format("", json_object_get(json_array_get(blockers, i), "text"), text));
}

static void put_offers(const json_t *document, struct style style, FILE *out)
{
    static const struct column heads[] = {
        {"START", false, false},  {"END", false, false},  {"ACCELERATORS", true, false},
        {"SERVERS", true, false}, {"CHIP", false, false}, {"PRICE", true, false},
        {"", false, false}};
    const json_t *offers = json_object_get(document, "offers");
    struct columns columns;
    columns_init(&columns, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < json_array_size(offers); i++)
        put_offer(&columns, json_array_get(offers, i));
    if (json_array_size(offers) > 0)
        columns_print(&columns, style, out);
    else
        fputs("no offer\n", out);
    columns_finish(&columns);
    put_blockers(json_object_get(document, "blockers"), out);
}

int capacity_offer(int argc, char **argv)
{
    struct wish wish = WISH_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {
        WISH_ROWS(wish),
        {"count", "N", OPTION_U64, &wish.count, "so many offers at most"},
        ASK_ROWS(wish.ask),
    };
    const struct options options =
        OPTIONS("capacity offer --accelerators N --for TIME",
                "Asks a running site for its earliest starts of so many accelerators for so long, "
                "with their\nprices, and for what is in the way of an earlier one. Nothing is "
                "reserved.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *body = wish_body("capacity offer", &wish, &exit_code);
    if (!body)
        return exit_code;
    target_init(&target, "/v1/capacity/offers");
    return ask_set("capacity offer", &wish.ask, &target, body, put_offers);
}

/* --- reservations ----------------------------------------------------------------------------- */

static void put_reserved(const json_t *outcome, struct style style, FILE *out)
{
    char start[VALUE_TEXT], end[VALUE_TEXT], price[UNITS_TEXT];
    fprintf(out, "job %" PRId64 ", %s to %s, for %s; ", value_i64(outcome, "job"),
            value_format("start_ms", json_object_get(outcome, "start_ms"), start),
            value_format("end_ms", json_object_get(outcome, "end_ms"), end),
            micro_format(value_i64(outcome, "price_micro"), price));
    ask_put_outcome(outcome, style, out);
}

int capacity_reserve(int argc, char **argv)
{
    struct wish wish = WISH_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {
        WISH_ROWS(wish),
        {"start", "INSTANT", OPTION_INSTANT, &wish.start_ms,
         "at the start of an offer (the first)"},
        ASK_ACT_ROWS(wish.ask),
    };
    const struct options options = OPTIONS(
        "capacity reserve --accelerators N --for TIME --tenant NAME",
        "Reserves accelerators of a running site, as capacity offer would offer them.", rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *body = wish_body("capacity reserve", &wish, &exit_code);
    if (!body)
        return exit_code;
    target_init(&target, "/v1/capacity/reservations");
    return ask_act("capacity reserve", &wish.ask, &target, body, put_reserved);
}

static enum plenum_status read_job(const char *text, uint64_t *job, struct plenum_error *error)
{
    if (text_to_u64(text, job))
        return PLENUM_OK;
    return plenum_fail(error, PLENUM_INPUT, "JOB: found '%s', expected the number of a job", text);
}

int capacity_cancel(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    uint64_t job;
    const struct option_row rows[] = {ASK_ACT_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity cancel JOB",
                "Cancels a reservation of a running site, by the number of its job.", rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (read_job(argv[1], &job, &error) != PLENUM_OK)
        return cli_fail("capacity cancel", &error);
    target_init(&target, "/v1/capacity/reservations/%" PRIu64 "/cancel", job);
    return ask_act("capacity cancel", &ask, &target, json_object(), ask_put_outcome);
}

int capacity_extend(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    struct plenum_error error;
    uint64_t job;
    int64_t end_ms = ASK_NOW;
    const struct option_row rows[] = {{"until", "INSTANT", OPTION_INSTANT, &end_ms, "its new end"},
                                      ASK_ACT_ROWS(ask)};
    const struct options options = OPTIONS(
        "capacity extend JOB --until INSTANT",
        "Lets a reservation of a running site end later, by the number of its job.", rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    enum plenum_status status = read_job(argv[1], &job, &error);
    if (status == PLENUM_OK && end_ms == ASK_NOW)
        status = plenum_fail(&error, PLENUM_INPUT, "expected --until INSTANT: its new end");
    if (status != PLENUM_OK)
        return cli_fail("capacity extend", &error);
    json_t *body = json_object();
    put_i64(body, "end_ms", end_ms);
    target_init(&target, "/v1/capacity/reservations/%" PRIu64 "/extend", job);
    return ask_act("capacity extend", &ask, &target, body, put_reserved);
}

/* --- queue and prices ------------------------------------------------------------------------- */

static void put_queue(const json_t *document, struct style style, FILE *out)
{
    static const struct listing_column heads[] = {
        {"JOB", "job"},
        {"TENANT", "tenant_name"},
        {"ACCELERATORS", "accelerators"},
        {"SUBMITTED", "submit_ms"},
        {"MAY START", "predicted_start_ms"},
        {"WHY", "reason"},
    };
    const json_t *items = json_object_get(document, "items");
    if (json_array_size(items) == 0)
        fputs("no job waits\n", out);
    else
        listing_put(heads, sizeof heads / sizeof heads[0], items, style, out);
}

/* A row a chip and week: when it begins, how much is sold, and what an accelerator-hour costs. */
static void put_weeks(const json_t *document, struct style style, FILE *out)
{
    static const struct column heads[] = {{"CHIP", false, false},
                                          {"WEEK FROM", false, false},
                                          {"SOLD", true, false},
                                          {"PRICE AN HOUR", true, false}};
    const json_t *chips = json_object_get(document, "chips");
    struct columns columns;
    columns_init(&columns, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < json_array_size(chips); i++) {
        const json_t *chip = json_array_get(chips, i), *weeks = json_object_get(chip, "weeks");
        const json_t *sold = json_object_get(chip, "weeks_sold_milli");
        for (size_t week = 0; week < json_array_size(weeks); week++) {
            char from[VALUE_TEXT], price[UNITS_TEXT];
            int64_t from_ms =
                value_i64(document, "from_ms") + (int64_t)week * value_i64(document, "step_ms");
            json_t *begin = json_integer(from_ms);
            columns_put(&columns, "%s", value_text(chip, "name"));
            columns_put(&columns, "%s", value_format("from_ms", begin, from));
            columns_put(&columns, "%" PRId64 " %%",
                        (int64_t)json_integer_value(json_array_get(sold, week)) / 10);
            columns_put(&columns, "%s",
                        micro_format(json_integer_value(json_array_get(weeks, week)), price));
            json_decref(begin);
        }
    }
    fputc('\n', out);
    columns_print(&columns, style, out);
    columns_finish(&columns);
}

static void put_prices(const json_t *document, struct style style, FILE *out)
{
    static const struct listing_column heads[] = {
        {"CHIP", "name"},
        {"ACCELERATORS", "accelerators"},
        {"SOLD", "sold"},
        {"PRICE AN HOUR", "price_hour_micro"},
    };
    listing_put(heads, sizeof heads / sizeof heads[0], json_object_get(document, "chips"), style,
                out);
    put_weeks(document, style, out);
}

int capacity_queue(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_LIST_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity queue",
                "Lists the jobs of a running site that wait, when each may start, and what each "
                "waits for.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/capacity/queue");
    return ask_list("capacity queue", &ask, &target, put_queue);
}

int capacity_prices(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_READ_ROWS(ask)};
    const struct options options = OPTIONS("capacity prices",
                                           "Lists what an hour of an accelerator costs at a "
                                           "running site, by chip: now, and in each week.",
                                           rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/capacity/prices");
    return ask_read("capacity prices", &ask, &target, put_prices);
}
