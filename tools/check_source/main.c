/* usage: check_source FOLDER...
 *
 * Runs in the top folder of the tree. Checks every source under the folders, and that each folder
 * of src/ that holds code has a README.md. Exit code 1 when anything was found. */
#include "rules.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 1024, FILE_MAX = 16 << 20 };

static bool is_source(const char *name)
{
    static const char *const ends[] = {".c", ".h", ".sh", ".js", ".css", ".ini", "meson.build"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t length = strlen(name), end = strlen(ends[i]);
        if (length >= end && strcmp(name + length - end, ends[i]) == 0)
            return true;
    }
    return false;
}

static void fail(const char *path, const char *what)
{
    fprintf(stderr, "check_source: %s: %s\n", path, what);
    exit(2);
}

static void check_file(const char *path, struct report *report)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &status) != 0)
        fail(path, strerror(errno));
    if (status.st_size > FILE_MAX)
        fail(path, "is too large");
    char *text = memory_new((size_t)status.st_size, 1);
    size_t length = fread(text, 1, (size_t)status.st_size, file);
    if (ferror(file) || length != (size_t)status.st_size)
        fail(path, "could not be read");
    fclose(file);

    struct source source;
    source_init(&source, path, text, length);
    check_source(&source, report);
    source_finish(&source);
    free(text);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void check_readme(const char *folder, bool has_code, struct report *report)
{
    char path[PATH_SIZE];
    struct stat status;
    struct source source = {.path = path};
    CHECK(text_format(path, sizeof path, "%s/README.md", folder));
    if (has_code && strncmp(folder, "src", 3) == 0 && stat(path, &status) != 0)
        report_add(report, &source, 1, "is missing; say on a page what lives in this folder");
}

/* By name, so that the report is the same everywhere. */
static void check_folder(const char *folder, struct report *report)
{
    struct dirent **entries;
    bool has_code = false;
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        fail(folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        const char *name = entries[i]->d_name;
        CHECK(text_format(path, sizeof path, "%s/%s", folder, name));
        if (name[0] != '.' && is_folder(path)) {
            check_folder(path, report);
        } else if (is_source(name)) {
            has_code = has_code || strcmp(name, "meson.build") != 0;
            check_file(path, report);
        }
        free(entries[i]);
    }
    free(entries);
    check_readme(folder, has_code, report);
}

int main(int argc, char **argv)
{
    struct report report = {.file = stdout};
    for (int i = 1; i < argc; i++)
        check_folder(argv[i], &report);
    if (report.found > 0)
        printf("%zu found\n", report.found);
    return report.found > 0;
}
