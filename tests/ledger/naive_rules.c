/* What states demand, as the naive ledger judges it. */
#include "naive_trial.h"

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

static bool rack_carried_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    if (row[0] != PLENUM_RACK_CARRIED)
        return true;
    const int64_t *task =
        naive_find(naive, plenum_ref(PLENUM_TASK, (uint64_t)row[PLENUM_RACK_TASK]));
    return task && task[PLENUM_TASK_RACK] == (int64_t)ref.id && task[0] >= PLENUM_TASK_TO_DROP;
}

static bool rack_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    const struct plenum_site *site = naive->site;
    const struct plenum_rack *rack = &site->racks[ref.id];
    const struct plenum_rack_model *model = &site->rack_models[rack->model];
    const struct plenum_position *position = &site->positions[rack->position];
    int closed = naive_closed_at(naive, position->cell);
    int64_t state = row[0];
    if (state >= PLENUM_RACK_PLACED && state <= PLENUM_RACK_FAILED &&
        (closed < 0 || !same(naive->closed[closed].owner, ref)))
        return false;
    if (!rack_carried_met(naive, ref, row))
        return false;
    bool expected = false;
    for (int32_t i = 0; i < model->server_count && state != PLENUM_RACK_IN_SERVICE; i++) {
        struct naive_window window = naive->windows[rack->first_server + i];
        bool left = window.from_ms < window.until_ms && window.until_ms > naive->now_ms;
        if (left && (window.from_ms <= naive->now_ms || state == PLENUM_RACK_RETIRED))
            return false;
        expected = expected || left;
    }
    if (state == PLENUM_RACK_POWERED || state == PLENUM_RACK_TESTED)
        return power_of(naive, ref, position->load, naive->now_ms) >= model->peak_w;
    if (state == PLENUM_RACK_IN_SERVICE)
        return power_for_ever(naive, ref, position->load, model->idle_w);
    return expected || power_claims_of(naive, ref) == 0;
}

static bool serves(const struct naive *naive, int32_t server)
{
    uint64_t rack = (uint64_t)naive->site->servers[server].rack;
    const int64_t *row = naive_find(naive, plenum_ref(PLENUM_RACK, rack));
    return row && row[0] == PLENUM_RACK_IN_SERVICE;
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
            naive->now_ms < claim->until_ms) {
            on[claim->server] = true;
            if (!serves(naive, claim->server))
                return false;
        }
    }
    for (int i = 0; i < NAIVE_SERVERS; i++)
        servers += on[i];
    return servers == row[PLENUM_JOB_SERVERS];
}

static bool robot_carried_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    const int64_t *task =
        naive_find(naive, plenum_ref(PLENUM_TASK, (uint64_t)row[PLENUM_ROBOT_FETCH]));
    return row[PLENUM_ROBOT_FETCH] != 0 && task && task[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT &&
           task[PLENUM_TASK_FETCHED] == (int64_t)ref.id &&
           task[PLENUM_TASK_ROBOT] != (int64_t)ref.id &&
           (task[0] == PLENUM_TASK_TO_DROP || task[0] == PLENUM_TASK_AT_DROP) &&
           naive->cells[ref.id] == PLENUM_NONE;
}

static bool robot_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    if (row[0] == PLENUM_ROBOT_CARRIED)
        return robot_carried_met(naive, ref, row);
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

static bool in_fire_lane(const struct naive *naive, int64_t cell)
{
    for (int32_t i = 0; i < naive->site->area_count; i++)
        for (int32_t k = 0; k < plenum_area_size(&naive->site->areas[i]); k++)
            if (naive->site->areas[i].kind == PLENUM_AREA_FIRE_LANE &&
                plenum_area_cell(naive->site, &naive->site->areas[i], k) == cell)
                return true;
    return false;
}

/* Every cell of a closed area is closed by it, and no other cell; an open one closes none. */
static bool area_met(const struct naive *naive, struct plenum_ref ref, const int64_t *row)
{
    const struct plenum_area *area = &naive->site->areas[ref.id];
    int closes = 0, own = 0;
    for (int i = 0; i < naive->closed_count; i++)
        closes += same(naive->closed[i].owner, ref);
    for (int32_t i = 0; i < plenum_area_size(area); i++) {
        int32_t cell = plenum_area_cell(naive->site, area, i);
        int closed = naive_closed_at(naive, cell);
        own += closed >= 0 && same(naive->closed[closed].owner, ref);
        if (row[0] == PLENUM_AREA_CLOSED && !naive->site->walls[cell] && closed < 0)
            return false;
    }
    return row[0] == PLENUM_AREA_CLOSED ? closes == own && own == area->free_cells : closes == 0;
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
        return task_met(naive, row->ref, row->fields) &&
               (row->fields[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT ||
                !in_fire_lane(naive, row->fields[PLENUM_TASK_FROM_CELL])) &&
               !in_fire_lane(naive, row->fields[PLENUM_TASK_TO_CELL]);
    case PLENUM_AREA:
        return area_met(naive, row->ref, row->fields);
    case PLENUM_MAINTENANCE:
        return row->fields[0] < PLENUM_MAINTENANCE_DONE || capacity_claims_of(naive, row->ref) == 0;
    default:
        return true;
    }
}

static bool touches(const struct trial *trial, struct plenum_ref ref)
{
    for (size_t i = 0; i < trial->command->op_count; i++) {
        const struct plenum_op *op = &trial->command->ops[i];
        struct plenum_ref owner;
        if (naive_owner(op, &owner) && same(owner, ref))
            return true;
        if (op->type == PLENUM_OP_CREATE && same(op->create.ref, ref))
            return true;
        if (op->type == PLENUM_OP_WINDOW && ref.kind == PLENUM_RACK &&
            trial->after->site->servers[op->window.server].rack == (int32_t)ref.id)
            return true;
    }
    return false;
}

static bool floor_is_stopped(const struct naive *naive)
{
    const int64_t *row = naive_find(naive, plenum_ref(PLENUM_STOP, PLENUM_STOP_FLOOR));
    return row && row[0] == PLENUM_STOP_STOPPED;
}

static bool moves_robots(const struct plenum_op *op)
{
    bool moves = op->type == PLENUM_OP_FLOOR_LIFT || op->type == PLENUM_OP_FLOOR_PLACE;
    for (int32_t i = 0; op->type == PLENUM_OP_FLOOR_STEP && i < op->step.count; i++)
        moves = moves || op->step.moves[i] != PLENUM_MOVE_WAIT;
    return moves;
}

/* Lifted robots are carried and others that are put down are not; one that was carried and is not
 * stands somewhere. */
static bool lifts_met(const struct trial *trial)
{
    for (size_t i = 0; i < trial->command->op_count; i++) {
        const struct plenum_op *op = &trial->command->ops[i];
        bool lifts = op->type == PLENUM_OP_FLOOR_LIFT;
        if (!lifts && op->type != PLENUM_OP_FLOOR_PLACE)
            continue;
        int32_t robot = lifts ? op->lift.robot : op->place.robot;
        const int64_t *row = naive_find(trial->after, plenum_ref(PLENUM_ROBOT, (uint64_t)robot));
        if (lifts != (row && row[0] == PLENUM_ROBOT_CARRIED))
            return false;
    }
    for (int i = 0; i < trial->before->row_count; i++) {
        const struct naive_row *row = &trial->before->rows[i];
        const int64_t *after = naive_find(trial->after, row->ref);
        if (row->ref.kind == PLENUM_ROBOT && row->fields[0] == PLENUM_ROBOT_CARRIED &&
            after[0] != PLENUM_ROBOT_CARRIED && trial->after->cells[row->ref.id] == PLENUM_NONE)
            return false;
    }
    return true;
}

/* What is judged of a row that the command does not touch: of a rack only its task, since with time
 * alone the instant comes from which its servers are expected. */
static bool row_met_untouched(const struct naive *naive, const struct naive_row *row)
{
    if (row->ref.kind == PLENUM_RACK)
        return rack_carried_met(naive, row->ref, row->fields);
    return row_met(naive, row);
}

/* What a command touches meets its demands, and what it does not touch meets them as before (but
 * for where robots stand: a step is not judged robot by robot). */
void trial_rules(struct trial *trial)
{
    const struct naive *after = trial->after, *before = trial->before;
    for (size_t i = 0; i < trial->command->op_count && !refused(trial); i++)
        if (floor_is_stopped(after) && moves_robots(&trial->command->ops[i]))
            refuse(trial, i, PLENUM_REASON_RULE);
    if (!refused(trial) && !lifts_met(trial))
        refuse(trial, 0, PLENUM_REASON_RULE);
    for (int i = 0; i < after->row_count; i++) {
        const struct naive_row *row = &after->rows[i];
        bool touched = touches(trial, row->ref);
        bool was_met = i < before->row_count && row_met_untouched(before, &before->rows[i]);
        bool judged =
            touched ||
            (was_met && (row->ref.kind != PLENUM_ROBOT || row->fields[0] == PLENUM_ROBOT_CARRIED));
        bool met = touched ? row_met(after, row) : row_met_untouched(after, row);
        if (judged && !met && !refused(trial))
            refuse(trial, 0, PLENUM_REASON_RULE);
    }
}
