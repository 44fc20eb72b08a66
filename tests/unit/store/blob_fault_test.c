/* blob_fault_test.c - the n-th write or sync fails, for each n: what was acknowledged is there, and space is counted
 * rightly. The functions below stand before libc's, for us and for SQLite. */
#include "blob_fixture.h"
#include <errno.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define BLOBS 6

static int calls_left = -1; /* until one fails; < 0: none does */
static int failure;         /* its errno */

static bool fails(void)
{
    if (calls_left < 0 || calls_left-- > 0)
        return false;
    errno = failure;
    return true;
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at);
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return fails() ? -1 : syscall(SYS_pwritev, fd, parts, (long)count, (long)at, 0L);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at);
ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return fails() ? -1 : syscall(SYS_pwrite64, fd, bytes, len, (long)at);
}

/* Nothing is synced: no power is cut here. */
int fdatasync(int fd)
{
    (void)fd;
    return fails() ? -1 : 0;
}

int ftruncate(int fd, off_t length)
{
    return fails() ? -1 : (int)syscall(SYS_ftruncate, fd, (long)length);
}

typedef struct Acknowledged {
    int64_t id; /* 0: not there */
    uint64_t seed, length;
} Acknowledged;

static bool try_keep(Store *store, uint64_t seed, uint64_t length, int64_t *ret_id)
{
    BlobWriter *writer = NULL;
    bool is_kept = blob_begin(store, seed % 2 ? length : BLOB_LENGTH_UNKNOWN, &writer) == STORE_OK &&
                   write_seed(writer, seed, length, 30000) == STORE_OK && blob_keep(writer, ret_id) == STORE_OK;
    blob_writer_free(writer);
    if (!is_kept)
        store_rollback(store);
    return is_kept && store_commit(store) == STORE_OK;
}

static bool try_copy(Store *store, const Acknowledged *from, int64_t *ret_id)
{
    BlobSlice all = {from->id, 0, from->length};
    if (blob_join(store, &all, 1, ret_id) == STORE_OK)
        return store_commit(store) == STORE_OK;
    store_rollback(store);
    return false;
}

/* A drop that failed may have been done all the same, but not by halves. */
static bool try_drop(Store *store, int64_t id)
{
    if (blob_drop(store, id) == STORE_OK)
        return store_commit(store) == STORE_OK;
    store_rollback(store);
    return false;
}

static void live(Store *store, Acknowledged all[static BLOBS])
{
    static const uint64_t lengths[] = {100, 70000, 300000, 50000};
    for (int i = 0; i < 4; i++) {
        all[i] = (Acknowledged){0, (uint64_t)i, lengths[i]};
        int64_t id;
        if (try_keep(store, (uint64_t)i, lengths[i], &id))
            all[i].id = id;
    }
    int64_t copied = 0;
    if (all[1].id && try_copy(store, &all[1], &copied))
        all[4] = (Acknowledged){copied, 1, all[1].length};
    if (all[1].id && try_drop(store, all[1].id))
        all[1].id = 0;
    if (all[2].id && try_drop(store, all[2].id))
        all[2].id = 0;
    int64_t id;
    if (try_keep(store, 9, 200000, &id))
        all[5] = (Acknowledged){id, 9, 200000};
}

static void check_all(Store *store, const Acknowledged all[static BLOBS])
{
    int64_t wrong = -1, bytes = -1;
    for (int i = 0; i < BLOBS; i++)
        if (all[i].id)
            expect_seed(store, all[i].id, all[i].seed, all[i].length);
    assert_int_equal(ask_number(store->db, "SELECT total((length + 4095) / 4096 * 4096) FROM blob_extent", &bytes),
                     SQLITE_OK);
    assert_int_equal(used(store), bytes);
    assert_int_equal(
        ask_number(
            store->db,
            "SELECT count(*) FROM blob_extent e WHERE pieces != (SELECT count(*) FROM blob_piece p WHERE p.place = e.place)",
            &wrong),
        SQLITE_OK);
    assert_int_equal(wrong, 0);
}

/* False: fewer calls than that were made. */
static bool live_with_fault(int at, int error)
{
    char directory[64];
    Acknowledged all[BLOBS] = {{0}};
    Store *store = open_as(new_directory(directory), DURABILITY_FSYNC);
    calls_left = at;
    failure = error;
    live(store, all);
    bool has_failed = calls_left < 0;
    calls_left = -1;
    assert_int_equal(store_commit(store), STORE_OK);
    check_all(store, all);
    store_close(store);
    store = open_in(directory);
    check_all(store, all);
    store_close(store);
    remove_directory(directory);
    return has_failed;
}

static void each_write_and_sync_may_fail(void **state)
{
    (void)state;
    static const int errors[] = {EIO, ENOSPC};
    for (int i = 0; i < 2; i++) {
        int at = 0;
        while (live_with_fault(at, errors[i]))
            at++;
        assert_true(at > 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_write_and_sync_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
