/* A timeline a tenant and slot says what all its windows hold at every instant, as a number under
 * zero, so that "at most so many more" is "at least so few". They are kept only where some tenant
 * of the site has a limit of that kind. */
#include "capacity/site_quota.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/timeline.h"
#include "capacity/site_account.h"

#include <inttypes.h>
#include <stdlib.h>

enum { WHOLE_MILLI = 1000 };

struct site_quota {
    const struct plenum_site *site;
    const struct plenum_ledger *ledger;
    const struct site_tenants *tenants;
    bool holds, spends;    /* some tenant has a limit on what it holds; on what it spends */
    struct timeline *held; /* by tenant and slot, under zero */
    struct timeline *all;  /* by slot: all tenants together */
    int64_t *planned;      /* by tenant: thousandths x ms of windows that are not over */
    int64_t *missing;      /* scratch of find_kept, by tenant */
};

static bool limits_holding(const struct plenum_tenant *tenant)
{
    return tenant->borrow_milli < WHOLE_MILLI || tenant->lend_milli < WHOLE_MILLI ||
           tenant->lend_ms < PLENUM_FOREVER;
}

struct site_quota *site_quota_create(const struct plenum_site *site)
{
    struct site_quota *quota = memory_new(1, sizeof *quota);
    quota->site = site;
    for (int32_t i = 0; i < site->tenant_count; i++) {
        quota->holds = quota->holds || limits_holding(&site->tenants[i]);
        quota->spends = quota->spends || site->tenants[i].budget.period_ms > 0;
    }
    quota->planned = memory_new((size_t)site->tenant_count, sizeof *quota->planned);
    quota->missing = memory_new((size_t)site->tenant_count, sizeof *quota->missing);
    return quota;
}

static size_t held_count(const struct site_quota *quota)
{
    return (size_t)quota->site->tenant_count * (size_t)quota->tenants->slot_count;
}

static void drop_timelines(struct site_quota *quota)
{
    if (!quota->held)
        return;
    for (size_t i = 0; i < held_count(quota); i++)
        timeline_finish(&quota->held[i]);
    for (int32_t slot = 0; slot < quota->tenants->slot_count; slot++)
        timeline_finish(&quota->all[slot]);
}

static void make_timelines(struct site_quota *quota)
{
    if (!quota->held) {
        quota->held = memory_new(held_count(quota), sizeof *quota->held);
        quota->all = memory_new((size_t)quota->tenants->slot_count, sizeof *quota->all);
    }
    for (size_t i = 0; i < held_count(quota); i++)
        timeline_init(&quota->held[i], 0);
    for (int32_t slot = 0; slot < quota->tenants->slot_count; slot++)
        timeline_init(&quota->all[slot], 0);
}

void site_quota_destroy(struct site_quota *quota)
{
    if (!quota)
        return;
    drop_timelines(quota);
    free(quota->held);
    free(quota->all);
    free(quota->planned);
    free(quota->missing);
    free(quota);
}

static const struct timeline *held_of(const struct site_quota *quota, int32_t tenant, int32_t slot)
{
    return &quota->held[tenant * quota->tenants->slot_count + slot];
}

/* --- windows ---------------------------------------------------------------------------------- */

struct quota_window site_quota_window(const struct site_quota *quota,
                                      const struct plenum_ledger *ledger, uint64_t job,
                                      int64_t from_ms)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    return (struct quota_window){.tenant = (int32_t)row[PLENUM_JOB_TENANT],
                                 .slot = site_tenants_slot(quota->tenants, ledger, job, row),
                                 .milli = site_job_milli(row),
                                 .from_ms = from_ms,
                                 .until_ms = from_ms + row[PLENUM_JOB_LEFT_MS],
                                 .length_ms = row[PLENUM_JOB_LEFT_MS],
                                 .preemptible = row[PLENUM_JOB_PREEMPTIBLE] != 0};
}

void site_quota_count(struct site_quota *quota, const struct quota_window *window, int sign)
{
    if (window->slot == PLENUM_NONE || window->from_ms >= window->until_ms)
        return;
    int64_t milli = sign * window->milli;
    if (!quota->holds && !quota->spends)
        return;
    for (int32_t i = window->tenant; i != PLENUM_NONE; i = quota->site->tenants[i].parent) {
        quota->planned[i] += milli * (window->until_ms - window->from_ms);
        if (quota->holds)
            timeline_add(&quota->held[i * quota->tenants->slot_count + window->slot],
                         window->from_ms, window->until_ms, -milli);
    }
    if (quota->holds)
        timeline_add(&quota->all[window->slot], window->from_ms, window->until_ms, -milli);
}

void site_quota_count_job(struct site_quota *quota, uint64_t job, int sign)
{
    const int64_t *row = plenum_ledger_row(quota->ledger, PLENUM_JOB, job);
    int64_t since_ms = plenum_ledger_now_ms(quota->ledger) - quota->site->start_ms;
    int64_t accounted_ms = quota->site->start_ms + since_ms / ACCOUNT_MS * ACCOUNT_MS;
    int64_t start_ms = row[PLENUM_JOB_START_MS];
    if (row[PLENUM_FIELD_STATE] != PLENUM_JOB_RUNNING &&
        row[PLENUM_FIELD_STATE] != PLENUM_JOB_RESERVED)
        return;
    struct quota_window window = site_quota_window(
        quota, quota->ledger, job, start_ms > accounted_ms ? start_ms : accounted_ms);
    window.until_ms = row[PLENUM_JOB_END_MS];
    site_quota_count(quota, &window, sign);
}

void site_quota_read(struct site_quota *quota, const struct plenum_ledger *ledger,
                     const struct site_tenants *tenants)
{
    size_t cursor = 0;
    uint64_t job;
    const int64_t *row;
    quota->ledger = ledger;
    quota->tenants = tenants;
    if (!quota->holds && !quota->spends)
        return;
    for (int32_t i = 0; i < quota->site->tenant_count; i++)
        quota->planned[i] = 0;
    drop_timelines(quota);
    make_timelines(quota);
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &job, &row))
        site_quota_count_job(quota, job, 1);
}

/* --- Q3 --------------------------------------------------------------------------------------- */

static struct quota_answer ask_budget(const struct site_quota *quota,
                                      const struct quota_window *window, int32_t tenant)
{
    const struct plenum_budget *budget = &quota->site->tenants[tenant].budget;
    struct site_spent spent = site_account_spent(quota->ledger, tenant);
    struct quota_answer answer = {
        .tenant = tenant,
        .asked = spent.milli_ms + quota->planned[tenant] +
                 window->milli * (window->until_ms - window->from_ms),
        .there = budget->milli_ms,
        .at_ms = spent.from_ms + budget->period_ms,
    };
    if (answer.asked > answer.there) {
        answer.limit = QUOTA_HOURS;
    } else if (spent.micro + window->micro > budget->micro) {
        answer.limit = QUOTA_MONEY;
        answer.asked = spent.micro + window->micro;
        answer.there = budget->micro;
    }
    return answer;
}

/* --- Q1 --------------------------------------------------------------------------------------- */

static struct quota_answer ask_most(const struct site_quota *quota,
                                    const struct quota_window *window, int32_t tenant)
{
    const struct site_tenants *tenants = quota->tenants;
    int64_t borrowed = tenants->offered_milli[window->slot] *
                       quota->site->tenants[tenant].borrow_milli / WHOLE_MILLI;
    int64_t most = site_tenants_share(tenants, tenant, window->slot) + borrowed;
    const struct timeline *held = held_of(quota, tenant, window->slot);
    struct quota_answer answer = {.tenant = tenant,
                                  .asked = window->milli -
                                           timeline_min(held, window->from_ms, window->until_ms),
                                  .there = most,
                                  .at_ms = PLENUM_FOREVER};
    if (answer.asked <= most)
        return answer;
    answer.limit = QUOTA_BORROWS;
    if (window->milli <= most)
        answer.at_ms = timeline_first_fit(held, window->from_ms, PLENUM_FOREVER - 1,
                                          window->until_ms - window->from_ms, window->milli - most);
    return answer;
}

/* --- Q2 --------------------------------------------------------------------------------------- */

/* What of the tenant's guarantee no such window may take. */
static int64_t kept_milli(const struct site_quota *quota, const struct quota_window *window,
                          int32_t tenant)
{
    const struct plenum_tenant *lender = &quota->site->tenants[tenant];
    int64_t share = site_tenants_share(quota->tenants, tenant, window->slot);
    bool too_long = !window->preemptible && window->length_ms > lender->lend_ms;
    return too_long ? share : share * (WHOLE_MILLI - lender->lend_milli) / WHOLE_MILLI;
}

static bool is_on_way_up(const struct site_quota *quota, int32_t tenant, int32_t from)
{
    while (from != PLENUM_NONE && from != tenant)
        from = quota->site->tenants[from].parent;
    return from == tenant;
}

/* What must stay free beside the window, for all under the tenant (PLENUM_NONE: for all): of what
 * is kept, what is not held. *most: whose part is the largest. */
static int64_t find_kept(const struct site_quota *quota, const struct quota_window *window,
                         int32_t above, int32_t *most)
{
    const struct plenum_site *site = quota->site;
    int64_t top = 0, largest = 0;
    for (int32_t i = 0; i < site->tenant_count; i++)
        quota->missing[i] = 0;
    for (int32_t i = 0; i < site->tenant_count; i++) {
        int32_t tenant = quota->tenants->order[i], parent = site->tenants[tenant].parent;
        int64_t own = kept_milli(quota, window, tenant);
        if (tenant == above)
            return quota->missing[tenant];
        if (own > 0)
            own += timeline_max(held_of(quota, tenant, window->slot), window->from_ms,
                                window->until_ms);
        if (is_on_way_up(quota, tenant, window->tenant))
            own -= window->milli;
        if (own > largest) {
            largest = own;
            *most = tenant;
        }
        own = own > quota->missing[tenant] ? own : quota->missing[tenant];
        *(parent == PLENUM_NONE ? &top : &quota->missing[parent]) += own;
    }
    return top;
}

/* The lowest of the tenant and those above it whose guarantee covers the window. */
static int32_t entitled(const struct site_quota *quota, const struct quota_window *window)
{
    int32_t tenant = window->tenant;
    for (; tenant != PLENUM_NONE; tenant = quota->site->tenants[tenant].parent)
        if (window->milli - timeline_min(held_of(quota, tenant, window->slot), window->from_ms,
                                         window->until_ms) <=
            site_tenants_share(quota->tenants, tenant, window->slot))
            return tenant;
    return PLENUM_NONE;
}

static struct quota_answer ask_lent(const struct site_quota *quota,
                                    const struct quota_window *window)
{
    const struct site_tenants *tenants = quota->tenants;
    int32_t above = entitled(quota, window);
    struct quota_answer answer = {.tenant = window->tenant, .at_ms = window->from_ms};
    if (above == window->tenant)
        return answer;
    int64_t free_milli = tenants->offered_milli[window->slot] +
                         timeline_min(&quota->all[window->slot], window->from_ms, window->until_ms);
    int64_t own = above == PLENUM_NONE ? 0
                                       : site_tenants_share(tenants, above, window->slot) +
                                             timeline_min(held_of(quota, above, window->slot),
                                                          window->from_ms, window->until_ms);
    answer.asked = window->milli + find_kept(quota, window, above, &answer.tenant);
    answer.there = free_milli > own ? free_milli : own;
    if (answer.asked > answer.there && answer.asked > window->milli)
        answer.limit = QUOTA_LENT;
    return answer;
}

/* --- all of them ------------------------------------------------------------------------------ */

struct quota_answer site_quota_ask(const struct site_quota *quota,
                                   const struct quota_window *window)
{
    const struct plenum_tenant *list = quota->site->tenants;
    struct quota_answer answer = {.tenant = window->tenant, .at_ms = window->from_ms};
    if (window->slot == PLENUM_NONE)
        return answer;
    for (int32_t i = window->tenant; i != PLENUM_NONE; i = list[i].parent) {
        if (list[i].budget.period_ms > 0)
            answer = ask_budget(quota, window, i);
        if (answer.limit == QUOTA_FITS && list[i].borrow_milli < WHOLE_MILLI)
            answer = ask_most(quota, window, i);
        if (answer.limit != QUOTA_FITS)
            return answer;
    }
    return quota->holds ? ask_lent(quota, window) : answer;
}

/* Only where something is given back can a later start fit where an earlier one does not: the end
 * of a window that moves meets what the window meets already, or more. */
int64_t site_quota_first(const struct site_quota *quota, const struct quota_window *window)
{
    struct quota_window later = *window;
    int64_t length_ms = window->until_ms - window->from_ms;
    for (;;) {
        struct quota_answer answer = site_quota_ask(quota, &later);
        if (answer.limit == QUOTA_FITS || answer.limit == QUOTA_MONEY)
            return later.from_ms;
        if (answer.limit == QUOTA_HOURS)
            return PLENUM_FOREVER;
        later.from_ms = timeline_next(&quota->all[window->slot], later.from_ms);
        if (later.from_ms >= PLENUM_FOREVER - length_ms)
            return PLENUM_FOREVER;
        later.until_ms = later.from_ms + length_ms;
    }
}

/* A number of thousandths with at most three digits after the point. */
static void put_milli(int64_t milli, char text[32])
{
    int digits = 3;
    int64_t part = milli % WHOLE_MILLI;
    for (; digits > 0 && part % 10 == 0; digits--)
        part /= 10;
    if (digits == 0)
        (void)text_format(text, 32, "%" PRId64, milli / WHOLE_MILLI);
    else
        (void)text_format(text, 32, "%" PRId64 ".%0*" PRId64, milli / WHOLE_MILLI, digits, part);
}

char *site_quota_format(const struct site_quota *quota, const struct quota_window *window,
                        const struct quota_answer *answer, char text[QUOTA_TEXT])
{
    const int64_t hour_ms = 3600000, micro = 1000000;
    const char *name = quota->site->tenants[answer->tenant].name;
    char asked[32], there[32], at[INSTANT_TEXT];
    bool hours = answer->limit == QUOTA_HOURS, money = answer->limit == QUOTA_MONEY;
    put_milli(hours   ? answer->asked / hour_ms
              : money ? answer->asked / (micro / WHOLE_MILLI)
                      : answer->asked,
              asked);
    put_milli(hours   ? answer->there / hour_ms
              : money ? answer->there / (micro / WHOLE_MILLI)
                      : answer->there,
              there);
    const char *chip = window->slot == PLENUM_NONE
                           ? ""
                           : quota->site->chips[quota->tenants->chips[window->slot]].name;
    switch (answer->limit) {
    case QUOTA_HOURS:
    case QUOTA_MONEY:
        (void)text_format(text, QUOTA_TEXT, "%.60s would spend %s%s of a budget of %s until %s",
                          name, asked, hours ? " accelerator-hours" : "", there,
                          instant_format(answer->at_ms, at));
        break;
    case QUOTA_BORROWS:
        (void)text_format(text, QUOTA_TEXT, "%.60s would hold %s %.60s, and may hold %s at once",
                          name, asked, chip, there);
        break;
    case QUOTA_LENT:
        (void)text_format(text, QUOTA_TEXT,
                          "what is free of %.60s is kept for %.60s: %s with that, of %s", chip,
                          name, asked, there);
        break;
    default:
        (void)text_format(text, QUOTA_TEXT, "nothing is against it");
    }
    return text;
}
