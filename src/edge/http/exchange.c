/* One request and its answer on a socket: see exchange.h.
 *
 * An exchange that had trouble with the framing of its request closes the connection after its
 * answer: where the next request begins would be a guess. */
#include "edge/http/exchange.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wall.h"
#include "edge/http/request.h"

#include <stdlib.h>
#include <string.h>

enum {
    WRITE_BYTES = 64 << 10,
    WRITE_TIMEOUT_S = 60,
    HEAD_MAX = HTTP_ROOM - LWS_PRE /* what stands before it is for lws_write */
};

struct exchange {
    struct call call;
    struct lws *wsi;
    struct exchange *next, **link; /* among those that wait; link NULL: not among them */
    bool reading;                  /* a body; not yet whole */
    bool close;                    /* after the answer */
    size_t at, end;                /* of the answer in its buffer, head and body; 0: not begun */
};

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

void exchange_destroy(struct exchange *exchange)
{
    if (!exchange)
        return;
    exchange_wait_no_more(exchange);
    call_finish(&exchange->call);
    free(exchange);
}

static void exchange_ready(struct call *call)
{
    struct exchange *exchange = lws_container_of(call, struct exchange, call);
    lws_set_timeout(exchange->wsi, PENDING_TIMEOUT_HTTP_CONTENT, WRITE_TIMEOUT_S);
    lws_callback_on_writable(exchange->wsi);
}

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
    call->series = server->series;
    call->all_posted = &server->posted;
    call->desk = &server->desk;
    call->kept = server->kept;
    call->ready = exchange_ready;
    return exchange;
}

/* --- the answer ------------------------------------------------------------------------------- */

struct head { /* of an answer, while it is made */
    char text[HEAD_MAX];
    size_t length;
};

static void put_header(struct head *head, const char *name, const char *value)
{
    char *end = head->text + head->length;
    CHECK(text_format(end, sizeof head->text - head->length, "%s: %s\r\n", name, value));
    head->length += strlen(end);
}

static void put_number(struct head *head, const char *name, uint64_t value)
{
    char text[24];
    (void)text_format(text, sizeof text, "%llu", (unsigned long long)value);
    put_header(head, name, text);
}

static void put_web_headers(struct head *head, const struct call_answer *answer)
{
    if (answer->content_encoding)
        put_header(head, "content-encoding", answer->content_encoding);
    if (answer->varies)
        put_header(head, "vary", "accept-encoding");
    if (!answer->policy)
        return;
    put_header(head, "content-security-policy", answer->policy);
    put_header(head, "referrer-policy", "no-referrer");
    put_header(head, "cross-origin-opener-policy", "same-origin");
    put_header(head, "cross-origin-resource-policy", "same-origin");
}

static const char *cache_control(const struct call_answer *answer)
{
    if (answer->immutable)
        return "public, max-age=31536000, immutable";
    return answer->etag[0] ? "no-cache" : "no-store";
}

/* Headers of every answer, and those that the answer asks for. */
static void put_headers(struct head *head, const struct exchange *exchange)
{
    const struct call_answer *answer = &exchange->call.answer;
    put_header(head, "x-content-type-options", "nosniff");
    put_header(head, "cache-control", cache_control(answer));
    if (answer->status != 304)
        put_header(head, "content-type", answer->content_type);
    if (answer->status != 304)
        put_number(head, "content-length", answer->body.length - HTTP_ROOM);
    if (answer->seq > 0)
        put_number(head, "plenum-seq", answer->seq);
    if (answer->at_ms > 0)
        put_number(head, "plenum-at", (uint64_t)answer->at_ms);
    if (answer->etag[0])
        put_header(head, "etag", answer->etag);
    put_web_headers(head, answer);
    if (answer->allow)
        put_header(head, "allow", answer->allow);
    if (answer->status == 401)
        put_header(head, "www-authenticate", "Bearer");
    if (exchange->close)
        put_header(head, "connection", "close");
}

/* Puts the head into the room before the body, so that both leave in one write. */
static void exchange_put_head(struct exchange *exchange)
{
    struct head head;
    struct call_answer *answer = &exchange->call.answer;
    CHECK(answer->status >= 200 && answer->status < 600);
    CHECK(text_format(head.text, sizeof head.text, "HTTP/1.1 %d %s\r\n", answer->status,
                      call_status_title(answer->status)));
    head.length = strlen(head.text);
    put_headers(&head, exchange);
    CHECK(head.length + 2 < sizeof head.text);
    memcpy(head.text + head.length, "\r\n", 2);
    head.length += 2;
    exchange->at = HTTP_ROOM - head.length;
    exchange->end = exchange->call.request.method == HTTP_HEAD ? HTTP_ROOM : answer->body.length;
    memcpy(answer->body.data + exchange->at, head.text, head.length);
}

static int exchange_end(struct lws *wsi, struct connection *connection)
{
    bool close = connection->exchange->close;
    bool posted = connection->exchange->call.request.method == HTTP_POST;
    exchange_destroy(connection->exchange);
    connection->exchange = NULL;
    if (posted)
        connection->received = request_bytes_received(wsi); /* its body too */
    return close || lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* Writes a part of the answer; the next when the socket takes it. libwebsockets keeps what the
 * socket did not take. */
static int exchange_write_part(struct lws *wsi, struct exchange *exchange)
{
    size_t left = exchange->end - exchange->at;
    size_t part = left < WRITE_BYTES ? left : WRITE_BYTES;
    unsigned char *from = exchange->call.answer.body.data + exchange->at;
    if (lws_write(wsi, from, part, LWS_WRITE_HTTP) < (int)part)
        return -1;
    exchange->at += part;
    return 0;
}

int exchange_write(struct lws *wsi, struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    if (!exchange || exchange->call.answer.status == 0)
        return 0;
    if (exchange->at == 0) {
        server_of(wsi)->counts.answers[exchange->call.answer.status / 100]++;
        exchange_put_head(exchange);
    }
    if (exchange_write_part(wsi, exchange) < 0)
        return -1;
    bool written = exchange->at == exchange->end;
    if (!written || lws_partial_buffered(wsi))
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WRITE_TIMEOUT_S);
    if (written)
        return exchange_end(wsi, connection);
    lws_callback_on_writable(wsi);
    return 0;
}

void exchange_answer_waiting(struct plenum_http *server)
{
    int64_t now_ns = server->waiting ? wall_now_ns(&wall_clock_system) : 0;
    for (struct exchange *exchange = server->waiting, *next; exchange; exchange = next) {
        next = exchange->next;
        if (!call_is_due(&exchange->call, now_ns))
            continue;
        call_handle(&exchange->call);
        if (exchange->call.waits)
            continue;
        exchange_wait_no_more(exchange);
        exchange_ready(&exchange->call);
    }
}

/* --- the request ------------------------------------------------------------------------------ */

/* Handles a whole request, and writes what there is to be said already. */
static int exchange_handle(struct lws *wsi, struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    if (exchange->call.answer.status == 0)
        call_handle(&exchange->call);
    if (!exchange->call.waits)
        return exchange_write(wsi, connection);
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, 2 * WRITE_TIMEOUT_S);
    exchange_wait(server_of(wsi), exchange);
    return 0;
}

int exchange_begin(struct lws *wsi, struct connection *connection)
{
    struct plenum_http *server = server_of(wsi);
    exchange_destroy(connection->exchange);
    struct exchange *exchange = connection->exchange = exchange_create(server, wsi);
    struct call *call = &exchange->call;
    request_read(wsi, &connection->received, &call->request);
    bool post = call->request.method == HTTP_POST, body = request_has_body(wsi);
    exchange->close = post || body || request_ends_connection(wsi);
    if (body && !post) {
        call_problem(call, 400, "a request of this method has no body");
    } else if (call_admit(call) && post && request_body_is_welcome(wsi, call)) {
        exchange->reading = true;
        lws_set_timer_usecs(wsi, (lws_usec_t)server->timeout_s * LWS_USEC_PER_SEC);
        return 0;
    }
    if (!post && !body)
        return exchange_handle(wsi, connection);
    lws_callback_on_writable(wsi);
    return 0;
}

/* More of a body that is not read is thrown away. */
void exchange_take_body(struct connection *connection, const void *data, size_t length)
{
    struct exchange *exchange = connection->exchange;
    if (exchange && exchange->reading)
        bytes_put(&exchange->call.request.body, data, length);
}

int exchange_end_body(struct lws *wsi, struct connection *connection)
{
    struct exchange *exchange = connection->exchange;
    if (!exchange || !exchange->reading)
        return 0;
    exchange->close = request_ends_connection(wsi); /* all of it was read */
    exchange->reading = false;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WRITE_TIMEOUT_S);
    if (exchange->call.request.body.overflow)
        return -1;
    return exchange_handle(wsi, connection);
}

/* A body that does not come to its end in time. The timer of one that did may still ring. */
int exchange_ring(const struct connection *connection)
{
    return connection->exchange && connection->exchange->reading ? -1 : 0;
}

/* --- what becomes no exchange ----------------------------------------------------------------- */

struct call *exchange_call(struct lws *wsi, struct connection *connection)
{
    exchange_destroy(connection->exchange);
    connection->exchange = exchange_create(server_of(wsi), wsi);
    request_read(wsi, &connection->received, &connection->exchange->call.request);
    return &connection->exchange->call;
}

int exchange_refuse(struct lws *wsi, struct connection *connection)
{
    connection->exchange->close = true;
    (void)exchange_write(wsi, connection);
    return -1;
}
