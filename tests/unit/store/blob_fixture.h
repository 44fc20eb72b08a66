/* blob_fixture.h - what the tests of blobs share. */
#pragma once
#include "blob.h"
#include "blob_internal.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KIB ((uint64_t)1024)
#define MIB (1024 * KIB)

static const Migration schema = {"test", (const char *const[]){"CREATE TABLE t (k INTEGER PRIMARY KEY)", NULL}};

static inline Store *open_as(const char *directory, Durability durability)
{
    Store *store;
    const char *reason = NULL;
    if (store_open(directory, durability, &store, &reason) != STORE_OK)
        fail_msg("%s", reason);
    assert_int_equal(store_migrate(store, &schema), STORE_OK);
    if (blob_open(store) != STORE_OK)
        fail_msg("%s", store_error(store));
    assert_int_equal(store_commit(store), STORE_OK);
    return store;
}

static inline Store *open_in(const char *directory)
{
    return open_as(directory, directory ? DURABILITY_COMMIT : DURABILITY_MEMORY);
}

static inline char *new_directory(char *pattern)
{
    memcpy(pattern, "/tmp/evpoc-blob-XXXXXX", 23);
    assert_non_null(mkdtemp(pattern));
    return pattern;
}

static inline void remove_directory(const char *directory)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

/* Byte `at` of what `seed` makes. */
static inline char byte_of(uint64_t seed, uint64_t at)
{
    uint64_t mixed = (at / 8 + seed * 1000003) * 0x9e3779b97f4a7c15u;
    return (char)(mixed >> (at % 8 * 7));
}

static inline char *bytes_from(uint64_t seed, uint64_t from, size_t len)
{
    char *bytes = malloc(len + 1);
    for (size_t i = 0; i < len; i++)
        bytes[i] = byte_of(seed, from + i);
    return bytes;
}

static inline int write_seed(BlobWriter *writer, uint64_t seed, uint64_t length, size_t piece)
{
    int code = STORE_OK;
    for (uint64_t at = 0, len; code == STORE_OK && at < length; at += len) {
        len = length - at < piece ? length - at : piece;
        char *bytes = bytes_from(seed, at, (size_t)len);
        code = blob_write(writer, (Bytes){bytes, (size_t)len});
        free(bytes);
    }
    return code;
}

static inline int64_t keep_seed(Store *store, uint64_t seed, uint64_t length, bool is_known)
{
    BlobWriter *writer;
    int64_t id;
    assert_int_equal(blob_begin(store, is_known ? length : BLOB_LENGTH_UNKNOWN, &writer), STORE_OK);
    assert_int_equal(write_seed(writer, seed, length, 100000), STORE_OK);
    assert_int_equal(blob_keep(writer, &id), STORE_OK);
    blob_writer_free(writer);
    return id;
}

static inline int64_t keep_now(Store *store, uint64_t seed, uint64_t length)
{
    int64_t id = keep_seed(store, seed, length, true);
    assert_int_equal(store_commit(store), STORE_OK);
    return id;
}

static inline void expect_bytes(Blob *blob, uint64_t at, size_t len, uint64_t seed, uint64_t from)
{
    size_t read;
    char *expected = bytes_from(seed, from, len), *found = malloc(len + 1);
    assert_int_equal(blob_read(blob, at, found, len, &read), STORE_OK);
    assert_int_equal(read, len);
    assert_memory_equal(found, expected, len);
    free(expected);
    free(found);
}

static inline void expect_seed(Store *store, int64_t id, uint64_t seed, uint64_t length)
{
    Blob *blob;
    uint64_t found;
    assert_int_equal(blob_find(store, id, &found), STORE_OK);
    assert_int_equal(found, length);
    assert_int_equal(blob_hold(store, id, &blob), STORE_OK);
    assert_int_equal(blob_length(blob), length);
    expect_bytes(blob, 0, (size_t)length, seed, 0);
    blob_let_go(blob);
}

static inline bool is_there(Store *store, int64_t id)
{
    uint64_t length;
    return blob_find(store, id, &length) == STORE_OK;
}

static inline uint64_t used(Store *store)
{
    BlobUse use = blob_use(store);
    return use.file_bytes - use.free_bytes;
}

static inline uint64_t blocks_of(const char *directory)
{
    char path[128];
    struct stat file;
    snprintf(path, sizeof path, "%s/evpoc.blobs", directory);
    assert_int_equal(stat(path, &file), 0);
    return (uint64_t)file.st_blocks * 512;
}

static inline void damage(const char *directory, const char *name, off_t at)
{
    char path[160], byte = 0;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte = (char)(byte ^ 4);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static inline void expect_range(Blob *blob, uint64_t at, uint64_t length, uint64_t seed)
{
    BlobRange range;
    assert_int_equal(blob_open_range(blob, at, length, &range), STORE_OK);
    assert_int_equal(range.length, length);
    char *expected = bytes_from(seed, at, (size_t)length), *found = malloc((size_t)length);
    assert_int_equal(pread(range.fd, found, (size_t)length, (off_t)range.fd_at), (ssize_t)length);
    assert_memory_equal(found, expected, (size_t)length);
    free(expected);
    free(found);
    close(range.fd);
}
