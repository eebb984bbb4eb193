/* A ring of items under one mutex. A command is copied through its stored form, so that the copy
 * owns its memory and what cannot be stored never enters. */
#include "engine/inbox.h"

#include "base/check.h"
#include "base/memory.h"

#include <pthread.h>
#include <stdlib.h>

struct inbox {
    pthread_mutex_t mutex;
    struct inbox_item *ring;
    size_t first, length, max;
};

struct inbox *inbox_create(size_t max)
{
    CHECK(max > 0);
    struct inbox *inbox = memory_new(1, sizeof *inbox);
    inbox->ring = memory_new(max, sizeof *inbox->ring);
    inbox->max = max;
    CHECK(pthread_mutex_init(&inbox->mutex, NULL) == 0);
    return inbox;
}

void inbox_destroy(struct inbox *inbox)
{
    if (!inbox)
        return;
    struct inbox_item item;
    while (inbox_take(inbox, &item))
        plenum_command_finish(&item.command);
    CHECK(pthread_mutex_destroy(&inbox->mutex) == 0);
    free(inbox->ring);
    free(inbox);
}

static bool command_copy(struct plenum_command *copy, const struct plenum_command *command)
{
    uint8_t *data = NULL;
    size_t length = 0;
    if (plenum_command_encode(command, &data, &length, NULL) != PLENUM_OK)
        return false;
    plenum_command_init(copy, command->kind, command->actor);
    bool good = plenum_command_decode(copy, data, length, NULL) == PLENUM_OK;
    free(data);
    if (!good)
        plenum_command_finish(copy);
    return good;
}

bool inbox_put(struct inbox *inbox, const struct inbox_item *item)
{
    struct inbox_item copy = *item;
    if (!command_copy(&copy.command, &item->command))
        return false;
    CHECK(pthread_mutex_lock(&inbox->mutex) == 0);
    bool room = inbox->length < inbox->max;
    if (room)
        inbox->ring[(inbox->first + inbox->length++) % inbox->max] = copy;
    CHECK(pthread_mutex_unlock(&inbox->mutex) == 0);
    if (!room)
        plenum_command_finish(&copy.command);
    return room;
}

bool inbox_take(struct inbox *inbox, struct inbox_item *item)
{
    CHECK(pthread_mutex_lock(&inbox->mutex) == 0);
    bool any = inbox->length > 0;
    if (any) {
        *item = inbox->ring[inbox->first];
        inbox->first = (inbox->first + 1) % inbox->max;
        inbox->length--;
    }
    CHECK(pthread_mutex_unlock(&inbox->mutex) == 0);
    return any;
}

size_t inbox_length(struct inbox *inbox)
{
    CHECK(pthread_mutex_lock(&inbox->mutex) == 0);
    size_t length = inbox->length;
    CHECK(pthread_mutex_unlock(&inbox->mutex) == 0);
    return length;
}
