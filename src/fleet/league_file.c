/* League of Robot Runners problems. See problem.h. */
#include "fleet/problem.h"

#include "base/memory.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const league_keys[] = {"mapFile",     "agentFile",      "taskFile",
                                          "teamSize",    "numTasksReveal", "taskAssignmentStrategy",
                                          "version",     "agentSize",      "agentCounter",
                                          "delayConfig", "turnSteps"};

static enum plenum_status key_fail(struct plenum_error *error, const char *path, const char *key,
                                   const char *found, const char *expected)
{
    return plenum_fail(error, PLENUM_INPUT, "%s: /%s: found %s, expected %s", path, key, found,
                       expected);
}

static const char *json_kind(const json_t *value)
{
    static const char *const kinds[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",     [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a real number", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null"};
    return value == NULL ? "nothing" : kinds[json_typeof(value)];
}

static enum plenum_status text_get(const json_t *root, const char *path, const char *key,
                                   const char **text, struct plenum_error *error)
{
    const json_t *value = json_object_get(root, key);
    if (!json_is_string(value)) {
        return key_fail(error, path, key, json_kind(value), "a string");
    }
    *text = json_string_value(value);
    return PLENUM_OK;
}

static enum plenum_status team_get(const json_t *root, const char *path, struct problem *problem,
                                   struct plenum_error *error)
{
    const json_t *value = json_object_get(root, "teamSize");
    if (!json_is_integer(value)) {
        return key_fail(error, path, "teamSize", json_kind(value), "an integer");
    }
    json_int_t size = json_integer_value(value);
    if (size < 1 || size > PLENUM_FLEET_MAX_ROBOTS) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s: /teamSize: found %lld, expected 1 to %d robots", path,
                           (long long)size, PLENUM_FLEET_MAX_ROBOTS);
    }
    problem->robots = (uint32_t)size;
    return PLENUM_OK;
}

/* Ours beside the League's: steps that a turn takes, where actions are not counted in ticks. */
static enum plenum_status turn_get(const json_t *root, const char *path, struct problem *problem,
                                   struct plenum_error *error)
{
    const json_t *value = json_object_get(root, "turnSteps");
    json_int_t most = problem->action_ticks > 0 ? 1 : PLENUM_FLEET_MAX_TURN_STEPS;
    if (value == NULL) {
        return PLENUM_OK;
    }
    if (!json_is_integer(value)) {
        return key_fail(error, path, "turnSteps", json_kind(value), "an integer");
    }
    json_int_t steps = json_integer_value(value);
    if (steps < 1 || steps > most) {
        return plenum_fail(error, PLENUM_INPUT, "%s: /turnSteps: found %lld, expected 1 to %lld",
                           path, (long long)steps, (long long)most);
    }
    problem->turn_steps = (uint32_t)steps;
    return PLENUM_OK;
}

static enum plenum_status reveal_get(const json_t *root, const char *path, struct problem *problem,
                                     struct plenum_error *error)
{
    const json_t *value = json_object_get(root, "numTasksReveal");
    problem->reveal_milli = 1000;
    if (value == NULL) {
        return PLENUM_OK;
    }
    double number = json_is_number(value) ? json_number_value(value) : 0;
    if (!(number >= 1 && number <= 1000)) {
        return key_fail(error, path, "numTasksReveal",
                        json_is_number(value) ? "a number out of range" : json_kind(value),
                        "a number from 1 to 1000");
    }
    problem->reveal_milli = (uint32_t)(number * 1000 + 0.5);
    return PLENUM_OK;
}

/* Which year's rules, and how the tasks are given out. */
static enum plenum_status rules_get(const json_t *root, const char *path, struct problem *problem,
                                    struct plenum_error *error)
{
    const char *text = "";
    if (json_object_get(root, "version") != NULL) {
        enum plenum_status status = text_get(root, path, "version", &text, error);
        if (status != PLENUM_OK) {
            return status;
        }
        uint32_t year = 0;
        for (const char *at = text; *at >= '0' && *at <= '9' && year < 10000; at++) {
            year = 10 * year + (uint32_t)(*at - '0');
        }
        if (year < 2023 || year > 2026) {
            return key_fail(error, path, "version", text, "\"2023 LoRR\" to \"2026 LoRR\"");
        }
        problem->year = year;
    } else {
        problem->year = 2023;
    }
    problem->deal = PROBLEM_CHOICE;
    if (problem->year > 2023) {
        return PLENUM_OK;
    }
    if (text_get(root, path, "taskAssignmentStrategy", &text, error) != PLENUM_OK) {
        return PLENUM_INPUT;
    }
    if (strcmp(text, "roundrobin") != 0 && strcmp(text, "roundrobin_fixed") != 0 &&
        strcmp(text, "greedy") != 0) {
        return key_fail(error, path, "taskAssignmentStrategy", text,
                        "roundrobin, roundrobin_fixed or greedy");
    }
    problem->deal = strcmp(text, "greedy") == 0 ? PROBLEM_QUEUE : PROBLEM_ROUND_ROBIN;
    return PLENUM_OK;
}

/* A number at a key of an object, times `unit`; unchanged when there is none. */
static enum plenum_status number_get(const json_t *object, const char *path, const char *key,
                                     double unit, double most, uint32_t *number,
                                     struct plenum_error *error)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL) {
        return PLENUM_OK;
    }
    double found = json_is_number(value) ? json_number_value(value) : -1;
    if (!(found >= 0 && found <= most)) {
        return key_fail(error, path, key,
                        json_is_number(value) ? "a number out of range" : json_kind(value),
                        "a number from 0 up, not so large");
    }
    *number = (uint32_t)(found * unit + 0.5);
    return PLENUM_OK;
}

static enum plenum_status name_get(const json_t *object, const char *path, const char *key,
                                   const char *first, const char *second, bool *is_second,
                                   struct plenum_error *error)
{
    const char *text = first;
    if (json_object_get(object, key) != NULL &&
        text_get(object, path, key, &text, error) != PLENUM_OK) {
        return PLENUM_INPUT;
    }
    if (strcmp(text, first) != 0 && strcmp(text, second) != 0) {
        return plenum_fail(error, PLENUM_INPUT, "%s: /delayConfig/%s: found %s, expected %s or %s",
                           path, key, text, first, second);
    }
    *is_second = strcmp(text, second) == 0;
    return PLENUM_OK;
}

static enum plenum_status delay_get(const json_t *root, const char *path,
                                    struct problem_delay *delay, struct plenum_error *error)
{
    const json_t *object = json_object_get(root, "delayConfig");
    uint32_t seed = 0;
    bool poisson = false; /* many rare events: the same as a chance for each robot */
    *delay =
        (struct problem_delay){.least = 1, .most = 1, .mean_milli = 500, .deviation_milli = 220};
    if (object == NULL) {
        return PLENUM_OK;
    }
    if (!json_is_object(object)) {
        return key_fail(error, path, "delayConfig", json_kind(object), "an object");
    }
    const double most = 1e6;
    if (number_get(object, path, "seed", 1, 4e9, &seed, error) != PLENUM_OK ||
        number_get(object, path, "minDelay", 1, most, &delay->least, error) != PLENUM_OK ||
        number_get(object, path, "maxDelay", 1, most, &delay->most, error) != PLENUM_OK ||
        number_get(object, path, "pDelay", 1e6, 1, &delay->ppm, error) != PLENUM_OK ||
        number_get(object, path, "gaussMeanRatio", 1e3, 1, &delay->mean_milli, error) !=
            PLENUM_OK ||
        number_get(object, path, "gaussStdRatio", 1e3, 1e3, &delay->deviation_milli, error) !=
            PLENUM_OK ||
        name_get(object, path, "eventModel", "bernoulli", "poisson", &poisson, error) !=
            PLENUM_OK ||
        name_get(object, path, "durationModel", "uniform", "gaussian", &delay->gaussian, error) !=
            PLENUM_OK) {
        return PLENUM_INPUT;
    }
    delay->seed = seed;
    if (delay->least == 0 || delay->most < delay->least) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s: /delayConfig: found delays of %u to %u ticks, expected at least 1, "
                           "and the greatest not below the least",
                           path, delay->least, delay->most);
    }
    return PLENUM_OK;
}

static enum plenum_status ticks_get(const json_t *root, const char *path, struct problem *problem,
                                    struct plenum_error *error)
{
    problem->action_ticks = problem->year == 2026 ? 10 : 0;
    if (problem->year != 2026) {
        return PLENUM_OK;
    }
    enum plenum_status status =
        number_get(root, path, "agentCounter", 1, 1000, &problem->action_ticks, error);
    if (status == PLENUM_OK && problem->action_ticks == 0) {
        return key_fail(error, path, "agentCounter", "0", "at least one tick");
    }
    return status == PLENUM_OK ? delay_get(root, path, &problem->delay, error) : status;
}

static enum plenum_status keys_check(json_t *root, const char *path, struct plenum_error *error)
{
    const size_t count = sizeof league_keys / sizeof *league_keys;
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
    {
        size_t i = 0;
        while (i < count && strcmp(key, league_keys[i]) != 0) {
            i++;
        }
        if (i == count) {
            const char *near = text_nearest(key, league_keys, count);
            return plenum_fail(error, PLENUM_INPUT, "%s: /%s: unknown field%s%s%s", path, key,
                               near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                               near != NULL ? "?" : "");
        }
    }
    return PLENUM_OK;
}

typedef enum plenum_status (*part_reader)(struct problem *, const char *, struct plenum_error *);

static enum plenum_status part_read(const json_t *root, const char *path, const char *key,
                                    struct problem *problem, part_reader reader,
                                    struct plenum_error *error)
{
    const char *name = NULL;
    enum plenum_status status = text_get(root, path, key, &name, error);
    if (status != PLENUM_OK) {
        return status;
    }
    char *beside = problem_path_beside(path, name);
    status = reader(problem, beside, error);
    free(beside);
    return status;
}

static enum plenum_status root_read(json_t *root, const char *path, struct problem *problem,
                                    struct plenum_error *error)
{
    if (!json_is_object(root)) {
        return plenum_fail(error, PLENUM_INPUT, "%s: found %s, expected an object", path,
                           json_kind(root));
    }
    enum plenum_status status = keys_check(root, path, error);
    if (status == PLENUM_OK) {
        status = rules_get(root, path, problem, error);
    }
    if (status == PLENUM_OK) {
        status = ticks_get(root, path, problem, error);
    }
    if (status == PLENUM_OK) {
        status = turn_get(root, path, problem, error);
    }
    if (status == PLENUM_OK) {
        status = team_get(root, path, problem, error);
    }
    if (status == PLENUM_OK) {
        status = reveal_get(root, path, problem, error);
    }
    if (status == PLENUM_OK) {
        status = part_read(root, path, "mapFile", problem, problem_read_map, error);
    }
    if (status == PLENUM_OK) {
        status = part_read(root, path, "agentFile", problem, problem_read_agents, error);
    }
    if (status == PLENUM_OK) {
        status = part_read(root, path, "taskFile", problem, problem_read_tasks, error);
    }
    return status;
}

enum plenum_status problem_read_league(struct problem *problem, const char *path,
                                       struct plenum_error *error)
{
    json_error_t trouble;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &trouble);
    if (root == NULL) {
        return plenum_fail(error, PLENUM_INPUT, "%s:%d:%d: %s", path, trouble.line, trouble.column,
                           trouble.text);
    }
    problem->motion = PLENUM_FLEET_TURNING;
    enum plenum_status status = root_read(root, path, problem, error);
    json_decref(root);
    return status;
}
