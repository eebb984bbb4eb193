/* Crowd: the robots of a fleet and where they go in the step being planned.
 *
 * While a step is planned:
 *   1. here[node] is the robot that stands there, or GRID_NONE;
 *   2. there[node] is the robot that will, or GRID_NONE;
 *   3. to[r] is GRID_NONE until r is decided; afterwards there[to[r]] == r;
 *   4. a node that is kept free has some robot in there that goes elsewhere.
 * Between steps here and there are GRID_NONE everywhere. */
#ifndef FLEET_CROWD_H
#define FLEET_CROWD_H

#include "fleet/atlas.h"
#include "fleet/grid.h"
#include "fleet/streets.h"

enum { CROWD_KEPT_MAX = 2 };

struct crowd {
    uint32_t robots;
    uint32_t *at; /* node, or GRID_NONE: off the floor */
    uint8_t *heading;
    uint8_t *turning;    /* steps that the turn it has begun still takes */
    uint32_t *goal;      /* node, or GRID_NONE */
    uint32_t *next_goal; /* after that, or GRID_NONE */
    uint64_t *priority;
    uint8_t *held;
    uint32_t held_count;           /* in the step being planned */
    uint32_t *to;                  /* node */
    uint8_t *first;                /* enum plenum_fleet_action: how it comes there */
    uint32_t *blocker;             /* robot, or GRID_NONE */
    const uint16_t **aim;          /* steps to the goal from every node; NULL: content to stay */
    const uint16_t **after;        /* the same for the next goal, or NULL */
    uint16_t *aim_far, *after_far; /* values from here on are not final */
    uint32_t *slot, *after_slot;   /* of those fields, or GRID_NONE */
    const struct streets *streets; /* distances by streets instead of aims; NULL: by aims */
    const struct atlas *atlas;     /* distances by an atlas, likewise */
    uint32_t *order;               /* robots by priority */
    uint32_t *spare;               /* as long as order: room to sort */
    uint32_t *here, *there;
    uint8_t *shut_in; /* no moves of all robots bring it to its goal, as far as was looked */
    bool by_tiles;    /* the last step was planned by mass.c */
    uint8_t *led;     /* decided before all others, by lead.c */
    uint32_t kept[CROWD_KEPT_MAX]; /* nodes without a robot that nobody may enter: there says so */
    uint32_t kept_count;
};

void crowd_init(struct crowd *crowd, uint32_t robots, uint32_t nodes);
void crowd_finish(struct crowd *crowd);
size_t crowd_bytes(const struct crowd *crowd, uint32_t nodes);

/* Sets here, to and there for a new step; held robots are decided: they stay. Names in error two
 * robots that stand in one cell. */
enum plenum_status crowd_begin(struct crowd *crowd, const struct grid *grid,
                               struct plenum_error *error) PLENUM_MUST_USE;
/* Clears here and there. */
void crowd_end(struct crowd *crowd);
/* Sorts order: by priority, greatest first, then by number. */
void crowd_sort(struct crowd *crowd);

/* The robot does nothing new in this step: it is held, or in the middle of a turn. */
static inline bool crowd_bound(const struct crowd *crowd, uint32_t robot)
{
    return crowd->held[robot] || crowd->turning[robot] > 0;
}

/* The robot wants to be somewhere, and can come there. */
static inline bool crowd_aims(const struct crowd *crowd, uint32_t robot)
{
    if (crowd->atlas != NULL) {
        return atlas_knows(crowd->atlas, robot);
    }
    return crowd->streets != NULL ? crowd->goal[robot] != GRID_NONE : crowd->aim[robot] != NULL;
}

/* How far a robot would be from what it wants: its goal, or its own node. */
static inline uint32_t crowd_steps(const struct crowd *crowd, uint32_t robot, uint32_t node)
{
    if (crowd->streets != NULL) {
        uint32_t goal = crowd->goal[robot];
        return goal != GRID_NONE ? streets_distance(crowd->streets, node, goal)
                                 : (uint32_t)(node != crowd->at[robot]);
    }
    if (crowd->atlas != NULL && atlas_knows(crowd->atlas, robot)) {
        return atlas_steps(crowd->atlas, robot, crowd->atlas->place[node]);
    }
    const uint16_t *aim = crowd->aim[robot];
    return aim != NULL ? aim[node] : (uint32_t)(node != crowd->at[robot]);
}

#endif
