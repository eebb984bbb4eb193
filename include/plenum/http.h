/* Server: the running site over HTTP/1.1, on one port.
 *
 * The server is serviced on the engine's thread, in the time the engine waits: it reads the ledger
 * without locks, and what clients ask for is posted to the engine like anything else.
 *
 * What is always true:
 *   H1  without a token it listens on a loopback address (127.0.0.0/8) only, and answers only
 *       requests for a loopback host, and of its own pages, so that another site's cannot use
 *       it through a browser.
 *   H2  with a token every request but for /healthz and the dashboard's files must carry it
 *       (Authorization: Bearer, RFC 6750; a page's WebSocket: as a subprotocol, docs/api.md).
 *   H3  no client holds more than the limits below, and none holds a connection longer than the
 *       timeouts without a whole request.
 *   H4  errors are application/problem+json (RFC 9457).
 *   H5  with a certificate it speaks TLS only, 1.2 or later.
 *
 *     plenum_http_create(&options, &server, &error);
 *     engine_options.serve = plenum_http_serve;
 *     engine_options.serve_context = server;
 *     plenum_engine_create(..., &engine, ...);
 *     plenum_http_attach(server, engine);
 *     plenum_engine_run(engine, ...);
 *     plenum_engine_destroy(engine);       (the engine first: it may still answer clients)
 *     plenum_http_destroy(server);
 */
#ifndef PLENUM_HTTP_H
#define PLENUM_HTTP_H

#include <plenum/engine.h>

struct plenum_http;

enum {
    PLENUM_HTTP_CONNECTIONS_MAX = 900, /* a process may have 1024 files by default */
    PLENUM_HTTP_HEADER_MAX = 8192,     /* bytes of a request: its line, the known headers */
    PLENUM_HTTP_BODY_MAX = 1 << 20,    /* bytes of a request's body */
    PLENUM_HTTP_PAGE_MAX = 1000,       /* entities in one answer */
    PLENUM_HTTP_TIMEOUT_S = 10
};

struct plenum_http_options {
    const char *address;            /* IPv4, as numbers; NULL: 127.0.0.1 */
    uint16_t port;                  /* 0: any that is free */
    const char *token;              /* what clients must know; NULL: nothing */
    const char *tls_cert, *tls_key; /* PEM files; NULL: no TLS. Both or none */
    unsigned timeout_s; /* for headers, for a body, between requests; 0: PLENUM_HTTP_TIMEOUT_S */
};

/* Listens. Nothing is accepted before the first serve. The options are copied. PLENUM_INPUT: an
 * address that is none, or is no loopback address while there is no token; PLENUM_IO: it cannot be
 * listened on, or a file of TLS cannot be used; PLENUM_VERSION: this program was built without
 * libwebsockets. */
PLENUM_API enum plenum_status plenum_http_create(const struct plenum_http_options *options,
                                                 struct plenum_http **server,
                                                 struct plenum_error *error) PLENUM_MUST_USE;
PLENUM_API void plenum_http_destroy(struct plenum_http *server);

/* The engine that is served from now on. Requests before this get 503. */
PLENUM_API void plenum_http_attach(struct plenum_http *server, struct plenum_engine *engine);
/* Serves clients for wait_ns at most; 0: what is there now. context is the server: the shape of
 * struct plenum_engine_options.serve. */
PLENUM_API void plenum_http_serve(void *context, int64_t wait_ns);
/* The port that is listened on. */
PLENUM_API uint16_t plenum_http_port(const struct plenum_http *server);

#endif
