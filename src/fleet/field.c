/* See field.h. */
#include "fleet/field.h"

#include "base/memory.h"
#include "fleet/flood.h"

#include <stdlib.h>

static size_t field_bytes(const struct fields *fields)
{
    return fields->grid->nodes * fields->stride * sizeof *fields->values + sizeof *fields->slot;
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

void fields_init(struct fields *fields, const struct grid *grid, enum plenum_fleet_motion motion,
                 size_t bytes)
{
    *fields = (struct fields){.grid = grid, .wait_cost = 1, .epoch = 1, .round = 1};
    fields->stride = motion == PLENUM_FLEET_TURNING ? GRID_HEADINGS : 1;
    uint32_t slots = fields->slots = fields_fit(fields, bytes);
    fields->slot = memory_new(slots, sizeof *fields->slot);
    fields->slot_of_node = memory_new(grid->nodes, sizeof *fields->slot_of_node);
    fields->values =
        memory_new((size_t)slots * grid->nodes * fields->stride, sizeof *fields->values);
    fields->queue = field_queue_create(grid->nodes, fields->stride);
    for (uint32_t slot = 0; slot < slots; slot++) {
        fields->slot[slot] = (struct field_slot){
            .goal = GRID_NONE,
            .older = slot == 0 ? GRID_NONE : slot - 1,
            .newer = slot + 1 == slots ? GRID_NONE : slot + 1,
        };
    }
    fields->newest = slots - 1;
    for (uint32_t node = 0; node < grid->nodes; node++) {
        fields->slot_of_node[node] = GRID_NONE;
    }
}

void fields_finish(struct fields *fields)
{
    free(fields->slot);
    free(fields->slot_of_node);
    free(fields->values);
    field_queue_destroy(fields->queue);
    *fields = (struct fields){0};
}

size_t fields_bytes(const struct fields *fields)
{
    return fields->slots * field_bytes(fields) +
           fields->grid->nodes * sizeof *fields->slot_of_node + field_queue_bytes(fields->queue);
}

void fields_guide(struct fields *fields, uint8_t (*costs)[GRID_HEADINGS], uint8_t wait_cost)
{
    fields->costs = costs;
    fields->wait_cost = wait_cost;
    fields_expire(fields);
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
    if (fields->newest == index) {
        return;
    }
    slot_unlink(fields, index);
    slot->older = fields->newest;
    slot->newer = GRID_NONE;
    fields->slot[fields->newest].newer = index;
    fields->newest = index;
}

const uint16_t *fields_get(struct fields *fields, uint32_t goal)
{
    uint32_t index = fields->slot_of_node[goal];
    if (index == GRID_NONE) {
        index = fields->oldest;
        struct field_slot *slot = &fields->slot[index];
        if (slot->round == fields->round) {
            return NULL;
        }
        if (slot->goal != GRID_NONE) {
            fields->slot_of_node[slot->goal] = GRID_NONE;
        }
        slot->goal = goal;
        slot->epoch = 0;
        fields->slot_of_node[goal] = index;
    }
    uint16_t *values = fields->values + (size_t)index * fields->grid->nodes * fields->stride;
    if (fields->slot[index].epoch != fields->epoch) {
        flood_fill(fields, fields->queue, goal, values);
        fields->slot[index].epoch = fields->epoch;
    }
    slot_touch(fields, index);
    return values;
}
