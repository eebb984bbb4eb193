/* Listing: the entities of one kind at a running site, all of them or one. A subcommand is a row of
 * what its columns are; the rest is the same for all kinds. */
#ifndef CLI_LISTING_H
#define CLI_LISTING_H

#include "cli/ask.h"

#include <stdint.h>

struct listing_column {
    const char *title, *key;
};

struct listing {
    uint32_t kind;    /* PLENUM_RACK: its states, and its name on the command line */
    const char *many; /* "racks": as in the server's path */
    const char *about_ls, *about_show;
    const struct listing_column *columns;
    size_t count;
    /* Of plenum KIND VERB NAME|ID, which asks for a part under the entity's path; NULL: show. */
    const char *verb;
    /* Shows what more the server knows of one that was shown, or NULL. */
    void (*more)(struct client *client, const struct ask *ask, const json_t *item);
};

/* plenum KIND ls; plenum KIND show NAME|ID, or another verb. */
int listing_ls(const struct listing *listing, int argc, char **argv);
int listing_show(const struct listing *listing, int argc, char **argv);

/* A table of the items of a document, in these columns. */
void listing_put(const struct listing_column *columns, size_t count, const json_t *items,
                 struct style style, FILE *out);

#endif
