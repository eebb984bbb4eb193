/* Watts of racks and of the jobs in them. */
#include <plenum/rack.h>

#include "base/check.h"

int64_t plenum_rack_claim_w(const struct plenum_rack_model *model, enum plenum_rack_state state)
{
    switch (state) {
    case PLENUM_RACK_POWERED:
    case PLENUM_RACK_TESTED:
        return model->peak_w;
    case PLENUM_RACK_IN_SERVICE:
        return model->idle_w;
    default:
        return 0;
    }
}

int64_t plenum_rack_job_w(const struct plenum_server_model *model, int32_t accelerators,
                          int32_t milli, int32_t cores)
{
    CHECK(accelerators >= 0 && accelerators <= model->accelerators && milli >= 0 && milli <= 1000);
    CHECK(cores >= 0 && cores <= model->cores);
    int64_t range_w = model->peak_w - model->idle_w;
    int64_t part = model->accelerators > 0 ? (int64_t)accelerators * milli : cores;
    int64_t whole = model->accelerators > 0 ? (int64_t)model->accelerators * 1000 : model->cores;
    return whole == 0 ? 0 : (range_w * part + whole - 1) / whole;
}
