/* Stream: a WebSocket (RFC 6455), on which the server speaks and the client says at most what it
 * wants. Two kinds: rows of the journal (/v1/events) and pictures of the site (/v1/watch).
 *
 * What is always true:
 *   1. A stream holds one message at most besides what its socket took; what comes next is made
 *      when the socket has sent nearly all before it (TCP_NOTSENT_LOWAT).
 *   2. One that takes nothing for STREAM_STALL_S, or does not answer a ping, is closed. */
#ifndef EDGE_HTTP_STREAM_H
#define EDGE_HTTP_STREAM_H

#include "edge/http/server.h"

enum {
    STREAM_STALL_S = 60,
    STREAM_PING_S = 30,
    STREAM_HANGUP_S = 45,
    STREAM_SAID_MAX = 1024 /* bytes of a client's message */
};

struct stream_kind {
    const char *path;
    struct stream *(*create)(struct call *call); /* NULL: the call was answered */
    void (*destroy)(struct stream *stream);
    /* The instant when it has something to say next; INT64_MAX: not before others act. */
    int64_t (*due_ns)(const struct stream *stream, int64_t now_ns);
    /* Says it. -1 ends the stream. */
    int (*write)(struct stream *stream, int64_t now_ns);
    /* A whole message of the client; NULL: what it says is not read. */
    void (*hear)(struct stream *stream, const char *text, size_t length);
};

/* A kind's own struct begins with it. */
struct stream {
    const struct stream_kind *kind;
    struct plenum_http *server;
    struct lws *wsi;
    struct stream *next, **link; /* among those of the server */
    int64_t asked_ns; /* when the socket was asked to say that it can take more; 0: not */
    bool ended;       /* it said its last */
    char said[STREAM_SAID_MAX];
    size_t said_length;
};

extern const struct stream_kind stream_events, stream_watch;

/* A request to become a WebSocket: 0 where it may, or -1 once it was told why not. */
int stream_upgrade(struct lws *wsi, struct connection *connection, const char *protocol);
/* It is one now. */
int stream_begin(struct lws *wsi, struct connection *connection);
int stream_write(struct connection *connection);
int stream_hear(struct connection *connection, const void *data, size_t length);
/* NULL is fine. */
void stream_destroy(struct stream *stream);

/* Lets streams that have something to say say it soon. Returns when the next will. */
int64_t stream_tick_all(struct plenum_http *server, int64_t now_ns);

/* One message. bytes begins with LWS_PRE free bytes. -1 ends the stream. */
int stream_put(struct stream *stream, const struct bytes *bytes, enum lws_write_protocol how);

#endif
