/* The reading functions of ledger.h. */
#include <plenum/ledger.h>

#include "base/check.h"
#include "ledger/state.h"

const struct plenum_site *plenum_ledger_site(const struct plenum_ledger *ledger)
{
    return ledger->site;
}

int64_t plenum_ledger_now_ms(const struct plenum_ledger *ledger)
{
    return ledger->now_ms;
}

uint64_t plenum_ledger_seq(const struct plenum_ledger *ledger)
{
    return ledger->seq;
}

/* --- entities --------------------------------------------------------------------------------- */

bool plenum_ledger_exists(const struct plenum_ledger *ledger, struct plenum_ref ref)
{
    return ref.kind < PLENUM_KIND_COUNT && entities_row(&ledger->entities, ref) != NULL;
}

const int64_t *plenum_ledger_row(const struct plenum_ledger *ledger, uint32_t kind, uint64_t id)
{
    return entities_row(&ledger->entities, plenum_ref(kind, id));
}

const int64_t *plenum_ledger_rows(const struct plenum_ledger *ledger, uint32_t kind)
{
    CHECK(!plenum_kind_comes_and_goes(kind));
    return entities_row(&ledger->entities, plenum_ref(kind, 0));
}

int64_t plenum_ledger_get(const struct plenum_ledger *ledger, uint32_t kind, uint64_t id,
                          int32_t field)
{
    const int64_t *row = entities_row(&ledger->entities, plenum_ref(kind, id));
    CHECK(row != NULL);
    CHECK(field >= 0 && field < plenum_kind_field_count(kind));
    return row[field];
}

bool plenum_stop_in_force(const struct plenum_ledger *ledger, enum plenum_stop stop)
{
    CHECK(stop < PLENUM_STOP_COUNT);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_STOP, stop);
    return row && row[PLENUM_FIELD_STATE] == PLENUM_STOP_STOPPED;
}

size_t plenum_ledger_count(const struct plenum_ledger *ledger, uint32_t kind)
{
    return entities_count(&ledger->entities, kind);
}

bool plenum_ledger_walk(const struct plenum_ledger *ledger, uint32_t kind, size_t *cursor,
                        uint64_t *id, const int64_t **row)
{
    return entities_walk(&ledger->entities, kind, cursor, id, row);
}

uint64_t plenum_ledger_next_id(const struct plenum_ledger *ledger, uint32_t kind)
{
    return entities_next_id(&ledger->entities, kind);
}

/* --- power ------------------------------------------------------------------------------------ */

int64_t plenum_power_node_w(const struct plenum_ledger *ledger, int32_t node, int32_t feed_lost,
                            int64_t at_ms)
{
    return power_book_node_w(&ledger->power, node, feed_lost, at_ms);
}

int64_t plenum_power_limit_w(const struct plenum_ledger *ledger, int32_t node, int32_t feed_lost,
                             int64_t at_ms)
{
    return power_book_limit_w(&ledger->power, node, feed_lost, at_ms);
}

int64_t plenum_power_peak_w(const struct plenum_ledger *ledger, int32_t node, int32_t feed_lost)
{
    return power_book_peak_w(&ledger->power, node, feed_lost);
}

int64_t plenum_cooling_zone_w(const struct plenum_ledger *ledger, int32_t zone, int64_t at_ms)
{
    return power_book_zone_w(&ledger->power, zone, at_ms);
}

int64_t plenum_power_headroom_w(const struct plenum_ledger *ledger, int32_t load, int64_t from_ms,
                                int64_t until_ms)
{
    return power_book_headroom_w(&ledger->power, load, from_ms, until_ms);
}

int64_t plenum_power_first_fit(const struct plenum_ledger *ledger, int32_t load, int64_t from_ms,
                               int64_t latest_ms, int64_t length_ms, int64_t watts)
{
    return power_book_first_fit(&ledger->power, load, from_ms, latest_ms, length_ms, watts);
}

int64_t plenum_power_first_over(const struct plenum_ledger *ledger, int32_t *node,
                                int32_t *feed_lost)
{
    return power_book_first_over(&ledger->power, node, feed_lost);
}

size_t plenum_power_claims_of(const struct plenum_ledger *ledger, struct plenum_ref owner,
                              struct plenum_power_claim *claims, size_t max)
{
    const struct power_book *book = &ledger->power;
    size_t count = 0;
    for (uint32_t slot = power_book_first_of(book, owner); slot != OWNER_MAP_NONE;
         slot = power_book_next_of(book, slot), count++)
        if (count < max)
            claims[count] = book->claims[slot];
    return count;
}

size_t plenum_power_claims_at(const struct plenum_ledger *ledger, int32_t load,
                              struct plenum_power_claim *claims, size_t max)
{
    const struct power_book *book = &ledger->power;
    size_t count = 0;
    for (uint32_t slot = power_book_first_at(book, load); slot != OWNER_MAP_NONE;
         slot = power_book_next_at(book, slot), count++)
        if (count < max)
            claims[count] = book->claims[slot];
    return count;
}

/* --- capacity --------------------------------------------------------------------------------- */

void plenum_capacity_free_on(const struct plenum_ledger *ledger, int32_t server, int64_t from_ms,
                             int64_t until_ms, struct plenum_capacity_free *free_on)
{
    capacity_book_free_on(&ledger->capacity, server, from_ms, until_ms, free_on);
}

uint64_t plenum_capacity_revision(const struct plenum_ledger *ledger, int32_t server)
{
    return capacity_book_revision(&ledger->capacity, server);
}

void plenum_capacity_window(const struct plenum_ledger *ledger, int32_t server, int64_t *from_ms,
                            int64_t *until_ms)
{
    capacity_book_window(&ledger->capacity, server, from_ms, until_ms);
}

size_t plenum_capacity_claims_of(const struct plenum_ledger *ledger, struct plenum_ref owner,
                                 struct plenum_capacity_claim *claims, size_t max)
{
    return capacity_book_claims_of(&ledger->capacity, owner, claims, max);
}

size_t plenum_capacity_claims_on(const struct plenum_ledger *ledger, int32_t server,
                                 struct plenum_capacity_claim *claims, size_t max)
{
    return capacity_book_claims_on(&ledger->capacity, server, claims, max);
}

/* --- floor ------------------------------------------------------------------------------------ */

int32_t plenum_floor_cell_of(const struct plenum_ledger *ledger, int32_t robot)
{
    CHECK(robot >= 0 && robot < ledger->site->robot_count);
    return ledger->floor.cells[robot];
}

int32_t plenum_floor_robot_at(const struct plenum_ledger *ledger, int32_t cell)
{
    CHECK(cell >= 0 && cell < ledger->site->cell_count);
    return ledger->floor.robots[cell];
}

struct plenum_ref plenum_floor_closed_by(const struct plenum_ledger *ledger, int32_t cell)
{
    CHECK(cell >= 0 && cell < ledger->site->cell_count);
    return floor_book_closed_by(&ledger->floor, cell);
}

size_t plenum_floor_closed_cells(const struct plenum_ledger *ledger, int32_t *cells, size_t max)
{
    size_t count = ledger->floor.closed_count;
    for (size_t i = 0; i < count && i < max; i++)
        cells[i] = ledger->floor.closed[i].cell;
    return count;
}

const int32_t *plenum_floor_cells(const struct plenum_ledger *ledger)
{
    return ledger->floor.cells;
}

int64_t plenum_floor_moves(const struct plenum_ledger *ledger, int32_t robot)
{
    CHECK(robot >= 0 && robot < ledger->site->robot_count);
    return ledger->floor.moves[robot];
}

/* --- airspace --------------------------------------------------------------------------------- */

bool plenum_air_fits(const struct plenum_ledger *ledger, struct plenum_ref owner,
                     const struct plenum_volume *volumes, int32_t count,
                     struct plenum_refusal *refusal)
{
    return air_book_fits(&ledger->air, owner, volumes, count, ledger->now_ms, refusal);
}

size_t plenum_air_flights(const struct plenum_ledger *ledger)
{
    return air_book_flights(&ledger->air);
}

int32_t plenum_air_volumes_of(const struct plenum_ledger *ledger, struct plenum_ref owner,
                              const struct plenum_volume **volumes)
{
    return air_book_volumes_of(&ledger->air, owner, volumes);
}

int32_t plenum_air_closed(const struct plenum_ledger *ledger, const struct plenum_volume **volumes)
{
    *volumes = ledger->air.closed;
    return (int32_t)ledger->air.closed_count;
}
