/* Fleet: one step at a time for many robots on one floor.
 *
 * A fleet is a map, robots on it, and what each robot wants: a goal cell, or nothing. A step
 * proposes one action for every robot, such that
 *   1. no robot leaves the map, enters a wall or enters a blocked cell;
 *   2. no two robots end in one cell;
 *   3. no two robots exchange cells;
 *   4. a robot that is held waits.
 * Following into a cell that is being left is allowed, a turning circle of robots too.
 *
 * The planner has no global state; any number of fleets may live in one process, each used by
 * one thread at a time. All memory is taken at creation.
 *
 * Unless the option `remember` is set, what a step proposes is a pure function of the map, the
 * options, and what the setters last said: cells, goals, priorities, held robots, blocked cells,
 * guidance, tick. A fleet made anew from those proposes the same actions as one that has lived
 * since the first step; caches never change a result, nor does the number of threads. So a site
 * can go on after a power cut.
 *
 * Method: priority inheritance with backtracking (Okumura, Machida, Défago, Tamura: Priority
 * Inheritance with Backtracking for Iterative Multi-agent Path Finding, AIJ 310, 2022), with a
 * rule for two robots that must exchange places in a corridor (Okumura: Improving LaCAM for
 * Scalable Eventually Optimal Multi-Agent Pathfinding, IJCAI 2023, section on swap); or courses of
 * several steps.
 *
 * Nobody waits for ever. Such rules are quick, and leave robots where they are for ever in trees,
 * dead ends and full floors. So the first robot in order whose priority is at least `patience`,
 * and whose goal some sequence of moves of all robots reaches, is led there: an exact method moves
 * the others as it needs them, in every step (src/fleet/lead.h). It depends on the setters alone,
 * so a fleet made anew goes on with it. Every robot reaches its goal where
 *   1. its priority grows from step to step, at the same pace as all others', while it is not in
 *      its goal, and falls below all others when it is;
 *   2. its goal stays until then, and lies where moves of the robots that are not held lead;
 *   3. held robots and blocked cells stay as they are for long enough: a robot that is led starts
 *      over when they change; and it does not stand in a blocked or closing cell itself.
 * Exact up to 16 states of the search for each free cell (and 4096 more): mazes of thousands of
 * cells with dozens of holes at each junction could need more, and a robot that would is passed
 * over.
 *
 * Where field_bytes does not suffice for the goals of all robots, distances are not searched for
 * each goal (one step ahead only). On nets of streets, where every free cell lies on a row or
 * column without walls and every edge on a circle, they follow from rows and columns, and robots
 * keep to one-way lanes by habit. On other floors they are lengths of ways through an atlas of
 * tiles, some per cent over the shortest (hierarchical path-finding: Botea, Müller, Schaeffer:
 * Near Optimal Hierarchical Path-Finding, J. Game Development 1, 2004); floors cut into very many
 * small parts, as mazes of millions of cells, have none. Either way the floor is planned tile by
 * tile on all threads: that carries a million robots. Coming nearer is by lanes or by the atlas
 * then, and the robot of the greatest priority may have to wait for another across the edge of a
 * tile; the edges lie elsewhere in every step. Nobody is led there: where every edge lies on a
 * circle the first comes nearer in every step in which no edge is in its way. With an atlas, what
 * is blocked is told with the next step, which then takes as long as creation.
 *
 * Robots that turn are planned one step ahead in this way on floors of every size, for speed; a
 * window does better where they are few. Distances count no turns then, and a step while a cell is
 * blocked is refused with PLENUM_INPUT. */
#ifndef PLENUM_FLEET_H
#define PLENUM_FLEET_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLENUM_FLEET_MAX_ROBOTS = 1 << 22,
    PLENUM_FLEET_MAX_CELLS = 1 << 27, /* of the map, walls included */
    PLENUM_FLEET_MAX_TURN_STEPS = 7,
};

/* A cell is row * width + column. */
#define PLENUM_FLEET_NOWHERE UINT32_MAX /* no cell: a robot off the floor, a robot without goal */

/* Actions; the order of the moves is the order of headings. */
#define PLENUM_FLEET_ACTIONS(X)                                                                    \
    X(WAIT, "wait", 'W')                                                                           \
    X(EAST, "east", 'E')                                                                           \
    X(SOUTH, "south", 'S')                                                                         \
    X(WEST, "west", 'O')                                                                           \
    X(NORTH, "north", 'N')                                                                         \
    X(FORWARD, "forward", 'F')                                                                     \
    X(CLOCKWISE, "clockwise", 'R')                                                                 \
    X(COUNTER_CLOCKWISE, "counter-clockwise", 'C')

enum plenum_fleet_action {
#define X(code, name, letter) PLENUM_FLEET_##code,
    PLENUM_FLEET_ACTIONS(X)
#undef X
        PLENUM_FLEET_ACTION_COUNT
};

enum plenum_fleet_heading {
    PLENUM_FLEET_FACING_EAST,
    PLENUM_FLEET_FACING_SOUTH,
    PLENUM_FLEET_FACING_WEST,
    PLENUM_FLEET_FACING_NORTH,
};

enum plenum_fleet_motion {
    PLENUM_FLEET_SLIDING, /* wait, or move to one of four neighbours; headings are ignored */
    PLENUM_FLEET_TURNING, /* wait, forward, or turn by 90 degrees in place */
};

struct plenum_fleet_map {
    uint32_t width, height;
    const uint8_t *walls; /* width * height, row by row; non-zero is a wall */
};

enum plenum_fleet_method {
    PLENUM_FLEET_NEXT_STEP, /* PIBT: looks one step ahead */
    PLENUM_FLEET_WINDOW,    /* courses of several steps, improved by local search */
};

/* Added to a priority, puts a robot before all that have waited for longer. */
#define PLENUM_FLEET_URGENT (UINT64_C(1) << 48)

struct plenum_fleet_options {
    enum plenum_fleet_motion motion;
    enum plenum_fleet_method method;
    uint32_t turn_steps;   /* PLENUM_FLEET_TURNING: steps that a turn takes, 0 is 1: it begins with
                              its action, and the robot waits until it ends */
    uint32_t window_steps; /* PLENUM_FLEET_WINDOW: 1 to 8, 0 is 3; fewer where there
                              are too many ways to spend them */
    uint32_t improve;      /* PLENUM_FLEET_WINDOW: attempts to improve, for each robot */
    bool remember;         /* PLENUM_FLEET_WINDOW: goes on from the courses of the step before;
                              a step is no longer a function of the setters alone then */
    uint64_t patience;     /* the least priority of a robot that is led to its goal, see above; 0 is
                              32 + twice the sum of width and height, UINT64_MAX leads none.
                              Multiples of PLENUM_FLEET_URGENT in a priority do not count here */
    uint64_t seed;         /* breaks ties between equally good moves */
    size_t field_bytes;    /* limit of memory for distances to goals; 0 is 256 MiB */
    unsigned threads;      /* 0 and 1: the caller's only; never changes a result */
};

struct plenum_fleet;

/* What a step did. Robots off the floor are in none of the counts. */
struct plenum_fleet_report {
    uint64_t work;      /* spent, in units of the budget: one move of one robot looked at */
    uint32_t moves;     /* robots that change their cell or heading */
    uint32_t waits;     /* robots that do not, held ones included */
    uint32_t arrived;   /* robots that stood in their goal cell before this step */
    uint32_t stranded;  /* robots whose goal cannot be reached: treated as without goal */
    uint32_t unplanned; /* robots for whose goals field_bytes did not suffice: likewise */
    bool cut;           /* the budget ended before every robot had its turn, or the stop was asked
                           for */
};

/* Sliding robots, the next step only, seed 1, default memory, one thread. */
PLENUM_API struct plenum_fleet_options plenum_fleet_options_default(void);

/* Makes a fleet of robots that are all off the floor, without goal, with priority 0, not held;
 * no cell is blocked. The map is copied. PLENUM_INPUT or PLENUM_LIMIT when map, robots or
 * options are not usable: *fleet is NULL then. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_fleet_create(const struct plenum_fleet_map *map, uint32_t robots,
                    const struct plenum_fleet_options *options, struct plenum_fleet **fleet,
                    struct plenum_error *error);
PLENUM_API void plenum_fleet_destroy(struct plenum_fleet *fleet);

/* Setters. Robots are 0 .. robots-1; a number or cell out of range is a programmer's error.
 * Each keeps its value until it is set again. None takes memory. */

/* Where the robot is: a free cell, or PLENUM_FLEET_NOWHERE. */
PLENUM_API void plenum_fleet_set_pose(struct plenum_fleet *fleet, uint32_t robot, uint32_t cell,
                                      enum plenum_fleet_heading heading);
/* How many more steps the turn takes that the robot has begun: its heading is told as that after
 * the turn, and it waits so long. plenum_fleet_apply sets it. */
PLENUM_API void plenum_fleet_set_turning(struct plenum_fleet *fleet, uint32_t robot,
                                         uint32_t steps);
/* Where it goes after its goal, as far as is known: a free cell, or PLENUM_FLEET_NOWHERE. */
PLENUM_API void plenum_fleet_set_next_goal(struct plenum_fleet *fleet, uint32_t robot,
                                           uint32_t goal);
/* Where it should be: a free cell, or PLENUM_FLEET_NOWHERE: then it stays, and makes way for
 * others. */
PLENUM_API void plenum_fleet_set_goal(struct plenum_fleet *fleet, uint32_t robot, uint32_t goal);
/* Larger goes first; equal ones by robot number, smaller first. For progress of all, let it be
 * 0 without goal, and else the steps since the goal was given. */
PLENUM_API void plenum_fleet_set_priority(struct plenum_fleet *fleet, uint32_t robot,
                                          uint64_t priority);
/* A held robot does not move this step: late, broken, loading. */
PLENUM_API void plenum_fleet_set_held(struct plenum_fleet *fleet, uint32_t robot, bool held);
/* A blocked cell is not entered and no route leads through it; a robot in it may leave. */
PLENUM_API void plenum_fleet_set_blocked(struct plenum_fleet *fleet, uint32_t cell, bool blocked);
/* A closing cell is left: it is entered from other closing cells only, so that robots come out of
 * an area that will be blocked, and none comes in. plenum_fleet_set_blocked ends it. */
PLENUM_API void plenum_fleet_set_closing(struct plenum_fleet *fleet, uint32_t cell);

/* Guidance: what it costs to leave each cell in each heading (east, south, west, north), 1 to 255,
 * cell by cell for the whole map; and what a turn costs. One step in the open is meant to cost
 * `step`. Robots prefer cheap ways; rules stay as they are. The costs are copied; NULL takes them
 * away. As with the other setters, a fleet made anew must be told the same. step times
 * turn_steps is at most 255. */
PLENUM_API void plenum_fleet_set_guidance(struct plenum_fleet *fleet, const uint8_t *costs,
                                          uint8_t step);

/* A stop of last resort, for who must answer in time: asked on the caller's thread between rounds
 * of attempts to improve (PLENUM_FLEET_WINDOW). When it says yes, the step ends with what it has,
 * which is a whole and valid step, and report.cut is set; what is proposed depends on the stop
 * then. NULL takes it away. */
typedef bool plenum_fleet_stop(void *context);
PLENUM_API void plenum_fleet_set_stop(struct plenum_fleet *fleet, plenum_fleet_stop *stop,
                                      void *context);

/* Proposes actions[0 .. robots-1] (enum plenum_fleet_action, PLENUM_FLEET_WAIT for robots off the
 * floor) and moves nobody: see plenum_fleet_apply. tick is the number of the step: it goes into
 * the breaking of ties, so that two robots do not dance for ever. budget limits the work, 0 is
 * without limit; when it ends, robots that had no turn wait where nobody pushes them. report may
 * be NULL. PLENUM_INPUT when two robots stand in one cell: actions are all wait then. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_fleet_step(struct plenum_fleet *fleet, uint64_t tick, uint64_t budget, uint8_t *actions,
                  struct plenum_fleet_report *report, struct plenum_error *error);

/* Sets every robot's pose to where the actions take it. */
PLENUM_API void plenum_fleet_apply(struct plenum_fleet *fleet, const uint8_t *actions);

/* Where the robot is (cell or PLENUM_FLEET_NOWHERE); heading may be NULL. */
PLENUM_API uint32_t plenum_fleet_pose(const struct plenum_fleet *fleet, uint32_t robot,
                                      enum plenum_fleet_heading *heading);
PLENUM_API uint32_t plenum_fleet_goal(const struct plenum_fleet *fleet, uint32_t robot);

/* Why a robot did not move in the last step. */
#define PLENUM_FLEET_CAUSES(X)                                                                     \
    X(MOVES, "moves", "it moves")                                                                  \
    X(AWAY, "away", "it is off the floor")                                                         \
    X(HELD, "held", "it is held")                                                                  \
    X(CONTENT, "content", "it has no goal, or stands in it")                                       \
    X(CLOSED, "closed", "its goal may not be entered")                                             \
    X(NO_WAY, "no-way", "walls and blocked cells leave no way to its goal")                        \
    X(SHUT_IN, "shut-in", "no moves of all robots bring it to its goal")                           \
    X(UNPLANNED, "unplanned", "memory for distances is short")                                     \
    X(QUEUE, "queue", "another robot stands in its goal")                                          \
    X(YIELDS, "yields", "it gives way to a robot of greater priority")                             \
    X(BEHIND, "behind", "a robot in its way does not leave")                                       \
    X(BIDES, "bides", "to wait is its best course")                                                \
    X(UNKNOWN, "unknown", "the planner by tiles does not say")

enum plenum_fleet_cause {
#define X(code, name, text) PLENUM_FLEET_CAUSE_##code,
    PLENUM_FLEET_CAUSES(X)
#undef X
        PLENUM_FLEET_CAUSE_COUNT
};

/* Who keeps a robot, and who keeps that one, and so on, up to one that nobody keeps: the root. */
struct plenum_fleet_why {
    enum plenum_fleet_cause cause, root_cause;
    uint32_t blocker; /* who keeps the robot, or UINT32_MAX: it is the root itself */
    uint32_t root;
    uint32_t length; /* of the chain: how often one robot keeps another */
    bool circle;     /* the chain comes back to itself; the root is one in the circle */
};

/* In the last step, as long as the setters have said nothing since. SHUT_IN is known of robots
 * whose priority is at least `patience`. */
PLENUM_API struct plenum_fleet_why plenum_fleet_why(const struct plenum_fleet *fleet,
                                                    uint32_t robot);
/* Adds to each count the robots of that cause. */
PLENUM_API void plenum_fleet_count_causes(const struct plenum_fleet *fleet,
                                          uint64_t counts[PLENUM_FLEET_CAUSE_COUNT]);
/* "no-way", and "walls and blocked cells leave no way to its goal". */
PLENUM_API const char *plenum_fleet_cause_name(enum plenum_fleet_cause cause);
PLENUM_API const char *plenum_fleet_cause_text(enum plenum_fleet_cause cause);

/* The robot whose place or move last kept this robot from its best move in the last step, or
 * UINT32_MAX when nobody did. */
PLENUM_API uint32_t plenum_fleet_blocker(const struct plenum_fleet *fleet, uint32_t robot);

/* Steps (with guidance: the cost) of one robot alone from a cell to another around walls and
 * blocked cells, with its turns where it turns, from the best heading at the start;
 * PLENUM_FLEET_FAR when there is no way. Takes a search over the map when the target was not a
 * goal of late. */
#define PLENUM_FLEET_FAR UINT32_MAX
PLENUM_API uint32_t plenum_fleet_distance(struct plenum_fleet *fleet, uint32_t from, uint32_t to);

/* The same for many ways at once, shared between threads: steps[i] from from[i] to to[i]. On large
 * floors, of a fleet that remembers, far ways are taken to a place near the target instead: a way
 * may be told too long or too short by as much as that place is off, at most 16 steps. */
PLENUM_API void plenum_fleet_distances(struct plenum_fleet *fleet, uint32_t count,
                                       const uint32_t *from, const uint32_t *to, uint32_t *steps);

/* The same from the heading that the robot has at the start. */
PLENUM_API uint32_t plenum_fleet_distance_facing(struct plenum_fleet *fleet, uint32_t from,
                                                 enum plenum_fleet_heading heading, uint32_t to);

/* Where an action takes a robot on a map this wide; the caller knows that it stays inside. */
PLENUM_API uint32_t plenum_fleet_cell_after(uint32_t width, uint32_t cell,
                                            enum plenum_fleet_heading heading,
                                            enum plenum_fleet_action action);
PLENUM_API enum plenum_fleet_heading plenum_fleet_heading_after(enum plenum_fleet_heading heading,
                                                                enum plenum_fleet_action action);

/* The action's name ("counter-clockwise"). */
PLENUM_API const char *plenum_fleet_action_name(enum plenum_fleet_action action);

/* Memory taken at creation. */
PLENUM_API size_t plenum_fleet_bytes(const struct plenum_fleet *fleet);

#endif
