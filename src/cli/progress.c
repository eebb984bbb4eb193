/* Drawing. Nothing here decides anything; all is read from the ledger. */
#include "cli/progress.h"

#include "cli/screen.h"

#include "base/instant.h"
#include "base/wall.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BAR_WIDTH = 30 };
static const int64_t DRAW_EVERY_NS = 100 * 1000000;
static const int64_t HOUR_MS = 3600000;

void progress_init(struct progress *progress, const struct plenum_site *site,
                   enum progress_style style)
{
    memset(progress, 0, sizeof *progress);
    progress->style = style;
    progress->site = site;
    progress->line_ms = site->start_ms;
}

/* --- events ----------------------------------------------------------------------------------- */

static bool worth_telling(enum plenum_command_kind kind)
{
    switch (kind) {
    case PLENUM_COMMAND_RACK_CARRY:
    case PLENUM_COMMAND_RACK_PLACE:
    case PLENUM_COMMAND_RACK_POWER:
    case PLENUM_COMMAND_RACK_SERVE:
    case PLENUM_COMMAND_RACK_FAIL:
    case PLENUM_COMMAND_RACK_REPAIR:
    case PLENUM_COMMAND_POWER_DERATE:
    case PLENUM_COMMAND_POWER_SHED:
    case PLENUM_COMMAND_FLIGHT_PLAN:
    case PLENUM_COMMAND_FLOOR_STOP:
    case PLENUM_COMMAND_FLOOR_RESUME:
    case PLENUM_COMMAND_DRONES_GROUND:
    case PLENUM_COMMAND_DRONES_RELEASE:
        return true;
    default:
        return false;
    }
}

/* The name of what the command is first about. */
static const char *subject(const struct plenum_site *site, const struct plenum_command *command,
                           char text[32])
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_LIMIT)
            return site->power_nodes[op->limit.node].name;
        if (op->type != PLENUM_OP_SET)
            continue;
        struct plenum_ref ref = op->set.ref;
        if (ref.kind == PLENUM_RACK)
            return site->racks[ref.id].name;
        if (ref.kind == PLENUM_ROBOT)
            return site->robots[ref.id].name;
        if (ref.kind == PLENUM_DRONE)
            return site->drones[ref.id].name;
        snprintf(text, 32, "%s %" PRIu64, plenum_kind_name(ref.kind), ref.id);
        return text;
    }
    return "";
}

void progress_observe(void *context, const struct plenum_journal_row *row)
{
    struct progress *progress = context;
    char when[INSTANT_TEXT], name[32];
    if (progress->style != PROGRESS_PANEL || !row->taken || !worth_telling(row->command->kind))
        return;
    char *text = progress->events[progress->event_count++ % PROGRESS_EVENTS];
    snprintf(text, PROGRESS_EVENT_TEXT, "%s  %-14s %s", instant_format(row->now_ms, when),
             plenum_command_kind_name(row->command->kind),
             subject(progress->site, row->command, name));
}

/* --- parts ------------------------------------------------------------------------------------ */

static void put_bar(FILE *out, int64_t part, int64_t whole)
{
    int64_t full = whole > 0 ? part * BAR_WIDTH / whole : 0;
    for (int64_t i = 0; i < BAR_WIDTH; i++)
        fputs(i < full ? "#" : ".", out);
}

/* "in-service 12, failed 1": the states that some entity is in. */
static void put_states(FILE *out, const struct plenum_ledger *ledger, uint32_t kind)
{
    int64_t counts[32] = {0};
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    const char *between = "";
    while (plenum_ledger_walk(ledger, kind, &cursor, &id, &row))
        counts[row[PLENUM_FIELD_STATE]]++;
    for (int32_t i = 0; i < plenum_kind_state_count(kind); i++)
        if (counts[i] > 0) {
            fprintf(out, "%s%s %" PRId64, between, plenum_state_name(kind, i), counts[i]);
            between = ", ";
        }
    if (!*between)
        fputs("none", out);
}

static int64_t sold_accelerators_milli(const struct plenum_ledger *ledger)
{
    int64_t sold = 0;
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING)
            sold += row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI];
    return sold;
}

static int64_t offered_accelerators(const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t offered = 0, now_ms = plenum_ledger_now_ms(ledger);
    for (int32_t server = 0; server < site->server_count; server++) {
        int64_t from_ms, until_ms;
        plenum_capacity_window(ledger, server, &from_ms, &until_ms);
        if (from_ms <= now_ms && now_ms < until_ms)
            offered += site->server_models[site->servers[server].model].accelerators;
    }
    return offered;
}

/* The most that a feed would carry with another one lost. */
static int64_t worst_w(const struct plenum_ledger *ledger, int32_t node)
{
    int64_t worst = 0;
    for (int32_t feed = 0; feed < plenum_ledger_site(ledger)->feed_count; feed++) {
        int64_t watts = plenum_power_node_w(ledger, node, feed, plenum_ledger_now_ms(ledger));
        worst = watts > worst ? watts : worst;
    }
    return worst;
}

static void put_feed(const struct progress *progress, const struct plenum_ledger *ledger,
                     int32_t node, FILE *out)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t watts = plenum_power_node_w(ledger, node, PLENUM_NONE, now_ms);
    int64_t limit_w = plenum_power_limit_w(ledger, node, PLENUM_NONE, now_ms);
    fprintf(out, "%-10s ", progress->site->power_nodes[node].name);
    put_bar(out, watts, limit_w);
    fprintf(out, " %" PRId64 " of %" PRId64 " kW; %" PRId64 " with one lost", watts / 1000,
            limit_w / 1000, worst_w(ledger, node) / 1000);
    fputc('\n', out);
}

static void put_kind(const struct plenum_ledger *ledger, const char *title, uint32_t kind,
                     FILE *out)
{
    fprintf(out, "%-10s ", title);
    put_states(out, ledger, kind);
    fputc('\n', out);
}

static void put_events(const struct progress *progress, FILE *out)
{
    size_t shown =
        progress->event_count < PROGRESS_EVENTS ? progress->event_count : PROGRESS_EVENTS;
    for (size_t i = progress->event_count - shown; i < progress->event_count; i++) {
        fputs(progress->events[i % PROGRESS_EVENTS], out);
        fputc('\n', out);
    }
}

/* --- styles ----------------------------------------------------------------------------------- */

static void put_panel(const struct progress *progress, const struct plenum_ledger *ledger,
                      FILE *out)
{
    char when[INSTANT_TEXT];
    fprintf(out, "%s  %s\n", progress->site->name,
            instant_format(plenum_ledger_now_ms(ledger), when));
    put_kind(ledger, "racks", PLENUM_RACK, out);
    for (int32_t feed = 0; feed < progress->site->feed_count; feed++)
        put_feed(progress, ledger, progress->site->feeds[feed], out);
    int64_t sold = sold_accelerators_milli(ledger) / 1000, offered = offered_accelerators(ledger);
    fprintf(out, "%-10s ", "sold");
    put_bar(out, sold, offered);
    fprintf(out, " %" PRId64 " of %" PRId64 " accelerators\n", sold, offered);
    put_kind(ledger, "jobs", PLENUM_JOB, out);
    put_kind(ledger, "robots", PLENUM_ROBOT, out);
    put_kind(ledger, "tasks", PLENUM_TASK, out);
    put_kind(ledger, "drones", PLENUM_DRONE, out);
    put_events(progress, out);
}

static void draw_panel(struct progress *progress, struct plenum_engine *engine)
{
    char *text = NULL;
    size_t length = 0;
    struct screen screen = screen_of(STDOUT_FILENO);
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return;
    put_panel(progress, plenum_engine_ledger(engine), out);
    if (fclose(out) == 0)
        progress->lines = screen_draw(screen, progress->lines, text, stdout);
    free(text);
}

static void draw_line(struct progress *progress, struct plenum_engine *engine, FILE *out)
{
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    char when[INSTANT_TEXT];
    int64_t now_ms = plenum_ledger_now_ms(ledger), watts = 0;
    for (int32_t feed = 0; feed < progress->site->feed_count; feed++)
        watts += plenum_power_node_w(ledger, progress->site->feeds[feed], PLENUM_NONE, now_ms);
    fprintf(out, "%s  racks: ", instant_format(now_ms, when));
    put_states(out, ledger, PLENUM_RACK);
    fprintf(out, "; %" PRId64 " kW; %" PRId64 " of %" PRId64 " accelerators sold; robots: ",
            watts / 1000, sold_accelerators_milli(ledger) / 1000, offered_accelerators(ledger));
    put_states(out, ledger, PLENUM_ROBOT);
    fputs("; drones: ", out);
    put_states(out, ledger, PLENUM_DRONE);
    fputc('\n', out);
    fflush(out);
}

static void draw_bar(const struct progress *progress, struct plenum_engine *engine)
{
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    char when[INSTANT_TEXT];
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    fputs("\r[", stderr);
    put_bar(stderr, now_ms - progress->from_ms, progress->until_ms - progress->from_ms);
    fprintf(stderr, "] %s\033[K", instant_format(now_ms, when));
    fflush(stderr);
}

static void draw(struct progress *progress, struct plenum_engine *engine)
{
    if (progress->style == PROGRESS_PANEL)
        draw_panel(progress, engine);
    else if (progress->style == PROGRESS_LINES)
        draw_line(progress, engine, stdout);
    else if (progress->style == PROGRESS_BAR)
        draw_bar(progress, engine);
}

void progress_each(void *context, struct plenum_engine *engine)
{
    struct progress *progress = context;
    if (progress->style == PROGRESS_NONE)
        return;
    if (progress->style == PROGRESS_LINES) {
        int64_t now_ms = plenum_ledger_now_ms(plenum_engine_ledger(engine));
        if (now_ms < progress->line_ms)
            return;
        progress->line_ms = now_ms - now_ms % HOUR_MS + HOUR_MS;
        draw(progress, engine);
        return;
    }
    int64_t now_ns = wall_now_ns(&wall_clock_system);
    if (now_ns - progress->drawn_ns < DRAW_EVERY_NS)
        return;
    progress->drawn_ns = now_ns;
    draw(progress, engine);
}

void progress_end(struct progress *progress, struct plenum_engine *engine)
{
    draw(progress, engine);
    if (progress->style == PROGRESS_BAR)
        fputc('\n', stderr);
}
