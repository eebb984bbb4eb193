/* What the server answers of a site's past, and of acts: ?at is the state of a replay while the run
 * goes on, and stops and limits do what they say. */
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

enum { STEPS = 900, WAIT_MS = 5000 };
#define LOCAL "Host: 127.0.0.1:7070\r\n"

static int begin(void **state)
{
    struct fixture *fixture = *state = calloc(1, sizeof *fixture);
    fixture_begin(fixture, STEPS, 2, 3000);
    return 0;
}

static int end(void **state)
{
    fixture_end(*state);
    free(*state);
    return 0;
}

static void check_reply(const struct fixture *fixture, int status, const char *part)
{
    if (fixture->reply.status != status || !strstr(fixture->reply.text, part))
        fail_msg("expected %d with %s, found\n%s", status, part, fixture->reply.text);
}

static void get(struct fixture *fixture, const char *path)
{
    char request[256];
    int fd = client_open(fixture->server);
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" LOCAL "\r\n", path);
    assert_true(client_send(fd, request, strlen(request)));
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    (void)close(fd);
}

static json_t *get_json(struct fixture *fixture, const char *path)
{
    get(fixture, path);
    json_t *document =
        fixture->reply.status == 200 ? json_loads(fixture->reply.body, 0, NULL) : NULL;
    if (!document)
        fail_msg("%s: %s", path, fixture->reply.text);
    return document;
}

static void post(struct fixture *fixture, const char *path, const char *body)
{
    char request[1024];
    int fd = client_open(fixture->server);
    snprintf(request, sizeof request,
             "POST %s HTTP/1.1\r\n" LOCAL "Content-Type: application/json\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             path, strlen(body), body);
    assert_true(client_send(fd, request, strlen(request)));
    plenum_http_serve(fixture->server, 5000000);
    fixture_step(fixture, 1);
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    (void)close(fd);
}

/* --- the past --------------------------------------------------------------------------------- */

static void test_at_is_a_replay(void **state)
{
    struct fixture *fixture = *state;
    for (int64_t second = 850; second > 0; second -= 97) {
        char path[96], expected[65], at[128], wanted[32];
        struct plenum_ledger *replayed;
        struct plenum_error error;
        int64_t at_ms = fixture->site->start_ms + second * 1000;
        snprintf(path, sizeof path, "/v1/state?hash=true&at=%lld", (long long)at_ms + 400);
        json_t *past = get_json(fixture, path);
        assert_int_equal(plenum_journal_replay(plenum_engine_journal(fixture->engine), UINT64_MAX,
                                               at_ms, &replayed, &error),
                         PLENUM_OK);
        plenum_ledger_state_hash(replayed, expected);
        assert_string_equal(json_string_value(json_object_get(past, "state_hash")), expected);
        assert_int_equal(json_integer_value(json_object_get(past, "seq")),
                         plenum_ledger_seq(replayed));
        assert_true(reply_header(&fixture->reply, "plenum-at", at));
        snprintf(wanted, sizeof wanted, "%lld", (long long)at_ms);
        assert_string_equal(at, wanted);
        plenum_ledger_destroy(replayed);
        json_decref(past);
        fixture_step(fixture, 3);
    }
}

/* Several instants at once over many connections, more than are kept. */
static void test_at_many(void **state)
{
    enum { MANY = 24 };
    struct fixture *fixture = *state;
    int fds[MANY];
    char text[128];
    for (int i = 0; i < MANY; i++) {
        fds[i] = client_open(fixture->server);
        snprintf(text, sizeof text, "GET /v1/state?at=%lld HTTP/1.1\r\n" LOCAL "\r\n",
                 (long long)fixture->site->start_ms + (i % 8 + 1) * 100000);
        assert_true(client_send(fds[i], text, strlen(text)));
    }
    (void)close(fds[3]); /* and one does not wait */
    for (int i = 0; i < MANY; i++) {
        if (i == 3)
            continue;
        client_receive(fixture->server, fds[i], WAIT_MS, &fixture->reply);
        snprintf(text, sizeof text, "\"now_ms\":%lld,",
                 (long long)fixture->site->start_ms + (i % 8 + 1) * 100000);
        check_reply(fixture, 200, text);
        (void)close(fds[i]);
    }
}

static const struct {
    const char *path;
    int status;
    const char *part;
} cases[] = {
    {"/v1/state?at=1", 400, "expected an instant from"},
    {"/v1/state?at=never", 400, "at: found \\\"never\\\""},
    {"/v1/state?at=9223372036854775807", 400, "expected an instant"},
    {"/v1/state?at=9000000000000000", 200, "plenum-at: "},
    {"/v1/events?at=9000000000000000", 400, "since"},
    {"/healthz?at=9000000000000000", 400, "of none"},
    {"/v1/series?points=5", 200, "\"series\":{\"power_w\":["},
    {"/v1/series?points=0", 400, "points: found"},
    {"/v1/series?from_ms=10&until_ms=5", 400, "from_ms"},
    {"/v1/overview", 200, "\"stops\":{\"floor\":false,\"air\":false}"},
    {"/v1/stops/1", 200, "\"name\":\"air\",\"state\":\"clear\""},
};

static void test_cases(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        get(fixture, cases[i].path);
        check_reply(fixture, cases[i].status, cases[i].part);
    }
}

/* --- acts ------------------------------------------------------------------------------------- */

static void test_stop_and_resume(void **state)
{
    struct fixture *fixture = *state;
    post(fixture, "/v1/floor/stop?dry_run=true", "{}");
    check_reply(fixture, 200, "\"dry_run\":true");
    post(fixture, "/v1/floor/stop", "{\"actor\":\"ada\",\"reason\":\"smoke\"}");
    check_reply(fixture, 200, "\"taken\":true");
    int64_t stopped_ms = plenum_ledger_now_ms(plenum_engine_ledger(fixture->engine));
    get(fixture, "/v1/overview");
    check_reply(fixture, 200, "\"stops\":{\"floor\":true,\"air\":false}");
    check_reply(fixture, 200, "\"code\":\"floor-stopped\"");
    get(fixture, "/v1/events?since=0&limit=1");
    char path[96];
    snprintf(path, sizeof path, "/v1/events?since=%llu&limit=1000",
             (unsigned long long)plenum_ledger_seq(plenum_engine_ledger(fixture->engine)) - 15);
    get(fixture, path);
    check_reply(fixture, 200, "\"kind\":\"floor.stop\",\"actor\":\"ada: smoke\"");
    post(fixture, "/v1/floor/stop", "{}");
    check_reply(fixture, 409, "\"reason\":\"state\"");
    post(fixture, "/v1/floor/resume", "{}");
    check_reply(fixture, 200, "\"taken\":true");
    get(fixture, "/v1/overview");
    check_reply(fixture, 200, "\"stops\":{\"floor\":false");
    snprintf(path, sizeof path, "/v1/overview?at=%lld", (long long)stopped_ms);
    get(fixture, path);
    check_reply(fixture, 200, "\"stops\":{\"floor\":true");
    post(fixture, "/v1/drones/ground", "{\"actor\":\"\"}");
    check_reply(fixture, 400, "actor");
    post(fixture, "/v1/drones/ground", "{\"actor\":\"ada\",\"x\":1}");
    check_reply(fixture, 400, "expected members among");
    post(fixture, "/v1/drones/ground", "[]");
    check_reply(fixture, 400, "expected an object");
    post(fixture, "/v1/drones/ground", "{\"actor\":\"ada\"}");
    check_reply(fixture, 200, "\"taken\":true");
    post(fixture, "/v1/drones/release", "{\"actor\":\"ada\"}");
    check_reply(fixture, 200, "\"taken\":true");
}

/* What a dry run says is shed is shed, and nothing runs over the limit when it falls. */
static void test_shed(void **state)
{
    struct fixture *fixture = *state;
    const struct plenum_ledger *ledger = plenum_engine_ledger(fixture->engine);
    int64_t before_w = plenum_power_node_w(ledger, 0, PLENUM_NONE, plenum_ledger_now_ms(ledger));
    assert_true(before_w > 2000);
    post(fixture, "/v1/power/limits?dry_run=true", "{\"node\":\"feed-a\",\"limit_w\":2000}");
    check_reply(fixture, 200, "\"sheds\":[{\"kind\":\"");
    post(fixture, "/v1/power/limits", "{\"node\":\"feed-a\",\"limit_w\":2000,\"actor\":\"ada\"}");
    check_reply(fixture, 200, "\"limit_w\":2000,\"failover_limit_w\":2000");
    fixture_step(fixture, 65);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    assert_int_equal(plenum_power_limit_w(ledger, 0, PLENUM_NONE, now_ms), 2000);
    assert_true(plenum_power_node_w(ledger, 0, PLENUM_NONE, now_ms) <= 2000);
    get(fixture, "/v1/overview");
    check_reply(fixture, 200, "\"code\":\"limit-lowered\",\"subject\":\"feed-a\"");
    post(fixture, "/v1/power/limits", "{\"node\":0,\"limit_w\":50000}");
    check_reply(fixture, 200, "\"taken\":true");
    get(fixture, "/v1/overview");
    assert_null(strstr(fixture->reply.text, "limit-lowered"));
}

static void test_bad_limits(void **state)
{
    static const struct {
        const char *body, *part;
    } bad[] = {
        {"{}", "node: expected"},
        {"{\"node\":99,\"limit_w\":1}", "node: expected"},
        {"{\"node\":\"feed-z\",\"limit_w\":1}", "node: expected"},
        {"{\"node\":0}", "limit_w: expected the watts"},
        {"{\"node\":0,\"limit_w\":-1}", "limit_w: expected an integer"},
        {"{\"node\":0,\"limit_w\":1e3}", "limit_w: expected an integer"},
        {"{\"node\":0,\"limit_w\":1,\"from_ms\":5}", "from_ms: expected an integer"},
        {"{\"node\":0,\"limit_w\":1,\"watts\":5}", "watts"},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        post(fixture, "/v1/power/limits", bad[i].body);
        check_reply(fixture, 400, bad[i].part);
    }
}

static void test_clock(void **state)
{
    struct fixture *fixture = *state;
    post(fixture, "/v1/clock", "{\"paused\":true,\"speed_milli\":5000}");
    check_reply(fixture, 200, "{\"paused\":true,\"speed_milli\":5000}");
    assert_true(plenum_engine_paused(fixture->engine));
    post(fixture, "/v1/clock", "{\"steps\":3}");
    check_reply(fixture, 200, "{\"paused\":true,\"speed_milli\":5000}");
    post(fixture, "/v1/clock", "{\"steps\":3,\"paused\":false}");
    check_reply(fixture, 409, "pause it first");
    post(fixture, "/v1/clock", "{\"speed_milli\":-1}");
    check_reply(fixture, 400, "speed_milli: expected");
    post(fixture, "/v1/clock", "{\"paused\":1}");
    check_reply(fixture, 400, "paused: expected true or false");
    post(fixture, "/v1/clock", "{\"paused\":false,\"speed_milli\":0}");
    check_reply(fixture, 200, "{\"paused\":false,\"speed_milli\":0}");
    assert_int_equal(plenum_engine_speed(fixture->engine), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at_is_a_replay), cmocka_unit_test(test_at_many),
        cmocka_unit_test(test_cases),          cmocka_unit_test(test_stop_and_resume),
        cmocka_unit_test(test_shed),           cmocka_unit_test(test_bad_limits),
        cmocka_unit_test(test_clock),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
