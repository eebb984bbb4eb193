/* Serve: the server of `plenum run`, as its options say.
 *
 * Without --listen it is at 127.0.0.1:7070; when that is taken, a note says so and the run goes on
 * without a server. What was asked for with --listen must be had. */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include <plenum/http.h>

struct serve {
    const char *listen, *token_file, *tls_cert, *tls_key; /* of the command line, or NULL */
    bool off;
    struct plenum_http *http; /* NULL: nobody is served */
    char address[64];
    struct plenum_error trouble; /* why not, where that is no error */
};

enum plenum_status serve_start(struct serve *serve, struct plenum_error *error) PLENUM_MUST_USE;
/* "plenum: http://127.0.0.1:7070/", or why there is none, to stderr. */
void serve_say(const struct serve *serve);

#endif
