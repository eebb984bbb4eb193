/* What the planner does for a rack in each state. Devices and people do the rest: the supplier
 * reports built, shipped and at-dock; robots carry; whoever cables and repairs reports cabled; the
 * tester reports tested, or a fault. */
#include "rack/bring_up.h"

#include "rack/drain.h"
#include "rack/expect.h"

#include "base/check.h"

#include <plenum/rack.h>

static const char ACTOR[] = "planner/rack";
static const int64_t SPARE_PART_MASS_G = 1500;
static const int64_t PART_WAIT_MS = INT64_C(2) * 3600 * 1000; /* for a drone */

static int64_t rack_field(const struct plenum_ledger *ledger, int32_t rack, int32_t field)
{
    return plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)rack, field);
}

static struct plenum_ref rack_ref(int32_t rack)
{
    return plenum_ref(PLENUM_RACK, (uint64_t)rack);
}

static const struct plenum_rack_model *rack_model(const struct plenum_site *site, int32_t rack)
{
    return &site->rack_models[site->racks[rack].model];
}

/* Adds a new task, and makes it the rack's. */
static void add_task(const struct plenum_ledger *ledger, struct plenum_command *command,
                     int32_t rack, enum plenum_task_load load, int32_t from_cell)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    uint64_t id = plenum_ledger_next_id(ledger, PLENUM_TASK);
    struct plenum_ref task = plenum_ref(PLENUM_TASK, id);
    plenum_command_create(command, task);
    plenum_command_set(command, task, PLENUM_TASK_LOAD, load);
    plenum_command_set(command, task, PLENUM_TASK_FROM_CELL, from_cell);
    plenum_command_set(command, task, PLENUM_TASK_TO_CELL,
                       site->positions[site->racks[rack].position].front_cell);
    plenum_command_set(command, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
    plenum_command_set(command, task, PLENUM_TASK_RACK, rack);
    plenum_command_set(command, task, PLENUM_TASK_FETCHED, PLENUM_NONE);
    plenum_command_set(command, task, PLENUM_TASK_CREATED_MS, plenum_ledger_now_ms(ledger));
    plenum_command_set(command, task, PLENUM_TASK_DUE_MS, PLENUM_FOREVER);
    plenum_command_set(command, task, PLENUM_TASK_PRIORITY, 1);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_TASK, (int64_t)id);
}

/* PLENUM_NONE while the rack has no task. */
static int64_t task_state(const struct plenum_ledger *ledger, int32_t rack)
{
    int64_t task = rack_field(ledger, rack, PLENUM_RACK_TASK);
    return task == 0 ? PLENUM_NONE
                     : plenum_ledger_get(ledger, PLENUM_TASK, (uint64_t)task, PLENUM_FIELD_STATE);
}

/* The load was set down and the robot has gone on to other things. */
static bool task_is_over(const struct plenum_ledger *ledger, int32_t rack)
{
    int64_t task = rack_field(ledger, rack, PLENUM_RACK_TASK);
    return task_state(ledger, rack) == PLENUM_TASK_DONE &&
           plenum_ledger_get(ledger, PLENUM_TASK, (uint64_t)task, PLENUM_TASK_ROBOT) == PLENUM_NONE;
}

static void end_task(const struct plenum_ledger *ledger, struct plenum_command *command,
                     int32_t rack)
{
    int64_t task = rack_field(ledger, rack, PLENUM_RACK_TASK);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_TASK, 0);
    plenum_command_end(command, plenum_ref(PLENUM_TASK, (uint64_t)task));
}

static enum plenum_status from_dock(const struct plenum_port *port, struct plenum_command *command,
                                    int32_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(port->ledger);
    int64_t state = task_state(port->ledger, rack);
    if (state == PLENUM_NONE) {
        plenum_command_reset(command, PLENUM_COMMAND_TASK_ASK, ACTOR);
        add_task(port->ledger, command, rack, PLENUM_LOAD_RACK,
                 site->docks[site->racks[rack].dock].cell);
        return plenum_port_submit(port, command, NULL);
    }
    if (state < PLENUM_TASK_TO_DROP)
        return PLENUM_OK;
    plenum_command_reset(command, PLENUM_COMMAND_RACK_CARRY, ACTOR);
    plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_CARRIED);
    return plenum_port_submit(port, command, NULL);
}

/* The carrier has set the rack down, and nothing stands where it goes: the cell closes under it. */
static enum plenum_status place(const struct plenum_port *port, struct plenum_command *command,
                                int32_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(port->ledger);
    int32_t cell = site->positions[site->racks[rack].position].cell;
    if (!task_is_over(port->ledger, rack) ||
        plenum_floor_robot_at(port->ledger, cell) != PLENUM_NONE)
        return PLENUM_OK;
    plenum_command_reset(command, PLENUM_COMMAND_RACK_PLACE, ACTOR);
    plenum_command_close_cell(command, rack_ref(rack), cell);
    plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_PLACED);
    end_task(port->ledger, command, rack);
    return plenum_port_submit(port, command, NULL);
}

/* Burn-in begins as soon as its watts can be claimed for good: those kept for it among them. Where
 * the rack will serve later than its servers were promised, that is told first. */
static enum plenum_status power(const struct plenum_port *port, struct plenum_command *command,
                                int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    struct plenum_refusal refusal;
    int64_t from_ms, until_ms, date_ms = expect_after_burn_in(ledger);
    bool expected = expect_window(ledger, rack, &from_ms, &until_ms);
    bool late = expected && date_ms > from_ms;
    plenum_command_reset(command, late ? PLENUM_COMMAND_RACK_LATE : PLENUM_COMMAND_RACK_POWER,
                         ACTOR);
    expect_from(ledger, command, rack, expected && !late ? from_ms : date_ms, true);
    if (!late) {
        plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_POWERED);
        plenum_command_set(command, rack_ref(rack), PLENUM_RACK_BURN_INS,
                           rack_field(ledger, rack, PLENUM_RACK_BURN_INS) + 1);
    }
    return plenum_ledger_test(ledger, command, &refusal) ? plenum_port_submit(port, command, NULL)
                                                         : PLENUM_OK;
}

/* Burn-in passed: the watts above idle go back, and the servers are for sale from now on. */
static enum plenum_status serve(const struct plenum_port *port, struct plenum_command *command,
                                int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_rack_model *model = rack_model(site, rack);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    plenum_command_reset(command, PLENUM_COMMAND_RACK_SERVE, ACTOR);
    plenum_command_release(command, rack_ref(rack), PLENUM_BOOK_POWER, now_ms);
    plenum_command_claim_power(command, rack_ref(rack),
                               site->positions[site->racks[rack].position].load, now_ms,
                               PLENUM_FOREVER, plenum_rack_claim_w(model, PLENUM_RACK_IN_SERVICE));
    plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_IN_SERVICE);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_EXPECTED_MS, 0);
    int64_t retire_ms = rack_field(ledger, rack, PLENUM_RACK_RETIRE_MS);
    int64_t until_ms = retire_ms == 0 ? PLENUM_FOREVER : retire_ms > now_ms ? retire_ms : now_ms;
    for (int32_t i = 0; i < model->server_count; i++)
        plenum_command_window(command, site->racks[rack].first_server + i, now_ms, until_ms);
    return plenum_port_submit(port, command, NULL);
}

void bring_up_fail(const struct plenum_ledger *ledger, struct plenum_command *command, int32_t rack)
{
    plenum_command_reset(command, PLENUM_COMMAND_RACK_FAIL, ACTOR);
    drain_rack(ledger, command, rack);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_EXPECTED_MS, 0);
    plenum_command_release(command, rack_ref(rack), PLENUM_BOOK_POWER,
                           plenum_ledger_now_ms(ledger));
    plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_FAILED);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_FAILURES,
                       rack_field(ledger, rack, PLENUM_RACK_FAILURES) + 1);
}

static enum plenum_status fail_if_faulty(const struct plenum_port *port,
                                         struct plenum_command *command, int32_t rack)
{
    if (rack_field(port->ledger, rack, PLENUM_RACK_FAULT) == 0)
        return PLENUM_OK;
    bring_up_fail(port->ledger, command, rack);
    return plenum_port_submit(port, command, NULL);
}

/* --- a spare part: flown to a pad at the hall, then carried to the rack ----------------------- */

/* The first pad of that sort that a part can pass through, or PLENUM_NONE. */
static int32_t find_pad(const struct plenum_site *site, bool outlying)
{
    for (int32_t pad = 0; pad < site->pad_count; pad++)
        if (site->pads[pad].outlying == outlying &&
            (outlying || site->pads[pad].cell != PLENUM_NONE))
            return pad;
    return PLENUM_NONE;
}

/* The part is fetched from the store at the dock. Without one, who repairs the rack brings it. */
static enum plenum_status part_from_dock(const struct plenum_port *port,
                                         struct plenum_command *command, int32_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(port->ledger);
    if (site->racks[rack].dock == PLENUM_NONE)
        return PLENUM_OK;
    plenum_command_reset(command, PLENUM_COMMAND_TASK_ASK, ACTOR);
    add_task(port->ledger, command, rack, PLENUM_LOAD_PART,
             site->docks[site->racks[rack].dock].cell);
    return plenum_port_submit(port, command, NULL);
}

static bool part_can_fly(const struct plenum_site *site)
{
    for (int32_t drone = 0; drone < site->drone_count; drone++)
        if (site->drone_models[site->drones[drone].model].payload_g >= SPARE_PART_MASS_G)
            return true;
    return false;
}

/* Orders the part by air where pads are, and drones that bear it; else from the dock. */
static enum plenum_status order_part(const struct plenum_port *port, struct plenum_command *command,
                                     int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int32_t from_pad = find_pad(site, true), to_pad = find_pad(site, false);
    if (!part_can_fly(site) || from_pad == PLENUM_NONE || to_pad == PLENUM_NONE)
        return part_from_dock(port, command, rack);
    uint64_t id = plenum_ledger_next_id(ledger, PLENUM_DELIVERY);
    struct plenum_ref delivery = plenum_ref(PLENUM_DELIVERY, id);
    plenum_command_reset(command, PLENUM_COMMAND_DELIVERY_ASK, ACTOR);
    plenum_command_create(command, delivery);
    plenum_command_set(command, delivery, PLENUM_DELIVERY_FROM_PAD, from_pad);
    plenum_command_set(command, delivery, PLENUM_DELIVERY_TO_PAD, to_pad);
    plenum_command_set(command, delivery, PLENUM_DELIVERY_MASS_G, SPARE_PART_MASS_G);
    plenum_command_set(command, delivery, PLENUM_DELIVERY_RACK, rack);
    plenum_command_set(command, delivery, PLENUM_DELIVERY_CREATED_MS, plenum_ledger_now_ms(ledger));
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_DELIVERY, (int64_t)id);
    return plenum_port_submit(port, command, NULL);
}

/* No drone came for the part in time (wind, closed air): it is fetched from the dock instead. */
static enum plenum_status give_up_delivery(const struct plenum_port *port,
                                           struct plenum_command *command, int32_t rack,
                                           uint64_t delivery)
{
    plenum_command_reset(command, PLENUM_COMMAND_DELIVERY_ASK, ACTOR);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_DELIVERY, 0);
    plenum_command_set(command, plenum_ref(PLENUM_DELIVERY, delivery), PLENUM_FIELD_STATE,
                       PLENUM_DELIVERY_CANCELLED);
    plenum_command_end(command, plenum_ref(PLENUM_DELIVERY, delivery));
    enum plenum_status status = plenum_port_submit(port, command, NULL);
    return status == PLENUM_OK ? part_from_dock(port, command, rack) : status;
}

/* Has the part carried from the pad once it has landed. */
static enum plenum_status take_delivery(const struct plenum_port *port,
                                        struct plenum_command *command, int32_t rack,
                                        uint64_t delivery)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_DELIVERY, delivery);
    CHECK(row);
    int64_t waited_ms = plenum_ledger_now_ms(ledger) - row[PLENUM_DELIVERY_CREATED_MS];
    if (row[PLENUM_DELIVERY_STATE] == PLENUM_DELIVERY_ASKED && waited_ms >= PART_WAIT_MS)
        return give_up_delivery(port, command, rack, delivery);
    if (row[PLENUM_DELIVERY_STATE] != PLENUM_DELIVERY_LANDED)
        return PLENUM_OK;
    int32_t pad = (int32_t)row[PLENUM_DELIVERY_TO_PAD];
    plenum_command_reset(command, PLENUM_COMMAND_TASK_ASK, ACTOR);
    add_task(ledger, command, rack, PLENUM_LOAD_PART, plenum_ledger_site(ledger)->pads[pad].cell);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_DELIVERY, 0);
    plenum_command_end(command, plenum_ref(PLENUM_DELIVERY, delivery));
    return plenum_port_submit(port, command, NULL);
}

static enum plenum_status get_part(const struct plenum_port *port, struct plenum_command *command,
                                   int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    if (rack_field(ledger, rack, PLENUM_RACK_PART_MS) != 0)
        return PLENUM_OK;
    int64_t delivery = rack_field(ledger, rack, PLENUM_RACK_DELIVERY);
    if (delivery != 0)
        return take_delivery(port, command, rack, (uint64_t)delivery);
    int64_t state = task_state(ledger, rack);
    if (state == PLENUM_NONE)
        return order_part(port, command, rack);
    if (!task_is_over(ledger, rack))
        return PLENUM_OK;
    plenum_command_reset(command, PLENUM_COMMAND_RACK_REPAIR, ACTOR);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_PART_MS, plenum_ledger_now_ms(ledger));
    end_task(ledger, command, rack);
    return plenum_port_submit(port, command, NULL);
}

enum plenum_status bring_up_rack(const struct plenum_port *port, struct plenum_command *command,
                                 int32_t rack)
{
    enum plenum_rack_state state =
        (enum plenum_rack_state)rack_field(port->ledger, rack, PLENUM_FIELD_STATE);
    switch (state) {
    case PLENUM_RACK_AT_DOCK:
        return from_dock(port, command, rack);
    case PLENUM_RACK_CARRIED:
        return place(port, command, rack);
    case PLENUM_RACK_CABLED:
        return power(port, command, rack);
    case PLENUM_RACK_TESTED:
        return rack_field(port->ledger, rack, PLENUM_RACK_FAULT) == 0
                   ? serve(port, command, rack)
                   : fail_if_faulty(port, command, rack);
    case PLENUM_RACK_POWERED:
    case PLENUM_RACK_IN_SERVICE:
        return fail_if_faulty(port, command, rack);
    case PLENUM_RACK_FAILED:
        return get_part(port, command, rack);
    default:
        return PLENUM_OK;
    }
}
