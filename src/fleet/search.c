/* See search.h. */
#include "fleet/search.h"

#include "base/random.h"

#include <string.h>

enum {
    CHAIN_MAX = 24,     /* robots displaced one by another */
    VISITS_MAX = 10,    /* of one robot in one attempt */
    TURN_WORK = 20000,  /* courses looked at in one robot's turn */
    TURNS_WORK = 600,   /* for each robot, in all their turns together */
    TURN_LEAST = 100,   /* in one turn where those before took all */
    ATTEMPT_WORK = 400, /* in one attempt to improve */
    PHASES = 6,         /* in which the cuts lie elsewhere */
    PARTS_MAX = 8,
    PART_NONE = PARTS_MAX, /* of robots near a cut */
    WEIGHT_LEAST = 100,
    WEIGHT_SPAN = 256,
    WEIGHT_FIRST = 4096,
};

/* What one thread needs while it searches. */
struct search {
    struct window *window;
    bool yielding;  /* others accept any course when one takes its turn */
    uint32_t visit; /* number of the attempt */
    uint64_t spent, limit;
};

/* The only robot that the course would meet; GRID_NONE when it meets nobody, and the robot itself
 * when it meets several. */
static uint32_t course_meets(const struct window *window, uint32_t robot, uint32_t course)
{
    const struct window_stride *strides = strides_of(window, robot, course);
    const uint32_t *place = window->place[robot];
    uint32_t met = GRID_NONE;
    for (int t = 0; t < window->courses.depth; t++) {
        uint32_t other = place[strides[t].enter];
        uint32_t against = place[strides[t].cross];
        if (other != GRID_NONE && other != met) {
            if (met != GRID_NONE) {
                return robot;
            }
            met = other;
        }
        if (against != GRID_NONE && against == place[strides[t].behind] && against != robot &&
            against != met) {
            if (met != GRID_NONE) {
                return robot;
            }
            met = against;
        }
    }
    return met;
}

uint32_t robot_blocker(const struct window *window, uint32_t robot)
{
    uint32_t course = window->choices[(size_t)robot * window->courses.groups].course;
    const struct window_stride *strides = strides_of(window, robot, course);
    const uint32_t *place = window->place[robot];
    for (int t = 0; t < window->courses.depth; t++) {
        uint32_t other = place[strides[t].enter], against = place[strides[t].cross];
        if (other != GRID_NONE && other != robot) {
            return other;
        }
        if (against != GRID_NONE && against != robot && against == place[strides[t].behind]) {
            return against;
        }
    }
    return GRID_NONE;
}

/* One more visit of a robot in this attempt; false when it had enough. */
static bool robot_visit(struct search *search, uint32_t robot)
{
    struct window *window = search->window;
    if (window->visited[robot] != search->visit) {
        window->visited[robot] = search->visit;
        window->visits[robot] = 0;
    }
    return window->visits[robot]++ < VISITS_MAX;
}

/* Finds a course for a robot that is in no slot, displacing others in a chain, such that the
 * common change of score stays below `below`. sum is the change so far. On success all robots of
 * the chain are in their slots; otherwise nothing has changed. */
static bool robot_settle(struct search *search, uint32_t robot, int64_t sum, int64_t below,
                         int chain)
{
    struct window *window = search->window;
    const struct window_choice *choices = &window->choices[(size_t)robot * window->courses.groups];
    int32_t had = window->score[robot];
    uint16_t had_course = window->course[robot];
    if (!window->sorted[robot]) {
        robot_sort(window, robot);
    }
    for (uint32_t i = 0; i < window->choice_count[robot]; i++) {
        int64_t change = sum;
        if (chain == 0 || !search->yielding) {
            change += (int64_t)window->weight[robot] * (choices[i].score - had);
        }
        if (change >= below || ++search->spent > search->limit) {
            break;
        }
        uint32_t other = course_meets(window, robot, choices[i].course);
        if (other == GRID_NONE) {
            robot_enter(window, robot, choices[i].course, choices[i].score);
            return true;
        }
        if (other == robot || window->fixed[other] || chain == CHAIN_MAX ||
            !robot_visit(search, other)) {
            continue;
        }
        robot_leave(window, other);
        robot_enter(window, robot, choices[i].course, choices[i].score);
        window->fixed[robot]++;
        bool settled = robot_settle(search, other, change, below, chain + 1);
        window->fixed[robot]--;
        if (settled) {
            return true;
        }
        robot_leave(window, robot);
        robot_enter(window, other, window->course[other], window->score[other]);
    }
    window->course[robot] = had_course;
    window->score[robot] = had;
    return false;
}

/* Looks for something better for a robot, with at most so much work; returns what it took. */
static uint64_t robot_try(struct search *search, uint32_t robot, uint64_t limit, uint64_t *gains)
{
    struct window *window = search->window;
    if (window->score[robot] <= window->best[robot]) {
        return 0;
    }
    search->visit++;
    search->spent = 0;
    search->limit = limit;
    robot_leave(window, robot);
    if (robot_settle(search, robot, 0, 0, 0)) {
        *gains += 1;
    } else {
        robot_enter(window, robot, window->course[robot], window->score[robot]);
    }
    return search->spent;
}

/* The first in order weighs most: among equals two robots that stand face to face would each be
 * worth the other's way back, and none would go. The very first weigh so much that they get their
 * way whatever it costs the others. */
static int32_t rank_weight(uint32_t rank, uint32_t robots)
{
    uint64_t part = (uint64_t)(robots - rank) * WEIGHT_SPAN / robots;
    return WEIGHT_LEAST + (int32_t)part + WEIGHT_FIRST / (int32_t)(rank + 1);
}

static void visits_reset(struct window *window)
{
    memset(window->visited, 0, window->crowd->robots * sizeof *window->visited);
}

void window_turns(struct window *window)
{
    const struct crowd *crowd = window->crowd;
    struct search search = {.window = window, .yielding = true};
    uint64_t gains = 0, left = (uint64_t)TURNS_WORK * crowd->robots;
    visits_reset(window);
    memcpy(window->fixed, crowd->led, crowd->robots);
    for (uint32_t i = 0; i < crowd->robots; i++) {
        uint32_t robot = crowd->order[i];
        window->weight[robot] = rank_weight(i, crowd->robots);
        if (crowd->at[robot] != GRID_NONE && !crowd->led[robot]) {
            uint64_t limit = left < TURN_WORK ? left : TURN_WORK;
            uint64_t work =
                robot_try(&search, robot, limit > TURN_LEAST ? limit : TURN_LEAST, &gains);
            left -= work < left ? work : left;
            window->work += work;
            window->fixed[robot] = 1;
        }
    }
}

/* One round of attempts with the cuts in one place. */
struct phase {
    struct window *window;
    uint64_t seed;
    bool upright;                  /* stripes run north to south */
    uint32_t parts, extent;        /* stripes, and how wide they are */
    uint32_t offset;               /* of the cuts */
    uint32_t first[PARTS_MAX + 2]; /* of the members of each part; then of those of none */
    uint32_t tries;                /* for each robot */
    uint64_t budget;               /* of all parts; 0: no limit */
    uint64_t work[PARTS_MAX], gains[PARTS_MAX];
};

/* The stripe that everything within reach of a robot lies in. */
static uint8_t phase_part(const struct phase *phase, uint32_t cell)
{
    const struct grid *grid = phase->window->grid;
    uint32_t reach = (uint32_t)phase->window->courses.depth;
    uint32_t along = phase->upright ? cell % grid->width : cell / grid->width;
    uint32_t low = along > reach ? along - reach : 0;
    uint32_t first = (low + phase->offset) / phase->extent;
    uint32_t last = (along + reach + phase->offset) / phase->extent;
    first = first < phase->parts ? first : phase->parts - 1;
    last = last < phase->parts ? last : phase->parts - 1;
    return first == last ? (uint8_t)first : PART_NONE;
}

/* Cuts the floor: into at most PARTS_MAX stripes of at least four reaches, one of them divided by
 * the rim where the offset is not 0. */
static void phase_cut(struct phase *phase, uint32_t number)
{
    const struct grid *grid = phase->window->grid;
    uint32_t least = 4 * (uint32_t)phase->window->courses.depth;
    phase->upright = (number % 2 == 0) == (grid->width >= grid->height);
    uint32_t length = phase->upright ? grid->width : grid->height;
    uint32_t stripes = length / least < PARTS_MAX - 1 ? length / least : PARTS_MAX - 1;
    phase->parts = stripes > 1 ? stripes : 1;
    phase->extent = length / phase->parts + 1;
    phase->offset = 0;
    if (phase->parts > 1) {
        phase->offset =
            (uint32_t)random_below_from(random_at(phase->seed, 1, number, 0), phase->extent / 2);
    }
}

/* Lists the members of each part, in the order of their numbers. A robot that is led keeps its
 * course. */
static void phase_enlist(struct phase *phase)
{
    struct window *window = phase->window;
    const struct crowd *crowd = window->crowd;
    uint32_t at[PARTS_MAX + 1];
    memset(phase->first, 0, sizeof phase->first);
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        bool here = crowd->at[robot] != GRID_NONE && !crowd->led[robot];
        window->part[robot] =
            here ? phase_part(phase, window->grid->cell_of_node[crowd->at[robot]]) : PART_NONE;
        window->fixed[robot] = window->part[robot] == PART_NONE;
        phase->first[window->part[robot] + 1]++;
    }
    for (uint32_t part = 0; part <= PARTS_MAX; part++) {
        phase->first[part + 1] += phase->first[part];
        at[part] = phase->first[part];
    }
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        window->members[at[window->part[robot]]++] = robot;
    }
}

/* The attempts of one part. Its share of the budget is by its robots. */
static void part_improve(void *context, size_t part)
{
    struct phase *phase = context;
    struct window *window = phase->window;
    struct search search = {.window = window};
    uint32_t count = phase->first[part + 1] - phase->first[part];
    const uint32_t *members = window->members + phase->first[part];
    uint64_t share =
        (phase->budget * count + phase->first[PARTS_MAX]) / (phase->first[PARTS_MAX] + 1);
    struct random random;
    random_init(&random, random_at(phase->seed, 2, part, 0));
    for (uint64_t i = 0; i < (uint64_t)phase->tries * count; i++) {
        if (phase->budget != 0 && phase->work[part] >= share) {
            break;
        }
        uint32_t robot = members[random_below(&random, count)];
        phase->work[part] += robot_try(&search, robot, ATTEMPT_WORK, &phase->gains[part]);
    }
}

void window_improve(struct window *window, uint64_t seed, uint32_t improve, uint64_t budget)
{
    uint32_t phases = improve < PHASES ? improve : PHASES;
    uint64_t end = budget;
    for (uint32_t number = 0; number < phases; number++) {
        uint64_t left = end > window->work ? end - window->work : 0;
        window->stopped = window->stop != NULL && window->stop(window->stop_context);
        if (window->stopped || (budget != 0 && left == 0)) {
            return;
        }
        struct phase phase = {
            .window = window,
            .seed = random_at(seed, 0, number, 0),
            .tries = improve / phases + (number < improve % phases),
            .budget = budget != 0 ? left / (phases - number) + 1 : 0,
        };
        phase_cut(&phase, number);
        phase_enlist(&phase);
        visits_reset(window);
        if (window->pool != NULL && phase.parts > 1) {
            pool_run(window->pool, phase.parts, part_improve, &phase);
        } else {
            for (uint32_t part = 0; part < phase.parts; part++) {
                part_improve(&phase, part);
            }
        }
        for (uint32_t part = 0; part < phase.parts; part++) {
            window->work += phase.work[part];
            window->gains += phase.gains[part];
        }
    }
}
