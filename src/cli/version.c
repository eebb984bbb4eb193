/* plenum version: one line, or JSON with the libraries that were linked. */
#include "cli/cli.h"
#include "cli/options.h"

#include <curl/curl.h>
#include <jansson.h>
#include <libfyaml.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>

static void print_json(void)
{
    printf("{\"plenum\": \"%s\", \"sqlite\": \"%s\", \"sodium\": \"%s\", \"jansson\": \"%s\", "
           "\"libfyaml\": \"%s\", \"curl\": \"%s\"}\n",
           PLENUM_RELEASE, sqlite3_libversion(), sodium_version_string(), JANSSON_VERSION,
           fy_library_version(), curl_version_info(CURLVERSION_NOW)->version);
}

int cli_version(int argc, char **argv)
{
    bool json = false;
    const struct option_row rows[] = {OPTION_ROW_JSON(&json)};
    const struct options options =
        OPTIONS("version", "Prints the version of this program; with --json, of its libraries too.",
                rows, 0);
    int exit_code;

    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    if (json)
        print_json();
    else
        printf("plenum %s\n", PLENUM_RELEASE);
    return cli_end_output("version");
}
