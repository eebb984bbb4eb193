/* Tenants: a tree of those who buy, what is guaranteed to each, and what each may spend. */
#include "model/read.h"

#include "base/memory.h"

#include <stdlib.h>

enum { WHOLE_MILLI = 1000 };

#define MICRO    INT64_C(1000000)
#define HOUR     (INT64_C(3600) * 1000 * 1000) /* of an accelerator, in thousandths x ms */
#define SUMS_MAX INT64_C(1000000000)           /* of money, of accelerator-hours */

#define T plenum_tenant
static const struct field tenant_fields[] = {
    MUST_OWN("name"),
    MAY_OWN("under"),
    MAY_WHOLE(struct T, share_milli, "share_milli", 0, WHOLE_MILLI, 0),
    MAY_OWN("shares"),
    MAY_WHOLE(struct T, lend_milli, "lend_milli", 0, WHOLE_MILLI, WHOLE_MILLI),
    MAY_DURATION(struct T, lend_ms, "lend_for", 0, LIMIT_DURATION, -1),
    MAY_WHOLE(struct T, borrow_milli, "borrow_milli", 0, WHOLE_MILLI, WHOLE_MILLI),
    MAY_WHOLE(struct T, weight, "weight", 1, 1000000, 0),
    MAY_WHOLE(struct T, priority, "priority", -1000, 1000, 0),
    MAY_OWN("budget"),
};
#undef T
const struct object object_tenant = OBJECT("tenant", tenant_fields);

#define T plenum_budget
static const struct field budget_fields[] = {
    MUST_DURATION(struct T, period_ms, "every", 60000, LIMIT_DURATION),
    MAY_SCALED(struct T, micro, "money", 0, SUMS_MAX, -1, MICRO),
    MAY_SCALED(struct T, milli_ms, "accelerator_hours", 0, SUMS_MAX, -1, HOUR),
};
#undef T
const struct object object_budget = OBJECT("budget", budget_fields);

static struct plenum_tenant *tenant_at(const struct list *list, size_t index)
{
    return list_at(list, (int32_t)index);
}

/* --- one tenant ------------------------------------------------------------------------------- */

static void read_budget(struct reader *reader, const struct node *map, struct plenum_budget *budget)
{
    *budget = (struct plenum_budget){.micro = PLENUM_FOREVER, .milli_ms = PLENUM_FOREVER};
    if (map == NULL || !node_is(reader, map, NODE_MAP)) {
        return;
    }
    read_object(reader, map, &object_budget, budget);
    if (node_find(map, "money") == NULL) {
        budget->micro = PLENUM_FOREVER;
    }
    if (node_find(map, "accelerator_hours") == NULL) {
        budget->milli_ms = PLENUM_FOREVER;
    }
    if (budget->micro == PLENUM_FOREVER && budget->milli_ms == PLENUM_FOREVER) {
        tell_at(reader, map, "every", "a budget of nothing", "money or accelerator_hours");
    }
}

static void read_shares(struct reader *reader, const struct node *map, struct plenum_tenant *tenant)
{
    tenant->chip_shares = read_counts(reader, node_find(map, "shares"), LIST_chip, 0, WHOLE_MILLI,
                                      &tenant->chip_share_count);
    for (int32_t i = 0; i < tenant->chip_share_count; i++) {
        const struct plenum_chip *chip =
            list_at(&reader->lists[LIST_chip], tenant->chip_shares[i].chip);

        if (chip->kind != PLENUM_CHIP_ACCELERATOR) {
            tell_at(reader, map, "shares", say(reader->scratch, "'%s', a CPU", chip->name),
                    "accelerators");
        }
    }
}

/* Without a weight, what is over guarantees is shared as guarantees are. */
static int32_t weight_of(const struct plenum_tenant *tenant)
{
    int32_t weight = tenant->share_milli;

    if (tenant->weight > 0) {
        return tenant->weight;
    }
    for (int32_t i = 0; i < tenant->chip_share_count; i++) {
        weight = tenant->chip_shares[i].count > weight ? tenant->chip_shares[i].count : weight;
    }
    return weight > 0 ? weight : 1;
}

static void read_tenant(struct reader *reader, const struct origin *origin,
                        struct plenum_tenant *tenant)
{
    const struct node *under = node_find(origin->node, "under");

    tenant->parent = PLENUM_NONE;
    if (under != NULL) {
        (void)read_ref(reader, under, LIST_tenant, origin->turn, turns_of(origin->node),
                       &tenant->parent);
    }
    read_shares(reader, origin->node, tenant);
    read_budget(reader, node_find(origin->node, "budget"), &tenant->budget);
    tenant->weight = weight_of(tenant);
    if (tenant->lend_ms < 0) {
        tenant->lend_ms = PLENUM_FOREVER;
    }
}

/* --- the tree --------------------------------------------------------------------------------- */

/* Tells of a tenant that is under itself, or under too many, and cuts it off there. */
static void check_way_up(struct reader *reader, const struct list *tenants, size_t index)
{
    struct plenum_tenant *tenant = tenant_at(tenants, index);
    int32_t depth = 1;

    for (int32_t at = tenant->parent; at != PLENUM_NONE;
         at = tenant_at(tenants, (size_t)at)->parent) {
        if (++depth <= PLENUM_TENANT_DEPTH_MAX && (size_t)at != index) {
            continue;
        }
        tell_at(reader, tenants->origins[index].node, "under",
                (size_t)at == index
                    ? say(reader->scratch, "a cycle: '%s' is under itself", tenant->name)
                    : "more than 8 tenants one under the other",
                "a tree of at most 8 levels");
        tenant->parent = PLENUM_NONE;
        return;
    }
}

void read_tenants(struct reader *reader)
{
    struct list *tenants = &reader->lists[LIST_tenant];

    read_list(reader, reader->root, "tenants", LIST_tenant, &object_tenant);
    for (size_t i = 0; i < tenants->count; i++) {
        read_tenant(reader, &tenants->origins[i], tenant_at(tenants, i));
    }
    for (size_t i = 0; i < tenants->count; i++) {
        check_way_up(reader, tenants, i);
    }
    for (size_t i = 0; i < tenants->count; i++) {
        if (tenant_at(tenants, i)->parent != PLENUM_NONE) {
            tenant_at(tenants, (size_t)tenant_at(tenants, i)->parent)->child_count++;
        }
    }
}

bool tenant_asks(const struct reader *reader, int32_t tenant)
{
    return tenant_at(&reader->lists[LIST_tenant], (size_t)tenant)->child_count == 0;
}

/* --- shares ----------------------------------------------------------------------------------- */

/* Tells where the shares of those under one tenant, or of all at the top, pass what there is. */
static void check_chip(struct reader *reader, int32_t chip, const char *of, int64_t *sums)
{
    const struct list *tenants = &reader->lists[LIST_tenant];

    for (size_t i = 0; i < tenants->count; i++) {
        const struct plenum_tenant *tenant = tenant_at(tenants, i);
        bool top = tenant->parent == PLENUM_NONE;
        const struct plenum_tenant *parent =
            top ? NULL : tenant_at(tenants, (size_t)tenant->parent);
        int64_t limit = top ? WHOLE_MILLI : plenum_tenant_share_milli(parent, chip);
        int64_t *sum = &sums[top ? tenants->count : (size_t)tenant->parent];
        int32_t share = plenum_tenant_share_milli(tenant, chip);

        *sum += share;
        if (*sum > limit && *sum - share <= limit) {
            tell_at(reader, tenants->origins[i].node,
                    chip == PLENUM_NONE ? "share_milli" : "shares",
                    say(reader->scratch, "shares of %lld thousandths%s up to here", (long long)*sum,
                        of),
                    top ? "at most 1000 for all tenants"
                        : say(reader->scratch, "at most the %lld of '%s', which they are under",
                              (long long)limit, parent->name));
        }
    }
}

void check_tenants(struct reader *reader)
{
    const struct list *tenants = &reader->lists[LIST_tenant], *chips = &reader->lists[LIST_chip];
    bool *named = memory_new(chips->count + 1, sizeof *named);

    for (size_t i = 0; i < tenants->count; i++) {
        const struct plenum_tenant *tenant = tenant_at(tenants, i);

        for (int32_t k = 0; k < tenant->chip_share_count; k++) {
            named[tenant->chip_shares[k].chip] = true;
        }
    }
    for (int32_t chip = PLENUM_NONE; chip < (int32_t)chips->count; chip++) {
        if (chip != PLENUM_NONE && !named[chip]) {
            continue;
        }
        int64_t *sums = memory_new(tenants->count + 1, sizeof *sums);
        const char *of = "";

        if (chip != PLENUM_NONE) {
            const struct plenum_chip *item = list_at(chips, chip);
            of = say(reader->scratch, " of '%s'", item->name);
        }
        check_chip(reader, chip, of, sums);
        free(sums);
    }
    free(named);
}
