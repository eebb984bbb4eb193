/* Commands: building, names, and the stored form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <plenum/command.h>

#include "base/random.h"

static void random_volume(struct random *random, struct plenum_volume *volume,
                          struct plenum_point points[8])
{
    *volume = (struct plenum_volume){.shape = (enum plenum_shape)random_below(random, 2)};
    volume->vertex_count = (int32_t)random_below(random, 9);
    for (int32_t i = 0; i < volume->vertex_count; i++)
        points[i] = (struct plenum_point){(int64_t)random_next(random), -i};
    volume->vertices = points;
    volume->centre = (struct plenum_point){random_between(random, -9, 9), INT64_MIN};
    volume->radius_mm = random_between(random, 0, 5000);
    volume->lower_mm = -7;
    volume->upper_mm = INT64_MAX;
    volume->from_ms = random_between(random, 0, INT64_C(1) << 41);
    volume->until_ms = PLENUM_FOREVER;
}

static struct plenum_ref random_ref(struct random *random)
{
    return plenum_ref((uint32_t)random_below(random, PLENUM_KIND_COUNT + 1), random_next(random));
}

/* An operation that points to nothing, with any values. */
static void random_plain(struct random *random, struct plenum_command *command)
{
    static const enum plenum_op_type types[] = {PLENUM_OP_POWER_CLAIM, PLENUM_OP_CAPACITY_CLAIM,
                                                PLENUM_OP_RELEASE,     PLENUM_OP_FLOOR_PLACE,
                                                PLENUM_OP_FLOOR_CLOSE, PLENUM_OP_FLOOR_OPEN,
                                                PLENUM_OP_LIMIT,       PLENUM_OP_WINDOW,
                                                PLENUM_OP_CREATE,      PLENUM_OP_SET,
                                                PLENUM_OP_END,         PLENUM_OP_TICK,
                                                PLENUM_OP_FLOOR_LIFT};
    enum plenum_op_type type = types[random_below(random, sizeof types / sizeof types[0])];
    struct plenum_ref ref = random_ref(random);
    int64_t a = (int64_t)random_next(random), b = random_between(random, -3, 3);
    int32_t index = (int32_t)random_between(random, INT32_MIN, INT32_MAX);
    struct plenum_capacity_claim claim = {ref, index, 500, random_next(random), 3, a, b, a};
    switch (type) {
    case PLENUM_OP_POWER_CLAIM:
        plenum_command_claim_power(command, ref, index, a, b, a);
        break;
    case PLENUM_OP_CAPACITY_CLAIM:
        plenum_command_claim_capacity(command, &claim);
        break;
    case PLENUM_OP_RELEASE:
        plenum_command_release(command, ref, (uint32_t)random_below(random, 8), a);
        break;
    case PLENUM_OP_FLOOR_PLACE:
        plenum_command_place(command, index, index);
        break;
    case PLENUM_OP_FLOOR_LIFT:
        plenum_command_lift(command, index);
        break;
    case PLENUM_OP_FLOOR_CLOSE:
        plenum_command_close_cell(command, ref, index);
        break;
    case PLENUM_OP_FLOOR_OPEN:
        plenum_command_open_cell(command, ref, index);
        break;
    case PLENUM_OP_LIMIT:
        plenum_command_limit(command, index, a, b, b, a);
        break;
    case PLENUM_OP_WINDOW:
        plenum_command_window(command, index, b, a);
        break;
    case PLENUM_OP_CREATE:
        plenum_command_create(command, ref);
        break;
    case PLENUM_OP_SET:
        plenum_command_set(command, ref, index, a);
        break;
    case PLENUM_OP_END:
        plenum_command_end(command, ref);
        break;
    default:
        plenum_command_tick(command, a);
    }
}

static void random_op(struct random *random, struct plenum_command *command)
{
    struct plenum_point points[3][8];
    struct plenum_volume volumes[3];
    uint8_t moves[9];
    int32_t count = (int32_t)random_below(random, 4);
    for (int32_t i = 0; i < 3; i++)
        random_volume(random, &volumes[i], points[i]);
    for (size_t i = 0; i < sizeof moves; i++)
        moves[i] = (uint8_t)random_below(random, PLENUM_MOVE_COUNT);
    switch (random_below(random, 8)) {
    case 0:
        plenum_command_claim_air(command, random_ref(random), volumes, count);
        break;
    case 1:
        plenum_command_close_air(command, volumes);
        break;
    case 2:
        plenum_command_step(command, moves, (int32_t)random_below(random, sizeof moves + 1));
        break;
    default:
        random_plain(random, command);
    }
}

static void random_command(struct random *random, struct plenum_command *command)
{
    enum plenum_command_kind kind =
        (enum plenum_command_kind)random_below(random, PLENUM_COMMAND_KIND_COUNT);
    plenum_command_reset(command, kind, random_below(random, 2) ? "planner/rack" : "");
    if (random_below(random, 2))
        command->id = (struct plenum_command_id){random_below(random, 2), random_next(random)};
    for (uint64_t i = random_below(random, 12); i > 0; i--)
        random_op(random, command);
}

/* decode gives a command that encodes to the same bytes. */
static void check_stays(const uint8_t *data, size_t length, struct plenum_command *decoded)
{
    struct plenum_error error;
    uint8_t *again;
    size_t again_length;
    assert_int_equal(plenum_command_encode(decoded, &again, &again_length, &error), PLENUM_OK);
    assert_int_equal(again_length, length);
    assert_memory_equal(again, data, length);
    free(again);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct random random;
    struct plenum_command command, decoded;
    struct plenum_error error;
    random_init(&random, 1);
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "");
    plenum_command_init(&decoded, PLENUM_COMMAND_OTHER, "");
    for (int i = 0; i < 3000; i++) {
        uint8_t *data;
        size_t length;
        random_command(&random, &command);
        assert_int_equal(plenum_command_encode(&command, &data, &length, &error), PLENUM_OK);
        assert_int_equal(plenum_command_decode(&decoded, data, length, &error), PLENUM_OK);
        assert_string_equal(decoded.actor, command.actor);
        assert_int_equal(decoded.kind, command.kind);
        assert_int_equal(decoded.op_count, command.op_count);
        assert_memory_equal(&decoded.id, &command.id, sizeof command.id);
        for (size_t op = 0; op < command.op_count; op++)
            assert_int_equal(decoded.ops[op].type, command.ops[op].type);
        check_stays(data, length, &decoded);
        free(data);
    }
    plenum_command_finish(&command);
    plenum_command_finish(&decoded);
}

/* Bytes that were cut or changed: refused, or the stored form of another command. */
static void test_damage(void **state)
{
    (void)state;
    struct random random;
    struct plenum_command command, decoded;
    struct plenum_error error;
    int refused = 0;
    random_init(&random, 2);
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "");
    plenum_command_init(&decoded, PLENUM_COMMAND_OTHER, "");
    for (int i = 0; i < 6000; i++) {
        uint8_t *data;
        size_t length;
        random_command(&random, &command);
        assert_int_equal(plenum_command_encode(&command, &data, &length, &error), PLENUM_OK);
        if (random_below(&random, 2))
            length = (size_t)random_below(&random, length);
        for (uint64_t n = random_below(&random, 3); n > 0 && length > 0; n--)
            data[random_below(&random, length)] ^= (uint8_t)(1u << random_below(&random, 8));
        if (plenum_command_decode(&decoded, data, length, &error) == PLENUM_OK) {
            check_stays(data, length, &decoded);
        } else {
            refused++;
            assert_int_equal(error.status, PLENUM_CORRUPT);
            assert_int_equal(decoded.op_count, 0);
        }
        free(data);
    }
    assert_true(refused > 1000);
    plenum_command_finish(&command);
    plenum_command_finish(&decoded);
}

static void test_moves_must_be_moves(void **state)
{
    (void)state;
    static const uint8_t moves[] = {0, 1, 5};
    struct plenum_command command;
    struct plenum_error error;
    uint8_t *data;
    size_t length;
    plenum_command_init(&command, PLENUM_COMMAND_ROBOT_STEP, "test");
    plenum_command_step(&command, moves, 3);
    assert_int_equal(plenum_command_encode(&command, &data, &length, &error), PLENUM_INPUT);
    assert_null(data);
    plenum_command_finish(&command);
}

static void test_actor_is_cut(void **state)
{
    (void)state;
    char actor[100];
    struct plenum_command command;
    memset(actor, 'x', sizeof actor);
    actor[99] = '\0';
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, actor);
    assert_int_equal(strlen(command.actor), PLENUM_ACTOR_MAX - 1);
    plenum_command_finish(&command);
}

/* The stored form does not change: journals hold it. */
static void test_stored_form(void **state)
{
    (void)state;
    static const uint8_t moves[] = {1, 2, 4};
    static const uint8_t expected[] = {1, 1, 1, 0,   0, 0, 0, 0,    0, 0,  2, 0, 0, 0, 0,  0,    0,
                                       0, 1, 1, 'x', 3, 7, 3, 0x21, 4, 12, 3, 9, 0, 1, 14, 0x80, 1};
    struct plenum_command command;
    struct plenum_error error;
    uint8_t *data;
    size_t length;
    plenum_command_init(&command, PLENUM_COMMAND_GENESIS, "x");
    command.id = (struct plenum_command_id){1, 2};
    plenum_command_step(&command, moves, 3);
    plenum_command_set(&command, plenum_ref(PLENUM_TASK, 9), 0, -1);
    plenum_command_tick(&command, 64);
    assert_int_equal(plenum_command_encode(&command, &data, &length, &error), PLENUM_OK);
    assert_int_equal(length, sizeof expected);
    assert_memory_equal(data, expected, sizeof expected);
    free(data);
    plenum_command_finish(&command);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(plenum_command_kind_name(PLENUM_COMMAND_AIR_CLOSE), "air.close");
    assert_string_equal(plenum_op_type_name(PLENUM_OP_FLOOR_STEP), "floor-step");
    assert_string_equal(plenum_kind_name(PLENUM_FLIGHT), "flight");
    assert_string_equal(plenum_field_name(PLENUM_JOB, PLENUM_JOB_MEMORY_BYTES), "memory_bytes");
    assert_string_equal(plenum_state_name(PLENUM_RACK, PLENUM_RACK_IN_SERVICE), "in-service");
    assert_int_equal(plenum_state_next(PLENUM_TASK, PLENUM_TASK_OPEN), 1 << PLENUM_TASK_TO_PICK);
    assert_true(plenum_kind_comes_and_goes(PLENUM_JOB));
    assert_false(plenum_kind_comes_and_goes(PLENUM_DRONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_damage),
        cmocka_unit_test(test_actor_is_cut), cmocka_unit_test(test_moves_must_be_moves),
        cmocka_unit_test(test_stored_form),  cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
