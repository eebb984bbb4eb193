#include "ledger/floor_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/floor_step.h"

enum { PLACING = 1, LIFTING = 2 };

/* --- making ----------------------------------------------------------------------------------- */

static void floor_flag_hall(struct floor_book *book, const struct plenum_hall *hall)
{
    const uint8_t *walls = book->site->walls + hall->first_cell;
    uint8_t *flags = book->flags + hall->first_cell;
    for (int32_t y = 0; y < hall->height; y++) {
        for (int32_t x = 0; x < hall->width; x++) {
            int32_t cell = y * hall->width + x;
            int bits = 0;
            if (x + 1 < hall->width && !walls[cell + 1])
                bits |= EXIT_EAST;
            if (y + 1 < hall->height && !walls[cell + hall->width])
                bits |= EXIT_SOUTH;
            if (x > 0 && !walls[cell - 1])
                bits |= EXIT_WEST;
            if (y > 0 && !walls[cell - hall->width])
                bits |= EXIT_NORTH;
            flags[cell] = (uint8_t)bits;
        }
    }
}

/* An item for each cell, with a margin on both sides. */
static void *new_cells(const struct floor_book *book, size_t item_size)
{
    size_t margin = (size_t)book->margin;
    char *items = memory_new((size_t)book->site->cell_count + 2 * margin, item_size);
    return items + margin * item_size;
}

void floor_book_init(struct floor_book *book, const struct plenum_site *site)
{
    CHECK(site->robot_count >= 0 && site->cell_count >= 0);
    *book = (struct floor_book){.site = site, .last_step_ms = INT64_MIN};
    size_t robots = (size_t)site->robot_count, cells = (size_t)site->cell_count;
    book->cells = memory_new(robots, sizeof *book->cells);
    book->pitch = memory_new(robots, sizeof *book->pitch);
    book->moves = memory_new(robots, sizeof *book->moves);
    book->placing = memory_new(robots, sizeof *book->placing);
    book->flags = memory_new(cells, sizeof *book->flags);
    for (int32_t i = 0; i < site->hall_count; i++)
        book->margin = site->halls[i].width > book->margin ? site->halls[i].width : book->margin;
    book->robots = new_cells(book, sizeof *book->robots);
    if (floor_is_dense(site)) {
        book->next = new_cells(book, sizeof *book->next);
        book->laid = new_cells(book, sizeof *book->laid);
    }
    for (size_t i = 0; i < robots; i++)
        book->cells[i] = PLENUM_NONE;
    for (size_t i = 0; i < cells; i++)
        book->robots[i] = PLENUM_NONE;
    for (int32_t i = 0; i < site->hall_count; i++)
        floor_flag_hall(book, &site->halls[i]);
}

void floor_book_finish(struct floor_book *book)
{
    free(book->cells);
    free(book->pitch);
    free(book->moves);
    free(book->placing);
    free(book->robots ? book->robots - book->margin : NULL);
    free(book->next ? book->next - book->margin : NULL);
    free(book->laid ? book->laid - book->margin : NULL);
    free(book->flags);
    free(book->closed);
    *book = (struct floor_book){0};
}

static int32_t floor_width_at(const struct plenum_site *site, int32_t cell)
{
    for (int32_t i = 0; i < site->hall_count; i++) {
        const struct plenum_hall *hall = &site->halls[i];
        if (cell >= hall->first_cell && cell - hall->first_cell < hall->width * hall->height)
            return hall->width;
    }
    return 0;
}

/* --- closed cells ----------------------------------------------------------------------------- */

/* The index of the first closed cell that is >= cell. */
static size_t closed_find(const struct floor_book *book, int32_t cell)
{
    size_t low = 0, high = book->closed_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (book->closed[middle].cell < cell)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct plenum_ref floor_book_closed_by(const struct floor_book *book, int32_t cell)
{
    CHECK(cell >= 0 && cell < book->site->cell_count);
    if (!(book->flags[cell] & CLOSED))
        return plenum_ref(PLENUM_KIND_COUNT, 0);
    size_t at = closed_find(book, cell);
    CHECK(at < book->closed_count && book->closed[at].cell == cell);
    return book->closed[at].owner;
}

static void closed_add(struct floor_book *book, int32_t cell, struct plenum_ref owner)
{
    CHECK(!(book->flags[cell] & CLOSED));
    size_t at = closed_find(book, cell);
    book->closed = array_reserve(book->closed, &book->closed_capacity, book->closed_count + 1,
                                 sizeof *book->closed, PLENUM_CELLS_MAX);
    memmove(&book->closed[at + 1], &book->closed[at],
            (book->closed_count - at) * sizeof *book->closed);
    book->closed[at] = (struct floor_closed){.cell = cell, .owner = owner};
    book->closed_count++;
    book->closed_of_kind[owner.kind]++;
    book->flags[cell] |= CLOSED;
}

static void closed_remove(struct floor_book *book, int32_t cell)
{
    CHECK(book->flags[cell] & CLOSED);
    size_t at = closed_find(book, cell);
    CHECK(at < book->closed_count && book->closed[at].cell == cell);
    book->closed_of_kind[book->closed[at].owner.kind]--;
    book->closed_count--;
    memmove(&book->closed[at], &book->closed[at + 1],
            (book->closed_count - at) * sizeof *book->closed);
    book->flags[cell] &= (uint8_t)~CLOSED;
}

size_t floor_book_count_of(const struct floor_book *book, struct plenum_ref owner)
{
    CHECK(owner.kind < PLENUM_KIND_COUNT);
    size_t count = 0;
    for (size_t i = 0; i < book->closed_count && book->closed_of_kind[owner.kind] > 0; i++)
        count += book->closed[i].owner.kind == owner.kind && book->closed[i].owner.id == owner.id;
    return count;
}

bool floor_book_holds(const struct floor_book *book, struct plenum_ref owner)
{
    return floor_book_count_of(book, owner) > 0;
}

/* --- the test --------------------------------------------------------------------------------- */

/* One test that runs. refusal is that of the lowest operation so far. */
struct floor_test {
    const struct floor_book *book;
    const struct plenum_command *command;
    const struct plenum_op *step; /* NULL if there is none, or none that can be judged */
    int64_t now_ms;
    bool fits;
    struct plenum_refusal refusal;
};

static void test_refuse(struct floor_test *test, size_t op, struct plenum_refusal refusal)
{
    CHECK(refusal.reason != PLENUM_REASON_NONE);
    if (!test->fits && test->refusal.op <= op)
        return;
    test->fits = false;
    test->refusal = refusal;
    test->refusal.op = (uint32_t)op;
    test->refusal.from_ms = test->now_ms;
}

static void test_malformed(struct floor_test *test, size_t op, const char *rule)
{
    test_refuse(test, op,
                (struct plenum_refusal){.reason = PLENUM_REASON_MALFORMED,
                                        .subject = PLENUM_NONE,
                                        .other.kind = PLENUM_KIND_COUNT,
                                        .rule = rule});
}

static bool floor_has(const struct floor_book *book, int32_t cell)
{
    return cell >= 0 && cell < book->site->cell_count;
}

/* Marks the cells that the command opens, up to the first opening that does not fit. Returns the
 * index after the last operation that was marked. */
static size_t test_opens(struct floor_test *test)
{
    const struct floor_book *book = test->book;
    for (size_t i = 0; i < test->command->op_count; i++) {
        const struct plenum_op *op = &test->command->ops[i];
        if (op->type != PLENUM_OP_FLOOR_OPEN)
            continue;
        int32_t cell = op->open.cell;
        if (!floor_has(book, cell) || !(book->flags[cell] & CLOSED) ||
            (book->flags[cell] & MARK_OPENED)) {
            test_refuse(test, i, floor_refusal(PLENUM_REASON_UNKNOWN, cell, PLENUM_NONE, no_ref()));
            return i;
        }
        struct plenum_ref holder = floor_book_closed_by(book, cell);
        if (holder.kind != op->open.owner.kind || holder.id != op->open.owner.id) {
            test_refuse(test, i,
                        floor_refusal(PLENUM_REASON_CELL_CLOSED, cell, PLENUM_NONE, holder));
            return i;
        }
        book->flags[cell] |= MARK_OPENED;
    }
    return test->command->op_count;
}

static void clear_opens(const struct floor_test *test, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (test->command->ops[i].type == PLENUM_OP_FLOOR_OPEN)
            test->book->flags[test->command->ops[i].open.cell] &= (uint8_t)~MARK_OPENED;
}

/* Finds the step and judges it. Returns the robots whose moves are marked: none when the step is
 * all of the command and was judged by place. */
static int32_t test_step(struct floor_test *test)
{
    const struct floor_book *book = test->book;
    size_t at = test->command->op_count;
    for (size_t i = test->command->op_count; i-- > 0;) {
        if (test->command->ops[i].type != PLENUM_OP_FLOOR_STEP)
            continue;
        if (at < test->command->op_count)
            test_malformed(test, at, "one step in a command");
        at = i;
    }
    if (at == test->command->op_count)
        return 0;
    const struct plenum_op *op = &test->command->ops[at];
    if (op->step.count != book->site->robot_count) {
        test_malformed(test, at, "a move for each robot of the site");
        return 0;
    }
    if (book->last_step_ms == test->now_ms) {
        test_malformed(test, at, "one step at an instant");
        return 0;
    }
    bool scanned = test->command->op_count == 1 && book->next;
    if (scanned && floor_step_scan(book, op->step.moves))
        return 0;
    test->step = op;
    int32_t end = floor_step_mark(book, op->step.moves, op->step.count);
    CHECK(!scanned || end < op->step.count); /* both ways say the same */
    if (end == op->step.count)
        return end;
    if (op->step.moves[end] >= PLENUM_MOVE_COUNT)
        test_malformed(test, at, "a move that there is");
    else if (book->cells[end] < 0)
        test_malformed(test, at, "a robot that is nowhere waits");
    else
        test_refuse(test, at, floor_step_refusal(book, op->step.moves, end));
    return end;
}

/* Whether a robot will stand in the cell, and which where that is known at once: robots that come
 * by this command are not named (PLENUM_NONE). */
static bool test_occupied(const struct floor_test *test, int32_t cell, int32_t *robot)
{
    const struct floor_book *book = test->book;
    int32_t there = book->robots[cell];
    bool stays = there >= 0 && book->placing[there] != LIFTING &&
                 (!test->step || test->step->step.moves[there] == PLENUM_MOVE_WAIT);
    *robot = stays ? there : PLENUM_NONE;
    return stays || book->flags[cell] & MARK_TAKEN;
}

/* Why nothing may come to a cell of the floor: it stays closed, or a robot will be there (F1, F2).
 * *other is whose doing that is. */
static enum plenum_reason cell_in_use(const struct floor_test *test, int32_t cell,
                                      struct plenum_ref *other)
{
    const struct floor_book *book = test->book;
    int32_t there = PLENUM_NONE;
    if ((book->flags[cell] & (CLOSED | MARK_OPENED)) == CLOSED) {
        *other = floor_book_closed_by(book, cell);
        return PLENUM_REASON_CELL_CLOSED;
    }
    if (test_occupied(test, cell, &there)) {
        *other = robot_ref(there);
        return PLENUM_REASON_CELL_TAKEN;
    }
    return PLENUM_REASON_NONE;
}

/* One that is to be lifted stands, and waits in the step: then nobody else comes to its cell by
 * the step, and the mark that the step left there is its own. */
static bool lift_fits(struct floor_test *test, size_t at, int32_t robot)
{
    const struct floor_book *book = test->book;
    if (robot < 0 || robot >= book->site->robot_count || book->cells[robot] < 0 ||
        book->placing[robot] == LIFTING) {
        test_refuse(test, at, floor_refusal(PLENUM_REASON_UNKNOWN, PLENUM_NONE, robot, no_ref()));
        return false;
    }
    if (test->step && test->step->step.moves[robot] != PLENUM_MOVE_WAIT) {
        test_malformed(test, at, "a robot that is lifted waits");
        return false;
    }
    return true;
}

static size_t test_lifts(struct floor_test *test)
{
    for (size_t i = 0; i < test->command->op_count; i++) {
        const struct plenum_op *op = &test->command->ops[i];
        if (op->type != PLENUM_OP_FLOOR_LIFT)
            continue;
        if (!lift_fits(test, i, op->lift.robot))
            return i;
        test->book->placing[op->lift.robot] = LIFTING;
        test->book->flags[test->book->cells[op->lift.robot]] &= (uint8_t)~MARK_TAKEN;
    }
    return test->command->op_count;
}

static void clear_lifts(const struct floor_test *test, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (test->command->ops[i].type == PLENUM_OP_FLOOR_LIFT)
            test->book->placing[test->command->ops[i].lift.robot] = 0;
}

static bool place_fits(struct floor_test *test, size_t at, int32_t robot, int32_t cell)
{
    const struct floor_book *book = test->book;
    enum plenum_reason reason = PLENUM_REASON_NONE;
    struct plenum_ref other = no_ref();
    if (robot < 0 || robot >= book->site->robot_count || !floor_has(book, cell))
        reason = PLENUM_REASON_UNKNOWN;
    else if (book->cells[robot] >= 0 || book->placing[robot] == PLACING)
        reason = PLENUM_REASON_EXISTS;
    else if (book->site->walls[cell])
        reason = PLENUM_REASON_WALL;
    else
        reason = cell_in_use(test, cell, &other);
    if (reason != PLENUM_REASON_NONE)
        test_refuse(test, at, floor_refusal(reason, cell, robot, other));
    return reason == PLENUM_REASON_NONE;
}

static size_t test_places(struct floor_test *test)
{
    for (size_t i = 0; i < test->command->op_count; i++) {
        const struct plenum_op *op = &test->command->ops[i];
        if (op->type != PLENUM_OP_FLOOR_PLACE)
            continue;
        if (!place_fits(test, i, op->place.robot, op->place.cell))
            return i;
        test->book->placing[op->place.robot] = PLACING;
        test->book->flags[op->place.cell] |= MARK_TAKEN;
    }
    return test->command->op_count;
}

static void clear_places(const struct floor_test *test, size_t end)
{
    for (size_t i = 0; i < end; i++) {
        const struct plenum_op *op = &test->command->ops[i];
        if (op->type != PLENUM_OP_FLOOR_PLACE)
            continue;
        test->book->placing[op->place.robot] = 0;
        test->book->flags[op->place.cell] &= (uint8_t)~MARK_TAKEN;
    }
}

static bool close_fits(struct floor_test *test, size_t at, struct plenum_ref owner, int32_t cell)
{
    const struct floor_book *book = test->book;
    enum plenum_reason reason = PLENUM_REASON_NONE;
    struct plenum_ref other = no_ref();
    if (!floor_has(book, cell) || owner.kind >= PLENUM_KIND_COUNT)
        reason = PLENUM_REASON_UNKNOWN;
    else if (book->site->walls[cell])
        reason = PLENUM_REASON_WALL;
    else if (book->flags[cell] & MARK_SHUT)
        reason = PLENUM_REASON_CELL_CLOSED;
    else
        reason = cell_in_use(test, cell, &other);
    if (reason != PLENUM_REASON_NONE)
        test_refuse(test, at, floor_refusal(reason, cell, PLENUM_NONE, other));
    return reason == PLENUM_REASON_NONE;
}

static size_t test_closes(struct floor_test *test)
{
    for (size_t i = 0; i < test->command->op_count; i++) {
        const struct plenum_op *op = &test->command->ops[i];
        if (op->type != PLENUM_OP_FLOOR_CLOSE)
            continue;
        if (!close_fits(test, i, op->close.owner, op->close.cell))
            return i;
        test->book->flags[op->close.cell] |= MARK_SHUT;
    }
    return test->command->op_count;
}

static void clear_closes(const struct floor_test *test, size_t end)
{
    for (size_t i = 0; i < end; i++)
        if (test->command->ops[i].type == PLENUM_OP_FLOOR_CLOSE)
            test->book->flags[test->command->ops[i].close.cell] &= (uint8_t)~MARK_SHUT;
}

bool floor_book_test(const struct floor_book *book, const struct plenum_command *command,
                     int64_t now_ms, struct plenum_refusal *refusal)
{
    CHECK(now_ms >= book->last_step_ms);
    struct floor_test test = {.book = book, .command = command, .now_ms = now_ms, .fits = true};
    size_t opens = test_opens(&test);
    int32_t movers = test_step(&test);
    size_t lifts = test_lifts(&test);
    size_t places = test_places(&test);
    size_t closes = test_closes(&test);
    clear_closes(&test, closes);
    clear_places(&test, places);
    clear_lifts(&test, lifts);
    if (test.step)
        floor_step_clear(book, test.step->step.moves, movers);
    clear_opens(&test, opens);
    if (!test.fits && refusal)
        *refusal = test.refusal;
    return test.fits;
}

/* --- applying --------------------------------------------------------------------------------- */

static void floor_put(struct floor_book *book, int32_t robot, int32_t cell)
{
    CHECK(book->cells[robot] == PLENUM_NONE && book->robots[cell] == PLENUM_NONE);
    book->cells[robot] = cell;
    book->robots[cell] = robot;
    book->pitch[robot] = floor_width_at(book->site, cell);
}

static void floor_lift(struct floor_book *book, int32_t robot)
{
    int32_t cell = book->cells[robot];
    CHECK(cell >= 0 && book->robots[cell] == robot);
    book->cells[robot] = PLENUM_NONE;
    book->robots[cell] = PLENUM_NONE;
    book->pitch[robot] = 0;
}

void floor_book_apply(struct floor_book *book, const struct plenum_command *command, int64_t now_ms)
{
    const struct plenum_op *ops = command->ops;
    for (size_t i = 0; i < command->op_count; i++)
        if (ops[i].type == PLENUM_OP_FLOOR_OPEN)
            closed_remove(book, ops[i].open.cell);
    for (size_t i = 0; i < command->op_count; i++) {
        if (ops[i].type != PLENUM_OP_FLOOR_STEP)
            continue;
        CHECK(book->last_step_ms < now_ms && ops[i].step.count == book->site->robot_count);
        floor_step_apply(book, ops[i].step.moves, ops[i].step.count);
        book->last_step_ms = now_ms;
    }
    for (size_t i = 0; i < command->op_count; i++)
        if (ops[i].type == PLENUM_OP_FLOOR_LIFT)
            floor_lift(book, ops[i].lift.robot);
    for (size_t i = 0; i < command->op_count; i++) {
        if (ops[i].type == PLENUM_OP_FLOOR_PLACE)
            floor_put(book, ops[i].place.robot, ops[i].place.cell);
        else if (ops[i].type == PLENUM_OP_FLOOR_CLOSE)
            closed_add(book, ops[i].close.cell, ops[i].close.owner);
    }
}

void floor_book_advance(struct floor_book *book, int64_t now_ms)
{
    CHECK(now_ms >= book->last_step_ms);
}

/* --- bytes ------------------------------------------------------------------------------------ */

void floor_book_write(const struct floor_book *book, struct bytes *bytes)
{
    bytes_put_i64(bytes, book->last_step_ms);
    bytes_put_varint(bytes, (uint64_t)book->site->robot_count);
    for (int32_t i = 0; i < book->site->robot_count; i++) {
        bytes_put_svarint(bytes, book->cells[i]);
        bytes_put_svarint(bytes, book->moves[i]);
    }
    bytes_put_varint(bytes, book->closed_count);
    for (size_t i = 0; i < book->closed_count; i++) {
        bytes_put_svarint(bytes, book->closed[i].cell);
        bytes_put_varint(bytes, book->closed[i].owner.kind);
        bytes_put_varint(bytes, book->closed[i].owner.id);
    }
}

static bool read_robots(struct floor_book *book, struct bytes_reader *reader)
{
    for (int32_t i = 0; i < book->site->robot_count; i++) {
        int64_t cell = bytes_get_svarint(reader);
        book->moves[i] = bytes_get_svarint(reader);
        if (reader->failed || cell < PLENUM_NONE || cell >= book->site->cell_count ||
            book->moves[i] < 0)
            return false;
        if (cell == PLENUM_NONE)
            continue;
        if (book->robots[cell] != PLENUM_NONE || book->site->walls[cell])
            return false;
        floor_put(book, i, (int32_t)cell);
    }
    return true;
}

static bool read_closed(struct floor_book *book, struct bytes_reader *reader)
{
    uint64_t count = bytes_get_varint(reader);
    if (count > (uint64_t)book->site->cell_count)
        return false;
    int64_t last = -1;
    for (uint64_t i = 0; i < count; i++) {
        int64_t cell = bytes_get_svarint(reader);
        uint64_t kind = bytes_get_varint(reader), id = bytes_get_varint(reader);
        if (reader->failed || cell <= last || cell >= book->site->cell_count ||
            kind >= PLENUM_KIND_COUNT || book->site->walls[cell] ||
            book->robots[cell] != PLENUM_NONE)
            return false;
        closed_add(book, (int32_t)cell, plenum_ref((uint32_t)kind, id));
        last = cell;
    }
    return true;
}

bool floor_book_read(struct floor_book *book, struct bytes_reader *reader)
{
    CHECK(book->closed_count == 0 && book->last_step_ms == INT64_MIN);
    book->last_step_ms = bytes_get_i64(reader);
    if (bytes_get_varint(reader) != (uint64_t)book->site->robot_count)
        return false;
    return read_robots(book, reader) && read_closed(book, reader) && !reader->failed;
}
