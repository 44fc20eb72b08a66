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

static const struct Form {
    const char *name;
    void (*write)(Buffer *out);
} forms[] = {{"markdown", settings_write_markdown},
             {"manual", settings_write_manual},
             {"bash", settings_write_bash},
             {"zsh", settings_write_zsh},
             {"fish", settings_write_fish}};

static const struct Form *form_named(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(forms[i].name, name))
            return &forms[i];
    return NULL;
}

int main(int argc, char **argv)
{
    Buffer page = {0};
    const struct Form *form = argc == 4 ? form_named(argv[2]) : NULL;
    if (!form) {
        fputs("usage: settings_page (write|check) (markdown|manual|bash|zsh|fish) FILE\n", stderr);
        return 2;
    }
    form->write(&page);
    int exit_status = !strcmp(argv[1], "write") ? write_page(argv[3], &page) : check_page(argv[3], &page);
    buffer_done(&page);
    return exit_status;
}
