/* The audit of a journal, row by row: see audit.h. */
#include "ledger/audit.h"

#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void audit_tell(struct audit *audit, uint64_t row, int64_t at_ms, const char *format, ...)
{
    char what[512], text[640], instant[INSTANT_TEXT];
    va_list list;
    if (++audit->totals->violations > AUDIT_LINES_MAX)
        return;
    va_start(list, format);
    (void)vsnprintf(what, sizeof what, format, list);
    va_end(list);
    (void)text_format(text, sizeof text, "row %" PRIu64 ", %s: %s", row,
                      instant_format(at_ms, instant), what);
    audit->line(audit->context, text);
}

/* --- owners and their claims ------------------------------------------------------------------ */

uint64_t audit_key(struct plenum_ref ref)
{
    _Static_assert(PLENUM_KIND_COUNT <= 16, "four bits are a kind");
    return (ref.id << 4) + ref.kind + 1;
}

void audit_map_finish(struct audit_map *map)
{
    free(map->keys);
    free(map->values);
    *map = (struct audit_map){0};
}

static size_t slot_of(const struct audit_map *map, uint64_t key)
{
    size_t slot = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (map->capacity - 1);
    while (map->keys[slot] != 0 && map->keys[slot] != key)
        slot = (slot + 1) & (map->capacity - 1);
    return slot;
}

static void map_grow(struct audit_map *map)
{
    struct audit_map old = *map;
    map->capacity = old.capacity > 0 ? 2 * old.capacity : 1024;
    map->keys = memory_new(map->capacity, sizeof *map->keys);
    map->values = memory_new(map->capacity, sizeof *map->values);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.keys[i] == 0)
            continue;
        size_t slot = slot_of(map, old.keys[i]);
        map->keys[slot] = old.keys[i];
        map->values[slot] = old.values[i];
    }
    free(old.keys);
    free(old.values);
}

uint32_t *audit_map_at(struct audit_map *map, uint64_t key, uint32_t missing)
{
    if (2 * map->count >= map->capacity)
        map_grow(map);
    size_t slot = slot_of(map, key);
    if (map->keys[slot] == 0) {
        map->keys[slot] = key;
        map->values[slot] = missing;
        map->count++;
    }
    return &map->values[slot];
}

void audit_claims_add(struct audit_claims *claims, struct plenum_ref owner,
                      const struct audit_claim *claim)
{
    uint32_t *newest = audit_map_at(&claims->owners, audit_key(owner), 0);
    struct audit_claim added = *claim;
    added.next = *newest;
    ARRAY_PUSH(claims->list, claims->count, claims->capacity, AUDIT_LIST_MAX) = added;
    *newest = (uint32_t)claims->count;
}

void audit_claims_release(struct audit_claims *claims, struct plenum_ref owner, int64_t from_ms,
                          int64_t now_ms)
{
    uint32_t *link = audit_map_at(&claims->owners, audit_key(owner), 0);
    while (*link != 0) {
        struct audit_claim *claim = &claims->list[*link - 1];
        if (claim->from_ms >= from_ms)
            claim->until_ms = claim->from_ms;
        else if (claim->until_ms > from_ms)
            claim->until_ms = from_ms;
        if (claim->until_ms <= now_ms || claim->until_ms == claim->from_ms)
            *link = claim->next; /* no later release can change it */
        else
            link = &claim->next;
    }
}

void audit_claims_finish(struct audit_claims *claims)
{
    free(claims->list);
    audit_map_finish(&claims->owners);
}

/* --- one row ---------------------------------------------------------------------------------- */

static void note_interval(struct audit *audit, int64_t from_ms, int64_t until_ms)
{
    audit->totals->claims++;
    if (from_ms < audit->now_ms)
        audit_tell(audit, audit->seq, audit->now_ms, "a claim on the past");
    if (from_ms >= until_ms)
        audit_tell(audit, audit->seq, audit->now_ms, "a claim that ends before it begins");
}

static void note_power(struct audit *audit, const struct plenum_power_claim *claim)
{
    note_interval(audit, claim->from_ms, claim->until_ms);
    if (claim->load < 0 || claim->load >= audit->site->load_count || claim->watts <= 0) {
        audit_tell(audit, audit->seq, audit->now_ms, "a claim of watts that means nothing");
        return;
    }
    audit_claims_add(&audit->power, claim->owner,
                     &(struct audit_claim){.place = claim->load,
                                           .from_ms = claim->from_ms,
                                           .until_ms = claim->until_ms,
                                           .amount = claim->watts,
                                           .row = audit->seq});
}

static void note_capacity(struct audit *audit, const struct plenum_capacity_claim *claim)
{
    note_interval(audit, claim->from_ms, claim->until_ms);
    if (claim->server < 0 || claim->server >= audit->site->server_count) {
        audit_tell(audit, audit->seq, audit->now_ms, "a claim on a server that does not exist");
        return;
    }
    const int64_t *window = &audit->windows[2 * claim->server];
    bool uses = claim->owner.kind != PLENUM_MAINTENANCE;
    if (uses && (claim->from_ms < window[0] || claim->until_ms > window[1]))
        audit_tell(audit, audit->seq, claim->from_ms, "server %d used outside its window",
                   claim->server);
    audit_claims_add(&audit->capacity, claim->owner,
                     &(struct audit_claim){.place = claim->server,
                                           .milli = claim->milli,
                                           .cores = claim->cores,
                                           .from_ms = claim->from_ms,
                                           .until_ms = claim->until_ms,
                                           .amount = claim->memory_bytes,
                                           .accelerators = claim->accelerators,
                                           .uses = uses,
                                           .row = audit->seq});
}

/* Releases and windows before claims: a command is judged as a whole. */
static void note_before(struct audit *audit, const struct plenum_op *op)
{
    switch (op->type) {
    case PLENUM_OP_RELEASE:
        if (op->release.books & PLENUM_BOOK_POWER)
            audit_claims_release(&audit->power, op->release.owner, op->release.from_ms,
                                 audit->now_ms);
        if (op->release.books & PLENUM_BOOK_CAPACITY)
            audit_claims_release(&audit->capacity, op->release.owner, op->release.from_ms,
                                 audit->now_ms);
        break;
    case PLENUM_OP_LIMIT:
        ARRAY_PUSH(audit->limits, audit->limit_count, audit->limit_capacity, AUDIT_LIST_MAX) =
            (struct audit_limit){op->limit.node, op->limit.from_ms, op->limit.until_ms,
                                 op->limit.limit_w, op->limit.failover_limit_w};
        break;
    case PLENUM_OP_WINDOW:
        if (op->window.server >= 0 && op->window.server < audit->site->server_count) {
            audit->windows[2 * op->window.server] = op->window.from_ms;
            audit->windows[2 * op->window.server + 1] = op->window.until_ms;
            ARRAY_PUSH(audit->changes, audit->change_count, audit->change_capacity,
                       AUDIT_LIST_MAX) =
                (struct audit_window){op->window.server, audit->seq, audit->now_ms,
                                      op->window.from_ms, op->window.until_ms};
        }
        break;
    default:
        break;
    }
}

static void note_claim(struct audit *audit, const struct plenum_op *op)
{
    switch (op->type) {
    case PLENUM_OP_POWER_CLAIM:
        note_power(audit, &op->power);
        break;
    case PLENUM_OP_CAPACITY_CLAIM:
        note_capacity(audit, &op->capacity);
        break;
    case PLENUM_OP_TICK:
        if (op->tick.to_ms <= audit->now_ms)
            audit_tell(audit, audit->seq, audit->now_ms, "the clock does not move forward");
        audit->now_ms = op->tick.to_ms;
        break;
    default:
        break;
    }
}

static bool audit_row(void *context, const struct plenum_journal_row *row)
{
    struct audit *audit = context;
    const struct plenum_command *command = row->command;
    audit->seq = row->seq;
    audit->totals->rows++;
    if (row->now_ms != audit->now_ms) {
        audit_tell(audit, row->seq, row->now_ms, "the clock is not where the ticks left it");
        audit->now_ms = row->now_ms;
    }
    if (!row->taken)
        return true;
    for (size_t i = 0; i < command->op_count; i++)
        note_before(audit, &command->ops[i]);
    audit_stops_command(audit, command);
    audit_floor_command(audit, command);
    audit_air_command(audit, command);
    audit_entity_command(audit, command);
    for (size_t i = 0; i < command->op_count; i++)
        note_claim(audit, &command->ops[i]);
    return true;
}

/* --- entities --------------------------------------------------------------------------------- */

static const uint32_t state_none = UINT32_MAX;

static void judge_set(struct audit *audit, struct plenum_ref ref, int64_t value)
{
    uint32_t *state = audit_map_at(&audit->states, audit_key(ref), state_none);
    const char *kind = plenum_kind_name(ref.kind);
    if (*state == state_none) {
        audit_tell(audit, audit->seq, audit->now_ms, "%s %" PRIu64 " does not exist", kind, ref.id);
        return;
    }
    bool arrow =
        value >= 0 && value < 32 && plenum_state_next(ref.kind, (int32_t)*state) >> value & 1;
    if (!arrow)
        audit_tell(audit, audit->seq, audit->now_ms,
                   "%s %" PRIu64 ": from state %s to state %" PRId64 ", which no arrow allows",
                   kind, ref.id, plenum_state_name(ref.kind, (int32_t)*state), value);
    if (value >= 0 && value < plenum_kind_state_count(ref.kind))
        *state = (uint32_t)value;
}

static void note_stops(struct audit *audit, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_SET && op->set.ref.kind == PLENUM_STOP &&
            op->set.ref.id < PLENUM_STOP_COUNT && op->set.field == PLENUM_FIELD_STATE)
            audit->stops[op->set.ref.id] = op->set.value == PLENUM_STOP_STOPPED;
    }
}

static void judge_standing(struct audit *audit, const struct plenum_op *op)
{
    for (int32_t robot = 0; robot < op->step.count; robot++)
        if (op->step.moves[robot] != PLENUM_MOVE_WAIT)
            audit_tell(audit, audit->seq, audit->now_ms, "robot %d moves on a stopped floor",
                       robot);
}

static bool is_lifting(const struct plenum_op *op)
{
    return op->type == PLENUM_OP_FLOOR_LIFT || op->type == PLENUM_OP_FLOOR_PLACE;
}

/* A command is judged by the stops as it leaves them. A drone that is set to fly took off. */
void audit_stops_command(struct audit *audit, const struct plenum_command *command)
{
    note_stops(audit, command);
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (audit->stops[PLENUM_STOP_FLOOR] && op->type == PLENUM_OP_FLOOR_STEP)
            judge_standing(audit, op);
        if (audit->stops[PLENUM_STOP_FLOOR] && is_lifting(op))
            audit_tell(audit, audit->seq, audit->now_ms,
                       "a robot is taken up or set down on a stopped floor");
        if (audit->stops[PLENUM_STOP_AIR] && op->type == PLENUM_OP_SET &&
            op->set.ref.kind == PLENUM_DRONE && op->set.field == PLENUM_FIELD_STATE &&
            op->set.value == PLENUM_DRONE_FLYING)
            audit_tell(audit, audit->seq, audit->now_ms, "drone %" PRIu64 " takes off, grounded",
                       op->set.ref.id);
    }
}

static void judge_create(struct audit *audit, struct plenum_ref ref)
{
    uint32_t *state = audit_map_at(&audit->states, audit_key(ref), state_none);
    if (*state != state_none)
        audit_tell(audit, audit->seq, audit->now_ms, "%s %" PRIu64 " made twice",
                   plenum_kind_name(ref.kind), ref.id);
    *state = 0;
    audit->totals->flights += ref.kind == PLENUM_FLIGHT;
}

void audit_entity_command(struct audit *audit, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_CREATE && op->create.ref.kind < PLENUM_KIND_COUNT)
            judge_create(audit, op->create.ref);
        else if (op->type == PLENUM_OP_SET && op->set.field == PLENUM_FIELD_STATE &&
                 op->set.ref.kind < PLENUM_KIND_COUNT)
            judge_set(audit, op->set.ref, op->set.value);
        else if (op->type == PLENUM_OP_END)
            *audit_map_at(&audit->states, audit_key(op->end.ref), state_none) = state_none;
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

enum plenum_status plenum_journal_audit(struct plenum_journal *journal, struct plenum_audit *totals,
                                        void (*line)(void *context, const char *text),
                                        void *context, struct plenum_error *error)
{
    const struct plenum_site *site = plenum_journal_site(journal);
    struct audit audit = {
        .site = site, .totals = totals, .line = line, .context = context, .now_ms = site->start_ms};
    *totals = (struct plenum_audit){0};
    audit.windows = memory_new(2 * (size_t)site->server_count, sizeof *audit.windows);
    audit_floor_init(&audit);
    audit_carried_init(&audit);
    enum plenum_status status = plenum_journal_walk(journal, 1, audit_row, &audit, error);
    if (status == PLENUM_OK) {
        audit_power_judge(&audit);
        audit_capacity_judge(&audit);
    }
    totals->seconds_of_site_time = (audit.now_ms - site->start_ms) / 1000;
    audit_floor_finish(&audit);
    audit_carried_finish(&audit);
    audit_air_finish(&audit);
    audit_claims_finish(&audit.power);
    audit_claims_finish(&audit.capacity);
    audit_map_finish(&audit.states);
    free(audit.limits);
    free(audit.windows);
    free(audit.changes);
    return status;
}
