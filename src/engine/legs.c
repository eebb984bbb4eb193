/* Breadth-first search from each different first cell, over the walls of the site alone. */
#include "engine/legs.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

struct search {
    const struct plenum_site *site;
    int32_t *moves; /* from the source; PLENUM_NONE: not reached */
    int32_t *queue;
};

static void search_visit(struct search *search, int32_t cell, int32_t moves, int32_t *end)
{
    if (search->site->walls[cell] || search->moves[cell] != PLENUM_NONE)
        return;
    search->moves[cell] = moves;
    search->queue[(*end)++] = cell;
}

static void search_from(struct search *search, int32_t source)
{
    const struct plenum_hall *hall =
        &search->site->halls[plenum_site_hall_of(search->site, source)];
    int32_t end = 0;
    for (int32_t i = 0; i < search->site->cell_count; i++)
        search->moves[i] = PLENUM_NONE;
    search_visit(search, source, 0, &end);
    for (int32_t next = 0; next < end; next++) {
        int32_t cell = search->queue[next], place = cell - hall->first_cell;
        int32_t row = place / hall->width, column = place % hall->width;
        int32_t moves = search->moves[cell] + 1;
        if (column + 1 < hall->width)
            search_visit(search, cell + 1, moves, &end);
        if (row + 1 < hall->height)
            search_visit(search, cell + hall->width, moves, &end);
        if (column > 0)
            search_visit(search, cell - 1, moves, &end);
        if (row > 0)
            search_visit(search, cell - hall->width, moves, &end);
    }
}

static bool source_is_new(const struct tally_leg *legs, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (legs[i].from_cell == legs[at].from_cell)
            return false;
    return true;
}

int64_t legs_mean_milli(const struct plenum_site *site, const struct tally_leg *legs, size_t count)
{
    struct search search = {site, memory_new((size_t)site->cell_count, sizeof *search.moves),
                            memory_new((size_t)site->cell_count, sizeof *search.queue)};
    int64_t sum = 0, measured = 0;
    int sources = 0;
    for (size_t i = 0; i < count && sources < LEGS_SOURCES_MAX; i++) {
        if (!source_is_new(legs, i))
            continue;
        search_from(&search, legs[i].from_cell);
        sources++;
        for (size_t j = i; j < count; j++) {
            if (legs[j].from_cell != legs[i].from_cell ||
                search.moves[legs[j].to_cell] == PLENUM_NONE)
                continue;
            sum += search.moves[legs[j].to_cell];
            measured++;
        }
    }
    free(search.moves);
    free(search.queue);
    return measured == 0 ? 0 : sum * 1000 / measured;
}
