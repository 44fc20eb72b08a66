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

int refuse_damaged(const char *path, const char *how, const char **ret_reason)
{
    return refuse(
        ret_reason, STORE_CORRUPT,
        "%s is damaged (%s); it was left as it is: put a copy or a snapshot in its place, or choose another --data",
        path, how);
}

static int too_new(const char *path, uint32_t version, const char **ret_reason)
{
    return refuse(ret_reason, STORE_TOO_NEW,
                  "%s was made by a later version of evpoc-emu (format %u, this one knows %d)", path, version,
                  FORMAT_VERSION);
}

bool has_wal(const char *path)
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

/* Version 0: nothing was copied out of its first log yet. */
static bool fits_version(const unsigned char *header, uint32_t version)
{
    bool has_our_pages = page_has_checksum(header) && (header[16] << 8 | header[17]) == PAGE_BYTES;
    return !version || has_our_pages == (version > 1);
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
    if (!fits_version(header, version))
        return refuse_damaged(path, "its header contradicts itself", ret_reason);
    return is_cut_short(path, header, file.st_size) ? refuse_damaged(path, "its end is missing", ret_reason) : STORE_OK;
}

int ask_number(sqlite3 *db, const char *sql, int64_t *ret)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    *ret = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

/* "ok", or the first thing that is wrong. */
int check_whole(sqlite3 *db, const char *path, const char *pragma, const char **ret_reason)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, pragma, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    const char *said = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : sqlite3_errmsg(db);
    /* "*** in database main ***", and a line of what is wrong there. */
    const char *line = said ? strrchr(said, '\n') : NULL;
    int result = said && !strcmp(said, "ok") ? STORE_OK
                                             : refuse_damaged(path,
                                                              line   ? line + 1
                                                              : said ? said
                                                                     : "?",
                                                              ret_reason);
    sqlite3_finalize(statement);
    return result;
}

static int refuse_corrupt(const Store *store, const char **ret_reason)
{
    char how[80];
    if (!store->fault.page)
        return refuse_damaged(store->path, sqlite3_errmsg(store->db), ret_reason);
    snprintf(how, sizeof how, "page %lld is not as it was written", (long long)store->fault.page);
    return refuse_damaged(store->path, how, ret_reason);
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
        return refuse_corrupt(store, ret_reason);
    default:
        return refuse(ret_reason, STORE_BROKEN, "%s: %s", store->path, sqlite3_errmsg(store->db));
    }
}

static int check_log(Store *store, const char **ret_reason)
{
    switch (page_file_log_state(store->db)) {
    case LOG_STALE:
        return STORE_LOG_STALE;
    case LOG_LOST:
        return refuse_damaged(
            store->path, "its log, evpoc.db-wal, is damaged or missing, which was being copied into it", ret_reason);
    case LOG_FITS:
        break;
    }
    if (!store->note && page_file_log_is_torn(store->db))
        store->note =
            sqlite3_mprintf("the end of %s-wal is torn or damaged; from there on it is left out", store->path);
    return STORE_OK;
}

/* As SQLite reads it, with what the WAL adds: the file alone may still be of before the first checkpoint. */
int check_content(Store *store, const char **ret_reason)
{
    int64_t tables, id, version, pages, page_bytes, ours;
    sqlite3 *db = store->db;
    int code = ask_number(db, "SELECT COUNT(*) FROM sqlite_schema", &tables);
    /* A log that must not be used makes of the file what no SELECT can read. */
    int log = code == SQLITE_OK || is_damage(code) ? check_log(store, ret_reason) : STORE_OK;
    if (log != STORE_OK)
        return log;
    if (code == SQLITE_OK)
        code = ask_number(db, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'migration'", &ours);
    if (code == SQLITE_OK)
        code = ask_number(db, "PRAGMA application_id", &id);
    if (code == SQLITE_OK)
        code = ask_number(db, "PRAGMA user_version", &version);
    if (code == SQLITE_OK)
        code = ask_number(db, "PRAGMA page_count", &pages);
    if (code == SQLITE_OK)
        code = ask_number(db, "PRAGMA page_size", &page_bytes);
    if (code != SQLITE_OK)
        return refuse_unread(store, code & 0xff, ret_reason);
    store->is_new = !tables;
    store->is_plain = tables && version < FORMAT_VERSION;
    if (tables && (id != APPLICATION_ID || !ours))
        return foreign(store->path, ret_reason);
    if (version > FORMAT_VERSION)
        return too_new(store->path, (uint32_t)version, ret_reason);
    bool is_looked_through = tables && pages * page_bytes <= CHECKED_WHOLE_BYTES;
    return is_looked_through ? check_whole(db, store->path, "PRAGMA quick_check(1)", ret_reason) : STORE_OK;
}

int refuse_unusable(const Store *store, const char **ret_reason)
{
    return refuse_unread(store, sqlite3_errcode(store->db) & 0xff, ret_reason);
}

/* Of a file whose header was found to be one of ours. */
int check_is_plain(const char *path, bool *ret_is_plain, const char **ret_reason)
{
    unsigned char header[HEADER_BYTES];
    FILE *file = fopen(path, "re");
    bool is_read = file && fread(header, 1, sizeof header, file) == sizeof header;
    if (file)
        fclose(file);
    if (is_read && number_at(header, 68) != APPLICATION_ID)
        return foreign(path, ret_reason);
    *ret_is_plain = is_read && !page_has_checksum(header);
    return is_read ? STORE_OK : refuse(ret_reason, STORE_NO_PERMISSION, "cannot read %s: %s", path, strerror(errno));
}

/* SQLite file format: the page with the byte at 2^30, which locks are taken on, is never written. */
#define LOCK_PAGE (0x40000000 / PAGE_BYTES + 1)

int64_t next_damaged_page(const char *path, int64_t number)
{
    unsigned char page[PAGE_BYTES];
    size_t got;
    FILE *file = fopen(path, "re");
    if (!file || fseeko(file, (number - 1) * PAGE_BYTES, SEEK_SET))
        return number;
    for (; (got = fread(page, 1, PAGE_BYTES, file)); number++)
        if (number != LOCK_PAGE && (got != PAGE_BYTES || !page_is_whole(page, (uint32_t)number)))
            break;
    fclose(file);
    return got ? number : 0;
}

int check_pages(const char *path, const char *name, const char **ret_reason)
{
    char how[80];
    int64_t number = next_damaged_page(path, 1);
    snprintf(how, sizeof how, "page %lld is not as it was written", (long long)number);
    return number ? refuse_damaged(name, how, ret_reason) : STORE_OK;
}
