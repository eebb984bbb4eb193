/* The order in which waiting jobs are tried, against a naive one that looks at every job again. */
#include "capacity/site_queue.h"

#include "base/random.h"
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

enum { TENANT_COUNT = 3, JOBS_MAX = 64 };

static const int64_t shares[TENANT_COUNT] = {500, 250, 1};

struct job {
    uint64_t id;
    int64_t tenant, priority, submit_ms, servers, accelerators, milli, cores;
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

/* The next of the jobs not yet given, by the words of site_queue.h. */
static struct job *naive_next(struct job *jobs, int count, const int64_t *held)
{
    struct job *heads[TENANT_COUNT] = {NULL}, *best = NULL;
    for (int i = 0; i < count; i++)
        if (jobs[i].id != 0 &&
            (!heads[jobs[i].tenant] || job_before(&jobs[i], heads[jobs[i].tenant])))
            heads[jobs[i].tenant] = &jobs[i];
    for (int64_t t = 0; t < TENANT_COUNT; t++) {
        if (!heads[t])
            continue;
        bool poorer = best && held[t] * shares[best->tenant] < held[best->tenant] * shares[t];
        if (!best || heads[t]->priority > best->priority ||
            (heads[t]->priority == best->priority && poorer))
            best = heads[t];
    }
    return best;
}

static struct plenum_site *make(struct plenum_ledger **ledger)
{
    struct plenum_command command;
    struct plenum_site *site =
        site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR TENANTS);
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
    struct plenum_site *site = make(&ledger);
    struct site_queue *queue = site_queue_create(site);
    static const char expected[] = "abcaabab"
                                   "b"
                                   "ccc";
    for (int i = 0; i < 12; i++) {
        struct job job = {
            .tenant = i / 4, .submit_ms = i, .servers = 1, .accelerators = 4, .milli = 1000};
        create_job(ledger, &job);
    }
    site_queue_fill(queue, ledger);
    for (size_t i = 0; expected[i]; i++) {
        uint64_t id = site_queue_next(queue);
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
        assert_non_null(row);
        assert_int_equal('a' + row[PLENUM_JOB_TENANT], expected[i]);
        site_queue_placed(queue, row);
    }
    assert_int_equal(site_queue_next(queue), 0);
    site_queue_destroy(queue);
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
    return job;
}

static void test_order_against_naive(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct plenum_ledger *ledger;
        struct plenum_site *site = make(&ledger);
        struct site_queue *queue = site_queue_create(site);
        struct random random;
        struct job jobs[JOBS_MAX];
        int64_t held[TENANT_COUNT] = {0};
        random_init(&random, seed);
        int count = (int)random_between(&random, 0, JOBS_MAX);
        for (int i = 0; i < count; i++) {
            jobs[i] = draw_job(&random);
            create_job(ledger, &jobs[i]);
        }
        site_queue_fill(queue, ledger);
        for (int i = 0; i < count; i++) {
            struct job *next = naive_next(jobs, count, held);
            uint64_t id = site_queue_next(queue);
            if (id != next->id)
                fail_msg("seed %llu: job %d at place %d, expected %d", (unsigned long long)seed,
                         (int)id, i, (int)next->id);
            next->id = 0;
            if (random_below(&random, 3) == 0)
                continue;
            held[next->tenant] += held_by(next);
            site_queue_placed(queue, plenum_ledger_row(ledger, PLENUM_JOB, id));
        }
        assert_int_equal(site_queue_next(queue), 0);
        site_queue_destroy(queue);
        plenum_ledger_destroy(ledger);
        plenum_site_destroy(site);
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
