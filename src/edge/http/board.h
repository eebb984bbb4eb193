/* Board: what watchers of the site are told, made once for all who want the same. */
#ifndef EDGE_HTTP_BOARD_H
#define EDGE_HTTP_BOARD_H

#include "edge/http/wish.h"

#include <plenum/engine.h>

struct board;

struct board *board_create(void);
void board_destroy(struct board *board);

/* The number of the state's message, which grows when the state is told anew: when it has changed,
 * and a fifth of a second after the last at the earliest. */
uint64_t board_refresh(struct board *board, struct plenum_engine *engine, int64_t now_ns);
/* As of the last refresh; 0: there was none. */
uint64_t board_number(const struct board *board);
/* The instant of the next change; INT64_MAX: nothing has changed. */
int64_t board_due_ns(const struct board *board, struct plenum_engine *engine);
/* {"state":{...}}, after LWS_PRE free bytes, as of the last refresh. */
const struct bytes *board_state(const struct board *board);

/* The picture, after LWS_PRE free bytes; good until the next call. NULL: it has no room. */
const struct bytes *board_picture(struct board *board, const struct plenum_ledger *ledger,
                                  const struct wish *wish);

#endif
