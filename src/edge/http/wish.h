/* Wish: what a client of /v1/watch says that it wants to see. */
#ifndef EDGE_HTTP_WISH_H
#define EDGE_HTTP_WISH_H

#include "edge/http/frame.h"

enum { WISH_HZ = 10, WISH_HZ_MAX = 60 };

enum picture { PICTURE_NONE, PICTURE_FLOOR, PICTURE_AIR };

struct wish {
    enum picture picture;
    struct frame_view view; /* fitted */
    int64_t period_ns;      /* between two pictures at least */
};

/* Reads a message: {"watch":"floor","hall":0,"x0":..,"hz":10}. What is not said has a default.
 * False: error says why, and the wish is as it was. */
bool wish_read(const char *text, size_t length, const struct plenum_site *site, struct wish *wish,
               struct plenum_error *error) PLENUM_MUST_USE;

#endif
