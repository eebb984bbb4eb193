/* plenum capacity replay | lifetimes | bound: packing traces of jobs on servers with accelerators,
 * and its bound. */
#include "cli/capacity_verbs.h"

#include "base/wall.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <inttypes.h>
#include <jansson.h>
#include <plenum/capacity.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLAY_PERCENT = 130, POLICY_WORDS = 256, MOVES_OF_OUR_OWN = 5 };

struct inputs {
    const char *nodes, *pods, *order, *rank;
    uint64_t seed;
};

#define INPUT_ROWS(inputs)                                                                         \
    {"nodes", "FILE", OPTION_TEXT, &(inputs).nodes,                                                \
     "servers, CSV: sn,cpu_milli,memory_mib,gpu,model"},                                           \
        {"pods", "FILE", OPTION_TEXT, &(inputs).pods,                                              \
         "jobs, CSV: name,cpu_milli,memory_mib,num_gpu,gpu_milli,..."},                            \
        {"order", "FILE", OPTION_TEXT, &(inputs).order,                                            \
         "order of arrival: names of pods, one a line"},                                           \
        {"rank", "FILE", OPTION_TEXT, &(inputs).rank,                                              \
         "rank of servers between equals: names of nodes, one a line"},                            \
    {                                                                                              \
        "seed", "NUMBER", OPTION_U64, &(inputs).seed,                                              \
            "of the order where none is given, and of what a policy draws (default 42)"            \
    }

/* --- reading what was given ---------------------------------------------------------------- */

static int usage(const char *name, const char *text)
{
    fprintf(stderr, "plenum %s: %s\n'plenum %s --help' says more.\n", name, text, name);
    return CLI_USAGE;
}

/* CLI_OK with both filled; otherwise an exit code, and what is wrong has been said. */
static int load(const char *name, const struct inputs *inputs, struct plenum_trace *trace,
                struct plenum_order *order)
{
    struct plenum_error error;
    if (inputs->nodes == NULL || inputs->pods == NULL)
        return usage(name, "found no --nodes or no --pods, expected both");
    if (inputs->rank != NULL && inputs->order == NULL)
        return usage(name, "found --rank without --order, expected both or none");
    if (plenum_trace_read(inputs->nodes, inputs->pods, trace, &error) != PLENUM_OK)
        return cli_fail(name, &error);
    if (inputs->order == NULL) {
        plenum_order_make(trace, inputs->seed, REPLAY_PERCENT, order);
        return CLI_OK;
    }
    if (plenum_order_read(trace, inputs->order, inputs->rank, order, &error) != PLENUM_OK) {
        plenum_trace_finish(trace);
        return cli_fail(name, &error);
    }
    return CLI_OK;
}

/* --- replay -------------------------------------------------------------------------------- */

struct replay_result {
    const char *policy;
    double bound_percent; /* at 100 % asked for; or -1 */
    struct plenum_replay_report report;
    double decisions_per_second;
};

static json_t *percent_at(const double *values, int percent)
{
    return values[percent] < 0 ? json_null() : json_real(values[percent]);
}

/* One entry for every 10 % reached: arrivals, allocation, watts. */
static json_t *curve(const struct plenum_replay_report *report)
{
    json_t *rows = json_array();
    for (int percent = 10; percent <= PLENUM_REPLAY_PERCENT_MAX; percent += 10) {
        if (report->allocated_percent[percent] >= 0)
            json_array_append_new(rows,
                                  json_pack("{s:i, s:f, s:f}", "arrived_percent", percent,
                                            "allocated_percent", report->allocated_percent[percent],
                                            "watts", report->watts[percent]));
    }
    return rows;
}

static json_t *rejections(const struct plenum_replay_report *report)
{
    json_t *object = json_object();
    for (int i = PLENUM_PACK_REASON_NONE + 1; i < PLENUM_PACK_REASON_COUNT; i++)
        json_object_set_new(object, plenum_pack_reason_name((enum plenum_pack_reason)i),
                            json_integer((json_int_t)report->rejections[i]));
    return object;
}

static json_t *watts_at_marks(const struct plenum_replay_report *report)
{
    json_t *object = json_object();
    for (int percent = 20; percent <= 100; percent += 20) {
        char key[16];
        (void)snprintf(key, sizeof key, "at_%d", percent);
        json_object_set_new(object, key, percent_at(report->watts, percent));
    }
    return object;
}

static double ratio_to_bound(const struct replay_result *result)
{
    return result->report.allocated_percent[100] / result->bound_percent;
}

static void print_replay_json(const struct replay_result *result)
{
    const struct plenum_replay_report *report = &result->report;
    json_t *root = json_pack(
        "{s:s, s:I, s:I, s:o, s:o, s:f, s:f, s:I, s:o, s:o, s:o, s:f}", "policy", result->policy,
        "arrivals", (json_int_t)report->arrivals, "placed", (json_int_t)report->placed,
        "allocated_percent_at_100", percent_at(report->allocated_percent, 100),
        "allocated_percent_at_130", percent_at(report->allocated_percent, 130),
        "first_rejection_percent", report->first_rejection_percent, "fragmentation",
        report->fragmentation_percent, "moves", (json_int_t)report->moves, "rejections",
        rejections(report), "watts", watts_at_marks(report), "curve", curve(report),
        "decisions_per_second", result->decisions_per_second);
    json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    printf("\n");
    json_decref(root);
}

static void print_replay_text(const struct replay_result *result)
{
    const struct plenum_replay_report *report = &result->report;
    printf("policy %s: %" PRIu64 " arrivals, %" PRIu64 " placed, %" PRIu64 " moves\n",
           result->policy, report->arrivals, report->placed, report->moves);
    printf("%8s %12s %12s\n", "asked %", "allocated %", "watts");
    for (int percent = 10; percent <= PLENUM_REPLAY_PERCENT_MAX; percent += 10) {
        if (report->allocated_percent[percent] >= 0)
            printf("%8d %12.2f %12.0f\n", percent, report->allocated_percent[percent],
                   report->watts[percent]);
    }
    if (report->first_rejection_percent >= 0)
        printf("first accelerator job not placed at %.2f %%\n", report->first_rejection_percent);
    for (int i = PLENUM_PACK_REASON_NONE + 1; i < PLENUM_PACK_REASON_COUNT; i++)
        printf("not placed, %s: %" PRIu64 "\n", plenum_pack_reason_name((enum plenum_pack_reason)i),
               report->rejections[i]);
    if (result->bound_percent > 0)
        printf("bound at 100 %%: %.2f %%, of which given out: %.4f\n", result->bound_percent,
               ratio_to_bound(result));
    printf("fragmentation at 100 %%: %.2f %% of the site\n", report->fragmentation_percent);
    printf("%.0f decisions a second\n", result->decisions_per_second);
}

static void run_replay(const struct plenum_trace *trace, const struct plenum_order *order,
                       const struct plenum_packer_options *packer, struct replay_result *result)
{
    int64_t start_ns = wall_now_ns(&wall_clock_system);
    plenum_replay(trace, order, packer, &result->report);
    int64_t took_ns = wall_now_ns(&wall_clock_system) - start_ns;
    result->policy = plenum_pack_policy_name(packer->policy);
    result->decisions_per_second = (double)order->count * 1e9 / (double)(took_ns > 0 ? took_ns : 1);
}

/* At 100 %; -1 with a line on stderr where there is none. */
static double bound_of(const struct plenum_trace *trace, const struct plenum_order *order)
{
    struct plenum_pack_bound bound;
    struct plenum_error error;
    if (plenum_pack_bound(trace, order, 100, &bound, &error) == PLENUM_OK)
        return bound.allocated_percent;
    fprintf(stderr, "plenum capacity replay: %s\n", error.text);
    return -1.0;
}

/* What a packer is told, as words. */
struct policy_words {
    const char *name;
    uint64_t moves; /* UINT64_MAX: not given */
};

#define POLICY_ROWS(words, packer)                                                                 \
    {"policy", "NAME", OPTION_TEXT, &(words).name, "how to decide (default plenum)"},              \
        {"moves", "NUMBER", OPTION_U64, &(words).moves,                                            \
         "placed jobs that may move for each 1,000 arrivals (default: plenum 5, others 0)"},       \
    {                                                                                              \
        "move-marked", NULL, OPTION_FLAG, &(packer).move_marked_only,                              \
            "move only jobs whose qos is BE or Burstable"                                          \
    }

static int unknown_policy(const char *name, const char *word)
{
    char text[POLICY_WORDS];
    int used = snprintf(text, sizeof text, "found policy '%.40s', expected one of", word);
    for (int i = 0; i < PLENUM_PACK_POLICY_COUNT && used < POLICY_WORDS; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, " %s",
                         plenum_pack_policy_name((enum plenum_pack_policy)i));
    return usage(name, text);
}

/* CLI_OK with the policy and the moves filled. */
static int read_policy(const char *name, const struct policy_words *words,
                       struct plenum_packer_options *packer)
{
    if (words->name != NULL && !plenum_pack_policy_parse(words->name, &packer->policy))
        return unknown_policy(name, words->name);
    uint64_t usual = packer->policy == PLENUM_PACK_PLENUM ? MOVES_OF_OUR_OWN : 0;
    uint64_t moves = words->moves == UINT64_MAX ? usual : words->moves;
    if (moves > 1000)
        return usage(name, "found --moves over 1000, expected 0 to 1000");
    packer->moves_per_1000 = (uint32_t)moves;
    return CLI_OK;
}

int capacity_replay(int argc, char **argv)
{
    struct inputs inputs = {.seed = 42};
    struct plenum_packer_options packer = {0};
    struct policy_words words = {.moves = UINT64_MAX};
    bool json = false, with_bound = false;
    const struct option_row rows[] = {
        INPUT_ROWS(inputs),
        POLICY_ROWS(words, packer),
        {"bound", NULL, OPTION_FLAG, &with_bound, "print the ratio to 'capacity bound' too"},
        OPTION_ROW_JSON(&json),
    };
    const struct options options =
        OPTIONS("capacity replay --nodes FILE --pods FILE [...]",
                "Lets the jobs of a trace arrive one after the other, places each at once or not "
                "at all,\nand prints how much of the site's accelerators was given out.",
                rows, 0);
    static struct replay_result result;
    struct plenum_trace trace = {0};
    struct plenum_order order = {0};
    int exit_code;

    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    exit_code = read_policy("capacity replay", &words, &packer);
    if (exit_code == CLI_OK)
        exit_code = load("capacity replay", &inputs, &trace, &order);
    if (exit_code != CLI_OK)
        return exit_code;
    packer.seed = inputs.seed;
    run_replay(&trace, &order, &packer, &result);
    result.bound_percent = with_bound ? bound_of(&trace, &order) : -1.0;
    (json ? print_replay_json : print_replay_text)(&result);
    plenum_order_finish(&order);
    plenum_trace_finish(&trace);
    return cli_end_output("capacity replay");
}

/* --- lifetimes ----------------------------------------------------------------------------- */

static void print_lifetimes_json(const struct plenum_lifetimes_report *report)
{
    json_t *reasons = json_object();
    for (int i = PLENUM_PACK_REASON_NONE + 1; i < PLENUM_PACK_REASON_COUNT; i++)
        json_object_set_new(reasons, plenum_pack_reason_name((enum plenum_pack_reason)i),
                            json_integer((json_int_t)report->rejections[i]));
    json_t *root =
        json_pack("{s:I, s:I, s:I, s:I, s:o, s:f, s:f, s:f, s:f, s:f}", "arrivals",
                  (json_int_t)report->arrivals, "placed", (json_int_t)report->placed, "departures",
                  (json_int_t)report->departures, "moves", (json_int_t)report->moves, "rejections",
                  reasons, "asked_percent_mean", report->asked_percent_mean, "asked_percent_most",
                  report->asked_percent_most, "allocated_percent_mean",
                  report->allocated_percent_mean, "allocated_percent_most",
                  report->allocated_percent_most, "served_percent", report->served_percent);
    json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    printf("\n");
    json_decref(root);
}

static void print_lifetimes_text(const struct plenum_lifetimes_report *report)
{
    printf("%" PRIu64 " arrivals, %" PRIu64 " placed, %" PRIu64 " departures, %" PRIu64 " moves\n",
           report->arrivals, report->placed, report->departures, report->moves);
    printf("asked for: %.2f %% of the accelerators on average, %.2f %% at most\n",
           report->asked_percent_mean, report->asked_percent_most);
    printf("given out: %.2f %% on average, %.2f %% at most\n", report->allocated_percent_mean,
           report->allocated_percent_most);
    printf("served: %.2f %% of the accelerator time asked for\n", report->served_percent);
}

int capacity_lifetimes(int argc, char **argv)
{
    struct inputs inputs = {.seed = 42};
    struct plenum_packer_options packer = {0};
    struct policy_words words = {.moves = UINT64_MAX};
    uint64_t stretch = 1;
    bool json = false;
    const struct option_row rows[] = {
        INPUT_ROWS(inputs),
        POLICY_ROWS(words, packer),
        {"stretch", "NUMBER", OPTION_U64, &stretch, "jobs stay so many times as long (default 1)"},
        OPTION_ROW_JSON(&json),
    };
    const struct options options =
        OPTIONS("capacity lifetimes --nodes FILE --pods FILE [...]",
                "Lets the jobs of a trace arrive and leave at its times, and prints how much of "
                "what they\nasked for was given out. Of an order only the rank of servers counts.",
                rows, 0);
    struct plenum_lifetimes_report report;
    struct plenum_trace trace = {0};
    struct plenum_order order = {0};
    int exit_code;

    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (stretch < 1 || stretch > 1000000)
        return usage("capacity lifetimes", "found a --stretch out of range, expected 1 to 1000000");
    exit_code = read_policy("capacity lifetimes", &words, &packer);
    if (exit_code == CLI_OK)
        exit_code = load("capacity lifetimes", &inputs, &trace, &order);
    if (exit_code != CLI_OK)
        return exit_code;
    packer.seed = inputs.seed;
    plenum_replay_lifetimes(&trace, order.ranks, &packer, (uint32_t)stretch, &report);
    (json ? print_lifetimes_json : print_lifetimes_text)(&report);
    plenum_order_finish(&order);
    plenum_trace_finish(&trace);
    return cli_end_output("capacity lifetimes");
}

/* --- bound --------------------------------------------------------------------------------- */

static json_t *prices_json(const struct plenum_trace *trace, const struct plenum_pack_bound *bound)
{
    json_t *object = json_object();
    for (size_t i = 0; i < trace->type_count; i++)
        json_object_set_new(object, trace->types[i], json_real(bound->device_price_milli[i]));
    return object;
}

static void print_bound_json(const struct plenum_trace *trace,
                             const struct plenum_pack_bound *bound)
{
    json_t *root =
        json_pack("{s:f, s:f, s:o, s:i, s:i}", "asked_percent", bound->asked_percent,
                  "bound_percent", bound->allocated_percent, "device_price_milli",
                  prices_json(trace, bound), "patterns", bound->patterns, "rounds", bound->rounds);
    json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
    printf("\n");
    json_decref(root);
}

static void print_bound_text(const struct plenum_trace *trace,
                             const struct plenum_pack_bound *bound)
{
    printf("asked for: %.2f %% of the accelerators\n", bound->asked_percent);
    printf("no policy can give out more than %.2f %%\n", bound->allocated_percent);
    for (size_t i = 0; i < trace->type_count; i++)
        printf("one more %s would let through %.3f of a device\n", trace->types[i],
               bound->device_price_milli[i] / (double)PLENUM_DEVICE_MILLI);
}

int capacity_bound(int argc, char **argv)
{
    struct inputs inputs = {.seed = 42};
    uint64_t percent = 100;
    bool json = false;
    const struct option_row rows[] = {
        INPUT_ROWS(inputs),
        {"percent", "NUMBER", OPTION_U64, &percent,
         "look at jobs until so much of the accelerators is asked for (default 100)"},
        OPTION_ROW_JSON(&json),
    };
    const struct options options =
        OPTIONS("capacity bound --nodes FILE --pods FILE [...]",
                "Prints how much of the accelerators any policy could give out to the jobs of a "
                "trace:\na linear programme, solved by column generation.",
                rows, 0);
    struct plenum_trace trace = {0};
    struct plenum_order order = {0};
    struct plenum_pack_bound bound;
    struct plenum_error error;
    int exit_code;

    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (percent < 1 || percent > PLENUM_REPLAY_PERCENT_MAX)
        return usage("capacity bound", "found a --percent out of range, expected 1 to 200");
    exit_code = load("capacity bound", &inputs, &trace, &order);
    if (exit_code != CLI_OK)
        return exit_code;
    enum plenum_status status = plenum_pack_bound(&trace, &order, (int)percent, &bound, &error);
    if (status == PLENUM_OK)
        (json ? print_bound_json : print_bound_text)(&trace, &bound);
    plenum_order_finish(&order);
    plenum_trace_finish(&trace);
    return status == PLENUM_OK ? cli_end_output("capacity bound")
                               : cli_fail("capacity bound", &error);
}
