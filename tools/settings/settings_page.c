/* settings_page.c - writes docs/configuration.md and docs/evpoc-emu.1 from the table of settings, or checks that they
 * are what it would write: settings_page (write|check) (markdown|manual) FILE. */
#include "config.h"
#include <stdio.h>

static int write_page(const char *path, const Buffer *page)
{
    FILE *file = fopen(path, "we");
    if (!file || fwrite(page->ptr, 1, page->len, file) != page->len || fclose(file)) {
        perror(path);
        return 1;
    }
    return 0;
}

static int check_page(const char *path, const Buffer *page)
{
    Buffer found = {0};
    FILE *file = fopen(path, "re");
    while (file && !feof(file) && !ferror(file))
        found.len += fread(buffer_reserve(&found, 4096), 1, 4096, file);
    if (file)
        fclose(file);
    bool is_same = bytes_equal(buffer_bytes(&found), buffer_bytes(page));
    buffer_done(&found);
    if (!is_same)
        fprintf(stderr, "%s is not what the settings say: write it with this program and commit it\n", path);
    return is_same ? 0 : 1;
}

int main(int argc, char **argv)
{
    Buffer page = {0};
    if (argc != 4) {
        fputs("usage: settings_page (write|check) (markdown|manual) FILE\n", stderr);
        return 2;
    }
    if (!strcmp(argv[2], "manual"))
        settings_write_manual(&page);
    else
        settings_write_markdown(&page);
    int exit_status = !strcmp(argv[1], "write") ? write_page(argv[3], &page) : check_page(argv[3], &page);
    buffer_done(&page);
    return exit_status;
}
