/* Checks of the whole site, when every part is read: racks, tenants, drones. */
#include "model/read.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* --- racks ------------------------------------------------------------------------------------ */

static void check_feeds_of(struct reader *reader, const struct plenum_rack *rack,
                           const struct node *map)
{
    const struct plenum_position *position = list_at(&reader->lists[LIST_position], rack->position);
    const struct plenum_rack_model *model = list_at(&reader->lists[LIST_rack_model], rack->model);

    if (position->load == PLENUM_NONE || model->feeds < 2) {
        return;
    }
    const struct plenum_load *load = list_at(&reader->lists[LIST_load], position->load);
    const struct node *feeds =
        node_find(reader->lists[LIST_position].origins[rack->position].node, "feeds");
    if (feeds->count < 2 && load->nodes[1] == PLENUM_NONE) {
        tell_at(reader, map, "position",
                say(reader->scratch, "position '%s' with one feed", position->name),
                say(reader->scratch, "two feeds, as rack model '%s' demands", model->name));
    }
}

/* Tells of the first node from here to the feed that cannot carry so many watts. */
static void check_chain(struct reader *reader, const struct node *map, const char *rack,
                        int32_t node_index, int64_t power_w, bool failover)
{
    const struct list *nodes = &reader->lists[LIST_power_node];

    for (int32_t i = node_index; i != PLENUM_NONE;) {
        const struct plenum_power_node *node = list_at(nodes, i);
        int64_t limit_w = failover ? node->failover_limit_w : node->limit_w;

        if (power_w > limit_w) {
            tell_at(reader, map, "position",
                    say(reader->scratch, "%lld W of rack '%s' on power node '%s'",
                        (long long)power_w, rack, node->name),
                    say(reader->scratch, "at most its %s, %lld W",
                        failover ? "failover_limit_w" : "limit_w", (long long)limit_w));
            return;
        }
        i = node->parent;
    }
}

/* A rack must fit its place alone: at peak, with all feeds up and with one lost, and its heat. */
static void check_power_of(struct reader *reader, const struct plenum_rack *rack,
                           const struct node *map)
{
    const struct plenum_position *position = list_at(&reader->lists[LIST_position], rack->position);
    const struct plenum_rack_model *model = list_at(&reader->lists[LIST_rack_model], rack->model);
    int64_t peak_w = model->peak_w;

    if (position->load == PLENUM_NONE) {
        return;
    }
    const struct plenum_load *load = list_at(&reader->lists[LIST_load], position->load);
    bool two = load->nodes[1] != PLENUM_NONE;
    int64_t half_w = two ? peak_w / 2 : 0;
    int64_t draw_w[2] = {peak_w - half_w, half_w};
    for (int i = 0; i < 2; i++) {
        check_chain(reader, map, rack->name, load->nodes[i], draw_w[i], false);
        if (two) {
            check_chain(reader, map, rack->name, load->nodes[i], peak_w, true);
        }
    }
    if (load->zone != PLENUM_NONE) {
        const struct plenum_cooling_zone *zone =
            list_at(&reader->lists[LIST_cooling_zone], load->zone);

        if (peak_w > zone->limit_w) {
            tell_at(reader, map, "position",
                    say(reader->scratch, "%lld W of heat of rack '%s' in cooling zone '%s'",
                        (long long)peak_w, rack->name, zone->name),
                    say(reader->scratch, "at most its limit_w, %lld W", (long long)zone->limit_w));
        }
    }
}

void check_racks(struct reader *reader)
{
    const struct list *racks = &reader->lists[LIST_rack];
    size_t position_count = reader->lists[LIST_position].count;
    int32_t *holders = memory_new(position_count + 1, sizeof *holders);

    memset(holders, 0xff, position_count * sizeof *holders);
    for (size_t i = 0; i < racks->count; i++) {
        const struct plenum_rack *rack = list_at(racks, (int32_t)i);
        const struct node *map = racks->origins[i].node;

        if (rack->position == PLENUM_NONE) {
            continue;
        }
        int32_t *holder = &holders[rack->position];
        if (*holder != PLENUM_NONE) {
            const struct plenum_rack *other = list_at(racks, *holder);
            tell_at(reader, map, "position",
                    say(reader->scratch, "racks '%s' and '%s' at one position", other->name,
                        rack->name),
                    "a position of its own for each rack");
        }
        *holder = (int32_t)i;
        if (rack->model != PLENUM_NONE) {
            check_feeds_of(reader, rack, map);
            check_power_of(reader, rack, map);
        }
    }
    free(holders);
}

/* The greatest load of any robot of the fleet that carries racks; 0 without one. */
static int64_t strongest_carrier_g(struct reader *reader)
{
    const struct list *robots = &reader->lists[LIST_robot];
    int64_t strongest_g = 0;

    for (size_t i = 0; i < robots->count; i++) {
        const struct plenum_robot *robot = list_at(robots, (int32_t)i);

        if (robot->model != PLENUM_NONE) {
            const struct plenum_robot_model *model =
                list_at(&reader->lists[LIST_robot_model], robot->model);
            if (model->carries == PLENUM_CARRIES_RACK && model->payload_g > strongest_g) {
                strongest_g = model->payload_g;
            }
        }
    }
    return strongest_g;
}

static int64_t rack_mass_g(struct reader *reader, const struct plenum_rack_model *model)
{
    int64_t mass_g = model->mass_g;

    for (int32_t i = 0; i < model->server_kind_count; i++) {
        const struct plenum_server_model *server =
            list_at(&reader->lists[LIST_server_model], model->servers[i].model);
        mass_g += server->mass_g * model->servers[i].count;
    }
    return mass_g;
}

/* Where there are carriers, one can lift each rack. */
static void check_carriers(struct reader *reader)
{
    const struct list *racks = &reader->lists[LIST_rack];
    int64_t strongest_g = strongest_carrier_g(reader);

    for (size_t i = 0; i < racks->count && strongest_g > 0; i++) {
        const struct plenum_rack *rack = list_at(racks, (int32_t)i);

        if (racks->origins[i].turn > 0 || rack->model == PLENUM_NONE) {
            continue;
        }
        int64_t mass_g = rack_mass_g(reader, list_at(&reader->lists[LIST_rack_model], rack->model));
        if (mass_g > strongest_g) {
            tell_at(reader, racks->origins[i].node, "model",
                    say(reader->scratch, "a rack of %lld g", (long long)mass_g),
                    say(reader->scratch, "at most %lld g, what the strongest carrier can lift",
                        (long long)strongest_g));
        }
    }
}

/* --- drones ----------------------------------------------------------------------------------- */

void check_fleet(struct reader *reader)
{
    const struct list *drones = &reader->lists[LIST_drone], *pads = &reader->lists[LIST_pad];
    int32_t *standing = memory_new(pads->count + 1, sizeof *standing);

    for (size_t i = 0; i < drones->count; i++) {
        const struct plenum_drone *drone = list_at(drones, (int32_t)i);

        if (drone->pad == PLENUM_NONE) {
            continue;
        }
        const struct plenum_pad *pad = list_at(pads, drone->pad);
        if (++standing[drone->pad] == pad->stands + 1) {
            tell_at(reader, drones->origins[i].node, "pads",
                    say(reader->scratch, "more than %d drones on pad '%s'", (int)pad->stands,
                        pad->name),
                    "at most as many as its stands");
        }
    }
    free(standing);
    check_carriers(reader);
}
