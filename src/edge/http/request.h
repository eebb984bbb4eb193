/* A request's line and headers, out of what libwebsockets has read of them. */
#ifndef EDGE_HTTP_REQUEST_H
#define EDGE_HTTP_REQUEST_H

#include "edge/http/call.h"

#include <libwebsockets.h>

enum { HTTP_READ_BYTES = 16 << 10 }; /* at a time */

/* received: bytes that came before the request, and then, until all of its headers came. */
void request_read(struct lws *wsi, uint64_t *received, struct call_request *request);
/* Bytes that came on the connection, ever. */
uint64_t request_bytes_received(struct lws *wsi);
/* Whether the request has a body, or says so in a way that this server does not read. */
bool request_has_body(struct lws *wsi);
/* Whether the connection is to end after the answer. */
bool request_ends_connection(struct lws *wsi);
/* The length that a body is said to have: whether it will be read. False: answered. */
bool request_body_is_welcome(struct lws *wsi, struct call *call);

#endif
