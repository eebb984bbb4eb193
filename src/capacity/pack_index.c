/* Trees of best scores, one a shape, that catch up lazily: see pack_index.h. */
#include "capacity/pack_index.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void pack_index_init(struct pack_index *index, const uint32_t *ranks, size_t servers, size_t shapes)
{
    size_t leaves = 1;
    while (leaves < servers)
        leaves *= 2;
    *index = (struct pack_index){
        .count = servers,
        .leaves = leaves,
        .server_at = memory_new(servers, sizeof *index->server_at),
        .rank_of = memory_new(servers, sizeof *index->rank_of),
        .trees = memory_new(shapes, sizeof *index->trees),
        .tree_count = shapes,
        .last = memory_new(servers, sizeof *index->last),
    };
    for (size_t rank = 0; rank < servers; rank++) {
        index->server_at[rank] = ranks[rank];
        index->rank_of[ranks[rank]] = (uint32_t)rank;
    }
}

void pack_index_forget(struct pack_index *index)
{
    for (size_t i = 0; i < index->tree_count; i++) {
        free(index->trees[i].best);
        index->trees[i].best = NULL;
    }
}

void pack_index_finish(struct pack_index *index)
{
    pack_index_forget(index);
    free(index->server_at);
    free(index->rank_of);
    free(index->trees);
    free(index->log);
    free(index->last);
    *index = (struct pack_index){0};
}

void pack_index_changed(struct pack_index *index, uint32_t server)
{
    ARRAY_PUSH(index->log, index->log_count, index->log_capacity, SIZE_MAX / sizeof *index->log) =
        server;
    index->last[server] = index->log_count;
}

static void tree_make(struct pack_index *index, uint32_t shape, pack_score *score, void *context)
{
    struct pack_index_tree *tree = &index->trees[shape];
    if (tree->best == NULL)
        tree->best = memory_new(2 * index->leaves, sizeof *tree->best);
    int32_t *best = tree->best;
    for (size_t rank = 0; rank < index->leaves; rank++)
        best[index->leaves + rank] =
            rank < index->count ? score(context, index->server_at[rank], shape) : PACK_NO_FIT;
    for (size_t at = index->leaves - 1; at > 0; at--)
        best[at] = best[2 * at] >= best[2 * at + 1] ? best[2 * at] : best[2 * at + 1];
    tree->seen = index->log_count;
}

static void tree_set(int32_t *best, size_t at, int32_t score)
{
    best[at] = score;
    for (at /= 2; at > 0; at /= 2) {
        int32_t greater = best[2 * at] >= best[2 * at + 1] ? best[2 * at] : best[2 * at + 1];
        if (best[at] == greater)
            return;
        best[at] = greater;
    }
}

static void tree_catch_up(struct pack_index *index, uint32_t shape, pack_score *score,
                          void *context)
{
    struct pack_index_tree *tree = &index->trees[shape];
    for (size_t i = tree->seen; i < index->log_count; i++) {
        uint32_t server = index->log[i];
        if (index->last[server] == i + 1)
            tree_set(tree->best, index->leaves + index->rank_of[server],
                     score(context, server, shape));
    }
    tree->seen = index->log_count;
}

bool pack_index_best(struct pack_index *index, uint32_t shape, pack_score *score, void *context,
                     uint32_t *server)
{
    CHECK(shape < index->tree_count);
    struct pack_index_tree *tree = &index->trees[shape];
    if (tree->best == NULL || index->log_count - tree->seen > index->leaves)
        tree_make(index, shape, score, context);
    else
        tree_catch_up(index, shape, score, context);

    const int32_t *best = tree->best;
    if (best[1] == PACK_NO_FIT)
        return false;
    size_t at = 1;
    while (at < index->leaves)
        at = best[2 * at] == best[at] ? 2 * at : 2 * at + 1;
    *server = index->server_at[at - index->leaves];
    return true;
}
