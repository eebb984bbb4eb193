/* See site_for_tests.h. */
#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct plenum_site *site_for_tests(const char *text)
{
    struct plenum_site_file file = {.name = "site.yaml", .data = text, .length = strlen(text)};
    struct plenum_problems *problems = plenum_problems_create();
    struct plenum_error error;
    struct plenum_site *site;

    if (plenum_site_load_files(&file, 1, &site, problems, &error) != PLENUM_OK) {
        plenum_problems_print(problems, stderr);
        fail_msg("%s", error.text);
    }
    plenum_problems_destroy(problems);
    return site;
}
