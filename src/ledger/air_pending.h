/* Until the air book stands: no airspace is held, and none is given. */
#ifndef LEDGER_AIR_PENDING_H
#define LEDGER_AIR_PENDING_H

#include "base/bytes.h"
#include "ledger/refusals.h"

struct air_book {
    const struct plenum_site *site;
};

static inline void air_book_init(struct air_book *book, const struct plenum_site *site)
{
    book->site = site;
}

static inline void air_book_finish(struct air_book *book)
{
    book->site = NULL;
}

static inline bool air_book_test(const struct air_book *book, const struct plenum_command *command,
                                 int64_t now_ms, struct plenum_refusal *refusal)
{
    (void)book;
    (void)now_ms;
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_AIR_CLAIM) {
            *refusal = refusal_of(PLENUM_REASON_AIR_BOUNDS, i);
            return false;
        }
    return true;
}

static inline void air_book_apply(struct air_book *book, const struct plenum_command *command,
                                  int64_t now_ms)
{
    (void)book;
    (void)command;
    (void)now_ms;
}

static inline void air_book_advance(struct air_book *book, int64_t now_ms)
{
    (void)book;
    (void)now_ms;
}

static inline void air_book_write(const struct air_book *book, struct bytes *bytes)
{
    (void)book;
    (void)bytes;
}

static inline bool air_book_read(struct air_book *book, struct bytes_reader *reader)
{
    (void)book;
    (void)reader;
    return true;
}

static inline bool air_book_holds(const struct air_book *book, struct plenum_ref owner)
{
    (void)book;
    (void)owner;
    return false;
}

static inline bool air_book_fits(const struct air_book *book, struct plenum_ref owner,
                                 const struct plenum_volume *volumes, int32_t count,
                                 struct plenum_refusal *refusal)
{
    (void)book;
    (void)owner;
    (void)volumes;
    (void)count;
    *refusal = refusal_of(PLENUM_REASON_AIR_BOUNDS, 0);
    return false;
}

static inline size_t air_book_flights(const struct air_book *book)
{
    (void)book;
    return 0;
}

static inline int32_t air_book_volumes_of(const struct air_book *book, struct plenum_ref owner,
                                          const struct plenum_volume **volumes)
{
    (void)book;
    (void)owner;
    *volumes = NULL;
    return 0;
}

#endif
