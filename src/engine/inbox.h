/* Inbox: commands posted by clients from any thread, in the order they came, bounded. A full inbox
 * refuses (back-pressure); nothing in it is ever dropped. */
#ifndef ENGINE_INBOX_H
#define ENGINE_INBOX_H

#include <plenum/ledger.h>

struct inbox;

struct inbox_item {
    struct plenum_command command;
    bool dry_run;
    void (*answer)(void *context, const struct plenum_outcome *outcome);
    void *context;
};

struct inbox *inbox_create(size_t max);
void inbox_destroy(struct inbox *inbox);
/* Copies the command. False when full, or when the command has no stored form. */
bool inbox_put(struct inbox *inbox, const struct inbox_item *item);
/* Moves the oldest item out; its command is then the caller's to finish. False when empty. */
bool inbox_take(struct inbox *inbox, struct inbox_item *item);
size_t inbox_length(struct inbox *inbox);

#endif
