/* The verbs of plenum fleet that have a file of their own. */
#ifndef CLI_FLEET_VERBS_H
#define CLI_FLEET_VERBS_H

int fleet_generate(int argc, char **argv);

#endif
