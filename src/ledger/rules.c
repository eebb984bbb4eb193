#include "ledger/rules.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/refusals.h"

/* One entity as it would be after the command. */
struct judged {
    struct rules *rules;
    const struct change_item *item; /* NULL when the command does not touch it */
    struct plenum_ref ref;
    const int64_t *row;
};

enum rule {
#define X(code, text) RULE_##code,
    RULES(X)
#undef X
        RULE_MET
};

static const char *const rule_texts[] = {
#define X(code, text) text,
    RULES(X)
#undef X
};

enum { CLAIMS_MAX = 1 << 30 };

void rules_finish(struct rules *rules)
{
    free(rules->claims);
    free(rules->servers);
    *rules = (struct rules){0};
}

/* --- the command's operations on one entity --------------------------------------------------- */

static size_t judged_op_count(const struct judged *judged)
{
    return judged->item ? judged->item->count : 0;
}

static const struct plenum_op *judged_op(const struct judged *judged, size_t i)
{
    const struct change *change = judged->rules->change;
    return &change->command->ops[change->touches[judged->item->first + i].op];
}

/* When the entity's claims in a book end at the command's wish: PLENUM_FOREVER for not. */
static int64_t released_ms(const struct judged *judged, uint32_t book)
{
    for (size_t i = 0; i < judged_op_count(judged); i++) {
        const struct plenum_op *op = judged_op(judged, i);
        if (op->type == PLENUM_OP_RELEASE && op->release.books & book)
            return op->release.from_ms;
    }
    return PLENUM_FOREVER;
}

/* --- power after the command ------------------------------------------------------------------ */

/* A sum of claims at a load and an instant, and when it may next be another. */
struct held {
    int32_t load;
    int64_t at_ms;
    int64_t watts, next_ms;
    bool any; /* some claim at any load at any time from at_ms on */
};

static void held_add(struct held *held, const struct plenum_power_claim *claim, int64_t until_ms)
{
    if (until_ms <= held->at_ms || claim->from_ms >= until_ms)
        return;
    held->any = true;
    if (claim->load != held->load)
        return;
    bool covers = claim->from_ms <= held->at_ms;
    int64_t next = covers ? until_ms : claim->from_ms;
    held->watts += covers ? claim->watts : 0;
    held->next_ms = next < held->next_ms ? next : held->next_ms;
}

/* What the entity would hold at the load and the instant. */
static struct held power_held(const struct judged *judged, int32_t load, int64_t at_ms)
{
    const struct power_book *book = judged->rules->power;
    struct held held = {.load = load, .at_ms = at_ms, .next_ms = PLENUM_FOREVER};
    int64_t cut = released_ms(judged, PLENUM_BOOK_POWER);
    for (uint32_t slot = power_book_first_of(book, judged->ref); slot != OWNER_MAP_NONE;
         slot = power_book_next_of(book, slot)) {
        const struct plenum_power_claim *claim = &book->claims[slot];
        held_add(&held, claim, claim->until_ms < cut ? claim->until_ms : cut);
    }
    for (size_t i = 0; i < judged_op_count(judged); i++) {
        const struct plenum_op *op = judged_op(judged, i);
        if (op->type == PLENUM_OP_POWER_CLAIM)
            held_add(&held, &op->power, op->power.until_ms);
    }
    return held;
}

static bool holds_power(const struct judged *judged)
{
    return power_held(judged, PLENUM_NONE, judged->rules->change->now_ms).any;
}

/* At least so many watts at the load from now for ever. */
static bool holds_power_for_ever(const struct judged *judged, int32_t load, int64_t watts)
{
    for (int64_t at = judged->rules->change->now_ms; at != PLENUM_FOREVER;) {
        struct held held = power_held(judged, load, at);
        if (held.watts < watts)
            return false;
        at = held.next_ms;
    }
    return true;
}

/* --- capacity after the command --------------------------------------------------------------- */

/* The entity's claims, into the scratch; those with until <= now are gone. Gives how many. */
static size_t capacity_claims(const struct judged *judged)
{
    struct rules *rules = judged->rules;
    size_t standing = capacity_book_claims_of(rules->capacity, judged->ref, NULL, 0);
    size_t room = standing + judged_op_count(judged);
    rules->claims =
        array_reserve(rules->claims, &rules->claim_room, room, sizeof *rules->claims, CLAIMS_MAX);
    capacity_book_claims_of(rules->capacity, judged->ref, rules->claims, standing);
    int64_t cut = released_ms(judged, PLENUM_BOOK_CAPACITY);
    size_t count = 0;
    for (size_t i = 0; i < standing; i++) {
        struct plenum_capacity_claim claim = rules->claims[i];
        claim.until_ms = claim.until_ms < cut ? claim.until_ms : cut;
        if (claim.until_ms > rules->change->now_ms && claim.from_ms < claim.until_ms)
            rules->claims[count++] = claim;
    }
    for (size_t i = 0; i < judged_op_count(judged); i++) {
        const struct plenum_op *op = judged_op(judged, i);
        if (op->type == PLENUM_OP_CAPACITY_CLAIM)
            rules->claims[count++] = op->capacity;
    }
    return count;
}

static int server_order(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

/* On how many servers the entity holds something now. */
static int64_t servers_held(const struct judged *judged)
{
    struct rules *rules = judged->rules;
    size_t claims = capacity_claims(judged), count = 0;
    rules->servers = array_reserve(rules->servers, &rules->server_room, claims,
                                   sizeof *rules->servers, CLAIMS_MAX);
    for (size_t i = 0; i < claims; i++)
        if (rules->claims[i].from_ms <= rules->change->now_ms)
            rules->servers[count++] = rules->claims[i].server;
    if (count > 1)
        qsort(rules->servers, count, sizeof *rules->servers, server_order);
    int64_t distinct = count > 0;
    for (size_t i = 1; i < count; i++)
        distinct += rules->servers[i] != rules->servers[i - 1];
    return distinct;
}

/* When the server may be used, from now on; false: never. */
static bool window_left(const struct rules *rules, int32_t server, int64_t *opens_ms)
{
    int64_t from_ms, until_ms;
    const struct plenum_op *op = change_window_of(rules->change, server);
    if (op) {
        from_ms = op->window.from_ms;
        until_ms = op->window.until_ms;
    } else {
        capacity_book_window(rules->capacity, server, &from_ms, &until_ms);
    }
    *opens_ms = from_ms;
    return from_ms < until_ms && until_ms > rules->change->now_ms;
}

static bool rack_serves(const struct rules *rules, int32_t rack)
{
    const int64_t *row = change_row(rules->change, plenum_ref(PLENUM_RACK, (uint64_t)rack));
    return row && row[PLENUM_RACK_STATE] == PLENUM_RACK_IN_SERVICE;
}

/* Whether the racks of all servers that the entity holds now serve. */
static bool servers_serve(const struct judged *judged)
{
    struct rules *rules = judged->rules;
    size_t claims = capacity_claims(judged);
    for (size_t i = 0; i < claims; i++)
        if (rules->claims[i].from_ms <= rules->change->now_ms &&
            !rack_serves(rules, rules->site->servers[rules->claims[i].server].rack))
            return false;
    return true;
}

/* --- floor and air after the command ---------------------------------------------------------- */

static bool closes_cell(const struct judged *judged, int32_t cell)
{
    bool closed = ref_equal(floor_book_closed_by(judged->rules->floor, cell), judged->ref);
    for (size_t i = 0; i < judged_op_count(judged); i++) {
        const struct plenum_op *op = judged_op(judged, i);
        if (op->type == PLENUM_OP_FLOOR_OPEN && op->open.cell == cell)
            closed = false;
    }
    for (size_t i = 0; i < judged_op_count(judged); i++) {
        const struct plenum_op *op = judged_op(judged, i);
        if (op->type == PLENUM_OP_FLOOR_CLOSE && op->close.cell == cell)
            closed = true;
    }
    return closed;
}

/* Where the robot would stand: steps come before liftings, and those before placements. */
static int32_t robot_cell(const struct rules *rules, int32_t robot)
{
    const struct plenum_command *command = rules->change->command;
    int32_t cell = rules->floor->cells[robot];
    int32_t width = rules->floor->pitch[robot];
    const int32_t by_move[PLENUM_MOVE_COUNT] = {0, 1, width, -1, -width};
    if (rules->step && cell != PLENUM_NONE && rules->step->step.moves[robot] < PLENUM_MOVE_COUNT)
        cell += by_move[rules->step->step.moves[robot]];
    for (size_t i = 0; rules->places && i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_FLOOR_PLACE && op->place.robot == robot)
            cell = op->place.cell;
        else if (op->type == PLENUM_OP_FLOOR_LIFT && op->lift.robot == robot)
            cell = PLENUM_NONE;
    }
    return cell;
}

/* How many cells of its own the area would close; PLENUM_NONE where one is not its own. */
static int64_t area_closes(const struct judged *judged)
{
    int64_t count = (int64_t)floor_book_count_of(judged->rules->floor, judged->ref);
    for (size_t i = 0; i < judged_op_count(judged); i++) {
        const struct plenum_op *op = judged_op(judged, i);
        count -= op->type == PLENUM_OP_FLOOR_OPEN;
        if (op->type != PLENUM_OP_FLOOR_CLOSE)
            continue;
        if (plenum_site_area_of(judged->rules->site, op->close.cell) != (int64_t)judged->ref.id)
            return PLENUM_NONE;
        count++;
    }
    return count;
}

static bool in_fire_lane(const struct rules *rules, int64_t cell)
{
    int32_t area =
        cell == PLENUM_NONE ? PLENUM_NONE : plenum_site_area_of(rules->site, (int32_t)cell);
    return area != PLENUM_NONE && rules->site->areas[area].kind == PLENUM_AREA_FIRE_LANE;
}

static bool holds_air(const struct judged *judged)
{
    for (size_t i = 0; i < judged_op_count(judged); i++)
        if (judged_op(judged, i)->type == PLENUM_OP_AIR_CLAIM)
            return true;
    return air_book_holds(judged->rules->air, judged->ref) &&
           released_ms(judged, PLENUM_BOOK_AIR) > judged->rules->change->now_ms;
}

/* --- demands: each gives the rule that is not met, or RULE_MET -------------------------------- */

static enum rule judge_rack_carried(const struct judged *judged)
{
    if (judged->row[PLENUM_RACK_STATE] != PLENUM_RACK_CARRIED)
        return RULE_MET;
    int64_t task = judged->row[PLENUM_RACK_TASK];
    const int64_t *row =
        task <= 0 ? NULL
                  : change_row(judged->rules->change, plenum_ref(PLENUM_TASK, (uint64_t)task));
    bool carried = row && row[PLENUM_TASK_RACK] == (int64_t)judged->ref.id &&
                   row[PLENUM_TASK_STATE] >= PLENUM_TASK_TO_DROP;
    return carried ? RULE_MET : RULE_R6;
}

static enum rule judge_rack_power(const struct judged *judged, const struct plenum_rack *rack,
                                  bool expected)
{
    const struct plenum_site *site = judged->rules->site;
    const struct plenum_rack_model *model = &site->rack_models[rack->model];
    int32_t load = site->positions[rack->position].load;
    int64_t now_ms = judged->rules->change->now_ms;
    switch (judged->row[PLENUM_RACK_STATE]) {
    case PLENUM_RACK_POWERED:
    case PLENUM_RACK_TESTED:
        return power_held(judged, load, now_ms).watts >= model->peak_w ? RULE_MET : RULE_R2;
    case PLENUM_RACK_IN_SERVICE:
        return holds_power_for_ever(judged, load, model->idle_w) ? RULE_MET : RULE_R3;
    default:
        return !expected && holds_power(judged) ? RULE_R4 : RULE_MET;
    }
}

static enum rule judge_rack(const struct judged *judged)
{
    const struct plenum_site *site = judged->rules->site;
    const struct plenum_rack *rack = &site->racks[judged->ref.id];
    int64_t state = judged->row[PLENUM_RACK_STATE];
    bool placed = state >= PLENUM_RACK_PLACED && state <= PLENUM_RACK_FAILED;
    if (placed && !closes_cell(judged, site->positions[rack->position].cell))
        return RULE_R1;
    if (judge_rack_carried(judged) != RULE_MET)
        return RULE_R6;
    int32_t servers = site->rack_models[rack->model].server_count;
    int64_t opens_ms, now_ms = judged->rules->change->now_ms;
    bool expected = false;
    for (int32_t i = 0; i < servers && state != PLENUM_RACK_IN_SERVICE; i++) {
        if (!window_left(judged->rules, rack->first_server + i, &opens_ms))
            continue;
        if (opens_ms <= now_ms || state == PLENUM_RACK_RETIRED)
            return RULE_R5;
        expected = true;
    }
    return judge_rack_power(judged, rack, expected);
}

static enum rule judge_area(const struct judged *judged)
{
    int32_t all = judged->rules->site->areas[judged->ref.id].free_cells;
    bool closed = judged->row[PLENUM_AREA_STATE] == PLENUM_AREA_CLOSED;
    return area_closes(judged) == (closed ? all : 0) ? RULE_MET : RULE_R17;
}

static enum rule judge_task(const struct judged *judged)
{
    int64_t state = judged->row[PLENUM_TASK_STATE];
    bool fetches = judged->row[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT;
    if ((!fetches && in_fire_lane(judged->rules, judged->row[PLENUM_TASK_FROM_CELL])) ||
        in_fire_lane(judged->rules, judged->row[PLENUM_TASK_TO_CELL]))
        return RULE_R18;
    if (state == PLENUM_TASK_OPEN || state == PLENUM_TASK_DONE)
        return RULE_MET;
    int64_t robot = judged->row[PLENUM_TASK_ROBOT];
    const int64_t *row =
        robot < 0 ? NULL
                  : change_row(judged->rules->change, plenum_ref(PLENUM_ROBOT, (uint64_t)robot));
    bool has = row && row[PLENUM_ROBOT_TASK] == (int64_t)judged->ref.id;
    return has ? RULE_MET : RULE_R7;
}

static enum rule judge_robot_carried(const struct judged *judged)
{
    const struct rules *rules = judged->rules;
    int64_t robot = (int64_t)judged->ref.id, fetch = judged->row[PLENUM_ROBOT_FETCH];
    const int64_t *task =
        fetch <= 0 ? NULL : change_row(rules->change, plenum_ref(PLENUM_TASK, (uint64_t)fetch));
    bool loaded = task && task[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT &&
                  task[PLENUM_TASK_FETCHED] == robot && task[PLENUM_TASK_ROBOT] != robot &&
                  (task[PLENUM_FIELD_STATE] == PLENUM_TASK_TO_DROP ||
                   task[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_DROP);
    bool nowhere = robot_cell(rules, (int32_t)robot) == PLENUM_NONE;
    return loaded && nowhere ? RULE_MET : RULE_R21;
}

static bool was_carried(const struct judged *judged)
{
    const int64_t *before = judged->item ? judged->item->before : NULL;
    return before && before[PLENUM_ROBOT_STATE] == PLENUM_ROBOT_CARRIED;
}

static enum rule judge_robot(const struct judged *judged)
{
    const struct rules *rules = judged->rules;
    int64_t index = judged->row[PLENUM_ROBOT_CHARGER];
    if (judged->row[PLENUM_ROBOT_STATE] == PLENUM_ROBOT_CARRIED)
        return judge_robot_carried(judged);
    if (was_carried(judged) && robot_cell(rules, (int32_t)judged->ref.id) == PLENUM_NONE)
        return RULE_R21;
    if (judged->row[PLENUM_ROBOT_STATE] != PLENUM_ROBOT_CHARGING)
        return RULE_MET;
    if (index < 0 || index >= rules->site->charger_count)
        return RULE_R8;
    const struct plenum_charger *charger = &rules->site->chargers[index];
    bool met = robot_cell(rules, (int32_t)judged->ref.id) == charger->cell &&
               power_held(judged, charger->load, rules->change->now_ms).watts > 0;
    return met ? RULE_MET : RULE_R8;
}

static enum rule judge_job(const struct judged *judged)
{
    switch (judged->row[PLENUM_JOB_STATE]) {
    case PLENUM_JOB_RESERVED:
        return capacity_claims(judged) > 0 ? RULE_MET : RULE_R9;
    case PLENUM_JOB_RUNNING:
        if (servers_held(judged) != judged->row[PLENUM_JOB_SERVERS])
            return RULE_R10;
        return servers_serve(judged) ? RULE_MET : RULE_R19;
    default:
        return capacity_claims(judged) > 0 || holds_power(judged) ? RULE_R11 : RULE_MET;
    }
}

static enum rule judge_maintenance(const struct judged *judged)
{
    bool over = judged->row[PLENUM_MAINTENANCE_STATE] >= PLENUM_MAINTENANCE_DONE;
    return over && capacity_claims(judged) > 0 ? RULE_R20 : RULE_MET;
}

static enum rule judge_flight(const struct judged *judged)
{
    int64_t state = judged->row[PLENUM_FLIGHT_STATE];
    bool planned = state == PLENUM_FLIGHT_ACCEPTED || state == PLENUM_FLIGHT_ACTIVATED;
    return planned && !holds_air(judged) ? RULE_R12 : RULE_MET;
}

/* Whether the stop would be in force. A ledger without it, before its genesis, has none. */
static bool stop_in_force(const struct rules *rules, enum plenum_stop stop)
{
    const int64_t *row = change_row(rules->change, plenum_ref(PLENUM_STOP, stop));
    return row && row[PLENUM_FIELD_STATE] == PLENUM_STOP_STOPPED;
}

static bool takes_off(const struct judged *judged)
{
    const int64_t *before = judged->item ? judged->item->before : NULL;
    return judged->item && (!before || before[PLENUM_DRONE_STATE] != PLENUM_DRONE_FLYING);
}

static enum rule judge_drone(const struct judged *judged)
{
    if (judged->row[PLENUM_DRONE_STATE] != PLENUM_DRONE_FLYING)
        return RULE_MET;
    if (takes_off(judged) && stop_in_force(judged->rules, PLENUM_STOP_AIR))
        return RULE_R16;
    int64_t flight = judged->row[PLENUM_DRONE_FLIGHT];
    const int64_t *row = flight <= 0 ? NULL
                                     : change_row(judged->rules->change,
                                                  plenum_ref(PLENUM_FLIGHT, (uint64_t)flight));
    bool flies = row && (row[PLENUM_FLIGHT_STATE] == PLENUM_FLIGHT_ACTIVATED ||
                         row[PLENUM_FLIGHT_STATE] == PLENUM_FLIGHT_NONCONFORMING ||
                         row[PLENUM_FLIGHT_STATE] == PLENUM_FLIGHT_CONTINGENT);
    return flies ? RULE_MET : RULE_R13;
}

static enum rule judge_end(const struct judged *judged)
{
    bool holds = capacity_claims(judged) > 0 || holds_power(judged) || holds_air(judged) ||
                 floor_book_holds(judged->rules->floor, judged->ref);
    return holds ? RULE_R14 : RULE_MET;
}

static enum rule judge(const struct judged *judged)
{
    switch (judged->ref.kind) {
    case PLENUM_RACK:
        return judge_rack(judged);
    case PLENUM_ROBOT:
        return judge_robot(judged);
    case PLENUM_DRONE:
        return judge_drone(judged);
    case PLENUM_TASK:
        return judge_task(judged);
    case PLENUM_JOB:
        return judge_job(judged);
    case PLENUM_FLIGHT:
        return judge_flight(judged);
    case PLENUM_AREA:
        return judge_area(judged);
    case PLENUM_MAINTENANCE:
        return judge_maintenance(judged);
    default:
        return RULE_MET;
    }
}

/* --- whom to judge ---------------------------------------------------------------------------- */

/* Keeps the refusal of the lowest operation. */
static void judge_note(const struct judged *judged, enum rule rule, uint32_t op,
                       struct plenum_refusal *refusal)
{
    if (rule == RULE_MET || (refusal->reason != PLENUM_REASON_NONE && refusal->op <= op))
        return;
    *refusal = refusal_rule(PLENUM_REASON_RULE, op, rule_texts[rule]);
    refusal->other = judged->ref;
}

/* Judges what the entity demands of a row that the command changes; its other demands are of its
 * own claims and cells, which the command leaves as they are. */
static void judge_other(struct rules *rules, struct plenum_ref ref, uint32_t op,
                        struct plenum_refusal *refusal)
{
    struct judged judged = {.rules = rules,
                            .ref = ref,
                            .item = change_find(rules->change, ref),
                            .row = change_row(rules->change, ref)};
    if (!judged.row || judged.item)
        return;
    enum rule rule = RULE_MET;
    if (ref.kind == PLENUM_RACK)
        rule = judge_rack_carried(&judged);
    else if (ref.kind != PLENUM_ROBOT)
        rule = judge(&judged);
    else if (judged.row[PLENUM_ROBOT_STATE] == PLENUM_ROBOT_CARRIED)
        rule = judge_robot_carried(&judged);
    judge_note(&judged, rule, op, refusal);
}

/* The entity that a field named before the command: its demands may look at this row. */
static void judge_named(struct rules *rules, const struct change_item *item, int32_t field,
                        uint32_t kind, int64_t none, struct plenum_refusal *refusal)
{
    int64_t named = item->before ? item->before[field] : none;
    if (named != none)
        judge_other(rules, plenum_ref(kind, (uint64_t)named), item->state_op, refusal);
}

static void judge_item(struct rules *rules, const struct change_item *item,
                       struct plenum_refusal *refusal)
{
    struct judged judged = {
        .rules = rules, .item = item, .ref = item->ref, .row = item_row(rules->change, item)};
    enum rule rule = item->ended ? judge_end(&judged) : judge(&judged);
    judge_note(&judged, rule, item->state_op, refusal);
    if (!item->set && !item->ended)
        return;
    if (item->ref.kind == PLENUM_TASK)
        judge_named(rules, item, PLENUM_TASK_RACK, PLENUM_RACK, PLENUM_NONE, refusal);
    if (item->ref.kind == PLENUM_TASK)
        judge_named(rules, item, PLENUM_TASK_FETCHED, PLENUM_ROBOT, PLENUM_NONE, refusal);
    if (item->ref.kind == PLENUM_ROBOT)
        judge_named(rules, item, PLENUM_ROBOT_TASK, PLENUM_TASK, 0, refusal);
    if (item->ref.kind == PLENUM_FLIGHT)
        judge_named(rules, item, PLENUM_FLIGHT_DRONE, PLENUM_DRONE, PLENUM_NONE, refusal);
}

static void floor_ops_find(struct rules *rules)
{
    const struct plenum_command *command = rules->change->command;
    rules->step = NULL;
    rules->places = false;
    for (size_t i = 0; i < command->op_count; i++) {
        if (command->ops[i].type == PLENUM_OP_FLOOR_STEP)
            rules->step = &command->ops[i];
        rules->places = rules->places || command->ops[i].type == PLENUM_OP_FLOOR_PLACE ||
                        command->ops[i].type == PLENUM_OP_FLOOR_LIFT;
    }
}

static void judge_step(const struct rules *rules, struct plenum_refusal *refusal)
{
    if (!rules->step || !stop_in_force(rules, PLENUM_STOP_FLOOR))
        return;
    for (int32_t robot = 0; robot < rules->step->step.count; robot++) {
        if (rules->step->step.moves[robot] == PLENUM_MOVE_WAIT)
            continue;
        uint32_t op = (uint32_t)(rules->step - rules->change->command->ops);
        *refusal = refusal_rule(PLENUM_REASON_RULE, op, rule_texts[RULE_R15]);
        refusal->other = plenum_ref(PLENUM_STOP, PLENUM_STOP_FLOOR);
        return;
    }
}

/* A robot that the command lifts is carried after it; one that it places is not, and neither is
 * done while the floor is stopped. */
static void judge_lifts(struct rules *rules, struct plenum_refusal *refusal)
{
    const struct plenum_command *command = rules->change->command;
    bool stopped = rules->places && stop_in_force(rules, PLENUM_STOP_FLOOR);
    for (size_t i = 0; rules->places && i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        bool lifts = op->type == PLENUM_OP_FLOOR_LIFT;
        if (!lifts && op->type != PLENUM_OP_FLOOR_PLACE)
            continue;
        int32_t robot = lifts ? op->lift.robot : op->place.robot;
        struct judged judged = {.rules = rules, .ref = plenum_ref(PLENUM_ROBOT, (uint64_t)robot)};
        judged.row = change_row(rules->change, judged.ref);
        bool carried = judged.row && judged.row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_CARRIED;
        if (carried != lifts)
            judge_note(&judged, RULE_R21, (uint32_t)i, refusal);
        if (stopped)
            judge_note(&judged, RULE_R15, (uint32_t)i, refusal);
    }
}

bool rules_test(struct rules *rules, struct plenum_refusal *refusal)
{
    floor_ops_find(rules);
    *refusal = refusal_of(PLENUM_REASON_NONE, 0);
    judge_step(rules, refusal);
    judge_lifts(rules, refusal);
    for (size_t i = 0; i < rules->change->item_count; i++)
        judge_item(rules, &rules->change->items[i], refusal);
    return refusal->reason == PLENUM_REASON_NONE;
}
