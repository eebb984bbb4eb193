/* Change: what a command would make of the entities, without touching them.
 *
 * The operations are sorted by the entity they speak of, so that each entity stands once, with its
 * operations in their order and its row as it would be after all of them:
 *
 *     touches   (rack 3, op 0) (rack 3, op 4) (task 7, op 1) (task 7, op 2) ...
 *     items     rack 3: touches 0..1, row     task 7: touches 2..3, row
 *
 * An operation speaks of the entity it creates, sets or ends, of the owner whose claims it makes
 * or releases, or whose cell it closes or opens; a window, of its server's rack.
 *
 * What is always true after a change_build that was true:
 * 1. Items ascend by kind and id, and each kind's new entities have the ids that come next, in
 *    the order of their creates.
 * 2. Every state in a row was reached along the arrows of entity.h.
 * 3. Every reference that the command sets is to something that exists after it.
 * 4. At most one release for an owner and book, one window for a server, one tick.
 *
 * Memory is kept from command to command. */
#ifndef LEDGER_CHANGE_H
#define LEDGER_CHANGE_H

#include <plenum/ledger.h>

#include "ledger/entities.h"

struct change_touch {
    struct plenum_ref ref;
    uint32_t op;
};

struct change_item {
    struct plenum_ref ref;
    const int64_t *before; /* the row it has, NULL for a new entity */
    size_t row;            /* index in rows: the row it would have */
    size_t first, count;   /* its touches */
    uint32_t state_op;     /* the operation that last set its state, or its first operation */
    bool made, set, ended;
};

struct change_window {
    int32_t server;
    uint32_t op;
};

struct change {
    const struct plenum_site *site;
    const struct entities *entities;
    const struct plenum_command *command;
    int64_t now_ms;
    struct change_touch *touches;
    struct change_item *items;
    struct change_window *windows; /* by server */
    int64_t *rows;
    size_t touch_count, item_count, window_count, row_count;
    size_t touch_room, item_room, window_room, row_room;
};

void change_init(struct change *change, const struct plenum_site *site,
                 const struct entities *entities);
void change_finish(struct change *change);
/* The command has passed shape_test and stays where it is as long as the change is used. */
bool change_build(struct change *change, const struct plenum_command *command, int64_t now_ms,
                  struct plenum_refusal *refusal);

/* The item of the entity, or NULL when the command does not touch it. */
const struct change_item *change_find(const struct change *change, struct plenum_ref ref);
/* The entity's row after the command, or NULL when it does not exist then. */
const int64_t *change_row(const struct change *change, struct plenum_ref ref);
/* The window operation on a server, or NULL. */
const struct plenum_op *change_window_of(const struct change *change, int32_t server);

static inline const int64_t *item_row(const struct change *change, const struct change_item *item)
{
    return change->rows + item->row;
}

/* Gives the entities the rows that a change says. */
void change_apply(const struct change *change, struct entities *entities);

#endif
