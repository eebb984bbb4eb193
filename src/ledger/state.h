/* The ledger from inside. */
#ifndef LEDGER_STATE_H
#define LEDGER_STATE_H

#include "ledger/air_book.h"
#include "ledger/capacity_book.h"
#include "ledger/change.h"
#include "ledger/entities.h"
#include "ledger/floor_book.h"
#include "ledger/id_memory.h"
#include "ledger/power_book.h"
#include "ledger/rules.h"

struct plenum_ledger {
    const struct plenum_site *site;
    int64_t now_ms;
    uint64_t seq;
    struct entities entities;
    struct power_book power;
    struct capacity_book capacity;
    struct floor_book floor;
    struct air_book air;
    struct id_memory ids;
    struct ledger_scratch *scratch; /* of tests; means nothing between two calls */
};

struct ledger_scratch {
    struct change change;
    struct rules rules;
};

#endif
