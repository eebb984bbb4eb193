/* For each server the earliest instant at which one part of the gang fits is a step function that
 * is asked again and again from a later instant: next(server, t) >= t. The gang's earliest start is
 * the least t with at least `servers` servers where next(server, t) == t; it is reached by setting
 * t to the servers-th smallest of next(server, t) until that is t itself. A server whose next lies
 * at or after the new t keeps it. */
#include "capacity/site_fit.h"

#include "base/check.h"
#include "base/memory.h"
#include "capacity/site_calendar.h"
#include "capacity/site_places.h"

#include <stdlib.h>

struct candidate {
    int64_t next_ms; /* earliest start on this server */
    int64_t spare;   /* what would be left there, the less the better */
    int32_t server;
};

struct headroom { /* of a rack, as last asked */
    int64_t start_ms, watts;
};

struct site_fit {
    const struct plenum_site *site;
    struct site_calendar *calendar;
    struct candidate *candidates;
    int32_t candidate_count;
    int64_t *instants;          /* scratch */
    struct headroom *headrooms; /* by rack, for the length of the search */
    struct site_places *places;
    const uint8_t *excluded; /* by server, or NULL */
    int32_t found;           /* servers that the last search chose: the first candidates */
};

struct site_fit *site_fit_create(const struct plenum_site *site)
{
    struct site_fit *fit = memory_new(1, sizeof *fit);
    fit->site = site;
    fit->calendar = site_calendar_create(site);
    fit->candidates = memory_new((size_t)site->server_count, sizeof *fit->candidates);
    fit->instants = memory_new((size_t)site->server_count, sizeof *fit->instants);
    fit->headrooms = memory_new((size_t)site->rack_count, sizeof *fit->headrooms);
    fit->places = site_places_create(site);
    return fit;
}

void site_fit_destroy(struct site_fit *fit)
{
    if (!fit)
        return;
    site_calendar_destroy(fit->calendar);
    free(fit->candidates);
    free(fit->instants);
    free(fit->headrooms);
    site_places_destroy(fit->places);
    free(fit);
}

struct site_calendar *site_fit_calendar(struct site_fit *fit)
{
    return fit->calendar;
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

bool site_fit_serves(const struct plenum_server_model *model, const struct fit_request *request)
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
    return fit_request_w(&site->server_models[site->servers[server].model], request);
}

/* --- watts ------------------------------------------------------------------------------------ */

/* The watts free at the server's rack for the request's length. Asked once a rack and start. */
static int64_t headroom_at(struct site_fit *fit, const struct plenum_ledger *ledger, int32_t server,
                           const struct fit_request *request, int64_t start_ms)
{
    struct headroom *headroom = &fit->headrooms[fit->site->servers[server].rack];
    if (headroom->start_ms != start_ms)
        *headroom = (struct headroom){
            start_ms, plenum_power_headroom_w(ledger, load_of(fit->site, server), start_ms,
                                              start_ms + request->length_ms)};
    return headroom->watts;
}

/* --- one server ------------------------------------------------------------------------------- */

/* next(server, from): both capacity and watts have a say, and each is asked from where the other
 * would begin, until they agree. */
static int64_t next_on(struct site_fit *fit, const struct plenum_ledger *ledger, int32_t server,
                       const struct fit_request *request, int64_t from_ms, int64_t latest_ms)
{
    int64_t watts = watts_of(fit->site, server, request), at_ms = from_ms;
    for (;;) {
        at_ms = site_calendar_next(fit->calendar, ledger, server, request, at_ms);
        if (at_ms > latest_ms)
            return PLENUM_FOREVER;
        if (watts == 0 || headroom_at(fit, ledger, server, request, at_ms) >= watts)
            return at_ms;
        at_ms = plenum_power_first_fit(ledger, load_of(fit->site, server), at_ms + 1, latest_ms + 1,
                                       request->length_ms, watts);
        if (at_ms > latest_ms)
            return PLENUM_FOREVER;
    }
}

/* What the server has left over the request's time, the accelerators before the cores. */
static int64_t spare_on(struct site_fit *fit, const struct plenum_ledger *ledger, int32_t server,
                        const struct fit_request *request, int64_t start_ms)
{
    struct plenum_capacity_free free_on;
    site_calendar_free(fit->calendar, ledger, server, start_ms, start_ms + request->length_ms,
                       &free_on);
    int32_t devices = fit->site->server_models[fit->site->servers[server].model].accelerators;
    int64_t left = 0;
    for (int32_t i = 0; i < devices; i++)
        left += free_on.milli[i];
    return left * 1000 + free_on.cores;
}

/* --- the gang --------------------------------------------------------------------------------- */

/* Whether the server may be given: one of a rack to come only where that will do. */
static bool may_give(const struct site_fit *fit, const struct plenum_ledger *ledger, int32_t server,
                     const struct fit_request *request)
{
    const struct plenum_server *place = &fit->site->servers[server];
    return site_fit_serves(&fit->site->server_models[place->model], request) &&
           (!fit->excluded || !fit->excluded[server]) &&
           (request->expected || plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)place->rack,
                                                   PLENUM_FIELD_STATE) == PLENUM_RACK_IN_SERVICE);
}

/* Every server that may be given, not asked yet, in order of places. */
static void find_candidates(struct site_fit *fit, const struct plenum_ledger *ledger,
                            const struct fit_request *request)
{
    int32_t count;
    const int32_t *order = site_places_order(fit->places, (enum plenum_within)request->within,
                                             (enum plenum_spread)request->spread, &count);
    fit->candidate_count = fit->found = 0;
    for (int32_t i = 0; i < count; i++)
        if (may_give(fit, ledger, order[i], request))
            fit->candidates[fit->candidate_count++] = (struct candidate){INT64_MIN, 0, order[i]};
    for (int32_t rack = 0; rack < fit->site->rack_count; rack++)
        fit->headrooms[rack].start_ms = INT64_MIN;
}

static int32_t place_of(const struct site_fit *fit, const struct fit_request *request,
                        int32_t candidate)
{
    return site_places_of(fit->places, (enum plenum_within)request->within,
                          fit->site->servers[fit->candidates[candidate].server].rack);
}

static int32_t domain_of(const struct site_fit *fit, const struct fit_request *request,
                         int32_t candidate)
{
    return site_places_domain(fit->places, (enum plenum_spread)request->spread,
                              fit->site->servers[fit->candidates[candidate].server].rack);
}

/* Candidates of one place, from first to before end. */
struct group {
    int32_t first, end;
};

/* The group after one: none when it is empty. */
static struct group group_after(const struct site_fit *fit, const struct fit_request *request,
                                struct group group)
{
    struct group next = {group.end, fit->candidate_count};
    if (request->within == PLENUM_WITHIN_SITE)
        return next;
    for (int32_t i = next.first + 1; i < next.end; i++)
        if (place_of(fit, request, i) != place_of(fit, request, next.first))
            next.end = i;
    return next;
}

/* Asks the candidates that may not say at_ms any more, and drops those with no start. */
static void ask_candidates(struct site_fit *fit, const struct plenum_ledger *ledger,
                           const struct fit_request *request, int64_t at_ms, int64_t latest_ms)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < fit->candidate_count; i++) {
        struct candidate candidate = fit->candidates[i];
        if (candidate.next_ms < at_ms)
            candidate.next_ms = next_on(fit, ledger, candidate.server, request, at_ms, latest_ms);
        if (candidate.next_ms != PLENUM_FOREVER)
            fit->candidates[kept++] = candidate;
    }
    fit->candidate_count = kept;
}

/* The k-th smallest of the instants, k from 0 (Hoare's selection; moves them about). */
static int64_t select_instant(int64_t *instants, int32_t count, int32_t k)
{
    int32_t low = 0, high = count - 1;
    while (low < high) {
        int64_t pivot = instants[low + (high - low) / 2];
        int32_t i = low, j = high;
        while (i <= j) {
            while (instants[i] < pivot)
                i++;
            while (instants[j] > pivot)
                j--;
            if (i > j)
                break;
            int64_t swapped = instants[i];
            instants[i++] = instants[j];
            instants[j--] = swapped;
        }
        if (k > j && k < i)
            break;
        low = k >= i ? i : low;
        high = k <= j ? j : high;
    }
    return instants[k];
}

/* The instants at which those of a group that count could start, into the scratch; how many. */
static int32_t group_instants(struct site_fit *fit, const struct fit_request *request,
                              struct group group)
{
    int32_t count = 0;
    for (int32_t i = group.first; i < group.end; i++) {
        int64_t next_ms = fit->candidates[i].next_ms;
        if (request->spread == PLENUM_SPREAD_NONE || i == group.first ||
            domain_of(fit, request, i) != domain_of(fit, request, i - 1))
            fit->instants[count++] = next_ms;
        else if (next_ms < fit->instants[count - 1])
            fit->instants[count - 1] = next_ms;
    }
    return count;
}

/* The earliest instant that some group gives, PLENUM_FOREVER where all are too small. */
static int64_t gang_next(struct site_fit *fit, const struct fit_request *request)
{
    int64_t earliest_ms = PLENUM_FOREVER;
    for (struct group group = group_after(fit, request, (struct group){0, 0});
         group.first < group.end; group = group_after(fit, request, group)) {
        int32_t count = group_instants(fit, request, group);
        if (count < request->servers)
            continue;
        int64_t kth_ms = select_instant(fit->instants, count, request->servers - 1);
        earliest_ms = kth_ms < earliest_ms ? kth_ms : earliest_ms;
    }
    return earliest_ms;
}

static int compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->spare != y->spare)
        return x->spare < y->spare ? -1 : 1;
    return (x->server > y->server) - (x->server < y->server);
}

/* How many of the group fit at start_ms, a rack once where they are spread. */
static int32_t group_fitting(struct site_fit *fit, const struct fit_request *request,
                             struct group group, int64_t start_ms)
{
    int32_t count = group_instants(fit, request, group), fitting = 0;
    for (int32_t i = 0; i < count; i++)
        fitting += fit->instants[i] == start_ms;
    return fitting;
}

/* The group with the fewest that fit, of those with enough. */
static struct group choose_group(struct site_fit *fit, const struct fit_request *request,
                                 int64_t start_ms)
{
    struct group best = {0, 0};
    int32_t fewest = INT32_MAX;
    for (struct group group = group_after(fit, request, best); group.first < group.end;
         group = group_after(fit, request, group)) {
        int32_t fitting = group_fitting(fit, request, group, start_ms);
        if (fitting < request->servers || fitting >= fewest)
            continue;
        fewest = fitting;
        best = group;
    }
    return best;
}

/* Drops all but the best of each domain; candidates of one stand side by side. */
static void keep_one_a_domain(struct site_fit *fit, const struct fit_request *request)
{
    int32_t kept = 0;
    for (int32_t i = 0; i < fit->candidate_count; i++) {
        struct candidate candidate = fit->candidates[i];
        if (kept > 0 && domain_of(fit, request, kept - 1) == domain_of(fit, request, i)) {
            if (compare_candidates(&candidate, &fit->candidates[kept - 1]) < 0)
                fit->candidates[kept - 1] = candidate;
            continue;
        }
        fit->candidates[kept++] = candidate;
    }
    fit->candidate_count = kept;
}

/* Keeps the servers where a part fits at start_ms, best first. */
static void choose(struct site_fit *fit, const struct plenum_ledger *ledger,
                   const struct fit_request *request, int64_t start_ms)
{
    int32_t kept = 0;
    struct group group = choose_group(fit, request, start_ms);
    for (int32_t i = group.first; i < group.end; i++) {
        struct candidate candidate = fit->candidates[i];
        if (candidate.next_ms != start_ms)
            continue;
        candidate.spare = spare_on(fit, ledger, candidate.server, request, start_ms);
        fit->candidates[kept++] = candidate;
    }
    fit->candidate_count = kept;
    if (request->spread != PLENUM_SPREAD_NONE)
        keep_one_a_domain(fit, request);
    CHECK(fit->candidate_count >= request->servers);
    fit->found = request->servers;
    qsort(fit->candidates, (size_t)fit->candidate_count, sizeof *fit->candidates,
          compare_candidates);
}

int64_t site_fit_search(struct site_fit *fit, const struct plenum_ledger *ledger,
                        const struct fit_request *request, int64_t from_ms, int64_t latest_ms)
{
    CHECK(request->servers > 0 && request->length_ms > 0);
    find_candidates(fit, ledger, request);
    for (int64_t at_ms = from_ms; at_ms <= latest_ms;) {
        ask_candidates(fit, ledger, request, at_ms, latest_ms);
        int64_t next_ms = gang_next(fit, request);
        if (next_ms == at_ms) {
            choose(fit, ledger, request, at_ms);
            return at_ms;
        }
        at_ms = next_ms;
    }
    return PLENUM_FOREVER;
}

void site_fit_exclude(struct site_fit *fit, const uint8_t *excluded)
{
    fit->excluded = excluded;
}

int32_t site_fit_found(const struct site_fit *fit, int32_t index)
{
    CHECK(index >= 0 && index < fit->found);
    return fit->candidates[index].server;
}

void site_fit_choose(struct site_fit *fit, int32_t server)
{
    CHECK(server >= 0 && server < fit->site->server_count);
    fit->candidates[0] = (struct candidate){.server = server};
    fit->candidate_count = fit->found = 1;
}

/* Watts of all found servers at the load of candidate i, in one claim: 0 where an earlier candidate
 * has the same load. */
static int64_t load_watts(const struct site_fit *fit, const struct fit_request *request, int32_t i)
{
    int32_t load = load_of(fit->site, fit->candidates[i].server);
    int64_t watts = 0;
    for (int32_t k = 0; k < i; k++)
        if (load_of(fit->site, fit->candidates[k].server) == load)
            return 0;
    for (int32_t k = i; k < request->servers; k++)
        if (load_of(fit->site, fit->candidates[k].server) == load)
            watts += watts_of(fit->site, fit->candidates[k].server, request);
    return watts;
}

void site_fit_claim(struct site_fit *fit, const struct plenum_ledger *ledger,
                    struct plenum_command *command, struct plenum_ref job,
                    const struct fit_request *request, int64_t start_ms)
{
    int64_t end_ms = start_ms + request->length_ms;
    CHECK(fit->found == request->servers);
    for (int32_t i = 0; i < request->servers; i++) {
        int32_t server = fit->candidates[i].server;
        struct plenum_capacity_free free_on;
        bool ok;
        site_calendar_free(fit->calendar, ledger, server, start_ms, end_ms, &free_on);
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
        int64_t watts = load_watts(fit, request, i);
        if (watts > 0)
            plenum_command_claim_power(command, job, load_of(fit->site, server), start_ms, end_ms,
                                       watts);
    }
}
