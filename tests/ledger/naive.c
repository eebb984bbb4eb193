#include <string.h>

#include "base/check.h"
#include "naive_trial.h"

void naive_init(struct naive *naive, const struct plenum_site *site)
{
    CHECK(site->power_node_count <= NAIVE_NODES);
    CHECK(site->robot_count <= NAIVE_ROBOTS && site->server_count <= NAIVE_SERVERS);
    memset(naive, 0, sizeof *naive);
    naive->site = site;
    naive->now_ms = site->start_ms;
    naive->stepped_ms = INT64_MIN;
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++)
        naive->next_id[kind] = plenum_kind_comes_and_goes(kind);
    for (int i = 0; i < NAIVE_ROBOTS; i++)
        naive->cells[i] = PLENUM_NONE;
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
    case PLENUM_STOP:
        return ref.id < PLENUM_STOP_COUNT;
    case PLENUM_TENANT:
        return ref.id < (uint64_t)site->tenant_count;
    case PLENUM_AREA:
        return ref.id < (uint64_t)site->area_count;
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

bool naive_owner(const struct plenum_op *op, struct plenum_ref *owner)
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
            naive_owner(op, &other) && same(owner, other))
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
    if (!plenum_kind_comes_and_goes(ref.kind) || claims_in_command(trial, at, ref))
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
        if (naive_owner(op, &owner) && !row_of(trial->after, owner))
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
                    (kind == PLENUM_ROBOT && field == PLENUM_ROBOT_TASK) ||
                    (kind == PLENUM_ROBOT && field == PLENUM_ROBOT_FETCH);
        if (kind == PLENUM_TASK && (field == PLENUM_TASK_ROBOT || field == PLENUM_TASK_FETCHED))
            limit = site->robot_count;
        if (kind == PLENUM_TASK && field == PLENUM_TASK_RACK)
            limit = site->rack_count;
        if (kind == PLENUM_ROBOT && field == PLENUM_ROBOT_CHARGER)
            limit = site->charger_count;
        if (kind == PLENUM_MAINTENANCE && field == PLENUM_MAINTENANCE_SERVER)
            limit = site->server_count;
        if (kind == PLENUM_MAINTENANCE && field == PLENUM_MAINTENANCE_NODE)
            limit = site->power_node_count;
        if ((limit < PLENUM_FOREVER && value >= limit) ||
            (task && value != 0 &&
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
/* --- the whole -------------------------------------------------------------------------------- */

static void do_tick(struct naive *after, int64_t to_ms)
{
    int kept = 0;
    naive_keep_peaks(after, to_ms);
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
        trial_power(&trial);
        trial_capacity(&trial);
        trial_floor(&trial);
        trial_rules(&trial);
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
