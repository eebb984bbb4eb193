/* WebSockets: rows of the journal each once, pictures that are never old, and who gets none. */
#include "served_site.h"
#include "ws_client.h"

#include "base/bytes.h"
#include "base/wall.h"
#include "edge/http/frame.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 300, WAIT_MS = 5000 };

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

static uint64_t last_seq(const struct fixture *fixture)
{
    return plenum_ledger_seq(plenum_engine_ledger(fixture->engine));
}

/* A text message as JSON; NULL when none came. */
static json_t *next_json(struct fixture *fixture, struct ws *ws, int64_t wait_ms)
{
    enum ws_type type;
    const char *data;
    size_t length;
    json_error_t error;
    if (!ws_next(ws, fixture->server, wait_ms, &type, &data, &length))
        return NULL;
    assert_int_equal(type, WS_TEXT);
    json_t *object = json_loadb(data, length, 0, &error);
    if (!object)
        fail_msg("%s: %.*s", error.text, (int)length, data);
    return object;
}

static int64_t integer_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value))
        fail_msg("no integer \"%s\"", key);
    return json_integer_value(value);
}

/* --- who gets one ----------------------------------------------------------------------------- */

#define TOKEN "0123456789abc-_~"
#define OFFER "MDEyMzQ1Njc4OWFiYy1ffg" /* TOKEN in base64url */

static const struct {
    const char *path, *headers;
    int status;
    const char *part; /* of the answer */
} upgrades[] = {
    {"/v1/watch", "", 101, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
    {"/v1/watch", "Origin: http://127.0.0.1:7070\r\n", 101, ""},
    {"/v1/watch", "Origin: https://127.0.0.1:7070\r\n", 101, ""},
    {"/v1/watch", "Sec-WebSocket-Protocol: plenum.v1\r\n", 101, "plenum.v1"},
    {"/v1/watch", "Sec-WebSocket-Extensions: permessage-deflate\r\n", 101, ""},
    {"/v1/watch", "Origin: http://127.0.0.1:8080\r\n", 403, "only pages of this server"},
    {"/v1/watch", "Origin: http://evil.example\r\n", 403, "problem+json"},
    {"/v1/watch", "Origin: null\r\n", 403, "problem+json"},
    {"/v1/watch", "Sec-WebSocket-Protocol: chat\r\n", 400, "expected the subprotocol"},
    {"/v1/watch?hz=5", "", 400, "hz=5"},
    {"/v1/events?since=0", "", 101, ""},
    {"/v1/events?since=-1", "", 400, "since: found"},
    {"/v1/events?lag=0", "", 400, "lag: found"},
    {"/v1/state", "", 400, "/v1/state is no WebSocket"},
    {"/v1/nothing", "", 404, "nothing is at"},
};

static void test_upgrades(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof upgrades / sizeof upgrades[0]; i++) {
        struct ws ws;
        ws_open(&ws, fixture->server, upgrades[i].path, upgrades[i].headers);
        if (ws.status != upgrades[i].status || !strstr(ws.answer, upgrades[i].part))
            fail_msg("%s %s: expected %d, found %s", upgrades[i].path, upgrades[i].headers,
                     upgrades[i].status, ws.answer);
        assert_null(strstr(ws.answer, "deflate"));
        ws_close(&ws);
    }
    int fd = client_open(fixture->server);
    static const char plain[] = "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_true(client_send(fd, plain, sizeof plain - 1));
    client_receive(fixture->server, fd, WAIT_MS, &fixture->reply);
    assert_int_equal(fixture->reply.status, 426);
    (void)close(fd);
}

/* With a token the page's origin does not matter: it has the token or not. */
static void test_token(void **state)
{
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"", 401},
        {"Authorization: Bearer " TOKEN "\r\n", 101},
        {"Sec-WebSocket-Protocol: plenum.v1, plenum.bearer." OFFER "\r\n", 101},
        {"Sec-WebSocket-Protocol: plenum.v1,plenum.bearer." OFFER "\r\n"
         "Origin: http://else.example\r\n",
         101},
        {"Sec-WebSocket-Protocol: plenum.v1\r\n", 401},
        {"Sec-WebSocket-Protocol: plenum.v1, plenum.bearer." TOKEN "\r\n", 401},
        {"Sec-WebSocket-Protocol: plenum.v1, plenum.bearer.\r\n", 401},
        {"Sec-WebSocket-Protocol: plenum.bearer." OFFER "\r\n", 400},
    };
    struct fixture *fixture = *state;
    struct plenum_http *server = server_of(TOKEN, 1);
    plenum_http_attach(server, fixture->engine);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ws ws;
        ws_open(&ws, server, "/v1/watch", cases[i].headers);
        if (ws.status != cases[i].status)
            fail_msg("%s: expected %d, found %s", cases[i].headers, cases[i].status, ws.answer);
        assert_null(strstr(ws.answer, OFFER));
        ws_close(&ws);
    }
    plenum_http_destroy(server);
}

/* --- events ----------------------------------------------------------------------------------- */

/* A client that is cut off again and again, at any row, reads each row once and in order, while
 * the site goes on. */
static void test_events_go_on(void **state)
{
    struct fixture *fixture = *state;
    int64_t since = 0;
    plenum_engine_sync(fixture->engine);
    for (int round = 0; round < 12 || (uint64_t)since < last_seq(fixture); round++) {
        struct ws ws;
        char path[64];
        snprintf(path, sizeof path, "/v1/events?since=%d", (int)since);
        ws_open(&ws, fixture->server, path, "");
        assert_int_equal(ws.status, 101);
        int rows = round < 12 ? 1 + round * 37 : INT32_MAX;
        for (; rows > 0 && (uint64_t)since < last_seq(fixture); rows--) {
            json_t *row = next_json(fixture, &ws, WAIT_MS);
            assert_non_null(row);
            assert_int_equal(integer_of(row, "seq"), ++since);
            json_decref(row);
            if (since % 101 == 0 && round < 12)
                fixture_step(fixture, 1);
            plenum_engine_sync(fixture->engine);
        }
        ws_close(&ws);
    }
}

/* A row is told when it is durable, not before. */
static void test_events_are_durable(void **state)
{
    struct fixture *fixture = *state;
    struct ws ws;
    char path[64];
    plenum_engine_sync(fixture->engine);
    uint64_t since = last_seq(fixture);
    snprintf(path, sizeof path, "/v1/events?since=%d", (int)since);
    ws_open(&ws, fixture->server, path, "");
    while (last_seq(fixture) == since)
        fixture_step(fixture, 1);
    if (plenum_journal_synced(plenum_engine_journal(fixture->engine)) == since)
        assert_null(next_json(fixture, &ws, 30));
    plenum_engine_sync(fixture->engine);
    json_t *row = next_json(fixture, &ws, WAIT_MS);
    assert_int_equal(integer_of(row, "seq"), since + 1);
    json_decref(row);
    ws_close(&ws);
}

static void test_events_end_at_limit(void **state)
{
    struct fixture *fixture = *state;
    struct ws ws;
    ws_open(&ws, fixture->server, "/v1/events?since=10&limit=3", "");
    for (int seq = 11; seq < 14; seq++) {
        json_t *row = next_json(fixture, &ws, WAIT_MS);
        assert_int_equal(integer_of(row, "seq"), seq);
        json_decref(row);
    }
    assert_null(next_json(fixture, &ws, WAIT_MS));
    assert_true(ws.closed);
    assert_int_equal(ws.close_code, 1000);
    ws_close(&ws);
}

/* Who would rather not read all it missed is told what that was, without a gap. */
static void test_events_that_were_missed(void **state)
{
    struct fixture *fixture = *state;
    struct ws ws;
    plenum_engine_sync(fixture->engine);
    ws_open(&ws, fixture->server, "/v1/events?since=5&lag=20", "");
    json_t *message = next_json(fixture, &ws, WAIT_MS);
    const json_t *missed = json_object_get(message, "missed");
    assert_int_equal(integer_of(missed, "from"), 6);
    int64_t to = integer_of(missed, "to");
    assert_int_equal(to, last_seq(fixture));
    json_decref(message);
    fixture_step(fixture, 2);
    plenum_engine_sync(fixture->engine);
    message = next_json(fixture, &ws, WAIT_MS);
    assert_int_equal(integer_of(message, "seq"), to + 1);
    json_decref(message);
    ws_close(&ws);
}

/* One that does not read holds nothing up, and misses nothing when it reads again. */
static void test_slow_client_of_events(void **state)
{
    struct fixture *fixture = *state;
    struct ws slow, quick;
    ws_open(&slow, fixture->server, "/v1/events", "");
    ws_open(&quick, fixture->server, "/v1/events", "");
    fixture_step(fixture, 300);
    plenum_engine_sync(fixture->engine);
    uint64_t last = last_seq(fixture);
    struct ws *order[] = {&quick, &slow};
    for (int client = 0; client < 2; client++) {
        for (uint64_t seq = 1; seq <= last; seq++) {
            json_t *row = next_json(fixture, order[client], WAIT_MS);
            assert_non_null(row);
            assert_int_equal(integer_of(row, "seq"), seq);
            json_decref(row);
        }
        ws_close(order[client]);
    }
}

/* --- watching --------------------------------------------------------------------------------- */

static json_t *next_state(struct fixture *fixture, struct ws *ws, int64_t wait_ms)
{
    json_t *message = next_json(fixture, ws, wait_ms);
    json_t *state = message ? json_incref(json_object_get(message, "state")) : NULL;
    json_decref(message);
    return state;
}

/* What has not changed is not told again, what has is, not more than five times a second. */
static void test_state_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct ws ws;
    int told = 0;
    ws_open(&ws, fixture->server, "/v1/watch", "");
    json_t *first = next_state(fixture, &ws, WAIT_MS);
    if ((uint64_t)integer_of(first, "seq") != last_seq(fixture)) {
        json_decref(first); /* what others were told just now */
        first = next_state(fixture, &ws, WAIT_MS);
    }
    assert_int_equal(integer_of(first, "seq"), last_seq(fixture));
    assert_true(json_is_false(json_object_get(first, "paused")));
    assert_true(json_is_array(json_object_get(first, "alarms")));
    json_decref(first);
    assert_null(next_state(fixture, &ws, 300));
    plenum_engine_pause(fixture->engine, true);
    json_t *paused = next_state(fixture, &ws, WAIT_MS);
    assert_true(json_is_true(json_object_get(paused, "paused")));
    json_decref(paused);
    plenum_engine_pause(fixture->engine, false);
    int64_t begin_ns = wall_now_ns(&wall_clock_system);
    while (wall_now_ns(&wall_clock_system) - begin_ns < 1000000000) {
        fixture_step(fixture, 1);
        json_t *next = next_state(fixture, &ws, 10);
        told += next != NULL;
        json_decref(next);
    }
    assert_in_range(told, 1, 6);
    ws_close(&ws);
}

static bool next_picture(struct fixture *fixture, struct ws *ws, int64_t wait_ms, const char **data,
                         size_t *length)
{
    enum ws_type type;
    while (ws_next(ws, fixture->server, wait_ms, &type, data, length))
        if (type == WS_BINARY)
            return true;
    return false;
}

static uint64_t seq_of(const char *picture)
{
    uint64_t seq = 0;
    for (int i = 7; i >= 0; i--)
        seq = seq << 8 | (unsigned char)picture[8 + i];
    return seq;
}

/* The picture is the bytes that the encoder makes of the ledger now. */
static void test_pictures_are_of_now(void **state)
{
    struct fixture *fixture = *state;
    struct frame_view view;
    struct bytes expected;
    struct ws ws;
    const char *data;
    size_t length;
    frame_view_init(&view, fixture->site);
    view.x1 = view.x1 / 2;
    view.width = view.height = 400;
    bytes_init(&expected, FRAME_BYTES_MAX);
    ws_open(&ws, fixture->server, "/v1/watch", "");
    char wish[160];
    snprintf(wish, sizeof wish,
             "{\"watch\":\"floor\",\"hall\":0,\"x1\":%d,\"width\":400,\"height\":400,\"hz\":60}",
             view.x1);
    ws_send(&ws, wish);
    for (int i = 0; i < 10; i++) {
        assert_true(next_picture(fixture, &ws, WAIT_MS, &data, &length));
        bytes_clear(&expected);
        frame_floor(plenum_engine_ledger(fixture->engine), &view, &expected);
        assert_int_equal(length, expected.length);
        assert_memory_equal(data, expected.data, length);
        fixture_step(fixture, 1);
    }
    ws_send(&ws, "{\"watch\":\"air\"}");
    while (next_picture(fixture, &ws, WAIT_MS, &data, &length) && data[4] != FRAME_DRONES)
        continue;
    assert_int_equal(data[4], FRAME_DRONES);
    ws_send(&ws, "{\"watch\":\"none\"}");
    plenum_http_serve(fixture->server, 20000000);
    while (next_picture(fixture, &ws, 20, &data, &length))
        continue;
    fixture_step(fixture, 3);
    assert_false(next_picture(fixture, &ws, 300, &data, &length));
    assert_false(ws.closed);
    ws_close(&ws);
    bytes_finish(&expected);
}

/* Ten a second are asked for, and not more come; one that slept gets few, then one of now. */
static void test_pictures_come_in_time(void **state)
{
    struct fixture *fixture = *state;
    struct ws ws;
    const char *data;
    size_t length;
    int shown = 0;
    uint64_t last = 0;
    ws_open(&ws, fixture->server, "/v1/watch", "");
    ws_send(&ws, "{\"watch\":\"floor\",\"hz\":10}");
    int64_t begin_ns = wall_now_ns(&wall_clock_system);
    while (wall_now_ns(&wall_clock_system) - begin_ns < 1000000000) {
        fixture_step(fixture, 1);
        shown += next_picture(fixture, &ws, 5, &data, &length);
    }
    assert_in_range(shown, 2, 12);
    for (int i = 0; i < 40; i++) {
        fixture_step(fixture, 1);
        plenum_http_serve(fixture->server, 10000000);
    }
    while (last < last_seq(fixture) && next_picture(fixture, &ws, 500, &data, &length)) {
        assert_true(seq_of(data) > last);
        last = seq_of(data);
    }
    assert_int_equal(last, last_seq(fixture));
    ws_close(&ws);
}

static json_t *next_problem(struct fixture *fixture, struct ws *ws)
{
    json_t *message, *problem = NULL;
    while (!problem && (message = next_json(fixture, ws, WAIT_MS)) != NULL) {
        problem = json_incref(json_object_get(message, "problem"));
        json_decref(message);
    }
    return problem;
}

static void test_wishes_that_are_none(void **state)
{
    static const struct {
        const char *said, *part;
    } cases[] = {
        {"", "at byte 0"},
        {"floor", "at byte"},
        {"{}", "watch: expected"},
        {"{\"watch\":1}", "watch: expected"},
        {"{\"watch\":\"rack\"}", "watch: expected"},
        {"{\"watch\":\"floor\",\"hz\":0}", "hz: expected a whole number from 1 to 60"},
        {"{\"watch\":\"floor\",\"hz\":1e9}", "hz: expected"},
        {"{\"watch\":\"floor\",\"hall\":9}", "hall"},
        {"{\"watch\":\"floor\",\"x0\":5,\"x1\":5}", ""},
        {"{\"watch\":\"floor\",\"colour\":1}", "a member: expected"},
        {"{\"watch\":\"air\",\"x0\":1}", "a member: expected"},
        {"{\"watch\":\"floor\",\"watch\":\"air\"}", "duplicate"},
    };
    struct fixture *fixture = *state;
    struct ws ws;
    ws_open(&ws, fixture->server, "/v1/watch", "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ws_send(&ws, cases[i].said);
        json_t *problem = next_problem(fixture, &ws);
        const char *detail = json_string_value(json_object_get(problem, "detail"));
        if (!detail || !strstr(detail, cases[i].part))
            fail_msg("%s: %s", cases[i].said, detail ? detail : "no problem");
        json_decref(problem);
    }
    char large[1400];
    memset(large, ' ', sizeof large - 1);
    large[sizeof large - 1] = 0;
    ws_send(&ws, large);
    assert_null(next_problem(fixture, &ws));
    assert_int_equal(ws.close_code, 1009);
    ws_close(&ws);
}

/* --- how many --------------------------------------------------------------------------------- */

/* How many of the connections the server has closed, once that no longer changes. */
static int count_closed(struct plenum_http *server, const int *fds, int count)
{
    int closed = 0;
    for (int quiet = 0, before = -1; quiet < 5; quiet = closed == before ? quiet + 1 : 0) {
        char byte;
        before = closed;
        closed = 0;
        plenum_http_serve(server, 5000000);
        for (int i = 0; i < count; i++)
            closed += recv(fds[i], &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
    }
    return closed;
}

/* So many connections there may be and no more; they are given back. */
static void test_connections_have_an_end(void **state)
{
    enum { MORE = 20, ALL = PLENUM_HTTP_CONNECTIONS_MAX + MORE };
    static int fds[ALL];
    struct plenum_http *server = server_of(NULL, 600);
    struct rlimit limit;
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 2 * ALL + 64;
    if (limit.rlim_cur > limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) != 0)
        skip();
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < ALL; i++) {
            fds[i] = client_open(server);
            assert_true(fds[i] >= 0);
            plenum_http_serve(server, 0);
        }
        assert_int_equal(count_closed(server, fds, ALL), MORE);
        for (int i = 0; i < ALL; i++)
            (void)close(fds[i]);
        for (int i = 0; i < 20; i++)
            plenum_http_serve(server, 1000000);
    }
    plenum_http_destroy(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrades),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_events_go_on),
        cmocka_unit_test(test_events_are_durable),
        cmocka_unit_test(test_events_end_at_limit),
        cmocka_unit_test(test_events_that_were_missed),
        cmocka_unit_test(test_slow_client_of_events),
        cmocka_unit_test(test_state_is_told),
        cmocka_unit_test(test_pictures_are_of_now),
        cmocka_unit_test(test_pictures_come_in_time),
        cmocka_unit_test(test_wishes_that_are_none),
        cmocka_unit_test(test_connections_have_an_end),
    };
    return cmocka_run_group_tests(tests, group_begin, group_end);
}
