/* Robots and drones charge alike: the table says which fields of each mean what. */
#include "rack/slow.h"

#include "base/check.h"

struct charged {                           /* a kind of device that charges */
    int32_t charging, off;                 /* states */
    int32_t charge_j, charge_ms, charge_w; /* fields */
    int32_t charger;                       /* field, or PLENUM_NONE */
};

static const struct charged *charged_of(uint32_t kind)
{
    static const struct charged robot = {PLENUM_ROBOT_CHARGING, PLENUM_ROBOT_IDLE,
                                         PLENUM_ROBOT_CHARGE_J, PLENUM_ROBOT_CHARGE_MS,
                                         PLENUM_ROBOT_CHARGE_W, PLENUM_ROBOT_CHARGER};
    static const struct charged drone = {PLENUM_DRONE_CHARGING, PLENUM_DRONE_READY,
                                         PLENUM_DRONE_CHARGE_J, PLENUM_DRONE_CHARGE_MS,
                                         PLENUM_DRONE_CHARGE_W, PLENUM_NONE};
    CHECK(kind == PLENUM_ROBOT || kind == PLENUM_DRONE);
    return kind == PLENUM_ROBOT ? &robot : &drone;
}

static const int64_t *row_of(const struct plenum_ledger *ledger, struct plenum_ref owner)
{
    const int64_t *row = plenum_ledger_row(ledger, owner.kind, owner.id);
    CHECK(row);
    return row;
}

static int64_t battery_j(const struct plenum_site *site, struct plenum_ref owner)
{
    return owner.kind == PLENUM_ROBOT ? site->robot_models[site->robots[owner.id].model].battery_j
                                      : site->drone_models[site->drones[owner.id].model].battery_j;
}

/* A third of what it takes where nothing is short. */
static int64_t third_w(const struct plenum_ledger *ledger, struct plenum_ref owner)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    if (owner.kind == PLENUM_DRONE)
        return site->drone_models[site->drones[owner.id].model].charge_w / 3;
    int64_t charger = row_of(ledger, owner)[PLENUM_ROBOT_CHARGER];
    int64_t wants_w = site->robot_models[site->robots[owner.id].model].charge_w;
    if (charger != PLENUM_NONE && site->chargers[charger].power_w < wants_w)
        wants_w = site->chargers[charger].power_w;
    return wants_w / 3;
}

bool slow_charging_can(const struct plenum_ledger *ledger, const struct plenum_power_claim *claim)
{
    int64_t least_w = third_w(ledger, claim->owner);
    return least_w > 0 && claim->watts > least_w &&
           row_of(ledger, claim->owner)[PLENUM_FIELD_STATE] ==
               charged_of(claim->owner.kind)->charging;
}

/* What is in its battery now, from its last report on. */
static int64_t charge_now_j(const struct plenum_ledger *ledger, struct plenum_ref owner)
{
    const struct charged *fields = charged_of(owner.kind);
    const int64_t *row = row_of(ledger, owner);
    int64_t passed_ms = plenum_ledger_now_ms(ledger) - row[fields->charge_ms];
    int64_t full_j = battery_j(plenum_ledger_site(ledger), owner);
    int64_t charge_j = row[fields->charge_j] + row[fields->charge_w] * passed_ms / 1000;
    return charge_j < full_j ? charge_j : full_j;
}

void slow_charging(const struct plenum_ledger *ledger, struct plenum_command *command,
                   const struct plenum_power_claim *claim)
{
    struct plenum_ref owner = claim->owner;
    const struct charged *fields = charged_of(owner.kind);
    int64_t now_ms = plenum_ledger_now_ms(ledger), watts = 0;
    plenum_command_release(command, owner, PLENUM_BOOK_POWER, now_ms);
    if (row_of(ledger, owner)[PLENUM_FIELD_STATE] != fields->charging)
        return;
    if (slow_charging_can(ledger, claim)) {
        watts = third_w(ledger, owner);
        plenum_command_claim_power(command, owner, claim->load, now_ms, claim->until_ms, watts);
    } else {
        plenum_command_set(command, owner, PLENUM_FIELD_STATE, fields->off);
        if (fields->charger != PLENUM_NONE)
            plenum_command_set(command, owner, fields->charger, PLENUM_NONE);
    }
    plenum_command_set(command, owner, fields->charge_j, charge_now_j(ledger, owner));
    plenum_command_set(command, owner, fields->charge_ms, now_ms);
    plenum_command_set(command, owner, fields->charge_w, watts);
}
