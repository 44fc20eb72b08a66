/* blob_pack.c - a snapshot is one file: the bytes of blobs go with it as rows, 1 MiB each, under the places they have.
 *
 * Restoring writes them into a new file, copies the database with its rows, gives the file its name, and removes the
 * rows. Where that was cut off, the rows are still there when the database is opened, and the file is made again; so at
 * no moment does a database stand beside a file of another. */
#include "blob_internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PACK_BYTES ((size_t)1024 * 1024)
#define VACUUM_BYTES                                                                                                   \
    ((int64_t)16 * 1024 * 1024) /* of rows that went; fewer leave free pages behind, to be used again */

_Static_assert(PACK_BYTES % BLOB_BLOCK == 0, "a row is checked block by block");

static int refuse_bytes(const char *name, uint64_t place, const char **ret_reason)
{
    return refuse(ret_reason, STORE_CORRUPT, "%s is damaged: the bytes of blobs at %llu are not as they were written",
                  name, (unsigned long long)place);
}

/* Into a snapshot */

static int put_row(sqlite3_stmt *put, uint64_t place, Bytes bytes)
{
    sqlite3_bind_int64(put, 1, (int64_t)place);
    sqlite3_bind_blob64(put, 2, bytes.ptr, bytes.len, SQLITE_STATIC);
    int code = sqlite3_step(put);
    sqlite3_reset(put);
    return code == SQLITE_DONE ? STORE_OK : STORE_BROKEN;
}

static int pack_extent(const Blobs *blobs, Statement *row, sqlite3_stmt *put, char *room, const char **ret_reason)
{
    uint64_t place = (uint64_t)column_int64(row, 0), length = (uint64_t)column_int64(row, 1);
    int code = STORE_OK;
    for (uint64_t at = 0; code == STORE_OK && at < length; at += PACK_BYTES) {
        size_t len = length - at < PACK_BYTES ? (size_t)(length - at) : PACK_BYTES;
        if (blob_file_read(blobs, room, len, place + at) != STORE_OK ||
            !blob_sums_fit(column_bytes(row, 2), at, (Bytes){room, len}))
            return refuse_bytes(blobs->path ? blobs->path : "the memory for blobs", place + at, ret_reason);
        code = put_row(put, place + at, (Bytes){room, len});
        if (code != STORE_OK)
            return refuse(ret_reason, code, "the copy could not be made: %s", sqlite3_errmsg(sqlite3_db_handle(put)));
    }
    return code;
}

static int pack_extents(Blobs *blobs, sqlite3_stmt *put, const char **ret_reason)
{
    static const Query extents = {"SELECT place, length, sums FROM blob_extent ORDER BY place"};
    bool was_in_turn = blobs->store->in_turn;
    char *room = malloc(PACK_BYTES);
    if (!room)
        abort();
    int step, code = STORE_OK;
    Statement *rows = store_begin(blobs->store, &extents);
    while (code == STORE_OK && (step = store_step(rows)) != STORE_OK)
        code = step == STORE_ROW ? pack_extent(blobs, rows, put, room, ret_reason)
                                 : refuse(ret_reason, step, "%s", store_error(blobs->store));
    store_end(rows);
    blob_leave(blobs->store, was_in_turn);
    free(room);
    return code;
}

int blob_pack(Blobs *blobs, sqlite3 *into, const char **ret_reason)
{
    sqlite3_stmt *put = NULL;
    int code = sqlite3_exec(into, "BEGIN", NULL, NULL, NULL) == SQLITE_OK &&
                       sqlite3_prepare_v2(into, "INSERT INTO blob_bytes (place, bytes) VALUES (?1, ?2)", -1, &put,
                                          NULL) == SQLITE_OK
                   ? pack_extents(blobs, put, ret_reason)
                   : refuse(ret_reason, STORE_BROKEN, "the copy could not be made: %s", sqlite3_errmsg(into));
    sqlite3_finalize(put);
    if (code == STORE_OK && sqlite3_exec(into, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        code = refuse(ret_reason, STORE_BROKEN, "the copy could not be made: %s", sqlite3_errmsg(into));
    return code;
}

/* Looked at, before it takes the place of anything */

static Bytes bytes_at(sqlite3_stmt *row, int at)
{
    const char *ptr = sqlite3_column_blob(row, at);
    return (Bytes){ptr ? ptr : "", (size_t)sqlite3_column_bytes(row, at)};
}

/* The rows of one extent: all its bytes, and those that were written. */
static bool is_extent_whole(sqlite3_stmt *extent, sqlite3_stmt *bytes)
{
    int64_t place = sqlite3_column_int64(extent, 0), length = sqlite3_column_int64(extent, 1);
    bool is_whole = true;
    for (int64_t at = 0; is_whole && at < length; at += (int64_t)PACK_BYTES) {
        size_t len = length - at < (int64_t)PACK_BYTES ? (size_t)(length - at) : PACK_BYTES;
        sqlite3_bind_int64(bytes, 1, place + at);
        is_whole = sqlite3_step(bytes) == SQLITE_ROW && bytes_at(bytes, 0).len == len &&
                   blob_sums_fit(bytes_at(extent, 2), (uint64_t)at, bytes_at(bytes, 0));
        sqlite3_reset(bytes);
    }
    return is_whole;
}

int blob_check_packed(sqlite3 *db, const char *name, const char **ret_reason)
{
    sqlite3_stmt *extents = NULL, *bytes = NULL;
    int code = STORE_OK, step = SQLITE_DONE;
    /* One that was made before there were blobs has no such tables. */
    if (sqlite3_prepare_v2(db, "SELECT place, length, sums FROM blob_extent", -1, &extents, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT bytes FROM blob_bytes WHERE place = ?1", -1, &bytes, NULL) == SQLITE_OK)
        while (code == STORE_OK && (step = sqlite3_step(extents)) == SQLITE_ROW)
            if (!is_extent_whole(extents, bytes))
                code = refuse_bytes(name, (uint64_t)sqlite3_column_int64(extents, 0), ret_reason);
    if (code == STORE_OK && step != SQLITE_DONE)
        code = refuse(ret_reason, STORE_CORRUPT, "%s: %s", name, sqlite3_errmsg(db));
    sqlite3_finalize(bytes);
    sqlite3_finalize(extents);
    return code;
}

/* Out of it */

static void path_of_new(const Blobs *blobs, char out[static PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%s.new", blobs->path ? blobs->path : "");
}

static int write_rows(Blobs *blobs, sqlite3_stmt *rows)
{
    int step, code = STORE_OK;
    while (code == STORE_OK && (step = sqlite3_step(rows)) != SQLITE_DONE)
        code = step == SQLITE_ROW
                   ? blob_file_write(blobs, bytes_at(rows, 1), (Bytes){"", 0}, (uint64_t)sqlite3_column_int64(rows, 0))
                   : STORE_BROKEN;
    return code;
}

int blob_unpack(Blobs *blobs, sqlite3 *from, int *ret_fd)
{
    char path[PATH_BYTES];
    sqlite3_stmt *rows = NULL;
    path_of_new(blobs, path);
    int code = STORE_BROKEN, fd_before = blobs->fd, fd = blob_file_new(blobs, blobs->path ? path : NULL);
    if (fd < 0)
        return blob_trouble(blobs, STORE_BROKEN, "%.400s cannot be made: %s", path, strerror(errno));
    uint64_t warm = blobs->warm;
    blobs->fd = fd;
    blobs->warm = 0; /* of the other file */
    if (sqlite3_prepare_v2(from, "SELECT place, bytes FROM blob_bytes", -1, &rows, NULL) == SQLITE_OK)
        code = write_rows(blobs, rows);
    sqlite3_finalize(rows);
    if (code == STORE_OK && blobs->store->durability == DURABILITY_FSYNC && fsync(fd))
        code = blob_trouble(blobs, STORE_BROKEN, "%.400s cannot be written: %s", path, strerror(errno));
    blobs->fd = fd_before;
    blobs->warm = warm;
    if (code == STORE_OK)
        *ret_fd = fd;
    else
        blob_unpack_undo(blobs, fd);
    return code;
}

void blob_unpack_undo(const Blobs *blobs, int fd)
{
    char path[PATH_BYTES];
    path_of_new(blobs, path);
    if (fd >= 0)
        close(fd);
    if (blobs->path)
        unlink(path);
}

/* Whoever still sends from the old file goes on doing so: it has no name any more, but its bytes. */
int blob_unpack_done(Blobs *blobs, int fd)
{
    static const Query clear = {"DELETE FROM blob_bytes"};
    char path[PATH_BYTES];
    path_of_new(blobs, path);
    if (blobs->path && rename(path, blobs->path))
        return blob_trouble(blobs, STORE_BROKEN, "%.400s cannot be written: %s", blobs->path, strerror(errno));
    if (blobs->fd >= 0)
        close(blobs->fd);
    blobs->fd = fd;
    if (blobs->path && blobs->store->durability == DURABILITY_FSYNC && !blob_sync_directory(blobs->path))
        return blob_trouble(blobs, STORE_BROKEN, "the directory of %.400s: %s", blobs->path, strerror(errno));
    return store_run(store_begin(blobs->store, &clear));
}

static bool has_rows(Store *store, int64_t *ret_bytes)
{
    int64_t rows = 0;
    *ret_bytes = 0;
    if (ask_number(store->db, "SELECT count(*) FROM blob_bytes", &rows) != SQLITE_OK)
        rows = 0;
    *ret_bytes = rows * (int64_t)PACK_BYTES;
    return rows > 0;
}

int blob_unpack_left(Blobs *blobs)
{
    int64_t bytes;
    int fd = -1;
    if (!has_rows(blobs->store, &bytes))
        return STORE_OK;
    int code = blob_unpack(blobs, blobs->store->db, &fd);
    return code == STORE_OK ? blob_unpack_done(blobs, fd) : code;
}

/* The rows have made the database as large as the blobs are. */
static void shrink(Store *store, int64_t bytes)
{
    if (bytes >= VACUUM_BYTES && store_exec(store, "VACUUM") == STORE_OK && !store->is_in_memory)
        (void)store_exec(store, "PRAGMA wal_checkpoint(TRUNCATE)");
}

int blobs_restored(Store *store, int fd)
{
    Blobs *blobs = store->blobs;
    int64_t bytes;
    bool was_in_turn = store->in_turn;
    (void)has_rows(store, &bytes);
    blobs->generation++;
    map_free(blobs->held); /* what it held is its holders' */
    blobs->held = map_new();
    blobs->has_dropped = true;
    blobs->is_purge_broken = false;
    int code = blob_unpack_done(blobs, fd);
    if (code == STORE_OK)
        code = blob_load_space(blobs);
    blob_leave(store, was_in_turn);
    if (code == STORE_OK)
        shrink(store, bytes);
    return code;
}
