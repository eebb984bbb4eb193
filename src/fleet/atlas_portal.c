/* Portals: where ways may lead from one tile to the next. See atlas.h.
 *
 * Along a border, cells that are free on both sides are openings; openings side by side are a run.
 * A run joins one part of the one tile with one part of the other. Of each two parts that are
 * joined the longest run has a hub in its middle. More hubs, then other portals, are put where the
 * next is farthest. The larger the floor, the fewer hubs has a border. */
#include "fleet/atlas.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { PART_NONE = UINT16_MAX };
enum { PORTAL = 1, HUB = 2 }; /* what is chosen of a border */
enum { CROSSINGS_MAX = 1 << 24 };

struct run {
    uint32_t first, count; /* cells along the border */
    uint32_t parts;        /* of both tiles, as one number */
};

struct border {
    uint32_t here, there; /* places of its first cells in the two tiles */
    uint32_t step;        /* to the next cell along it */
    struct run runs[ATLAS_TILE];
    uint32_t run_count;
    uint8_t chosen[ATLAS_TILE];
};

struct crossing {
    uint32_t here, there; /* places */
    bool hub;
};

struct choice {
    struct atlas *atlas;
    uint16_t *part; /* by cell: which part of its tile */
    struct crossing *crossings;
    size_t count, capacity;
    uint32_t hubs_a_border;
};

/* --- parts of tiles --------------------------------------------------------------------------- */

/* Marks all that can be reached inside the tile; the list holds what is to be looked at. */
static void part_mark(struct choice *choice, uint32_t place, uint16_t number)
{
    const struct grid *grid = choice->atlas->grid;
    uint32_t list[ATLAS_TILE_CELLS], count = 0, tile = atlas_tile_of(choice->atlas, place);
    list[count++] = place;
    choice->part[(size_t)(place >> 16) * grid->width + (place & 0xffff)] = number;
    while (count > 0) {
        uint32_t at = list[--count];
        const uint32_t around[] = {at + 1, at + (1u << 16), at - 1, at - (1u << 16)};
        for (int i = 0; i < GRID_HEADINGS; i++) {
            uint32_t row = around[i] >> 16, column = around[i] & 0xffff;
            if (atlas_node_at(choice->atlas, row, column) == GRID_NONE ||
                atlas_tile_of(choice->atlas, around[i]) != tile)
                continue;
            uint16_t *part = &choice->part[(size_t)row * grid->width + column];
            if (*part != PART_NONE)
                continue;
            *part = number;
            list[count++] = around[i];
        }
    }
}

static void parts_find(struct choice *choice)
{
    const struct grid *grid = choice->atlas->grid;
    uint16_t *next = memory_new(choice->atlas->tile_count, sizeof *next);
    memset(choice->part, 0xff, (size_t)grid->width * grid->height * sizeof *choice->part);
    for (uint32_t node = 0; node < grid->nodes; node++) {
        uint32_t place = choice->atlas->place[node];
        if (choice->part[grid->cell_of_node[node]] == PART_NONE)
            part_mark(choice, place, next[atlas_tile_of(choice->atlas, place)]++);
    }
    free(next);
}

/* --- a border --------------------------------------------------------------------------------- */

static uint32_t part_at(const struct choice *choice, uint32_t place)
{
    uint32_t width = choice->atlas->grid->width;
    return atlas_node_of(choice->atlas, place) == GRID_NONE
               ? PART_NONE
               : choice->part[(size_t)(place >> 16) * width + (place & 0xffff)];
}

static void runs_find(const struct choice *choice, struct border *border)
{
    border->run_count = 0;
    memset(border->chosen, 0, sizeof border->chosen);
    bool open = false;
    for (uint32_t i = 0; i < ATLAS_TILE; i++) {
        uint32_t here = part_at(choice, border->here + i * border->step);
        uint32_t there = part_at(choice, border->there + i * border->step);
        bool free = here != PART_NONE && there != PART_NONE;
        if (free && open)
            border->runs[border->run_count - 1].count++;
        else if (free)
            border->runs[border->run_count++] = (struct run){i, 1, here << 16 | there};
        open = free;
    }
}

/* Whether a run that joins the same parts is longer, or as long and before it. */
static bool run_is_second(const struct border *border, uint32_t number)
{
    const struct run *run = &border->runs[number];
    for (uint32_t i = 0; i < border->run_count; i++) {
        const struct run *other = &border->runs[i];
        if (other->parts == run->parts &&
            (other->count > run->count || (other->count == run->count && i < number)))
            return true;
    }
    return false;
}

static uint32_t distance_to_chosen(const struct border *border, uint32_t at)
{
    uint32_t least = ATLAS_TILE;
    for (uint32_t i = 0; i < ATLAS_TILE; i++) {
        uint32_t away = i > at ? i - at : at - i;
        if (border->chosen[i] && away < least)
            least = away;
    }
    return least;
}

/* The opening that is farthest from all that are chosen; ATLAS_TILE where all are. */
static uint32_t farthest_opening(const struct border *border)
{
    uint32_t best = ATLAS_TILE, best_away = 0;
    for (uint32_t i = 0; i < border->run_count; i++)
        for (uint32_t k = 0; k < border->runs[i].count; k++) {
            uint32_t away = distance_to_chosen(border, border->runs[i].first + k);
            if (away > best_away) {
                best = border->runs[i].first + k;
                best_away = away;
            }
        }
    return best;
}

static void border_choose(struct choice *choice, struct border *border)
{
    uint32_t chosen = 0;
    runs_find(choice, border);
    for (uint32_t i = 0; i < border->run_count; i++) {
        if (!run_is_second(border, i)) {
            border->chosen[border->runs[i].first + border->runs[i].count / 2] = HUB;
            chosen++;
        }
    }
    for (; chosen > 0 && chosen < ATLAS_PORTALS_A_BORDER; chosen++) {
        uint32_t at = farthest_opening(border);
        if (at == ATLAS_TILE)
            break;
        border->chosen[at] = chosen < choice->hubs_a_border ? HUB : PORTAL;
    }
    for (uint32_t i = 0; i < ATLAS_TILE; i++)
        if (border->chosen[i])
            ARRAY_PUSH(choice->crossings, choice->count, choice->capacity, CROSSINGS_MAX) =
                (struct crossing){border->here + i * border->step, border->there + i * border->step,
                                  border->chosen[i] == HUB};
}

/* The borders to the east and to the south. */
static void tile_choose(struct choice *choice, uint32_t tile)
{
    struct atlas *atlas = choice->atlas;
    uint32_t x = tile % atlas->tiles_across * ATLAS_TILE;
    uint32_t y = tile / atlas->tiles_across * ATLAS_TILE;
    uint32_t corner = y << 16 | x;
    struct border east = {
        .here = corner + ATLAS_TILE - 1, .there = corner + ATLAS_TILE, .step = 1u << 16};
    struct border south = {
        .here = corner + ((ATLAS_TILE - 1) << 16), .there = corner + (ATLAS_TILE << 16), .step = 1};
    if (x + ATLAS_TILE < atlas->grid->width)
        border_choose(choice, &east);
    if (y + ATLAS_TILE < atlas->grid->height)
        border_choose(choice, &south);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void tiles_count(struct choice *choice)
{
    struct atlas *atlas = choice->atlas;
    memset(atlas->tiles, 0, atlas->tile_count * sizeof *atlas->tiles);
    atlas->hub_count = 0;
    for (size_t i = 0; i < choice->count; i++) {
        const struct crossing *crossing = &choice->crossings[i];
        struct atlas_tile *here = &atlas->tiles[atlas_tile_of(atlas, crossing->here)];
        struct atlas_tile *there = &atlas->tiles[atlas_tile_of(atlas, crossing->there)];
        here->count++;
        there->count++;
        here->hubs += crossing->hub;
        there->hubs += crossing->hub;
        atlas->hub_count += 2 * (uint32_t)crossing->hub;
    }
    atlas->portal_count = (uint32_t)(2 * choice->count);
}

static void borders_choose(struct choice *choice)
{
    choice->count = 0;
    for (uint32_t tile = 0; tile < choice->atlas->tile_count; tile++)
        tile_choose(choice, tile);
    tiles_count(choice);
}

/* Lays the tiles' lists end to end. */
static void tiles_lay_out(struct atlas *atlas)
{
    uint32_t first = 0, first_hub = 0;
    size_t legs = 0;
    for (uint32_t i = 0; i < atlas->tile_count; i++) {
        struct atlas_tile *tile = &atlas->tiles[i];
        tile->first = first;
        tile->first_hub = first_hub;
        tile->stride = (tile->count + ATLAS_LANES - 1) / ATLAS_LANES * ATLAS_LANES;
        tile->legs = legs;
        legs += (size_t)tile->stride * ATLAS_TILE_CELLS;
        first += tile->count;
        first_hub += tile->hubs;
        atlas->most = tile->stride > atlas->most ? tile->stride : atlas->most;
    }
    atlas->leg_count = legs;
}

/* Puts hubs, then the others, into the lists of their tiles, and joins partners. */
static void portals_number(struct choice *choice)
{
    struct atlas *atlas = choice->atlas;
    uint32_t *next = memory_new(atlas->tile_count, sizeof *next);
    for (uint32_t tile = 0; tile < atlas->tile_count; tile++)
        next[tile] = atlas->tiles[tile].first;
    for (int hub = 1; hub >= 0; hub--)
        for (size_t i = 0; i < choice->count; i++) {
            const struct crossing *crossing = &choice->crossings[i];
            if (crossing->hub != (hub == 1))
                continue;
            uint32_t here = next[atlas_tile_of(atlas, crossing->here)]++;
            uint32_t there = next[atlas_tile_of(atlas, crossing->there)]++;
            atlas->portals[here] = (struct atlas_portal){crossing->here, there};
            atlas->portals[there] = (struct atlas_portal){crossing->there, here};
        }
    free(next);
}

bool atlas_choose_portals(struct atlas *atlas)
{
    struct choice choice = {.atlas = atlas};
    choice.part = memory_new((size_t)atlas->grid->width * atlas->grid->height, sizeof *choice.part);
    parts_find(&choice);
    choice.hubs_a_border = ATLAS_HUBS_A_BORDER;
    borders_choose(&choice);
    while (atlas->hub_count > ATLAS_HUBS_FEW && choice.hubs_a_border > 2) {
        choice.hubs_a_border--;
        borders_choose(&choice);
    }
    bool fits = atlas->hub_count <= ATLAS_HUBS_MAX;
    if (fits) {
        atlas->portals = memory_new(atlas->portal_count, sizeof *atlas->portals);
        tiles_lay_out(atlas);
        portals_number(&choice);
    }
    free(choice.part);
    free(choice.crossings);
    return fits;
}
