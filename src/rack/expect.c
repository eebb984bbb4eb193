/* Expecting a rack is a promise, so the date has a margin: a quarter of the work that is left, and
 * then the next half hour. It is told later as soon as it is known to be, a step before it would
 * come at the latest, so that no window ever opens on a rack that does not serve. It is never told
 * earlier: a rack that comes early serves at once. */
#include "rack/expect.h"

#include "rack/drain.h"

#include "base/check.h"
#include "base/memory.h"

#include <plenum/rack.h>
#include <stdlib.h>

static const char ACTOR[] = "planner/rack";

#define DATE_MS  (INT64_C(30) * 60 * 1000) /* dates are whole half hours */
#define ROUND_MS INT64_C(30000)            /* a rack that cannot be expected is tried again */
#define AHEAD_MS (INT64_C(366) * 24 * 3600 * 1000) /* watts are looked for */

enum { DATES_TRIED = 4 };

static const int64_t *rack_row(const struct plenum_ledger *ledger, int32_t rack)
{
    return plenum_ledger_row(ledger, PLENUM_RACK, (uint64_t)rack);
}

static struct plenum_ref rack_ref(int32_t rack)
{
    return plenum_ref(PLENUM_RACK, (uint64_t)rack);
}

static int32_t load_of(const struct plenum_site *site, int32_t rack)
{
    return site->positions[site->racks[rack].position].load;
}

static const struct plenum_rack_model *model_of(const struct plenum_site *site, int32_t rack)
{
    return &site->rack_models[site->racks[rack].model];
}

/* --- dates ------------------------------------------------------------------------------------ */

/* since_ms and the work that is left from then on, with the margin; later than now. */
static int64_t date_of(const struct plenum_ledger *ledger, int64_t since_ms, int64_t work_ms)
{
    int64_t at_ms = since_ms + work_ms + work_ms / 4;
    int64_t least_ms = plenum_ledger_now_ms(ledger) + 2 * plenum_ledger_site(ledger)->step_ms;
    at_ms = at_ms > least_ms ? at_ms : least_ms;
    return (at_ms + DATE_MS - 1) / DATE_MS * DATE_MS;
}

int64_t expect_after_burn_in(const struct plenum_ledger *ledger)
{
    return date_of(ledger, plenum_ledger_now_ms(ledger),
                   plenum_ledger_site(ledger)->world.burn_in_ms);
}

/* By the supplier's plan and the times that the site file gives. */
static int64_t rack_date(const struct plenum_ledger *ledger, int32_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_world *world = &site->world;
    const int64_t *row = rack_row(ledger, rack);
    int64_t since_ms = row[PLENUM_FIELD_SINCE_MS];
    switch ((enum plenum_rack_state)row[PLENUM_FIELD_STATE]) {
    case PLENUM_RACK_ORDERED:
    case PLENUM_RACK_BUILT:
    case PLENUM_RACK_SHIPPED:
        return date_of(ledger, site->racks[rack].arrive_ms, world->cabling_ms + world->burn_in_ms);
    case PLENUM_RACK_AT_DOCK:
    case PLENUM_RACK_CARRIED:
    case PLENUM_RACK_PLACED:
        return date_of(ledger, since_ms, world->cabling_ms + world->burn_in_ms);
    case PLENUM_RACK_FAILED:
        return date_of(ledger, since_ms, world->repair_ms + world->burn_in_ms);
    default:
        return date_of(ledger, since_ms, world->burn_in_ms);
    }
}

static int64_t retires_ms(const struct plenum_ledger *ledger, int32_t rack)
{
    int64_t at_ms = rack_row(ledger, rack)[PLENUM_RACK_RETIRE_MS];
    return at_ms != 0 ? at_ms : PLENUM_FOREVER;
}

bool expect_window(const struct plenum_ledger *ledger, int32_t rack, int64_t *from_ms,
                   int64_t *until_ms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    if (model_of(site, rack)->server_count == 0)
        return false;
    plenum_capacity_window(ledger, site->racks[rack].first_server, from_ms, until_ms);
    return *from_ms<*until_ms && * until_ms> plenum_ledger_now_ms(ledger);
}

/* --- what is sold there ----------------------------------------------------------------------- */

/* Jobs on the rack that need it before from_ms or after until_ms wait again. */
static void put_back(const struct plenum_ledger *ledger, struct plenum_command *command,
                     int32_t rack, int64_t from_ms, int64_t until_ms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    for (int32_t i = 0; i < model_of(site, rack)->server_count; i++) {
        int32_t server = site->racks[rack].first_server + i;
        size_t count = plenum_capacity_claims_on(ledger, server, NULL, 0);
        struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
        plenum_capacity_claims_on(ledger, server, claims, count);
        for (size_t k = 0; k < count; k++)
            if ((claims[k].from_ms < from_ms || claims[k].until_ms > until_ms) &&
                claims[k].owner.kind == PLENUM_JOB)
                drain_job_once(ledger, command, claims[k].owner.id);
        free(claims);
    }
}

static void set_windows(const struct plenum_ledger *ledger, struct plenum_command *command,
                        int32_t rack, int64_t from_ms, int64_t until_ms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    for (int32_t i = 0; i < model_of(site, rack)->server_count; i++)
        plenum_command_window(command, site->racks[rack].first_server + i, from_ms, until_ms);
}

/* --- racks to come ---------------------------------------------------------------------------- */

static void claim_watts(const struct plenum_ledger *ledger, struct plenum_command *command,
                        int32_t rack, int64_t from_ms, bool burns)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_rack_model *model = model_of(site, rack);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t burn_ms = burns ? now_ms : from_ms - site->world.burn_in_ms;
    burn_ms = burn_ms > now_ms ? burn_ms : now_ms;
    plenum_command_release(command, rack_ref(rack), PLENUM_BOOK_POWER, now_ms);
    if (burn_ms < from_ms)
        plenum_command_claim_power(command, rack_ref(rack), load_of(site, rack), burn_ms, from_ms,
                                   plenum_rack_claim_w(model, PLENUM_RACK_POWERED));
    plenum_command_claim_power(command, rack_ref(rack), load_of(site, rack), from_ms,
                               PLENUM_FOREVER, plenum_rack_claim_w(model, PLENUM_RACK_IN_SERVICE));
}

void expect_from(const struct plenum_ledger *ledger, struct plenum_command *command, int32_t rack,
                 int64_t from_ms, bool burns)
{
    int64_t until_ms = retires_ms(ledger, rack);
    until_ms = until_ms > from_ms ? until_ms : from_ms;
    put_back(ledger, command, rack, from_ms, until_ms);
    claim_watts(ledger, command, rack, from_ms, burns);
    set_windows(ledger, command, rack, from_ms, until_ms);
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_EXPECTED_MS, from_ms);
}

/* Where the watts of a burn-in that ends at date_ms, and idle ones for ever from then on, are not
 * free: the first date after it from which they are. */
static int64_t date_with_watts(const struct plenum_ledger *ledger, int32_t rack, int64_t date_ms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_rack_model *model = model_of(site, rack);
    int32_t load = load_of(site, rack);
    int64_t burn_in_ms = site->world.burn_in_ms, now_ms = plenum_ledger_now_ms(ledger);
    int64_t idle_ms = plenum_power_first_fit(ledger, load, date_ms, now_ms + AHEAD_MS, INT64_MAX,
                                             plenum_rack_claim_w(model, PLENUM_RACK_IN_SERVICE));
    if (idle_ms == PLENUM_FOREVER)
        return PLENUM_FOREVER;
    if (burn_in_ms == 0)
        return date_of(ledger, idle_ms, 0);
    int64_t burn_ms = idle_ms - burn_in_ms > now_ms ? idle_ms - burn_in_ms : now_ms;
    burn_ms = plenum_power_first_fit(ledger, load, burn_ms, now_ms + AHEAD_MS, burn_in_ms,
                                     plenum_rack_claim_w(model, PLENUM_RACK_POWERED));
    return burn_ms == PLENUM_FOREVER ? PLENUM_FOREVER : date_of(ledger, burn_ms + burn_in_ms, 0);
}

/* Fills the command with the first date from date_ms on that the ledger takes. */
static bool fill_expected(const struct plenum_ledger *ledger, struct plenum_command *command,
                          int32_t rack, int64_t date_ms, enum plenum_command_kind kind)
{
    int64_t state = rack_row(ledger, rack)[PLENUM_FIELD_STATE];
    bool burns = state == PLENUM_RACK_POWERED || state == PLENUM_RACK_TESTED;
    for (int try = 0; try < DATES_TRIED && date_ms < retires_ms(ledger, rack); try++) {
        struct plenum_refusal refusal;
        plenum_command_reset(command, kind, ACTOR);
        expect_from(ledger, command, rack, date_ms, burns);
        if (plenum_ledger_test(ledger, command, &refusal))
            return true;
        int64_t next_ms = burns ? PLENUM_FOREVER : date_with_watts(ledger, rack, date_ms);
        date_ms = next_ms > date_ms ? next_ms : date_ms + DATE_MS;
    }
    return false;
}

/* It cannot be told any more when the rack will serve. One that burns in is switched off. */
static void fill_unexpected(const struct plenum_ledger *ledger, struct plenum_command *command,
                            int32_t rack)
{
    int64_t state = rack_row(ledger, rack)[PLENUM_FIELD_STATE];
    plenum_command_reset(command, PLENUM_COMMAND_RACK_LATE, ACTOR);
    drain_rack(ledger, command, rack);
    plenum_command_release(command, rack_ref(rack), PLENUM_BOOK_POWER,
                           plenum_ledger_now_ms(ledger));
    plenum_command_set(command, rack_ref(rack), PLENUM_RACK_EXPECTED_MS, 0);
    if (state == PLENUM_RACK_POWERED || state == PLENUM_RACK_TESTED)
        plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_CABLED);
}

/* Whether the agent's round begins with this step. */
static bool round_begins(const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t since_ms = plenum_ledger_now_ms(ledger) - site->start_ms;
    return since_ms / ROUND_MS != (since_ms - site->step_ms) / ROUND_MS;
}

enum plenum_status expect_rack(const struct plenum_port *port, struct plenum_command *command,
                               int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t from_ms, until_ms, date_ms = rack_date(ledger, rack);
    if (expect_window(ledger, rack, &from_ms, &until_ms)) {
        bool late = date_ms > from_ms;
        if (!late && until_ms == retires_ms(ledger, rack))
            return PLENUM_OK;
        if (!fill_expected(ledger, command, rack, late ? date_ms : from_ms,
                           late ? PLENUM_COMMAND_RACK_LATE : PLENUM_COMMAND_RACK_RETIRE))
            fill_unexpected(ledger, command, rack);
        return plenum_port_submit(port, command, NULL);
    }
    if (!round_begins(ledger) || model_of(plenum_ledger_site(ledger), rack)->server_count == 0 ||
        !fill_expected(ledger, command, rack, date_ms, PLENUM_COMMAND_RACK_EXPECT))
        return PLENUM_OK;
    return plenum_port_submit(port, command, NULL);
}

/* --- racks to go ------------------------------------------------------------------------------ */

static void fill_retired(const struct plenum_ledger *ledger, struct plenum_command *command,
                         int32_t rack)
{
    drain_rack(ledger, command, rack);
    plenum_command_release(command, rack_ref(rack), PLENUM_BOOK_POWER,
                           plenum_ledger_now_ms(ledger));
    plenum_command_set(command, rack_ref(rack), PLENUM_FIELD_STATE, PLENUM_RACK_RETIRED);
}

enum plenum_status retire_rack(const struct plenum_port *port, struct plenum_command *command,
                               int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t from_ms, until_ms, retire_ms = retires_ms(ledger, rack);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    bool open = expect_window(ledger, rack, &from_ms, &until_ms);
    if (retire_ms > now_ms && (!open || until_ms == retire_ms))
        return PLENUM_OK;
    plenum_command_reset(command, PLENUM_COMMAND_RACK_RETIRE, ACTOR);
    if (retire_ms <= now_ms) {
        fill_retired(ledger, command, rack);
    } else {
        put_back(ledger, command, rack, from_ms, retire_ms);
        set_windows(ledger, command, rack, from_ms, retire_ms);
    }
    return plenum_port_submit(port, command, NULL);
}
