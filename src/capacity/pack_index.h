/* Pack index: for each shape, the server with the best score, the lowest rank among equals.
 *
 * A tree of maxima for each shape over the servers in order of rank; it is made when the shape is
 * asked for first. A change of a server is only written down; a shape's tree catches up when the
 * shape is asked for again, with one new score for each server that changed since. So a decision
 * costs as many scores as there were changes, whatever the number of servers. */
#ifndef CAPACITY_PACK_INDEX_H
#define CAPACITY_PACK_INDEX_H

#include "capacity/pack_site.h"

enum { PACK_NO_FIT = INT32_MIN };

struct pack_index_tree {
    int32_t *best; /* [1] the root, [leaves + rank] the leaves */
    size_t seen;   /* how much of the log it knows */
};

struct pack_index {
    size_t count, leaves;          /* servers; the power of two at or over it */
    uint32_t *server_at;           /* by rank */
    uint32_t *rank_of;             /* by server */
    struct pack_index_tree *trees; /* by shape */
    size_t tree_count;
    uint32_t *log; /* servers as they changed */
    size_t *last;  /* by server: where in the log it stands last, plus one */
    size_t log_count, log_capacity;
};

/* A score over PACK_NO_FIT for a server that the shape fits on, otherwise PACK_NO_FIT. */
typedef int32_t pack_score(void *context, uint32_t server, uint32_t shape);

void pack_index_init(struct pack_index *index, const uint32_t *ranks, size_t servers,
                     size_t shapes);
void pack_index_finish(struct pack_index *index);
void pack_index_changed(struct pack_index *index, uint32_t server);
/* All scores of all shapes may have changed. */
void pack_index_forget(struct pack_index *index);
/* The best server; false where none fits. The same score must be given for the same free room. */
bool pack_index_best(struct pack_index *index, uint32_t shape, pack_score *score, void *context,
                     uint32_t *server);

#endif
