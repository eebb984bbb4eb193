/* Log: lines for people on stderr. A run's facts are in its journal, not here. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <plenum/error.h>
#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped. Starts at LOG_INFO. The one setting of the process. */
void log_set_level(enum log_level level);
/* "plenum: " + level where it is not info + text. */
void log_line(enum log_level level, const char *format, ...) PLENUM_PRINTF(2, 3);

#endif
