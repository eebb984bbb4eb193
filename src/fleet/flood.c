/* See flood.h.
 *
 * Buckets by cost (Dial: Algorithm 360, CACM 12, 1969), as a ring that is longer than the
 * greatest single cost. A state is listed again when a cheaper way is found; the dearer entry is
 * passed over when its bucket comes up. With costs of 1 the ring is a breadth-first search. */
#include "fleet/flood.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { RING = 256 };

struct field_queue {
    size_t entries;
    uint32_t *state; /* node * stride + heading */
    uint32_t *next;  /* entry in the same bucket */
    uint32_t head[RING];
    uint32_t used, waiting;
};

struct flood {
    const struct fields *fields;
    struct field_queue *queue;
    uint16_t *values;
};

struct field_queue *field_queue_create(uint32_t nodes, uint32_t stride)
{
    struct field_queue *queue = memory_new(1, sizeof *queue);
    queue->entries = (size_t)nodes * stride * (GRID_HEADINGS + 1);
    queue->state = memory_new(queue->entries, sizeof *queue->state);
    queue->next = memory_new(queue->entries, sizeof *queue->next);
    return queue;
}

void field_queue_destroy(struct field_queue *queue)
{
    if (queue != NULL) {
        free(queue->state);
        free(queue->next);
        free(queue);
    }
}

size_t field_queue_bytes(const struct field_queue *queue)
{
    return sizeof *queue + queue->entries * (sizeof *queue->state + sizeof *queue->next);
}

static void flood_reach(struct flood *flood, uint32_t state, uint32_t cost)
{
    cost = cost < FIELD_FAR ? cost : FIELD_FAR - 1;
    if (cost >= flood->values[state]) {
        return;
    }
    struct field_queue *queue = flood->queue;
    flood->values[state] = (uint16_t)cost;
    uint32_t entry = queue->used++;
    queue->state[entry] = state;
    queue->next[entry] = queue->head[cost % RING];
    queue->head[cost % RING] = entry;
    queue->waiting++;
}

static uint32_t move_cost(const struct fields *fields, uint32_t node, int heading)
{
    return fields->costs != NULL ? fields->costs[node][heading] : 1;
}

/* From where could a sliding robot have come? */
static void flood_back_sliding(struct flood *flood, uint32_t node, uint32_t cost)
{
    const struct grid *grid = flood->fields->grid;
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t from = grid->next[node][(heading + 2) % GRID_HEADINGS];
        if (from != GRID_NONE) {
            flood_reach(flood, from, cost + move_cost(flood->fields, from, heading));
        }
    }
}

/* The same for one that turns: from behind, and from the headings beside this one. */
static void flood_back_turning(struct flood *flood, uint32_t node, int heading, uint32_t cost)
{
    const struct grid *grid = flood->fields->grid;
    uint32_t turned = cost + flood->fields->wait_cost, first = node * GRID_HEADINGS;
    flood_reach(flood, first + (uint32_t)((heading + 1) % GRID_HEADINGS), turned);
    flood_reach(flood, first + (uint32_t)((heading + 3) % GRID_HEADINGS), turned);
    uint32_t from = grid->next[node][(heading + 2) % GRID_HEADINGS];
    if (from != GRID_NONE && !grid->blocked[node]) {
        flood_reach(flood, from * GRID_HEADINGS + (uint32_t)heading,
                    cost + move_cost(flood->fields, from, heading));
    }
}

static void flood_back(struct flood *flood, uint32_t state, uint32_t cost)
{
    if (flood->fields->stride == GRID_HEADINGS) {
        flood_back_turning(flood, state / GRID_HEADINGS, (int)(state % GRID_HEADINGS), cost);
    } else if (!flood->fields->grid->blocked[state]) {
        flood_back_sliding(flood, state, cost);
    }
}

void flood_fill(const struct fields *fields, struct field_queue *queue, uint32_t goal,
                uint16_t *values)
{
    struct flood flood = {fields, queue, values};
    memset(values, 0xff, (size_t)fields->grid->nodes * fields->stride * sizeof *values);
    memset(queue->head, 0xff, sizeof queue->head);
    queue->used = queue->waiting = 0;
    for (uint32_t heading = 0; heading < fields->stride; heading++) {
        flood_reach(&flood, goal * fields->stride + heading, 0);
    }
    for (uint32_t cost = 0; queue->waiting > 0; cost++) {
        uint32_t *head = &queue->head[cost % RING];
        while (*head != GRID_NONE) {
            uint32_t entry = *head, state = queue->state[entry];
            *head = queue->next[entry];
            queue->waiting--;
            if (values[state] == cost || cost >= FIELD_FAR) {
                flood_back(&flood, state, cost);
            }
        }
    }
}
