/* Starts as they were foretold, against starts as they were. */
#include "engine/tally.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

enum { JOBS_MAX = 1 << 28 };

/* A promised start is kept when the job runs by the end of so much time after it: starts lie
 * between the steps of the site. */
#define ON_TIME_MS INT64_C(2000)

void predictions_finish(struct tally_predictions *predictions)
{
    free(predictions->errors.ms);
    free(predictions->list);
}

/* Ids only grow, so the list is sorted. */
void predictions_create(struct tally_predictions *predictions, uint64_t job)
{
    struct tally_foretold foretold = {job, PLENUM_FOREVER};
    CHECK(predictions->count == 0 || predictions->list[predictions->count - 1].job < job);
    ARRAY_PUSH(predictions->list, predictions->count, predictions->capacity, JOBS_MAX) = foretold;
}

static struct tally_foretold *find(const struct tally_predictions *predictions, uint64_t job)
{
    size_t low = 0, high = predictions->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (predictions->list[middle].job < job)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < predictions->count && predictions->list[low].job == job;
    return found ? &predictions->list[low] : NULL;
}

void predictions_foretell(struct tally_predictions *predictions, uint64_t job, int64_t start_ms)
{
    struct tally_foretold *foretold = find(predictions, job);
    if (foretold && foretold->start_ms == PLENUM_FOREVER)
        foretold->start_ms = start_ms;
}

void predictions_start(struct tally_predictions *predictions, uint64_t job, int64_t now_ms,
                       int64_t promised_ms)
{
    struct tally_waits *errors = &predictions->errors;
    struct tally_foretold *foretold = find(predictions, job);
    if (promised_ms != 0) {
        predictions->sold++;
        predictions->sold_on_time += now_ms <= promised_ms + ON_TIME_MS;
    }
    if (foretold && foretold->start_ms != PLENUM_FOREVER)
        ARRAY_PUSH(errors->ms, errors->count, errors->capacity, JOBS_MAX) =
            now_ms - foretold->start_ms;
}
