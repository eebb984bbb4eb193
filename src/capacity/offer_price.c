/* Price: what an accelerator-hour costs by how much of its chip is sold then (offer.h). */
#include "capacity/offer_desk.h"

#include "base/check.h"
#include "base/text.h"

#include <inttypes.h>

static const int64_t HOUR_MS = 3600000;

enum { ALL_MILLI = 1000 };

/* (U e / L)^(-1 / 1000) for U / L = 10, in units of 2^-40. */
static const uint64_t FALL_PER_MILLI = UINT64_C(1095886386693);

/* value x factor, the factor in units of 2^-40 and at most 1; value under 2^44. */
static uint64_t scale(uint64_t value, uint64_t factor)
{
    uint64_t high = value >> 20, low = value & ((UINT64_C(1) << 20) - 1);
    return (high * factor >> 20) + (low * factor >> 40);
}

/* U x FALL_PER_MILLI ^ what is left, by squaring. */
int64_t plenum_price_hour_micro(int32_t sold_milli)
{
    CHECK(sold_milli >= 0 && sold_milli <= ALL_MILLI);
    uint64_t price = (uint64_t)PLENUM_PRICE_HIGH_MICRO << 20, factor = FALL_PER_MILLI;
    for (int32_t left = ALL_MILLI - sold_milli; left > 0; left >>= 1) {
        if (left & 1)
            price = scale(price, factor);
        factor = scale(factor, factor);
    }
    price >>= 20;
    return price > PLENUM_PRICE_LOW_MICRO ? (int64_t)price : PLENUM_PRICE_LOW_MICRO;
}

void plenum_offer_sold(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       int32_t chip, int32_t rack, int64_t from_ms, int64_t until_ms,
                       int64_t *total_milli, int64_t *sold_milli)
{
    const struct plenum_site *site = desk->site;
    int64_t total = 0, unsold = 0;
    CHECK(from_ms < until_ms && rack < site->rack_count);
    for (int32_t server = 0; server < site->server_count; server++) {
        const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
        int64_t offered, free_of_it;
        if (model->accelerators == 0 || (chip != PLENUM_NONE && model->accelerator_chip != chip) ||
            (rack != PLENUM_NONE && site->servers[server].rack != rack))
            continue;
        site_calendar_sum(site_fit_calendar(desk->fit), ledger, server, from_ms, until_ms, &offered,
                          &free_of_it);
        total += offered / (until_ms - from_ms);
        unsold += free_of_it / (until_ms - from_ms);
    }
    *total_milli = total;
    *sold_milli = total - unsold;
}

/* Accelerators that the shape takes, in thousandths; without any, cores count a thousandth each. */
static int64_t taken_milli(const struct fit_request *shape)
{
    int64_t each = shape->accelerators > 0 ? (int64_t)shape->accelerators * shape->milli
                                           : (int64_t)shape->cores;
    return each * shape->servers;
}

/* How much of the chip is sold in an hour, in thousandths of what is offered then. Of the hour that
 * runs only the rest counts. */
static int32_t sold_share(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                          int32_t chip, int64_t hour)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    if (hour <= now_ms / HOUR_MS) {
        int64_t total, sold;
        plenum_offer_sold(desk, ledger, chip, PLENUM_NONE, now_ms, (hour + 1) * HOUR_MS, &total,
                          &sold);
        return total > 0 ? (int32_t)(sold * ALL_MILLI / total) : ALL_MILLI;
    }
    struct profile_hour sums = site_calendar_hour(site_fit_calendar(desk->fit), ledger, chip, hour);
    int64_t milli = sums.offered / PROFILE_HOUR_MS, unsold = sums.unsold / PROFILE_HOUR_MS;
    return milli > 0 ? (int32_t)((milli - unsold) * ALL_MILLI / milli) : ALL_MILLI;
}

/* Money for thousandths of an accelerator at so much an hour. */
static int64_t price_of(int64_t milli, int64_t length_ms, int64_t hour_micro)
{
    int64_t milli_s = milli * (length_ms / 1000), milli_s_an_hour = ALL_MILLI * INT64_C(3600);
    return milli_s / milli_s_an_hour * hour_micro +
           milli_s % milli_s_an_hour * hour_micro / milli_s_an_hour;
}

/* The mean over a window of what a whole accelerator costs an hour, and of the share sold. */
static int64_t window_price(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                            int32_t chip, int64_t from_ms, int64_t until_ms, int64_t *share)
{
    int64_t price_ms = 0, share_ms = 0;
    for (int64_t at_ms = from_ms; at_ms < until_ms;) {
        int64_t hour = at_ms / HOUR_MS, end_ms = (hour + 1) * HOUR_MS;
        int32_t sold = chip == PLENUM_NONE ? 0 : sold_share(desk, ledger, chip, hour);
        end_ms = end_ms < until_ms ? end_ms : until_ms;
        price_ms += desk->prices[sold] * (end_ms - at_ms);
        share_ms += sold * (end_ms - at_ms);
        at_ms = end_ms;
    }
    *share = share_ms / (until_ms - from_ms);
    return price_ms / (until_ms - from_ms);
}

int64_t plenum_offer_price_posted(struct plenum_offer_desk *desk,
                                  const struct plenum_ledger *ledger, int32_t chip, int64_t from_ms,
                                  int64_t until_ms, int64_t *share_milli)
{
    CHECK(chip >= 0 && chip < desk->site->chip_count && from_ms < until_ms);
    return window_price(desk, ledger, chip, from_ms, until_ms, share_milli);
}

/* "8" or "0.250". */
static const char *milli_format(int64_t milli, char *text, size_t size)
{
    if (milli % 1000 == 0)
        (void)text_format(text, size, "%" PRId64, milli / 1000);
    else
        (void)text_format(text, size, "%" PRId64 ".%03" PRId64, milli / 1000, milli % 1000);
    return text;
}

/* Cores alone are sold at the lowest price: nothing is known of their scarcity. */
void offer_price(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                 const struct fit_request *shape, struct plenum_offer *offer)
{
    const char *what = shape->chip == PLENUM_NONE ? "cores (1000 for an accelerator)"
                                                  : desk->site->chips[shape->chip].name;
    int64_t share, milli = taken_milli(shape);
    char taken[32];
    int64_t hour_micro =
        window_price(desk, ledger, shape->chip, offer->start_ms, offer->end_ms, &share);
    offer->price_micro = price_of(milli, offer->end_ms - offer->start_ms, hour_micro);
    (void)text_format(offer->why_price, sizeof offer->why_price,
                      "%" PRId64 ".%02" PRId64 " an hour for each %s of %s: %" PRId64
                      " %% of them are sold then",
                      hour_micro / 1000000, hour_micro / 10000 % 100, what,
                      milli_format(milli, taken, sizeof taken), share / 10);
}

/* A job that asked for no chip by name pays for the one of its first server. */
static int32_t chip_of_job(const struct plenum_ledger *ledger, uint64_t job)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct plenum_capacity_claim claim;
    if (plenum_capacity_claims_of(ledger, plenum_ref(PLENUM_JOB, job), &claim, 1) == 0)
        return PLENUM_NONE;
    return site->server_models[site->servers[claim.server].model].accelerator_chip;
}

int64_t plenum_offer_price_more(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                                uint64_t job, int64_t end_ms)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    CHECK(row);
    struct plenum_offer more = {.start_ms = row[PLENUM_JOB_END_MS], .end_ms = end_ms};
    struct fit_request shape = fit_request_of(row);
    if (more.start_ms >= end_ms)
        return 0;
    shape.chip = shape.accelerators > 0 ? chip_of_job(ledger, job) : PLENUM_NONE;
    offer_price(desk, ledger, &shape, &more);
    return more.price_micro;
}
