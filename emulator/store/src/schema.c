/* schema.c - are the tables of a file what our migrations make? The same steps are run on an empty database in memory,
 * and its definitions held against the file's. So no statement of ours meets a column or an index that isn't there. */
#include "store_internal.h"
#include <stdio.h>

/* Definitions as SQLite keeps them, however its versions space what ALTER TABLE has put together. */
#define DEFINITION "replace(replace(coalesce(sql, ''), ' ', ''), char(10), '')"

static bool prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
    return sqlite3_prepare_v2(db, sql, -1, ret_statement, NULL) == SQLITE_OK;
}

static Bytes text_of(sqlite3_stmt *row, int at)
{
    const char *text = (const char *)sqlite3_column_text(row, at);
    return (Bytes){text ? text : "", (size_t)sqlite3_column_bytes(row, at)};
}

static bool rows_equal(sqlite3_stmt *a, sqlite3_stmt *b)
{
    int columns = sqlite3_column_count(a);
    for (int at = 0; at < columns; at++)
        if (!bytes_equal(text_of(a, at), text_of(b, at)))
            return false;
    return true;
}

static bool statements_equal(sqlite3_stmt *a, sqlite3_stmt *b)
{
    int one, other;
    do {
        one = sqlite3_step(a);
        other = sqlite3_step(b);
    } while (one == SQLITE_ROW && other == SQLITE_ROW && rows_equal(a, b));
    return one == SQLITE_DONE && other == SQLITE_DONE;
}

/* The table, its indexes and its triggers. */
static bool same_table(sqlite3 *expected, sqlite3 *found, const char *table)
{
    static const char definitions[] =
        "SELECT type, name, " DEFINITION " FROM sqlite_schema WHERE tbl_name = ?1 ORDER BY type, name";
    sqlite3_stmt *one = NULL, *other = NULL;
    bool same = prepare(expected, definitions, &one) && prepare(found, definitions, &other);
    if (same) {
        sqlite3_bind_text(one, 1, table, -1, SQLITE_STATIC);
        sqlite3_bind_text(other, 1, table, -1, SQLITE_STATIC);
        same = statements_equal(one, other);
    }
    sqlite3_finalize(one);
    sqlite3_finalize(other);
    return same;
}

static int differs(Store *store, const char *table)
{
    char text[sizeof store->failure];
    snprintf(
        text, sizeof text,
        "%.300s is damaged (table %.60s, or an index of it, is not defined as this version of evpoc-emu does); it was left as it is: put a copy or a snapshot in its place, or choose another --data",
        store->path, table);
    note_failure(store, text);
    return STORE_CORRUPT;
}

static int compare(Store *store, sqlite3 *expected)
{
    sqlite3_stmt *tables = NULL;
    int code =
        prepare(expected, "SELECT name FROM sqlite_schema WHERE type = 'table'", &tables) ? STORE_OK : STORE_BROKEN;
    while (code == STORE_OK && sqlite3_step(tables) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(tables, 0);
        bool is_own = !strncmp(table, "sqlite_", 7); /* sqlite_sequence */
        if (!is_own && !same_table(expected, store->db, table))
            code = differs(store, table);
    }
    sqlite3_finalize(tables);
    return code;
}

int check_schema(Store *store, const Migration *migration)
{
    sqlite3 *expected = NULL;
    int code = sqlite3_open_v2(":memory:", &expected, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK
                   ? STORE_OK
                   : STORE_BROKEN;
    for (int step = 0; code == STORE_OK && migration->steps[step]; step++)
        if (sqlite3_exec(expected, migration->steps[step], NULL, NULL, NULL) != SQLITE_OK)
            code = STORE_BROKEN;
    if (code == STORE_OK)
        code = compare(store, expected);
    sqlite3_close(expected);
    return code;
}

/* Two whole files: their definitions, and the step of each migration. */
bool schemas_match(sqlite3 *a, sqlite3 *b)
{
    static const char definitions[] = "SELECT type, name, tbl_name, " DEFINITION
                                      " FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2, 3";
    static const char steps[] = "SELECT name, step FROM migration ORDER BY name";
    static const char *const queries[] = {definitions, steps};
    bool match = true;
    for (size_t i = 0; match && i < sizeof queries / sizeof *queries; i++) {
        sqlite3_stmt *one = NULL, *other = NULL;
        match = prepare(a, queries[i], &one) && prepare(b, queries[i], &other) && statements_equal(one, other);
        sqlite3_finalize(one);
        sqlite3_finalize(other);
    }
    return match;
}
