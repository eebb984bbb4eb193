/* Interrupt: SIGINT and SIGTERM end a long subcommand in good order. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>

/* 1 once either has come after interrupt_catch. */
extern volatile sig_atomic_t interrupt_came;

void interrupt_catch(void);

#endif
