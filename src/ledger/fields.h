/* Fields: what a field of an entity refers to. */
#ifndef LEDGER_FIELDS_H
#define LEDGER_FIELDS_H

#include <plenum/command.h>

enum field_refers {
    FIELD_AMOUNT, /* to nothing */
    FIELD_INDEX,  /* to a member of a list of the site, or PLENUM_NONE */
    FIELD_ENTITY  /* to an entity of a kind that comes and goes, or 0 */
};

enum field_list {
    FIELD_OF_CELLS,
    FIELD_OF_CHARGERS,
    FIELD_OF_CHIPS,
    FIELD_OF_DRONES,
    FIELD_OF_PADS,
    FIELD_OF_POWER_NODES,
    FIELD_OF_RACKS,
    FIELD_OF_ROBOTS,
    FIELD_OF_SERVERS,
    FIELD_OF_TENANTS
};

struct field_facts {
    enum field_refers refers;
    enum field_list list; /* of an index */
    uint32_t kind;        /* of an entity */
};

struct field_facts field_facts(uint32_t kind, int32_t field);
/* How many members the list has. */
int64_t field_index_limit(const struct plenum_site *site, enum field_list list);

#endif
