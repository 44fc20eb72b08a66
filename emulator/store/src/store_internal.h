/* store_internal.h - what the files of this folder share. */
#pragma once
#include "store.h"
#include <sqlite3.h>

#define APPLICATION_ID 0x45565043 /* "EVPC" */
#define FORMAT_VERSION 1
#define HOOKS_MAX      16
#define STATEMENTS_MAX 1024 /* slots of the table; a power of two, far more than there are queries */

struct Statement {
    sqlite3_stmt *handle;
    Store *store;
    const Query *query;
    bool is_running; /* stepped and not at its end: may not be begun again */
};

struct Store {
    sqlite3 *db;
    char *path;
    bool in_turn; /* BEGIN has been said */
    bool is_in_memory, is_new, is_on_probation, is_locked_out;
    bool is_lost;      /* SQLite has undone the turn by itself: nothing more of it may be done */
    char failure[256]; /* of the last turn that was undone; empty: none since the last commit */
    uint64_t commits;
    uint64_t buffered_writes; /* appends of a shard log that SQLite has not seen yet */
    int wal_pages;
    int before_commit_count, on_rollback_count;
    struct {
        StoreHook *hook;
        void *context;
    } before_commit[HOOKS_MAX];
    struct {
        void (*hook)(void *context);
        void *context;
    } on_rollback[HOOKS_MAX];
    Statement statements[STATEMENTS_MAX];
    int statements_count;
    struct Snapshot *snapshots; /* of a store in memory */
};

#define PATH_BYTES 4600

/* open.c */
int refuse(const char **ret_reason, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void end_probation(Store *store);
int store_exec(Store *store, const char *sql); /* STORE_OK or STORE_BROKEN; outside the turn's bookkeeping */
/* check.c */
int check_header(const char *path, const char **ret_reason);      /* before SQLite looks at it */
int check_content(Store *store, const char **ret_reason);         /* sets is_new */
int refuse_unusable(const Store *store, const char **ret_reason); /* what SQLite has just said, for people */
/* turn.c */
void note_failure(Store *store, const char *what);
/* statement.c */

void statements_finalize(Store *store);
/* snapshot.c */
void snapshots_drop(Store *store);
