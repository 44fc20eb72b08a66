/* blob_snapshot_test.c - blobs that are damaged, missing, or come from a snapshot. */
#include "blob_fixture.h"

static char told[700];

static void note_trouble(void *context, const char *what)
{
    (void)context;
    snprintf(told, sizeof told, "%s", what);
}

static void damage_is_found_by_readers_ranges_and_in_the_background(void **state)
{
    (void)state;
    char directory[64], *room = malloc(3 * MIB);
    size_t read;
    Blob *blob;
    BlobRange range;
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, 3 * MIB), fine = keep_now(store, 2, 100000);
    store_close(store);
    damage(directory, "evpoc.blobs", 2 * MIB + 100);
    store = open_in(directory);
    store_on_trouble(store, note_trouble, NULL);
    assert_int_equal(blob_hold(store, id, &blob), STORE_OK);
    assert_int_equal(blob_read(blob, 0, room, 3 * MIB, &read), STORE_DAMAGED);
    expect_bytes(blob, 0, (size_t)(2 * MIB), 1, 0);
    assert_int_equal(blob_read(blob, 2 * MIB, room, 10, &read), STORE_DAMAGED);
    assert_int_equal(blob_open_range(blob, 2 * MIB + 5000, 70000, &range), STORE_DAMAGED);
    expect_range(blob, MIB, 70000, 1);
    blob_let_go(blob);
    expect_seed(store, fine, 2, 100000);
    while (blob_check_step(store))
        continue;
    assert_non_null(strstr(told, "evpoc.blobs is damaged"));
    const char *reason;
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(store_snapshot(store, "s", &reason), STORE_CORRUPT);
    store_close(store);
    free(room);
    remove_directory(directory);
}

static void a_file_that_is_missing_is_refused(void **state)
{
    (void)state;
    char directory[64], path[128];
    const char *reason;
    Store *store = open_in(new_directory(directory));
    keep_now(store, 1, MIB);
    store_close(store);
    snprintf(path, sizeof path, "%s/evpoc.blobs", directory);
    assert_int_equal(truncate(path, MIB - 1), 0);
    assert_int_equal(store_open(directory, DURABILITY_COMMIT, &store, &reason), STORE_OK);
    assert_int_equal(blob_open(store), STORE_CORRUPT);
    assert_non_null(strstr(store_error(store), "too short"));
    store_close(store);
    remove_directory(directory);
}

static void snapshot_and_restore(const char *directory)
{
    const char *reason = "";
    Store *store = open_in(directory);
    int64_t id = keep_now(store, 1, 5 * MIB + 3), small = keep_now(store, 2, 50), many = keep_now(store, 6, 20 * MIB);
    assert_int_equal(store_snapshot(store, "s", &reason), STORE_OK);
    Blob *blob;
    BlobRange range;
    BlobWriter *writer;
    assert_int_equal(blob_drop(store, id), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    int64_t later = keep_now(store, 3, 6 * MIB);
    assert_int_equal(blob_hold(store, later, &blob), STORE_OK);
    assert_int_equal(blob_open_range(blob, 0, 6 * MIB, &range), STORE_OK);
    assert_int_equal(blob_begin(store, MIB, &writer), STORE_OK);
    if (store_restore(store, "s", &reason) != STORE_OK)
        fail_msg("%s", reason);
    char byte, room[1];
    size_t read;
    assert_int_equal(pread(range.fd, &byte, 1, (off_t)range.fd_at + 77), 1); /* still being sent */
    assert_int_equal(byte, byte_of(3, 77));
    close(range.fd);
    assert_int_equal(blob_read(blob, 0, room, 1, &read), STORE_NOT_FOUND);
    assert_int_equal(blob_write(writer, TEXT("x")), STORE_NOT_FOUND);
    blob_writer_free(writer);
    blob_let_go(blob);
    expect_seed(store, id, 1, 5 * MIB + 3);
    expect_seed(store, small, 2, 50);
    expect_seed(store, many, 6, 20 * MIB);
    int64_t next = keep_now(store, 7, 100000);
    expect_seed(store, next, 7, 100000);
    store_close(store);
    if (!directory)
        return;
    store = open_in(directory);
    expect_seed(store, id, 1, 5 * MIB + 3);
    expect_seed(store, next, 7, 100000);
    store_close(store);
}

static void a_snapshot_holds_the_blobs(void **state)
{
    (void)state;
    char directory[64], path[128];
    struct stat file;
    snapshot_and_restore(NULL);
    snapshot_and_restore(new_directory(directory));
    snprintf(path, sizeof path, "%s/evpoc.db", directory);
    assert_int_equal(stat(path, &file), 0);
    assert_true((uint64_t)file.st_size < 2 * MIB);
    snprintf(path, sizeof path, "%s/evpoc.blobs.new", directory);
    assert_int_not_equal(access(path, F_OK), 0);
    /* A damaged one is refused, and nothing has changed. */
    const char *reason = "";
    damage(directory, "snapshots/s.db", (off_t)(4 * MIB));
    Store *store = open_in(directory);
    int64_t id = keep_now(store, 8, MIB);
    assert_int_equal(store_restore(store, "s", &reason), STORE_CORRUPT);
    expect_seed(store, id, 8, MIB);
    store_close(store);
    remove_directory(directory);
}

/* The database has come back with its rows, and the process ended before the file did. */
static void a_restore_that_was_cut_off_is_ended_by_the_next_start(void **state)
{
    (void)state;
    char directory[64], command[300];
    const char *reason;
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, 2 * MIB + 9);
    assert_int_equal(store_snapshot(store, "s", &reason), STORE_OK);
    store_close(store);
    snprintf(command, sizeof command,
             "cd %s && mv snapshots/s.db evpoc.db && : >evpoc.blobs && echo half >evpoc.blobs.new", directory);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 2; i++) {
        store = open_in(directory);
        expect_seed(store, id, 1, 2 * MIB + 9);
        store_close(store);
    }
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_found_by_readers_ranges_and_in_the_background),
        cmocka_unit_test(a_file_that_is_missing_is_refused),
        cmocka_unit_test(a_snapshot_holds_the_blobs),
        cmocka_unit_test(a_restore_that_was_cut_off_is_ended_by_the_next_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
