/* Volumes as the air book keeps them, and as bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "ledger/air_book.h"

struct plenum_volume volume_copy(const struct plenum_volume *volume)
{
    struct plenum_volume copy = *volume;
    copy.vertices = NULL;
    if (volume->shape == PLENUM_SHAPE_POLYGON) {
        struct plenum_point *vertices = memory_new((size_t)volume->vertex_count, sizeof *vertices);
        memcpy(vertices, volume->vertices, (size_t)volume->vertex_count * sizeof *vertices);
        copy.vertices = vertices;
        copy.centre = (struct plenum_point){0, 0};
        copy.radius_mm = 0;
    }
    return copy;
}

void volume_drop(struct plenum_volume *volume)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the vertices are ours to free */
    free((void *)(uintptr_t)volume->vertices);
    volume->vertices = NULL;
}

static void point_write(struct plenum_point point, struct bytes *bytes)
{
    bytes_put_svarint(bytes, point.x_mm);
    bytes_put_svarint(bytes, point.y_mm);
}

static struct plenum_point point_read(struct bytes_reader *reader)
{
    struct plenum_point point = {.x_mm = bytes_get_svarint(reader)};
    point.y_mm = bytes_get_svarint(reader);
    return point;
}

void volume_write(const struct plenum_volume *volume, struct bytes *bytes)
{
    bytes_put_varint(bytes, (uint64_t)volume->vertex_count); /* 0: a circle */
    for (int32_t i = 0; i < volume->vertex_count; i++)
        point_write(volume->vertices[i], bytes);
    if (volume->shape == PLENUM_SHAPE_CIRCLE) {
        point_write(volume->centre, bytes);
        bytes_put_svarint(bytes, volume->radius_mm);
    }
    bytes_put_svarint(bytes, volume->lower_mm);
    bytes_put_svarint(bytes, volume->upper_mm);
    bytes_put_svarint(bytes, volume->from_ms);
    bytes_put_svarint(bytes, volume->until_ms);
}

bool volume_read(struct plenum_volume *volume, struct bytes_reader *reader)
{
    struct plenum_point vertices[PLENUM_VERTICES_MAX];
    struct plenum_volume read = {.shape = PLENUM_SHAPE_CIRCLE, .vertices = vertices};
    uint64_t count = bytes_get_varint(reader);
    if (count > PLENUM_VERTICES_MAX || count == 1 || count == 2)
        return false;
    for (uint64_t i = 0; i < count; i++)
        vertices[i] = point_read(reader);
    read.vertex_count = (int32_t)count;
    if (count > 0) {
        read.shape = PLENUM_SHAPE_POLYGON;
    } else {
        read.centre = point_read(reader);
        read.radius_mm = bytes_get_svarint(reader);
    }
    read.lower_mm = bytes_get_svarint(reader);
    read.upper_mm = bytes_get_svarint(reader);
    read.from_ms = bytes_get_svarint(reader);
    read.until_ms = bytes_get_svarint(reader);
    if (reader->failed || read.lower_mm > read.upper_mm || read.from_ms > read.until_ms ||
        !geometry_volume_valid(&read))
        return false;
    *volume = volume_copy(&read);
    return true;
}
