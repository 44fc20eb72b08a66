/* blob_copy_test.c - snapshots with blobs, made and restored by a thread while the store goes on; killed in the middle;
 * and what evpoc-emu check says of blobs. */
#include "blob_fixture.h"
#include "copying.h"

static bool exists(const char *directory, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return !access(path, F_OK);
}

static void run(const char *directory, const char *script)
{
    char command[400];
    snprintf(command, sizeof command, "cd %s && %s", directory, script);
    assert_int_equal(system(command), 0);
}

static void drop_now(Store *store, int64_t id)
{
    assert_int_equal(blob_drop(store, id), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
}

static void a_snapshot_has_what_was_dropped_while_it_was_made(void **state)
{
    (void)state;
    char directory[64];
    pthread_t thread;
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, 20 * MIB + 3), small = keep_now(store, 2, 50);
    StoreCopy *copy = begin(store, false, "s");
    drop_now(store, id);
    int64_t later = keep_now(store, 3, 20 * MIB + 3);
    assert_int_equal(pthread_create(&thread, NULL, work, copy), 0);
    for (uint64_t seed = 4; seed < 20; seed++)
        drop_now(store, keep_now(store, seed, MIB));
    pthread_join(thread, NULL);
    uint64_t used_meanwhile = used(store);
    end(store, copy);
    assert_true(used(store) + 20 * MIB <= used_meanwhile); /* its space came back */
    expect_seed(store, later, 3, 20 * MIB + 3);

    copy = begin(store, true, "s");
    assert_int_equal(pthread_create(&thread, NULL, work, copy), 0);
    int64_t lost = keep_now(store, 21, 3 * MIB);
    pthread_join(thread, NULL);
    end(store, copy);
    assert_false(is_there(store, later) || is_there(store, lost));
    expect_seed(store, id, 1, 20 * MIB + 3);
    expect_seed(store, small, 2, 50);
    int64_t next = keep_now(store, 22, 5 * MIB);
    store_close(store);
    store = open_in(directory);
    expect_seed(store, id, 1, 20 * MIB + 3);
    expect_seed(store, next, 22, 5 * MIB);
    store_close(store);
    assert_false(exists(directory, "evpoc.blobs.part") || exists(directory, "evpoc.blobs.new"));
    assert_false(exists(directory, "evpoc.db.new") || exists(directory, "snapshots/s.db.part"));
    run(directory, "test $(stat -c %s evpoc.db) -lt 2000000");
    remove_directory(directory);
}

static void one_that_is_stopped_changes_nothing(void **state)
{
    (void)state;
    char directory[64];
    const char *reason = "";
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, 5 * MIB);
    assert_int_equal(store_snapshot(store, "s", &reason), STORE_OK);
    for (int is_restore = 0; is_restore < 2; is_restore++) {
        StoreCopy *copy = begin(store, is_restore, "s");
        store_copy_stop(copy);
        store_copy_work(copy);
        assert_int_equal(store_copy_end(store, copy, &reason), STORE_BROKEN);
    }
    expect_seed(store, id, 1, 5 * MIB);
    assert_false(exists(directory, "evpoc.blobs.part") || exists(directory, "snapshots/s.db.part"));
    store_close(store);
    remove_directory(directory);
}

/* Ends as if killed, when what was to be restored is ready but not in its place. */
static int64_t be_killed_before_the_swap(const char *directory, bool in_snapshot)
{
    Store *store = open_in(directory);
    const char *reason = "";
    int64_t id = keep_now(store, 1, 2 * MIB + 9);
    assert_int_equal(store_snapshot(store, "s", &reason), STORE_OK);
    (void)keep_now(store, 2, 3 * MIB); /* before: a number may be given again */
    drop_now(store, id);
    store_close(store);
    pid_t child = fork();
    if (!child) {
        store = open_in(directory);
        (void)keep_now(store, 3, MIB);
        if (in_snapshot)
            drop_now(store, 2);
        store_copy_work(begin(store, !in_snapshot, "s"));
        _exit(0);
    }
    waitpid(child, NULL, 0);
    return id;
}

static void tell_line(void *context, const char *line)
{
    snprintf(context, 200, "%s", line);
}

static void expect_told(const char *directory, int code, const char *words)
{
    char line[200] = "";
    const char *reason = "";
    assert_int_equal(store_check(directory, tell_line, line, &reason), code);
    if (!strstr(line, words))
        fail_msg("%s", line);
}

/* What the disk looks like after a kill at each moment of a restore, and which of both states is there then. */
static void a_kill_leaves_one_state_and_no_trace(void **state)
{
    static const struct Moment {
        const char *script;
        bool is_restored;
    } moments[] = {
        {"true", false},
        {"cp evpoc.blobs.part evpoc.blobs.new", false},
        {"mv evpoc.blobs.part evpoc.blobs.new && rm -f evpoc.db-wal && mv evpoc.db.new evpoc.db", true},
        {"mv evpoc.blobs.part evpoc.blobs && rm -f evpoc.db-wal && mv evpoc.db.new evpoc.db", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        char directory[64];
        int64_t id = be_killed_before_the_swap(new_directory(directory), false);
        run(directory, moments[i].script);
        expect_told(directory, STORE_OK, "whole");
        for (int start = 0; start < 2; start++) {
            Store *store = open_in(directory);
            assert_int_equal(is_there(store, id), moments[i].is_restored);
            if (moments[i].is_restored)
                expect_seed(store, id, 1, 2 * MIB + 9);
            assert_int_equal(used(store) / MIB, moments[i].is_restored ? 2 : 4);
            store_close(store);
            assert_false(exists(directory, "evpoc.blobs.part") || exists(directory, "evpoc.blobs.new") ||
                         exists(directory, "evpoc.db.new"));
        }
        expect_told(directory, STORE_OK, "whole");
        remove_directory(directory);
    }
}

static void parts_of_snapshots_go_at_the_next_start(void **state)
{
    (void)state;
    char directory[64];
    be_killed_before_the_swap(new_directory(directory), true);
    run(directory, "touch snapshots/a.db.part snapshots/a.db.part-wal snapshots/b.db.part-x.db");
    store_close(open_in(directory));
    assert_false(exists(directory, "snapshots/a.db.part") || exists(directory, "snapshots/a.db.part-wal"));
    assert_true(exists(directory, "snapshots/b.db.part-x.db") && exists(directory, "snapshots/s.db"));
    remove_directory(directory);
}

static void check_looks_at_blobs(void **state)
{
    (void)state;
    char directory[64];
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, 3 * MIB), copy, small = keep_now(store, 2, 100);
    BlobSlice slices[] = {{id, MIB, MIB}, {small, 0, 100}};
    assert_int_equal(blob_join(store, slices, 2, &copy), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
    expect_told(directory, STORE_OK, "whole");
    damage(directory, "evpoc.blobs", (off_t)(MIB + 70000));
    expect_told(directory, STORE_CORRUPT, "the bytes at 1114112 are not as they were written");
    damage(directory, "evpoc.blobs", (off_t)(MIB + 70000));
    expect_told(directory, STORE_OK, "whole");
    run(directory, "mv evpoc.blobs aside");
    expect_told(directory, STORE_CORRUPT, "evpoc.blobs is missing");
    run(directory, "mv aside evpoc.blobs");
    store = open_in(directory);
    assert_int_equal(statement_run(statement_begin(store, &(Query){"UPDATE blob_extent SET pieces = pieces + 1"})),
                     STORE_OK);
    assert_int_equal(statement_run(statement_begin(store, &(Query){"UPDATE blob SET length = 7 WHERE id = 1"})),
                     STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
    expect_told(directory, STORE_CORRUPT, "blob 1 is not as long as its pieces");
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_has_what_was_dropped_while_it_was_made),
        cmocka_unit_test(one_that_is_stopped_changes_nothing),
        cmocka_unit_test(a_kill_leaves_one_state_and_no_trace),
        cmocka_unit_test(parts_of_snapshots_go_at_the_next_start),
        cmocka_unit_test(check_looks_at_blobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
