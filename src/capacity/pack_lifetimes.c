/* Replay with departures: jobs arrive and leave at the trace's times. See <plenum/capacity.h>. */
#include "base/memory.h"
#include "capacity/pack_packer.h"

#include <stdlib.h>

struct event {
    int64_t at_s;
    uint32_t job;
    bool leaves;
};

struct lifetimes {
    const struct plenum_trace *trace;
    struct plenum_packer *packer;
    struct plenum_lifetimes_report *report;
    bool *placed;          /* by job */
    int64_t now_s, last_s; /* time stops counting at the last arrival */
    int64_t asked_milli, taken_milli;
    double asked_milli_s, taken_milli_s;
};

/* Departures before arrivals: what leaves makes room for what comes. */
static int event_compare(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->at_s != y->at_s)
        return x->at_s < y->at_s ? -1 : 1;
    if (x->leaves != y->leaves)
        return x->leaves ? -1 : 1;
    return (x->job > y->job) - (x->job < y->job);
}

/* A job that is deleted in the second it is created in holds nothing for any time: it is left out
 * of the events altogether. */
static size_t events_of(const struct plenum_trace *trace, uint32_t stretch, struct event *events)
{
    size_t count = 0;
    for (uint32_t i = 0; i < trace->job_count; i++) {
        const struct plenum_trace_job *job = &trace->jobs[i];
        int64_t created_s = job->created_s > 0 ? job->created_s : 0;
        if (job->deleted_s >= 0 && job->deleted_s <= created_s)
            continue;
        events[count++] = (struct event){created_s, i, false};
        if (job->deleted_s >= 0)
            events[count++] =
                (struct event){created_s + (job->deleted_s - created_s) * stretch, i, true};
    }
    qsort(events, count, sizeof *events, event_compare);
    return count;
}

static double percent_of_site(const struct lifetimes *run, double milli)
{
    return run->trace->gpu_milli > 0 ? milli * 100.0 / (double)run->trace->gpu_milli : 0.0;
}

static void most(double *greatest, double value)
{
    *greatest = value > *greatest ? value : *greatest;
}

static void arrive(struct lifetimes *run, uint32_t job, int64_t milli)
{
    struct plenum_placement placement;
    const struct plenum_trace_job *arriving = &run->trace->jobs[job];
    enum plenum_pack_reason reason =
        plenum_packer_place(run->packer, job, arriving->shape, arriving->movable, &placement);
    run->placed[job] = reason == PLENUM_PACK_REASON_NONE;
    run->asked_milli += milli;
    run->taken_milli += run->placed[job] ? milli : 0;
    run->report->arrivals++;
    run->report->placed += run->placed[job];
    run->report->rejections[reason] += !run->placed[job];
    run->report->moves += plenum_packer_move(run->packer) != NULL;
}

static void leave(struct lifetimes *run, uint32_t job, int64_t milli)
{
    run->asked_milli -= milli;
    run->report->departures++;
    if (!run->placed[job])
        return;
    run->taken_milli -= milli;
    plenum_packer_release(run->packer, job);
}

static void handle(struct lifetimes *run, const struct event *event)
{
    const struct plenum_shape *shape = &run->trace->shapes[run->trace->jobs[event->job].shape];
    int64_t milli = (int64_t)shape->gpus * shape->gpu_milli;
    int64_t at_s = event->at_s < run->last_s ? event->at_s : run->last_s;
    double passed_s = (double)(at_s - run->now_s);
    run->asked_milli_s += (double)run->asked_milli * passed_s;
    run->taken_milli_s += (double)run->taken_milli * passed_s;
    run->now_s = at_s;
    (event->leaves ? leave : arrive)(run, event->job, milli);
    most(&run->report->asked_percent_most, percent_of_site(run, (double)run->asked_milli));
    most(&run->report->allocated_percent_most, percent_of_site(run, (double)run->taken_milli));
}

void plenum_replay_lifetimes(const struct plenum_trace *trace, const uint32_t *ranks,
                             const struct plenum_packer_options *options, uint32_t stretch,
                             struct plenum_lifetimes_report *report)
{
    struct event *events = memory_new(2 * trace->job_count, sizeof *events);
    size_t count = events_of(trace, stretch, events);
    struct lifetimes run = {
        .trace = trace,
        .packer = plenum_packer_create(trace, ranks, options),
        .report = report,
        .placed = memory_new(trace->job_count, sizeof *run.placed),
        .now_s = count > 0 ? events[0].at_s : 0,
    };
    *report = (struct plenum_lifetimes_report){0};
    run.last_s = run.now_s;
    for (size_t i = 0; i < count; i++) {
        if (!events[i].leaves && events[i].at_s > run.last_s)
            run.last_s = events[i].at_s;
    }
    for (size_t i = 0; i < count; i++)
        handle(&run, &events[i]);
    double lasted_s = count > 0 ? (double)(run.now_s - events[0].at_s) : 0.0;
    if (lasted_s > 0) {
        report->asked_percent_mean = percent_of_site(&run, run.asked_milli_s / lasted_s);
        report->allocated_percent_mean = percent_of_site(&run, run.taken_milli_s / lasted_s);
    }
    if (run.asked_milli_s > 0)
        report->served_percent = run.taken_milli_s / run.asked_milli_s * 100.0;
    plenum_packer_destroy(run.packer);
    free(run.placed);
    free(events);
}
