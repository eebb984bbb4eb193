/* plenum journal verify | show | replay | stat | audit FILE. */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/row_line.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"
#include "edge/row_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <plenum/journal.h>
#include <string.h>

enum { KEPT_LINES_MAX = 1000 };

/* What a verb reads of a journal that is open, and prints. */
typedef enum plenum_status journal_read(struct plenum_journal *journal, void *context,
                                        struct plenum_error *error);

/* Opens the journal at path, lets `read` have it, and closes it. The exit code: what went wrong has
 * been said. */
static int with_journal(const char *name, const char *path, journal_read *read, void *context)
{
    struct plenum_journal_options options = {.read_only = true};
    struct plenum_error error = {0};
    struct plenum_journal *journal = NULL;
    enum plenum_status status = plenum_journal_open(path, NULL, &options, &journal, &error);
    if (status == PLENUM_OK)
        status = read(journal, context, &error);
    plenum_journal_close(journal);
    return status == PLENUM_OK ? cli_end_output(name) : cli_fail(name, &error);
}

/* Lines found by verify and audit: printed at once, or kept for JSON. */
static void take_line(void *context, const char *text)
{
    json_t *lines = context;
    if (lines == NULL)
        printf("%s\n", text);
    else if (json_array_size(lines) < KEPT_LINES_MAX)
        CHECK(json_array_append_new(lines, json_string(text)) == 0);
}

static void print_json(json_t *object)
{
    CHECK(object != NULL);
    CHECK(json_dumpf(object, stdout, JSON_INDENT(2)) == 0);
    printf("\n");
    json_decref(object);
}

static int run_verify(int argc, char **argv)
{
    bool fast = false, json = false;
    const struct option_row rows[] = {
        {"fast", NULL, OPTION_FLAG, &fast, "do not replay the commands to compare snapshots"},
        OPTION_ROW_JSON(&json),
    };
    const struct options options =
        OPTIONS("journal verify FILE",
                "Reads every byte of a journal and of the log beside it, every row, every link of "
                "the chain and every snapshot, and names what is not as it was written.",
                rows, 1);
    struct plenum_error error = {0};
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    json_t *lines = json ? json_array() : NULL;
    enum plenum_status status = plenum_journal_verify(argv[1], fast, take_line, lines, &error);
    if (json)
        print_json(json_pack("{s:s, s:b, s:s, s:o}", "file", argv[1], "whole", status == PLENUM_OK,
                             "status", plenum_status_name(status), "lines", lines));
    if (status != PLENUM_OK)
        return cli_fail("journal verify", &error);
    if (!json)
        printf("%s: whole\n", argv[1]);
    return cli_end_output("journal verify");
}

/* --- show ------------------------------------------------------------------------------------- */

struct show {
    const struct plenum_site *site;
    int64_t from_ms, to_ms;
    const char *kind;
    bool json;
};

static bool show_one(void *context, const struct plenum_journal_row *row)
{
    const struct show *show = context;
    if (row->now_ms >= show->to_ms)
        return false;
    if (row->now_ms < show->from_ms ||
        !row_kind_fits(plenum_command_kind_name(row->command->kind), show->kind))
        return true;
    json_t *object = row_json(show->site, row, show->json ? SIZE_MAX : ROW_LINE_OPS);
    if (show->json) {
        CHECK(json_dumpf(object, stdout, JSON_COMPACT) == 0 || ferror(stdout));
        printf("\n");
    } else {
        row_line_put(object, 0, stdout);
    }
    json_decref(object);
    return true;
}

static enum plenum_status read_show(struct plenum_journal *journal, void *context,
                                    struct plenum_error *error)
{
    struct show *show = context;
    show->site = plenum_journal_site(journal);
    return plenum_journal_walk(journal, 1, show_one, show, error);
}

static int run_show(int argc, char **argv)
{
    struct show show = {.from_ms = INT64_MIN, .to_ms = PLENUM_FOREVER};
    const struct option_row rows[] = {
        {"from", "INSTANT", OPTION_INSTANT, &show.from_ms, "the first instant of site time"},
        {"to", "INSTANT", OPTION_INSTANT, &show.to_ms, "the first instant not shown any more"},
        {"kind", "KIND", OPTION_TEXT, &show.kind,
         "commands of this kind only: rack.place, or all of rack"},
        OPTION_ROW_JSON(&show.json),
    };
    const struct options options =
        OPTIONS("journal show FILE",
                "Prints a line for each command: number, time, kind, who wanted it, whether it "
                "was taken, and what it does. With --json, an object a line.",
                rows, 1);
    struct plenum_error error = {0};
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (row_kind_check(show.kind, &error) != PLENUM_OK)
        return cli_fail("journal show", &error);
    return with_journal("journal show", argv[1], read_show, &show);
}

/* --- replay ----------------------------------------------------------------------------------- */

static void print_replayed(const struct plenum_ledger *ledger, bool json)
{
    char hash[65], at[INSTANT_TEXT];
    uint64_t rows = plenum_ledger_seq(ledger);
    instant_format(plenum_ledger_now_ms(ledger), at);
    plenum_ledger_state_hash(ledger, hash);
    if (json)
        print_json(
            json_pack("{s:I, s:s, s:s}", "rows", (json_int_t)rows, "time", at, "state_hash", hash));
    else
        printf("%" PRIu64 " rows, %s, state %s\n", rows, at, hash);
}

struct replay {
    uint64_t until_seq;
    int64_t until_ms;
    bool json;
};

static enum plenum_status read_replay(struct plenum_journal *journal, void *context,
                                      struct plenum_error *error)
{
    const struct replay *replay = context;
    struct plenum_ledger *ledger = NULL;
    enum plenum_status status =
        plenum_journal_replay(journal, replay->until_seq, replay->until_ms, &ledger, error);
    if (status == PLENUM_OK)
        print_replayed(ledger, replay->json);
    plenum_ledger_destroy(ledger);
    return status;
}

static int run_replay(int argc, char **argv)
{
    struct replay replay = {.until_seq = UINT64_MAX, .until_ms = PLENUM_FOREVER};
    const char *until = NULL;
    const struct option_row rows[] = {
        {"until", "ROW|INSTANT", OPTION_TEXT, &until,
         "the last row, or the first instant left out"},
        OPTION_ROW_JSON(&replay.json),
    };
    const struct options options =
        OPTIONS("journal replay FILE",
                "Takes an empty ledger through the commands, compares every answer with the one "
                "written, and prints the hash of the state. Needs no planner and no simulator.",
                rows, 1);
    struct plenum_error error = {0};
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (until != NULL && !text_to_u64(until, &replay.until_seq) &&
        !instant_parse(until, &replay.until_ms)) {
        (void)plenum_fail(&error, PLENUM_INPUT, "--until: found '%s', expected a row or an instant",
                          until);
        return cli_fail("journal replay", &error);
    }
    return with_journal("journal replay", argv[1], read_replay, &replay);
}

/* --- stat ------------------------------------------------------------------------------------- */

struct counts {
    uint64_t taken[PLENUM_COMMAND_KIND_COUNT], refused[PLENUM_COMMAND_KIND_COUNT];
    uint64_t reasons[PLENUM_REASON_COUNT];
};

static bool count_row(void *context, const struct plenum_journal_row *row)
{
    struct counts *counts = context;
    if (row->taken)
        counts->taken[row->command->kind]++;
    else
        counts->refused[row->command->kind]++;
    counts->reasons[row->reason]++;
    return true;
}

static json_t *counts_json(const uint64_t *counts, int count, bool reasons)
{
    json_t *object = json_object();
    for (int i = 0; i < count; i++) {
        const char *name = reasons ? plenum_reason_name((enum plenum_reason)i)
                                   : plenum_command_kind_name((enum plenum_command_kind)i);
        if (counts[i] > 0 && !(reasons && i == PLENUM_REASON_NONE))
            CHECK(json_object_set_new(object, name, json_integer((json_int_t)counts[i])) == 0);
    }
    return object;
}

static void print_counts(const char *title, json_t *object)
{
    const char *key;
    json_t *value;
    printf("%s\n", title);
    json_object_foreach(object, key, value)
        printf("  %-20s %" JSON_INTEGER_FORMAT "\n", key, json_integer_value(value));
    json_decref(object);
}

static void print_stat(const struct plenum_journal_stat *stat, const struct counts *counts,
                       bool json)
{
    char first[INSTANT_TEXT], last[INSTANT_TEXT];
    json_t *taken = counts_json(counts->taken, PLENUM_COMMAND_KIND_COUNT, false);
    json_t *refused = counts_json(counts->refused, PLENUM_COMMAND_KIND_COUNT, false);
    json_t *reasons = counts_json(counts->reasons, PLENUM_REASON_COUNT, true);
    instant_format(stat->first_ms, first);
    instant_format(stat->last_ms, last);
    if (json) {
        print_json(json_pack("{s:I, s:I, s:I, s:I, s:s, s:s, s:i, s:I, s:o, s:o, s:o}", "rows",
                             (json_int_t)stat->rows, "taken", (json_int_t)stat->taken, "refused",
                             (json_int_t)stat->refused, "bytes", (json_int_t)stat->bytes, "first",
                             first, "last", last, "snapshots", (int)stat->snapshots,
                             "last_snapshot_seq", (json_int_t)stat->last_snapshot_seq,
                             "taken_by_kind", taken, "refused_by_kind", refused,
                             "refused_by_reason", reasons));
        return;
    }
    printf("%" PRIu64 " rows: %" PRIu64 " taken, %" PRIu64 " refused; %" PRId64 " bytes\n",
           stat->rows, stat->taken, stat->refused, stat->bytes);
    printf("from %s to %s\n", first, last);
    printf("%d snapshots, the last of row %" PRIu64 "\n", stat->snapshots, stat->last_snapshot_seq);
    print_counts("taken, by kind", taken);
    print_counts("refused, by kind", refused);
    print_counts("refused, by reason", reasons);
}

static enum plenum_status read_stat(struct plenum_journal *journal, void *context,
                                    struct plenum_error *error)
{
    const bool *json = context;
    struct counts counts = {{0}, {0}, {0}};
    struct plenum_journal_stat stat;
    enum plenum_status status = plenum_journal_stat(journal, &stat, error);
    if (status == PLENUM_OK)
        status = plenum_journal_walk(journal, 1, count_row, &counts, error);
    if (status == PLENUM_OK)
        print_stat(&stat, &counts, *json);
    return status;
}

static int run_stat(int argc, char **argv)
{
    bool json = false;
    const struct option_row rows[] = {OPTION_ROW_JSON(&json)};
    const struct options options =
        OPTIONS("journal stat FILE",
                "Counts rows by kind and by reason of refusal, bytes and snapshots.", rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    return with_journal("journal stat", argv[1], read_stat, &json);
}

/* --- audit ------------------------------------------------------------------------------------ */

static void print_audit(const struct plenum_audit *audit, json_t *lines)
{
    if (lines != NULL)
        print_json(json_pack(
            "{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "rows", (json_int_t)audit->rows, "claims",
            (json_int_t)audit->claims, "violations", (json_int_t)audit->violations, "robot_steps",
            (json_int_t)audit->robot_steps, "flights", (json_int_t)audit->flights,
            "seconds_of_site_time", (json_int_t)audit->seconds_of_site_time, "lines", lines));
    else
        printf("%" PRIu64 " rows, %" PRIu64 " claims, %" PRIu64 " robot steps, %" PRIu64
               " flights, %" PRId64 " s of site time: %" PRIu64 " violations\n",
               audit->rows, audit->claims, audit->robot_steps, audit->flights,
               audit->seconds_of_site_time, audit->violations);
}

struct audit {
    struct plenum_audit found;
    bool json;
};

static enum plenum_status read_audit(struct plenum_journal *journal, void *context,
                                     struct plenum_error *error)
{
    struct audit *audit = context;
    json_t *lines = audit->json ? json_array() : NULL;
    enum plenum_status status =
        plenum_journal_audit(journal, &audit->found, take_line, lines, error);
    if (status == PLENUM_OK)
        print_audit(&audit->found, lines);
    else
        json_decref(lines);
    return status;
}

static int run_audit(int argc, char **argv)
{
    struct audit audit = {.json = false};
    const struct option_row rows[] = {OPTION_ROW_JSON(&audit.json)};
    const struct options options =
        OPTIONS("journal audit FILE",
                "Checks every command that was taken against plain lists of claims, with none of "
                "the code that took it. Ends with 1 when anything was given twice.",
                rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    exit_code = with_journal("journal audit", argv[1], read_audit, &audit);
    return exit_code == CLI_OK && audit.found.violations > 0 ? CLI_FAILED : exit_code;
}

int cli_journal(int argc, char **argv)
{
    static const struct subcommand subcommands[] = {
        {"verify", "read every byte and say what is not as it was written", run_verify},
        {"show", "print the commands, a line each", run_show},
        {"replay", "take an empty ledger through the commands; print the state's hash", run_replay},
        {"stat", "count rows, bytes and snapshots", run_stat},
        {"audit", "check again, with other code, that nothing was given twice", run_audit},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum journal", subcommands);
    return subcommand_dispatch(&table, argc, argv);
}
