/* A WebSocket client (RFC 6455) over a plain socket, beside the server on the same thread. It
 * answers pings, and reads as little at a time as it is told. */
#ifndef TESTS_WS_CLIENT_H
#define TESTS_WS_CLIENT_H

#include <plenum/http.h>

enum { WS_ROOM = 4 << 20 };

enum ws_type { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

struct ws {
    int fd;
    int status;     /* of the answer to the upgrade: 101, or 0 where there was none */
    bool closed;    /* by the server */
    int close_code; /* 0: it gave none */
    char *text;     /* received, not yet taken; ended by a zero */
    size_t length, taken;
    char answer[4096]; /* to the upgrade, with what came after it where it was refused */
};

/* Connects and asks for path; headers are more lines, each with its end. Waits for the answer. */
void ws_open(struct ws *ws, struct plenum_http *server, const char *path, const char *headers);
void ws_close(struct ws *ws);
/* A text message, in two parts where it is longer than a byte. */
void ws_send(struct ws *ws, const char *text);
/* The next message, good until the next call; false when none came in wait_ms, or it is closed. */
bool ws_next(struct ws *ws, struct plenum_http *server, int64_t wait_ms, enum ws_type *type,
             const char **data, size_t *length);

#endif
