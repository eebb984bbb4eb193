/* Drones: what they carry for others, what flights take from their batteries and chargers give. */
#include "sim/sim.h"

#include "base/check.h"
#include "model/weather.h"

#include <math.h>

enum { PARCELS_WAITING_MAX = 32 };
static const int64_t REPORT_EVERY_MS = 60000;

/* --- parcels ---------------------------------------------------------------------------------- */

/* From a pad at the hall to one outside, or back. False when the draw found none. */
static bool draw_pads(const struct sim *sim, int64_t now_ms, int32_t *from, int32_t *to)
{
    uint64_t count = (uint64_t)sim->site->pad_count;
    uint64_t bits = sim_draw(sim, SIM_PARCEL, 1, now_ms);
    *from = (int32_t)random_below_from(bits, count);
    *to = (int32_t)(bits % count);
    return sim->site->pads[*from].outlying != sim->site->pads[*to].outlying;
}

static enum plenum_status ask_parcel(struct sim *sim, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    const struct plenum_world *world = &sim->site->world;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int32_t from, to;
    if (sim->site->drone_count == 0 || sim->site->pad_count < 2 ||
        !sim_event(sim_draw(sim, SIM_PARCEL, 0, now_ms), world->delivery_interval_ms,
                   sim->site->step_ms) ||
        plenum_ledger_count(ledger, PLENUM_DELIVERY) >= PARCELS_WAITING_MAX ||
        !draw_pads(sim, now_ms, &from, &to))
        return PLENUM_OK;
    uint64_t bits = sim_draw(sim, SIM_PARCEL, 2, now_ms);
    uint64_t id = plenum_ledger_next_id(ledger, PLENUM_DELIVERY);
    struct plenum_ref delivery = plenum_ref(PLENUM_DELIVERY, id);
    uint64_t most_g = world->delivery_mass_g > 0 ? (uint64_t)world->delivery_mass_g : 1;
    int64_t mass_g = 1 + (int64_t)random_below_from(bits, most_g);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_DELIVERY_ASK, "sim");
    plenum_command_create(&sim->command, delivery);
    plenum_command_set(&sim->command, delivery, PLENUM_DELIVERY_FROM_PAD, from);
    plenum_command_set(&sim->command, delivery, PLENUM_DELIVERY_TO_PAD, to);
    plenum_command_set(&sim->command, delivery, PLENUM_DELIVERY_MASS_G, mass_g);
    plenum_command_set(&sim->command, delivery, PLENUM_DELIVERY_RACK, PLENUM_NONE);
    plenum_command_set(&sim->command, delivery, PLENUM_DELIVERY_CREATED_MS, now_ms);
    return plenum_port_submit(port, &sim->command, NULL);
}

/* --- batteries -------------------------------------------------------------------------------- */

static enum plenum_status report_charge(struct sim *sim, const struct plenum_port *port,
                                        int32_t drone, int64_t charge_j)
{
    int64_t full_j = sim->site->drone_models[sim->site->drones[drone].model].battery_j;
    struct plenum_ref ref = plenum_ref(PLENUM_DRONE, (uint64_t)drone);
    charge_j = charge_j < 0 ? 0 : charge_j;
    plenum_command_reset(&sim->command, PLENUM_COMMAND_DRONE_REPORT, "sim");
    plenum_command_set(&sim->command, ref, PLENUM_DRONE_CHARGE_J,
                       charge_j > full_j ? full_j : charge_j);
    plenum_command_set(&sim->command, ref, PLENUM_DRONE_CHARGE_MS,
                       plenum_ledger_now_ms(port->ledger));
    return plenum_port_submit(port, &sim->command, NULL);
}

/* The wind against a flight when it began, in thousandths of the site's mean wind; with it: < 0. At
 * most 1415 either way. */
static int64_t headwind_milli(const struct plenum_site *site, const int64_t *flight)
{
    const struct plenum_point *from = &site->pads[flight[PLENUM_FLIGHT_FROM_PAD]].at;
    const struct plenum_point *to = &site->pads[flight[PLENUM_FLIGHT_TO_PAD]].at;
    struct wind wind = weather_wind(site, flight[PLENUM_FLIGHT_START_MS]);
    int64_t east_mm = to->x_mm - from->x_mm, north_mm = to->y_mm - from->y_mm;
    int64_t length_mm =
        (int64_t)sqrt((double)east_mm * (double)east_mm + (double)north_mm * (double)north_mm);
    int64_t mean_mm_s = site->world.wind_mean_mm_s;
    if (length_mm == 0 || mean_mm_s == 0)
        return 0;
    int64_t along_mm_s = (wind.east_mm_s * east_mm + wind.north_mm_s * north_mm) / length_mm;
    return -along_mm_s * 1000 / mean_mm_s;
}

/* Just before it lands: by wind and chance, the flight took up to a tenth more or less than was
 * planned. */
static enum plenum_status report_flight(struct sim *sim, const struct plenum_port *port,
                                        int32_t drone, const int64_t *row)
{
    const struct plenum_ledger *ledger = port->ledger;
    uint64_t id = (uint64_t)row[PLENUM_DRONE_FLIGHT];
    const int64_t *flight = plenum_ledger_row(ledger, PLENUM_FLIGHT, id);
    CHECK(flight);
    int64_t lands_ms = flight[PLENUM_FLIGHT_END_MS];
    if (plenum_ledger_now_ms(ledger) + sim->site->step_ms < lands_ms ||
        row[PLENUM_DRONE_CHARGE_MS] > flight[PLENUM_FLIGHT_START_MS])
        return PLENUM_OK;
    uint64_t bits = sim_draw(sim, SIM_FLIGHT, id, 0);
    int64_t took_milli =
        971 + (int64_t)random_below_from(bits, 59) + headwind_milli(sim->site, flight) * 50 / 1000;
    return report_charge(sim, port, drone,
                         row[PLENUM_DRONE_CHARGE_J] -
                             flight[PLENUM_FLIGHT_ENERGY_J] * took_milli / 1000);
}

static enum plenum_status sim_drone(struct sim *sim, const struct plenum_port *port, int32_t drone)
{
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_DRONE, (uint64_t)drone);
    CHECK(row);
    int64_t passed_ms = plenum_ledger_now_ms(port->ledger) - row[PLENUM_DRONE_CHARGE_MS];
    if (row[PLENUM_FIELD_STATE] == PLENUM_DRONE_FLYING)
        return report_flight(sim, port, drone, row);
    if (row[PLENUM_FIELD_STATE] == PLENUM_DRONE_CHARGING && passed_ms >= REPORT_EVERY_MS)
        return report_charge(sim, port, drone,
                             row[PLENUM_DRONE_CHARGE_J] +
                                 row[PLENUM_DRONE_CHARGE_W] * passed_ms / 1000);
    return PLENUM_OK;
}

enum plenum_status sim_drones(struct sim *sim, const struct plenum_port *port)
{
    enum plenum_status status = ask_parcel(sim, port);
    for (int32_t drone = 0; drone < sim->site->drone_count && status == PLENUM_OK; drone++)
        status = sim_drone(sim, port, drone);
    return status;
}
