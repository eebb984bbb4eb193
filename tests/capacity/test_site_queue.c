/* The order in which waiting jobs are tried, against a naive one that looks at every job again and
 * goes down the tree of tenants by the words of site_queue.h. */
#include "capacity/site_queue.h"

#include "base/random.h"
#include "capacity/site_decay.h"
#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TENANTS                                                                                    \
    "tenants:\n"                                                                                   \
    "- {name: a, share_milli: 500, priority: 1}\n"                                                 \
    "- {name: b, share_milli: 250, priority: 1}\n"                                                 \
    "- {name: c, share_milli: 0, priority: 1}\n"

/* Two of five have others under them, and stand after them. */
#define TREE                                                                                       \
    "tenants:\n"                                                                                   \
    "- {name: a, under: lab, share_milli: 200}\n"                                                  \
    "- {name: b, under: lab, share_milli: 100, weight: 300}\n"                                     \
    "- {name: c, share_milli: 0, weight: 50}\n"                                                    \
    "- {name: lab, share_milli: 400, under: all}\n"                                                \
    "- {name: all, share_milli: 500}\n"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

enum { TENANT_COUNT = 3, TENANTS_MAX = 5, JOBS_MAX = 64, OFFERED_MILLI = 64000 };

struct job {
    uint64_t id;
    int64_t tenant, priority, submit_ms, servers, accelerators, milli, cores, left_ms;
};

static int64_t held_by(const struct job *job)
{
    return job->servers * (job->accelerators > 0 ? job->accelerators * job->milli : job->cores);
}

static void submit(struct plenum_ledger *ledger, const struct plenum_command *command)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    assert_int_equal(plenum_ledger_submit(ledger, command, NULL, &outcome, &error), PLENUM_OK);
    assert_true(outcome.taken);
}

static void create_job(struct plenum_ledger *ledger, struct job *job)
{
    struct plenum_command command;
    job->id = plenum_ledger_next_id(ledger, PLENUM_JOB);
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job->id);
    plenum_command_init(&command, PLENUM_COMMAND_JOB_SUBMIT, "test");
    plenum_command_create(&command, ref);
    plenum_command_set(&command, ref, PLENUM_JOB_TENANT, job->tenant);
    plenum_command_set(&command, ref, PLENUM_JOB_PRIORITY, job->priority);
    plenum_command_set(&command, ref, PLENUM_JOB_SUBMIT_MS, job->submit_ms);
    plenum_command_set(&command, ref, PLENUM_JOB_SERVERS, job->servers);
    plenum_command_set(&command, ref, PLENUM_JOB_ACCELERATORS, job->accelerators);
    plenum_command_set(&command, ref, PLENUM_JOB_MILLI, job->milli);
    plenum_command_set(&command, ref, PLENUM_JOB_CORES, job->cores);
    plenum_command_set(&command, ref, PLENUM_JOB_CHIP, PLENUM_NONE);
    plenum_command_set(&command, ref, PLENUM_JOB_LEFT_MS, job->left_ms);
    submit(ledger, &command);
    plenum_command_finish(&command);
}

/* Whether a tenant's job goes before another's of the same tenant. */
static bool job_before(const struct job *a, const struct job *b)
{
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return a->submit_ms != b->submit_ms ? a->submit_ms < b->submit_ms : a->id < b->id;
}

/* A world that naive_next looks at. */
struct naive {
    const struct plenum_site *site;
    struct job *jobs;
    int count;
    int64_t to_have[TENANTS_MAX], milli[TENANTS_MAX]; /* the second: of accelerators */
};

static void naive_hold(struct naive *naive, const struct job *job, int64_t in_ms)
{
    int64_t to_have =
        site_decay_ahead(held_by(job), in_ms, in_ms + job->left_ms, naive->site->half_life_ms);
    for (int64_t t = job->tenant; t != PLENUM_NONE; t = naive->site->tenants[t].parent) {
        naive->to_have[t] += to_have;
        naive->milli[t] += job->servers * job->accelerators * job->milli;
    }
}

static bool naive_guaranteed(const struct naive *naive, int64_t tenant, const struct job *job)
{
    int64_t share = OFFERED_MILLI * naive->site->tenants[tenant].share_milli / 1000;
    return job->accelerators > 0 &&
           naive->milli[tenant] + job->servers * job->accelerators * job->milli <= share;
}

static bool naive_goes_before(const struct naive *naive, int64_t a, const struct job *x, int64_t b,
                              const struct job *y)
{
    bool guaranteed = naive_guaranteed(naive, a, x);
    if (guaranteed != naive_guaranteed(naive, b, y))
        return guaranteed;
    if (x->priority != y->priority)
        return x->priority > y->priority;
    return naive->to_have[a] * naive->site->tenants[b].weight <
           naive->to_have[b] * naive->site->tenants[a].weight;
}

/* The next of the jobs not yet given, of those under a tenant (PLENUM_NONE: of all). */
static struct job *naive_next(const struct naive *naive, int64_t above)
{
    struct job *best = NULL;
    int64_t best_side = PLENUM_NONE;
    for (int i = 0; i < naive->count; i++)
        if (naive->jobs[i].id != 0 && naive->jobs[i].tenant == above &&
            (!best || job_before(&naive->jobs[i], best)))
            best = &naive->jobs[i];
    for (int64_t t = 0; t < naive->site->tenant_count; t++) {
        if (naive->site->tenants[t].parent != above)
            continue;
        struct job *job = naive_next(naive, t);
        if (job &&
            (best_side == PLENUM_NONE || naive_goes_before(naive, t, job, best_side, best))) {
            best = job;
            best_side = t;
        }
    }
    return best;
}

static struct plenum_site *make(const char *text, struct plenum_ledger **ledger)
{
    struct plenum_command command;
    struct plenum_site *site = site_for_tests(text);
    *ledger = plenum_ledger_create(site);
    plenum_command_init(&command, PLENUM_COMMAND_GENESIS, "engine");
    plenum_ledger_genesis(site, &command);
    submit(*ledger, &command);
    plenum_command_finish(&command);
    return site;
}

static void test_shares(void **state)
{
    (void)state;
    struct plenum_ledger *ledger;
    struct site_tenants tenants;
    struct plenum_site *site =
        make(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR TENANTS, &ledger);
    struct site_queue *queue = site_queue_create(site);
    static const char expected[] = "abcaabab"
                                   "b"
                                   "ccc";
    for (int i = 0; i < 12; i++) {
        struct job job = {.tenant = i / 4,
                          .submit_ms = i,
                          .servers = 1,
                          .accelerators = 4,
                          .milli = 1000,
                          .left_ms = HOUR_MS};
        create_job(ledger, &job);
    }
    site_tenants_init(&tenants, site);
    site_tenants_read(&tenants, ledger);
    site_queue_fill(queue, ledger, &tenants);
    for (size_t i = 0; expected[i]; i++) {
        uint64_t id = site_queue_next(queue);
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
        assert_non_null(row);
        assert_int_equal('a' + row[PLENUM_JOB_TENANT], expected[i]);
        site_queue_placed(queue, row, site->start_ms);
    }
    assert_int_equal(site_queue_next(queue), 0);
    site_queue_destroy(queue);
    site_tenants_finish(&tenants);
    plenum_ledger_destroy(ledger);
    plenum_site_destroy(site);
}

static struct job draw_job(struct random *random)
{
    struct job job = {0};
    job.tenant = random_between(random, 0, TENANT_COUNT - 1);
    job.priority = random_between(random, 0, 2);
    job.submit_ms = random_between(random, 0, 9);
    job.servers = random_between(random, 1, 8);
    job.accelerators = random_between(random, 0, 4);
    job.milli = job.accelerators == 1 ? 250 : 1000;
    job.cores = random_between(random, 1, 64);
    job.left_ms = random_between(random, 1, 600) * MINUTE_MS;
    return job;
}

/* All jobs of one world in the order of the queue; a third of them are not placed. */
static void check_world(const char *text, uint64_t seed)
{
    struct plenum_ledger *ledger;
    struct site_tenants tenants;
    struct random random;
    struct job jobs[JOBS_MAX];
    struct plenum_site *site = make(text, &ledger);
    struct site_queue *queue = site_queue_create(site);
    random_init(&random, seed);
    struct naive naive = {
        .site = site, .jobs = jobs, .count = (int)random_between(&random, 0, JOBS_MAX)};
    for (int i = 0; i < naive.count; i++) {
        jobs[i] = draw_job(&random);
        create_job(ledger, &jobs[i]);
    }
    site_tenants_init(&tenants, site);
    site_tenants_read(&tenants, ledger);
    tenants.offered_milli[0] = OFFERED_MILLI;
    site_queue_fill(queue, ledger, &tenants);
    for (int i = 0; i < naive.count; i++) {
        struct job *next = naive_next(&naive, PLENUM_NONE);
        uint64_t id = site_queue_next(queue);
        if (id != next->id)
            fail_msg("seed %llu: job %d at place %d, expected %d", (unsigned long long)seed,
                     (int)id, i, (int)next->id);
        next->id = 0;
        if (random_below(&random, 3) == 0)
            continue;
        int64_t in_ms = random_between(&random, 0, 600) * MINUTE_MS;
        naive_hold(&naive, next, in_ms);
        site_queue_placed(queue, plenum_ledger_row(ledger, PLENUM_JOB, id), site->start_ms + in_ms);
    }
    assert_int_equal(site_queue_next(queue), 0);
    site_queue_destroy(queue);
    site_tenants_finish(&tenants);
    plenum_ledger_destroy(ledger);
    plenum_site_destroy(site);
}

static void test_order_against_naive(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        check_world(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR TENANTS, seed);
        check_world(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR TREE, seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_order_against_naive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
