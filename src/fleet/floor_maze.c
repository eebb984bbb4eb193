/* A maze: rooms of one cell in every second row and column. A walk that goes on to a room not
 * seen yet, and back where there is none, joins all of them without a circle; then some walls
 * more are opened by chance. */
#include "fleet/floor_made.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { WAYS = 4, OPENED_PPM = 30000 };

struct maze {
    uint8_t *walls;
    uint32_t width, height;
    struct random *random;
};

/* The room beyond a wall that way; false at the rim. */
static bool room_beyond(const struct maze *maze, size_t room, uint64_t way, size_t *wall,
                        size_t *beyond)
{
    size_t row = room / maze->width, column = room % maze->width;
    if ((way == 0 && column + 2 >= maze->width) || (way == 1 && row + 2 >= maze->height) ||
        (way == 2 && column < 2) || (way == 3 && row < 2)) {
        return false;
    }
    const size_t step[WAYS] = {1, maze->width, (size_t)-1, (size_t)0 - maze->width};
    *wall = room + step[way];
    *beyond = *wall + step[way];
    return true;
}

/* Opens the way to a room not seen yet and returns it; false where there is none. */
static bool maze_go_on(const struct maze *maze, size_t room, size_t *next)
{
    uint64_t first = random_below(maze->random, WAYS);
    for (uint64_t turn = 0; turn < WAYS; turn++) {
        size_t wall;
        if (room_beyond(maze, room, (first + turn) % WAYS, &wall, next) && maze->walls[*next]) {
            maze->walls[wall] = maze->walls[*next] = 0;
            return true;
        }
    }
    return false;
}

static void maze_open_some(const struct maze *maze)
{
    for (uint32_t row = 0; row < maze->height; row += 2) {
        for (uint32_t column = 0; column < maze->width; column += 2) {
            size_t room = (size_t)row * maze->width + column, wall, beyond;
            for (uint64_t way = 0; way < 2; way++) {
                if (room_beyond(maze, room, way, &wall, &beyond) &&
                    random_chance_ppm(maze->random, OPENED_PPM)) {
                    maze->walls[wall] = 0;
                }
            }
        }
    }
}

void floor_make_maze(uint8_t *walls, uint32_t width, uint32_t height, struct random *random)
{
    struct maze maze = {walls, width, height, random};
    size_t cells = (size_t)width * height, depth = 1;
    size_t *way_back = memory_new(cells / 4 + width + height, sizeof *way_back);
    memset(walls, 1, cells);
    walls[0] = 0;
    way_back[0] = 0;
    while (depth > 0) {
        size_t next;
        if (maze_go_on(&maze, way_back[depth - 1], &next)) {
            way_back[depth++] = next;
        } else {
            depth--;
        }
    }
    free(way_back);
    maze_open_some(&maze);
}
