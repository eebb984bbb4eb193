/* Sockets: libwebsockets reads requests and writes answers; what they mean is in call.c.
 *
 * A connection has one exchange at a time, from its request's headers to the last byte of its
 * answer:
 *
 *     reading  no whole request yet
 *     waiting  for the engine (call.answer.status is 0)
 *     writing  the head, then the body from offset on
 *
 * An exchange that had trouble with the framing of its request closes the connection after its
 * answer: where the next request begins would be a guess. */
#include <plenum/http.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wall.h"
#include "edge/http/call.h"

#include <arpa/inet.h>
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(HTTP_ROOM >= LWS_PRE, "a body has the room that lws_write wants before it");

enum {
    WRITE_BYTES = 64 << 10,
    WRITE_TIMEOUT_S = 60,
    HEADERS_MAX = 2048,
    TOKEN_MAX = HTTP_VALUE_MAX
};

struct exchange {
    struct call call;
    struct lws *wsi;
    struct exchange *next, **link; /* among those that wait for events; link NULL: not among them */
    bool reading;                  /* a body; not yet whole */
    bool head_written;
    size_t offset; /* of the body, written so far */
    bool close;    /* after the answer */
};

struct session { /* a connection */
    struct exchange *exchange;
    bool counted;
};

struct plenum_http {
    struct lws_context *context;
    struct lws_vhost *vhost;
    unsigned timeout_s;
    struct plenum_engine *engine;
    char address[INET_ADDRSTRLEN], token[TOKEN_MAX];
    struct lws_protocols protocols[2];
    struct http_counts counts;
    struct exchange *waiting; /* for events */
    struct posted *posted;    /* commands that the engine has not answered */
    lws_sorted_usec_list_t wake;
};

static struct plenum_http *server_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

/* --- the request ------------------------------------------------------------------------------ */

static enum http_method read_method(int method)
{
    switch (method) {
    case LWSHUMETH_GET:
        return HTTP_GET;
    case LWSHUMETH_HEAD:
        return HTTP_HEAD;
    case LWSHUMETH_POST:
        return HTTP_POST;
    default:
        return HTTP_OTHER;
    }
}

static void read_header(struct lws *wsi, enum lws_token_indexes token, char value[HTTP_VALUE_MAX],
                        bool *too_long)
{
    value[0] = 0;
    if (lws_hdr_total_length(wsi, token) > 0 && lws_hdr_copy(wsi, value, HTTP_VALUE_MAX, token) < 0)
        *too_long = true;
}

static void read_query(struct lws *wsi, struct call_request *request)
{
    char member[HTTP_VALUE_MAX];
    int length = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS), seen = 0;
    for (int i = 0; seen < length; i++) {
        int got = lws_hdr_copy_fragment(wsi, member, sizeof member, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (got < 0 || request->query_count == HTTP_QUERY_MAX) {
            request->query_too_long = true;
            return;
        }
        seen += got + 1;
        if (got > 0)
            memcpy(request->query[request->query_count++], member, (size_t)got + 1);
    }
}

static void read_key(struct lws *wsi, struct call_request *request)
{
    static const char name[] = "idempotency-key:";
    int length = lws_hdr_custom_length(wsi, name, sizeof name - 1);
    if (length > 0 && lws_hdr_custom_copy(wsi, request->idempotency_key, HTTP_VALUE_MAX, name,
                                          sizeof name - 1) < 0)
        request->too_long = true;
}

static void read_request(struct lws *wsi, struct call_request *request)
{
    char *path = NULL;
    int length = 0;
    request->method = read_method(lws_http_get_uri_and_method(wsi, &path, &length));
    if (!path || length < 0 || length >= HTTP_PATH_MAX)
        request->too_long = true;
    else
        memcpy(request->path, path, (size_t)length);
    read_header(wsi, WSI_TOKEN_HOST, request->host, &request->too_long);
    read_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, request->authorization, &request->too_long);
    read_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, request->if_none_match, &request->too_long);
    read_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, request->content_type, &request->too_long);
    read_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, request->accept_encoding, &request->too_long);
    read_key(wsi, request);
    read_query(wsi, request);
}

/* Whether the request has a body, or says so in a way that this server does not read. */
static bool has_body(struct lws *wsi)
{
    char length[HTTP_VALUE_MAX];
    bool too_long = false;
    read_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, &too_long);
    bool none = length[0] == 0 || (strcmp(length, "0") == 0);
    return too_long || !none || lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
}

/* --- the answer ------------------------------------------------------------------------------- */

struct head { /* of an answer, while it is made */
    struct lws *wsi;
    unsigned char *at, *end;
    bool failed;
};

static void put_header(struct head *head, const char *name, const char *value)
{
    head->failed =
        head->failed || lws_add_http_header_by_name(head->wsi, (const unsigned char *)name,
                                                    (const unsigned char *)value,
                                                    (int)strlen(value), &head->at, head->end) != 0;
}

static void put_web_headers(struct head *head, const struct call_answer *answer)
{
    if (answer->content_encoding)
        put_header(head, "content-encoding:", answer->content_encoding);
    if (answer->varies)
        put_header(head, "vary:", "accept-encoding");
    if (!answer->policy)
        return;
    put_header(head, "content-security-policy:", answer->policy);
    put_header(head, "referrer-policy:", "no-referrer");
    put_header(head, "cross-origin-opener-policy:", "same-origin");
    put_header(head, "cross-origin-resource-policy:", "same-origin");
}

static void put_headers(struct head *head, const struct exchange *exchange)
{
    char seq[24];
    const struct call_answer *answer = &exchange->call.answer;
    (void)text_format(seq, sizeof seq, "%llu", (unsigned long long)answer->seq);
    put_header(head, "cache-control:",
               answer->immutable ? "public, max-age=31536000, immutable"
               : answer->etag[0] ? "no-cache"
                                 : "no-store");
    put_header(head, "x-content-type-options:", "nosniff");
    if (answer->seq > 0)
        put_header(head, "plenum-seq:", seq);
    if (answer->etag[0])
        put_header(head, "etag:", answer->etag);
    put_web_headers(head, answer);
    if (answer->allow)
        put_header(head, "allow:", answer->allow);
    if (answer->status == 401)
        put_header(head, "www-authenticate:", "Bearer");
    if (exchange->close)
        put_header(head, "connection:", "close");
}

static int write_head(struct lws *wsi, struct exchange *exchange)
{
    unsigned char room[LWS_PRE + HEADERS_MAX], *start = room + LWS_PRE;
    struct head head = {.wsi = wsi, .at = start, .end = room + sizeof room - 1};
    const struct call_answer *answer = &exchange->call.answer;
    size_t length = answer->body.length - HTTP_ROOM;
    lws_filepos_t told = answer->status == 304 ? LWS_ILLEGAL_HTTP_CONTENT_LEN : length;
    if (lws_add_http_common_headers(wsi, (unsigned)answer->status, answer->content_type, told,
                                    &head.at, head.end))
        return -1;
    put_headers(&head, exchange);
    if (head.failed || lws_finalize_write_http_header(wsi, start, &head.at, head.end))
        return -1;
    return 0;
}

static void exchange_wait(struct plenum_http *server, struct exchange *exchange)
{
    exchange->next = server->waiting;
    exchange->link = &server->waiting;
    if (exchange->next)
        exchange->next->link = &exchange->next;
    server->waiting = exchange;
}

static void exchange_wait_no_more(struct exchange *exchange)
{
    if (!exchange->link)
        return;
    *exchange->link = exchange->next;
    if (exchange->next)
        exchange->next->link = exchange->link;
    exchange->link = NULL;
}

static void exchange_destroy(struct exchange *exchange)
{
    if (!exchange)
        return;
    exchange_wait_no_more(exchange);
    call_finish(&exchange->call);
    free(exchange);
}

static int session_end_exchange(struct lws *wsi, struct session *session)
{
    bool close = session->exchange->close;
    exchange_destroy(session->exchange);
    session->exchange = NULL;
    return close || lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* Writes a part of the body; the next when the socket takes it. */
static int session_write_body(struct lws *wsi, struct session *session)
{
    struct exchange *exchange = session->exchange;
    struct bytes *body = &exchange->call.answer.body;
    size_t left = body->length - HTTP_ROOM - exchange->offset;
    size_t part = left < WRITE_BYTES ? left : WRITE_BYTES;
    enum lws_write_protocol how = part == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP;
    if (exchange->call.request.method == HTTP_HEAD || left == 0)
        return session_end_exchange(wsi, session);
    if (lws_write(wsi, body->data + HTTP_ROOM + exchange->offset, part, how) < (int)part)
        return -1;
    exchange->offset += part;
    if (part == left)
        return session_end_exchange(wsi, session);
    lws_callback_on_writable(wsi);
    return 0;
}

static int session_write(struct lws *wsi, struct session *session)
{
    struct exchange *exchange = session->exchange;
    if (!exchange || exchange->call.answer.status == 0)
        return 0;
    if (exchange->head_written)
        return session_write_body(wsi, session);
    CHECK(exchange->call.answer.status >= 200 && exchange->call.answer.status < 600);
    server_of(wsi)->counts.answers[exchange->call.answer.status / 100]++;
    exchange->head_written = true;
    if (write_head(wsi, exchange) < 0)
        return -1;
    lws_callback_on_writable(wsi);
    return 0;
}

static void exchange_ready(struct call *call)
{
    struct exchange *exchange = lws_container_of(call, struct exchange, call);
    lws_set_timeout(exchange->wsi, PENDING_TIMEOUT_HTTP_CONTENT, WRITE_TIMEOUT_S);
    lws_callback_on_writable(exchange->wsi);
}

/* --- events of libwebsockets ------------------------------------------------------------------ */

static struct exchange *exchange_create(struct plenum_http *server, struct lws *wsi)
{
    struct exchange *exchange = memory_new(1, sizeof *exchange);
    struct call *call = &exchange->call;
    exchange->wsi = wsi;
    call_init(call);
    call->engine = server->engine;
    call->ledger = server->engine ? plenum_engine_ledger(server->engine) : NULL;
    call->token = server->token[0] ? server->token : NULL;
    call->counts = &server->counts;
    call->all_posted = &server->posted;
    call->ready = exchange_ready;
    return exchange;
}

/* The length that a body is said to have: whether it will be read. */
static bool body_is_welcome(struct lws *wsi, struct call *call)
{
    char text[HTTP_VALUE_MAX];
    uint64_t length;
    bool too_long = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    read_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, &too_long);
    if (too_long || !text_to_u64(text, &length) || length == 0)
        call_problem(call, 411, "expected a body, and its length in content-length");
    else if (length > PLENUM_HTTP_BODY_MAX)
        call_problem(call, 413, "a body of %s bytes: expected %d at most", text,
                     PLENUM_HTTP_BODY_MAX);
    else
        return true;
    return false;
}

static int on_request(struct lws *wsi, struct session *session)
{
    struct plenum_http *server = server_of(wsi);
    exchange_destroy(session->exchange);
    struct exchange *exchange = session->exchange = exchange_create(server, wsi);
    struct call *call = &exchange->call;
    read_request(wsi, &call->request);
    exchange->close = has_body(wsi);
    if (exchange->close && call->request.method != HTTP_POST)
        call_problem(call, 400, "a request of this method has no body");
    else if (call_admit(call) && call->request.method == HTTP_POST && body_is_welcome(wsi, call)) {
        exchange->reading = true;
        lws_set_timer_usecs(wsi, (lws_usec_t)server->timeout_s * LWS_USEC_PER_SEC);
        return 0;
    } else if (call->answer.status == 0)
        call_handle(call);
    if (call->waits) {
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, 2 * WRITE_TIMEOUT_S);
        exchange_wait(server, exchange);
        return 0;
    }
    exchange->close = exchange->close || call->request.method == HTTP_POST;
    lws_callback_on_writable(wsi);
    return 0;
}

/* More of a body that is not read is thrown away. */
static void on_body(struct session *session, const void *data, size_t length)
{
    struct exchange *exchange = session->exchange;
    if (exchange && exchange->call.answer.status == 0)
        bytes_put(&exchange->call.request.body, data, length);
}

static int on_body_end(struct lws *wsi, struct session *session)
{
    struct exchange *exchange = session->exchange;
    if (!exchange || exchange->call.answer.status != 0 || exchange->call.posted)
        return 0;
    exchange->close = false; /* all of it was read */
    exchange->reading = false;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WRITE_TIMEOUT_S);
    if (exchange->call.request.body.overflow)
        return -1;
    call_handle(&exchange->call);
    if (exchange->call.answer.status != 0)
        lws_callback_on_writable(wsi);
    return 0;
}

/* A body that does not come to its end in time. The timer of one that did may still ring. */
static int on_timer(const struct session *session)
{
    return session->exchange && session->exchange->reading ? -1 : 0;
}

static int on_connection(struct plenum_http *server)
{
    if (server->counts.connections < PLENUM_HTTP_CONNECTIONS_MAX)
        return 0;
    server->counts.refused_connections++;
    return -1;
}

static void on_open(struct plenum_http *server, struct session *session)
{
    if (session && !session->counted) {
        session->counted = true;
        server->counts.connections++;
    }
}

static void on_close(struct plenum_http *server, struct session *session)
{
    if (!session)
        return;
    exchange_destroy(session->exchange);
    session->exchange = NULL;
    if (session->counted)
        server->counts.connections--;
    session->counted = false;
}

static int server_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                           size_t length)
{
    switch (reason) {
    case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
        return on_connection(server_of(wsi));
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        on_open(server_of(wsi), user);
        return 0;
    case LWS_CALLBACK_HTTP:
        return on_request(wsi, user);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return session_write(wsi, user);
    case LWS_CALLBACK_HTTP_BODY:
        on_body(user, in, length);
        return 0;
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return on_body_end(wsi, user);
    case LWS_CALLBACK_TIMER:
        return on_timer(user);
    case LWS_CALLBACK_WSI_DESTROY:
        on_close(server_of(wsi), user);
        return 0;
    default:
        return 0;
    }
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

/* The context first, then what listens: a context that cannot listen is not taken down whole. */
static bool server_listen(struct plenum_http *server, uint16_t port)
{
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = port;
    info.iface = server->address;
    info.protocols = server->protocols;
    info.user = server;
    info.gid = -1;
    info.uid = -1;
    info.server_string = "plenum";
    info.options = LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
                   LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
    info.max_http_header_data = PLENUM_HTTP_HEADER_MAX;
    info.max_http_header_pool = PLENUM_HTTP_CONNECTIONS_MAX;
    info.fd_limit_per_thread = PLENUM_HTTP_CONNECTIONS_MAX + 16;
    info.timeout_secs = server->timeout_s;
    info.timeout_secs_ah_idle = server->timeout_s;
    info.keepalive_timeout = (int)server->timeout_s;
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
    *server_out = NULL;
    enum plenum_status status = check_options(options, address, error);
    if (status != PLENUM_OK)
        return status;
    struct plenum_http *server = memory_new(1, sizeof *server);
    (void)text_format(server->address, sizeof server->address, "%s", address);
    (void)text_format(server->token, sizeof server->token, "%s",
                      options->token ? options->token : "");
    server->protocols[0] = (struct lws_protocols){.name = "http",
                                                  .callback = server_callback,
                                                  .per_session_data_size = sizeof(struct session)};
    server->timeout_s = timeout_s;
    lws_set_log_level(0, NULL); /* clients must not be able to write our log */
    if (!server_listen(server, options->port)) {
        plenum_http_destroy(server);
        return plenum_fail(error, PLENUM_IO, "%s:%u cannot be listened on", address, options->port);
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

static void server_wake(lws_sorted_usec_list_t *wake)
{
    struct plenum_http *server = lws_container_of(wake, struct plenum_http, wake);
    lws_sul_schedule(server->context, 0, wake, server_wake, SLEEP_NS / 1000);
}

/* Those who wait for events get them when there are some, or nothing when their time is over. */
static void server_answer_waiting(struct plenum_http *server)
{
    int64_t now_ns = server->waiting ? wall_now_ns(&wall_clock_system) : 0;
    for (struct exchange *exchange = server->waiting, *next; exchange; exchange = next) {
        next = exchange->next;
        if (!events_are_due(&exchange->call, now_ns))
            continue;
        exchange_wait_no_more(exchange);
        call_handle(&exchange->call);
        exchange_ready(&exchange->call);
    }
}

void plenum_http_serve(void *context, int64_t wait_ns)
{
    struct plenum_http *server = context;
    server_answer_waiting(server);
    int64_t until_ns = wall_now_ns(&wall_clock_system) + wait_ns, left_ns = wait_ns;
    while (left_ns >= SLEEP_NS) {
        lws_sul_schedule(server->context, 0, &server->wake, server_wake, left_ns / 1000);
        if (lws_service(server->context, 0) < 0)
            break;
        left_ns = until_ns - wall_now_ns(&wall_clock_system);
    }
    (void)lws_service(server->context, -1);
    left_ns = until_ns - wall_now_ns(&wall_clock_system);
    if (left_ns > 0)
        wall_clock_system.sleep_ns(wall_clock_system.context, left_ns);
}
