/* open.c - the file: whose it is, who else has it, and what it must become before we use it. */
#include "store_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x45565043 /* "EVPC" */
#define FORMAT_VERSION 1

int refuse(const char **ret_reason, int code, const char *format, ...)
{
    static char reason[1024];
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

/* SQLite file format: 16 bytes "SQLite format 3\0"; the application id big-endian at 68, the user version at 60. */
int check_header(const char *path, const char **ret_reason)
{
    unsigned char header[100];
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return STORE_OK;
    if (fd < 0)
        return refuse(ret_reason, STORE_NO_PERMISSION,
                      "cannot write %s: %s; mend its permissions or choose another --data", path, strerror(errno));
    ssize_t got = read(fd, header, sizeof header);
    close(fd);
    if (got == 0)
        return STORE_OK;
    uint32_t id = got == sizeof header
                      ? (uint32_t)header[68] << 24 | (uint32_t)header[69] << 16 | (uint32_t)header[70] << 8 | header[71]
                      : 0;
    uint32_t version = got == sizeof header ? (uint32_t)header[60] << 24 | (uint32_t)header[61] << 16 |
                                                  (uint32_t)header[62] << 8 | header[63]
                                            : 0;
    if (got != sizeof header || memcmp(header, "SQLite format 3", 16) || (id && id != APPLICATION_ID))
        return refuse(ret_reason, STORE_FOREIGN,
                      "%s is not a file of evpoc-emu; choose another --data, or move it away", path);
    if (version > FORMAT_VERSION)
        return refuse(ret_reason, STORE_TOO_NEW,
                      "%s was made by a later version of evpoc-emu (format %u, this one knows %d)", path, version,
                      FORMAT_VERSION);
    return STORE_OK;
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

/* Exclusive locking before WAL: no shared memory file, and a second process is refused at its first look.
 * synchronous: OFF keeps what was committed through kill -9, since the kernel has it; FULL waits for the disk. */
static int configure(Store *store, Durability durability)
{
    static const char common[] =
        "PRAGMA page_size=16384; PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;";
    if (store_exec(store, common))
        return STORE_BROKEN;
    if (durability == DURABILITY_MEMORY)
        return store_exec(store, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;");
    sqlite3_wal_hook(store->db, count_wal_pages, store);
    return store_exec(store, durability == DURABILITY_FSYNC ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                                            : "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;");
}

static int prepare_file(Store *store, Durability durability, const char **ret_reason)
{
    static const char ours[] =
        "PRAGMA application_id=1163284547; PRAGMA user_version=1;"
        "CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID;";
    _Static_assert(APPLICATION_ID == 1163284547, "the pragma says the same");
    if (configure(store, durability) == STORE_OK && store_exec(store, ours) == STORE_OK)
        return STORE_OK;
    if (sqlite3_errcode(store->db) == SQLITE_BUSY)
        return refuse(ret_reason, STORE_LOCKED, "%s is in use by another evpoc-emu; stop it, or choose another --data",
                      store->path);
    if (sqlite3_errcode(store->db) == SQLITE_READONLY || sqlite3_errcode(store->db) == SQLITE_CANTOPEN)
        return refuse(ret_reason, STORE_NO_PERMISSION, "cannot write %s: %s", store->path, sqlite3_errmsg(store->db));
    return refuse(ret_reason, STORE_BROKEN, "%s: %s", store->path, sqlite3_errmsg(store->db));
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
    store->is_in_memory = durability == DURABILITY_MEMORY;
    if (sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        code = refuse(ret_reason, STORE_NO_PERMISSION, "cannot open %s: %s", path, sqlite3_errmsg(store->db));
    else
        code = prepare_file(store, durability, ret_reason);
    if (code == STORE_OK)
        *ret_store = store;
    else
        store_close(store);
    return code;
}

Store *store_close(Store *store)
{
    if (!store)
        return NULL;
    statements_finalize(store);
    snapshots_drop(store);
    if (store->in_turn)
        (void)store_exec(store, "ROLLBACK");
    /* The last connection's close copies the WAL into the file and removes it. */
    sqlite3_close(store->db);
    free(store->path);
    free(store);
    return NULL;
}

const char *store_error(const Store *store)
{
    return sqlite3_errmsg(store->db);
}

const char *store_path(const Store *store)
{
    return store->path;
}
