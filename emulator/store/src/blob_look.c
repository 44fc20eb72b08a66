/* blob_look.c - a look at all of the blobs, for people: are the bytes as they were written, and do the rows fit them?
 *
 * The rows are held against each other by queries that name what does not fit; the bytes against their checksums. */
#include "blob_internal.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TOLD_MAX 100

typedef struct Look {
    StoreNameHook *tell;
    void *context;
    int64_t count;
} Look;

/* Each query gives a sentence for each place that does not fit. */
static const char *const rules[] = {
    "SELECT 'a piece of blob ' || blob || ', at ' || at || ', is not within bytes that are there' FROM blob_piece p LEFT"
    " JOIN blob_extent e ON e.place = p.place WHERE e.place IS NULL OR p.skip < 0 OR p.length < 1 OR"
    " p.skip + p.length > e.length",
    "SELECT 'the bytes of blobs at ' || e.place || ' are said to be parts of more or fewer than they are' FROM"
    " blob_extent e LEFT JOIN (SELECT place, count(*) AS found FROM blob_piece GROUP BY place) p ON p.place = e.place"
    " WHERE e.pieces <> coalesce(p.found, 0)",
    "SELECT 'blob ' || id || ' is not as long as its pieces' FROM blob b WHERE length <> coalesce(length(bytes), (SELECT"
    " coalesce(sum(length), 0) FROM blob_piece WHERE blob = b.id)) AND id NOT IN (SELECT id FROM blob_dropped)",
    "SELECT 'the bytes of blobs at ' || place || ' are those of others, too' FROM (SELECT place, max(place + length) OVER"
    " (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM blob_extent) WHERE place < before",
};

static void __attribute__((format(printf, 2, 3))) tell(Look *look, const char *format, ...)
{
    char line[700];
    va_list args;
    if (look->count++ >= TOLD_MAX)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    look->tell(look->context, line);
}

static void look_at_rule(Look *look, sqlite3 *db, const char *rule)
{
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(db, rule, -1, &rows, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(rows)) == SQLITE_ROW) {
        tell(look, "%s", (const char *)sqlite3_column_text(rows, 0));
        code = SQLITE_OK;
    }
    if (code != SQLITE_DONE)
        tell(look, "the rows of blobs cannot be read: %s", sqlite3_errmsg(db));
    sqlite3_finalize(rows);
}

static void look_at_extent(Look *look, int fd, sqlite3_stmt *row, char *room)
{
    uint64_t place = (uint64_t)sqlite3_column_int64(row, 0), length = (uint64_t)sqlite3_column_int64(row, 1);
    const char *ptr = sqlite3_column_blob(row, 2);
    Bytes sums = {ptr ? ptr : "", (size_t)sqlite3_column_bytes(row, 2)};
    for (uint64_t at = 0; at < length; at += BLOB_BLOCK) {
        size_t len = length - at < BLOB_BLOCK ? (size_t)(length - at) : BLOB_BLOCK;
        if (blob_fd_read(fd, room, len, place + at) == STORE_OK && blob_sums_fit(sums, at, (Bytes){room, len}))
            continue;
        tell(look, "evpoc.blobs: the bytes at %llu are not as they were written", (unsigned long long)(place + at));
    }
}

static void look_at_bytes(Look *look, int fd, sqlite3 *db)
{
    sqlite3_stmt *rows = NULL;
    char *room = malloc(BLOB_BLOCK);
    if (!room)
        abort();
    if (sqlite3_prepare_v2(db, "SELECT place, length, sums FROM blob_extent ORDER BY place", -1, &rows, NULL) ==
        SQLITE_OK)
        while (sqlite3_step(rows) == SQLITE_ROW)
            look_at_extent(look, fd, rows, room);
    sqlite3_finalize(rows);
    free(room);
}

/* The file that is, or will be at the next start, the database's own (blob_pack.c). -1: there is none. */
static int open_own(sqlite3 *db, const char *path)
{
    char file[PATH_BYTES];
    int64_t is_moved = 0;
    int fd = -1, stem = (int)strlen(path) - 3; /* evpoc.db */
    (void)ask_number(db, "SELECT count(*) FROM blob_bytes WHERE place < 0", &is_moved);
    snprintf(file, sizeof file, "%.*s.blobs.new", stem, path);
    if (is_moved)
        fd = open(file, O_RDONLY | O_CLOEXEC);
    snprintf(file, sizeof file, "%.*s.blobs", stem, path);
    return fd >= 0 ? fd : open(file, O_RDONLY | O_CLOEXEC);
}

static void look_at_file(Look *look, sqlite3 *db, const char *path)
{
    int64_t extents = 0, packed = 0;
    const char *reason = "";
    (void)ask_number(db, "SELECT count(*) FROM blob_extent", &extents);
    (void)ask_number(db, "SELECT count(*) FROM blob_bytes WHERE place >= 0", &packed);
    if (packed && blob_check_packed(db, path, &reason) != STORE_OK)
        tell(look, "%s", reason);
    if (packed || !extents)
        return;
    int fd = open_own(db, path);
    if (fd >= 0)
        look_at_bytes(look, fd, db);
    else
        tell(look, "evpoc.blobs is missing; put it and evpoc.db back from one copy");
    if (fd >= 0)
        close(fd);
}

int64_t blob_look(sqlite3 *db, const char *path, StoreNameHook *hook, void *context)
{
    Look look = {.tell = hook, .context = context};
    int64_t tables = 0;
    if (ask_number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'blob_bytes'", &tables) != SQLITE_OK || !tables)
        return 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        look_at_rule(&look, db, rules[i]);
    look_at_file(&look, db, path);
    return look.count;
}
