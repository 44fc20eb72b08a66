/* look.c - a look at all of a file, for people: evpoc-emu check. */
#include "blob_internal.h"
#include <stdio.h>
#include <unistd.h>

#define TOLD_MAX 100 /* pages, and findings of SQLite */

static int64_t tell_pages(const char *path, StoreNameHook *tell, void *context)
{
    char line[100];
    int64_t count = 0, number = 0;
    while ((number = next_damaged_page(path, number + 1)) && count++ < TOLD_MAX) {
        snprintf(line, sizeof line, "page %lld, at byte %lld, is not as it was written", (long long)number,
                 (long long)((number - 1) * PAGE_BYTES));
        tell(context, line);
    }
    return count;
}

/* What SQLite finds in the structure of tables and indexes. */
static int64_t tell_structure(sqlite3 *db, StoreNameHook *tell, void *context)
{
    sqlite3_stmt *check = NULL;
    int64_t count = 0;
    int code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(100)", -1, &check, NULL);
    while (code == SQLITE_OK && sqlite3_step(check) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(check, 0);
        if (line && !strcmp(line, "ok"))
            break;
        tell(context, line ? line : "?");
        count++;
    }
    if (sqlite3_finalize(check) != SQLITE_OK || code != SQLITE_OK) {
        tell(context, sqlite3_errmsg(db));
        count++;
    }
    return count;
}

static int look_at(sqlite3 *db, const char *path, StoreNameHook *tell, void *context, const char **ret_reason)
{
    char how[80];
    int64_t version, count = 0;
    int code = ask_number(db, "PRAGMA user_version", &version);
    if ((code & 0xff) == SQLITE_BUSY)
        return refuse(ret_reason, STORE_LOCKED, "%s is in use by an evpoc-emu; stop it first", path);
    bool is_plain = code == SQLITE_OK && version < FORMAT_VERSION;
    if (is_plain)
        tell(context, "its pages have no checksums yet: they come when an emulator starts on it");
    /* What a log is beside may be newer there. */
    else if (!has_wal(path))
        count = tell_pages(path, tell, context);
    if (page_file_log_state(db) != LOG_FITS) {
        tell(context, "its log, evpoc.db-wal, is damaged or missing in a part that was copied into it");
        count++;
    }
    count += tell_structure(db, tell, context);
    count += blob_look(db, path, tell, context);
    snprintf(how, sizeof how, "%lld findings", (long long)count);
    return count ? refuse_damaged(path, how, ret_reason) : STORE_OK;
}

int store_check(const char *directory, StoreNameHook *tell, void *context, const char **ret_reason)
{
    char path[PATH_BYTES];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/evpoc.db", directory);
    if (access(path, F_OK))
        return refuse(ret_reason, STORE_NOT_FOUND, "there is no %s", path);
    bool has_log = has_wal(path);
    int code = check_header(path, ret_reason);
    if (code == STORE_OK)
        code = open_copy(path, &db, ret_reason);
    if (code == STORE_OK)
        code = look_at(db, path, tell, context, ret_reason);
    if (db && has_log) /* which stays as it is; an empty one, made here, goes */
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_close(db);
    if (code == STORE_OK)
        tell(context, "whole");
    return code;
}
