/* Speed of offers: a site runs for some hours, then is asked over and over, as clients do; and a
 * larger one (full_hall.h) of whose next two weeks 95 % are sold.
 *
 *     bench_offer SITE [HOURS]
 *
 * Between two asks nothing changes, or, in the second line of each kind, a job is reserved and
 * given back, so that the desk must read again what it holds. Time is that of the process on a
 * core. */
#include "full_hall.h"

#include "base/memory.h"

#include <inttypes.h>
#include <plenum/engine.h>
#include <plenum/offer.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ASKS = 400 };

struct kind {
    const char *name;
    int32_t accelerators, milli, max;
    int64_t hours;
    enum plenum_within within;
    bool spread;
};

static const struct kind kinds[] = {
    {"8 for 1 h, 1 offer", 8, 1000, 1, 1, PLENUM_WITHIN_SITE, false},
    {"64 for 3 h, 1 offer", 64, 1000, 1, 3, PLENUM_WITHIN_SITE, false},
    {"64 for 3 h, 6 offers", 64, 1000, 6, 3, PLENUM_WITHIN_SITE, false},
    {"64 for 72 h, 3 offers", 64, 1000, 3, 72, PLENUM_WITHIN_SITE, false},
    {"40 for 3 h in a rack", 40, 1000, 3, 3, PLENUM_WITHIN_RACK, false},
    {"a quarter for 2 h", 1, 250, 3, 2, PLENUM_WITHIN_SITE, false},
    {"4 spread for 2 h", 4, 1000, 3, 2, PLENUM_WITHIN_SITE, true},
};

static int64_t cpu_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void submit(struct plenum_ledger *ledger, const struct plenum_command *command)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    if (plenum_ledger_submit(ledger, command, NULL, &outcome, &error) != PLENUM_OK ||
        !outcome.taken)
        exit(1);
}

/* Reserves the first offer, and gives it back. */
static void disturb(struct plenum_ledger *ledger, const struct plenum_offer_request *request,
                    const struct plenum_offer_answer *answer, struct plenum_command *command)
{
    struct plenum_error error;
    uint64_t job = plenum_ledger_next_id(ledger, PLENUM_JOB);
    if (answer->offer_count == 0)
        return;
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "bench");
    plenum_offer_reserve(ledger, request, &answer->offers[0], command);
    submit(ledger, command);
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "bench");
    if (plenum_offer_cancel(ledger, job, command, &error) != PLENUM_OK)
        exit(1);
    submit(ledger, command);
}

static void ask_kind(struct plenum_ledger *ledger, struct plenum_offer_desk *desk,
                     const struct kind *kind, bool disturbed)
{
    static struct plenum_offer_answer answer;
    struct plenum_offer_request request;
    struct plenum_command command;
    struct plenum_error error;
    int64_t spent_ns = 0, most_ns = 0;
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "bench");
    plenum_offer_request_init(ledger, &request);
    request.tenant = 0;
    while (plenum_ledger_site(ledger)->tenants[request.tenant].child_count > 0)
        request.tenant++;
    request.accelerators = kind->accelerators;
    request.milli = kind->milli;
    request.per_server = kind->spread ? 1 : 0;
    request.duration_ms = kind->hours * 3600000;
    request.within = kind->within;
    request.spread = kind->spread;
    for (int i = 0; i < ASKS; i++) {
        int64_t begin_ns = cpu_now_ns();
        if (plenum_offer_ask(desk, ledger, &request, kind->max, &answer, &error) != PLENUM_OK)
            exit(1);
        int64_t ns = cpu_now_ns() - begin_ns;
        spent_ns += ns;
        most_ns = ns > most_ns ? ns : most_ns;
        if (disturbed)
            disturb(ledger, &request, &answer, &command);
    }
    printf("%-24s %s mean %7.1f us, most %7.1f us; %d offers, %d blockers, first in %" PRId64
           " min\n",
           kind->name, disturbed ? "after a change" : "               ",
           (double)spent_ns / (double)ASKS / 1000, (double)most_ns / 1000, answer.offer_count,
           answer.blocker_count,
           answer.offer_count ? (answer.offers[0].start_ms - plenum_ledger_now_ms(ledger)) / 60000
                              : -1);
    plenum_command_finish(&command);
}

/* The ledger of a site that has run: a copy, so that the bench may change it. */
static struct plenum_ledger *ledger_after(const struct plenum_site *site, int64_t hours)
{
    struct plenum_engine_options options = {.speed_milli = 0};
    struct plenum_engine *engine;
    struct plenum_ledger *ledger;
    struct plenum_error error;
    uint8_t *data;
    size_t length;
    if (plenum_engine_create(site, &options, &engine, &error) != PLENUM_OK ||
        plenum_engine_run(engine, site->start_ms + hours * 3600000, NULL, NULL, NULL, &error) !=
            PLENUM_OK)
        exit(1);
    plenum_ledger_snapshot(plenum_engine_ledger(engine), &data, &length);
    if (plenum_ledger_restore(site, data, length, &ledger, &error) != PLENUM_OK)
        exit(1);
    plenum_engine_destroy(engine);
    free(data);
    return ledger;
}

static void ask_all(struct plenum_ledger *ledger, struct plenum_offer_desk *desk)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int32_t accelerators = 0;
    for (int32_t i = 0; i < site->server_count; i++)
        accelerators += site->server_models[site->servers[i].model].accelerators;
    printf("%s: %" PRId32 " accelerators on %" PRId32 " servers, %zu jobs\n", site->name,
           accelerators, site->server_count, plenum_ledger_count(ledger, PLENUM_JOB));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        ask_kind(ledger, desk, &kinds[i], false);
        ask_kind(ledger, desk, &kinds[i], true);
    }
}

static void ask_running(const struct plenum_site *site, int64_t hours)
{
    struct plenum_ledger *ledger = ledger_after(site, hours);
    struct plenum_offer_desk *desk = plenum_offer_desk_create(site);
    ask_all(ledger, desk);
    plenum_offer_desk_destroy(desk);
    plenum_ledger_destroy(ledger);
}

static void ask_full(void)
{
    struct world world;
    full_hall_init(&world);
    struct plenum_offer_desk *desk = plenum_offer_desk_create(world.site);
    full_hall_sell(&world, desk, 950);
    ask_all(world.ledger, desk);
    plenum_offer_desk_destroy(desk);
    world_finish(&world);
}

int main(int argc, char **argv)
{
    struct plenum_site *site;
    struct plenum_error error;
    const char *path = argc > 1 ? argv[1] : "examples/first-hall/site.yaml";
    if (plenum_site_load(path, &site, NULL, &error) != PLENUM_OK)
        return 1;
    ask_running(site, argc > 2 ? strtol(argv[2], NULL, 10) : 12);
    ask_full();
    plenum_site_destroy(site);
    return 0;
}
