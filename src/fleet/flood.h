/* Flood: fills a field from its goal outwards, as far as it is needed, and further later.
 *
 * A flood that ended at cost `done` leaves a field in which every value below `done` is final and
 * every other one that is not FIELD_FAR lies on the rim, where a later flood goes on. So nothing
 * need be kept between two floods but the field itself. */
#ifndef FLEET_FLOOD_H
#define FLEET_FLOOD_H

#include "fleet/field.h"

#define FLOOD_WHOLE UINT32_MAX /* done: every value is final */

struct flood_queue;

/* Room for one search at a time over a grid with `stride` values a node. */
struct flood_queue *flood_queue_create(uint32_t nodes, uint32_t stride);
void flood_queue_destroy(struct flood_queue *queue);
size_t flood_queue_bytes(const struct flood_queue *queue);

/* Goes on with values (nodes * stride) from `done`, 0 for a new field, until the greatest value
 * of node is final and everything up to `slack` above it; GRID_NONE is all nodes. Returns the new
 * done. Costs are those of `fields`. */
uint32_t flood_run(const struct fields *fields, struct flood_queue *queue, uint32_t goal,
                   uint16_t *values, uint32_t done, uint32_t node, uint32_t slack);

#endif
