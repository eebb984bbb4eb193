/* Fragmentation gradient descent (Weng et al., "Beware of Fragmentation", USENIX ATC 2023), as
 * published with its experiment.
 *
 * A placement scores 100 x sigmoid of the fall in fragmentation (pack_mix.h), in devices,
 * cut to a whole number. Memory and rank play no part in the score.
 *
 * Sums are integers (job counts times milli), and the sigmoid is a table of where its whole-number
 * values change, so that scores are the same on every machine. */
#include "capacity/pack_mix.h"
#include "capacity/pack_packer.h"

/* ln(k / (100 - k)) for k = 51 .. 99; the other half is its mirror. */
static const double logits[] = {
    0.040005334613699206, 0.080042707673536356, 0.12014431184206321, 0.16034265007517948,
    0.20067069546215124,  0.24116205681688804,  0.28185115214098766, 0.32277339226305102,
    0.36396537720141159,  0.40546510810816438,  0.44731221804366483, 0.48954822531870579,
    0.53221681374730823,  0.5753641449035618,   0.61903920840622351, 0.66329421741026418,
    0.70818505792448583,  0.7537718023763802,   0.80011930011211307, 0.84729786038720367,
    0.89538404705484131,  0.94446160884085151,  0.99462257514406205, 1.0459685551826878,
    1.0986122886681098,   1.1526795099383853,   1.2083112059245342,  1.2656663733312759,
    1.3249254147435985,   1.3862943611198906,   1.4500101755059984,  1.5163474893680884,
    1.5856272637403819,   1.6582280766035324,   1.7346010553881064,  1.8152899666382492,
    1.900958761193047,    1.9924301646902061,   2.0907410969337694,  2.1972245773362196,
    2.3136349291806306,   2.4423470353692043,   2.5866893440979428,  2.7515353130419489,
    2.9444389791664403,   3.1780538303479458,   3.4760986898352733,  3.8918202981106265,
    4.5951198501345898};

enum { LOGITS = sizeof logits / sizeof logits[0] };

/* 100 x sigmoid(x), cut to a whole number. */
static int32_t sigmoid_percent(double x)
{
    int32_t steps = 0;
    if (x >= 0) {
        while (steps < LOGITS && x >= logits[steps])
            steps++;
        return 50 + steps;
    }
    while (steps < LOGITS && -x > logits[steps])
        steps++;
    return 49 - steps;
}

static void fgd_init(struct plenum_packer *packer)
{
    packer->mix = pack_mix_create(packer->trace);
}

static void fgd_finish(struct plenum_packer *packer)
{
    pack_mix_destroy(packer->mix);
}

static void server_take(struct pack_server *server, const struct plenum_shape *shape,
                        uint32_t devices)
{
    server->cpu_free -= shape->cpu_milli;
    server->gpu_free_max = 0;
    for (int i = 0; i < server->gpus; i++) {
        if (devices >> i & 1) {
            server->whole_free =
                (int8_t)(server->whole_free - (server->gpu_free[i] == PLENUM_DEVICE_MILLI));
            server->gpu_free[i] = (int16_t)(server->gpu_free[i] - shape->gpu_milli);
            server->gpu_free_sum -= shape->gpu_milli;
        }
        if (server->gpu_free[i] > server->gpu_free_max)
            server->gpu_free_max = server->gpu_free[i];
    }
}

static int32_t score_devices(const struct pack_mix *mix, const struct pack_server *server,
                             const struct plenum_shape *shape, uint32_t devices, int64_t before)
{
    struct pack_server after = *server;
    server_take(&after, shape, devices);
    int64_t fall = before - pack_mix_fragmentation(mix, &after);
    return sigmoid_percent((double)fall / (double)mix->jobs / 1000.0);
}

/* The best score and the devices that give it; for a share, the lowest device among equals. */
static int32_t fgd_best(const struct plenum_packer *packer, uint32_t server, uint32_t shape,
                        uint32_t *devices)
{
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = &packer->site.servers[server];
    if (!pack_fits(has, asked))
        return PACK_NO_FIT;
    int64_t before = pack_mix_fragmentation(packer->mix, has);
    if (asked->gpus == 0 || asked->gpu_milli == PLENUM_DEVICE_MILLI) {
        *devices = pack_whole_devices(has, asked->gpus);
        return score_devices(packer->mix, has, asked, *devices, before);
    }

    int32_t best = PACK_NO_FIT;
    for (int i = 0; i < has->gpus; i++) {
        if (has->gpu_free[i] < asked->gpu_milli ||
            (i > 0 && has->gpu_free[i] == has->gpu_free[i - 1]))
            continue;
        int32_t score = score_devices(packer->mix, has, asked, UINT32_C(1) << i, before);
        if (score > best) {
            best = score;
            *devices = UINT32_C(1) << i;
        }
    }
    return best;
}

static int32_t fgd_score(void *context, uint32_t server, uint32_t shape)
{
    uint32_t devices;
    return fgd_best(context, server, shape, &devices);
}

static uint32_t fgd_devices(struct plenum_packer *packer, uint32_t server, uint32_t shape)
{
    uint32_t devices = 0;
    (void)fgd_best(packer, server, shape, &devices);
    return devices;
}

const struct pack_policy pack_policy_fgd = {
    .init = fgd_init,
    .finish = fgd_finish,
    .score = fgd_score,
    .devices = fgd_devices,
};
