/* Its servers come free by themselves: what the maintenance holds ends with its time. */
#include "rack/maintain.h"

static const char ACTOR[] = "planner/rack";

static bool is_due(const int64_t *row, int64_t now_ms)
{
    switch (row[PLENUM_FIELD_STATE]) {
    case PLENUM_MAINTENANCE_PLANNED:
        return row[PLENUM_MAINTENANCE_FROM_MS] <= now_ms;
    case PLENUM_MAINTENANCE_UNDER_WAY:
        return row[PLENUM_MAINTENANCE_UNTIL_MS] <= now_ms;
    default:
        return true;
    }
}

static enum plenum_status move_on(const struct plenum_port *port, struct plenum_command *command,
                                  uint64_t id, int64_t state)
{
    struct plenum_ref ref = plenum_ref(PLENUM_MAINTENANCE, id);
    plenum_command_reset(command, PLENUM_COMMAND_MAINTENANCE_MOVE_ON, ACTOR);
    if (state <= PLENUM_MAINTENANCE_UNDER_WAY)
        plenum_command_set(command, ref, PLENUM_FIELD_STATE, state + 1);
    else
        plenum_command_end(command, ref);
    return plenum_port_submit(port, command, NULL);
}

enum plenum_status maintain_on_time(const struct plenum_port *port, struct plenum_command *command)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    enum plenum_status status = PLENUM_OK;
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (status == PLENUM_OK &&
           plenum_ledger_walk(ledger, PLENUM_MAINTENANCE, &cursor, &id, &row))
        if (is_due(row, now_ms)) {
            status = move_on(port, command, id, row[PLENUM_FIELD_STATE]);
            cursor = 0;
        }
    return status;
}
