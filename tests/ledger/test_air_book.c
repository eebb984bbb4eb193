/* The air book: tables, and random commands against a model that looks at all pairs of volumes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/air_book.h"

enum { OWNERS = 6, SPAN_MM = 1000 };

static const struct plenum_point bounds[] = {
    {0, 0}, {SPAN_MM, 0}, {SPAN_MM, SPAN_MM}, {0, SPAN_MM}};
static const struct plenum_closed_volume site_closed[] = {
    {"mast",
     {.shape = PLENUM_SHAPE_CIRCLE,
      .centre = {500, 500},
      .radius_mm = 50,
      .lower_mm = 0,
      .upper_mm = 60,
      .from_ms = 0,
      .until_ms = PLENUM_FOREVER}},
};
static const struct plenum_site site = {
    .airspace = {.vertex_count = 4,
                 .vertices = bounds,
                 .lower_mm = 0,
                 .upper_mm = 200,
                 .closed = site_closed,
                 .closed_count = 1},
};

static struct plenum_ref flight(uint64_t id)
{
    return (struct plenum_ref){PLENUM_FLIGHT, id};
}

static struct plenum_volume circle(int64_t x, int64_t y, int64_t radius, int64_t lower,
                                   int64_t upper, int64_t from, int64_t until)
{
    return (struct plenum_volume){.shape = PLENUM_SHAPE_CIRCLE,
                                  .centre = {x, y},
                                  .radius_mm = radius,
                                  .lower_mm = lower,
                                  .upper_mm = upper,
                                  .from_ms = from,
                                  .until_ms = until};
}

static struct plenum_op claim(uint64_t owner, const struct plenum_volume *volumes, int32_t count)
{
    return (struct plenum_op){.type = PLENUM_OP_AIR_CLAIM, .air = {flight(owner), volumes, count}};
}

static struct plenum_op closing(const struct plenum_volume *volume)
{
    return (struct plenum_op){.type = PLENUM_OP_AIR_CLOSE, .air_close = {volume}};
}

static struct plenum_op release(uint64_t owner, int64_t from_ms)
{
    return (struct plenum_op){.type = PLENUM_OP_RELEASE,
                              .release = {flight(owner), PLENUM_BOOK_AIR, from_ms}};
}

static bool book_test(const struct air_book *book, struct plenum_op *ops, size_t count,
                      int64_t now_ms, struct plenum_refusal *refusal)
{
    struct plenum_command command = {.ops = ops, .op_count = count};
    return air_book_test(book, &command, now_ms, refusal);
}

static void book_apply(struct air_book *book, struct plenum_op *ops, size_t count, int64_t now_ms)
{
    struct plenum_command command = {.ops = ops, .op_count = count};
    air_book_apply(book, &command, now_ms);
}

/* --- tables ---------------------------------------------------------------------------------- */

/* Flight 1 holds a circle of 20 round (100, 100), altitude 20 .. 40, on [100, 200]; flight 2 one
 * round (200, 100) on [150, 300]. From [100, 1000] a circle round (800, 800) is closed. */
static void stand(struct air_book *book)
{
    air_book_init(book, &site);
    struct plenum_volume one = circle(100, 100, 20, 20, 40, 100, 200);
    struct plenum_volume two = circle(200, 100, 20, 20, 40, 150, 300);
    struct plenum_volume shut = circle(800, 800, 20, 0, 200, 100, 1000);
    struct plenum_op ops[] = {claim(1, &one, 1), claim(2, &two, 1), closing(&shut)};
    struct plenum_refusal refusal;
    assert_true(book_test(book, ops, 3, 50, &refusal));
    book_apply(book, ops, 3, 50);
    assert_int_equal(air_book_flights(book), 2);
}

struct volume_case {
    const char *what;
    struct plenum_volume volume;
    enum plenum_reason reason;
    int64_t from_ms;
    uint64_t other;
};

#define CIRCLE(x, y, r, low, high, from, until)                                                    \
    {                                                                                              \
        .shape = PLENUM_SHAPE_CIRCLE, .centre = {x, y}, .radius_mm = r, .lower_mm = low,           \
        .upper_mm = high, .from_ms = from, .until_ms = until                                       \
    }

static const struct plenum_point bow[] = {{10, 10}, {30, 30}, {30, 10}, {10, 30}};

static const struct volume_case volume_cases[] = {
    {"apart", CIRCLE(100, 200, 20, 20, 40, 100, 200), PLENUM_REASON_NONE, 0, 0},
    {"touching", CIRCLE(100, 140, 20, 20, 40, 90, 300), PLENUM_REASON_AIR_TAKEN, 100, 1},
    {"not quite", CIRCLE(100, 141, 20, 20, 40, 90, 300), PLENUM_REASON_NONE, 0, 0},
    {"over it", CIRCLE(100, 100, 20, 41, 60, 90, 300), PLENUM_REASON_NONE, 0, 0},
    {"on it", CIRCLE(100, 100, 20, 40, 60, 90, 300), PLENUM_REASON_AIR_TAKEN, 100, 1},
    {"after it", CIRCLE(100, 100, 20, 20, 40, 201, 300), PLENUM_REASON_NONE, 0, 0},
    {"at its end", CIRCLE(100, 100, 20, 20, 40, 200, 300), PLENUM_REASON_AIR_TAKEN, 200, 1},
    {"before it", CIRCLE(100, 100, 20, 20, 40, 50, 99), PLENUM_REASON_NONE, 0, 0},
    {"both, the first first", CIRCLE(150, 100, 30, 20, 40, 50, 999), PLENUM_REASON_AIR_TAKEN, 100,
     1},
    {"both, the lower id", CIRCLE(150, 100, 30, 20, 40, 170, 999), PLENUM_REASON_AIR_TAKEN, 170, 1},
    {"the mast", CIRCLE(500, 560, 10, 20, 40, 60, 70), PLENUM_REASON_AIR_CLOSED, 60, 0},
    {"past the mast", CIRCLE(500, 561, 10, 20, 40, 60, 70), PLENUM_REASON_NONE, 0, 0},
    {"over the mast", CIRCLE(500, 500, 10, 61, 70, 60, 70), PLENUM_REASON_NONE, 0, 0},
    {"before it closes", CIRCLE(800, 800, 10, 20, 40, 60, 99), PLENUM_REASON_NONE, 0, 0},
    {"when it closes", CIRCLE(800, 800, 10, 20, 40, 60, 100), PLENUM_REASON_AIR_CLOSED, 100, 0},
    {"at the edge", CIRCLE(20, 900, 20, 0, 200, 60, 99), PLENUM_REASON_NONE, 0, 0},
    {"over the edge", CIRCLE(19, 900, 20, 0, 200, 60, 99), PLENUM_REASON_AIR_BOUNDS, 60, 0},
    {"too high", CIRCLE(50, 900, 20, 0, 201, 60, 99), PLENUM_REASON_AIR_BOUNDS, 60, 0},
    {"too low", CIRCLE(50, 900, 20, -1, 20, 60, 99), PLENUM_REASON_AIR_BOUNDS, 60, 0},
    {"out of all range", CIRCLE(INT64_MAX, 0, 20, 0, 20, 60, 99), PLENUM_REASON_MALFORMED, 0, 0},
    {"a bow tie",
     {.shape = PLENUM_SHAPE_POLYGON,
      .vertex_count = 4,
      .vertices = bow,
      .from_ms = 60,
      .until_ms = 61},
     PLENUM_REASON_MALFORMED,
     0,
     0},
};

static void test_volumes(void **state)
{
    (void)state;
    struct air_book book;
    stand(&book);
    for (size_t i = 0; i < sizeof volume_cases / sizeof *volume_cases; i++) {
        const struct volume_case *c = &volume_cases[i];
        struct plenum_volume volumes[] = {circle(300, 300, 5, 0, 1, 60, 60), c->volume};
        struct plenum_op op = claim(9, volumes, 2);
        struct plenum_refusal refusal = {0};
        bool fits = book_test(&book, &op, 1, 50, &refusal);
        if (fits != (c->reason == PLENUM_REASON_NONE) || refusal.reason != c->reason)
            fail_msg("%s: reason %d, expected %d", c->what, refusal.reason, c->reason);
        if (!fits && (refusal.asked != 1 || refusal.from_ms != c->from_ms ||
                      (c->other && refusal.other.id != c->other)))
            fail_msg("%s: volume %d, from %d, other %d", c->what, (int)refusal.asked,
                     (int)refusal.from_ms, (int)refusal.other.id);
        struct plenum_refusal again;
        assert_int_equal(air_book_fits(&book, flight(9), volumes, 2, 50, &again), fits);
        assert_int_equal(again.reason, refusal.reason);
    }
    air_book_finish(&book);
}

static void test_release(void **state)
{
    (void)state;
    struct air_book book;
    stand(&book);
    struct plenum_volume same_place = circle(100, 100, 20, 20, 40, 120, 130);
    struct plenum_refusal refusal;
    struct plenum_op ops[] = {claim(9, &same_place, 1), release(1, 121), release(1, 120)};
    assert_false(book_test(&book, ops, 1, 50, &refusal));
    assert_false(book_test(&book, ops, 2, 50, &refusal)); /* instant 120 is still flight 1's */
    ops[1] = release(1, 120);
    assert_true(book_test(&book, ops, 2, 50, &refusal));
    book_apply(&book, ops, 2, 50);
    const struct plenum_volume *volumes;
    assert_int_equal(air_book_volumes_of(&book, flight(1), &volumes), 1);
    assert_int_equal(volumes[0].until_ms, 119);
    struct plenum_op now = release(2, 50);
    book_apply(&book, &now, 1, 50);
    assert_false(air_book_holds(&book, flight(2)));
    air_book_advance(&book, 119);
    assert_true(air_book_holds(&book, flight(1)));
    air_book_advance(&book, 120);
    assert_false(air_book_holds(&book, flight(1)));
    assert_int_equal(air_book_flights(&book), 1);
    air_book_finish(&book);
}

static void test_own_volumes(void **state)
{
    (void)state;
    struct air_book book;
    stand(&book);
    struct plenum_volume more[] = {circle(100, 100, 30, 20, 90, 150, 250),
                                   circle(100, 100, 30, 20, 90, 240, 400)};
    struct plenum_op ops[] = {claim(1, more, 2), closing(&more[1])};
    struct plenum_refusal refusal;
    assert_true(book_test(&book, ops, 1, 50, &refusal));
    assert_false(book_test(&book, ops, 2, 50, &refusal)); /* closed by the same command */
    assert_int_equal(refusal.reason, PLENUM_REASON_AIR_CLOSED);
    assert_true(book_test(&book, &ops[1], 1, 50, &refusal)); /* though a flight is there */
    book_apply(&book, ops, 1, 50);
    const struct plenum_volume *volumes;
    assert_int_equal(air_book_volumes_of(&book, flight(1), &volumes), 3);
    struct plenum_op two[] = {claim(7, more, 1), claim(8, more, 1)};
    air_book_advance(&book, 500);
    assert_int_equal(air_book_flights(&book), 0);
    more[0].from_ms = more[0].until_ms = 600;
    assert_false(book_test(&book, two, 2, 500, &refusal)); /* each other's */
    assert_int_equal(refusal.op, 1);
    assert_int_equal(refusal.other.id, 7);
    air_book_finish(&book);
}

/* --- random commands against the model ------------------------------------------------------- */

struct naive_volume {
    uint64_t owner;
    struct plenum_volume volume;
};

struct naive {
    struct naive_volume volumes[2048];
    size_t count;
    struct plenum_volume closed[256];
    size_t closed_count;
};

/* All shapes of this test are circles and upright squares with even sides, which is all that the
 * model knows. A square has its half side in radius_mm and its middle in centre. */
static bool naive_meet(const struct plenum_volume *a, const struct plenum_volume *b)
{
    if (a->until_ms < b->from_ms || b->until_ms < a->from_ms || a->upper_mm < b->lower_mm ||
        b->upper_mm < a->lower_mm)
        return false;
    int64_t dx = llabs(a->centre.x_mm - b->centre.x_mm);
    int64_t dy = llabs(a->centre.y_mm - b->centre.y_mm);
    int64_t reach = a->radius_mm + b->radius_mm;
    bool a_square = a->vertex_count > 0, b_square = b->vertex_count > 0;
    if (a_square && b_square)
        return dx <= reach && dy <= reach;
    if (!a_square && !b_square)
        return dx * dx + dy * dy <= reach * reach;
    int64_t half = a_square ? a->radius_mm : b->radius_mm;
    int64_t radius = a_square ? b->radius_mm : a->radius_mm;
    dx = dx > half ? dx - half : 0;
    dy = dy > half ? dy - half : 0;
    return dx * dx + dy * dy <= radius * radius;
}

static bool naive_volume_fits(const struct naive *naive, uint64_t owner,
                              const struct plenum_volume *volume, size_t count)
{
    int64_t r = volume->radius_mm;
    if (volume->centre.x_mm < r || volume->centre.y_mm < r || volume->centre.x_mm > SPAN_MM - r ||
        volume->centre.y_mm > SPAN_MM - r || volume->lower_mm < 0 || volume->upper_mm > 200)
        return false;
    if (naive_meet(volume, &site_closed[0].volume))
        return false;
    for (size_t i = 0; i < naive->closed_count; i++)
        if (naive_meet(volume, &naive->closed[i]))
            return false;
    for (size_t i = 0; i < count; i++)
        if (naive->volumes[i].owner != owner && naive_meet(volume, &naive->volumes[i].volume))
            return false;
    return true;
}

static void naive_forget(struct naive *naive, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < naive->count; i++)
        if (naive->volumes[i].volume.until_ms >= naive->volumes[i].volume.from_ms)
            naive->volumes[kept++] = naive->volumes[i];
    naive->count = kept;
    for (uint64_t owner = 0; owner < OWNERS; owner++) {
        int64_t last = INT64_MIN;
        for (size_t i = 0; i < naive->count; i++)
            if (naive->volumes[i].owner == owner && naive->volumes[i].volume.until_ms > last)
                last = naive->volumes[i].volume.until_ms;
        kept = 0;
        for (size_t i = 0; i < naive->count; i++)
            if (naive->volumes[i].owner != owner || last >= now)
                naive->volumes[kept++] = naive->volumes[i];
        naive->count = kept;
    }
    kept = 0;
    for (size_t i = 0; i < naive->closed_count; i++)
        if (naive->closed[i].until_ms >= now)
            naive->closed[kept++] = naive->closed[i];
    naive->closed_count = kept;
}

static bool naive_take(struct naive *naive, const struct plenum_op *ops, size_t count, int64_t now)
{
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type == PLENUM_OP_RELEASE)
            for (size_t k = 0; k < naive->count; k++)
                if (naive->volumes[k].owner == ops[i].release.owner.id &&
                    naive->volumes[k].volume.until_ms >= ops[i].release.from_ms)
                    naive->volumes[k].volume.until_ms = ops[i].release.from_ms - 1;
        if (ops[i].type == PLENUM_OP_AIR_CLOSE)
            naive->closed[naive->closed_count++] = *ops[i].air_close.volume;
    }
    naive_forget(naive, now);
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type != PLENUM_OP_AIR_CLAIM)
            continue;
        for (int32_t k = 0; k < ops[i].air.volume_count; k++) {
            if (!naive_volume_fits(naive, ops[i].air.owner.id, &ops[i].air.volumes[k],
                                   naive->count))
                return false;
            naive->volumes[naive->count++] =
                (struct naive_volume){ops[i].air.owner.id, ops[i].air.volumes[k]};
        }
    }
    return true;
}

/* What one command is made of. */
struct parts {
    struct plenum_op ops[3];
    struct plenum_volume volumes[3][3];
    struct plenum_point corners[3][3][4];
};

static void random_volume(struct random *random, int64_t now, struct plenum_volume *volume,
                          struct plenum_point corners[4])
{
    int64_t radius = 1 + (int64_t)random_below(random, 60);
    int64_t x = radius - 2 + (int64_t)random_below(random, (uint64_t)(SPAN_MM + 4 - 2 * radius));
    int64_t y = radius - 2 + (int64_t)random_below(random, (uint64_t)(SPAN_MM + 4 - 2 * radius));
    int64_t lower = (int64_t)random_below(random, 150),
            from = now + (int64_t)random_below(random, 90);
    int64_t scale = random_below(random, 4) ? 1 : 1 << 20; /* over slabs, some of them */
    *volume = circle(x, y, radius, lower, lower + (int64_t)random_below(random, 50), from,
                     from + (int64_t)random_below(random, 90) * scale);
    if (random_below(random, 2))
        return;
    const struct plenum_point square[4] = {{x - radius, y - radius},
                                           {x + radius, y - radius},
                                           {x + radius, y + radius},
                                           {x - radius, y + radius}};
    memcpy(corners, square, sizeof square);
    volume->shape = PLENUM_SHAPE_POLYGON;
    volume->vertex_count = 4;
    volume->vertices = corners;
}

static size_t random_parts(struct random *random, struct parts *parts, int64_t now)
{
    size_t count = 1 + random_below(random, 3);
    bool released[OWNERS] = {false};
    for (size_t i = 0; i < count; i++) {
        uint64_t what = random_below(random, 20), owner = random_below(random, OWNERS);
        for (int k = 0; k < 3; k++)
            random_volume(random, now, &parts->volumes[i][k], parts->corners[i][k]);
        if (what == 0) {
            parts->ops[i] = closing(&parts->volumes[i][0]);
        } else if (what < 5 && !released[owner]) {
            parts->ops[i] = release(owner, now + (int64_t)random_below(random, 50));
            released[owner] = true;
        } else {
            parts->ops[i] = claim(owner, parts->volumes[i], 1 + (int32_t)random_below(random, 3));
        }
    }
    return count;
}

static void check_same(const struct air_book *book, const struct naive *naive)
{
    size_t flights = 0;
    for (uint64_t owner = 0; owner < OWNERS; owner++) {
        const struct plenum_volume *volumes;
        int32_t count = air_book_volumes_of(book, flight(owner), &volumes), seen = 0;
        for (size_t i = 0; i < naive->count; i++) {
            if (naive->volumes[i].owner != owner)
                continue;
            assert_true(seen < count);
            assert_int_equal(volumes[seen].from_ms, naive->volumes[i].volume.from_ms);
            assert_int_equal(volumes[seen].until_ms, naive->volumes[i].volume.until_ms);
            assert_int_equal(volumes[seen++].lower_mm, naive->volumes[i].volume.lower_mm);
        }
        assert_int_equal(seen, count);
        assert_int_equal(air_book_holds(book, flight(owner)), count > 0);
        flights += count > 0;
    }
    assert_int_equal(air_book_flights(book), flights);
    assert_int_equal(book->closed_count, naive->closed_count);
}

static void check_bytes(const struct air_book *book)
{
    struct bytes first, second;
    bytes_init(&first, 1 << 20);
    bytes_init(&second, 1 << 20);
    air_book_write(book, &first);
    for (size_t cut = 0; cut <= first.length; cut = cut + 1 + (cut < first.length / 2 ? 7 : 0)) {
        struct air_book copy;
        struct bytes_reader reader;
        air_book_init(&copy, &site);
        bytes_read_init(&reader, first.data, cut);
        bool good = air_book_read(&copy, &reader) && bytes_read_done(&reader);
        assert_int_equal(good, cut == first.length);
        bytes_clear(&second);
        if (good)
            air_book_write(&copy, &second);
        air_book_finish(&copy);
    }
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.data, second.data, first.length);
    bytes_finish(&first);
    bytes_finish(&second);
}

static void run_random(uint64_t seed, int *taken, int *refused)
{
    static struct naive naive, after;
    struct random random;
    struct air_book book;
    random_init(&random, seed);
    air_book_init(&book, &site);
    naive = (struct naive){0};
    int64_t now = 0;
    for (int round = 0; round < 150; round++) {
        struct parts parts;
        size_t count = random_parts(&random, &parts, now);
        after = naive;
        bool fits = naive_take(&after, parts.ops, count, now);
        struct plenum_refusal refusal = {0};
        if (book_test(&book, parts.ops, count, now, &refusal) != fits)
            fail_msg("seed %llu, round %d: the model says %d, reason %d at operation %u",
                     (unsigned long long)seed, round, fits, refusal.reason, refusal.op);
        if (fits) {
            book_apply(&book, parts.ops, count, now);
            naive = after;
        }
        *(fits ? taken : refused) += 1;
        check_same(&book, &naive);
        now += (int64_t)random_below(&random, 20);
        air_book_advance(&book, now);
        naive_forget(&naive, now);
        check_same(&book, &naive);
    }
    check_bytes(&book);
    air_book_finish(&book);
}

static void test_random(void **state)
{
    (void)state;
    const uint64_t first = 2026;
    int taken = 0, refused = 0;
    for (uint64_t seed = first; seed < first + 20; seed++)
        run_random(seed, &taken, &refused);
    print_message("seeds %llu..%llu: %d commands taken, %d refused\n", (unsigned long long)first,
                  (unsigned long long)first + 19, taken, refused);
    assert_true(taken > 500 && refused > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_release),
        cmocka_unit_test(test_own_volumes),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
