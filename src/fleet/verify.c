/* See verify.h. */
#include "fleet/verify.h"

#include "base/memory.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY UINT32_MAX

struct judge {
    const struct problem *problem;
    const char *path;
    json_t *plan;
    struct verdict *verdict;
    const char **moves;    /* a robot: what is left of its path's text */
    const char **schedule; /* a robot: what is left of its schedule's text */
    uint32_t *cell, *before, *heading;
    uint32_t *turning;     /* steps that a robot's turn still takes */
    uint32_t *holder;      /* a cell: the robot in it */
    uint32_t *holder_step; /* when it was last written, plus 1 */
    uint32_t *task, *errand;
    uint32_t *owner; /* of a task */
    uint8_t *done;   /* of a task */
    uint32_t *dealt; /* to a robot so far */

    /* Where actions take several ticks: */
    struct judge_ticks *ticks; /* a robot */
    uint32_t *beside;          /* of a robot and one of its two cells: the next in that cell */
};

/* What a robot does, as far as its text was read, and where it is. Coordinates are in cells times
 * the ticks of an action, before and after the tick. */
struct judge_ticks {
    char letter, doing; /* in this tick; what is begun, or 'W' */
    uint32_t left;      /* ticks of the letter to come */
    uint32_t done;      /* of what is begun */
    int64_t from[2], to[2];
    uint32_t cells[2]; /* touched in this tick: equal when there is one */
};

static void violation(struct judge *judge, const char *format, ...) PLENUM_PRINTF(2, 3);

static void violation(struct judge *judge, const char *format, ...)
{
    if (judge->verdict->violations++ == 0) {
        va_list list;
        va_start(list, format);
        vsnprintf(judge->verdict->first, sizeof judge->verdict->first, format, list);
        va_end(list);
    }
}

static enum plenum_status texts_get(struct judge *judge, const char *key, const char **texts,
                                    struct plenum_error *error)
{
    const json_t *list = json_object_get(judge->plan, key);
    if (!json_is_array(list) || json_array_size(list) != judge->problem->robots) {
        return plenum_fail(error, PLENUM_INPUT, "%s: /%s: found %zu entries, expected %u",
                           judge->path, key, json_array_size(list), judge->problem->robots);
    }
    for (uint32_t robot = 0; robot < judge->problem->robots; robot++) {
        texts[robot] = json_string_value(json_array_get(list, robot));
        if (texts[robot] == NULL) {
            return plenum_fail(error, PLENUM_INPUT, "%s: /%s/%u: found no string, expected one",
                               judge->path, key, robot);
        }
    }
    return PLENUM_OK;
}

static void judge_init(struct judge *judge)
{
    const struct problem *problem = judge->problem;
    size_t robots = problem->robots, cells = (size_t)problem->width * problem->height;
    judge->moves = memory_new(robots, sizeof *judge->moves);
    judge->schedule = memory_new(robots, sizeof *judge->schedule);
    judge->cell = memory_new(robots, sizeof *judge->cell);
    judge->before = memory_new(robots, sizeof *judge->before);
    judge->heading = memory_new(robots, sizeof *judge->heading);
    judge->turning = memory_new(robots, sizeof *judge->turning);
    judge->holder = memory_new(cells, sizeof *judge->holder);
    judge->holder_step = memory_new(cells, sizeof *judge->holder_step);
    judge->task = memory_new(robots, sizeof *judge->task);
    judge->errand = memory_new(robots, sizeof *judge->errand);
    judge->dealt = memory_new(robots, sizeof *judge->dealt);
    judge->owner = memory_new(problem->tasks, sizeof *judge->owner);
    judge->done = memory_new(problem->tasks, 1);
    judge->ticks = memory_new(robots, sizeof *judge->ticks);
    judge->beside = memory_new(2 * robots, sizeof *judge->beside);
    memcpy(judge->cell, problem->start, robots * sizeof *judge->cell);
    memset(judge->task, 0xff, robots * sizeof *judge->task);
    memset(judge->owner, 0xff, problem->tasks * sizeof *judge->owner);
}

static void judge_finish(struct judge *judge)
{
    free(judge->moves);
    free(judge->schedule);
    free(judge->cell);
    free(judge->before);
    free(judge->heading);
    free(judge->turning);
    free(judge->holder);
    free(judge->holder_step);
    free(judge->task);
    free(judge->errand);
    free(judge->dealt);
    free(judge->owner);
    free(judge->done);
    free(judge->ticks);
    free(judge->beside);
    json_decref(judge->plan);
}

/* The way of a letter: 0 east .. 3 north, 4 stay, -1 unknown. Turns change the heading. */
static int letter_way(struct judge *judge, uint32_t robot, char letter)
{
    static const char sliding[] = "RDLU";
    if (letter == 'W') {
        return 4;
    }
    if (judge->problem->motion == PLENUM_FLEET_SLIDING) {
        const char *at = letter != '\0' ? strchr(sliding, letter) : NULL;
        return at != NULL ? (int)(at - sliding) : -1;
    }
    int heading = (int)judge->heading[robot];
    if (letter == 'R' || letter == 'C') {
        judge->heading[robot] = (uint32_t)(heading + (letter == 'R' ? 1 : 3)) % 4;
        return 4;
    }
    return letter == 'F' ? heading : -1;
}

static void robot_move(struct judge *judge, uint32_t step, uint32_t robot)
{
    const struct problem *problem = judge->problem;
    char letter = *judge->moves[robot];
    if (letter != '\0') {
        judge->moves[robot] += judge->moves[robot][1] == ',' ? 2 : 1;
    }
    if (judge->turning[robot] > 0 && letter != 'W') {
        violation(judge, "step %u: robot %u does %c in the middle of a turn", step, robot, letter);
        letter = 'W';
    }
    judge->turning[robot] -= judge->turning[robot] > 0;
    if ((letter == 'R' || letter == 'C') && problem->motion == PLENUM_FLEET_TURNING &&
        problem->turn_steps > 1) {
        judge->turning[robot] = problem->turn_steps - 1;
    }
    int way = letter_way(judge, robot, letter);
    uint32_t row = judge->cell[robot] / problem->width,
             column = judge->cell[robot] % problem->width;
    judge->before[robot] = judge->cell[robot];
    if (way < 0) {
        violation(judge, "step %u: robot %u: unknown action '%c'", step, robot, letter);
        return;
    }
    bool leaves = (way == 0 && column + 1 == problem->width) || (way == 2 && column == 0) ||
                  (way == 1 && row + 1 == problem->height) || (way == 3 && row == 0);
    if (leaves) {
        violation(judge, "step %u: robot %u leaves the map", step, robot);
        return;
    }
    row += way == 1 ? 1 : way == 3 ? UINT32_MAX : 0;
    column += way == 0 ? 1 : way == 2 ? UINT32_MAX : 0;
    judge->cell[robot] = row * problem->width + column;
    if (problem->walls[judge->cell[robot]]) {
        violation(judge, "step %u: robot %u enters the wall at row %u, column %u", step, robot, row,
                  column);
    }
}

/* holder tells who stood in a cell before this step, then who stands there after it. */
static void step_conflicts(struct judge *judge, uint32_t step)
{
    for (uint32_t robot = 0; robot < judge->problem->robots; robot++) {
        uint32_t cell = judge->cell[robot];
        bool held = judge->holder_step[cell] == step + 1;
        uint32_t other = judge->holder[cell];
        if (held && other != robot && judge->cell[other] == judge->before[robot] && other < robot) {
            violation(judge, "step %u: robots %u and %u exchange cells", step, other, robot);
        }
    }
    for (uint32_t robot = 0; robot < judge->problem->robots; robot++) {
        uint32_t cell = judge->cell[robot];
        if (judge->holder_step[cell] == step + 2) {
            violation(judge, "step %u: robots %u and %u are both in cell %u", step,
                      judge->holder[cell], robot, cell);
        }
        judge->holder[cell] = robot;
        judge->holder_step[cell] = step + 2;
    }
}

/* May this robot have this task now? */
static bool task_allowed(struct judge *judge, uint32_t robot, uint32_t task)
{
    const struct problem *problem = judge->problem;
    if (task >= problem->tasks || problem->task_refused[task]) {
        return false;
    }
    if (problem->deal == PROBLEM_CHOICE) {
        uint64_t shown = (uint64_t)problem->robots * problem->reveal_milli / 1000;
        return task < shown + judge->verdict->tasks_done && !judge->done[task] &&
               judge->owner[task] == NOBODY;
    }
    if (problem->deal == PROBLEM_QUEUE) {
        return !judge->done[task];
    }
    uint32_t next;
    do {
        uint64_t index = robot + (uint64_t)judge->dealt[robot]++ * problem->robots;
        next = (uint32_t)(index % problem->tasks);
    } while (problem->task_refused[next]);
    return task == next;
}

static void task_take(struct judge *judge, uint32_t step, uint32_t robot, uint32_t task)
{
    if (judge->task[robot] != NOBODY && judge->errand[robot] > 0) {
        violation(judge, "step %u: robot %u drops task %u, which it has begun", step, robot,
                  judge->task[robot]);
    }
    judge->task[robot] = NOBODY;
    judge->errand[robot] = 0;
    if (task == NOBODY) {
        return;
    }
    if (!task_allowed(judge, robot, task)) {
        violation(judge, "step %u: robot %u may not have task %u", step, robot, task);
        return;
    }
    judge->owner[task] = robot;
    judge->task[robot] = task;
}

/* A decimal number; NOBODY where there is none. *end is behind it. */
static uint32_t number_read(const char *text, const char **end)
{
    uint32_t number = NOBODY;
    for (; *text >= '0' && *text <= '9'; text++) {
        number = (number == NOBODY ? 0 : 10 * number) + (uint32_t)(*text - '0');
    }
    *end = text;
    return number;
}

/* First all changes of this step give tasks back, then they take them. */
static void step_schedule(struct judge *judge, uint32_t step, bool takes)
{
    for (uint32_t robot = 0; robot < judge->problem->robots; robot++) {
        const char *text = judge->schedule[robot], *end;
        uint32_t task;
        while (number_read(text, &end) == step && *end == ':') {
            task = end[1] == '-' ? NOBODY : number_read(end + 1, &end);
            end = strchr(end, ',') != NULL ? strchr(end, ',') : end + strlen(end);
            uint32_t held = judge->task[robot];
            if (!takes && held != NOBODY && judge->owner[held] == robot) {
                judge->owner[held] = NOBODY;
            }
            if (takes) {
                task_take(judge, step, robot, task);
            }
            text = *end == ',' ? end + 1 : end;
            if (takes) {
                judge->schedule[robot] = text;
            }
        }
    }
}

static void step_errands(struct judge *judge)
{
    const struct problem *problem = judge->problem;
    for (uint32_t robot = 0; robot < problem->robots; robot++) {
        uint32_t task = judge->task[robot];
        bool between = judge->ticks[robot].doing == 'F' && judge->ticks[robot].done > 0;
        if (task == NOBODY || between) {
            continue;
        }
        uint32_t next = problem->task_errands[task] + judge->errand[robot];
        if (problem->errands[next] != judge->cell[robot]) {
            continue;
        }
        judge->errand[robot]++;
        judge->verdict->errands_done++;
        if (next + 1 == problem->task_errands[task + 1]) {
            judge->verdict->tasks_done++;
            judge->done[task] = 1;
            judge->task[robot] = NOBODY;
            judge->errand[robot] = 0;
        }
    }
}

/* Reads "[(tick,row,column,heading,done):(" and compares it with where the robot is. */
static const char *segment_read(struct judge *judge, uint32_t tick, uint32_t robot,
                                const char *text)
{
    uint32_t width = judge->problem->width;
    const uint32_t is[5] = {tick, judge->cell[robot] / width, judge->cell[robot] % width,
                            judge->heading[robot], judge->ticks[robot].done};
    text += strlen("[(") <= strlen(text) ? strlen("[(") : strlen(text);
    for (int i = 0; i < 5; i++) {
        uint32_t says = number_read(text, &text);
        if (says != is[i]) {
            violation(judge, "tick %u: robot %u: its segment begins otherwise than it is", tick,
                      robot);
        }
        text += *text != '\0';
    }
    while (*text != '\0' && strchr(":(", *text) != NULL) {
        text++;
    }
    return text;
}

/* The letter of the next tick; 'W' at the end of the text. */
static char letter_next(struct judge *judge, uint32_t tick, uint32_t robot)
{
    struct judge_ticks *ticks = &judge->ticks[robot];
    const char *text = judge->moves[robot];
    if (ticks->left == 0) {
        while (*text != '\0' && strchr(",)]", *text) != NULL) {
            text++;
        }
        if (*text == '[') {
            text = segment_read(judge, tick, robot, text);
        }
        ticks->letter = *text != '\0' ? *text : 'W';
        text += *text != '\0' ? 1 : 0;
        uint32_t count = number_read(*text == ' ' ? text + 1 : text, &text);
        ticks->left = count == NOBODY || count == 0 ? 1 : count;
        judge->moves[robot] = text;
    }
    ticks->left--;
    return ticks->letter;
}

static void robot_ends(struct judge *judge, uint32_t tick, uint32_t robot, uint32_t target)
{
    struct judge_ticks *ticks = &judge->ticks[robot];
    uint32_t heading = judge->heading[robot];
    if (ticks->doing == 'F') {
        judge->cell[robot] = target;
        if (judge->problem->walls[target]) {
            violation(judge, "tick %u: robot %u is in the wall of cell %u", tick, robot, target);
        }
    } else {
        judge->heading[robot] = (heading + (ticks->doing == 'R' ? 1 : 3)) % 4;
    }
    ticks->done = 0;
    ticks->doing = 'W';
}

static void robot_tick(struct judge *judge, uint32_t tick, uint32_t robot)
{
    static const int64_t right[] = {1, 0, -1, 0}, down[] = {0, 1, 0, -1};
    struct judge_ticks *ticks = &judge->ticks[robot];
    uint32_t width = judge->problem->width, cell = judge->cell[robot];
    uint32_t heading = judge->heading[robot];
    char letter = letter_next(judge, tick, robot);
    if (letter != 'W' &&
        (strchr("FRC", letter) == NULL || (ticks->done > 0 && letter != ticks->doing))) {
        violation(judge, "tick %u: robot %u does %c in the middle of %c", tick, robot, letter,
                  ticks->doing);
        letter = 'W';
    }
    int64_t column =
        (int64_t)(cell % width) + (letter == 'F' || ticks->doing == 'F' ? right[heading] : 0);
    int64_t row =
        (int64_t)(cell / width) + (letter == 'F' || ticks->doing == 'F' ? down[heading] : 0);
    if (column < 0 || row < 0 || column >= width || row >= judge->problem->height) {
        violation(judge, "tick %u: robot %u leaves the map", tick, robot);
        return;
    }
    uint32_t target = (uint32_t)(row * width + column);
    int64_t scale = judge->problem->action_ticks;
    int64_t slide = ticks->doing == 'F' ? ticks->done : 0;
    ticks->from[0] = cell % width * scale + right[heading] * slide;
    ticks->from[1] = cell / width * scale + down[heading] * slide;
    ticks->to[0] = ticks->from[0] + (letter == 'F' ? right[heading] : 0);
    ticks->to[1] = ticks->from[1] + (letter == 'F' ? down[heading] : 0);
    ticks->cells[0] = cell;
    ticks->cells[1] = target;
    if (letter != 'W') {
        ticks->doing = letter;
        if (++ticks->done == judge->problem->action_ticks) {
            robot_ends(judge, tick, robot, target);
        }
    }
}

/* Whether two squares as large as a cell overlap while both move evenly through a tick. Their
 * distances change by at most 2, so an overlap lasts over a quarter of the tick or its end. */
static bool squares_overlap(const struct judge *judge, uint32_t one, uint32_t other)
{
    const struct judge_ticks *a = &judge->ticks[one], *b = &judge->ticks[other];
    for (int64_t quarter = 0; quarter <= 4; quarter++) {
        bool apart = false;
        for (int axis = 0; axis < 2; axis++) {
            int64_t from = a->from[axis] - b->from[axis], to = a->to[axis] - b->to[axis];
            int64_t distance = 4 * from + quarter * (to - from);
            apart = apart || llabs(distance) >= 4 * (int64_t)judge->problem->action_ticks;
        }
        if (!apart) {
            return true;
        }
    }
    return false;
}

static void tick_conflicts(struct judge *judge, uint32_t tick)
{
    for (uint32_t robot = 0; robot < judge->problem->robots; robot++) {
        const struct judge_ticks *ticks = &judge->ticks[robot];
        for (uint32_t i = 0; i < (ticks->cells[0] == ticks->cells[1] ? 1u : 2u); i++) {
            uint32_t cell = ticks->cells[i];
            uint32_t first = judge->holder_step[cell] == tick + 2 ? judge->holder[cell] : NOBODY;
            for (uint32_t place = first; place != NOBODY; place = judge->beside[place]) {
                if (place / 2 != robot && squares_overlap(judge, robot, place / 2)) {
                    violation(judge, "tick %u: robots %u and %u overlap", tick, place / 2, robot);
                }
            }
            judge->beside[2 * robot + i] = first;
            judge->holder[cell] = 2 * robot + i;
            judge->holder_step[cell] = tick + 2;
        }
    }
}

static void judge_tick(struct judge *judge, uint32_t tick)
{
    for (uint32_t robot = 0; robot < judge->problem->robots; robot++) {
        robot_tick(judge, tick, robot);
    }
    tick_conflicts(judge, tick);
}

static void judge_run(struct judge *judge)
{
    uint32_t robots = judge->problem->robots;
    for (uint32_t robot = 0; robot < robots; robot++) {
        judge->holder[judge->cell[robot]] = robot;
        judge->holder_step[judge->cell[robot]] = 1;
    }
    for (uint32_t step = 0; step < judge->verdict->steps; step++) {
        step_schedule(judge, step, false);
        step_schedule(judge, step, true);
        if (judge->problem->action_ticks > 0) {
            judge_tick(judge, step);
            step_errands(judge);
            continue;
        }
        for (uint32_t robot = 0; robot < robots; robot++) {
            robot_move(judge, step, robot);
        }
        step_conflicts(judge, step);
        step_errands(judge);
    }
    json_int_t claimed = json_integer_value(json_object_get(judge->plan, "numTaskFinished"));
    if (claimed != judge->verdict->tasks_done) {
        violation(judge, "the plan claims %lld finished tasks, but finishes %u", (long long)claimed,
                  judge->verdict->tasks_done);
    }
}

static enum plenum_status plan_check_head(struct judge *judge, struct plenum_error *error)
{
    const char *model = json_string_value(json_object_get(judge->plan, "actionModel"));
    const char *wanted = judge->problem->motion == PLENUM_FLEET_TURNING ? "MAPF_T" : "MAPF";
    if (model == NULL || strcmp(model, wanted) != 0) {
        return plenum_fail(error, PLENUM_INPUT, "%s: /actionModel: found %s, expected %s",
                           judge->path, model != NULL ? model : "nothing", wanted);
    }
    const json_t *steps = json_object_get(judge->plan, "makespan");
    if (!json_is_integer(steps) || json_integer_value(steps) < 0 ||
        json_integer_value(steps) > INT32_MAX) {
        return plenum_fail(error, PLENUM_INPUT, "%s: /makespan: expected a count of steps",
                           judge->path);
    }
    judge->verdict->steps = (uint32_t)json_integer_value(steps);
    judge->verdict->robots = judge->problem->robots;
    return PLENUM_OK;
}

enum plenum_status plan_verify(const struct problem *problem, const char *path,
                               struct verdict *verdict, struct plenum_error *error)
{
    json_error_t trouble;
    *verdict = (struct verdict){0};
    struct judge judge = {.problem = problem, .path = path, .verdict = verdict};
    judge.plan = json_load_file(path, JSON_REJECT_DUPLICATES, &trouble);
    if (judge.plan == NULL) {
        return plenum_fail(error, PLENUM_INPUT, "%s:%d:%d: %s", path, trouble.line, trouble.column,
                           trouble.text);
    }
    judge_init(&judge);
    enum plenum_status status = plan_check_head(&judge, error);
    if (status == PLENUM_OK) {
        status = texts_get(&judge, "actualPaths", judge.moves, error);
    }
    if (status == PLENUM_OK) {
        status = texts_get(&judge, "actualSchedule", judge.schedule, error);
    }
    if (status == PLENUM_OK) {
        judge_run(&judge);
    }
    judge_finish(&judge);
    return status;
}
