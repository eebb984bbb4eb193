/* Thread pool: runs the parts of one piece of work. What a part writes may depend on its number
 * only, never on the thread that ran it, so that a result is the same for any thread count. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

struct pool;

enum { POOL_THREADS_MAX = 256 };

/* threads >= 1, the caller's own among them; 1 makes no thread. There are fewer when the system
 * gives no more, or when threads is over POOL_THREADS_MAX: pool_threads tells. */
struct pool *pool_create(unsigned threads);
void pool_destroy(struct pool *pool);
unsigned pool_threads(const struct pool *pool);
/* Calls work(context, part) for part = 0 .. parts-1, in any order, and returns when all are done.
 * What was written before the call is seen by every part, and what the parts wrote is seen after
 * it. One caller at a time; a part must not call pool_run on its own pool. */
void pool_run(struct pool *pool, size_t parts, void (*work)(void *context, size_t part),
              void *context);

#endif
