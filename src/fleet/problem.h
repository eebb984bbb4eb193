/* Problem: a floor, robots on it and their tasks, as the field's own files give them.
 *
 * League of Robot Runners problems (JSON with files beside it; Start-Kit, Input_Output_Format.md)
 * of 2023 (one errand a task, dealt to the robots) and 2024 and later (lists of errands, an open
 * pool), and MovingAI maps with scenarios (Sturtevant: Benchmarks for Grid-Based Pathfinding,
 * 2012; Stern et al.: Multi-Agent Pathfinding: Definitions, Variants, and Benchmarks, 2019). */
#ifndef FLEET_PROBLEM_H
#define FLEET_PROBLEM_H

#include <plenum/fleet.h>
#include <stdbool.h>

enum problem_deal {
    PROBLEM_ROUND_ROBIN, /* robot r gets tasks r, r + n, r + 2n, ... */
    PROBLEM_QUEUE,       /* who is free gets the next */
    PROBLEM_CHOICE,      /* the planner chooses among the open ones */
};

/* Random delays of robots (2026): in each tick a robot that is not late begins to be with a chance
 * of ppm in a million, for least to most ticks. */
struct problem_delay {
    uint64_t seed;
    uint32_t ppm, least, most;
    bool gaussian;                        /* else every length is as likely */
    uint32_t mean_milli, deviation_milli; /* gaussian: of the span from least to most */
};

struct problem {
    uint32_t year; /* of the League's rules; 0: a scenario, one task each */
    enum plenum_fleet_motion motion;
    enum problem_deal deal;
    uint32_t width, height;
    uint8_t *walls;
    uint32_t robots;
    uint32_t *start; /* cells, no two equal */
    uint32_t tasks;
    uint32_t *task_errands; /* tasks + 1: where each task's errands begin */
    uint32_t *errands;      /* cells */
    uint32_t reveal_milli;  /* open tasks for every thousand robots */
    uint8_t *task_refused;  /* of a task whose errands no robot can all reach: never given out */
    uint32_t refused;       /* how many of them */
    uint32_t action_ticks;  /* 2026: ticks of a forward move or a turn; else 0 */
    uint32_t turn_steps;    /* that a turn takes; 2026: 1 */
    struct problem_delay delay;
};

/* Any of the kinds above, told by its end: .json, .scen; robots limits how many of a scenario's
 * are taken, 0 takes all. */
PLENUM_MUST_USE enum plenum_status problem_read(struct problem *problem, const char *path,
                                                uint32_t robots, struct plenum_error *error);
void problem_finish(struct problem *problem);

/* Parts, for the readers of the kinds. */

/* MovingAI octile map: sets width, height, walls. */
PLENUM_MUST_USE enum plenum_status problem_read_map(struct problem *problem, const char *path,
                                                    struct plenum_error *error);
/* League agents: sets start for problem->robots robots. */
PLENUM_MUST_USE enum plenum_status problem_read_agents(struct problem *problem, const char *path,
                                                       struct plenum_error *error);
/* League tasks: sets tasks, task_errands, errands. */
PLENUM_MUST_USE enum plenum_status problem_read_tasks(struct problem *problem, const char *path,
                                                      struct plenum_error *error);
PLENUM_MUST_USE enum plenum_status problem_read_league(struct problem *problem, const char *path,
                                                       struct plenum_error *error);
PLENUM_MUST_USE enum plenum_status problem_read_scenario(struct problem *problem, const char *path,
                                                         uint32_t robots,
                                                         struct plenum_error *error);
/* name beside the file `path`; the caller frees it. */
char *problem_path_beside(const char *path, const char *name);

#endif
