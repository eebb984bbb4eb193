/* For each server the earliest instant at which one part of the gang fits is a step function that
 * is asked again and again from a later instant: next(server, t) >= t. The gang's earliest start is
 * the least t with at least `servers` servers where next(server, t) == t; it is reached by setting
 * t to the servers-th smallest of next(server, t) until that is t itself. */
#include "capacity/site_fit.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

enum { CLAIMS_MAX = 4096 }; /* of one server: over it, the server is passed over */

struct candidate {
    int64_t next_ms; /* earliest start on this server */
    int64_t spare;   /* what would be left there, the less the better */
    int32_t server;
};

struct site_fit {
    const struct plenum_site *site;
    struct candidate *candidates;
    int32_t candidate_count;
    struct plenum_capacity_claim *claims; /* of the server that is looked at */
    int64_t *instants;
};

struct fit_request fit_request_of(const int64_t *job_row)
{
    return (struct fit_request){.servers = (int32_t)job_row[PLENUM_JOB_SERVERS],
                                .accelerators = (int32_t)job_row[PLENUM_JOB_ACCELERATORS],
                                .milli = (int32_t)job_row[PLENUM_JOB_MILLI],
                                .chip = (int32_t)job_row[PLENUM_JOB_CHIP],
                                .cores = (int32_t)job_row[PLENUM_JOB_CORES],
                                .memory_bytes = job_row[PLENUM_JOB_MEMORY_BYTES],
                                .length_ms = job_row[PLENUM_JOB_LEFT_MS]};
}

bool fit_request_covers(const struct fit_request *a, const struct fit_request *b)
{
    return a->servers >= b->servers && a->accelerators >= b->accelerators && a->milli >= b->milli &&
           (b->accelerators > 0 || a->accelerators == 0) &&
           (b->chip == PLENUM_NONE || a->chip == b->chip) && a->cores >= b->cores &&
           a->memory_bytes >= b->memory_bytes && a->length_ms >= b->length_ms;
}

struct site_fit *site_fit_create(const struct plenum_site *site)
{
    struct site_fit *fit = memory_new(1, sizeof *fit);
    fit->site = site;
    fit->candidates = memory_new((size_t)site->server_count, sizeof *fit->candidates);
    fit->claims = memory_new(CLAIMS_MAX, sizeof *fit->claims);
    fit->instants = memory_new(CLAIMS_MAX + 1, sizeof *fit->instants);
    return fit;
}

void site_fit_destroy(struct site_fit *fit)
{
    if (!fit)
        return;
    free(fit->candidates);
    free(fit->claims);
    free(fit->instants);
    free(fit);
}

/* The accelerators that fit best, as a set: whole ones from the lowest index, or for a fraction the
 * one with the least left. 0 with ok = false when there are too few. */
static uint64_t pick_accelerators(const struct plenum_capacity_free *free_on, int32_t devices,
                                  const struct fit_request *request, bool *ok)
{
    uint64_t set = 0;
    int32_t left = request->accelerators;
    if (request->milli == 1000 || left == 0) {
        for (int32_t i = 0; i < devices && left > 0; i++)
            if (free_on->whole >> i & 1) {
                set |= UINT64_C(1) << i;
                left--;
            }
        *ok = left == 0;
        return set;
    }
    int32_t best = PLENUM_NONE;
    for (int32_t i = 0; i < devices; i++)
        if (free_on->milli[i] >= request->milli &&
            (best == PLENUM_NONE || free_on->milli[i] < free_on->milli[best]))
            best = i;
    *ok = best != PLENUM_NONE;
    return *ok ? UINT64_C(1) << best : 0;
}

static bool model_serves(const struct plenum_server_model *model, const struct fit_request *request)
{
    if (request->accelerators == 0)
        return model->accelerators == 0 && model->cores >= request->cores &&
               model->memory_bytes >= request->memory_bytes;
    return model->accelerators >= request->accelerators && model->cores >= request->cores &&
           model->memory_bytes >= request->memory_bytes &&
           (request->chip == PLENUM_NONE || request->chip == model->accelerator_chip);
}

static int32_t load_of(const struct plenum_site *site, int32_t server)
{
    return site->positions[site->racks[site->servers[server].rack].position].load;
}

static int64_t watts_of(const struct plenum_site *site, int32_t server,
                        const struct fit_request *request)
{
    return plenum_server_job_w(&site->server_models[site->servers[server].model],
                               request->accelerators, request->milli, request->cores);
}

enum fit { FIT_YES, FIT_NO_CAPACITY, FIT_NO_WATTS };

/* Whether one part fits on the server at start_ms; *spare says what would be left. */
static enum fit fits_at(const struct site_fit *fit, const struct plenum_ledger *ledger,
                        int32_t server, const struct fit_request *request, int64_t start_ms,
                        int64_t *spare)
{
    struct plenum_capacity_free free_on;
    int64_t end_ms = start_ms + request->length_ms;
    plenum_capacity_free_on(ledger, server, start_ms, end_ms, &free_on);
    const struct plenum_server_model *model =
        &fit->site->server_models[fit->site->servers[server].model];
    if (!free_on.offered || free_on.cores < request->cores ||
        free_on.memory_bytes < request->memory_bytes)
        return FIT_NO_CAPACITY;
    bool ok = true;
    pick_accelerators(&free_on, model->accelerators, request, &ok);
    if (!ok)
        return FIT_NO_CAPACITY;
    int64_t left = 0;
    for (int32_t i = 0; i < model->accelerators; i++)
        left += free_on.milli[i];
    *spare = left * 1000 + free_on.cores;
    int64_t headroom_w =
        plenum_power_headroom_w(ledger, load_of(fit->site, server), start_ms, end_ms);
    return headroom_w >= watts_of(fit->site, server, request) ? FIT_YES : FIT_NO_WATTS;
}

/* Whether so much is free at one instant: what fits for a while fits at its first instant. */
static bool free_at_instant(const struct site_fit *fit, size_t claim_count,
                            const struct plenum_server_model *model,
                            const struct fit_request *request, int64_t at_ms)
{
    int64_t milli = (int64_t)model->accelerators * 1000, memory_bytes = model->memory_bytes;
    int32_t cores = model->cores;
    for (size_t i = 0; i < claim_count; i++) {
        const struct plenum_capacity_claim *claim = &fit->claims[i];
        if (claim->from_ms > at_ms || claim->until_ms <= at_ms)
            continue;
        milli -= (int64_t)__builtin_popcountll(claim->accelerators) * claim->milli;
        cores -= claim->cores;
        memory_bytes -= claim->memory_bytes;
    }
    return milli >= (int64_t)request->accelerators * request->milli && cores >= request->cores &&
           memory_bytes >= request->memory_bytes;
}

static int compare_instants(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The instants at which a part may begin to fit, in order: at once, and when a claim ends. */
static size_t list_instants(struct site_fit *fit, size_t claim_count, int64_t at_ms,
                            int64_t latest_ms)
{
    size_t count = 0;
    fit->instants[count++] = at_ms;
    for (size_t i = 0; i < claim_count; i++)
        if (fit->claims[i].until_ms > at_ms && fit->claims[i].until_ms <= latest_ms)
            fit->instants[count++] = fit->claims[i].until_ms;
    qsort(fit->instants, count, sizeof *fit->instants, compare_instants);
    return count;
}

/* A part whose watts do not fit at at_ms: the next instant where they do, and all else. */
static int64_t next_with_watts(const struct site_fit *fit, const struct plenum_ledger *ledger,
                               int32_t server, const struct fit_request *request, int64_t at_ms,
                               int64_t latest_ms, int64_t *spare)
{
    int64_t next_ms =
        plenum_power_first_fit(ledger, load_of(fit->site, server), at_ms, latest_ms + 1,
                               request->length_ms, watts_of(fit->site, server, request));
    return next_ms <= latest_ms && fits_at(fit, ledger, server, request, next_ms, spare) == FIT_YES
               ? next_ms
               : PLENUM_FOREVER;
}

/* next(server, from): a part that does not fit at `from` fits first when a claim ends, or when the
 * rack's watts are there. */
static int64_t next_on(struct site_fit *fit, const struct plenum_ledger *ledger, int32_t server,
                       const struct fit_request *request, int64_t from_ms, int64_t latest_ms,
                       int64_t *spare)
{
    int64_t opens_ms, closes_ms, found_ms = PLENUM_FOREVER;
    plenum_capacity_window(ledger, server, &opens_ms, &closes_ms);
    int64_t at_ms = opens_ms > from_ms ? opens_ms : from_ms;
    if (opens_ms >= closes_ms || at_ms > latest_ms)
        return PLENUM_FOREVER;
    if (at_ms == latest_ms)
        return fits_at(fit, ledger, server, request, at_ms, spare) == FIT_YES ? at_ms
                                                                              : PLENUM_FOREVER;
    size_t claim_count = plenum_capacity_claims_on(ledger, server, fit->claims, CLAIMS_MAX);
    if (claim_count > CLAIMS_MAX)
        return PLENUM_FOREVER;
    const struct plenum_server_model *model =
        &fit->site->server_models[fit->site->servers[server].model];
    size_t count = list_instants(fit, claim_count, at_ms, latest_ms);
    for (size_t i = 0; i < count && fit->instants[i] < found_ms; i++) {
        if ((i > 0 && fit->instants[i] == fit->instants[i - 1]) ||
            !free_at_instant(fit, claim_count, model, request, fit->instants[i]))
            continue;
        enum fit fits = fits_at(fit, ledger, server, request, fit->instants[i], spare);
        if (fits == FIT_YES)
            return fit->instants[i];
        if (fits == FIT_NO_WATTS && found_ms == PLENUM_FOREVER)
            found_ms =
                next_with_watts(fit, ledger, server, request, fit->instants[i], latest_ms, spare);
    }
    return found_ms;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->next_ms != y->next_ms)
        return x->next_ms < y->next_ms ? -1 : 1;
    if (x->spare != y->spare)
        return x->spare < y->spare ? -1 : 1;
    return (x->server > y->server) - (x->server < y->server);
}

/* Asks every server of a fitting model from at_ms on, and sorts those that answer. For a job of
 * one server, none is asked for an instant later than the best so far. */
static void ask_servers(struct site_fit *fit, const struct plenum_ledger *ledger,
                        const struct fit_request *request, int64_t at_ms, int64_t latest_ms)
{
    fit->candidate_count = 0;
    for (int32_t server = 0; server < fit->site->server_count; server++) {
        const struct plenum_server_model *model =
            &fit->site->server_models[fit->site->servers[server].model];
        if (!model_serves(model, request))
            continue;
        int64_t spare = 0;
        int64_t next_ms = next_on(fit, ledger, server, request, at_ms, latest_ms, &spare);
        if (next_ms == PLENUM_FOREVER)
            continue;
        fit->candidates[fit->candidate_count++] = (struct candidate){next_ms, spare, server};
        if (request->servers == 1)
            latest_ms = next_ms;
    }
    qsort(fit->candidates, (size_t)fit->candidate_count, sizeof *fit->candidates,
          compare_candidates);
}

int64_t site_fit_search(struct site_fit *fit, const struct plenum_ledger *ledger,
                        const struct fit_request *request, int64_t from_ms, int64_t latest_ms)
{
    CHECK(request->servers > 0 && request->length_ms > 0);
    int64_t at_ms = from_ms;
    while (at_ms <= latest_ms) {
        ask_servers(fit, ledger, request, at_ms, latest_ms);
        if (fit->candidate_count < request->servers)
            return PLENUM_FOREVER;
        int64_t last_ms = fit->candidates[request->servers - 1].next_ms;
        if (last_ms == at_ms || fit->candidates[0].next_ms == last_ms)
            return last_ms;
        at_ms = last_ms;
    }
    return PLENUM_FOREVER;
}

void site_fit_claim(const struct site_fit *fit, const struct plenum_ledger *ledger,
                    struct plenum_command *command, struct plenum_ref job,
                    const struct fit_request *request, int64_t start_ms)
{
    int64_t end_ms = start_ms + request->length_ms;
    CHECK(fit->candidate_count >= request->servers);
    for (int32_t i = 0; i < request->servers; i++) {
        int32_t server = fit->candidates[i].server;
        struct plenum_capacity_free free_on;
        bool ok;
        plenum_capacity_free_on(ledger, server, start_ms, end_ms, &free_on);
        const struct plenum_server_model *model =
            &fit->site->server_models[fit->site->servers[server].model];
        struct plenum_capacity_claim claim = {
            .owner = job,
            .server = server,
            .milli = request->accelerators > 0 ? request->milli : 0,
            .accelerators = pick_accelerators(&free_on, model->accelerators, request, &ok),
            .cores = request->cores,
            .memory_bytes = request->memory_bytes,
            .from_ms = start_ms,
            .until_ms = end_ms};
        CHECK(ok);
        plenum_command_claim_capacity(command, &claim);
        int64_t watts = watts_of(fit->site, server, request);
        if (watts > 0)
            plenum_command_claim_power(command, job, load_of(fit->site, server), start_ms, end_ms,
                                       watts);
    }
}
