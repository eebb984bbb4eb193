/* The search for a window against a naive one that tries every minute and every server. */
#include "capacity/site_fit.h"

#include "base/random.h"
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)

enum { LATEST_MINUTES = 240, JOBS = 40 };

/* As SITE_FLOOR, but with the four positions in two rows, each with another first feed, and the
 * two in the middle in one block, the first in another. */
#define FLOOR                                                                                      \
    "halls:\n"                                                                                     \
    "- {name: hall, size: [12, 8]}\n"                                                              \
    "positions:\n"                                                                                 \
    "- {name: p-1, cell: [3, 1], front: south, zone: cold, feeds: [panel-a, panel-b],\n"           \
    "   block: x}\n"                                                                               \
    "- {name: p-2, cell: [5, 1], front: south, zone: cold, feeds: [panel-a, panel-b],\n"           \
    "   block: y}\n"                                                                               \
    "- {name: p-3, cell: [5, 5], front: north, zone: cold, feeds: [panel-b, panel-a],\n"           \
    "   block: y}\n"                                                                               \
    "- {name: p-4, cell: [7, 5], front: north, zone: cold, feeds: [panel-b, panel-a]}\n"           \
    "docks:\n"                                                                                     \
    "- {name: dock, cell: [0, 6]}\n"                                                               \
    "chargers:\n"                                                                                  \
    "- {name: 'c-{1..2}', cell: [0, 0], step: [0, 2], power_w: 2000, feeds: [panel-a]}\n"          \
    "stations:\n"                                                                                  \
    "- {name: 's-{1..2}', cell: [11, 0], step: [0, 2]}\n"

#define RACKS                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start, every: 1s,\n"            \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "world: {cabling: 1m, burn_in: 1m}\n"

/* --- the naive search ------------------------------------------------------------------------- */

static bool naive_fits_on(const struct plenum_ledger *ledger, int32_t server,
                          const struct fit_request *request, int64_t start_ms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
    int32_t load = site->positions[site->racks[site->servers[server].rack].position].load;
    struct plenum_capacity_free free_on;
    int32_t devices = 0;
    plenum_capacity_free_on(ledger, server, start_ms, start_ms + request->length_ms, &free_on);
    for (int32_t i = 0; i < model->accelerators; i++)
        devices += request->milli == 1000 ? (int32_t)(free_on.whole >> i & 1)
                                          : free_on.milli[i] >= request->milli;
    return free_on.offered && devices >= request->accelerators && free_on.cores >= request->cores &&
           free_on.memory_bytes >= request->memory_bytes &&
           plenum_power_headroom_w(ledger, load, start_ms, start_ms + request->length_ms) >=
               fit_request_w(model, request);
}

/* The place of each rack, and its failure domain; PLENUM_NONE is no place. */
static int32_t naive_place_of(const struct fit_request *request, int32_t rack)
{
    static const int32_t places[PLENUM_WITHIN_COUNT][4] = {
        {0, 0, 0, 0}, {0, 1, 1, PLENUM_NONE}, {0, 0, 1, 1}, {0, 1, 2, 3}, {0, 1, 2, 3}};
    return places[request->within][rack];
}

static int32_t naive_domain_of(const struct fit_request *request, int32_t rack)
{
    static const int32_t domains[PLENUM_SPREAD_COUNT][4] = {
        {0, 1, 2, 3}, {0, 1, 2, 3}, {0, 0, 1, 1}, {0, 0, 1, 1}, {0, 1, 1, 3}};
    return domains[request->spread][rack];
}

/* How many servers of the place fit; where they are spread, how many domains have one. */
static int32_t naive_fitting(const struct plenum_ledger *ledger, const struct fit_request *request,
                             int32_t place, int64_t at_ms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    uint64_t domains = 0;
    int32_t count = 0;
    for (int32_t server = 0; server < site->server_count; server++) {
        int32_t rack = site->servers[server].rack;
        if (naive_place_of(request, rack) != place ||
            (request->spread && domains >> naive_domain_of(request, rack) & 1) ||
            !naive_fits_on(ledger, server, request, at_ms))
            continue;
        domains |= UINT64_C(1) << naive_domain_of(request, rack);
        count++;
    }
    return count;
}

static int64_t naive_search(const struct plenum_ledger *ledger, const struct fit_request *request,
                            int64_t from_ms, int64_t latest_ms)
{
    for (int64_t at_ms = from_ms; at_ms <= latest_ms; at_ms += MINUTE_MS) {
        for (int32_t place = 0; place < plenum_ledger_site(ledger)->rack_count; place++)
            if (naive_fitting(ledger, request, place, at_ms) >= request->servers)
                return at_ms;
    }
    return PLENUM_FOREVER;
}

static int64_t naive_spare(const struct plenum_ledger *ledger, int32_t server,
                           const struct fit_request *request, int64_t start_ms)
{
    struct plenum_capacity_free free_on;
    int64_t left = 0;
    plenum_capacity_free_on(ledger, server, start_ms, start_ms + request->length_ms, &free_on);
    for (int32_t i = 0; i < 4; i++)
        left += free_on.milli[i];
    return left * 1000 + free_on.cores;
}

/* All servers of the command are in one place, and where they are spread in different domains. */
static void check_place(const struct plenum_command *command, const struct fit_request *request,
                        const struct plenum_site *site)
{
    int32_t place = PLENUM_NONE;
    uint64_t domains = 0;
    for (size_t i = 0; i < command->op_count; i++) {
        if (command->ops[i].type != PLENUM_OP_CAPACITY_CLAIM)
            continue;
        int32_t rack = site->servers[command->ops[i].capacity.server].rack;
        assert_true(place == PLENUM_NONE || place == naive_place_of(request, rack));
        assert_int_not_equal(naive_place_of(request, rack), PLENUM_NONE);
        assert_false(request->spread && domains >> naive_domain_of(request, rack) & 1);
        place = naive_place_of(request, rack);
        domains |= UINT64_C(1) << naive_domain_of(request, rack);
    }
}

/* Of all servers where a part fits, none left out has less to spare than one that was chosen. */
static void check_choice(const struct plenum_ledger *ledger, const struct plenum_command *command,
                         const struct fit_request *request, int64_t start_ms)
{
    uint64_t chosen = 0;
    int64_t most_spare = 0;
    int32_t count = 0;
    for (size_t i = 0; i < command->op_count; i++) {
        if (command->ops[i].type != PLENUM_OP_CAPACITY_CLAIM)
            continue;
        int32_t server = command->ops[i].capacity.server;
        int64_t spare = naive_spare(ledger, server, request, start_ms);
        most_spare = spare > most_spare ? spare : most_spare;
        assert_true(naive_fits_on(ledger, server, request, start_ms));
        chosen |= UINT64_C(1) << server;
        count++;
    }
    check_place(command, request, plenum_ledger_site(ledger));
    assert_int_equal(count, request->servers);
    assert_int_equal(__builtin_popcountll(chosen), count);
    if (request->within != PLENUM_WITHIN_SITE || request->spread)
        return;
    for (int32_t server = 0; server < plenum_ledger_site(ledger)->server_count; server++)
        if (!(chosen >> server & 1) && naive_fits_on(ledger, server, request, start_ms))
            assert_true(naive_spare(ledger, server, request, start_ms) >= most_spare);
}

/* --- random jobs ------------------------------------------------------------------------------ */

static struct fit_request draw_request(struct random *random)
{
    static const int32_t milli[] = {1000, 1000, 500, 250};
    struct fit_request request = {.chip = PLENUM_NONE};
    request.milli = milli[random_below(random, 4)];
    request.accelerators = request.milli < 1000 ? 1 : (int32_t)random_between(random, 1, 4);
    request.servers = (int32_t)random_between(random, 1, 6);
    request.cores = (int32_t)random_between(random, 0, 40);
    request.memory_bytes = random_between(random, 0, 150) << 30;
    request.length_ms = random_between(random, 1, 90) * MINUTE_MS;
    if (random_below(random, 3) == 0)
        request.within = (int32_t)random_below(random, PLENUM_WITHIN_SERVER);
    if (random_below(random, 4) == 0)
        request.spread = (int32_t)random_below(random, PLENUM_SPREAD_COUNT);
    if (random_below(random, 5) == 0)
        request.max_w = random_between(random, 1, 2000);
    request.expected = random_below(random, 2) == 0;
    return request;
}

static uint64_t create_job(struct world *world, const struct fit_request *request)
{
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_SUBMIT, "test");
    plenum_command_create(&world->scratch, job);
    plenum_command_set(&world->scratch, job, PLENUM_JOB_SERVERS, request->servers);
    world_submit(world, &world->scratch);
    return id;
}

/* Gives the job what the search found, if the ledger takes a gang's watts together. */
static void take(struct world *world, struct site_fit *fit, const struct fit_request *request,
                 int64_t start_ms)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, create_job(world, request));
    struct plenum_refusal refusal;
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_RESERVE, "test");
    site_fit_claim(fit, world->ledger, &world->scratch, job, request, start_ms);
    check_choice(world->ledger, &world->scratch, request, start_ms);
    plenum_command_set(&world->scratch, job, PLENUM_FIELD_STATE, PLENUM_JOB_RESERVED);
    if (!plenum_ledger_test(world->ledger, &world->scratch, &refusal)) {
        assert_true(request->servers > 1 && refusal.reason < PLENUM_REASON_ACCELERATOR_TAKEN);
        return;
    }
    world_submit(world, &world->scratch);
}

/* From in 20 minutes on for half an hour, panel-a carries little. */
static void lower_limit(struct world *world)
{
    int64_t now_ms = world_now_ms(world);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_POWER_DERATE, "test");
    plenum_command_limit(&world->scratch, 2, now_ms + 20 * MINUTE_MS, now_ms + 50 * MINUTE_MS, 9000,
                         9000);
    world_submit(world, &world->scratch);
}

static void test_search_against_naive(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER FLOOR RACKS);
    int found = 0, later = 0, none = 0;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct world world;
        struct random random;
        struct site_fit *fit = site_fit_create(site);
        print_message("seed %llu\n", (unsigned long long)seed);
        random_init(&random, seed);
        world_init(&world, site, WORLD_SIM | WORLD_RACK | WORLD_FLEET, seed);
        for (int32_t rack = 0; rack < 4 - (int32_t)(seed % 2); rack++)
            assert_true(world_run_to_rack(&world, rack, PLENUM_RACK_IN_SERVICE, 7200));
        if (seed % 4 >= 2)
            lower_limit(&world);
        for (int i = 0; i < JOBS; i++) {
            struct fit_request request = draw_request(&random);
            int64_t from_ms = world_now_ms(&world) + random_between(&random, 0, 60) * MINUTE_MS;
            int64_t latest_ms = from_ms + LATEST_MINUTES * MINUTE_MS;
            int64_t start_ms = site_fit_search(fit, world.ledger, &request, from_ms, latest_ms);
            assert_int_equal(start_ms, naive_search(world.ledger, &request, from_ms, latest_ms));
            found += start_ms == from_ms;
            none += start_ms == PLENUM_FOREVER;
            later += start_ms != from_ms && start_ms != PLENUM_FOREVER;
            if (start_ms != PLENUM_FOREVER)
                take(&world, fit, &request, start_ms);
        }
        site_fit_destroy(fit);
        world_finish(&world);
    }
    assert_true(found > 0 && later > 0 && none > 0);
    plenum_site_destroy(site);
}

static void test_within(void **state)
{
    (void)state;
    const struct fit_request asked = {2, 4, 1000, 1, 16, 64, 1000, 0, 0, 500, true};
    static const struct {
        struct fit_request request;
        bool within;
    } cases[] = {
        {{2, 4, 1000, 1, 16, 64, 1000, 0, 0, 500, true}, true},
        {{3, 4, 1000, 1, 17, 65, 1001, 0, 0, 501, false}, true},
        {{3, 4, 1000, 1, 17, 65, 1001, 0, 0, 0, true}, true},
        {{1, 4, 1000, 1, 16, 64, 1000, 0, 0, 500, true}, false},
        {{2, 3, 1000, 1, 16, 64, 1000, 0, 0, 500, true}, false},
        {{2, 8, 1000, 1, 16, 64, 1000, 0, 0, 500, true}, false},
        {{2, 4, 500, 1, 16, 64, 1000, 0, 0, 500, true}, false},
        {{2, 4, 1000, 2, 16, 64, 1000, 0, 0, 500, true}, false},
        {{2, 4, 1000, 1, 15, 64, 1000, 0, 0, 500, true}, false},
        {{2, 4, 1000, 1, 16, 63, 1000, 0, 0, 500, true}, false},
        {{2, 4, 1000, 1, 16, 64, 999, 0, 0, 500, true}, false},
        {{2, 4, 1000, 1, 16, 64, 1000, 1, 0, 500, true}, false},
        {{2, 4, 1000, 1, 16, 64, 1000, 0, 1, 500, true}, false},
        {{2, 4, 1000, 1, 16, 64, 1000, 0, 0, 499, true}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(fit_request_within(&asked, &cases[i].request), cases[i].within);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_search_against_naive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
