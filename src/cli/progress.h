/* Progress of a run in the terminal: a panel drawn again and again where stdout is a terminal, a
 * line an hour of site time where it is not, a bar on stderr for a run without waiting. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <plenum/engine.h>

enum { PROGRESS_EVENTS = 6, PROGRESS_EVENT_TEXT = 96 };

enum progress_style { PROGRESS_NONE, PROGRESS_PANEL, PROGRESS_LINES, PROGRESS_BAR };

struct progress {
    enum progress_style style;
    const struct plenum_site *site;
    int64_t from_ms, until_ms; /* of the run; for the bar */
    int64_t drawn_ns;          /* wall time of the last drawing */
    int64_t line_ms;           /* site time of the next line */
    int lines;                 /* of the panel that stands there */
    char events[PROGRESS_EVENTS][PROGRESS_EVENT_TEXT];
    size_t event_count; /* ever; the latest is at (event_count - 1) % PROGRESS_EVENTS */
};

void progress_init(struct progress *progress, const struct plenum_site *site,
                   enum progress_style style);
/* Keeps what a person would want to know of; for plenum_engine_options.observe. */
void progress_observe(void *context, const struct plenum_journal_row *row);
/* Draws when it is time; for plenum_engine_run. */
void progress_each(void *context, struct plenum_engine *engine);
/* Draws the last state and leaves the terminal in order. */
void progress_end(struct progress *progress, struct plenum_engine *engine);

#endif
