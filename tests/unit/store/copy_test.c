/* copy_test.c - snapshots made and restored while the store goes on. */
#include "copying.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const Migration schema = {"test", (const char *const[]){"CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)", NULL}};
static const Query put = {"INSERT INTO t (k, v) VALUES (?1, randomblob(50000))"};
static const Query change = {"UPDATE t SET v = randomblob(50000) WHERE k % 3 = ?1"};
static const Query sum = {"SELECT count(*) || ' ' || hex(max(v)) || hex(min(v)) FROM t"};

typedef struct Place {
    char directory[64];
    Store *store;
} Place;

static Store *open_in(const char *directory)
{
    Store *store;
    const char *reason = "";
    int code = store_open(directory, DURABILITY_COMMIT, &store, &reason);
    if (code != STORE_OK)
        fail_msg("%s", reason);
    assert_int_equal(store_migrate(store, &schema), STORE_OK);
    return store;
}

static int make_place(void **state)
{
    Place *place = calloc(1, sizeof *place);
    strcpy(place->directory, "/tmp/evpoc-copy-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    place->store = open_in(place->directory);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    Place *place = *state;
    char command[128];
    store_close(place->store);
    snprintf(command, sizeof command, "rm -r %s", place->directory);
    assert_int_equal(system(command), 0);
    free(place);
    return 0;
}

static void put_rows(Store *store, int64_t first, int64_t count)
{
    for (int64_t key = first; key < first + count; key++) {
        Statement *statement = statement_begin(store, &put);
        bind_int64(statement, 1, key);
        assert_int_equal(statement_run(statement), STORE_OK);
        assert_int_equal(store_commit(store), STORE_OK);
    }
}

static void change_rows(Store *store, int64_t which)
{
    Statement *statement = statement_begin(store, &change);
    bind_int64(statement, 1, which);
    assert_int_equal(statement_run(statement), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
}

/* What is there; the caller's to free. */
static char *content(Store *store)
{
    Statement *statement = statement_begin(store, &sum);
    assert_int_equal(statement_one(statement), STORE_ROW);
    Bytes text = column_bytes(statement, 0);
    char *copy = strndup(text.ptr, text.len);
    statement_end(statement);
    assert_int_equal(store_commit(store), STORE_OK);
    return copy;
}

static void assert_content(Store *store, const char *expected)
{
    char *found = content(store);
    assert_string_equal(found, expected);
    free(found);
}

static void restore(Store *store, const char *name)
{
    const char *reason = "";
    if (store_restore(store, name, &reason) != STORE_OK)
        fail_msg("%s", reason);
}

static bool exists(const Place *place, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->directory, name);
    return !access(path, F_OK);
}

/* With all in the log, with all in the file, and with a part of the log in it. */
static void a_snapshot_is_what_was_there_when_it_began(void **state)
{
    Place *place = *state;
    Store *store = place->store;
    for (int64_t round = 0; round < 3; round++) {
        put_rows(store, 1000 * round, 200);
        for (int steps = 0; steps < (round == 1 ? 100 : round) && store_checkpoint_step(store); steps++)
            continue;
        char *before = content(store);
        StoreCopy *copy = begin(store, false, "a");
        put_rows(store, 1000 * round + 500, 200);
        change_rows(store, round);
        assert_false(store_checkpoint_step(store));
        store_copy_work(copy);
        change_rows(store, round);
        end(store, copy);
        char *after = content(store);
        assert_string_not_equal(before, after);
        assert_false(exists(place, "snapshots/a.db.part") || exists(place, "snapshots/a.db.part-wal"));
        restore(store, "a");
        assert_content(store, before);
        put_rows(store, 1000 * round + 900, 1);
        free(after);
        free(before);
    }
}

static void writers_go_on_while_a_thread_copies(void **state)
{
    Place *place = *state;
    Store *store = place->store;
    pthread_t thread;
    put_rows(store, 0, 300);
    char *before = content(store);
    StoreCopy *copy = begin(store, false, "a");
    assert_int_equal(pthread_create(&thread, NULL, work, copy), 0);
    put_rows(store, 1000, 100);
    change_rows(store, 1);
    pthread_join(thread, NULL);
    end(store, copy);
    copy = begin(store, true, "a");
    assert_int_equal(pthread_create(&thread, NULL, work, copy), 0);
    put_rows(store, 2000, 100);
    uint64_t writes = store_writes(store);
    pthread_join(thread, NULL);
    end(store, copy);
    assert_true(store_writes(store) >= writes);
    assert_content(store, before);
    put_rows(store, 3000, 1);
    char *later = content(store);
    store_close(store);
    place->store = open_in(place->directory);
    assert_content(place->store, later);
    free(later);
    free(before);
}

static void one_that_is_stopped_leaves_the_one_before(void **state)
{
    Place *place = *state;
    Store *store = place->store;
    const char *reason = "";
    put_rows(store, 0, 50);
    char *before = content(store);
    assert_int_equal(store_snapshot(store, "a", &reason), STORE_OK);
    put_rows(store, 100, 50);
    StoreCopy *copy = begin(store, false, "a");
    store_copy_stop(copy);
    store_copy_work(copy);
    assert_int_equal(store_copy_end(store, copy, &reason), STORE_BROKEN);
    assert_false(exists(place, "snapshots/a.db.part"));
    copy = begin(store, true, "a");
    store_copy_stop(copy);
    store_copy_work(copy);
    assert_int_equal(store_copy_end(store, copy, &reason), STORE_BROKEN);
    restore(store, "a");
    assert_content(store, before);
    free(before);
}

#define IN_A_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_PLACE(a_snapshot_is_what_was_there_when_it_began),
        IN_A_PLACE(writers_go_on_while_a_thread_copies),
        IN_A_PLACE(one_that_is_stopped_leaves_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
