/* A city: the land is halved until it is a plot; a plot is a building with pavement all round, now
 * and then with a yard that has one gate, or a park with trees. The pavements of neighbours are
 * the streets; they touch, so all is connected. */
#include "fleet/floor_made.h"

#include <stddef.h>

enum {
    PLOT_MIN = 8,
    PLOT_MORE = 24, /* a plot's longer side is under PLOT_MIN + PLOT_MORE */
    PARK_PPM = 120000,
    TREE_PPM = 250000,
    YARD_PPM = 400000,
    YARD_MIN = 9,  /* sides of a building that may have a yard */
    PLOTS_MAX = 64 /* halvings that wait: each halves one side */
};

struct plot {
    uint32_t x, y, width, height;
};

struct city {
    uint8_t *walls;
    uint32_t width;
    struct random *random;
};

static void plot_fill(const struct city *city, const struct plot *plot, uint8_t wall)
{
    for (uint32_t y = plot->y; y < plot->y + plot->height; y++) {
        for (uint32_t x = plot->x; x < plot->x + plot->width; x++) {
            city->walls[(size_t)y * city->width + x] = wall;
        }
    }
}

/* Trees stand apart, so that they part nothing. */
static void make_park(const struct city *city, const struct plot *plot)
{
    for (uint32_t y = plot->y + 1; y + 1 < plot->y + plot->height; y += 2) {
        for (uint32_t x = plot->x + 1; x + 1 < plot->x + plot->width; x += 2) {
            city->walls[(size_t)y * city->width + x] =
                random_chance_ppm(city->random, TREE_PPM) != 0;
        }
    }
}

static void make_yard(const struct city *city, const struct plot *house)
{
    struct plot yard = {house->x + 2, house->y + 2, house->width - 4, house->height - 4};
    struct plot gate = {house->x, house->y + house->height / 2, 2, 1};
    if (random_below(city->random, 2)) {
        gate = (struct plot){house->x + house->width / 2, house->y, 1, 2};
    }
    plot_fill(city, &yard, 0);
    plot_fill(city, &gate, 0);
}

static void make_house(const struct city *city, const struct plot *plot)
{
    uint32_t widest = plot->width < plot->height ? plot->width : plot->height;
    uint32_t pavement = 1 + (uint32_t)random_below(city->random, widest / 4);
    struct plot house = {plot->x + pavement, plot->y + pavement, plot->width - 2 * pavement,
                         plot->height - 2 * pavement};
    plot_fill(city, &house, 1);
    if (house.width >= YARD_MIN && house.height >= YARD_MIN &&
        random_chance_ppm(city->random, YARD_PPM)) {
        make_yard(city, &house);
    }
}

/* Cuts the plot in two across its longer side. */
static struct plot plot_halve(const struct city *city, struct plot *plot)
{
    bool wide = plot->width >= plot->height;
    uint32_t side = wide ? plot->width : plot->height;
    uint32_t cut = side / 3 + (uint32_t)random_below(city->random, side / 3);
    struct plot rest = *plot;
    if (wide) {
        plot->width = cut;
        rest.x += cut;
        rest.width -= cut;
    } else {
        plot->height = cut;
        rest.y += cut;
        rest.height -= cut;
    }
    return rest;
}

void floor_make_city(uint8_t *walls, uint32_t width, uint32_t height, struct random *random)
{
    struct city city = {walls, width, random};
    struct plot plots[PLOTS_MAX] = {{0, 0, width, height}};
    uint32_t count = 1;
    while (count > 0) {
        struct plot *plot = &plots[count - 1];
        uint32_t longer = plot->width > plot->height ? plot->width : plot->height;
        if (longer >= 3 * PLOT_MIN && count < PLOTS_MAX &&
            longer >= PLOT_MIN + random_below(random, PLOT_MORE)) {
            plots[count++] = plot_halve(&city, plot);
            continue;
        }
        if (random_chance_ppm(random, PARK_PPM)) {
            make_park(&city, plot);
        } else if (plot->width >= 4 && plot->height >= 4) {
            make_house(&city, plot);
        }
        count--;
    }
}
