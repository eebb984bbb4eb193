/* Choosing servers for a gang, from the devices free on each over a window.
 *
 * The rule: within the request's level the first group that will do, and there: a server with as
 * little as will do, if one has enough for all that is left; otherwise the servers with most. So
 * small gangs take leavings, and large ones whole servers. */
#include "base/check.h"
#include "capacity/calendar_servers.h"

#include <stdlib.h>

static int32_t group_of(const struct calendar_search *search, int32_t server)
{
    enum plenum_calendar_level level = search->request->within;
    if (level == PLENUM_CALENDAR_SITE)
        return 0;
    if (level == PLENUM_CALENDAR_SERVER)
        return server;
    return search->calendar->servers[server].groups[level];
}

/* Servers of one group: [first, end) of by_level. */
struct group {
    int32_t first, end;
    int64_t gpus; /* that it can give, domains cut to what they may */
};

/* The next group from `first` on; end == first where there is none. */
static struct group next_group(const struct calendar_search *search, const uint8_t *window,
                               int32_t first)
{
    const struct plenum_calendar *calendar = search->calendar;
    const int32_t *order = calendar->by_level[search->request->within];
    int64_t most =
        search->request->most_per_domain > 0 ? search->request->most_per_domain : INT64_MAX;
    struct group group = {first, first, 0};
    while (group.end < calendar->count &&
           group_of(search, order[group.end]) == group_of(search, order[first])) {
        int32_t domain = calendar->servers[order[group.end]].domain;
        int64_t gpus = 0;
        for (;
             group.end < calendar->count && calendar->servers[order[group.end]].domain == domain &&
             group_of(search, order[group.end]) == group_of(search, order[first]);
             group.end++)
            gpus += window[order[group.end]];
        group.gpus += gpus < most ? gpus : most;
    }
    return group;
}

static struct group first_group(const struct calendar_search *search, const uint8_t *window)
{
    struct group group = {0, 0, 0};
    do {
        group = next_group(search, window, group.end);
    } while (group.end > group.first && group.gpus < search->request->gpus);
    return group;
}

bool calendar_fits(const struct calendar_search *search, const uint8_t *window)
{
    const struct plenum_calendar_request *request = search->request;
    if (request->within == PLENUM_CALENDAR_SITE && request->most_per_domain <= 0)
        return row_sum(window, search->calendar->width) >= request->gpus;
    return first_group(search, window).gpus >= request->gpus;
}

/* --- which servers ------------------------------------------------------------------------- */

/* Candidates are gathered as parts with what they can give, then cut to what is taken. */
static int32_t gather(const struct calendar_search *search, const uint8_t *window,
                      struct plenum_calendar_part *parts)
{
    const struct plenum_calendar *calendar = search->calendar;
    const struct group group = first_group(search, window);
    const int32_t *order = calendar->by_level[search->request->within];
    int32_t most = search->request->most_per_domain, count = 0, domain = -1, left = 0;
    for (int32_t i = group.first; i < group.end; i++) {
        int32_t server = order[i], gpus = window[server];
        if (gpus == 0)
            continue;
        if (most > 0 && calendar->servers[server].domain != domain) {
            domain = calendar->servers[server].domain;
            left = most;
        }
        if (most > 0) {
            gpus = gpus < left ? gpus : left;
            left -= gpus;
        }
        if (gpus > 0)
            parts[count++] = (struct plenum_calendar_part){server, gpus};
    }
    return count;
}

/* The candidate with least that gives all that is left; -1 where none does. */
static int32_t tightest(const struct plenum_calendar_part *parts, int32_t first, int32_t count,
                        int32_t left)
{
    int32_t best = -1;
    for (int32_t i = first; i < count; i++) {
        if (parts[i].gpus >= left && (best < 0 || parts[i].gpus < parts[best].gpus))
            best = i;
    }
    return best;
}

static void swap(struct plenum_calendar_part *a, struct plenum_calendar_part *b)
{
    struct plenum_calendar_part part = *a;
    *a = *b;
    *b = part;
}

/* Moves the candidates with the most to the front, in order, until they give all but a rest that
 * one of the others gives alone. Returns how many are taken. */
static int32_t take(struct plenum_calendar_part *parts, int32_t count, int32_t left)
{
    int32_t taken = 0, greatest = 0;
    for (int32_t i = 0; i < count; i++)
        greatest = parts[i].gpus > greatest ? parts[i].gpus : greatest;
    for (int32_t gpus = greatest; gpus > 0 && left > 0; gpus--) {
        for (int32_t i = taken; i < count && left > gpus; i++) {
            if (parts[i].gpus == gpus) {
                left -= gpus;
                swap(&parts[taken++], &parts[i]);
            }
        }
        if (left > gpus)
            continue;
        int32_t last = tightest(parts, taken, count, left);
        if (last < 0)
            continue;
        parts[last].gpus = left;
        swap(&parts[taken++], &parts[last]);
        left = 0;
    }
    CHECK(left == 0);
    return taken;
}

static int by_server(const void *a, const void *b)
{
    const struct plenum_calendar_part *x = a, *y = b;
    return (x->server > y->server) - (x->server < y->server);
}

int32_t calendar_choose(const struct calendar_search *search, const uint8_t *window,
                        struct plenum_calendar_part *parts)
{
    int32_t count = gather(search, window, parts);
    count = take(parts, count, search->request->gpus);
    qsort(parts, (size_t)count, sizeof *parts, by_server);
    return count;
}
