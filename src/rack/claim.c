/* Watts of racks. */
#include <plenum/rack.h>

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
