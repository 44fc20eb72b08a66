/* statement.c - prepared statements, found by the address of their Query. */
#include "store_internal.h"
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void die(const Store *store, const Query *query, const char *why)
{
    fprintf(stderr, "evpoc-emu: %s: %s: %s\n", why, sqlite3_errmsg(store->db), query->sql);
    abort();
}

/* A damaged page, or a schema that isn't ours: the file's fault. In a new file it can only be the query's. */
static Statement *uncompiled(Store *store, const Query *query, int code)
{
    if (code == SQLITE_ERROR && store->is_new)
        die(store, query, "a statement does not compile");
    note_damage(store, query->sql);
    store->uncompiled.store = store;
    return &store->uncompiled;
}

static int prepare(Store *store, const Query *query, Statement *statement)
{
    return sqlite3_prepare_v3(store->db, query->sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle, NULL);
}

/* Its rows are still being read, and whoever reads them asks the same of something else: a handle more. */
static Statement *another_of(Statement *statement)
{
    Store *store = statement->store;
    while (statement->is_running && statement->again)
        statement = statement->again;
    if (!statement->is_running)
        return statement;
    Statement *again = calloc(1, sizeof *again);
    if (!again)
        abort();
    int code = prepare(store, statement->query, again);
    if (code != SQLITE_OK) {
        free(again);
        return uncompiled(store, statement->query, code);
    }
    again->query = statement->query;
    again->store = store;
    return statement->again = again;
}

static Statement *find_statement(Store *store, const Query *query)
{
    size_t at = (size_t)(((uintptr_t)query >> 3) * 0x9e3779b97f4a7c15u >> 32) & (STATEMENTS_MAX - 1);
    while (store->statements[at].query && store->statements[at].query != query)
        at = (at + 1) & (STATEMENTS_MAX - 1);
    Statement *statement = &store->statements[at];
    if (statement->query)
        return statement;
    int code = prepare(store, query, statement);
    if (code != SQLITE_OK)
        return uncompiled(store, query, code);
    if (++store->statements_count > STATEMENTS_MAX / 2)
        die(store, query, "too many statements");
    statement->query = query;
    statement->store = store;
    return statement;
}

Statement *statement_begin(Store *store, const Query *query)
{
    if (!store->in_turn) {
        static const Query begin = {"BEGIN"};
        Statement *opening = find_statement(store, &begin);
        sqlite3_step(opening->handle);
        sqlite3_reset(opening->handle);
        store->in_turn = true;
    }
    Statement *statement = find_statement(store, query);
    return statement->is_running ? another_of(statement) : statement;
}

void bind_int64(Statement *statement, int at, int64_t value)
{
    sqlite3_bind_int64(statement->handle, at, value);
}

void bind_bytes(Statement *statement, int at, Bytes value)
{
    if (present(value))
        sqlite3_bind_blob64(statement->handle, at, value.ptr, value.len, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement->handle, at);
}

void bind_text(Statement *statement, int at, Bytes value)
{
    if (present(value))
        sqlite3_bind_text64(statement->handle, at, value.ptr, value.len, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(statement->handle, at);
}

void bind_double(Statement *statement, int at, double value)
{
    sqlite3_bind_double(statement->handle, at, value);
}

void bind_null(Statement *statement, int at)
{
    sqlite3_bind_null(statement->handle, at);
}

void statement_end(Statement *statement)
{
    sqlite3_reset(statement->handle);
    statement->is_running = false;
}

/* Half of what was to be written may be done; and after SQLITE_CORRUPT itself SQLite commits nothing. */
static void lose_turn(Store *store)
{
    store->is_lost = store->in_turn;
    store->buffered_writes++;
}

static int fail_step(Statement *statement, int code)
{
    Store *store = statement->store;
    if (!is_damage(code)) {
        note_failure(store, sqlite3_errmsg(store->db));
        return STORE_BROKEN;
    }
    note_damage(store, statement->query->sql);
    if (code == SQLITE_CORRUPT || !sqlite3_stmt_readonly(statement->handle))
        lose_turn(store);
    return STORE_DAMAGED;
}

int statement_step(Statement *statement)
{
    Store *store = statement->store;
    if (!statement->handle)
        lose_turn(store);
    if (store->is_lost || !statement->handle)
        return STORE_BROKEN;
    int code = sqlite3_step(statement->handle);
    statement->is_running = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return STORE_ROW;
    int result = code == SQLITE_DONE ? STORE_OK : fail_step(statement, code);
    sqlite3_reset(statement->handle);
    /* sqlite.org, "Response To Errors Within A Transaction": a full disk or an I/O error may undo all of it. */
    store->is_lost |= code != SQLITE_DONE && store->in_turn && sqlite3_get_autocommit(store->db);
    return result;
}

int statement_run(Statement *statement)
{
    int code = statement_step(statement);
    if (code == STORE_ROW)
        statement_end(statement);
    return code < 0 ? code : STORE_OK;
}

int query_run_with(Store *store, const Query *query, int64_t number)
{
    Statement *statement = statement_begin(store, query);
    bind_int64(statement, 1, number);
    return statement_run(statement);
}

int statement_one(Statement *statement)
{
    int code = statement_step(statement);
    return code == STORE_OK ? STORE_NOT_FOUND : code;
}

int statement_one_number(Statement *statement, int64_t *ret)
{
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    *ret = column_int64(statement, 0);
    statement_end(statement);
    return STORE_OK;
}

int64_t column_int64(Statement *statement, int at)
{
    return sqlite3_column_int64(statement->handle, at);
}

Bytes column_bytes(Statement *statement, int at)
{
    if (sqlite3_column_type(statement->handle, at) == SQLITE_NULL)
        return (Bytes){0};
    const char *ptr = sqlite3_column_blob(statement->handle, at);
    return (Bytes){ptr ? ptr : "", (size_t)sqlite3_column_bytes(statement->handle, at)};
}

double column_double(Statement *statement, int at)
{
    return sqlite3_column_double(statement->handle, at);
}

bool column_is_null(Statement *statement, int at)
{
    return sqlite3_column_type(statement->handle, at) == SQLITE_NULL;
}

int64_t store_last_rowid(const Store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

int64_t store_changes(const Store *store)
{
    return sqlite3_changes64(store->db);
}

void store_end_all(Store *store)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++)
        for (Statement *at = &store->statements[i]; at && at->query; at = at->again)
            statement_end(at);
}

void statements_finalize(Store *store)
{
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        Statement *first = &store->statements[i];
        if (first->query)
            sqlite3_finalize(first->handle);
        for (Statement *at = first->again, *next; at; at = next) {
            next = at->again;
            sqlite3_finalize(at->handle);
            free(at);
        }
    }
    memset(store->statements, 0, sizeof store->statements);
    store->statements_count = 0;
}
