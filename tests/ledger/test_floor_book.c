/* The floor book: tables of edge cases, and random commands against a model that looks at all
 * pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/floor_book.h"

/* Two halls, one behind the other in the cell space: 4 x 3 with a wall at column 2, row 1; and
 * 3 x 2. Numbers:
 *      0  1  2  3        12 13 14
 *      4  5 ##  7        15 16 17
 *      8  9 10 11 */
enum { ROBOTS = 6, CELLS = 18, WALL = 6, BELOW_WALL = 10 };

static const struct plenum_hall halls[2] = {
    {.name = "a", .width = 4, .height = 3, .first_cell = 0},
    {.name = "b", .width = 3, .height = 2, .first_cell = 12},
};
static const uint8_t walls[CELLS] = {[WALL] = 1};
static const struct plenum_site site = {
    .halls = halls,
    .hall_count = 2,
    .cell_count = CELLS,
    .walls = walls,
    .robot_count = ROBOTS,
};

static const struct plenum_ref rack_1 = {PLENUM_RACK, 1}, rack_2 = {PLENUM_RACK, 2};

/* --- small makers ----------------------------------------------------------------------------- */

static struct plenum_op place(int32_t robot, int32_t cell)
{
    return (struct plenum_op){.type = PLENUM_OP_FLOOR_PLACE, .place = {robot, cell}};
}

static struct plenum_op lift(int32_t robot)
{
    return (struct plenum_op){.type = PLENUM_OP_FLOOR_LIFT, .lift = {robot}};
}

static struct plenum_op shut(struct plenum_ref owner, int32_t cell)
{
    return (struct plenum_op){.type = PLENUM_OP_FLOOR_CLOSE, .close = {owner, cell}};
}

static struct plenum_op opened(struct plenum_ref owner, int32_t cell)
{
    return (struct plenum_op){.type = PLENUM_OP_FLOOR_OPEN, .open = {owner, cell}};
}

/* moves: a letter a robot, of ".ESWN"; anything else is no move. The bytes live to the next but
 * seven calls. */
static struct plenum_op step(const char *moves)
{
    static uint8_t bytes[8][16];
    static int next;
    uint8_t *row = bytes[next++ % 8];
    int32_t count = (int32_t)strlen(moves);
    for (int32_t i = 0; i < count; i++) {
        row[i] = 9;
        for (int m = 0; m < PLENUM_MOVE_COUNT; m++)
            if (".ESWN"[m] == moves[i])
                row[i] = (uint8_t)m;
    }
    return (struct plenum_op){.type = PLENUM_OP_FLOOR_STEP, .step = {row, count}};
}

static bool book_test(const struct floor_book *book, const struct plenum_op *ops, size_t count,
                      int64_t now_ms, struct plenum_refusal *refusal)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the book only reads them */
    struct plenum_command command = {.ops = (struct plenum_op *)(uintptr_t)ops, .op_count = count};
    return floor_book_test(book, &command, now_ms, refusal);
}

static void book_apply(struct floor_book *book, const struct plenum_op *ops, size_t count,
                       int64_t now_ms)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the book only reads them */
    struct plenum_command command = {.ops = (struct plenum_op *)(uintptr_t)ops, .op_count = count};
    floor_book_apply(book, &command, now_ms);
}

static void check_sane(const struct floor_book *book)
{
    int standing = 0, seen = 0;
    for (int32_t r = 0; r < ROBOTS; r++) {
        if (book->cells[r] < 0)
            continue;
        standing++;
        assert_int_equal(book->robots[book->cells[r]], r); /* F1 */
        assert_false(walls[book->cells[r]]);               /* F2 */
        assert_int_equal(floor_book_closed_by(book, book->cells[r]).kind, PLENUM_KIND_COUNT);
    }
    for (int32_t c = 0; c < CELLS; c++) {
        seen += book->robots[c] >= 0;
        assert_int_equal(book->flags[c] & 0xe0, 0); /* F5 */
    }
    assert_int_equal(standing, seen);
    for (int32_t r = 0; r < ROBOTS; r++)
        assert_int_equal(book->placing[r], 0);
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Robots 0, 1, 2 stand in 0, 1, 5; robot 3 in 11 (last of hall a), 4 in 12 (first of hall b);
 * robot 5 is nowhere. Cell 9 is closed by rack 1. */
static void stand(struct floor_book *book)
{
    floor_book_init(book, &site);
    struct plenum_op ops[] = {place(0, 0),  place(1, 1),  place(2, 5),
                              place(3, 11), place(4, 12), shut(rack_1, 9)};
    struct plenum_refusal refusal;
    assert_true(book_test(book, ops, 6, 100, &refusal));
    book_apply(book, ops, 6, 100);
    check_sane(book);
}

/* This small floor is dense; without a floor to lay steps out on, it is walked by robot. */
static void walk_by_robot(struct floor_book *book)
{
    free(book->next - book->margin);
    free(book->laid - book->margin);
    book->next = NULL;
    book->laid = NULL;
}

struct step_case {
    const char *moves;
    enum plenum_reason reason;
    int32_t subject, asked, other; /* other: a robot, or PLENUM_NONE */
};

static const struct step_case step_cases[] = {
    {"......", PLENUM_REASON_NONE, 0, 0, 0},
    {"EE....", PLENUM_REASON_NONE, 0, 0, 0},                  /* a queue that moves on */
    {"EEN...", PLENUM_REASON_CELL_TAKEN, 1, 2, 0},            /* two follow into one cell */
    {"SE....", PLENUM_REASON_NONE, 0, 0, 0},                  /* side by side */
    {"E.....", PLENUM_REASON_CELL_TAKEN, 1, 0, 1},            /* into one that waits */
    {"EW....", PLENUM_REASON_SWAP, 1, 0, 1},                  /* head on, side by side */
    {".SN...", PLENUM_REASON_SWAP, 5, 1, 2},                  /* head on, one above the other */
    {"S.W...", PLENUM_REASON_CELL_TAKEN, 4, 2, 0},            /* two into one cell */
    {"N.....", PLENUM_REASON_WALL, 0, 0, -1},                 /* over the edges */
    {"W.....", PLENUM_REASON_WALL, 0, 0, -1},                 /* the cell before is nowhere */
    {"...E..", PLENUM_REASON_WALL, 11, 3, -1},                /* the next cell is in hall b */
    {"...S..", PLENUM_REASON_WALL, 11, 3, -1},                /* so is the one below */
    {"....W.", PLENUM_REASON_WALL, 12, 4, -1},                /* the cell before is in hall a */
    {"....N.", PLENUM_REASON_WALL, 12, 4, -1},                /* and the one above */
    {"..E...", PLENUM_REASON_WALL, 5, 2, -1},                 /* into a wall */
    {"..S...", PLENUM_REASON_CELL_CLOSED, 9, 2, -1},          /* into a closed cell */
    {".....E", PLENUM_REASON_MALFORMED, PLENUM_NONE, 0, -1},  /* robot 5 is nowhere */
    {"...x..", PLENUM_REASON_MALFORMED, PLENUM_NONE, 0, -1},  /* no such move */
    {".....", PLENUM_REASON_MALFORMED, PLENUM_NONE, 0, -1},   /* one short */
    {".......", PLENUM_REASON_MALFORMED, PLENUM_NONE, 0, -1}, /* one over */
};

static void test_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof step_cases / sizeof *step_cases; i++) {
        const struct step_case *c = &step_cases[i / 2];
        struct floor_book book;
        stand(&book);
        if (i % 2)
            walk_by_robot(&book);
        struct plenum_op op = step(c->moves);
        struct plenum_refusal refusal = {0};
        bool fits = book_test(&book, &op, 1, 101, &refusal);
        check_sane(&book);
        if (fits != (c->reason == PLENUM_REASON_NONE) || refusal.reason != c->reason)
            fail_msg("step %s: reason %d, expected %d", c->moves, refusal.reason, c->reason);
        if (!fits) {
            assert_int_equal(refusal.subject, c->subject);
            assert_int_equal(refusal.asked, c->asked);
            if (c->other >= 0) {
                assert_int_equal(refusal.other.kind, PLENUM_ROBOT);
                assert_int_equal(refusal.other.id, c->other);
            }
        }
        floor_book_finish(&book);
    }
}

static void test_moving(void **state)
{
    (void)state;
    struct floor_book book;
    stand(&book);
    struct plenum_op op = step("EE.NE.");
    struct plenum_refusal refusal;
    assert_true(book_test(&book, &op, 1, 101, &refusal));
    book_apply(&book, &op, 1, 101);
    check_sane(&book);
    static const int32_t cells[ROBOTS] = {1, 2, 5, 7, 13, PLENUM_NONE};
    static const int64_t moves[ROBOTS] = {1, 1, 0, 1, 1, 0};
    assert_memory_equal(book.cells, cells, sizeof cells);
    assert_memory_equal(book.moves, moves, sizeof moves);
    assert_int_equal(book.robots[0], PLENUM_NONE);
    floor_book_finish(&book);
}

struct list_case {
    struct plenum_op ops[4];
    size_t count;
    enum plenum_reason reason;
    uint32_t op;
};

/* Commands of several operations on the same floor. */
static void test_lists(void **state)
{
    (void)state;
    const struct list_case cases[] = {
        {{place(5, 7)}, 1, PLENUM_REASON_NONE, 0},
        {{place(5, WALL)}, 1, PLENUM_REASON_WALL, 0},
        {{place(5, 9)}, 1, PLENUM_REASON_CELL_CLOSED, 0},
        {{place(5, 5)}, 1, PLENUM_REASON_CELL_TAKEN, 0},
        {{place(0, 7)}, 1, PLENUM_REASON_EXISTS, 0},
        {{place(6, 7)}, 1, PLENUM_REASON_UNKNOWN, 0},
        {{place(5, 18)}, 1, PLENUM_REASON_UNKNOWN, 0},
        {{place(5, -1)}, 1, PLENUM_REASON_UNKNOWN, 0},
        {{place(5, 7), place(5, 8)}, 2, PLENUM_REASON_EXISTS, 1},
        {{shut(rack_1, 7)}, 1, PLENUM_REASON_NONE, 0},
        {{shut(rack_1, 9)}, 1, PLENUM_REASON_CELL_CLOSED, 0},
        {{shut(rack_2, 7), shut(rack_1, 7)}, 2, PLENUM_REASON_CELL_CLOSED, 1},
        {{shut(rack_1, 5)}, 1, PLENUM_REASON_CELL_TAKEN, 0},
        {{shut(rack_1, WALL)}, 1, PLENUM_REASON_WALL, 0},
        {{shut(rack_1, CELLS)}, 1, PLENUM_REASON_UNKNOWN, 0},
        {{place(5, 7), shut(rack_1, 7)}, 2, PLENUM_REASON_CELL_TAKEN, 1},
        {{opened(rack_1, 9)}, 1, PLENUM_REASON_NONE, 0},
        {{opened(rack_2, 9)}, 1, PLENUM_REASON_CELL_CLOSED, 0},
        {{opened(rack_1, 8)}, 1, PLENUM_REASON_UNKNOWN, 0},
        {{opened(rack_1, -3)}, 1, PLENUM_REASON_UNKNOWN, 0},
        {{opened(rack_1, 9), opened(rack_1, 9)}, 2, PLENUM_REASON_UNKNOWN, 1},
        {{shut(rack_2, 9), opened(rack_1, 9)}, 2, PLENUM_REASON_NONE, 0}, /* handed over */
        {{place(5, 9), opened(rack_1, 9)}, 2, PLENUM_REASON_NONE, 0},
        {{step("..S..."), opened(rack_1, 9)}, 2, PLENUM_REASON_NONE, 0},
        {{step("..S..."), opened(rack_1, 9), shut(rack_2, 9)}, 3, PLENUM_REASON_CELL_TAKEN, 2},
        {{shut(rack_2, 0), step("S.....")}, 2, PLENUM_REASON_NONE, 0}, /* it leaves in time */
        {{step("S....."), place(5, 0)}, 2, PLENUM_REASON_NONE, 0},
        {{step("S....."), place(5, 4)}, 2, PLENUM_REASON_CELL_TAKEN, 1},
        {{step("......"), step("......")}, 2, PLENUM_REASON_MALFORMED, 1},
        {{place(5, WALL), opened(rack_1, 8)}, 2, PLENUM_REASON_WALL, 0}, /* the lowest */
        {{opened(rack_1, 8), place(5, WALL)}, 2, PLENUM_REASON_UNKNOWN, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct floor_book book;
        stand(&book);
        struct plenum_refusal refusal = {0};
        bool fits = book_test(&book, cases[i].ops, cases[i].count, 101, &refusal);
        check_sane(&book);
        if (refusal.reason != cases[i].reason || fits != (cases[i].reason == PLENUM_REASON_NONE))
            fail_msg("case %zu: reason %d, expected %d", i, refusal.reason, cases[i].reason);
        assert_int_equal(refusal.op, cases[i].op);
        if (fits) {
            book_apply(&book, cases[i].ops, cases[i].count, 101);
            check_sane(&book);
        }
        floor_book_finish(&book);
    }
}

static void test_one_step_an_instant(void **state)
{
    (void)state;
    struct floor_book book;
    stand(&book);
    struct plenum_op ops[] = {step("EE....")};
    struct plenum_refusal refusal;
    assert_true(book_test(&book, ops, 1, 101, &refusal));
    book_apply(&book, ops, 1, 101);
    ops[0] = step("......");
    assert_false(book_test(&book, ops, 1, 101, &refusal));
    assert_int_equal(refusal.reason, PLENUM_REASON_MALFORMED);
    floor_book_advance(&book, 102);
    assert_true(book_test(&book, ops, 1, 102, &refusal));
    floor_book_finish(&book);
}

/* --- random commands against the model -------------------------------------------------------- */

struct naive {
    int32_t cells[ROBOTS];
    int64_t moves[ROBOTS];
    struct plenum_ref closed[CELLS]; /* kind PLENUM_KIND_COUNT: open */
};

static void naive_where(int32_t cell, int *hall, int *x, int *y)
{
    *hall = cell >= 12;
    int32_t inside = *hall ? cell - 12 : cell;
    *x = inside % halls[*hall].width;
    *y = inside / halls[*hall].width;
}

/* The cell after a move; -2 over the edge. */
static int32_t naive_target(int32_t cell, int move)
{
    static const int dx[] = {0, 1, 0, -1, 0}, dy[] = {0, 0, 1, 0, -1};
    int hall, x, y;
    naive_where(cell, &hall, &x, &y);
    x += dx[move];
    y += dy[move];
    if (x < 0 || y < 0 || x >= halls[hall].width || y >= halls[hall].height)
        return -2;
    return halls[hall].first_cell + y * halls[hall].width + x;
}

static bool naive_move(struct naive *naive, const uint8_t *moves)
{
    int32_t before[ROBOTS];
    memcpy(before, naive->cells, sizeof before);
    for (int r = 0; r < ROBOTS; r++) {
        if (before[r] < 0) {
            if (moves[r] != PLENUM_MOVE_WAIT)
                return false;
            continue;
        }
        naive->cells[r] = naive_target(before[r], moves[r]);
        naive->moves[r] += moves[r] != PLENUM_MOVE_WAIT;
        if (naive->cells[r] < 0 || walls[naive->cells[r]])
            return false;
    }
    for (int r = 0; r < ROBOTS; r++)
        for (int q = 0; q < r; q++)
            if (before[r] >= 0 && before[q] >= 0 && before[r] == naive->cells[q] &&
                before[q] == naive->cells[r])
                return false;
    return true;
}

static bool naive_apart(const struct naive *naive)
{
    for (int r = 0; r < ROBOTS; r++)
        for (int q = 0; q < r; q++)
            if (naive->cells[r] >= 0 && naive->cells[r] == naive->cells[q])
                return false;
    return true;
}

/* True if the command fits; then naive is the floor after it. */
static bool naive_take(struct naive *naive, const struct plenum_op *ops, size_t count)
{
    const struct plenum_ref nobody = {PLENUM_KIND_COUNT, 0};
    const struct naive before[1] = {*naive};
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type != PLENUM_OP_FLOOR_OPEN)
            continue;
        struct plenum_ref *by = &naive->closed[ops[i].open.cell];
        if (by->kind != ops[i].open.owner.kind || by->id != ops[i].open.owner.id)
            return false;
        *by = nobody;
    }
    for (size_t i = 0; i < count; i++)
        if (ops[i].type == PLENUM_OP_FLOOR_STEP && !naive_move(naive, ops[i].step.moves))
            return false;
    if (!naive_apart(naive))
        return false;
    int32_t stood[ROBOTS];
    memcpy(stood, naive->cells, sizeof stood);
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type != PLENUM_OP_FLOOR_LIFT)
            continue;
        int32_t robot = ops[i].lift.robot;
        if (naive->cells[robot] < 0 || naive->cells[robot] != before->cells[robot])
            return false;
        naive->cells[robot] = -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type == PLENUM_OP_FLOOR_PLACE) {
            if (stood[ops[i].place.robot] >= 0 || naive->cells[ops[i].place.robot] >= 0 ||
                walls[ops[i].place.cell])
                return false;
            naive->cells[ops[i].place.robot] = ops[i].place.cell;
        } else if (ops[i].type == PLENUM_OP_FLOOR_CLOSE) {
            if (naive->closed[ops[i].close.cell].kind != PLENUM_KIND_COUNT ||
                walls[ops[i].close.cell])
                return false;
            naive->closed[ops[i].close.cell] = ops[i].close.owner;
        }
    }
    for (int r = 0; r < ROBOTS; r++)
        if (naive->cells[r] >= 0 && naive->closed[naive->cells[r]].kind != PLENUM_KIND_COUNT)
            return false;
    return naive_apart(naive);
}

static size_t random_ops(struct random *random, struct plenum_op ops[4], uint8_t moves[ROBOTS])
{
    size_t count = 1 + random_below(random, 3);
    bool stepped = false;
    for (size_t i = 0; i < count; i++) {
        int32_t cell = (int32_t)random_below(random, CELLS);
        struct plenum_ref owner = random_below(random, 2) ? rack_1 : rack_2;
        uint64_t what = random_below(random, stepped ? 4 : 8);
        if (what == 0)
            ops[i] = place((int32_t)random_below(random, ROBOTS), cell);
        else if (what == 1)
            ops[i] = shut(owner, cell);
        else if (what == 2)
            ops[i] = opened(owner, cell);
        else if (what == 3)
            ops[i] = lift((int32_t)random_below(random, ROBOTS));
        else {
            for (int r = 0; r < ROBOTS; r++)
                moves[r] =
                    (uint8_t)(random_below(random, 2) ? 0
                                                      : random_below(random, PLENUM_MOVE_COUNT));
            ops[i] = (struct plenum_op){.type = PLENUM_OP_FLOOR_STEP, .step = {moves, ROBOTS}};
            stepped = true;
        }
    }
    return count;
}

static void check_same(const struct floor_book *book, const struct naive *naive)
{
    check_sane(book);
    for (int r = 0; r < ROBOTS; r++) {
        assert_int_equal(book->cells[r], naive->cells[r]);
        assert_int_equal(book->moves[r], naive->moves[r]);
    }
    bool holds[3] = {false, false, false};
    for (int32_t c = 0; c < CELLS; c++) {
        struct plenum_ref by = floor_book_closed_by(book, c);
        assert_int_equal(by.kind, naive->closed[c].kind);
        assert_int_equal(by.id, naive->closed[c].id);
        if (by.kind == PLENUM_RACK)
            holds[by.id] = true;
    }
    assert_int_equal(floor_book_holds(book, rack_1), holds[1]);
    assert_int_equal(floor_book_holds(book, rack_2), holds[2]);
}

/* Written, read into a new book and written again, the bytes are the same. */
static void check_bytes(const struct floor_book *book)
{
    struct bytes first, second;
    bytes_init(&first, 1 << 20);
    bytes_init(&second, 1 << 20);
    floor_book_write(book, &first);
    struct floor_book copy;
    floor_book_init(&copy, &site);
    struct bytes_reader reader;
    bytes_read_init(&reader, first.data, first.length);
    assert_true(floor_book_read(&copy, &reader));
    assert_true(bytes_read_done(&reader));
    check_sane(&copy);
    floor_book_write(&copy, &second);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.data, second.data, first.length);
    floor_book_finish(&copy);
    bytes_finish(&first);
    bytes_finish(&second);
}

static void run_random(uint64_t seed, int *taken, int *refused)
{
    struct random random;
    random_init(&random, seed);
    struct floor_book book;
    floor_book_init(&book, &site);
    assert_non_null(book.next);
    if (seed % 2)
        walk_by_robot(&book);
    struct naive naive = {0};
    for (int r = 0; r < ROBOTS; r++)
        naive.cells[r] = PLENUM_NONE;
    for (int c = 0; c < CELLS; c++)
        naive.closed[c].kind = PLENUM_KIND_COUNT;
    for (int64_t now = 1; now < 400; now++) {
        struct plenum_op ops[4];
        uint8_t moves[ROBOTS];
        size_t count = random_ops(&random, ops, moves);
        struct naive after = naive;
        bool fits = naive_take(&after, ops, count);
        struct plenum_refusal refusal = {0};
        if (book_test(&book, ops, count, now, &refusal) != fits)
            fail_msg("seed %llu, now %lld: the model says %d, reason %d at operation %u",
                     (unsigned long long)seed, (long long)now, fits, refusal.reason, refusal.op);
        check_same(&book, &naive);
        if (fits) {
            book_apply(&book, ops, count, now);
            naive = after;
            check_same(&book, &naive);
        }
        *(fits ? taken : refused) += 1;
        floor_book_advance(&book, now);
    }
    check_bytes(&book);
    floor_book_finish(&book);
}

static void test_random(void **state)
{
    (void)state;
    int taken = 0, refused = 0;
    const uint64_t first = 2026;
    for (uint64_t seed = first; seed < first + 200; seed++)
        run_random(seed, &taken, &refused);
    print_message("seeds %llu..%llu: %d commands taken, %d refused\n", (unsigned long long)first,
                  (unsigned long long)first + 199, taken, refused);
    assert_true(taken > 1000 && refused > 1000);
}

/* Any byte string either is refused or gives a sane book. */
static void test_bad_bytes(void **state)
{
    (void)state;
    struct floor_book book;
    stand(&book);
    struct bytes bytes;
    bytes_init(&bytes, 1 << 20);
    floor_book_write(&book, &bytes);
    for (size_t length = 0; length < bytes.length; length++) {
        struct floor_book copy;
        floor_book_init(&copy, &site);
        struct bytes_reader reader;
        bytes_read_init(&reader, bytes.data, length);
        assert_false(floor_book_read(&copy, &reader) && bytes_read_done(&reader));
        floor_book_finish(&copy);
    }
    for (size_t i = 0; i < 8 * bytes.length; i++) {
        struct floor_book copy;
        floor_book_init(&copy, &site);
        bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
        struct bytes_reader reader;
        bytes_read_init(&reader, bytes.data, bytes.length);
        if (floor_book_read(&copy, &reader))
            check_sane(&copy);
        bytes.data[i / 8] ^= (uint8_t)(1u << i % 8);
        floor_book_finish(&copy);
    }
    bytes_finish(&bytes);
    floor_book_finish(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),  cmocka_unit_test(test_moving),
        cmocka_unit_test(test_lists),  cmocka_unit_test(test_one_step_an_instant),
        cmocka_unit_test(test_random), cmocka_unit_test(test_bad_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
