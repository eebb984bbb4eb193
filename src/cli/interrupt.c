#include "cli/interrupt.h"

#include <string.h>

volatile sig_atomic_t interrupt_came;

static void on_signal(int number)
{
    (void)number;
    interrupt_came = 1;
}

void interrupt_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}
