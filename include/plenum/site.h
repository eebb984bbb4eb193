/* Site: what stands there and what may be used, as described by the site file.
 *
 * A struct plenum_site is read from a site file (YAML 1.2 or JSON), checked as a whole, and never
 * changes afterwards. Everything that changes while a site runs is in the ledger (ledger.h).
 *
 * Things are named by their index in the arrays below; the order is the order of the file, so an
 * index means the same on every machine. PLENUM_NONE stands for "no such thing".
 *
 * Units stand in names: _w watts, _j joules, _ms milliseconds (instants: since 1970-01-01T00:00Z),
 * _mm millimetres, _g grams, _milli thousandths, _ppm millionths. Places out of doors are
 * millimetres east (x) and north (y) of the site's origin; altitudes are millimetres over it. */
#ifndef PLENUM_SITE_H
#define PLENUM_SITE_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define PLENUM_FOREVER INT64_MAX

enum {
    PLENUM_NONE = -1,
    PLENUM_FEEDS_MAX = 4,                    /* roots of the power tree */
    PLENUM_POWER_DEPTH_MAX = 16,             /* nodes from a load to its feed */
    PLENUM_TENANT_DEPTH_MAX = 8,             /* tenants one under the other */
    PLENUM_ACCELERATORS_PER_SERVER_MAX = 64, /* a set of them is one 64-bit word */
    PLENUM_VERTICES_MAX = 1000,              /* of one polygon */
    PLENUM_CELLS_MAX = 1 << 28,              /* of all halls together */
    PLENUM_COORDINATE_MAX_MM = 100000000     /* 100 km from the origin, either way */
};

/* --- catalogue: figures of parts; `source` says where each figure comes from ------------------ */

enum plenum_chip_kind { PLENUM_CHIP_CPU, PLENUM_CHIP_ACCELERATOR };

struct plenum_chip {
    const char *name, *source;
    enum plenum_chip_kind kind;
    int32_t cores;        /* CPU cores; 0 for an accelerator */
    int64_t memory_bytes; /* on the package; may be 0 */
    int64_t idle_w, peak_w;
};

struct plenum_chip_count {
    int32_t chip, count;
};

struct plenum_server_model {
    const char *name, *source;
    const struct plenum_chip_count *chips;
    int32_t chip_count;
    int32_t cores;            /* of all its CPU chips */
    int32_t accelerators;     /* 0 .. PLENUM_ACCELERATORS_PER_SERVER_MAX */
    int32_t accelerator_chip; /* all of one kind, or PLENUM_NONE */
    int64_t memory_bytes;     /* its own and that on its CPU packages */
    int64_t idle_w, peak_w;   /* whole server, at the wall side of its supply */
    int32_t height_mm, width_mm, depth_mm;
    int64_t mass_g;
    int64_t airflow_l_s; /* litres a second at peak */
};

struct plenum_server_count {
    int32_t model, count;
};

enum plenum_rack_unit { PLENUM_RACK_UNIT_RU, PLENUM_RACK_UNIT_OU }; /* 44.45 mm, 48 mm */

struct plenum_rack_model {
    const char *name, *source;
    enum plenum_rack_unit unit;
    int32_t height_units;
    int64_t payload_g, mass_g; /* what it may carry; the empty frame */
    int64_t shelf_w;           /* what its power shelves or busbar can deliver */
    int32_t feeds;             /* 1 or 2: how many feeds its position must have, at least */
    const struct plenum_server_count *servers;
    int32_t server_kind_count;
    int64_t overhead_w;     /* switches, fans, supply losses, whenever it is powered */
    int64_t idle_w, peak_w; /* sums over servers, overhead included */
    int32_t server_count;   /* sum of counts */
};

enum plenum_carries { PLENUM_CARRIES_TOTE, PLENUM_CARRIES_RACK };

struct plenum_robot_model {
    const char *name, *source;
    enum plenum_carries carries;
    bool fetches; /* takes up other robots that broke, too */
    int64_t payload_g;
    int32_t speed_mm_s;
    int64_t battery_j, move_j; /* move_j: energy of one cell of travel */
    int64_t idle_w, charge_w;
    int32_t low_milli;   /* of the battery: below it the robot goes to charge */
    int64_t handling_ms; /* to take up or set down a load */
};

struct plenum_drone_model {
    const char *name, *source;
    int64_t mass_g, payload_g;
    int32_t speed_mm_s, climb_mm_s, wind_max_mm_s;
    int64_t battery_j, hover_w, cruise_w, charge_w;
    int32_t reserve_milli; /* of the battery, still there after the planned landing */
};

/* --- floor ------------------------------------------------------------------------------------ */

/* A cell's number is unique in the whole site: hall.first_cell + row * hall.width + column. */
struct plenum_hall {
    const char *name;
    int32_t width, height; /* cells */
    int32_t cell_mm;
    int32_t first_cell;
};

struct plenum_position { /* a place for a rack */
    const char *name;
    int32_t hall, cell;
    int32_t front_cell; /* where a carrier stands to set a rack down; next to cell */
    int32_t load;       /* where its watts are claimed */
    const char *block;  /* of the network, shared by those that name the same; NULL: none */
};

struct plenum_dock {
    const char *name;
    int32_t hall, cell;
};

struct plenum_repair_station { /* where robots that broke are carried, and repaired */
    const char *name;
    int32_t hall, cell;
};

struct plenum_station { /* a work place that totes go to and come from */
    const char *name;
    int32_t hall, cell;
};

struct plenum_charger {
    const char *name;
    int32_t hall, cell, load;
    int64_t power_w;
};

/* What an area is for. code, name */
#define PLENUM_AREA_KINDS(X)                                                                       \
    X(AISLE, "aisle")         /* a way that may be closed */                                       \
    X(FIRE_LANE, "fire-lane") /* passed through: no work and no stay there */                      \
    X(PARKING, "parking")     /* where robots without a task stand */

enum plenum_area_kind {
#define X(code, name) PLENUM_AREA_##code,
    PLENUM_AREA_KINDS(X)
#undef X
        PLENUM_AREA_KIND_COUNT
};

/* An area is closed from from_ms to until_ms; from notice_ms before on no robot enters it. */
struct plenum_closure {
    int64_t from_ms, until_ms, notice_ms;
};

/* A rectangle of a hall's cells; no two share a cell, and no position, charger or
 * repair station is in one. */
struct plenum_area {
    const char *name;
    enum plenum_area_kind kind;
    int32_t hall, column, row, columns, rows;
    int32_t free_cells; /* those that are no walls */
    const struct plenum_closure *closures;
    int32_t closure_count; /* in order of time, apart from each other */
};

/* --- power and cooling ------------------------------------------------------------------------ */

/* Curves of a breaker, see src/model/breaker.c for formula and sources. */
#define PLENUM_BREAKER_CURVES(X)                                                                   \
    X(NONE, "none")                                                                                \
    X(IEC_SI, "iec-si")                                                                            \
    X(IEC_VI, "iec-vi")                                                                            \
    X(IEC_EI, "iec-ei")                                                                            \
    X(IEC_LTI, "iec-lti")                                                                          \
    X(IEEE_MI, "ieee-mi")                                                                          \
    X(IEEE_VI, "ieee-vi")                                                                          \
    X(IEEE_EI, "ieee-ei")                                                                          \
    X(RACK_PANEL, "rack-panel")                                                                    \
    X(SWITCHBOARD, "switchboard")

enum plenum_breaker_curve {
#define X(code, name) PLENUM_BREAKER_##code,
    PLENUM_BREAKER_CURVES(X)
#undef X
        PLENUM_BREAKER_COUNT
};

/* A node of the power tree. Parents stand before children, so parent < own index. A root is a
 * feed. */
struct plenum_power_node {
    const char *name;
    int32_t parent;           /* PLENUM_NONE for a feed */
    int32_t feed;             /* 0 .. feed_count-1: which root it hangs under */
    int64_t limit_w;          /* with all feeds up */
    int64_t failover_limit_w; /* with another feed lost; >= limit_w is usual */
    enum plenum_breaker_curve curve;
    int32_t curve_tms_milli; /* time multiplier of the curve */
};

struct plenum_cooling_zone {
    const char *name;
    int64_t limit_w; /* heat it can take away */
};

/* A load: one place where watts are claimed. With two nodes it draws half from each while both
 * their feeds are up (the odd watt from the first), and all from the other when one is lost. */
struct plenum_load {
    const char *name; /* of the position, charger or pad it serves */
    int32_t nodes[2]; /* the second PLENUM_NONE with one feed; never two of one feed */
    int32_t zone;     /* cooling zone its heat goes to, or PLENUM_NONE */
};

/* --- air -------------------------------------------------------------------------------------- */

struct plenum_point {
    int64_t x_mm, y_mm;
};

enum plenum_shape { PLENUM_SHAPE_POLYGON, PLENUM_SHAPE_CIRCLE };

/* A 4D volume (ASTM F3548-21, Volume4D): a simple polygon or a circle, an altitude band, an
 * interval. All bounds belong to it: volumes that touch meet. */
struct plenum_volume {
    enum plenum_shape shape;
    int32_t vertex_count;                /* 3 .. PLENUM_VERTICES_MAX; 0 for a circle */
    const struct plenum_point *vertices; /* last != first; either winding */
    struct plenum_point centre;
    int64_t radius_mm;
    int64_t lower_mm, upper_mm;
    int64_t from_ms, until_ms; /* a closed volume of the site may be INT64_MIN to PLENUM_FOREVER */
};

struct plenum_closed_volume {
    const char *name;
    struct plenum_volume volume;
};

struct plenum_pad {
    const char *name;
    struct plenum_point at;
    bool outlying;    /* at another place: no floor, no robots */
    int32_t cell;     /* where robots hand over to drones, or PLENUM_NONE */
    int32_t load;     /* where its charging watts are claimed, or PLENUM_NONE */
    int32_t stands;   /* drones that may stand there at once, at least 1 */
    int64_t charge_w; /* for all that stand there together */
};

struct plenum_airspace {
    int32_t vertex_count; /* 0: no drones may fly at this site */
    const struct plenum_point *vertices;
    int64_t lower_mm, upper_mm;
    const struct plenum_closed_volume *closed;
    int32_t closed_count;
};

/* --- who and what ----------------------------------------------------------------------------- */

/* What a tenant and all under it may spend in a period; PLENUM_FOREVER: no limit. */
struct plenum_budget {
    int64_t period_ms; /* the first begins with the site; 0: there is no budget */
    int64_t micro;     /* money, in millionths */
    int64_t milli_ms;  /* thousandths of accelerators x milliseconds */
};

/* Tenants stand in a tree. Only those without others under them ask for jobs; what one holds or
 * spends counts for all above it too. Shares are thousandths of the site's accelerators: those
 * under one tenant sum to at most its share, those at the top to at most 1000. */
struct plenum_tenant {
    const char *name;
    int32_t parent;      /* PLENUM_NONE at the top; may stand before or after it */
    int32_t child_count; /* directly under it */
    int32_t share_milli; /* guaranteed, of every chip that chip_shares does not name */
    const struct plenum_chip_count *chip_shares; /* count: thousandths of that chip */
    int32_t chip_share_count;
    int32_t lend_milli;   /* of its guarantee: what others may hold while it does not */
    int64_t lend_ms;      /* for how long at most, where their job cannot be put back at once */
    int32_t borrow_milli; /* of the site: how far over its guarantee it may go */
    int32_t weight;       /* of what is over guarantees, beside those under the same tenant */
    int32_t priority;     /* larger first */
    struct plenum_budget budget;
};

struct plenum_rack { /* a rack that was ordered */
    const char *name;
    int32_t model, position;
    int32_t dock; /* where it arrives; may be PLENUM_NONE for one that stands */
    bool stands;  /* stands at its position already when the site begins */
    int64_t built_ms, shipped_ms, arrive_ms; /* as the supplier plans it */
    int64_t retire_ms;    /* when it is to be taken out for good; 0: not planned */
    int32_t first_server; /* its servers are first_server .. + model's count - 1 */
};

struct plenum_server {
    int32_t rack, model, slot;
};

struct plenum_robot {
    const char *name;
    int32_t model, cell; /* where it starts */
};

struct plenum_drone {
    const char *name;
    int32_t model, pad; /* where it starts */
};

/* When running jobs are moved together, so that whole servers come free (src/capacity). */
struct plenum_defragment {
    int64_t from_ms, until_ms; /* of each day, from midnight UTC on */
    int64_t pause_ms;          /* for which a job that is moved stands still */
    int32_t moves;             /* a day, at most; 0: none */
};

/* --- demand and faults: what the simulated world does ----------------------------------------- */

/* A kind of job that a tenant asks for again and again. */
struct plenum_job_class {
    const char *name;
    int32_t tenant;
    int64_t mean_interval_ms; /* between two asks */
    int64_t duration_min_ms, duration_max_ms;
    int32_t servers;      /* a gang: all or nothing */
    int32_t accelerators; /* on each server */
    int32_t milli;        /* of each accelerator, 1 .. 1000; below 1000 only with one accelerator */
    int32_t chip;         /* accelerator chip asked for by name, or PLENUM_NONE */
    int32_t cores;        /* on each server */
    int64_t memory_bytes; /* on each server */
    bool preemptible;
    int64_t ahead_max_ms; /* asks for a start up to so far ahead; 0: now */
};

/* One job of a demand trace. */
struct plenum_trace_job {
    int64_t submit_ms, duration_ms;
    int32_t tenant, servers, accelerators, milli, chip, cores;
    int64_t memory_bytes;
    bool preemptible;
};

struct plenum_derate { /* a node's limit lowered for a while, said in advance */
    int32_t node;
    int64_t notice_ms, from_ms, until_ms;
    int64_t limit_w;
};

struct plenum_world {             /* rates of the simulator (src/sim) */
    int64_t tote_interval_ms;     /* mean time between tote tasks, whole site; 0: none */
    int64_t delivery_interval_ms; /* mean time between parcels for outlying pads; 0: none */
    int64_t delivery_mass_g;      /* at most */
    int32_t robot_late_ppm;       /* chance a step */
    int32_t robot_late_steps_max;
    int32_t robot_breakdown_ppm; /* chance an hour */
    int64_t robot_repair_ms;     /* at most; at least half */
    int64_t cabling_ms, burn_in_ms, repair_ms;
    int32_t rack_infant_ppm;                /* chance that a burn-in fails */
    int32_t rack_failure_ppm;               /* chance a day in service */
    int32_t job_extend_ppm, job_cancel_ppm; /* chance a job */
    int32_t wind_mean_mm_s, wind_gust_mm_s;
    const struct plenum_derate *derates;
    int32_t derate_count;
};

/* --- the whole -------------------------------------------------------------------------------- */

struct plenum_site {
    const char *name;
    uint64_t seed;
    int64_t start_ms;
    int32_t step_ms;      /* one step of robots, one tick of the clock */
    int64_t half_life_ms; /* after which what a tenant had counts half */

#define PLENUM_SITE_LISTS(X)                                                                       \
    X(chip, chips)                                                                                 \
    X(server_model, server_models)                                                                 \
    X(rack_model, rack_models)                                                                     \
    X(robot_model, robot_models)                                                                   \
    X(drone_model, drone_models)                                                                   \
    X(hall, halls)                                                                                 \
    X(position, positions)                                                                         \
    X(dock, docks)                                                                                 \
    X(station, stations)                                                                           \
    X(charger, chargers)                                                                           \
    X(repair_station, repair_stations)                                                             \
    X(area, areas)                                                                                 \
    X(power_node, power_nodes)                                                                     \
    X(cooling_zone, cooling_zones)                                                                 \
    X(load, loads)                                                                                 \
    X(pad, pads)                                                                                   \
    X(tenant, tenants)                                                                             \
    X(rack, racks)                                                                                 \
    X(server, servers)                                                                             \
    X(robot, robots)                                                                               \
    X(drone, drones)                                                                               \
    X(job_class, job_classes)                                                                      \
    X(trace_job, trace_jobs)
/* const struct plenum_chip *chips; int32_t chip_count; and so on */
#define X(one, many)                                                                               \
    const struct plenum_##one *many;                                                               \
    int32_t one##_count;
    PLENUM_SITE_LISTS(X)
#undef X

    int32_t cell_count;
    const uint8_t *walls;   /* cell_count; 1: no robot may ever be there */
    const int32_t *area_of; /* cell_count: the area that the cell is in, or PLENUM_NONE; NULL where
                               there are no areas */
    int32_t feed_count;
    int32_t feeds[PLENUM_FEEDS_MAX]; /* the root nodes */
    struct plenum_airspace airspace;
    struct plenum_defragment defragment;
    struct plenum_world world;

    /* The text it was read from: the site file and the files it names, so that a journal can keep
     * them and a replay needs nothing else. */
    const struct plenum_site_file *files;
    int32_t file_count;
};

struct plenum_site_file {
    const char *name; /* as the site file names it; the site file itself is first */
    const char *data;
    size_t length;
};

/* One thing wrong with a site file. */
struct plenum_problem {
    const char *file;
    int32_t line, column; /* from 1; 0 where there is no place */
    const char *what;     /* "racks[3].position" */
    const char *found, *expected;
    const char *source_line; /* the text of the line, or NULL */
};

struct plenum_problems;

/* Reads and checks the site file at path, and every file it names (relative to it).
 * On PLENUM_OK *site is the caller's, to be given to plenum_site_destroy. On PLENUM_INPUT *site is
 * NULL and every problem is in problems; on PLENUM_IO error says which file. problems and error
 * may be NULL. */
PLENUM_API enum plenum_status plenum_site_load(const char *path, struct plenum_site **site,
                                               struct plenum_problems *problems,
                                               struct plenum_error *error) PLENUM_MUST_USE;
/* The same from files in memory (as kept by a journal); the first is the site file. */
PLENUM_API enum plenum_status plenum_site_load_files(const struct plenum_site_file *files,
                                                     int32_t file_count, struct plenum_site **site,
                                                     struct plenum_problems *problems,
                                                     struct plenum_error *error) PLENUM_MUST_USE;
PLENUM_API void plenum_site_destroy(struct plenum_site *site);

/* A list of problems, in order of file and place; owns its texts. */
PLENUM_API struct plenum_problems *plenum_problems_create(void);
PLENUM_API void plenum_problems_destroy(struct plenum_problems *problems);
PLENUM_API size_t plenum_problems_count(const struct plenum_problems *problems);
PLENUM_API const struct plenum_problem *plenum_problems_at(const struct plenum_problems *problems,
                                                           size_t index);
/* file:line:column: what: found ..., expected ...; the line; a caret. One problem, or all. */
PLENUM_API void plenum_problem_print(const struct plenum_problem *problem, FILE *out);
PLENUM_API void plenum_problems_print(const struct plenum_problems *problems, FILE *out);

/* Watts that a job adds on one server: the server's peak_w - idle_w in the proportion of
 * the accelerators it takes (of the cores where the server has none), rounded up. So the jobs of a
 * full rack and its idle claim come to its peak_w and at most a watt a job more. */
PLENUM_API int64_t plenum_server_job_w(const struct plenum_server_model *model,
                                       int32_t accelerators, int32_t milli, int32_t cores);

/* What is guaranteed to a tenant of a chip's accelerators, in thousandths of those of the site;
 * PLENUM_NONE: of chips that it does not name. */
PLENUM_API int32_t plenum_tenant_share_milli(const struct plenum_tenant *tenant, int32_t chip);

/* The hall of a cell. */
PLENUM_API int32_t plenum_site_hall_of(const struct plenum_site *site, int32_t cell);
/* The area of a cell, or PLENUM_NONE. */
PLENUM_API int32_t plenum_site_area_of(const struct plenum_site *site, int32_t cell);
PLENUM_API const char *plenum_area_kind_name(enum plenum_area_kind kind);
/* The area's first closure of the site file that ends after an instant; from and until
 * PLENUM_FOREVER where there is none. */
PLENUM_API struct plenum_closure plenum_area_next_closure(const struct plenum_area *area,
                                                          int64_t after_ms);

/* The i-th cell of an area, row by row, walls included; i in 0 .. columns * rows - 1. */
static inline int32_t plenum_area_cell(const struct plenum_site *site,
                                       const struct plenum_area *area, int32_t i)
{
    const struct plenum_hall *hall = &site->halls[area->hall];
    return hall->first_cell + (area->row + i / area->columns) * hall->width + area->column +
           i % area->columns;
}

static inline int32_t plenum_area_size(const struct plenum_area *area)
{
    return area->columns * area->rows;
}

#endif
