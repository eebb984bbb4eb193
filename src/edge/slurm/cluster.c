/* The real cluster: REST on a UNIX socket, and Slurm's commands. */
#include "edge/slurm/cluster.h"

#include "base/wall.h"

#include <pwd.h>

static enum plenum_status cluster_get(void *context, const char *path, struct bytes *answer,
                                      struct plenum_error *error)
{
    return slurm_rest_get(context, path, answer, error);
}

static enum plenum_status cluster_run(void *context, const char *const *argv, struct bytes *said,
                                      struct plenum_error *error)
{
    (void)context;
    return slurm_spawn(argv, said, error);
}

static int64_t cluster_now_ms(void *context)
{
    (void)context;
    return wall_day_ms();
}

static bool cluster_is_user(void *context, const char *name)
{
    enum { ROOM = 16384 };
    char room[ROOM];
    struct passwd entry, *found = NULL;
    (void)context;
    return getpwnam_r(name, &entry, room, sizeof room, &found) == 0 && found != NULL;
}

enum plenum_status slurm_cluster_open(const char *socket, struct slurm_cluster *cluster,
                                      struct plenum_error *error)
{
    struct slurm_rest *rest;
    *cluster = (struct slurm_cluster){.get = cluster_get,
                                      .run = cluster_run,
                                      .now_ms = cluster_now_ms,
                                      .is_user = cluster_is_user};
    enum plenum_status status = slurm_rest_open(socket, &rest, error);
    cluster->context = rest;
    return status;
}

void slurm_cluster_close(struct slurm_cluster *cluster)
{
    slurm_rest_close(cluster->context);
    cluster->context = NULL;
}
