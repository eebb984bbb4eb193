/* Flood: fills one field from its goal outwards. */
#ifndef FLEET_FLOOD_H
#define FLEET_FLOOD_H

#include "fleet/field.h"

/* Room for the search over a grid with `stride` values a node. */
struct field_queue *field_queue_create(uint32_t nodes, uint32_t stride);
void field_queue_destroy(struct field_queue *queue);
size_t field_queue_bytes(const struct field_queue *queue);

/* Fills values (nodes * stride). Costs and wait_cost as in struct fields. */
void flood_fill(const struct fields *fields, struct field_queue *queue, uint32_t goal,
                uint16_t *values);

#endif
