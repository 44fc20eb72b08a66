/* row.c - one loop over columns each way. */
#include "row.h"
#include "store_internal.h"
#include <assert.h>

static void bind(Statement *statement, int at, const Column *column, const void *member)
{
    switch (column->kind) {
    case COLUMN_INT64:
        bind_int64(statement, at, *(const int64_t *)member);
        break;
    case COLUMN_INT32:
        bind_int64(statement, at, *(const int32_t *)member);
        break;
    case COLUMN_UINT32:
        bind_int64(statement, at, *(const uint32_t *)member);
        break;
    case COLUMN_BOOL:
        bind_int64(statement, at, *(const bool *)member);
        break;
    case COLUMN_DOUBLE:
        bind_double(statement, at, *(const double *)member);
        break;
    case COLUMN_TEXT:
        bind_text(statement, at, *(const Bytes *)member);
        break;
    case COLUMN_BLOB:
        bind_bytes(statement, at, *(const Bytes *)member);
        break;
    case COLUMN_PRESENT:
        assert(!"only to read");
        break;
    }
}

int row_bind(Statement *statement, int first, const Row *row, const void *object)
{
    for (size_t i = 0; i < row->count; i++)
        bind(statement, first++, &row->columns[i], (const char *)object + row->columns[i].offset);
    return first;
}

static Bytes read_bytes(Arena *arena, Statement *statement, int at)
{
    Bytes bytes = column_bytes(statement, at);
    return arena ? arena_copy(arena, bytes) : bytes;
}

static void read_column(Arena *arena, Statement *statement, int at, const Column *column, void *member)
{
    assert(strcmp(sqlite3_column_name(statement->handle, at), column->name) == 0);
    switch (column->kind) {
    case COLUMN_INT64:
        *(int64_t *)member = column_int64(statement, at);
        break;
    case COLUMN_INT32:
        *(int32_t *)member = (int32_t)column_int64(statement, at);
        break;
    case COLUMN_UINT32:
        *(uint32_t *)member = (uint32_t)column_int64(statement, at);
        break;
    case COLUMN_BOOL:
        *(bool *)member = column_int64(statement, at) != 0;
        break;
    case COLUMN_DOUBLE:
        *(double *)member = column_double(statement, at);
        break;
    case COLUMN_TEXT:
    case COLUMN_BLOB:
        *(Bytes *)member = read_bytes(arena, statement, at);
        break;
    case COLUMN_PRESENT:
        *(bool *)member = !column_is_null(statement, at);
        break;
    }
}

void row_read(Arena *arena, Statement *statement, const Row *row, void *ret_object)
{
    for (size_t i = 0; i < row->count; i++) {
        const Column *column = &row->columns[i];
        read_column(arena, statement, (int)i, column, (char *)ret_object + column->offset);
    }
}

int row_one(Arena *arena, Statement *statement, const Row *row, void *ret_object)
{
    int code = statement_one(statement);
    if (code != STORE_ROW)
        return code;
    row_read(arena, statement, row, ret_object);
    statement_end(statement);
    return STORE_OK;
}
