/* Problem files: what is read, and what is said about files that are wrong. */
#include "fleet/problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/plenum-fleet-XXXXXX";

static void file_write(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

struct files {
    const char *problem, *map, *agents, *tasks;
    const char *error; /* after the folder's name; NULL: it is read */
};

#define JSON                                                                                       \
    "{\"mapFile\": \"m\", \"agentFile\": \"a\", \"taskFile\": \"t\", \"teamSize\": 2,"             \
    " \"numTasksReveal\": 1.5, \"version\": \"2024 LoRR\"}"
#define MAP    "type octile\nheight 2\nwidth 3\nmap\n..@\n.ES\n"
#define AGENTS "# two\n2\n0\n4\n"
#define TASKS  "2\n1,5\n3\n"

static const struct files cases[] = {
    {JSON, MAP, AGENTS, TASKS, NULL},
    {"{", MAP, AGENTS, TASKS, "p.json:1:1: string or '}' expected near end of file"},
    {"[]", MAP, AGENTS, TASKS, "p.json: found an array, expected an object"},
    {"{\"mapFil\": 1}", MAP, AGENTS, TASKS,
     "p.json: /mapFil: unknown field; did you mean mapFile?"},
    {"{\"version\": \"1999\"}", MAP, AGENTS, TASKS,
     "p.json: /version: found 1999, expected \"2023 LoRR\" to \"2026 LoRR\""},
    {"{\"version\": \"2024 LoRR\", \"turnSteps\": 8}", MAP, AGENTS, TASKS,
     "p.json: /turnSteps: found 8, expected 1 to 7"},
    {"{\"version\": \"2024 LoRR\", \"teamSize\": 0}", MAP, AGENTS, TASKS,
     "p.json: /teamSize: found 0, expected 1 to 4194304 robots"},
    {"{\"version\": \"2024 LoRR\", \"teamSize\": \"2\"}", MAP, AGENTS, TASKS,
     "p.json: /teamSize: found a string, expected an integer"},
    {"{\"taskAssignmentStrategy\": \"best\"}", MAP, AGENTS, TASKS,
     "p.json: /taskAssignmentStrategy: found best, expected roundrobin, roundrobin_fixed or "
     "greedy"},
    {JSON, "type grid\n", AGENTS, TASKS, "m:1: found \"type grid\", expected \"type octile\""},
    {JSON, "type octile\nheight x\n", AGENTS, TASKS, "m:2: found \"x\", expected a count from 1"},
    {JSON, "type octile\nheight 2\nwidth 3\nmap\n...\n", AGENTS, TASKS,
     "m:5: found 1 rows, expected 2"},
    {JSON, "type octile\nheight 2\nwidth 3\nmap\n....\n...\n", AGENTS, TASKS,
     "m:5: found a row of 4 cells, expected 3"},
    {JSON, "type octile\nheight 2\nwidth 3\nmap\n.x.\n...\n", AGENTS, TASKS,
     "m:5:2: found 'x', expected one of . G S E @ O T W"},
    {JSON, "type octile\nheight 99999\nwidth 99999\nmap\n", AGENTS, TASKS,
     "m:3: found 99999 x 99999 cells, expected at most 134217728"},
    {JSON, MAP "...\n", AGENTS, TASKS,
     "m:7: found \"...\", expected the end of the file after the last row"},
    {JSON, MAP, "", TASKS, "a:0: found the end of the file, expected a count"},
    {JSON, MAP, "1\n0\n", TASKS, "a:1: found 1 robots, expected at least 2"},
    {JSON, MAP, "2\n0\n2\n", TASKS,
     "a:3: found cell 2 (row 0, column 2), which is a wall, expected a free cell"},
    {JSON, MAP, "2\n0\n6\n", TASKS, "a:3: found cell 6, expected less than 3 x 2"},
    {JSON, MAP, "2\n4\n4\n", TASKS,
     "a:3: found cell 4, where the robot of line 2 stands, expected a cell of its own"},
    {JSON, MAP, AGENTS, "1\n1,\n", "t:2: found \"1,\", expected cells with commas between them"},
    {JSON, MAP, AGENTS, "2\n1\n",
     "t:2: found the end of the file, expected cells with commas between them"},
};

static void test_every_wrong_file_is_told(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/p.json", folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        file_write("p.json", cases[i].problem);
        file_write("m", cases[i].map);
        file_write("a", cases[i].agents);
        file_write("t", cases[i].tasks);
        struct problem problem;
        struct plenum_error error = {0};
        enum plenum_status status = problem_read(&problem, path, 0, &error);
        if (cases[i].error == NULL) {
            assert_int_equal(status, PLENUM_OK);
        } else {
            assert_int_not_equal(status, PLENUM_OK);
            assert_int_equal(plenum_status_exit_code(status), 2);
            assert_string_equal(error.text + strlen(folder) + 1, cases[i].error);
        }
        problem_finish(&problem);
    }
}

static void test_a_league_problem_is_read(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/p.json", folder);
    file_write("p.json", JSON);
    file_write("m", "type octile\nheight 2\nwidth 3\nmap\n.@.\r\n.@S\n");
    file_write("a", "2\n0\n3\n");
    file_write("t", "# tasks\n3\n3,0\n2\n0,5\n");
    struct problem problem;
    struct plenum_error error;
    assert_int_equal(problem_read(&problem, path, 0, &error), PLENUM_OK);
    assert_int_equal(problem.robots, 2);
    assert_int_equal(problem.tasks, 3);
    assert_int_equal(problem.reveal_milli, 1500);
    assert_int_equal(problem.task_errands[3], 5);
    assert_int_equal(problem.errands[1], 0);
    assert_int_equal(problem.refused, 2);
    assert_false(problem.task_refused[0]);
    assert_true(problem.task_refused[1] && problem.task_refused[2]);
    problem_finish(&problem);
}

static void test_a_scenario_is_read(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/s.scen", folder);
    file_write("m", MAP);
    file_write("s.scen", "version 1\n0\tm\t3\t2\t0\t0\t2\t1\t3.0\n0\tm\t3\t2\t1\t0\t0\t1\t2.0\n");
    struct problem problem;
    struct plenum_error error;
    assert_int_equal(problem_read(&problem, path, 2, &error), PLENUM_OK);
    assert_int_equal(problem.robots, 2);
    assert_int_equal(problem.start[1], 1);
    assert_int_equal(problem.errands[0], 5);
    problem_finish(&problem);
    assert_int_equal(problem_read(&problem, path, 3, &error), PLENUM_INPUT);
    assert_string_equal(error.text + strlen(folder) + 1, "s.scen:3: found 2 robots, expected 3");
    file_write("s.scen", "version 1\n0\tm\t3\t2\t2\t0\t2\t1\t3.0\n");
    assert_int_equal(problem_read(&problem, path, 0, &error), PLENUM_INPUT);
    assert_string_equal(error.text + strlen(folder) + 1,
                        "s.scen:2: found column 2, row 0, which is a wall, expected a free cell");
}

static int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int folder_drop(void **state)
{
    (void)state;
    static const char *const names[] = {"p.json", "m", "a", "t", "s.scen"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_wrong_file_is_told),
        cmocka_unit_test(test_a_league_problem_is_read),
        cmocka_unit_test(test_a_scenario_is_read),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_drop);
}
