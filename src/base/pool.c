/* The caller takes parts too. A worker that wakes up late finds the work closed and sleeps on,
 * so pool_run waits for those that joined and for no one else.
 *
 * 1. work, context and parts change only while no worker has joined.
 * 2. `joined` counts the workers between joining and leaving; both happen under the mutex.
 * 3. Each part is taken once: by the fetch-and-add on `next`. */
#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t opened; /* there is work, or the end has come */
    pthread_cond_t left;   /* joined went to 0 */
    bool open, stop;
    unsigned long long run; /* counts calls of pool_run, so that no worker joins one twice */
    unsigned joined;
    void (*work)(void *context, size_t part);
    void *context;
    size_t parts;
    atomic_size_t next;
    unsigned worker_count;
    pthread_t workers[]; /* all threads but the caller's */
};

static void pool_drain(struct pool *pool)
{
    for (;;) {
        size_t part = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (part >= pool->parts)
            return;
        pool->work(pool->context, part);
    }
}

static void *worker_main(void *argument)
{
    struct pool *pool = argument;
    unsigned long long seen = 0;
    CHECK(pthread_mutex_lock(&pool->mutex) == 0);
    while (!pool->stop) {
        if (!pool->open || pool->run == seen) {
            CHECK(pthread_cond_wait(&pool->opened, &pool->mutex) == 0);
            continue;
        }
        seen = pool->run;
        pool->joined++;
        CHECK(pthread_mutex_unlock(&pool->mutex) == 0);
        pool_drain(pool);
        CHECK(pthread_mutex_lock(&pool->mutex) == 0);
        if (--pool->joined == 0)
            pthread_cond_signal(&pool->left);
    }
    CHECK(pthread_mutex_unlock(&pool->mutex) == 0);
    return NULL;
}

/* Workers take no signals: those are for the thread that made the pool. */
static void pool_start_workers(struct pool *pool, unsigned wanted)
{
    sigset_t all, before;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
    while (pool->worker_count < wanted &&
           pthread_create(&pool->workers[pool->worker_count], NULL, worker_main, pool) == 0)
        pool->worker_count++;
    CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
}

struct pool *pool_create(unsigned threads)
{
    CHECK(threads >= 1);
    unsigned wanted = (threads < POOL_THREADS_MAX ? threads : POOL_THREADS_MAX) - 1;
    struct pool *pool = memory_new(1, sizeof *pool + wanted * sizeof pool->workers[0]);
    CHECK(pthread_mutex_init(&pool->mutex, NULL) == 0);
    CHECK(pthread_cond_init(&pool->opened, NULL) == 0);
    CHECK(pthread_cond_init(&pool->left, NULL) == 0);
    atomic_init(&pool->next, 0);
    pool_start_workers(pool, wanted);
    return pool;
}

void pool_destroy(struct pool *pool)
{
    if (!pool)
        return;
    CHECK(pthread_mutex_lock(&pool->mutex) == 0);
    CHECK(!pool->open);
    pool->stop = true;
    pthread_cond_broadcast(&pool->opened);
    CHECK(pthread_mutex_unlock(&pool->mutex) == 0);
    for (unsigned i = 0; i < pool->worker_count; i++)
        CHECK(pthread_join(pool->workers[i], NULL) == 0);
    pthread_cond_destroy(&pool->left);
    pthread_cond_destroy(&pool->opened);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

unsigned pool_threads(const struct pool *pool)
{
    return pool->worker_count + 1;
}

static void pool_open(struct pool *pool, size_t parts, void (*work)(void *context, size_t part),
                      void *context)
{
    CHECK(pthread_mutex_lock(&pool->mutex) == 0);
    CHECK(!pool->open && pool->joined == 0);
    pool->work = work;
    pool->context = context;
    pool->parts = parts;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    pool->open = true;
    pool->run++;
    if (parts > 1)
        pthread_cond_broadcast(&pool->opened);
    CHECK(pthread_mutex_unlock(&pool->mutex) == 0);
}

static void pool_close(struct pool *pool)
{
    CHECK(pthread_mutex_lock(&pool->mutex) == 0);
    pool->open = false;
    while (pool->joined > 0)
        CHECK(pthread_cond_wait(&pool->left, &pool->mutex) == 0);
    CHECK(pthread_mutex_unlock(&pool->mutex) == 0);
}

void pool_run(struct pool *pool, size_t parts, void (*work)(void *context, size_t part),
              void *context)
{
    pool_open(pool, parts, work, context);
    pool_drain(pool);
    pool_close(pool);
}
