#include "capacity/site_account.h"

#include "base/check.h"
#include "capacity/site_decay.h"

static const char ACTOR[] = "planner/capacity";

#define USED_MAX (INT64_C(1) << 60)

bool site_account_due(const struct plenum_ledger *ledger, int64_t round_ms)
{
    int64_t since_ms = plenum_ledger_now_ms(ledger) - plenum_ledger_site(ledger)->start_ms;
    return since_ms / ACCOUNT_MS != (since_ms - round_ms) / ACCOUNT_MS;
}

/* A tenant's row; all zero before the site's first command. */
static const int64_t *row_of(const struct plenum_ledger *ledger, int32_t tenant)
{
    static const int64_t zeros[PLENUM_TENANT_FIELD_COUNT];
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_TENANT, (uint64_t)tenant);
    return row ? row : zeros;
}

int64_t site_account_used(const struct plenum_ledger *ledger, int32_t tenant)
{
    const int64_t *row = row_of(ledger, tenant);
    return site_decay(row[PLENUM_TENANT_USED_MILLI_MS],
                      plenum_ledger_now_ms(ledger) - row[PLENUM_TENANT_ACCOUNTED_MS],
                      plenum_ledger_site(ledger)->half_life_ms);
}

int64_t site_account_mean(const struct plenum_ledger *ledger, int32_t tenant)
{
    return site_decay_mean(site_account_used(ledger, tenant),
                           plenum_ledger_site(ledger)->half_life_ms);
}

struct site_spent site_account_spent(const struct plenum_ledger *ledger, int32_t tenant)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const int64_t *row = row_of(ledger, tenant);
    int64_t period_ms = site->tenants[tenant].budget.period_ms, from_ms = site->start_ms;
    if (period_ms > 0)
        from_ms += (plenum_ledger_now_ms(ledger) - site->start_ms) / period_ms * period_ms;
    if (row[PLENUM_TENANT_PERIOD_MS] != from_ms)
        return (struct site_spent){from_ms, 0, 0};
    return (struct site_spent){from_ms, row[PLENUM_TENANT_SPENT_MILLI_MS],
                               row[PLENUM_TENANT_SPENT_MICRO]};
}

/* Sets a field that changes. */
static void set(const struct plenum_ledger *ledger, struct plenum_command *command, int32_t tenant,
                int32_t field, int64_t value)
{
    if (row_of(ledger, tenant)[field] != value)
        plenum_command_set(command, plenum_ref(PLENUM_TENANT, (uint64_t)tenant), field, value);
}

static void set_spent(const struct plenum_ledger *ledger, struct plenum_command *command,
                      int32_t tenant, const struct site_spent *spent)
{
    set(ledger, command, tenant, PLENUM_TENANT_PERIOD_MS, spent->from_ms);
    set(ledger, command, tenant, PLENUM_TENANT_SPENT_MILLI_MS, spent->milli_ms);
    set(ledger, command, tenant, PLENUM_TENANT_SPENT_MICRO, spent->micro);
}

bool site_account_fill(const struct plenum_ledger *ledger, const struct site_tenants *tenants,
                       struct plenum_command *command)
{
    int32_t count = (int32_t)plenum_ledger_count(ledger, PLENUM_TENANT);
    plenum_command_reset(command, PLENUM_COMMAND_TENANT_ACCOUNT, ACTOR);
    for (int32_t tenant = 0; tenant < count; tenant++) {
        int64_t held = 0;
        for (int32_t slot = 0; slot < tenants->slot_count; slot++)
            held += site_tenants_held(tenants, tenant, slot);
        if (held == 0)
            continue;
        struct site_spent spent = site_account_spent(ledger, tenant);
        spent.milli_ms += held * ACCOUNT_MS;
        set_spent(ledger, command, tenant, &spent);
        int64_t used = site_account_used(ledger, tenant) + held * ACCOUNT_MS;
        set(ledger, command, tenant, PLENUM_TENANT_USED_MILLI_MS,
            used < USED_MAX ? used : USED_MAX);
        set(ledger, command, tenant, PLENUM_TENANT_ACCOUNTED_MS, plenum_ledger_now_ms(ledger));
    }
    return command->op_count > 0;
}

void site_account_pay(const struct plenum_ledger *ledger, struct plenum_command *command,
                      int32_t tenant, int64_t micro)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    if (micro == 0 || plenum_ledger_count(ledger, PLENUM_TENANT) == 0)
        return;
    for (; tenant != PLENUM_NONE; tenant = site->tenants[tenant].parent) {
        struct site_spent spent = site_account_spent(ledger, tenant);
        spent.micro += micro;
        set_spent(ledger, command, tenant, &spent);
    }
}
