/* See field.h. */
#include "fleet/field.h"

#include "base/check.h"
#include "base/memory.h"
#include "fleet/flood.h"

#include <stdatomic.h>
#include <stdlib.h>

enum { FRUGAL_STEPS = 50 };

static size_t field_bytes(const struct fields *fields)
{
    return fields->grid->nodes * fields->stride * sizeof *fields->values + sizeof *fields->slot +
           sizeof *fields->jobs;
}

/* How many fields fit into so many bytes: at least one. */
static uint32_t fields_fit(const struct fields *fields, size_t bytes)
{
    size_t slots = bytes / field_bytes(fields);
    if (slots > fields->grid->nodes) {
        slots = fields->grid->nodes;
    }
    return slots == 0 ? 1 : (uint32_t)slots;
}

static void slots_init(struct fields *fields)
{
    for (uint32_t slot = 0; slot < fields->slots; slot++) {
        fields->slot[slot] = (struct field_slot){
            .goal = GRID_NONE,
            .older = slot == 0 ? GRID_NONE : slot - 1,
            .newer = slot + 1 == fields->slots ? GRID_NONE : slot + 1,
            .wish = GRID_NONE,
        };
    }
    fields->newest = fields->slots - 1;
    for (uint32_t node = 0; node < fields->grid->nodes; node++) {
        fields->slot_of_node[node] = GRID_NONE;
    }
}

void fields_init(struct fields *fields, const struct grid *grid, enum plenum_fleet_motion motion,
                 size_t bytes, uint32_t wishes, struct pool *pool)
{
    *fields = (struct fields){
        .grid = grid,
        .stride = motion == PLENUM_FLEET_TURNING ? GRID_HEADINGS : 1,
        .wait_cost = 1,
        .epoch = 1,
        .round = 1,
        .wish_room = wishes + 1,
        .lanes = pool != NULL ? pool_threads(pool) : 1,
        .pool = pool,
    };
    uint32_t slots = fields->slots = fields_fit(fields, bytes);
    fields->slot = memory_new(slots, sizeof *fields->slot);
    fields->jobs = memory_new(slots, sizeof *fields->jobs);
    fields->wishes = memory_new(fields->wish_room, sizeof *fields->wishes);
    fields->slot_of_node = memory_new(grid->nodes, sizeof *fields->slot_of_node);
    fields->values =
        memory_new((size_t)slots * grid->nodes * fields->stride, sizeof *fields->values);
    fields->queues = memory_new(fields->lanes, sizeof(struct flood_queue *));
    for (unsigned lane = 0; lane < fields->lanes; lane++) {
        fields->queues[lane] = flood_queue_create(grid->nodes, fields->stride);
    }
    slots_init(fields);
}

void fields_finish(struct fields *fields)
{
    for (unsigned lane = 0; lane < fields->lanes; lane++) {
        flood_queue_destroy(fields->queues[lane]);
    }
    free(fields->queues);
    free(fields->slot);
    free(fields->jobs);
    free(fields->wishes);
    free(fields->slot_of_node);
    free(fields->values);
    *fields = (struct fields){0};
}

size_t fields_bytes(const struct fields *fields)
{
    return fields->slots * field_bytes(fields) + fields->wish_room * sizeof *fields->wishes +
           fields->grid->nodes * sizeof *fields->slot_of_node +
           fields->lanes * flood_queue_bytes(fields->queues[0]);
}

void fields_guide(struct fields *fields, uint8_t (*costs)[GRID_HEADINGS], uint8_t wait_cost)
{
    bool other_unit = (costs == NULL) != (fields->costs == NULL) || wait_cost != fields->wait_cost;
    fields->costs = costs;
    fields->wait_cost = wait_cost;
    fields->guide++;
    if (!fields->drifting || other_unit) {
        fields_expire(fields);
    }
}

void fields_expire(struct fields *fields)
{
    fields->epoch++;
}

void fields_begin(struct fields *fields)
{
    fields->round++;
}

static void slot_unlink(struct fields *fields, uint32_t index)
{
    const struct field_slot *slot = &fields->slot[index];
    if (slot->older == GRID_NONE) {
        fields->oldest = slot->newer;
    } else {
        fields->slot[slot->older].newer = slot->newer;
    }
    if (slot->newer == GRID_NONE) {
        fields->newest = slot->older;
    } else {
        fields->slot[slot->newer].older = slot->older;
    }
}

static void slot_touch(struct fields *fields, uint32_t index)
{
    struct field_slot *slot = &fields->slot[index];
    slot->round = fields->round;
    slot->tick = fields->tick;
    if (fields->newest == index) {
        return;
    }
    slot_unlink(fields, index);
    slot->older = fields->newest;
    slot->newer = GRID_NONE;
    fields->slot[fields->newest].newer = index;
    fields->newest = index;
}

static void slot_renew(const struct fields *fields, struct field_slot *slot)
{
    slot->epoch = fields->epoch;
    slot->guide = fields->guide;
    slot->done = 0;
}

/* The slot to give up for a new goal. Slots that were never used are the oldest, in the order of
 * their numbers. */
static uint32_t slot_victim(const struct fields *fields)
{
    uint32_t used = fields->slot[fields->slots - 1].newer;
    bool fresh = fields->slot[fields->oldest].goal == GRID_NONE;
    if (fresh && fields->frugal && used != GRID_NONE &&
        fields->slot[used].tick + FRUGAL_STEPS < fields->tick) {
        return used;
    }
    return fields->oldest;
}

uint32_t fields_claim(struct fields *fields, uint32_t goal)
{
    uint32_t index = fields->slot_of_node[goal];
    if (index == GRID_NONE) {
        index = slot_victim(fields);
        struct field_slot *slot = &fields->slot[index];
        if (slot->round == fields->round) {
            return GRID_NONE;
        }
        if (slot->goal != GRID_NONE) {
            fields->slot_of_node[slot->goal] = GRID_NONE;
        }
        slot->goal = goal;
        slot->epoch = 0;
        fields->slot_of_node[goal] = index;
    }
    struct field_slot *slot = &fields->slot[index];
    bool idle = slot->tick + 1 < fields->tick;
    if (slot->epoch != fields->epoch || (idle && slot->guide != fields->guide)) {
        slot_renew(fields, slot);
    }
    slot_touch(fields, index);
    return index;
}

void fields_renew(struct fields *fields, uint64_t states)
{
    uint64_t spent = 0;
    for (uint32_t i = 0; i < fields->slots && spent < states; i++) {
        struct field_slot *slot = &fields->slot[fields->renewed];
        fields->renewed = fields->renewed + 1 < fields->slots ? fields->renewed + 1 : 0;
        if (slot->round == fields->round && slot->guide != fields->guide && slot->done != 0) {
            slot_renew(fields, slot);
            spent += (uint64_t)fields->grid->nodes * fields->stride;
        }
    }
}

const uint16_t *fields_values(const struct fields *fields, uint32_t slot)
{
    return fields->values + (size_t)slot * fields->grid->nodes * fields->stride;
}

static uint32_t fields_slack(const struct fields *fields)
{
    return fields->slack * fields->wait_cost;
}

static bool slot_serves(const struct fields *fields, const struct field_slot *slot, uint32_t node)
{
    if (slot->done == FLOOD_WHOLE || slot->done == 0) {
        return slot->done == FLOOD_WHOLE;
    }
    const uint16_t *values =
        fields_values(fields, (uint32_t)(slot - fields->slot)) + (size_t)node * fields->stride;
    for (uint32_t heading = 0; heading < fields->stride; heading++) {
        if (values[heading] + fields_slack(fields) >= slot->done) {
            return false;
        }
    }
    return true;
}

void fields_wish(struct fields *fields, uint32_t slot, uint32_t node)
{
    struct field_slot *wanted = &fields->slot[slot];
    if (slot_serves(fields, wanted, node)) {
        return;
    }
    CHECK(fields->wish_count < fields->wish_room);
    if (wanted->wish == GRID_NONE) {
        fields->jobs[fields->job_count++] = slot;
    }
    fields->wishes[fields->wish_count] = (struct field_wish){node, wanted->wish};
    wanted->wish = fields->wish_count++;
}

static void slot_fill(struct fields *fields, uint32_t index, struct flood_queue *queue)
{
    struct field_slot *slot = &fields->slot[index];
    uint16_t *values = fields->values + (size_t)index * fields->grid->nodes * fields->stride;
    while (slot->wish != GRID_NONE) {
        const struct field_wish *wish = &fields->wishes[slot->wish];
        slot->wish = wish->before;
        if (!slot_serves(fields, slot, wish->node)) {
            uint32_t node = fields->partial ? wish->node : GRID_NONE;
            slot->done = flood_run(fields, queue, slot->goal, values, slot->done, node,
                                   3 * fields_slack(fields));
        }
    }
}

struct fill {
    struct fields *fields;
    atomic_uint next; /* job */
};

/* A lane takes jobs until there is none; whose job it is does not change what comes out. */
static void fill_lane(void *context, size_t lane)
{
    struct fill *fill = context;
    for (;;) {
        uint32_t job = atomic_fetch_add_explicit(&fill->next, 1, memory_order_relaxed);
        if (job >= fill->fields->job_count) {
            return;
        }
        slot_fill(fill->fields, fill->fields->jobs[job], fill->fields->queues[lane]);
    }
}

void fields_fill(struct fields *fields)
{
    struct fill fill = {.fields = fields};
    atomic_init(&fill.next, 0);
    if (fields->pool != NULL && fields->job_count > 1) {
        pool_run(fields->pool, fields->lanes, fill_lane, &fill);
    } else {
        fill_lane(&fill, 0);
    }
    fields->job_count = fields->wish_count = 0;
}

const uint16_t *fields_get(struct fields *fields, uint32_t goal, uint32_t node)
{
    uint32_t slot = fields_claim(fields, goal);
    if (slot == GRID_NONE) {
        return NULL;
    }
    fields_wish(fields, slot, node);
    fields_fill(fields);
    return fields_values(fields, slot);
}
