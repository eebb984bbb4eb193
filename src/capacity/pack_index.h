/* Pack index: for each shape, the server with the best score, the lowest rank among equals.
 *
 * A tree of maxima for each shape over the servers in order of rank; it is made when the shape is
 * asked for first. A change of a server is only written down; a shape's tree catches up when the
 * shape is asked for again, with one new score for each server that changed since. So a decision
 * costs as many scores as there were changes, whatever the number of servers.
 *
 * Servers may be in groups: each has its own tree, and the price of a group, which may change at
 * any time, is taken off the best score in it. */
#ifndef CAPACITY_PACK_INDEX_H
#define CAPACITY_PACK_INDEX_H

#include "capacity/pack_site.h"

enum { PACK_NO_FIT = INT32_MIN, PACK_GROUPS_MAX = PLENUM_TRACE_TYPES_MAX + 1 };

/* A complete binary tree: item 1 is the root, item leaves + i the i-th server of the group. */
struct pack_index_group {
    size_t first, count; /* in server_at */
    size_t leaves;       /* the power of two at or over count */
    size_t offset;       /* of the group's items in a tree's best[] */
};

struct pack_index_tree {
    int32_t *best;
    size_t seen; /* how much of the log it knows */
    bool made;   /* false: all of best is out of date */
};

struct pack_index {
    struct pack_index_group groups[PACK_GROUPS_MAX];
    size_t group_count;
    size_t count, items;           /* servers; items of a tree */
    uint32_t *server_at;           /* by group, then by rank */
    uint32_t *rank_of;             /* by server */
    uint32_t *leaf_of;             /* by server: its item in best[] */
    uint8_t *group_of;             /* by server */
    struct pack_index_tree *trees; /* by shape */
    size_t tree_count;
    uint32_t *log; /* servers as they changed */
    size_t *last;  /* by server: where in the log it stands last, plus one */
    size_t log_count, log_capacity;
};

/* A score over PACK_NO_FIT for a server that the shape fits on, otherwise PACK_NO_FIT. */
typedef int32_t pack_score(void *context, uint32_t server, uint32_t shape);

/* group_of: a group under PACK_GROUPS_MAX for each server, or NULL for one group of all. */
void pack_index_init(struct pack_index *index, const uint32_t *ranks, const uint8_t *group_of,
                     size_t servers, size_t shapes);
void pack_index_finish(struct pack_index *index);
void pack_index_changed(struct pack_index *index, uint32_t server);
/* All scores of all shapes may have changed. */
void pack_index_forget(struct pack_index *index);
/* The best server; false where none fits. The same score must be given for the same free room.
 * prices: one for each group, or NULL for none. */
bool pack_index_best(struct pack_index *index, uint32_t shape, pack_score *score, void *context,
                     const int32_t *prices, uint32_t *server);

#endif
