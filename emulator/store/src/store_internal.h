/* store_internal.h - what the files of this folder share. */
#pragma once
#include "page_file.h"
#include "store.h"

#define APPLICATION_ID 0x45565043 /* "EVPC" */
#define FORMAT_VERSION 2          /* 1: without checksums of pages */
#define HOOKS_MAX      16
#define STATEMENTS_MAX 1024 /* slots of the table; a power of two, far more than there are queries */

struct Statement {
    sqlite3_stmt *handle;
    Store *store;
    const Query *query;
    bool is_running;  /* stepped and not at its end */
    Statement *again; /* of the same query, for a use that begins while this one is running; NULL: not needed yet */
};

struct Store {
    sqlite3 *db;
    char *path;
    bool in_turn; /* BEGIN has been said */
    bool is_in_memory, is_new, is_on_probation, is_locked_out;
    bool is_lost;      /* the turn cannot be committed any more: nothing more of it may be done */
    bool is_plain;     /* a file whose pages have no checksums yet */
    PageFault fault;   /* a damaged page, until it was told */
    char failure[640]; /* of the last turn that was undone; empty: none since the last commit */
    char *note;        /* what opening has found; or NULL */
    uint64_t commits, restores;
    uint64_t buffered_writes; /* appends of a shard log that SQLite has not seen yet */
    Durability durability;
    int wal_pages, wal_pages_least; /* below the latter it is not copied: it is damaged */
    int wal_pages_seen;             /* when it was last copied from */
    bool is_checkpointing;          /* a part of the WAL is in the file already, the rest is to follow */
    int copies_running;             /* snapshots: the file must stay as it is, and of the WAL what is there */
    void (*on_trouble)(void *context, const char *what);
    void *trouble_context;
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
    Statement uncompiled; /* stands for what the file is too damaged to compile */
    int statements_count;
    struct Snapshot *snapshots; /* of a store in memory */
    struct Blobs *blobs;        /* NULL: nobody has opened them */
    struct ShardLog *shard_log; /* likewise */
};

#define PATH_BYTES 4600

/* open.c */
int refuse(const char **ret_reason, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void end_probation(Store *store);
int store_exec(Store *store, const char *sql); /* STORE_OK or STORE_BROKEN; outside the turn's bookkeeping */
int set_up(Store *store);                      /* a connection's pragmas, before it reads anything */
int set_journal(Store *store);                 /* and its journal, after it was looked at */
/* check.c */
#define STORE_LOG_STALE 100                                  /* check_content: open it again without its log */
int check_header(const char *path, const char **ret_reason); /* before SQLite looks at it */
int check_content(Store *store, const char **ret_reason);    /* sets is_new, is_plain */
int check_is_plain(const char *path, bool *ret_is_plain, const char **ret_reason);
bool has_wal(const char *path);
int64_t next_damaged_page(const char *path, int64_t number); /* from that on; 0: none is */
/* The checksum of each; name: the file to blame. */
int check_pages(const char *path, const char *name, const char **ret_reason);
int check_whole(sqlite3 *db, const char *path, const char *pragma, const char **ret_reason);
int refuse_unusable(const Store *store, const char **ret_reason); /* what SQLite has just said, for people */
int refuse_damaged(const char *path, const char *how, const char **ret_reason);
int ask_number(sqlite3 *db, const char *sql, int64_t *ret); /* SQLite's code; 0 where there is no row */
/* damage.c */
bool is_damage(int code);                        /* of SQLite */
void note_damage(Store *store, const char *sql); /* sql: what met it */
void trouble(Store *store);                      /* tells what nobody waits for: what was noted */
/* schema.c */
#define MIGRATION_TABLE "CREATE TABLE migration (name TEXT PRIMARY KEY, step INTEGER NOT NULL) WITHOUT ROWID"
int check_schema(Store *store, const Migration *migration); /* STORE_OK; or noted and STORE_CORRUPT */
bool schemas_match(sqlite3 *a, sqlite3 *b);
/* convert.c */
int open_copy(const char *path, sqlite3 **ret_db, const char **ret_reason);
int convert_copy(const char *from, const char *to, const char **ret_reason); /* of format 1 */
bool sync_file(const char *path);
bool store_reopen(Store *store);  /* where it has no connection; false: it has none still */
void convert_store(Store *store); /* between two turns; where it cannot be done it goes on as it was, with a note */
/* turn.c */
void note_failure(Store *store, const char *what);
/* statement.c */
void statements_finalize(Store *store); /* they are prepared again where they are used again */
/* snapshot.c */
void snapshots_drop(Store *store);
