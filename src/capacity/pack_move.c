/* Moves: where a job fits nowhere, a placed one goes elsewhere so that it does.
 *
 * All placed jobs are looked at whose leaving would make room for the shape; of those that have
 * another server to go to, the one moves that is placed best there by the policy's own score. On a
 * large site one search looks at some servers, and the next for the shape at the next ones. When
 * no move helps, only the latest servers that changed since are looked at for the shape, until a
 * job is released: without that, room only shrinks elsewhere. */
#include "base/check.h"
#include "capacity/pack_packer.h"

/* Servers looked at in one search: of those not seen yet, of those that changed since. */
enum { MOVE_SERVERS = 512, MOVE_CHANGES = 64 };

struct move_search {
    struct plenum_packer *packer;
    uint32_t shape;
    uint32_t job; /* the best so far, or UINT32_MAX */
    struct pack_goal goal;
};

static bool within_budget(const struct plenum_packer *packer)
{
    return packer->policy->score != NULL &&
           (packer->moves + 1) * 1000 <= packer->arrivals * packer->options.moves_per_1000;
}

/* Would the devices do without the job? */
static bool devices_do_without(const struct pack_server *server, const struct pack_job *job,
                               const struct plenum_shape *gone, const struct plenum_shape *asked)
{
    bool share = asked->gpu_milli < PLENUM_DEVICE_MILLI;
    int whole = (int)server->whole_free;
    if (share && server->gpu_free_max >= asked->gpu_milli)
        return true;
    for (int i = 0; i < server->gpus; i++) {
        if ((job->placement.devices >> i & 1) == 0)
            continue;
        int32_t left = server->gpu_free[i] + gone->gpu_milli;
        if (share && left >= asked->gpu_milli)
            return true;
        whole += left == PLENUM_DEVICE_MILLI;
    }
    return !share && whole >= asked->gpus;
}

/* Would the shape fit on the server without the job? The type is known to do. */
static bool fits_without(const struct plenum_packer *packer, const struct plenum_shape *asked,
                         const struct pack_job *job)
{
    const struct plenum_shape *gone = &packer->trace->shapes[job->shape];
    const struct pack_server *server = &packer->site.servers[job->placement.server];
    return server->cpu_free + gone->cpu_milli >= asked->cpu_milli &&
           server->memory_free + gone->memory_mib >= asked->memory_mib &&
           devices_do_without(server, job, gone, asked);
}

/* The best server for a shape; looked up once in a search. */
static const struct pack_goal *goal_of(struct plenum_packer *packer, uint32_t shape)
{
    const struct pack_policy *policy = packer->policy;
    struct pack_goal *goal = &packer->goals[shape];
    if (goal->search == packer->searches)
        return goal;
    const int32_t *prices = policy->prices != NULL ? policy->prices(packer, shape) : NULL;
    goal->search = packer->searches;
    goal->found =
        pack_index_best(&packer->index, shape, policy->score, packer, prices, &goal->server);
    if (goal->found)
        goal->score = policy->score(packer, goal->server, shape);
    return goal;
}

static void consider_server(struct move_search *search, uint32_t server)
{
    struct plenum_packer *packer = search->packer;
    const struct plenum_shape *asked = &packer->trace->shapes[search->shape];
    int32_t type = packer->trace->servers[server].type;
    if (type < 0 || (asked->types >> type & 1) == 0)
        return;
    for (uint32_t number = packer->job_on[server]; number != UINT32_MAX;
         number = packer->jobs[number].next) {
        const struct pack_job *job = &packer->jobs[number];
        if ((packer->options.move_marked_only && !job->movable) ||
            !fits_without(packer, asked, job))
            continue;
        const struct pack_goal *goal = goal_of(packer, job->shape);
        if (!goal->found || goal->server == server)
            continue;
        if (search->job == UINT32_MAX || goal->score > search->goal.score) {
            search->job = number;
            search->goal = *goal;
        }
    }
}

/* All servers, MOVE_SERVERS at a time: where that was in vain, the next call goes on from there.
 * When all have been, those that changed since. */
static void look(struct move_search *search)
{
    struct plenum_packer *packer = search->packer;
    struct pack_stuck *stuck = &packer->stuck[search->shape];
    const struct pack_index *index = &packer->index;
    packer->searches++;
    if (stuck->next == 0 || stuck->releases != packer->releases)
        *stuck = (struct pack_stuck){0, index->log_count, packer->releases};
    if (stuck->next == index->count) {
        size_t changes = index->log_count - stuck->log;
        size_t first = index->log_count - (changes < MOVE_CHANGES ? changes : MOVE_CHANGES);
        for (size_t at = first; at < index->log_count; at++) {
            if (index->last[index->log[at]] == at + 1)
                consider_server(search, index->log[at]);
        }
        stuck->log = search->job == UINT32_MAX ? index->log_count : stuck->log;
        return;
    }
    size_t left = index->count - stuck->next;
    size_t count = left < MOVE_SERVERS ? left : MOVE_SERVERS;
    for (size_t i = 0; i < count; i++)
        consider_server(search, index->server_at[stuck->next + i]);
    stuck->next += search->job == UINT32_MAX ? count : 0;
}

static void make_move(struct move_search *search, struct plenum_placement *placement)
{
    struct plenum_packer *packer = search->packer;
    const struct pack_job *job = &packer->jobs[search->job];
    uint32_t shape = job->shape;
    packer->move = (struct plenum_move){.job = search->job, .from = job->placement};
    packer->move.to.server = search->goal.server;
    packer->move.to.devices = packer->policy->devices(packer, search->goal.server, shape);
    pack_job_take_off(packer, search->job);
    pack_job_put(packer, search->job, shape, packer->move.to);
    packer->moves++;
    packer->moved = true;
    placement->server = packer->move.from.server;
    placement->devices = packer->policy->devices(packer, placement->server, search->shape);
}

bool pack_make_room(struct plenum_packer *packer, uint32_t shape,
                    struct plenum_placement *placement)
{
    struct move_search search = {.packer = packer, .shape = shape, .job = UINT32_MAX};
    if (packer->trace->shapes[shape].gpus == 0 || !within_budget(packer))
        return false;
    look(&search);
    if (search.job == UINT32_MAX)
        return false;
    make_move(&search, placement);
    return true;
}
