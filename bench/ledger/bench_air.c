/* How fast the air book tests and takes flights: 50 x 50 km, 24 h, 5 to 20 volumes a flight along a
 * straight corridor of 0.5 to 10 km, 15 to 30 m to each side, in 6 layers, windows of 30 to 600 s.
 * A flight that meets nothing is taken, so the air fills as it would. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/wall.h"
#include "ledger/air_book.h"

enum { VOLUMES_MAX = 20, SIDE_MM = 25000000, DAY_MS = 24 * 3600 * 1000, MARKS = 4 };

struct flight {
    struct plenum_volume volumes[VOLUMES_MAX];
    struct plenum_point corners[VOLUMES_MAX][4];
    int32_t count;
};

static const struct plenum_point bounds[] = {
    {-SIDE_MM, -SIDE_MM}, {SIDE_MM, -SIDE_MM}, {SIDE_MM, SIDE_MM}, {-SIDE_MM, SIDE_MM}};
static const struct plenum_site site = {
    .airspace = {.vertex_count = 4, .vertices = bounds, .lower_mm = 0, .upper_mm = 120000}};

/* A rectangle that leans as the corridor does: (x, y) is a step along it. */
static void draw_piece(struct flight *flight, int32_t i, struct plenum_point at,
                       struct plenum_point along, struct plenum_point half)
{
    struct plenum_point *corners = flight->corners[i];
    struct plenum_point end = {at.x_mm + along.x_mm, at.y_mm + along.y_mm};
    corners[0] = (struct plenum_point){at.x_mm - half.x_mm, at.y_mm - half.y_mm};
    corners[1] = (struct plenum_point){end.x_mm - half.x_mm, end.y_mm - half.y_mm};
    corners[2] = (struct plenum_point){end.x_mm + half.x_mm, end.y_mm + half.y_mm};
    corners[3] = (struct plenum_point){at.x_mm + half.x_mm, at.y_mm + half.y_mm};
    flight->volumes[i].shape = PLENUM_SHAPE_POLYGON;
    flight->volumes[i].vertex_count = 4;
    flight->volumes[i].vertices = corners;
}

static void draw_flight(struct random *random, struct flight *flight)
{
    flight->count = (int32_t)random_between(random, 5, VOLUMES_MAX);
    int64_t length_mm = random_between(random, 500000, 1000000) << random_below(random, 4);
    int64_t step_mm = length_mm / flight->count, lean = random_between(random, -1000, 1000);
    struct plenum_point at = {random_between(random, -SIDE_MM * 2 / 3, SIDE_MM * 2 / 3),
                              random_between(random, -SIDE_MM * 2 / 3, SIDE_MM * 2 / 3)};
    struct plenum_point along = {step_mm * (1000 - llabs(lean) / 2) / 1000, step_mm * lean / 1000};
    int64_t wide_mm = random_between(random, 15000, 30000);
    struct plenum_point half = {-wide_mm * lean / 1000, wide_mm * (1000 - llabs(lean) / 2) / 1000};
    int64_t lower_mm = 15000 * random_between(random, 1, 6), speed = random_between(random, 12, 25);
    int64_t from_ms = random_between(random, 0, DAY_MS);
    for (int32_t i = 0; i < flight->count; i++) {
        draw_piece(flight, i, at, along, half);
        flight->volumes[i].lower_mm = lower_mm;
        flight->volumes[i].upper_mm = lower_mm + 14000;
        flight->volumes[i].from_ms = from_ms;
        flight->volumes[i].until_ms = from_ms + random_between(random, 30000, 600000);
        from_ms += step_mm / speed;
        at = (struct plenum_point){at.x_mm + along.x_mm, at.y_mm + along.y_mm};
    }
}

static void run(struct air_book *book, struct random *random, int32_t flights, int64_t *next_id)
{
    int64_t test_ns = 0, apply_ns = 0, asked = 0;
    for (int32_t taken = 0; taken < flights; asked++) {
        struct flight flight;
        draw_flight(random, &flight);
        struct plenum_op op = {
            .type = PLENUM_OP_AIR_CLAIM,
            .air = {{PLENUM_FLIGHT, (uint64_t)*next_id}, flight.volumes, flight.count}};
        struct plenum_command command = {.ops = &op, .op_count = 1};
        struct plenum_refusal refusal;
        int64_t begin_ns = wall_now_ns(&wall_clock_system);
        bool fits = air_book_test(book, &command, 0, &refusal);
        int64_t middle_ns = wall_now_ns(&wall_clock_system);
        if (fits)
            air_book_apply(book, &command, 0);
        test_ns += middle_ns - begin_ns;
        apply_ns += fits ? wall_now_ns(&wall_clock_system) - middle_ns : 0;
        taken += fits;
        *next_id += fits;
    }
    printf("%8zu flights: %9.0f tests/s, %9.0f taken/s, %5.1f %% refused\n", air_book_flights(book),
           (double)asked * 1e9 / (double)test_ns, (double)flights * 1e9 / (double)apply_ns,
           100.0 * (double)(asked - flights) / (double)asked);
}

int main(void)
{
    const uint64_t seed = 1;
    struct random random;
    struct air_book book;
    int64_t next_id = 1;
    random_init(&random, seed);
    air_book_init(&book, &site);
    printf("air book, seed %" PRIu64 "\n", seed);
    for (int i = 0; i < MARKS; i++)
        run(&book, &random, 10000, &next_id);
    air_book_finish(&book);
    return 0;
}
