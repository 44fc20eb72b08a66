/* row.h - rows read into structs and bound from them by one table of columns, instead of by hand and number.
 *
 *     static const Column columns[] = {COLUMN(Alias, name), COLUMN(Alias, created_ms)};
 *     static const Row alias_row = ROW(columns);
 *     static const Query find = {"SELECT name, created_ms FROM alias WHERE id = ?1"};
 *
 * The order is that of the query. Where a row is read, debug builds hold the names against the query's. */
#pragma once
#include "store.h"
#include <stddef.h>

typedef enum ColumnKind {
    COLUMN_INT64,
    COLUMN_INT32,
    COLUMN_UINT32,
    COLUMN_BOOL,
    COLUMN_DOUBLE,
    COLUMN_TEXT, /* Bytes; absent is NULL */
    COLUMN_BLOB,
    COLUMN_PRESENT /* a bool: is it not NULL? Only to read */
} ColumnKind;

typedef struct Column {
    const char *name; /* in the query */
    ColumnKind kind;
    size_t offset;
} Column;

typedef struct Row {
    const Column *columns;
    size_t count;
} Row;
/* clang-format off */
#define ROW(columns_) {columns_, sizeof(columns_) / sizeof *(columns_)}
/* clang-format on */

/* The kind follows from the member's type; an enum is an unsigned int. */
#define COLUMN_KIND(Type, member)                                                                                      \
    _Generic(((Type *)0)->member, int64_t                                                                              \
             : COLUMN_INT64, int32_t                                                                                   \
             : COLUMN_INT32, uint32_t                                                                                  \
             : COLUMN_UINT32, bool                                                                                     \
             : COLUMN_BOOL, double                                                                                     \
             : COLUMN_DOUBLE, Bytes                                                                                    \
             : COLUMN_TEXT)
/* clang-format off */
#define COLUMN_AS(name_, Type, member)     {name_, COLUMN_KIND(Type, member), offsetof(Type, member)}
#define COLUMN(Type, member)               COLUMN_AS(#member, Type, member)
#define COLUMN_BYTES(name_, Type, member)  {name_, COLUMN_BLOB, offsetof(Type, member)}
#define COLUMN_IS_SET(name_, Type, member) {name_, COLUMN_PRESENT, offsetof(Type, member)}
/* clang-format on */

/* Parameters first, first + 1, …; the object's bytes must live until the step. Returns the number behind the last. */
int row_bind(Statement *statement, int first, const Row *row, const void *object);
/* Columns 0, 1, … of the row at hand; sets nothing else of the object. arena: what bytes are copied to; NULL: they live
 * until the next step. */
void row_read(Arena *arena, Statement *statement, const Row *row, void *ret_object);
/* Bound, then this, where one row is expected: STORE_OK, STORE_NOT_FOUND (the object is untouched), or below 0. */
MUST_CHECK int row_one(Arena *arena, Statement *statement, const Row *row, void *ret_object);
