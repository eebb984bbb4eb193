#include "naive.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"

/* What is looked at while a command is judged: the state before it, the state it would make, and
 * the first operation that does not fit. */
struct trial {
    const struct naive *before;
    struct naive *after;
    const struct plenum_command *command;
    struct plenum_refusal refusal;
};

void naive_init(struct naive *naive, const struct plenum_site *site)
{
    CHECK(site->power_node_count <= NAIVE_NODES);
    CHECK(site->robot_count <= NAIVE_ROBOTS && site->server_count <= NAIVE_SERVERS);
    memset(naive, 0, sizeof *naive);
    naive->site = site;
    naive->now_ms = site->start_ms;
    naive->stepped_ms = INT64_MIN;
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++)
        naive->next_id[kind] = kind >= PLENUM_TASK;
    for (int i = 0; i < NAIVE_ROBOTS; i++)
        naive->cells[i] = PLENUM_NONE;
}

static bool same(struct plenum_ref a, struct plenum_ref b)
{
    return a.kind == b.kind && a.id == b.id;
}

static void refuse(struct trial *trial, size_t op, enum plenum_reason reason)
{
    if (trial->refusal.reason != PLENUM_REASON_NONE && trial->refusal.op <= op)
        return;
    trial->refusal = (struct plenum_refusal){.reason = reason, .op = (uint32_t)op};
}

static bool refused(const struct trial *trial)
{
    return trial->refusal.reason != PLENUM_REASON_NONE;
}

/* --- rows ------------------------------------------------------------------------------------- */

const int64_t *naive_find(const struct naive *naive, struct plenum_ref ref)
{
    for (int i = 0; i < naive->row_count; i++)
        if (same(naive->rows[i].ref, ref) && !naive->rows[i].gone)
            return naive->rows[i].fields;
    return NULL;
}

static struct naive_row *row_of(struct naive *naive, struct plenum_ref ref)
{
    for (int i = 0; i < naive->row_count; i++)
        if (same(naive->rows[i].ref, ref) && !naive->rows[i].gone)
            return &naive->rows[i];
    return NULL;
}

static bool ref_in_site(const struct plenum_site *site, struct plenum_ref ref)
{
    switch (ref.kind) {
    case PLENUM_RACK:
        return ref.id < (uint64_t)site->rack_count;
    case PLENUM_ROBOT:
        return ref.id < (uint64_t)site->robot_count;
    case PLENUM_DRONE:
        return ref.id < (uint64_t)site->drone_count;
    default:
        return true;
    }
}

static void do_create(struct trial *trial, size_t op, struct plenum_ref ref)
{
    struct naive *after = trial->after;
    if (!ref_in_site(after->site, ref)) {
        refuse(trial, op, PLENUM_REASON_UNKNOWN);
        return;
    }
    if (ref.id < after->next_id[ref.kind]) {
        refuse(trial, op, PLENUM_REASON_EXISTS);
        return;
    }
    if (ref.id > after->next_id[ref.kind]) {
        refuse(trial, op, PLENUM_REASON_MALFORMED);
        return;
    }
    CHECK(after->row_count < NAIVE_ROWS);
    after->next_id[ref.kind]++;
    after->rows[after->row_count] = (struct naive_row){.ref = ref};
    after->rows[after->row_count++].fields[PLENUM_FIELD_SINCE_MS] = after->now_ms;
}

static void do_set(struct trial *trial, size_t at, const struct plenum_op *op)
{
    struct naive_row *row = row_of(trial->after, op->set.ref);
    int64_t value = op->set.value;
    if (op->set.field == PLENUM_FIELD_SINCE_MS) {
        refuse(trial, at, PLENUM_REASON_MALFORMED);
        return;
    }
    if (op->set.field == PLENUM_FIELD_STATE) {
        uint32_t kind = op->set.ref.kind;
        if (value < 0 || value >= plenum_kind_state_count(kind) ||
            !(plenum_state_next(kind, (int32_t)row->fields[0]) & (1u << value))) {
            refuse(trial, at, PLENUM_REASON_STATE);
            return;
        }
        row->fields[PLENUM_FIELD_SINCE_MS] = trial->after->now_ms;
    }
    row->fields[op->set.field] = value;
}

static bool is_owned(const struct plenum_op *op, struct plenum_ref *owner)
{
    switch (op->type) {
    case PLENUM_OP_POWER_CLAIM:
        *owner = op->power.owner;
        return true;
    case PLENUM_OP_CAPACITY_CLAIM:
        *owner = op->capacity.owner;
        return true;
    case PLENUM_OP_RELEASE:
        *owner = op->release.owner;
        return true;
    case PLENUM_OP_FLOOR_CLOSE:
        *owner = op->close.owner;
        return true;
    case PLENUM_OP_FLOOR_OPEN:
        *owner = op->open.owner;
        return true;
    case PLENUM_OP_SET:
        *owner = op->set.ref;
        return true;
    case PLENUM_OP_END:
        *owner = op->end.ref;
        return true;
    default:
        return false;
    }
}

static bool claims_in_command(const struct trial *trial, size_t end, struct plenum_ref owner)
{
    for (size_t i = 0; i < end; i++) {
        const struct plenum_op *op = &trial->command->ops[i];
        struct plenum_ref other;
        if ((op->type == PLENUM_OP_POWER_CLAIM || op->type == PLENUM_OP_CAPACITY_CLAIM ||
             op->type == PLENUM_OP_FLOOR_CLOSE) &&
            is_owned(op, &other) && same(owner, other))
            return true;
    }
    return false;
}

static void check_release_once(struct trial *trial, size_t at)
{
    const struct plenum_op *op = &trial->command->ops[at];
    for (size_t i = 0; i < at; i++) {
        const struct plenum_op *earlier = &trial->command->ops[i];
        if (earlier->type == PLENUM_OP_RELEASE && same(earlier->release.owner, op->release.owner) &&
            earlier->release.books & op->release.books)
            refuse(trial, at, PLENUM_REASON_MALFORMED);
    }
}

static void do_end(struct trial *trial, size_t at, struct plenum_ref ref)
{
    if (ref.kind < PLENUM_TASK || claims_in_command(trial, at, ref))
        refuse(trial, at, PLENUM_REASON_MALFORMED);
    else
        row_of(trial->after, ref)->gone = true;
}

/* Rows change in the order of the operations; owners exist where they are named. */
static void do_rows(struct trial *trial)
{
    for (size_t i = 0; i < trial->command->op_count && !refused(trial); i++) {
        const struct plenum_op *op = &trial->command->ops[i];
        struct plenum_ref owner;
        if (is_owned(op, &owner) && !row_of(trial->after, owner))
            refuse(trial, i, PLENUM_REASON_UNKNOWN);
        else if (op->type == PLENUM_OP_CREATE)
            do_create(trial, i, op->create.ref);
        else if (op->type == PLENUM_OP_SET)
            do_set(trial, i, op);
        else if (op->type == PLENUM_OP_RELEASE)
            check_release_once(trial, i);
        else if (op->type == PLENUM_OP_END)
            do_end(trial, i, op->end.ref);
    }
}

/* What is referred to exists after the command (the fields that the tests set). */
static void check_references(struct trial *trial)
{
    const struct plenum_site *site = trial->after->site;
    for (size_t i = 0; i < trial->command->op_count; i++) {
        const struct plenum_op *op = &trial->command->ops[i];
        if (op->type != PLENUM_OP_SET)
            continue;
        uint32_t kind = op->set.ref.kind;
        int32_t field = op->set.field;
        int64_t value = op->set.value, limit = PLENUM_FOREVER;
        bool task = (kind == PLENUM_RACK && field == PLENUM_RACK_TASK) ||
                    (kind == PLENUM_ROBOT && field == PLENUM_ROBOT_TASK);
        if (kind == PLENUM_TASK && field == PLENUM_TASK_ROBOT)
            limit = site->robot_count;
        if (kind == PLENUM_TASK && field == PLENUM_TASK_RACK)
            limit = site->rack_count;
        if (kind == PLENUM_ROBOT && field == PLENUM_ROBOT_CHARGER)
            limit = site->charger_count;
        if (value >= limit || (task && value != 0 &&
                               !naive_find(trial->after, plenum_ref(PLENUM_TASK, (uint64_t)value))))
            refuse(trial, i, PLENUM_REASON_UNKNOWN);
    }
}

/* A server gets at most one window. */
static void check_windows_once(struct trial *trial)
{
    const struct plenum_op *ops = trial->command->ops;
    for (size_t i = 0; i < trial->command->op_count; i++)
        for (size_t k = 0; k < i && ops[i].type == PLENUM_OP_WINDOW; k++)
            if (ops[k].type == PLENUM_OP_WINDOW && ops[k].window.server == ops[i].window.server)
                refuse(trial, i, PLENUM_REASON_MALFORMED);
}

/* --- power ------------------------------------------------------------------------------------ */

static bool under(const struct plenum_site *site, int32_t node, int32_t above)
{
    for (; node != PLENUM_NONE; node = site->power_nodes[node].parent)
        if (node == above)
            return true;
    return false;
}

/* What one claim puts on a node. */
static int64_t claim_w(const struct plenum_site *site, const struct plenum_power_claim *claim,
                       int32_t node, int32_t feed_lost)
{
    const struct plenum_load *load = &site->loads[claim->load];
    if (node >= site->power_node_count)
        return load->zone == node - site->power_node_count ? claim->watts : 0;
    if (site->power_nodes[node].feed == feed_lost)
        return 0;
    bool two = load->nodes[1] != PLENUM_NONE;
    for (int side = 0; side < 1 + two; side++) {
        int32_t other = load->nodes[1 - side];
        if (!under(site, load->nodes[side], node))
            continue;
        if (!two || site->power_nodes[other].feed == feed_lost)
            return claim->watts;
        return side == 0 ? (claim->watts + 1) / 2 : claim->watts / 2;
    }
    return 0;
}

int64_t naive_used_w(const struct naive *naive, int32_t node, int32_t feed_lost, int64_t at_ms)
{
    int64_t sum = 0;
    for (int i = 0; i < naive->power_count; i++)
        if (naive->power[i].from_ms <= at_ms && at_ms < naive->power[i].until_ms)
            sum += claim_w(naive->site, &naive->power[i], node, feed_lost);
    return sum;
}

int64_t naive_limit_w(const struct naive *naive, int32_t node, int32_t feed_lost, int64_t at_ms)
{
    const struct plenum_site *site = naive->site;
    if (node >= site->power_node_count)
        return site->cooling_zones[node - site->power_node_count].limit_w;
    bool lost = feed_lost != PLENUM_NONE;
    for (int i = naive->limit_count - 1; i >= 0; i--) {
        const struct naive_limit *limit = &naive->limits[i];
        if (limit->node == node && limit->from_ms <= at_ms && at_ms < limit->until_ms)
            return lost ? limit->failover_limit_w : limit->limit_w;
    }
    return lost ? site->power_nodes[node].failover_limit_w : site->power_nodes[node].limit_w;
}

struct instants {
    int64_t at[4 * NAIVE_CLAIMS + 4 * NAIVE_LIMITS + 1];
    int count;
};

static int by_time(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void instants_of(struct instants *instants, const struct naive *naive)
{
    for (int i = 0; i < naive->power_count; i++) {
        instants->at[instants->count++] = naive->power[i].from_ms;
        instants->at[instants->count++] = naive->power[i].until_ms;
    }
    for (int i = 0; i < naive->limit_count; i++) {
        instants->at[instants->count++] = naive->limits[i].from_ms;
        instants->at[instants->count++] = naive->limits[i].until_ms;
    }
}

/* Now, and all later instants where something may change in one of the two, in order. */
static void instants_make(struct instants *instants, const struct naive *before,
                          const struct naive *after)
{
    instants->count = 0;
    instants->at[instants->count++] = before->now_ms;
    instants_of(instants, before);
    instants_of(instants, after);
    qsort(instants->at, (size_t)instants->count, sizeof instants->at[0], by_time);
    int kept = 0;
    for (int i = 0; i < instants->count; i++)
        if (instants->at[i] >= before->now_ms && instants->at[i] != PLENUM_FOREVER &&
            (kept == 0 || instants->at[kept - 1] != instants->at[i]))
            instants->at[kept++] = instants->at[i];
    instants->count = kept;
}

/* All nodes with all scenarios, then the zones: false at the end. */
static bool next_gauge(const struct plenum_site *site, int32_t *node, int32_t *feed_lost)
{
    if (*node < site->power_node_count) {
        int32_t own = site->power_nodes[*node].feed;
        int32_t lost = *feed_lost == PLENUM_NONE ? own : *feed_lost;
        lost = (lost + 1) % site->feed_count;
        if (lost != own) {
            *feed_lost = lost;
            return true;
        }
    }
    *feed_lost = PLENUM_NONE;
    return ++*node < site->power_node_count + site->cooling_zone_count;
}

static void refuse_power(struct trial *trial, size_t op, int32_t node, int32_t feed_lost,
                         int64_t at_ms)
{
    const struct plenum_site *site = trial->after->site;
    bool zone = node >= site->power_node_count;
    enum plenum_reason reason = zone                       ? PLENUM_REASON_COOLING_LIMIT
                                : feed_lost == PLENUM_NONE ? PLENUM_REASON_POWER_LIMIT
                                                           : PLENUM_REASON_FEED_LOST_LIMIT;
    uint32_t op_before = trial->refusal.op;
    bool had = refused(trial);
    refuse(trial, op, reason);
    if (had && op_before <= op)
        return;
    trial->refusal.subject = zone ? node - site->power_node_count : node;
    trial->refusal.feed_lost = feed_lost;
    trial->refusal.from_ms = at_ms;
    trial->refusal.asked = naive_used_w(trial->after, node, feed_lost, at_ms);
    trial->refusal.limit = naive_limit_w(trial->after, node, feed_lost, at_ms);
}

static void do_release_power(struct naive *after, const struct plenum_op *op)
{
    int kept = 0;
    for (int i = 0; i < after->power_count; i++) {
        struct plenum_power_claim claim = after->power[i];
        if (same(claim.owner, op->release.owner) && claim.until_ms > op->release.from_ms)
            claim.until_ms = op->release.from_ms;
        if (claim.from_ms < claim.until_ms && claim.until_ms > after->now_ms)
            after->power[kept++] = claim;
    }
    after->power_count = kept;
}

static bool gauge_is_over(const struct trial *trial, int32_t node, int32_t feed_lost, int64_t at)
{
    return naive_used_w(trial->after, node, feed_lost, at) >
           naive_limit_w(trial->after, node, feed_lost, at);
}

/* With releases and limits alone: no gauge may be over at this instant. */
static void check_limits_now(struct trial *trial)
{
    const struct plenum_command *command = trial->command;
    int64_t now = trial->after->now_ms;
    for (size_t i = 0; i < command->op_count; i++) {
        int32_t node = -1, lost = PLENUM_NONE;
        if (command->ops[i].type != PLENUM_OP_LIMIT || command->ops[i].limit.from_ms != now)
            continue;
        node = command->ops[i].limit.node;
        for (int32_t at = node; at == node; next_gauge(trial->after->site, &at, &lost))
            if (gauge_is_over(trial, node, lost, now)) {
                refuse_power(trial, i, node, lost, now);
                return;
            }
    }
}

/* The first gauge and instant at which more is used than before, and more than allowed. */
static void check_claims(struct trial *trial, size_t op)
{
    const struct plenum_site *site = trial->after->site;
    struct instants instants;
    instants_make(&instants, trial->before, trial->after);
    for (int32_t node = -1, lost = PLENUM_NONE;
         node < 0 ? (node = 0, true) : next_gauge(site, &node, &lost);) {
        if (node >= site->power_node_count + site->cooling_zone_count)
            return;
        for (int i = 0; i < instants.count; i++) {
            int64_t at = instants.at[i];
            int64_t was = naive_used_w(trial->before, node, lost, at);
            if (naive_used_w(trial->after, node, lost, at) > was &&
                gauge_is_over(trial, node, lost, at)) {
                refuse_power(trial, op, node, lost, at);
                return;
            }
        }
    }
}

static void check_tick(struct trial *trial, size_t op, int64_t to_ms)
{
    const struct plenum_site *site = trial->after->site;
    struct instants instants;
    instants_make(&instants, trial->before, trial->after);
    for (int32_t node = 0, lost = PLENUM_NONE;
         node < site->power_node_count + site->cooling_zone_count;) {
        for (int i = 0; i < instants.count && instants.at[i] <= to_ms; i++)
            if (gauge_is_over(trial, node, lost, instants.at[i])) {
                refuse_power(trial, op, node, lost, instants.at[i]);
                return;
            }
        if (!next_gauge(site, &node, &lost))
            return;
    }
}

static void check_limits_once(struct trial *trial, size_t at)
{
    const struct plenum_op *ops = trial->command->ops;
    for (size_t i = 0; i < at; i++)
        if (ops[i].type == PLENUM_OP_LIMIT && ops[i].limit.node == ops[at].limit.node &&
            ops[i].limit.from_ms < ops[at].limit.until_ms &&
            ops[at].limit.from_ms < ops[i].limit.until_ms)
            refuse(trial, at, PLENUM_REASON_MALFORMED);
}

static void do_power(struct trial *trial)
{
    const struct plenum_command *command = trial->command;
    struct naive *after = trial->after;
    bool fits = true;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_POWER)
            do_release_power(after, op);
        if (op->type == PLENUM_OP_LIMIT) {
            check_limits_once(trial, i);
            CHECK(after->limit_count < NAIVE_LIMITS);
            after->limits[after->limit_count++] =
                (struct naive_limit){op->limit.node, op->limit.from_ms, op->limit.until_ms,
                                     op->limit.limit_w, op->limit.failover_limit_w};
        }
    }
    if (!refused(trial))
        check_limits_now(trial);
    fits = !refused(trial);
    for (size_t i = 0; i < command->op_count; i++) {
        if (command->ops[i].type != PLENUM_OP_POWER_CLAIM)
            continue;
        CHECK(after->power_count < NAIVE_CLAIMS);
        after->power[after->power_count++] = command->ops[i].power;
        if (fits)
            check_claims(trial, i);
        fits = fits && !refused(trial);
    }
    const struct plenum_op *last = &command->ops[command->op_count - 1];
    if (fits && last->type == PLENUM_OP_TICK)
        check_tick(trial, command->op_count - 1, last->tick.to_ms);
}

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
    if (claim->from_ms < window.from_ms || claim->until_ms > window.until_ms)
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
        if (claim->server == set->window.server &&
            (from < set->window.from_ms || claim->until_ms > set->window.until_ms))
            refuse(trial, op, PLENUM_REASON_NOT_OFFERED);
    }
}

static void do_capacity(struct trial *trial)
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

static int closed_at(const struct naive *naive, int32_t cell)
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
        if (was[r] == PLENUM_NONE || op->step.moves[r] == PLENUM_MOVE_WAIT)
            continue;
        after->cells[r] = cell_after(after->site, was[r], op->step.moves[r]);
        after->moves[r]++;
        if (after->cells[r] == PLENUM_NONE || after->site->walls[after->cells[r]])
            refuse(trial, at, PLENUM_REASON_WALL);
        else if (closed_at(after, after->cells[r]) >= 0)
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
    int closed = closed_at(after, op->open.cell);
    if (closed < 0 || !same(after->closed[closed].owner, op->open.owner)) {
        refuse(trial, at, PLENUM_REASON_CELL_CLOSED);
        return;
    }
    after->closed[closed] = after->closed[--after->closed_count];
}

static void do_place(struct trial *trial, size_t at)
{
    const struct plenum_op *op = &trial->command->ops[at];
    struct naive *after = trial->after;
    if (after->cells[op->place.robot] != PLENUM_NONE)
        refuse(trial, at, PLENUM_REASON_EXISTS);
    else if (after->site->walls[op->place.cell])
        refuse(trial, at, PLENUM_REASON_WALL);
    else if (stands_at(after, op->place.cell, op->place.robot))
        refuse(trial, at, PLENUM_REASON_CELL_TAKEN);
    else if (closed_at(after, op->place.cell) >= 0)
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
    else if (closed_at(after, op->close.cell) >= 0)
        refuse(trial, at, PLENUM_REASON_CELL_CLOSED);
    else if (stands_at(after, op->close.cell, PLENUM_NONE))
        refuse(trial, at, PLENUM_REASON_CELL_TAKEN);
    after->closed[after->closed_count++] =
        (struct naive_closed){.owner = op->close.owner, .cell = op->close.cell};
}

static void do_floor(struct trial *trial)
{
    static const struct {
        enum plenum_op_type type;
        void (*work)(struct trial *trial, size_t at);
    } order[] = {{PLENUM_OP_FLOOR_OPEN, do_open},
                 {PLENUM_OP_FLOOR_STEP, do_step},
                 {PLENUM_OP_FLOOR_PLACE, do_place},
                 {PLENUM_OP_FLOOR_CLOSE, do_close}};
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < trial->command->op_count; i++)
            if (trial->command->ops[i].type == order[k].type)
                order[k].work(trial, i);
}

/* --- rules ------------------------------------------------------------------------------------ */

static int64_t power_of(const struct naive *naive, struct plenum_ref owner, int32_t load,
                        int64_t at_ms)
{
    int64_t sum = 0;
    for (int i = 0; i < naive->power_count; i++) {
        const struct plenum_power_claim *claim = &naive->power[i];
        if (same(claim->owner, owner) && claim->load == load && claim->from_ms <= at_ms &&
            at_ms < claim->until_ms)
            sum += claim->watts;
    }
    return sum;
}

static int power_claims_of(const struct naive *naive, struct plenum_ref owner)
{
    int count = 0;
    for (int i = 0; i < naive->power_count; i++)
        count += same(naive->power[i].owner, owner) && naive->power[i].until_ms > naive->now_ms;
    return count;
}

static int capacity_claims_of(const struct naive *naive, struct plenum_ref owner)
{
    int count = 0;
    for (int i = 0; i < naive->capacity_count; i++)
        count +=
            same(naive->capacity[i].owner, owner) && naive->capacity[i].until_ms > naive->now_ms;
    return count;
}

static bool power_for_ever(const struct naive *naive, struct plenum_ref owner, int32_t load,
                           int64_t watts)
{
    if (power_of(naive, owner, load, naive->now_ms) < watts)
        return false;
    for (int i = 0; i < naive->power_count; i++) {
        int64_t at = naive->power[i].until_ms;
        if (at > naive->now_ms && at != PLENUM_FOREVER && power_of(naive, owner, load, at) < watts)
            return false;
    }
    return power_of(naive, owner, load, PLENUM_FOREVER - 1) >= watts;
}

static bool rack_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    const struct plenum_site *site = naive->site;
    const struct plenum_rack *rack = &site->racks[ref.id];
    const struct plenum_rack_model *model = &site->rack_models[rack->model];
    const struct plenum_position *position = &site->positions[rack->position];
    int closed = closed_at(naive, position->cell);
    int64_t state = row[0];
    if (state >= PLENUM_RACK_PLACED && state <= PLENUM_RACK_FAILED &&
        (closed < 0 || !same(naive->closed[closed].owner, ref)))
        return false;
    if (state == PLENUM_RACK_CARRIED) {
        const int64_t *task =
            naive_find(naive, plenum_ref(PLENUM_TASK, (uint64_t)row[PLENUM_RACK_TASK]));
        if (!task || task[PLENUM_TASK_RACK] != (int64_t)ref.id || task[0] < PLENUM_TASK_TO_DROP)
            return false;
    }
    for (int32_t i = 0; i < model->server_count && state != PLENUM_RACK_IN_SERVICE; i++) {
        struct naive_window window = naive->windows[rack->first_server + i];
        if (window.from_ms < window.until_ms && window.until_ms > naive->now_ms)
            return false;
    }
    if (state == PLENUM_RACK_POWERED || state == PLENUM_RACK_TESTED)
        return power_of(naive, ref, position->load, naive->now_ms) >= model->peak_w;
    if (state == PLENUM_RACK_IN_SERVICE)
        return power_for_ever(naive, ref, position->load, model->idle_w);
    return power_claims_of(naive, ref) == 0;
}

static bool job_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    bool on[NAIVE_SERVERS] = {false};
    int64_t servers = 0;
    if (row[0] == PLENUM_JOB_RESERVED)
        return capacity_claims_of(naive, ref) > 0;
    if (row[0] != PLENUM_JOB_RUNNING)
        return capacity_claims_of(naive, ref) + power_claims_of(naive, ref) == 0;
    for (int i = 0; i < naive->capacity_count; i++) {
        const struct plenum_capacity_claim *claim = &naive->capacity[i];
        if (same(claim->owner, ref) && claim->from_ms <= naive->now_ms &&
            naive->now_ms < claim->until_ms)
            on[claim->server] = true;
    }
    for (int i = 0; i < NAIVE_SERVERS; i++)
        servers += on[i];
    return servers == row[PLENUM_JOB_SERVERS];
}

static bool robot_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    if (row[0] != PLENUM_ROBOT_CHARGING)
        return true;
    if (row[PLENUM_ROBOT_CHARGER] == PLENUM_NONE)
        return false;
    const struct plenum_charger *charger = &naive->site->chargers[row[PLENUM_ROBOT_CHARGER]];
    return naive->cells[ref.id] == charger->cell &&
           power_of(naive, ref, charger->load, naive->now_ms) > 0;
}

static bool task_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    if (row[0] == PLENUM_TASK_OPEN || row[0] == PLENUM_TASK_DONE)
        return true;
    if (row[PLENUM_TASK_ROBOT] == PLENUM_NONE)
        return false;
    const int64_t *robot =
        naive_find(naive, plenum_ref(PLENUM_ROBOT, (uint64_t)row[PLENUM_TASK_ROBOT]));
    return robot && robot[PLENUM_ROBOT_TASK] == (int64_t)ref.id;
}

static bool row_met(const struct naive *naive, const struct naive_row *row)
{
    bool closes = false;
    for (int i = 0; i < naive->closed_count; i++)
        closes = closes || same(naive->closed[i].owner, row->ref);
    if (row->gone)
        return !closes && power_claims_of(naive, row->ref) == 0 &&
               capacity_claims_of(naive, row->ref) == 0;
    switch (row->ref.kind) {
    case PLENUM_RACK:
        return rack_met(naive, row->ref, row->fields);
    case PLENUM_JOB:
        return job_met(naive, row->ref, row->fields);
    case PLENUM_ROBOT:
        return robot_met(naive, row->ref, row->fields);
    case PLENUM_TASK:
        return task_met(naive, row->ref, row->fields);
    default:
        return true;
    }
}

static bool touches(const struct trial *trial, struct plenum_ref ref)
{
    for (size_t i = 0; i < trial->command->op_count; i++) {
        const struct plenum_op *op = &trial->command->ops[i];
        struct plenum_ref owner;
        if (is_owned(op, &owner) && same(owner, ref))
            return true;
        if (op->type == PLENUM_OP_CREATE && same(op->create.ref, ref))
            return true;
        if (op->type == PLENUM_OP_WINDOW && ref.kind == PLENUM_RACK &&
            trial->after->site->servers[op->window.server].rack == (int32_t)ref.id)
            return true;
    }
    return false;
}

/* What a command touches meets its demands, and what it does not touch meets them as before (but
 * for where robots stand: a step is not judged robot by robot). */
static void check_rules(struct trial *trial)
{
    const struct naive *after = trial->after, *before = trial->before;
    for (int i = 0; i < after->row_count; i++) {
        const struct naive_row *row = &after->rows[i];
        bool touched = touches(trial, row->ref);
        bool was_met = i < before->row_count && row_met(before, &before->rows[i]);
        bool judged = touched || (was_met && row->ref.kind != PLENUM_ROBOT);
        if (judged && !row_met(after, row) && !refused(trial))
            refuse(trial, 0, PLENUM_REASON_RULE);
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

/* All that is carried from now to to_ms, that instant among them. */
static void do_peaks(struct naive *after, int64_t to_ms)
{
    const struct plenum_site *site = after->site;
    struct instants instants;
    instants_make(&instants, after, after);
    for (int32_t node = 0, lost = PLENUM_NONE; node < site->power_node_count;) {
        int64_t *peak = &after->peaks_w[node][lost + 1];
        for (int i = 0; i < instants.count && instants.at[i] <= to_ms; i++) {
            int64_t used = naive_used_w(after, node, lost, instants.at[i]);
            *peak = used > *peak ? used : *peak;
        }
        next_gauge(site, &node, &lost);
    }
}

static void do_tick(struct naive *after, int64_t to_ms)
{
    int kept = 0;
    do_peaks(after, to_ms);
    after->now_ms = to_ms;
    for (int i = 0; i < after->power_count; i++)
        if (after->power[i].until_ms > to_ms)
            after->power[kept++] = after->power[i];
    after->power_count = kept;
    kept = 0;
    for (int i = 0; i < after->capacity_count; i++)
        if (after->capacity[i].until_ms > to_ms)
            after->capacity[kept++] = after->capacity[i];
    after->capacity_count = kept;
    kept = 0;
    for (int i = 0; i < after->limit_count; i++)
        if (after->limits[i].until_ms > to_ms)
            after->limits[kept++] = after->limits[i];
    after->limit_count = kept;
}

bool naive_submit(struct naive *naive, const struct plenum_command *command,
                  struct plenum_refusal *refusal)
{
    static struct naive after;
    CHECK(command->op_count > 0);
    after = *naive;
    struct trial trial = {.before = naive, .after = &after, .command = command};
    do_rows(&trial);
    if (!refused(&trial))
        check_references(&trial);
    if (!refused(&trial))
        check_windows_once(&trial);
    if (!refused(&trial)) {
        do_power(&trial);
        do_capacity(&trial);
        do_floor(&trial);
        check_rules(&trial);
    }
    *refusal = trial.refusal;
    if (refused(&trial))
        return false;
    const struct plenum_op *last = &command->ops[command->op_count - 1];
    if (last->type == PLENUM_OP_TICK)
        do_tick(&after, last->tick.to_ms);
    *naive = after;
    return true;
}
