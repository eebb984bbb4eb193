/* Very many robots through planner, ledger and journal, and the independent audit of it all.
 * usage: bench_fleet_hour [ROBOTS [STEPS [FOLDER]]]
 *
 * A million robots stand in every second row and column of an open floor; each gets a new goal,
 * drawn by lot, whenever it arrives. A step is planned, submitted as one command, made durable,
 * and the clock ticks one second. 3600 steps are an hour of site time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenum/fleet.h>
#include <plenum/journal.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "base/wall.h"

enum { TEXT_ROOM = 2048, PATH_ROOM = 256, STEP_MS = 1000 };

struct hour {
    struct plenum_site *site;
    struct plenum_journal *journal;
    struct plenum_ledger *ledger;
    struct plenum_sink disk; /* the journal's own */
    struct plenum_fleet *fleet;
    struct plenum_command command;
    uint32_t robots, steps;
    uint32_t *goal, *errands, *since; /* by robot */
    uint64_t arrived, moves;
    uint8_t *actions;
    int64_t plan_ns, ledger_ns, journal_ns;
};

static _Noreturn void die(const struct plenum_error *error)
{
    fprintf(stderr, "bench_fleet_hour: %s\n", error->text);
    exit(1);
}

static struct plenum_site *make_site(uint32_t robots)
{
    static const char form[] =
        "plenum: 1\nname: hour\nstart: 2026-01-05T00:00Z\nstep: 1s\n"
        "catalogue:\n"
        "  robots:\n"
        "  - {name: t, source: none, carries: tote, payload_g: 1, speed_mm_s: 1000,\n"
        "     battery_j: 100000000, move_j: 1, idle_w: 1, charge_w: 1}\n"
        "halls: [{name: hall, size: [%u, %u]}]\n"
        "power: [{name: a, limit_w: 1000}]\n"
        "robots: [{name: 'x-{1..%u}', model: t, area: {from: [0, 0], to: [%u, %u],\n"
        "          every: [2, 2]}}]\n";
    char text[TEXT_ROOM];
    uint32_t side = 2;
    while (side / 2 * (side / 2) < robots)
        side += 2;
    CHECK(text_format(text, sizeof text, form, side, side, robots, side - 1, side - 1));
    struct plenum_site_file file = {"hour.yaml", text, strlen(text)};
    struct plenum_site *site;
    struct plenum_error error;
    if (plenum_site_load_files(&file, 1, &site, NULL, &error) != PLENUM_OK)
        die(&error);
    return site;
}

/* The journal's sink, with its time taken. */
static enum plenum_status append_timed(void *context, uint64_t seq, int64_t now_ms,
                                       const struct plenum_command *command,
                                       const struct plenum_outcome *outcome,
                                       struct plenum_error *error)
{
    struct hour *hour = context;
    int64_t begin_ns = wall_now_ns(&wall_clock_system);
    enum plenum_status status =
        hour->disk.append(hour->disk.context, seq, now_ms, command, outcome, error);
    hour->journal_ns += wall_now_ns(&wall_clock_system) - begin_ns;
    return status;
}

static void submit(struct hour *hour)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    const struct plenum_sink sink = {append_timed, hour};
    int64_t begin_ns = wall_now_ns(&wall_clock_system), journal_ns = hour->journal_ns;
    if (plenum_ledger_submit(hour->ledger, &hour->command, &sink, &outcome, &error) != PLENUM_OK)
        die(&error);
    CHECK(outcome.taken);
    hour->ledger_ns += wall_now_ns(&wall_clock_system) - begin_ns - (hour->journal_ns - journal_ns);
}

static void draw_goal(struct hour *hour, uint32_t robot, uint32_t tick)
{
    hour->since[robot] = tick;
    uint64_t bits = random_at(1, 1, robot, hour->errands[robot]++);
    hour->goal[robot] = (uint32_t)random_below_from(bits, (uint64_t)hour->site->cell_count);
    plenum_fleet_set_goal(hour->fleet, robot, hour->goal[robot]);
}

static void begin(struct hour *hour, const char *path)
{
    struct plenum_error error;
    const struct plenum_hall *hall = hour->site->halls;
    struct plenum_fleet_map map = {(uint32_t)hall->width, (uint32_t)hall->height,
                                   hour->site->walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.field_bytes = 1;
    options.threads = 2;
    if (plenum_fleet_create(&map, hour->robots, &options, &hour->fleet, &error) != PLENUM_OK ||
        plenum_journal_open(path, hour->site, NULL, &hour->journal, &error) != PLENUM_OK)
        die(&error);
    hour->disk = plenum_journal_sink(hour->journal);
    hour->ledger = plenum_ledger_create(hour->site);
    plenum_command_init(&hour->command, PLENUM_COMMAND_GENESIS, "bench");
    plenum_ledger_genesis(hour->site, &hour->command);
    submit(hour);
    for (uint32_t robot = 0; robot < hour->robots; robot++) {
        uint32_t cell = (uint32_t)plenum_floor_cell_of(hour->ledger, (int32_t)robot);
        plenum_fleet_set_pose(hour->fleet, robot, cell, PLENUM_FLEET_FACING_EAST);
        draw_goal(hour, robot, 0);
    }
    hour->journal_ns = hour->ledger_ns = 0;
}

/* Where robots are is read from the ledger, as a planner of a site does. */
static void step(struct hour *hour, uint32_t tick)
{
    struct plenum_error error;
    int64_t begin_ns = wall_now_ns(&wall_clock_system);
    for (uint32_t robot = 0; robot < hour->robots; robot++) {
        uint32_t cell = (uint32_t)plenum_floor_cell_of(hour->ledger, (int32_t)robot);
        plenum_fleet_set_pose(hour->fleet, robot, cell, PLENUM_FLEET_FACING_EAST);
        plenum_fleet_set_priority(hour->fleet, robot, tick - hour->since[robot]);
        if (cell == hour->goal[robot]) {
            hour->arrived++;
            draw_goal(hour, robot, tick);
        }
    }
    struct plenum_fleet_report report;
    if (plenum_fleet_step(hour->fleet, tick, 0, hour->actions, &report, &error) != PLENUM_OK)
        die(&error);
    hour->plan_ns += wall_now_ns(&wall_clock_system) - begin_ns;
    hour->moves += report.moves;
    plenum_command_reset(&hour->command, PLENUM_COMMAND_ROBOT_STEP, "planner/fleet");
    plenum_command_step(&hour->command, hour->actions, (int32_t)hour->robots);
    submit(hour);
    plenum_command_reset(&hour->command, PLENUM_COMMAND_TICK, "clock");
    plenum_command_tick(&hour->command, plenum_ledger_now_ms(hour->ledger) + STEP_MS);
    submit(hour);
    begin_ns = wall_now_ns(&wall_clock_system);
    (void)plenum_journal_sync(hour->journal);
    hour->journal_ns += wall_now_ns(&wall_clock_system) - begin_ns;
}

static void print_step(const char *what, int64_t ns, const struct hour *hour)
{
    int64_t whole = hour->plan_ns + hour->ledger_ns + hour->journal_ns;
    printf("  %-10s %9.2f ms a step, %5.1f %%\n", what, (double)ns / 1e6 / hour->steps,
           (double)ns * 100 / (double)whole);
}

static void print_audit_line(void *context, const char *text)
{
    (void)context;
    printf("  %s\n", text);
}

static void print(struct hour *hour)
{
    struct plenum_error error;
    struct plenum_audit audit;
    printf("%u robots, %u steps of a second: %" PRIu64 " moves, %" PRIu64 " errands\n",
           hour->robots, hour->steps, hour->moves, hour->arrived);
    print_step("plan", hour->plan_ns, hour);
    print_step("ledger", hour->ledger_ns, hour);
    print_step("journal", hour->journal_ns, hour);
    int64_t begin_ns = wall_now_ns(&wall_clock_system);
    if (plenum_journal_audit(hour->journal, &audit, print_audit_line, NULL, &error) != PLENUM_OK)
        die(&error);
    printf("  audit: %" PRIu64 " rows, %" PRIu64 " robot steps, %" PRIu64 " violations, %.1f s\n",
           audit.rows, audit.robot_steps, audit.violations,
           (double)(wall_now_ns(&wall_clock_system) - begin_ns) / 1e9);
}

static void finish(struct hour *hour)
{
    plenum_command_finish(&hour->command);
    plenum_journal_close(hour->journal);
    plenum_ledger_destroy(hour->ledger);
    plenum_fleet_destroy(hour->fleet);
    plenum_site_destroy(hour->site);
    free(hour->goal);
    free(hour->errands);
    free(hour->since);
    free(hour->actions);
}

static void remove_files(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[PATH_ROOM + 8];
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        CHECK(text_format(name, sizeof name, "%s%s", path, tails[i]));
        (void)remove(name);
    }
}

int main(int argc, char **argv)
{
    char folder[PATH_ROOM], path[PATH_ROOM + 8];
    struct hour hour = {
        .robots = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000,
        .steps = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20,
    };
    CHECK(text_format(folder, sizeof folder, "%s/plenum-hour-XXXXXX", argc > 3 ? argv[3] : "/tmp"));
    if (hour.robots == 0 || hour.steps == 0 || !mkdtemp(folder)) {
        fprintf(stderr, "usage: bench_fleet_hour [ROBOTS [STEPS [FOLDER]]]\n");
        return 2;
    }
    CHECK(text_format(path, sizeof path, "%s/journal", folder));
    hour.site = make_site(hour.robots);
    hour.goal = memory_new(hour.robots, sizeof *hour.goal);
    hour.errands = memory_new(hour.robots, sizeof *hour.errands);
    hour.since = memory_new(hour.robots, sizeof *hour.since);
    hour.actions = memory_new(hour.robots, 1);
    begin(&hour, path);
    for (uint32_t tick = 0; tick < hour.steps; tick++)
        step(&hour, tick);
    print(&hour);
    finish(&hour);
    remove_files(path);
    rmdir(folder);
    return 0;
}
