/* convert.c - files of format 1, whose pages have no room for checksums, become files of format 2: a copy with room is
 * made beside and takes the place of the file when it is whole. */
#include "store_internal.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* What a rename makes the file must be on the disk before. */
bool sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_synced = fd >= 0 && !fsync(fd);
    if (fd >= 0)
        close(fd);
    return is_synced;
}

static bool set_version(const char *path)
{
    sqlite3 *db = NULL;
    bool is_set =
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, page_file_vfs()) == SQLITE_OK &&
        sqlite3_exec(db, "PRAGMA journal_mode=MEMORY; PRAGMA user_version=2", NULL, NULL, NULL) == SQLITE_OK;
    _Static_assert(FORMAT_VERSION == 2, "the pragma says the same");
    sqlite3_close(db);
    return is_set;
}

static bool copy_with_room(sqlite3 *from, const char *to)
{
    sqlite3_stmt *vacuum = NULL;
    unlink(to);
    page_file_reserve(from);
    bool is_copied = sqlite3_prepare_v2(from, "VACUUM INTO ?1", -1, &vacuum, NULL) == SQLITE_OK;
    if (is_copied) {
        sqlite3_bind_text(vacuum, 1, to, -1, SQLITE_STATIC);
        is_copied = sqlite3_step(vacuum) == SQLITE_DONE;
    }
    sqlite3_finalize(vacuum);
    return is_copied && set_version(to) && sync_file(to);
}

/* Exclusive, so that a file that says it has a log needs no shared memory, of which ours have none. */
int open_copy(const char *path, sqlite3 **ret_db, const char **ret_reason)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, ret_db, flags, page_file_vfs()) == SQLITE_OK &&
        sqlite3_exec(*ret_db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK)
        return STORE_OK;
    return refuse(ret_reason, STORE_NO_PERMISSION, "cannot read %s: %s", path, sqlite3_errmsg(*ret_db));
}

int convert_copy(const char *from, const char *to, const char **ret_reason)
{
    sqlite3 *db = NULL;
    int code = open_copy(from, &db, ret_reason);
    if (code == STORE_OK)
        code = check_whole(db, from, "PRAGMA integrity_check(1)", ret_reason);
    if (code == STORE_OK && !copy_with_room(db, to))
        code = refuse(ret_reason, STORE_BROKEN, "no copy of %s could be made: %s", from, sqlite3_errmsg(db));
    sqlite3_close(db);
    return code;
}

/* With no log left beside it, so that the rename cannot bring one file's log to the other. */
static bool replace(Store *store, const char *path_new)
{
    if (store_exec(store, "PRAGMA journal_mode=DELETE") || !copy_with_room(store->db, path_new))
        return false;
    sqlite3_close(store->db);
    store->db = NULL;
    return !rename(path_new, store->path);
}

bool store_reopen(Store *store)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (!store->db && (sqlite3_open_v2(store->path, &store->db, flags, page_file_vfs()) != SQLITE_OK || set_up(store)))
        return false;
    return set_journal(store) == STORE_OK;
}

void convert_store(Store *store)
{
    char path_new[PATH_BYTES];
    snprintf(path_new, sizeof path_new, "%s.new", store->path);
    statements_finalize(store);
    store->is_plain = !replace(store, path_new);
    if (store->is_plain)
        unlink(path_new);
    if (!store_reopen(store) || store->is_plain) {
        sqlite3_free(store->note);
        store->note =
            sqlite3_mprintf("%s keeps its old form, without checksums: %s", store->path, sqlite3_errmsg(store->db));
    }
}
