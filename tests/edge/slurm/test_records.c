/* What Slurm sends: hostlists, gres, nodes, jobs, reservations and the shapes of jobs; and what is
 * wrong is told with its place. */
#include "edge/slurm/hostlist.h"
#include "edge/slurm/records.h"
#include "edge/slurm/shape.h"
#include "edge/slurm/sieve.h"

#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* --- hostlists -------------------------------------------------------------------------------- */

static bool append(void *context, const char *name)
{
    char *text = context;
    size_t length = strlen(text);
    return snprintf(text + length, 256 - length, "%s ", name) < (int)(256 - length);
}

static void test_hostlists(void **state)
{
    static const struct {
        const char *text, *names; /* NULL: no hostlist */
    } rows[] = {
        {"", ""},
        {"n1", "n1 "},
        {"n[1-3]", "n1 n2 n3 "},
        {"n[08-10,2],m", "n08 n09 n10 n2 m "},
        {"r[1-2]n[1-2]", "r1n1 r1n2 r2n1 r2n2 "},
        {"gpu-[1-2]-ib,x", "gpu-1-ib gpu-2-ib x "},
        {"n[1-", NULL},
        {"n[]", NULL},
        {"n[2-1]", NULL},
        {"n[1-2", NULL},
        {"n1,", NULL},
        {",n1", NULL},
        {"n]", NULL},
        {"n[1-2]]", NULL},
        {"n 1", NULL},
        {"n[1-9999999999999999999]", NULL},
        {"n[0-2000000]", NULL},
        {"a-name-of-more-than-sixty-three-bytes-is-not-that-of-a-host-at-all", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char names[256] = "";
        bool good = slurm_hostlist_walk(rows[i].text, append, names);
        if (good != (rows[i].names != NULL) || (good && strcmp(names, rows[i].names) != 0))
            fail_msg("\"%s\" gives %s \"%s\"", rows[i].text, good ? "good" : "bad", names);
    }
}

/* --- accelerators ----------------------------------------------------------------------------- */

static void test_gpus(void **state)
{
    static const struct {
        const char *text, *type;
        int32_t count; /* -1: not understood */
    } rows[] = {
        {NULL, "", 0},
        {"", "", 0},
        {"(null)", "", 0},
        {"N/A", "", 0},
        {"gpu", "", 1},
        {"gpu:4", "", 4},
        {"gres:gpu:h100", "h100", 1},
        {"gres:gpu:h100:4", "h100", 4},
        {"gpu:h100:4(S:0-1)", "h100", 4},
        {"gpu:a:2,gpu:a:3", "a", 5},
        {"gpu:h100:0(IDX:N/A)", "h100", 0},
        {"gpu:a:2,gpu:b:3", "", -1},
        {"gpu:a:2,gpu:3", "", -1},
        {"shard:8", "", -1},
        {"gpu:a:b", "", -1},
        {"gpu:a:1:2", "", -1},
        {"gpu:2000000", "", -1},
        {"gpu:2x", "2x", 1},
        {"gpux:2", "", -1},
        {"gpu:1(S:0", "", 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slurm_gpus gpus;
        bool good = slurm_gpus_read(rows[i].text, &gpus);
        if (good != (rows[i].count >= 0) ||
            (good && (gpus.count != rows[i].count || strcmp(gpus.type, rows[i].type) != 0)))
            fail_msg("\"%s\" gives %s %d \"%s\"", rows[i].text ? rows[i].text : "NULL",
                     good ? "good" : "bad", (int)gpus.count, gpus.type);
    }
}

/* --- lists ------------------------------------------------------------------------------------ */

static struct bytes body_of(const char *text)
{
    struct bytes body;
    bytes_init(&body, 1 << 20);
    bytes_put(&body, text, strlen(text));
    return body;
}

static void test_nodes(void **state)
{
    static const char text[] =
        "{\"errors\": [], \"nodes\": ["
        "{\"name\": \"n2\", \"state\": \"mixed\", \"state_flags\": [\"DRAIN\"], \"cpus\": 8,"
        " \"real_memory\": 32000, \"gres\": \"\"},"
        "{\"name\": \"n1\", \"state\": \"idle\", \"state_flags\": [], \"cpus\": 16,"
        " \"real_memory\": 64000, \"gres\": \"gpu:h100:4\", \"reason\": null, \"more\": {}},"
        "{\"name\": \"n3\", \"state\": \"idle\", \"state_flags\": [\"DRAIN\"], \"cpus\": 8,"
        " \"real_memory\": 1},"
        "{\"name\": \"n4\", \"state\": \"down\", \"state_flags\": [\"RESERVED\"], \"cpus\": 8,"
        " \"real_memory\": 1},"
        "{\"name\": \"n5\", \"state\": \"unknown\", \"cpus\": 8, \"real_memory\": 1},"
        "{\"name\": \"n6\", \"state\": \"idle\", \"state_flags\": [\"MAINTENANCE\", "
        "\"COMPLETING\"],"
        " \"cpus\": 8, \"real_memory\": 1}]}";
    static const enum slurm_health health[] = {SLURM_UP,   SLURM_DRAINING, SLURM_DOWN,
                                               SLURM_DOWN, SLURM_DOWN,     SLURM_DRAINING};
    struct bytes body = body_of(text);
    struct slurm_nodes nodes;
    struct plenum_error error;
    (void)state;
    assert_int_equal(slurm_nodes_read(&nodes, &body, &error), PLENUM_OK);
    assert_int_equal(nodes.count, COUNT(health));
    for (size_t i = 0; i < nodes.count; i++) {
        char name[] = {'n', (char)('1' + i), 0};
        assert_string_equal(nodes.items[i].name, name);
        assert_int_equal(nodes.items[i].health, health[i]);
    }
    assert_int_equal(nodes.items[0].memory_mib, 64000);
    assert_string_equal(nodes.items[0].reason, "");
    slurm_nodes_finish(&nodes);
    bytes_finish(&body);
}

/* As slurmrestd 22.05.8 sends them, less what is not looked at. */
static const char jobs_text[] =
    "{\"jobs\": ["
    "{\"job_id\": 2, \"job_state\": \"COMPLETED\", \"submit_time\": 1795868651, \"priority\": 4,"
    " \"nodes\": \"n[1-2]\", \"time_limit\": null},"
    "{\"job_id\": 1, \"job_state\": \"PENDING\", \"submit_time\": 1795868651, \"priority\": 0,"
    " \"comment\": \"plenum preemptible\", \"user_name\": \"ada\", \"account\": \"\","
    " \"node_count\": 2, \"cpus\": 8, \"tasks\": 2, \"memory_per_node\": 8192,"
    " \"tres_per_node\": \"gres:gpu:acc:2\", \"time_limit\": 10, \"start_time\": 0,"
    " \"tres_req_str\": \"cpu=8,mem=16G,node=2,billing=8\", \"state_reason\": \"JobHeldUser\"},"
    "{\"job_id\": 3, \"job_state\": \"COMPLETING\", \"submit_time\": 1, \"priority\": 0,"
    " \"array_task_string\": \"1-3\"}]}";

static void test_jobs(void **state)
{
    struct bytes body = body_of(jobs_text);
    struct slurm_jobs jobs;
    struct plenum_error error;
    (void)state;
    assert_int_equal(slurm_jobs_read(&jobs, &body, &error), PLENUM_OK);
    assert_int_equal(jobs.count, 3);
    const struct slurm_job *job = &jobs.items[0];
    assert_int_equal(job->id, 1);
    assert_int_equal(job->phase, SLURM_PENDING);
    assert_true(job->held);
    assert_null(job->odd);
    assert_int_equal(job->submit_ms, INT64_C(1795868651000));
    assert_int_equal(job->limit_ms, 600000);
    assert_true(slurm_job_is_given(job) && slurm_job_is_preemptible(job));
    assert_int_equal(jobs.items[1].phase, SLURM_ENDED);
    assert_int_equal(jobs.items[1].limit_ms, 0);
    assert_false(jobs.items[1].held);
    assert_int_equal(jobs.items[2].phase, SLURM_LEAVING);
    assert_string_equal(jobs.items[2].odd, "an array");
    slurm_jobs_finish(&jobs);
    bytes_finish(&body);
}

static void test_wrong_lists(void **state)
{
    static const struct {
        const char *text, *told;
    } rows[] = {
        {"", "no JSON"},
        {"{\"jobs\": [", "no JSON"},
        {"{}", "/jobs: expected a list"},
        {"[]", "/jobs: expected a list"},
        {"{\"jobs\": {}}", "/jobs: expected a list"},
        {"{\"jobs\": [1]}", "/jobs/0: expected an object"},
        {"{\"jobs\": [{}]}", "/jobs/0/job_id: found nothing, expected a whole number"},
        {"{\"jobs\": [{\"job_id\": 1, \"job_state\": 7}]}",
         "/jobs/0/job_state: found 7, expected a text"},
        {"{\"jobs\": [{\"job_id\": -1}]}", "/jobs/0/job_id: found -1, expected a whole number"},
        {"{\"jobs\": [{\"job_id\": 1.5}]}", "/jobs/0/job_id: found 1.5"},
        {"{\"jobs\": [{\"job_id\": 1, \"job_state\": \"PENDING\", \"submit_time\": {}}]}",
         "/jobs/0/submit_time: found {}"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes body = body_of(rows[i].text);
        struct slurm_jobs jobs;
        struct plenum_error error;
        assert_int_equal(slurm_jobs_read(&jobs, &body, &error), PLENUM_MISMATCH);
        if (!strstr(error.text, rows[i].told))
            fail_msg("%s tells \"%s\", not \"%s\"", rows[i].text, error.text, rows[i].told);
        assert_int_equal(jobs.count, 0);
        slurm_jobs_finish(&jobs);
        bytes_finish(&body);
    }
}

/* --- shapes ----------------------------------------------------------------------------------- */

static struct slurm_job plain_job(void)
{
    return (struct slurm_job){.id = 1,
                              .phase = SLURM_PENDING,
                              .state = "PENDING",
                              .user = "ada",
                              .account = "acme",
                              .comment = "plenum",
                              .tres_per_node = "",
                              .tres_per_job = "",
                              .tres_per_task = "",
                              .tres_per_socket = "",
                              .tres = "cpu=1,mem=1G,node=1",
                              .limit_ms = 600000,
                              .node_count = 1,
                              .cpus = 1,
                              .tasks = 1};
}

#define TENANTS "tenants:\n- {name: acme}\n- {name: slurm}\n"
#define STANDING                                                                                   \
    "racks:\n- {name: 'r-{1..2}', model: rk, position: 'p-{1..2}', arrive: start, stands: true}\n"

static void test_shapes(void **state)
{
    struct plenum_site *site =
        site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR TENANTS STANDING);
    struct slurm_shape shape;
    char why[SLURM_WHY_MAX];
    (void)state;
    struct slurm_job job = plain_job();
    job.node_count = 2, job.cpus = 7, job.tres_per_node = "gres:gpu:acc:3";
    job.memory_node_mib = 8192;
    assert_true(slurm_shape_of(site, &job, &shape, why));
    assert_int_equal(shape.tenant, 0);
    assert_int_equal(shape.servers, 2);
    assert_int_equal(shape.cores, 4);
    assert_int_equal(shape.accelerators, 3);
    assert_string_equal(site->chips[shape.chip].name, "acc");
    assert_int_equal(shape.memory_bytes, INT64_C(8) << 30);
    assert_int_equal(shape.length_ms, 600000 + SLURM_START_WAIT_MS + SLURM_KILL_WAIT_MS);

    job = plain_job(); /* accelerators of the whole job, of no type; memory by core */
    job.node_count = 2, job.tres_per_job = "gres:gpu:5", job.cpus = 6, job.memory_cpu_mib = 1024;
    job.account = "nobody", job.user = "nobody", job.limit_ms = 0;
    assert_true(slurm_shape_of(site, &job, &shape, why));
    assert_int_equal(shape.accelerators, 3);
    assert_int_equal(shape.chip, PLENUM_NONE);
    assert_int_equal(shape.memory_bytes, INT64_C(3) << 30);
    assert_string_equal(site->tenants[shape.tenant].name, "slurm");
    assert_int_equal(shape.length_ms, 0);

    job = plain_job(); /* accelerators by task; memory as Slurm reckons it, of all there is */
    job.tasks = 4, job.cpus = 4, job.tres_per_task = "gres:gpu:1", job.tres = "cpu=4,mem=256.50G";
    assert_true(slurm_shape_of(site, &job, &shape, why));
    assert_int_equal(shape.accelerators, 4);
    assert_int_equal(shape.memory_bytes, INT64_C(256) << 30);
    plenum_site_destroy(site);
}

static void test_shapes_that_cannot_be(void **state)
{
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR
                                              "tenants:\n- {name: acme}\n" STANDING);
    struct slurm_job jobs[8];
    static const char *const told[] = {"an array",
                                       "no accelerator of the site is a h200",
                                       "only gpu is understood",
                                       "only gpu is understood",
                                       "has not so many servers",
                                       "has not so many servers",
                                       "has not so many servers",
                                       "no tenant"};
    (void)state;
    for (size_t i = 0; i < COUNT(jobs); i++)
        jobs[i] = plain_job();
    jobs[0].odd = "an array";
    jobs[1].tres_per_node = "gres:gpu:h200:1";
    jobs[2].tres_per_node = "gres:shard:1";
    jobs[3].tres_per_socket = "gres:gpu:1";
    jobs[4].tres_per_node = "gres:gpu:1", jobs[4].node_count = 9, jobs[4].cpus = 9;
    jobs[5].tres_per_node = "gres:gpu:5";
    jobs[6].tres_per_node = "gres:gpu:1000000";
    jobs[7].account = "", jobs[7].user = "ada", jobs[7].tres_per_node = "gres:gpu:1";
    for (size_t i = 0; i < COUNT(jobs); i++) {
        struct slurm_shape shape;
        char why[SLURM_WHY_MAX];
        assert_false(slurm_shape_of(site, &jobs[i], &shape, why));
        if (!strstr(why, told[i]))
            fail_msg("job %zu tells \"%s\", not \"%s\"", i, why, told[i]);
    }
    plenum_site_destroy(site);
}

static void test_who_gives_a_job(void **state)
{
    static const struct {
        const char *comment;
        bool given, preemptible;
    } rows[] = {{"", false, false},
                {"plenum", true, false},
                {"plenum: starts by noon", true, false},
                {"plenum preemptible", true, true},
                {"plenum preemptible: starts now", true, true},
                {"plenumx", false, false},
                {"my plenum", false, false}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slurm_job job = {.comment = rows[i].comment};
        assert_int_equal(slurm_job_is_given(&job), rows[i].given);
        assert_int_equal(slurm_job_is_preemptible(&job), rows[i].preemptible);
    }
}

/* --- what is left out ------------------------------------------------------------------------- */

static void test_sieve(void **state)
{
    static const struct {
        const char *text, *sieved; /* NULL: not understood */
    } rows[] = {
        {"{\"jobs\": []}", "{\"jobs\":[]}"},
        {"{\"jobs\":[{}, {\"a\": 1}]}", "{\"jobs\":[{},{\"a\": 1}]}"},
        {" {\"x\":[{\"a\":[1]}], \"jobs\" : [ { \"b\" : null , \"a\" :2,\"cc\":{\"a\":[]}} ] } \n",
         "{\"jobs\":[{\"a\" :2,\"cc\":{\"a\":[]}}]}"},
        {"{\"jobs\":[{\"b\":\"}],\\\"\",\"a\":\"}]\\\\\",\"c\":3}]}",
         "{\"jobs\":[{\"a\":\"}]\\\\\"}]}"},
        {"{\"jobs\":[{\"b\":-1.5e3,\"a\":true}]}", "{\"jobs\":[{\"a\":true}]}"},
        {"", NULL},
        {"[]", NULL},
        {"{}", NULL},
        {"{\"jobs\":{}}", NULL},
        {"{\"jobs\":[1]}", NULL},
        {"{\"jobs\":[{\"a\":1]}", NULL},
        {"{\"jobs\":[{\"a\"}]}", NULL},
        {"{\"jobs\":[{\"a\":}]}", NULL},
        {"{\"jobs\":[{\"a\":1,}]}", NULL},
        {"{\"jobs\":[{\"b\":[[1]}]}", NULL},
        {"{\"jobs\":[{\"b\":\"]}", NULL},
        {"{\"jobs\":[{\"\\u0061\":1}]}", NULL},
        {"{\"jobs\":[],\"jobs\":[]}", NULL},
        {"{\"jobs\":[]} x", NULL},
        {"{\"jobs\":[]", NULL},
    };
    (void)state;
    struct sieve sieve = {.list = "jobs"};
    sieve_want(&sieve, "a");
    sieve_want(&sieve, "cc");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes text, out;
        bytes_init(&text, 256);
        bytes_init(&out, strlen(rows[i].text) + SIEVE_MORE_MAX);
        bytes_put(&text, rows[i].text, strlen(rows[i].text));
        bool good = sieve_text(&sieve, &text, &out);
        if (good != (rows[i].sieved != NULL) ||
            (good && (out.length != strlen(rows[i].sieved) ||
                      memcmp(out.data, rows[i].sieved, out.length) != 0)))
            fail_msg("%s gives %.*s", rows[i].text, (int)out.length, (const char *)out.data);
        bytes_finish(&text);
        bytes_finish(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sieve),
        cmocka_unit_test(test_hostlists),
        cmocka_unit_test(test_gpus),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_jobs),
        cmocka_unit_test(test_wrong_lists),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_who_gives_a_job),
        cmocka_unit_test(test_shapes_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
