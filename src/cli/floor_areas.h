/* plenum floor areas | close | open. */
#ifndef CLI_FLOOR_AREAS_H
#define CLI_FLOOR_AREAS_H

int floor_areas(int argc, char **argv);
int floor_close(int argc, char **argv);
int floor_open(int argc, char **argv);

#endif
