/* replay.c - main of a target where libFuzzer isn't: gives it every file of the folders named, and each file's
 * beginnings. */
#include "fuzz.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 1 << 20, BEGINNINGS = 64 };

/* A copy of exactly that size, so that the sanitizers see the first byte read beyond it. */
static void give(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_MAX);
    bool is_read = file && data;
    if (is_read) {
        size_t size = fread(data, 1, INPUT_MAX, file);
        fprintf(stderr, "%s\n", path);
        give(data, size);
        for (size_t i = 0; i < BEGINNINGS; i++)
            give(data, size * i / BEGINNINGS);
    }
    free(data);
    if (file)
        fclose(file);
    return is_read;
}

/* How many files were given, or -1. */
static int replay_folder(const char *folder)
{
    int count = 0;
    DIR *entries = opendir(folder);
    if (!entries)
        return -1;
    for (struct dirent *entry; count >= 0 && (entry = readdir(entries));) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count = replay_file(path) ? count + 1 : -1;
    }
    closedir(entries);
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);
        if (count <= 0) {
            fprintf(stderr, "%s: nothing to replay\n", argv[i]);
            return 1;
        }
        printf("%s: %d inputs\n", argv[i], count);
    }
    return 0;
}
