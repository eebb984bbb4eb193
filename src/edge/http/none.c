/* The server of a program that was built without libwebsockets: there is none. */
#include <plenum/http.h>

#include "base/check.h"

enum plenum_status plenum_http_create(const struct plenum_http_options *options,
                                      struct plenum_http **server, struct plenum_error *error)
{
    (void)options;
    *server = NULL;
    return plenum_fail(error, PLENUM_VERSION, "this plenum was built without libwebsockets");
}

void plenum_http_destroy(struct plenum_http *server)
{
    CHECK(server == NULL);
}

void plenum_http_attach(struct plenum_http *server, struct plenum_engine *engine)
{
    (void)engine;
    CHECK(server != NULL);
}

void plenum_http_serve(void *context, int64_t wait_ns)
{
    (void)wait_ns;
    CHECK(context != NULL);
}

uint16_t plenum_http_port(const struct plenum_http *server)
{
    CHECK(server != NULL);
    return 0;
}
