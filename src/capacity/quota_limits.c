#include "capacity/quota_limits.h"

#include "base/check.h"
#include "base/text.h"

#include <stdlib.h>

void quota_limits_init(struct quota_limits *limits, const struct plenum_site *site)
{
    *limits = (struct quota_limits){.site = site};
    site_tenants_init(&limits->tenants, site);
    limits->quota = site_quota_create(site);
}

void quota_limits_finish(struct quota_limits *limits)
{
    site_quota_destroy(limits->quota);
    site_tenants_finish(&limits->tenants);
}

bool quota_limits_read(struct quota_limits *limits, const struct plenum_ledger *ledger)
{
    uint64_t seq = plenum_ledger_seq(ledger);
    if (limits->ledger == ledger && limits->seq == seq && seq != 0)
        return false;
    limits->ledger = ledger;
    limits->seq = seq;
    site_tenants_read(&limits->tenants, ledger);
    site_quota_read(limits->quota, ledger, &limits->tenants);
    return true;
}

struct quota_window quota_limits_window(const struct quota_limits *limits,
                                        const struct plenum_offer_request *request,
                                        const struct plenum_offer *offer)
{
    return (struct quota_window){
        .tenant = request->tenant,
        .slot = offer->chip == PLENUM_NONE ? PLENUM_NONE : limits->tenants.slots[offer->chip],
        .milli = (int64_t)offer->part_count * offer->per_server * offer->milli,
        .from_ms = offer->start_ms,
        .until_ms = offer->end_ms,
        .length_ms = offer->end_ms - offer->start_ms,
        .preemptible = request->preemptible,
        .micro = offer->price_micro};
}

bool quota_limits_admit(const struct quota_limits *limits, const struct quota_window *window,
                        char text[PLENUM_OFFER_TEXT])
{
    char why[QUOTA_TEXT];
    const struct plenum_tenant *tenant = &limits->site->tenants[window->tenant];
    if (tenant->child_count > 0) {
        (void)text_format(text, PLENUM_OFFER_TEXT, "%s has tenants under it: one of those buys",
                          tenant->name);
        return false;
    }
    struct quota_answer answer = site_quota_ask(limits->quota, window);
    if (answer.limit == QUOTA_FITS)
        return true;
    (void)text_format(text, PLENUM_OFFER_TEXT, "%s",
                      site_quota_format(limits->quota, window, &answer, why));
    return false;
}

int64_t quota_limits_first(const struct quota_limits *limits, const struct quota_window *window)
{
    if (limits->site->tenants[window->tenant].child_count > 0)
        return PLENUM_FOREVER;
    return site_quota_first(limits->quota, window);
}

bool quota_limits_hold_back(const struct quota_limits *limits, uint64_t job,
                            char text[PLENUM_OFFER_TEXT])
{
    const int64_t *row = plenum_ledger_row(limits->ledger, PLENUM_JOB, job);
    CHECK(row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED);
    int64_t now_ms = plenum_ledger_now_ms(limits->ledger), from_ms = row[PLENUM_JOB_EARLIEST_MS];
    struct quota_window window =
        site_quota_window(limits->quota, limits->ledger, job, from_ms > now_ms ? from_ms : now_ms);
    return row[PLENUM_JOB_PROMISED_MS] == 0 && !quota_limits_admit(limits, &window, text);
}
