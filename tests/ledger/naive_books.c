/* Capacity and floor, as the naive ledger keeps them. */
#include "base/check.h"
#include "naive_trial.h"

/* --- capacity --------------------------------------------------------------------------------- */

static void do_release_capacity(struct naive *after, const struct plenum_op *op)
{
    int kept = 0;
    for (int i = 0; i < after->capacity_count; i++) {
        struct plenum_capacity_claim claim = after->capacity[i];
        if (same(claim.owner, op->release.owner) && claim.until_ms > op->release.from_ms)
            claim.until_ms = op->release.from_ms;
        if (claim.from_ms < claim.until_ms && claim.until_ms > after->now_ms)
            after->capacity[kept++] = claim;
    }
    after->capacity_count = kept;
}

/* Whether the server gives more than it has at the instant. */
static bool server_is_over(const struct naive *naive, int32_t server, int64_t at_ms,
                           enum plenum_reason *reason)
{
    const struct plenum_server_model *model =
        &naive->site->server_models[naive->site->servers[server].model];
    int64_t milli[64] = {0}, cores = 0, memory = 0;
    for (int i = 0; i < naive->capacity_count; i++) {
        const struct plenum_capacity_claim *claim = &naive->capacity[i];
        if (claim->server != server || claim->from_ms > at_ms || at_ms >= claim->until_ms)
            continue;
        cores += claim->cores;
        memory += claim->memory_bytes;
        for (int bit = 0; bit < 64; bit++)
            milli[bit] += claim->accelerators >> bit & 1 ? claim->milli : 0;
    }
    *reason = PLENUM_REASON_ACCELERATOR_TAKEN;
    for (int bit = 0; bit < 64; bit++)
        if (milli[bit] > (bit < model->accelerators ? 1000 : 0))
            return true;
    *reason = cores > model->cores ? PLENUM_REASON_CORES_TAKEN : PLENUM_REASON_MEMORY_TAKEN;
    return cores > model->cores || memory > model->memory_bytes;
}

static void check_capacity(struct trial *trial, size_t op)
{
    const struct naive *after = trial->after;
    const struct plenum_capacity_claim *claim = &trial->command->ops[op].capacity;
    struct naive_window window = after->windows[claim->server];
    enum plenum_reason reason;
    if (claim->owner.kind != PLENUM_MAINTENANCE &&
        (claim->from_ms < window.from_ms || claim->until_ms > window.until_ms))
        refuse(trial, op, PLENUM_REASON_NOT_OFFERED);
    for (int i = 0; i < after->capacity_count; i++) {
        int64_t at = after->capacity[i].from_ms;
        at = at < claim->from_ms ? claim->from_ms : at;
        if (at < claim->until_ms && server_is_over(after, claim->server, at, &reason))
            refuse(trial, op, reason);
    }
}

static void check_window(struct trial *trial, size_t op)
{
    const struct naive *after = trial->after;
    const struct plenum_op *set = &trial->command->ops[op];
    for (int i = 0; i < after->capacity_count; i++) {
        const struct plenum_capacity_claim *claim = &after->capacity[i];
        int64_t from = claim->from_ms < after->now_ms ? after->now_ms : claim->from_ms;
        if (claim->server == set->window.server && claim->owner.kind != PLENUM_MAINTENANCE &&
            (from < set->window.from_ms || claim->until_ms > set->window.until_ms))
            refuse(trial, op, PLENUM_REASON_NOT_OFFERED);
    }
}

void trial_capacity(struct trial *trial)
{
    const struct plenum_command *command = trial->command;
    struct naive *after = trial->after;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_CAPACITY)
            do_release_capacity(after, op);
        if (op->type == PLENUM_OP_WINDOW)
            after->windows[op->window.server] =
                (struct naive_window){op->window.from_ms, op->window.until_ms};
    }
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_WINDOW)
            check_window(trial, i);
    for (size_t i = 0; i < command->op_count; i++) {
        if (command->ops[i].type != PLENUM_OP_CAPACITY_CLAIM)
            continue;
        CHECK(after->capacity_count < NAIVE_CLAIMS);
        after->capacity[after->capacity_count++] = command->ops[i].capacity;
        check_capacity(trial, i);
    }
}
/* --- floor ------------------------------------------------------------------------------------ */

int naive_closed_at(const struct naive *naive, int32_t cell)
{
    for (int i = 0; i < naive->closed_count; i++)
        if (naive->closed[i].cell == cell)
            return i;
    return -1;
}

static bool stands_at(const struct naive *naive, int32_t cell, int32_t but)
{
    for (int32_t robot = 0; robot < naive->site->robot_count; robot++)
        if (robot != but && naive->cells[robot] == cell)
            return true;
    return false;
}

/* The cell a move leads to, or PLENUM_NONE. The naive site has one hall. */
static int32_t cell_after(const struct plenum_site *site, int32_t cell, uint8_t move)
{
    int32_t width = site->halls[0].width, height = site->halls[0].height;
    int32_t x = cell % width, y = cell / width;
    x += (move == PLENUM_MOVE_EAST) - (move == PLENUM_MOVE_WEST);
    y += (move == PLENUM_MOVE_SOUTH) - (move == PLENUM_MOVE_NORTH);
    return x < 0 || x >= width || y < 0 || y >= height ? PLENUM_NONE : y * width + x;
}

static void do_step(struct trial *trial, size_t at)
{
    const struct plenum_op *op = &trial->command->ops[at];
    struct naive *after = trial->after;
    const int32_t *was = trial->before->cells;
    int32_t robots = after->site->robot_count;
    if (after->stepped_ms == after->now_ms)
        refuse(trial, at, PLENUM_REASON_MALFORMED);
    after->stepped_ms = after->now_ms;
    for (int32_t r = 0; r < robots; r++) {
        if (was[r] == PLENUM_NONE && op->step.moves[r] != PLENUM_MOVE_WAIT)
            refuse(trial, at, PLENUM_REASON_MALFORMED);
        if (was[r] == PLENUM_NONE || op->step.moves[r] == PLENUM_MOVE_WAIT)
            continue;
        after->cells[r] = cell_after(after->site, was[r], op->step.moves[r]);
        after->moves[r]++;
        if (after->cells[r] == PLENUM_NONE || after->site->walls[after->cells[r]])
            refuse(trial, at, PLENUM_REASON_WALL);
        else if (naive_closed_at(after, after->cells[r]) >= 0)
            refuse(trial, at, PLENUM_REASON_CELL_CLOSED);
    }
    for (int32_t r = 0; r < robots; r++)
        for (int32_t s = 0; s < robots; s++) {
            if (r == s || was[r] == PLENUM_NONE || was[s] == PLENUM_NONE)
                continue;
            if (after->cells[r] == after->cells[s])
                refuse(trial, at, PLENUM_REASON_CELL_TAKEN);
            else if (after->cells[r] == was[s] && after->cells[s] == was[r])
                refuse(trial, at, PLENUM_REASON_SWAP);
        }
}

static void do_open(struct trial *trial, size_t at)
{
    const struct plenum_op *op = &trial->command->ops[at];
    struct naive *after = trial->after;
    int closed = naive_closed_at(after, op->open.cell);
    if (closed < 0 || !same(after->closed[closed].owner, op->open.owner)) {
        refuse(trial, at, PLENUM_REASON_CELL_CLOSED);
        return;
    }
    after->closed[closed] = after->closed[--after->closed_count];
}

static void do_lift(struct trial *trial, size_t at)
{
    int32_t robot = trial->command->ops[at].lift.robot;
    if (trial->after->cells[robot] == PLENUM_NONE)
        refuse(trial, at, PLENUM_REASON_UNKNOWN);
    else if (trial->after->moves[robot] != trial->before->moves[robot])
        refuse(trial, at, PLENUM_REASON_MALFORMED);
    else
        trial->after->cells[robot] = PLENUM_NONE;
}

static void do_place(struct trial *trial, size_t at)
{
    const struct plenum_op *op = &trial->command->ops[at];
    struct naive *after = trial->after;
    if (trial->before->cells[op->place.robot] != PLENUM_NONE ||
        after->cells[op->place.robot] != PLENUM_NONE)
        refuse(trial, at, PLENUM_REASON_EXISTS);
    else if (after->site->walls[op->place.cell])
        refuse(trial, at, PLENUM_REASON_WALL);
    else if (stands_at(after, op->place.cell, op->place.robot))
        refuse(trial, at, PLENUM_REASON_CELL_TAKEN);
    else if (naive_closed_at(after, op->place.cell) >= 0)
        refuse(trial, at, PLENUM_REASON_CELL_CLOSED);
    after->cells[op->place.robot] = op->place.cell;
}

static void do_close(struct trial *trial, size_t at)
{
    const struct plenum_op *op = &trial->command->ops[at];
    struct naive *after = trial->after;
    CHECK(after->closed_count < NAIVE_CLOSED);
    if (after->site->walls[op->close.cell])
        refuse(trial, at, PLENUM_REASON_WALL);
    else if (naive_closed_at(after, op->close.cell) >= 0)
        refuse(trial, at, PLENUM_REASON_CELL_CLOSED);
    else if (stands_at(after, op->close.cell, PLENUM_NONE))
        refuse(trial, at, PLENUM_REASON_CELL_TAKEN);
    after->closed[after->closed_count++] =
        (struct naive_closed){.owner = op->close.owner, .cell = op->close.cell};
}

void trial_floor(struct trial *trial)
{
    static const struct {
        enum plenum_op_type type;
        void (*work)(struct trial *trial, size_t at);
    } order[] = {{PLENUM_OP_FLOOR_OPEN, do_open},
                 {PLENUM_OP_FLOOR_STEP, do_step},
                 {PLENUM_OP_FLOOR_LIFT, do_lift},
                 {PLENUM_OP_FLOOR_PLACE, do_place},
                 {PLENUM_OP_FLOOR_CLOSE, do_close}};
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < trial->command->op_count; i++)
            if (trial->command->ops[i].type == order[k].type)
                order[k].work(trial, i);
}
