/* Defragmentation: the rules D1 to D5 of site_defrag.h, held against the rows of jobs and the
 * claims on servers before and after each move, on servers filled at random. */
#include "capacity/site_defrag.h"

#include "base/random.h"
#include "capacity/site_fit.h"
#include "capacity/site_reclaim.h"
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define PAUSE_MS  (2 * MINUTE_MS)

enum { SERVERS = 16, DEVICES = 4, JOBS = 18, MOVES_A_DAY = 6 };

#define WORLD                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start, every: 1s,\n"            \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "defragment: {from: 4h, until: 6h, moves: 6, pause: 2m}\n"                                     \
    "world: {cabling: 1m, burn_in: 1m}\n"

/* --- jobs placed by the test ------------------------------------------------------------------ */

static struct fit_request draw_request(struct random *random)
{
    struct fit_request request = {.chip = PLENUM_NONE, .cores = 4, .memory_bytes = 1 << 30};
    request.milli = random_below(random, 3) == 0 ? 500 : 1000;
    request.accelerators = request.milli < 1000 ? 1 : (int32_t)random_between(random, 1, 3);
    request.servers = random_below(random, 6) == 0 ? 2 : 1;
    request.length_ms = random_between(random, 10, 600) * MINUTE_MS;
    return request;
}

static uint64_t submit_job(struct world *world, const struct fit_request *request, bool preemptible)
{
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    struct plenum_command *command = &world->scratch;
    plenum_command_reset(command, PLENUM_COMMAND_JOB_SUBMIT, "test");
    plenum_command_create(command, job);
    plenum_command_set(command, job, PLENUM_JOB_SERVERS, request->servers);
    plenum_command_set(command, job, PLENUM_JOB_ACCELERATORS, request->accelerators);
    plenum_command_set(command, job, PLENUM_JOB_MILLI, request->milli);
    plenum_command_set(command, job, PLENUM_JOB_CHIP, PLENUM_NONE);
    plenum_command_set(command, job, PLENUM_JOB_CORES, request->cores);
    plenum_command_set(command, job, PLENUM_JOB_MEMORY_BYTES, request->memory_bytes);
    plenum_command_set(command, job, PLENUM_JOB_LEFT_MS, request->length_ms);
    plenum_command_set(command, job, PLENUM_JOB_PREEMPTIBLE, preemptible);
    world_submit(world, command);
    return id;
}

/* Starts a job now on a server drawn at random, or on the two best where it wants two. */
static void start_job(struct world *world, struct site_fit *fit, struct random *random)
{
    struct fit_request request = draw_request(random);
    struct plenum_command *command = &world->scratch;
    struct plenum_refusal refusal;
    int32_t server = (int32_t)random_below(random, SERVERS);
    int64_t now_ms = world_now_ms(world);
    bool fits = request.servers == 1
                    ? site_calendar_next(site_fit_calendar(fit), world->ledger, server, &request,
                                         now_ms) == now_ms
                    : site_fit_search(fit, world->ledger, &request, now_ms, now_ms) == now_ms;
    if (!fits)
        return;
    if (request.servers == 1)
        site_fit_choose(fit, server);
    struct plenum_ref job =
        plenum_ref(PLENUM_JOB, submit_job(world, &request, random_below(random, 5) != 0));
    plenum_command_reset(command, PLENUM_COMMAND_JOB_START, "test");
    site_fit_claim(fit, world->ledger, command, job, &request, now_ms);
    plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RUNNING);
    plenum_command_set(command, job, PLENUM_JOB_START_MS, now_ms);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, now_ms + request.length_ms);
    if (plenum_ledger_test(world->ledger, command, &refusal))
        world_submit(world, command);
}

static void begin(struct world *world, const struct plenum_site *site, uint64_t seed)
{
    struct random random;
    struct site_fit *fit = site_fit_create(site);
    random_init(&random, seed);
    world_init(world, site, WORLD_SIM | WORLD_RACK | WORLD_FLEET, seed);
    for (int32_t rack = 0; rack < 4; rack++)
        assert_true(world_run_to_rack(world, rack, PLENUM_RACK_IN_SERVICE, 7200));
    for (int i = 0; i < JOBS; i++)
        start_job(world, fit, &random);
    site_fit_destroy(fit);
}

/* --- what servers hold, added up claim by claim ----------------------------------------------- */

static int64_t held_milli(const struct world *world, int32_t server, int64_t at_ms)
{
    struct plenum_capacity_claim claims[64];
    size_t count = plenum_capacity_claims_on(world->ledger, server, claims, 64);
    int64_t sum = 0;
    assert_true(count <= 64);
    for (size_t i = 0; i < count; i++)
        if (claims[i].from_ms <= at_ms && claims[i].until_ms > at_ms)
            sum += claims[i].milli * __builtin_popcountll(claims[i].accelerators);
    return sum;
}

static int64_t sum_of_squares(const struct world *world, int64_t at_ms)
{
    int64_t sum = 0;
    for (int32_t server = 0; server < SERVERS; server++)
        sum += held_milli(world, server, at_ms) * held_milli(world, server, at_ms);
    return sum;
}

static int whole_servers(const struct world *world, int64_t at_ms)
{
    int count = 0;
    for (int32_t server = 0; server < SERVERS; server++)
        count += held_milli(world, server, at_ms) == 0;
    return count;
}

/* D1 and D5, of the job that a command moves. */
static void check_command(const struct world *world, const struct plenum_command *command)
{
    int64_t now_ms = world_now_ms(world), start_ms = now_ms + RECLAIM_NOTICE_MS;
    assert_int_equal(command->kind, PLENUM_COMMAND_JOB_MOVE);
    assert_int_equal(command->ops[0].type, PLENUM_OP_RELEASE);
    assert_int_equal(command->ops[0].release.from_ms, start_ms);
    uint64_t id = command->ops[0].release.owner.id;
    const int64_t *row = plenum_ledger_row(world->ledger, PLENUM_JOB, id);
    assert_true(row[PLENUM_JOB_PREEMPTIBLE] && row[PLENUM_JOB_SERVERS] == 1);
    assert_int_equal(row[PLENUM_JOB_PREEMPTED_MS], 0);
    for (size_t i = 1; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_CAPACITY_CLAIM) {
            assert_int_equal(op->capacity.from_ms, start_ms);
            assert_int_equal(op->capacity.until_ms, row[PLENUM_JOB_END_MS] + PAUSE_MS);
        }
        if (op->type == PLENUM_OP_SET && op->set.field == PLENUM_JOB_LEFT_MS)
            assert_int_equal(op->set.value, row[PLENUM_JOB_LEFT_MS] + PAUSE_MS);
    }
}

/* Moves until none is left; how many there were. D2 and D3 show in the sum of squares and in how
 * many servers are whole. */
static int move_all(struct world *world, struct site_defrag *defrag)
{
    int moves = 0;
    while (site_defrag_move(defrag, world->ledger, &world->scratch)) {
        int64_t start_ms = world_now_ms(world) + RECLAIM_NOTICE_MS;
        int64_t before = sum_of_squares(world, start_ms);
        int whole = whole_servers(world, start_ms);
        check_command(world, &world->scratch);
        world_submit(world, &world->scratch);
        assert_true(sum_of_squares(world, start_ms) > before);
        assert_true(whole_servers(world, start_ms) >= whole);
        assert_true(++moves <= JOBS);
        world_run(world, RECLAIM_NOTICE_MS / 1000 + 1);
    }
    return moves;
}

static void test_moves_keep_the_rules(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD);
    int moves = 0, freed = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct world world;
        struct site_defrag *defrag = site_defrag_create(site);
        begin(&world, site, seed);
        int64_t then_ms = world_now_ms(&world);
        int whole = whole_servers(&world, then_ms);
        int made = move_all(&world, defrag);
        print_message("seed %d: %d moves\n", (int)seed, made);
        moves += made;
        freed += whole_servers(&world, world_now_ms(&world)) - whole;
        site_defrag_destroy(defrag);
        world_finish(&world);
    }
    assert_true(moves >= 16 && freed >= 8);
    plenum_site_destroy(site);
}

/* D4: of a day's seconds. */
static void test_due_in_quiet_hours_only(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD);
    struct site_defrag *defrag = site_defrag_create(site);
    const int64_t round_ms = 30000;
    int due = 0;
    for (int64_t at_ms = 0; at_ms < 24 * HOUR_MS; at_ms += round_ms) {
        bool now = site_defrag_due(defrag, site->start_ms + at_ms, round_ms);
        assert_false(now && (at_ms < 4 * HOUR_MS || at_ms >= 6 * HOUR_MS));
        due += now;
    }
    assert_int_equal(due, MOVES_A_DAY);
    site_defrag_destroy(defrag);
    plenum_site_destroy(site);
}

/* The agent moves within the budget of the night, and the site goes on without a refusal. */
static void test_a_night(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(
        SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD
        "demand:\n"
        "  jobs:\n"
        "  - {name: small, tenant: acme, every: 12m, duration: [1h, 6h], servers: 1,\n"
        "     accelerators: 1, cores: 4, memory_gib: 8, preemptible: true}\n");
    struct world world;
    world_init(&world, site, WORLD_ALL, 5);
    world_run(&world, 4 * 3600 - 60);
    assert_int_equal(world.taken[PLENUM_COMMAND_JOB_MOVE], 0);
    world_run(&world, 4 * 3600);
    print_message("%d moves\n", (int)world.taken[PLENUM_COMMAND_JOB_MOVE]);
    assert_in_range(world.taken[PLENUM_COMMAND_JOB_MOVE], 1, MOVES_A_DAY);
    assert_int_equal(world.refused[PLENUM_COMMAND_JOB_MOVE], 0);
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves_keep_the_rules),
        cmocka_unit_test(test_due_in_quiet_hours_only),
        cmocka_unit_test(test_a_night),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
