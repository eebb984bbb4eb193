/* The hours in which running jobs may be moved together. */
#include "model/read.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

#define T plenum_defragment
static const struct field defragment_fields[] = {
    MUST_DURATION(struct T, from_ms, "from", 0, DAY_MS),
    MUST_DURATION(struct T, until_ms, "until", 0, DAY_MS),
    MUST_WHOLE(struct T, moves, "moves", 0, 100000),
    MAY_DURATION(struct T, pause_ms, "pause", 0, LIMIT_DURATION, 60000),
};
#undef T
const struct object object_defragment = OBJECT("defragment", defragment_fields);

void read_defragment(struct reader *reader)
{
    const struct node *map = node_find(reader->root, "defragment");
    struct plenum_defragment *quiet = &reader->site->defragment;

    if (map == NULL) {
        return;
    }
    read_object(reader, map, &object_defragment, quiet);
    if (quiet->until_ms <= quiet->from_ms && node_find(map, "until") != NULL) {
        tell_at(reader, map, "until", "an end that is not after the beginning",
                "later than from, of the same day");
    }
}
