/* The parts of a site file, in the order they are read: each needs only those before it. Every
 * object's table is listed in model_objects, for the test that the schema says the same. */
#ifndef MODEL_READ_H
#define MODEL_READ_H

#include "model/field.h"

/* chips, servers, racks' models, robot models, drone models */
void read_catalogue(struct reader *reader);
/* halls and their walls; then the places on the floor that need power (after read_power) */
void read_halls(struct reader *reader);
void read_places(struct reader *reader);
/* areas of the floor (after read_halls) */
void read_areas(struct reader *reader);
/* cooling zones and the power tree */
void read_power(struct reader *reader);
/* pads, airspace */
void read_air(struct reader *reader);
/* tenants, racks and their servers, robots, drones */
void read_fleet(struct reader *reader);
void read_tenants(struct reader *reader);
/* demand: job classes, trace; world */
void read_demand(struct reader *reader);
void read_defragment(struct reader *reader);

/* A cell written as `key: [column, row]` in map, moved by turn times `step`. False, told, where it
 * is none, outside its hall, or in a wall. */
bool read_spot(struct reader *reader, const struct node *map, const char *key, int32_t hall,
               int32_t turn, int32_t *cell);
/* `step: [columns, rows]` of a map; none is [0, 0]. False, told, where it is no such thing. */
bool read_step(struct reader *reader, const struct node *map, int64_t step[2]);
/* The cells `from` and `to` of a rectangle, moved by turn times `step`. False, told, where they are
 * none of the hall. */
bool read_corners(struct reader *reader, const struct node *map, int32_t hall, int32_t turn,
                  int64_t from[2], int64_t to[2]);
/* A cell by column and row. False, told at node, where it is outside the hall or in a wall. */
bool find_cell(struct reader *reader, const struct node *node, int32_t hall, int64_t column,
               int64_t row, int32_t *cell);
/* The hall that map names, or the only one there is; PLENUM_NONE, told. */
int32_t read_hall(struct reader *reader, const struct node *map);
/* Makes the load of a place from the keys feeds and zone of its map. PLENUM_NONE where it has no
 * key feeds, or wrong ones. */
int32_t read_load(struct reader *reader, const struct node *map, int32_t turn, const char *name);
/* Points "[[x, y], ...]" of a polygon, in the site's arena. False, told, where they are none. */
bool read_polygon(struct reader *reader, const struct node *node,
                  const struct plenum_point **vertices, int32_t *count);
/* The file that node names, opened; NULL, told, where it cannot be. */
const struct source *read_source(struct reader *reader, const struct node *node);

/* A map from names to counts: "{altra: 2, l4: 8}". Returns the pairs, in the order of the file, in
 * the site's arena. */
struct plenum_chip_count *read_counts(struct reader *reader, const struct node *map,
                                      enum list_id id, int64_t low, int64_t high, int32_t *count);
/* Whether the tenant asks for jobs itself: none is under it. */
bool tenant_asks(const struct reader *reader, int32_t tenant);

/* Checks of the whole, when all is read. */
void check_floor(struct reader *reader);
void check_areas(struct reader *reader);
void check_racks(struct reader *reader);
void check_tenants(struct reader *reader);
void check_fleet(struct reader *reader);

/* Every kind of map in a site file; the schema defines each under the name in its table. */
#define MODEL_OBJECTS(X)                                                                           \
    X(site)                                                                                        \
    X(catalogue)                                                                                   \
    X(chip)                                                                                        \
    X(server)                                                                                      \
    X(rack_model)                                                                                  \
    X(robot_model)                                                                                 \
    X(drone_model)                                                                                 \
    X(hall)                                                                                        \
    X(position)                                                                                    \
    X(dock)                                                                                        \
    X(station)                                                                                     \
    X(charger)                                                                                     \
    X(repair_station)                                                                              \
    X(floor_area)                                                                                  \
    X(closure)                                                                                     \
    X(cooling)                                                                                     \
    X(power)                                                                                       \
    X(pad)                                                                                         \
    X(airspace)                                                                                    \
    X(closed)                                                                                      \
    X(circle)                                                                                      \
    X(tenant) X(budget) X(rack) X(robots) X(area) X(drones) X(demand) X(job) X(world) X(derate)

#define X(name) extern const struct object object_##name;
MODEL_OBJECTS(X)
#undef X

#endif
