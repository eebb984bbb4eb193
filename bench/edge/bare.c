/* The bound of bench_edge.sh: libwebsockets alone, in the same loop, with an answer that is ready.
 * usage: bench_edge_bare PORT */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t length)
{
    static char answer[LWS_PRE + 128];
    static const char text[] = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
                               "content-length: 16\r\n\r\n{\"hello\":\"you\"}\n";
    (void)user;
    (void)in;
    (void)length;
    if (reason != LWS_CALLBACK_HTTP)
        return 0;
    memcpy(answer + LWS_PRE, text, sizeof text - 1);
    if (lws_write(wsi, (unsigned char *)answer + LWS_PRE, sizeof text - 1, LWS_WRITE_HTTP) < 0)
        return -1;
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

int main(int argc, char **argv)
{
    static const struct lws_protocols protocols[] = {{.name = "http", .callback = on_event},
                                                     {.name = NULL}};
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 7072;
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.gid = -1;
    info.uid = -1;
    lws_set_log_level(0, NULL);
    struct lws_context *context = lws_create_context(&info);
    if (!context)
        return 1;
    puts("ready");
    (void)fflush(stdout);
    while (lws_service(context, 0) >= 0)
        continue;
    lws_context_destroy(context);
    return 0;
}
