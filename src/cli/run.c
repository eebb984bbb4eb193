/* plenum run SITE: runs a site, from its journal on where there is one. */
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/run_slurm.h"
#include "cli/serve.h"
#include "cli/units.h"

#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <plenum/report.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int64_t DEFAULT_SPEED_MILLI = 60000;

struct run {
    const char *until, *speed, *report, *journal;
    uint64_t threads;
    bool json, quiet;
    const char *site_path;
    int64_t until_ms, speed_milli;
    struct plenum_site *site;
    struct plenum_engine *engine;
    struct serve serve;
    struct run_slurm slurm;
    struct progress progress;
};

/* A time of the site's clock: "24h" from its start, or an instant; without any, for ever. */
static bool parse_until(const char *text, const struct plenum_site *site, int64_t *until_ms)
{
    int64_t duration_ms;
    if (!text) {
        *until_ms = PLENUM_FOREVER;
        return true;
    }
    if (duration_parse(text, &duration_ms)) {
        *until_ms = site->start_ms + duration_ms;
        return true;
    }
    return instant_parse(text, until_ms);
}

/* The journal stands beside the site file: site.yaml, site.journal. */
static char *default_journal(const char *site_path)
{
    size_t length = strlen(site_path) + sizeof ".journal";
    char *path = memory_new(length, 1);
    const char *slash = strrchr(site_path, '/'), *dot = strrchr(site_path, '.');
    int stem = dot && (!slash || dot > slash) ? (int)(dot - site_path) : (int)strlen(site_path);
    snprintf(path, length, "%.*s.journal", stem, site_path);
    return path;
}

static enum plenum_status load_site(struct run *run, struct plenum_error *error)
{
    struct plenum_problems *problems = plenum_problems_create();
    enum plenum_status status = plenum_site_load(run->site_path, &run->site, problems, error);
    if (status == PLENUM_INPUT) {
        plenum_problems_print(problems, stderr);
        plenum_fail(error, status, "%s: %zu problems; nothing was run", run->site_path,
                    plenum_problems_count(problems));
    }
    plenum_problems_destroy(problems);
    return status;
}

static enum progress_style pick_style(const struct run *run)
{
    if (run->quiet)
        return PROGRESS_NONE;
    if (run->until && run->speed_milli == 0)
        return isatty(STDERR_FILENO) ? PROGRESS_BAR : PROGRESS_NONE;
    if (run->json)
        return PROGRESS_NONE;
    return isatty(STDOUT_FILENO) ? PROGRESS_PANEL : PROGRESS_LINES;
}

static void say_begin(const struct run *run, const char *journal)
{
    char when[INSTANT_TEXT];
    const struct plenum_ledger *ledger = plenum_engine_ledger(run->engine);
    if (run->quiet)
        return;
    fprintf(stderr, "site %s, seed %" PRIu64 ", journal %s, %s %s\n", run->site->name,
            run->site->seed, journal, plenum_ledger_seq(ledger) > 1 ? "goes on from" : "begins at",
            instant_format(plenum_ledger_now_ms(ledger), when));
    serve_say(&run->serve);
}

static void say_end(const struct run *run)
{
    char when[INSTANT_TEXT];
    int64_t now_ms = plenum_ledger_now_ms(plenum_engine_ledger(run->engine));
    if (!run->quiet)
        fprintf(stderr, "stopped at %s; started again, it goes on from there\n",
                instant_format(now_ms, when));
}

static enum plenum_status start_engine(struct run *run, struct plenum_error *error)
{
    char *own = run->journal ? NULL : default_journal(run->site_path);
    progress_init(&run->progress, run->site, pick_style(run));
    struct plenum_engine_options options = {.journal_path = own ? own : run->journal,
                                            .threads = (unsigned)run->threads,
                                            .speed_milli = run->speed_milli,
                                            .no_sim = run->slurm.socket != NULL,
                                            .observe = progress_observe,
                                            .observe_context = &run->progress,
                                            .serve = run->serve.http ? plenum_http_serve : NULL,
                                            .serve_context = run->serve.http};
    enum plenum_status status = plenum_engine_create(run->site, &options, &run->engine, error);
    if (status == PLENUM_OK)
        status = run_slurm_attach(&run->slurm, run->site, run->engine, error);
    if (status == PLENUM_OK) {
        if (run->serve.http)
            plenum_http_attach(run->serve.http, run->engine);
        say_begin(run, options.journal_path);
        run->progress.from_ms = plenum_ledger_now_ms(plenum_engine_ledger(run->engine));
        run->progress.until_ms = run->until_ms;
    }
    free(own);
    return status;
}

static enum plenum_status write_report(struct run *run, struct plenum_error *error)
{
    bool to_file = run->report && strcmp(run->report, "-") != 0;
    FILE *out = to_file ? fopen(run->report, "w") : stdout;
    if (!out)
        return plenum_fail(error, PLENUM_IO, "%s: cannot be written", run->report);
    enum plenum_status status = plenum_report_write(run->engine, run->json || to_file, out, error);
    if (to_file && fclose(out) != 0 && status == PLENUM_OK)
        status = plenum_fail(error, PLENUM_IO, "%s: cannot be written", run->report);
    return status;
}

static void after_step(void *context, struct plenum_engine *engine)
{
    struct run *run = context;
    progress_each(&run->progress, engine);
    run_slurm_follow(&run->slurm, engine);
}

static enum plenum_status run_site(struct run *run, struct plenum_error *error)
{
    enum plenum_status status = load_site(run, error);
    if (status != PLENUM_OK)
        return status;
    if (!parse_until(run->until, run->site, &run->until_ms))
        return plenum_fail(error, PLENUM_INPUT,
                           "--until: found \"%s\", expected a duration (24h) or an instant "
                           "(2026-01-05T10:00Z)",
                           run->until);
    status = serve_start(&run->serve, error);
    if (status == PLENUM_OK)
        status = start_engine(run, error);
    if (status != PLENUM_OK)
        return status;
    interrupt_catch();
    status = plenum_engine_run(run->engine, run->until_ms, &interrupt_came, after_step, run, error);
    progress_end(&run->progress, run->engine);
    if (status == PLENUM_STOPPED)
        say_end(run);
    if (status == PLENUM_STOPPED && !run->until)
        status = PLENUM_OK; /* nobody asked for an end but the person who stopped it */
    bool wants_report = run->report || run->json;
    if (status == PLENUM_OK && wants_report)
        status = write_report(run, error);
    return status;
}

int cli_run(int argc, char **argv)
{
    struct run run = {.threads = 1, .speed_milli = DEFAULT_SPEED_MILLI};
    const struct option_row rows[] = {
        {"until", "TIME", OPTION_TEXT, &run.until,
         "stop when the site's clock stands there: 24h after its start, or an instant"},
        {"speed", "N", OPTION_TEXT, &run.speed,
         "site seconds in a second (60), or max for no waiting"},
        {"report", "FILE", OPTION_TEXT, &run.report,
         "write the report there as JSON; - for stdout, as a table without --json"},
        {"journal", "FILE", OPTION_TEXT, &run.journal,
         "keep the journal there (beside the site file, .journal)"},
        {"listen", "ADDRESS:PORT", OPTION_TEXT, &run.serve.listen,
         "serve HTTP there (127.0.0.1:7070), or none; other than loopback it needs a token"},
        {"no-listen", NULL, OPTION_FLAG, &run.serve.off, "serve nobody"},
        {"token-file", "FILE", OPTION_TEXT, &run.serve.token_file,
         "clients must send the first line of it as their bearer token"},
        {"tls-cert", "FILE", OPTION_TEXT, &run.serve.tls_cert,
         "serve HTTPS with the certificates of this PEM file, the server's first"},
        {"tls-key", "FILE", OPTION_TEXT, &run.serve.tls_key, "the key of that certificate"},
        {"slurm", "SOCKET", OPTION_TEXT, &run.slurm.socket,
         "a Slurm runs the jobs: the UNIX socket of its slurmrestd; the clock is that of the day"},
        {"threads", "N", OPTION_U64, &run.threads, "threads of the planners (1)"},
        {"quiet", NULL, OPTION_FLAG, &run.quiet, "print no status"},
        OPTION_ROW_JSON(&run.json),
    };
    const struct options options = OPTIONS(
        "run SITE",
        "Runs a site. It goes on from its journal where there is one; Ctrl-C stops it, and\n"
        "nothing that was acknowledged is lost.",
        rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    struct plenum_error error = {.status = PLENUM_OK};
    enum plenum_status status = PLENUM_OK;
    run.site_path = argv[1];
    if (run.slurm.socket)
        run.speed_milli = RUN_SLURM_SPEED_MILLI;
    if (run.slurm.socket && run.speed)
        status = plenum_fail(&error, PLENUM_INPUT,
                             "--speed: found \"%s\" beside --slurm, whose clock is that of the day",
                             run.speed);
    else if (run.speed && !speed_parse(run.speed, &run.speed_milli))
        status = plenum_fail(&error, PLENUM_INPUT,
                             "--speed: found \"%s\", expected a number from 0.001 up, or max",
                             run.speed);
    else if (run.threads < 1 || run.threads > 256)
        status = plenum_fail(&error, PLENUM_INPUT,
                             "--threads: found %" PRIu64 ", expected 1 to 256", run.threads);
    if (status == PLENUM_OK)
        status = run_site(&run, &error);
    plenum_engine_destroy(run.engine);
    run_slurm_finish(&run.slurm);
    plenum_http_destroy(run.serve.http);
    plenum_site_destroy(run.site);
    if (status != PLENUM_OK)
        return cli_fail("run", &error);
    return cli_end_output("run");
}
