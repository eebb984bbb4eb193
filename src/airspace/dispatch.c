/* Which drone flies what, and where drones without a delivery go.
 *
 * Deliveries are served spare parts first, then oldest first. A delivery is flown by a drone at its
 * pad that has the charge for it. Where there is none, and none comes or charges there that could
 * be meant for it, the drone that gets there with the least energy flies in empty. Where the pad
 * it goes to has no free stand, a drone there is sent to the nearest pad that has one.
 *
 * When nothing is asked for, pads out of the site that have no drone get one from the site. */
#include "airspace/agent.h"

#include "base/check.h"

static const char ACTOR[] = "planner/airspace";

/* --- what drones and pads are good for -------------------------------------------------------- */

static bool drone_is_free(const struct plenum_ledger *ledger, int32_t drone)
{
    const int64_t *row = drone_row(ledger, drone);
    return (row[PLENUM_DRONE_STATE] == PLENUM_DRONE_READY ||
            row[PLENUM_DRONE_STATE] == PLENUM_DRONE_CHARGING) &&
           row[PLENUM_DRONE_FLIGHT] == 0 &&
           row[PLENUM_DRONE_READY_MS] <= plenum_ledger_now_ms(ledger);
}

/* The pad that a drone with a flight goes to. */
static int32_t drone_goal(const struct plenum_ledger *ledger, const int64_t *row)
{
    uint64_t flight = (uint64_t)row[PLENUM_DRONE_FLIGHT];
    return flight == 0
               ? PLENUM_NONE
               : (int32_t)plenum_ledger_get(ledger, PLENUM_FLIGHT, flight, PLENUM_FLIGHT_TO_PAD);
}

/* Drones that will stand at the pad when one that is planned now arrives: those that stand there
 * and do not leave at once, and those on their way. */
static int32_t pad_taken(const struct plenum_ledger *ledger, int32_t pad)
{
    int64_t soon_ms = plenum_ledger_now_ms(ledger) + AIR_PREPARE_MS;
    int32_t taken = 0;
    for (int32_t i = 0; i < plenum_ledger_site(ledger)->drone_count; i++) {
        const int64_t *row = drone_row(ledger, i);
        bool leaves = row[PLENUM_DRONE_STATE] == PLENUM_DRONE_PREPARING;
        int64_t start_ms =
            leaves ? plenum_ledger_get(ledger, PLENUM_FLIGHT, (uint64_t)row[PLENUM_DRONE_FLIGHT],
                                       PLENUM_FLIGHT_START_MS)
                   : PLENUM_FOREVER;
        taken += row[PLENUM_DRONE_PAD] == pad && start_ms > soon_ms;
        taken += leaves && drone_goal(ledger, row) == pad;
    }
    return taken;
}

static bool pad_has_room(const struct plenum_ledger *ledger, int32_t pad)
{
    return pad_taken(ledger, pad) < plenum_ledger_site(ledger)->pads[pad].stands;
}

static struct plenum_flight_request request_of(const struct air_agent *agent,
                                               const struct plenum_ledger *ledger, int32_t drone,
                                               int32_t to_pad, int64_t payload_g)
{
    struct plenum_flight_request request = {
        .site = agent->site,
        .model = agent->site->drones[drone].model,
        .from_pad = (int32_t)drone_row(ledger, drone)[PLENUM_DRONE_PAD],
        .to_pad = to_pad,
        .payload_g = payload_g,
        .wind = agent->wind,
    };
    request.closed_count = plenum_air_closed(ledger, &request.closed);
    return request;
}

/* Joules that a flight may take: a tenth more may be used, and the reserve stays. Where the goal
 * has no charger, so does what the way back takes. */
static int64_t energy_max_j(const struct plenum_ledger *ledger, int32_t drone,
                            const struct plenum_flight_request *request)
{
    const struct plenum_drone_model *model = &request->site->drone_models[request->model];
    int64_t spare_j = drone_charge_j(ledger, drone) - plenum_drone_reserve_j(model);
    if (request->site->pads[request->to_pad].charge_w == 0) {
        struct plenum_flight_request back = *request;
        back.from_pad = request->to_pad;
        back.to_pad = request->from_pad;
        back.payload_g = 0;
        int64_t back_j = plenum_flight_energy_j(&back);
        spare_j = back_j == PLENUM_FOREVER ? 0 : spare_j - back_j * 11 / 10;
    }
    return spare_j * 10 / 11;
}

/* The least energy of a flight of the drone to a pad; PLENUM_FOREVER when it cannot fly there. */
static int64_t drone_energy_j(const struct air_agent *agent, const struct plenum_ledger *ledger,
                              int32_t drone, int32_t to_pad, int64_t payload_g)
{
    struct plenum_flight_request request = request_of(agent, ledger, drone, to_pad, payload_g);
    if (payload_g > drone_model(agent->site, drone)->payload_g || request.from_pad == to_pad)
        return PLENUM_FOREVER;
    int64_t energy_j = plenum_flight_energy_j(&request);
    return energy_j <= energy_max_j(ledger, drone, &request) ? energy_j : PLENUM_FOREVER;
}

/* --- one flight ------------------------------------------------------------------------------- */

struct fits_context {
    const struct plenum_ledger *ledger;
    struct plenum_ref flight;
};

static bool volumes_fit(void *context, const struct plenum_volume *volumes, int32_t count)
{
    const struct fits_context *fits = context;
    struct plenum_refusal refusal;
    return plenum_air_fits(fits->ledger, fits->flight, volumes, count, &refusal);
}

static void flight_command(struct air_agent *agent, const struct plenum_ledger *ledger,
                           const struct plenum_flight_request *request, int32_t drone,
                           uint64_t delivery)
{
    struct plenum_command *command = &agent->command;
    const struct plenum_flight_plan *plan = &agent->plan;
    uint64_t id = plenum_ledger_next_id(ledger, PLENUM_FLIGHT);
    struct plenum_ref flight = plenum_ref(PLENUM_FLIGHT, id);
    plenum_command_reset(command, PLENUM_COMMAND_FLIGHT_PLAN, ACTOR);
    plenum_command_create(command, flight);
    plenum_command_claim_air(command, flight, plan->volumes, plan->volume_count);
    plenum_command_set(command, flight, PLENUM_FLIGHT_DRONE, drone);
    plenum_command_set(command, flight, PLENUM_FLIGHT_DELIVERY, (int64_t)delivery);
    plenum_command_set(command, flight, PLENUM_FLIGHT_FROM_PAD, request->from_pad);
    plenum_command_set(command, flight, PLENUM_FLIGHT_TO_PAD, request->to_pad);
    plenum_command_set(command, flight, PLENUM_FLIGHT_START_MS, plan->start_ms);
    plenum_command_set(command, flight, PLENUM_FLIGHT_END_MS, plan->end_ms);
    plenum_command_set(command, flight, PLENUM_FLIGHT_ENERGY_J, plan->energy_j);
    charge_stop(command, ledger, drone);
    plenum_command_set(command, drone_ref(drone), PLENUM_FIELD_STATE, PLENUM_DRONE_PREPARING);
    plenum_command_set(command, drone_ref(drone), PLENUM_DRONE_FLIGHT, (int64_t)id);
    if (delivery == 0)
        return;
    struct plenum_ref asked = plenum_ref(PLENUM_DELIVERY, delivery);
    plenum_command_set(command, asked, PLENUM_FIELD_STATE, PLENUM_DELIVERY_PLANNED);
    plenum_command_set(command, asked, PLENUM_DELIVERY_FLIGHT, (int64_t)id);
}

static int64_t round_up(int64_t value, int64_t step)
{
    return (value + step - 1) / step * step;
}

/* Plans a flight of a drone that is free; nothing happens where no slot is free. */
static enum plenum_status fly(struct air_agent *agent, const struct plenum_port *port,
                              int32_t drone, int32_t to_pad, int64_t payload_g, uint64_t delivery)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t now_ms = plenum_ledger_now_ms(ledger), step_ms = agent->site->step_ms;
    struct plenum_flight_request request = request_of(agent, ledger, drone, to_pad, payload_g);
    struct fits_context fits = {
        ledger, plenum_ref(PLENUM_FLIGHT, plenum_ledger_next_id(ledger, PLENUM_FLIGHT))};
    enum plenum_status status = plenum_flight_plan_slot(
        &request, now_ms + round_up(AIR_PREPARE_MS, step_ms), now_ms + AIR_AHEAD_MS,
        round_up(AIR_SLOT_MS, step_ms), energy_max_j(ledger, drone, &request), volumes_fit, &fits,
        &agent->plan, NULL);
    if (status != PLENUM_OK)
        return PLENUM_OK;
    flight_command(agent, ledger, &request, drone, delivery);
    return plenum_port_submit(port, &agent->command, NULL);
}

/* --- one delivery ----------------------------------------------------------------------------- */

/* The free drone at the pad with the most charge that can fly it; PLENUM_NONE if none can. */
static int32_t find_carrier(const struct air_agent *agent, const struct plenum_ledger *ledger,
                            int32_t pad, int32_t to_pad, int64_t payload_g)
{
    int32_t best = PLENUM_NONE;
    for (int32_t i = 0; i < agent->site->drone_count; i++)
        if (drone_row(ledger, i)[PLENUM_DRONE_PAD] == pad && drone_is_free(ledger, i) &&
            drone_energy_j(agent, ledger, i, to_pad, payload_g) < PLENUM_FOREVER &&
            (best == PLENUM_NONE || drone_charge_j(ledger, i) > drone_charge_j(ledger, best)))
            best = i;
    return best;
}

/* The free drone elsewhere that gets to the pad with the least energy. One at `emptied`, where a
 * stand is wanted, goes before all others. */
static int32_t find_fetcher(const struct air_agent *agent, const struct plenum_ledger *ledger,
                            int32_t pad, int32_t emptied, int64_t payload_g)
{
    int32_t best = PLENUM_NONE;
    int64_t least_j = PLENUM_FOREVER;
    for (int32_t i = 0; i < agent->site->drone_count; i++) {
        if (!drone_is_free(ledger, i) || drone_model(agent->site, i)->payload_g < payload_g)
            continue;
        int64_t energy_j = drone_energy_j(agent, ledger, i, pad, 0);
        if (energy_j < PLENUM_FOREVER && drone_row(ledger, i)[PLENUM_DRONE_PAD] == emptied)
            energy_j = 0;
        if (energy_j < least_j) {
            least_j = energy_j;
            best = i;
        }
    }
    return best;
}

/* Drones that are at the pad or come, and will be free there: none of them for pads without a
 * charger, where what stands has not the charge to leave with a load. */
static int32_t pad_supply(const struct air_agent *agent, const struct plenum_ledger *ledger,
                          int32_t pad, int64_t payload_g)
{
    int32_t supply = 0;
    bool charges = agent->site->pads[pad].charge_w > 0;
    for (int32_t i = 0; i < agent->site->drone_count; i++) {
        const int64_t *row = drone_row(ledger, i);
        int32_t goal = drone_goal(ledger, row);
        bool stands = goal == PLENUM_NONE && row[PLENUM_DRONE_PAD] == pad &&
                      row[PLENUM_DRONE_STATE] != PLENUM_DRONE_GROUNDED;
        if (drone_model(agent->site, i)->payload_g >= payload_g)
            supply += goal == pad || (stands && charges);
    }
    return supply;
}

/* Sends a drone away from a pad whose stands are all taken. */
static enum plenum_status make_room(struct air_agent *agent, const struct plenum_port *port,
                                    int32_t pad)
{
    const struct plenum_ledger *ledger = port->ledger;
    int32_t best = PLENUM_NONE, goal = PLENUM_NONE;
    int64_t least_j = PLENUM_FOREVER;
    for (int32_t i = 0; i < agent->site->drone_count; i++) {
        const int64_t *row = drone_row(ledger, i);
        if (row[PLENUM_DRONE_PAD] != pad)
            continue;
        if (row[PLENUM_DRONE_STATE] == PLENUM_DRONE_PREPARING)
            return PLENUM_OK; /* one leaves already */
        for (int32_t to = 0; to < agent->site->pad_count && drone_is_free(ledger, i); to++) {
            int64_t energy_j = drone_energy_j(agent, ledger, i, to, 0);
            if (energy_j < least_j && pad_has_room(ledger, to)) {
                least_j = energy_j;
                best = i;
                goal = to;
            }
        }
    }
    return best == PLENUM_NONE ? PLENUM_OK : fly(agent, port, best, goal, 0, 0);
}

/* before: how many deliveries from the same pad are served first. */
static enum plenum_status serve(struct air_agent *agent, const struct plenum_port *port,
                                uint64_t id, int32_t before)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_DELIVERY, id);
    int32_t from_pad = (int32_t)row[PLENUM_DELIVERY_FROM_PAD];
    int32_t to_pad = (int32_t)row[PLENUM_DELIVERY_TO_PAD];
    int64_t mass_g = row[PLENUM_DELIVERY_MASS_G];
    if (from_pad == to_pad)
        return PLENUM_OK;
    bool room = pad_has_room(ledger, to_pad);
    int32_t drone = find_carrier(agent, ledger, from_pad, to_pad, mass_g);
    if (drone != PLENUM_NONE)
        return room ? fly(agent, port, drone, to_pad, mass_g, id) : make_room(agent, port, to_pad);
    if (pad_supply(agent, ledger, from_pad, mass_g) > before)
        return PLENUM_OK;
    if (!pad_has_room(ledger, from_pad))
        return make_room(agent, port, from_pad);
    drone = find_fetcher(agent, ledger, from_pad, room ? PLENUM_NONE : to_pad, mass_g);
    return drone == PLENUM_NONE ? PLENUM_OK : fly(agent, port, drone, from_pad, 0, 0);
}

/* --- all -------------------------------------------------------------------------------------- */

/* Leaves in agent->ids the deliveries that are asked for, spare parts first. */
static void list_asked(struct air_agent *agent, const struct plenum_ledger *ledger)
{
    size_t kept = 0, parts = 0;
    agent_list(agent, ledger, PLENUM_DELIVERY);
    for (size_t i = 0; i < agent->id_count; i++) {
        uint64_t id = agent->ids[i];
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_DELIVERY, id);
        if (row[PLENUM_FIELD_STATE] != PLENUM_DELIVERY_ASKED)
            continue;
        agent->ids[kept++] = id;
        if (row[PLENUM_DELIVERY_RACK] == PLENUM_NONE)
            continue;
        for (size_t k = kept - 1; k > parts; k--)
            agent->ids[k] = agent->ids[k - 1];
        agent->ids[parts++] = id;
    }
    agent->id_count = kept;
}

static int32_t count_before(const struct air_agent *agent, const struct plenum_ledger *ledger,
                            size_t at)
{
    int32_t count = 0;
    int64_t pad =
        plenum_ledger_get(ledger, PLENUM_DELIVERY, agent->ids[at], PLENUM_DELIVERY_FROM_PAD);
    for (size_t i = 0; i < at; i++) {
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_DELIVERY, agent->ids[i]);
        count += row[PLENUM_FIELD_STATE] == PLENUM_DELIVERY_ASKED &&
                 row[PLENUM_DELIVERY_FROM_PAD] == pad;
    }
    return count;
}

/* One drone to the first outlying pad that has none, from a pad of the site that keeps one. */
static enum plenum_status reposition(struct air_agent *agent, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    int32_t home = 0, drone = PLENUM_NONE;
    for (int32_t pad = 0; pad < agent->site->pad_count; pad++)
        if (!agent->site->pads[pad].outlying)
            home += pad_supply(agent, ledger, pad, 0);
    for (int32_t pad = 0; pad < agent->site->pad_count && home > 1; pad++) {
        if (!agent->site->pads[pad].outlying || pad_taken(ledger, pad) > 0)
            continue;
        for (int32_t i = 0; i < agent->site->drone_count; i++)
            if (drone_is_free(ledger, i) &&
                !agent->site->pads[drone_row(ledger, i)[PLENUM_DRONE_PAD]].outlying &&
                drone_energy_j(agent, ledger, i, pad, 0) < PLENUM_FOREVER &&
                (drone == PLENUM_NONE || drone_charge_j(ledger, i) > drone_charge_j(ledger, drone)))
                drone = i;
        return drone == PLENUM_NONE ? PLENUM_OK : fly(agent, port, drone, pad, 0, 0);
    }
    return PLENUM_OK;
}

enum plenum_status air_dispatch(struct air_agent *agent, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    enum plenum_status status = PLENUM_OK;
    if (plenum_stop_in_force(ledger, PLENUM_STOP_AIR))
        return PLENUM_OK;
    list_asked(agent, ledger);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        if (agent_is_due(ledger,
                         plenum_ledger_get(ledger, PLENUM_DELIVERY, agent->ids[i],
                                           PLENUM_DELIVERY_CREATED_MS),
                         AIR_RETRY_MS))
            status = serve(agent, port, agent->ids[i], count_before(agent, ledger, i));
    if (agent->id_count == 0 && agent_is_due(ledger, agent->site->start_ms, AIR_REPOSITION_MS))
        status = reposition(agent, port);
    return status;
}
