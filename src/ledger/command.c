/* Building commands. What an operation points to is copied into blocks that the command owns;
 * reset empties the blocks and keeps them, so a command that is built each step allocates only
 * the first time. */
#include <plenum/command.h>

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

enum { BLOCK_BYTES = 4096 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(16) unsigned char data[];
};

static void *block_take(struct plenum_command *command, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct block *block = command->blocks;
    while (block && block->size - block->used < size)
        block = block->next;
    if (!block) {
        size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = memory_new(1, sizeof *block + room);
        *block = (struct block){.next = command->blocks, .size = room};
        command->blocks = block;
    }
    block->used += size;
    return block->data + block->used - size;
}

static void *block_copy(struct plenum_command *command, const void *data, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    CHECK(count <= PLENUM_COMMAND_BYTES_MAX);
    void *copy = block_take(command, count * size);
    memcpy(copy, data, count * size);
    return copy;
}

static void command_name(struct plenum_command *command, enum plenum_command_kind kind,
                         const char *actor)
{
    size_t length = strlen(actor);
    if (length >= PLENUM_ACTOR_MAX)
        length = PLENUM_ACTOR_MAX - 1;
    memset(command->actor, 0, sizeof command->actor);
    memcpy(command->actor, actor, length);
    command->kind = kind;
    command->id = (struct plenum_command_id){0, 0};
}

void plenum_command_init(struct plenum_command *command, enum plenum_command_kind kind,
                         const char *actor)
{
    CHECK((unsigned)kind < PLENUM_COMMAND_KIND_COUNT);
    *command = (struct plenum_command){0};
    command_name(command, kind, actor);
}

void plenum_command_finish(struct plenum_command *command)
{
    struct block *block = command->blocks;
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(command->ops);
    *command = (struct plenum_command){0};
}

void plenum_command_reset(struct plenum_command *command, enum plenum_command_kind kind,
                          const char *actor)
{
    CHECK((unsigned)kind < PLENUM_COMMAND_KIND_COUNT);
    for (struct block *block = command->blocks; block; block = block->next)
        block->used = 0;
    command->op_count = 0;
    command_name(command, kind, actor);
}

static struct plenum_op *op_push(struct plenum_command *command, enum plenum_op_type type)
{
    command->ops = array_reserve(command->ops, &command->op_capacity, command->op_count + 1,
                                 sizeof *command->ops, PLENUM_OPS_MAX);
    struct plenum_op *op = &command->ops[command->op_count++];
    *op = (struct plenum_op){.type = type};
    return op;
}

void plenum_command_claim_power(struct plenum_command *command, struct plenum_ref owner,
                                int32_t load, int64_t from_ms, int64_t until_ms, int64_t watts)
{
    op_push(command, PLENUM_OP_POWER_CLAIM)->power = (struct plenum_power_claim){
        .owner = owner, .load = load, .from_ms = from_ms, .until_ms = until_ms, .watts = watts};
}

void plenum_command_claim_capacity(struct plenum_command *command,
                                   const struct plenum_capacity_claim *claim)
{
    op_push(command, PLENUM_OP_CAPACITY_CLAIM)->capacity = *claim;
}

/* The vertices of a volume become the command's own. */
static void volume_adopt(struct plenum_command *command, struct plenum_volume *volume)
{
    CHECK(volume->vertex_count >= 0 && volume->vertex_count <= PLENUM_VERTICES_MAX);
    volume->vertices = block_copy(command, volume->vertices, (size_t)volume->vertex_count,
                                  sizeof *volume->vertices);
}

static struct plenum_volume *volumes_copy(struct plenum_command *command,
                                          const struct plenum_volume *volumes, int32_t count)
{
    CHECK(count >= 0 && count <= PLENUM_VOLUMES_MAX);
    struct plenum_volume *copy = block_copy(command, volumes, (size_t)count, sizeof *volumes);
    for (int32_t i = 0; i < count; i++)
        volume_adopt(command, &copy[i]);
    return copy;
}

void plenum_command_claim_air(struct plenum_command *command, struct plenum_ref owner,
                              const struct plenum_volume *volumes, int32_t count)
{
    const struct plenum_volume *copy = volumes_copy(command, volumes, count);
    op_push(command, PLENUM_OP_AIR_CLAIM)->air =
        (struct plenum_air_claim){.owner = owner, .volumes = copy, .volume_count = count};
}

void plenum_command_release(struct plenum_command *command, struct plenum_ref owner, uint32_t books,
                            int64_t from_ms)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_RELEASE);
    op->release.owner = owner;
    op->release.books = books;
    op->release.from_ms = from_ms;
}

void plenum_command_place(struct plenum_command *command, int32_t robot, int32_t cell)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_FLOOR_PLACE);
    op->place.robot = robot;
    op->place.cell = cell;
}

void plenum_command_lift(struct plenum_command *command, int32_t robot)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_FLOOR_LIFT);
    op->lift.robot = robot;
}

void plenum_command_close_cell(struct plenum_command *command, struct plenum_ref owner,
                               int32_t cell)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_FLOOR_CLOSE);
    op->close.owner = owner;
    op->close.cell = cell;
}

void plenum_command_open_cell(struct plenum_command *command, struct plenum_ref owner, int32_t cell)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_FLOOR_OPEN);
    op->open.owner = owner;
    op->open.cell = cell;
}

void plenum_command_step(struct plenum_command *command, const uint8_t *moves, int32_t count)
{
    CHECK(count >= 0);
    const uint8_t *copy = block_copy(command, moves, (size_t)count, 1);
    struct plenum_op *op = op_push(command, PLENUM_OP_FLOOR_STEP);
    op->step.moves = copy;
    op->step.count = count;
}

void plenum_command_limit(struct plenum_command *command, int32_t node, int64_t from_ms,
                          int64_t until_ms, int64_t limit_w, int64_t failover_limit_w)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_LIMIT);
    op->limit.node = node;
    op->limit.from_ms = from_ms;
    op->limit.until_ms = until_ms;
    op->limit.limit_w = limit_w;
    op->limit.failover_limit_w = failover_limit_w;
}

void plenum_command_window(struct plenum_command *command, int32_t server, int64_t from_ms,
                           int64_t until_ms)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_WINDOW);
    op->window.server = server;
    op->window.from_ms = from_ms;
    op->window.until_ms = until_ms;
}

void plenum_command_close_air(struct plenum_command *command, const struct plenum_volume *volume)
{
    const struct plenum_volume *copy = volumes_copy(command, volume, 1);
    op_push(command, PLENUM_OP_AIR_CLOSE)->air_close.volume = copy;
}

void plenum_command_create(struct plenum_command *command, struct plenum_ref ref)
{
    op_push(command, PLENUM_OP_CREATE)->create.ref = ref;
}

void plenum_command_set(struct plenum_command *command, struct plenum_ref ref, int32_t field,
                        int64_t value)
{
    struct plenum_op *op = op_push(command, PLENUM_OP_SET);
    op->set.ref = ref;
    op->set.field = field;
    op->set.value = value;
}

void plenum_command_end(struct plenum_command *command, struct plenum_ref ref)
{
    op_push(command, PLENUM_OP_END)->end.ref = ref;
}

void plenum_command_tick(struct plenum_command *command, int64_t to_ms)
{
    op_push(command, PLENUM_OP_TICK)->tick.to_ms = to_ms;
}

void plenum_command_push(struct plenum_command *command, const struct plenum_op *op)
{
    CHECK(op->type != PLENUM_OP_FLOOR_STEP && op->type != PLENUM_OP_AIR_CLAIM);
    CHECK(op->type != PLENUM_OP_AIR_CLOSE);
    *op_push(command, op->type) = *op;
}
