/* plenum power ls | limit: the power tree of a running site. */
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/units.h"
#include "cli/values.h"

#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <plenum/site.h>
#include <stdlib.h>

enum { DEPTH_MAX = 64 };

/* --- ls --------------------------------------------------------------------------------------- */

/* The loss of a feed that leaves the least headroom, or NULL. */
static const json_t *worst_lost(const json_t *node)
{
    const json_t *worst = NULL;
    size_t index;
    json_t *lost;
    json_array_foreach(json_object_get(node, "with_lost"), index, lost)
    {
        int64_t left = value_i64(lost, "limit_w") - value_i64(lost, "w");
        if (!worst || left < value_i64(worst, "limit_w") - value_i64(worst, "w"))
            worst = lost;
    }
    return worst;
}

static void put_watts(struct columns *columns, int64_t watts)
{
    char text[UNITS_TEXT];
    columns_put(columns, "%s", watts_format(watts, text));
}

static void put_node(struct columns *columns, int depth, const json_t *node)
{
    const json_t *lost = worst_lost(node);
    columns_put(columns, "%" PRId64, value_i64(node, "id"));
    columns_put(columns, "%*s%s", 2 * depth, "", value_text(node, "name"));
    put_watts(columns, value_i64(node, "w"));
    put_watts(columns, value_i64(node, "limit_w"));
    put_watts(columns, value_i64(node, "limit_w") - value_i64(node, "w"));
    put_watts(columns, value_i64(node, "peak_w"));
    if (lost) {
        put_watts(columns, value_i64(lost, "limit_w") - value_i64(lost, "w"));
        columns_put(columns, "%s", value_text(lost, "feed"));
    } else {
        columns_put(columns, "-");
        columns_put(columns, "-");
    }
}

/* The tree as lists: of what stands directly under a node, in the order of ids. -1 ends a list. */
struct tree {
    const json_t *items;
    int *first_under, *next_beside;
    int top; /* the first of those that stand under none */
};

static void tree_init(struct tree *tree, const json_t *items)
{
    int count = (int)json_array_size(items);
    tree->items = items;
    tree->top = -1;
    tree->first_under = memory_new((size_t)count, sizeof(int));
    tree->next_beside = memory_new((size_t)count, sizeof(int));
    for (int i = 0; i < count; i++)
        tree->first_under[i] = -1;
    for (int i = count - 1; i >= 0; i--) {
        const json_t *under = json_object_get(json_array_get(items, (size_t)i), "under");
        int64_t above = json_is_integer(under) ? json_integer_value(under) : -1;
        int *list = above >= 0 && above < i ? &tree->first_under[above] : &tree->top;
        tree->next_beside[i] = *list;
        *list = i;
    }
}

static void tree_finish(struct tree *tree)
{
    free(tree->first_under);
    free(tree->next_beside);
}

/* A node above has the smaller id, so this ends. */
static void put_nodes(struct columns *columns, const struct tree *tree, int first, int depth)
{
    for (int i = first; i >= 0; i = tree->next_beside[i]) {
        put_node(columns, depth, json_array_get(tree->items, (size_t)i));
        if (depth < DEPTH_MAX)
            put_nodes(columns, tree, tree->first_under[i], depth + 1);
    }
}

static void put_zones(const json_t *zones, struct style style, FILE *out)
{
    static const struct listing_column heads[] = {
        {"ID", "id"}, {"COOLING ZONE", "name"}, {"HEAT", "w"}, {"LIMIT", "limit_w"}};
    if (json_array_size(zones) == 0)
        return;
    fputc('\n', out);
    listing_put(heads, sizeof heads / sizeof heads[0], zones, style, out);
}

static void put_power(const json_t *document, struct style style, FILE *out)
{
    static const struct column heads[] = {{"ID", true, false},
                                          {"NODE", false, false},
                                          {"LOAD", true, false},
                                          {"LIMIT", true, false},
                                          {"HEADROOM", true, false},
                                          {"PEAK CLAIMED", true, false},
                                          {"HEADROOM, FEED LOST", true, false},
                                          {"WORST IS", false, false}};
    struct tree tree;
    struct columns columns;
    tree_init(&tree, json_object_get(document, "items"));
    columns_init(&columns, heads, sizeof heads / sizeof heads[0]);
    put_nodes(&columns, &tree, tree.top, 0);
    columns_print(&columns, style, out);
    columns_finish(&columns);
    tree_finish(&tree);
    put_zones(json_object_get(document, "cooling_zones"), style, out);
}

static int power_ls(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_LIST_ROWS(ask)};
    const struct options options =
        OPTIONS("power ls",
                "Lists the nodes of the power tree of a running site, with what each carries and "
                "may carry, with\nall feeds up and with the worst one lost; then the zones of "
                "cooling.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/power");
    return ask_list("power ls", &ask, &target, put_power);
}

/* --- limit ------------------------------------------------------------------------------------ */

struct limit {
    struct ask ask;
    const char *failover;
    int64_t from_ms, until_ms; /* ASK_NOW, PLENUM_FOREVER: not given */
};

static bool put_i64(json_t *body, const char *key, int64_t value)
{
    return json_object_set_new(body, key, json_integer(value)) == 0;
}

static enum plenum_status fill_limit(const struct limit *limit, const char *node, const char *watts,
                                     json_t *body, struct plenum_error *error)
{
    int64_t limit_w, failover_w;
    uint64_t id;
    if (!watts_parse(watts, &limit_w))
        return plenum_fail(error, PLENUM_INPUT, "WATTS: found '%s', expected watts like 80kW",
                           watts);
    if (limit->failover && !watts_parse(limit->failover, &failover_w))
        return plenum_fail(error, PLENUM_INPUT, "--failover: found '%s', expected watts like 80kW",
                           limit->failover);
    json_t *name = text_to_u64(node, &id) && id <= INT32_MAX ? json_integer((json_int_t)id)
                                                             : json_string(node);
    bool put = json_object_set_new(body, "node", name) == 0 && put_i64(body, "limit_w", limit_w) &&
               (!limit->failover || put_i64(body, "failover_limit_w", failover_w)) &&
               (limit->from_ms == ASK_NOW || put_i64(body, "from_ms", limit->from_ms)) &&
               (limit->until_ms == PLENUM_FOREVER || put_i64(body, "until_ms", limit->until_ms));
    return put ? PLENUM_OK : plenum_fail(error, PLENUM_INPUT, "NODE: expected UTF-8");
}

/* What would be shed: only a dry run says it. */
static void put_sheds(const json_t *sheds, struct style style, FILE *out)
{
    static const struct listing_column heads[] = {
        {"SHEDS", "kind"}, {"ID", "id"}, {"NAME", "name"}, {"LOAD", "w"}};
    if (json_array_size(sheds) > 0)
        listing_put(heads, sizeof heads / sizeof heads[0], sheds, style, out);
    else if (sheds)
        fputs("nothing has to be shed for it\n", out);
}

static void put_limited(const json_t *outcome, struct style style, FILE *out)
{
    char node[VALUE_TEXT], limit[UNITS_TEXT], failover[UNITS_TEXT], from[VALUE_TEXT];
    char until[VALUE_TEXT] = "";
    if (json_is_integer(json_object_get(outcome, "until_ms")))
        value_format("until_ms", json_object_get(outcome, "until_ms"), until);
    fprintf(out, "%s may carry %s, with a feed lost %s, from %s%s%s; ",
            value_format("node", json_object_get(outcome, "node"), node),
            watts_format(value_i64(outcome, "limit_w"), limit),
            watts_format(value_i64(outcome, "failover_limit_w"), failover),
            value_format("from_ms", json_object_get(outcome, "from_ms"), from),
            until[0] ? " until " : " on", until);
    ask_put_outcome(outcome, style, out);
    put_sheds(json_object_get(outcome, "sheds"), style, out);
}

static int power_limit(int argc, char **argv)
{
    struct limit limit = {.ask = ASK_DEFAULTS, .from_ms = ASK_NOW, .until_ms = PLENUM_FOREVER};
    struct target target;
    struct plenum_error error;
    const struct option_row rows[] = {
        {"failover", "WATTS", OPTION_TEXT, &limit.failover,
         "with a feed lost (as much, where that is less than now)"},
        {"from", "INSTANT", OPTION_INSTANT, &limit.from_ms, "from then on (now)"},
        {"until", "INSTANT", OPTION_INSTANT, &limit.until_ms, "until then (for ever)"},
        ASK_ACT_ROWS(limit.ask),
    };
    const struct options options =
        OPTIONS("power limit NODE WATTS",
                "Limits what a node of the power tree may carry, by its name or its id; load over "
                "the limit is shed.\nWATTS is like 80kW or 1.2MW. A lower limit holds from when "
                "load can be shed for it.",
                rows, 2);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *body = json_object();
    if (fill_limit(&limit, argv[1], argv[2], body, &error) != PLENUM_OK) {
        json_decref(body);
        return cli_fail("power limit", &error);
    }
    target_init(&target, "/v1/power/limits");
    return ask_act("power limit", &limit.ask, &target, body, put_limited);
}

int cli_power(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"ls", "list the nodes and the cooling", power_ls},
        {"limit", "limit a node", power_limit},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum power", rows);
    return subcommand_dispatch(&table, argc, argv);
}
