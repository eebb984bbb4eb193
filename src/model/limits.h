/* Limits of a site file. Each is checked before the memory it guards is asked for. */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

#include <stdint.h>

enum {
    LIMIT_FILE_BYTES = 16 << 20,   /* of one file */
    LIMIT_FILES_BYTES = 64 << 20,  /* of all files of a site together */
    LIMIT_FILES = 64,              /* the site file and those it names */
    LIMIT_BLANKS = 1000,           /* in a row */
    LIMIT_DIRECTIVE = 1000,        /* letters of a line that starts with '%' */
    LIMIT_DEPTH = 32,              /* lists and maps inside each other */
    LIMIT_NODES = 1000000,         /* values in the site file, aliases written out */
    LIMIT_KEYS = 256,              /* of one map */
    LIMIT_ANCHORS = 256,           /* of one file */
    LIMIT_NAME = 63,               /* letters of a name */
    LIMIT_TEXT = 1000,             /* letters of a text such as source */
    LIMIT_PROBLEMS = 1000,         /* told at once; the rest is counted */
    LIMIT_SUGGEST = 2000,          /* names searched for one that looks alike */
    LIMIT_HALL_SIDE = 32768,       /* cells */
    LIMIT_CELLS_WALKED = 1 << 26,  /* over this, ways from dock to rack are not checked */
    LIMIT_TRACE_COLUMNS = 32,      /* of a trace file */
    LIMIT_SERVERS_PER_RACK = 1000, /* of all models together */
    LIMIT_RACK_UNITS = 100,        /* height of a rack */
    LIMIT_CATALOGUE = 10000,       /* parts of one kind */
    LIMIT_HALLS = 1000,            /* and so on: items of a list after ranges are written out */
    LIMIT_NODES_OF_POWER = 200000,
    LIMIT_POSITIONS = 200000,
    LIMIT_PLACES = 200000, /* docks, stations, chargers, repair stations, pads: each */
    LIMIT_AREAS = 10000,
    LIMIT_CLOSURES = 10000, /* of one area */
    LIMIT_TENANTS = 10000,
    LIMIT_RACKS = 100000,
    LIMIT_SERVERS = 10000000,
    LIMIT_ROBOTS = 4000000,
    LIMIT_DRONES = 100000,
    LIMIT_JOB_CLASSES = 10000,
    LIMIT_TRACE_JOBS = 2000000,
    LIMIT_CLOSED_VOLUMES = 10000,
    LIMIT_DERATES = 10000,
};

#define LIMIT_SITE_BYTES ((size_t)3 << 30) /* memory of a loaded site */
#define LIMIT_WATTS      INT64_C(1000000000000)
#define LIMIT_JOULES     INT64_C(1000000000000000)
#define LIMIT_GRAMS      INT64_C(1000000000)
#define LIMIT_MM         INT64_C(1000000)
#define LIMIT_GIB        INT64_C(1048576)
#define LIMIT_DURATION   (INT64_C(366) * 24 * 3600 * 1000)

#endif
