/* See run_slurm.h. */
#include "cli/run_slurm.h"

#include "base/instant.h"
#include "edge/slurm/agent.h"

static enum plenum_status check_clock(const struct run_slurm *slurm,
                                      const struct plenum_engine *engine,
                                      struct plenum_error *error)
{
    static const int64_t AHEAD_MS = 60000;
    char site[INSTANT_TEXT], wall[INSTANT_TEXT];
    int64_t site_ms = plenum_ledger_now_ms(plenum_engine_ledger(engine));
    int64_t wall_ms = slurm->cluster.now_ms(slurm->cluster.context);
    return site_ms <= wall_ms + AHEAD_MS
               ? PLENUM_OK
               : plenum_fail(error, PLENUM_INPUT,
                             "the site's clock stands at %s, expected no later than now, %s: with "
                             "a Slurm it is the time of day",
                             instant_format(site_ms, site), instant_format(wall_ms, wall));
}

enum plenum_status run_slurm_attach(struct run_slurm *slurm, const struct plenum_site *site,
                                    struct plenum_engine *engine, struct plenum_error *error)
{
    struct plenum_agent agent;
    if (!slurm->socket)
        return PLENUM_OK;
    enum plenum_status status = slurm_cluster_open(slurm->socket, &slurm->cluster, error);
    if (status == PLENUM_OK)
        status = check_clock(slurm, engine, error);
    if (status == PLENUM_OK)
        status = slurm_agent_create(site, &slurm->cluster, &agent, error);
    if (status != PLENUM_OK)
        return status;
    status = plenum_engine_add(engine, agent);
    return status == PLENUM_OK ? status
                               : plenum_fail(error, status, "the engine has too many agents");
}

void run_slurm_follow(struct run_slurm *slurm, struct plenum_engine *engine)
{
    if (!slurm->socket)
        return;
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    int64_t step_ms = plenum_ledger_site(ledger)->step_ms;
    bool behind =
        plenum_ledger_now_ms(ledger) + step_ms < slurm->cluster.now_ms(slurm->cluster.context);
    plenum_engine_set_speed(engine, behind ? 0 : RUN_SLURM_SPEED_MILLI);
}

void run_slurm_finish(struct run_slurm *slurm)
{
    slurm_cluster_close(&slurm->cluster);
}
