/* Capacity book: who has which accelerators, cores and memory of which server, and when.
 *
 * Always true of it (L2 of ledger.h):
 *   C1  at every instant, the claims on a server come to at most 1000 thousandths of each of its
 *       accelerators, its model's cores and its model's memory.
 *   C2  every claim, from now on, lies in its server's window; but for those of a maintenance,
 *       which keep a server clear and use nothing.
 *   C3  every claim ends after now.
 *
 * The commands given to it have passed shape_test, and release an owner at most once and set a
 * window at most once (change.h). A command is judged by the claims as they will stand after it;
 * its claims are judged one after the other, so the first that does not fit is the one refused. A
 * claim in the way of a new window is the window's fault.
 *
 * A refusal says: subject the server; asked and limit in milli of the accelerator, in cores or in
 * bytes; other the first owner in the way. */
#ifndef LEDGER_CAPACITY_BOOK_H
#define LEDGER_CAPACITY_BOOK_H

#include <plenum/ledger.h>

#include "base/bytes.h"
#include "ledger/capacity_shelf.h"
#include "ledger/expiry.h"
#include "ledger/owner_map.h"

struct capacity_window {
    int64_t from_ms, until_ms;
};

struct capacity_scratch;

struct capacity_book {
    const struct plenum_site *site;
    struct capacity_shelf *shelves; /* by server */
    struct capacity_window *windows;
    uint64_t *revisions; /* by server, and of all: see plenum_capacity_revision */
    int32_t *servers;    /* by slot */
    size_t slot_count, slot_room;
    uint32_t *free_slots;
    size_t free_count, free_room;
    struct owner_map by_owner, by_server; /* by_server: key {0, server} */
    struct owner_map by_age;              /* key {0, 0} */
    struct expiry expiry;
    struct capacity_scratch *scratch; /* of tests; means nothing between two calls */
};

void capacity_book_init(struct capacity_book *book, const struct plenum_site *site);
void capacity_book_finish(struct capacity_book *book);
bool capacity_book_test(const struct capacity_book *book, const struct plenum_command *command,
                        int64_t now_ms, struct plenum_refusal *refusal);
void capacity_book_apply(struct capacity_book *book, const struct plenum_command *command,
                         int64_t now_ms);
void capacity_book_advance(struct capacity_book *book, int64_t now_ms);
void capacity_book_write(const struct capacity_book *book, struct bytes *bytes);
/* Into a book that was just initialised. False if the bytes are no state of this site's servers. */
bool capacity_book_read(struct capacity_book *book, struct bytes_reader *reader);
bool capacity_book_holds(const struct capacity_book *book, struct plenum_ref owner);

/* See plenum_capacity_* in ledger.h. */
void capacity_book_free_on(const struct capacity_book *book, int32_t server, int64_t from_ms,
                           int64_t until_ms, struct plenum_capacity_free *free_on);
void capacity_book_window(const struct capacity_book *book, int32_t server, int64_t *from_ms,
                          int64_t *until_ms);
uint64_t capacity_book_revision(const struct capacity_book *book, int32_t server);
size_t capacity_book_claims_of(const struct capacity_book *book, struct plenum_ref owner,
                               struct plenum_capacity_claim *claims, size_t max);
size_t capacity_book_claims_on(const struct capacity_book *book, int32_t server,
                               struct plenum_capacity_claim *claims, size_t max);

/* --- between the files of the book --- */

static inline const struct plenum_server_model *capacity_model_of(const struct plenum_site *site,
                                                                  int32_t server)
{
    return &site->server_models[site->servers[server].model];
}

struct capacity_scratch *capacity_scratch_create(void);
void capacity_scratch_destroy(struct capacity_scratch *scratch);
struct capacity_heap *capacity_scratch_heap(struct capacity_scratch *scratch);
struct capacity_item capacity_item_of(const struct plenum_capacity_claim *claim, uint32_t slot);
/* What part of the claim first does not fit beside the claims on the shelf; reason NONE if all
 * does. */
struct plenum_refusal capacity_shelf_judge(const struct capacity_shelf *shelf,
                                           const struct plenum_server_model *model,
                                           const struct capacity_item *item,
                                           struct capacity_heap *heap);

#endif
