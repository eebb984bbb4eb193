/* Capacity over HTTP: what each path under /v1/capacity answers, what a key that is used again
 * gives, and that nothing changes where the answer is no. */
#include "served_site.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 1800, WAIT_MS = 5000 };

static int group_begin(void **state)
{
    struct fixture *fixture = *state = calloc(1, sizeof *fixture);
    fixture_begin(fixture, STEPS, 1, 0);
    return 0;
}

static int group_end(void **state)
{
    fixture_end(*state);
    free(*state);
    return 0;
}

/* --- asking ----------------------------------------------------------------------------------- */

/* What is answered, a document that is the caller's; the engine steps once on the way. */
static json_t *ask(struct fixture *fixture, const char *method, const char *path, const char *key,
                   const char *body)
{
    char request[2048];
    json_error_t trouble;
    struct plenum_error error;
    int fd = client_open(fixture->server);
    int length =
        snprintf(request, sizeof request,
                 "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s%sContent-Length: %zu\r\n\r\n"
                 "%s",
                 method, path, *body ? "Content-Type: application/json\r\n" : "",
                 *key ? "Idempotency-Key: " : "", key, *key ? "\r\n" : "", strlen(body), body);
    assert_true(fd >= 0 && length > 0 && (size_t)length < sizeof request);
    assert_true(client_send(fd, request, (size_t)length));
    plenum_http_serve(fixture->server, 5000000);
    assert_int_equal(plenum_engine_step(fixture->engine, &error), PLENUM_OK);
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    (void)close(fd);
    json_t *document = json_loads(fixture->reply.body, 0, &trouble);
    if (!document)
        fail_msg("%s %s: %s: %s", method, path, trouble.text, fixture->reply.text);
    return document;
}

static int64_t integer_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value))
        fail_msg("no integer \"%s\"", name);
    return json_integer_value(value);
}

struct exchange {
    const char *path, *key, *body; /* body "": a GET */
    int status;
    const char *part; /* of the answer */
};

/* Asks, and holds the answer against what is expected of it. */
static json_t *check(struct fixture *fixture, const struct exchange *row)
{
    json_t *document = ask(fixture, *row->body ? "POST" : "GET", row->path, row->key, row->body);
    if (fixture->reply.status != row->status || !strstr(fixture->reply.text, row->part))
        fail_msg("%s %s: expected %d with %s, found\n%s", row->path, row->body, row->status,
                 row->part, fixture->reply.text);
    return document;
}

static json_t *expect(struct fixture *fixture, const char *path, const char *key, const char *body,
                      int status, const char *part)
{
    const struct exchange row = {path, key, body, status, part};
    return check(fixture, &row);
}

/* --- reads and mistakes ----------------------------------------------------------------------- */

#define AT "/v1/capacity"

static const struct exchange exchanges[] = {
    {AT "/calendar?buckets=2", "", "", 200, "{\"chip\":1,\"name\":\"acc\",\"total\":["},
    {AT "/calendar?buckets=2&by=rack", "", "", 200, "\"name\":\"r-4\",\"chip\":\"acc\""},
    {AT "/calendar?by=moon", "", "", 400, "by: found \\\"moon\\\", expected chip or rack"},
    {AT "/calendar?buckets=0", "", "", 400, "buckets: found \\\"0\\\""},
    {AT "/calendar?from_ms=5&until_ms=5", "", "", 400, "until_ms"},
    {AT "/queue?limit=1", "", "", 200, "\"predicted_start_ms\":"},
    {AT "/queue?limit=0", "", "", 400, "limit: found"},
    {AT "/prices", "", "", 200, "\"weeks_sold_milli\":["},
    {AT "/prices?weeks=3", "", "", 400, "weeks=3"},
    {AT "/quota", "", "", 200, "\"name\":\"acme\",\"under\":null"},
    {AT "/quota?limit=1", "", "", 200, "\"next\":1"},
    {AT "/quota?cursor=1", "", "", 200, "\"name\":\"zeta\""},
    {AT "/quota?cursor=-1", "", "", 400, "cursor: found"},
    {AT "/changes", "", "", 200,
     "{\"kind\":\"arrival\",\"name\":\"r-4\",\"from_ms\":1767574800000,"},
    {AT "/changes?limit=1", "", "", 200, "\"next\":3,\"count\":2}"},
    {AT "/changes?cursor=3", "", "", 200, "{\"items\":[{\"kind\":\"arrival\",\"name\":\"r-4\""},
    {AT "/changes?cursor=4", "", "", 200, "{\"items\":[],\"next\":null,\"count\":2}"},
    {AT "/changes?limit=0", "", "", 400, "limit: found"},
    {"/v1/racks/r-9/retire", "", "{\"from_ms\":1767750000000}", 404, "there is no rack"},
    {"/v1/racks/4/keep", "", "{}", 404, "there is no rack"},
    {"/v1/racks/0/retire", "", "{}", 400, "from_ms: expected an instant to come"},
    {"/v1/racks/0/retire", "", "{\"from_ms\":1000}", 400, "from_ms: expected an instant to come"},
    {"/v1/racks/0/retire", "", "{\"from_ms\":1767750000000,\"take\":1}", 400, "take: expected"},
    {"/v1/racks/0/retire", "", "{\"from_ms\":1767750000000,\"moon\":1}", 400, "moon"},
    {"/v1/racks/0/keep", "", "{}", 409, "it is not to be retired"},
    {AT "/quotas", "", "", 404, "nothing is at"},
    {AT "/offers", "", "{}", 400, "expected accelerators and duration_ms"},
    {AT "/offers", "", "{\"accelerators\":1,\"duration_ms\":3600000,\"moon\":1}", 400, "moon"},
    {AT "/reservations", "", "{\"accelerators\":1,\"duration_ms\":3600000}", 400,
     "tenant: expected the number or the name of a tenant"},
    {AT "/reservations", "", "{\"accelerators\":65,\"duration_ms\":3600000,\"tenant\":\"acme\"}",
     409, "\"blockers\":[{"},
    {AT "/reservations/99999/cancel", "", "{}", 404, "there is no reservation"},
    {AT "/reservations/x/extend", "", "{\"end_ms\":5}", 404, "there is no reservation"},
    {AT "/reservations/99999/hand-over", "", "{\"tenant\":0}", 404, "there is no reservation"},
    {AT "/reservations/1/hand-over", "", "{\"tenant\":\"moon\"}", 400, "\\\"moon\\\""},
    {AT "/reservations/1/hand-over", "", "{\"tenant\":0,\"servers\":0}", 400, "servers: expected"},
    {AT "/maintenances", "", "{\"until_ms\":1767750000000}", 400,
     "expected one of rack, server and node: found 0 of them"},
    {AT "/maintenances", "", "{\"rack\":0,\"server\":1,\"until_ms\":1767750000000}", 400,
     "found 2 of them"},
    {AT "/maintenances", "", "{\"rack\":\"r-9\",\"until_ms\":1767750000000}", 400,
     "rack: found \\\"r-9\\\""},
    {AT "/maintenances", "", "{\"rack\":0,\"from_ms\":1000,\"until_ms\":1767750000000}", 400,
     "is past: the clock stands at"},
    {AT "/maintenances", "", "{\"rack\":0}", 400, "until_ms: found"},
    {AT "/maintenances", "", "{\"rack\":0,\"until_ms\":1767750000000,\"moon\":1}", 400, "moon"},
    {AT "/maintenances/7/cancel", "", "{}", 404, "there is no maintenance"},
    {AT "/maintenances/x/cancel", "", "{}", 404, "there is no maintenance"},
};

static json_t *get(struct fixture *fixture, const char *path)
{
    return expect(fixture, path, "", "", 200, "");
}

static void test_answers(void **state)
{
    for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++)
        json_decref(check(*state, &exchanges[i]));
}

/* --- the same key ----------------------------------------------------------------------------- */

/* Two days after the site's start: nobody but these tests asks for anything that late. */
#define DAY_3       "1767744000000"
#define DAY_3_LATER "1767747600000"

/* What is sold in the six hours from DAY_3 on. */
static double sold_then(struct fixture *fixture)
{
    json_t *calendar =
        expect(fixture, AT "/calendar?from_ms=" DAY_3 "&until_ms=1767765600000&buckets=1", "", "",
               200, "");
    const json_t *chip = json_array_get(json_object_get(calendar, "chips"), 0);
    double sold = json_number_value(json_array_get(json_object_get(chip, "sold"), 0));
    json_decref(calendar);
    return sold;
}

#define WISH_BUT(more)                                                                             \
    "{\"accelerators\":8,\"per_server\":4,\"chip\":\"acc\",\"duration_ms\":7200000,"               \
    "\"start_ms\":" DAY_3 ",\"tenant\":\"acme\"" more "}"
#define WISH WISH_BUT(",\"actor\":\"ada\"")

/* A reservation of two servers; its job. */
static int64_t reserve(struct fixture *fixture, const char *key)
{
    json_t *reserved = expect(fixture, AT "/reservations", key, WISH, 200, "\"again\":false");
    int64_t job = integer_of(reserved, "job");
    json_decref(reserved);
    return job;
}

static const char *path_of(const char *list, int64_t id, const char *verb)
{
    static char path[128];
    snprintf(path, sizeof path, AT "/%s/%lld/%s", list, (long long)id, verb);
    return path;
}

/* The same again is answered as it was; each of the others is refused, and sells nothing. */
static void check_key(struct fixture *fixture, const char *path, const char *key, const char *same,
                      const char *part, const char *const *others)
{
    double sold = sold_then(fixture);
    json_decref(expect(fixture, path, key, same, 200, "\"again\":true"));
    json_decref(expect(fixture, path, key, same, 200, part));
    for (; *others; others++) {
        json_decref(expect(fixture, path, key, *others, 422, "\"reason\":\"id-reused\""));
        json_decref(expect(fixture, path, key, *others, 422, "\"taken\":false"));
    }
    assert_true(sold_then(fixture) == sold);
}

static void test_reservation_again(void **state)
{
    static const char *const others[] = {
        WISH_BUT(""),
        WISH_BUT(",\"actor\":\"ada\",\"reason\":\"why\""),
        WISH_BUT(",\"actor\":\"ada\",\"preemptible\":true"),
        WISH_BUT(",\"actor\":\"ada\",\"within\":\"rack\""),
        WISH_BUT(",\"actor\":\"ada\",\"spread\":\"rack\""),
        WISH_BUT(",\"actor\":\"ada\",\"max_w\":100000"),
        WISH_BUT(",\"actor\":\"ada\",\"cores\":3"),
        WISH_BUT(",\"actor\":\"ada\",\"memory_bytes\":3"),
        WISH_BUT(",\"actor\":\"ada\",\"servers\":8"),
        "{\"accelerators\":8,\"per_server\":4,\"chip\":\"acc\",\"duration_ms\":7200000,"
        "\"start_ms\":" DAY_3_LATER ",\"tenant\":\"acme\",\"actor\":\"ada\"}",
        "{\"accelerators\":8,\"per_server\":4,\"chip\":\"acc\",\"duration_ms\":7200000,"
        "\"start_ms\":" DAY_3 ",\"tenant\":\"zeta\",\"actor\":\"ada\"}",
        "{\"accelerators\":8,\"per_server\":4,\"duration_ms\":7200000,"
        "\"start_ms\":" DAY_3 ",\"tenant\":\"acme\",\"actor\":\"ada\"}",
        "{\"accelerators\":8,\"per_server\":2,\"chip\":\"acc\",\"duration_ms\":7200000,"
        "\"start_ms\":" DAY_3 ",\"tenant\":\"acme\",\"actor\":\"ada\"}",
        "{\"accelerators\":4,\"per_server\":4,\"chip\":\"acc\",\"duration_ms\":7200000,"
        "\"start_ms\":" DAY_3 ",\"tenant\":\"acme\",\"actor\":\"ada\"}",
        "{\"accelerators\":8,\"per_server\":4,\"chip\":\"acc\",\"duration_ms\":3600000,"
        "\"start_ms\":" DAY_3 ",\"tenant\":\"acme\",\"actor\":\"ada\"}",
        NULL};
    struct fixture *fixture = *state;
    char part[64];
    double before = sold_then(fixture);
    int64_t job = reserve(fixture, "reserve");
    assert_true(sold_then(fixture) > before);
    snprintf(part, sizeof part, "\"job\":%lld,\"start_ms\":" DAY_3 ",", (long long)job);
    check_key(fixture, AT "/reservations", "reserve", WISH, part, others);
    json_decref(expect(fixture, AT "/maintenances", "reserve",
                       "{\"rack\":0,\"until_ms\":1767750000000,\"actor\":\"ada\"}", 422,
                       "id-reused"));
    json_decref(expect(fixture, path_of("reservations", job, "cancel"), "", "{}", 200, ""));
    assert_true(sold_then(fixture) == before);
}

static void test_change_again(void **state)
{
    static const char *const ends[] = {"{\"end_ms\":1767758400001}",
                                       "{\"end_ms\":1767758400000,\"actor\":\"ada\"}", NULL};
    static const char *const none[] = {"{\"actor\":\"ada\"}", NULL};
    struct fixture *fixture = *state;
    int64_t job = reserve(fixture, ""), other = reserve(fixture, "");
    char path[128], part[64];
    snprintf(part, sizeof part, "\"job\":%lld", (long long)job);
    snprintf(path, sizeof path, "%s", path_of("reservations", job, "extend"));
    json_decref(expect(fixture, path, "extend", "{\"end_ms\":1767758400000}", 200, part));
    check_key(fixture, path, "extend", "{\"end_ms\":1767758400000}", part, ends);
    json_decref(expect(fixture, path_of("reservations", other, "extend"), "extend",
                       "{\"end_ms\":1767758400000}", 422, "id-reused"));
    snprintf(path, sizeof path, "%s", path_of("reservations", job, "cancel"));
    json_decref(expect(fixture, path, "cancel", "{}", 200, part));
    check_key(fixture, path, "cancel", "{}", part, none);
    json_decref(expect(fixture, path_of("reservations", other, "cancel"), "cancel", "{}", 422,
                       "id-reused"));
    json_decref(expect(fixture, path_of("reservations", other, "cancel"), "", "{}", 200, ""));
}

/* --- hand-over -------------------------------------------------------------------------------- */

static const struct hand_over_case {
    const char *body;
    bool parts; /* the job is another then */
    const char *answer;
    const char *const others[6];
} hand_overs[] = {
    {"{\"tenant\":\"zeta\"}",
     false,
     "\"to_tenant\":1",
     {"{\"tenant\":\"acme\"}", "{\"tenant\":\"zeta\",\"servers\":1}",
      "{\"tenant\":\"zeta\",\"from_ms\":1767747600000}", "{\"tenant\":1,\"actor\":\"ada\"}"}},
    {"{\"tenant\":1,\"servers\":1}",
     true,
     "\"to_tenant\":1",
     {"{\"tenant\":1}", "{\"tenant\":1,\"servers\":2}", "{\"tenant\":0,\"servers\":1}",
      "{\"tenant\":1,\"servers\":1,\"from_ms\":1767747600000}"}},
    {"{\"tenant\":1,\"from_ms\":1767747600000}",
     true,
     "\"to_tenant\":1",
     {"{\"tenant\":1}", "{\"tenant\":1,\"servers\":2}", "{\"tenant\":1,\"servers\":1}",
      "{\"tenant\":1,\"from_ms\":1767747600001}", "{\"tenant\":0,\"from_ms\":1767747600000}"}},
};

static void check_hand_over(struct fixture *fixture, const struct hand_over_case *row,
                            const char *key)
{
    char path[128];
    int64_t job = reserve(fixture, "");
    snprintf(path, sizeof path, "%s", path_of("reservations", job, "hand-over"));
    json_t *handed = expect(fixture, path, key, row->body, 200, "\"from_tenant\":0");
    int64_t next = integer_of(handed, "job");
    assert_int_equal(next != job, row->parts);
    assert_true(integer_of(handed, "price_micro") > 0);
    json_decref(handed);
    check_key(fixture, path, key, row->body, row->answer, row->others);
    handed = expect(fixture, path, key, row->body, 200, "\"again\":true");
    assert_int_equal(integer_of(handed, "job"), next);
    json_decref(handed);
    json_decref(expect(fixture, path_of("reservations", job, "cancel"), "", "{}", 200, ""));
    if (row->parts)
        json_decref(expect(fixture, path_of("reservations", next, "cancel"), "", "{}", 200, ""));
}

static void test_hand_over(void **state)
{
    struct fixture *fixture = *state;
    double before = sold_then(fixture);
    for (size_t i = 0; i < sizeof hand_overs / sizeof hand_overs[0]; i++) {
        char key[16];
        snprintf(key, sizeof key, "hand-%zu", i);
        check_hand_over(fixture, &hand_overs[i], key);
    }
    assert_true(sold_then(fixture) == before);
    int64_t job = reserve(fixture, "");
    json_decref(expect(fixture, path_of("reservations", job, "hand-over"), "", "{\"tenant\":0}",
                       400, "expected one other than it has"));
    json_decref(expect(fixture, path_of("reservations", job, "hand-over"), "",
                       "{\"tenant\":1,\"servers\":3}", 400, "servers: found 3, expected 1 to 2"));
    json_decref(expect(fixture, path_of("reservations", job, "hand-over"), "",
                       "{\"tenant\":1,\"from_ms\":5}", 400, "expected an instant from"));
    json_decref(expect(fixture, path_of("reservations", job, "cancel"), "", "{}", 200, ""));
}

/* --- maintenance ------------------------------------------------------------------------------ */

#define WORK_ON(what) "{\"from_ms\":" DAY_3 ",\"until_ms\":" DAY_3_LATER "," what "}"

static void test_maintenance(void **state)
{
    static const char *const others[] = {
        WORK_ON("\"rack\":\"r-2\""),
        WORK_ON("\"server\":0"),
        WORK_ON("\"node\":0"),
        WORK_ON("\"rack\":\"r-1\",\"actor\":\"ada\""),
        "{\"from_ms\":" DAY_3 ",\"until_ms\":1767747600001,\"rack\":0}",
        "{\"from_ms\":1767744000001,\"until_ms\":" DAY_3_LATER ",\"rack\":0}",
        NULL};
    struct fixture *fixture = *state;
    char part[64];
    double before = sold_then(fixture);
    json_t *planned = expect(fixture, AT "/maintenances", "work", WORK_ON("\"rack\":\"r-1\""), 200,
                             "\"servers\":4,\"earliest_ms\":" DAY_3 ",\"standing\":[]");
    int64_t number = integer_of(planned, "maintenance");
    json_decref(planned);
    snprintf(part, sizeof part, "\"maintenance\":%lld", (long long)number);
    check_key(fixture, AT "/maintenances", "work", WORK_ON("\"rack\":\"r-1\""), part, others);
    json_decref(expect(fixture, AT "/maintenances?dry_run=true", "", WORK_ON("\"rack\":\"r-1\""),
                       409, "\"dry_run\":true"));
    json_decref(expect(fixture, path_of("maintenances", number, "cancel"), "give-up", "{}", 200,
                       "\"taken\":true"));
    json_decref(expect(fixture, path_of("maintenances", number, "cancel"), "give-up", "{}", 200,
                       "\"again\":true"));
    json_decref(expect(fixture, path_of("maintenances", number + 1, "cancel"), "give-up", "{}", 422,
                       "id-reused"));
    json_decref(expect(fixture, path_of("maintenances", number, "cancel"), "", "{}", 404, ""));
    assert_true(sold_then(fixture) == before);
}

/* A reservation in the way is named, and goes elsewhere only where that is allowed. */
static void test_maintenance_takes(void **state)
{
    struct fixture *fixture = *state;
    char take[256], leave[256], part[64];
    int64_t job = reserve(fixture, "");
    struct plenum_capacity_claim claims[2];
    assert_int_equal(plenum_capacity_claims_of(plenum_engine_ledger(fixture->engine),
                                               plenum_ref(PLENUM_JOB, (uint64_t)job), claims, 2),
                     2);
    snprintf(leave, sizeof leave, WORK_ON("\"server\":%d"), claims[0].server);
    snprintf(take, sizeof take, WORK_ON("\"server\":%d,\"take\":true"), claims[0].server);
    snprintf(part, sizeof part, "\"standing\":[{\"job\":%lld,", (long long)job);
    json_decref(expect(fixture, AT "/maintenances", "take", leave, 409, part));
    json_t *planned = expect(fixture, AT "/maintenances", "take", take, 200, part);
    int64_t number = integer_of(planned, "maintenance");
    json_decref(planned);
    json_decref(expect(fixture, AT "/maintenances", "take", take, 200, "\"again\":true"));
    json_decref(expect(fixture, AT "/maintenances", "take", leave, 422, "id-reused"));
    json_decref(expect(fixture, path_of("maintenances", number, "cancel"), "", "{}", 200, ""));
    json_decref(expect(fixture, path_of("reservations", job, "cancel"), "", "{}", 200, ""));
}

static double number_of(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

/* --- what is to come -------------------------------------------------------------------------- */

/* The mean of a row of the calendar of chips in the hour from DAY_3 on. */
static double calendar_of(struct fixture *fixture, const char *row)
{
    json_t *calendar =
        expect(fixture, AT "/calendar?from_ms=" DAY_3 "&until_ms=" DAY_3_LATER "&buckets=1", "", "",
               200, "");
    const json_t *chip = json_array_get(json_object_get(calendar, "chips"), 0);
    double value = json_number_value(json_array_get(json_object_get(chip, row), 0));
    json_decref(calendar);
    return value;
}

/* What comes and what is kept clear are parts of what the calendar has, and listed. */
static void test_calendar_parts(void **state)
{
    struct fixture *fixture = *state;
    assert_true(calendar_of(fixture, "total") == 64);
    double coming = 0;
    json_t *changes = get(fixture, AT "/changes");
    const json_t *items = json_object_get(changes, "items");
    for (size_t i = 0; i < json_array_size(items); i++)
        coming += number_of(json_array_get(items, i), "accelerators");
    json_decref(changes);
    assert_true(coming > 0 && calendar_of(fixture, "to_come") == coming);
    assert_true(calendar_of(fixture, "kept_clear") == 0);
    double sold = calendar_of(fixture, "sold");
    json_t *planned = expect(fixture, AT "/maintenances", "", WORK_ON("\"rack\":\"r-1\""), 200, "");
    assert_true(calendar_of(fixture, "kept_clear") == 16);
    assert_true(calendar_of(fixture, "sold") == sold + 16);
    json_decref(expect(fixture, AT "/changes", "", "", 200,
                       "{\"kind\":\"maintenance\",\"name\":\"r-1\",\"from_ms\":" DAY_3
                       ",\"until_ms\":" DAY_3_LATER ","));
    json_decref(expect(fixture,
                       path_of("maintenances", integer_of(planned, "maintenance"), "cancel"), "",
                       "{}", 200, ""));
    json_decref(planned);
}

/* A rack that goes sells nothing past that; what was sold there is named first. */
static void test_rack_retires(void **state)
{
    static const char *const others[] = {"{\"from_ms\":" DAY_3_LATER "}",
                                         "{\"from_ms\":" DAY_3 ",\"actor\":\"ada\"}", NULL};
    struct fixture *fixture = *state;
    int64_t job = reserve(fixture, "");
    struct plenum_capacity_claim claims[2];
    assert_int_equal(plenum_capacity_claims_of(plenum_engine_ledger(fixture->engine),
                                               plenum_ref(PLENUM_JOB, (uint64_t)job), claims, 2),
                     2);
    int rack = fixture->site->servers[claims[0].server].rack;
    char path[64], keep[64], part[64];
    snprintf(path, sizeof path, "/v1/racks/%d/retire", rack);
    snprintf(keep, sizeof keep, "/v1/racks/%s/keep", fixture->site->racks[rack].name);
    snprintf(part, sizeof part, "\"standing\":[{\"job\":%lld,", (long long)job);
    json_decref(expect(fixture, path, "go", "{\"from_ms\":" DAY_3 "}", 409, part));
    json_decref(expect(fixture, path_of("reservations", job, "cancel"), "", "{}", 200, ""));
    json_decref(expect(fixture, path, "go-free", "{\"from_ms\":" DAY_3 "}", 200,
                       "\"retire_ms\":" DAY_3 ",\"earliest_ms\":" DAY_3 ",\"standing\":[]"));
    snprintf(part, sizeof part, "\"rack\":%d,\"retire_ms\":" DAY_3, rack);
    fixture_step(fixture, 2);
    assert_true(calendar_of(fixture, "total") == 48);
    check_key(fixture, path, "go-free", "{\"from_ms\":" DAY_3 "}", part, others);
    json_decref(expect(fixture, AT "/changes", "", "", 200, "{\"kind\":\"retirement\""));
    json_decref(expect(fixture, keep, "stay", "{}", 200, "\"retire_ms\":null"));
    json_decref(expect(fixture, keep, "stay", "{}", 200, "\"again\":true"));
    fixture_step(fixture, 2);
    assert_true(calendar_of(fixture, "total") == 64);
}

/* --- posted prices ---------------------------------------------------------------------------- */

/* What is posted for a week is what an offer over it costs. */
static void test_prices(void **state)
{
    struct fixture *fixture = *state;
    char body[256];
    json_t *reserved = expect(fixture, AT "/reservations", "",
                              "{\"accelerators\":32,\"duration_ms\":864000000,\"start_ms\":" DAY_3
                              ",\"tenant\":\"acme\"}",
                              200, "");
    json_t *prices = get(fixture, AT "/prices");
    const json_t *chip = json_array_get(json_object_get(prices, "chips"), 0);
    const json_t *weeks = json_object_get(chip, "weeks");
    int64_t next_ms = integer_of(prices, "from_ms") + integer_of(prices, "step_ms");
    int64_t posted = json_integer_value(json_array_get(weeks, 1));
    assert_int_equal(json_array_size(weeks), 8);
    assert_true(posted > integer_of(prices, "low_hour_micro"));
    assert_int_equal(json_integer_value(json_array_get(weeks, 7)),
                     integer_of(prices, "low_hour_micro"));
    snprintf(body, sizeof body,
             "{\"accelerators\":1,\"duration_ms\":604800000,"
             "\"earliest_ms\":%lld,\"latest_ms\":%lld}",
             (long long)next_ms, (long long)next_ms);
    json_t *answer = expect(fixture, AT "/offers", "", body, 200, "\"why_price\"");
    const json_t *offer = json_array_get(json_object_get(answer, "offers"), 0);
    int64_t hours = 168, price = integer_of(offer, "price_micro");
    assert_in_range(price, (posted - 1) * hours, (posted + 1) * hours);
    json_decref(answer);
    json_decref(prices);
    json_decref(expect(fixture, path_of("reservations", integer_of(reserved, "job"), "cancel"), "",
                       "{}", 200, ""));
    json_decref(reserved);
}

/* --- quota ------------------------------------------------------------------------------------ */

/* Of a chip: sold, usable and stranded are all there is; of a grant: what is not held is placeable
 * or stranded. */
static double stranded_sum(const json_t *object)
{
    const json_t *list = json_object_get(object, "stranded");
    double sum = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        sum += json_number_value(json_object_get(json_array_get(list, i), "accelerators"));
    return sum;
}

static void test_quota(void **state)
{
    struct fixture *fixture = *state;
    json_t *quota = get(fixture, AT "/quota");
    const json_t *items = json_object_get(quota, "items"), *chips = json_object_get(quota, "chips");
    assert_int_equal(json_array_size(items), 2);
    assert_int_equal(json_array_size(chips), 1);
    const json_t *chip = json_array_get(chips, 0);
    assert_true(number_of(chip, "accelerators") == 64);
    assert_true(number_of(chip, "sold") + number_of(chip, "usable") + stranded_sum(chip) == 64);
    for (size_t i = 0; i < 2; i++) {
        const json_t *grant = json_array_get(json_object_get(json_array_get(items, i), "chips"), 0);
        double over = number_of(grant, "granted") - number_of(grant, "held");
        assert_true(number_of(grant, "granted") == (i == 0 ? 32 : 16));
        assert_true(number_of(grant, "placeable") + stranded_sum(grant) == (over > 0 ? over : 0));
    }
    json_decref(quota);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),        cmocka_unit_test(test_reservation_again),
        cmocka_unit_test(test_change_again),   cmocka_unit_test(test_hand_over),
        cmocka_unit_test(test_maintenance),    cmocka_unit_test(test_maintenance_takes),
        cmocka_unit_test(test_calendar_parts), cmocka_unit_test(test_rack_retires),
        cmocka_unit_test(test_prices),         cmocka_unit_test(test_quota),
    };
    return cmocka_run_group_tests(tests, group_begin, group_end);
}
