/* What it costs to hand work to a pool: nanoseconds for one pool_run whose parts do next to
 * nothing, and for one whose parts draw a thousand random numbers each. */
#include <inttypes.h>
#include <stdio.h>

#include "base/pool.h"
#include "base/random.h"
#include "base/wall.h"

enum { PARTS = 64, SMALL_RUNS = 20000, LARGE_RUNS = 200 };

struct work {
    uint64_t rounds;
    uint64_t results[PARTS];
};

static void work_part(void *context, size_t part)
{
    struct work *work = context;
    uint64_t result = work->results[part];
    for (uint64_t i = 0; i < work->rounds; i++)
        result = random_at(result, part, i, 0);
    work->results[part] = result;
}

/* Nanoseconds for one run. */
static int64_t time_of(struct pool *pool, uint64_t rounds, int runs)
{
    struct work work = {.rounds = rounds};
    int64_t start_ns = wall_now_ns(&wall_clock_system);
    for (int i = 0; i < runs; i++)
        pool_run(pool, PARTS, work_part, &work);
    return (wall_now_ns(&wall_clock_system) - start_ns) / runs;
}

int main(void)
{
    puts("threads   64 empty parts (ns)   64 large parts (ns)");
    for (unsigned threads = 1; threads <= 4; threads++) {
        struct pool *pool = pool_create(threads);
        int64_t small_ns = time_of(pool, 1, SMALL_RUNS);
        int64_t large_ns = time_of(pool, 1000, LARGE_RUNS);
        printf("%7u %21" PRId64 " %21" PRId64 "\n", threads, small_ns, large_ns);
        pool_destroy(pool);
    }
    return 0;
}
