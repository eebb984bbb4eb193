/* Frames, read as docs/api.md says, against what the ledger says of each robot and drone. */
#include "busy_site.h"

#include "airspace/flight.h"
#include "base/memory.h"
#include "base/random.h"
#include "edge/http/frame.h"

#include <plenum/engine.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 97, HEIGHT = 61, ROBOTS = 1500, VIEWS = 200, BUSY_STEPS = 1500 };

/* --- a floor of robots ------------------------------------------------------------------------ */

struct floor {
    struct plenum_hall halls[2];
    struct plenum_robot_model model;
    struct plenum_robot robots[ROBOTS];
    uint8_t *walls;
    struct plenum_site site;
    struct plenum_ledger *ledger;
};

static void take(struct plenum_ledger *ledger, const struct plenum_command *command)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    char text[PLENUM_REFUSAL_TEXT];
    assert_int_equal(plenum_ledger_submit(ledger, command, NULL, &outcome, &error), PLENUM_OK);
    if (!outcome.taken)
        fail_msg("%s", plenum_refusal_format(plenum_ledger_site(ledger), &outcome.refusal, text));
}

/* Robots in cells of two halls, drawn without putting back. */
static void floor_draw(struct floor *floor, struct random *random)
{
    int32_t count = floor->site.cell_count, *cells = memory_new((size_t)count, sizeof *cells);
    for (int32_t i = 0; i < count; i++) {
        int32_t other = (int32_t)random_below(random, (uint64_t)i + 1);
        cells[i] = cells[other];
        cells[other] = i;
    }
    for (int32_t i = 0; i < ROBOTS; i++)
        floor->robots[i] = (struct plenum_robot){.name = "robot", .cell = cells[i]};
    free(cells);
}

static void floor_break(struct floor *floor, struct random *random)
{
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_ROBOT_REPORT, "test");
    for (int32_t i = 0; i < ROBOTS; i++) {
        struct plenum_ref ref = plenum_ref(PLENUM_ROBOT, (uint64_t)i);
        if (random_below(random, 5) != 0)
            continue;
        plenum_command_set(&command, ref, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        plenum_command_set(&command, ref, PLENUM_ROBOT_READY_MS,
                           1 + (int64_t)random_below(random, 9000));
    }
    take(floor->ledger, &command);
    plenum_command_finish(&command);
}

static int floor_begin(void **state)
{
    struct floor *floor = *state = memory_new(1, sizeof *floor);
    struct plenum_command command;
    struct random random;
    random_init(&random, 3);
    floor->halls[0] = (struct plenum_hall){"small", 10, 10, 1000, 0};
    floor->halls[1] = (struct plenum_hall){"large", WIDTH, HEIGHT, 1000, 100};
    floor->model = (struct plenum_robot_model){.battery_j = 1000};
    floor->site = (struct plenum_site){.name = "floor",
                                       .step_ms = 1000,
                                       .halls = floor->halls,
                                       .hall_count = 2,
                                       .robots = floor->robots,
                                       .robot_count = ROBOTS,
                                       .robot_models = &floor->model,
                                       .robot_model_count = 1,
                                       .cell_count = 100 + WIDTH * HEIGHT};
    floor->site.walls = floor->walls = memory_new((size_t)floor->site.cell_count, 1);
    floor_draw(floor, &random);
    floor->ledger = plenum_ledger_create(&floor->site);
    plenum_command_init(&command, PLENUM_COMMAND_GENESIS, "test");
    plenum_ledger_genesis(&floor->site, &command);
    take(floor->ledger, &command);
    plenum_command_finish(&command);
    floor_break(floor, &random);
    return 0;
}

static int floor_end(void **state)
{
    struct floor *floor = *state;
    plenum_ledger_destroy(floor->ledger);
    free(floor->walls);
    free(floor);
    return 0;
}

/* --- reading a frame -------------------------------------------------------------------------- */

struct floor_facts {
    uint32_t hall, x0, y0, x1, y1, step_ms, counts[5], records, columns, rows, closed, racks;
};

static uint16_t read_u16(struct bytes_reader *reader)
{
    uint16_t low = bytes_get_u8(reader);
    return (uint16_t)(low | bytes_get_u8(reader) << 8);
}

static void read_header(struct bytes_reader *reader, const struct bytes *frame, unsigned type,
                        const struct plenum_ledger *ledger)
{
    bytes_read_init(reader, frame->data, frame->length);
    assert_int_equal(bytes_get_u32(reader), FRAME_MAGIC);
    assert_int_equal(read_u16(reader), type);
    assert_int_equal(read_u16(reader), FRAME_VERSION);
    assert_int_equal(bytes_get_u64(reader), plenum_ledger_seq(ledger));
    assert_int_equal(bytes_get_i64(reader), plenum_ledger_now_ms(ledger));
    assert_int_equal(reader->offset, FRAME_HEADER_BYTES);
}

static void read_facts(struct bytes_reader *reader, struct floor_facts *facts)
{
    uint32_t *members[] = {&facts->hall, &facts->x0, &facts->y0,
                           &facts->x1,   &facts->y1, &facts->step_ms};
    uint32_t *others[] = {&facts->records, &facts->columns, &facts->rows, &facts->closed,
                          &facts->racks};
    for (size_t i = 0; i < 6; i++)
        *members[i] = bytes_get_u32(reader);
    for (size_t i = 0; i < 5; i++)
        facts->counts[i] = bytes_get_u32(reader);
    for (size_t i = 0; i < 5; i++)
        *others[i] = bytes_get_u32(reader);
    assert_int_equal(reader->offset, FRAME_HEADER_BYTES + FRAME_FLOOR_FACTS_BYTES);
}

/* Whether a robot is in the view; its cell in the hall. */
static bool in_view(const struct floor *floor, const struct frame_view *view, int32_t robot,
                    int32_t *x, int32_t *y)
{
    const struct plenum_hall *hall = &floor->halls[view->hall];
    int32_t cell = plenum_floor_cell_of(floor->ledger, robot) - hall->first_cell;
    if (cell < 0 || cell >= hall->width * hall->height)
        return false;
    *x = cell % hall->width;
    *y = cell / hall->width;
    return *x >= view->x0 && *x < view->x1 && *y >= view->y0 && *y < view->y1;
}

static void check_counts(const struct floor *floor, const struct frame_view *view,
                         const struct floor_facts *facts)
{
    uint32_t counts[5] = {0};
    int32_t x, y;
    for (int32_t i = 0; i < ROBOTS; i++)
        if (in_view(floor, view, i, &x, &y))
            counts[plenum_ledger_get(floor->ledger, PLENUM_ROBOT, (uint64_t)i, 0)]++;
    for (int i = 0; i < 5; i++)
        assert_int_equal(facts->counts[i], counts[i]);
    assert_int_equal(facts->hall, view->hall);
    assert_int_equal(facts->x0, view->x0);
    assert_int_equal(facts->y1, view->y1);
    assert_int_equal(facts->step_ms, 1000);
}

/* Each robot in the view once, with what the ledger says of it. */
static void check_robots(const struct floor *floor, const struct frame_view *view,
                         const struct floor_facts *facts, struct bytes_reader *reader)
{
    bool seen[ROBOTS] = {false};
    uint32_t count = 0;
    int32_t x = 0, y = 0;
    for (uint32_t i = 0; i < facts->records; i++) {
        uint32_t id = bytes_get_u32(reader), cell = bytes_get_u32(reader);
        assert_true(id < ROBOTS && !seen[id] && in_view(floor, view, (int32_t)id, &x, &y));
        seen[id] = true;
        const int64_t *row = plenum_ledger_row(floor->ledger, PLENUM_ROBOT, id);
        assert_int_equal(cell, y * floor->halls[view->hall].width + x);
        assert_int_equal(bytes_get_u8(reader), row[PLENUM_FIELD_STATE]);
        assert_int_equal(bytes_get_u8(reader), 0);
        assert_int_equal(read_u16(reader), (row[PLENUM_ROBOT_READY_MS] + 999) / 1000);
    }
    for (int32_t i = 0; i < ROBOTS; i++)
        count += in_view(floor, view, i, &x, &y);
    assert_int_equal(facts->records, count);
}

static void check_tiles(const struct floor *floor, const struct frame_view *view,
                        const struct floor_facts *facts, struct bytes_reader *reader)
{
    int32_t side = (int32_t)facts->records, x, y;
    uint32_t tiles = facts->columns * facts->rows;
    uint32_t *robots = memory_new(tiles, sizeof *robots), *broken = memory_new(tiles, 4);
    assert_true(side >= 1 && side <= FRAME_TILE_CELLS_MAX && (side & (side - 1)) == 0);
    for (int32_t i = 0; i < ROBOTS; i++) {
        if (!in_view(floor, view, i, &x, &y))
            continue;
        uint32_t tile = (uint32_t)(y / side - view->y0 / side) * facts->columns +
                        (uint32_t)(x / side - view->x0 / side);
        assert_true(tile < tiles);
        robots[tile]++;
        broken[tile] +=
            plenum_ledger_get(floor->ledger, PLENUM_ROBOT, (uint64_t)i, 0) == PLENUM_ROBOT_BROKEN;
    }
    for (uint32_t i = 0; i < tiles; i++) {
        assert_int_equal(read_u16(reader), robots[i]);
        assert_int_equal(bytes_get_u8(reader), 0);
        uint32_t share = bytes_get_u8(reader);
        assert_int_equal(share, robots[i] ? (broken[i] * 255 + robots[i] - 1) / robots[i] : 0);
    }
    free(robots);
    free(broken);
}

static unsigned check_frame(const struct floor *floor, const struct frame_view *view)
{
    struct bytes frame;
    struct bytes_reader reader;
    struct floor_facts facts;
    bytes_init(&frame, FRAME_BYTES_MAX);
    frame_floor(floor->ledger, view, &frame);
    unsigned type = frame.data[4];
    read_header(&reader, &frame, type, floor->ledger);
    read_facts(&reader, &facts);
    check_counts(floor, view, &facts);
    if (type == FRAME_ROBOTS)
        check_robots(floor, view, &facts, &reader);
    else
        check_tiles(floor, view, &facts, &reader);
    assert_int_equal(facts.closed, 0);
    assert_true(bytes_read_done(&reader));
    bytes_finish(&frame);
    return type;
}

/* --- tests of the floor ----------------------------------------------------------------------- */

static void test_views_show_what_is_there(void **state)
{
    const struct floor *floor = *state;
    const uint64_t seed = 11;
    struct plenum_error error;
    struct random random;
    unsigned seen[3] = {0};
    random_init(&random, seed);
    for (int i = 0; i < VIEWS; i++) {
        struct frame_view view = {.hall = (int32_t)random_below(&random, 2),
                                  .x0 = (int32_t)random_below(&random, 120) - 10,
                                  .y0 = (int32_t)random_below(&random, 80) - 10,
                                  .width = 1 + (int32_t)random_below(&random, 400),
                                  .height = 1 + (int32_t)random_below(&random, 400)};
        view.x1 = view.x0 + 1 + (int32_t)random_below(&random, 110);
        view.y1 = view.y0 + 1 + (int32_t)random_below(&random, 70);
        assert_true(frame_view_fit(&view, &floor->site, &error));
        seen[check_frame(floor, &view)]++;
    }
    if (seen[FRAME_ROBOTS] < VIEWS / 8 || seen[FRAME_TILES] < VIEWS / 8)
        fail_msg("seed %d: %u robots, %u tiles", (int)seed, seen[FRAME_ROBOTS], seen[FRAME_TILES]);
}

static void test_choice_by_pixels(void **state)
{
    static const struct {
        int32_t width, height;
        unsigned type;
        uint32_t tile_cells;
    } cases[] = {
        {WIDTH * 3, HEIGHT * 3, FRAME_ROBOTS, 0}, {WIDTH * 3 - 1, HEIGHT * 3, FRAME_TILES, 2},
        {WIDTH * 2, HEIGHT * 2, FRAME_TILES, 2},  {WIDTH, HEIGHT * 2, FRAME_TILES, 4},
        {WIDTH / 4, HEIGHT, FRAME_TILES, 32},     {1, 1, FRAME_TILES, 128},
    };
    const struct floor *floor = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct frame_view view = {.hall = 1,
                                  .x1 = WIDTH,
                                  .y1 = HEIGHT,
                                  .width = cases[i].width,
                                  .height = cases[i].height};
        struct bytes frame;
        bytes_init(&frame, FRAME_BYTES_MAX);
        frame_floor(floor->ledger, &view, &frame);
        assert_int_equal(frame.data[4], cases[i].type);
        if (cases[i].type == FRAME_TILES)
            assert_int_equal(frame.data[24 + 4 * 11], cases[i].tile_cells);
        bytes_finish(&frame);
    }
}

static void test_views_that_mean_nothing(void **state)
{
    static const struct frame_view views[] = {
        {.hall = 2, .x1 = 1, .y1 = 1},
        {.hall = -1, .x1 = 1, .y1 = 1},
        {.x0 = 5, .x1 = 5, .y1 = 1},
        {.x0 = 0, .x1 = 5, .y0 = 3, .y1 = 2},
    };
    const struct floor *floor = *state;
    struct plenum_error error;
    struct frame_view view = {.x0 = INT32_MIN, .x1 = INT32_MAX, .y0 = 900, .y1 = INT32_MAX};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        struct frame_view bad = views[i];
        assert_false(frame_view_fit(&bad, &floor->site, &error));
        assert_true(strlen(error.text) > 0);
    }
    assert_true(frame_view_fit(&view, &floor->site, &error));
    assert_int_equal(view.x1, 10);
    assert_int_equal(view.y0, 9);
    assert_int_equal(view.width, 1);
}

/* --- where a drone is ------------------------------------------------------------------------- */

/* A flight as the planner lays it, seen at instants of its way. */
static void test_place_is_on_the_way(void **state)
{
    struct plenum_pad pads[2] = {{.name = "a"}, {.name = "b", .at = {3000000, 4000000}}};
    struct plenum_drone_model model = {.mass_g = 5000,
                                       .payload_g = 1000,
                                       .speed_mm_s = 10000,
                                       .climb_mm_s = 2000,
                                       .wind_max_mm_s = 9000,
                                       .hover_w = 500,
                                       .cruise_w = 400};
    struct plenum_site site = {.drone_models = &model, .pads = pads, .pad_count = 2};
    site.airspace.upper_mm = 120000;
    struct plenum_flight_request request = {.site = &site, .to_pad = 1};
    struct plenum_flight_way way = {
        .points = {{0, 0}, {3000000, 4000000}}, .point_count = 2, .length_mm = 5000000};
    struct plenum_flight_plan *plan = memory_new(1, sizeof *plan);
    struct drone_place place;
    (void)state;
    assert_true(plenum_flight_lay(&request, &way, 0, 1000, plan));
    struct flight_times times = flight_times_of(&request, 5000000, layer_height_mm(0));
    const struct {
        int64_t at_ms, x_mm, y_mm, z_mm;
        int32_t heading;
    } cases[] = {
        {0, 0, 0, 0, PLENUM_NONE},
        {1000 + times.climb_ms / 2, 0, 0, 23500, PLENUM_NONE},
        {1000 + times.climb_ms, 0, 0, 47000, PLENUM_NONE},
        {1000 + times.climb_ms + times.cruise_ms / 4, 750000, 1000000, 47000, 3686},
        {1000 + times.climb_ms + times.cruise_ms / 2, 1500000, 2000000, 47000, 3686},
        {plan->end_ms - LANDING_MS, 3000000, 4000000, 0, 3686},
        {plan->end_ms + 9999, 3000000, 4000000, 0, 3686},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        drone_place_of(plan->volumes, plan->volume_count, plan->start_ms, plan->end_ms,
                       cases[i].at_ms, &place);
        assert_in_range(place.at.x_mm - cases[i].x_mm + 100, 0, 200);
        assert_in_range(place.at.y_mm - cases[i].y_mm + 100, 0, 200);
        assert_in_range(place.altitude_mm - cases[i].z_mm + 200, 0, 400);
        assert_in_range(place.heading_centi - cases[i].heading + 10, 0, 20);
    }
    free(plan);
}

/* --- the air of a busy site ------------------------------------------------------------------- */

struct air_facts {
    uint32_t drones, flights, volumes, vertices, flying;
};

static void read_drones(struct bytes_reader *reader, const struct plenum_ledger *ledger,
                        struct air_facts *facts)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    for (uint32_t i = 0; i < facts->drones; i++) {
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_DRONE, i);
        assert_int_equal(bytes_get_u64(reader), row[PLENUM_DRONE_FLIGHT]);
        int32_t x = (int32_t)bytes_get_u32(reader), y = (int32_t)bytes_get_u32(reader);
        int32_t z = (int32_t)bytes_get_u32(reader);
        bytes_get_u32(reader);
        assert_int_equal(bytes_get_u32(reader), i);
        bytes_get_u32(reader);
        assert_int_equal(bytes_get_u32(reader), row[PLENUM_DRONE_PAD]);
        assert_int_equal(bytes_get_u32(reader), row[PLENUM_FIELD_STATE]);
        assert_true(x >= -1000 && x <= 2000100 && y >= -100 && y <= 100 && z >= 0 && z < 120000);
        facts->flying += row[PLENUM_FIELD_STATE] == PLENUM_DRONE_FLYING && z > 0;
        if (row[PLENUM_FIELD_STATE] != PLENUM_DRONE_FLYING)
            assert_int_equal(x, site->pads[row[PLENUM_DRONE_PAD]].at.x_mm);
    }
}

static void read_flights(struct bytes_reader *reader, const struct air_facts *facts)
{
    uint32_t volumes = 0, vertices = 0;
    for (uint32_t i = 0; i < facts->flights; i++) {
        assert_true(bytes_get_u64(reader) > 0);
        assert_true(bytes_get_i64(reader) < bytes_get_i64(reader));
        for (int k = 0; k < 3; k++)
            assert_true(bytes_get_u32(reader) < 2);
        assert_int_equal(bytes_get_u32(reader), volumes);
        volumes += bytes_get_u32(reader);
        bytes_get_u32(reader);
    }
    assert_int_equal(volumes, facts->volumes);
    for (uint32_t i = 0; i < facts->volumes; i++) {
        assert_true(bytes_get_i64(reader) <= bytes_get_i64(reader));
        for (int k = 0; k < 5; k++)
            bytes_get_u32(reader);
        assert_int_equal(bytes_get_u32(reader), vertices);
        vertices += bytes_get_u32(reader);
        assert_true(bytes_get_u32(reader) < facts->flights);
    }
    assert_int_equal(vertices, facts->vertices);
}

static uint32_t check_air(const struct plenum_ledger *ledger, struct air_facts *facts)
{
    struct frame_view view = {.horizon_ms = FRAME_HORIZON_MS};
    struct bytes frame;
    struct bytes_reader reader;
    bytes_init(&frame, FRAME_BYTES_MAX);
    frame_air(ledger, &view, &frame);
    read_header(&reader, &frame, FRAME_DRONES, ledger);
    facts->drones = bytes_get_u32(&reader);
    facts->flights = bytes_get_u32(&reader);
    facts->volumes = bytes_get_u32(&reader);
    facts->vertices = bytes_get_u32(&reader);
    assert_int_equal(bytes_get_i64(&reader), plenum_ledger_now_ms(ledger) + FRAME_HORIZON_MS);
    bytes_get_u64(&reader);
    assert_int_equal(reader.offset, FRAME_HEADER_BYTES + FRAME_AIR_FACTS_BYTES);
    read_drones(&reader, ledger, facts);
    read_flights(&reader, facts);
    assert_non_null(bytes_get(&reader, facts->vertices * (size_t)FRAME_VERTEX_BYTES));
    assert_true(bytes_read_done(&reader));
    bytes_finish(&frame);
    return facts->flights;
}

/* Every floor frame of the busy site has a state for each rack, and what robots carry. */
static void check_busy_floor(const struct plenum_ledger *ledger, uint32_t *carried)
{
    struct frame_view view;
    struct bytes frame;
    struct bytes_reader reader;
    struct floor_facts facts;
    frame_view_init(&view, plenum_ledger_site(ledger));
    bytes_init(&frame, FRAME_BYTES_MAX);
    frame_floor(ledger, &view, &frame);
    read_header(&reader, &frame, FRAME_ROBOTS, ledger);
    read_facts(&reader, &facts);
    for (uint32_t i = 0; i < facts.records; i++)
        *carried += bytes_get(&reader, FRAME_ROBOT_BYTES)[9] > 0;
    assert_int_equal(facts.closed, plenum_floor_closed_cells(ledger, NULL, 0));
    assert_non_null(bytes_get(&reader, facts.closed * sizeof(uint32_t)));
    for (uint32_t i = 0; i < facts.racks; i++)
        assert_int_equal(bytes_get_u8(&reader), plenum_ledger_get(ledger, PLENUM_RACK, i, 0));
    assert_true(bytes_read_done(&reader));
    bytes_finish(&frame);
}

static void test_busy_site(void **state)
{
    struct plenum_engine *engine;
    struct plenum_error error;
    struct plenum_engine_options options = {.journal_path = NULL};
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    struct air_facts facts = {0};
    uint32_t carried = 0, flights = 0;
    (void)state;
    assert_int_equal(plenum_engine_create(site, &options, &engine, &error), PLENUM_OK);
    for (int i = 0; i < BUSY_STEPS; i++) {
        assert_int_equal(plenum_engine_step(engine, &error), PLENUM_OK);
        if (i % 10 == 0) {
            flights += check_air(plenum_engine_ledger(engine), &facts);
            check_busy_floor(plenum_engine_ledger(engine), &carried);
        }
    }
    assert_true(flights > 0 && facts.flying > 0 && carried > 0);
    plenum_engine_destroy(engine);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_show_what_is_there),
        cmocka_unit_test(test_choice_by_pixels),
        cmocka_unit_test(test_views_that_mean_nothing),
        cmocka_unit_test(test_place_is_on_the_way),
        cmocka_unit_test(test_busy_site),
    };
    return cmocka_run_group_tests_name("frame", tests, floor_begin, floor_end);
}
