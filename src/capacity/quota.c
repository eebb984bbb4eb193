#include <plenum/quota.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "capacity/quota_limits.h"
#include "capacity/quota_stranded.h"
#include "capacity/site_account.h"

#include <inttypes.h>
#include <stdlib.h>

struct plenum_quota {
    const struct plenum_site *site;
    struct quota_limits limits;
    struct plenum_quota_chip *chips; /* by slot */
    int64_t *giving_milli;           /* by tenant and slot: by jobs that give way */
};

static const struct {
    const char *name, *meaning;
} causes[] = {
#define X(code, name, meaning) {name, meaning},
    PLENUM_STRANDED_CAUSES(X)
#undef X
};

const char *plenum_stranded_cause_name(enum plenum_stranded_cause cause)
{
    CHECK(cause < PLENUM_STRANDED_CAUSE_COUNT);
    return causes[cause].name;
}

const char *plenum_stranded_cause_meaning(enum plenum_stranded_cause cause)
{
    CHECK(cause < PLENUM_STRANDED_CAUSE_COUNT);
    return causes[cause].meaning;
}

struct plenum_quota *plenum_quota_create(const struct plenum_site *site)
{
    struct plenum_quota *quota = memory_new(1, sizeof *quota);
    quota->site = site;
    quota_limits_init(&quota->limits, site);
    size_t slots = (size_t)quota->limits.tenants.slot_count;
    quota->chips = memory_new(slots, sizeof *quota->chips);
    quota->giving_milli =
        memory_new((size_t)site->tenant_count * slots, sizeof *quota->giving_milli);
    return quota;
}

void plenum_quota_destroy(struct plenum_quota *quota)
{
    if (!quota)
        return;
    quota_limits_finish(&quota->limits);
    free(quota->chips);
    free(quota->giving_milli);
    free(quota);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_giving(struct plenum_quota *quota)
{
    int32_t slots = quota->limits.tenants.slot_count;
    size_t cursor = 0;
    uint64_t job;
    const int64_t *row;
    for (int32_t i = 0; i < quota->site->tenant_count * slots; i++)
        quota->giving_milli[i] = 0;
    while (plenum_ledger_walk(quota->limits.ledger, PLENUM_JOB, &cursor, &job, &row)) {
        int32_t slot = site_tenants_slot(&quota->limits.tenants, quota->limits.ledger, job, row);
        if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING && row[PLENUM_JOB_PREEMPTIBLE] &&
            slot != PLENUM_NONE)
            quota->giving_milli[row[PLENUM_JOB_TENANT] * slots + slot] += site_job_milli(row);
    }
}

void plenum_quota_read(struct plenum_quota *quota, const struct plenum_ledger *ledger)
{
    if (!quota_limits_read(&quota->limits, ledger))
        return;
    quota_find_stranded(ledger, &quota->limits.tenants, quota->chips);
    read_giving(quota);
}

int32_t plenum_quota_chip_count(const struct plenum_quota *quota)
{
    return quota->limits.tenants.slot_count;
}

const struct plenum_quota_chip *plenum_quota_chip(const struct plenum_quota *quota, int32_t index)
{
    CHECK(index >= 0 && index < quota->limits.tenants.slot_count && quota->limits.seq != 0);
    return &quota->chips[index];
}

/* --- grants ----------------------------------------------------------------------------------- */

/* What others hold over their guarantees by jobs that give way to this tenant. */
static int64_t lent_milli(const struct plenum_quota *quota, int32_t tenant, int32_t slot)
{
    int64_t lent = 0;
    for (int32_t other = 0; other < quota->site->tenant_count; other++) {
        int64_t giving = quota->giving_milli[other * quota->limits.tenants.slot_count + slot];
        if (giving > 0 && site_tenants_owes(&quota->limits.tenants, tenant, other, slot, 1))
            lent += giving;
    }
    return lent;
}

/* Takes as much of *left as there is, for the cause. */
static void strand(struct plenum_quota_grant *grant, enum plenum_stranded_cause cause,
                   int64_t *left, int64_t there)
{
    int64_t part = *left < there ? *left : there;
    grant->stranded_milli[cause] = part;
    *left -= part;
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct plenum_quota_grant plenum_quota_grant(const struct plenum_quota *quota, int32_t tenant,
                                             int32_t index)
{
    CHECK(tenant >= 0 && tenant < quota->site->tenant_count);
    const struct plenum_quota_chip *chip = plenum_quota_chip(quota, index);
    int64_t share = plenum_tenant_share_milli(&quota->site->tenants[tenant], chip->chip);
    struct plenum_quota_grant grant = {
        .granted_milli = chip->all_milli * share / 1000,
        .held_milli = site_tenants_held(&quota->limits.tenants, tenant, index)};
    int64_t left = grant.granted_milli - grant.held_milli;
    if (left <= 0)
        return grant;
    grant.placeable_milli = lesser(left, chip->usable_milli);
    grant.placeable_whole_milli = lesser(left, chip->whole_milli);
    left -= grant.placeable_milli;
    strand(&grant, PLENUM_STRANDED_RACK, &left,
           grant.granted_milli - site_tenants_share(&quota->limits.tenants, tenant, index));
    for (int cause = PLENUM_STRANDED_FRACTION; cause <= PLENUM_STRANDED_POWER; cause++)
        strand(&grant, (enum plenum_stranded_cause)cause, &left, chip->stranded_milli[cause]);
    strand(&grant, PLENUM_STRANDED_LENT, &left, lent_milli(quota, tenant, index));
    strand(&grant, PLENUM_STRANDED_HELD, &left, left);
    return grant;
}

struct plenum_quota_standing plenum_quota_standing(const struct plenum_quota *quota, int32_t tenant)
{
    struct site_spent spent = site_account_spent(quota->limits.ledger, tenant);
    struct plenum_quota_standing standing = {.mean_milli =
                                                 site_account_mean(quota->limits.ledger, tenant),
                                             .period_ms = spent.from_ms,
                                             .spent_milli_ms = spent.milli_ms,
                                             .spent_micro = spent.micro};
    for (int32_t slot = 0; slot < quota->limits.tenants.slot_count; slot++)
        standing.held_milli += site_tenants_held(&quota->limits.tenants, tenant, slot);
    return standing;
}

/* --- what a tenant may have ------------------------------------------------------------------- */

static enum plenum_status refuse(const struct plenum_quota *quota,
                                 const struct quota_window *window, struct plenum_error *error)
{
    char text[PLENUM_OFFER_TEXT];
    return quota_limits_admit(&quota->limits, window, text)
               ? PLENUM_OK
               : plenum_fail(error, PLENUM_REFUSED, "%s", text);
}

enum plenum_status plenum_quota_admits(const struct plenum_quota *quota,
                                       const struct plenum_offer_request *request,
                                       const struct plenum_offer *offer, struct plenum_error *error)
{
    struct quota_window window = quota_limits_window(&quota->limits, request, offer);
    return refuse(quota, &window, error);
}

enum plenum_status plenum_quota_admits_end(struct plenum_quota *quota, uint64_t job, int64_t end_ms,
                                           int64_t extra_micro, struct plenum_error *error)
{
    const int64_t *row = plenum_ledger_row(quota->limits.ledger, PLENUM_JOB, job);
    int64_t now_ms = plenum_ledger_now_ms(quota->limits.ledger),
            start_ms = row[PLENUM_JOB_START_MS];
    if (end_ms <= row[PLENUM_JOB_END_MS] || row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED)
        return PLENUM_OK;
    struct quota_window window = site_quota_window(quota->limits.quota, quota->limits.ledger, job,
                                                   start_ms > now_ms ? start_ms : now_ms);
    window.until_ms = end_ms;
    window.length_ms = end_ms - start_ms;
    window.micro = extra_micro;
    site_quota_count_job(quota->limits.quota, job, -1);
    enum plenum_status status = refuse(quota, &window, error);
    site_quota_count_job(quota->limits.quota, job, 1);
    return status;
}

enum plenum_status plenum_quota_admits_hand_over(struct plenum_quota *quota, uint64_t job,
                                                 int32_t tenant, int32_t servers, int64_t from_ms,
                                                 int64_t price_micro, struct plenum_error *error)
{
    struct quota_limits *limits = &quota->limits;
    const int64_t *row = plenum_ledger_row(limits->ledger, PLENUM_JOB, job);
    struct quota_window given = site_quota_window(limits->quota, limits->ledger, job, from_ms);
    given.until_ms = row[PLENUM_JOB_END_MS];
    given.length_ms = given.until_ms - from_ms;
    given.milli = servers == 0 ? given.milli : given.milli / row[PLENUM_JOB_SERVERS] * servers;
    struct quota_window taken = given;
    taken.tenant = tenant;
    taken.micro = price_micro;
    site_quota_count(limits->quota, &given, -1);
    enum plenum_status status = refuse(quota, &taken, error);
    site_quota_count(limits->quota, &given, 1);
    return status;
}
