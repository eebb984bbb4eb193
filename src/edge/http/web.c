/* Web: the dashboard's files, as they were linked into the program.
 *
 * Every view of the dashboard has a path of its own, and all of them are answered with the one
 * page, which shows the view that the path names. The files are public: they hold nothing of the
 * site, so no token is asked for them, and a person can open the page and give the token there. */
#include "edge/http/call.h"
#include "edge/http/web_files.h"

#include <string.h>

/* What the page may do: load and ask from here only, run no inline script, stand in no frame. */
static const char *const PAGE_POLICY =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/* First parts of the paths that the page shows. */
static const char *const views[] = {"overview", "floor",    "air",   "racks",
                                    "power",    "capacity", "events"};

static bool is_view(const char *path)
{
    size_t length = strcspn(path + 1, "/");
    if (path[1] == 0)
        return true;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        if (strlen(views[i]) == length && strncmp(path + 1, views[i], length) == 0)
            return true;
    return false;
}

static const struct web_file *file_find(const char *path)
{
    const char *name = is_view(path) ? "/index.html" : path;
    for (size_t i = 0; i < web_file_count; i++)
        if (strcmp(web_files[i].path, name) == 0)
            return &web_files[i];
    return NULL;
}

bool web_has(const char *path)
{
    return path[0] == '/' && (is_view(path) || file_find(path) != NULL);
}

/* Whether an Accept-Encoding has gzip, and not to refuse it (RFC 9110 section 12.5.3). */
static bool takes_gzip(const char *list)
{
    const char *at = strstr(list, "gzip");
    if (!at)
        return false;
    at += strlen("gzip");
    at += strspn(at, " ");
    return strncmp(at, ";q=0", 4) != 0 || strspn(at + 4, ".0") != strcspn(at + 4, ", ");
}

void handle_web(struct call *call)
{
    const struct web_file *file = file_find(call->request.path);
    struct call_answer *answer = &call->answer;
    if (!file) {
        call_problem(call, 503, "the dashboard is not in this program: when it was built, %s",
                     web_missing ? web_missing : "nothing was made");
        return;
    }
    bool gzip = file->gzip && takes_gzip(call->request.accept_encoding);
    answer->content_type = file->content_type;
    answer->content_encoding = gzip ? "gzip" : NULL;
    answer->varies = file->gzip != NULL;
    answer->policy = PAGE_POLICY;
    answer->immutable = file->immutable;
    call_answer_bytes(call, gzip ? file->gzip : file->plain,
                      gzip ? file->gzip_length : file->plain_length, file->etag);
}
