#include "ws_client.h"

#include "http_client.h"

#include "base/wall.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void receive(struct ws *ws, struct plenum_http *server)
{
    plenum_http_serve(server, 1000000);
    ssize_t got = recv(ws->fd, ws->text + ws->length, WS_ROOM - 1 - ws->length, MSG_DONTWAIT);
    if (got > 0)
        ws->length += (size_t)got;
    else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
        ws->closed = true;
    ws->text[ws->length] = 0;
}

static int64_t now_ms(void)
{
    return wall_now_ns(&wall_clock_system) / 1000000;
}

static void discard(struct ws *ws, size_t length)
{
    memmove(ws->text, ws->text + length, ws->length - length + 1);
    ws->length -= length;
}

void ws_open(struct ws *ws, struct plenum_http *server, const char *path, const char *headers)
{
    char request[2048];
    memset(ws, 0, sizeof *ws);
    ws->text = calloc(1, WS_ROOM);
    ws->fd = client_open(server);
    int on = 1;
    (void)setsockopt(ws->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:7070\r\nUpgrade: websocket\r\n"
                          "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                          path, headers);
    (void)client_send(ws->fd, request, (size_t)length);
    char *end = NULL;
    for (int64_t until = now_ms() + 5000; !end && !ws->closed && now_ms() < until;) {
        receive(ws, server);
        end = strstr(ws->text, "\r\n\r\n");
    }
    if (ws->length > 12)
        ws->status = (int)strtol(ws->text + strlen("HTTP/1.1 "), NULL, 10);
    snprintf(ws->answer, sizeof ws->answer, "%s", ws->text);
    if (end)
        discard(ws, (size_t)(end + 4 - ws->text));
}

void ws_close(struct ws *ws)
{
    if (ws->fd >= 0)
        (void)close(ws->fd);
    free(ws->text);
}

static void send_frame(const struct ws *ws, unsigned first, const char *data, size_t length)
{
    unsigned char frame[2048] = {(unsigned char)first};
    size_t at = 2;
    frame[1] = (unsigned char)(0x80 | (length < 126 ? length : 126));
    if (length >= 126) {
        frame[at++] = (unsigned char)(length >> 8);
        frame[at++] = (unsigned char)length;
    }
    memcpy(frame + at, "\1\2\3\4", 4);
    at += 4;
    for (size_t i = 0; i < length && at < sizeof frame; i++)
        frame[at++] = (unsigned char)(data[i] ^ (char)(1 + i % 4));
    (void)client_send(ws->fd, (const char *)frame, at);
}

void ws_send(struct ws *ws, const char *text)
{
    size_t length = strlen(text), half = length / 2;
    if (half > 0)
        send_frame(ws, WS_TEXT, text, half);
    send_frame(ws, half > 0 ? 0x80 : 0x80 | WS_TEXT, text + half, length - half);
}

/* The frame at the begin of what was received: its whole length, or 0 when more is to come. */
static size_t frame_of(const struct ws *ws, const char **data, size_t *length)
{
    const unsigned char *at = (const unsigned char *)ws->text;
    size_t head = 2;
    if (ws->length < 2)
        return 0;
    *length = at[1] & 0x7f;
    if (*length == 126) {
        head = 4;
        *length = (size_t)at[2] << 8 | at[3];
    } else if (*length == 127) {
        head = 10;
        *length = 0;
        for (int i = 2; i < 10; i++)
            *length = *length << 8 | at[i];
    }
    *data = ws->text + head;
    return ws->length >= head + *length ? head + *length : 0;
}

static bool take(struct ws *ws, enum ws_type *type, const char **data, size_t *length)
{
    discard(ws, ws->taken);
    ws->taken = frame_of(ws, data, length);
    *type = (enum ws_type)(ws->text[0] & 15);
    return ws->taken > 0;
}

bool ws_next(struct ws *ws, struct plenum_http *server, int64_t wait_ms, enum ws_type *type,
             const char **data, size_t *length)
{
    for (int64_t until = now_ms() + wait_ms;;) {
        while (take(ws, type, data, length)) {
            if (*type == WS_TEXT || *type == WS_BINARY)
                return true;
            if (*type == WS_PING)
                send_frame(ws, 0x80 | WS_PONG, *data, *length);
            if (*type == WS_CLOSE && *length >= 2)
                ws->close_code = (unsigned char)(*data)[0] << 8 | (unsigned char)(*data)[1];
            ws->closed = ws->closed || *type == WS_CLOSE;
        }
        if (ws->closed || now_ms() > until)
            return false;
        receive(ws, server);
    }
}
