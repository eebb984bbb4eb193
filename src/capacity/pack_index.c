/* Trees of best scores, one a shape, that catch up lazily: see pack_index.h. */
#include "capacity/pack_index.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Lays the groups out one after the other, each with its servers by rank. */
static void groups_make(struct pack_index *index, const uint32_t *ranks)
{
    size_t placed = 0;
    for (size_t g = 0; g < index->group_count; g++) {
        struct pack_index_group *group = &index->groups[g];
        *group = (struct pack_index_group){.first = placed, .leaves = 1, .offset = index->items};
        for (size_t rank = 0; rank < index->count; rank++) {
            if (index->group_of[ranks[rank]] == g)
                index->server_at[placed++] = ranks[rank];
        }
        group->count = placed - group->first;
        while (group->leaves < group->count)
            group->leaves *= 2;
        for (size_t i = 0; i < group->count; i++)
            index->leaf_of[index->server_at[group->first + i]] =
                (uint32_t)(group->offset + group->leaves + i);
        index->items += 2 * group->leaves;
    }
}

void pack_index_init(struct pack_index *index, const uint32_t *ranks, const uint8_t *group_of,
                     size_t servers, size_t shapes)
{
    *index = (struct pack_index){
        .group_count = 1,
        .count = servers,
        .server_at = memory_new(servers, sizeof *index->server_at),
        .rank_of = memory_new(servers, sizeof *index->rank_of),
        .leaf_of = memory_new(servers, sizeof *index->leaf_of),
        .group_of = memory_new(servers, sizeof *index->group_of),
        .trees = memory_new(shapes, sizeof *index->trees),
        .tree_count = shapes,
        .last = memory_new(servers, sizeof *index->last),
    };
    for (size_t rank = 0; rank < servers; rank++)
        index->rank_of[ranks[rank]] = (uint32_t)rank;
    for (size_t i = 0; i < servers && group_of != NULL; i++) {
        CHECK(group_of[i] < PACK_GROUPS_MAX);
        index->group_of[i] = group_of[i];
        if (group_of[i] >= index->group_count)
            index->group_count = (size_t)group_of[i] + 1;
    }
    groups_make(index, ranks);
}

void pack_index_forget(struct pack_index *index)
{
    for (size_t i = 0; i < index->tree_count; i++)
        index->trees[i].made = false;
}

void pack_index_finish(struct pack_index *index)
{
    for (size_t i = 0; i < index->tree_count; i++)
        free(index->trees[i].best);
    free(index->server_at);
    free(index->rank_of);
    free(index->leaf_of);
    free(index->group_of);
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

static int32_t greater(int32_t a, int32_t b)
{
    return a >= b ? a : b;
}

static void tree_make(struct pack_index *index, uint32_t shape, pack_score *score, void *context)
{
    struct pack_index_tree *tree = &index->trees[shape];
    if (tree->best == NULL)
        tree->best = memory_new(index->items, sizeof *tree->best);
    for (size_t g = 0; g < index->group_count; g++) {
        const struct pack_index_group *group = &index->groups[g];
        int32_t *best = tree->best + group->offset;
        for (size_t i = 0; i < group->leaves; i++)
            best[group->leaves + i] =
                i < group->count ? score(context, index->server_at[group->first + i], shape)
                                 : PACK_NO_FIT;
        for (size_t at = group->leaves - 1; at > 0; at--)
            best[at] = greater(best[2 * at], best[2 * at + 1]);
    }
    tree->seen = index->log_count;
    tree->made = true;
}

static void tree_set(int32_t *best, size_t at, int32_t score)
{
    best[at] = score;
    for (at /= 2; at > 0; at /= 2) {
        int32_t above = greater(best[2 * at], best[2 * at + 1]);
        if (best[at] == above)
            return;
        best[at] = above;
    }
}

static void tree_catch_up(struct pack_index *index, uint32_t shape, pack_score *score,
                          void *context)
{
    struct pack_index_tree *tree = &index->trees[shape];
    for (size_t i = tree->seen; i < index->log_count; i++) {
        uint32_t server = index->log[i];
        if (index->last[server] != i + 1)
            continue;
        size_t offset = index->groups[index->group_of[server]].offset;
        tree_set(tree->best + offset, index->leaf_of[server] - offset,
                 score(context, server, shape));
    }
    tree->seen = index->log_count;
}

/* The first server of the group that has the group's best score. */
static uint32_t group_server(const struct pack_index *index, const struct pack_index_group *group,
                             const int32_t *best)
{
    size_t at = 1;
    while (at < group->leaves)
        at = best[2 * at] == best[at] ? 2 * at : 2 * at + 1;
    return index->server_at[group->first + at - group->leaves];
}

bool pack_index_best(struct pack_index *index, uint32_t shape, pack_score *score, void *context,
                     const int32_t *prices, uint32_t *server)
{
    CHECK(shape < index->tree_count);
    struct pack_index_tree *tree = &index->trees[shape];
    if (!tree->made || index->log_count - tree->seen > index->items)
        tree_make(index, shape, score, context);
    else
        tree_catch_up(index, shape, score, context);

    bool found = false;
    int64_t found_score = 0;
    for (size_t g = 0; g < index->group_count; g++) {
        const int32_t *best = tree->best + index->groups[g].offset;
        int64_t net = (int64_t)best[1] - (prices != NULL ? prices[g] : 0);
        if (best[1] == PACK_NO_FIT || (found && net < found_score))
            continue;
        uint32_t candidate = group_server(index, &index->groups[g], best);
        if (found && net == found_score && index->rank_of[candidate] > index->rank_of[*server])
            continue;
        found = true;
        found_score = net;
        *server = candidate;
    }
    return found;
}
