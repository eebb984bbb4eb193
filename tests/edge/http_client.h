/* A client over a plain socket, and a server beside it on the same thread: while the client waits,
 * the server is served and, where wanted, the engine stands or steps. */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H

#include <plenum/http.h>

enum { REPLY_MAX = 2 << 20 };

struct reply {
    int status;  /* 0: closed without an answer */
    bool closed; /* by the server */
    char text[REPLY_MAX];
    size_t length;
    const char *body;
};

/* A connection to the server. */
int client_open(const struct plenum_http *server);
/* Sends bytes; false when the server has closed. */
bool client_send(int fd, const char *data, size_t length);
/* Serves until a whole answer is there, the server has closed, or wait_ms have passed. */
void client_receive(struct plenum_http *server, int fd, int64_t wait_ms, struct reply *reply);
/* The value of a header in lower case ("etag"), copied to value; false if there is none. */
bool reply_header(const struct reply *reply, const char *name, char value[128]);

#endif
