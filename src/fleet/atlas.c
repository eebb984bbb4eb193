/* Legs by a search inside each tile, roads by one over all hubs. See atlas.h. */
#include "fleet/atlas.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { ROADS_A_PART = 16, BUCKETS = ATLAS_TILE_CELLS };

/* --- legs ------------------------------------------------------------------------------------- */

void atlas_flood(const struct atlas *atlas, uint32_t place, uint16_t steps[ATLAS_TILE_CELLS])
{
    static const uint32_t step[GRID_HEADINGS] = {1, 1u << 16, UINT32_MAX, 0u - (1u << 16)};
    uint32_t queue[ATLAS_TILE_CELLS], head = 0, tail = 0, tile = atlas_tile_of(atlas, place);
    for (uint32_t cell = 0; cell < ATLAS_TILE_CELLS; cell++)
        steps[cell] = ATLAS_LEG_FAR;
    steps[atlas_cell_of(place)] = 0;
    queue[tail++] = place;
    while (head < tail) {
        uint32_t to = queue[head++], to_node = atlas_node_of(atlas, to);
        for (int i = 0; i < GRID_HEADINGS; i++) {
            uint32_t from = to + step[i], from_node = atlas_node_of(atlas, from);
            if (from_node == GRID_NONE || atlas_tile_of(atlas, from) != tile ||
                steps[atlas_cell_of(from)] != ATLAS_LEG_FAR ||
                !grid_enters(atlas->grid, from_node, to_node))
                continue;
            steps[atlas_cell_of(from)] = (uint16_t)(steps[atlas_cell_of(to)] + 1);
            queue[tail++] = from;
        }
    }
}

static void legs_of_tile(void *context, size_t number)
{
    struct atlas *atlas = context;
    const struct atlas_tile *tile = &atlas->tiles[number];
    uint16_t steps[ATLAS_TILE_CELLS];
    for (uint32_t i = 0; i < tile->count; i++) {
        atlas_flood(atlas, atlas->portals[tile->first + i].place, steps);
        for (size_t cell = 0; cell < ATLAS_TILE_CELLS; cell++)
            atlas->legs[tile->legs + cell * tile->stride + i] = steps[cell];
    }
    for (uint32_t i = tile->count; i < tile->stride; i++)
        for (size_t cell = 0; cell < ATLAS_TILE_CELLS; cell++)
            atlas->legs[tile->legs + cell * tile->stride + i] = ATLAS_LEG_FAR;
}

/* --- roads ------------------------------------------------------------------------------------ */

/* Hubs by how far they are from one of them: Dial's buckets (Algorithm 360, CACM 12, 1969), as
 * lists through the hubs. No leg is as long as there are buckets. */
struct search {
    const struct atlas *atlas;
    uint32_t *steps; /* the row that is filled */
    uint32_t bucket[BUCKETS];
    uint32_t *next, *before; /* in their bucket; before: GRID_NONE for the first */
    uint32_t waiting;
};

static void bucket_leave(struct search *search, uint32_t portal)
{
    uint32_t next = search->next[portal], before = search->before[portal];
    if (before != GRID_NONE)
        search->next[before] = next;
    else
        search->bucket[search->steps[portal] % BUCKETS] = next;
    if (next != GRID_NONE)
        search->before[next] = before;
    search->waiting--;
}

static void bucket_enter(struct search *search, uint32_t portal, uint32_t steps)
{
    uint32_t *first = &search->bucket[steps % BUCKETS];
    search->steps[portal] = steps;
    search->next[portal] = *first;
    search->before[portal] = GRID_NONE;
    if (*first != GRID_NONE)
        search->before[*first] = portal;
    *first = portal;
    search->waiting++;
}

/* A portal from which it is so far, by the one that was taken last. */
static void search_offer(struct search *search, uint32_t portal, uint32_t steps)
{
    if (steps >= search->steps[portal])
        return;
    if (search->steps[portal] != ATLAS_FAR)
        bucket_leave(search, portal);
    bucket_enter(search, portal, steps);
}

static const struct atlas_portal *hub_portal(const struct atlas *atlas, uint32_t hub)
{
    const struct atlas_tile *tile = &atlas->tiles[atlas->tile_of_hub[hub]];
    return &atlas->portals[tile->first + hub - tile->first_hub];
}

static uint32_t hub_of_portal(const struct atlas *atlas, uint32_t portal)
{
    const struct atlas_tile *tile =
        &atlas->tiles[atlas_tile_of(atlas, atlas->portals[portal].place)];
    return tile->first_hub + portal - tile->first;
}

static void search_spread(struct search *search, uint32_t hub)
{
    const struct atlas *atlas = search->atlas;
    const struct atlas_portal *at = hub_portal(atlas, hub);
    const struct atlas_tile *tile = &atlas->tiles[atlas->tile_of_hub[hub]];
    uint32_t steps = search->steps[hub], own = hub - tile->first_hub;
    for (uint32_t i = 0; i < tile->hubs; i++) {
        uint32_t leg = atlas_legs_of(atlas, atlas->portals[tile->first + i].place)[own];
        if (leg != ATLAS_LEG_FAR)
            search_offer(search, tile->first_hub + i, steps + leg);
    }
    if (grid_enters(atlas->grid, atlas_node_of(atlas, atlas->portals[at->across].place),
                    atlas_node_of(atlas, at->place)))
        search_offer(search, hub_of_portal(atlas, at->across), steps + 1);
}

static void roads_to(struct search *search, uint32_t hub)
{
    uint32_t count = search->atlas->hub_count;
    search->steps = search->atlas->roads + (size_t)hub * count;
    for (uint32_t i = 0; i < count; i++)
        search->steps[i] = ATLAS_FAR;
    bucket_enter(search, hub, 0);
    for (uint32_t steps = 0; search->waiting > 0; steps++) {
        uint32_t *first = &search->bucket[steps % BUCKETS];
        while (*first != GRID_NONE) {
            uint32_t taken = *first;
            bucket_leave(search, taken);
            search_spread(search, taken);
        }
    }
}

static void roads_of_part(void *context, size_t part)
{
    struct atlas *atlas = context;
    struct search search = {.atlas = atlas};
    uint32_t first = (uint32_t)part * ROADS_A_PART, end = first + ROADS_A_PART;
    search.next = memory_new(atlas->hub_count, sizeof *search.next);
    search.before = memory_new(atlas->hub_count, sizeof *search.before);
    memset(search.bucket, 0xff, sizeof search.bucket);
    for (uint32_t hub = first; hub < end && hub < atlas->hub_count; hub++)
        roads_to(&search, hub);
    free(search.next);
    free(search.before);
}

static void atlas_run(struct atlas *atlas, size_t parts, void (*work)(void *context, size_t part))
{
    if (atlas->pool != NULL) {
        pool_run(atlas->pool, parts, work, atlas);
        return;
    }
    for (size_t part = 0; part < parts; part++)
        work(atlas, part);
}

void atlas_refresh(struct atlas *atlas)
{
    if (!atlas->stale)
        return;
    atlas_run(atlas, atlas->tile_count, legs_of_tile);
    atlas_run(atlas, (atlas->hub_count + ROADS_A_PART - 1) / ROADS_A_PART, roads_of_part);
    for (uint32_t robot = 0; robot < atlas->robots; robot++)
        atlas->robot[robot].tile = GRID_NONE;
    atlas->stale = false;
}

/* --- init and finish -------------------------------------------------------------------------- */

static size_t words_a_robot(void)
{
    return ATLAS_TILE_CELLS / 64;
}

bool atlas_init(struct atlas *atlas, const struct grid *grid, uint32_t robots, struct pool *pool)
{
    *atlas = (struct atlas){.grid = grid, .pool = pool, .robots = robots, .stale = true};
    if (grid->width > UINT16_MAX || grid->height > UINT16_MAX)
        return false;
    atlas->tiles_across = (grid->width + ATLAS_TILE - 1) / ATLAS_TILE;
    atlas->tile_count = atlas->tiles_across * ((grid->height + ATLAS_TILE - 1) / ATLAS_TILE);
    atlas->tiles = memory_new(atlas->tile_count, sizeof *atlas->tiles);
    atlas->place = memory_new(grid->nodes, sizeof *atlas->place);
    for (uint32_t node = 0; node < grid->nodes; node++) {
        uint32_t cell = grid->cell_of_node[node];
        atlas->place[node] = cell / grid->width << 16 | cell % grid->width;
    }
    if (!atlas_choose_portals(atlas)) {
        atlas_finish(atlas);
        return false;
    }
    atlas->tile_of_hub = memory_new(atlas->hub_count, sizeof *atlas->tile_of_hub);
    for (uint32_t tile = 0; tile < atlas->tile_count; tile++)
        for (uint32_t i = 0; i < atlas->tiles[tile].hubs; i++)
            atlas->tile_of_hub[atlas->tiles[tile].first_hub + i] = tile;
    atlas->legs = memory_new(atlas->leg_count, sizeof *atlas->legs);
    atlas->roads = memory_new((size_t)atlas->hub_count * atlas->hub_count, sizeof *atlas->roads);
    atlas->robot = memory_new(robots, sizeof *atlas->robot);
    atlas->costs = memory_new((size_t)robots * atlas->most, sizeof *atlas->costs);
    atlas->bits = memory_new(robots * words_a_robot(), sizeof *atlas->bits);
    atlas_refresh(atlas);
    return true;
}

void atlas_finish(struct atlas *atlas)
{
    free(atlas->place);
    free(atlas->tiles);
    free(atlas->portals);
    free(atlas->tile_of_hub);
    free(atlas->legs);
    free(atlas->roads);
    free(atlas->robot);
    free(atlas->costs);
    free(atlas->bits);
    *atlas = (struct atlas){0};
}

size_t atlas_bytes(const struct atlas *atlas)
{
    if (atlas->grid == NULL)
        return 0;
    size_t hubs = atlas->hub_count, robots = atlas->robots;
    return atlas->grid->nodes * sizeof *atlas->place + atlas->tile_count * sizeof *atlas->tiles +
           atlas->portal_count * sizeof *atlas->portals + hubs * sizeof *atlas->tile_of_hub +
           atlas->leg_count * sizeof *atlas->legs + hubs * hubs * sizeof *atlas->roads +
           robots * (sizeof *atlas->robot + atlas->most * sizeof *atlas->costs +
                     words_a_robot() * sizeof *atlas->bits);
}

void atlas_expire(struct atlas *atlas)
{
    atlas->stale = true;
}
