/* See cause.h. */
#include "fleet/cause.h"

#include "base/check.h"

struct words {
    const char *name, *text;
};

static const struct words words[PLENUM_FLEET_CAUSE_COUNT] = {
#define X(code, name, text) {name, text},
    PLENUM_FLEET_CAUSES(X)
#undef X
};

const char *plenum_fleet_cause_name(enum plenum_fleet_cause cause)
{
    CHECK(cause < PLENUM_FLEET_CAUSE_COUNT);
    return words[cause].name;
}

const char *plenum_fleet_cause_text(enum plenum_fleet_cause cause)
{
    CHECK(cause < PLENUM_FLEET_CAUSE_COUNT);
    return words[cause].text;
}

static bool goes_before(const struct crowd *crowd, uint32_t a, uint32_t b)
{
    return crowd->priority[a] != crowd->priority[b] ? crowd->priority[a] > crowd->priority[b]
                                                    : a < b;
}

/* Of a robot that is free to go and has a goal elsewhere. */
static enum plenum_fleet_cause cause_on_the_way(const struct crowd *crowd, const struct grid *grid,
                                                uint32_t robot)
{
    uint32_t goal = crowd->goal[robot], blocker = crowd->blocker[robot];
    if (grid->access[goal] != GRID_OPEN) {
        return PLENUM_FLEET_CAUSE_CLOSED;
    }
    if (!crowd_aims(crowd, robot)) {
        return crowd->slot[robot] == GRID_NONE ? PLENUM_FLEET_CAUSE_UNPLANNED
                                               : PLENUM_FLEET_CAUSE_NO_WAY;
    }
    if (crowd->shut_in[robot] && (blocker == GRID_NONE || !crowd->held[blocker])) {
        return PLENUM_FLEET_CAUSE_SHUT_IN;
    }
    if (blocker == GRID_NONE) {
        return PLENUM_FLEET_CAUSE_BIDES;
    }
    if (crowd->at[blocker] == goal) {
        return PLENUM_FLEET_CAUSE_QUEUE;
    }
    return goes_before(crowd, blocker, robot) ? PLENUM_FLEET_CAUSE_YIELDS
                                              : PLENUM_FLEET_CAUSE_BEHIND;
}

enum plenum_fleet_cause cause_of(const struct crowd *crowd, const struct grid *grid, uint32_t robot)
{
    if (crowd->at[robot] == GRID_NONE) {
        return PLENUM_FLEET_CAUSE_AWAY;
    }
    if (crowd->first[robot] != PLENUM_FLEET_WAIT) {
        return PLENUM_FLEET_CAUSE_MOVES;
    }
    if (crowd->held[robot]) {
        return PLENUM_FLEET_CAUSE_HELD;
    }
    if (crowd->goal[robot] == GRID_NONE || crowd->goal[robot] == crowd->at[robot]) {
        return PLENUM_FLEET_CAUSE_CONTENT;
    }
    return crowd->by_tiles ? PLENUM_FLEET_CAUSE_UNKNOWN : cause_on_the_way(crowd, grid, robot);
}

/* Whether some other robot keeps one that waits for this cause. */
static bool cause_is_another(const struct crowd *crowd, enum plenum_fleet_cause cause,
                             uint32_t robot)
{
    return cause == PLENUM_FLEET_CAUSE_QUEUE || cause == PLENUM_FLEET_CAUSE_YIELDS ||
           cause == PLENUM_FLEET_CAUSE_BEHIND ||
           (cause == PLENUM_FLEET_CAUSE_SHUT_IN && crowd->blocker[robot] != GRID_NONE);
}

/* A second walk at half the pace meets the first where that goes round a circle. */
struct plenum_fleet_why cause_chain(const struct crowd *crowd, const struct grid *grid,
                                    uint32_t robot)
{
    struct plenum_fleet_why why = {.blocker = GRID_NONE, .root = robot};
    uint32_t slow = robot;
    why.cause = why.root_cause = cause_of(crowd, grid, robot);
    while (cause_is_another(crowd, why.root_cause, why.root) && !why.circle) {
        why.root = crowd->blocker[why.root];
        why.blocker = why.length++ == 0 ? why.root : why.blocker;
        why.root_cause = cause_of(crowd, grid, why.root);
        slow = why.length % 2 == 0 ? crowd->blocker[slow] : slow;
        why.circle = slow == why.root;
    }
    return why;
}
