/* usage: bench_frame              how fast the floor becomes a frame, one core
 *        bench_frame ROBOTS FOLDER near|far
 *                                  writes cells and the frames of some steps there, for bench/web
 *
 * Half of the cells of a square hall hold a robot; in each step a robot that finds a free cell
 * beside it moves into it, and one in fifty is broken. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/text.h"
#include "base/wall.h"
#include "edge/http/frame.h"

enum { STEPS_WRITTEN = 20, REPEATS = 9, BROKEN_OF = 50, AISLE = 4 };

struct floor {
    struct plenum_hall hall;
    struct plenum_robot_model model;
    struct plenum_robot *robots;
    uint8_t *walls, *moves, *taken;
    struct plenum_site site;
    struct plenum_ledger *ledger;
    struct plenum_command command;
    struct random random;
};

static int32_t side_of(int32_t cells)
{
    int32_t side = 1;
    while (side * side < cells)
        side++;
    return side;
}

static void take(struct floor *floor)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    CHECK(plenum_ledger_submit(floor->ledger, &floor->command, NULL, &outcome, &error) ==
          PLENUM_OK);
    CHECK(outcome.taken);
}

/* --- a floor ---------------------------------------------------------------------------------- */

/* Pairs of walls with aisles between them, as racks in a warehouse. */
static void floor_wall(struct floor *floor)
{
    for (int32_t y = 0; y < floor->hall.height; y++)
        for (int32_t x = 0; x < floor->hall.width; x++)
            floor->walls[y * floor->hall.width + x] = y % 8 == 0 && x % 32 >= AISLE;
}

static void floor_place(struct floor *floor)
{
    int32_t count = 0, *cells = memory_new((size_t)floor->site.cell_count, sizeof *cells);
    for (int32_t i = 0; i < floor->site.cell_count; i++)
        if (!floor->walls[i])
            cells[count++] = i;
    CHECK(count >= floor->site.robot_count);
    for (int32_t i = 0; i < floor->site.robot_count; i++) {
        int32_t other = i + (int32_t)random_below(&floor->random, (uint64_t)(count - i));
        floor->robots[i] = (struct plenum_robot){.name = "robot", .cell = cells[other]};
        cells[other] = cells[i];
    }
    free(cells);
}

static void floor_break(struct floor *floor)
{
    plenum_command_reset(&floor->command, PLENUM_COMMAND_ROBOT_REPORT, "bench");
    for (int32_t i = 0; i < floor->site.robot_count; i += BROKEN_OF) {
        struct plenum_ref ref = plenum_ref(PLENUM_ROBOT, (uint64_t)i);
        plenum_command_set(&floor->command, ref, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        plenum_command_set(&floor->command, ref, PLENUM_ROBOT_READY_MS, 60000);
    }
    take(floor);
}

static void floor_begin(struct floor *floor, int32_t robots)
{
    int32_t side = side_of(robots * 2 + robots / 4);
    *floor = (struct floor){.hall = {"hall", side, side, 1000, 0}, .model = {.battery_j = 1000}};
    random_init(&floor->random, 1);
    floor->robots = memory_new((size_t)robots, sizeof *floor->robots);
    floor->walls = memory_new((size_t)side * (size_t)side, 1);
    floor->taken = memory_new((size_t)side * (size_t)side, 1);
    floor->moves = memory_new((size_t)robots, 1);
    floor->site = (struct plenum_site){.name = "bench",
                                       .step_ms = 1000,
                                       .halls = &floor->hall,
                                       .hall_count = 1,
                                       .robots = floor->robots,
                                       .robot_count = robots,
                                       .robot_models = &floor->model,
                                       .robot_model_count = 1,
                                       .walls = floor->walls,
                                       .cell_count = side * side};
    floor_wall(floor);
    floor_place(floor);
    floor->ledger = plenum_ledger_create(&floor->site);
    plenum_command_init(&floor->command, PLENUM_COMMAND_GENESIS, "bench");
    plenum_ledger_genesis(&floor->site, &floor->command);
    take(floor);
    floor_break(floor);
}

static void floor_end(struct floor *floor)
{
    plenum_ledger_destroy(floor->ledger);
    plenum_command_finish(&floor->command);
    free(floor->robots);
    free(floor->walls);
    free(floor->taken);
    free(floor->moves);
}

/* Whether the robot may go from a cell by a move; the cell it comes to. */
static bool may_go(const struct floor *floor, int32_t cell, uint64_t move, int32_t *target)
{
    static const int32_t dx[] = {0, 1, 0, -1, 0}, dy[] = {0, 0, 1, 0, -1};
    int32_t width = floor->hall.width;
    int32_t x = cell % width + dx[move], y = cell / width + dy[move];
    *target = y * width + x;
    return x >= 0 && x < width && y >= 0 && y < floor->hall.height && !floor->walls[*target] &&
           !floor->taken[*target] && plenum_floor_robot_at(floor->ledger, *target) == PLENUM_NONE;
}

static void floor_step(struct floor *floor)
{
    const int32_t *cells = plenum_floor_cells(floor->ledger);
    memset(floor->taken, 0, (size_t)floor->site.cell_count);
    for (int32_t i = 0; i < floor->site.robot_count; i++) {
        uint64_t first = random_below(&floor->random, 4);
        floor->moves[i] = PLENUM_MOVE_WAIT;
        for (uint64_t k = 0; k < 4 && i % BROKEN_OF != 0; k++) {
            int32_t target;
            if (!may_go(floor, cells[i], 1 + (first + k) % 4, &target))
                continue;
            floor->taken[target] = 1;
            floor->moves[i] = (uint8_t)(1 + (first + k) % 4);
            break;
        }
    }
    plenum_command_reset(&floor->command, PLENUM_COMMAND_TICK, "bench");
    plenum_command_tick(&floor->command, plenum_ledger_now_ms(floor->ledger) + 1000);
    take(floor);
    plenum_command_reset(&floor->command, PLENUM_COMMAND_ROBOT_STEP, "bench");
    plenum_command_step(&floor->command, floor->moves, floor->site.robot_count);
    take(floor);
}

/* --- the table -------------------------------------------------------------------------------- */

static void measure(struct floor *floor, const char *what, struct frame_view view)
{
    struct bytes frame;
    int64_t best_ns = INT64_MAX, spent_ns = 0;
    bytes_init(&frame, FRAME_BYTES_MAX);
    for (int i = 0; i < REPEATS; i++) {
        bytes_clear(&frame);
        int64_t begin_ns = wall_now_ns(&wall_clock_system);
        frame_floor(floor->ledger, &view, &frame);
        int64_t ns = wall_now_ns(&wall_clock_system) - begin_ns;
        spent_ns += ns;
        best_ns = ns < best_ns ? ns : best_ns;
    }
    printf("%9" PRId32 " robots, %-22s %s %9zu bytes: mean %8.3f ms, best %8.3f ms\n",
           floor->site.robot_count, what, frame.data[4] == FRAME_ROBOTS ? "robots" : "tiles ",
           frame.length, (double)spent_ns / (double)REPEATS / 1e6, (double)best_ns / 1e6);
    bytes_finish(&frame);
}

static void table(void)
{
    for (int32_t robots = 1000; robots <= 1000000; robots *= 10) {
        struct floor floor;
        floor_begin(&floor, robots);
        int32_t side = floor.hall.width, part = side < 200 ? side : 200;
        struct frame_view all = {.x1 = side, .y1 = side, .width = 1280, .height = 720};
        struct frame_view near = {.x1 = part, .y1 = part, .width = 1280, .height = 720};
        struct frame_view huge = {.x1 = side, .y1 = side, .width = 4096, .height = 4096};
        measure(&floor, "all on 1280 x 720", all);
        measure(&floor, "200 x 200 cells", near);
        measure(&floor, "all on 4096 x 4096", huge);
        floor_end(&floor);
    }
}

/* --- frames for the browser ------------------------------------------------------------------- */

static void write_file(const char *folder, const char *name, const void *data, size_t length)
{
    char path[512];
    CHECK(text_format(path, sizeof path, "%s/%s", folder, name));
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, length, file) != length || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* Robots where the view of a large screen shows them one by one, or tiles on a small one. */
static void write_frames(struct floor *floor, const char *folder, bool near)
{
    int32_t side = floor->hall.width;
    struct frame_view view = {.x1 = side,
                              .y1 = side,
                              .width = near ? FRAME_SIDE_PX_MAX : 1280,
                              .height = near ? FRAME_SIDE_PX_MAX : 720};
    for (int step = 0; step < STEPS_WRITTEN; step++) {
        struct bytes frame;
        char name[64];
        bytes_init(&frame, FRAME_BYTES_MAX);
        frame_floor(floor->ledger, &view, &frame);
        CHECK(text_format(name, sizeof name, "%s-%d.frame", near ? "near" : "far", step));
        write_file(folder, name, frame.data, frame.length);
        bytes_finish(&frame);
        floor_step(floor);
    }
    write_file(folder, "cells", floor->walls, (size_t)floor->site.cell_count);
}

int main(int count, char **arguments)
{
    struct floor floor;
    int64_t robots;
    if (count == 1) {
        table();
        return 0;
    }
    if (count != 4 || !text_to_i64(arguments[1], &robots) || robots < 1 || robots > 4000000) {
        fputs("usage: bench_edge_frame [ROBOTS FOLDER near|far]\n", stderr);
        return 2;
    }
    floor_begin(&floor, (int32_t)robots);
    write_frames(&floor, arguments[2], strcmp(arguments[3], "near") == 0);
    printf("%" PRId32 "\n", floor.hall.width);
    floor_end(&floor);
    return 0;
}
