/* Caller: who may ask.
 *
 *   1. With a token, whoever has it: in the header Authorization (RFC 6750) or, since a page cannot
 *      set that on a WebSocket, as a subprotocol: "plenum.bearer." and the token in base64url
 *      without padding. It never stands in an address, which is written into logs.
 *   2. Without one, programs of this machine, and pages that this server gave: the host must be
 *      loopback, as another site may have its name point here (DNS rebinding), and the origin that
 *      a browser names must be that host, as it lets any page open a WebSocket.
 *   3. Anybody asks for /healthz, and for the files of the dashboard. */
#ifndef EDGE_HTTP_CALLER_H
#define EDGE_HTTP_CALLER_H

#include "edge/http/call.h"

#define CALLER_OFFER    "plenum.bearer."
#define CALLER_PROTOCOL "plenum.v1" /* what is spoken, to be asked for beside it */

/* False: it was answered, with a problem. */
bool caller_may_ask(struct call *call);

#endif
