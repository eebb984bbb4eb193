/* The bound of packing: small worlds with known answers, and no policy ever passes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

#include <plenum/capacity.h>
#include <stdio.h>

enum { WORLDS = 20, WORLD_TEXT = 1 << 14 };

static bool bound_of(const struct plenum_trace *trace, const struct plenum_order *order,
                     int percent, struct plenum_pack_bound *bound)
{
    struct plenum_error error;
    enum plenum_status status = plenum_pack_bound(trace, order, percent, bound, &error);
    if (status == PLENUM_VERSION)
        return false;
    if (status != PLENUM_OK)
        fail_msg("%s", error.text);
    return true;
}

#define NODES_HEAD "sn,cpu_milli,memory_mib,gpu,model\n"
#define PODS_HEAD  "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"

/* All pods arrive once: percent 200 leaves none out. */
static const struct {
    const char *nodes, *pods;
    double percent;
} known[] = {
    {"n,8000,8000,1,A\n", "a,1,1,1,600,\nb,1,1,1,500,\n",
     80.0}, /* a half of 600, and of 500 + 500 */
    {"n,8000,8000,1,A\n", "a,1,1,1,600,\nb,1,1,1,400,\n", 100.0}, /* both */
    {"n,8000,8000,2,A\n", "a,1,1,1,600,\nb,1,1,1,500,\nc,1,1,1,500,\n", 80.0},
    {"n,8000,8000,2,A\n", "a,4000,1,1,1000,\nb,6000,1,1,1000,\n", 83.33333333}, /* 4/4 + 4/6 */
    {"n,8000,8000,2,A\n", "a,1,4000,1,1000,\nb,1,6000,1,1000,\n", 83.33333333},
    {"n,8000,8000,1,A\nm,8000,8000,1,B\n", "a,1,1,1,1000,A\nb,1,1,1,1000,A\n", 50.0},
    {"n,8000,8000,1,A\nm,8000,8000,1,A\n", "a,1,1,2,1000,\n", 0.0}, /* not on one server */
    {"n,8000,8000,1,A\n", "a,9000,1,1,1000,\nb,1,1,0,0,\n", 0.0},
};

static void test_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char nodes[512], pods[512];
        uint32_t jobs[8];
        struct plenum_trace trace;
        struct plenum_error error;
        struct plenum_pack_bound bound;
        (void)snprintf(nodes, sizeof nodes, NODES_HEAD "%s", known[i].nodes);
        (void)snprintf(pods, sizeof pods, PODS_HEAD "%s", known[i].pods);
        assert_int_equal(plenum_trace_parse("n", nodes, "p", pods, &trace, &error), PLENUM_OK);
        for (uint32_t k = 0; k < trace.job_count; k++)
            jobs[k] = k;
        const struct plenum_order order = {.jobs = jobs, .count = trace.job_count};
        bool built = bound_of(&trace, &order, 200, &bound);
        plenum_trace_finish(&trace);
        if (!built)
            skip();
        assert_float_equal(bound.allocated_percent, known[i].percent, 1e-5);
    }
}

static void world_make(struct random *random, struct plenum_trace *trace)
{
    static char nodes[WORLD_TEXT], pods[WORLD_TEXT];
    size_t used = (size_t)snprintf(nodes, sizeof nodes, NODES_HEAD);
    struct plenum_error error;
    for (int i = 0; i < 12; i++)
        used += (size_t)snprintf(
            nodes + used, sizeof nodes - used, "n%d,%d,%d,%d,%s\n", i,
            (int)random_between(random, 1, 4) * 16000, (int)random_between(random, 1, 8) * 65536,
            (int)random_between(random, 1, 8), random_chance_ppm(random, 500000) ? "A" : "B");
    used = (size_t)snprintf(pods, sizeof pods, PODS_HEAD);
    for (int i = 0; i < 80; i++) {
        int gpus = (int)random_between(random, 1, 3);
        int milli = gpus > 1 ? 1000 : (int)random_between(random, 1, 20) * 50;
        used += (size_t)snprintf(pods + used, sizeof pods - used, "p%d,%d,%d,%d,%d,\n", i,
                                 (int)random_between(random, 1, 24) * 500,
                                 (int)random_between(random, 1, 64) * 1024, gpus, milli);
    }
    if (plenum_trace_parse("n", nodes, "p", pods, trace, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
}

static void test_no_policy_passes_it(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        static struct plenum_replay_report report;
        struct random random;
        struct plenum_trace trace;
        struct plenum_order order;
        struct plenum_pack_bound bound;
        random_init(&random, seed);
        world_make(&random, &trace);
        plenum_order_make(&trace, seed, 130, &order);
        bool built = bound_of(&trace, &order, 130, &bound);
        for (int policy = 0; built && policy < PLENUM_PACK_POLICY_COUNT; policy++) {
            const struct plenum_packer_options options = {
                .policy = (enum plenum_pack_policy)policy, .seed = seed, .moves_per_1000 = 50};
            plenum_replay(&trace, &order, &options, &report);
            for (int percent = 0; percent <= 130; percent++)
                assert_true(report.allocated_percent[percent] <= bound.allocated_percent + 1e-6);
        }
        plenum_order_finish(&order);
        plenum_trace_finish(&trace);
        if (!built)
            skip();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_no_policy_passes_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
