#include "fake_slurm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/random.h"

/* --- nodes in lists --------------------------------------------------------------------------- */

/* Whether a list "n1,n2" has the name. The fake writes no brackets. */
static bool list_has(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; (at = strstr(at, name)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == 0 || at[length] == ','))
            return true;
    return false;
}

struct fake_node *fake_node_at(struct fake_slurm *fake, const char *name)
{
    for (int i = 0; i < fake->node_count; i++)
        if (strcmp(fake->nodes[i].name, name) == 0)
            return &fake->nodes[i];
    return NULL;
}

struct fake_job *fake_job_at(struct fake_slurm *fake, int64_t id)
{
    return id >= 1 && id <= fake->job_count ? &fake->jobs[id - 1] : NULL;
}

struct fake_reservation *fake_reservation_at(struct fake_slurm *fake, const char *name)
{
    for (int i = 0; i < fake->reservation_count; i++)
        if (strcmp(fake->reservations[i].name, name) == 0)
            return &fake->reservations[i];
    return NULL;
}

/* --- what runs -------------------------------------------------------------------------------- */

static void take(struct fake_slurm *fake, const struct fake_job *job, int64_t sign)
{
    for (int i = 0; i < fake->node_count; i++) {
        struct fake_node *node = &fake->nodes[i];
        if (!list_has(job->on, node->name))
            continue;
        node->cpus_used += sign * job->cpus / job->nodes;
        node->gpus_used += sign * job->gpus_node;
        assert_true(node->cpus_used >= 0 && node->cpus_used <= node->cpus);
        assert_true(node->gpus_used >= 0 && node->gpus_used <= node->gpus);
    }
}

static void stop(struct fake_slurm *fake, struct fake_job *job, const char *state)
{
    take(fake, job, -1);
    job->state = state;
    if (strcmp(state, "PENDING") == 0) {
        job->on[0] = 0;
        job->submit_s = fake->now_ms / 1000; /* as Slurm has it */
        job->restarts++;
    }
}

static bool can_run_on(const struct fake_slurm *fake, const struct fake_job *job,
                       const struct fake_node *node)
{
    (void)fake;
    return strcmp(node->state, "idle") == 0 && !node->drains &&
           node->cpus_used + job->cpus / job->nodes <= node->cpus &&
           node->gpus_used + job->gpus_node <= node->gpus;
}

static void begin(struct fake_slurm *fake, struct fake_job *job)
{
    char on[FAKE_TEXT] = "";
    int64_t found = 0;
    for (int i = 0; i < fake->node_count && found < job->nodes; i++) {
        const struct fake_node *node = &fake->nodes[i];
        if ((job->wanted[0] && !list_has(job->wanted, node->name)) || !can_run_on(fake, job, node))
            continue;
        size_t length = strlen(on);
        snprintf(on + length, sizeof on - length, "%s%s", found++ > 0 ? "," : "", node->name);
    }
    if (found < job->nodes)
        return;
    memcpy(job->on, on, sizeof on);
    job->state = "RUNNING";
    job->start_s = fake->now_ms / 1000;
    job->end_s = job->start_s + job->limit_minutes * 60;
    take(fake, job, 1);
}

void fake_tick(struct fake_slurm *fake, int64_t now_ms)
{
    fake->now_ms = now_ms;
    for (int i = 0; i < fake->job_count; i++) {
        struct fake_job *job = &fake->jobs[i];
        if (strcmp(job->state, "RUNNING") != 0)
            continue;
        for (int k = 0; k < fake->node_count; k++)
            if (list_has(job->on, fake->nodes[k].name) &&
                strcmp(fake->nodes[k].state, "down") == 0) {
                stop(fake, job, "PENDING");
                break;
            }
        if (strcmp(job->state, "RUNNING") != 0)
            continue;
        if (now_ms / 1000 >= job->start_s + job->runs_s)
            stop(fake, job, "COMPLETED");
        else if (now_ms / 1000 >= job->end_s)
            stop(fake, job, "TIMEOUT");
    }
    for (int i = 0; i < fake->job_count; i++) {
        struct fake_job *job = &fake->jobs[i];
        if (strcmp(job->state, "PENDING") == 0 && !job->held && !job->stuck &&
            job->begin_s <= now_ms / 1000)
            begin(fake, job);
    }
    for (int i = 0; i < fake->reservation_count; i++)
        if (fake->reservations[i].end_s <= now_ms / 1000)
            fake->reservations[i--] = fake->reservations[--fake->reservation_count];
}

/* --- what is sent ----------------------------------------------------------------------------- */

static json_t *node_json(const struct fake_node *node)
{
    bool busy = node->cpus_used > 0;
    json_t *flags = json_array();
    if (node->drains)
        json_array_append_new(flags, json_string("DRAIN"));
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "name", node->name, "reason", "",
                     "gres", node->gres, "cpus", (json_int_t)node->cpus, "real_memory",
                     (json_int_t)node->memory_mib, "state",
                     strcmp(node->state, "idle") != 0 ? node->state
                     : busy                           ? "mixed"
                                                      : "idle",
                     "state_flags", flags);
}

static json_t *job_json(const struct fake_job *job)
{
    char gres[64] = "";
    if (job->gpus_node > 0)
        snprintf(gres, sizeof gres, "gres:gpu%s%s:%d", job->type[0] ? ":" : "", job->type,
                 (int)job->gpus_node);
    return json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:n}",
        "job_id", (json_int_t)job->id, "job_state", job->state, "state_reason", job->reason,
        "user_name", job->user, "comment", job->comment, "nodes", job->on, "tres_per_node", gres,
        "resv_name", job->reservation, "submit_time", (json_int_t)job->submit_s, "start_time",
        (json_int_t)job->start_s, "end_time", (json_int_t)job->end_s, "time_limit",
        (json_int_t)job->limit_minutes, "node_count", (json_int_t)job->nodes, "cpus",
        (json_int_t)job->cpus, "memory_per_node", (json_int_t)job->memory_node_mib, "priority",
        (json_int_t)!job->held, "shared");
}

static json_t *reservation_json(const struct fake_reservation *reservation)
{
    return json_pack("{s:s, s:s, s:I, s:I}", "name", reservation->name, "node_list",
                     reservation->nodes, "start_time", (json_int_t)reservation->start_s, "end_time",
                     (json_int_t)reservation->end_s);
}

static json_t *list_json(const struct fake_slurm *fake, const char *key)
{
    json_t *list = json_array();
    if (strcmp(key, "nodes") == 0)
        for (int i = 0; i < fake->node_count; i++)
            json_array_append_new(list, node_json(&fake->nodes[i]));
    if (strcmp(key, "jobs") == 0)
        for (int i = 0; i < fake->job_count; i++)
            json_array_append_new(list, job_json(&fake->jobs[i]));
    if (strcmp(key, "reservations") == 0)
        for (int i = 0; i < fake->reservation_count; i++)
            json_array_append_new(list, reservation_json(&fake->reservations[i]));
    return json_pack("{s:[], s:o}", "errors", key, list);
}

static enum plenum_status fake_get(void *context, const char *path, struct bytes *answer,
                                   struct plenum_error *error)
{
    struct fake_slurm *fake = context;
    assert_memory_equal(path, "/slurm/v0.0.38/", 15);
    if (fake->unreachable)
        return plenum_fail(error, PLENUM_IO, "nobody answers");
    json_t *document = list_json(fake, path + 15);
    char *text = json_dumps(document, 0);
    const char *body = fake->body ? fake->body : text;
    bytes_put(answer, body, strlen(body));
    free(text);
    json_decref(document);
    return PLENUM_OK;
}

/* --- what is ordered -------------------------------------------------------------------------- */

/* The value of "Key=value" among the words, or NULL. */
static const char *word(const char *const *argv, const char *key)
{
    size_t length = strlen(key);
    for (; *argv; argv++)
        if (strncmp(*argv, key, length) == 0 && (*argv)[length] == '=')
            return *argv + length + 1;
    return NULL;
}

static void copy(char *to, size_t size, const char *from)
{
    if (from)
        assert_true(snprintf(to, size, "%s", from) < (int)size);
}

static int64_t instant(const struct fake_slurm *fake, const char *text, int64_t otherwise)
{
    if (!text)
        return otherwise;
    if (strcmp(text, "now") == 0)
        return fake->now_ms / 1000;
    assert_memory_equal(text, "uts", 3);
    return strtoll(text + 3, NULL, 10);
}

static bool update_job(struct fake_slurm *fake, const char *const *argv)
{
    struct fake_job *job = fake_job_at(fake, strtoll(word(argv, "JobId"), NULL, 10));
    if (!job || strcmp(job->state, "PENDING") != 0)
        return false;
    job->held = job->held || word(argv, "Priority") != NULL;
    job->begin_s = instant(fake, word(argv, "StartTime"), job->begin_s);
    copy(job->comment, sizeof job->comment, word(argv, "Comment"));
    copy(job->wanted, sizeof job->wanted, word(argv, "ReqNodeList"));
    if (word(argv, "TimeLimit"))
        job->limit_minutes = strtoll(word(argv, "TimeLimit"), NULL, 10);
    return true;
}

static bool change_reservation(struct fake_slurm *fake, const char *const *argv, bool create)
{
    const char *name = word(argv, "ReservationName");
    struct fake_reservation *reservation = fake_reservation_at(fake, name);
    if (create == (reservation != NULL))
        return false;
    if (create) {
        assert_true(fake->reservation_count < FAKE_RESERVATIONS_MAX);
        reservation = &fake->reservations[fake->reservation_count++];
        memset(reservation, 0, sizeof *reservation);
    }
    if (!create && reservation->cores[0] && word(argv, "Nodes"))
        return false; /* Core-based reservation can not be updated */
    copy(reservation->name, sizeof reservation->name, name);
    copy(reservation->nodes, sizeof reservation->nodes, word(argv, "Nodes"));
    copy(reservation->cores, sizeof reservation->cores, word(argv, "CoreCnt"));
    copy(reservation->who, sizeof reservation->who, word(argv, "Users"));
    copy(reservation->who, sizeof reservation->who, word(argv, "Accounts"));
    reservation->start_s = instant(fake, word(argv, "StartTime"), reservation->start_s);
    reservation->end_s = instant(fake, word(argv, "EndTime"), reservation->end_s);
    return true;
}

static bool delete_reservation(struct fake_slurm *fake, const char *const *argv)
{
    struct fake_reservation *reservation = fake_reservation_at(fake, word(argv, "ReservationName"));
    if (!reservation)
        return false;
    *reservation = fake->reservations[--fake->reservation_count];
    return true;
}

static bool move_job(struct fake_slurm *fake, const char *verb, const char *id)
{
    struct fake_job *job = fake_job_at(fake, strtoll(id, NULL, 10));
    if (!job)
        return false;
    bool runs = strcmp(job->state, "RUNNING") == 0;
    if (strcmp(verb, "release") == 0) {
        job->held = false;
        return true;
    }
    if (strcmp(verb, "requeuehold") == 0 && !runs)
        return false;
    job->held = true;
    if (runs)
        stop(fake, job, strcmp(verb, "requeuehold") == 0 ? "PENDING" : "CANCELLED");
    else
        job->state = "CANCELLED";
    return true;
}

static bool obey(struct fake_slurm *fake, const char *const *argv)
{
    bool of_reservation = word(argv, "ReservationName") != NULL;
    if (strcmp(argv[0], "scancel") == 0)
        return argv[2][0] == '-' || move_job(fake, "cancel", argv[2]);
    if (strcmp(argv[1], "update") == 0)
        return of_reservation ? change_reservation(fake, argv, false) : update_job(fake, argv);
    if (strcmp(argv[1], "create") == 0)
        return change_reservation(fake, argv, true);
    if (strcmp(argv[1], "delete") == 0)
        return delete_reservation(fake, argv);
    if (strcmp(argv[1], "show") == 0)
        return true;
    return move_job(fake, argv[1], argv[2]);
}

static const char topology[] = "SwitchName=leaf1 Level=0 LinkSpeed=1 Nodes=n[1-2]\n"
                               "SwitchName=leaf2 Level=0 LinkSpeed=1 Nodes=n[3-4]\n"
                               "SwitchName=spine Level=1 LinkSpeed=1 Nodes=n[1-4] Switches=a\n";

static enum plenum_status fake_run(void *context, const char *const *argv, struct bytes *said,
                                   struct plenum_error *error)
{
    struct fake_slurm *fake = context;
    size_t length = 0;
    for (int i = 0; argv[i]; i++)
        length += (size_t)snprintf(fake->last + length, sizeof fake->last - length, "%s%s",
                                   i > 0 ? " " : "", argv[i]);
    fake->orders++;
    uint64_t bits = random_at(fake->random, 1, 1, (uint64_t)fake->orders);
    if (random_below_from(bits, 1000000) < fake->refuse_ppm || !obey(fake, argv)) {
        fake->refused++;
        return plenum_fail(error, PLENUM_REFUSED, "no: %s", fake->last);
    }
    if (said)
        bytes_put(said, topology, sizeof topology - 1);
    return PLENUM_OK;
}

static int64_t fake_now(void *context)
{
    return ((struct fake_slurm *)context)->now_ms;
}

static bool fake_is_user(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "ada") == 0;
}

/* --- begin ------------------------------------------------------------------------------------ */

void fake_init(struct fake_slurm *fake, int64_t now_ms)
{
    memset(fake, 0, sizeof *fake);
    fake->now_ms = now_ms;
    fake->cluster = (struct slurm_cluster){fake_get, fake_run, fake_now, fake_is_user, fake};
}

void fake_add_node(struct fake_slurm *fake, const char *name, int64_t cpus, const char *type,
                   int64_t gpus)
{
    assert_true(fake->node_count < FAKE_NODES_MAX);
    struct fake_node *node = &fake->nodes[fake->node_count++];
    *node = (struct fake_node){.state = "idle", .cpus = cpus, .memory_mib = 64000, .gpus = gpus};
    copy(node->name, sizeof node->name, name);
    if (gpus > 0)
        snprintf(node->gres, sizeof node->gres, "gpu:%s:%d", type, (int)gpus);
}

struct fake_job *fake_submit(struct fake_slurm *fake, int64_t nodes, int64_t cpus_node,
                             const char *type, int64_t gpus_node, int64_t limit_minutes,
                             int64_t runs_s)
{
    assert_true(fake->job_count < FAKE_JOBS_MAX);
    struct fake_job *job = &fake->jobs[fake->job_count++];
    *job = (struct fake_job){.id = fake->job_count,
                             .submit_s = fake->now_ms / 1000,
                             .runs_s = runs_s,
                             .limit_minutes = limit_minutes,
                             .nodes = nodes,
                             .cpus = cpus_node * nodes,
                             .memory_node_mib = 1024,
                             .gpus_node = gpus_node,
                             .user = "ada",
                             .comment = "plenum",
                             .state = "PENDING",
                             .reason = "JobHeldUser",
                             .held = true};
    copy(job->type, sizeof job->type, type);
    return job;
}
