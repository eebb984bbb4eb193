/* Packing: a naive checker beside every policy in random worlds (nothing is given twice), best
 * servers against a plain scan, and the published figures where the traces are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "capacity/pack_packer.h"

#include <plenum/capacity.h>
#include <stdio.h>

enum { WORLDS = 12, ARRIVALS = 600, WORLD_TEXT = 1 << 16 };

/* --- random worlds ------------------------------------------------------------------------- */

static const char *const type_names[] = {"T4", "G2", "P100", "New"};

static void world_nodes(struct random *random, char *text)
{
    size_t used = (size_t)snprintf(text, WORLD_TEXT, "sn,cpu_milli,memory_mib,gpu,model\n");
    int64_t count = random_between(random, 1, 40);
    for (int64_t i = 0; i < count; i++) {
        int64_t gpus = random_between(random, 0, 8);
        used += (size_t)snprintf(text + used, WORLD_TEXT - used, "n%d,%d,%d,%d,%s\n", (int)i,
                                 (int)random_between(random, 0, 64) * 1000,
                                 (int)random_between(random, 1, 512) * 1024, (int)gpus,
                                 gpus > 0 ? type_names[random_below(random, 4)] : "");
    }
    (void)snprintf(text + used, WORLD_TEXT - used, "last,96000,393216,8,G2\n");
}

static void world_pods(struct random *random, char *text)
{
    size_t used = (size_t)snprintf(text, WORLD_TEXT,
                                   "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n");
    for (int i = 0; i < 60; i++) {
        int gpus = (int)random_below(random, 5);
        int milli = gpus == 0 ? 0 : gpus == 1 ? (int)random_between(random, 1, 100) * 10 : 1000;
        used += (size_t)snprintf(text + used, WORLD_TEXT - used, "p%d,%d,%d,%d,%d,%s\n", i,
                                 (int)random_between(random, 0, 24) * 500,
                                 (int)random_between(random, 0, 64) * 1024, gpus, milli,
                                 random_chance_ppm(random, 200000) ? "G2|T4" : "");
    }
}

static void world_make(uint64_t seed, struct plenum_trace *trace, struct plenum_order *order)
{
    static char nodes[WORLD_TEXT], pods[WORLD_TEXT];
    struct random random;
    struct plenum_error error;
    random_init(&random, seed);
    world_nodes(&random, nodes);
    world_pods(&random, pods);
    if (plenum_trace_parse("n", nodes, "p", pods, trace, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    plenum_order_make(trace, seed, 130, order);
}

/* --- the checker --------------------------------------------------------------------------- */

/* Adds up from nothing what all placed jobs take, and compares it with what there is. */
struct checker {
    const struct plenum_trace *trace;
    struct plenum_placement placements[ARRIVALS];
    uint32_t shapes[ARRIVALS]; /* UINT32_MAX: not placed */
};

static void check_server(const struct checker *checker, uint32_t server)
{
    const struct plenum_trace_server *has = &checker->trace->servers[server];
    int64_t cpu = 0, memory = 0, milli[PLENUM_TRACE_DEVICES_MAX] = {0};
    for (uint32_t job = 0; job < ARRIVALS; job++) {
        if (checker->shapes[job] == UINT32_MAX || checker->placements[job].server != server)
            continue;
        const struct plenum_shape *shape = &checker->trace->shapes[checker->shapes[job]];
        int devices = 0;
        for (int i = 0; i < 32; i++) {
            if (checker->placements[job].devices >> i & 1) {
                assert_true(i < has->gpus);
                milli[i] += shape->gpu_milli;
                devices++;
            }
        }
        assert_int_equal(devices, shape->gpus);
        assert_true(devices == 0 || (shape->types >> has->type & 1));
        cpu += shape->cpu_milli;
        memory += shape->memory_mib;
    }
    assert_true(cpu <= has->cpu_milli && memory <= has->memory_mib);
    for (int i = 0; i < has->gpus; i++)
        assert_true(milli[i] <= PLENUM_DEVICE_MILLI);
}

static void check_all(const struct checker *checker)
{
    for (uint32_t i = 0; i < checker->trace->server_count; i++)
        check_server(checker, i);
}

/* A job is refused only where no server has room for it. */
static void check_refusal(const struct plenum_packer *packer, uint32_t shape)
{
    for (size_t i = 0; i < packer->site.count; i++)
        assert_false(pack_fits(&packer->site.servers[i], &packer->trace->shapes[shape]));
}

/* Follows a move; every second job is marked as movable. */
static void follow_move(struct checker *checker, const struct plenum_packer *packer,
                        uint64_t *moves)
{
    const struct plenum_move *move = plenum_packer_move(packer);
    if (move == NULL)
        return;
    assert_int_equal(move->job % 2, 0);
    assert_true(checker->shapes[move->job] != UINT32_MAX);
    assert_int_equal(checker->placements[move->job].server, move->from.server);
    assert_int_equal(checker->placements[move->job].devices, move->from.devices);
    checker->placements[move->job] = move->to;
    (*moves)++;
}

static uint64_t random_run(uint64_t seed, enum plenum_pack_policy policy)
{
    uint64_t moves = 0;
    struct plenum_trace trace;
    struct plenum_order order;
    static struct checker checker;
    struct random random;
    const struct plenum_packer_options options = {
        .policy = policy, .seed = seed, .moves_per_1000 = 100, .move_marked_only = true};

    world_make(seed, &trace, &order);
    random_init(&random, seed + 1);
    struct plenum_packer *packer = plenum_packer_create(&trace, order.ranks, &options);
    checker.trace = &trace;
    memset(checker.shapes, 0xff, sizeof checker.shapes);
    for (uint32_t job = 0; job < ARRIVALS; job++) {
        uint32_t shape = trace.jobs[random_below(&random, trace.job_count)].shape;
        if (plenum_packer_place(packer, job, shape, job % 2 == 0, &checker.placements[job]) ==
            PLENUM_PACK_REASON_NONE)
            checker.shapes[job] = shape;
        else
            check_refusal(packer, shape);
        follow_move(&checker, packer, &moves);
        assert_true(moves * 1000 <= (job + 1) * options.moves_per_1000);
        uint32_t gone = (uint32_t)random_below(&random, ARRIVALS);
        if (checker.shapes[gone] != UINT32_MAX && random_chance_ppm(&random, 700000)) {
            plenum_packer_release(packer, gone);
            checker.shapes[gone] = UINT32_MAX;
        }
        if (job % 50 == 0)
            check_all(&checker);
    }
    check_all(&checker);
    plenum_packer_destroy(packer);
    plenum_order_finish(&order);
    plenum_trace_finish(&trace);
    return moves;
}

static void test_nothing_is_given_twice(void **state)
{
    (void)state;
    uint64_t moves = 0;
    for (int policy = 0; policy < PLENUM_PACK_POLICY_COUNT; policy++) {
        for (uint64_t seed = 1; seed <= WORLDS; seed++)
            moves += random_run(seed, (enum plenum_pack_policy)policy);
    }
    assert_true(moves > 100);
}

/* --- the index against a scan -------------------------------------------------------------- */

static void check_best(struct plenum_packer *packer, uint32_t shape)
{
    int32_t best = PACK_NO_FIT;
    uint32_t expected = UINT32_MAX, found = UINT32_MAX;
    for (size_t rank = 0; rank < packer->site.count; rank++) {
        uint32_t server = packer->index.server_at[rank];
        int32_t score = packer->policy->score(packer, server, shape);
        if (score > best) {
            best = score;
            expected = server;
        }
    }
    bool any = pack_index_best(&packer->index, shape, packer->policy->score, packer, NULL, &found);
    assert_int_equal(any, expected != UINT32_MAX);
    assert_int_equal(found, expected);
}

static void test_index_finds_what_a_scan_finds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct plenum_trace trace;
        struct plenum_order order;
        struct plenum_placement placement;
        const struct plenum_packer_options options = {.policy = PLENUM_PACK_FGD};
        world_make(seed, &trace, &order);
        struct plenum_packer *packer = plenum_packer_create(&trace, order.ranks, &options);
        for (uint32_t i = 0; i < order.count && i < 200; i++) {
            uint32_t shape = trace.jobs[order.jobs[i]].shape;
            check_best(packer, shape);
            (void)plenum_packer_place(packer, i, shape, true, &placement);
        }
        plenum_packer_destroy(packer);
        plenum_order_finish(&order);
        plenum_trace_finish(&trace);
    }
}

/* --- small answers known by hand ----------------------------------------------------------- */

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        const char *pod;
        enum plenum_pack_reason reason;
    } rows[] = {
        {"a,1000,1024,2,1000,", PLENUM_PACK_REASON_NONE},
        {"a,1000,1024,3,1000,", PLENUM_PACK_REASON_ACCELERATORS},
        {"a,9000,1024,1,1000,", PLENUM_PACK_REASON_CORES},
        {"a,1000,9000,1,1000,", PLENUM_PACK_REASON_MEMORY},
        {"a,1000,1024,2,1000,T4", PLENUM_PACK_REASON_TYPE},
        {"a,9000,1024,0,0,", PLENUM_PACK_REASON_CORES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char pods[256];
        struct plenum_trace trace;
        struct plenum_error error;
        struct plenum_order order;
        struct plenum_placement placement;
        const struct plenum_packer_options options = {.policy = PLENUM_PACK_FGD};
        assert_true(text_format(pods, sizeof pods,
                                "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n%s\n",
                                rows[i].pod));
        assert_int_equal(plenum_trace_parse("n",
                                            "sn,cpu_milli,memory_mib,gpu,model\n"
                                            "n0,8000,8192,2,G2\nn1,8000,8192,1,T4\n",
                                            "p", pods, &trace, &error),
                         PLENUM_OK);
        plenum_order_make(&trace, 1, 100, &order);
        struct plenum_packer *packer = plenum_packer_create(&trace, order.ranks, &options);
        assert_int_equal(plenum_packer_place(packer, 0, 0, true, &placement), rows[i].reason);
        plenum_packer_destroy(packer);
        plenum_order_finish(&order);
        plenum_trace_finish(&trace);
    }
}

/* --- lifetimes ----------------------------------------------------------------------------- */

/* One device: a holds it from 0 to 10, b is refused at 5, c has it from 10 to 20, d comes and goes
 * in no time. */
static void test_lifetimes(void **state)
{
    (void)state;
    static const char pods[] =
        "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
        "deletion_time,scheduled_time\n"
        "b,1,1,1,1000,,BE,Running,5,15,\nc,1,1,1,1000,,BE,Running,10,20,\n"
        "a,1,1,1,1000,,BE,Running,0,10,\nd,1,1,1,1000,,BE,Running,20,20,\n"
        "e,1,1,1,500,,BE,Running,20,,\n";
    struct plenum_trace trace;
    struct plenum_error error;
    struct plenum_lifetimes_report report;
    const uint32_t ranks[] = {0};
    const struct plenum_packer_options options = {.policy = PLENUM_PACK_PLENUM};
    assert_int_equal(plenum_trace_parse("n", "sn,cpu_milli,memory_mib,gpu,model\nn0,8,8,1,G2\n",
                                        "p", pods, &trace, &error),
                     PLENUM_OK);
    plenum_replay_lifetimes(&trace, ranks, &options, 1, &report);
    assert_int_equal(report.arrivals, 4);
    assert_int_equal(report.placed, 3);
    assert_int_equal(report.departures, 3);
    assert_float_equal(report.asked_percent_most, 200.0, 1e-9);
    assert_float_equal(report.asked_percent_mean, 150.0, 1e-9);
    assert_float_equal(report.allocated_percent_mean, 100.0, 1e-9);
    assert_float_equal(report.served_percent, 66.666666666, 1e-6);
    plenum_replay_lifetimes(&trace, ranks, &options, 3, &report);
    assert_int_equal(report.placed, 1);
    plenum_trace_finish(&trace);
}

/* --- the published figures ----------------------------------------------------------------- */

enum { REPLAYS = 2 };

static const struct {
    enum plenum_pack_policy policy;
    double at_100; /* of orders made here, whose mean is near the published one */
    double tolerance;
} published[] = {
    {PLENUM_PACK_RANDOM, 86.30, 1.0},         {PLENUM_PACK_BEST_FIT, 92.86, 1.0},
    {PLENUM_PACK_DOT_PRODUCT, 90.62, 1.0},    {PLENUM_PACK_GPU_PACKING, 91.78, 1.0},
    {PLENUM_PACK_GPU_CLUSTERING, 91.65, 1.0}, {PLENUM_PACK_FGD, 95.23, 0.6},
    {PLENUM_PACK_PLENUM, 96.17, 0.35},
};

static void test_published_figures(void **state)
{
    (void)state;
    char nodes[512], pods[512];
    const char *data = getenv("PLENUM_DATA");
    struct plenum_trace trace;
    struct plenum_error error;
    if (data == NULL) {
        print_message("PLENUM_DATA is not set: no traces to replay\n");
        skip();
    }
    assert_true(text_format(nodes, sizeof nodes, "%s/capacity/openb_node_list_gpu_node.csv", data));
    assert_true(text_format(pods, sizeof pods, "%s/capacity/openb_pod_list_default.csv", data));
    assert_int_equal(plenum_trace_read(nodes, pods, &trace, &error), PLENUM_OK);
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        double sum = 0;
        for (uint64_t seed = 1; seed <= REPLAYS; seed++) {
            static struct plenum_replay_report report;
            const struct plenum_packer_options options = {.policy = published[i].policy,
                                                          .seed = seed};
            struct plenum_order order;
            plenum_order_make(&trace, seed, 101, &order);
            plenum_replay(&trace, &order, &options, &report);
            sum += report.allocated_percent[100] / (double)REPLAYS;
            plenum_order_finish(&order);
        }
        print_message("%s %.2f\n", plenum_pack_policy_name(published[i].policy), sum);
        assert_true(sum > published[i].at_100 - published[i].tolerance);
        assert_true(sum < published[i].at_100 + published[i].tolerance);
    }
    plenum_trace_finish(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_given_twice),
        cmocka_unit_test(test_index_finds_what_a_scan_finds),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_lifetimes),
        cmocka_unit_test(test_published_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
