/* Operations a second of the timeline, by the number of boundaries it holds: adding a claim and
 * taking it back, asking for the least value, and looking for a place. */
#include <inttypes.h>
#include <stdio.h>

#include "base/random.h"
#include "base/timeline.h"
#include "base/wall.h"

enum { OPERATIONS = 100000, CLAIM_MS = 1000 };

/* Claims start anywhere in this span; it grows with their number, so that the value stays level. */
static int64_t span_of(int64_t claims)
{
    return claims * CLAIM_MS / 8 + CLAIM_MS;
}

struct bench {
    struct timeline timeline;
    struct random random;
    int64_t span_ms;
    int64_t answers; /* added up and printed, so that no question is optimised away */
};

static void bench_add(struct bench *bench)
{
    int64_t from = random_between(&bench->random, 0, bench->span_ms);
    timeline_add(&bench->timeline, from, from + CLAIM_MS, -1);
    timeline_add(&bench->timeline, from, from + CLAIM_MS, 1);
}

static void bench_at(struct bench *bench)
{
    bench->answers +=
        timeline_at(&bench->timeline, random_between(&bench->random, 0, bench->span_ms));
}

static void bench_min(struct bench *bench)
{
    int64_t from = random_between(&bench->random, 0, bench->span_ms);
    bench->answers += timeline_min(&bench->timeline, from, from + CLAIM_MS);
}

static void bench_fit(struct bench *bench)
{
    int64_t from = random_between(&bench->random, 0, bench->span_ms);
    bench->answers += timeline_first_fit(&bench->timeline, from, INT64_MAX, CLAIM_MS, -10);
}

/* Nanoseconds for one call. */
static int64_t time_of(void (*operation)(struct bench *bench), struct bench *bench)
{
    int64_t start_ns = wall_now_ns(&wall_clock_system);
    for (int i = 0; i < OPERATIONS; i++)
        operation(bench);
    return (wall_now_ns(&wall_clock_system) - start_ns) / OPERATIONS;
}

static void bench_size(int64_t claims)
{
    struct bench bench = {.span_ms = span_of(claims)};
    random_init(&bench.random, 1);
    timeline_init(&bench.timeline, 0);
    for (int64_t i = 0; i < claims; i++) {
        int64_t from = random_between(&bench.random, 0, bench.span_ms);
        timeline_add(&bench.timeline, from, from + CLAIM_MS, -1);
    }
    size_t boundaries = timeline_boundaries(&bench.timeline);
    int64_t add_ns = time_of(bench_add, &bench);
    int64_t at_ns = time_of(bench_at, &bench);
    int64_t min_ns = time_of(bench_min, &bench);
    int64_t fit_ns = time_of(bench_fit, &bench);
    printf("%11zu %14" PRId64 " %10" PRId64 " %10" PRId64 " %15" PRId64 "   %" PRIx64 "\n",
           boundaries, add_ns, at_ns, min_ns, fit_ns, (uint64_t)bench.answers);
    timeline_finish(&bench.timeline);
}

int main(void)
{
    static const int64_t sizes[] = {4, 50, 500, 5000, 50000, 500000};
    puts(" boundaries  add+undo (ns)    at (ns)   min (ns)  first fit (ns)   answers");
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        bench_size(sizes[i]);
    return 0;
}
