/* A verb of plenum floor that needs no running site. */
#ifndef CLI_FLOOR_DRAW_H
#define CLI_FLOOR_DRAW_H

/* plenum floor draw. */
int floor_draw(int argc, char **argv);

#endif
