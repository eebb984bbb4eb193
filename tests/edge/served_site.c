/* See served_site.h. */
#include "served_site.h"

#include "busy_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct plenum_http *server_of(const char *token, unsigned timeout_s)
{
    struct plenum_http *server;
    struct plenum_error error;
    struct plenum_http_options options = {.token = token, .timeout_s = timeout_s};
    if (plenum_http_create(&options, &server, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    return server;
}

void fixture_step(struct fixture *fixture, int64_t steps)
{
    struct plenum_error error;
    for (; steps > 0; steps--)
        if (plenum_engine_step(fixture->engine, &error) != PLENUM_OK)
            fail_msg("%s", error.text);
}

void fixture_begin(struct fixture *fixture, int64_t steps, unsigned timeout_s,
                   int64_t snapshot_every)
{
    struct plenum_error error;
    struct plenum_engine_options options = {.journal_path = fixture->journal,
                                            .snapshot_every = snapshot_every};
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/plenum-edge-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->journal, sizeof fixture->journal, "%s/journal", fixture->folder);
    fixture->site = site_for_tests(SITE_BUSY);
    fixture->server = server_of(NULL, timeout_s);
    if (plenum_engine_create(fixture->site, &options, &fixture->engine, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    fixture_step(fixture, steps);
    plenum_http_attach(fixture->server, fixture->engine);
}

void fixture_end(struct fixture *fixture)
{
    plenum_engine_destroy(fixture->engine);
    plenum_http_destroy(fixture->server);
    plenum_site_destroy(fixture->site);
    assert_int_equal(remove(fixture->journal), 0);
    assert_int_equal(rmdir(fixture->folder), 0);
}
