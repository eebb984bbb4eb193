/* Watts that a job adds on the server it runs on. */
#include <plenum/site.h>

#include "base/check.h"

int64_t plenum_server_job_w(const struct plenum_server_model *model, int32_t accelerators,
                            int32_t milli, int32_t cores)
{
    CHECK(accelerators >= 0 && accelerators <= model->accelerators && milli >= 0 && milli <= 1000);
    CHECK(cores >= 0 && cores <= model->cores);
    int64_t range_w = model->peak_w - model->idle_w;
    int64_t part = model->accelerators > 0 ? (int64_t)accelerators * milli : cores;
    int64_t whole = model->accelerators > 0 ? (int64_t)model->accelerators * 1000 : model->cores;
    return whole == 0 ? 0 : (range_w * part + whole - 1) / whole;
}
