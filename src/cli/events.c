/* plenum events: the journal of a running site, row by row.
 *
 * No row is skipped and none comes twice: each is asked for by the number of the one before, which
 * is looked at when it comes, and after a lost connection it goes on from there. */
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/row_line.h"
#include "cli/values.h"

#include "base/check.h"
#include "base/wall.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* The last rows may not be durable yet, and are told when they are: so each page is waited for. */
enum { PAGE_ROWS = 1000, LAST_ROWS = 20, WAIT_S = 20 };
static const int64_t PATIENCE_NS = 100 * 1000000, PATIENCE_MAX_NS = 5 * INT64_C(1000000000);

struct events {
    struct ask ask;
    struct client client;
    uint64_t since;   /* the last row that was told; UINT64_MAX: not known yet */
    uint64_t until;   /* the last to be told where nothing is followed */
    uint64_t told;    /* so many were printed */
    const char *kind; /* NULL: all */
    bool follow, no_ticks;
    bool reached; /* the server answered, ever */
    struct style style;
};

/* --- rows ------------------------------------------------------------------------------------- */

static bool is_wanted(const struct events *events, const json_t *row)
{
    const char *kind = value_text(row, "kind");
    bool tick = strcmp(kind, "tick") == 0 || strcmp(kind, "robot.step") == 0;
    return row_kind_fits(kind, events->kind) && !(events->no_ticks && tick);
}

static void tell(struct events *events, const json_t *row)
{
    if (!is_wanted(events, row))
        return;
    events->told++;
    if (events->ask.json) {
        CHECK(json_dumpf(row, stdout, JSON_COMPACT) == 0 || ferror(stdout));
        putchar('\n');
    } else {
        row_line_put(row, events->style.width, stdout);
    }
}

static bool is_over(const struct events *events)
{
    return events->told >= events->ask.limit || ferror(stdout) ||
           (!events->follow && events->since >= events->until);
}

/* Tells the rows of a page, each of which must follow the one before. */
static enum plenum_status take_page(struct events *events, const json_t *page,
                                    struct plenum_error *error)
{
    const json_t *items = json_object_get(page, "items");
    if (!json_is_array(items))
        return plenum_fail(error, PLENUM_MISMATCH, "the server sent a page without rows");
    for (size_t i = 0; i < json_array_size(items) && !is_over(events); i++) {
        const json_t *row = json_array_get(items, i);
        int64_t seq = value_i64(row, "seq");
        if (seq != (int64_t)events->since + 1)
            return plenum_fail(error, PLENUM_MISMATCH,
                               "the server sent row %" PRId64 ", expected %" PRIu64, seq,
                               events->since + 1);
        events->since = (uint64_t)seq;
        tell(events, row);
    }
    (void)fflush(stdout); /* cli_end_output says what could not be written */
    if (json_array_size(items) == 0 && !events->follow)
        events->until = events->since;
    return PLENUM_OK;
}

/* --- asking ----------------------------------------------------------------------------------- */

/* Where the journal ends: what is told begins some rows before, where nothing else is wanted. A
 * journal that ends before a row that was told is another one. */
static enum plenum_status ask_end_of_journal(struct events *events, struct plenum_error *error)
{
    struct target target;
    json_t *state = NULL;
    target_init(&target, "/v1/state");
    enum plenum_status status = client_get(&events->client, &target, &state, error);
    uint64_t seq = (uint64_t)value_i64(state, "seq");
    json_decref(state);
    if (status != PLENUM_OK)
        return status;
    if (events->since == UINT64_MAX)
        events->since = seq > LAST_ROWS ? seq - LAST_ROWS : 0;
    events->until = seq;
    if (events->since > seq)
        return plenum_fail(error, PLENUM_MISMATCH,
                           "the journal ends with row %" PRIu64 ", expected %" PRIu64
                           " or more: is it another site's?",
                           seq, events->since);
    return PLENUM_OK;
}

static enum plenum_status ask_for_page(struct events *events, struct plenum_error *error)
{
    struct target target;
    json_t *page = NULL;
    target_init(&target, "/v1/events?since=%" PRIu64 "&limit=%d&wait=%d", events->since, PAGE_ROWS,
                WAIT_S);
    enum plenum_status status = client_get(&events->client, &target, &page, error);
    if (status == PLENUM_OK)
        status = take_page(events, page, error);
    json_decref(page);
    return status;
}

/* Until all is told, or the first trouble. */
static enum plenum_status tell_rows(struct events *events, struct plenum_error *error)
{
    enum plenum_status status = ask_end_of_journal(events, error);
    if (status == PLENUM_OK)
        events->reached = true;
    while (status == PLENUM_OK && !is_over(events))
        status = ask_for_page(events, error);
    return status;
}

/* A server that was there and is not, or is starting: it may come back. */
static bool may_come_back(const struct events *events, enum plenum_status status)
{
    bool starting = value_i64(events->client.problem, "status") == 503;
    return events->follow && events->reached && !interrupt_came &&
           (status == PLENUM_IO || starting);
}

static enum plenum_status tell_all(struct events *events, struct plenum_error *error)
{
    int64_t patience_ns = PATIENCE_NS;
    uint64_t said_at = UINT64_MAX;
    enum plenum_status status = tell_rows(events, error);
    while (may_come_back(events, status)) {
        if (said_at != events->since)
            fprintf(stderr,
                    "plenum events: %s\nplenum events: going on after row %" PRIu64
                    " when it is there again\n",
                    error->text, events->since);
        patience_ns = said_at == events->since ? 2 * patience_ns : PATIENCE_NS;
        said_at = events->since;
        if (patience_ns > PATIENCE_MAX_NS)
            patience_ns = PATIENCE_MAX_NS;
        wall_clock_system.sleep_ns(wall_clock_system.context, patience_ns);
        if (!interrupt_came)
            status = tell_rows(events, error);
    }
    /* Nobody asked for an end but the person who stopped it. */
    return interrupt_came && events->follow ? PLENUM_OK : status;
}

int cli_events(int argc, char **argv)
{
    struct events events = {.ask = ASK_DEFAULTS, .since = UINT64_MAX};
    struct plenum_error error;
    const struct option_row rows[] = {
        {"since", "SEQ", OPTION_U64, &events.since,
         "the rows after this one (the last 20, and what follows)"},
        {"follow", NULL, OPTION_FLAG, &events.follow, "wait for more; Ctrl-C ends it"},
        {"kind", "KIND", OPTION_TEXT, &events.kind,
         "commands of this kind only: rack.place, or all of rack"},
        {"no-ticks", NULL, OPTION_FLAG, &events.no_ticks,
         "leave out ticks of the clock and steps of robots"},
        {"limit", "N", OPTION_U64, &events.ask.limit, "end after so many rows"},
        ASK_ROWS(events.ask),
    };
    const struct options options = OPTIONS(
        "events",
        "Shows the journal of a running site, a line for each command: number, time, kind, "
        "who\n"
        "wanted it, whether it was taken, and what it does. With --json, an object a line. No "
        "row is\nskipped and none comes twice; after a lost connection it goes on.",
        rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    events.style = style_of(STDOUT_FILENO);
    enum plenum_status status = row_kind_check(events.kind, &error);
    if (status == PLENUM_OK)
        status = client_init(&events.client, &events.ask.client, &error);
    if (status == PLENUM_OK) {
        if (events.follow) {
            interrupt_catch();
            events.client.stop = &interrupt_came;
        }
        events.client.timeout_ms += WAIT_S * 1000;
        status = tell_all(&events, &error);
    }
    return ask_end("events", &events.ask, &events.client, status, &error);
}
