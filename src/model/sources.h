/* Sources: the files a site is read from, on disk or in memory.
 *
 * A file is opened once, by the name the site file calls it, and its bytes stay in the arena for
 * as long as the site. A name leads to the site file's folder or under it: it is relative, without
 * "..". */
#ifndef MODEL_SOURCES_H
#define MODEL_SOURCES_H

#include "base/arena.h"
#include "model/limits.h"

#include <plenum/site.h>

struct source {
    struct plenum_site_file file;
    const char *shown; /* what a problem calls it: a path that can be opened */
    int32_t index;     /* in the order of opening */
};

struct sources {
    struct arena *arena;
    const char *directory; /* of the site file, with its '/'; NULL: files come from `given` */
    const struct plenum_site_file *given;
    int32_t given_count;
    struct source files[LIMIT_FILES];
    int32_t count;
    size_t total_bytes;
};

void sources_on_disk(struct sources *sources, struct arena *arena, const char *site_path);
void sources_in_memory(struct sources *sources, struct arena *arena,
                       const struct plenum_site_file *files, int32_t file_count);
/* The file of that name, opened now or before. PLENUM_IO where it cannot be read, PLENUM_INPUT
 * where its name may not be used, PLENUM_LIMIT where it is too large; error->text then says what
 * was found ("12 bytes"), and on PLENUM_LIMIT and PLENUM_INPUT *expected what was expected. */
enum plenum_status sources_open(struct sources *sources, const char *name,
                                const struct source **source, const char **expected,
                                struct plenum_error *error) PLENUM_MUST_USE;

#endif
