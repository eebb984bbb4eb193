/* A server that answers with bytes given before, whatever they are: one connection after the other,
 * an answer each, then it closes. For what a client must bear. */
#ifndef TESTS_CLI_FAKE_SERVER_H
#define TESTS_CLI_FAKE_SERVER_H

#include <stddef.h>

enum { FAKE_ANSWERS_MAX = 8, FAKE_REQUEST = 4096 };

struct fake_server;

/* Listens on a free port of 127.0.0.1. The answers end with NULL and must outlive it; after the
 * last, connections are closed without one. An answer "" is closed without a byte; "wait" is never
 * given. */
struct fake_server *fake_server_create(const char *const *answers);
int fake_server_port(const struct fake_server *server);
/* Ends it; afterwards the requests can be read. */
void fake_server_stop(struct fake_server *server);
/* The request that had this answer, or "". */
const char *fake_server_request(const struct fake_server *server, size_t index);
void fake_server_destroy(struct fake_server *server);

#endif
