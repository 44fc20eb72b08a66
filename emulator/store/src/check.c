/* check.c - is this file one that may be opened? What is refused stays as it is, byte for byte: nothing is written, and
 * the WAL beside it is not copied, before all has been looked at. */
#include "store_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER_BYTES 100
/* Files up to here are read through at each start; larger ones would take their time. */
#define CHECKED_WHOLE_BYTES ((int64_t)16 * 1024 * 1024)

static uint32_t number_at(const unsigned char *header, size_t at)
{
    return (uint32_t)header[at] << 24 | (uint32_t)header[at + 1] << 16 | (uint32_t)header[at + 2] << 8 | header[at + 3];
}

static int foreign(const char *path, const char **ret_reason)
{
    return refuse(ret_reason, STORE_FOREIGN, "%s is not a file of evpoc-emu; choose another --data, or move it away",
                  path);
}

static int damaged(const char *path, const char *how, const char **ret_reason)
{
    return refuse(ret_reason, STORE_CORRUPT,
                  "%s is damaged (%s); it was left as it is: put a copy or a snapshot in its place, or choose another "
                  "--data",
                  path, how);
}

static int too_new(const char *path, uint32_t version, const char **ret_reason)
{
    return refuse(ret_reason, STORE_TOO_NEW,
                  "%s was made by a later version of evpoc-emu (format %u, this one knows %d)", path, version,
                  FORMAT_VERSION);
}

static bool has_wal(const char *path)
{
    char wal[PATH_BYTES];
    struct stat file;
    snprintf(wal, sizeof wal, "%s-wal", path);
    return stat(wal, &file) == 0 && file.st_size > 0;
}

/* Where a WAL is beside it, the file itself may be behind. */
static bool is_cut_short(const char *path, const unsigned char *header, int64_t size)
{
    int64_t page_bytes = header[16] << 8 | header[17];
    int64_t pages = number_at(header, 28);
    bool counts = number_at(header, 24) == number_at(header, 92);
    return counts && size < pages * (page_bytes == 1 ? 65536 : page_bytes) && !has_wal(path);
}

/* SQLite file format: 16 bytes "SQLite format 3\0"; page size at 16, pages at 28, the user version at 60, the
 * application id at 68, all big-endian. */
int check_header(const char *path, const char **ret_reason)
{
    unsigned char header[HEADER_BYTES];
    struct stat file;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return STORE_OK;
    if (fd < 0)
        return refuse(ret_reason, STORE_NO_PERMISSION,
                      "cannot write %s: %s; mend its permissions or choose another --data", path, strerror(errno));
    ssize_t got = fstat(fd, &file) || !S_ISREG(file.st_mode) ? -1 : read(fd, header, sizeof header);
    close(fd);
    if (got == 0)
        return STORE_OK;
    if (got != sizeof header || memcmp(header, "SQLite format 3", 16))
        return foreign(path, ret_reason);
    uint32_t id = number_at(header, 68), version = number_at(header, 60);
    if (id && id != APPLICATION_ID)
        return foreign(path, ret_reason);
    if (version > FORMAT_VERSION)
        return too_new(path, version, ret_reason);
    return is_cut_short(path, header, file.st_size) ? damaged(path, "its end is missing", ret_reason) : STORE_OK;
}

/* The first column of the first row: a number, or 0. */
static int ask_number(Store *store, const char *sql, int64_t *ret)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    *ret = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* "ok", or the first thing that is wrong. */
static int check_whole(Store *store, const char **ret_reason)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *said = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : sqlite3_errmsg(store->db);
    /* "*** in database main ***", and a line of what is wrong there. */
    const char *line = said ? strrchr(said, '\n') : NULL;
    int result = said && !strcmp(said, "ok") ? STORE_OK
                                             : damaged(store->path,
                                                       line   ? line + 1
                                                       : said ? said
                                                              : "?",
                                                       ret_reason);
    sqlite3_finalize(statement);
    return result;
}

static int refuse_unread(const Store *store, int code, const char **ret_reason)
{
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return refuse(ret_reason, STORE_LOCKED, "%s is in use by another evpoc-emu; stop it, or choose another --data",
                      store->path);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return refuse(ret_reason, STORE_NO_PERMISSION, "cannot write %s: %s", store->path, sqlite3_errmsg(store->db));
    case SQLITE_NOTADB:
        return foreign(store->path, ret_reason);
    case SQLITE_CORRUPT:
        return damaged(store->path, sqlite3_errmsg(store->db), ret_reason);
    default:
        return refuse(ret_reason, STORE_BROKEN, "%s: %s", store->path, sqlite3_errmsg(store->db));
    }
}

/* As SQLite reads it, with what the WAL adds: the file alone may still be of before the first checkpoint. */
int check_content(Store *store, const char **ret_reason)
{
    int64_t tables, id, version, pages, page_bytes, ours;
    int code = ask_number(store, "SELECT COUNT(*) FROM sqlite_master", &tables);
    if (code == SQLITE_OK)
        code = ask_number(store, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'migration'", &ours);
    if (code == SQLITE_OK)
        code = ask_number(store, "PRAGMA application_id", &id);
    if (code == SQLITE_OK)
        code = ask_number(store, "PRAGMA user_version", &version);
    if (code == SQLITE_OK)
        code = ask_number(store, "PRAGMA page_count", &pages);
    if (code == SQLITE_OK)
        code = ask_number(store, "PRAGMA page_size", &page_bytes);
    if (code != SQLITE_OK)
        return refuse_unread(store, code & 0xff, ret_reason);
    store->is_new = !tables;
    if (tables && (id != APPLICATION_ID || !ours))
        return foreign(store->path, ret_reason);
    if (version > FORMAT_VERSION)
        return too_new(store->path, (uint32_t)version, ret_reason);
    return tables && pages * page_bytes <= CHECKED_WHOLE_BYTES ? check_whole(store, ret_reason) : STORE_OK;
}

int refuse_unusable(const Store *store, const char **ret_reason)
{
    return refuse_unread(store, sqlite3_errcode(store->db) & 0xff, ret_reason);
}
