/* store.h - everything that outlives a turn lies in one SQLite file, behind one connection, used by one thread.
 * A turn of the loop is one transaction: it opens at the first statement of the turn and store_commit ends it.
 *
 * Every function that can fail returns STORE_OK or another of these: > 0 is for the caller to handle, < 0 is passed up
 * unread (store_error tells what SQLite said). */
#pragma once
#include "arena.h"

typedef struct Store Store;

enum {
    STORE_OK = 0,
    STORE_ROW = 1, /* statement_step: a row is there */
    STORE_NOT_FOUND = 2,
    STORE_LOCKED = 3,  /* store_open: another process has the file */
    STORE_FOREIGN = 4, /* store_open: not a file of ours */
    STORE_TOO_NEW = 5, /* store_open: made by a later version */
    STORE_NO_PERMISSION = 6,
    STORE_BAD_NAME = 7, /* of a snapshot */
    STORE_CORRUPT = 8,  /* store_open: damaged */
    STORE_FULL = 9,     /* blob.h: no room on the disk */
    STORE_BROKEN = -1,
    STORE_DAMAGED = -2 /* the same, because a page is not as it was written: it will be so again */
};

/* commit: what was acknowledged survives kill -9. fsync: also a power cut. memory: gone at exit, no file. */
typedef enum Durability { DURABILITY_COMMIT, DURABILITY_FSYNC, DURABILITY_MEMORY } Durability;

/* The schema of one layer or service: numbered steps, each run once per file, in order; a step is never changed once
 * released. */
typedef struct Migration {
    const char *name;         /* "kinesis" */
    const char *const *steps; /* SQL scripts; ends with NULL */
} Migration;

/* directory: where evpoc.db lies (made if absent); NULL with DURABILITY_MEMORY. On failure *ret_store is NULL and
 * *ret_reason says what to do; it lives until the process ends and is nobody's to free. */
MUST_CHECK int store_open(const char *directory, Durability durability, Store **ret_store, const char **ret_reason);
Store *store_close(Store *store); /* commits nothing; checkpoints; returns NULL */
/* What opening has found and passed by, for the log: a torn end of the file's log. NULL: nothing. */
const char *store_note(const Store *store);
/* Told of what fails while nobody waits for it, such as copying a damaged log into the file. */
void store_on_trouble(Store *store, void (*hook)(void *context, const char *what), void *context);
/* Also holds the tables of a file that was there against what the steps make: STORE_CORRUPT where they differ. */
MUST_CHECK int store_migrate(Store *store, const Migration *migration);
const char *store_error(const Store *store);
const char *store_path(const Store *store); /* for messages: the file, or ":memory:" */

/* The turn. commit runs the before-commit hooks first (they may write); with nothing written it costs nothing.
 * Where it fails, everything since the last commit is undone and the rollback hooks run: caches must forget what they
 * took from it. */
typedef int StoreHook(void *context);
void store_before_commit(Store *store, StoreHook *hook, void *context); /* registers, for good */
void store_on_rollback(Store *store, void (*hook)(void *context), void *context);
MUST_CHECK int store_commit(Store *store);
void store_rollback(Store *store);
/* Inside a turn, for a handler that must write in several steps that can fail: all of it or nothing. */
MUST_CHECK int store_savepoint(Store *store);
MUST_CHECK int store_release(Store *store);
MUST_CHECK int store_undo_to_savepoint(Store *store);
uint64_t store_commits(
    const Store *store); /* that went well so far, those of nothing too: is what was done since then for good? */
uint64_t store_writes(const Store *store); /* rows changed so far: did a handler write before it failed? */

/* Statements: a `static const Query` beside its noun; prepared at its first use, kept for the store's life. */
typedef struct Query {
    const char *sql;
} Query;
typedef struct Statement Statement; /* one use of a query: bound, stepped, then ended or used again */

/* Reset and ready to bind (parameters count from 1). Never NULL: a query that does not compile ends the process where
 * the file is new (a bug of ours); where it may be the file's fault, its first step fails. It may be begun again while
 * its rows are still being read: the second use has a handle of its own.
 * Damage: whoever reads a damaged page gets STORE_BROKEN, and the turn goes on. Where a page cannot be read while
 * something is written, half of it may be done: the turn cannot be committed (store_writes tells, too). */
Statement *statement_begin(Store *store, const Query *query);
void bind_int64(Statement *statement, int at, int64_t value);
void bind_bytes(Statement *statement, int at,
                Bytes value); /* as BLOB; absent is NULL. The bytes must live until the step */
void bind_text(Statement *statement, int at, Bytes value); /* as TEXT, for what ORDER BY or people read */
void bind_double(Statement *statement, int at, double value);
void bind_null(Statement *statement, int at);
MUST_CHECK int statement_step(Statement *statement); /* STORE_ROW, STORE_OK at the end, or < 0 */
/* Of the row at hand; bytes live until the next step: arena_copy what must stay. */
int64_t column_int64(Statement *statement, int at); /* columns count from 0 */
Bytes column_bytes(Statement *statement, int at);
double column_double(Statement *statement, int at);
bool column_is_null(Statement *statement, int at);
void statement_end(Statement *statement); /* after reading less than all rows; else statement_step has done it */
void store_end_all(Store *store);         /* whoever used them has been given up */
/* bind …, then this: one step that gives no rows. */
MUST_CHECK int statement_run(Statement *statement);
/* Begin, bind one number, run. */
MUST_CHECK int query_run_with(Store *store, const Query *query, int64_t number);
/* Like run, but one row is expected: STORE_ROW (then statement_end it) or STORE_NOT_FOUND. */
MUST_CHECK int statement_one(Statement *statement);
/* The number that the one row is: STORE_OK, or STORE_NOT_FOUND (*ret is untouched). */
MUST_CHECK int statement_one_number(Statement *statement, int64_t *ret);
int64_t store_last_rowid(const Store *store);
int64_t store_changes(const Store *store); /* rows the last statement changed */

/* Snapshots: whole copies by name, between turns; kept beside the file, or in memory where the store is. A restored one
 * takes the place of everything, and caches forget (the rollback hooks run). On failure nothing has changed and
 * *ret_reason says why, for people. */
MUST_CHECK int store_snapshot(Store *store, const char *name, const char **ret_reason); /* replaces one of that name */
MUST_CHECK int store_restore(Store *store, const char *name, const char **ret_reason);
/* The same in three steps, the second of which takes long and may run on any thread while the store goes on. A snapshot
 * is what was committed when it began. Of a restore the second step checks what is to be restored, and the third puts
 * it in its place. Where begin succeeds, end follows, and frees the copy. */
typedef struct StoreCopy StoreCopy;
MUST_CHECK int store_snapshot_begin(Store *store, const char *name, StoreCopy **ret_copy, const char **ret_reason);
MUST_CHECK int store_restore_begin(Store *store, const char *name, StoreCopy **ret_copy, const char **ret_reason);
void store_copy_work(StoreCopy *copy);
void store_copy_stop(StoreCopy *copy); /* from any thread: it fails, soon */
MUST_CHECK int store_copy_end(Store *store, StoreCopy *copy, const char **ret_reason);
MUST_CHECK int store_snapshot_remove(Store *store, const char *name, const char **ret_reason);
typedef void StoreNameHook(void *context, const char *name);
void store_snapshots(Store *store, StoreNameHook *hook, void *context);
/* Looks at all of the files of a directory that no emulator has, the database and the bytes of blobs: STORE_OK where
 * they are whole, else the reason; each damaged place is told as a line. Changes nothing. */
MUST_CHECK int store_check(const char *directory, StoreNameHook *tell, void *context, const char **ret_reason);
/* Between turns: what was kept in memory of the file is read anew. */
void store_forget(Store *store);

/* Work the loop does when it has nothing else to do: copies a step of the WAL into the file. True: more is left. */
bool store_checkpoint_step(Store *store);
/* Once, when all is opened: what that wrote, every table of a new file, is copied into the file at once, since a disk
 * that has become full later would have no room for it. */
void store_settle(Store *store);
/* Lets go of cached pages that no statement holds; they come back from the file as they are asked for. */
void store_release_memory(Store *store);
