/* plenum capacity: accelerators of a running site, and packing of traces. */
#include "cli/capacity_verbs.h"
#include "cli/cli.h"

int cli_capacity(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"offer", "when a running site could give so many accelerators, and why not sooner",
         capacity_offer},
        {"reserve", "reserve accelerators of a running site", capacity_reserve},
        {"cancel", "cancel a reservation", capacity_cancel},
        {"extend", "let a reservation end later", capacity_extend},
        {"hand-over", "give a reservation, or part of it, to another tenant", capacity_hand_over},
        {"maintain", "keep a rack, a server or a power node clear for work on it",
         capacity_maintain},
        {"maintain-cancel", "give up work that was planned", capacity_maintain_cancel},
        {"queue", "list the jobs that wait, and when each may start", capacity_queue},
        {"changes", "list what comes, what goes and what is kept clear", capacity_changes},
        {"prices", "list what accelerators cost", capacity_prices},
        {"quota", "list what is guaranteed to whom, and what of it can be had", capacity_quota},
        {"replay", "let a trace of jobs arrive and print what was given out", capacity_replay},
        {"lifetimes", "let jobs arrive and leave at a trace's times", capacity_lifetimes},
        {"bound", "print what no packing can pass", capacity_bound},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum capacity", rows);
    return subcommand_dispatch(&table, argc, argv);
}
