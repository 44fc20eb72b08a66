/* row_test.c - rows by a table of columns: what is bound is read again, of every kind. */
#include "row.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

typedef enum Colour { RED, GREEN, BLUE } Colour;
typedef struct Inner {
    Bytes text;
} Inner;
typedef struct Thing {
    int64_t id;
    int32_t small;
    uint32_t large;
    Colour colour;
    bool is_fine;
    double weight;
    Inner inner;
    Bytes bytes, nobody, empty;
    bool has_weight, has_nobody;
} Thing;

static const Column columns[] = {
    COLUMN(Thing, id),
    COLUMN(Thing, small),
    COLUMN(Thing, large),
    COLUMN(Thing, colour),
    COLUMN(Thing, is_fine),
    COLUMN(Thing, weight),
    COLUMN_AS("text", Thing, inner.text),
    COLUMN_BYTES("bytes", Thing, bytes),
    COLUMN(Thing, nobody),
    COLUMN(Thing, empty),
};
static const Row thing_row = ROW(columns);
static const Column set_columns[] = {
    COLUMN_IS_SET("weight", Thing, has_weight),
    COLUMN_IS_SET("nobody", Thing, has_nobody),
};
static const Row set_row = ROW(set_columns);

#define COLUMNS "id, small, large, colour, is_fine, weight, text, bytes, nobody, empty"
static const Migration schema = {
    "test",
    (const char *const[]){"CREATE TABLE thing (id INTEGER PRIMARY KEY, small INTEGER, large INTEGER, colour INTEGER,"
                          " is_fine INTEGER, weight REAL, text TEXT, bytes BLOB, nobody TEXT, empty TEXT, more TEXT)",
                          NULL}};
static const Query insert = {"INSERT INTO thing (" COLUMNS ", more) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                             " ?11)"};
static const Query find = {"SELECT " COLUMNS " FROM thing WHERE id = ?1"};
static const Query which_are_set = {"SELECT weight, nobody FROM thing WHERE id = ?1"};
static const Query types = {
    "SELECT typeof(text) || typeof(bytes) || typeof(nobody) || typeof(empty) || more FROM thing"};

static int find_one(Store *store, Arena *arena, const Query *query, const Row *row, Thing *ret_thing)
{
    Statement *statement = statement_begin(store, query);
    bind_int64(statement, 1, 7);
    return row_one(arena, statement, row, ret_thing);
}

static void insert_one(Store *store)
{
    Thing thing = {.id = 7,
                   .small = INT32_MIN,
                   .large = UINT32_MAX,
                   .colour = BLUE,
                   .is_fine = true,
                   .weight = 0.5,
                   .inner = {TEXT("text")},
                   .bytes = TEXT("by\0es"),
                   .empty = TEXT("")};
    Statement *statement = statement_begin(store, &insert);
    int next = row_bind(statement, 1, &thing_row, &thing);
    assert_int_equal(next, 11);
    bind_text(statement, next, TEXT("!"));
    assert_int_equal(statement_run(statement), STORE_OK);
}

static void check(const Thing *thing)
{
    assert_int_equal(thing->id, 7);
    assert_int_equal(thing->small, INT32_MIN);
    assert_int_equal(thing->large, UINT32_MAX);
    assert_int_equal(thing->colour, BLUE);
    assert_true(thing->is_fine);
    assert_true(thing->weight == 0.5);
    assert_true(bytes_is(thing->inner.text, "text"));
    assert_true(bytes_equal(thing->bytes, TEXT("by\0es")));
    assert_false(present(thing->nobody));
    assert_true(present(thing->empty));
    assert_int_equal(thing->empty.len, 0);
}

static void what_is_bound_is_read_again(void **state)
{
    (void)state;
    const char *reason;
    Store *store;
    Thing thing = {.id = 1};
    Arena *arena = arena_new();
    assert_int_equal(store_open(NULL, DURABILITY_MEMORY, &store, &reason), STORE_OK);
    assert_int_equal(store_migrate(store, &schema), STORE_OK);
    assert_int_equal(find_one(store, arena, &find, &thing_row, &thing), STORE_NOT_FOUND);
    assert_int_equal(thing.id, 1);
    insert_one(store);
    assert_int_equal(find_one(store, arena, &find, &thing_row, &thing), STORE_OK);
    assert_int_equal(find_one(store, arena, &which_are_set, &set_row, &thing), STORE_OK);
    check(&thing);
    assert_true(thing.has_weight);
    assert_false(thing.has_nobody);
    Statement *row = statement_begin(store, &types);
    assert_int_equal(statement_one(row), STORE_ROW);
    assert_true(bytes_is(column_bytes(row, 0), "textblobnulltext!"));
    statement_end(row);
    arena_free(arena);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_bound_is_read_again)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
