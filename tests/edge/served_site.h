/* A busy site with a journal, an engine and a server of it, on this thread: what the tests of the
 * server share. */
#ifndef TESTS_EDGE_SERVED_SITE_H
#define TESTS_EDGE_SERVED_SITE_H

#include "http_client.h"

struct fixture {
    struct plenum_site *site;
    struct plenum_http *server;
    struct plenum_engine *engine;
    char folder[32], journal[64];
    struct reply reply; /* of the last request */
};

/* A server without an engine. */
struct plenum_http *server_of(const char *token, unsigned timeout_s);

/* The site after so many steps, served. snapshot_every as in struct plenum_engine_options. */
void fixture_begin(struct fixture *fixture, int64_t steps, unsigned timeout_s,
                   int64_t snapshot_every);
void fixture_end(struct fixture *fixture);
/* Takes the site on. */
void fixture_step(struct fixture *fixture, int64_t steps);

#endif
