/* See pibt.h. */
#include "fleet/pibt.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"
#include "fleet/swap.h"

#include <stdlib.h>

void pibt_init(struct pibt *pibt, const struct bridges *bridges, struct crowd *crowd)
{
    *pibt = (struct pibt){
        .grid = bridges->grid,
        .bridges = bridges,
        .crowd = crowd,
        .frames = memory_new(crowd->robots, sizeof *pibt->frames),
    };
}

void pibt_finish(struct pibt *pibt)
{
    free(pibt->frames);
    *pibt = (struct pibt){0};
}

size_t pibt_bytes(const struct pibt *pibt)
{
    return pibt->crowd->robots * sizeof *pibt->frames;
}

/* Whether a held robot stands on every way on: each neighbour that is nearer to the goal. Not when
 * it stands in the goal itself: waiting is best then. */
static bool robot_is_shut_in(const struct pibt *pibt, uint32_t robot)
{
    const struct crowd *crowd = pibt->crowd;
    uint32_t at = crowd->at[robot], here_steps = crowd_steps(crowd, robot, at);
    bool shut = false;
    if (crowd->held_count == 0)
        return false;
    for (int i = 0; i < GRID_HEADINGS; i++) {
        uint32_t node = pibt->grid->open[at][i];
        if (node == GRID_NONE || crowd_steps(crowd, robot, node) >= here_steps)
            continue;
        uint32_t other = crowd->here[node];
        shut = other != GRID_NONE && crowd->held[other] && node != crowd->goal[robot];
        if (!shut)
            return false;
    }
    return shut;
}

/* The choices, best first: nearest to the goal, then where nobody stands, then by chance. A robot
 * that is shut in goes round rather than wait: it stays only when it can go nowhere else. */
static void frame_rank(const struct pibt *pibt, struct pibt_frame *frame)
{
    const struct crowd *crowd = pibt->crowd;
    uint32_t at = crowd->at[frame->robot];
    uint32_t stay = robot_is_shut_in(pibt, frame->robot) ? 2 : 0;
    uint64_t chance = random_at(pibt->seed, 0, frame->robot, 0);
    uint64_t keys[GRID_HEADINGS + 1];
    for (int i = 0; i <= GRID_HEADINGS; i++) {
        uint32_t node = i < GRID_HEADINGS ? pibt->grid->open[at][i] : at;
        if (node == GRID_NONE) {
            continue;
        }
        bool taken = crowd->here[node] != GRID_NONE && node != at;
        uint64_t steps = crowd_steps(crowd, frame->robot, node) + (node == at ? stay : 0);
        uint64_t key = steps << 32 | (uint64_t)taken << 16 | (chance >> (8 * i) & 0xff);
        int place = frame->count++;
        for (; place > 0 && keys[place - 1] > key; place--) {
            keys[place] = keys[place - 1];
            frame->choice[place] = frame->choice[place - 1];
        }
        keys[place] = key;
        frame->choice[place] = node;
    }
}

static void frame_reverse(struct pibt_frame *frame)
{
    for (int i = 0, j = frame->count - 1; i < j; i++, j--) {
        uint32_t node = frame->choice[i];
        frame->choice[i] = frame->choice[j];
        frame->choice[j] = node;
    }
}

static void frame_open(struct pibt *pibt, struct pibt_frame *frame, uint32_t robot)
{
    *frame = (struct pibt_frame){.robot = robot, .follower = GRID_NONE};
    frame_rank(pibt, frame);
    frame->follower =
        swap_follower(pibt->bridges, pibt->crowd, robot, frame->choice[0], &pibt->work);
    if (frame->follower != GRID_NONE) {
        frame_reverse(frame);
    }
}

static void robot_take(struct crowd *crowd, uint32_t robot, uint32_t node)
{
    crowd->to[robot] = node;
    crowd->there[node] = robot;
}

/* The robot got what it chose: whoever should follow does. */
static void frame_close(struct crowd *crowd, const struct pibt_frame *frame)
{
    uint32_t at = crowd->at[frame->robot], follower = frame->follower;
    if (follower != GRID_NONE && frame->tried == 1 && crowd->to[frame->robot] != at &&
        crowd->to[follower] == GRID_NONE && crowd->there[at] == GRID_NONE) {
        robot_take(crowd, follower, at);
    }
}

/* Who was in the way first is the one to name. */
static void robot_name_blocker(struct crowd *crowd, uint32_t robot, uint32_t other)
{
    if (crowd->blocker[robot] == GRID_NONE) {
        crowd->blocker[robot] = other;
    }
}

/* Takes the next choice that is free in the coming step and not left by an exchange. */
static bool frame_choose(struct pibt *pibt, struct pibt_frame *frame)
{
    struct crowd *crowd = pibt->crowd;
    uint32_t robot = frame->robot, at = crowd->at[robot];
    while (frame->tried < frame->count) {
        uint32_t node = frame->choice[frame->tried++];
        uint32_t other = crowd->here[node];
        pibt->work++;
        if (crowd->there[node] != GRID_NONE) {
            other = crowd->there[node];
        } else if (other == GRID_NONE || other == robot || crowd->to[other] != at) {
            robot_take(crowd, robot, node);
            return true;
        }
        robot_name_blocker(crowd, robot, other);
    }
    return false;
}

static void robot_decide(struct pibt *pibt, uint32_t robot)
{
    struct crowd *crowd = pibt->crowd;
    uint32_t depth = 0;
    frame_open(pibt, &pibt->frames[depth++], robot);
    while (depth > 0) {
        struct pibt_frame *frame = &pibt->frames[depth - 1];
        bool cut = pibt->budget != 0 && pibt->work >= pibt->budget;
        if (cut || !frame_choose(pibt, frame)) {
            robot_take(crowd, frame->robot, crowd->at[frame->robot]);
            depth--;
            if (depth > 0) {
                robot_name_blocker(crowd, pibt->frames[depth - 1].robot, frame->robot);
            }
            continue;
        }
        uint32_t other = crowd->here[crowd->to[frame->robot]];
        if (other != GRID_NONE && crowd->to[other] == GRID_NONE) {
            CHECK(depth < crowd->robots);
            frame_open(pibt, &pibt->frames[depth++], other);
            continue;
        }
        for (; depth > 0; depth--) {
            frame_close(crowd, &pibt->frames[depth - 1]);
        }
    }
}

bool pibt_step(struct pibt *pibt, uint64_t seed, uint64_t budget)
{
    const struct crowd *crowd = pibt->crowd;
    pibt->seed = seed;
    pibt->budget = budget;
    pibt->work = 0;
    for (uint32_t i = 0; i < crowd->robots; i++) {
        uint32_t robot = crowd->order[i];
        if (crowd->at[robot] != GRID_NONE && crowd->to[robot] == GRID_NONE) {
            robot_decide(pibt, robot);
        }
    }
    return budget == 0 || pibt->work < budget;
}
