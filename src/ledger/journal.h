/* What the files of the journal share beyond plenum/journal.h. */
#ifndef LEDGER_JOURNAL_H
#define LEDGER_JOURNAL_H

#include "ledger/journal_store.h"

#include <plenum/journal.h>

/* plenum_journal_open on a disk that is handed in; disk must outlive the journal. */
enum plenum_status journal_open_on(const struct disk *disk, const char *path,
                                   const struct plenum_site *site,
                                   const struct plenum_journal_options *options,
                                   struct plenum_journal **opened,
                                   struct plenum_error *error) PLENUM_MUST_USE;

/* plenum_journal_verify on a disk that is handed in. */
enum plenum_status journal_verify_on(const struct disk *disk, const char *given, bool fast,
                                     void (*line)(void *context, const char *text), void *context,
                                     struct plenum_error *error) PLENUM_MUST_USE;

/* Calls visit for each record from first on, in order, after checking its number and its link of
 * the chain, until it returns false. PLENUM_CORRUPT names the row that does not fit. */
enum plenum_status journal_records(struct plenum_journal *journal, uint64_t first,
                                   bool (*visit)(void *context,
                                                 const struct journal_record *record),
                                   void *context, struct plenum_error *error) PLENUM_MUST_USE;

/* A record's command and refusal. PLENUM_CORRUPT when they are not what a journal writes. */
struct record_reader {
    struct plenum_command command; /* initialised */
    struct plenum_refusal refusal; /* when the command was not taken */
    char rule[RECORD_REFUSAL_MAX];
};
void record_reader_init(struct record_reader *reader);
void record_reader_finish(struct record_reader *reader);
enum plenum_status record_reader_read(struct record_reader *reader, const char *path,
                                      const struct journal_record *record,
                                      struct plenum_error *error) PLENUM_MUST_USE;

/* Submits the record's command to ledger and compares number, clock and answer with those
 * written. */
enum plenum_status record_replay(struct record_reader *reader, const char *path,
                                 const struct journal_record *record, struct plenum_ledger *ledger,
                                 struct plenum_error *error) PLENUM_MUST_USE;

const char *journal_path(const struct plenum_journal *journal);
struct store *journal_store(struct plenum_journal *journal);
uint64_t journal_last(const struct plenum_journal *journal);

#endif
