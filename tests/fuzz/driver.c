/* usage: fuzz_TARGET FOLDER
 *
 * Runs a fuzz target on no bytes, and on every file of its corpus: the target as a plain test. */
#include "fuzz.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20, PATH_SIZE = 1024 };

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    uint8_t *input = memory_new(INPUT_MAX, 1);
    size_t length = fread(input, 1, INPUT_MAX, file);
    fclose(file);
    /* Exactly as long as its input, so that a read past the end is seen. */
    uint8_t *exact = memory_new(length, 1);
    memcpy(exact, input, length);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    free(input);
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int failed = argc != 2, count = argc == 2 ? scandir(argv[1], &entries, NULL, alphasort) : 0;
    if (count < 0) {
        fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 0; i < count; i++) {
        char path[PATH_SIZE];
        if (entries[i]->d_name[0] != '.') {
            failed |= !text_format(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
            failed |= run_file(path);
        }
        free(entries[i]);
    }
    if (count > 0)
        free(entries);
    return failed;
}
