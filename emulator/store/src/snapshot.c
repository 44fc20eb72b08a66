/* snapshot.c - whole copies of the store, by name: files beside it, or in memory where it is in memory itself. */
#include "blob_internal.h"
#include "copy.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".db"

struct Snapshot {
    char *name;
    sqlite3 *db;
    struct Snapshot *next;
};

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return len && len <= SNAPSHOT_NAME_MAX && name[0] != '.' && strspn(name, allowed) == len;
}

int check_name(const char *name, const char **ret_reason)
{
    return is_name(name) ? STORE_OK
                         : refuse(ret_reason, STORE_BAD_NAME,
                                  "a snapshot's name is 1 to 64 of a-z A-Z 0-9 . _ - and does not begin with a dot");
}

void path_of(const Store *store, const char *name, const char *suffix, char out[static PATH_BYTES])
{
    const char *slash = strrchr(store->path, '/');
    int len = slash ? (int)(slash - store->path) : 0;
    snprintf(out, PATH_BYTES, "%.*s%ssnapshots%s%s%s", len, store->path, len ? "/" : "", name ? "/" : "",
             name ? name : "", name ? suffix : "");
}

static int copy(sqlite3 *to, sqlite3 *from, const char **ret_reason)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup)
        sqlite3_backup_step(backup, -1);
    if (backup && sqlite3_backup_finish(backup) == SQLITE_OK)
        return STORE_OK;
    return refuse(ret_reason, STORE_BROKEN, "the copy could not be made: %s", sqlite3_errmsg(to));
}

static struct Snapshot **find_in_memory(Store *store, const char *name)
{
    struct Snapshot **at = &store->snapshots;
    while (*at && strcmp((*at)->name, name))
        at = &(*at)->next;
    return at;
}

static void drop_in_memory(struct Snapshot **at)
{
    struct Snapshot *snapshot = *at;
    *at = snapshot->next;
    sqlite3_close(snapshot->db);
    free(snapshot->name);
    free(snapshot);
}

static int snapshot_in_memory(Store *store, const char *name, const char **ret_reason)
{
    struct Snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot || !(snapshot->name = strdup(name)))
        abort();
    int code =
        sqlite3_open_v2(":memory:", &snapshot->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
            ? copy(snapshot->db, store->db, ret_reason)
            : refuse(ret_reason, STORE_BROKEN, "no memory for a snapshot");
    if (code == STORE_OK && store->blobs)
        code = blob_pack(&(BlobCopy){.fd = store->blobs->fd, .name = "the memory for blobs"}, snapshot->db, ret_reason);
    struct Snapshot **before = find_in_memory(store, name);
    if (code == STORE_OK && *before)
        drop_in_memory(before);
    snapshot->next = store->snapshots;
    store->snapshots = snapshot;
    if (code != STORE_OK)
        drop_in_memory(&store->snapshots);
    return code;
}

/* Nothing is lost where it fails: the file is not in its place yet. */
static int pack_file(Store *store, sqlite3 *db, const char **ret_reason)
{
    (void)sqlite3_exec(db, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
    return blob_pack(&(BlobCopy){.fd = store->blobs->fd, .name = store->blobs->path}, db, ret_reason);
}

/* Written under another name, with no WAL of its own, and put in its place when it is whole. */
static int snapshot_file(Store *store, const char *name, const char **ret_reason)
{
    char part[PATH_BYTES], whole[PATH_BYTES], directory[PATH_BYTES];
    sqlite3 *db = NULL;
    path_of(store, NULL, "", directory);
    path_of(store, name, SUFFIX ".part", part);
    path_of(store, name, SUFFIX, whole);
    if (mkdir(directory, 0777) && errno != EEXIST)
        return refuse(ret_reason, STORE_NO_PERMISSION, "cannot make %s: %s", directory, strerror(errno));
    unlink(part);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(part, &db, flags, page_file_vfs()) == SQLITE_OK
                   ? copy(db, store->db, ret_reason)
                   : refuse(ret_reason, STORE_NO_PERMISSION, "cannot write %s: %s", part, sqlite3_errmsg(db));
    if (code == STORE_OK &&
        sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=DELETE", NULL, NULL, NULL) != SQLITE_OK)
        code = refuse(ret_reason, STORE_BROKEN, "%s: %s", part, sqlite3_errmsg(db));
    if (code == STORE_OK && store->blobs)
        code = pack_file(store, db, ret_reason);
    sqlite3_close(db);
    if (code == STORE_OK && rename(part, whole))
        code = refuse(ret_reason, STORE_BROKEN, "cannot write %s: %s", whole, strerror(errno));
    if (code != STORE_OK)
        unlink(part);
    return code;
}

int store_snapshot(Store *store, const char *name, const char **ret_reason)
{
    int code = check_name(name, ret_reason);
    if (code != STORE_OK)
        return code;
    return store->is_in_memory ? snapshot_in_memory(store, name, ret_reason) : snapshot_file(store, name, ret_reason);
}

int snapshot_not_found(const char *name, const char **ret_reason)
{
    return refuse(ret_reason, STORE_NOT_FOUND, "there is no snapshot %s", name);
}

static int copy_over(Store *store, sqlite3 *from, const char **ret_reason)
{
    store_end_all(store);
    page_file_overlook(store->db, true); /* what is damaged is what it takes the place of */
    int code = copy(store->db, from, ret_reason);
    page_file_overlook(store->db, false);
    return code;
}

static int copy_with_blobs(Store *store, sqlite3 *from, const char **ret_reason)
{
    int fd = -1, code = blob_unpack_new(store->blobs, from, &fd);
    if (code != STORE_OK)
        return refuse(ret_reason, code, "%s", store_error(store));
    code = copy_over(store, from, ret_reason);
    if (code != STORE_OK) {
        blob_unpack_undo(store->blobs, fd);
        return code;
    }
    code = blobs_restored(store, fd);
    return code == STORE_OK ? code : refuse(ret_reason, code, "%s", store_error(store));
}

static int restore_from(Store *store, sqlite3 *from, const char *name, const char **ret_reason)
{
    if (!schemas_match(store->db, from))
        return refuse(ret_reason, STORE_FOREIGN, "snapshot %s was made by another version of evpoc-emu", name);
    int code = store->blobs ? blob_check_packed(from, name, ret_reason) : STORE_OK;
    if (code != STORE_OK)
        return code;
    code = store->blobs ? copy_with_blobs(store, from, ret_reason) : copy_over(store, from, ret_reason);
    store->restores++;
    store_forget(store);
    return code;
}

/* All of it, before it takes the place of anything. */
static int check_snapshot(sqlite3 *db, const char *path, const char **ret_reason)
{
    int64_t version = 0;
    int code = check_pages(path, path, ret_reason);
    if (code == STORE_OK)
        code = check_whole(db, path, "PRAGMA integrity_check(1)", ret_reason);
    if (code != STORE_OK)
        return code;
    return ask_number(db, "PRAGMA user_version", &version) == SQLITE_OK && version == FORMAT_VERSION
               ? STORE_OK
               : refuse(ret_reason, STORE_FOREIGN, "%s is not a snapshot of evpoc-emu", path);
}

static int restore_checked(Store *store, const char *path, const char *name, const char **ret_reason)
{
    sqlite3 *db = NULL;
    int code = open_copy(path, &db, ret_reason);
    if (code == STORE_OK)
        code = check_snapshot(db, path, ret_reason);
    if (code == STORE_OK)
        code = restore_from(store, db, name, ret_reason);
    sqlite3_close(db);
    return code;
}

/* One of format 1, whose pages have no checksums: a copy of it with them is what is restored. */
static int restore_plain(Store *store, const char *path, const char *name, const char **ret_reason)
{
    char part[PATH_BYTES];
    path_of(store, name, SUFFIX ".part", part);
    unlink(part);
    int code = convert_copy(path, part, ret_reason);
    if (code == STORE_OK)
        code = restore_checked(store, part, name, ret_reason);
    unlink(part);
    return code;
}

static int restore_file(Store *store, const char *name, const char **ret_reason)
{
    char path[PATH_BYTES];
    bool is_plain;
    path_of(store, name, SUFFIX, path);
    if (access(path, F_OK))
        return snapshot_not_found(name, ret_reason);
    int code = check_header(path, ret_reason);
    if (code == STORE_OK)
        code = check_is_plain(path, &is_plain, ret_reason);
    if (code != STORE_OK)
        return code;
    return is_plain ? restore_plain(store, path, name, ret_reason) : restore_checked(store, path, name, ret_reason);
}

int store_restore(Store *store, const char *name, const char **ret_reason)
{
    int code = check_name(name, ret_reason);
    if (code != STORE_OK)
        return code;
    if (!store->is_in_memory)
        return restore_file(store, name, ret_reason);
    struct Snapshot *snapshot = *find_in_memory(store, name);
    return snapshot ? restore_from(store, snapshot->db, name, ret_reason) : snapshot_not_found(name, ret_reason);
}

int store_snapshot_remove(Store *store, const char *name, const char **ret_reason)
{
    char path[PATH_BYTES];
    int code = check_name(name, ret_reason);
    if (code != STORE_OK)
        return code;
    if (store->is_in_memory) {
        struct Snapshot **at = find_in_memory(store, name);
        if (!*at)
            return snapshot_not_found(name, ret_reason);
        drop_in_memory(at);
        return STORE_OK;
    }
    path_of(store, name, SUFFIX, path);
    return unlink(path) ? snapshot_not_found(name, ret_reason) : STORE_OK;
}

static void list_files(Store *store, StoreNameHook *hook, void *context)
{
    char directory[PATH_BYTES];
    struct dirent **entries;
    path_of(store, NULL, "", directory);
    int count = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        size_t len = strlen(entries[i]->d_name), suffix = sizeof SUFFIX - 1;
        if (len > suffix && !strcmp(entries[i]->d_name + len - suffix, SUFFIX)) {
            entries[i]->d_name[len - suffix] = '\0';
            hook(context, entries[i]->d_name);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

void store_snapshots(Store *store, StoreNameHook *hook, void *context)
{
    if (!store->is_in_memory)
        list_files(store, hook, context);
    for (struct Snapshot *at = store->snapshots; at; at = at->next)
        hook(context, at->name);
}

void snapshots_drop(Store *store)
{
    while (store->snapshots)
        drop_in_memory(&store->snapshots);
}
