/* A page a server: its segments, and beside them the thousandths of its accelerators in each. */
#include "capacity/site_calendar.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

enum {
    CLAIMS_MAX = 1 << 16, /* of one server: over it, it offers nothing */
    SEGMENTS_MAX = 2 * CLAIMS_MAX + 1,
    WHOLE_MILLI = 1000 /* of one accelerator */
};

struct segment {
    int64_t begin_ms;
    int64_t memory_bytes;
    uint64_t whole; /* set of accelerators that are wholly free */
    int32_t cores;
    int32_t free_milli; /* of all accelerators */
};

struct page { /* of one server */
    struct segment *segments;
    uint16_t *milli; /* of each accelerator in each segment */
    size_t segment_capacity, milli_capacity;
    int32_t count;     /* segments; 0: not read yet */
    uint64_t revision; /* of the server when it was read */
    int64_t opens_ms, closes_ms;
};

struct site_calendar {
    const struct plenum_site *site;
    struct page *pages;
    struct plenum_capacity_claim *claims;
    size_t claim_capacity;
    int64_t *instants;
    size_t instant_capacity;
    int64_t (*until)(void *context, const struct plenum_ledger *ledger,
                     const struct plenum_capacity_claim *claim); /* or NULL */
    void *until_context;
    struct site_profile profile; /* of all pages, once it was asked for */
    bool profiled;
    uint64_t profile_revision; /* of all servers when it was last brought up to date */
};

struct site_calendar *site_calendar_create(const struct plenum_site *site)
{
    struct site_calendar *calendar = memory_new(1, sizeof *calendar);
    calendar->site = site;
    calendar->pages = memory_new((size_t)site->server_count, sizeof *calendar->pages);
    profile_init(&calendar->profile, site->chip_count);
    return calendar;
}

void site_calendar_destroy(struct site_calendar *calendar)
{
    if (!calendar)
        return;
    for (int32_t server = 0; server < calendar->site->server_count; server++) {
        free(calendar->pages[server].segments);
        free(calendar->pages[server].milli);
    }
    profile_finish(&calendar->profile);
    free(calendar->pages);
    free(calendar->claims);
    free(calendar->instants);
    free(calendar);
}

void site_calendar_look(struct site_calendar *calendar,
                        int64_t (*until)(void *context, const struct plenum_ledger *ledger,
                                         const struct plenum_capacity_claim *claim),
                        void *context)
{
    calendar->until = until;
    calendar->until_context = context;
    calendar->profiled = false;
    for (int32_t server = 0; server < calendar->site->server_count; server++)
        calendar->pages[server].count = 0;
}

/* --- reading a server ------------------------------------------------------------------------- */

static const struct plenum_server_model *model_of(const struct site_calendar *calendar,
                                                  int32_t server)
{
    return &calendar->site->server_models[calendar->site->servers[server].model];
}

/* All claims of the server into the scratch; SIZE_MAX when they are too many. */
static size_t read_claims(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                          int32_t server)
{
    size_t count =
        plenum_capacity_claims_on(ledger, server, calendar->claims, calendar->claim_capacity);
    if (count <= calendar->claim_capacity)
        return count;
    if (count > CLAIMS_MAX)
        return SIZE_MAX;
    calendar->claims = array_reserve(calendar->claims, &calendar->claim_capacity, count,
                                     sizeof *calendar->claims, CLAIMS_MAX);
    return plenum_capacity_claims_on(ledger, server, calendar->claims, calendar->claim_capacity);
}

/* Puts an instant into the sorted list, if it is not there; returns the new length. */
static size_t insert_instant(int64_t *instants, size_t count, int64_t instant_ms)
{
    size_t at = count;
    while (at > 0 && instants[at - 1] > instant_ms)
        at--;
    if (at > 0 && instants[at - 1] == instant_ms)
        return count;
    for (size_t i = count; i > at; i--)
        instants[i] = instants[i - 1];
    instants[at] = instant_ms;
    return count + 1;
}

/* When anything begins or ends on the server, from now on, in order. */
static size_t find_instants(struct site_calendar *calendar, size_t claims, int64_t now_ms)
{
    calendar->instants = array_reserve(calendar->instants, &calendar->instant_capacity,
                                       2 * claims + 1, sizeof *calendar->instants, SEGMENTS_MAX);
    calendar->instants[0] = now_ms;
    size_t count = 1;
    for (size_t i = 0; i < claims; i++) {
        if (calendar->claims[i].from_ms > now_ms)
            count = insert_instant(calendar->instants, count, calendar->claims[i].from_ms);
        if (calendar->claims[i].until_ms < PLENUM_FOREVER)
            count = insert_instant(calendar->instants, count, calendar->claims[i].until_ms);
    }
    return count;
}

/* Takes a claim's part out of one segment. */
static void take_out(struct segment *segment, uint16_t *milli, int32_t devices,
                     const struct plenum_capacity_claim *claim)
{
    segment->cores -= claim->cores;
    segment->memory_bytes -= claim->memory_bytes;
    segment->whole &= ~claim->accelerators;
    for (int32_t i = 0; i < devices; i++)
        if (claim->accelerators >> i & 1)
            milli[i] = (uint16_t)(milli[i] - claim->milli);
}

/* Segment i of the page: what the claims leave at the instant at which it begins. */
static void fill_segment(struct site_calendar *calendar, const struct page *page,
                         const struct plenum_server_model *model, size_t i, size_t claims)
{
    size_t devices = (size_t)model->accelerators;
    uint64_t all = devices == 64 ? UINT64_MAX : (UINT64_C(1) << devices) - 1;
    struct segment *segment = &page->segments[i];
    uint16_t *milli = &page->milli[i * devices];
    *segment = (struct segment){calendar->instants[i], model->memory_bytes, all, model->cores, 0};
    for (size_t device = 0; device < devices; device++)
        milli[device] = WHOLE_MILLI;
    for (size_t k = 0; k < claims; k++)
        if (calendar->claims[k].from_ms <= segment->begin_ms &&
            calendar->claims[k].until_ms > segment->begin_ms)
            take_out(segment, milli, model->accelerators, &calendar->claims[k]);
    for (size_t device = 0; device < devices; device++)
        segment->free_milli += milli[device];
}

/* Leaves of each claim what counts. */
static size_t cut_claims(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                         size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct plenum_capacity_claim claim = calendar->claims[i];
        int64_t until_ms = calendar->until(calendar->until_context, ledger, &claim);
        claim.until_ms = until_ms < claim.until_ms ? until_ms : claim.until_ms;
        if (claim.from_ms < claim.until_ms && claim.until_ms > plenum_ledger_now_ms(ledger))
            calendar->claims[kept++] = claim;
    }
    return kept;
}

/* A server with more claims than can be read is one that offers nothing. */
static void read_page(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                      int32_t server)
{
    struct page *page = &calendar->pages[server];
    plenum_capacity_window(ledger, server, &page->opens_ms, &page->closes_ms);
    size_t claims = page->opens_ms < page->closes_ms ? read_claims(calendar, ledger, server) : 0;
    if (claims == SIZE_MAX) {
        page->closes_ms = page->opens_ms;
        claims = 0;
    }
    if (calendar->until)
        claims = cut_claims(calendar, ledger, claims);
    size_t count = find_instants(calendar, claims, plenum_ledger_now_ms(ledger));
    size_t milli = count * (size_t)model_of(calendar, server)->accelerators;
    page->segments = array_reserve(page->segments, &page->segment_capacity, count,
                                   sizeof *page->segments, SEGMENTS_MAX);
    page->milli = array_reserve(page->milli, &page->milli_capacity, milli, sizeof *page->milli,
                                (size_t)SEGMENTS_MAX * PLENUM_ACCELERATORS_PER_SERVER_MAX);
    page->count = (int32_t)count;
    for (size_t i = 0; i < count; i++)
        fill_segment(calendar, page, model_of(calendar, server), i, claims);
}

/* Puts what the page offers into the profile, or takes it out again. */
static void profile_page(struct site_calendar *calendar, int32_t server, int32_t sign)
{
    const struct page *page = &calendar->pages[server];
    const struct plenum_server_model *model = model_of(calendar, server);
    int64_t all_milli = sign * model->accelerators * WHOLE_MILLI;
    if (!calendar->profiled || model->accelerators == 0)
        return;
    for (int32_t i = 0; i < page->count; i++) {
        const struct segment *segment = &page->segments[i];
        int64_t until_ms = i + 1 < page->count ? segment[1].begin_ms : PLENUM_FOREVER;
        profile_add(&calendar->profile, model->accelerator_chip,
                    segment->begin_ms > page->opens_ms ? segment->begin_ms : page->opens_ms,
                    until_ms < page->closes_ms ? until_ms : page->closes_ms, all_milli,
                    sign * segment->free_milli);
    }
}

/* The page as it is now. */
static const struct page *turn_to(struct site_calendar *calendar,
                                  const struct plenum_ledger *ledger, int32_t server)
{
    struct page *page = &calendar->pages[server];
    uint64_t revision = plenum_capacity_revision(ledger, server);
    if (page->count == 0 || page->revision != revision) {
        profile_page(calendar, server, -1);
        read_page(calendar, ledger, server);
        profile_page(calendar, server, 1);
        page->revision = revision;
    }
    return page;
}

/* --- searching -------------------------------------------------------------------------------- */

/* The accelerators of a segment that have so many thousandths free. */
static uint64_t devices_with(const struct segment *segment, const uint16_t *milli, int32_t devices,
                             int32_t wanted_milli)
{
    if (wanted_milli == WHOLE_MILLI)
        return segment->whole;
    uint64_t set = 0;
    for (int32_t i = 0; i < devices; i++)
        if (milli[i] >= wanted_milli)
            set |= UINT64_C(1) << i;
    return set;
}

static bool has_bits(uint64_t set, int32_t count)
{
    for (; count > 0 && set != 0; count--)
        set &= set - 1;
    return count == 0;
}

/* Whether the request fits from start_ms on, which lies in segment `at`. When not, *resume is a
 * segment before whose begin no start fits: the one after what is short of cores or memory, or,
 * where accelerators are free by turns, the one after `at`. */
static bool fits_from(const struct page *page, int32_t devices, const struct fit_request *request,
                      int32_t at, int64_t start_ms, int32_t *resume)
{
    uint64_t set = UINT64_MAX;
    for (int32_t i = at; i < page->count; i++) {
        const struct segment *segment = &page->segments[i];
        if (i > at && segment->begin_ms - start_ms >= request->length_ms)
            return true;
        if (segment->cores < request->cores || segment->memory_bytes < request->memory_bytes) {
            *resume = i + 1;
            return false;
        }
        if (request->accelerators == 0)
            continue;
        const uint16_t *milli = &page->milli[(size_t)i * (size_t)devices];
        uint64_t here = devices_with(segment, milli, devices, request->milli);
        set &= here;
        if (!has_bits(set, request->accelerators)) {
            *resume = has_bits(here, request->accelerators) ? at + 1 : i + 1;
            return false;
        }
    }
    return true;
}

/* The segment in which the instant lies. */
static int32_t segment_at(const struct page *page, int64_t instant_ms)
{
    int32_t low = 0, high = page->count - 1;
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;
        if (page->segments[middle].begin_ms <= instant_ms)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

int64_t site_calendar_next(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                           int32_t server, const struct fit_request *request, int64_t from_ms)
{
    const struct page *page = turn_to(calendar, ledger, server);
    if (page->opens_ms >= page->closes_ms)
        return PLENUM_FOREVER;
    int64_t start_ms = page->opens_ms > from_ms ? page->opens_ms : from_ms;
    int32_t devices = model_of(calendar, server)->accelerators;
    for (int32_t at = segment_at(page, start_ms); at < page->count;) {
        int64_t begin_ms = page->segments[at].begin_ms;
        start_ms = begin_ms > start_ms ? begin_ms : start_ms;
        if (page->closes_ms - start_ms < request->length_ms)
            return PLENUM_FOREVER;
        if (fits_from(page, devices, request, at, start_ms, &at))
            return start_ms;
    }
    return PLENUM_FOREVER;
}

void site_calendar_sum(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                       int32_t server, int64_t from_ms, int64_t until_ms, int64_t *offered,
                       int64_t *unsold)
{
    const struct page *page = turn_to(calendar, ledger, server);
    int64_t devices = model_of(calendar, server)->accelerators;
    *offered = *unsold = 0;
    from_ms = page->opens_ms > from_ms ? page->opens_ms : from_ms;
    until_ms = page->closes_ms < until_ms ? page->closes_ms : until_ms;
    if (from_ms >= until_ms)
        return;
    *offered = devices * WHOLE_MILLI * (until_ms - from_ms);
    for (int32_t i = segment_at(page, from_ms); i < page->count; i++) {
        const struct segment *segment = &page->segments[i];
        int64_t begin_ms = segment->begin_ms > from_ms ? segment->begin_ms : from_ms;
        int64_t end_ms = i + 1 < page->count ? segment[1].begin_ms : until_ms;
        end_ms = end_ms < until_ms ? end_ms : until_ms;
        if (begin_ms >= until_ms)
            break;
        if (begin_ms < end_ms)
            *unsold += segment->free_milli * (end_ms - begin_ms);
    }
}

void site_calendar_free(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                        int32_t server, int64_t from_ms, int64_t until_ms,
                        struct plenum_capacity_free *free_on)
{
    const struct page *page = turn_to(calendar, ledger, server);
    const struct plenum_server_model *model = model_of(calendar, server);
    *free_on = (struct plenum_capacity_free){.offered = from_ms >= page->opens_ms &&
                                                        until_ms <= page->closes_ms,
                                             .whole = UINT64_MAX,
                                             .cores = model->cores,
                                             .memory_bytes = model->memory_bytes};
    for (int32_t device = 0; device < model->accelerators; device++)
        free_on->milli[device] = WHOLE_MILLI;
    for (int32_t i = segment_at(page, from_ms); i < page->count; i++) {
        const struct segment *segment = &page->segments[i];
        const uint16_t *milli = &page->milli[(size_t)i * (size_t)model->accelerators];
        if (segment->begin_ms >= until_ms)
            break;
        free_on->whole &= segment->whole;
        if (segment->cores < free_on->cores)
            free_on->cores = segment->cores;
        if (segment->memory_bytes < free_on->memory_bytes)
            free_on->memory_bytes = segment->memory_bytes;
        for (int32_t device = 0; device < model->accelerators; device++)
            if (milli[device] < free_on->milli[device])
                free_on->milli[device] = milli[device];
    }
}

/* Begins anew when the clock has gone a month on, so that the profile reaches as far again. */
static void refresh_profile(struct site_calendar *calendar, const struct plenum_ledger *ledger)
{
    const int64_t month = 30 * 24;
    int64_t now_hour = plenum_ledger_now_ms(ledger) / PROFILE_HOUR_MS;
    uint64_t revision = plenum_capacity_revision(ledger, PLENUM_NONE);
    bool anew = !calendar->profiled || now_hour - calendar->profile.base_hour > month;
    if (!anew && revision == calendar->profile_revision)
        return;
    calendar->profiled = calendar->profiled && !anew;
    for (int32_t server = 0; server < calendar->site->server_count; server++)
        turn_to(calendar, ledger, server);
    if (anew) {
        profile_reset(&calendar->profile, now_hour);
        calendar->profiled = true;
        for (int32_t server = 0; server < calendar->site->server_count; server++)
            profile_page(calendar, server, 1);
    }
    calendar->profile_revision = revision;
}

struct profile_hour site_calendar_hour(struct site_calendar *calendar,
                                       const struct plenum_ledger *ledger, int32_t chip,
                                       int64_t hour)
{
    refresh_profile(calendar, ledger);
    return profile_at(&calendar->profile, chip, hour);
}
