/* See small_world.h. */
#include "small_world.h"

#include <string.h>

enum { SIDE = 7, FREE_MOST = 13 };

static uint32_t free_beside(const struct world *world, uint32_t cell)
{
    uint32_t column = cell % world->width, row = cell / world->width, count = 0;
    count += column > 0 && !world->walls[cell - 1];
    count += column + 1 < world->width && !world->walls[cell + 1];
    count += row > 0 && !world->walls[cell - world->width];
    count += row + 1 < world->height && !world->walls[cell + world->width];
    return count;
}

/* Opens cells one by one beside those that are open: a tree where each may touch one only, rings
 * and rooms where more. */
static void world_grow(struct world *world, struct random *random, uint32_t cells, uint32_t touch)
{
    *world = (struct world){.width = SIDE, .height = SIDE};
    memset(world->walls, 1, SIDE * SIDE);
    world->walls[SIDE * SIDE / 2] = 0;
    for (uint32_t tries = 0, open = 1; open < cells && tries < 2000; tries++) {
        uint32_t cell = (uint32_t)random_below(random, SIDE * SIDE);
        uint32_t beside = world->walls[cell] ? free_beside(world, cell) : 0;
        if (beside > 0 && beside <= touch) {
            world->walls[cell] = 0;
            open++;
        }
    }
}

static const char *const shapes[][SMALL_WORLD_ROWS] = {
    {"..........."},
    {"@@@.@@@@@", "........."},
    {".@.@.@.", "......."},
    {".@.@.", ".@.@.", "....."},
    {".......", "@@@.@@@", "@@@.@@@", "@@@.@@@"},
    {"@@.@@", "@@.@@", ".....", "@@.@@", "@@.@@"},
    {"@@.@@", "@...@", "..@..", "@...@", "@@.@@"},
    {"...@@@@", ".@.....", "...@@@@"},
    {"..@..", ".....", "..@.."},
    {"..@@..", "......", "..@@.."},
    {"...@@@", "......", "...@@@"},
    {"....", "....", "...."},
    {"...", "...", "..."},
    {"..", ".."},
    {".....", "....."},
    {"..@@@", "@..@@", "@@..@", "@@@.."},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

void small_world_parse(struct world *world, const char *const *shape)
{
    uint32_t rows = 0;
    while (rows < SMALL_WORLD_ROWS && shape[rows] != NULL) {
        rows++;
    }
    world_parse(world, shape, rows);
}

/* Robots by chance, often so many that one hole or two remain. */
static uint32_t people_count(const struct world *world, struct random *random)
{
    uint32_t most = world_free(world) < 12 ? world_free(world) : 12;
    uint32_t few = (uint32_t)random_between(random, 1, most);
    uint32_t full = world_free(world) - (uint32_t)random_between(random, 0, 3);
    bool packed = random_chance_ppm(random, 400000) != 0;
    return packed && full > 1 && full <= 12 ? full : few;
}

void small_world_random(struct world *world, struct random *random)
{
    if (random_chance_ppm(random, 500000)) {
        uint32_t cells = (uint32_t)random_between(random, 3, FREE_MOST);
        world_grow(world, random, cells, (uint32_t)random_between(random, 1, 3));
    } else {
        small_world_parse(world, shapes[random_below(random, SHAPES)]);
    }
    world_people(world, random, people_count(world, random));
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        world->heading[robot] = (uint8_t)random_below(random, 4);
        world->held[robot] = random_chance_ppm(random, 30000) != 0;
    }
}
