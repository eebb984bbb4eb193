/* Speed of packing: decisions a second on sites of 1,213 to 100,000 servers.
 *
 * Servers are in the proportions of the openb cluster; jobs are drawn from shapes like its own (a
 * fifth cores only, two fifths shares, the rest whole devices), 150 different ones. They arrive
 * until 110 % of the devices are asked for. Time is that of the process on a core, and includes
 * measuring allocation and watts after each decision. */
#include "base/memory.h"
#include "base/random.h"

#include <inttypes.h>
#include <plenum/capacity.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PODS = 8000, SHAPES = 150, PERCENT = 110, LINE = 64 };

static const struct {
    int weight; /* of 1,213 */
    const char *text;
} server_kinds[] = {
    {549, "96000,393216,8,G2"},     {387, "104000,524288,2,T4"},    {107, "16000,122880,2,P100"},
    {39, "128000,786432,8,G3"},     {28, "32000,131072,4,V100M16"}, {22, "64000,262144,2,P100"},
    {21, "96000,786432,8,V100M32"}, {19, "8000,32768,1,V100M16"},   {17, "96000,393216,4,T4"},
    {24, "48000,376832,4,V100M32"},
};

static char *nodes_text(int64_t count)
{
    char *text = memory_new((size_t)count + 2, LINE);
    size_t size = ((size_t)count + 2) * LINE, kinds = sizeof server_kinds / sizeof server_kinds[0];
    size_t used = (size_t)snprintf(text, size, "sn,cpu_milli,memory_mib,gpu,model\n");
    for (int64_t i = 0; i < count; i++) {
        int64_t at = i % 1213;
        size_t kind = 0;
        while (kind + 1 < kinds && at >= server_kinds[kind].weight)
            at -= server_kinds[kind++].weight;
        used += (size_t)snprintf(text + used, size - used, "n%" PRId64 ",%s\n", i,
                                 server_kinds[kind].text);
    }
    return text;
}

struct shape {
    int cpu_milli, memory_mib, gpus, milli;
};

static struct shape shape_draw(struct random *random)
{
    int share = (int)random_between(random, 4, 90) * 10;
    uint64_t kind = random_below(random, 100);
    struct shape shape = {
        .cpu_milli = (int)random_between(random, 3, 18) * 1000,
        .memory_mib = (int)random_between(random, 5, 64) * 1024,
        .gpus = kind < 20   ? 0
                : kind < 97 ? 1
                : kind < 99 ? 2
                            : 8,
    };
    shape.milli = kind < 20 ? 0 : kind < 60 ? share : 1000;
    shape.cpu_milli *= shape.gpus == 8 ? 5 : 1;
    return shape;
}

/* Early shapes are asked for more often: the lesser of two draws. */
static char *pods_text(void)
{
    struct shape shapes[SHAPES];
    struct random random;
    size_t size = (PODS + 2) * LINE;
    char *text = memory_new(size, 1);
    size_t used = (size_t)snprintf(text, size, "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n");
    random_init(&random, 7);
    for (int i = 0; i < SHAPES; i++)
        shapes[i] = shape_draw(&random);
    for (int i = 0; i < PODS; i++) {
        uint64_t a = random_below(&random, SHAPES), b = random_below(&random, SHAPES);
        const struct shape *shape = &shapes[a < b ? a : b];
        used += (size_t)snprintf(text + used, size - used, "p%d,%d,%d,%d,%d\n", i, shape->cpu_milli,
                                 shape->memory_mib, shape->gpus, shape->milli);
    }
    return text;
}

static double cpu_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void run(int64_t servers, enum plenum_pack_policy policy, uint32_t moves)
{
    static struct plenum_replay_report report;
    const struct plenum_packer_options options = {
        .policy = policy, .seed = 1, .moves_per_1000 = moves};
    char *nodes = nodes_text(servers), *pods = pods_text();
    struct plenum_trace trace;
    struct plenum_order order;
    struct plenum_error error;
    if (plenum_trace_parse("nodes", nodes, "pods", pods, &trace, &error) != PLENUM_OK)
        abort();
    plenum_order_make(&trace, 1, PERCENT, &order);
    double start_s = cpu_now_s();
    plenum_replay(&trace, &order, &options, &report);
    double took_s = cpu_now_s() - start_s;
    printf("%-15s %8" PRId64 " %10zu %6" PRIu64 " %8.2f %12.0f\n", plenum_pack_policy_name(policy),
           servers, order.count, report.moves, report.allocated_percent[100],
           (double)order.count / took_s);
    fflush(stdout);
    plenum_order_finish(&order);
    plenum_trace_finish(&trace);
    free(nodes);
    free(pods);
}

int main(void)
{
    static const int64_t sites[] = {1213, 10000, 100000};
    printf("%-15s %8s %10s %6s %8s %12s\n", "policy", "servers", "decisions", "moves", "at 100 %",
           "decisions/s");
    for (int policy = 0; policy < PLENUM_PACK_POLICY_COUNT; policy++)
        run(sites[0], (enum plenum_pack_policy)policy, 0);
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++)
        run(sites[i], PLENUM_PACK_PLENUM, 5);
    run(sites[1], PLENUM_PACK_PLENUM, 0);
    run(sites[2], PLENUM_PACK_PLENUM, 0);
    run(sites[1], PLENUM_PACK_FGD, 0);
    return 0;
}
