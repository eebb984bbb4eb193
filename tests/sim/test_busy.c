/* A small site with everything going on at once, from several seeds: nothing that the ledger
 * refuses is ever proposed, nobody waits for ever, and the agents keep no memory that matters. */
#include "busy_site.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60

/* The oldest entity of a kind that is in a state, by the time it has been in it. */
static int64_t longest_s(const struct world *world, uint32_t kind, int64_t state)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t longest_ms = 0;
    while (plenum_ledger_walk(world->ledger, kind, &cursor, &id, &row)) {
        int64_t passed_ms = world_now_ms(world) - row[PLENUM_FIELD_SINCE_MS];
        if (row[PLENUM_FIELD_STATE] == state && passed_ms > longest_ms)
            longest_ms = passed_ms;
    }
    return longest_ms / 1000;
}

static void check_nobody_waits(const struct world *world)
{
    static const struct {
        uint32_t kind;
        int64_t state, most_s;
    } waits[] = {
        {PLENUM_TASK, PLENUM_TASK_OPEN, 30 * MINUTE},
        {PLENUM_TASK, PLENUM_TASK_TO_PICK, 10 * MINUTE},
        {PLENUM_TASK, PLENUM_TASK_AT_PICK, 2 * MINUTE},
        {PLENUM_TASK, PLENUM_TASK_TO_DROP, 10 * MINUTE},
        {PLENUM_TASK, PLENUM_TASK_AT_DROP, 6 * MINUTE},
        {PLENUM_TASK, PLENUM_TASK_DONE, 1 * MINUTE},
        {PLENUM_ROBOT, PLENUM_ROBOT_TO_CHARGER, 60 * MINUTE},
        {PLENUM_ROBOT, PLENUM_ROBOT_BROKEN, 5 * MINUTE},
        {PLENUM_RACK, PLENUM_RACK_CARRIED, 15 * MINUTE},
        {PLENUM_RACK, PLENUM_RACK_CABLED, 60 * MINUTE},
        {PLENUM_RACK, PLENUM_RACK_TESTED, 1 * MINUTE},
        {PLENUM_RACK, PLENUM_RACK_FAILED, 150 * MINUTE},
        {PLENUM_DELIVERY, PLENUM_DELIVERY_ASKED, 125 * MINUTE},
        {PLENUM_DRONE, PLENUM_DRONE_FLYING, 15 * MINUTE},
        {PLENUM_JOB, PLENUM_JOB_DONE, 1 * MINUTE},
        {PLENUM_JOB, PLENUM_JOB_CANCELLED, 1 * MINUTE},
    };
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        int64_t waited_s = longest_s(world, waits[i].kind, waits[i].state);
        if (waited_s > waits[i].most_s)
            fail_msg("seed %llu: a %s is %s for %lld s, expected at most %lld s",
                     (unsigned long long)world->seed, plenum_kind_name(waits[i].kind),
                     plenum_state_name(waits[i].kind, (int32_t)waits[i].state), (long long)waited_s,
                     (long long)waits[i].most_s);
    }
}

/* A busy world whose robots have little in their batteries. */
static void busy_init(struct world *world, const struct plenum_site *site, uint64_t seed)
{
    world_init(world, site, WORLD_ALL | WORLD_AIRSPACE, seed);
    for (int32_t robot = 0; robot < site->robot_count; robot++)
        world_set(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_CHARGE_J,
                  site->robot_models[site->robots[robot].model].battery_j * 28 / 100);
}

/* What was meant to happen in a busy world did, over all seeds. */
static void check_all_happened(const uint64_t *taken)
{
    static const enum plenum_command_kind kinds[] = {
        PLENUM_COMMAND_RACK_SERVE,   PLENUM_COMMAND_RACK_FAIL,    PLENUM_COMMAND_RACK_REPAIR,
        PLENUM_COMMAND_POWER_SHED,   PLENUM_COMMAND_JOB_RESERVE,  PLENUM_COMMAND_JOB_START,
        PLENUM_COMMAND_JOB_EXTEND,   PLENUM_COMMAND_JOB_CANCEL,   PLENUM_COMMAND_JOB_FINISH,
        PLENUM_COMMAND_TASK_ASSIGN,  PLENUM_COMMAND_ROBOT_CHARGE, PLENUM_COMMAND_FLIGHT_PLAN,
        PLENUM_COMMAND_DRONE_CHARGE,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (taken[kinds[i]] == 0)
            fail_msg("no %s in any run", plenum_command_kind_name(kinds[i]));
}

static void test_nobody_waits_for_ever(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    uint64_t taken[PLENUM_COMMAND_KIND_COUNT] = {0};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world world;
        print_message("seed %llu\n", (unsigned long long)seed);
        busy_init(&world, site, seed);
        for (int minute = 0; minute < 240; minute++) {
            world_run(&world, MINUTE);
            check_nobody_waits(&world);
        }
        for (int kind = 0; kind < PLENUM_COMMAND_KIND_COUNT; kind++)
            taken[kind] += world.taken[kind];
        world_finish(&world);
    }
    check_all_happened(taken);
    plenum_site_destroy(site);
}

/* --- agents without memory -------------------------------------------------------------------- */

static void run_and_hash(const struct plenum_site *site, uint64_t seed, bool anew, char hash[65])
{
    struct world world;
    busy_init(&world, site, seed);
    world.anew = anew;
    world_run(&world, 30 * MINUTE);
    assert_true(world.taken[PLENUM_COMMAND_JOB_START] > 0);
    plenum_ledger_state_hash(world.ledger, hash);
    world_finish(&world);
}

static void test_agents_keep_no_memory(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    for (uint64_t seed = 11; seed <= 13; seed++) {
        char kept[65], anew[65];
        print_message("seed %llu\n", (unsigned long long)seed);
        run_and_hash(site, seed, false, kept);
        run_and_hash(site, seed, true, anew);
        assert_string_equal(kept, anew);
    }
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_waits_for_ever),
        cmocka_unit_test(test_agents_keep_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
