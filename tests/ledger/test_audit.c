/* The audit: nothing is told of what the ledger took, and each kind of violation that is planted
 * in a journal is found and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "journal_for_tests.h"
#include "site_for_tests.h"

static const char path[] = "run.journal";

struct planted {
    struct test_disk disk;
    struct plenum_site *site;
    struct plenum_journal *journal;
    struct plenum_command command;
    uint64_t seq;
    int64_t now_ms;
};

struct report {
    char text[2048];
};

static void keep_line(void *context, const char *text)
{
    struct report *report = context;
    size_t length = strlen(report->text);
    snprintf(report->text + length, sizeof report->text - length, "%s\n", text);
}

#define AIR_SITE                                                                                   \
    SITE_SMALL "areas:\n"                                                                          \
               "- {name: aisle, from: [8, 4], to: [9, 4]}\n"                                       \
               "- {name: lane, kind: fire-lane, from: [0, 7], to: [9, 7]}\n"                       \
               "robots:\n"                                                                         \
               "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 4]]}\n"                   \
               "- {name: 't-{1..4}', model: tote, area: {from: [0, 0], to: [0, 4]}}\n"             \
               "airspace:\n"                                                                       \
               "  polygon_mm: [[-1000000, -1000000], [1000000, -1000000], [1000000, 1000000],\n"   \
               "    [-1000000, 1000000]]\n"                                                        \
               "  lower_mm: 0\n"                                                                   \
               "  upper_mm: 120000\n"                                                              \
               "  closed:\n"                                                                       \
               "  - {name: tower, circle: {centre_mm: [500000, 500000], radius_mm: 50000},\n"      \
               "     lower_mm: 0, upper_mm: 120000}\n"

static void plant_begin(struct planted *planted)
{
    struct plenum_error error;
    *planted = (struct planted){.site = site_for_tests(AIR_SITE)};
    test_disk_init(&planted->disk);
    planted->now_ms = planted->site->start_ms;
    plenum_command_init(&planted->command, PLENUM_COMMAND_OTHER, "");
    if (journal_open_on(&planted->disk.disk, path, planted->site, NULL, &planted->journal,
                        &error) != PLENUM_OK)
        fail_msg("%s", error.text);
}

/* Writes the command as taken, whatever it does, and begins the next. */
static void taken(struct planted *planted)
{
    struct plenum_sink sink = plenum_journal_sink(planted->journal);
    struct plenum_outcome outcome = {.taken = true, .seq = ++planted->seq};
    assert_int_equal(
        sink.append(sink.context, planted->seq, planted->now_ms, &planted->command, &outcome, NULL),
        PLENUM_OK);
    for (size_t i = 0; i < planted->command.op_count; i++) {
        if (planted->command.ops[i].type == PLENUM_OP_TICK)
            planted->now_ms = planted->command.ops[i].tick.to_ms;
    }
    plenum_command_reset(&planted->command, PLENUM_COMMAND_OTHER, "test");
}

static void tick(struct planted *planted, int64_t ms)
{
    plenum_command_tick(&planted->command, planted->now_ms + ms);
    taken(planted);
}

static void plant_end(struct planted *planted, uint64_t violations, const char *expected)
{
    struct report report = {{0}};
    struct plenum_audit audit;
    struct plenum_error error;
    if (plenum_journal_audit(planted->journal, &audit, keep_line, &report, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    if (audit.violations != violations ||
        (expected != NULL && strstr(report.text, expected) == NULL))
        fail_msg("found %d: %s expected %d: %s", (int)audit.violations, report.text,
                 (int)violations, expected);
    plenum_journal_close(planted->journal);
    plenum_command_finish(&planted->command);
    plenum_site_destroy(planted->site);
    test_disk_finish(&planted->disk);
}

/* --- what is planted, a function each --------------------------------------------------------- */

static const struct plenum_ref rack_1 = {PLENUM_RACK, 0}, rack_2 = {PLENUM_RACK, 1};

static void claim_w(struct planted *planted, struct plenum_ref rack, int64_t from, int64_t until,
                    int64_t watts)
{
    int32_t position = planted->site->racks[rack.id].position;
    plenum_command_claim_power(&planted->command, rack, planted->site->positions[position].load,
                               planted->now_ms + from, planted->now_ms + until, watts);
}

static void nothing(struct planted *planted)
{
    claim_w(planted, rack_1, 0, 60000, 30000);
    claim_w(planted, rack_2, 0, 60000, 10000);
    taken(planted);
    plenum_command_release(&planted->command, rack_1, PLENUM_BOOK_ALL, planted->now_ms + 5000);
    claim_w(planted, rack_2, 5000, 60000, 30000);
    taken(planted);
    tick(planted, 7000);
}

static void over_a_panel(struct planted *planted)
{
    claim_w(planted, rack_1, 0, 60000, 30000);
    taken(planted);
    claim_w(planted, rack_2, 30000, 60000, 10001);
    taken(planted);
    tick(planted, 1000);
}

static void over_with_a_feed_lost(struct planted *planted)
{
    plenum_command_limit(&planted->command, 3, planted->now_ms, planted->now_ms + 90000, 20000,
                         30000);
    taken(planted);
    claim_w(planted, rack_1, 0, 60000, 31000);
    taken(planted);
}

static void over_a_lowered_limit(struct planted *planted)
{
    claim_w(planted, rack_1, 0, 60000, 30000);
    taken(planted);
    plenum_command_limit(&planted->command, 2, planted->now_ms + 3000, planted->now_ms + 9000, 100,
                         100000);
    taken(planted);
    tick(planted, 2000);
    tick(planted, 2000);
}

static void under_a_limit_lowered_later(struct planted *planted)
{
    claim_w(planted, rack_1, 0, 60000, 30000);
    taken(planted);
    plenum_command_limit(&planted->command, 2, planted->now_ms + 30000, planted->now_ms + 90000,
                         100, 100000);
    taken(planted);
    tick(planted, 2000);
}

static void claim_server(struct planted *planted, uint64_t job, uint64_t set, int32_t milli,
                         int32_t cores, int64_t from)
{
    struct plenum_capacity_claim claim = {.owner = plenum_ref(PLENUM_JOB, job),
                                          .server = 1,
                                          .milli = milli,
                                          .accelerators = set,
                                          .cores = cores,
                                          .from_ms = planted->now_ms + from,
                                          .until_ms = planted->now_ms + from + 10000};
    plenum_command_claim_capacity(&planted->command, &claim);
}

static void offer(struct planted *planted)
{
    plenum_command_window(&planted->command, 1, planted->now_ms, planted->now_ms + 20000);
    taken(planted);
}

static void an_accelerator_twice(struct planted *planted)
{
    offer(planted);
    claim_server(planted, 1, 5, 600, 0, 0);
    taken(planted);
    claim_server(planted, 2, 4, 500, 0, 9000);
    taken(planted);
}

static void cores_twice(struct planted *planted)
{
    offer(planted);
    claim_server(planted, 1, 0, 0, 40, 0);
    claim_server(planted, 2, 0, 0, 40, 10000);
    claim_server(planted, 3, 0, 0, 40, 10);
    taken(planted);
}

static void outside_its_window(struct planted *planted)
{
    offer(planted);
    claim_server(planted, 1, 1, 1000, 1, 11000);
    taken(planted);
}

static void loses_its_window(struct planted *planted)
{
    offer(planted);
    claim_server(planted, 1, 1, 1000, 1, 1000);
    claim_server(planted, 2, 2, 1000, 1, 0);
    taken(planted);
    plenum_command_release(&planted->command, plenum_ref(PLENUM_JOB, 2), PLENUM_BOOK_CAPACITY,
                           planted->now_ms + 500);
    plenum_command_window(&planted->command, 1, planted->now_ms, planted->now_ms + 2000);
    taken(planted);
}

static void claim_on_the_past(struct planted *planted)
{
    tick(planted, 1000);
    claim_w(planted, rack_1, -500, 1000, 10);
    taken(planted);
}

static void two_in_a_cell(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 30);
    plenum_command_place(&planted->command, 1, 30);
    taken(planted);
}

static void step(struct planted *planted, uint8_t first, uint8_t second)
{
    uint8_t moves[6] = {first, second};
    plenum_command_step(&planted->command, moves, 6);
    taken(planted);
}

static void step_into_another(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 25);
    plenum_command_place(&planted->command, 1, 27);
    taken(planted);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_WEST);
}

static void swap_cells(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 25);
    plenum_command_place(&planted->command, 1, 26);
    taken(planted);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_WEST);
}

static void follow_another(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 24);
    plenum_command_place(&planted->command, 1, 25);
    taken(planted);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_EAST);
    tick(planted, 1000);
    step(planted, PLENUM_MOVE_NORTH, PLENUM_MOVE_SOUTH);
}

static void over_the_edge(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 11);
    taken(planted);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_WAIT);
}

static void into_a_closed_cell(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 24);
    plenum_command_close_cell(&planted->command, rack_1, 25);
    taken(planted);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_WAIT);
}

static void two_steps_at_once(struct planted *planted)
{
    step(planted, PLENUM_MOVE_WAIT, PLENUM_MOVE_WAIT);
    step(planted, PLENUM_MOVE_WAIT, PLENUM_MOVE_WAIT);
}

static void set_stop(struct planted *planted, enum plenum_stop stop, int64_t state)
{
    struct plenum_ref ref = plenum_ref(PLENUM_STOP, stop);
    if (state == PLENUM_STOP_STOPPED)
        plenum_command_create(&planted->command, ref);
    plenum_command_set(&planted->command, ref, PLENUM_FIELD_STATE, state);
    taken(planted);
}

static void stopped_and_not(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 24);
    taken(planted);
    set_stop(planted, PLENUM_STOP_FLOOR, PLENUM_STOP_STOPPED);
    step(planted, PLENUM_MOVE_WAIT, PLENUM_MOVE_WAIT);
    tick(planted, 1000);
    set_stop(planted, PLENUM_STOP_FLOOR, PLENUM_STOP_CLEAR);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_WAIT);
}

static void moves_while_stopped(struct planted *planted)
{
    plenum_command_place(&planted->command, 0, 24);
    taken(planted);
    set_stop(planted, PLENUM_STOP_FLOOR, PLENUM_STOP_STOPPED);
    step(planted, PLENUM_MOVE_EAST, PLENUM_MOVE_WAIT);
}

static void takes_off_while_grounded(struct planted *planted)
{
    static const struct plenum_ref drone = {PLENUM_DRONE, 0};
    plenum_command_create(&planted->command, drone);
    plenum_command_set(&planted->command, drone, PLENUM_FIELD_STATE, PLENUM_DRONE_PREPARING);
    taken(planted);
    set_stop(planted, PLENUM_STOP_AIR, PLENUM_STOP_STOPPED);
    plenum_command_set(&planted->command, drone, PLENUM_FIELD_STATE, PLENUM_DRONE_FLYING);
    taken(planted);
}

static const struct plenum_ref aisle = {PLENUM_AREA, 0};

/* An aisle of two cells, of which so many are closed with it. */
static void close_aisle(struct planted *planted, int cells)
{
    plenum_command_create(&planted->command, aisle);
    plenum_command_set(&planted->command, aisle, PLENUM_FIELD_STATE, PLENUM_AREA_CLOSING);
    plenum_command_set(&planted->command, aisle, PLENUM_FIELD_STATE, PLENUM_AREA_CLOSED);
    for (int32_t i = 0; i < cells; i++)
        plenum_command_close_cell(&planted->command, aisle,
                                  plenum_area_cell(planted->site, &planted->site->areas[0], i));
    taken(planted);
}

static void an_aisle_closed(struct planted *planted)
{
    close_aisle(planted, 2);
}

static void half_an_aisle_closed(struct planted *planted)
{
    close_aisle(planted, 1);
}

static void an_aisle_beside_itself(struct planted *planted)
{
    close_aisle(planted, 2);
    plenum_command_close_cell(&planted->command, aisle, 0);
    taken(planted);
}

static void a_task_in_a_lane(struct planted *planted)
{
    static const struct plenum_ref task = {PLENUM_TASK, 1};
    plenum_command_create(&planted->command, task);
    plenum_command_set(&planted->command, task, PLENUM_TASK_TO_CELL,
                       plenum_area_cell(planted->site, &planted->site->areas[1], 0));
    taken(planted);
}

static const struct plenum_ref robot_2 = {PLENUM_ROBOT, 1}, fetching = {PLENUM_TASK, 1};

/* Robot 1, by the state it is set to and the task that it names, is taken up by robot 0. */
static void take_up(struct planted *planted, int64_t task_state, int64_t carrier, bool lifts)
{
    struct plenum_command *command = &planted->command;
    plenum_command_place(command, 1, 25);
    plenum_command_create(command, robot_2);
    plenum_command_set(command, robot_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    plenum_command_create(command, fetching);
    plenum_command_set(command, fetching, PLENUM_TASK_FETCHED, 1);
    plenum_command_set(command, fetching, PLENUM_TASK_LOAD, PLENUM_LOAD_ROBOT);
    taken(planted);
    plenum_command_set(command, fetching, PLENUM_TASK_ROBOT, carrier);
    for (int64_t state = PLENUM_TASK_TO_PICK; state <= task_state; state++)
        plenum_command_set(command, fetching, PLENUM_FIELD_STATE, state);
    plenum_command_set(command, robot_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_CARRIED);
    plenum_command_set(command, robot_2, PLENUM_ROBOT_FETCH, 1);
    if (lifts)
        plenum_command_lift(command, 1);
    taken(planted);
}

static void set_down(struct planted *planted, int32_t cell)
{
    plenum_command_place(&planted->command, 1, cell);
    plenum_command_set(&planted->command, robot_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    plenum_command_set(&planted->command, robot_2, PLENUM_ROBOT_FETCH, 0);
    taken(planted);
}

static void fetched(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, true);
    plenum_command_place(&planted->command, 2, 25);
    taken(planted);
    set_down(planted, 27);
}

static void carried_in_a_cell(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, false);
}

static void carried_and_placed(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, true);
    plenum_command_place(&planted->command, 1, 27);
    taken(planted);
}

static void set_down_on_another(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, true);
    plenum_command_place(&planted->command, 2, 27);
    taken(planted);
    set_down(planted, 27);
}

static void carried_by_none(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, PLENUM_NONE, true);
}

static void carried_by_itself(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 1, true);
}

static void carried_too_early(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_AT_PICK, 0, true);
}

static void lost_on_the_way(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, true);
    plenum_command_end(&planted->command, fetching);
    taken(planted);
}

static void back_without_a_cell(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, true);
    plenum_command_set(&planted->command, robot_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    taken(planted);
}

static void lifted_from_nowhere(struct planted *planted)
{
    take_up(planted, PLENUM_TASK_TO_DROP, 0, true);
    plenum_command_lift(&planted->command, 1);
    taken(planted);
}

static void lifted_while_stopped(struct planted *planted)
{
    set_stop(planted, PLENUM_STOP_FLOOR, PLENUM_STOP_STOPPED);
    plenum_command_place(&planted->command, 1, 25);
    taken(planted);
}

static void fetched_from_a_lane(struct planted *planted)
{
    int32_t cell = plenum_area_cell(planted->site, &planted->site->areas[1], 0);
    plenum_command_create(&planted->command, fetching);
    plenum_command_set(&planted->command, fetching, PLENUM_TASK_FROM_CELL, cell);
    plenum_command_set(&planted->command, fetching, PLENUM_TASK_LOAD, PLENUM_LOAD_ROBOT);
    taken(planted);
}

static void clock_back(struct planted *planted)
{
    tick(planted, 5000);
    tick(planted, -1000);
}

static void wrong_arrow(struct planted *planted)
{
    plenum_command_create(&planted->command, rack_1);
    taken(planted);
    plenum_command_set(&planted->command, rack_1, PLENUM_RACK_STATE, PLENUM_RACK_POWERED);
    taken(planted);
}

static void made_twice(struct planted *planted)
{
    plenum_command_create(&planted->command, rack_1);
    plenum_command_create(&planted->command, rack_1);
    taken(planted);
}

/* A square of 100 m with its corner at (x, y), in metres. */
static void fly(struct planted *planted, uint64_t flight, int64_t x, int64_t y, int64_t lower,
                int64_t from)
{
    struct plenum_point points[4] = {{x * 1000, y * 1000},
                                     {(x + 100) * 1000, y * 1000},
                                     {(x + 100) * 1000, (y + 100) * 1000},
                                     {x * 1000, (y + 100) * 1000}};
    struct plenum_volume volume = {.shape = PLENUM_SHAPE_POLYGON,
                                   .vertex_count = 4,
                                   .vertices = points,
                                   .lower_mm = lower * 1000,
                                   .upper_mm = (lower + 20) * 1000,
                                   .from_ms = planted->now_ms + from,
                                   .until_ms = planted->now_ms + from + 10000};
    plenum_command_claim_air(&planted->command, plenum_ref(PLENUM_FLIGHT, flight), &volume, 1);
    taken(planted);
}

static void flights_apart(struct planted *planted)
{
    fly(planted, 1, 0, 0, 20, 0);
    fly(planted, 2, 101, 0, 20, 0);
    fly(planted, 3, 0, 0, 50, 0);
    fly(planted, 4, 0, 0, 20, 10001);
    plenum_command_release(&planted->command, plenum_ref(PLENUM_FLIGHT, 1), PLENUM_BOOK_AIR,
                           planted->now_ms);
    taken(planted);
    fly(planted, 5, 0, 10, 20, 0);
}

static void flights_meet(struct planted *planted)
{
    fly(planted, 1, 0, 0, 20, 0);
    fly(planted, 2, 50, 50, 30, 5000);
}

static void flights_touch(struct planted *planted)
{
    fly(planted, 1, 0, 0, 20, 0);
    fly(planted, 2, 100, 100, 40, 10000);
}

static void flight_meets_the_tower(struct planted *planted)
{
    fly(planted, 1, 540, 460, 20, 0);
}

static void flight_leaves(struct planted *planted)
{
    fly(planted, 1, 950, 0, 20, 0);
}

static void flight_in_a_closed_volume(struct planted *planted)
{
    struct plenum_volume volume = {.shape = PLENUM_SHAPE_CIRCLE,
                                   .centre = {-50000, 50000},
                                   .radius_mm = 60000,
                                   .upper_mm = 100000,
                                   .from_ms = planted->now_ms,
                                   .until_ms = PLENUM_FOREVER};
    plenum_command_close_air(&planted->command, &volume);
    taken(planted);
    fly(planted, 1, 0, 0, 20, 0);
}

static void finds_what_is_planted(void **state)
{
    static const struct {
        void (*plant)(struct planted *planted);
        uint64_t violations;
        const char *expected;
    } rows[] = {
        {nothing, 0, NULL},
        {fetched, 0, NULL},
        {carried_in_a_cell, 1, "robot x-2, cell 25: carried, and in a cell"},
        {carried_and_placed, 1, "robot x-2, cell 27: carried, and in a cell"},
        {set_down_on_another, 1, "robot x-2, cell 27: two robots in a cell"},
        {carried_by_none, 1, "robot x-2, cell -1: carried by nobody"},
        {carried_by_itself, 1, "robot x-2, cell -1: carried by nobody"},
        {carried_too_early, 1, "robot x-2, cell -1: carried by nobody"},
        {lost_on_the_way, 1, "robot x-2, cell -1: carried by nobody"},
        {back_without_a_cell, 1, "robot x-2, cell -1: taken up, and not carried"},
        {lifted_from_nowhere, 1, "robot x-2, cell -1: taken up from nowhere"},
        {lifted_while_stopped, 1, "a robot is taken up or set down on a stopped floor"},
        {fetched_from_a_lane, 0, NULL},
        {over_a_panel, 3, "row 2, 2026-01-05T00:00:30Z: power node panel-a: 20001 W of 20000 W"},
        {over_with_a_feed_lost, 1,
         "row 2, 2026-01-05T00:00Z: power node panel-b: 31000 W of 30000 W with feed lost: feed-a"},
        {over_a_lowered_limit, 1,
         "row 1, 2026-01-05T00:00:03Z: power node panel-a: 15000 W of 100"},
        {under_a_limit_lowered_later, 0, NULL},
        {an_accelerator_twice, 1,
         "row 3, 2026-01-05T00:00:09Z: server 1: accelerator 2 given 1100 thousandths of 1000"},
        {cores_twice, 1, "server 1: 80 cores given of 64"},
        {outside_its_window, 1, "row 2, 2026-01-05T00:00:11Z: server 1 used outside its window"},
        {loses_its_window, 1,
         "row 3, 2026-01-05T00:00:01Z: server 1 loses the window in which row 2"},
        {claim_on_the_past, 1, "row 2, 2026-01-05T00:00:01Z: a claim on the past"},
        {two_in_a_cell, 1, "robot x-2, cell 30: two robots in a cell"},
        {step_into_another, 1, "row 2, 2026-01-05T00:00Z: robot x-2, cell 26: two robots"},
        {swap_cells, 1, "changes cells with another robot"},
        {follow_another, 0, NULL},
        {over_the_edge, 1, "robot x-1, cell 11: moves out of its hall"},
        {an_aisle_closed, 0, NULL},
        {half_an_aisle_closed, 1, "area aisle: 1 cells not as its state says"},
        {an_aisle_beside_itself, 1, "area aisle closes cell 0, not its own"},
        {a_task_in_a_lane, 1, "a task in fire lane lane"},
        {into_a_closed_cell, 1, "robot x-1, cell 25: in a closed cell"},
        {two_steps_at_once, 1, "two steps at one instant"},
        {stopped_and_not, 0, NULL},
        {moves_while_stopped, 1, "robot 0 moves on a stopped floor"},
        {takes_off_while_grounded, 1, "drone 0 takes off, grounded"},
        {clock_back, 1, "row 2, 2026-01-05T00:00:05Z: the clock does not move forward"},
        {wrong_arrow, 1, "rack 0: from state ordered to state 7, which no arrow allows"},
        {made_twice, 1, "rack 0 made twice"},
        {flights_apart, 0, NULL},
        {flights_meet, 1, "row 2, 2026-01-05T00:00:05Z: flight 2 meets the flight of row 1"},
        {flights_touch, 1, "row 2, 2026-01-05T00:00:10Z: flight 2 meets the flight of row 1"},
        {flight_meets_the_tower, 1, "flight 1 meets closed volume tower"},
        {flight_leaves, 1, "flight 1 leaves the airspace"},
        {flight_in_a_closed_volume, 1, "flight 1 meets the volume closed by row 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct planted planted;
        plant_begin(&planted);
        rows[i].plant(&planted);
        plant_end(&planted, rows[i].violations, rows[i].expected);
    }
}

static void tells_nothing_of_what_the_ledger_took(void **state)
{
    struct test_disk disk;
    struct run run;
    struct report report = {{0}};
    struct plenum_audit audit;
    (void)state;
    test_disk_init(&disk);
    assert_int_equal(run_open(&run, &disk.disk, path, 0, NULL), PLENUM_OK);
    for (int i = 0; i < 2000; i++)
        run_submit(&run);
    assert_int_equal(plenum_journal_audit(run.journal, &audit, keep_line, &report, NULL),
                     PLENUM_OK);
    if (audit.violations > 0)
        fail_msg("%s", report.text);
    assert_int_equal(audit.rows, 2000);
    assert_true(audit.claims > 100 && audit.robot_steps > 100);
    run_close(&run);
    test_disk_finish(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_planted),
        cmocka_unit_test(tells_nothing_of_what_the_ledger_took),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
