/* Orders: lists of words for scontrol and scancel, and what Slurm said to those that it refused. */
#include "edge/slurm/agent.h"

#include "base/check.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the words -------------------------------------------------------------------------------- */

static void push_word(struct slurm_agent *agent, const char *word)
{
    CHECK(agent->argc < ORDER_WORDS_MAX);
    agent->argv[agent->argc++] = word;
    agent->argv[agent->argc] = NULL;
}

void slurm_order_begin(struct slurm_agent *agent, const char *program, const char *verb)
{
    arena_reset(&agent->words);
    agent->argc = 0;
    push_word(agent, program);
    push_word(agent, verb);
}

void slurm_order_word(struct slurm_agent *agent, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    char *word = arena_alloc(&agent->words, (size_t)length + 1, 1);
    va_start(arguments, format);
    (void)vsnprintf(word, (size_t)length + 1, format, arguments);
    va_end(arguments);
    push_word(agent, word);
}

static int claim_order(const void *left, const void *right)
{
    int32_t a = ((const struct plenum_capacity_claim *)left)->server;
    int32_t b = ((const struct plenum_capacity_claim *)right)->server;
    return (a > b) - (a < b);
}

void slurm_order_nodes(struct slurm_agent *agent, const char *name,
                       const struct plenum_ledger *ledger, uint64_t job)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    size_t count = plenum_capacity_claims_of(ledger, ref, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_of(ledger, ref, claims, count);
    if (count > 1)
        qsort(claims, count, sizeof *claims, claim_order);
    size_t room = strlen(name) + 2 + count * SLURM_NAME_MAX;
    char *word = arena_alloc(&agent->words, room, 1);
    size_t length = (size_t)snprintf(word, room, "%s=", name), empty = length;
    for (size_t i = 0; i < count; i++) {
        const struct plenum_server *server = &agent->site->servers[claims[i].server];
        if (i == 0 || claims[i].server != claims[i - 1].server)
            length +=
                (size_t)snprintf(word + length, room - length, "%s%s", length > empty ? "," : "",
                                 agent->site->racks[server->rack].name);
    }
    free(claims);
    push_word(agent, word);
}

/* --- failures --------------------------------------------------------------------------------- */

static struct slurm_failure *failure_find(const struct slurm_agent *agent,
                                          enum slurm_subject subject, int64_t id)
{
    for (size_t i = 0; i < agent->failure_count; i++)
        if (agent->failures[i].subject == subject && agent->failures[i].id == id)
            return (struct slurm_failure *)&agent->failures[i];
    return NULL;
}

void slurm_forget_failure(struct slurm_agent *agent, enum slurm_subject subject, int64_t id)
{
    struct slurm_failure *failure = failure_find(agent, subject, id);
    if (failure)
        *failure = agent->failures[--agent->failure_count];
}

/* Where there is no room the one that is due first goes: it is only tried again sooner. */
static struct slurm_failure *failure_add(struct slurm_agent *agent)
{
    if (agent->failure_count < FAILURES_MAX)
        return &agent->failures[agent->failure_count++];
    struct slurm_failure *first = agent->failures;
    for (size_t i = 1; i < agent->failure_count; i++)
        if (agent->failures[i].again_ms < first->again_ms)
            first = &agent->failures[i];
    return first;
}

void slurm_note_failure(struct slurm_agent *agent, enum slurm_subject subject, int64_t id,
                        const char *text)
{
    struct slurm_failure *failure = failure_find(agent, subject, id);
    if (!failure) {
        failure = failure_add(agent);
        *failure = (struct slurm_failure){.subject = subject, .id = id};
    }
    if (strncmp(failure->text, text, sizeof failure->text - 1) != 0)
        log_line(LOG_WARN, "slurm: %s", text);
    (void)text_format(failure->text, sizeof failure->text, "%s", text);
    failure->again_ms = agent->now_ms + RETRY_MS;
}

/* --- giving ----------------------------------------------------------------------------------- */

bool slurm_may_order(const struct slurm_agent *agent, enum slurm_subject subject, int64_t id)
{
    const struct slurm_failure *failure = failure_find(agent, subject, id);
    return agent->orders_left > 0 && (!failure || failure->again_ms <= agent->now_ms);
}

bool slurm_order_give(struct slurm_agent *agent, enum slurm_subject subject, int64_t id)
{
    struct plenum_error error;
    agent->orders_left--;
    if (agent->cluster->run(agent->cluster->context, agent->argv, NULL, &error) == PLENUM_OK) {
        slurm_forget_failure(agent, subject, id);
        return true;
    }
    slurm_note_failure(agent, subject, id, error.text);
    return false;
}

enum plenum_status slurm_submit(struct slurm_agent *agent, const struct plenum_port *port,
                                enum slurm_subject subject, int64_t id, bool *taken)
{
    struct plenum_outcome outcome;
    char refusal[PLENUM_REFUSAL_TEXT], text[PLENUM_REFUSAL_TEXT + 80];
    enum plenum_status status = plenum_port_submit(port, &agent->command, &outcome);
    if (taken)
        *taken = status == PLENUM_OK && outcome.taken;
    if (status != PLENUM_OK || outcome.taken)
        return status;
    (void)text_format(text, sizeof text, "%s of %s %" PRId64 " is refused by the ledger: %s",
                      plenum_command_kind_name(agent->command.kind),
                      subject == SUBJECT_NODE ? "node" : "job", id,
                      plenum_refusal_format(agent->site, &outcome.refusal, refusal));
    slurm_note_failure(agent, subject, id, text);
    return status;
}

const char *slurm_trouble(void *self)
{
    struct slurm_agent *agent = self;
    size_t kept = 0;
    for (size_t i = 0; i < agent->failure_count; i++)
        if (agent->failures[i].again_ms + RETRY_FORGET_MS > agent->now_ms)
            agent->failures[kept++] = agent->failures[i];
    agent->failure_count = kept;
    agent->trouble[0] = 0;
    if (agent->unreachable.status != PLENUM_OK)
        (void)text_format(agent->trouble, sizeof agent->trouble, "%s", agent->unreachable.text);
    else if (kept == 1)
        (void)text_format(agent->trouble, sizeof agent->trouble, "%s", agent->failures[0].text);
    else if (kept > 1)
        (void)text_format(agent->trouble, sizeof agent->trouble, "%s; and %zu more",
                          agent->failures[0].text, kept - 1);
    return agent->trouble;
}
