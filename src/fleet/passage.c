/* See passage.h. */
#include "fleet/passage.h"

#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

enum {
    STATES_A_NODE = 16, /* room */
    STATES_LEAST = 1 << 12,
    STATES_MOST = 1 << 22,
    CAP_MOST = 1 << 12,
};

void passage_init(struct passage *passage, const struct parts *parts)
{
    uint64_t nodes = parts->grid->nodes, room = nodes * STATES_A_NODE + STATES_LEAST;
    *passage = (struct passage){.parts = parts};
    passage->room = room < STATES_MOST ? (uint32_t)room : STATES_MOST;
    passage->mask = 1;
    while (passage->mask < 2 * passage->room) {
        passage->mask *= 2;
    }
    passage->states = memory_new(passage->room, sizeof *passage->states);
    passage->table = memory_new(passage->mask, sizeof *passage->table);
    passage->holes = memory_new(nodes + 1, sizeof *passage->holes);
    passage->mask--;
}

void passage_finish(struct passage *passage)
{
    free(passage->states);
    free(passage->table);
    free(passage->holes);
    *passage = (struct passage){0};
}

size_t passage_bytes(const struct passage *passage)
{
    return passage->room * sizeof *passage->states +
           ((size_t)passage->mask + 1) * sizeof *passage->table +
           ((size_t)passage->parts->grid->nodes + 1) * sizeof *passage->holes;
}

void passage_count(struct passage *passage, const uint32_t *here)
{
    const struct parts *parts = passage->parts;
    uint32_t nodes = parts->grid->nodes, last = 0;
    memset(passage->holes, 0, (nodes + 1) * sizeof *passage->holes);
    for (uint32_t node = 0; node < nodes; node++) {
        passage->holes[parts->number[node]] = here[node] == GRID_NONE;
        last += parts->number[node] != 0;
    }
    passage->holes[0] = 0;
    for (uint32_t number = 1; number <= last; number++) {
        passage->holes[number] += passage->holes[number - 1];
    }
    passage->work = nodes;
}

static uint32_t state_hash(const struct passage_state *state)
{
    uint64_t holes;
    memcpy(&holes, state->holes, sizeof holes);
    return (uint32_t)random_at(holes, 0, state->node, 0);
}

static bool state_equal(const struct passage_state *a, const struct passage_state *b)
{
    return a->node == b->node && memcmp(a->holes, b->holes, sizeof a->holes) == 0;
}

/* Adds a state unless it is known. */
static void state_add(struct passage *passage, const struct passage_state *state)
{
    uint32_t place = state_hash(state) & passage->mask;
    while (passage->table[place] != 0) {
        if (state_equal(&passage->states[passage->table[place] - 1], state)) {
            return;
        }
        place = (place + 1) & passage->mask;
    }
    if (passage->count < passage->room) {
        passage->states[passage->count++] = *state;
        passage->table[place] = passage->count;
    }
}

/* Forgets all states, in the reverse of the order they came in, so that no search for one is cut
 * short by the gap that another leaves. */
static void states_clear(struct passage *passage)
{
    for (; passage->count > 0; passage->count--) {
        uint32_t place = state_hash(&passage->states[passage->count - 1]) & passage->mask;
        while (passage->table[place] != passage->count) {
            place = (place + 1) & passage->mask;
        }
        passage->table[place] = 0;
    }
}

/* A move of the one robot, from v to w. */
struct move {
    struct passage *passage;
    struct passage_state state; /* at w, being made */
    int parts;                  /* of w that do not hold v: they lie beyond w */
    int beyond[GRID_HEADINGS];
    uint32_t room[GRID_HEADINGS]; /* for holes, of each of them */
    int behind;                   /* the part of w that holds v */
    uint32_t behind_room;
    uint32_t behind_holes; /* that it has without those of C */
    uint32_t beside;       /* nodes of C that it holds, and v itself */
    bool bridge;
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Spreads what is left of C's holes over the parts beyond w from the i-th on, in all ways; over a
 * bridge none can stay behind. */
static void move_spread(struct move *move, int i, uint32_t left)
{
    if (i == move->parts || i == GRID_HEADINGS) {
        uint32_t behind = move->behind_holes + (move->bridge ? 1 : least(left, move->beside));
        move->state.holes[move->behind] = (uint16_t)least(behind, move->behind_room);
        state_add(move->passage, &move->state);
        return;
    }
    uint32_t after = 0;
    for (int other = i + 1; other < move->parts; other++) {
        after += move->room[other];
    }
    uint32_t most = least(left, move->room[i]);
    uint32_t holes = move->bridge && left > after ? least(most, left - after) : 0;
    for (; holes <= most; holes++) {
        move->state.holes[move->beyond[i]] = (uint16_t)holes;
        move_spread(move, i + 1, left - holes);
    }
}

/* Adds the states that a move in a heading leads to. */
static void move_look(struct passage *passage, uint32_t index, const struct parts_view *view,
                      int heading)
{
    const struct passage_state *from = &passage->states[index];
    uint32_t node = passage->parts->grid->next[from->node][heading];
    int ahead = view->of[heading];
    struct parts_view there;
    parts_look(passage->parts, node, &there);
    struct move move = {.passage = passage, .state = {.node = node, .before = index}};
    move.behind = there.of[(heading + 2) % GRID_HEADINGS];
    move.behind_room = least(parts_size(&there, move.behind), passage->cap);
    uint32_t beyond = 0, left = from->holes[ahead];
    for (int part = 0; part < there.count; part++) {
        if (part != move.behind) {
            uint32_t size = parts_size(&there, part);
            beyond += size;
            move.room[move.parts] = least(size, passage->cap);
            move.beyond[move.parts++] = part;
        }
    }
    move.beside = parts_size(view, ahead) - beyond;
    move.bridge = move.beside == 1;
    if (move.bridge && left == 0) {
        return;
    }
    for (int part = 0; part < view->count; part++) {
        move.behind_holes += part != ahead ? from->holes[part] : 0;
    }
    move_spread(&move, 0, move.bridge ? left - 1 : left);
}

static void state_expand(struct passage *passage, uint32_t index)
{
    struct parts_view view;
    parts_look(passage->parts, passage->states[index].node, &view);
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        if (view.of[heading] != PARTS_NONE) {
            move_look(passage, index, &view, heading);
        }
    }
}

static void search_begin(struct passage *passage, uint32_t from)
{
    struct parts_view view;
    struct passage_state state = {.node = from, .before = GRID_NONE};
    parts_look(passage->parts, from, &view);
    for (int part = 0; part < view.count; part++) {
        uint32_t holes = parts_sum(&view, passage->holes, part);
        state.holes[part] = (uint16_t)least(holes, passage->cap);
    }
    states_clear(passage);
    state_add(passage, &state);
}

/* With the cap that is set. */
static enum passage_answer search(struct passage *passage, uint32_t from,
                                  struct passage_state *next)
{
    search_begin(passage, from);
    for (uint32_t index = 0; index < passage->count; index++) {
        const struct passage_state *state = &passage->states[index];
        passage->work++;
        if (state->node == passage->goal) {
            while (passage->states[state->before].before != GRID_NONE) {
                state = &passage->states[state->before];
            }
            *next = *state;
            return PASSAGE_FOUND;
        }
        state_expand(passage, index);
        if (passage->count == passage->room) {
            return PASSAGE_UNKNOWN;
        }
    }
    return PASSAGE_NONE;
}

/* Holes in the component of a node. */
static uint32_t holes_around(const struct passage *passage, uint32_t node)
{
    uint32_t root = passage->parts->root[node];
    return passage->holes[passage->parts->last[root]] -
           passage->holes[passage->parts->number[root] - 1];
}

enum passage_answer passage_find(struct passage *passage, uint32_t from, uint32_t goal,
                                 struct passage_state *next)
{
    const struct parts *parts = passage->parts;
    if (parts->number[goal] == 0 || parts->root[from] != parts->root[goal]) {
        return PASSAGE_NONE;
    }
    uint32_t all = holes_around(passage, from);
    passage->goal = goal;
    for (passage->cap = 1; passage->cap <= CAP_MOST; passage->cap *= 2) {
        enum passage_answer answer = search(passage, from, next);
        if (answer != PASSAGE_NONE || passage->cap >= all) {
            return answer;
        }
    }
    return PASSAGE_UNKNOWN;
}
