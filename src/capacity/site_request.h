/* Request: what a job of the site asks of each of its servers, and for how long. */
#ifndef CAPACITY_SITE_REQUEST_H
#define CAPACITY_SITE_REQUEST_H

#include <plenum/ledger.h>

/* What is asked of each of `servers` different servers. */
struct fit_request {
    int32_t servers, accelerators, milli, chip, cores;
    int64_t memory_bytes;
    int64_t length_ms;
    int32_t within; /* enum plenum_within */
    int32_t spread; /* enum plenum_spread */
    int64_t max_w;  /* over idle, all servers together; 0: what they draw */
    bool expected;  /* may be on racks that are not in service yet, from when they are expected */
};

static inline struct fit_request fit_request_of(const int64_t *job_row)
{
    return (struct fit_request){.servers = (int32_t)job_row[PLENUM_JOB_SERVERS],
                                .accelerators = (int32_t)job_row[PLENUM_JOB_ACCELERATORS],
                                .milli = (int32_t)job_row[PLENUM_JOB_MILLI],
                                .chip = (int32_t)job_row[PLENUM_JOB_CHIP],
                                .cores = (int32_t)job_row[PLENUM_JOB_CORES],
                                .memory_bytes = job_row[PLENUM_JOB_MEMORY_BYTES],
                                .length_ms = job_row[PLENUM_JOB_LEFT_MS],
                                .within = (int32_t)job_row[PLENUM_JOB_WITHIN],
                                .spread = (int32_t)job_row[PLENUM_JOB_SPREAD],
                                .max_w = job_row[PLENUM_JOB_MAX_W],
                                .expected = job_row[PLENUM_JOB_PROMISED_MS] != 0};
}

/* Whether b fits nowhere that a does not: as much of each server, of as many, for as long. */
static inline bool fit_request_within(const struct fit_request *a, const struct fit_request *b)
{
    return a->accelerators == b->accelerators && a->milli == b->milli && a->chip == b->chip &&
           a->cores <= b->cores && a->memory_bytes <= b->memory_bytes && a->servers <= b->servers &&
           a->length_ms <= b->length_ms && a->within == b->within && a->spread == b->spread &&
           (a->max_w == 0 ? b->max_w == 0 : b->max_w == 0 || a->max_w <= b->max_w) &&
           (a->expected || !b->expected);
}

/* Watts over idle that the request has on one of its servers: its share of what they may draw. */
static inline int64_t fit_request_w(const struct plenum_server_model *model,
                                    const struct fit_request *request)
{
    int64_t watts =
        plenum_server_job_w(model, request->accelerators, request->milli, request->cores);
    int64_t most_w = request->max_w / request->servers;
    return request->max_w > 0 && most_w < watts ? most_w : watts;
}

#endif
