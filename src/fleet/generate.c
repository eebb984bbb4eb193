/* See generate.h. */
#include "fleet/generate.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = 4096 };

struct problem_made {
    const struct generate_options *options;
    const char *name; /* the prefix without folders */
    uint8_t *walls;
    uint32_t *free_cells;
    uint32_t free_count;
    struct random random;
};

static void write_map(FILE *file, struct problem_made *made)
{
    uint32_t width = made->options->width;
    fprintf(file, "type octile\nheight %u\nwidth %u\nmap\n", made->options->height, width);
    for (uint32_t row = 0; row < made->options->height; row++) {
        for (uint32_t column = 0; column < width; column++) {
            putc(made->walls[(size_t)row * width + column] ? '@' : '.', file);
        }
        putc('\n', file);
    }
}

/* The front of a shuffle. */
static void write_agents(FILE *file, struct problem_made *made)
{
    fprintf(file, "%u\n", made->options->robots);
    for (uint32_t robot = 0; robot < made->options->robots; robot++) {
        uint32_t other = robot + (uint32_t)random_below(&made->random, made->free_count - robot);
        uint32_t cell = made->free_cells[other];
        made->free_cells[other] = made->free_cells[robot];
        made->free_cells[robot] = cell;
        fprintf(file, "%u\n", cell);
    }
}

static void write_tasks(FILE *file, struct problem_made *made)
{
    fprintf(file, "%u\n", made->options->tasks);
    for (uint32_t task = 0; task < made->options->tasks; task++) {
        uint32_t last = made->free_count;
        for (uint32_t errand = 0; errand < made->options->errands; errand++) {
            uint32_t place = (uint32_t)random_below(&made->random, made->free_count);
            place = place == last ? (place + 1) % made->free_count : place;
            fprintf(file, errand == 0 ? "%u" : ",%u", made->free_cells[place]);
            last = place;
        }
        putc('\n', file);
    }
}

static void write_problem(FILE *file, struct problem_made *made)
{
    fprintf(file,
            "{\n"
            "  \"mapFile\": \"%s.map\",\n"
            "  \"agentFile\": \"%s.agents\",\n"
            "  \"taskFile\": \"%s.tasks\",\n"
            "  \"teamSize\": %u,\n"
            "  \"numTasksReveal\": 1.5,\n"
            "  \"version\": \"2024 LoRR\"\n"
            "}\n",
            made->name, made->name, made->name, made->options->robots);
}

static enum plenum_status write_file(struct problem_made *made, const char *prefix,
                                     const char *ending,
                                     void (*write)(FILE *file, struct problem_made *made),
                                     struct plenum_error *error)
{
    char path[PATH_MAX_BYTES];
    if (snprintf(path, sizeof path, "%s.%s", prefix, ending) >= (int)sizeof path) {
        return plenum_fail(error, PLENUM_INPUT, "a path of over %d bytes", PATH_MAX_BYTES);
    }
    FILE *file = fopen(path, "w");
    if (!file) {
        return plenum_fail(error, PLENUM_IO, "%s: %s", path, strerror(errno));
    }
    write(file, made);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed) {
        return plenum_fail(error, PLENUM_IO, "%s: cannot be written whole", path);
    }
    return PLENUM_OK;
}

/* The name goes into the problem's file as it is. */
static enum plenum_status check(const struct problem_made *made, struct plenum_error *error)
{
    if (made->name[0] == '\0' || strpbrk(made->name, "\"\\\n")) {
        return plenum_fail(error, PLENUM_INPUT, "\"%s\" cannot be the name of a problem",
                           made->name);
    }
    if (made->options->robots > made->free_count) {
        return plenum_fail(error, PLENUM_INPUT, "%u robots, and only %u free cells for them",
                           made->options->robots, made->free_count);
    }
    return PLENUM_OK;
}

static void free_cells_list(struct problem_made *made)
{
    uint32_t cells = made->options->width * made->options->height;
    made->free_cells = memory_new(cells, sizeof *made->free_cells);
    for (uint32_t cell = 0; cell < cells; cell++) {
        if (!made->walls[cell]) {
            made->free_cells[made->free_count++] = cell;
        }
    }
}

enum plenum_status generate_write(const struct generate_options *options, const char *prefix,
                                  struct plenum_error *error)
{
    const char *slash = strrchr(prefix, '/');
    struct problem_made made = {
        .options = options,
        .name = slash ? slash + 1 : prefix,
        .walls = floor_make(options->kind, options->width, options->height, options->seed),
    };
    random_init(&made.random, random_at(options->seed, 1, 0, 0));
    free_cells_list(&made);
    enum plenum_status status = check(&made, error);
    if (status == PLENUM_OK) {
        status = write_file(&made, prefix, "map", write_map, error);
    }
    if (status == PLENUM_OK) {
        status = write_file(&made, prefix, "agents", write_agents, error);
    }
    if (status == PLENUM_OK) {
        status = write_file(&made, prefix, "tasks", write_tasks, error);
    }
    if (status == PLENUM_OK) {
        status = write_file(&made, prefix, "json", write_problem, error);
    }
    free(made.free_cells);
    free(made.walls);
    return status;
}
