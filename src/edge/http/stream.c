/* What WebSockets of both kinds have in common: see stream.h. */
#include "edge/http/stream.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/wall.h"
#include "edge/http/caller.h"
#include "edge/http/exchange.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* --- begin and end ---------------------------------------------------------------------------- */

static const struct stream_kind *kind_of(const char *path)
{
    if (strcmp(path, stream_events.path) == 0)
        return &stream_events;
    return strcmp(path, stream_watch.path) == 0 ? &stream_watch : NULL;
}

static void stream_join(struct plenum_http *server, struct stream *stream)
{
    stream->server = server;
    stream->next = server->streams;
    stream->link = &server->streams;
    if (stream->next)
        stream->next->link = &stream->next;
    server->streams = stream;
    server->counts.streams++;
}

int stream_upgrade(struct lws *wsi, struct connection *connection, const char *protocol)
{
    struct call *call = exchange_call(wsi, connection);
    if (strcasecmp(protocol, "websocket") != 0) {
        call_problem(call, 400, "an upgrade to %s is not made", protocol);
    } else if (call->request.protocols[0] && !strstr(call->request.protocols, CALLER_PROTOCOL)) {
        call_problem(call, 400, "expected the subprotocol " CALLER_PROTOCOL ", or none");
    } else if (call_admit(call)) {
        const struct stream_kind *kind = kind_of(call->request.path);
        if (kind)
            connection->stream = kind->create(call);
        else
            call_problem(call, 400, "%s is no WebSocket", call->request.path);
    }
    if (!connection->stream)
        return exchange_refuse(wsi, connection);
    connection->stream->kind = kind_of(call->request.path);
    stream_join(server_of(wsi), connection->stream);
    exchange_destroy(connection->exchange);
    connection->exchange = NULL;
    return 0;
}

int stream_begin(struct lws *wsi, struct connection *connection)
{
    enum { LEFT_BYTES = 16 << 10, ON = 1 };
    int left = LEFT_BYTES, on = ON, fd = lws_get_socket_fd(wsi);
    if (!connection->stream)
        return -1;
    /* Where these cannot be set, old pictures may wait longer in the socket. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &left, sizeof left);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection->stream->wsi = wsi;
    return 0;
}

void stream_destroy(struct stream *stream)
{
    if (!stream)
        return;
    *stream->link = stream->next;
    if (stream->next)
        stream->next->link = stream->link;
    stream->server->counts.streams--;
    stream->kind->destroy(stream);
}

/* --- what is said ----------------------------------------------------------------------------- */

int stream_put(struct stream *stream, const struct bytes *bytes, enum lws_write_protocol how)
{
    CHECK(bytes->length > LWS_PRE && !bytes->overflow);
    size_t length = bytes->length - LWS_PRE;
    stream->server->counts.messages++;
    return lws_write(stream->wsi, bytes->data + LWS_PRE, length, how) < (int)length ? -1 : 0;
}

int stream_write(struct connection *connection)
{
    struct stream *stream = connection->stream;
    if (!stream)
        return -1;
    stream->asked_ns = 0;
    if (stream->ended)
        return 0;
    stream->ended = stream->kind->write(stream, wall_now_ns(&wall_clock_system)) < 0;
    return stream->ended ? -1 : 0;
}

/* A message may come in parts. */
int stream_hear(struct connection *connection, const void *data, size_t length)
{
    static const char reason[] = "a message of 1024 bytes or more";
    struct stream *stream = connection->stream;
    if (!stream)
        return -1;
    if (!stream->kind->hear || stream->ended)
        return 0;
    if (length >= sizeof stream->said - stream->said_length) {
        lws_close_reason(stream->wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, (unsigned char *)reason,
                         sizeof reason - 1);
        stream->ended = true;
        return -1;
    }
    memcpy(stream->said + stream->said_length, data, length);
    stream->said_length += length;
    if (!lws_is_final_fragment(stream->wsi) || lws_remaining_packet_payload(stream->wsi) > 0)
        return 0;
    stream->kind->hear(stream, stream->said, stream->said_length);
    stream->said_length = 0;
    return 0;
}

/* --- when ------------------------------------------------------------------------------------- */

static void stream_ask(struct stream *stream, int64_t now_ns)
{
    if (stream->asked_ns == 0) {
        stream->asked_ns = now_ns;
        lws_callback_on_writable(stream->wsi);
    } else if (now_ns - stream->asked_ns > INT64_C(1000000000) * STREAM_STALL_S) {
        stream->asked_ns = now_ns;
        stream->server->counts.stalled_streams++;
        lws_set_timeout(stream->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    }
}

int64_t stream_tick_all(struct plenum_http *server, int64_t now_ns)
{
    int64_t next_ns = INT64_MAX;
    for (struct stream *stream = server->streams; stream; stream = stream->next) {
        if (!stream->wsi || stream->ended)
            continue;
        int64_t due_ns = stream->kind->due_ns(stream, now_ns);
        if (due_ns <= now_ns)
            stream_ask(stream, now_ns);
        else if (due_ns < next_ns)
            next_ns = due_ns;
    }
    return next_ns;
}
