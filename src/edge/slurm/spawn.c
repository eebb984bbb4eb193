/* Runs one of Slurm's commands, reads what it prints, and waits for its end, all within
 * CLUSTER_PATIENCE_MS. What it says of errors becomes the error. */
#include "edge/slurm/cluster.h"

#include "base/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { OUT, ERR, STREAMS, COMPLAINT_MAX = 4096 };

struct child {
    pid_t pid;
    int from[STREAMS];           /* reading ends; -1 once at their end */
    struct bytes *into[STREAMS]; /* NULL: read and forgotten */
    int64_t until_ms;
};

static int64_t now_ms(void)
{
    return wall_now_ns(&wall_clock_system) / 1000000;
}

/* Neither end reaches another child. */
static bool open_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

static void close_pipe(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* 0, or the error of the operating system. The child gets no signal mask and no standard input. */
static int start_with(struct child *child, const char *const *argv, const int ends[STREAMS][2])
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[OUT][1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[ERR][1], STDERR_FILENO);
    char *const *words; /* posix_spawn does not change them */
    memcpy(&words, &argv, sizeof words);
    int code = posix_spawnp(&child->pid, argv[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

static int start(struct child *child, const char *const *argv)
{
    int ends[STREAMS][2];
    if (!open_pipe(ends[OUT]))
        return errno;
    if (!open_pipe(ends[ERR])) {
        int code = errno;
        close_pipe(ends[OUT]);
        return code;
    }
    int code = start_with(child, argv, (const int(*)[2])ends);
    for (int i = 0; i < STREAMS; i++) {
        close(ends[i][1]);
        child->from[i] = code == 0 ? ends[i][0] : -1;
        if (code != 0)
            close(ends[i][0]);
    }
    return code;
}

/* Takes what is there; at the end of a stream it is closed. */
static void take(struct child *child, int stream)
{
    char block[16384];
    ssize_t count = read(child->from[stream], block, sizeof block);
    if (count > 0 && child->into[stream])
        bytes_put(child->into[stream], block, (size_t)count);
    if (count > 0 || (count < 0 && errno == EINTR))
        return;
    close(child->from[stream]);
    child->from[stream] = -1;
}

/* Reads both streams to their ends. False when time is over. */
static bool listen_to(struct child *child)
{
    while (child->from[OUT] >= 0 || child->from[ERR] >= 0) {
        struct pollfd waits[STREAMS] = {{child->from[OUT], POLLIN, 0},
                                        {child->from[ERR], POLLIN, 0}};
        int64_t left_ms = child->until_ms - now_ms();
        if (left_ms <= 0)
            return false;
        int ready = poll(waits, STREAMS, (int)left_ms);
        for (int i = 0; i < STREAMS && ready > 0; i++)
            if (child->from[i] >= 0 && waits[i].revents != 0)
                take(child, i);
    }
    return true;
}

/* The child's way of ending; whoever is late is killed first. */
static int end_of(struct child *child, bool late)
{
    int status = 0;
    if (late)
        kill(child->pid, SIGKILL);
    for (int i = 0; i < STREAMS; i++)
        if (child->from[i] >= 0)
            close(child->from[i]);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/* The command as it was, and what it said, in one line. */
static enum plenum_status fail_as_said(const char *const *argv, const struct bytes *complaint,
                                       struct plenum_error *error)
{
    char line[1024] = "", said[512];
    for (size_t at = 0; *argv && at < sizeof line; argv++)
        at += (size_t)snprintf(line + at, sizeof line - at, "%s%s", at > 0 ? " " : "", *argv);
    int length = complaint->length < sizeof said ? (int)complaint->length : (int)sizeof said - 1;
    snprintf(said, sizeof said, "%.*s", length, length > 0 ? (const char *)complaint->data : "");
    for (char *at = said; *at; at++)
        *at = *at == '\n' ? ' ' : *at;
    return plenum_fail(error, PLENUM_REFUSED, "%s (%s)", said[0] ? said : "no word of why", line);
}

static bool ended_well(int status)
{
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

enum plenum_status slurm_spawn(const char *const *argv, struct bytes *said,
                               struct plenum_error *error)
{
    struct bytes complaint;
    bytes_init(&complaint, COMPLAINT_MAX);
    struct child child = {.into = {said, &complaint}, .until_ms = now_ms() + CLUSTER_PATIENCE_MS};
    enum plenum_status status = PLENUM_OK;
    int code = start(&child, argv);
    if (code != 0) {
        status = plenum_fail(error, PLENUM_IO, "%s cannot be run: %s", argv[0], strerror(code));
    } else {
        bool late = !listen_to(&child);
        int end = end_of(&child, late);
        if (late)
            status = plenum_fail(error, PLENUM_IO, "%s did not end within %d s", argv[0],
                                 CLUSTER_PATIENCE_MS / 1000);
        else if (!ended_well(end))
            status = fail_as_said(argv, &complaint, error);
    }
    bytes_finish(&complaint);
    return status;
}
