/* The way of a command: what the ledger answers, writes down, remembers, and says of a refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "site_for_tests.h"
#include "world.h"

#define SITE                                                                                       \
    SITE_SMALL "robots:\n"                                                                         \
               "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 4]]}\n"

static const struct plenum_ref rack_0 = {PLENUM_RACK, 0};
static const struct plenum_ref robot_0 = {PLENUM_ROBOT, 0};

static int set_up(void **state)
{
    static struct world world;
    world_init(&world, SITE);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    world_finish(*state);
    return 0;
}

/* --- ids -------------------------------------------------------------------------------------- */

static void begin_ask(struct world *world, uint64_t id, int64_t priority)
{
    struct plenum_ref task =
        plenum_ref(PLENUM_TASK, plenum_ledger_next_id(world->ledger, PLENUM_TASK));
    world_begin(world)->id = (struct plenum_command_id){0, id};
    plenum_command_create(&world->command, task);
    plenum_command_set(&world->command, task, PLENUM_TASK_PRIORITY, priority);
}

static void test_same_id_is_answered_again(void **state)
{
    struct world *world = *state;
    char before[65], after[65];
    begin_ask(world, 7, 3);
    world_take(world);
    uint64_t seq = world->outcome.seq;
    assert_false(world->outcome.again);
    plenum_ledger_state_hash(world->ledger, before);
    world_take(world);
    assert_true(world->outcome.again);
    assert_int_equal(world->outcome.seq, seq);
    assert_int_equal(plenum_ledger_seq(world->ledger), seq);
    plenum_ledger_state_hash(world->ledger, after);
    assert_string_equal(before, after);
}

static void test_same_id_with_other_content_is_refused(void **state)
{
    struct world *world = *state;
    begin_ask(world, 7, 3);
    world_take(world);
    uint64_t seq = world->outcome.seq;
    begin_ask(world, 7, 4);
    world_refuse(world, PLENUM_REASON_ID_REUSED);
    assert_int_equal(world->outcome.seq, seq + 1);
    assert_int_equal(plenum_ledger_count(world->ledger, PLENUM_TASK), 1);
}

static void test_refusal_is_answered_again(void **state)
{
    struct world *world = *state;
    world_begin(world)->id = (struct plenum_command_id){1, 0};
    plenum_command_set(&world->command, rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_PLACED);
    world_refuse(world, PLENUM_REASON_STATE);
    uint64_t seq = world->outcome.seq;
    world_rack_to(world, 0, PLENUM_RACK_CARRIED);
    world_begin(world)->id = (struct plenum_command_id){1, 0};
    plenum_command_set(&world->command, rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_PLACED);
    world_refuse(world, PLENUM_REASON_STATE);
    assert_true(world->outcome.again);
    assert_int_equal(world->outcome.seq, seq);
}

static void test_ids_are_forgotten_in_time(void **state)
{
    struct world *world = *state;
    for (uint64_t id = 1; id <= 200; id++) {
        begin_ask(world, id, 0);
        world_take(world);
        world_tick(world, 1000);
    }
    world_tick(world, PLENUM_ID_MEMORY_MS - 150000);
    for (uint64_t id = 1; id <= 200; id++) {
        begin_ask(world, id, 1);
        if (id <= 51)
            world_take(world);
        else
            world_refuse(world, PLENUM_REASON_ID_REUSED);
    }
}

static void test_ids_outlive_a_snapshot(void **state)
{
    struct world *world = *state;
    struct plenum_ledger *restored;
    uint8_t *data;
    size_t length;
    world_begin(world)->id = (struct plenum_command_id){1, 0};
    plenum_command_claim_power(&world->command, rack_0, 0, 0, PLENUM_FOREVER, 1);
    world_refuse(world, PLENUM_REASON_PAST);
    plenum_command_reset(&world->command, PLENUM_COMMAND_OTHER, "test");
    world->command.id.hi = 2;
    plenum_command_tick(&world->command, PLENUM_FOREVER);
    world_refuse(world, PLENUM_REASON_MALFORMED);
    plenum_ledger_snapshot(world->ledger, &data, &length);
    assert_int_equal(plenum_ledger_restore(world->site, data, length, &restored, NULL), PLENUM_OK);
    free(data);
    plenum_ledger_destroy(world->ledger);
    world->ledger = restored;
    world_refuse(world, PLENUM_REASON_MALFORMED);
    assert_true(world->outcome.again);
    assert_string_equal(world->outcome.refusal.rule, "the clock does not reach forever");
}

/* --- the sink --------------------------------------------------------------------------------- */

struct sink_log {
    int rows, taken;
    uint64_t seq;
    bool fails;
};

static enum plenum_status log_append(void *context, uint64_t seq, int64_t now_ms,
                                     const struct plenum_command *command,
                                     const struct plenum_outcome *outcome,
                                     struct plenum_error *error)
{
    struct sink_log *log = context;
    if (log->fails)
        return plenum_fail(error, PLENUM_IO, "no room");
    assert_true(now_ms >= 0 && command->op_count > 0);
    assert_int_equal(outcome->seq, seq);
    log->rows++;
    log->taken += outcome->taken;
    log->seq = seq;
    return PLENUM_OK;
}

static void test_every_command_is_written_first(void **state)
{
    struct world *world = *state;
    struct sink_log log = {0};
    struct plenum_sink sink = {log_append, &log};
    struct plenum_error error;
    for (int i = 0; i < 2; i++) {
        plenum_command_set(world_begin(world), rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_BUILT);
        assert_int_equal(
            plenum_ledger_submit(world->ledger, &world->command, &sink, &world->outcome, &error),
            PLENUM_OK);
    }
    assert_int_equal(log.rows, 2);
    assert_int_equal(log.taken, 1);
    assert_int_equal(log.seq, plenum_ledger_seq(world->ledger));
}

static void test_what_is_not_written_is_not_true(void **state)
{
    struct world *world = *state;
    struct sink_log log = {.fails = true};
    struct plenum_sink sink = {log_append, &log};
    struct plenum_error error;
    char before[65], after[65];
    uint64_t seq = plenum_ledger_seq(world->ledger);
    plenum_ledger_state_hash(world->ledger, before);
    begin_ask(world, 9, 1);
    assert_int_equal(
        plenum_ledger_submit(world->ledger, &world->command, &sink, &world->outcome, &error),
        PLENUM_IO);
    plenum_ledger_state_hash(world->ledger, after);
    assert_string_equal(before, after);
    assert_int_equal(plenum_ledger_seq(world->ledger), seq);
    world_take(world);
    assert_false(world->outcome.again);
}

/* --- shapes ----------------------------------------------------------------------------------- */

#define NOW INT64_C(1767571200000) /* 2026-01-05T00:00Z */

static struct plenum_volume square(int64_t from_ms)
{
    static const struct plenum_point points[] = {{0, 0}, {9, 0}, {9, 9}, {0, 9}};
    return (struct plenum_volume){.shape = PLENUM_SHAPE_POLYGON,
                                  .vertex_count = 4,
                                  .vertices = points,
                                  .upper_mm = 5,
                                  .from_ms = from_ms,
                                  .until_ms = from_ms + 5};
}

static void shape_air(struct plenum_command *command, int32_t vertices, int64_t lower,
                      int64_t from_ms)
{
    struct plenum_volume volume = square(from_ms);
    volume.vertex_count = vertices;
    volume.lower_mm = lower;
    plenum_command_claim_air(command, robot_0, &volume, 1);
}

static void shape_capacity(struct plenum_command *command, int32_t server, uint64_t set,
                           int32_t milli, int32_t cores)
{
    struct plenum_capacity_claim claim = {robot_0, server, milli, set, cores, 0, NOW, NOW + 1};
    plenum_command_claim_capacity(command, &claim);
}

/* Each case is one operation and the reason it is refused for. */
static bool shape_case(struct plenum_command *c, int which, enum plenum_reason *reason)
{
    const struct plenum_ref none = {PLENUM_KIND_COUNT, 0}, gone = {PLENUM_TASK, 1};
    uint8_t moves[3] = {0};
    *reason = PLENUM_REASON_MALFORMED;
    switch (which) {
#define CASE(n, why, call)                                                                         \
    case n:                                                                                        \
        *reason = PLENUM_REASON_##why;                                                             \
        call;                                                                                      \
        return true;
        CASE(0, MALFORMED, plenum_command_claim_power(c, none, 0, NOW, NOW + 1, 1))
        CASE(1, UNKNOWN, plenum_command_claim_power(c, rack_0, -1, NOW, NOW + 1, 1))
        CASE(2, UNKNOWN, plenum_command_claim_power(c, rack_0, 6, NOW, NOW + 1, 1))
        CASE(3, MALFORMED, plenum_command_claim_power(c, rack_0, 0, NOW, NOW, 1))
        CASE(4, PAST, plenum_command_claim_power(c, rack_0, 0, NOW - 1, NOW + 1, 1))
        CASE(5, MALFORMED, plenum_command_claim_power(c, rack_0, 0, NOW, NOW + 1, 0))
        CASE(6, MALFORMED, plenum_command_claim_power(c, rack_0, 0, NOW, NOW + 1, INT64_MAX))
        CASE(7, UNKNOWN, plenum_command_claim_power(c, gone, 0, NOW, NOW + 1, 1))
        CASE(8, UNKNOWN, shape_capacity(c, 16, 1, 1000, 0))
        CASE(9, MALFORMED, shape_capacity(c, 0, 1, 0, 0))
        CASE(10, MALFORMED, shape_capacity(c, 0, 1, 1001, 0))
        CASE(11, MALFORMED, shape_capacity(c, 0, 0, 1, 1))
        CASE(12, MALFORMED, shape_capacity(c, 0, 0, 0, 0))
        CASE(13, MALFORMED, shape_capacity(c, 0, 0, 0, -1))
        CASE(14, MALFORMED, shape_air(c, 2, 0, NOW))
        CASE(15, MALFORMED, shape_air(c, 4, 6, NOW))
        CASE(16, PAST, shape_air(c, 4, 0, NOW - 1))
        CASE(17, MALFORMED, plenum_command_claim_air(c, robot_0, NULL, 0))
        CASE(18, MALFORMED, plenum_command_release(c, rack_0, 0, NOW))
        CASE(19, MALFORMED, plenum_command_release(c, rack_0, 8, NOW))
        CASE(20, PAST, plenum_command_release(c, rack_0, 1, NOW - 1))
        CASE(21, UNKNOWN, plenum_command_place(c, 2, 0))
        CASE(22, UNKNOWN, plenum_command_place(c, 0, 96))
        CASE(23, UNKNOWN, plenum_command_close_cell(c, rack_0, -1))
        CASE(24, MALFORMED, plenum_command_step(c, moves, 3))
        CASE(25, UNKNOWN, plenum_command_limit(c, 4, NOW, NOW + 1, 1, 1))
        CASE(26, MALFORMED, plenum_command_limit(c, 0, NOW, NOW + 1, -1, 1))
        CASE(27, UNKNOWN, plenum_command_window(c, 16, 0, 0))
        CASE(28, MALFORMED, plenum_command_window(c, 0, 1, 0))
        CASE(29, UNKNOWN, plenum_command_create(c, plenum_ref(PLENUM_RACK, 4)))
        CASE(30, EXISTS, plenum_command_create(c, rack_0))
        CASE(31, MALFORMED, plenum_command_create(c, plenum_ref(PLENUM_JOB, 2)))
        CASE(32, EXISTS, plenum_command_create(c, plenum_ref(PLENUM_JOB, 0)))
        CASE(33, MALFORMED, plenum_command_set(c, rack_0, PLENUM_RACK_FIELD_COUNT, 0))
        CASE(34, MALFORMED, plenum_command_set(c, rack_0, PLENUM_FIELD_SINCE_MS, 0))
        CASE(35, STATE, plenum_command_set(c, rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_ORDERED))
        CASE(36, STATE, plenum_command_set(c, rack_0, PLENUM_FIELD_STATE, 64))
        CASE(37, UNKNOWN, plenum_command_set(c, rack_0, PLENUM_RACK_TASK, 1))
        CASE(38, UNKNOWN, plenum_command_set(c, robot_0, PLENUM_ROBOT_CHARGER, 2))
        CASE(39, MALFORMED, plenum_command_end(c, rack_0))
        CASE(40, UNKNOWN, plenum_command_end(c, gone))
        CASE(41, PAST, plenum_command_tick(c, NOW))
        CASE(42, MALFORMED, plenum_command_tick(c, PLENUM_FOREVER))
        CASE(43, UNKNOWN, plenum_command_lift(c, 2))
        CASE(44, UNKNOWN, plenum_command_set(c, robot_0, PLENUM_ROBOT_FETCH, 1))
#undef CASE
    default:
        return false;
    }
}

static void test_shapes(void **state)
{
    struct world *world = *state;
    enum plenum_reason reason;
    char text[PLENUM_REFUSAL_TEXT];
    for (int i = 0; shape_case(world_begin(world), i, &reason); i++) {
        print_message("case %d\n", i);
        world_refuse(world, reason);
        assert_true(strlen(plenum_refusal_format(world->site, &world->outcome.refusal, text)) > 5);
    }
}

static void test_a_tick_comes_last(void **state)
{
    struct world *world = *state;
    plenum_command_tick(world_begin(world), NOW + 1);
    plenum_command_set(&world->command, rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_BUILT);
    world_refuse(world, PLENUM_REASON_MALFORMED);
    assert_int_equal(world->outcome.refusal.op, 0);
}

static void test_creates_are_in_order(void **state)
{
    struct world *world = *state;
    const struct plenum_ref first = {PLENUM_JOB, 1}, second = {PLENUM_JOB, 2};
    plenum_command_create(world_begin(world), second);
    plenum_command_create(&world->command, first);
    world_refuse(world, PLENUM_REASON_MALFORMED);
    plenum_command_create(world_begin(world), first);
    plenum_command_create(&world->command, first);
    world_refuse(world, PLENUM_REASON_EXISTS);
    plenum_command_create(world_begin(world), first);
    plenum_command_create(&world->command, second);
    world_take(world);
}

/* Operations on many entities in an order that is not theirs. */
static void test_many_entities_in_any_order(void **state)
{
    struct world *world = *state;
    enum { JOBS = 100 };
    world_begin(world);
    for (uint64_t id = 1; id <= JOBS; id++)
        plenum_command_create(&world->command, plenum_ref(PLENUM_JOB, id));
    for (uint64_t id = JOBS; id >= 1; id--)
        plenum_command_set(&world->command, plenum_ref(PLENUM_JOB, id), PLENUM_JOB_PRIORITY,
                           (int64_t)id * 3);
    for (uint64_t rack = 0; rack < 4; rack++)
        plenum_command_set(&world->command, plenum_ref(PLENUM_RACK, rack), PLENUM_FIELD_STATE,
                           PLENUM_RACK_BUILT);
    world_take(world);
    for (uint64_t id = 1; id <= JOBS; id++)
        assert_int_equal(plenum_ledger_get(world->ledger, PLENUM_JOB, id, PLENUM_JOB_PRIORITY),
                         id * 3);
    assert_int_equal(plenum_ledger_get(world->ledger, PLENUM_RACK, 3, 0), PLENUM_RACK_BUILT);
}

/* --- sentences -------------------------------------------------------------------------------- */

static void check_sentence(struct world *world, enum plenum_reason reason, const char *sentence)
{
    char text[PLENUM_REFUSAL_TEXT];
    world_refuse(world, reason);
    assert_string_equal(plenum_refusal_format(world->site, &world->outcome.refusal, text),
                        sentence);
}

static void test_sentences(void **state)
{
    struct world *world = *state;
    const int64_t later = NOW + 3600000;
    plenum_command_claim_power(world_begin(world), robot_0, 0, later, PLENUM_FOREVER, 40001);
    check_sentence(world, PLENUM_REASON_POWER_LIMIT,
                   "panel-a: 20001 W of 20000 W from 2026-01-05T01:00Z");
    plenum_command_limit(world_begin(world), 1, NOW, PLENUM_FOREVER, 50000, 30000);
    plenum_command_claim_power(&world->command, robot_0, 0, NOW, PLENUM_FOREVER, 31000);
    check_sentence(world, PLENUM_REASON_FEED_LOST_LIMIT,
                   "feed-b: 31000 W of 30000 W with feed-a lost from 2026-01-05T00:00Z");
    assert_int_equal(world->outcome.refusal.op, 1);
    plenum_command_set(world_begin(world), rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_PLACED);
    check_sentence(world, PLENUM_REASON_STATE, "rack 0: no way from ordered to placed");
    plenum_command_set(world_begin(world), rack_0, PLENUM_FIELD_STATE, PLENUM_RACK_ORDERED);
    check_sentence(world, PLENUM_REASON_STATE, "rack 0 is ordered already");
    plenum_command_tick(world_begin(world), NOW - 1000);
    check_sentence(world, PLENUM_REASON_PAST,
                   "2026-01-04T23:59:59Z is past: the clock stands at 2026-01-05T00:00Z");
    plenum_command_close_cell(world_begin(world), rack_0, 1);
    check_sentence(world, PLENUM_REASON_CELL_TAKEN, "hall[1, 0]: two robots in a cell (robot 0)");
    shape_capacity(world_begin(world), 5, 1, 1000, 0);
    check_sentence(world, PLENUM_REASON_NOT_OFFERED, "r-2/1: a server used outside its window");
    world_rack_to(world, 0, PLENUM_RACK_PLACED);
    plenum_command_open_cell(world_begin(world), rack_0, world->site->positions[0].cell);
    check_sentence(world, PLENUM_REASON_RULE,
                   "R1: a rack from placed to failed has its position's cell closed in its name "
                   "(rack 0)");
}

/* --- power and the clock ---------------------------------------------------------------------- */

static void test_the_clock_stops_before_a_node_is_over(void **state)
{
    struct world *world = *state;
    plenum_command_claim_power(world_begin(world), robot_0, 0, NOW, PLENUM_FOREVER, 30000);
    world_take(world);
    plenum_command_limit(world_begin(world), 0, NOW + 10000, NOW + 20000, 14000, 50000);
    world_take(world);
    int32_t node, lost;
    assert_int_equal(plenum_power_first_over(world->ledger, &node, &lost), NOW + 10000);
    assert_int_equal(node, 0);
    assert_int_equal(lost, PLENUM_NONE);
    plenum_command_tick(world_begin(world), NOW + 30000);
    world_refuse(world, PLENUM_REASON_POWER_LIMIT);
    assert_int_equal(world->outcome.refusal.from_ms, NOW + 10000);
    world_tick(world, 9999);
    plenum_command_tick(world_begin(world), NOW + 10000);
    world_refuse(world, PLENUM_REASON_POWER_LIMIT);
    plenum_command_release(world_begin(world), robot_0, PLENUM_BOOK_POWER, NOW + 10000);
    plenum_command_claim_power(&world->command, robot_0, 0, NOW + 10000, PLENUM_FOREVER, 28000);
    plenum_command_tick(&world->command, NOW + 10000);
    world_take(world);
    assert_int_equal(plenum_power_first_over(world->ledger, &node, &lost), PLENUM_FOREVER);
    assert_int_equal(plenum_power_peak_w(world->ledger, 0, PLENUM_NONE), 15000);
    assert_int_equal(plenum_power_peak_w(world->ledger, 0, 1), 30000);
}

static void test_a_limit_and_the_clock_in_one_command(void **state)
{
    struct world *world = *state;
    plenum_command_claim_power(world_begin(world), robot_0, 0, NOW, PLENUM_FOREVER, 30000);
    world_take(world);
    plenum_command_limit(world_begin(world), 0, NOW + 1000, NOW + 20000, 14000, 50000);
    plenum_command_tick(&world->command, NOW + 1000);
    world_refuse(world, PLENUM_REASON_POWER_LIMIT);
    assert_int_equal(world->outcome.refusal.op, 1);
    plenum_command_limit(world_begin(world), 0, NOW + 1000, NOW + 20000, 14000, 50000);
    plenum_command_tick(&world->command, NOW + 999);
    world_take(world);
}

static void test_a_limit_is_not_passed_at_this_instant(void **state)
{
    struct world *world = *state;
    plenum_command_claim_power(world_begin(world), robot_0, 0, NOW, PLENUM_FOREVER, 30000);
    world_take(world);
    plenum_command_limit(world_begin(world), 0, NOW, NOW + 20000, 14000, 50000);
    world_refuse(world, PLENUM_REASON_POWER_LIMIT);
    plenum_command_release(&world->command, robot_0, PLENUM_BOOK_POWER, NOW);
    world_take(world);
}

/* Where the limit was lowered under what is claimed, less may be claimed but nothing more. */
static void test_shedding_in_steps(void **state)
{
    struct world *world = *state;
    plenum_command_claim_power(world_begin(world), robot_0, 0, NOW, PLENUM_FOREVER, 30000);
    world_take(world);
    plenum_command_limit(world_begin(world), 0, NOW + 1000, PLENUM_FOREVER, 10000, 10000);
    world_take(world);
    plenum_command_release(world_begin(world), robot_0, PLENUM_BOOK_POWER, NOW);
    plenum_command_claim_power(&world->command, robot_0, 0, NOW, PLENUM_FOREVER, 25000);
    world_take(world);
    plenum_command_claim_power(world_begin(world), robot_0, 0, NOW, NOW + 1000, 1);
    world_take(world);
    plenum_command_claim_power(world_begin(world), robot_0, 0, NOW, NOW + 1001, 1);
    world_refuse(world, PLENUM_REASON_POWER_LIMIT);
    assert_int_equal(world->outcome.refusal.from_ms, NOW + 1000);
}

/* --- snapshots -------------------------------------------------------------------------------- */

static void test_snapshot_damage(void **state)
{
    struct world *world = *state;
    struct random random;
    uint8_t *data;
    size_t length;
    world_rack_to(world, 0, PLENUM_RACK_IN_SERVICE);
    world_rack_to(world, 1, PLENUM_RACK_CABLED);
    plenum_command_limit(world_begin(world), 0, NOW + 1000, NOW + 9000, 10000, 10000);
    world_take(world);
    plenum_ledger_snapshot(world->ledger, &data, &length);
    random_init(&random, 5);
    for (int i = 0; i < 4000; i++) {
        struct plenum_ledger *restored;
        size_t at = random_below(&random, length), cut = i % 4 ? length : at;
        uint8_t *copy = malloc(length);
        memcpy(copy, data, length);
        copy[at] ^= (uint8_t)(1u << random_below(&random, 8));
        enum plenum_status status = plenum_ledger_restore(world->site, copy, cut, &restored, NULL);
        assert_true(status == PLENUM_CORRUPT || (status == PLENUM_OK && cut == length));
        plenum_ledger_destroy(restored);
        free(copy);
    }
    free(data);
}

static void test_snapshot_of_another_site(void **state)
{
    struct world *world = *state;
    struct plenum_site *other = site_for_tests(SITE_SMALL);
    struct plenum_ledger *restored;
    struct plenum_error error;
    uint8_t *data;
    size_t length;
    plenum_ledger_destroy(world->ledger);
    world->ledger = plenum_ledger_create(world->site);
    plenum_ledger_snapshot(world->ledger, &data, &length);
    assert_int_equal(plenum_ledger_restore(other, data, length, &restored, &error), PLENUM_CORRUPT);
    assert_null(restored);
    free(data);
    plenum_site_destroy(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_same_id_is_answered_again),
        TEST(test_same_id_with_other_content_is_refused),
        TEST(test_refusal_is_answered_again),
        TEST(test_ids_are_forgotten_in_time),
        TEST(test_ids_outlive_a_snapshot),
        TEST(test_every_command_is_written_first),
        TEST(test_what_is_not_written_is_not_true),
        TEST(test_shapes),
        TEST(test_a_tick_comes_last),
        TEST(test_creates_are_in_order),
        TEST(test_many_entities_in_any_order),
        TEST(test_sentences),
        TEST(test_the_clock_stops_before_a_node_is_over),
        TEST(test_a_limit_and_the_clock_in_one_command),
        TEST(test_a_limit_is_not_passed_at_this_instant),
        TEST(test_shedding_in_steps),
        TEST(test_snapshot_damage),
        TEST(test_snapshot_of_another_site),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
