/* The stored form of a command:
 *
 *     format (1 byte) | flags (1 byte) | id (16 bytes, if flag 1) | kind | actor length, actor
 *     | number of operations | operations: type (1 byte), members in the order of command.h
 *
 * Integers are LEB128, signed ones zigzag; moves stand two a byte, the first in the low half.
 *
 * Each part is told once, for both directions: a pass_ function writes the member when the codec
 * has an output, and reads it otherwise. What decode takes, encode writes again byte for byte:
 * LEB128 is read in its shortest form only, unused bits must be 0, and no byte may be left. */
#include <plenum/command.h>

#include <string.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/check.h"

enum { COMMAND_FORMAT = 1, FLAG_ID = 1, OP_BYTES_MIN = 2 };

/* A byte of the stored form becomes at most sizeof(struct plenum_volume) in memory. */
static const size_t decode_bytes_max = (size_t)PLENUM_COMMAND_BYTES_MAX * 64;

struct codec {
    struct bytes *out;      /* NULL when decoding */
    struct bytes_reader in; /* when decoding */
    struct arena arena;     /* of what is read before the command copies it */
    const char *wrong;      /* the first thing that is wrong, or NULL */
};

static void codec_wrong(struct codec *codec, const char *what)
{
    if (!codec->wrong)
        codec->wrong = what;
}

static void pass_u64(struct codec *codec, uint64_t *value)
{
    if (codec->out)
        bytes_put_varint(codec->out, *value);
    else
        *value = bytes_get_varint(&codec->in);
}

static void pass_u32(struct codec *codec, uint32_t *value)
{
    uint64_t wide = *value;
    pass_u64(codec, &wide);
    if (wide > UINT32_MAX)
        codec_wrong(codec, "a number over 32 bits");
    *value = (uint32_t)wide;
}

static void pass_i64(struct codec *codec, int64_t *value)
{
    if (codec->out)
        bytes_put_svarint(codec->out, *value);
    else
        *value = bytes_get_svarint(&codec->in);
}

static void pass_i32(struct codec *codec, int32_t *value)
{
    int64_t wide = *value;
    pass_i64(codec, &wide);
    if (wide < INT32_MIN || wide > INT32_MAX)
        codec_wrong(codec, "a number over 32 bits");
    else
        *value = (int32_t)wide;
}

/* A count that the rest of the input can hold, of things of at least bytes_each bytes. */
static size_t pass_count(struct codec *codec, size_t count, size_t max, size_t bytes_each)
{
    uint64_t wide = count;
    pass_u64(codec, &wide);
    bool fits = wide <= max;
    if (!codec->out)
        fits = fits && wide <= (codec->in.length - codec->in.offset) / bytes_each;
    if (fits)
        return (size_t)wide;
    codec_wrong(codec, "a count over its limit");
    return 0;
}

static void pass_ref(struct codec *codec, struct plenum_ref *ref)
{
    pass_u32(codec, &ref->kind);
    pass_u64(codec, &ref->id);
}

static void pass_span(struct codec *codec, int64_t *from_ms, int64_t *until_ms)
{
    pass_i64(codec, from_ms);
    pass_i64(codec, until_ms);
}

static void pass_capacity(struct codec *codec, struct plenum_capacity_claim *claim)
{
    pass_ref(codec, &claim->owner);
    pass_i32(codec, &claim->server);
    pass_i32(codec, &claim->milli);
    pass_u64(codec, &claim->accelerators);
    pass_i32(codec, &claim->cores);
    pass_i64(codec, &claim->memory_bytes);
    pass_span(codec, &claim->from_ms, &claim->until_ms);
}

/* --- volumes: when decoding, vertices are read into the arena --------------------------------- */

static void pass_vertices(struct codec *codec, struct plenum_volume *volume)
{
    size_t count = (size_t)volume->vertex_count;
    struct plenum_point *room = NULL;
    if (!codec->out && count > 0)
        room = arena_alloc(&codec->arena, count, sizeof *room);
    for (int32_t i = 0; i < volume->vertex_count; i++) {
        struct plenum_point point = codec->out ? volume->vertices[i] : (struct plenum_point){0};
        pass_i64(codec, &point.x_mm);
        pass_i64(codec, &point.y_mm);
        if (room)
            room[i] = point;
    }
    if (!codec->out)
        volume->vertices = room;
}

static void pass_volume(struct codec *codec, struct plenum_volume *volume)
{
    uint32_t shape = (uint32_t)volume->shape;
    pass_u32(codec, &shape);
    if (shape > PLENUM_SHAPE_CIRCLE)
        codec_wrong(codec, "an unknown shape");
    volume->shape = shape == PLENUM_SHAPE_CIRCLE ? PLENUM_SHAPE_CIRCLE : PLENUM_SHAPE_POLYGON;
    volume->vertex_count =
        (int32_t)pass_count(codec, (size_t)volume->vertex_count, PLENUM_VERTICES_MAX, 2);
    pass_vertices(codec, volume);
    pass_i64(codec, &volume->centre.x_mm);
    pass_i64(codec, &volume->centre.y_mm);
    pass_i64(codec, &volume->radius_mm);
    pass_i64(codec, &volume->lower_mm);
    pass_i64(codec, &volume->upper_mm);
    pass_span(codec, &volume->from_ms, &volume->until_ms);
}

/* --- operations whose members are all in struct plenum_op ------------------------------------- */

static void pass_members(struct codec *codec, struct plenum_op *op)
{
    switch (op->type) {
    case PLENUM_OP_POWER_CLAIM:
        pass_ref(codec, &op->power.owner);
        pass_i32(codec, &op->power.load);
        pass_span(codec, &op->power.from_ms, &op->power.until_ms);
        pass_i64(codec, &op->power.watts);
        break;
    case PLENUM_OP_CAPACITY_CLAIM:
        pass_capacity(codec, &op->capacity);
        break;
    case PLENUM_OP_RELEASE:
        pass_ref(codec, &op->release.owner);
        pass_u32(codec, &op->release.books);
        pass_i64(codec, &op->release.from_ms);
        break;
    case PLENUM_OP_FLOOR_PLACE:
        pass_i32(codec, &op->place.robot);
        pass_i32(codec, &op->place.cell);
        break;
    case PLENUM_OP_FLOOR_LIFT:
        pass_i32(codec, &op->lift.robot);
        break;
    case PLENUM_OP_FLOOR_CLOSE:
    case PLENUM_OP_FLOOR_OPEN:
        pass_ref(codec, &op->close.owner);
        pass_i32(codec, &op->close.cell);
        break;
    case PLENUM_OP_LIMIT:
        pass_i32(codec, &op->limit.node);
        pass_span(codec, &op->limit.from_ms, &op->limit.until_ms);
        pass_i64(codec, &op->limit.limit_w);
        pass_i64(codec, &op->limit.failover_limit_w);
        break;
    case PLENUM_OP_WINDOW:
        pass_i32(codec, &op->window.server);
        pass_span(codec, &op->window.from_ms, &op->window.until_ms);
        break;
    case PLENUM_OP_CREATE:
    case PLENUM_OP_END:
        pass_ref(codec, &op->create.ref);
        break;
    case PLENUM_OP_SET:
        pass_ref(codec, &op->set.ref);
        pass_i32(codec, &op->set.field);
        pass_i64(codec, &op->set.value);
        break;
    case PLENUM_OP_TICK:
        pass_i64(codec, &op->tick.to_ms);
        break;
    default:
        codec_wrong(codec, "an unknown operation");
    }
}

/* --- encoding --------------------------------------------------------------------------------- */

static void moves_put(struct codec *codec, const uint8_t *moves, size_t count)
{
    uint8_t chunk[512];
    pass_count(codec, count, INT32_MAX, 1);
    for (size_t i = 0; i < count;) {
        size_t length = 0;
        for (; length < sizeof chunk && i < count; length++, i += 2) {
            uint8_t high = i + 1 < count ? moves[i + 1] : 0;
            if (moves[i] >= PLENUM_MOVE_COUNT || high >= PLENUM_MOVE_COUNT)
                codec_wrong(codec, "a move that there is not");
            chunk[length] = (uint8_t)(moves[i] | high << 4);
        }
        bytes_put(codec->out, chunk, length);
    }
}

static void volumes_put(struct codec *codec, const struct plenum_volume *volumes, int32_t count)
{
    if (count < 0 || count > PLENUM_VOLUMES_MAX)
        codec_wrong(codec, "too many volumes");
    for (int32_t i = 0; i < count && !codec->wrong; i++) {
        struct plenum_volume volume = volumes[i];
        pass_volume(codec, &volume);
    }
}

static void op_put(struct codec *codec, const struct plenum_op *op)
{
    struct plenum_op copy = *op;
    bytes_put_u8(codec->out, (uint8_t)op->type);
    switch (op->type) {
    case PLENUM_OP_FLOOR_STEP:
        moves_put(codec, op->step.moves, op->step.count < 0 ? 0 : (size_t)op->step.count);
        break;
    case PLENUM_OP_AIR_CLAIM:
        pass_ref(codec, &copy.air.owner);
        pass_count(codec, (size_t)op->air.volume_count, PLENUM_VOLUMES_MAX, 1);
        volumes_put(codec, op->air.volumes, op->air.volume_count);
        break;
    case PLENUM_OP_AIR_CLOSE:
        volumes_put(codec, op->air_close.volume, 1);
        break;
    default:
        pass_members(codec, &copy);
    }
}

static void command_put(struct codec *codec, const struct plenum_command *command)
{
    bool has_id = command->id.hi != 0 || command->id.lo != 0;
    size_t actor = strlen(command->actor);
    CHECK(actor < PLENUM_ACTOR_MAX);
    bytes_put_u8(codec->out, COMMAND_FORMAT);
    bytes_put_u8(codec->out, has_id ? FLAG_ID : 0);
    if (has_id) {
        bytes_put_u64(codec->out, command->id.hi);
        bytes_put_u64(codec->out, command->id.lo);
    }
    bytes_put_varint(codec->out, (uint64_t)command->kind);
    bytes_put_varint(codec->out, actor);
    bytes_put(codec->out, command->actor, actor);
    bytes_put_varint(codec->out, command->op_count);
    for (size_t i = 0; i < command->op_count && !codec->wrong; i++)
        op_put(codec, &command->ops[i]);
}

enum plenum_status plenum_command_encode(const struct plenum_command *command, uint8_t **data,
                                         size_t *length, struct plenum_error *error)
{
    struct bytes out;
    bytes_init(&out, PLENUM_COMMAND_BYTES_MAX);
    struct codec codec = {.out = &out};
    command_put(&codec, command);
    *data = NULL;
    *length = 0;
    if (codec.wrong || out.overflow) {
        bytes_finish(&out);
        return codec.wrong ? plenum_fail(error, PLENUM_INPUT, "command: %s", codec.wrong)
                           : plenum_fail(error, PLENUM_LIMIT,
                                         "command: over %d bytes encoded, expected at most that",
                                         PLENUM_COMMAND_BYTES_MAX);
    }
    *data = out.data;
    *length = out.length;
    return PLENUM_OK;
}

/* --- decoding --------------------------------------------------------------------------------- */

static void moves_get(struct codec *codec, struct plenum_command *command)
{
    uint64_t count = bytes_get_varint(&codec->in);
    if (count > INT32_MAX) {
        codec_wrong(codec, "too many moves");
        return;
    }
    const uint8_t *halves = bytes_get(&codec->in, (size_t)(count + 1) / 2);
    if (!halves || count == 0) {
        plenum_command_step(command, NULL, 0);
        return;
    }
    uint8_t *moves = arena_alloc(&codec->arena, (size_t)count, 1);
    uint8_t worst = 0;
    for (size_t i = 0; i < count; i++) {
        moves[i] = i % 2 == 0 ? halves[i / 2] & 0xF : halves[i / 2] >> 4;
        worst = moves[i] > worst ? moves[i] : worst;
    }
    if (worst >= PLENUM_MOVE_COUNT)
        codec_wrong(codec, "a move that there is not");
    if (count % 2 == 1 && halves[count / 2] >> 4 != 0)
        codec_wrong(codec, "a move after the last");
    plenum_command_step(command, moves, (int32_t)count);
}

static struct plenum_volume *volumes_get(struct codec *codec, size_t count)
{
    if (count == 0)
        return NULL;
    struct plenum_volume *volumes = arena_alloc(&codec->arena, count, sizeof *volumes);
    for (size_t i = 0; i < count; i++)
        pass_volume(codec, &volumes[i]);
    return volumes;
}

static void op_get(struct codec *codec, struct plenum_command *command)
{
    struct plenum_op op = {.type = (enum plenum_op_type)bytes_get_u8(&codec->in)};
    size_t count;
    switch (op.type) {
    case PLENUM_OP_FLOOR_STEP:
        moves_get(codec, command);
        return;
    case PLENUM_OP_AIR_CLAIM:
        pass_ref(codec, &op.air.owner);
        count = pass_count(codec, 0, PLENUM_VOLUMES_MAX, 1);
        plenum_command_claim_air(command, op.air.owner, volumes_get(codec, count), (int32_t)count);
        return;
    case PLENUM_OP_AIR_CLOSE:
        plenum_command_close_air(command, volumes_get(codec, 1));
        return;
    default:
        pass_members(codec, &op);
        plenum_command_push(command, &op);
    }
}

static void head_get(struct codec *codec, struct plenum_command *command)
{
    char actor[PLENUM_ACTOR_MAX] = "";
    struct plenum_command_id id = {0, 0};
    if (bytes_get_u8(&codec->in) != COMMAND_FORMAT)
        codec_wrong(codec, "another format");
    uint8_t flags = bytes_get_u8(&codec->in);
    if (flags == FLAG_ID) {
        id.hi = bytes_get_u64(&codec->in);
        id.lo = bytes_get_u64(&codec->in);
    }
    if (flags > FLAG_ID || (flags == FLAG_ID && id.hi == 0 && id.lo == 0))
        codec_wrong(codec, "unknown flags");
    uint64_t kind = bytes_get_varint(&codec->in);
    if (kind >= PLENUM_COMMAND_KIND_COUNT) {
        codec_wrong(codec, "an unknown kind of command");
        return;
    }
    size_t length = pass_count(codec, 0, PLENUM_ACTOR_MAX - 1, 1);
    const uint8_t *text = bytes_get(&codec->in, length);
    if (text && length > 0)
        memcpy(actor, text, length);
    if (strlen(actor) != length)
        codec_wrong(codec, "a 0 in the actor's name");
    plenum_command_reset(command, (enum plenum_command_kind)kind, actor);
    command->id = id;
}

enum plenum_status plenum_command_decode(struct plenum_command *command, const uint8_t *data,
                                         size_t length, struct plenum_error *error)
{
    struct codec codec = {0};
    bytes_read_init(&codec.in, data, length);
    arena_init(&codec.arena, decode_bytes_max);
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "");
    if (length > PLENUM_COMMAND_BYTES_MAX)
        codec_wrong(&codec, "over its greatest length");
    if (!codec.wrong)
        head_get(&codec, command);
    size_t count = codec.wrong ? 0 : pass_count(&codec, 0, PLENUM_OPS_MAX, OP_BYTES_MIN);
    for (size_t i = 0; i < count && !codec.wrong && !codec.in.failed; i++)
        op_get(&codec, command);
    arena_finish(&codec.arena);
    if (!codec.wrong && !bytes_read_done(&codec.in))
        codec.wrong = codec.in.failed ? "cut short or malformed" : "bytes after its end";
    if (!codec.wrong)
        return PLENUM_OK;
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "");
    return plenum_fail(error, PLENUM_CORRUPT, "stored command: %s at byte %zu of %zu", codec.wrong,
                       codec.in.offset, length);
}
