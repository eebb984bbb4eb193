/* Five policies of the literature, as the FGD experiment runs them (Weng et al., ATC 2023;
 * github.com/hkust-adsl/kubernetes-scheduler-simulator): whole-number scores from 0 to 100, and a
 * fixed rank between equals. The whole numbers matter: they leave ties, and ties fill the same
 * servers first. All but best-fit and dot-product give 0 to jobs without accelerators. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/pack_packer.h"

#include <stdlib.h>

/* The largest server, by which cores and accelerators are made comparable. */
static const double cpu_scale_milli = 128000.0, gpu_scale_milli = 8000.0;

static const struct pack_server *server_of(const struct plenum_packer *packer, uint32_t server)
{
    return &packer->site.servers[server];
}

/* --- random -------------------------------------------------------------------------------- */

enum { RANDOM_TRIES = 32 };

static uint32_t random_devices(struct plenum_packer *packer, uint32_t server, uint32_t shape)
{
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = server_of(packer, server);
    if (asked->gpus == 0 || asked->gpu_milli == PLENUM_DEVICE_MILLI)
        return pack_devices_tightest(packer, server, shape);

    int fitting[PLENUM_TRACE_DEVICES_MAX];
    uint64_t count = 0;
    for (int i = 0; i < has->gpus; i++) {
        if (has->gpu_free[i] >= asked->gpu_milli)
            fitting[count++] = i;
    }
    return UINT32_C(1) << fitting[random_below(&packer->random, count)];
}

/* Draws until one fits; where few do, counts them and draws among those. */
static bool random_server(struct plenum_packer *packer, const struct plenum_shape *asked,
                          uint32_t *server)
{
    for (int i = 0; i < RANDOM_TRIES; i++) {
        *server = (uint32_t)random_below(&packer->random, packer->site.count);
        if (pack_fits(server_of(packer, *server), asked))
            return true;
    }
    uint64_t fitting = 0;
    for (uint32_t i = 0; i < packer->site.count; i++) {
        if (pack_fits(server_of(packer, i), asked) && random_below(&packer->random, ++fitting) == 0)
            *server = i;
    }
    return fitting > 0;
}

static bool random_choose(struct plenum_packer *packer, uint32_t shape,
                          struct plenum_placement *placement)
{
    if (!random_server(packer, &packer->trace->shapes[shape], &placement->server))
        return false;
    placement->devices = random_devices(packer, placement->server, shape);
    return true;
}

const struct pack_policy pack_policy_random = {.choose = random_choose};

/* --- best fit and dot product -------------------------------------------------------------- */

static int32_t best_fit_score(void *context, uint32_t server, uint32_t shape)
{
    const struct plenum_packer *packer = context;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = server_of(packer, server);
    if (!pack_fits(has, asked))
        return PACK_NO_FIT;
    double cpu_left = (double)(has->cpu_free - asked->cpu_milli);
    double gpu_left = (double)(has->gpu_free_sum - asked->gpus * asked->gpu_milli);
    return (int32_t)((1.0 - (cpu_left / cpu_scale_milli * 0.5 + gpu_left / gpu_scale_milli * 0.5)) *
                     100.0);
}

static int32_t dot_product_score(void *context, uint32_t server, uint32_t shape)
{
    const struct plenum_packer *packer = context;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = server_of(packer, server);
    if (!pack_fits(has, asked))
        return PACK_NO_FIT;
    double cpu =
        (double)has->cpu_free / cpu_scale_milli * ((double)asked->cpu_milli / cpu_scale_milli);
    double gpu = (double)has->gpu_free_sum / gpu_scale_milli *
                 ((double)(asked->gpus * asked->gpu_milli) / gpu_scale_milli);
    return (int32_t)((1.0 - (cpu + gpu) / 2.0) * 100.0);
}

const struct pack_policy pack_policy_best_fit = {.score = best_fit_score,
                                                 .devices = pack_devices_tightest};
const struct pack_policy pack_policy_dot_product = {.score = dot_product_score,
                                                    .devices = pack_devices_tightest};

/* --- gpu packing --------------------------------------------------------------------------- */

static int32_t at_least(int32_t value, int32_t least)
{
    return value > least ? value : least;
}

/* Three bands: on used devices; on free devices of a used server; on a free server. */
static int32_t gpu_packing_score(void *context, uint32_t server, uint32_t shape)
{
    struct plenum_packer *packer = context;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = server_of(packer, server);
    if (!pack_fits(has, asked))
        return PACK_NO_FIT;
    if (asked->gpus == 0)
        return 0;
    if (has->whole_free == has->gpus)
        return at_least(100 / 3 - has->whole_free, has->whole_free);
    if (asked->gpu_milli == PLENUM_DEVICE_MILLI)
        return at_least(100 / 2 - asked->gpus, 100 / 3);

    uint32_t device = pack_tightest_device(has, asked->gpu_milli);
    for (int i = 0; i < has->gpus; i++) {
        if (device >> i & 1 && has->gpu_free[i] < PLENUM_DEVICE_MILLI)
            return at_least(100 - has->gpu_free[i] * 100 / PLENUM_DEVICE_MILLI / 10, 100 / 2);
    }
    return at_least(100 / 2 - 1, 100 / 3);
}

const struct pack_policy pack_policy_gpu_packing = {.score = gpu_packing_score,
                                                    .devices = pack_devices_tightest};

/* --- gpu clustering ------------------------------------------------------------------------ */

enum { KIN_SHARE, KIN_ONE, KIN_TWO, KIN_THREE, KIN_FOUR, KIN_TO_SEVEN, KIN_EIGHT, KIN_MORE };

/* Jobs are of a kind when they ask for a share of a device, or for as many devices. */
static int kin_of(const struct plenum_shape *shape)
{
    if (shape->gpu_milli < PLENUM_DEVICE_MILLI)
        return KIN_SHARE;
    if (shape->gpus <= 4)
        return KIN_SHARE + shape->gpus;
    return shape->gpus < 8 ? KIN_TO_SEVEN : shape->gpus == 8 ? KIN_EIGHT : KIN_MORE;
}

static int32_t gpu_clustering_score(void *context, uint32_t server, uint32_t shape)
{
    const struct plenum_packer *packer = context;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = server_of(packer, server);
    const uint16_t *kin = packer->kin[server];
    int kinds = 0;
    if (!pack_fits(has, asked))
        return PACK_NO_FIT;
    if (asked->gpus == 0)
        return 0;
    for (int i = 0; i <= KIN_MORE; i++)
        kinds += kin[i] > 0;

    int32_t fullness = 25 * (8000 - has->gpu_free_sum) / 8000;
    if (kin[kin_of(asked)] > 0)
        return fullness + (kinds == 1 ? 75 : 50);
    return kinds == 0 ? fullness + 25 : fullness;
}

static void gpu_clustering_init(struct plenum_packer *packer)
{
    packer->kin = memory_new(packer->site.count, sizeof *packer->kin);
}

static void gpu_clustering_finish(struct plenum_packer *packer)
{
    free(packer->kin);
}

static void gpu_clustering_changed(struct plenum_packer *packer, uint32_t shape,
                                   struct plenum_placement placement, int sign)
{
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    if (asked->gpus > 0) {
        uint16_t *kin = &packer->kin[placement.server][kin_of(asked)];
        *kin = (uint16_t)(*kin + sign);
    }
}

const struct pack_policy pack_policy_gpu_clustering = {
    .init = gpu_clustering_init,
    .finish = gpu_clustering_finish,
    .score = gpu_clustering_score,
    .devices = pack_devices_tightest,
    .changed = gpu_clustering_changed,
};
