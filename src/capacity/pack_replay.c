/* Replay: arrivals through a packer, measured. See <plenum/capacity.h>. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/pack_mix.h"
#include "capacity/pack_packer.h"
#include "capacity/pack_power.h"

#include <stdlib.h>

struct replay {
    const struct plenum_trace *trace;
    struct plenum_packer *packer;
    struct plenum_replay_report *report;
    struct pack_power power[PLENUM_TRACE_TYPES_MAX + 1]; /* by type + 1 */
    int64_t *server_w;
    uint64_t decisions[PLENUM_REPLAY_PERCENT_MAX + 1];
    int64_t asked_milli, taken_milli, sum_w;
    bool past_full;
};

static int64_t server_w(const struct replay *replay, uint32_t server)
{
    const struct pack_server *has = &replay->packer->site.servers[server];
    return pack_power_w(&replay->power[has->type + 1], has,
                        replay->trace->servers[server].cpu_milli);
}

static void update_w(struct replay *replay, uint32_t server)
{
    int64_t now_w = server_w(replay, server);
    replay->sum_w += now_w - replay->server_w[server];
    replay->server_w[server] = now_w;
}

static void replay_init(struct replay *replay, const struct plenum_trace *trace,
                        const struct plenum_order *order,
                        const struct plenum_packer_options *options,
                        struct plenum_replay_report *report)
{
    *replay = (struct replay){
        .trace = trace,
        .packer = plenum_packer_create(trace, order->ranks, options),
        .report = report,
        .server_w = memory_new(trace->server_count, sizeof *replay->server_w),
    };
    replay->power[0] = pack_power_of(NULL);
    for (size_t i = 0; i < trace->type_count; i++)
        replay->power[i + 1] = pack_power_of(trace->types[i]);
    for (uint32_t i = 0; i < trace->server_count; i++)
        update_w(replay, i);
    *report = (struct plenum_replay_report){.first_rejection_percent = -1.0};
}

static double percent_of_site(const struct replay *replay, int64_t milli)
{
    int64_t site = replay->trace->gpu_milli;
    return site > 0 ? (double)milli / (double)site * 100.0 : 0.0;
}

/* --- one arrival --------------------------------------------------------------------------- */

static void measure_fragmentation(struct replay *replay)
{
    struct pack_mix *mix = pack_mix_create(replay->trace);
    double sum = 0.0;
    for (size_t i = 0; i < replay->packer->site.count; i++)
        sum += (double)pack_mix_fragmentation(mix, &replay->packer->site.servers[i]);
    if (mix->jobs > 0 && replay->trace->gpu_milli > 0)
        replay->report->fragmentation_percent =
            sum / (double)mix->jobs / (double)replay->trace->gpu_milli * 100.0;
    pack_mix_destroy(mix);
}

static void measure(struct replay *replay)
{
    struct plenum_replay_report *report = replay->report;
    int64_t site = replay->trace->gpu_milli;
    int64_t percent = site > 0 ? (200 * replay->asked_milli + site) / (2 * site) : 0;
    if (percent > PLENUM_REPLAY_PERCENT_MAX)
        return;
    report->allocated_percent[percent] += percent_of_site(replay, replay->taken_milli);
    report->watts[percent] += (double)replay->sum_w;
    replay->decisions[percent]++;
}

static void count(struct replay *replay, enum plenum_pack_reason reason, int64_t milli)
{
    struct plenum_replay_report *report = replay->report;
    report->arrivals++;
    report->rejections[reason] += reason != PLENUM_PACK_REASON_NONE;
    if (reason == PLENUM_PACK_REASON_NONE) {
        report->placed++;
        replay->taken_milli += milli;
    } else if (milli > 0 && report->first_rejection_percent < 0) {
        report->first_rejection_percent = percent_of_site(replay, replay->asked_milli);
    }
}

static void arrive(struct replay *replay, uint32_t number, uint32_t job)
{
    uint32_t shape = replay->trace->jobs[job].shape;
    bool movable = replay->trace->jobs[job].movable;
    const struct plenum_shape *asked = &replay->trace->shapes[shape];
    int64_t milli = (int64_t)asked->gpus * asked->gpu_milli;
    struct plenum_placement placement;

    replay->asked_milli += milli;
    enum plenum_pack_reason reason =
        plenum_packer_place(replay->packer, number, shape, movable, &placement);
    const struct plenum_move *move = plenum_packer_move(replay->packer);
    if (move != NULL) {
        replay->report->moves++;
        update_w(replay, move->to.server);
    }
    if (reason == PLENUM_PACK_REASON_NONE)
        update_w(replay, placement.server);
    count(replay, reason, milli);
    measure(replay);
    if (!replay->past_full && replay->asked_milli >= replay->trace->gpu_milli) {
        measure_fragmentation(replay);
        replay->past_full = true;
    }
}

void plenum_replay(const struct plenum_trace *trace, const struct plenum_order *order,
                   const struct plenum_packer_options *options, struct plenum_replay_report *report)
{
    struct replay replay;
    replay_init(&replay, trace, order, options, report);
    CHECK(order->count <= UINT32_MAX);
    for (size_t i = 0; i < order->count; i++)
        arrive(&replay, (uint32_t)i, order->jobs[i]);
    if (!replay.past_full)
        measure_fragmentation(&replay);

    for (size_t i = 0; i <= PLENUM_REPLAY_PERCENT_MAX; i++) {
        double decisions = (double)replay.decisions[i];
        report->allocated_percent[i] =
            decisions > 0 ? report->allocated_percent[i] / decisions : -1.0;
        report->watts[i] = decisions > 0 ? report->watts[i] / decisions : -1.0;
    }
    plenum_packer_destroy(replay.packer);
    free(replay.server_w);
}
