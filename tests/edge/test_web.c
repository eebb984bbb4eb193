/* The dashboard's files: who gets which, in which form, with which headers. They are served before
 * there is an engine, and with a token to those who have none. A program that was built without
 * them says why. */
#include "http_client.h"

#include "edge/http/web_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 5000 };

static struct reply reply;

static struct plenum_http *server_of(const char *token)
{
    struct plenum_http *server;
    struct plenum_error error;
    struct plenum_http_options options = {.token = token, .timeout_s = 2};
    if (plenum_http_create(&options, &server, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    return server;
}

static void ask(struct plenum_http *server, const char *method, const char *path,
                const char *headers)
{
    char request[512];
    int fd = client_open(server);
    assert_true(fd >= 0);
    snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, path,
             headers);
    assert_true(client_send(fd, request, strlen(request)));
    client_receive(server, fd, WAIT_MS, &reply);
    (void)close(fd);
}

/* What a program without the dashboard answers instead. */
static bool is_missing(void)
{
    return web_missing != NULL;
}

static void test_views(void **state)
{
    static const struct {
        const char *path;
        int status;
    } cases[] = {{"/", 200},         {"/floor?hall=0&x=1", 200},
                 {"/racks/12", 200}, {"/power", 200},
                 {"/events", 200},   {"/floors", 404},
                 {"/assets/", 404},  {"/?1&2&3&4&5&6&7&8&9&10", 200}};
    struct plenum_http *server = server_of(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ask(server, "GET", cases[i].path, "");
        int want = is_missing() && cases[i].status == 200 ? 503 : cases[i].status;
        if (reply.status != want)
            fail_msg("%s: %d, expected %d", cases[i].path, reply.status, want);
        if (want == 503)
            assert_non_null(strstr(reply.body, web_missing));
    }
    ask(server, "POST", "/", "");
    assert_int_equal(reply.status, 405);
    plenum_http_destroy(server);
}

static void test_page(void **state)
{
    char value[128];
    struct plenum_http *server = server_of("a token of some length");
    (void)state;
    if (is_missing())
        skip();
    ask(server, "GET", "/air", "");
    assert_int_equal(reply.status, 200);
    assert_true(reply_header(&reply, "content-security-policy", value));
    assert_non_null(strstr(value, "default-src 'none'; script-src 'self'; style-src 'self';"));
    assert_null(strstr(reply.text, "unsafe"));
    assert_non_null(strstr(reply.text, "frame-ancestors 'none'"));
    assert_true(reply_header(&reply, "x-content-type-options", value));
    assert_true(reply_header(&reply, "cache-control", value));
    assert_string_equal(value, "no-cache");
    ask(server, "GET", "/v1/state", "");
    assert_int_equal(reply.status, 401);
    plenum_http_destroy(server);
}

/* Every file, plain and compressed, and not again to who has it. */
static void test_files(void **state)
{
    struct plenum_http *server = server_of(NULL);
    char value[128], has[160];
    (void)state;
    for (size_t i = 0; i < web_file_count; i++) {
        const struct web_file *file = &web_files[i];
        ask(server, "GET", file->path, "Accept-Encoding: br, gzip;q=0\r\n");
        assert_int_equal(reply.status, 200);
        assert_int_equal(reply.length - (size_t)(reply.body - reply.text), file->plain_length);
        assert_memory_equal(reply.body, file->plain, file->plain_length);
        assert_false(reply_header(&reply, "content-encoding", value));
        ask(server, "GET", file->path, "Accept-Encoding: deflate, gzip\r\n");
        assert_int_equal(reply_header(&reply, "content-encoding", value), file->gzip != NULL);
        if (file->gzip)
            assert_memory_equal(reply.body, file->gzip, file->gzip_length);
        assert_true(reply_header(&reply, "etag", value));
        snprintf(has, sizeof has, "If-None-Match: %s\r\n", value);
        assert_true(reply_header(&reply, "cache-control", value));
        assert_int_equal(strstr(value, "immutable") != NULL, file->immutable);
        ask(server, "GET", file->path, has);
        assert_int_equal(reply.status, 304);
    }
    plenum_http_destroy(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
