/* The server: what it answers, whom it refuses, and whom it closes. */
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

/* One request on a connection of its own. */
static void ask(struct fixture *fixture, struct plenum_http *server, const char *request)
{
    int fd = client_open(server);
    assert_true(fd >= 0);
    assert_true(client_send(fd, request, strlen(request)));
    client_receive(server, fd, WAIT_MS, &fixture->reply);
    (void)close(fd);
}

static json_t *get_json(struct fixture *fixture, const char *path)
{
    char request[256];
    json_error_t error;
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    ask(fixture, fixture->server, request);
    if (fixture->reply.status != 200)
        fail_msg("%s: %s", path, fixture->reply.text);
    json_t *document = json_loads(fixture->reply.body, 0, &error);
    if (!document)
        fail_msg("%s: %s: %s", path, error.text, fixture->reply.body);
    return document;
}

static int64_t integer_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value))
        fail_msg("no integer \"%s\"", key);
    return json_integer_value(value);
}

/* --- a table of requests ---------------------------------------------------------------------- */

#define LOCAL     "Host: 127.0.0.1:7070\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" LOCAL "\r\n"

static const struct {
    const char *request;
    int status;
    const char *part; /* of the whole answer */
} requests[] = {
    {GET("/healthz"), 200, "\r\n\r\nok\n"},
    {GET("/v1/site"), 200, "\"robots\":8"},
    {GET("/v1/state"), 200, "\"paused\":false"},
    {GET("/v1/state?hash=true"), 200, "\"state_hash\":\""},
    {GET("/v1/power"), 200, "\"name\":\"panel-b\""},
    {GET("/v1/power?limit=1&cursor=3"), 200, "\"next\":null"},
    {GET("/v1/racks"), 200, "\"name\":\"r-4\",\"model\":\"rk\",\"position\":\"p-4\""},
    {GET("/v1/racks/3"), 200, "\"name\":\"r-4\""},
    {GET("/v1/racks/3/elevation"), 200, "\"name\":\"r-4/1\""},
    {GET("/v1/racks/4/elevation"), 404, "there is no rack"},
    {GET("/v1/racks//elevation"), 404, "there is no rack"},
    {GET("/v1/racks/1/elevation/"), 404, "there is no rack"},
    {GET("/v1/robots?limit=2"), 200, "\"next\":2"},
    {GET("/v1/robots/0/why"), 200, "\"chain\":["},
    {GET("/v1/robots/8/why"), 404, "there is no robot"},
    {GET("/v1/robots/0/why?at=1"), 400, "expected members of the form"},
    {GET("/v1/drones"), 200, "\"name\":\"bird-2\""},
    {GET("/v1/tasks"), 200, "\"next_id\":"},
    {GET("/v1/jobs"), 200, "\"chip\":"},
    {GET("/v1/deliveries"), 200, "\"next_id\":2"},
    {GET("/v1/flights"), 200, "\"items\":["},
    {GET("/v1/floor"), 200, "\"front_cell\":"},
    {GET("/v1/floor/cells"), 200, "content-length: 96\r\n"},
    {GET("/v1/floor/cells?hall=1"), 400, "hall: found \\\"1\\\""},
    {GET("/v1/floor/frame"), 200, "\r\n\r\nPLN1\001"},
    {GET("/v1/floor/frame?x0=1&y0=1&x1=9&y1=5&width=4&height=4"), 200, "\r\n\r\nPLN1\002"},
    {GET("/v1/floor/frame?x0=4&x1=4"), 400, "expected x0 below x1"},
    {GET("/v1/floor/frame?hall=7"), 400, "expected a number below 1"},
    {GET("/v1/air"), 200, "\"outlying\":true"},
    {GET("/v1/air/frame?horizon_ms=60000"), 200, "\r\n\r\nPLN1\003"},
    {GET("/v1/air/frame?horizon_ms=-1"), 400, "horizon_ms"},
    {GET("/metrics"), 200, "# TYPE plenum_commands_total counter\n"},
    {"HEAD /v1/site HTTP/1.1\r\n" LOCAL "\r\n", 200, "content-type: application/json"},
    {GET("/nothing"), 404, "application/problem+json"},
    {GET("/v1"), 404, "\"status\":404"},
    {GET("/v1/rackss"), 404, "nothing is at /v1/rackss"},
    {GET("/v1/racks/"), 404, "there is no rack"},
    {GET("/v1/racks/4"), 404, "there is no rack \\\"4\\\""},
    {GET("/v1/racks/-1"), 404, "there is no rack"},
    {GET("/v1/jobs/18446744073709551615"), 404, "there is no job"},
    {GET("/v1/racks?limit=0"), 400, "limit: found \\\"0\\\", expected a number from 1 to 1000"},
    {GET("/v1/racks?limit=1001"), 400, "limit"},
    {GET("/v1/racks?limit=1x"), 400, "limit"},
    {GET("/v1/racks?cursor=-1"), 400, "cursor"},
    {GET("/v1/racks?limt=5"), 400, "limt=5"},
    {GET("/v1/site?limit=5"), 400, "of none"},
    {GET("/v1/state?hash=yes"), 400, "expected true or false"},
    {GET("/v1/state?%ff=%0d%0a"), 400, "problem+json"},
    {"DELETE /v1/racks HTTP/1.1\r\n" LOCAL "\r\n", 405, "allow: GET, HEAD"},
    {"POST /v1/racks HTTP/1.1\r\n" LOCAL "Content-Length: 2\r\n\r\n{}", 405, "connection: close"},
    {"GET /v1/site HTTP/1.1\r\n" LOCAL "Content-Length: 5\r\n\r\nhello", 400, "no body"},
    {"GET /v1/site HTTP/1.1\r\n" LOCAL "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
     "no body"},
    {"GET /v1/site HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, "evil.example"},
    {"GET /v1/site HTTP/1.1\r\nHost: 127.evil.example\r\n\r\n", 421, "problem+json"},
    {"GET /v1/site HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421, "problem+json"},
    {"GET /v1/site HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, "\"name\":\"test\""},
};

static void test_answers(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        ask(fixture, fixture->server, requests[i].request);
        bool good = fixture->reply.status == requests[i].status &&
                    strstr(fixture->reply.text, requests[i].part) != NULL;
        if (!good)
            fail_msg("%sexpected %d with %s, found\n%s", requests[i].request, requests[i].status,
                     requests[i].part, fixture->reply.text);
    }
}

/* --- racks ------------------------------------------------------------------------------------ */

/* Watts of servers and overhead are the rack's, but for a watt a job by which shares are rounded
 * up; servers stand one over the other inside the frame, and sell no more than they have. */
static void check_elevation(const json_t *rack)
{
    int64_t w = integer_of(rack, "overhead_w"), jobs = 0, unit = 1;
    const json_t *servers = json_object_get(rack, "servers"), *server;
    size_t i;
    json_array_foreach(servers, i, server)
    {
        assert_int_equal(integer_of(server, "unit"), unit);
        unit += integer_of(server, "units");
        w += integer_of(server, "w");
        jobs += (int64_t)json_array_size(json_object_get(server, "jobs"));
        assert_true(integer_of(server, "sold_milli") <= 1000 * integer_of(server, "accelerators"));
        assert_true(integer_of(server, "w") <= integer_of(server, "peak_w") + jobs);
    }
    assert_true(unit - 1 <= integer_of(rack, "height_units"));
    assert_true(w >= integer_of(rack, "w") && w - integer_of(rack, "w") <= jobs);
}

static void test_elevations(void **state)
{
    struct fixture *fixture = *state;
    int64_t jobs = 0, w = 0;
    for (int rack = 0; rack < 4; rack++) {
        char path[64];
        snprintf(path, sizeof path, "/v1/racks/%d/elevation", rack);
        json_t *document = get_json(fixture, path);
        check_elevation(document);
        w += integer_of(document, "w");
        jobs += strstr(fixture->reply.body, "\"job\":") != NULL;
        json_decref(document);
    }
    assert_true(w > 0);
    assert_true(jobs > 0);
}

/* --- pages and tags --------------------------------------------------------------------------- */

/* Pages of any size give each entity once, in order, and all that the first answer counted. */
static void test_pages_are_whole(void **state)
{
    static const char *const lists[] = {"racks", "robots", "tasks", "jobs", "power"};
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        int64_t cursor = 0, count = 0, seen = 0, last = -1;
        while (cursor >= 0) {
            char path[64];
            size_t at;
            json_t *item;
            snprintf(path, sizeof path, "/v1/%s?limit=3&cursor=%d", lists[i], (int)cursor);
            json_t *page = get_json(fixture, path);
            json_array_foreach(json_object_get(page, "items"), at, item)
            {
                assert_true(integer_of(item, "id") > last);
                last = integer_of(item, "id");
                seen++;
            }
            count = integer_of(page, "count");
            json_t *next = json_object_get(page, "next");
            cursor = json_is_null(next) ? -1 : json_integer_value(next);
            json_decref(page);
        }
        assert_int_equal(seen, count);
        assert_true(count > 0);
    }
}

/* Each field of each entity is there, and its state is a name. */
static void test_entities_have_their_fields(void **state)
{
    struct fixture *fixture = *state;
    json_t *page = get_json(fixture, "/v1/jobs");
    const json_t *items = json_object_get(page, "items");
    const struct plenum_ledger *ledger = plenum_engine_ledger(fixture->engine);
    assert_true(json_array_size(items) > 0);
    const json_t *job = json_array_get(items, 0);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, (uint64_t)integer_of(job, "id"));
    assert_non_null(row);
    assert_int_equal(json_object_size(job), 1 + PLENUM_JOB_FIELD_COUNT);
    assert_string_equal(json_string_value(json_object_get(job, "state")),
                        plenum_state_name(PLENUM_JOB, (int32_t)row[PLENUM_JOB_STATE]));
    assert_int_equal(integer_of(job, "memory_bytes"), row[PLENUM_JOB_MEMORY_BYTES]);
    json_decref(page);
}

static void test_tag_saves_a_body(void **state)
{
    struct fixture *fixture = *state;
    char request[256], tag[128], seq[128], again[128];
    json_decref(get_json(fixture, "/v1/racks"));
    assert_true(reply_header(&fixture->reply, "etag", tag));
    assert_true(reply_header(&fixture->reply, "plenum-seq", seq));
    assert_int_equal(strtoul(seq, NULL, 10),
                     plenum_ledger_seq(plenum_engine_ledger(fixture->engine)));
    snprintf(request, sizeof request,
             "GET /v1/racks HTTP/1.1\r\n" LOCAL "If-None-Match: \"x\", %s\r\n\r\n", tag);
    ask(fixture, fixture->server, request);
    assert_int_equal(fixture->reply.status, 304);
    assert_true(reply_header(&fixture->reply, "etag", again));
    assert_string_equal(again, tag);
    assert_false(fixture->reply.closed);
    assert_false(reply_header(&fixture->reply, "connection", again));
    ask(fixture, fixture->server,
        "GET /v1/racks HTTP/1.1\r\n" LOCAL "If-None-Match: \"x\"\r\n\r\n");
    assert_int_equal(fixture->reply.status, 200);
}

/* --- commands --------------------------------------------------------------------------------- */

/* Sends a request and lets the engine step once it has been read. */
static void post_raw(struct fixture *fixture, const char *request, size_t length)
{
    struct plenum_error error;
    int fd = client_open(fixture->server);
    assert_true(fd >= 0);
    assert_true(client_send(fd, request, length));
    plenum_http_serve(fixture->server, 5000000);
    assert_int_equal(plenum_engine_step(fixture->engine, &error), PLENUM_OK);
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    (void)close(fd);
}

static void post(struct fixture *fixture, const char *query, const char *headers, const char *body)
{
    char request[4096];
    int length = snprintf(request, sizeof request,
                          "POST /v1/commands%s HTTP/1.1\r\n" LOCAL
                          "Content-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s",
                          query, headers, strlen(body), body);
    assert_true(length > 0 && (size_t)length < sizeof request);
    post_raw(fixture, request, (size_t)length);
}

static void check_reply(const struct fixture *fixture, int status, const char *part)
{
    if (fixture->reply.status != status || !strstr(fixture->reply.text, part))
        fail_msg("expected %d with %s, found\n%s", status, part, fixture->reply.text);
}

#define OPS(op) "{\"kind\":\"power.derate\",\"actor\":\"ada\",\"ops\":[" op "]}"
#define LIMIT_TO(watts)                                                                            \
    OPS("{\"op\":\"limit\",\"node\":0,\"limit_w\":" watts ",\"failover_limit_w\":" watts           \
        ",\"from\":\"2026-02-01T00:00Z\",\"until\":\"forever\"}")

static int64_t limit_of_feed_a(struct fixture *fixture)
{
    const int64_t later_ms = INT64_C(1775000000000);
    return plenum_power_limit_w(plenum_engine_ledger(fixture->engine), 0, PLENUM_NONE, later_ms);
}

static void test_command_is_taken(void **state)
{
    struct fixture *fixture = *state;
    post(fixture, "?dry_run=true", "", LIMIT_TO("49000"));
    check_reply(fixture, 200, "{\"taken\":true,\"again\":false,\"dry_run\":true,\"seq\":null}");
    assert_int_equal(limit_of_feed_a(fixture), 50000);
    post(fixture, "", "", LIMIT_TO("49000"));
    check_reply(fixture, 200, "{\"taken\":true,\"again\":false,\"dry_run\":false,\"seq\":");
    assert_int_equal(limit_of_feed_a(fixture), 49000);
}

static void test_same_key_is_same_command(void **state)
{
    struct fixture *fixture = *state;
    char first[REPLY_MAX / 1024];
    post(fixture, "", "Idempotency-Key: one\r\n", LIMIT_TO("48000"));
    check_reply(fixture, 200, "\"again\":false");
    snprintf(first, sizeof first, "%s", strstr(fixture->reply.body, "\"seq\""));
    post(fixture, "", "", LIMIT_TO("47000"));
    post(fixture, "", "idempotency-key: one\r\n", LIMIT_TO("48000"));
    check_reply(fixture, 200, "\"again\":true");
    check_reply(fixture, 200, first);
    assert_int_equal(limit_of_feed_a(fixture), 47000);
    post(fixture, "", "Idempotency-Key: one\r\n", LIMIT_TO("46000"));
    check_reply(fixture, 422, "\"reason\":\"id-reused\"");
    assert_int_equal(limit_of_feed_a(fixture), 47000);
}

static void test_refusal_is_told(void **state)
{
    struct fixture *fixture = *state;
    post(fixture, "", "", OPS("{\"op\":\"create\",\"of\":\"rack/0\"}"));
    check_reply(fixture, 409, "\"reason\":\"exists\"");
    check_reply(fixture, 409, "content-type: application/problem+json");
    check_reply(fixture, 409, "\"type\":\"urn:plenum:problem:refused\"");
    post(fixture, "?dry_run=true", "",
         OPS("{\"op\":\"set\",\"of\":\"rack/0\",\"field\":\"state\",\"value\":\"retired\"},"
             "{\"op\":\"set\",\"of\":\"rack/9\",\"field\":\"fault\",\"value\":1}"));
    check_reply(fixture, 409, "\"refusal\":{\"reason\":");
}

#define POST_HEAD "POST /v1/commands HTTP/1.1\r\n" LOCAL
#define JSON_TYPE "Content-Type: application/json\r\n"

static const struct {
    const char *query, *body;
    const char *part;
} bad_commands[] = {
    {"", "{\"ops\":[}", "at byte 9, line 1, column 9"},
    {"", "{\"ops\":[],\"ops\":[]}", "at byte"},
    {"", "\xff", "at byte"},
    {"", "[]", "expected an object"},
    {"", "{}", "ops: expected"},
    {"", "{\"ops\":[]}", "ops: expected one"},
    {"", "{\"ops\":[1]}", "ops[0].op"},
    {"", "{\"ops\":[{\"op\":\"end\",\"of\":\"job/1\"}],\"x\":1}", "expected an object of kind"},
    {"", OPS("{\"op\":\"tick\",\"to\":0}"), "ops[0].op: expected an operation that clients"},
    {"", OPS("{\"op\":\"end\",\"of\":\"jobs/1\"}"), "ops[0].of: expected KIND/ID"},
    {"", OPS("{\"op\":\"end\",\"of\":\"job/\"}"), "ops[0].of"},
    {"", OPS("{\"op\":\"end\",\"of\":\"job/1\",\"x\":2}"), "ops[0]: 3 members, expected 2"},
    {"", OPS("{\"op\":\"set\",\"of\":\"job/1\",\"field\":\"x\",\"value\":1}"), "ops[0].field"},
    {"", OPS("{\"op\":\"set\",\"of\":\"job/1\",\"field\":\"state\",\"value\":\"x\"}"),
     "ops[0].value: expected a state"},
    {"", OPS("{\"op\":\"set\",\"of\":\"job/1\",\"field\":\"milli\",\"value\":\"1\"}"),
     "ops[0].value: expected an integer"},
    {"", OPS("{\"op\":\"window\",\"server\":4294967296,\"from\":0,\"until\":1}"),
     "ops[0].server: expected an integer of 32 bits"},
    {"", OPS("{\"op\":\"window\",\"server\":0,\"from\":\"today\",\"until\":1}"), "ops[0].from"},
    {"", OPS("{\"op\":\"window\",\"server\":0,\"from\":1.5,\"until\":1}"), "ops[0].from"},
    {"", "{\"kind\":\"tick\",\"ops\":[{\"op\":\"end\",\"of\":\"job/1\"}]}", "kind: expected"},
    {"", "{\"actor\":\"\",\"ops\":[{\"op\":\"end\",\"of\":\"job/1\"}]}", "actor: expected"},
    {"?dry_run=1", LIMIT_TO("1"), "dry_run: found"},
    {"?dryrun=true", LIMIT_TO("1"), "dryrun"},
};

static void test_bad_commands(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof bad_commands / sizeof bad_commands[0]; i++) {
        post(fixture, bad_commands[i].query, "", bad_commands[i].body);
        check_reply(fixture, 400, bad_commands[i].part);
    }
}

static void test_bodies_that_are_not_read(void **state)
{
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {POST_HEAD "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415},
        {POST_HEAD "Content-Length: 2\r\n\r\n{}", 415},
        {POST_HEAD JSON_TYPE "\r\n", 411},
        {POST_HEAD JSON_TYPE "Content-Length: 0\r\n\r\n", 411},
        {POST_HEAD JSON_TYPE "Content-Length: -2\r\n\r\n{}", 411},
        {POST_HEAD JSON_TYPE "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411},
        {POST_HEAD JSON_TYPE "Content-Length: 1048577\r\n\r\n{", 413},
        {POST_HEAD JSON_TYPE "Content-Length: 99999999999\r\n\r\n{", 413},
        {"GET /v1/commands HTTP/1.1\r\n" LOCAL "\r\n", 405},
    };
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        post_raw(fixture, cases[i].request, strlen(cases[i].request));
        if (fixture->reply.status != cases[i].status)
            fail_msg("%s\n%s", cases[i].request, fixture->reply.text);
    }
}

/* A client that goes does not take its command with it. */
static void test_client_goes(void **state)
{
    struct fixture *fixture = *state;
    struct plenum_error error;
    char request[1024];
    int length =
        snprintf(request, sizeof request, POST_HEAD JSON_TYPE "Content-Length: %zu\r\n\r\n%s",
                 strlen(LIMIT_TO("45000")), LIMIT_TO("45000"));
    int fd = client_open(fixture->server);
    assert_true(client_send(fd, request, (size_t)length));
    plenum_http_serve(fixture->server, 5000000);
    (void)close(fd);
    plenum_http_serve(fixture->server, 5000000);
    assert_int_equal(plenum_engine_step(fixture->engine, &error), PLENUM_OK);
    assert_int_equal(limit_of_feed_a(fixture), 45000);
    fd = client_open(fixture->server);
    assert_true(client_send(fd, request, (size_t)length));
    plenum_http_serve(fixture->server, 5000000);
    (void)close(fd); /* and this one's is never taken up */
}

/* --- events ----------------------------------------------------------------------------------- */

/* Rows in pages of odd sizes, while the site goes on: each once, in order, to the last. */
static void test_events_are_told_once(void **state)
{
    struct fixture *fixture = *state;
    struct plenum_error error;
    int64_t since = 0;
    plenum_engine_sync(fixture->engine);
    uint64_t last = plenum_ledger_seq(plenum_engine_ledger(fixture->engine));
    for (int round = 0; (uint64_t)since < last; round++) {
        char path[64];
        size_t at;
        json_t *item;
        snprintf(path, sizeof path, "/v1/events?since=%d&limit=%d", (int)since, 97 + round);
        json_t *page = get_json(fixture, path);
        assert_true(json_array_size(json_object_get(page, "items")) > 0);
        json_array_foreach(json_object_get(page, "items"), at, item)
            assert_int_equal(integer_of(item, "seq"), ++since);
        assert_int_equal(integer_of(page, "next"), since);
        json_decref(page);
        assert_int_equal(plenum_engine_step(fixture->engine, &error), PLENUM_OK);
    }
}

/* A command that is not durable yet is no event; a client that waits gets it when it is. */
static void test_events_are_waited_for(void **state)
{
    struct fixture *fixture = *state;
    char request[128];
    plenum_engine_sync(fixture->engine);
    uint64_t seq = plenum_ledger_seq(plenum_engine_ledger(fixture->engine));
    snprintf(request, sizeof request, "GET /v1/events?since=%u&wait=30 HTTP/1.1\r\n" LOCAL "\r\n",
             (unsigned)seq);
    int fd = client_open(fixture->server), gone = client_open(fixture->server);
    assert_true(client_send(fd, request, strlen(request)));
    assert_true(client_send(gone, request, strlen(request)));
    client_receive(fixture->server, fd, 100, &fixture->reply);
    assert_int_equal(fixture->reply.status, 0);
    assert_false(fixture->reply.closed);
    (void)close(gone);
    plenum_http_serve(fixture->server, 5000000);
    post(fixture, "", "", LIMIT_TO("44000"));
    check_reply(fixture, 200, "\"taken\":true");
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    check_reply(fixture, 200, "\"kind\":\"power.derate\",\"actor\":\"ada\",\"taken\":true");
    (void)close(fd);
}

static void test_waiting_ends(void **state)
{
    struct fixture *fixture = *state;
    plenum_engine_sync(fixture->engine);
    ask(fixture, fixture->server, GET("/v1/events?since=1000000000&wait=1"));
    check_reply(fixture, 200, "{\"items\":[],\"next\":1000000000}");
    ask(fixture, fixture->server, GET("/v1/events?since=1000000000"));
    check_reply(fixture, 200, "{\"items\":[],\"next\":1000000000}");
    ask(fixture, fixture->server, GET("/v1/events?wait=61"));
    check_reply(fixture, 400, "wait: found");
}

/* --- connections ------------------------------------------------------------------------------ */

static void test_connection_is_kept(void **state)
{
    struct fixture *fixture = *state;
    int fd = client_open(fixture->server);
    for (int i = 0; i < 20; i++) {
        const char *request = i % 2 ? GET("/v1/racks") : GET("/nothing");
        assert_true(client_send(fd, request, strlen(request)));
        client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
        assert_int_equal(fixture->reply.status, i % 2 ? 200 : 404);
        assert_false(fixture->reply.closed);
    }
    (void)close(fd);
}

/* Bytes come one at a time, as long as they all come. */
static void test_slow_request_is_read(void **state)
{
    struct fixture *fixture = *state;
    const char *request = GET("/v1/site");
    int fd = client_open(fixture->server);
    for (; *request; request++) {
        assert_true(client_send(fd, request, 1));
        plenum_http_serve(fixture->server, 0);
    }
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    assert_int_equal(fixture->reply.status, 200);
    (void)close(fd);
}

/* Many half requests: another is answered at once, and all of them are closed in time. */
static void test_half_open_are_closed(void **state)
{
    enum { HALF_OPEN = 300 };
    static const char *const halves[] = {"", "GET", "GET /v1/site HTTP/1.1\r\nHost: localhost\r\n",
                                         "POST /v1/racks HTTP/1.1\r\n" LOCAL
                                         "Content-Length: 100\r\n\r\n{"};
    struct fixture *fixture = *state;
    static int fds[HALF_OPEN];
    for (int i = 0; i < HALF_OPEN; i++) {
        const char *half = halves[i % 4];
        fds[i] = client_open(fixture->server);
        assert_true(fds[i] >= 0);
        assert_true(client_send(fds[i], half, strlen(half)));
        plenum_http_serve(fixture->server, 0);
    }
    ask(fixture, fixture->server, GET("/v1/site"));
    assert_int_equal(fixture->reply.status, 200);
    for (int i = 0; i < HALF_OPEN; i++) {
        do
            client_receive(fixture->server, fds[i], 6000, &fixture->reply);
        while (fixture->reply.status != 0 && !fixture->reply.closed);
        if (!fixture->reply.closed)
            fail_msg("still open: \"%s\"", halves[i % 4]);
        (void)close(fds[i]);
    }
}

/* Of a header that nobody knows a multiple is too long. What passes all bounds is not parsed. */
static void test_large_headers_are_refused(void **state)
{
    enum { ENOUGH = 40 * PLENUM_HTTP_HEADER_MAX };
    static const char *const begins[] = {"GET /v1/site?", "GET /v1/site HTTP/1.1\r\nHost: ",
                                         "GET /v1/site HTTP/1.1\r\n" LOCAL "X-Mine: "};
    static const struct {
        size_t length;
        int status[3]; /* by where it is */
    } cases[] = {{100, {400, 421, 200}},  {300, {414, 431, 200}},   {8000, {414, 431, 200}},
                 {9000, {431, 431, 200}}, {30000, {431, 431, 431}}, {60000, {431, 431, 431}},
                 {300000, {0, 0, 0}}};
    struct fixture *fixture = *state;
    char *request = malloc(ENOUGH);
    assert_non_null(request);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int where = 0; where < 3; where++) {
            size_t at = (size_t)snprintf(request, ENOUGH, "%s", begins[where]);
            memset(request + at, 'a', cases[i].length);
            snprintf(request + at + cases[i].length, ENOUGH - at - cases[i].length, "%s\r\n\r\n",
                     where ? "" : " HTTP/1.1\r\n" LOCAL);
            ask(fixture, fixture->server, request);
            if (fixture->reply.status != cases[i].status[where])
                fail_msg("%s%zu bytes: expected %d, found: %s", begins[where], cases[i].length,
                         cases[i].status[where], fixture->reply.text);
        }
    }
    free(request);
}

static int64_t open_connections(struct fixture *fixture)
{
    static const char name[] = "\nplenum_http_connections ";
    ask(fixture, fixture->server, GET("/metrics"));
    const char *found = strstr(fixture->reply.text, name);
    assert_non_null(found);
    return strtoll(found + sizeof name - 1, NULL, 10);
}

/* However many requests a connection had, it counts as one, and not when it is gone. */
static void test_connections_are_counted(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 30; i++) {
        int fd = client_open(fixture->server);
        for (int sent = 0; sent < i % 4; sent++) {
            assert_true(client_send(fd, GET("/v1/site"), strlen(GET("/v1/site"))));
            client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
            assert_int_equal(fixture->reply.status, 200);
        }
        (void)close(fd);
        plenum_http_serve(fixture->server, 1000000);
    }
    assert_int_equal(open_connections(fixture), 1);
}

/* --- who may ask ------------------------------------------------------------------------------ */

static void test_token(void **state)
{
    static const struct {
        const char *path, *header;
        int status;
    } cases[] = {
        {"/v1/site", "", 401},
        {"/metrics", "", 401},
        {"/nothing", "", 401},
        {"/healthz", "", 503},
        {"/v1/site", "Authorization: Bearer 0123456789abcdeF\r\n", 401},
        {"/v1/site", "Authorization: Bearer 0123456789abcde\r\n", 401},
        {"/v1/site", "Authorization: Basic 0123456789abcdef\r\n", 401},
        {"/v1/site", "Authorization: Bearer 0123456789abcdef\r\n", 503},
        {"/v1/site", "Authorization: bearer 0123456789abcdef\r\n", 503},
    };
    struct fixture *fixture = *state;
    struct plenum_http *server = server_of("0123456789abcdef", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char request[256];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: plenum.example\r\n%s\r\n",
                 cases[i].path, cases[i].header);
        ask(fixture, server, request);
        if (fixture->reply.status != cases[i].status)
            fail_msg("%s%s", request, fixture->reply.text);
    }
    plenum_http_destroy(server);
}

static void test_create_refuses(void **state)
{
    static const struct {
        struct plenum_http_options options;
        const char *part;
    } cases[] = {
        {{.address = "0.0.0.0"}, "a token is required"},
        {{.address = "128.0.0.1"}, "a token is required"},
        {{.address = "localhost"}, "expected an IPv4 address"},
        {{.address = "::1"}, "expected an IPv4 address"},
        {{.token = "short"}, "expected 16 to"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct plenum_http *server;
        struct plenum_error error;
        assert_int_equal(plenum_http_create(&cases[i].options, &server, &error), PLENUM_INPUT);
        assert_null(server);
        if (!strstr(error.text, cases[i].part))
            fail_msg("%s", error.text);
    }
}

static void test_port_is_taken(void **state)
{
    struct fixture *fixture = *state;
    struct plenum_http *server;
    struct plenum_error error;
    struct plenum_http_options options = {.port = plenum_http_port(fixture->server)};
    assert_int_equal(plenum_http_create(&options, &server, &error), PLENUM_IO);
    assert_non_null(strstr(error.text, "cannot be listened on"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_elevations),
        cmocka_unit_test(test_pages_are_whole),
        cmocka_unit_test(test_entities_have_their_fields),
        cmocka_unit_test(test_tag_saves_a_body),
        cmocka_unit_test(test_command_is_taken),
        cmocka_unit_test(test_same_key_is_same_command),
        cmocka_unit_test(test_refusal_is_told),
        cmocka_unit_test(test_bad_commands),
        cmocka_unit_test(test_bodies_that_are_not_read),
        cmocka_unit_test(test_events_are_told_once),
        cmocka_unit_test(test_events_are_waited_for),
        cmocka_unit_test(test_waiting_ends),
        cmocka_unit_test(test_connection_is_kept),
        cmocka_unit_test(test_slow_request_is_read),
        cmocka_unit_test(test_half_open_are_closed),
        cmocka_unit_test(test_large_headers_are_refused),
        cmocka_unit_test(test_connections_are_counted),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_create_refuses),
        cmocka_unit_test(test_port_is_taken),
        cmocka_unit_test(test_client_goes),
    };
    return cmocka_run_group_tests(tests, group_begin, group_end);
}
