/* copy.c - snapshots of a file are made, and what is to be restored is checked, while the store goes on: by a thread
 * that touches nothing of it.
 *
 *   evpoc.db       as it is while no part of the log is copied into it ─┐
 *   evpoc.db-wal   up to the last commit; what follows is appended     ─┼→ name.db.part → name.db, one whole file
 *   evpoc.blobs    what was dropped meanwhile stays where it is        ─┘
 *
 * Between the beginning of a snapshot and its end the log is not copied into the file: so both stay as they are, the
 * log up to where it was cut, and the copy is the state of the moment in which it began.
 *
 * What is restored is copied beside the store's file first, checked there, and then takes its place by a rename; the
 * bytes of blobs take theirs by another, before whose end blob_pack.c tells the next start what to do. */
#include "copy.h"
#include "blob_internal.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES (1024 * 1024)

struct StoreCopy {
    char name[SNAPSHOT_NAME_MAX + 1];
    char from[PATH_BYTES], part[PATH_BYTES], whole[PATH_BYTES];
    int64_t log_bytes;           /* of a snapshot: of its log, from the beginning */
    uint32_t log_frames;         /* the same in frames */
    bool is_restore, is_at_once; /* the latter: by store_snapshot, store_restore, while the loop waits */
    bool has_blobs;
    int blobs_fd; /* of a snapshot: their bytes; -1: there are none */
    char blobs[PATH_BYTES], blobs_part[PATH_BYTES];
    int code;
    char reason[1024];
    atomic_bool is_stopped;
};

static int cannot_write(const char *path, const char **ret_reason)
{
    return refuse(ret_reason, STORE_BROKEN, "cannot write %s: %s", path, strerror(errno));
}

/* Up to `most` bytes, or to the end; the system copies where it can, and where the two share a file system that can, it
 * only notes that they are the same. */
static int copy_bytes(StoreCopy *copy, int from, int to, int64_t most)
{
    unsigned char *piece = NULL;
    int64_t left = most;
    ssize_t got = 1;
    while (left > 0 && got > 0) {
        size_t wanted = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
        if (atomic_load(&copy->is_stopped)) {
            errno = ECANCELED;
            got = -1;
            break;
        }
        if (!piece) {
            got = copy_file_range(from, NULL, to, NULL, wanted, 0);
            if (got < 0 && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP))
                piece = malloc(PIECE_BYTES);
            if (piece)
                got = 1;
            else if (got > 0)
                left -= got;
            continue;
        }
        got = read(from, piece, wanted);
        if (got > 0 && write(to, piece, (size_t)got) != got)
            got = -1;
        left -= got;
    }
    free(piece);
    return got < 0 ? -1 : 0;
}

static int copy_file(StoreCopy *copy, const char *from, const char *to, int64_t most, const char **ret_reason)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int code = STORE_OK;
    if (in < 0)
        code = refuse(ret_reason, STORE_NO_PERMISSION, "cannot read %s: %s", from, strerror(errno));
    else if (out < 0)
        code = refuse(ret_reason, STORE_NO_PERMISSION, "cannot write %s: %s", to, strerror(errno));
    else if (copy_bytes(copy, in, out, most))
        code = cannot_write(to, ret_reason);
    if (in >= 0)
        close(in);
    if (out >= 0 && close(out) && code == STORE_OK)
        code = cannot_write(to, ret_reason);
    return code;
}

static void with_suffix(const char *path, const char *suffix, char out[static PATH_BYTES])
{
    snprintf(out, PATH_BYTES, "%.*s%s", PATH_BYTES - 32, path, suffix);
}

static void remove_part(const char *part)
{
    static const char *const suffixes[] = {"", "-wal", "-journal"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        with_suffix(part, suffixes[i], path);
        unlink(path);
    }
}

static void remove_parts(const StoreCopy *copy)
{
    remove_part(copy->part);
    if (copy->blobs_part[0])
        unlink(copy->blobs_part);
}

static bool is_part(const char *name)
{
    static const char *const ends[] = {".db.part", ".db.part-wal", ".db.part-journal"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (len > strlen(ends[i]) && !strcmp(name + len - strlen(ends[i]), ends[i]))
            return true;
    return false;
}

/* What a process has left that was killed while it copied. */
void copies_remove_left(const Store *store)
{
    char path[PATH_BYTES], directory[PATH_BYTES];
    const struct dirent *entry;
    if (store->is_in_memory)
        return;
    with_suffix(store->path, ".new", path);
    remove_part(path);
    path_of(store, NULL, "", directory);
    DIR *snapshots = opendir(directory);
    while (snapshots && (entry = readdir(snapshots)))
        if (is_part(entry->d_name))
            (void)unlinkat(dirfd(snapshots), entry->d_name, 0);
    if (snapshots)
        closedir(snapshots);
}

/* The file of the copy takes up the log of the copy: all of it, or the copy is none. */
static int take_up_log(const StoreCopy *copy, const char **ret_reason)
{
    sqlite3 *db = NULL;
    PageFault fault = {0};
    int64_t ignored;
    int code = open_copy(copy->part, &db, ret_reason);
    if (code == STORE_OK) {
        page_file_note_in(db, &fault);
        bool is_read = ask_number(db, "SELECT COUNT(*) FROM sqlite_schema", &ignored) == SQLITE_OK;
        if (copy->log_frames && is_read && page_file_log_frames(db) != copy->log_frames)
            code = refuse_damaged(copy->from, "its log, evpoc.db-wal, is not as it was written", ret_reason);
        else if (!is_read ||
                 sqlite3_exec(db, "PRAGMA synchronous=OFF; PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK)
            code = refuse(ret_reason, STORE_BROKEN, "%s", sqlite3_errmsg(db));
    }
    sqlite3_close(db);
    return code;
}

static int pack_blobs(const StoreCopy *copy, const char **ret_reason)
{
    sqlite3 *db = NULL;
    int code = open_copy(copy->part, &db, ret_reason);
    if (code == STORE_OK) {
        (void)sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
        code = blob_pack(&(BlobCopy){copy->blobs_fd, copy->blobs, &copy->is_stopped}, db, ret_reason);
    }
    sqlite3_close(db);
    return code;
}

static int make_snapshot(StoreCopy *copy, const char **ret_reason)
{
    char log[PATH_BYTES], log_part[PATH_BYTES];
    with_suffix(copy->from, "-wal", log);
    with_suffix(copy->part, "-wal", log_part);
    int code = copy_file(copy, copy->from, copy->part, INT64_MAX, ret_reason);
    if (code == STORE_OK && copy->log_bytes)
        code = copy_file(copy, log, log_part, copy->log_bytes, ret_reason);
    if (code == STORE_OK)
        code = take_up_log(copy, ret_reason);
    if (code == STORE_OK)
        code = check_pages(copy->part, copy->from, ret_reason);
    if (code == STORE_OK && copy->has_blobs)
        code = pack_blobs(copy, ret_reason);
    if (code == STORE_OK && !sync_file(copy->part))
        code = cannot_write(copy->part, ret_reason);
    if (code == STORE_OK && rename(copy->part, copy->whole))
        code = cannot_write(copy->whole, ret_reason);
    return code;
}

/* All of it, before it takes the place of anything. */
static int check_snapshot(const StoreCopy *copy, const char **ret_reason)
{
    int64_t version = 0;
    sqlite3 *db = NULL;
    int code = check_pages(copy->part, copy->from, ret_reason);
    if (code == STORE_OK)
        code = open_copy(copy->part, &db, ret_reason);
    if (code == STORE_OK)
        code = check_whole(db, copy->from, "PRAGMA integrity_check(1)", ret_reason);
    if (code == STORE_OK && (ask_number(db, "PRAGMA user_version", &version) != SQLITE_OK || version != FORMAT_VERSION))
        code = refuse(ret_reason, STORE_FOREIGN, "%s is not a snapshot of evpoc-emu", copy->from);
    sqlite3_close(db);
    return code;
}

/* The bytes of blobs, out of the rows of the copy, which go. */
static int unpack_blobs(const StoreCopy *copy, const char **ret_reason)
{
    sqlite3 *db = NULL;
    int code = open_copy(copy->part, &db, ret_reason);
    int fd = open(copy->blobs_part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (code == STORE_OK && fd < 0)
        code = cannot_write(copy->blobs_part, ret_reason);
    if (code == STORE_OK) {
        (void)sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
        code = blob_unpack(db, &(BlobCopy){fd, copy->from, &copy->is_stopped}, ret_reason);
    }
    if (code == STORE_OK && fsync(fd))
        code = cannot_write(copy->blobs_part, ret_reason);
    if (code == STORE_OK)
        code = blob_set_moved(db, ret_reason);
    if (fd >= 0)
        close(fd);
    sqlite3_close(db);
    return code;
}

/* One of format 1, whose pages have no checksums, gets them. */
static int prepare_restore(StoreCopy *copy, const char **ret_reason)
{
    bool is_plain = false;
    int code = check_header(copy->from, ret_reason);
    if (code == STORE_OK)
        code = check_is_plain(copy->from, &is_plain, ret_reason);
    if (code == STORE_OK)
        code = is_plain ? convert_copy(copy->from, copy->part, ret_reason)
                        : copy_file(copy, copy->from, copy->part, INT64_MAX, ret_reason);
    if (code == STORE_OK)
        code = check_snapshot(copy, ret_reason);
    if (code == STORE_OK && copy->has_blobs)
        code = unpack_blobs(copy, ret_reason);
    if (code == STORE_OK && !sync_file(copy->part))
        code = cannot_write(copy->part, ret_reason);
    return code;
}

void store_copy_work(StoreCopy *copy)
{
    const char *reason = "";
    if (copy->is_at_once)
        return;
    remove_parts(copy);
    int code = copy->is_restore ? prepare_restore(copy, &reason) : make_snapshot(copy, &reason);
    if (code != STORE_OK)
        remove_parts(copy);
    copy->code = code;
    snprintf(copy->reason, sizeof copy->reason, "%s", reason);
}

void store_copy_stop(StoreCopy *copy)
{
    atomic_store(&copy->is_stopped, true);
}

/* Where there is no file of its own to copy, or one whose log cannot be told from its pages. */
static bool is_copied_at_once(const Store *store)
{
    return store->is_in_memory || store->is_plain;
}

static StoreCopy *new_copy(const Store *store, const char *name, bool is_restore)
{
    StoreCopy *copy = calloc(1, sizeof *copy);
    if (!copy)
        abort();
    snprintf(copy->name, sizeof copy->name, "%s", name);
    copy->is_restore = is_restore;
    copy->is_at_once = is_copied_at_once(store);
    copy->has_blobs = store->blobs && !copy->is_at_once;
    copy->blobs_fd = -1;
    if (copy->has_blobs) {
        blob_path(store->blobs, "", copy->blobs);
        blob_path(store->blobs, ".part", copy->blobs_part);
    }
    return copy;
}

static int settle(Store *store, const char **ret_reason)
{
    return store_commit(store) == STORE_OK ? STORE_OK : refuse(ret_reason, STORE_BROKEN, "%s", store_error(store));
}

int store_snapshot_begin(Store *store, const char *name, StoreCopy **ret_copy, const char **ret_reason)
{
    char directory[PATH_BYTES];
    int code = check_name(name, ret_reason);
    if (code == STORE_OK)
        code = settle(store, ret_reason);
    path_of(store, NULL, "", directory);
    if (code == STORE_OK && !is_copied_at_once(store) && mkdir(directory, 0777) && errno != EEXIST)
        code = refuse(ret_reason, STORE_NO_PERMISSION, "cannot make %s: %s", directory, strerror(errno));
    if (code != STORE_OK)
        return code;
    StoreCopy *copy = *ret_copy = new_copy(store, name, false);
    if (copy->is_at_once)
        return STORE_OK;
    snprintf(copy->from, sizeof copy->from, "%s", store->path);
    path_of(store, name, ".db.part", copy->part);
    path_of(store, name, ".db", copy->whole);
    copy->log_frames = page_file_log_frames(store->db);
    copy->log_bytes = page_file_log_bytes(copy->log_frames);
    if (copy->has_blobs && blobs_pin(store, &copy->blobs_fd) != STORE_OK) {
        free(copy);
        return refuse(ret_reason, STORE_BROKEN, "no descriptor is left to copy from");
    }
    store->copies_running++;
    return STORE_OK;
}

int store_restore_begin(Store *store, const char *name, StoreCopy **ret_copy, const char **ret_reason)
{
    int code = check_name(name, ret_reason);
    if (code != STORE_OK)
        return code;
    StoreCopy *copy = new_copy(store, name, true);
    path_of(store, name, ".db", copy->from);
    with_suffix(store->path, ".new", copy->part);
    if (!copy->is_at_once && access(copy->from, F_OK)) {
        free(copy);
        return snapshot_not_found(name, ret_reason);
    }
    *ret_copy = copy;
    return STORE_OK;
}

/* The log in the file, and none beside it, so that a rename cannot bring one file's log to the other. */
static bool is_without_log(Store *store)
{
    char log[PATH_BYTES];
    with_suffix(store->path, "-wal", log);
    return store_exec(store, "PRAGMA journal_mode=DELETE") == STORE_OK && access(log, F_OK);
}

static void reopen_or_end(Store *store)
{
    store->db = NULL;
    if (store_reopen(store))
        return;
    fprintf(stderr, "evpoc-emu: %s was restored but cannot be opened; start it again.\n", store->path);
    abort();
}

/* What is killed before the rename has the old file, behind it the new one. */
static int take_place(Store *store, const StoreCopy *copy, int blobs_fd, const char **ret_reason)
{
    sqlite3 *old = store->db;
    if (rename(copy->part, store->path)) {
        int code = cannot_write(store->path, ret_reason);
        return set_journal(store) == STORE_OK ? code : refuse(ret_reason, code, "%s", sqlite3_errmsg(store->db));
    }
    store->buffered_writes += (uint64_t)sqlite3_total_changes64(old);
    reopen_or_end(store);
    sqlite3_close_v2(old);
    store->is_checkpointing = false;
    store->wal_pages = store->wal_pages_seen = store->wal_pages_least = 0;
    store->restores++;
    int code = blobs_fd >= 0 ? blobs_restored(store, blobs_fd) : STORE_OK;
    store_forget(store);
    return code == STORE_OK ? code : refuse(ret_reason, code, "%s", store_error(store));
}

/* From here on the file of bytes waits for its database: whoever finds one that says so gives it its name. */
static int ready_blobs(Store *store, const StoreCopy *copy, int *ret_fd, const char **ret_reason)
{
    char path[PATH_BYTES];
    *ret_fd = -1;
    if (!copy->has_blobs)
        return STORE_OK;
    blob_path(store->blobs, ".new", path);
    *ret_fd = open(copy->blobs_part, O_RDWR | O_CLOEXEC);
    return *ret_fd >= 0 && !rename(copy->blobs_part, path) ? STORE_OK : cannot_write(path, ret_reason);
}

static int check_fits(const Store *store, const StoreCopy *copy, const char **ret_reason)
{
    sqlite3 *db = NULL;
    int code = open_copy(copy->part, &db, ret_reason);
    if (code == STORE_OK && !schemas_match(store->db, db))
        code = refuse(ret_reason, STORE_FOREIGN, "snapshot %s was made by another version of evpoc-emu", copy->name);
    sqlite3_close(db);
    return code;
}

static int swap_files(Store *store, const StoreCopy *copy, const char **ret_reason)
{
    int fd, code = ready_blobs(store, copy, &fd, ret_reason);
    uint64_t before = store->restores;
    if (code == STORE_OK)
        code = take_place(store, copy, fd, ret_reason);
    else
        (void)set_journal(store);
    if (code != STORE_OK && store->restores == before && copy->has_blobs)
        blob_unpack_undo(store->blobs, fd);
    return code;
}

/* Where the log cannot be brought into the file, since something is damaged, it is written over page by page. */
static int swap(Store *store, const StoreCopy *copy, const char **ret_reason)
{
    int code = store->copies_running ? refuse(ret_reason, STORE_BROKEN, "a snapshot is being made") : STORE_OK;
    if (code == STORE_OK)
        code = settle(store, ret_reason);
    if (code == STORE_OK)
        code = check_fits(store, copy, ret_reason);
    if (code != STORE_OK)
        return code;
    statements_finalize(store);
    return is_without_log(store) ? swap_files(store, copy, ret_reason) : store_restore(store, copy->name, ret_reason);
}

static int end_at_once(Store *store, const StoreCopy *copy, const char **ret_reason)
{
    return copy->is_restore ? store_restore(store, copy->name, ret_reason)
                            : store_snapshot(store, copy->name, ret_reason);
}

int store_copy_end(Store *store, StoreCopy *copy, const char **ret_reason)
{
    int code = copy->code;
    if (copy->is_at_once)
        code = end_at_once(store, copy, ret_reason);
    else if (code != STORE_OK)
        code = refuse(ret_reason, code, "%s%s", copy->is_restore ? "" : "the copy could not be made: ", copy->reason);
    else if (copy->is_restore)
        code = swap(store, copy, ret_reason);
    if (!copy->is_at_once && copy->is_restore)
        remove_parts(copy);
    if (!copy->is_at_once && !copy->is_restore)
        store->copies_running--;
    if (copy->has_blobs && !copy->is_restore)
        blobs_unpin(store, copy->blobs_fd);
    free(copy);
    return code;
}
