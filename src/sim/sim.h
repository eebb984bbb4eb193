/* Sim: devices, people and tenants that are not connected, by draws from one seed.
 *
 * Nothing is remembered here: what happens at a step is a function of the seed, the ledger and the
 * time, so a simulated world that was cut goes on as if it had not been. Each kind of chance has a
 * stream of its own, and each draw names for whom and when it is. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/random.h"

#include <plenum/port.h>

#define SIM_STREAMS(X)                                                                             \
    X(SUPPLY)                                                                                      \
    X(CABLING)                                                                                     \
    X(BURN_IN)                                                                                     \
    X(FAULT)                                                                                       \
    X(REPAIR)                                                                                      \
    X(LATE)                                                                                        \
    X(BREAKDOWN)                                                                                   \
    X(BATTERY)                                                                                     \
    X(TOTE)                                                                                        \
    X(JOB)                                                                                         \
    X(JOB_SHAPE)                                                                                   \
    X(EXTEND)                                                                                      \
    X(CANCEL)                                                                                      \
    X(PARCEL)                                                                                      \
    X(FLIGHT)

enum sim_stream {
#define X(code) SIM_##code,
    SIM_STREAMS(X)
#undef X
};

struct sim {
    const struct plenum_site *site;
    uint64_t seed;
    struct plenum_command command; /* scratch */
    uint64_t *ids;                 /* scratch: entities to act on after a walk */
    size_t id_count, id_capacity;
};

static inline uint64_t sim_draw(const struct sim *sim, enum sim_stream stream, uint64_t who,
                                int64_t when)
{
    return random_at(sim->seed, (uint64_t)stream, who, (uint64_t)when);
}

/* True with a chance of ppm millionths. */
static inline bool sim_chance(uint64_t bits, int64_t ppm)
{
    return (int64_t)random_below_from(bits, 1000000) < ppm;
}

/* True in a share step_ms / mean_ms of steps. */
static inline bool sim_event(uint64_t bits, int64_t mean_ms, int64_t step_ms)
{
    return mean_ms > 0 && (int64_t)random_below_from(bits, (uint64_t)mean_ms) < step_ms;
}

/* mean_ms, more or less by at most a quarter. */
static inline int64_t sim_spread(uint64_t bits, int64_t mean_ms)
{
    return mean_ms - mean_ms / 4 + (int64_t)random_below_from(bits, (uint64_t)(mean_ms / 2) + 1);
}

/* Whether the instant lies in the step that begins now. */
static inline bool sim_now_is(const struct plenum_ledger *ledger, int64_t instant_ms)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    return instant_ms >= now_ms && instant_ms < now_ms + plenum_ledger_site(ledger)->step_ms;
}

enum plenum_status sim_racks(struct sim *sim, const struct plenum_port *port);
enum plenum_status sim_robots(struct sim *sim, const struct plenum_port *port);
enum plenum_status sim_totes(struct sim *sim, const struct plenum_port *port);
enum plenum_status sim_tenants(struct sim *sim, const struct plenum_port *port);
enum plenum_status sim_drones(struct sim *sim, const struct plenum_port *port);
enum plenum_status sim_feeds(struct sim *sim, const struct plenum_port *port);

#endif
