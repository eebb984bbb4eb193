/* The server of a run: see serve.h. */
#include "cli/serve.h"

#include "cli/token.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char *const DEFAULT_LISTEN = "127.0.0.1:7070";

/* "127.0.0.1:7070"; address gets what stands before the colon. */
static bool parse_listen(const char *text, char *address, size_t size, uint16_t *port)
{
    uint64_t number;
    const char *colon = strrchr(text, ':');
    if (!colon || !text_to_u64(colon + 1, &number) || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return text_format(address, size, "%.*s", (int)(colon - text), text);
}

static enum plenum_status create(struct serve *serve, struct plenum_error *error)
{
    char token[256];
    struct plenum_http_options options = {
        .address = serve->address, .tls_cert = serve->tls_cert, .tls_key = serve->tls_key};
    const char *listen = serve->listen ? serve->listen : DEFAULT_LISTEN;
    if (!parse_listen(listen, serve->address, sizeof serve->address, &options.port))
        return plenum_fail(error, PLENUM_INPUT,
                           "--listen: found \"%s\", expected ADDRESS:PORT (%s) or none", listen,
                           DEFAULT_LISTEN);
    if (serve->token_file) {
        enum plenum_status status = token_read(serve->token_file, token, sizeof token, error);
        if (status != PLENUM_OK)
            return status;
        options.token = token;
    }
    return plenum_http_create(&options, &serve->http, error);
}

/* A port that is taken, or a program built without a server, is no error by default. */
enum plenum_status serve_start(struct serve *serve, struct plenum_error *error)
{
    serve->trouble.status = PLENUM_OK;
    if (serve->off || (serve->listen && strcmp(serve->listen, "none") == 0))
        return PLENUM_OK;
    enum plenum_status status = create(serve, error);
    bool asked = serve->listen || serve->token_file || serve->tls_cert || serve->tls_key;
    if (asked || (status != PLENUM_IO && status != PLENUM_VERSION))
        return status;
    serve->trouble = *error;
    return PLENUM_OK;
}

void serve_say(const struct serve *serve)
{
    if (serve->http)
        fprintf(stderr, "plenum: %s://%s:%u/\n", serve->tls_cert ? "https" : "http", serve->address,
                plenum_http_port(serve->http));
    else if (serve->trouble.status != PLENUM_OK)
        fprintf(stderr, "nobody is served: %s%s\n", serve->trouble.text,
                serve->trouble.status == PLENUM_IO ? "; --listen ADDRESS:PORT serves elsewhere"
                                                   : "");
}
