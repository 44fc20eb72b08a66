/* blob_pack.c - a snapshot is one file: the bytes of blobs go with it as rows, 1 MiB each, under the places they have.
 *
 * Restoring writes them into a new file, evpoc.blobs.new, and then two files have to take their places at once. Until
 * both have, the database says which file is its own:
 *
 *   rows with bytes   the file is to be made of them, again if need be
 *   one row at MOVED  evpoc.blobs.new is whole and this database's; where it has no such name it is in its place
 * already no row            evpoc.blobs is; evpoc.blobs.new is nobody's
 *
 * So at no moment does a database stand beside a file of another. What takes long (BlobCopy) touches nothing of the
 * store, and may run on any thread. */
#include "blob_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PACK_BYTES ((size_t)1024 * 1024)
#define VACUUM_BYTES                                                                                                   \
    ((int64_t)16 * 1024 * 1024) /* of rows that went; fewer leave free pages behind, to be used again */
#define MOVED "-1"

_Static_assert(PACK_BYTES % BLOB_BLOCK == 0, "a row is checked block by block");

static int refuse_bytes(const char *name, uint64_t place, const char **ret_reason)
{
    return refuse(ret_reason, STORE_CORRUPT, "%s is damaged: the bytes of blobs at %llu are not as they were written",
                  name, (unsigned long long)place);
}

static int refuse_stopped(const char **ret_reason)
{
    return refuse(ret_reason, STORE_BROKEN, "it was stopped");
}

static bool is_stopped(const BlobCopy *copy)
{
    return copy->is_stopped && atomic_load(copy->is_stopped);
}

static Bytes bytes_at(sqlite3_stmt *row, int at)
{
    const char *ptr = sqlite3_column_blob(row, at);
    return (Bytes){ptr ? ptr : "", (size_t)sqlite3_column_bytes(row, at)};
}

static bool prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
    return sqlite3_prepare_v2(db, sql, -1, ret_statement, NULL) == SQLITE_OK;
}

/* Each extent of a copy, by pieces of PACK_BYTES; `piece` is the statement that writes or reads a row. */
typedef struct Walk {
    const BlobCopy *copy;
    sqlite3_stmt *extent, *piece;
    char *room; /* PACK_BYTES */
    const char **ret_reason;
} Walk;
typedef int EachPiece(Walk *walk, uint64_t place, uint64_t at, size_t len);

static int walk_extent(Walk *walk, EachPiece *each)
{
    uint64_t place = (uint64_t)sqlite3_column_int64(walk->extent, 0),
             length = (uint64_t)sqlite3_column_int64(walk->extent, 1);
    int code = STORE_OK;
    for (uint64_t at = 0; code == STORE_OK && at < length; at += PACK_BYTES) {
        size_t len = length - at < PACK_BYTES ? (size_t)(length - at) : PACK_BYTES;
        code = is_stopped(walk->copy) ? refuse_stopped(walk->ret_reason) : each(walk, place + at, at, len);
        sqlite3_reset(walk->piece);
    }
    return code;
}

static int walk_extents(Walk *walk, sqlite3 *db, const char *piece, EachPiece *each)
{
    int step = SQLITE_ERROR, code = STORE_OK;
    if (!(walk->room = malloc(PACK_BYTES)))
        abort();
    if (prepare(db, "SELECT place, length, sums FROM blob_extent ORDER BY place", &walk->extent) &&
        prepare(db, piece, &walk->piece))
        while (code == STORE_OK && (step = sqlite3_step(walk->extent)) == SQLITE_ROW)
            code = walk_extent(walk, each);
    if (code == STORE_OK && step != SQLITE_DONE)
        code = refuse(walk->ret_reason, STORE_BROKEN, "%s: %s", walk->copy->name, sqlite3_errmsg(db));
    sqlite3_finalize(walk->piece);
    sqlite3_finalize(walk->extent);
    free(walk->room);
    return code;
}

/* Into a snapshot */

static int pack_piece(Walk *walk, uint64_t place, uint64_t at, size_t len)
{
    sqlite3_stmt *put = walk->piece;
    if (blob_fd_read(walk->copy->fd, walk->room, len, place) != STORE_OK ||
        !blob_sums_fit(bytes_at(walk->extent, 2), at, (Bytes){walk->room, len}))
        return refuse_bytes(walk->copy->name, place, walk->ret_reason);
    sqlite3_bind_int64(put, 1, (int64_t)place);
    sqlite3_bind_blob64(put, 2, walk->room, len, SQLITE_STATIC);
    return sqlite3_step(put) == SQLITE_DONE ? STORE_OK
                                            : refuse(walk->ret_reason, STORE_BROKEN, "the copy could not be made: %s",
                                                     sqlite3_errmsg(sqlite3_db_handle(put)));
}

int blob_pack(const BlobCopy *from, sqlite3 *into, const char **ret_reason)
{
    Walk walk = {.copy = from, .ret_reason = ret_reason};
    if (sqlite3_exec(into, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
        return refuse(ret_reason, STORE_BROKEN, "the copy could not be made: %s", sqlite3_errmsg(into));
    int code = walk_extents(&walk, into, "INSERT INTO blob_bytes (place, bytes) VALUES (?1, ?2)", pack_piece);
    if (code == STORE_OK && sqlite3_exec(into, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        code = refuse(ret_reason, STORE_BROKEN, "the copy could not be made: %s", sqlite3_errmsg(into));
    return code;
}

/* Out of it, and looked at on the way */

static int unpack_piece(Walk *walk, uint64_t place, uint64_t at, size_t len)
{
    sqlite3_bind_int64(walk->piece, 1, (int64_t)place);
    bool is_there = sqlite3_step(walk->piece) == SQLITE_ROW;
    Bytes bytes = is_there ? bytes_at(walk->piece, 0) : (Bytes){"", 0};
    if (bytes.len != len || !blob_sums_fit(bytes_at(walk->extent, 2), at, bytes))
        return refuse_bytes(walk->copy->name, place, walk->ret_reason);
    if (walk->copy->fd < 0 || blob_fd_write(walk->copy->fd, bytes, (Bytes){"", 0}, place))
        return STORE_OK;
    return refuse(walk->ret_reason, errno == ENOSPC ? STORE_FULL : STORE_BROKEN,
                  "the bytes of blobs cannot be written: %s", strerror(errno));
}

int blob_unpack(sqlite3 *from, const BlobCopy *to, const char **ret_reason)
{
    int64_t tables = 0;
    Walk walk = {.copy = to, .ret_reason = ret_reason};
    /* One that was made before there were blobs has no such tables. */
    if (ask_number(from, "SELECT count(*) FROM sqlite_schema WHERE name = 'blob_bytes'", &tables) == SQLITE_OK &&
        !tables)
        return STORE_OK;
    return walk_extents(&walk, from, "SELECT bytes FROM blob_bytes WHERE place = ?1", unpack_piece);
}

int blob_check_packed(sqlite3 *db, const char *name, const char **ret_reason)
{
    return blob_unpack(db, &(BlobCopy){.fd = -1, .name = name}, ret_reason);
}

static int64_t packed_bytes(sqlite3 *db)
{
    int64_t rows = 0;
    if (ask_number(db, "SELECT count(*) FROM blob_bytes WHERE place >= 0", &rows) != SQLITE_OK)
        rows = 0;
    return rows * (int64_t)PACK_BYTES;
}

int blob_set_moved(sqlite3 *db, const char **ret_reason)
{
    int64_t bytes = packed_bytes(db);
    const char *clear = "DELETE FROM blob_bytes; INSERT INTO blob_bytes (place, bytes) VALUES (" MOVED ", x'')";
    if (sqlite3_exec(db, clear, NULL, NULL, NULL) == SQLITE_OK &&
        (bytes < VACUUM_BYTES || sqlite3_exec(db, "VACUUM", NULL, NULL, NULL) == SQLITE_OK))
        return STORE_OK;
    return refuse(ret_reason, STORE_BROKEN, "the copy could not be made: %s", sqlite3_errmsg(db));
}

/* The store's own: on the loop's thread */

void blob_path(const Blobs *blobs, const char *suffix, char out[static PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%.*s%s", PATH_BYTES - 32, blobs->path ? blobs->path : "", suffix);
}

int blob_unpack_new(Blobs *blobs, sqlite3 *from, int *ret_fd)
{
    char path[PATH_BYTES];
    const char *reason = "";
    blob_path(blobs, ".new", path);
    int fd = blob_file_new(blobs, blobs->path ? path : NULL);
    if (fd < 0)
        return blob_trouble(blobs, STORE_BROKEN, "%.400s cannot be made: %s", path, strerror(errno));
    int code = blob_unpack(from, &(BlobCopy){.fd = fd, .name = "the snapshot"}, &reason);
    if (code == STORE_OK && blobs->store->durability == DURABILITY_FSYNC && fsync(fd))
        code = refuse(&reason, STORE_BROKEN, "%s", strerror(errno));
    *ret_fd = fd;
    if (code == STORE_OK)
        return STORE_OK;
    blob_unpack_undo(blobs, fd);
    return blob_trouble(blobs, code, "%.400s: %s", path, reason);
}

void blob_unpack_undo(const Blobs *blobs, int fd)
{
    char path[PATH_BYTES];
    blob_path(blobs, ".new", path);
    if (fd >= 0)
        close(fd);
    if (blobs->path)
        unlink(path);
}

/* Whoever still sends from the old file goes on doing so: it has no name any more, but its bytes. */
static int take_place(Blobs *blobs, int fd)
{
    static const Query clear = {"DELETE FROM blob_bytes"};
    char path[PATH_BYTES];
    blob_path(blobs, ".new", path);
    if (blobs->path && rename(path, blobs->path))
        return blob_trouble(blobs, STORE_BROKEN, "%.400s cannot be written: %s", blobs->path, strerror(errno));
    if (blobs->fd >= 0)
        close(blobs->fd);
    blobs->fd = fd;
    if (blobs->path && blobs->store->durability == DURABILITY_FSYNC && !blob_sync_directory(blobs->path))
        return blob_trouble(blobs, STORE_BROKEN, "the directory of %.400s: %s", blobs->path, strerror(errno));
    return statement_run(statement_begin(blobs->store, &clear));
}

/* The database has come back, and the process ended before the file did. */
int blob_unpack_left(Blobs *blobs)
{
    static const Query clear = {"DELETE FROM blob_bytes"};
    char path[PATH_BYTES];
    int64_t is_moved = 0;
    int code = STORE_OK, fd = -1;
    (void)ask_number(blobs->store->db, "SELECT count(*) FROM blob_bytes WHERE place = " MOVED, &is_moved);
    blob_path(blobs, ".new", path);
    if (is_moved && (fd = open(path, O_RDWR | O_CLOEXEC)) < 0)
        return errno == ENOENT
                   ? statement_run(statement_begin(blobs->store, &clear))
                   : blob_trouble(blobs, STORE_NO_PERMISSION, "cannot open %.400s: %s", path, strerror(errno));
    if (!is_moved && packed_bytes(blobs->store->db))
        code = blob_unpack_new(blobs, blobs->store->db, &fd);
    if (fd >= 0 && code == STORE_OK)
        return take_place(blobs, fd);
    if (blobs->path)
        unlink(path);
    return code;
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
    bool was_in_turn = store->in_turn;
    int64_t bytes = packed_bytes(store->db);
    blobs->generation++;
    map_free(blobs->held); /* what it held is its holders' */
    blobs->held = map_new();
    blobs->has_dropped = true;
    blobs->is_purge_broken = false;
    int code = take_place(blobs, fd);
    if (code == STORE_OK)
        code = blob_load_space(blobs);
    blob_leave(store, was_in_turn);
    if (code == STORE_OK)
        shrink(store, bytes);
    return code;
}

/* While a snapshot is made */

int blobs_pin(Store *store, int *ret_fd)
{
    Blobs *blobs = store->blobs;
    *ret_fd = blobs->fd < 0 ? -1 : fcntl(blobs->fd, F_DUPFD_CLOEXEC, 0);
    if (blobs->fd >= 0 && *ret_fd < 0)
        return STORE_BROKEN;
    blobs->pins++;
    return STORE_OK;
}

void blobs_unpin(Store *store, int fd)
{
    if (fd >= 0)
        close(fd);
    if (!--store->blobs->pins)
        blob_give_freed(store->blobs);
}
