/* Air book: the 4D volumes of flights, and what is closed to them.
 *
 * Always true of it (L4 of ledger.h):
 *   A1  no volume of one owner meets a volume of another (geometry.h: what touches meets).
 *   A2  every claimed volume lay in the site's airspace, and met nothing that was closed then.
 *   A3  every flight's last volume ends at or after now; so does every closed volume of a command.
 *
 * Volumes are closed intervals of time, releases are instants: released from an instant on, a
 * volume's last millisecond is the one before it.
 *
 * The commands given to it have passed shape_test and release an owner at most once. Claims are
 * judged one after the other, against all that will be left of others' claims, and against all
 * that the command closes. A refusal says: asked the index of the volume in its claim; subject the
 * closed volume of the site file, where one is met; other the owner in the way; from_ms the first
 * instant that both have. Of several in the way, that is the one met first, then of the lowest
 * owner. */
#ifndef LEDGER_AIR_BOOK_H
#define LEDGER_AIR_BOOK_H

#include <plenum/ledger.h>

#include "base/bytes.h"
#include "ledger/air_index.h"
#include "ledger/expiry.h"
#include "ledger/owner_map.h"

/* The volumes of one owner. Vertices are the flight's own. */
struct air_flight {
    struct plenum_ref owner;
    struct plenum_volume *volumes;
    size_t count, room;
    int64_t until_ms; /* the end of its last volume */
};

struct air_book {
    const struct plenum_site *site;
    struct air_flight *flights; /* by slot; count 0: the slot is free */
    size_t slot_count, slot_room;
    uint32_t *free_slots;
    size_t free_count, free_room;
    size_t flight_count;
    struct owner_map by_owner;
    struct expiry expiry;
    struct air_index index;
    struct geometry_box *site_boxes; /* of the site's closed volumes */
    struct plenum_volume *closed;    /* by commands, in their order; vertices are the book's */
    size_t closed_count, closed_room;
};

void air_book_init(struct air_book *book, const struct plenum_site *site);
void air_book_finish(struct air_book *book);
bool air_book_test(const struct air_book *book, const struct plenum_command *command,
                   int64_t now_ms, struct plenum_refusal *refusal);
void air_book_apply(struct air_book *book, const struct plenum_command *command, int64_t now_ms);
void air_book_advance(struct air_book *book, int64_t now_ms);
void air_book_write(const struct air_book *book, struct bytes *bytes);
/* Into a book that was just initialised. False if the bytes are no state of this site's air. */
bool air_book_read(struct air_book *book, struct bytes_reader *reader);
bool air_book_holds(const struct air_book *book, struct plenum_ref owner);
/* The owner's flight, or NULL. */
const struct air_flight *air_book_flight(const struct air_book *book, struct plenum_ref owner);
/* See plenum_air_* in ledger.h. */
bool air_book_fits(const struct air_book *book, struct plenum_ref owner,
                   const struct plenum_volume *volumes, int32_t count, int64_t now_ms,
                   struct plenum_refusal *refusal);
size_t air_book_flights(const struct air_book *book);
int32_t air_book_volumes_of(const struct air_book *book, struct plenum_ref owner,
                            const struct plenum_volume **volumes);

/* A copy with vertices of its own; volume_drop frees them. */
struct plenum_volume volume_copy(const struct plenum_volume *volume);
void volume_drop(struct plenum_volume *volume);
/* Bytes of one volume, and back; false if they are none. */
void volume_write(const struct plenum_volume *volume, struct bytes *bytes);
bool volume_read(struct plenum_volume *volume, struct bytes_reader *reader);

#endif
