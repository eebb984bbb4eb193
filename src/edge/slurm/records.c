/* Each kind of record is a table: member, what it is, where it goes. */
#include "edge/slurm/records.h"

#include "edge/slurm/sieve.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum member_type {
    MEMBER_TEXT,    /* const char *; "" where missing or null */
    MEMBER_COUNT,   /* int64_t from 0 on; 0 where missing or null */
    MEMBER_SECONDS, /* the same, kept as milliseconds */
    MEMBER_MINUTES
};

struct member {
    const char *key;
    enum member_type type;
    bool required;
    size_t offset;
};

/* A kind of list: the key it stands under, its members, and what is made of them. */
struct kind {
    const char *key;
    const struct member *members;
    size_t count, size;
    void (*complete)(const json_t *object, void *item);
    const char *const *also; /* members that complete reads, up to NULL */
    int (*order)(const void *left, const void *right);
};

struct list { /* as every list of records lies in memory */
    json_t *document;
    void *items;
    size_t count;
};

/* --- members ---------------------------------------------------------------------------------- */

/* Slurm's greatest times and limits stand for "none"; nothing real is over this. */
static const int64_t COUNT_MAX = INT64_C(1) << 40;

static enum plenum_status fail_member(const struct kind *kind, size_t index,
                                      const struct member *member, const json_t *found,
                                      struct plenum_error *error)
{
    char *text = found ? json_dumps(found, JSON_ENCODE_ANY) : NULL;
    plenum_fail(error, PLENUM_MISMATCH, "/%s/%zu/%s: found %.100s, expected %s", kind->key, index,
                member->key, text ? text : "nothing",
                member->type == MEMBER_TEXT ? "a text" : "a whole number from 0 on");
    free(text);
    return PLENUM_MISMATCH;
}

static int64_t scale_of(enum member_type type)
{
    return type == MEMBER_SECONDS ? 1000 : type == MEMBER_MINUTES ? 60000 : 1;
}

/* False where the value is not of the member's type. */
static bool read_member(const struct member *member, const json_t *value, char *item)
{
    bool nothing = !value || json_is_null(value);
    if (nothing && member->required)
        return false;
    if (member->type == MEMBER_TEXT) {
        const char *text = nothing ? "" : json_string_value(value);
        memcpy(item + member->offset, &text, sizeof text);
        return text != NULL;
    }
    int64_t number = nothing ? 0 : json_integer_value(value);
    if ((!nothing && !json_is_integer(value)) || number < 0)
        return false;
    number = (number < COUNT_MAX ? number : COUNT_MAX) * scale_of(member->type);
    memcpy(item + member->offset, &number, sizeof number);
    return true;
}

static enum plenum_status read_item(const struct kind *kind, size_t index, const json_t *object,
                                    char *item, struct plenum_error *error)
{
    if (!json_is_object(object))
        return plenum_fail(error, PLENUM_MISMATCH, "/%s/%zu: expected an object", kind->key, index);
    for (size_t i = 0; i < kind->count; i++) {
        const json_t *value = json_object_get(object, kind->members[i].key);
        if (!read_member(&kind->members[i], value, item))
            return fail_member(kind, index, &kind->members[i], value, error);
    }
    if (kind->complete)
        kind->complete(object, item);
    return PLENUM_OK;
}

static enum plenum_status read_items(const struct kind *kind, struct list *list,
                                     struct plenum_error *error)
{
    const json_t *array = json_object_get(list->document, kind->key);
    if (!json_is_array(array) || json_array_size(array) > SLURM_RECORDS_MAX)
        return plenum_fail(error, PLENUM_MISMATCH, "/%s: expected a list of at most %d", kind->key,
                           SLURM_RECORDS_MAX);
    list->count = json_array_size(array);
    list->items = memory_new(list->count, kind->size);
    enum plenum_status status = PLENUM_OK;
    for (size_t i = 0; i < list->count && status == PLENUM_OK; i++)
        status = read_item(kind, i, json_array_get(array, i), (char *)list->items + i * kind->size,
                           error);
    if (status == PLENUM_OK && list->count > 1)
        qsort(list->items, list->count, kind->size, kind->order);
    return status;
}

static void finish_list(struct list *list)
{
    free(list->items);
    json_decref(list->document);
    *list = (struct list){0};
}

/* The document with what is read of it alone; NULL where that cannot be told so simply. */
static json_t *load_sieved(const struct kind *kind, const struct bytes *body)
{
    struct sieve sieve = {.list = kind->key};
    struct bytes text;
    json_error_t wrong;
    for (size_t i = 0; i < kind->count; i++)
        sieve_want(&sieve, kind->members[i].key);
    for (size_t i = 0; kind->also[i]; i++)
        sieve_want(&sieve, kind->also[i]);
    bytes_init(&text, body->length + SIEVE_MORE_MAX);
    json_t *document = sieve_text(&sieve, body, &text)
                           ? json_loadb((const char *)text.data, text.length, 0, &wrong)
                           : NULL;
    bytes_finish(&text);
    return document;
}

static enum plenum_status read_list(const struct kind *kind, struct list *list,
                                    const struct bytes *body, struct plenum_error *error)
{
    json_error_t wrong;
    enum plenum_status status;
    *list = (struct list){.document = load_sieved(kind, body)};
    if (!list->document)
        list->document = json_loadb((const char *)body->data, body->length, 0, &wrong);
    if (list->document)
        status = read_items(kind, list, error);
    else
        status = plenum_fail(error, PLENUM_MISMATCH, "no JSON: at byte %d, %s", wrong.position,
                             wrong.text);
    if (status != PLENUM_OK)
        finish_list(list);
    return status;
}

/* --- accelerators ----------------------------------------------------------------------------- */

/* The words between colons; how many, or 0 where one is too long or there are more than three. */
static size_t split_part(const char *part, size_t length, char words[3][SLURM_GRES_TYPE_MAX])
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i <= length; i++) {
        if (count == 3 || at == SLURM_GRES_TYPE_MAX)
            return 0;
        words[count][at] = i < length && part[i] != ':' ? part[i] : 0;
        at++;
        if (i == length || part[i] == ':') {
            count++;
            at = 0;
        }
    }
    return count;
}

/* "gpu", "gpu:4", "gpu:h100" or "gpu:h100:4". */
static bool read_part(const char *part, size_t length, struct slurm_gpus *gpus)
{
    enum { GPUS_MAX = 1000000 };
    char words[3][SLURM_GRES_TYPE_MAX];
    size_t count = split_part(part, length, words);
    int64_t number = 1;
    if (count == 0 || strcmp(words[0], "gpu") != 0)
        return false;
    bool counted = count > 1 && text_to_i64(words[count - 1], &number);
    if ((count == 3 && !counted) || number < 0 || number > GPUS_MAX - gpus->count)
        return false;
    const char *type = count - counted == 2 ? words[1] : "";
    if (gpus->count > 0 && strcmp(gpus->type, type) != 0)
        return false;
    memcpy(gpus->type, type, strlen(type) + 1);
    gpus->count += (int32_t)number;
    return true;
}

bool slurm_gpus_read(const char *text, struct slurm_gpus *gpus)
{
    static const char *const none[] = {"", "(null)", "N/A"};
    *gpus = (struct slurm_gpus){0};
    for (size_t i = 0; !text || i < sizeof none / sizeof *none; i++)
        if (!text || strcmp(text, none[i]) == 0)
            return true;
    while (*text) {
        text += strncmp(text, "gres:", 5) == 0 ? 5 : 0;
        size_t length = strcspn(text, ",(");
        if (!read_part(text, length, gpus))
            return false;
        text += length;
        if (*text == '(') /* sockets, indices */
            text += strcspn(text, ")") + (strchr(text, ')') ? 1 : 0);
        if (*text == ',')
            text++;
        else if (*text)
            return false;
    }
    return true;
}

/* --- nodes ------------------------------------------------------------------------------------ */

#define MUST(T, k, m, t)                                                                           \
    {                                                                                              \
        .key = k, .type = MEMBER_##t, .required = true, .offset = offsetof(struct T, m)            \
    }
#define MAY(T, k, m, t)                                                                            \
    {                                                                                              \
        .key = k, .type = MEMBER_##t, .offset = offsetof(struct T, m)                              \
    }

static const struct member node_members[] = {
    MUST(slurm_node, "name", name, TEXT),
    MAY(slurm_node, "reason", reason, TEXT),
    MAY(slurm_node, "gres", gres, TEXT),
    MUST(slurm_node, "cpus", cpus, COUNT),
    MUST(slurm_node, "real_memory", memory_mib, COUNT),
};

static bool has_flag(const json_t *object, const char *flag)
{
    size_t index;
    const json_t *item;
    json_array_foreach(json_object_get(object, "state_flags"), index, item)
    {
        const char *text = json_string_value(item);
        if (text && strcmp(text, flag) == 0)
            return true;
    }
    return false;
}

static const char *const node_also[] = {"state", "state_flags", NULL};

static void complete_node(const json_t *object, void *item)
{
    static const char *const working[] = {"idle", "mixed", "allocated"};
    struct slurm_node *node = item;
    const char *state = json_string_value(json_object_get(object, "state"));
    bool works = false;
    for (size_t i = 0; state && i < sizeof working / sizeof *working; i++)
        works = works || strcmp(state, working[i]) == 0;
    bool drains =
        has_flag(object, "DRAIN") || has_flag(object, "FAIL") || has_flag(object, "MAINTENANCE");
    bool busy = state && strcmp(state, "idle") != 0;
    if (!works)
        node->health = SLURM_DOWN;
    else if (drains)
        node->health = busy || has_flag(object, "COMPLETING") ? SLURM_DRAINING : SLURM_DOWN;
}

static int order_nodes(const void *left, const void *right)
{
    return strcmp(((const struct slurm_node *)left)->name,
                  ((const struct slurm_node *)right)->name);
}

/* --- jobs ------------------------------------------------------------------------------------- */

static const struct member job_members[] = {
    MUST(slurm_job, "job_id", id, COUNT),
    MUST(slurm_job, "job_state", state, TEXT),
    MAY(slurm_job, "state_reason", reason, TEXT),
    MAY(slurm_job, "name", name, TEXT),
    MAY(slurm_job, "user_name", user, TEXT),
    MAY(slurm_job, "account", account, TEXT),
    MAY(slurm_job, "comment", comment, TEXT),
    MAY(slurm_job, "resv_name", reservation, TEXT),
    MAY(slurm_job, "nodes", nodes, TEXT),
    MAY(slurm_job, "tres_per_node", tres_per_node, TEXT),
    MAY(slurm_job, "tres_per_job", tres_per_job, TEXT),
    MAY(slurm_job, "tres_per_task", tres_per_task, TEXT),
    MAY(slurm_job, "tres_per_socket", tres_per_socket, TEXT),
    MAY(slurm_job, "tres_req_str", tres, TEXT),
    MUST(slurm_job, "submit_time", submit_ms, SECONDS),
    MAY(slurm_job, "start_time", start_ms, SECONDS),
    MAY(slurm_job, "end_time", end_ms, SECONDS),
    MAY(slurm_job, "time_limit", limit_ms, MINUTES),
    MAY(slurm_job, "node_count", node_count, COUNT),
    MAY(slurm_job, "cpus", cpus, COUNT),
    MAY(slurm_job, "tasks", tasks, COUNT),
    MAY(slurm_job, "memory_per_node", memory_node_mib, COUNT),
    MAY(slurm_job, "memory_per_cpu", memory_cpu_mib, COUNT),
};

static enum slurm_phase phase_of(const char *state)
{
    static const struct {
        const char *state;
        enum slurm_phase phase;
    } rows[] = {
        {"PENDING", SLURM_PENDING},     {"RUNNING", SLURM_RUNNING},
        {"CONFIGURING", SLURM_RUNNING}, {"SUSPENDED", SLURM_RUNNING},
        {"STOPPED", SLURM_RUNNING},     {"SIGNALING", SLURM_RUNNING},
        {"COMPLETED", SLURM_ENDED},     {"CANCELLED", SLURM_ENDED},
        {"FAILED", SLURM_ENDED},        {"TIMEOUT", SLURM_ENDED},
        {"NODE_FAIL", SLURM_ENDED},     {"PREEMPTED", SLURM_ENDED},
        {"BOOT_FAIL", SLURM_ENDED},     {"OUT_OF_MEMORY", SLURM_ENDED},
        {"DEADLINE", SLURM_ENDED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(state, rows[i].state) == 0)
            return rows[i].phase;
    return SLURM_LEAVING;
}

/* What no amount of anything says. */
static const struct {
    const char *key, *word;
} odd_rows[] = {{"array_task_string", "an array"},
                {"features", "a constraint"},
                {"excluded_nodes", "excluded nodes"},
                {"dependency", "a dependency"},
                {"licenses", "licenses"},
                {"shared", "exclusive nodes"},
                {"burst_buffer", "a burst buffer"}};

static const char *odd_of(const json_t *object)
{
    for (size_t i = 0; i < sizeof odd_rows / sizeof *odd_rows; i++) {
        const char *key = odd_rows[i].key, *text = json_string_value(json_object_get(object, key));
        if (text && text[0] && (strcmp(key, "shared") != 0 || strcmp(text, "none") == 0))
            return odd_rows[i].word;
    }
    return NULL;
}

static const char *const job_also[] = {"priority",       "array_task_string", "features",
                                       "excluded_nodes", "dependency",        "licenses",
                                       "shared",         "burst_buffer",      NULL};

static void complete_job(const json_t *object, void *item)
{
    struct slurm_job *job = item;
    job->phase = phase_of(job->state);
    job->held = json_integer_value(json_object_get(object, "priority")) == 0;
    job->odd = odd_of(object);
    if (job->limit_ms >= COUNT_MAX)
        job->limit_ms = 0;
}

static int order_jobs(const void *left, const void *right)
{
    int64_t a = ((const struct slurm_job *)left)->id, b = ((const struct slurm_job *)right)->id;
    return (a > b) - (a < b);
}

/* --- reservations ----------------------------------------------------------------------------- */

static const struct member reservation_members[] = {
    MUST(slurm_reservation, "name", name, TEXT),
    MAY(slurm_reservation, "node_list", nodes, TEXT),
    MUST(slurm_reservation, "start_time", start_ms, SECONDS),
    MUST(slurm_reservation, "end_time", end_ms, SECONDS),
};

static const char *const reservation_also[] = {NULL};

static int order_reservations(const void *left, const void *right)
{
    return strcmp(((const struct slurm_reservation *)left)->name,
                  ((const struct slurm_reservation *)right)->name);
}

/* --- the lists -------------------------------------------------------------------------------- */

#define LIST(name, completes)                                                                      \
    static const struct kind name##_kind = {.key = #name "s",                                      \
                                            .members = name##_members,                             \
                                            .count =                                               \
                                                sizeof name##_members / sizeof *name##_members,    \
                                            .size = sizeof(struct slurm_##name),                   \
                                            .complete = completes,                                 \
                                            .also = name##_also,                                   \
                                            .order = order_##name##s};                             \
    enum plenum_status slurm_##name##s_read(struct slurm_##name##s *list,                          \
                                            const struct bytes *body, struct plenum_error *error)  \
    {                                                                                              \
        struct list read;                                                                          \
        enum plenum_status status = read_list(&name##_kind, &read, body, error);                   \
        *list = (struct slurm_##name##s){read.document, read.items, read.count};                   \
        return status;                                                                             \
    }                                                                                              \
    void slurm_##name##s_finish(struct slurm_##name##s *list)                                      \
    {                                                                                              \
        free(list->items);                                                                         \
        json_decref(list->document);                                                               \
        *list = (struct slurm_##name##s){0};                                                       \
    }

LIST(node, complete_node)
LIST(job, complete_job)
LIST(reservation, NULL)
