/* The files of the dashboard, made by web/build.sh and linked into the program. */
#ifndef EDGE_HTTP_WEB_FILES_H
#define EDGE_HTTP_WEB_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct web_file {
    const char *path; /* "/index.html", "/assets/main-ABCDEFGH.js" */
    const char *content_type;
    const char *etag;            /* weak: the same for both forms */
    const uint8_t *plain, *gzip; /* gzip: the same, compressed; NULL: that would be longer */
    size_t plain_length, gzip_length;
    bool immutable; /* its path has a hash of it: another file would have another path */
};

extern const struct web_file web_files[];
extern const size_t web_file_count;
/* Why there are no files, or NULL. */
extern const char *const web_missing;

#endif
