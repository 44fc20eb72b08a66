/* open.c - the file: whose it is, who else has it, and what it must become before we use it. */
#include "blob_internal.h"
#include "copy.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int refuse(const char **ret_reason, int code, const char *format, ...)
{
    /* Aligned: mold 1.10 lays a bare one out so that, at some sizes, the program cannot be loaded (ENOMEM of ld.so). */
    static _Thread_local _Alignas(64) char reason[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    *ret_reason = reason;
    return code;
}

static int make_directory(const char *directory, const char **ret_reason)
{
    char path[4096];
    size_t len = strlen(directory);
    if (!len || len >= sizeof path)
        return refuse(ret_reason, STORE_BROKEN, "the data directory's name is empty or too long");
    memcpy(path, directory, len + 1);
    for (char *at = path + 1;; at++) {
        if (*at && *at != '/')
            continue;
        char kept = *at;
        *at = '\0';
        if (mkdir(path, 0777) && errno != EEXIST)
            return refuse(ret_reason, STORE_NO_PERMISSION,
                          "cannot make the data directory %s: %s; choose another with --data", path, strerror(errno));
        *at = kept;
        if (!kept)
            return STORE_OK;
    }
}

int store_exec(Store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? STORE_OK : STORE_BROKEN;
}

static int count_wal_pages(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    ((Store *)context)->wal_pages = pages;
    return SQLITE_OK;
}

int set_up(Store *store)
{
    static const char common[] =
        "PRAGMA page_size=16384; PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;";
    _Static_assert(PAGE_BYTES == 16384, "the pragma says the same");
    page_file_note_in(store->db, &store->fault);
    int code = store_exec(store, common);
    if (code == STORE_OK && !store->is_in_memory)
        page_file_reserve(store->db);
    return code;
}

/* Exclusive locking before WAL: no shared memory file, and a second process is refused at its first look.
 * synchronous: OFF keeps what was committed through kill -9, since the kernel has it; FULL waits for the disk. */
int set_journal(Store *store)
{
    if (store->is_in_memory)
        return store_exec(store, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;");
    sqlite3_wal_hook(store->db, count_wal_pages, store);
    return store_exec(store, store->durability == DURABILITY_FSYNC
                                 ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                 : "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;");
}

static int prepare_file(Store *store, const char **ret_reason)
{
    static const char ours[] = "PRAGMA application_id=1163284547; PRAGMA user_version=2;" MIGRATION_TABLE;
    _Static_assert(APPLICATION_ID == 1163284547 && FORMAT_VERSION == 2, "the pragmas say the same");
    static const char *const steps[] = {MIGRATION_TABLE, NULL};
    static const Migration own = {"store", steps};
    if (set_up(store))
        return refuse_unusable(store, ret_reason);
    int code = check_content(store, ret_reason);
    if (code != STORE_OK)
        return code;
    if (!store->is_new && check_schema(store, &own) != STORE_OK)
        return refuse(ret_reason, STORE_CORRUPT, "%s", store_error(store));
    if (set_journal(store) == STORE_OK && (!store->is_new || store_exec(store, ours) == STORE_OK))
        return STORE_OK;
    return refuse_unusable(store, ret_reason);
}

/* Until the first commit has shown that the file is one of ours, its WAL stays where it is. */
static void set_probation(Store *store, bool is_on)
{
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_on, NULL);
    store->is_on_probation = is_on;
}

void end_probation(Store *store)
{
    if (!store->is_on_probation)
        return;
    set_probation(store, false);
    copies_remove_left(store);
    if (store->is_plain)
        convert_store(store);
}

static int open_file(Store *store, const char **ret_reason)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const char *vfs = store->is_in_memory ? NULL : page_file_vfs();
    if (sqlite3_open_v2(store->path, &store->db, flags, vfs) != SQLITE_OK)
        return refuse(ret_reason, STORE_NO_PERMISSION, "cannot open %s: %s", store->path, sqlite3_errmsg(store->db));
    set_probation(store, true);
    return prepare_file(store, ret_reason);
}

/* The file has all that its damaged log held up to the damage, and more: it goes on alone. */
static int open_without_log(Store *store, const char **ret_reason)
{
    char wal[PATH_BYTES], aside[PATH_BYTES];
    sqlite3_close(store->db);
    store->db = NULL;
    snprintf(wal, sizeof wal, "%s-wal", store->path);
    snprintf(aside, sizeof aside, "%s-wal.damaged", store->path);
    if (rename(wal, aside))
        return refuse(ret_reason, STORE_NO_PERMISSION, "%s is damaged and cannot be moved away: %s", wal,
                      strerror(errno));
    sqlite3_free(store->note);
    store->note = sqlite3_mprintf("%s was damaged, what it held last is left out; it is kept as %s", wal, aside);
    return open_file(store, ret_reason);
}

int store_open(const char *directory, Durability durability, Store **ret_store, const char **ret_reason)
{
    char path[4200] = ":memory:";
    int code = STORE_OK;
    *ret_store = NULL;
    if (durability != DURABILITY_MEMORY) {
        code = make_directory(directory, ret_reason);
        snprintf(path, sizeof path, "%s/evpoc.db", directory);
        if (code == STORE_OK)
            code = check_header(path, ret_reason);
    }
    if (code != STORE_OK)
        return code;
    Store *store = calloc(1, sizeof *store);
    if (!store || !(store->path = strdup(path)))
        abort();
    store->durability = durability;
    store->is_in_memory = durability == DURABILITY_MEMORY;
    code = open_file(store, ret_reason);
    if (code == STORE_LOG_STALE)
        code = open_without_log(store, ret_reason);
    if (code == STORE_OK)
        *ret_store = store;
    else {
        store->is_locked_out = code == STORE_LOCKED;
        store_close(store);
    }
    return code;
}

/* The WAL that opening has made and nobody has written. */
static void remove_empty_wal(const char *path)
{
    char wal[PATH_BYTES];
    struct stat file;
    snprintf(wal, sizeof wal, "%s-wal", path);
    if (stat(wal, &file) == 0 && !file.st_size)
        unlink(wal);
}

Store *store_close(Store *store)
{
    if (!store)
        return NULL;
    statements_finalize(store);
    snapshots_drop(store);
    blobs_close(store);
    if (store->in_turn)
        (void)store_exec(store, "ROLLBACK");
    /* The last connection's close copies the WAL into the file and removes it. */
    sqlite3_close(store->db);
    if (store->is_on_probation && !store->is_locked_out)
        remove_empty_wal(store->path);
    sqlite3_free(store->note);
    free(store->path);
    free(store);
    return NULL;
}

/* What undoing a turn made SQLite forget, or what SQLite does not know of. */
const char *store_error(const Store *store)
{
    return store->failure[0] ? store->failure : sqlite3_errmsg(store->db);
}

const char *store_path(const Store *store)
{
    return store->path;
}
