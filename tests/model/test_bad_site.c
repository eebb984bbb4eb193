/* Every bad site file in bad/ gives exactly the text in its .expected, and no site. */
#include <plenum/site.h>

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILES_MIN = 40, FILES_MAX = 1000, TEXT_MAX = 65536 };

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');

    return dot != NULL && strcmp(dot, ".yaml") == 0;
}

/* What is printed for the file; the caller frees it. */
static char *problems_of(const char *name)
{
    struct plenum_problems *problems = plenum_problems_create();
    struct plenum_error error;
    struct plenum_site *site;
    char *text = NULL;
    size_t length = 0;

    assert_int_equal(plenum_site_load(name, &site, problems, &error), PLENUM_INPUT);
    assert_null(site);
    assert_true(plenum_problems_count(problems) > 0);
    assert_true(strlen(error.text) > 0);
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    plenum_problems_print(problems, out);
    assert_int_equal(fclose(out), 0);
    plenum_problems_destroy(problems);
    return text;
}

static void check_file(const char *name)
{
    static char expected[TEXT_MAX];
    char path[300];
    size_t stem = strlen(name) - strlen(".yaml");

    snprintf(path, sizeof path, "%.*s.expected", (int)stem, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fail_msg("%s is missing", path);
    }
    expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
    fclose(file);
    char *found = problems_of(name);
    if (strcmp(found, expected) != 0) {
        fail_msg("%s:\n%sexpected:\n%s", name, found, expected);
    }
    free(found);
}

static void test_bad_files(void **state)
{
    (void)state;
    struct dirent **entries;
    int count = scandir(".", &entries, is_yaml, alphasort);

    assert_in_range(count, FILES_MIN, FILES_MAX);
    for (int i = 0; i < count; i++) {
        check_file(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    printf("%d bad site files\n", count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bad_files)};

    if (chdir(BAD_SITES) != 0) {
        perror(BAD_SITES);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
