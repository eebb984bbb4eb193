/* Totes: work places that send totes to each other, all over the site, at random. When robots
 * cannot keep up, no more than a few tasks a robot wait. */
#include "sim/sim.h"

enum { OPEN_PER_ROBOT = 4 };

/* Two different stations of one hall; false when the draw found none. */
static bool draw_stations(const struct sim *sim, int64_t now_ms, uint64_t number, int32_t *from,
                          int32_t *to)
{
    uint64_t count = (uint64_t)sim->site->station_count;
    uint64_t bits = sim_draw(sim, SIM_TOTE, number + 1, now_ms);
    *from = (int32_t)random_below_from(bits, count);
    *to = (int32_t)(bits % count);
    return *from != *to && sim->site->stations[*from].hall == sim->site->stations[*to].hall;
}

static void add_tote(struct sim *sim, const struct plenum_ledger *ledger, uint64_t id, int32_t from,
                     int32_t to)
{
    struct plenum_ref task = plenum_ref(PLENUM_TASK, id);
    plenum_command_create(&sim->command, task);
    plenum_command_set(&sim->command, task, PLENUM_TASK_LOAD, PLENUM_LOAD_TOTE);
    plenum_command_set(&sim->command, task, PLENUM_TASK_FROM_CELL, sim->site->stations[from].cell);
    plenum_command_set(&sim->command, task, PLENUM_TASK_TO_CELL, sim->site->stations[to].cell);
    plenum_command_set(&sim->command, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
    plenum_command_set(&sim->command, task, PLENUM_TASK_RACK, PLENUM_NONE);
    plenum_command_set(&sim->command, task, PLENUM_TASK_FETCHED, PLENUM_NONE);
    plenum_command_set(&sim->command, task, PLENUM_TASK_CREATED_MS, plenum_ledger_now_ms(ledger));
    plenum_command_set(&sim->command, task, PLENUM_TASK_DUE_MS, PLENUM_FOREVER);
}

/* How many begin in this step: the whole part of the rate, and one more by chance of the rest. */
static uint64_t draw_count(const struct sim *sim, int64_t now_ms)
{
    int64_t mean_ms = sim->site->world.tote_interval_ms, step_ms = sim->site->step_ms;
    bool more = sim_event(sim_draw(sim, SIM_TOTE, 0, now_ms), mean_ms, step_ms % mean_ms);
    return (uint64_t)(step_ms / mean_ms) + (more ? 1 : 0);
}

enum plenum_status sim_totes(struct sim *sim, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    if (sim->site->world.tote_interval_ms == 0 || sim->site->station_count < 2)
        return PLENUM_OK;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    size_t room = (size_t)sim->site->robot_count * OPEN_PER_ROBOT;
    size_t live = plenum_ledger_count(ledger, PLENUM_TASK);
    uint64_t count = draw_count(sim, now_ms), id = plenum_ledger_next_id(ledger, PLENUM_TASK);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_TASK_ASK, "sim");
    for (uint64_t i = 0; i < count && live < room; i++) {
        int32_t from, to;
        if (!draw_stations(sim, now_ms, i, &from, &to))
            continue;
        add_tote(sim, ledger, id++, from, to);
        live++;
    }
    return sim->command.op_count == 0 ? PLENUM_OK : plenum_port_submit(port, &sim->command, NULL);
}
