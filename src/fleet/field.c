/* See field.h. */
#include "fleet/field.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void fields_init(struct fields *fields, const struct grid *grid, uint32_t slots)
{
    CHECK(slots > 0);
    *fields = (struct fields){.grid = grid, .slots = slots, .epoch = 1, .round = 1};
    fields->slot = memory_new(slots, sizeof *fields->slot);
    fields->slot_of_node = memory_new(grid->nodes, sizeof *fields->slot_of_node);
    fields->steps = memory_new((size_t)slots * grid->nodes, sizeof *fields->steps);
    fields->queue = memory_new(grid->nodes, sizeof *fields->queue);
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
    free(fields->steps);
    free(fields->queue);
    *fields = (struct fields){0};
}

static size_t field_bytes(const struct grid *grid)
{
    return grid->nodes * sizeof(uint16_t) + sizeof(struct field_slot);
}

size_t fields_bytes(const struct fields *fields)
{
    return fields->slots * field_bytes(fields->grid) +
           fields->grid->nodes * (sizeof *fields->slot_of_node + sizeof *fields->queue);
}

uint32_t fields_fit(const struct grid *grid, size_t bytes)
{
    size_t slots = bytes / field_bytes(grid);
    if (slots > grid->nodes) {
        slots = grid->nodes;
    }
    return slots == 0 ? 1 : (uint32_t)slots;
}

void fields_expire(struct fields *fields)
{
    fields->epoch++;
}

void fields_begin(struct fields *fields)
{
    fields->round++;
}

static void field_fill(const struct grid *grid, uint32_t goal, uint16_t *steps, uint32_t *queue)
{
    memset(steps, 0xff, grid->nodes * sizeof *steps);
    steps[goal] = 0;
    queue[0] = goal;
    uint32_t head = 0, tail = grid->blocked[goal] ? 0 : 1;
    while (head < tail) {
        uint32_t node = queue[head++];
        uint16_t beyond = (uint16_t)(steps[node] + (steps[node] < FIELD_FAR - 1));
        for (int heading = 0; heading < GRID_HEADINGS; heading++) {
            uint32_t neighbour = grid->next[node][heading];
            if (neighbour != GRID_NONE && steps[neighbour] == FIELD_FAR) {
                steps[neighbour] = beyond;
                if (!grid->blocked[neighbour]) {
                    queue[tail++] = neighbour;
                }
            }
        }
    }
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
    uint16_t *steps = fields->steps + (size_t)index * fields->grid->nodes;
    if (fields->slot[index].epoch != fields->epoch) {
        field_fill(fields->grid, goal, steps, fields->queue);
        fields->slot[index].epoch = fields->epoch;
    }
    slot_touch(fields, index);
    return steps;
}
