/* Tally: sums over the rows of a journal, for the report.
 *
 * It follows the fields of entities from creates and sets, the windows of servers and the ticks of
 * the clock, and needs neither ledger nor planner. Times are integrated at ticks: what held before
 * a tick counts for all the time that the tick passes. */
#ifndef ENGINE_TALLY_H
#define ENGINE_TALLY_H

#include "ledger/entities.h"

#include <plenum/journal.h>

struct tally_waits { /* from submission to the first start, in the order of starting */
    int64_t *ms;
    size_t count, capacity;
};

struct tally_foretold { /* of a job that was created */
    uint64_t job;
    int64_t start_ms; /* the first start it was foretold; PLENUM_FOREVER before */
};

/* How well starts were foretold: the error is when a job started less the first start that it was
 * foretold. Jobs that started at once were foretold nothing. Of a job whose start was sold, the
 * start was promised. */
struct tally_predictions {
    struct tally_waits errors; /* in the order of starting; may be under 0 */
    uint64_t sold, sold_on_time;
    struct tally_foretold *list; /* by id */
    size_t count, capacity;
};

struct tally_tenant {
    uint64_t jobs_asked, jobs_started, jobs_finished, jobs_cancelled, preemptions;
    int64_t asked_milli_ms, sold_milli_ms; /* thousandths of an accelerator x milliseconds */
    int64_t running_milli;
    struct tally_waits waits;
};

enum { TALLY_LEGS_MAX = 4096 }; /* finished tote tasks whose legs are measured */

struct tally_leg {
    int32_t from_cell, to_cell;
};

struct tally {
    const struct plenum_site *site;
    struct entities entities;
    struct tally_tenant *tenants;
    bool *offered;           /* by server */
    int64_t offered_devices; /* accelerators of offered servers */
    int64_t offered_milli_ms;
    int64_t backlog_milli_ms, bound_milli_ms;             /* see tally_pass_time */
    uint64_t errands_done, tasks_done[PLENUM_LOAD_COUNT]; /* by enum plenum_task_load */
    uint64_t robot_steps;
    struct tally_leg legs[TALLY_LEGS_MAX];
    size_t leg_count;
    struct tally_predictions predictions;
    uint64_t flights_planned, flights_ended, deliveries_landed;
    uint64_t taken[PLENUM_COMMAND_KIND_COUNT], refused[PLENUM_REASON_COUNT];
    int64_t first_ms, last_ms;
    uint64_t rows;
};

void tally_init(struct tally *tally, const struct plenum_site *site);
void tally_finish(struct tally *tally);
/* Takes one row in; rows come in order. */
void tally_row(struct tally *tally, const struct plenum_journal_row *row);

/* --- between its files --- */

void predictions_finish(struct tally_predictions *predictions);
void predictions_create(struct tally_predictions *predictions, uint64_t job);
void predictions_foretell(struct tally_predictions *predictions, uint64_t job, int64_t start_ms);
/* promised_ms: 0 where its start was not sold. */
void predictions_start(struct tally_predictions *predictions, uint64_t job, int64_t now_ms,
                       int64_t promised_ms);

#endif
