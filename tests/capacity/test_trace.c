/* Reading traces: what is taken, and what is said of every kind of bad line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <plenum/capacity.h>
#include <stdio.h>

static const char nodes_ok[] = "sn,cpu_milli,memory_mib,gpu,model\n"
                               "n0,64000,262144,2,P100\n"
                               "n1,96000,393216,8,G2\r\n"
                               "\n"
                               "n2,32000,65536,0,\n";
static const char pods_ok[] =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
    "deletion_time,scheduled_time\n"
    "p0,1000,2000,0,0,,LS,Running,0,10,5\n"
    "p1,1000,2000,1,500,G2|A10,BE,Running,3,,\n"
    "p2,1000,2000,1,500,G2,LS,Running,3,9,3\n"
    "p3,8000,2000,8,1000,,LS,Running,,,\n";

static void test_a_good_trace(void **state)
{
    (void)state;
    struct plenum_trace trace;
    struct plenum_error error;
    assert_int_equal(plenum_trace_parse("n", nodes_ok, "p", pods_ok, &trace, &error), PLENUM_OK);
    assert_int_equal(trace.server_count, 3);
    assert_int_equal(trace.type_count, 2);
    assert_int_equal(trace.gpu_milli, 10000);
    assert_int_equal(trace.servers[2].type, -1);
    assert_int_equal(trace.job_count, 4);
    assert_int_equal(trace.shape_count, 3);
    assert_int_equal(trace.jobs[1].shape, trace.jobs[2].shape);
    assert_int_equal(trace.shapes[trace.jobs[1].shape].types, 2);
    assert_true(trace.shapes[trace.jobs[3].shape].types == UINT64_MAX);
    assert_int_equal(trace.jobs[0].deleted_s, 10);
    assert_int_equal(trace.jobs[1].deleted_s, -1);
    assert_false(trace.jobs[0].movable);
    assert_true(trace.jobs[1].movable);
    plenum_trace_finish(&trace);
}

static void test_five_columns_do(void **state)
{
    (void)state;
    struct plenum_trace trace;
    struct plenum_error error;
    assert_int_equal(plenum_trace_parse("n", nodes_ok, "p",
                                        "\xef\xbb\xbfname,cpu_milli,memory_mib,num_gpu,gpu_milli\n"
                                        "a,1,2,1,1000",
                                        &trace, &error),
                     PLENUM_OK);
    assert_int_equal(trace.job_count, 1);
    assert_true(trace.jobs[0].movable);
    plenum_trace_finish(&trace);
}

#define NODES_HEAD "sn,cpu_milli,memory_mib,gpu,model\n"
#define PODS_HEAD  "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"

static const struct {
    const char *nodes, *pods;
    enum plenum_status status;
    const char *text; /* part of the error */
} bad_rows[] = {
    {"", pods_ok, PLENUM_INPUT, "n:1: found an empty file"},
    {"sn,cpu,memory_mib,gpu,model\n", pods_ok, PLENUM_INPUT,
     "n:1: column 2: found 'cpu', expected 'cpu_milli'"},
    {"sn,cpu_milli,memory_mib,gpu\n", pods_ok, PLENUM_INPUT, "n:1: found 4 columns, expected 5"},
    {NODES_HEAD, pods_ok, PLENUM_INPUT, "found no node"},
    {NODES_HEAD "n0,1,1,1\n", pods_ok, PLENUM_INPUT, "n:2: found 4 fields, expected 5"},
    {NODES_HEAD "n0,1,1,1,A\nn0,1,1,1,A\n", pods_ok, PLENUM_INPUT, "n:3: sn: found 'n0'"},
    {NODES_HEAD "n0,-1,1,1,A\n", pods_ok, PLENUM_INPUT, "n:2: cpu_milli: found '-1', expected"},
    {NODES_HEAD "n0,1,x,1,A\n", pods_ok, PLENUM_INPUT, "n:2: memory_mib: found 'x', expected"},
    {NODES_HEAD "n0,1,1,17,A\n", pods_ok, PLENUM_INPUT, "n:2: gpu: found '17', expected"},
    {NODES_HEAD "n0,1,1,1,\n", pods_ok, PLENUM_INPUT, "n:2: model: found ''"},
    {NODES_HEAD ",1,1,1,A\n", pods_ok, PLENUM_INPUT, "n:2: sn: found '', expected a name"},
    {nodes_ok, "name,cpu_milli,memory_mib,num_gpu\n", PLENUM_INPUT, "p:1: found 4 columns"},
    {nodes_ok, PODS_HEAD, PLENUM_INPUT, "found no pod"},
    {nodes_ok, PODS_HEAD "a,1,1,1,1001,\n", PLENUM_INPUT, "p:2: gpu_milli: found '1001'"},
    {nodes_ok, PODS_HEAD "a,1,1,1,-5,\n", PLENUM_INPUT, "p:2: gpu_milli: found '-5'"},
    {nodes_ok, PODS_HEAD "a,1,1,1,0.5,\n", PLENUM_INPUT, "p:2: gpu_milli: found '0.5'"},
    {nodes_ok, PODS_HEAD "a,1,1,1,0,\n", PLENUM_INPUT, "p:2: gpu_milli: found '0'"},
    {nodes_ok, PODS_HEAD "a,1,1,2,500,\n", PLENUM_INPUT, "p:2: gpu_milli: found '500'"},
    {nodes_ok, PODS_HEAD "a,1,1,11,1000,\n", PLENUM_INPUT,
     "p:2: num_gpu: found '11', expected at most 10"},
    {nodes_ok, PODS_HEAD "a,1,1,1,500,H100|B200\n", PLENUM_INPUT,
     "p:2: gpu_spec: found 'H100|B200'"},
    {nodes_ok, PODS_HEAD "a,1,1,1,500,G2\nb,1,1,1,500,G2,x\n", PLENUM_INPUT,
     "p:3: found 7 fields, expected 6"},
    {nodes_ok, PODS_HEAD "a,9223372036854775808,1,1,500,G2\n", PLENUM_INPUT, "p:2: cpu_milli"},
    {nodes_ok,
     "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
     "deletion_time,scheduled_time\na,1,1,0,0,,LS,Running,9,8,\n",
     PLENUM_INPUT, "p:2: deletion_time: found '8'"},
    {nodes_ok, PODS_HEAD ",,,,,,,,,,,,,,,,,,,,\n", PLENUM_INPUT, "p:2: found over 16 fields"},
};

static void test_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
        struct plenum_trace trace;
        struct plenum_error error = {0};
        enum plenum_status status =
            plenum_trace_parse("n", bad_rows[i].nodes, "p", bad_rows[i].pods, &trace, &error);
        if (status != bad_rows[i].status || strstr(error.text, bad_rows[i].text) == NULL)
            fail_msg("row %zu: '%s'", i, error.text);
        assert_int_equal(trace.server_count, 0);
        assert_null(trace.servers);
    }
}

static void test_missing_files(void **state)
{
    (void)state;
    struct plenum_trace trace;
    struct plenum_error error;
    assert_int_equal(plenum_trace_read("/nonexistent/nodes", "/nonexistent/pods", &trace, &error),
                     PLENUM_IO);
    assert_non_null(strstr(error.text, "/nonexistent/nodes"));
}

/* --- orders -------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const struct {
    const char *jobs, *ranks;
    const char *text; /* part of the error; NULL: fine */
} order_rows[] = {
    {"p1\np0\np1\n", "n2\nn0\nn1\n", NULL},
    {"p1\r\np0", "n2\nn0\nn1", NULL},
    {"p1\np9\n", "n2\nn0\nn1\n", ":2: found 'p9', expected the name of a pod"},
    {"", "n2\nn0\nn1\n", "found no name"},
    {"p1\n", "n2\nn0\n", "found 2 nodes, expected all 3"},
    {"p1\n", "n2\nn0\nn2\n", "found 'n2' twice"},
    {"p1\n", "n2\nn0\nn1\np1\n", ":4: found 'p1', expected the name of a node"},
};

static void test_orders_from_files(void **state)
{
    (void)state;
    struct plenum_trace trace;
    struct plenum_error error;
    assert_int_equal(plenum_trace_parse("n", nodes_ok, "p", pods_ok, &trace, &error), PLENUM_OK);
    for (size_t i = 0; i < sizeof order_rows / sizeof order_rows[0]; i++) {
        struct plenum_order order;
        write_file("order.txt", order_rows[i].jobs);
        write_file("rank.txt", order_rows[i].ranks);
        enum plenum_status status =
            plenum_order_read(&trace, "order.txt", "rank.txt", &order, &error);
        assert_int_equal(status == PLENUM_OK, order_rows[i].text == NULL);
        if (status != PLENUM_OK && strstr(error.text, order_rows[i].text) == NULL)
            fail_msg("row %zu: '%s'", i, error.text);
        if (status == PLENUM_OK) {
            assert_int_equal(order.jobs[0], 1);
            assert_int_equal(order.ranks[0], 2);
        }
        plenum_order_finish(&order);
    }
    remove("order.txt");
    remove("rank.txt");
    plenum_trace_finish(&trace);
}

static int64_t demand_of(const struct plenum_trace *trace, const struct plenum_order *order)
{
    int64_t sum = 0;
    for (size_t i = 0; i < order->count; i++) {
        const struct plenum_shape *shape = &trace->shapes[trace->jobs[order->jobs[i]].shape];
        sum += (int64_t)shape->gpus * shape->gpu_milli;
    }
    return sum;
}

static void test_orders_from_seeds(void **state)
{
    (void)state;
    struct plenum_trace trace;
    struct plenum_error error;
    struct plenum_order a, b;
    assert_int_equal(plenum_trace_parse("n", nodes_ok, "p", pods_ok, &trace, &error), PLENUM_OK);
    for (uint64_t seed = 1; seed <= 50; seed++) {
        plenum_order_make(&trace, seed, 130, &a);
        plenum_order_make(&trace, seed, 130, &b);
        assert_int_equal(a.count, b.count);
        assert_memory_equal(a.jobs, b.jobs, a.count * sizeof *a.jobs);
        assert_memory_equal(a.ranks, b.ranks, trace.server_count * sizeof *a.ranks);
        assert_true(demand_of(&trace, &a) <= 13000);
        plenum_order_finish(&a);
        plenum_order_make(&trace, seed, 50, &a);
        assert_true(demand_of(&trace, &a) <= 5000);
        plenum_order_finish(&a);
        plenum_order_finish(&b);
    }
    plenum_trace_finish(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_trace),      cmocka_unit_test(test_five_columns_do),
        cmocka_unit_test(test_bad_lines),         cmocka_unit_test(test_missing_files),
        cmocka_unit_test(test_orders_from_files), cmocka_unit_test(test_orders_from_seeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
