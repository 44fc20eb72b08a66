/* damage.c - what is said where the file is not as it was written: which place, met on behalf of which table, and what
 * to do. */
#include "store_internal.h"
#include <stdio.h>

bool is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* The first table that a statement names. */
static Bytes table_of(const char *sql)
{
    static const char *const before[] = {"FROM ", "INTO ", "UPDATE "};
    const char *first = NULL;
    size_t skipped = 0;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        const char *found = strstr(sql, before[i]);
        if (found && (!first || found < first)) {
            first = found;
            skipped = strlen(before[i]);
        }
    }
    return first ? (Bytes){first + skipped, strcspn(first + skipped, " (,;")} : (Bytes){0};
}

static void write_place(const Store *store, char *out, size_t size)
{
    const PageFault *fault = &store->fault;
    if (!fault->page)
        snprintf(out, size, "%s", sqlite3_errmsg(store->db));
    else if (fault->is_in_log)
        snprintf(out, size, "page %lld, in its log evpoc.db-wal, is not as it was written", (long long)fault->page);
    else
        snprintf(out, size, "page %lld, at byte %lld, is not as it was written", (long long)fault->page,
                 (long long)((fault->page - 1) * PAGE_BYTES));
}

void note_damage(Store *store, const char *sql)
{
    char place[160], text[sizeof store->failure];
    Bytes table = table_of(sql);
    write_place(store, place, sizeof place);
    snprintf(text, sizeof text,
             "%.300s is damaged: %s%s" BYTES_FMT
             "; stop, and put a copy or a snapshot in its place: evpoc-emu check tells how much is damaged",
             store->path, place, table.len ? ", met in table " : "", BYTES_ARG(table));
    note_failure(store, text);
    store->fault = (PageFault){0};
}

void trouble(Store *store)
{
    if (store->on_trouble)
        store->on_trouble(store->trouble_context, store->failure);
}

void store_on_trouble(Store *store, void (*hook)(void *context, const char *what), void *context)
{
    store->on_trouble = hook;
    store->trouble_context = context;
}

const char *store_note(const Store *store)
{
    return store->note;
}
