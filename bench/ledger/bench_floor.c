/* How fast the floor book takes the step of all robots: test and apply, one core. Half of the
 * cells hold a robot, in an order that has nothing to do with place; each robot moves into a free
 * cell beside it where it finds one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/wall.h"
#include "ledger/floor_book.h"

enum { STEPS = 8 };

struct floor_bench {
    struct plenum_hall hall;
    struct plenum_site site;
    struct floor_book book;
    uint8_t *walls, *moves;
};

static int32_t square_side(int32_t cells)
{
    int32_t side = 1;
    while (side * side < cells)
        side++;
    return side;
}

static void take(struct floor_bench *bench, struct plenum_op *ops, size_t count, int64_t now_ms)
{
    struct plenum_command command = {.ops = ops, .op_count = count};
    struct plenum_refusal refusal;
    CHECK(floor_book_test(&bench->book, &command, now_ms, &refusal));
    floor_book_apply(&bench->book, &command, now_ms);
}

static void bench_place(struct floor_bench *bench, struct random *random)
{
    int32_t cells = bench->site.cell_count;
    int32_t *order = memory_new((size_t)cells, sizeof *order);
    for (int32_t i = 0; i < cells; i++) {
        int32_t j = (int32_t)random_below(random, (uint64_t)i + 1);
        order[i] = order[j];
        order[j] = i;
    }
    size_t count = (size_t)bench->site.robot_count;
    struct plenum_op *ops = memory_new(count, sizeof *ops);
    for (size_t i = 0; i < count; i++)
        ops[i] = (struct plenum_op){.type = PLENUM_OP_FLOOR_PLACE, .place = {(int32_t)i, order[i]}};
    take(bench, ops, count, 0);
    free(ops);
    free(order);
}

static void bench_init(struct floor_bench *bench, int32_t robots, struct random *random)
{
    int32_t side = square_side(2 * robots);
    *bench = (struct floor_bench){.hall = {.name = "hall", .width = side, .height = side}};
    bench->walls = memory_new((size_t)side * (size_t)side, 1);
    bench->moves = memory_new((size_t)robots, 1);
    bench->site = (struct plenum_site){.halls = &bench->hall,
                                       .hall_count = 1,
                                       .cell_count = side * side,
                                       .walls = bench->walls,
                                       .robot_count = robots};
    floor_book_init(&bench->book, &bench->site);
    bench_place(bench, random);
}

static void bench_finish(struct floor_bench *bench)
{
    floor_book_finish(&bench->book);
    free(bench->walls);
    free(bench->moves);
}

/* A step that fits. Returns how many robots move in it. */
static int32_t bench_plan(struct floor_bench *bench, uint8_t *taken, struct random *random)
{
    const struct floor_book *book = &bench->book;
    const int32_t deltas[] = {0, 1, bench->hall.width, -1, -bench->hall.width};
    int32_t moving = 0;
    memset(taken, 0, (size_t)bench->site.cell_count);
    for (int32_t i = 0; i < bench->site.robot_count; i++) {
        bench->moves[i] = PLENUM_MOVE_WAIT;
        uint64_t first = random_below(random, 4);
        for (uint64_t k = 0; k < 4; k++) {
            uint64_t move = 1 + (first + k) % 4;
            int32_t target = book->cells[i] + deltas[move];
            if (!(book->flags[book->cells[i]] >> (move - 1) & 1) || taken[target] ||
                book->robots[target] >= 0)
                continue;
            taken[target] = 1;
            bench->moves[i] = (uint8_t)move;
            moving++;
            break;
        }
    }
    return moving;
}

static void bench_robots(int32_t robots, uint64_t seed)
{
    struct random random;
    random_init(&random, seed);
    struct floor_bench bench;
    bench_init(&bench, robots, &random);
    uint8_t *taken = memory_new((size_t)bench.site.cell_count, 1);
    int repeats = robots < 100000 ? 50 : 1;
    int64_t spent_ns = 0, best_ns = INT64_MAX, moving = 0, now_ms = 1;
    for (int i = 0; i < STEPS * repeats; i++) {
        moving += bench_plan(&bench, taken, &random);
        struct plenum_op op = {.type = PLENUM_OP_FLOOR_STEP, .step = {bench.moves, robots}};
        int64_t begin_ns = wall_now_ns(&wall_clock_system);
        take(&bench, &op, 1, now_ms++);
        int64_t ns = wall_now_ns(&wall_clock_system) - begin_ns;
        spent_ns += ns;
        best_ns = ns < best_ns ? ns : best_ns;
    }
    int64_t mean_ns = spent_ns / (STEPS * repeats);
    printf("%9" PRId32 " robots %3" PRId64 " %% moving: %12.1f commits/s, mean %9.3f ms, best "
           "%9.3f ms\n",
           robots, moving * 100 / robots / (STEPS * repeats), 1e9 / (double)mean_ns,
           (double)mean_ns / 1e6, (double)best_ns / 1e6);
    free(taken);
    bench_finish(&bench);
}

int main(void)
{
    const uint64_t seed = 1;
    printf("floor book, test and apply of one step, seed %" PRIu64 "\n", seed);
    for (int32_t robots = 1000; robots <= 1000000; robots *= 10)
        bench_robots(robots, seed);
    return 0;
}
