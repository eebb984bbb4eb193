/* See flood.h.
 *
 * Buckets by cost (Dial: Algorithm 360, CACM 12, 1969), as a ring that is longer than the
 * greatest single cost. A bucket is a list of blocks of states; blocks that were read are used
 * again, so the search stays within the memory of its rim. A state is listed again when a cheaper
 * way is found; the dearer entry is passed over when its bucket comes up. With costs of 1 the ring
 * is a breadth-first search. */
#include "fleet/flood.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { RING = 256, BLOCK_STATES = 30 };

struct flood_block {
    uint32_t next; /* block, or GRID_NONE */
    uint32_t count;
    uint32_t state[BLOCK_STATES]; /* node * stride + heading */
};

struct flood_queue {
    size_t blocks;
    struct flood_block *block;
    uint32_t spare; /* blocks to use again */
    uint32_t used;  /* blocks that were ever used in this search */
    uint32_t waiting;
    uint32_t head[RING];
};

struct flood {
    const struct fields *fields;
    struct flood_queue *queue;
    uint16_t *values;
};

struct flood_queue *flood_queue_create(uint32_t nodes, uint32_t stride)
{
    struct flood_queue *queue = memory_new(1, sizeof *queue);
    queue->blocks = (size_t)nodes * stride * (GRID_HEADINGS + 1) / BLOCK_STATES + 2 * RING;
    queue->block = memory_new(queue->blocks, sizeof *queue->block);
    return queue;
}

void flood_queue_destroy(struct flood_queue *queue)
{
    if (queue != NULL) {
        free(queue->block);
        free(queue);
    }
}

size_t flood_queue_bytes(const struct flood_queue *queue)
{
    return sizeof *queue + queue->blocks * sizeof *queue->block;
}

static void queue_begin(struct flood_queue *queue)
{
    memset(queue->head, 0xff, sizeof queue->head);
    queue->spare = GRID_NONE;
    queue->used = queue->waiting = 0;
}

static void queue_push(struct flood_queue *queue, uint32_t cost, uint32_t state)
{
    uint32_t *head = &queue->head[cost % RING];
    if (*head == GRID_NONE || queue->block[*head].count == BLOCK_STATES) {
        uint32_t fresh = queue->spare;
        if (fresh != GRID_NONE) {
            queue->spare = queue->block[fresh].next;
        } else {
            fresh = queue->used++;
        }
        queue->block[fresh].next = *head;
        queue->block[fresh].count = 0;
        *head = fresh;
    }
    struct flood_block *block = &queue->block[*head];
    block->state[block->count++] = state;
    queue->waiting++;
}

/* The state listed last with this cost; GRID_NONE when there is none. */
static uint32_t queue_pop(struct flood_queue *queue, uint32_t cost)
{
    uint32_t *head = &queue->head[cost % RING];
    if (*head == GRID_NONE) {
        return GRID_NONE;
    }
    struct flood_block *block = &queue->block[*head];
    uint32_t state = block->state[--block->count];
    queue->waiting--;
    if (block->count == 0) {
        uint32_t read = *head;
        *head = block->next;
        block->next = queue->spare;
        queue->spare = read;
    }
    return state;
}

static inline void value_lower(uint16_t *value, uint32_t cost)
{
    cost = cost < FIELD_FAR ? cost : FIELD_FAR - 1;
    *value = cost < *value ? (uint16_t)cost : *value;
}

static inline void flood_reach(struct flood *flood, uint32_t state, uint32_t cost)
{
    cost = cost < FIELD_FAR ? cost : FIELD_FAR - 1;
    if (cost < flood->values[state]) {
        flood->values[state] = (uint16_t)cost;
        queue_push(flood->queue, cost, state);
    }
}

static inline uint32_t move_cost(const struct fields *fields, uint32_t node, int heading)
{
    return fields->costs != NULL ? fields->costs[node][heading] : 1;
}

/* From where could a sliding robot have come? */
static void flood_back_sliding(struct flood *flood, uint32_t node, uint32_t cost)
{
    const struct grid *grid = flood->fields->grid;
    bool open = grid->access[node] == GRID_OPEN;
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t from = grid->next[node][(heading + 2) % GRID_HEADINGS];
        if (from != GRID_NONE && (open || grid_enters(grid, from, node))) {
            flood_reach(flood, from, cost + move_cost(flood->fields, from, heading));
        }
    }
}

/* Turning, a robot comes to a state from the headings beside it. The two quarters more that lead
 * to the opposite heading are its value as well, but nobody need look further back from there: who
 * came into the cell that way could have turned round one cell before. */
static void flood_turn(struct flood *flood, uint32_t node, int heading, uint32_t cost)
{
    uint32_t(*next)[GRID_HEADINGS] = flood->fields->grid->next;
    uint16_t *values = flood->values + (size_t)node * GRID_HEADINGS;
    uint32_t turned = cost + flood->fields->wait_cost;
    for (int side = 1; side <= 3; side += 2) {
        int beside = (heading + side) % GRID_HEADINGS;
        if (next[node][(beside + 2) % GRID_HEADINGS] != GRID_NONE) {
            flood_reach(flood, node * GRID_HEADINGS + (uint32_t)beside, turned);
        } else {
            value_lower(&values[beside], turned);
        }
    }
    value_lower(&values[(heading + 2) % GRID_HEADINGS], turned + flood->fields->wait_cost);
}

/* The same for one that turns: from behind, and, where its value is not that of a turn already,
 * from the headings beside this one. */
static void flood_back_turning(struct flood *flood, uint32_t node, int heading, uint32_t cost)
{
    const struct grid *grid = flood->fields->grid;
    const uint16_t *values = flood->values + (size_t)node * GRID_HEADINGS;
    uint32_t turn = flood->fields->wait_cost;
    if (values[(heading + 1) % GRID_HEADINGS] + turn != cost &&
        values[(heading + 3) % GRID_HEADINGS] + turn != cost) {
        flood_turn(flood, node, heading, cost);
    }
    uint32_t from = grid->next[node][(heading + 2) % GRID_HEADINGS];
    if (from != GRID_NONE && grid_enters(grid, from, node)) {
        flood_reach(flood, from * GRID_HEADINGS + (uint32_t)heading,
                    cost + move_cost(flood->fields, from, heading));
    }
}

static void flood_back(struct flood *flood, uint32_t state, uint32_t cost)
{
    if (flood->fields->stride == GRID_HEADINGS) {
        flood_back_turning(flood, state / GRID_HEADINGS, (int)(state % GRID_HEADINGS), cost);
    } else {
        flood_back_sliding(flood, state, cost);
    }
}

/* The greatest value of a node: FIELD_FAR while one of its headings was not reached. */
static uint32_t node_value(const struct flood *flood, uint32_t node)
{
    uint32_t stride = flood->fields->stride, greatest = 0;
    for (uint32_t heading = 0; heading < stride; heading++) {
        uint32_t value = flood->values[(size_t)node * stride + heading];
        greatest = value > greatest ? value : greatest;
    }
    return greatest;
}

/* Lists the goal in a new field, and the rim in one that goes on. */
static void flood_begin(struct flood *flood, uint32_t goal, uint32_t done)
{
    uint32_t stride = flood->fields->stride;
    size_t states = (size_t)flood->fields->grid->nodes * stride;
    queue_begin(flood->queue);
    if (done == 0) {
        memset(flood->values, 0xff, states * sizeof *flood->values);
        for (uint32_t heading = 0; heading < stride; heading++) {
            flood_reach(flood, goal * stride + heading, 0);
        }
        return;
    }
    for (size_t state = 0; state < states; state++) {
        uint32_t value = flood->values[state];
        if (value >= done && value != FIELD_FAR) {
            queue_push(flood->queue, value, (uint32_t)state);
        }
    }
}

uint32_t flood_run(const struct fields *fields, struct flood_queue *queue, uint32_t goal,
                   uint16_t *values, uint32_t done, uint32_t node, uint32_t slack)
{
    struct flood flood = {fields, queue, values};
    uint32_t until = UINT32_MAX, cost = done;
    flood_begin(&flood, goal, done);
    for (; queue->waiting > 0 && cost <= until; cost++) {
        uint32_t state;
        while ((state = queue_pop(queue, cost)) != GRID_NONE) {
            if (values[state] == cost) {
                flood_back(&flood, state, cost);
            }
        }
        if (until == UINT32_MAX && node != GRID_NONE && node_value(&flood, node) <= cost) {
            until = cost + slack;
        }
    }
    return queue->waiting == 0 ? FLOOD_WHOLE : cost;
}
