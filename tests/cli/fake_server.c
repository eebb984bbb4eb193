#include "fake_server.h"

#include "base/check.h"
#include "base/memory.h"

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct fake_server {
    int listener, stop[2]; /* a byte in the pipe: end */
    pthread_t thread;
    const char *const *answers;
    size_t count;
    char requests[FAKE_ANSWERS_MAX][FAKE_REQUEST];
};

/* False: it is to end. */
static bool wait_for(const struct fake_server *server, int descriptor)
{
    struct pollfd polled[] = {{.fd = descriptor, .events = POLLIN},
                              {.fd = server->stop[0], .events = POLLIN}};
    CHECK(poll(polled, 2, 10000) > 0);
    return polled[1].revents == 0;
}

/* Whether the head is there, and as much after it as it says. */
static bool is_whole(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n"), *length = strstr(request, "Content-Length: ");
    size_t wanted = length ? (size_t)strtoul(length + strlen("Content-Length: "), NULL, 10) : 0;
    return end && strlen(end + 4) >= wanted;
}

static void receive(const struct fake_server *server, int descriptor, char request[FAKE_REQUEST])
{
    size_t length = 0;
    request[0] = 0;
    while (!is_whole(request) && wait_for(server, descriptor)) {
        ssize_t got = recv(descriptor, request + length, FAKE_REQUEST - 1 - length, 0);
        if (got <= 0)
            return;
        length += (size_t)got;
        request[length] = 0;
    }
}

static void answer(const struct fake_server *server, int descriptor, const char *text)
{
    if (text && strcmp(text, "wait") == 0)
        (void)wait_for(server, server->stop[0]);
    else if (text)
        (void)!send(descriptor, text, strlen(text), MSG_NOSIGNAL);
}

static void *serve(void *context)
{
    struct fake_server *server = context;
    static char over[FAKE_REQUEST];
    for (size_t i = 0; wait_for(server, server->listener); i++) {
        int descriptor = accept(server->listener, NULL, NULL);
        CHECK(descriptor >= 0);
        receive(server, descriptor, i < server->count ? server->requests[i] : over);
        answer(server, descriptor, i < server->count ? server->answers[i] : NULL);
        close(descriptor);
    }
    return NULL;
}

struct fake_server *fake_server_create(const char *const *answers)
{
    struct fake_server *server = memory_new(1, sizeof *server);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    server->answers = answers;
    while (answers[server->count])
        server->count++;
    CHECK(server->count <= FAKE_ANSWERS_MAX);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(server->listener >= 0 && pipe(server->stop) == 0);
    CHECK(bind(server->listener, (const struct sockaddr *)&any, sizeof any) == 0);
    CHECK(listen(server->listener, 16) == 0);
    CHECK(pthread_create(&server->thread, NULL, serve, server) == 0);
    return server;
}

int fake_server_port(const struct fake_server *server)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    CHECK(getsockname(server->listener, (struct sockaddr *)&address, &size) == 0);
    return ntohs(address.sin_port);
}

void fake_server_stop(struct fake_server *server)
{
    CHECK(write(server->stop[1], "", 1) == 1);
    CHECK(pthread_join(server->thread, NULL) == 0);
}

const char *fake_server_request(const struct fake_server *server, size_t index)
{
    CHECK(index < FAKE_ANSWERS_MAX);
    return server->requests[index];
}

void fake_server_destroy(struct fake_server *server)
{
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
    free(server);
}
