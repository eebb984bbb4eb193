/* Clients of a running server, for bench_edge.sh.
 * usage: bench_edge_load watch PORT CLIENTS HZ SECONDS PID
 *        bench_edge_load half PORT CLIENTS
 *
 * watch: so many clients watch the whole floor. A picture is due at multiples of the period on the
 * machine's clock, so how late it comes is what its arrival is past one. PID is the server's.
 * half: so many begin a request and do not end it; then one asks and is answered. */
#include "base/memory.h"
#include "base/wall.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LATE_MAX = 10 << 20, READ_BYTES = 64 << 10 };

struct client {
    int fd;
    uint8_t head[10]; /* of a frame, while it is read */
    size_t head_length, left;
};

static int64_t late_ns[LATE_MAX];
static size_t late_count;

static int64_t now_ns(void)
{
    return wall_now_ns(&wall_clock_system);
}

static void die(const char *what)
{
    fprintf(stderr, "bench_edge_load: %s\n", what);
    exit(1);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("cannot connect");
    return fd;
}

static void say(int fd, const void *data, size_t length)
{
    if (send(fd, data, length, MSG_NOSIGNAL) != (ssize_t)length)
        die("cannot send");
}

/* --- watching --------------------------------------------------------------------------------- */

static void begin_watching(struct client *client, uint16_t port, int hz)
{
    static const char upgrade[] =
        "GET /v1/watch HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    char wish[80], answer[1024];
    uint8_t frame[96] = {0x81};
    size_t got = 0;
    client->fd = connect_to(port);
    say(client->fd, upgrade, sizeof upgrade - 1);
    while (got < 4 || memcmp(answer + got - 4, "\r\n\r\n", 4) != 0) {
        if (got == sizeof answer || recv(client->fd, answer + got, 1, 0) != 1)
            die("no WebSocket was given");
        got++;
    }
    int length = snprintf(wish, sizeof wish, "{\"watch\":\"floor\",\"hz\":%d}", hz);
    frame[1] = (uint8_t)(0x80 | length); /* masked, with zeros */
    memcpy(frame + 6, wish, (size_t)length);
    say(client->fd, frame, 6 + (size_t)length);
}

static size_t head_bytes(const struct client *client)
{
    if (client->head_length < 2)
        return 2;
    int length = client->head[1] & 0x7f;
    return length == 127 ? 10 : length == 126 ? 4 : 2;
}

static void end_head(struct client *client)
{
    size_t bytes = head_bytes(client);
    client->left = client->head[1] & 0x7f;
    if (bytes > 2)
        client->left = 0;
    for (size_t i = 2; i < bytes; i++)
        client->left = client->left << 8 | client->head[i];
}

/* Counts pictures that end in what was received. */
static void take(struct client *client, const uint8_t *data, size_t length, int64_t period_ns)
{
    while (length > 0) {
        if (client->head_length < head_bytes(client)) {
            client->head[client->head_length++] = *data++;
            length--;
            if (client->head_length == head_bytes(client))
                end_head(client);
        } else {
            size_t part = client->left < length ? client->left : length;
            data += part;
            length -= part;
            client->left -= part;
        }
        if (client->head_length < head_bytes(client) || client->left > 0)
            continue;
        if ((client->head[0] & 15) == 2 && late_count < LATE_MAX)
            late_ns[late_count++] = now_ns() % period_ns;
        client->head_length = 0;
    }
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Seconds of processor time that a process has used. */
static double cpu_s(int pid)
{
    char path[64], text[1024] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || fread(text, 1, sizeof text - 1, file) == 0)
        die("no such process");
    fclose(file);
    char *at = strrchr(text, ')');
    for (int field = 2; field < 14 && at; field++)
        at = strchr(at + 1, ' ');
    if (!at)
        die("/proc is not as it was");
    double user = strtod(at, &at), system = strtod(at, NULL);
    return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void watch_for(struct client *clients, struct pollfd *polls, int count, int64_t until_ns,
                      int64_t period_ns)
{
    static uint8_t data[READ_BYTES];
    while (now_ns() < until_ns) {
        if (poll(polls, (nfds_t)count, 20) < 0)
            die("poll");
        for (int i = 0; i < count; i++) {
            if (!polls[i].revents)
                continue;
            ssize_t got = recv(polls[i].fd, data, sizeof data, MSG_DONTWAIT);
            if (got == 0)
                die("a watcher was disconnected");
            take(&clients[i], data, got > 0 ? (size_t)got : 0, period_ns);
        }
    }
}

static void watch(uint16_t port, int count, int hz, int seconds, int pid)
{
    struct client *clients = memory_new((size_t)count, sizeof *clients);
    struct pollfd *polls = memory_new((size_t)count, sizeof *polls);
    int64_t period_ns = 1000000000 / hz;
    for (int i = 0; i < count; i++) {
        begin_watching(&clients[i], port, hz);
        polls[i] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
    }
    watch_for(clients, polls, count, now_ns() + 1000000000, period_ns);
    late_count = 0;
    double cpu = cpu_s(pid);
    watch_for(clients, polls, count, now_ns() + seconds * INT64_C(1000000000), period_ns);
    cpu = cpu_s(pid) - cpu;
    qsort(late_ns, late_count, sizeof late_ns[0], by_value);
    printf("%4d watchers at %d Hz  %8.0f pictures/s of %d  late p50 %.1f ms  p99 %.1f ms  CPU %.0f "
           "%%\n",
           count, hz, (double)late_count / seconds, count * hz,
           late_count ? (double)late_ns[late_count / 2] / 1e6 : 0.0,
           late_count ? (double)late_ns[late_count * 99 / 100] / 1e6 : 0.0, 100 * cpu / seconds);
    free(clients);
    free(polls);
}

/* --- half a request --------------------------------------------------------------------------- */

static void half(uint16_t port, int count)
{
    static const char part[] = "GET /v1/state HTTP/1.1\r\nHost: loc";
    static const char whole[] = "GET /v1/state HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char answer[4096];
    for (int i = 0; i < count; i++)
        say(connect_to(port), part, sizeof part - 1);
    int64_t begin_ns = now_ns();
    int fd = connect_to(port);
    say(fd, whole, sizeof whole - 1);
    ssize_t got = recv(fd, answer, sizeof answer, 0);
    int64_t took_ns = now_ns() - begin_ns;
    if (got < 12 || memcmp(answer, "HTTP/1.1 200", 12) != 0)
        die("no answer");
    printf("%4d half-open connections  another is answered in %.2f ms\n", count,
           (double)took_ns / 1e6);
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "watch") == 0)
        watch((uint16_t)strtoul(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10),
              (int)strtol(argv[4], NULL, 10), (int)strtol(argv[5], NULL, 10),
              (int)strtol(argv[6], NULL, 10));
    else if (argc == 4 && strcmp(argv[1], "half") == 0)
        half((uint16_t)strtoul(argv[2], NULL, 10), (int)strtol(argv[3], NULL, 10));
    else
        die("usage: watch PORT CLIENTS HZ SECONDS PID, or half PORT CLIENTS");
    return 0;
}
