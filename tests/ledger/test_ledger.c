/* The ledger against the naive one, with random commands, and the promises of ledger.h on the way:
 * a test and a refusal change nothing, a snapshot makes the same ledger again, an id is answered
 * once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <plenum/ledger.h>

#include "base/random.h"
#include "naive.h"
#include "site_for_tests.h"
#include "world.h"

#define SITE                                                                                       \
    SITE_SMALL "robots:\n"                                                                         \
               "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 4]]}\n"                   \
               "- {name: 't-{1..4}', model: tote, area: {from: [0, 0], to: [0, 4]}}\n"             \
               "areas:\n"                                                                          \
               "- {name: aisle, from: [6, 4], to: [7, 4]}\n"                                       \
               "- {name: lane, kind: fire-lane, from: [0, 7], to: [11, 7]}\n"

/* The same floor under three feeds, loads on each pair of them, and a hall that is hard to cool. */
#define SITE_THREE_FEEDS                                                                           \
    SITE_HEAD SITE_CATALOGUE                                                                       \
        "power:\n"                                                                                 \
        "- {name: feed-a, limit_w: 25000, failover_limit_w: 30000}\n"                              \
        "- {name: feed-b, limit_w: 25000, failover_limit_w: 30000}\n"                              \
        "- {name: feed-c, limit_w: 25000, failover_limit_w: 40000}\n"                              \
        "- {name: panel-a, under: feed-a, limit_w: 20000, failover_limit_w: 25000}\n"              \
        "cooling:\n"                                                                               \
        "- {name: cold, limit_w: 37000}\n"                                                         \
        "halls:\n"                                                                                 \
        "- {name: hall, size: [12, 8]}\n"                                                          \
        "positions:\n"                                                                             \
        "- {name: p-1, cell: [3, 2], front: south, zone: cold, feeds: [panel-a, feed-b]}\n"        \
        "- {name: p-2, cell: [5, 2], front: south, zone: cold, feeds: [feed-c, panel-a]}\n"        \
        "- {name: p-3, cell: [7, 2], front: south, zone: cold, feeds: [feed-b, feed-c]}\n"         \
        "- {name: p-4, cell: [9, 2], front: south, zone: cold, feeds: [feed-a, feed-c]}\n"         \
        "docks:\n"                                                                                 \
        "- {name: dock, cell: [0, 6]}\n"                                                           \
        "chargers:\n"                                                                              \
        "- {name: 'c-{1..2}', cell: [0, 0], step: [0, 2], power_w: 2000, feeds: [feed-c]}\n"       \
        "stations:\n"                                                                              \
        "- {name: 's-{1..2}', cell: [11, 0], step: [0, 2]}\n" SITE_RACKS "robots:\n"               \
        "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 4]]}\n"

/* A ledger and its naive twin, and what the generator draws from. */
struct twins {
    const struct plenum_site *site;
    struct plenum_ledger *ledger;
    struct naive *naive;
    struct random random;
    struct plenum_command command;
    uint64_t made[PLENUM_KIND_COUNT]; /* creates in the command that is built */
    int reasons[PLENUM_REASON_COUNT];
};

/* --- random operations, likely to mean something ---------------------------------------------- */

static int64_t draw(struct twins *twins, int64_t lo, int64_t hi)
{
    return random_between(&twins->random, lo, hi);
}

static bool chance(struct twins *twins, int64_t percent)
{
    return draw(twins, 0, 99) < percent;
}

static int64_t draw_from(struct twins *twins)
{
    return twins->naive->now_ms + (chance(twins, 50) ? 0 : 1000 * draw(twins, 0, 20));
}

static int64_t draw_until(struct twins *twins, int64_t from_ms)
{
    return chance(twins, 20) ? PLENUM_FOREVER : from_ms + 1000 * draw(twins, 1, 15);
}

/* Some entity of the kind, now and then one that does not exist. */
static struct plenum_ref draw_ref(struct twins *twins, uint32_t kind)
{
    const struct naive *naive = twins->naive;
    uint64_t limit = naive->next_id[kind] + twins->made[kind];
    for (int i = 0; i < 400 && limit > 0 && (i > 0 || chance(twins, 97)); i++) {
        uint64_t id = random_below(&twins->random, limit);
        if (naive_find(naive, plenum_ref(kind, id)))
            return plenum_ref(kind, id);
    }
    return plenum_ref(kind, limit);
}

static struct plenum_ref draw_owner(struct twins *twins)
{
    static const uint32_t kinds[] = {PLENUM_RACK, PLENUM_ROBOT, PLENUM_JOB,
                                     PLENUM_JOB,  PLENUM_TASK,  PLENUM_MAINTENANCE};
    return draw_ref(twins, kinds[draw(twins, 0, 5)]);
}

static struct plenum_ref make(struct twins *twins, uint32_t kind)
{
    struct plenum_ref ref = plenum_ref(kind, twins->naive->next_id[kind] + twins->made[kind]);
    twins->made[kind]++;
    plenum_command_create(&twins->command, ref);
    return ref;
}

static void set(struct twins *twins, struct plenum_ref ref, int32_t field, int64_t value)
{
    plenum_command_set(&twins->command, ref, field, value);
}

static void add_power(struct twins *twins)
{
    int64_t from = draw_from(twins);
    int32_t load = (int32_t)draw(twins, 0, twins->site->load_count - 1);
    plenum_command_claim_power(&twins->command, draw_owner(twins), load, from,
                               draw_until(twins, from), draw(twins, 1, 15001));
}

static void add_limit(struct twins *twins)
{
    int64_t from = draw_from(twins);
    int64_t watts = draw(twins, 0, 4) * 10000;
    plenum_command_limit(
        &twins->command, (int32_t)draw(twins, 0, twins->site->power_node_count - 1), from,
        from + 1000 * draw(twins, 1, 10), watts, watts + draw(twins, 0, 2) * 10000);
}

static void add_release(struct twins *twins)
{
    int64_t from = twins->naive->now_ms + (chance(twins, 70) ? 0 : 1000 * draw(twins, 1, 9));
    plenum_command_release(&twins->command, draw_owner(twins), (uint32_t)draw(twins, 1, 7), from);
}

static void add_capacity_on(struct twins *twins, struct plenum_ref owner, int32_t server)
{
    int64_t from = draw_from(twins);
    struct plenum_capacity_claim claim = {
        .owner = owner,
        .server = server,
        .milli = chance(twins, 60) ? 1000 : 500,
        .accelerators = (uint64_t)draw(twins, 1, chance(twins, 5) ? 31 : 15),
        .cores = (int32_t)draw(twins, 0, 40),
        .memory_bytes = draw(twins, 0, 200) << 30,
        .from_ms = from,
        .until_ms = from + 1000 * draw(twins, 1, 15),
    };
    plenum_command_claim_capacity(&twins->command, &claim);
}

static void add_capacity(struct twins *twins)
{
    add_capacity_on(twins, draw_owner(twins),
                    (int32_t)draw(twins, 0, twins->site->server_count - 1));
}

static void add_job(struct twins *twins)
{
    struct plenum_ref job = make(twins, PLENUM_JOB);
    int64_t servers = draw(twins, 1, 3);
    set(twins, job, PLENUM_JOB_SERVERS, servers);
    if (chance(twins, 80))
        set(twins, job, PLENUM_FIELD_STATE,
            chance(twins, 50) ? PLENUM_JOB_RESERVED : PLENUM_JOB_RUNNING);
    int32_t server = (int32_t)draw(twins, 0, 8);
    for (int64_t i = 0; i < servers && chance(twins, 95); i++)
        add_capacity_on(twins, job, server + (int32_t)i);
}

/* An entity goes on to some state, most often one it may go to, seldom to its last. */
static int64_t draw_state(struct twins *twins, struct plenum_ref ref)
{
    const int64_t *row = naive_find(twins->naive, ref);
    int32_t count = plenum_kind_state_count(ref.kind);
    uint32_t next = row ? plenum_state_next(ref.kind, (int32_t)row[0]) : 0;
    uint32_t last = 0;
    for (int32_t state = 0; state < count; state++)
        last |= plenum_state_next(ref.kind, state) == 0 ? 1u << state : 0;
    if ((next & ~last) != 0 && !chance(twins, 5))
        next &= ~last;
    if (next == 0 || chance(twins, 3))
        return draw(twins, -1, count);
    for (;;) {
        int64_t state = draw(twins, 0, count - 1);
        if (next >> state & 1)
            return state;
    }
}

static void add_job_change(struct twins *twins)
{
    struct plenum_ref job = draw_ref(twins, PLENUM_JOB);
    if (chance(twins, 80))
        plenum_command_release(&twins->command, job, PLENUM_BOOK_ALL, twins->naive->now_ms);
    if (chance(twins, 80))
        set(twins, job, PLENUM_FIELD_STATE, draw_state(twins, job));
    if (chance(twins, 10))
        plenum_command_end(&twins->command, job);
}

static void add_rack_power(struct twins *twins, struct plenum_ref ref, int64_t state)
{
    const struct plenum_rack *rack = &twins->site->racks[ref.id];
    const struct plenum_rack_model *model = &twins->site->rack_models[rack->model];
    int64_t now = twins->naive->now_ms;
    if (chance(twins, 90))
        plenum_command_release(&twins->command, ref, PLENUM_BOOK_POWER, now);
    if (state >= PLENUM_RACK_POWERED && state <= PLENUM_RACK_IN_SERVICE && chance(twins, 95))
        plenum_command_claim_power(
            &twins->command, ref, twins->site->positions[rack->position].load, now,
            chance(twins, 95) ? PLENUM_FOREVER : now + 5000,
            (state == PLENUM_RACK_IN_SERVICE ? model->idle_w : model->peak_w) -
                (chance(twins, 5) ? 1 : 0));
}

static void add_rack_change(struct twins *twins)
{
    struct plenum_ref ref = draw_ref(twins, PLENUM_RACK);
    const struct plenum_rack *rack =
        &twins->site->racks[ref.id % (uint64_t)twins->site->rack_count];
    int64_t state = draw_state(twins, ref), now = twins->naive->now_ms;
    if (ref.id >= (uint64_t)twins->site->rack_count)
        return;
    set(twins, ref, PLENUM_FIELD_STATE, state);
    int32_t cell = twins->site->positions[rack->position].cell;
    if (state == PLENUM_RACK_PLACED && chance(twins, 90))
        plenum_command_close_cell(&twins->command, ref, cell);
    if (state == PLENUM_RACK_RETIRED && chance(twins, 90))
        plenum_command_open_cell(&twins->command, ref, cell);
    add_rack_power(twins, ref, state);
    for (int32_t i = 0; i < 4; i++)
        if (state == PLENUM_RACK_IN_SERVICE && chance(twins, 90))
            plenum_command_window(&twins->command, rack->first_server + i, now, PLENUM_FOREVER);
        else if (state >= PLENUM_RACK_FAILED && chance(twins, 97))
            plenum_command_window(&twins->command, rack->first_server + i, 0, 0);
}

static void add_maintenance(struct twins *twins)
{
    struct plenum_ref ref =
        chance(twins, 50) ? make(twins, PLENUM_MAINTENANCE) : draw_ref(twins, PLENUM_MAINTENANCE);
    int32_t server = (int32_t)draw(twins, 0, twins->site->server_count - 1);
    if (chance(twins, 40))
        plenum_command_release(&twins->command, ref, PLENUM_BOOK_ALL, twins->naive->now_ms);
    if (chance(twins, 40))
        set(twins, ref, PLENUM_FIELD_STATE, draw_state(twins, ref));
    if (chance(twins, 70))
        add_capacity_on(twins, ref, server);
    set(twins, ref, PLENUM_MAINTENANCE_SERVER, chance(twins, 90) ? server : server + 20);
    set(twins, ref, PLENUM_MAINTENANCE_NODE, draw(twins, -1, twins->site->power_node_count));
}

/* Now and then one that opens later, as of a rack that is expected. */
static void add_window(struct twins *twins)
{
    int64_t from = twins->naive->now_ms -
                   1000 * (chance(twins, 15) ? -draw(twins, 1, 20) : draw(twins, 0, 20));
    plenum_command_window(&twins->command, (int32_t)draw(twins, 0, twins->site->server_count - 1),
                          from, chance(twins, 30) ? from : draw_until(twins, from));
}

/* A task that carries a rack all the way to AT_DROP in one command, or part of it. */
static void add_task(struct twins *twins)
{
    struct plenum_ref task = make(twins, PLENUM_TASK);
    struct plenum_ref robot = draw_ref(twins, PLENUM_ROBOT), rack = draw_ref(twins, PLENUM_RACK);
    set(twins, task, PLENUM_TASK_ROBOT, chance(twins, 90) ? (int64_t)robot.id : PLENUM_NONE);
    set(twins, task, PLENUM_TASK_RACK, chance(twins, 80) ? (int64_t)rack.id : PLENUM_NONE);
    for (int64_t state = PLENUM_TASK_TO_PICK; state <= PLENUM_TASK_AT_DROP; state++)
        if (chance(twins, 98))
            set(twins, task, PLENUM_FIELD_STATE, state);
    if (chance(twins, 95))
        set(twins, robot, PLENUM_ROBOT_TASK, (int64_t)task.id);
    if (chance(twins, 80)) {
        set(twins, rack, PLENUM_RACK_TASK, (int64_t)task.id);
        set(twins, rack, PLENUM_FIELD_STATE, PLENUM_RACK_CARRIED);
    }
}

/* A robot that breaks, is asked to be fetched, and is taken up, in one command or part of it. */
static void add_fetch(struct twins *twins)
{
    struct plenum_ref task = make(twins, PLENUM_TASK);
    struct plenum_ref carrier = draw_ref(twins, PLENUM_ROBOT),
                      robot = draw_ref(twins, PLENUM_ROBOT);
    set(twins, task, PLENUM_TASK_LOAD, chance(twins, 95) ? PLENUM_LOAD_ROBOT : PLENUM_LOAD_TOTE);
    set(twins, task, PLENUM_TASK_ROBOT, (int64_t)carrier.id);
    set(twins, task, PLENUM_TASK_FETCHED, (int64_t)robot.id);
    set(twins, task, PLENUM_TASK_RACK, PLENUM_NONE);
    for (int64_t state = PLENUM_TASK_TO_PICK; state <= PLENUM_TASK_TO_DROP; state++)
        if (chance(twins, 98))
            set(twins, task, PLENUM_FIELD_STATE, state);
    set(twins, carrier, PLENUM_ROBOT_TASK, (int64_t)task.id);
    if (chance(twins, 70))
        set(twins, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    if (chance(twins, 95))
        set(twins, robot, PLENUM_ROBOT_FETCH, (int64_t)task.id);
    if (chance(twins, 95))
        set(twins, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_CARRIED);
    if (robot.id < (uint64_t)twins->site->robot_count && chance(twins, 95))
        plenum_command_lift(&twins->command, (int32_t)robot.id);
}

/* A robot that is carried, if there is one, else any. */
static struct plenum_ref draw_carried(struct twins *twins)
{
    for (uint64_t id = 0; id < (uint64_t)twins->site->robot_count; id++) {
        const int64_t *row = naive_find(twins->naive, plenum_ref(PLENUM_ROBOT, id));
        if (row && row[0] == PLENUM_ROBOT_CARRIED && chance(twins, 90))
            return plenum_ref(PLENUM_ROBOT, id);
    }
    return draw_ref(twins, PLENUM_ROBOT);
}

static void add_set_down(struct twins *twins)
{
    struct plenum_ref robot = draw_carried(twins);
    if (robot.id >= (uint64_t)twins->site->robot_count)
        return;
    if (chance(twins, 80))
        plenum_command_place(&twins->command, (int32_t)robot.id,
                             (int32_t)draw(twins, 0, twins->site->cell_count - 1));
    if (chance(twins, 80))
        set(twins, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
}

static void add_task_change(struct twins *twins)
{
    struct plenum_ref task = draw_ref(twins, PLENUM_TASK);
    if (chance(twins, 60))
        set(twins, task, PLENUM_FIELD_STATE, draw_state(twins, task));
    if (chance(twins, 20))
        set(twins, draw_ref(twins, PLENUM_ROBOT), PLENUM_ROBOT_TASK, 0);
    if (chance(twins, 20))
        set(twins, task, PLENUM_TASK_RACK, PLENUM_NONE);
    if (chance(twins, 20))
        plenum_command_end(&twins->command, task);
}

static void add_charge(struct twins *twins)
{
    struct plenum_ref robot = draw_ref(twins, PLENUM_ROBOT);
    int32_t charger = (int32_t)draw(twins, 0, twins->site->charger_count - 1);
    set(twins, robot, PLENUM_ROBOT_CHARGER, charger);
    set(twins, robot, PLENUM_FIELD_STATE, draw_state(twins, robot));
    if (chance(twins, 80))
        plenum_command_claim_power(&twins->command, robot, twins->site->chargers[charger].load,
                                   twins->naive->now_ms, draw_until(twins, twins->naive->now_ms),
                                   draw(twins, 1, 900));
}

static void add_floor(struct twins *twins)
{
    int32_t cell = (int32_t)draw(twins, 0, twins->site->cell_count - 1);
    uint8_t moves[NAIVE_ROBOTS];
    for (int i = 0; i < NAIVE_ROBOTS; i++)
        moves[i] = chance(twins, 70) ? PLENUM_MOVE_WAIT : (uint8_t)draw(twins, 0, 4);
    if (chance(twins, 60))
        plenum_command_step(&twins->command, moves, twins->site->robot_count);
    else if (chance(twins, 50))
        plenum_command_close_cell(&twins->command, draw_owner(twins), cell);
    else if (twins->naive->closed_count > 0) {
        struct naive_closed closed =
            twins->naive->closed[draw(twins, 0, twins->naive->closed_count - 1)];
        plenum_command_open_cell(&twins->command, closed.owner, closed.cell);
    }
}

static void add_stop(struct twins *twins)
{
    struct plenum_ref stop = draw_ref(twins, PLENUM_STOP);
    set(twins, stop, PLENUM_FIELD_STATE, draw_state(twins, stop));
}

/* Mostly as it should be: the aisle's cells turned with its state. */
static void add_area(struct twins *twins)
{
    struct plenum_ref area = plenum_ref(PLENUM_AREA, 0);
    const int64_t *row = naive_find(twins->naive, area);
    if (!row)
        return;
    int64_t to = row[0] == PLENUM_AREA_CLOSED ? PLENUM_AREA_OPEN : row[0] + 1;
    if (chance(twins, 95))
        set(twins, area, PLENUM_FIELD_STATE, to);
    for (int32_t i = 0; i < 2 && (to == PLENUM_AREA_CLOSED || row[0] == PLENUM_AREA_CLOSED); i++) {
        int32_t cell = plenum_area_cell(twins->site, &twins->site->areas[0], i);
        if (chance(twins, 5))
            cell = (int32_t)draw(twins, 0, twins->site->cell_count - 1);
        if (to == PLENUM_AREA_CLOSED)
            plenum_command_close_cell(&twins->command, area, cell);
        else
            plenum_command_open_cell(&twins->command, area, cell);
    }
}

static void build(struct twins *twins)
{
    static void (*const adds[])(struct twins *) = {
        add_power,      add_power,       add_power,       add_limit,       add_release,
        add_release,    add_capacity,    add_job,         add_job,         add_job_change,
        add_job_change, add_rack_change, add_rack_change, add_rack_change, add_window,
        add_task,       add_task_change, add_charge,      add_floor,       add_floor,
        add_stop,       add_area,        add_maintenance, add_fetch,       add_set_down};
    plenum_command_reset(&twins->command, PLENUM_COMMAND_OTHER, "test");
    memset(twins->made, 0, sizeof twins->made);
    bool steps = false;
    for (int64_t i = chance(twins, 60) ? 1 : draw(twins, 0, 3); i > 0; i--) {
        size_t which = random_below(&twins->random, sizeof adds / sizeof adds[0]);
        if (adds[which] != add_floor || !steps)
            adds[which](twins);
        steps = steps || adds[which] == add_floor;
    }
    if (chance(twins, 30) || twins->command.op_count == 0)
        plenum_command_tick(&twins->command, twins->naive->now_ms + 1000 * draw(twins, 1, 6));
}

/* --- what must be the same -------------------------------------------------------------------- */

static void check_power(struct twins *twins)
{
    const struct plenum_site *site = twins->site;
    int32_t node = (int32_t)draw(twins, 0, site->power_node_count - 1);
    int32_t lost = (int32_t)draw(twins, PLENUM_NONE, site->feed_count - 1);
    int64_t at = twins->naive->now_ms + draw(twins, 0, 30000);
    int64_t used = naive_used_w(twins->naive, node, lost, at);
    assert_int_equal(plenum_power_node_w(twins->ledger, node, lost, at), used);
    if (lost != site->power_nodes[node].feed)
        assert_int_equal(plenum_power_limit_w(twins->ledger, node, lost, at),
                         naive_limit_w(twins->naive, node, lost, at));
    if (lost != site->power_nodes[node].feed) {
        int64_t now_w = naive_used_w(twins->naive, node, lost, twins->naive->now_ms);
        int64_t peak_w = twins->naive->peaks_w[node][lost + 1];
        assert_int_equal(plenum_power_peak_w(twins->ledger, node, lost),
                         now_w > peak_w ? now_w : peak_w);
    }
    used = naive_used_w(twins->naive, site->power_node_count, PLENUM_NONE, at);
    assert_int_equal(plenum_cooling_zone_w(twins->ledger, 0, at), used);
}

static void check_rows(struct twins *twins)
{
    for (int i = 0; i < twins->naive->row_count; i++) {
        const struct naive_row *row = &twins->naive->rows[i];
        size_t bytes = (size_t)plenum_kind_field_count(row->ref.kind) * sizeof row->fields[0];
        const int64_t *fields = plenum_ledger_row(twins->ledger, row->ref.kind, row->ref.id);
        assert_int_equal(fields != NULL, !row->gone);
        if (fields)
            assert_memory_equal(fields, row->fields, bytes);
        if (fields && !plenum_kind_comes_and_goes(row->ref.kind))
            assert_ptr_equal(fields, plenum_ledger_rows(twins->ledger, row->ref.kind) +
                                         row->ref.id * (bytes / sizeof row->fields[0]));
    }
}

static void check_claims(struct twins *twins)
{
    const struct naive *naive = twins->naive;
    struct plenum_ref owner = draw_owner(twins);
    struct plenum_power_claim power[NAIVE_CLAIMS];
    size_t count = plenum_power_claims_of(twins->ledger, owner, power, NAIVE_CLAIMS), at = 0;
    for (int i = 0; i < naive->power_count; i++)
        if (naive->power[i].owner.kind == owner.kind && naive->power[i].owner.id == owner.id) {
            assert_true(at < count);
            assert_int_equal(power[at].load, naive->power[i].load);
            assert_int_equal(power[at].until_ms, naive->power[i].until_ms);
            assert_int_equal(power[at++].watts, naive->power[i].watts);
        }
    assert_int_equal(at, count);
    size_t capacity = 0;
    for (int i = 0; i < naive->capacity_count; i++)
        capacity +=
            naive->capacity[i].owner.kind == owner.kind && naive->capacity[i].owner.id == owner.id;
    assert_int_equal(plenum_capacity_claims_of(twins->ledger, owner, NULL, 0), capacity);
}

static void check_floor(struct twins *twins)
{
    for (int32_t robot = 0; robot < twins->site->robot_count; robot++) {
        assert_int_equal(plenum_floor_cell_of(twins->ledger, robot), twins->naive->cells[robot]);
        assert_int_equal(plenum_floor_moves(twins->ledger, robot), twins->naive->moves[robot]);
    }
}

static bool reason_is_power(enum plenum_reason reason)
{
    return reason == PLENUM_REASON_POWER_LIMIT || reason == PLENUM_REASON_FEED_LOST_LIMIT ||
           reason == PLENUM_REASON_COOLING_LIMIT;
}

/* What fits by the ledger's own account does fit, and a watt more does not. */
static void check_headroom(struct twins *twins)
{
    struct plenum_command *probe = &twins->command;
    struct plenum_refusal refusal;
    int32_t load = (int32_t)draw(twins, 0, twins->site->load_count - 1);
    int64_t from = draw_from(twins), until = draw_until(twins, from);
    int64_t most = plenum_power_headroom_w(twins->ledger, load, from, until);
    for (int64_t watts = most; watts <= most + 1; watts++) {
        plenum_command_reset(probe, PLENUM_COMMAND_OTHER, "test");
        plenum_command_claim_power(probe, plenum_ref(PLENUM_ROBOT, 0), load, from, until, watts);
        plenum_ledger_test(twins->ledger, probe, &refusal);
        if (watts >= 1)
            assert_int_equal(reason_is_power(refusal.reason), watts > most);
    }
    int64_t first = plenum_power_first_fit(twins->ledger, load, from, from + 9000, 3000, 9000);
    if (first != PLENUM_FOREVER)
        assert_true(plenum_power_headroom_w(twins->ledger, load, first, first + 3000) >= 9000);
    for (int64_t at = from; at < from + 9000 && at < first; at += 500)
        assert_true(plenum_power_headroom_w(twins->ledger, load, at, at + 3000) < 9000);
}

/* Where the naive ledger says exactly what the ledger must: not of the books that have tests of
 * their own, nor of rules, for which it names no operation. */
static bool reason_is_exact(enum plenum_reason reason)
{
    bool of_books = reason >= PLENUM_REASON_ACCELERATOR_TAKEN && reason <= PLENUM_REASON_AIR_BOUNDS;
    return reason != PLENUM_REASON_RULE && !of_books;
}

static void check_refusals_agree(const struct plenum_refusal *told,
                                 const struct plenum_refusal *naive)
{
    if (!reason_is_exact(told->reason) || !reason_is_exact(naive->reason))
        return;
    assert_int_equal(told->op, naive->op);
    assert_string_equal(plenum_reason_name(told->reason), plenum_reason_name(naive->reason));
    if (!reason_is_power(told->reason))
        return;
    assert_int_equal(told->subject, naive->subject);
    assert_int_equal(told->feed_lost, naive->feed_lost);
    assert_int_equal(told->from_ms, naive->from_ms);
    assert_int_equal(told->asked, naive->asked);
    assert_int_equal(told->limit, naive->limit);
}

/* --- the twins through one command ------------------------------------------------------------ */

static void twins_init(struct twins *twins, const struct plenum_site *site, uint64_t seed)
{
    struct plenum_outcome outcome;
    struct plenum_refusal refusal;
    *twins = (struct twins){.site = site, .naive = malloc(sizeof *twins->naive)};
    random_init(&twins->random, seed);
    plenum_command_init(&twins->command, PLENUM_COMMAND_OTHER, "test");
    twins->ledger = plenum_ledger_create(site);
    naive_init(twins->naive, site);
    plenum_ledger_genesis(site, &twins->command);
    assert_int_equal(plenum_ledger_submit(twins->ledger, &twins->command, NULL, &outcome, NULL),
                     PLENUM_OK);
    assert_true(outcome.taken);
    assert_true(naive_submit(twins->naive, &twins->command, &refusal));
}

static void twins_finish(struct twins *twins)
{
    plenum_command_finish(&twins->command);
    plenum_ledger_destroy(twins->ledger);
    free(twins->naive);
}

static void twins_submit(struct twins *twins)
{
    struct plenum_outcome outcome;
    struct plenum_refusal refusal;
    char before[65], after[65];
    bool hashes = chance(twins, 10);
    if (hashes)
        plenum_ledger_state_hash(twins->ledger, before);
    bool fits = plenum_ledger_test(twins->ledger, &twins->command, &refusal);
    assert_int_equal(plenum_ledger_submit(twins->ledger, &twins->command, NULL, &outcome, NULL),
                     PLENUM_OK);
    assert_int_equal(outcome.taken, fits);
    if (hashes && !fits) {
        plenum_ledger_state_hash(twins->ledger, after);
        assert_string_equal(before, after);
    }
    char text[PLENUM_REFUSAL_TEXT];
    bool naive_taken = naive_submit(twins->naive, &twins->command, &refusal);
    if (outcome.taken != naive_taken)
        print_message("ledger: %s; naive: %s\n",
                      plenum_refusal_format(twins->site, &outcome.refusal, text),
                      plenum_reason_name(refusal.reason));
    assert_int_equal(outcome.taken, naive_taken);
    if (!outcome.taken)
        check_refusals_agree(&outcome.refusal, &refusal);
    twins->reasons[outcome.refusal.reason]++;
}

static void twins_check(struct twins *twins)
{
    assert_int_equal(plenum_ledger_now_ms(twins->ledger), twins->naive->now_ms);
    check_power(twins);
    check_claims(twins);
    check_floor(twins);
    if (chance(twins, 10)) {
        check_rows(twins);
        check_headroom(twins);
    }
}

/* The snapshot makes a ledger with the same snapshot, which goes on in the first one's place. */
static void twins_restore(struct twins *twins)
{
    struct plenum_ledger *restored;
    struct plenum_error error;
    uint8_t *data, *again;
    size_t length, again_length;
    plenum_ledger_snapshot(twins->ledger, &data, &length);
    assert_int_equal(plenum_ledger_restore(twins->site, data, length, &restored, &error),
                     PLENUM_OK);
    plenum_ledger_snapshot(restored, &again, &again_length);
    assert_int_equal(again_length, length);
    assert_memory_equal(again, data, length);
    assert_int_equal(plenum_ledger_seq(restored), plenum_ledger_seq(twins->ledger));
    plenum_ledger_destroy(twins->ledger);
    twins->ledger = restored;
    free(data);
    free(again);
}

/* Brings a rack from the order into service, as the planners would. */
static void rack_to_service(struct twins *twins, uint64_t rack)
{
    for (int64_t state = PLENUM_RACK_BUILT; state <= PLENUM_RACK_IN_SERVICE; state++) {
        world_rack_command(twins->site, &twins->command, rack, state,
                           twins->naive->next_id[PLENUM_TASK], twins->naive->now_ms);
        twins_submit(twins);
        assert_int_equal(plenum_ledger_get(twins->ledger, PLENUM_RACK, rack, 0), state);
    }
}

static bool room_is_left(const struct naive *naive)
{
    return naive->row_count < NAIVE_ROWS - 8 && naive->power_count < NAIVE_CLAIMS - 64 &&
           naive->capacity_count < NAIVE_CLAIMS - 64 && naive->limit_count < NAIVE_LIMITS - 8 &&
           naive->closed_count < NAIVE_CLOSED - 8;
}

/* What a test of random commands must have seen to be worth anything. */
static void check_all_was_tried(const int reasons[PLENUM_REASON_COUNT])
{
    static const enum plenum_reason tried[] = {PLENUM_REASON_POWER_LIMIT,
                                               PLENUM_REASON_FEED_LOST_LIMIT,
                                               PLENUM_REASON_ACCELERATOR_TAKEN,
                                               PLENUM_REASON_NOT_OFFERED,
                                               PLENUM_REASON_WALL,
                                               PLENUM_REASON_CELL_TAKEN,
                                               PLENUM_REASON_CELL_CLOSED,
                                               PLENUM_REASON_STATE,
                                               PLENUM_REASON_RULE,
                                               PLENUM_REASON_UNKNOWN,
                                               PLENUM_REASON_MALFORMED};
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++)
        if (reasons[tried[i]] < 5)
            fail_msg("%s: %d times", plenum_reason_name(tried[i]), reasons[tried[i]]);
    assert_true(reasons[PLENUM_REASON_NONE] > 2500);
}

static void run_twins(const struct plenum_site *site, uint64_t seed, int commands,
                      int reasons[PLENUM_REASON_COUNT])
{
    struct twins twins;
    print_message("seed %llu\n", (unsigned long long)seed);
    twins_init(&twins, site, seed);
    for (uint64_t rack = 0; rack < seed % 4; rack++)
        rack_to_service(&twins, rack);
    for (int i = 0; i < commands && room_is_left(twins.naive); i++) {
        build(&twins);
        twins_submit(&twins);
        twins_check(&twins);
        if (chance(&twins, 3))
            twins_restore(&twins);
    }
    for (int reason = 0; reason < PLENUM_REASON_COUNT; reason++)
        reasons[reason] += twins.reasons[reason];
    twins_finish(&twins);
}

static void test_against_naive(void **state)
{
    struct plenum_site *site = site_for_tests(SITE);
    int reasons[PLENUM_REASON_COUNT] = {0};
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++)
        run_twins(site, seed, 900, reasons);
    check_all_was_tried(reasons);
    plenum_site_destroy(site);
}

static void test_three_feeds_against_naive(void **state)
{
    struct plenum_site *site = site_for_tests(SITE_THREE_FEEDS);
    int reasons[PLENUM_REASON_COUNT] = {0};
    (void)state;
    for (uint64_t seed = 100; seed < 106; seed++)
        run_twins(site, seed, 900, reasons);
    assert_true(reasons[PLENUM_REASON_FEED_LOST_LIMIT] > 5);
    assert_true(reasons[PLENUM_REASON_COOLING_LIMIT] > 5);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive),
        cmocka_unit_test(test_three_feeds_against_naive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
