/* The calendar against a naive one that keeps every device of every slot and tries every start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

#include <plenum/calendar.h>

enum { SERVERS = 12, SLOTS = 400, STEPS = 250, SEEDS = 25, NOTHING = -1 };

static const struct plenum_calendar_span span = {.start_ms = 1000, .slot_ms = 60, .slots = SLOTS};

/* --- the naive calendar -------------------------------------------------------------------- */

struct naive {
    struct plenum_calendar_server servers[SERVERS];
    int32_t free[SERVERS][SLOTS];
};

static int32_t naive_least(const struct naive *naive, int32_t server, int32_t from, int32_t until)
{
    int32_t least = INT32_MAX;
    for (int32_t slot = from; slot < until; slot++)
        least = naive->free[server][slot] < least ? naive->free[server][slot] : least;
    return least;
}

static int32_t naive_group(const struct naive *naive, int32_t server,
                           enum plenum_calendar_level level)
{
    return level == PLENUM_CALENDAR_SITE     ? 0
           : level == PLENUM_CALENDAR_SERVER ? server
                                             : naive->servers[server].groups[level];
}

/* What one group can give over a window. */
static int32_t naive_give(const struct naive *naive, const struct plenum_calendar_request *request,
                          int32_t group, int32_t from, int32_t until)
{
    int32_t domains[SERVERS] = {0}, sum = 0;
    for (int32_t s = 0; s < SERVERS; s++) {
        if (naive_group(naive, s, request->within) == group &&
            (request->types >> naive->servers[s].type & 1))
            domains[naive->servers[s].domain] += naive_least(naive, s, from, until);
    }
    for (int32_t d = 0; d < SERVERS; d++) {
        bool cut = request->most_per_domain > 0 && domains[d] > request->most_per_domain;
        sum += cut ? request->most_per_domain : domains[d];
    }
    return sum;
}

static int32_t naive_find(const struct naive *naive, const struct plenum_calendar_request *request,
                          int32_t earliest, int32_t latest, int32_t length)
{
    for (int32_t start = earliest; start <= latest && start + length <= SLOTS; start++) {
        for (int32_t group = 0; group < SERVERS; group++) {
            if (naive_give(naive, request, group, start, start + length) >= request->gpus)
                return start;
        }
    }
    return NOTHING;
}

static void naive_take(struct naive *naive, const struct plenum_calendar_offer *offer, int sign)
{
    int32_t from = (int32_t)((offer->start_ms - span.start_ms) / span.slot_ms);
    int32_t until = (int32_t)((offer->end_ms - span.start_ms) / span.slot_ms);
    for (int32_t i = 0; i < offer->part_count; i++) {
        for (int32_t slot = from; slot < until; slot++) {
            int32_t *free = &naive->free[offer->parts[i].server][slot];
            *free -= sign * offer->parts[i].gpus;
            assert_true(*free >= 0 && *free <= naive->servers[offer->parts[i].server].gpus);
        }
    }
}

/* --- worlds -------------------------------------------------------------------------------- */

static void world_make(struct random *random, struct naive *naive)
{
    memset(naive, 0, sizeof *naive);
    for (int32_t s = 0; s < SERVERS; s++) {
        struct plenum_calendar_server *server = &naive->servers[s];
        server->gpus = (int32_t)random_between(random, 0, 8);
        server->type = (int32_t)random_below(random, 3);
        server->domain = s % 3;
        for (int level = 0; level < PLENUM_CALENDAR_LEVEL_COUNT; level++)
            server->groups[level] = s / (level == PLENUM_CALENDAR_RACK ? 3 : 6);
        for (int32_t slot = 0; slot < SLOTS; slot++)
            naive->free[s][slot] = server->gpus;
    }
}

struct asked {
    struct plenum_calendar_request request;
    int32_t earliest, latest, length;
};

static void random_request(struct random *random, struct asked *asked)
{
    asked->earliest = (int32_t)random_below(random, SLOTS);
    asked->latest = (int32_t)random_between(random, asked->earliest, SLOTS);
    asked->length =
        (int32_t)random_between(random, 1, random_chance_ppm(random, 300000) ? 20 : 160);
    asked->request = (struct plenum_calendar_request){
        .gpus = (int32_t)random_between(random, 1, random_chance_ppm(random, 300000) ? 30 : 6),
        .length_ms = asked->length * span.slot_ms - random_between(random, 0, 59),
        .earliest_ms =
            span.start_ms + asked->earliest * span.slot_ms - random_between(random, 0, 59),
        .latest_ms = span.start_ms + asked->latest * span.slot_ms + random_between(random, 0, 59),
        .types = random_chance_ppm(random, 700000) ? UINT64_MAX : random_below(random, 8),
        .within = (enum plenum_calendar_level)random_below(random, PLENUM_CALENDAR_LEVEL_COUNT),
        .most_per_domain =
            random_chance_ppm(random, 200000) ? (int32_t)random_between(random, 1, 8) : 0,
    };
}

static void check_offer(const struct naive *naive, const struct asked *asked,
                        const struct plenum_calendar_offer *offer)
{
    int32_t sum = 0, group = -1, domains[SERVERS] = {0};
    for (int32_t i = 0; i < offer->part_count; i++) {
        int32_t server = offer->parts[i].server;
        assert_true(i == 0 || server > offer->parts[i - 1].server);
        assert_true(asked->request.types >> naive->servers[server].type & 1);
        assert_true(group < 0 || naive_group(naive, server, asked->request.within) == group);
        group = naive_group(naive, server, asked->request.within);
        sum += offer->parts[i].gpus;
        domains[naive->servers[server].domain] += offer->parts[i].gpus;
    }
    assert_int_equal(sum, asked->request.gpus);
    for (int32_t d = 0; d < SERVERS && asked->request.most_per_domain > 0; d++)
        assert_true(domains[d] <= asked->request.most_per_domain);
}

/* The same once more: only where the naive calendar has as much left. */
static void book_again(struct plenum_calendar *calendar, const struct naive *naive,
                       const struct plenum_calendar_offer *offer)
{
    int32_t from = (int32_t)((offer->start_ms - span.start_ms) / span.slot_ms);
    int32_t until = (int32_t)((offer->end_ms - span.start_ms) / span.slot_ms);
    struct plenum_error error;
    uint32_t booking;
    bool may = true;
    for (int32_t i = 0; i < offer->part_count; i++)
        may =
            may && naive_least(naive, offer->parts[i].server, from, until) >= offer->parts[i].gpus;
    assert_int_equal(plenum_calendar_book(calendar, offer, &booking, &error),
                     may ? PLENUM_OK : PLENUM_REFUSED);
    if (may)
        plenum_calendar_cancel(calendar, booking);
}

/* Finds, compares with the naive answer, and books. Returns the booking or NOTHING. */
static int64_t find_and_book(struct plenum_calendar *calendar, struct naive *naive,
                             const struct asked *asked)
{
    struct plenum_calendar_offer offer;
    struct plenum_error error;
    uint32_t booking;
    int32_t start =
        naive_find(naive, &asked->request, asked->earliest, asked->latest, asked->length);
    enum plenum_status status = plenum_calendar_find(calendar, &asked->request, &offer, &error);
    assert_int_equal(status, start == NOTHING ? PLENUM_REFUSED : PLENUM_OK);
    if (start == NOTHING)
        return NOTHING;
    assert_int_equal(offer.start_ms, span.start_ms + start * span.slot_ms);
    assert_int_equal(offer.end_ms - offer.start_ms, asked->length * span.slot_ms);
    check_offer(naive, asked, &offer);
    naive_take(naive, &offer, 1);
    assert_int_equal(plenum_calendar_book(calendar, &offer, &booking, &error), PLENUM_OK);
    book_again(calendar, naive, &offer);
    return booking;
}

/* Moves an end by a random way; the naive calendar says whether that may be. */
static bool move_end(struct plenum_calendar *calendar, struct naive *naive, struct random *random,
                     uint32_t booking)
{
    struct plenum_calendar_offer was, now;
    struct plenum_error error;
    plenum_calendar_read(calendar, booking, &was);
    int64_t end_ms = was.end_ms + random_between(random, -40, 40) * span.slot_ms;
    now = was;
    naive_take(naive, &was, -1);
    now.end_ms = end_ms;
    int32_t from = (int32_t)((was.start_ms - span.start_ms) / span.slot_ms);
    int32_t until = (int32_t)((end_ms - span.start_ms) / span.slot_ms);
    bool may = until <= SLOTS;
    for (int32_t i = 0; may && until > from && i < was.part_count; i++)
        may = naive_least(naive, was.parts[i].server, from, until) >= was.parts[i].gpus;
    if (may && until > from)
        naive_take(naive, &now, 1);
    else if (!may)
        naive_take(naive, &was, 1);
    assert_int_equal(plenum_calendar_move_end(calendar, booking, end_ms, &error),
                     may ? PLENUM_OK : PLENUM_REFUSED);
    return !may || until > from;
}

static void check_free(const struct plenum_calendar *calendar, const struct naive *naive,
                       struct random *random)
{
    int32_t server = (int32_t)random_below(random, SERVERS);
    int32_t from = (int32_t)random_below(random, SLOTS);
    int32_t until = (int32_t)random_between(random, from + 1, SLOTS);
    assert_int_equal(plenum_calendar_free(calendar, server, span.start_ms + from * span.slot_ms,
                                          span.start_ms + until * span.slot_ms),
                     naive_least(naive, server, from, until));
}

static void test_as_the_naive_calendar(void **state)
{
    (void)state;
    static struct naive naive;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random random;
        struct plenum_calendar *calendar;
        struct plenum_error error;
        int64_t bookings[STEPS];
        random_init(&random, seed);
        world_make(&random, &naive);
        assert_int_equal(plenum_calendar_create(&span, naive.servers, SERVERS, &calendar, &error),
                         PLENUM_OK);
        for (int step = 0; step < STEPS; step++) {
            struct asked asked;
            random_request(&random, &asked);
            bookings[step] = find_and_book(calendar, &naive, &asked);
            int other = (int)random_below(&random, (uint64_t)step + 1);
            if (bookings[other] != NOTHING && random_chance_ppm(&random, 300000) &&
                !move_end(calendar, &naive, &random, (uint32_t)bookings[other]))
                bookings[other] = NOTHING;
            other = (int)random_below(&random, (uint64_t)step + 1);
            if (bookings[other] != NOTHING && random_chance_ppm(&random, 300000)) {
                struct plenum_calendar_offer offer;
                plenum_calendar_read(calendar, (uint32_t)bookings[other], &offer);
                naive_take(&naive, &offer, -1);
                plenum_calendar_cancel(calendar, (uint32_t)bookings[other]);
                bookings[other] = NOTHING;
            }
            check_free(calendar, &naive, &random);
        }
        plenum_calendar_destroy(calendar);
    }
}

/* --- the pool ------------------------------------------------------------------------------ */

static void test_pool_as_an_array(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random random;
        struct plenum_error error;
        int64_t free[SLOTS];
        random_init(&random, seed);
        struct plenum_calendar_pool *pool = plenum_calendar_pool_create(&span, 50);
        for (int32_t i = 0; i < SLOTS; i++)
            free[i] = 50;
        for (int step = 0; step < 400; step++) {
            int32_t earliest = (int32_t)random_below(&random, SLOTS), expected = NOTHING;
            int32_t length = (int32_t)random_between(&random, 1, 90);
            int64_t gpus = random_between(&random, 1, 40), start_ms = 0;
            for (int32_t s = earliest; s + length <= SLOTS && expected == NOTHING; s++) {
                bool fits = true;
                for (int32_t i = s; i < s + length; i++)
                    fits = fits && free[i] >= gpus;
                expected = fits ? s : NOTHING;
            }
            bool found = plenum_calendar_pool_find(pool, gpus, length * span.slot_ms,
                                                   span.start_ms + earliest * span.slot_ms,
                                                   INT64_MAX, &start_ms);
            assert_int_equal(found, expected != NOTHING);
            if (!found)
                continue;
            assert_int_equal(start_ms, span.start_ms + expected * span.slot_ms);
            int64_t end_ms = start_ms + length * span.slot_ms;
            assert_int_equal(plenum_calendar_pool_add(pool, start_ms, end_ms, -gpus, &error),
                             PLENUM_OK);
            assert_int_equal(plenum_calendar_pool_add(pool, start_ms, end_ms, -51, &error),
                             PLENUM_REFUSED);
            for (int32_t i = expected; i < expected + length; i++)
                free[i] -= gpus;
            assert_int_equal(plenum_calendar_pool_free(pool, start_ms, start_ms + 1),
                             free[expected]);
        }
        plenum_calendar_pool_destroy(pool);
    }
}

/* --- bad input ----------------------------------------------------------------------------- */

static void test_bad_requests(void **state)
{
    (void)state;
    static const struct {
        struct plenum_calendar_request request;
        enum plenum_status status;
        const char *text;
    } rows[] = {
        {{.gpus = 0, .length_ms = 60, .latest_ms = 5000}, PLENUM_INPUT, "found 0 devices"},
        {{.gpus = 1, .length_ms = 0, .latest_ms = 5000}, PLENUM_INPUT, "found a length of 0 ms"},
        {{.gpus = 1, .length_ms = 60, .latest_ms = 999}, PLENUM_INPUT, "in the past"},
        {{.gpus = 9, .length_ms = 60, .latest_ms = 5000, .types = UINT64_MAX},
         PLENUM_REFUSED,
         "more than there are"},
        {{.gpus = 1, .length_ms = INT64_MAX, .latest_ms = 5000, .types = UINT64_MAX},
         PLENUM_REFUSED,
         "end after the calendar"},
        {{.gpus = 1, .length_ms = 60, .latest_ms = INT64_MAX, .types = 0},
         PLENUM_REFUSED,
         "more than there are"},
    };
    const struct plenum_calendar_server server = {.gpus = 8};
    struct plenum_calendar *calendar;
    struct plenum_error error;
    assert_int_equal(plenum_calendar_create(&span, &server, 1, &calendar, &error), PLENUM_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct plenum_calendar_offer offer;
        assert_int_equal(plenum_calendar_find(calendar, &rows[i].request, &offer, &error),
                         rows[i].status);
        if (strstr(error.text, rows[i].text) == NULL)
            fail_msg("row %zu: '%s'", i, error.text);
    }
    plenum_calendar_destroy(calendar);
    const struct plenum_calendar_server wide = {.gpus = 65};
    assert_int_equal(plenum_calendar_create(&span, &wide, 1, &calendar, &error), PLENUM_INPUT);
    assert_null(calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_the_naive_calendar),
        cmocka_unit_test(test_pool_as_an_array),
        cmocka_unit_test(test_bad_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
