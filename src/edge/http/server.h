/* Server: what its parts share. server.c begins and ends it and hands out what happens on its
 * sockets; exchange.c is one request and its answer, stream.c a WebSocket. */
#ifndef EDGE_HTTP_SERVER_H
#define EDGE_HTTP_SERVER_H

#include <plenum/http.h>

#include "edge/http/call.h"

#include <arpa/inet.h>
#include <libwebsockets.h>

enum { TOKEN_MAX = HTTP_VALUE_MAX };

struct board;
struct exchange;
struct feed;
struct kept;
struct stream;

/* It hangs at the socket itself: libwebsockets frees what it calls a session after each request. */
struct connection {
    struct exchange *exchange; /* NULL between requests */
    struct stream *stream;     /* NULL: it speaks HTTP */
    uint64_t received;         /* bytes, until the headers of the last request came */
};

struct plenum_http {
    struct lws_context *context;
    struct lws_vhost *vhost;
    unsigned timeout_s;
    struct plenum_engine *engine;
    char address[INET_ADDRSTRLEN], token[TOKEN_MAX];
    struct lws_protocols protocols[3];
    struct http_counts counts;
    struct series *series;
    struct exchange *waiting; /* for events, or for past states */
    struct posted *posted;    /* commands that the engine has not answered */
    struct kept *kept;
    struct plenum_offer_desk *desk;
    struct stream *streams;
    struct feed *feed;
    struct board *board;
    lws_sorted_usec_list_t wake;
};

static inline struct plenum_http *server_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

#endif
