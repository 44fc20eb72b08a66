/* turn.c - a turn of the loop is a transaction. The WAL is copied into the file when nobody waits, or when it has grown
 * too large. */
#include "blob_internal.h"
#include <stdio.h>
#include <stdlib.h>

#define IDLE_CHECKPOINT_PAGES   (4 * 1024 * 1024 / PAGE_BYTES)
#define FORCED_CHECKPOINT_PAGES (64 * 1024 * 1024 / PAGE_BYTES)
#define STEP_PAGES              (4 * 1024 * 1024 / PAGE_BYTES)

void store_before_commit(Store *store, StoreHook *hook, void *context)
{
    if (store->before_commit_count == HOOKS_MAX)
        abort();
    store->before_commit[store->before_commit_count].hook = hook;
    store->before_commit[store->before_commit_count++].context = context;
}

void store_on_rollback(Store *store, void (*hook)(void *context), void *context)
{
    if (store->on_rollback_count == HOOKS_MAX)
        abort();
    store->on_rollback[store->on_rollback_count].hook = hook;
    store->on_rollback[store->on_rollback_count++].context = context;
}

void note_failure(Store *store, const char *what)
{
    if (!store->failure[0])
        snprintf(store->failure, sizeof store->failure, "%s", what);
}

void store_rollback(Store *store)
{
    if (sqlite3_errcode(store->db) != SQLITE_OK)
        note_failure(store, sqlite3_errmsg(store->db));
    store_end_all(store);
    if (store->in_turn && !sqlite3_get_autocommit(store->db))
        (void)store_exec(store, "ROLLBACK");
    store->in_turn = store->is_lost = false;
    store_forget(store);
}

void store_forget(Store *store)
{
    for (int i = 0; i < store->on_rollback_count; i++)
        store->on_rollback[i].hook(store->on_rollback[i].context);
}

/* What it could not copy stays in the WAL: nothing is lost, the next one tries again. A damaged one is tried again when
 * it has grown by as much as would force it, since the pages before the damaged one are copied each time. */
static void end_checkpoint(Store *store, int code)
{
    int pages = store->wal_pages;
    store->wal_pages = store->wal_pages_seen = 0;
    store->is_checkpointing = false;
    store->wal_pages_least = is_damage(code) ? pages + FORCED_CHECKPOINT_PAGES : 0;
    if (is_damage(code)) {
        note_damage(store, "");
        trouble(store);
    }
}

/* At most so many pages; < 0: all. */
static void checkpoint(Store *store, int pages)
{
    int there = 0, copied = 0;
    page_file_copy_at_most(store->db, pages);
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &there, &copied);
    page_file_copy_at_most(store->db, -1);
    store->is_checkpointing = code == SQLITE_OK && copied < there && pages >= 0;
    if (!store->is_checkpointing)
        end_checkpoint(store, code);
}

/* More than has come since the last step, so that it comes to its end while others write. */
static void checkpoint_step(Store *store)
{
    int come = store->is_checkpointing ? store->wal_pages - store->wal_pages_seen : 0;
    store->wal_pages_seen = store->wal_pages;
    checkpoint(store, STEP_PAGES + 2 * come);
}

static bool wants_checkpoint(const Store *store, int pages)
{
    if (store->copies_running)
        return false;
    return store->is_checkpointing || (store->wal_pages >= pages && store->wal_pages >= store->wal_pages_least);
}

/* A full disk: what the WAL has already may go into the file, and its room be used again. */
static int give_up(Store *store, int code)
{
    bool is_full = (sqlite3_errcode(store->db) & 0xff) == SQLITE_FULL;
    store_rollback(store);
    if (is_full && !store->copies_running)
        checkpoint(store, -1);
    return code;
}

int store_commit(Store *store)
{
    static const Query commit = {"COMMIT"};
    int code = STORE_OK;
    for (int i = 0; code == STORE_OK && i < store->before_commit_count; i++)
        code = store->before_commit[i].hook(store->before_commit[i].context);
    if (code == STORE_OK && !store->in_turn) {
        store->commits++;
        return STORE_OK;
    }
    if (code == STORE_OK)
        code = store->is_lost ? STORE_BROKEN : statement_run(statement_begin(store, &commit));
    if (code != STORE_OK)
        return give_up(store, code);
    store->in_turn = false;
    store->commits++;
    store->failure[0] = '\0';
    end_probation(store);
    if (store->blobs)
        blobs_committed(store);
    if (wants_checkpoint(store, FORCED_CHECKPOINT_PAGES))
        checkpoint_step(store);
    return STORE_OK;
}

bool store_checkpoint_step(Store *store)
{
    if (!store->in_turn && wants_checkpoint(store, IDLE_CHECKPOINT_PAGES))
        checkpoint_step(store);
    return store->is_checkpointing && !store->copies_running;
}

void store_settle(Store *store)
{
    if (!store->in_turn && store->wal_pages && !store->copies_running)
        checkpoint(store, -1);
}

void store_release_memory(Store *store)
{
    sqlite3_db_release_memory(store->db);
}

int store_savepoint(Store *store)
{
    static const Query savepoint = {"SAVEPOINT handler"};
    return statement_run(statement_begin(store, &savepoint));
}

int store_release(Store *store)
{
    static const Query release = {"RELEASE handler"};
    return statement_run(statement_begin(store, &release));
}

int store_undo_to_savepoint(Store *store)
{
    static const Query undo = {"ROLLBACK TO handler"};
    int code = statement_run(statement_begin(store, &undo));
    if (code == STORE_OK && store->blobs)
        code = blobs_undone_to_savepoint(store);
    return code == STORE_OK ? store_release(store) : code;
}

uint64_t store_commits(const Store *store)
{
    return store->commits;
}

uint64_t store_writes(const Store *store)
{
    return (uint64_t)sqlite3_total_changes64(store->db) + store->buffered_writes;
}
