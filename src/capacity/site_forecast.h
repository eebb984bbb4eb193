/* Forecast: when each waiting job is expected to start, with the racks that are still to come.
 *
 * The planner gives a waiting job a window among the servers in service: that start is the latest.
 * Most start sooner, because racks come into service and jobs before them end early. The forecast
 * puts all waiting jobs, in the order of their windows, into a pool of accelerators a chip that
 * grows as racks are expected, beside what runs and what is sold. It knows no servers and no watts,
 * so it errs to both sides. */
#ifndef CAPACITY_SITE_FORECAST_H
#define CAPACITY_SITE_FORECAST_H

#include <plenum/ledger.h>

struct site_forecast;

struct site_forecast *site_forecast_create(const struct plenum_site *site);
void site_forecast_destroy(struct site_forecast *forecast);
/* Reads all jobs, and foretells their starts. */
void site_forecast_read(struct site_forecast *forecast, const struct plenum_ledger *ledger);
/* The start foretold for a job that waits; PLENUM_FOREVER: none in the horizon, or no such job. */
int64_t site_forecast_start(const struct site_forecast *forecast, uint64_t job);

/* When a rack that is not in service is expected to be, by its supplier's plan and the times that
 * the site file gives; PLENUM_FOREVER for a retired one. */
int64_t site_rack_expected_ms(const struct plenum_ledger *ledger, int32_t rack);

#endif
