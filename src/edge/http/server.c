/* The server's begin and end, what happens on its sockets, and its time: see server.h. */
#include "edge/http/server.h"

#include <plenum/offer.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wall.h"
#include "edge/http/board.h"
#include "edge/http/caller.h"
#include "edge/http/exchange.h"
#include "edge/http/feed.h"
#include "edge/http/kept.h"
#include "edge/http/request.h"
#include "edge/http/stream.h"
#include "edge/series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(HTTP_ROOM >= 2 * LWS_PRE, "a head has the room that lws_write wants before it");

/* --- events of libwebsockets ------------------------------------------------------------------ */

static int on_connection(struct plenum_http *server)
{
    if (server->counts.connections < PLENUM_HTTP_CONNECTIONS_MAX)
        return 0;
    server->counts.refused_connections++;
    return -1;
}

static int on_open(struct lws *wsi)
{
    lws_set_opaque_user_data(wsi, memory_new(1, sizeof(struct connection)));
    server_of(wsi)->counts.connections++;
    return 0;
}

/* The listening socket is destroyed too. */
static void on_destroy(struct lws *wsi)
{
    struct connection *connection = lws_get_opaque_user_data(wsi);
    if (!connection)
        return;
    exchange_destroy(connection->exchange);
    stream_destroy(connection->stream);
    server_of(wsi)->counts.connections--;
    lws_set_opaque_user_data(wsi, NULL);
    free(connection);
}

static int on_stream(struct lws *wsi, enum lws_callback_reasons reason,
                     struct connection *connection, void *in, size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        return stream_begin(wsi, connection);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return stream_write(connection);
    case LWS_CALLBACK_RECEIVE:
        return stream_hear(connection, in, length);
    default:
        return 0;
    }
}

static int on_exchange(struct lws *wsi, enum lws_callback_reasons reason,
                       struct connection *connection, void *in, size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return exchange_begin(wsi, connection);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return exchange_write(wsi, connection);
    case LWS_CALLBACK_HTTP_BODY:
        exchange_take_body(connection, in, length);
        return 0;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return exchange_end_body(wsi, connection);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return stream_upgrade(wsi, connection, in);
    case LWS_CALLBACK_TIMER:
        return exchange_ring(connection);
    default:
        return on_stream(wsi, reason, connection, in, length);
    }
}

static int server_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                           size_t length)
{
    (void)user;
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        return on_connection(server_of(wsi));
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        return on_open(wsi);
    case LWS_CALLBACK_WSI_DESTROY:
        on_destroy(wsi);
        return 0;
    default:
        break;
    }
    struct connection *connection = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    return connection ? on_exchange(wsi, reason, connection, in, length) : 0;
}

/* --- begin and end ---------------------------------------------------------------------------- */

static enum plenum_status check_options(const struct plenum_http_options *options,
                                        const char *address, struct plenum_error *error)
{
    struct in_addr parsed;
    size_t length = options->token ? strlen(options->token) : 0;
    if (inet_pton(AF_INET, address, &parsed) != 1)
        return plenum_fail(error, PLENUM_INPUT, "address \"%s\": expected an IPv4 address",
                           address);
    if (options->token && (length < 16 || length > TOKEN_MAX - sizeof "Bearer "))
        return plenum_fail(error, PLENUM_INPUT, "token of %zu bytes: expected 16 to %zu", length,
                           TOKEN_MAX - sizeof "Bearer ");
    if (!options->token && ntohl(parsed.s_addr) >> 24 != 127)
        return plenum_fail(error, PLENUM_INPUT,
                           "%s is no loopback address: a token is required there", address);
    return PLENUM_OK;
}

enum {
    PACKET_BYTES = 128 << 10,
    HEADERS_ROOM = UINT16_MAX /* where they do not fit, the connection is closed */
};

static bool file_is_readable(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file)
        (void)fclose(file);
    return file != NULL;
}

static enum plenum_status check_tls(const struct plenum_http_options *options,
                                    struct plenum_error *error)
{
    const char *const files[] = {options->tls_cert, options->tls_key};
    if (!options->tls_cert != !options->tls_key)
        return plenum_fail(error, PLENUM_INPUT, "a certificate and its key: expected both or none");
    for (size_t i = 0; i < 2; i++)
        if (files[i] && !file_is_readable(files[i]))
            return plenum_fail(error, PLENUM_IO, "%s: cannot be read", files[i]);
    return PLENUM_OK;
}

/* Which of the reasons it is that a server could not begin. */
static bool can_be_listened_on(const char *address, uint16_t port)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    bool good = fd >= 0 && inet_pton(AF_INET, address, &to.sin_addr) == 1 &&
                setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                bind(fd, (const struct sockaddr *)&to, sizeof to) == 0 && listen(fd, 1) == 0;
    if (fd >= 0)
        (void)close(fd);
    return good;
}

static enum plenum_status fail_to_begin(const struct plenum_http_options *options,
                                        const char *address, struct plenum_error *error)
{
    if (options->tls_cert && can_be_listened_on(address, options->port))
        return plenum_fail(error, PLENUM_IO,
                           "%s, %s: expected certificates in PEM, and the key of the first",
                           options->tls_cert, options->tls_key);
    return plenum_fail(error, PLENUM_IO, "%s:%u cannot be listened on", address, options->port);
}

/* HTTP/2 is not offered: a call has one connection. */
static void set_tls(struct lws_context_creation_info *info,
                    const struct plenum_http_options *options)
{
    if (!options->tls_cert)
        return;
    info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info->ssl_cert_filepath = options->tls_cert;
    info->ssl_private_key_filepath = options->tls_key;
    info->ssl_options_set = SSL_OP_NO_SSLv3 | SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
    info->alpn = "http/1.1";
}

/* The context first, then what listens: a context that cannot listen is not taken down whole. */
static bool server_listen(struct plenum_http *server, const struct plenum_http_options *options)
{
    static const lws_retry_bo_t idle = {.secs_since_valid_ping = STREAM_PING_S,
                                        .secs_since_valid_hangup = STREAM_HANGUP_S};
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = options->port;
    info.iface = server->address;
    info.protocols = server->protocols;
    info.user = server;
    info.gid = -1;
    info.uid = -1;
    info.server_string = "plenum";
    info.options = LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
                   LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.max_http_header_data = HEADERS_ROOM;
    info.max_http_header_pool = PLENUM_HTTP_CONNECTIONS_MAX;
    info.pt_serv_buf_size = HTTP_READ_BYTES;
    info.fd_limit_per_thread = PLENUM_HTTP_CONNECTIONS_MAX + 16;
    info.timeout_secs = server->timeout_s;
    info.timeout_secs_ah_idle = server->timeout_s;
    info.retry_and_idle_policy = &idle;
    info.keepalive_timeout = (int)server->timeout_s;
    set_tls(&info, options);
    server->context = lws_create_context(&info);
    if (server->context)
        server->vhost = lws_create_vhost(server->context, &info);
    return server->vhost != NULL;
}

enum plenum_status plenum_http_create(const struct plenum_http_options *options,
                                      struct plenum_http **server_out, struct plenum_error *error)
{
    const char *address = options->address ? options->address : "127.0.0.1";
    unsigned timeout_s = options->timeout_s ? options->timeout_s : PLENUM_HTTP_TIMEOUT_S;
    /* Without a subprotocol a WebSocket has the first. */
    static const char *const names[] = {"http", CALLER_PROTOCOL};
    *server_out = NULL;
    enum plenum_status status = check_options(options, address, error);
    if (status == PLENUM_OK)
        status = check_tls(options, error);
    if (status != PLENUM_OK)
        return status;
    struct plenum_http *server = memory_new(1, sizeof *server);
    (void)text_format(server->address, sizeof server->address, "%s", address);
    (void)text_format(server->token, sizeof server->token, "%s",
                      options->token ? options->token : "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        server->protocols[i] = (struct lws_protocols){
            .name = names[i], .callback = server_callback, .tx_packet_size = PACKET_BYTES};
    server->feed = feed_create();
    server->kept = kept_create();
    server->board = board_create();
    server->timeout_s = timeout_s;
    server->series = series_create();
    lws_set_log_level(0, NULL); /* clients must not be able to write our log */
    if (!server_listen(server, options)) {
        plenum_http_destroy(server);
        return fail_to_begin(options, address, error);
    }
    *server_out = server;
    return PLENUM_OK;
}

void plenum_http_destroy(struct plenum_http *server)
{
    if (!server)
        return;
    if (server->context)
        lws_context_destroy(server->context);
    command_forget_all(&server->posted);
    plenum_offer_desk_destroy(server->desk);
    series_destroy(server->series);
    feed_destroy(server->feed);
    kept_destroy(server->kept);
    board_destroy(server->board);
    free(server);
}

void plenum_http_attach(struct plenum_http *server, struct plenum_engine *engine)
{
    server->engine = engine;
}

uint16_t plenum_http_port(const struct plenum_http *server)
{
    return (uint16_t)lws_get_vhost_listen_port(server->vhost);
}

/* --- service ---------------------------------------------------------------------------------- */

/* libwebsockets sleeps until its next timer in whole milliseconds, and looks for timers that are
 * due only before it sleeps. So there is always a next one, and what is left of less than a
 * millisecond is slept without clients. */
static const int64_t SLEEP_NS = 1000000;
/* At once at past states: so long may clients, or a run that has no time to spare, wait for it. */
static const int64_t WORK_NS = 4000000, WORK_BUSY_NS = 2000000;

static void server_wake(lws_sorted_usec_list_t *wake)
{
    struct plenum_http *server = lws_container_of(wake, struct plenum_http, wake);
    lws_sul_schedule(server->context, 0, wake, server_wake, SLEEP_NS / 1000);
}

/* Past states are made between answers, a slice at a time; true while there is more to do. */
static bool server_work(struct plenum_http *server, int64_t budget_ns)
{
    struct plenum_history *history = server->engine ? plenum_engine_history(server->engine) : NULL;
    exchange_answer_waiting(server); /* who waits asks again: else its state is not worked at */
    bool more = history && plenum_history_work(history, budget_ns);
    exchange_answer_waiting(server);
    return more;
}

/* Sleeps in libwebsockets until something comes, a stream has something to say, or until_ns. */
static int server_sleep(struct plenum_http *server, int64_t until_ns)
{
    int64_t now_ns = wall_now_ns(&wall_clock_system);
    int64_t due_ns = stream_tick_all(server, now_ns);
    due_ns = due_ns < until_ns ? due_ns : until_ns;
    int64_t left_ns = due_ns - now_ns > SLEEP_NS ? due_ns - now_ns : SLEEP_NS;
    lws_sul_schedule(server->context, 0, &server->wake, server_wake, left_ns / 1000);
    return lws_service(server->context, 0);
}

void plenum_http_serve(void *context, int64_t wait_ns)
{
    struct plenum_http *server = context;
    if (server->engine)
        series_sample(server->series, server->engine);
    bool more = server_work(server, wait_ns > 0 ? WORK_NS : WORK_BUSY_NS);
    int64_t until_ns = wall_now_ns(&wall_clock_system) + wait_ns, left_ns = wait_ns;
    while (left_ns >= SLEEP_NS) {
        if ((more ? lws_service(server->context, -1) : server_sleep(server, until_ns)) < 0)
            break;
        more = server_work(server, WORK_NS);
        left_ns = until_ns - wall_now_ns(&wall_clock_system);
    }
    (void)stream_tick_all(server, wall_now_ns(&wall_clock_system));
    (void)lws_service(server->context, -1);
    left_ns = until_ns - wall_now_ns(&wall_clock_system);
    if (left_ns > 0)
        wall_clock_system.sleep_ns(wall_clock_system.context, left_ns);
}
