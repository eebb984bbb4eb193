/* Commits a second of the ledger in memory, without a journal, at the site that is named: each
 * kind of command by itself, as the planners send them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <plenum/ledger.h>

#include "base/check.h"
#include "base/random.h"
#include "base/wall.h"
#include "world.h"

enum { COMMANDS = 100000, SLOW_COMMANDS = 1000, RACKS = 16 };

struct bench {
    struct plenum_site *site;
    struct plenum_ledger *ledger;
    struct plenum_command command;
    struct random random;
    uint64_t taken, refused;
};

static void submit(struct bench *bench)
{
    struct plenum_outcome outcome;
    CHECK(plenum_ledger_submit(bench->ledger, &bench->command, NULL, &outcome, NULL) == PLENUM_OK);
    bench->taken += outcome.taken;
    bench->refused += !outcome.taken;
}

static struct plenum_command *begin(struct bench *bench)
{
    plenum_command_reset(&bench->command, PLENUM_COMMAND_OTHER, "bench");
    return &bench->command;
}

static int64_t now_ms(const struct bench *bench)
{
    return plenum_ledger_now_ms(bench->ledger);
}

/* --- racks, so that there is something to sell ------------------------------------------------ */

static void racks_into_service(struct bench *bench)
{
    for (uint64_t rack = 0; rack < RACKS && rack < (uint64_t)bench->site->rack_count; rack++)
        for (int64_t state = PLENUM_RACK_BUILT; state <= PLENUM_RACK_IN_SERVICE; state++) {
            world_rack_command(bench->site, &bench->command, rack, state,
                               plenum_ledger_next_id(bench->ledger, PLENUM_TASK), now_ms(bench));
            submit(bench);
        }
}

/* --- the kinds of command --------------------------------------------------------------------- */

static void do_tick(struct bench *bench)
{
    plenum_command_tick(begin(bench), now_ms(bench) + 1);
    submit(bench);
}

static void do_report(struct bench *bench)
{
    uint64_t robots = (uint64_t)bench->site->robot_count;
    struct plenum_ref robot = plenum_ref(PLENUM_ROBOT, random_below(&bench->random, robots));
    plenum_command_set(begin(bench), robot, PLENUM_ROBOT_CHARGE_J, 1000);
    plenum_command_set(&bench->command, robot, PLENUM_ROBOT_CHARGE_MS, now_ms(bench));
    submit(bench);
}

static void do_step(struct bench *bench)
{
    static const uint8_t waits[1 << 20];
    CHECK(bench->site->robot_count <= 1 << 20);
    plenum_command_step(begin(bench), waits, bench->site->robot_count);
    plenum_command_tick(&bench->command, now_ms(bench) + 1);
    submit(bench);
}

/* Asks for a server for ten seconds with its watts, then takes it back: two commands. */
static void do_job(struct bench *bench)
{
    uint64_t rack = random_below(&bench->random, RACKS);
    const struct plenum_rack *facts = &bench->site->racks[rack];
    struct plenum_ref job =
        plenum_ref(PLENUM_JOB, plenum_ledger_next_id(bench->ledger, PLENUM_JOB));
    int64_t now = now_ms(bench);
    struct plenum_capacity_claim claim = {.owner = job,
                                          .server = facts->first_server,
                                          .cores = 1,
                                          .from_ms = now,
                                          .until_ms = now + 10000};
    plenum_command_create(begin(bench), job);
    plenum_command_set(&bench->command, job, PLENUM_JOB_SERVERS, 1);
    plenum_command_set(&bench->command, job, PLENUM_JOB_CORES, 1);
    plenum_command_set(&bench->command, job, PLENUM_JOB_DURATION_MS, 10000);
    plenum_command_claim_capacity(&bench->command, &claim);
    plenum_command_claim_power(&bench->command, job, bench->site->positions[facts->position].load,
                               now, now + 10000, 10);
    plenum_command_set(&bench->command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RUNNING);
    submit(bench);
    plenum_command_release(begin(bench), job, PLENUM_BOOK_ALL, now);
    plenum_command_set(&bench->command, job, PLENUM_FIELD_STATE, PLENUM_JOB_DONE);
    plenum_command_end(&bench->command, job);
    submit(bench);
}

static void do_refused(struct bench *bench)
{
    int64_t now = now_ms(bench);
    plenum_command_claim_power(begin(bench), plenum_ref(PLENUM_ROBOT, 0), 0, now, PLENUM_FOREVER,
                               1000000000);
    submit(bench);
}

static void do_hash(struct bench *bench)
{
    char text[65];
    plenum_ledger_state_hash(bench->ledger, text);
}

static void measure(struct bench *bench, const char *name, int calls, int commands,
                    void (*work)(struct bench *bench))
{
    bench->taken = bench->refused = 0;
    int64_t start_ns = wall_now_ns(&wall_clock_system);
    for (int i = 0; i < calls; i++)
        work(bench);
    int64_t ns = wall_now_ns(&wall_clock_system) - start_ns;
    int64_t count = (int64_t)calls * commands;
    printf("%-24s %10" PRId64 " ns %12" PRId64 " a second %8" PRIu64 " taken %8" PRIu64
           " refused\n",
           name, ns / count, count * 1000000000 / (ns > 0 ? ns : 1), bench->taken, bench->refused);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    struct plenum_problems *problems = plenum_problems_create();
    const char *path = argc > 1 ? argv[1] : "examples/first-hall/site.yaml";
    if (plenum_site_load(path, &bench.site, problems, NULL) != PLENUM_OK) {
        plenum_problems_print(problems, stderr);
        return 1;
    }
    plenum_problems_destroy(problems);
    random_init(&bench.random, 1);
    bench.ledger = plenum_ledger_create(bench.site);
    plenum_command_init(&bench.command, PLENUM_COMMAND_OTHER, "bench");
    plenum_ledger_genesis(bench.site, &bench.command);
    submit(&bench);
    racks_into_service(&bench);
    printf("%s: set up with %" PRIu64 " commands taken, %" PRIu64 " refused\n", bench.site->name,
           bench.taken, bench.refused);
    measure(&bench, "tick", COMMANDS, 1, do_tick);
    measure(&bench, "robot report", COMMANDS, 1, do_report);
    measure(&bench, "step of all robots", COMMANDS, 1, do_step);
    measure(&bench, "job start, job finish", COMMANDS, 2, do_job);
    measure(&bench, "refused power claim", COMMANDS, 1, do_refused);
    measure(&bench, "state hash", SLOW_COMMANDS, 1, do_hash);
    plenum_command_finish(&bench.command);
    plenum_ledger_destroy(bench.ledger);
    plenum_site_destroy(bench.site);
    return 0;
}
