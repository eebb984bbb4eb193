/* Feed: rows of the journal as JSON, kept for a while: many clients want the same. */
#ifndef EDGE_HTTP_FEED_H
#define EDGE_HTTP_FEED_H

#include "edge/http/call.h"

struct feed;

struct feed *feed_create(void);
void feed_destroy(struct feed *feed);

/* The row, which is durable, after LWS_PRE free bytes. Good until the next call. NULL: the journal
 * cannot be read. */
const struct bytes *feed_row(struct feed *feed, struct plenum_engine *engine, uint64_t seq);

#endif
