/* Status of a run in the terminal: a panel drawn again and again where stdout is a terminal, a
 * line an hour of site time where it is not, a bar on stderr for a run without waiting. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include <plenum/engine.h>

enum { STATUS_EVENTS = 6, STATUS_EVENT_TEXT = 96 };

enum status_style { STATUS_NONE, STATUS_PANEL, STATUS_LINES, STATUS_BAR };

struct status {
    enum status_style style;
    const struct plenum_site *site;
    int64_t from_ms, until_ms; /* of the run; for the bar */
    int64_t drawn_ns;          /* wall time of the last drawing */
    int64_t line_ms;           /* site time of the next line */
    int lines;                 /* of the panel that stands there */
    char events[STATUS_EVENTS][STATUS_EVENT_TEXT];
    size_t event_count; /* ever; the latest is at (event_count - 1) % STATUS_EVENTS */
};

void status_init(struct status *status, const struct plenum_site *site, enum status_style style);
/* Keeps what a person would want to know of; for plenum_engine_options.observe. */
void status_observe(void *context, const struct plenum_journal_row *row);
/* Draws when it is time; for plenum_engine_run. */
void status_each(void *context, struct plenum_engine *engine);
/* Draws the last state and leaves the terminal in order. */
void status_end(struct status *status, struct plenum_engine *engine);

#endif
