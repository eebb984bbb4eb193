/* What a tenant may hold and spend: the quota against a naive one that looks at every instant, and
 * what decays and is accounted against doubles and sums. */
#include "capacity/site_account.h"
#include "capacity/site_decay.h"
#include "capacity/site_quota.h"

#include "base/random.h"
#include "site_for_tests.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR_MS INT64_C(3600000)

/* Under lab: a lends half, for 4 h; b goes 100 thousandths over its guarantee; c has none. z lends
 * nothing; d is on its own. */
#define TENANTS                                                                                    \
    "half_life: 6h\n"                                                                              \
    "tenants:\n"                                                                                   \
    "- {name: a, under: lab, share_milli: 200, lend_milli: 500, lend_for: 4h}\n"                   \
    "- {name: b, under: lab, share_milli: 100, borrow_milli: 100}\n"                               \
    "- {name: c, under: lab, budget: {every: 1d, accelerator_hours: 100}}\n"                       \
    "- {name: d}\n"                                                                                \
    "- {name: z, share_milli: 300, lend_milli: 0}\n"                                               \
    "- {name: lab, share_milli: 400, borrow_milli: 300, lend_for: 6h,\n"                           \
    "   budget: {every: 1d, accelerator_hours: 400, money: 10}}\n"

enum { TENANT_COUNT = 6, ASKING = 5, LAB = 5, OFFERED_MILLI = 64000, WINDOWS_MAX = 24, HOURS = 24 };

struct world {
    struct plenum_site *site;
    struct plenum_ledger *ledger;
    struct site_tenants tenants;
    struct site_quota *quota;
    struct quota_window windows[WINDOWS_MAX];
    int count;
};

static void submit(struct world *world, const struct plenum_command *command)
{
    struct plenum_outcome outcome;
    struct plenum_error error;
    assert_int_equal(plenum_ledger_submit(world->ledger, command, NULL, &outcome, &error),
                     PLENUM_OK);
    assert_true(outcome.taken);
}

static void world_begin(struct world *world)
{
    struct plenum_command command;
    memset(world, 0, sizeof *world);
    world->site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR TENANTS);
    world->ledger = plenum_ledger_create(world->site);
    plenum_command_init(&command, PLENUM_COMMAND_GENESIS, "test");
    plenum_ledger_genesis(world->site, &command);
    submit(world, &command);
    plenum_command_finish(&command);
    site_tenants_init(&world->tenants, world->site);
    site_tenants_read(&world->tenants, world->ledger);
    world->tenants.offered_milli[0] = OFFERED_MILLI;
    world->quota = site_quota_create(world->site);
    site_quota_read(world->quota, world->ledger, &world->tenants);
}

static void world_end(struct world *world)
{
    site_quota_destroy(world->quota);
    site_tenants_finish(&world->tenants);
    plenum_ledger_destroy(world->ledger);
    plenum_site_destroy(world->site);
}

static struct quota_window window_of(const struct world *world, int32_t tenant, int64_t milli,
                                     int64_t from_h, int64_t hours, bool preemptible)
{
    int64_t from_ms = world->site->start_ms + from_h * HOUR_MS;
    return (struct quota_window){.tenant = tenant,
                                 .milli = milli,
                                 .from_ms = from_ms,
                                 .until_ms = from_ms + hours * HOUR_MS,
                                 .length_ms = hours * HOUR_MS,
                                 .preemptible = preemptible};
}

static enum quota_limit ask(const struct world *world, const struct quota_window *window)
{
    return site_quota_ask(world->quota, window).limit;
}

/* --- the quota, naively: hour by hour --------------------------------------------------------- */

static bool is_part_of(const struct world *world, int32_t tenant, int32_t above)
{
    while (tenant != PLENUM_NONE && tenant != above)
        tenant = world->site->tenants[tenant].parent;
    return tenant == above;
}

/* What a tenant (PLENUM_NONE: all) has at an hour. */
static int64_t naive_held(const struct world *world, int32_t tenant, int64_t hour)
{
    int64_t at_ms = world->site->start_ms + hour * HOUR_MS, milli = 0;
    for (int i = 0; i < world->count; i++)
        if (world->windows[i].from_ms <= at_ms && world->windows[i].until_ms > at_ms &&
            is_part_of(world, world->windows[i].tenant, tenant))
            milli += world->windows[i].milli;
    return milli;
}

/* The most, or the least, that it has in the window. */
static int64_t naive_extreme(const struct world *world, const struct quota_window *window,
                             int32_t tenant, bool most)
{
    int64_t found = most ? 0 : INT64_MAX;
    for (int64_t hour = 0; hour < 3 * HOURS; hour++) {
        int64_t at_ms = world->site->start_ms + hour * HOUR_MS;
        if (at_ms < window->from_ms || at_ms >= window->until_ms)
            continue;
        int64_t held = naive_held(world, tenant, hour);
        found = (most ? held > found : held < found) ? held : found;
    }
    return found;
}

static int64_t naive_share(const struct world *world, int32_t tenant)
{
    return OFFERED_MILLI * world->site->tenants[tenant].share_milli / 1000;
}

/* What must be left for a tenant: its own part, or those of all under it, whichever is more. */
static int64_t naive_kept(const struct world *world, const struct quota_window *window,
                          int32_t tenant)
{
    const struct plenum_tenant *lender = &world->site->tenants[tenant];
    bool long_one = !window->preemptible && window->until_ms - window->from_ms > lender->lend_ms;
    int64_t kept = naive_share(world, tenant), under = 0;
    kept = long_one ? kept : kept * (1000 - lender->lend_milli) / 1000;
    if (kept > 0)
        kept -= naive_extreme(world, window, tenant, false);
    if (is_part_of(world, window->tenant, tenant))
        kept -= window->milli;
    for (int32_t i = 0; i < TENANT_COUNT; i++)
        if (world->site->tenants[i].parent == tenant)
            under += naive_kept(world, window, i);
    return kept > under ? kept : under;
}

static bool naive_lends(const struct world *world, const struct quota_window *window)
{
    int64_t need = window->milli;
    int64_t there = OFFERED_MILLI - naive_extreme(world, window, PLENUM_NONE, true);
    int32_t side = window->tenant;
    while (side != PLENUM_NONE &&
           naive_extreme(world, window, side, true) + window->milli > naive_share(world, side))
        side = world->site->tenants[side].parent;
    if (side == window->tenant)
        return true;
    for (int32_t i = 0; i < TENANT_COUNT; i++)
        if (world->site->tenants[i].parent == side)
            need += naive_kept(world, window, i);
    if (side != PLENUM_NONE) {
        int64_t own = naive_share(world, side) - naive_extreme(world, window, side, true);
        there = own > there ? own : there;
    }
    return need <= there || need == window->milli;
}

static bool naive_spends(const struct world *world, const struct quota_window *window,
                         int32_t tenant)
{
    int64_t spent = window->milli * (window->until_ms - window->from_ms);
    for (int i = 0; i < world->count; i++)
        if (is_part_of(world, world->windows[i].tenant, tenant))
            spent +=
                world->windows[i].milli * (world->windows[i].until_ms - world->windows[i].from_ms);
    return world->site->tenants[tenant].budget.period_ms == 0 ||
           spent <= world->site->tenants[tenant].budget.milli_ms;
}

static bool naive_fits(const struct world *world, const struct quota_window *window)
{
    for (int32_t i = window->tenant; i != PLENUM_NONE; i = world->site->tenants[i].parent) {
        int64_t most =
            naive_share(world, i) + OFFERED_MILLI * world->site->tenants[i].borrow_milli / 1000;
        if (!naive_spends(world, window, i) ||
            naive_extreme(world, window, i, true) + window->milli > most)
            return false;
    }
    return naive_lends(world, window);
}

/* The first hour at which a window like it would fit. */
static int64_t naive_first(const struct world *world, const struct quota_window *window)
{
    struct quota_window later = *window;
    for (int64_t hour = 0; hour < 2 * HOURS; hour++) {
        if (naive_fits(world, &later))
            return later.from_ms;
        later.from_ms += HOUR_MS;
        later.until_ms += HOUR_MS;
    }
    return PLENUM_FOREVER;
}

static void test_against_naive(void **state)
{
    (void)state;
    int limits[QUOTA_MONEY + 1] = {0};
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct world world;
        struct random random;
        world_begin(&world);
        random_init(&random, seed);
        for (int i = 0; i < 200 && world.count < WINDOWS_MAX; i++) {
            struct quota_window window =
                window_of(&world, (int32_t)random_below(&random, ASKING),
                          random_between(&random, 1, 16) * 500, random_between(&random, 0, HOURS),
                          random_between(&random, 1, 9), random_below(&random, 2) == 0);
            struct quota_answer answer = site_quota_ask(world.quota, &window);
            limits[answer.limit]++;
            if ((answer.limit == QUOTA_FITS) != naive_fits(&world, &window))
                fail_msg("seed %d, window %d: limit %d", (int)seed, i, (int)answer.limit);
            if (i % 8 == 0)
                assert_int_equal(site_quota_first(world.quota, &window),
                                 naive_first(&world, &window));
            if (answer.limit != QUOTA_FITS ||
                naive_extreme(&world, &window, PLENUM_NONE, true) + window.milli > OFFERED_MILLI)
                continue;
            world.windows[world.count++] = window;
            site_quota_count(world.quota, &window, 1);
        }
        world_end(&world);
    }
    print_message("%d fit, %d over what they may borrow, %d kept for others, %d over budget\n",
                  limits[QUOTA_FITS], limits[QUOTA_BORROWS], limits[QUOTA_LENT],
                  limits[QUOTA_HOURS]);
    for (int i = QUOTA_FITS; i < QUOTA_MONEY; i++)
        assert_true(limits[i] > 20);
}

/* --- what each limit says --------------------------------------------------------------------- */

static void test_answers(void **state)
{
    (void)state;
    struct world world;
    char text[QUOTA_TEXT];
    world_begin(&world);
    struct quota_window b = window_of(&world, 1, 12000, 0, 2, false);
    assert_int_equal(ask(&world, &b), QUOTA_FITS); /* 6400 guaranteed, 6400 borrowed */
    site_quota_count(world.quota, &b, 1);
    struct quota_window more = window_of(&world, 1, 1000, 1, 1, false);
    struct quota_answer answer = site_quota_ask(world.quota, &more);
    assert_int_equal(answer.limit, QUOTA_BORROWS);
    assert_int_equal(answer.at_ms, b.until_ms);
    assert_string_equal(site_quota_format(world.quota, &more, &answer, text),
                        "b would hold 13 acc, and may hold 12.8 at once");
    struct quota_window d = window_of(&world, 3, 40000, 0, 2, false);
    answer = site_quota_ask(world.quota, &d);
    assert_int_equal(answer.limit, QUOTA_LENT);
    assert_string_equal(site_quota_format(world.quota, &d, &answer, text),
                        "what is free of acc is kept for z: 65.6 with that, of 52");
    struct quota_window c = window_of(&world, 2, 21000, 0, 5, true);
    answer = site_quota_ask(world.quota, &c);
    assert_string_equal(site_quota_format(world.quota, &c, &answer, text),
                        "c would spend 105 accelerator-hours of a budget of 100 until "
                        "2026-01-06T00:00Z");
    world_end(&world);
}

/* Money that is paid counts for the tenant and those above it, until the period is over. */
static void test_money(void **state)
{
    (void)state;
    struct world world;
    struct plenum_command command;
    world_begin(&world);
    struct quota_window c = window_of(&world, 2, 1000, 0, 1, true);
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "test");
    site_account_pay(world.ledger, &command, 0, 6000000);
    submit(&world, &command);
    assert_int_equal(site_account_spent(world.ledger, 0).micro, 6000000);
    assert_int_equal(site_account_spent(world.ledger, LAB).micro, 6000000);
    assert_int_equal(site_account_spent(world.ledger, 1).micro, 0);
    c.micro = 4000000;
    assert_int_equal(ask(&world, &c), QUOTA_FITS);
    c.micro = 4000001;
    assert_int_equal(ask(&world, &c), QUOTA_MONEY);
    plenum_command_reset(&command, PLENUM_COMMAND_TICK, "test");
    plenum_command_tick(&command, world.site->start_ms + 24 * HOUR_MS);
    submit(&world, &command);
    assert_int_equal(site_account_spent(world.ledger, LAB).micro, 0);
    assert_int_equal(site_account_spent(world.ledger, LAB).from_ms,
                     world.site->start_ms + 24 * HOUR_MS);
    assert_int_equal(ask(&world, &c), QUOTA_FITS);
    plenum_command_finish(&command);
    world_end(&world);
}

/* --- decay ------------------------------------------------------------------------------------ */

static void test_decay(void **state)
{
    (void)state;
    static const struct {
        int64_t value, passed_ms, half_life_ms, least, most;
    } rows[] = {
        {1000000, 0, 60000, 1000000, 1000000},
        {1000000, 60000, 60000, 499999, 500000},
        {1000000, 30000, 60000, 707105, 707107},
        {1000000, 180000, 60000, 124999, 125000},
        {1000000, 45000, 60000, 594602, 594604},
        {INT64_C(1) << 60, HOUR_MS * 24 * 366, 60000, 0, 0},
        {0, 12345, 60000, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t left = site_decay(rows[i].value, rows[i].passed_ms, rows[i].half_life_ms);
        assert_true(left >= rows[i].least && left <= rows[i].most);
    }
    int64_t value = INT64_C(1) << 50, week_ms = 168 * HOUR_MS;
    for (int64_t passed_ms = 0; passed_ms < week_ms; passed_ms += 60000)
        value = site_decay(value, 60000, week_ms);
    assert_true(value > (INT64_C(1) << 49) / 1000 * 999 &&
                value < (INT64_C(1) << 49) / 1000 * 1001);
}

/* What is to come counts by the same law: against a sum over seconds. */
static void test_decay_ahead(void **state)
{
    (void)state;
    static const struct {
        int64_t amount, from_s, until_s, half_life_s;
    } rows[] = {{1000, 0, 60, 60},      {1000, 0, 3600, 43200},    {250, 86400, 90000, 43200},
                {64000, 0, 200000, 60}, {1, 3000, 4000, 604800},   {8000, 500, 500, 3600},
                {0, 0, 3600, 3600},     {100000000, 0, 60, 604800}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double sum = 0;
        for (int64_t second = rows[i].from_s; second < rows[i].until_s; second++)
            sum += 1000.0 * (double)rows[i].amount *
                   exp2(-((double)second + 0.5) / (double)rows[i].half_life_s);
        int64_t found = site_decay_ahead(rows[i].amount, rows[i].from_s * 1000,
                                         rows[i].until_s * 1000, rows[i].half_life_s * 1000);
        if (fabs((double)found - sum) > sum / 500 + 50)
            fail_msg("row %d: %lld, and not %.0f", (int)i, (long long)found, sum);
    }
    assert_int_equal(site_decay_ahead(INT64_C(1) << 50, 0, PLENUM_FOREVER, 604800000), INT64_C(1)
                                                                                           << 60);
}

/* Who holds the same for many half-lives had that in the mean; a half-life later, half of it. */
static void test_mean(void **state)
{
    (void)state;
    struct world world;
    struct plenum_command command;
    world_begin(&world);
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "test");
    site_tenants_add(&world.tenants, 1, 0, 5000);
    for (int64_t minute = 1; minute <= 72 * 60; minute++) {
        plenum_command_reset(&command, PLENUM_COMMAND_TICK, "test");
        plenum_command_tick(&command, world.site->start_ms + minute * ACCOUNT_MS);
        submit(&world, &command);
        assert_true(site_account_due(world.ledger, 30000));
        assert_true(site_account_fill(world.ledger, &world.tenants, &command));
        submit(&world, &command);
    }
    assert_in_range(site_account_mean(world.ledger, 1), 4980, 5010);
    assert_in_range(site_account_mean(world.ledger, LAB), 4980, 5010);
    assert_int_equal(site_account_mean(world.ledger, 0), 0);
    assert_int_equal(site_account_spent(world.ledger, 1).milli_ms, 72 * 5000 * HOUR_MS);
    assert_int_equal(site_account_spent(world.ledger, LAB).milli_ms, 5000 * ACCOUNT_MS);
    plenum_command_reset(&command, PLENUM_COMMAND_TICK, "test");
    plenum_command_tick(&command, world.site->start_ms + 78 * HOUR_MS);
    submit(&world, &command);
    assert_in_range(site_account_mean(world.ledger, 1), 2490, 2505);
    plenum_command_finish(&command);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive), cmocka_unit_test(test_answers),
        cmocka_unit_test(test_money),         cmocka_unit_test(test_decay),
        cmocka_unit_test(test_mean),          cmocka_unit_test(test_decay_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
