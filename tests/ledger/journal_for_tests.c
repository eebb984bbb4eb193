/* Journals and a disk for tests: see journal_for_tests.h. */
#include "journal_for_tests.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "site_for_tests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RUN_SITE                                                                                   \
    SITE_SMALL "robots:\n"                                                                         \
               "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 4]]}\n"                   \
               "- {name: 't-{1..4}', model: tote, area: {from: [0, 0], to: [0, 4]}}\n"

struct plenum_site *run_site(void)
{
    return site_for_tests(RUN_SITE);
}

/* --- the stream of commands ------------------------------------------------------------------- */

static void fill_step(struct run *run, uint64_t seq)
{
    uint8_t moves[64] = {0};
    CHECK(run->site->robot_count <= 64);
    for (int32_t i = 0; i < run->site->robot_count; i++)
        moves[i] = (uint8_t)(random_at(7, 1, seq, (uint64_t)i) % PLENUM_MOVE_COUNT);
    plenum_command_step(&run->command, moves, run->site->robot_count);
}

static void fill_claim(struct run *run, uint64_t seq, int64_t now)
{
    struct plenum_ref robot = plenum_ref(PLENUM_ROBOT, seq % 6);
    int32_t load = run->site->chargers[seq % 2].load;
    int64_t from = now + (int64_t)(random_at(7, 2, seq, 0) % 50) * 1000;
    plenum_command_release(&run->command, robot, PLENUM_BOOK_POWER, now);
    plenum_command_claim_power(&run->command, robot, load, from, from + 60000,
                               (int64_t)(1 + random_at(7, 2, seq, 1) % 15000));
}

static void fill(struct run *run, uint64_t seq, int64_t now)
{
    struct plenum_ref task;
    switch (seq % 4) {
    case 0:
        plenum_command_reset(&run->command, PLENUM_COMMAND_ROBOT_STEP, "planner/fleet");
        fill_step(run, seq);
        break;
    case 1:
        plenum_command_reset(&run->command, PLENUM_COMMAND_TICK, "clock");
        plenum_command_tick(&run->command, now + run->site->step_ms);
        break;
    case 2:
        plenum_command_reset(&run->command, PLENUM_COMMAND_ROBOT_CHARGE, "planner/fleet");
        fill_claim(run, seq, now);
        break;
    default:
        plenum_command_reset(&run->command, PLENUM_COMMAND_TASK_ASK, "sim");
        run->command.id = (struct plenum_command_id){1, seq};
        task = plenum_ref(PLENUM_TASK, plenum_ledger_next_id(run->ledger, PLENUM_TASK));
        plenum_command_create(&run->command, task);
        plenum_command_set(&run->command, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
        plenum_command_set(&run->command, task, PLENUM_TASK_RACK, PLENUM_NONE);
    }
}

void run_submit(struct run *run)
{
    struct plenum_sink sink = plenum_journal_sink(run->journal);
    struct plenum_outcome outcome;
    uint64_t seq = plenum_ledger_seq(run->ledger) + 1;
    if (seq == 1)
        plenum_ledger_genesis(run->site, &run->command);
    else
        fill(run, seq, plenum_ledger_now_ms(run->ledger));
    CHECK(plenum_ledger_submit(run->ledger, &run->command, &sink, &outcome, NULL) == PLENUM_OK);
    CHECK(outcome.seq == seq);
}

enum plenum_status run_open(struct run *run, const struct disk *disk, const char *path,
                            int64_t snapshot_every, struct plenum_error *error)
{
    struct plenum_journal_options options = {.snapshot_every = snapshot_every};
    *run = (struct run){.site = run_site()};
    plenum_command_init(&run->command, PLENUM_COMMAND_OTHER, "");
    enum plenum_status status =
        journal_open_on(disk, path, run->site, &options, &run->journal, error);
    if (status == PLENUM_OK)
        status = plenum_journal_recover(run->journal, &run->ledger, error);
    return status;
}

void run_close(struct run *run)
{
    plenum_ledger_destroy(run->ledger);
    plenum_journal_close(run->journal);
    plenum_command_finish(&run->command);
    plenum_site_destroy(run->site);
}

/* --- the disk --------------------------------------------------------------------------------- */

struct test_file *test_disk_file(struct test_disk *disk, const char *path)
{
    for (int i = 0; i < TEST_DISK_FILES; i++) {
        if (disk->files[i].used && strcmp(disk->files[i].path, path) == 0)
            return &disk->files[i];
    }
    return NULL;
}

static struct test_file *file_new(struct test_disk *disk, const char *path)
{
    for (int i = 0; i < TEST_DISK_FILES; i++) {
        struct test_file *file = &disk->files[i];
        if (file->used)
            continue;
        *file = (struct test_file){.used = true};
        CHECK(text_format(file->path, sizeof file->path, "%s", path));
        return file;
    }
    CHECK(false);
    return NULL;
}

static void forget_writes(struct test_file *file)
{
    for (size_t i = 0; i < file->write_count; i++)
        free(file->writes[i].data);
    file->write_count = 0;
}

static void file_drop(struct test_file *file)
{
    forget_writes(file);
    free(file->writes);
    free(file->data);
    free(file->durable);
    *file = (struct test_file){0};
}

static int test_open(void *context, const char *path, unsigned flags, void **opened)
{
    struct test_file *file = test_disk_file(context, path);
    if (file == NULL && !(flags & DISK_CREATE))
        return ENOENT;
    *opened = file != NULL ? file : file_new(context, path);
    return 0;
}

static void test_close(void *context, void *file)
{
    (void)context;
    (void)file;
}

static int test_read(void *context, void *opened, void *data, size_t length, int64_t offset,
                     size_t *got)
{
    struct test_file *file = opened;
    (void)context;
    int64_t rest = file->size - offset;
    *got = rest <= 0 ? 0 : (size_t)rest < length ? (size_t)rest : length;
    if (*got > 0)
        memcpy(data, file->data + offset, *got);
    return 0;
}

static void resize(uint8_t **data, int64_t *size, int64_t to)
{
    *data = memory_resize(*data, (size_t)to + 1, 1);
    if (to > *size)
        memset(*data + *size, 0, (size_t)(to - *size));
    *size = to;
}

static void apply_write(uint8_t **data, int64_t *size, const struct test_write *write,
                        size_t length)
{
    if (write->size >= 0) {
        resize(data, size, write->size);
        return;
    }
    if (write->offset + (int64_t)length > *size)
        resize(data, size, write->offset + (int64_t)length);
    memcpy(*data + write->offset, write->data, length);
}

static void remember(struct test_file *file, struct test_write write)
{
    apply_write(&file->data, &file->size, &write, write.length);
    ARRAY_PUSH(file->writes, file->write_count, file->write_capacity, 1 << 20) = write;
}

static int test_write(void *context, void *file, const void *data, size_t length, int64_t offset)
{
    struct test_disk *disk = context;
    struct test_write write = {offset, -1, memory_new(length, 1), length};
    bool fails = ++disk->writes == disk->fail_write;
    memcpy(write.data, data, length);
    if (fails)
        write.length /= 2;
    remember(file, write);
    if (disk->writes == disk->cut_write)
        test_disk_cut(disk, disk->random, disk->cut);
    return fails ? EIO : 0;
}

static int test_truncate(void *context, void *file, int64_t size)
{
    (void)context;
    remember(file, (struct test_write){0, size, NULL, 0});
    return 0;
}

static int test_sync(void *context, void *opened)
{
    struct test_disk *disk = context;
    struct test_file *file = opened;
    if (++disk->syncs == disk->fail_sync)
        return EIO;
    forget_writes(file);
    resize(&file->durable, &file->durable_size, file->size);
    if (file->size > 0)
        memcpy(file->durable, file->data, (size_t)file->size);
    return 0;
}

static int test_size(void *context, void *file, int64_t *size)
{
    (void)context;
    *size = ((struct test_file *)file)->size;
    return 0;
}

static bool test_exists(void *context, const char *path)
{
    return test_disk_file(context, path) != NULL;
}

static int test_remove(void *context, const char *path)
{
    struct test_file *file = test_disk_file(context, path);
    if (file == NULL)
        return ENOENT;
    file_drop(file);
    return 0;
}

static int test_rename(void *context, const char *from, const char *to)
{
    struct test_file *file = test_disk_file(context, from);
    (void)test_remove(context, to);
    CHECK(file != NULL && text_format(file->path, sizeof file->path, "%s", to));
    return 0;
}

static int test_sync_folder(void *context, const char *path)
{
    (void)context;
    (void)path;
    return 0;
}

static char *test_resolve(void *context, const char *path)
{
    (void)context;
    return memory_strdup(path);
}

void test_disk_init(struct test_disk *disk)
{
    *disk = (struct test_disk){.disk = {.open = test_open,
                                        .close = test_close,
                                        .read = test_read,
                                        .write = test_write,
                                        .truncate = test_truncate,
                                        .sync = test_sync,
                                        .size = test_size,
                                        .exists = test_exists,
                                        .remove = test_remove,
                                        .rename = test_rename,
                                        .sync_folder = test_sync_folder,
                                        .resolve = test_resolve,
                                        .context = disk}};
}

void test_disk_finish(struct test_disk *disk)
{
    for (int i = 0; i < TEST_DISK_FILES; i++)
        file_drop(&disk->files[i]);
}

static void cut_file(const struct test_file *from, struct random *random, struct test_file *to)
{
    resize(&to->durable, &to->durable_size, from->durable_size);
    if (from->durable_size > 0)
        memcpy(to->durable, from->durable, (size_t)from->durable_size);
    for (size_t i = 0; i < from->write_count; i++) {
        const struct test_write *write = &from->writes[i];
        uint64_t fate = random_below(random, 4);
        size_t length = write->length;
        if (fate == 0)
            continue;
        if (fate == 1)
            length = length / 512 * random_below(random, 512) / 512 * 512;
        apply_write(&to->durable, &to->durable_size, write, length);
    }
    resize(&to->data, &to->size, to->durable_size);
    if (to->size > 0)
        memcpy(to->data, to->durable, (size_t)to->size);
}

void test_disk_cut(const struct test_disk *disk, struct random *random, struct test_disk *cut)
{
    test_disk_init(cut);
    for (int i = 0; i < TEST_DISK_FILES; i++) {
        if (disk->files[i].used)
            cut_file(&disk->files[i], random, file_new(cut, disk->files[i].path));
    }
}
