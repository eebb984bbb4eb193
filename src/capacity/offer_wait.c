/* Waiting: the start that a job is expected to have, and who is before it.
 *
 * A reserved job has a window; whoever holds part of its servers until then is before it. For a
 * queued one it is said whether there will be one. The start itself is foretold
 * (site_forecast.h). */
#include "capacity/offer_desk.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define WEEKS_2_MS (INT64_C(14) * 24 * 3600 * 1000)

enum { BEFORE_MAX = 1 << 24 };

struct before { /* a job that holds what another will have */
    uint64_t job;
    int64_t end_ms;
};

struct before_list {
    struct before *items;
    size_t count, capacity;
};

static const char *tenant_of(const struct plenum_ledger *ledger, uint64_t job)
{
    int64_t tenant = plenum_ledger_get(ledger, PLENUM_JOB, job, PLENUM_JOB_TENANT);
    return plenum_ledger_site(ledger)->tenants[tenant].name;
}

/* Who holds something on the server that ends by the start. */
static void look_before(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                        int32_t server, uint64_t job, int64_t start_ms, struct before_list *list)
{
    const struct plenum_capacity_claim *claims;
    size_t count = offer_claims_on(desk, ledger, server, &claims);
    for (size_t i = 0; i < count; i++) {
        struct before before = {claims[i].owner.id, claims[i].until_ms};
        if (claims[i].owner.kind == PLENUM_JOB && before.job != job && before.end_ms <= start_ms)
            ARRAY_PUSH(list->items, list->count, list->capacity, BEFORE_MAX) = before;
    }
}

static int compare_jobs(const void *a, const void *b)
{
    const struct before *x = a, *y = b;
    if (x->job != y->job)
        return x->job < y->job ? -1 : 1;
    return (x->end_ms > y->end_ms) - (x->end_ms < y->end_ms);
}

/* The one that ends last, and how many others there are. */
static struct before last_before(struct before_list *list, size_t *others)
{
    struct before last = list->items[0];
    qsort(list->items, list->count, sizeof *list->items, compare_jobs);
    *others = 0;
    for (size_t i = 0; i < list->count; i++) {
        *others += i > 0 && list->items[i].job != list->items[i - 1].job;
        if (list->items[i].end_ms > last.end_ms)
            last = list->items[i];
    }
    return last;
}

static void tell_before(const struct plenum_ledger *ledger, struct before_list *list,
                        struct plenum_wait *wait)
{
    char until[INSTANT_TEXT], more[48] = "";
    size_t others;
    struct before last = last_before(list, &others);
    wait->behind = last.job;
    if (others > 0)
        (void)text_format(more, sizeof more, ", and after %zu others", others);
    (void)text_format(wait->reason, sizeof wait->reason,
                      "after job %" PRIu64 " of %s, which holds its servers until %s%s", last.job,
                      tenant_of(ledger, last.job), instant_format(last.end_ms, until), more);
}

static void wait_reserved(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                          uint64_t job, const int64_t *row, struct plenum_wait *wait)
{
    struct before_list list = {0};
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    if (row[PLENUM_JOB_START_MS] == row[PLENUM_JOB_EARLIEST_MS]) {
        (void)text_format(wait->reason, sizeof wait->reason, "%s for then",
                          row[PLENUM_JOB_PROMISED_MS] ? "sold" : "asked");
        return;
    }
    size_t count = plenum_capacity_claims_of(ledger, ref, NULL, 0);
    struct plenum_capacity_claim *own = memory_new(count, sizeof *own);
    plenum_capacity_claims_of(ledger, ref, own, count);
    for (size_t i = 0; i < count; i++)
        look_before(desk, ledger, own[i].server, job, wait->latest_ms, &list);
    free(own);
    if (list.count > 0)
        tell_before(ledger, &list, wait);
    else
        (void)text_format(wait->reason, sizeof wait->reason,
                          "its watts, or servers that come into service, are not there before");
    free(list.items);
}

static void wait_queued(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                        uint64_t job, const int64_t *row, struct plenum_wait *wait)
{
    quota_limits_read(&desk->limits, ledger);
    if (quota_limits_hold_back(&desk->limits, job, wait->reason))
        return;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t from_ms = row[PLENUM_JOB_EARLIEST_MS] > now_ms ? row[PLENUM_JOB_EARLIEST_MS] : now_ms;
    struct fit_request shape = fit_request_of(row);
    int64_t start_ms = offer_search(desk, ledger, &shape, from_ms, from_ms + WEEKS_2_MS);
    if (start_ms != PLENUM_FOREVER) {
        char from[INSTANT_TEXT];
        (void)text_format(wait->reason, sizeof wait->reason,
                          "others whose turn is before it; beside those there is room from %s",
                          instant_format(start_ms, from));
        return;
    }
    struct plenum_offer_answer *answer = memory_new(1, sizeof *answer);
    struct plenum_offer_request request = {.tenant = PLENUM_NONE,
                                           .accelerators = shape.accelerators * shape.servers,
                                           .earliest_ms = from_ms,
                                           .duration_ms = shape.length_ms};
    offer_blockers(desk, ledger, &request, &shape, 1, NULL, answer);
    CHECK(answer->blocker_count > 0);
    (void)text_format(wait->reason, sizeof wait->reason, "%s", answer->blockers[0].text);
    free(answer);
}

void plenum_offer_wait(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       uint64_t job, struct plenum_wait *wait)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    CHECK(row && row[PLENUM_FIELD_STATE] <= PLENUM_JOB_RESERVED);
    if (desk->forecast_seq != plenum_ledger_seq(ledger) || desk->forecast_seq == 0)
        site_forecast_read(desk->forecast, ledger);
    desk->forecast_seq = plenum_ledger_seq(ledger);
    *wait = (struct plenum_wait){.start_ms = site_forecast_start(desk->forecast, job),
                                 .latest_ms = row[PLENUM_JOB_START_MS]};
    if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED)
        wait_reserved(desk, ledger, job, row, wait);
    else
        wait_queued(desk, ledger, job, row, wait);
}
