/* See plan_file.h. */
#include "fleet/plan_file.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEGMENT_TICKS = 1000 };

static void write_head(FILE *file, const struct run *run)
{
    const struct problem *problem = run->problem;
    fprintf(file, "{\"actionModel\":\"%s\",\"version\":\"%u LoRR\",\"teamSize\":%u,\n\"start\":[",
            problem->motion == PLENUM_FLEET_TURNING ? "MAPF_T" : "MAPF", problem->year,
            problem->robots);
    for (uint32_t robot = 0; robot < problem->robots; robot++) {
        fprintf(file, "%s[%u,%u,\"E\"]", robot > 0 ? "," : "",
                problem->start[robot] / problem->width, problem->start[robot] % problem->width);
    }
    fprintf(file, "],\n\"numTaskFinished\":%u,\"sumOfCost\":%llu,\"makespan\":%u,\n",
            run->board.tasks_done, (unsigned long long)run->steps * problem->robots, run->steps);
    if (problem->action_ticks > 0) {
        fprintf(file, "\"agentMaxCounter\":%u,\"outputSegmentSize\":%d,\n", problem->action_ticks,
                SEGMENT_TICKS);
    }
    fprintf(file, "\"numPlannerErrors\":0,\"numScheduleErrors\":0,\"numEntryTimeouts\":0,"
                  "\"errors\":[],\"scheduleErrors\":[],\n");
}

static const char letters[] = {
    [PLENUM_FLEET_WAIT] = 'W',      [PLENUM_FLEET_EAST] = 'R',
    [PLENUM_FLEET_SOUTH] = 'D',     [PLENUM_FLEET_WEST] = 'L',
    [PLENUM_FLEET_NORTH] = 'U',     [PLENUM_FLEET_FORWARD] = 'F',
    [PLENUM_FLEET_CLOCKWISE] = 'R', [PLENUM_FLEET_COUNTER_CLOCKWISE] = 'C',
};

/* A robot's actions, by commas. */
static void write_steps(FILE *file, const struct run *run, uint32_t robot)
{
    for (uint32_t step = 0; step < run->steps; step++) {
        if (step > 0) {
            fputc(',', file);
        }
        fputc(letters[run->actions[(size_t)step * run->problem->robots + robot]], file);
    }
}

/* What an action that takes several ticks does to a robot in one of them. */
static void ticked(const struct problem *problem, uint8_t action, uint32_t *cell,
                   enum plenum_fleet_heading *heading, uint32_t *done)
{
    *done += action != PLENUM_FLEET_WAIT;
    if (*done == problem->action_ticks) {
        *done = 0;
        *cell = action == PLENUM_FLEET_FORWARD
                    ? plenum_fleet_cell_after(problem->width, *cell, *heading,
                                              (enum plenum_fleet_action)action)
                    : *cell;
        *heading = plenum_fleet_heading_after(*heading, (enum plenum_fleet_action)action);
    }
}

/* 2026: segments of so many ticks, each with where the robot is and what it does for how long. */
static void write_ticks(FILE *file, const struct run *run, uint32_t robot)
{
    const struct problem *problem = run->problem;
    uint32_t cell = problem->start[robot], done = 0, tick = 0;
    enum plenum_fleet_heading heading = PLENUM_FLEET_FACING_EAST;
    while (tick < run->steps) {
        uint32_t end = run->steps - tick < SEGMENT_TICKS ? run->steps : tick + SEGMENT_TICKS;
        fprintf(file, "[(%u,%u,%u,%d,%u):(", tick, cell / problem->width, cell % problem->width,
                (int)heading, done);
        const char *comma = "";
        while (tick < end) {
            uint8_t action = run->actions[(size_t)tick * problem->robots + robot];
            uint32_t first = tick;
            for (; tick < end && run->actions[(size_t)tick * problem->robots + robot] == action;
                 tick++) {
                ticked(problem, action, &cell, &heading, &done);
            }
            fprintf(file, "%s%c %u", comma, letters[action], tick - first);
            comma = ",";
        }
        fputs(")]", file);
    }
}

static void write_paths(FILE *file, const struct run *run, const char *key)
{
    fprintf(file, "\"%s\":[", key);
    for (uint32_t robot = 0; robot < run->problem->robots; robot++) {
        fputs(robot > 0 ? ",\n\"" : "\n\"", file);
        if (run->problem->action_ticks > 0) {
            write_ticks(file, run, robot);
        } else {
            write_steps(file, run, robot);
        }
        fputc('"', file);
    }
    fputs("],\n", file);
}

static void write_times(FILE *file, const struct run *run)
{
    fputs("\"plannerTimes\":[", file);
    for (uint32_t step = 0; step < run->steps; step++) {
        fprintf(file, "%s%.6f", step > 0 ? "," : "", (double)run->step_ns[step] / 1e9);
    }
    fputs("],\n", file);
}

/* 2024 and later: every errand done, of all robots in the order of time. */
static void write_errands(FILE *file, const struct board *board)
{
    bool first = true;
    fputs("\"events\":[", file);
    for (size_t i = 0; i < board->events_count; i++) {
        const struct board_event *event = &board->events[i];
        if (event->errands > 0) {
            fprintf(file, "%s[%u,%u,%u,%u]", first ? "" : ",", event->step, event->robot,
                    event->task, event->errands);
            first = false;
        }
    }
    fputs("],\n", file);
}

/* Events by robot: where each robot's begin in a list of their numbers. */
struct event_index {
    size_t *first; /* robots + 1 */
    size_t *event;
};

static struct event_index index_new(const struct board *board)
{
    uint32_t robots = board->problem->robots;
    struct event_index index = {
        .first = memory_new((size_t)robots + 2, sizeof *index.first),
        .event = memory_new(board->events_count, sizeof *index.event),
    };
    for (size_t i = 0; i < board->events_count; i++) {
        index.first[board->events[i].robot + 2]++;
    }
    for (uint32_t robot = 0; robot < robots; robot++) {
        index.first[robot + 2] += index.first[robot + 1];
    }
    for (size_t i = 0; i < board->events_count; i++) {
        index.event[index.first[board->events[i].robot + 1]++] = i;
    }
    return index;
}

static void index_free(struct event_index *index)
{
    free(index->first);
    free(index->event);
}

/* "step:task,step:task": a string a robot. */
static void write_schedule(FILE *file, const struct board *board, const struct event_index *index)
{
    fputs("\"actualSchedule\":[", file);
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        const char *comma = "";
        fputs(robot > 0 ? ",\n\"" : "\n\"", file);
        for (size_t i = index->first[robot]; i < index->first[robot + 1]; i++) {
            const struct board_event *event = &board->events[index->event[i]];
            if (event->errands == 0) {
                fprintf(file, "%s%u:%d", comma, event->step, (int)event->task);
                comma = ",";
            }
        }
        fputc('"', file);
    }
    fputs("],\n", file);
}

/* 2023: a list a robot. */
static void write_deals(FILE *file, const struct board *board, const struct event_index *index)
{
    fputs("\"events\":[", file);
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        fputs(robot > 0 ? ",\n[" : "\n[", file);
        for (size_t i = index->first[robot]; i < index->first[robot + 1]; i++) {
            const struct board_event *event = &board->events[index->event[i]];
            fprintf(file, "%s[%u,%u,\"%s\"]", i > index->first[robot] ? "," : "", event->task,
                    event->step, event->errands > 0 ? "finished" : "assigned");
        }
        fputc(']', file);
    }
    fputs("],\n", file);
}

static void write_task(FILE *file, const struct board *board, uint32_t task)
{
    const struct problem *problem = board->problem;
    fprintf(file, "[%u,%u,[", task, board->task_shown[task]);
    for (uint32_t i = problem->task_errands[task]; i < problem->task_errands[task + 1]; i++) {
        fprintf(file, "%s%u,%u", i > problem->task_errands[task] ? "," : "",
                problem->errands[i] / problem->width, problem->errands[i] % problem->width);
    }
    fputs("]]", file);
}

/* The tasks that any robot was given or could have been. */
static void write_tasks(FILE *file, const struct board *board)
{
    uint8_t *named = memory_new(board->problem->tasks, 1);
    for (size_t i = 0; i < board->events_count; i++) {
        if (board->events[i].task != BOARD_NONE) {
            named[board->events[i].task] = 1;
        }
    }
    bool first = true;
    fputs("\"tasks\":[", file);
    for (uint32_t task = 0; task < board->problem->tasks; task++) {
        bool shown = board->problem->deal == PROBLEM_CHOICE && task < board->shown;
        if (named[task] || shown) {
            fputs(first ? "\n" : ",\n", file);
            write_task(file, board, task);
            first = false;
        }
    }
    fputs("]}\n", file);
    free(named);
}

enum plenum_status plan_write(const struct run *run, const char *path, struct plenum_error *error)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return plenum_fail(error, PLENUM_IO, "%s: %s", path, strerror(errno));
    }
    struct event_index index = index_new(&run->board);
    write_head(file, run);
    write_paths(file, run, "actualPaths");
    write_paths(file, run, "plannerPaths");
    write_times(file, run);
    write_schedule(file, &run->board, &index);
    if (run->problem->year == 2023) {
        write_deals(file, &run->board, &index);
    } else {
        write_errands(file, &run->board);
    }
    write_tasks(file, &run->board);
    index_free(&index);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        return plenum_fail(error, PLENUM_IO, "%s: %s", path, strerror(errno));
    }
    return PLENUM_OK;
}
