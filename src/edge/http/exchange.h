/* Exchange: one request on a connection and its answer, from the request's headers to the last
 * byte of the answer:
 *
 *     reading  no whole request yet
 *     waiting  for the engine (call.answer.status is 0)
 *     writing  head and body, from `at` on
 *
 * A connection has one at a time. Functions that return an int return what libwebsockets is to be
 * answered: -1 closes the connection. */
#ifndef EDGE_HTTP_EXCHANGE_H
#define EDGE_HTTP_EXCHANGE_H

#include "edge/http/server.h"

/* The headers of a request are there. */
int exchange_begin(struct lws *wsi, struct connection *connection);
/* A part of its body; its last part was read. */
void exchange_take_body(struct connection *connection, const void *data, size_t length);
int exchange_end_body(struct lws *wsi, struct connection *connection);
/* The timer of the body rings. */
int exchange_ring(const struct connection *connection);
/* The socket takes more. */
int exchange_write(struct lws *wsi, struct connection *connection);
/* NULL is fine. */
void exchange_destroy(struct exchange *exchange);

/* A request that is none of the kind above, and a problem that it was told: see stream.c. */
struct call *exchange_call(struct lws *wsi, struct connection *connection);
int exchange_refuse(struct lws *wsi, struct connection *connection);

/* Those who wait for events get them when there are some, or nothing when their time is over. */
void exchange_answer_waiting(struct plenum_http *server);

#endif
