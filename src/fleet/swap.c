/* See swap.h. */
#include "fleet/swap.h"

/* The ways out of a node other than back: their count, and one of them. */
static int ways_on(const struct grid *grid, uint32_t node, uint32_t back, uint32_t *way)
{
    int count = 0;
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t neighbour = grid->open[node][heading];
        if (neighbour != GRID_NONE && neighbour != back) {
            *way = neighbour;
            count++;
        }
    }
    return count;
}

/* The robot at `behind` pushes the other at `ahead` along the corridor: would they end where both
 * want to be on the other's side? */
static bool swap_needed(const struct grid *grid, const struct crowd *crowd, uint32_t robot,
                        uint32_t other, uint32_t behind, uint32_t ahead, uint64_t *work)
{
    uint32_t way = GRID_NONE;
    int ways = 0;
    while (crowd_steps(crowd, robot, ahead) < crowd_steps(crowd, robot, behind)) {
        ways = ways_on(grid, ahead, behind, &way);
        *work += 1;
        if (ways > 1) {
            return false;
        }
        if (ways == 0) {
            break;
        }
        behind = ahead;
        ahead = way;
    }
    bool robot_goes_on = crowd_steps(crowd, robot, ahead) < crowd_steps(crowd, robot, behind);
    if (!crowd_aims(crowd, other)) {
        return ways == 0 && robot_goes_on;
    }
    return crowd_steps(crowd, other, behind) < crowd_steps(crowd, other, ahead) &&
           (robot_goes_on || crowd_steps(crowd, robot, behind) == 0);
}

/* Backing out from `node`, away from `front`, comes to a junction. */
static bool swap_possible(const struct grid *grid, uint32_t node, uint32_t front, uint64_t *work)
{
    uint32_t start = node, way = GRID_NONE;
    do {
        int ways = ways_on(grid, node, front, &way);
        *work += 1;
        if (ways != 1) {
            return ways > 1;
        }
        front = node;
        node = way;
    } while (node != start);
    return false;
}

static bool leads_over_bridge(const struct bridges *bridges, uint32_t from, uint32_t to)
{
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        if ((bridges->headings[from] >> heading & 1) != 0 &&
            bridges->grid->next[from][heading] == to) {
            return true;
        }
    }
    return false;
}

static bool may_follow(const struct crowd *crowd, uint32_t other, uint32_t robot)
{
    return other != GRID_NONE && other != robot && crowd->to[other] == GRID_NONE;
}

uint32_t swap_follower(const struct bridges *bridges, const struct crowd *crowd, uint32_t robot,
                       uint32_t best, uint64_t *work)
{
    const struct grid *grid = bridges->grid;
    uint32_t at = crowd->at[robot];
    if (!bridges->any || !crowd_aims(crowd, robot) || !leads_over_bridge(bridges, at, best)) {
        return GRID_NONE;
    }
    uint32_t other = crowd->here[best];
    if (may_follow(crowd, other, robot) && swap_needed(grid, crowd, robot, other, at, best, work) &&
        swap_possible(grid, at, best, work)) {
        return other;
    }
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t side = grid->open[at][heading];
        if (side == GRID_NONE || side == best) {
            continue;
        }
        other = crowd->here[side];
        if (may_follow(crowd, other, robot) && crowd_aims(crowd, other) &&
            swap_needed(grid, crowd, other, robot, at, best, work) &&
            swap_possible(grid, best, at, work)) {
            return other;
        }
    }
    return GRID_NONE;
}
