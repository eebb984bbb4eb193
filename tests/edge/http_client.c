#include "http_client.h"

#include "base/wall.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int client_open(const struct plenum_http *server)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(plenum_http_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

bool client_send(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

static const char *header_find(const struct reply *reply, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = reply->text; line && line < reply->body;) {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " ");
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return NULL;
}

bool reply_header(const struct reply *reply, const char *name, char value[128])
{
    const char *found = reply->body ? header_find(reply, name) : NULL;
    if (!found)
        return false;
    snprintf(value, 128, "%.*s", (int)strcspn(found, "\r"), found);
    return true;
}

/* Whether headers and as many bytes as they say are there. */
static bool reply_is_whole(struct reply *reply)
{
    char *end = strstr(reply->text, "\r\n\r\n");
    if (!end)
        return false;
    reply->body = end + 4;
    reply->status = (int)strtol(reply->text + strlen("HTTP/1.1 "), NULL, 10);
    const char *length = header_find(reply, "content-length");
    size_t want = length ? strtoul(length, NULL, 10) : 0;
    return reply->length - (size_t)(reply->body - reply->text) >= want;
}

/* Takes what is there; false at the end of the connection. */
static bool reply_read(int fd, struct reply *reply)
{
    ssize_t got =
        recv(fd, reply->text + reply->length, REPLY_MAX - 1 - reply->length, MSG_DONTWAIT);
    if (got > 0) {
        reply->length += (size_t)got;
        reply->text[reply->length] = 0;
        return true;
    }
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void client_receive(struct plenum_http *server, int fd, int64_t wait_ms, struct reply *reply)
{
    int64_t until_ns = wall_now_ns(&wall_clock_system) + wait_ms * 1000000;
    reply->status = 0;
    reply->closed = false;
    reply->length = 0;
    reply->text[0] = 0;
    reply->body = NULL;
    while (!reply_is_whole(reply) && !reply->closed && wall_now_ns(&wall_clock_system) < until_ns) {
        plenum_http_serve(server, 1000000);
        reply->closed = !reply_read(fd, reply);
    }
}
