/* Entities: a row of integers for each rack, robot, drone, task, job, delivery and flight.
 *
 * A table for each kind holds rows one after the other, in order of id:
 *
 *     ids   3 | 5 | 6 | 9        (kinds that come and go; else the id is the index)
 *     rows  . | . | . | .        field_count integers each
 *
 * An entity that ended leaves its row with state DEAD until half of the table is dead; then the
 * rows move together. As ids only grow, an entity can be found by binary search between the bounds
 * that its id gives; most are found without, in a table of places by the low bits of the id.
 *
 * What is always true:
 * 1. Ids ascend strictly, and the next entity's id is larger than all of them.
 * 2. No answer depends on where rows stand or on which dead rows are still there.
 * 3. A place is 0 or 1 plus the index of a row that is not dead. */
#ifndef LEDGER_ENTITIES_H
#define LEDGER_ENTITIES_H

#include <plenum/command.h>

#include "base/bytes.h"

struct entity_table {
    uint64_t *ids; /* NULL for kinds that stay */
    int64_t *rows;
    uint32_t *places; /* by id modulo place_room, a power of two; the latest id has it */
    size_t row_count, row_room, id_room, place_room, dead_count;
    size_t field_count;
    uint64_t next_id;
    uint64_t id_limit; /* every id is below */
};

struct entities {
    struct entity_table tables[PLENUM_KIND_COUNT];
};

void entities_init(struct entities *entities, const struct plenum_site *site);
void entities_finish(struct entities *entities);

/* The entity's row, or NULL when there is none; dead until the next change. */
const int64_t *entities_row(const struct entities *entities, struct plenum_ref ref);
uint64_t entities_next_id(const struct entities *entities, uint32_t kind);
/* Whether the kind may have an entity of this id, now or later. */
bool entities_id_fits(const struct entities *entities, struct plenum_ref ref);
size_t entities_count(const struct entities *entities, uint32_t kind);
/* See plenum_ledger_walk. */
bool entities_walk(const struct entities *entities, uint32_t kind, size_t *cursor, uint64_t *id,
                   const int64_t **row);

/* The entity has this row from now on; a new one has the next id. */
void entities_put(struct entities *entities, struct plenum_ref ref, const int64_t *row);
/* The entity is gone. */
void entities_end(struct entities *entities, struct plenum_ref ref);

void entities_write(const struct entities *entities, struct bytes *bytes);
/* Into tables that were just initialised. False if the bytes are not such rows. */
bool entities_read(struct entities *entities, struct bytes_reader *reader);

#endif
