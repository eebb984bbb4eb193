#include "base/pool.h"
#include <sched.h>
#include <stdatomic.h>

#include "base/random.h"
#include "death.h"
#include "unit.h"

enum { PARTS_MAX = 1000, THREADS = 8 };

struct work {
    uint64_t seed;
    uint64_t result[PARTS_MAX];
    unsigned calls[PARTS_MAX];
};

/* Parts take very different times, so that their order differs from run to run. */
static void work_part(void *context, size_t part)
{
    struct work *work = context;
    uint64_t rounds = random_at(work->seed, 0, part, 0) % 500;
    uint64_t result = part;
    for (uint64_t i = 0; i < rounds; i++)
        result = random_at(work->seed, result, part, i);
    work->result[part] = result;
    work->calls[part]++;
}

static void check_run(struct pool *pool, uint64_t seed, size_t parts)
{
    static struct work work, alone;
    work = (struct work){.seed = seed};
    alone = (struct work){.seed = seed};
    pool_run(pool, parts, work_part, &work);
    for (size_t part = 0; part < parts; part++)
        work_part(&alone, part);
    assert_memory_equal(&work, &alone, sizeof work);
}

static void test_same_result_for_any_threads(void **state)
{
    static const size_t parts[] = {0, 1, 2, 3, 7, 8, 9, 100, PARTS_MAX};
    (void)state;
    for (unsigned threads = 1; threads <= THREADS; threads++) {
        struct pool *pool = pool_create(threads);
        assert_int_equal(pool_threads(pool), threads);
        for (size_t i = 0; i < COUNT_OF(parts); i++)
            check_run(pool, threads * 100 + i, parts[i]);
        pool_destroy(pool);
    }
}

static void add_part(void *context, size_t part)
{
    uint64_t *sums = context;
    sums[part] += part;
}

/* No atomics in the parts: each run must see what the run before it wrote. */
static void test_runs_follow_each_other(void **state)
{
    enum { RUNS = 2000, PARTS = 5 };
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        uint64_t sums[PARTS] = {0};
        struct pool *pool = pool_create(threads);
        for (uint64_t run = 1; run <= RUNS; run++) {
            pool_run(pool, PARTS, add_part, sums);
            for (size_t part = 0; part < PARTS; part++)
                assert_int_equal(sums[part], run * part);
        }
        pool_destroy(pool);
    }
}

struct meeting {
    atomic_uint arrived;
    unsigned wanted;
};

static void meet(void *context, size_t part)
{
    struct meeting *meeting = context;
    (void)part;
    atomic_fetch_add(&meeting->arrived, 1);
    while (atomic_load(&meeting->arrived) < meeting->wanted)
        sched_yield();
}

/* Each part waits for all others, so this ends only if as many threads as promised take part; and
 * not in the first run alone, when some may not have slept yet. */
static void test_all_threads_take_part(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct pool *pool = pool_create(threads);
        for (int run = 0; run < 20; run++) {
            struct meeting meeting = {.wanted = threads};
            pool_run(pool, threads, meet, &meeting);
            assert_int_equal(atomic_load(&meeting.arrived), threads);
        }
        pool_destroy(pool);
    }
}

static void test_created_and_destroyed_idle(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 50; threads++)
        pool_destroy(pool_create(1 + threads % THREADS));
    pool_destroy(NULL);
}

static void test_threads_have_a_limit(void **state)
{
    (void)state;
    struct pool *pool = pool_create(100000);
    assert_true(pool_threads(pool) >= 1 && pool_threads(pool) <= POOL_THREADS_MAX);
    check_run(pool, 3, PARTS_MAX);
    pool_destroy(pool);
}

static void run_again(void *context, size_t part)
{
    struct work work = {.seed = 1};
    (void)part;
    pool_run(context, 1, work_part, &work);
}

static void run_within_run(void)
{
    struct pool *pool = pool_create(1);
    pool_run(pool, 1, run_again, pool);
}

static void no_threads(void)
{
    pool_destroy(pool_create(0));
}

static void test_preconditions(void **state)
{
    (void)state;
    assert_true(death_of(run_within_run));
    assert_true(death_of(no_threads));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_result_for_any_threads),
        cmocka_unit_test(test_runs_follow_each_other),
        cmocka_unit_test(test_all_threads_take_part),
        cmocka_unit_test(test_created_and_destroyed_idle),
        cmocka_unit_test(test_threads_have_a_limit),
        cmocka_unit_test(test_preconditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
