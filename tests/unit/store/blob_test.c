/* blob_test.c - blobs: what is kept, what is not, and where the space goes. */
#include "blob_fixture.h"
#include <malloc.h>

static void blobs_of_all_lengths_come_back_after_a_restart(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {0,        1,     4095,      4096,   4097, 16383,   16384,
                                       64 * KIB, 65537, 256 * KIB, 300000, MIB,  MIB + 1, 70 * MIB + 5};
    enum { COUNT = sizeof lengths / sizeof *lengths };
    char directory[64];
    int64_t ids[2][COUNT];
    Store *store = open_in(new_directory(directory));
    for (int known = 0; known < 2; known++)
        for (size_t i = 0; i < COUNT; i++) {
            ids[known][i] = keep_seed(store, i, lengths[i], known);
            expect_seed(store, ids[known][i], i, lengths[i]);
        }
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
    store = open_in(directory);
    for (int known = 0; known < 2; known++)
        for (size_t i = 0; i < COUNT; i++)
            expect_seed(store, ids[known][i], i, lengths[i]);
    while (blob_check_step(store))
        continue;
    assert_string_equal(store->failure, "");
    store_close(store);
    remove_directory(directory);
}

static void any_range_is_read(void **state)
{
    (void)state;
    unsigned seed = 7;
    Store *store = open_in(NULL);
    Blob *blob;
    int64_t id = keep_now(store, 3, 3 * MIB + 77);
    assert_int_equal(blob_hold(store, id, &blob), STORE_OK);
    for (int i = 0; i < 300; i++) {
        uint64_t at = (uint64_t)rand_r(&seed) % blob_length(blob), left = blob_length(blob) - at;
        size_t len = (size_t)rand_r(&seed) % (i % 2 ? 200000 : 300);
        expect_bytes(blob, at, len < left ? len : (size_t)left, 3, at);
    }
    size_t read = 1;
    char room[8];
    assert_int_equal(blob_read(blob, blob_length(blob), room, sizeof room, &read), STORE_OK);
    assert_int_equal(read, 0);
    assert_int_equal(blob_read(blob, blob_length(blob) - 3, room, sizeof room, &read), STORE_OK);
    assert_int_equal(read, 3);
    assert_false(store->in_turn);
    blob_let_go(blob);
    store_close(store);
}

static void a_blob_of_known_length_lies_in_one_piece(void **state)
{
    (void)state;
    char directory[64];
    Store *store = open_in(new_directory(directory));
    BlobWriter *one, *other;
    Blob *blob;
    BlobRange range;
    int64_t id, id2;
    assert_int_equal(blob_begin(store, 130 * MIB, &one), STORE_OK);
    assert_int_equal(blob_begin(store, BLOB_LENGTH_UNKNOWN, &other), STORE_OK);
    for (int i = 0; i < 130; i++) {
        assert_int_equal(write_seed(one, 1, MIB, MIB), STORE_OK);
        assert_int_equal(write_seed(other, 1, 300, 300), STORE_OK);
    }
    assert_int_equal(blob_written(one), 130 * MIB);
    assert_int_equal(blob_keep(one, &id), STORE_OK);
    assert_int_equal(blob_keep(other, &id2), STORE_OK);
    assert_int_equal(blob_write(one, TEXT("x")), STORE_BROKEN);
    assert_int_equal(store_commit(store), STORE_OK);
    blob_writer_free(one);
    blob_writer_free(other);
    assert_int_equal(blob_hold(store, id, &blob), STORE_OK);
    assert_int_equal(blob_open_range(blob, 0, 130 * MIB, &range), STORE_OK);
    close(range.fd);
    assert_int_equal(blob_open_range(blob, 0, 130 * MIB + 1, &range), STORE_NOT_FOUND);
    expect_range(blob, 5, 70000, 1);
    blob_let_go(blob);
    store_close(store);
    remove_directory(directory);
}

static void what_is_undone_is_seen_by_nobody_and_can_be_kept_again(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    BlobWriter *writer, *small;
    int64_t id, old = keep_now(store, 9, 100000);
    assert_int_equal(blob_begin(store, 200000, &writer), STORE_OK);
    assert_int_equal(write_seed(writer, 4, 200000, 5000), STORE_OK);
    assert_int_equal(blob_begin(store, 10, &small), STORE_OK);
    assert_int_equal(write_seed(small, 5, 10, 3), STORE_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(blob_keep(writer, &id), STORE_OK);
        expect_seed(store, id, 4, 200000);
        assert_int_equal(blob_keep(small, &id), STORE_OK);
        assert_int_equal(blob_keep(small, &id), STORE_BROKEN);
        assert_int_equal(blob_drop(store, old), STORE_OK);
        assert_false(is_there(store, old));
        store_rollback(store);
        assert_false(is_there(store, id));
        expect_seed(store, old, 9, 100000);
    }
    assert_int_equal(blob_keep(writer, &id), STORE_OK);
    blob_writer_free(writer);
    blob_writer_free(small);
    assert_int_equal(store_commit(store), STORE_OK);
    expect_seed(store, id, 4, 200000);
    store_close(store);
}

static void a_writer_let_go_in_a_turn_that_is_undone_gives_its_space_back(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    uint64_t before = used(store);
    keep_seed(store, 1, 500000, false);
    assert_true(used(store) > before);
    store_rollback(store);
    assert_int_equal(used(store), before);
    assert_int_equal(store_savepoint(store), STORE_OK);
    keep_seed(store, 1, 500000, false);
    assert_int_equal(store_undo_to_savepoint(store), STORE_OK);
    assert_int_equal(used(store), before);
    int64_t id = keep_seed(store, 2, 500000, false);
    assert_int_equal(store_commit(store), STORE_OK);
    expect_seed(store, id, 2, 500000);
    BlobWriter *writer;
    assert_int_equal(blob_begin(store, 20 * MIB, &writer), STORE_OK);
    assert_int_equal(write_seed(writer, 1, 100, 100), STORE_OK);
    assert_int_equal(blob_keep(writer, &id), STORE_OK); /* far fewer than it said */
    blob_writer_free(writer);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(used(store), blob_rounded(500000));
    store_close(store);
}

static void dropped_bytes_stay_while_they_are_held(void **state)
{
    (void)state;
    char directory[64];
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, 3 * MIB), small = keep_now(store, 2, 100);
    Blob *blob, *again, *tiny;
    BlobRange range;
    assert_int_equal(blob_hold(store, id, &blob), STORE_OK);
    assert_int_equal(blob_hold(store, id, &again), STORE_OK);
    assert_int_equal(blob_hold(store, small, &tiny), STORE_OK);
    assert_int_equal(blob_open_range(tiny, 0, 100, &range), STORE_NOT_FOUND);
    assert_int_equal(blob_drop(store, id), STORE_OK);
    assert_int_equal(blob_drop(store, small), STORE_OK);
    assert_int_equal(blob_drop(store, small), STORE_NOT_FOUND);
    assert_int_equal(store_commit(store), STORE_OK);
    Blob *late;
    assert_int_equal(blob_hold(store, id, &late), STORE_NOT_FOUND);
    int64_t next = keep_now(store, 3, 3 * MIB);
    expect_bytes(again, 0, (size_t)(3 * MIB), 1, 0);
    expect_bytes(tiny, 10, 90, 2, 10);
    blob_let_go(blob);
    expect_range(again, 0, 3 * MIB, 1);
    assert_int_equal(used(store), 6 * MIB);
    blob_let_go(again);
    blob_let_go(tiny);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(used(store), 3 * MIB);
    assert_int_equal(blob_use(store).free_bytes, 3 * MIB);
    keep_now(store, 4, 3 * MIB); /* where the first was */
    assert_int_equal(blob_use(store).free_bytes, 0);
    expect_seed(store, next, 3, 3 * MIB);
    store_close(store);
    remove_directory(directory);
}

/* Parts of three blobs, dropped in each order: what is shared goes with its last user. */
static void joined_blobs_share_bytes_until_the_last_is_dropped(void **state)
{
    (void)state;
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int order = 0; order < 6; order++) {
        Store *store = open_in(NULL);
        int64_t ids[3] = {keep_now(store, 1, 200000), keep_now(store, 2, 1000), 0};
        BlobSlice slices[] = {{ids[0], 1000, 150000}, {ids[1], 10, 500}, {ids[0], 0, 70000}, {ids[1], 0, 0}};
        assert_int_equal(blob_join(store, slices, 4, &ids[2]), STORE_OK);
        assert_int_equal(store_commit(store), STORE_OK);
        for (int i = 0; i < 3; i++) {
            Blob *blob;
            if (is_there(store, ids[2])) {
                assert_int_equal(blob_hold(store, ids[2], &blob), STORE_OK);
                expect_bytes(blob, 0, 150000, 1, 1000);
                expect_bytes(blob, 150000, 500, 2, 10);
                expect_bytes(blob, 150500, 70000, 1, 0);
                assert_int_equal(blob_length(blob), 220500);
                blob_let_go(blob);
            }
            assert_int_equal(blob_drop(store, ids[orders[order][i]]), STORE_OK);
            assert_int_equal(store_commit(store), STORE_OK);
        }
        assert_int_equal(used(store), 0);
        store_close(store);
    }
}

static void a_join_of_what_is_not_there_is_refused(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    int64_t joined, id = keep_now(store, 1, 10000);
    BlobSlice beyond = {id, 9000, 1001}, missing = {id + 5, 0, 1}, wraps = {id, 2, UINT64_MAX}, part = {id, 5000, 100};
    assert_int_equal(blob_join(store, &beyond, 1, &joined), STORE_NOT_FOUND);
    assert_int_equal(blob_join(store, &missing, 1, &joined), STORE_NOT_FOUND);
    assert_int_equal(blob_join(store, &wraps, 1, &joined), STORE_NOT_FOUND);
    assert_int_equal(blob_join(store, &part, 1, &joined), STORE_OK);
    Blob *blob;
    assert_int_equal(blob_hold(store, joined, &blob), STORE_OK);
    expect_bytes(blob, 0, 100, 1, 5000);
    blob_let_go(blob);
    store_close(store);
}

static void a_child_that_is_killed(const char *directory, int64_t *ids)
{
    Store *store = open_in(directory);
    BlobWriter *writer;
    ids[0] = keep_now(store, 1, 2 * MIB);
    ids[1] = keep_now(store, 2, 2 * MIB);
    ids[2] = keep_now(store, 3, 2 * MIB);
    assert_int_equal(blob_drop(store, ids[1]), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    if (blob_begin(store, 40 * MIB, &writer) != STORE_OK || write_seed(writer, 4, 30 * MIB, MIB) != STORE_OK)
        _exit(1);
    keep_seed(store, 5, 9 * MIB, false); /* and no commit */
    _exit(0);
}

static void a_killed_process_leaves_no_trace_of_what_it_did_not_keep(void **state)
{
    (void)state;
    char directory[64];
    int status;
    int64_t ids[3] = {1, 2, 3};
    new_directory(directory);
    pid_t child = fork();
    if (!child)
        a_child_that_is_killed(directory, ids);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(blocks_of(directory) >= 40 * MIB);
    Store *store = open_in(directory);
    expect_seed(store, ids[0], 1, 2 * MIB);
    expect_seed(store, ids[2], 3, 2 * MIB);
    assert_false(is_there(store, ids[1]) || is_there(store, 4));
    assert_int_equal(used(store), 4 * MIB);
    assert_true(blocks_of(directory) <= 4 * MIB + 64 * KIB);
    store_close(store);
    remove_directory(directory);
}

static void a_full_disk_is_told_and_its_space_comes_back(void **state)
{
    (void)state;
    char directory[64];
    struct rlimit before, small;
    BlobWriter *writer;
    signal(SIGXFSZ, SIG_IGN);
    Store *store = open_in(new_directory(directory));
    int64_t id = keep_now(store, 1, MIB);
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){20 * MIB, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    for (int is_known = 0; is_known < 2; is_known++) {
        assert_int_equal(blob_begin(store, is_known ? 40 * MIB : BLOB_LENGTH_UNKNOWN, &writer), STORE_OK);
        assert_int_equal(write_seed(writer, 2, 40 * MIB, MIB), STORE_FULL);
        assert_int_equal(blob_write(writer, TEXT("x")), STORE_FULL);
        assert_int_equal(blob_keep(writer, &id), STORE_FULL);
        blob_writer_free(writer);
        assert_int_equal(used(store), MIB);
        assert_true(blocks_of(directory) <= MIB + 64 * KIB);
    }
    expect_seed(store, id, 1, MIB);
    expect_seed(store, keep_now(store, 3, 15 * MIB), 3, 15 * MIB);
    setrlimit(RLIMIT_FSIZE, &before);
    expect_seed(store, keep_now(store, 2, 40 * MIB), 2, 40 * MIB);
    store_close(store);
    remove_directory(directory);
}

/* The pages of a large one take the system long to free: not all at once, and not what is used again meanwhile. */
static void space_goes_back_to_the_disk_step_by_step(void **state)
{
    (void)state;
    char directory[64];
    int steps[2] = {0, 0};
    BlobWriter *writer;
    Store *store = open_in(new_directory(directory));
    assert_int_equal(blob_begin(store, 300 * MIB, &writer), STORE_OK);
    int64_t behind = keep_now(store, 1, MIB);
    blob_writer_free(writer);
    assert_true(blocks_of(directory) >= 300 * MIB);
    int64_t within = keep_now(store, 2, 20 * MIB);
    while (blob_give_step(store))
        steps[0]++;
    assert_true(blocks_of(directory) <= 21 * MIB + 64 * KIB);
    assert_int_equal(blob_begin(store, 300 * MIB, &writer), STORE_OK);
    assert_int_equal(write_seed(writer, 3, 40 * MIB, MIB), STORE_OK);
    blob_writer_free(writer);
    while (blob_give_step(store))
        steps[1]++;
    assert_true(blocks_of(directory) <= 21 * MIB + 64 * KIB);
    assert_true(steps[0] > 30 && steps[1] > 3);
    assert_false(blob_give_step(store));
    expect_seed(store, behind, 1, MIB);
    expect_seed(store, within, 2, 20 * MIB);
    store_close(store);
    remove_directory(directory);
}

static void with_fsync_blobs_are_kept_as_well(void **state)
{
    (void)state;
    char directory[64];
    Store *store = open_as(new_directory(directory), DURABILITY_FSYNC);
    int64_t id = keep_now(store, 1, 20 * MIB);
    store_close(store);
    store = open_as(directory, DURABILITY_FSYNC);
    expect_seed(store, id, 1, 20 * MIB);
    store_close(store);
    remove_directory(directory);
}

static void a_large_blob_takes_little_memory(void **state)
{
    (void)state;
    char directory[64], piece[64 * 1024] = {0};
    Store *store = open_in(new_directory(directory));
    BlobWriter *writer;
    size_t before = mallinfo2().uordblks;
    assert_int_equal(blob_begin(store, 512 * MIB, &writer), STORE_OK);
    for (int i = 0; i < 8192; i++)
        assert_int_equal(blob_write(writer, (Bytes){piece, sizeof piece}), STORE_OK);
    assert_true(mallinfo2().uordblks - before < 256 * KIB);
    blob_writer_free(writer);
    store_close(store);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_blob_takes_little_memory),
        cmocka_unit_test(blobs_of_all_lengths_come_back_after_a_restart),
        cmocka_unit_test(any_range_is_read),
        cmocka_unit_test(a_blob_of_known_length_lies_in_one_piece),
        cmocka_unit_test(what_is_undone_is_seen_by_nobody_and_can_be_kept_again),
        cmocka_unit_test(a_writer_let_go_in_a_turn_that_is_undone_gives_its_space_back),
        cmocka_unit_test(dropped_bytes_stay_while_they_are_held),
        cmocka_unit_test(joined_blobs_share_bytes_until_the_last_is_dropped),
        cmocka_unit_test(a_join_of_what_is_not_there_is_refused),
        cmocka_unit_test(a_killed_process_leaves_no_trace_of_what_it_did_not_keep),
        cmocka_unit_test(a_full_disk_is_told_and_its_space_comes_back),
        cmocka_unit_test(space_goes_back_to_the_disk_step_by_step),
        cmocka_unit_test(with_fsync_blobs_are_kept_as_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
