/* Commands about areas. See ledger.h. */
#include <plenum/ledger.h>

#include "base/check.h"

static struct plenum_ref area_ref(int32_t area)
{
    return plenum_ref(PLENUM_AREA, (uint64_t)area);
}

void plenum_area_set(const struct plenum_ledger *ledger, struct plenum_command *command,
                     int32_t index, enum plenum_area_state state)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    CHECK(index >= 0 && index < site->area_count);
    const struct plenum_area *area = &site->areas[index];
    bool was_closed = plenum_ledger_get(ledger, PLENUM_AREA, (uint64_t)index, PLENUM_AREA_STATE) ==
                      PLENUM_AREA_CLOSED;
    bool is_closed = state == PLENUM_AREA_CLOSED;
    plenum_command_set(command, area_ref(index), PLENUM_AREA_STATE, state);
    for (int32_t i = 0; i < plenum_area_size(area) && was_closed != is_closed; i++) {
        int32_t cell = plenum_area_cell(site, area, i);
        if (site->walls[cell])
            continue;
        if (is_closed)
            plenum_command_close_cell(command, area_ref(index), cell);
        else
            plenum_command_open_cell(command, area_ref(index), cell);
    }
}

void plenum_area_plan(struct plenum_command *command, int32_t area, struct plenum_closure closure)
{
    plenum_command_set(command, area_ref(area), PLENUM_AREA_FROM_MS, closure.from_ms);
    plenum_command_set(command, area_ref(area), PLENUM_AREA_UNTIL_MS, closure.until_ms);
    plenum_command_set(command, area_ref(area), PLENUM_AREA_NOTICE_MS, closure.notice_ms);
}

void plenum_area_open(const struct plenum_ledger *ledger, struct plenum_command *command,
                      int32_t index)
{
    const struct plenum_area *area = &plenum_ledger_site(ledger)->areas[index];
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_AREA, (uint64_t)index);
    CHECK(row);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    struct plenum_closure next = plenum_area_next_closure(area, now_ms);
    if (row[PLENUM_AREA_FROM_MS] == next.from_ms)
        next = plenum_area_next_closure(area, next.until_ms);
    if (row[PLENUM_AREA_STATE] != PLENUM_AREA_OPEN || row[PLENUM_AREA_FROM_MS] == PLENUM_FOREVER)
        plenum_area_set(ledger, command, index, PLENUM_AREA_OPEN);
    plenum_area_plan(command, index, next);
}
