/* blob_model_test.c - random keeps, joins, drops, holds, rollbacks, restarts and restores, against a model in memory.
 */
#include "blob.h"
#include "blob_internal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define BLOBS 24
#define HOLDS 6

typedef struct Known {
    int64_t id; /* 0: none */
    char *bytes;
    size_t len;
} Known;

typedef struct World {
    Store *store;
    const char *directory;
    unsigned seed;
    Known now[BLOBS], committed[BLOBS];
    Known held[HOLDS];
    Blob *blobs[HOLDS];
} World;

static uint32_t chance(World *world, uint32_t below)
{
    return (uint32_t)rand_r(&world->seed) % below;
}

static Known copy_of(const Known *from)
{
    Known copy = {from->id, malloc(from->len + 1), from->len};
    if (from->len)
        memcpy(copy.bytes, from->bytes, from->len);
    return copy;
}

static void set(Known *slot, Known value)
{
    free(slot->bytes);
    *slot = value;
}

static void copy_all(Known *to, const Known *from)
{
    for (int i = 0; i < BLOBS; i++)
        set(&to[i], copy_of(&from[i]));
}

static size_t any_length(World *world)
{
    static const size_t most[] = {10, 5000, 70000, 400000, 1500000};
    return chance(world, (uint32_t)most[chance(world, 5)] + 1);
}

static void expect_same(Blob *blob, const Known *known, World *world)
{
    size_t at = known->len ? chance(world, (uint32_t)known->len) : 0, len = known->len - at, read;
    len = chance(world, 3) ? len : len / 3;
    char *room = malloc(len + 1);
    assert_int_equal(blob_length(blob), known->len);
    assert_int_equal(blob_read(blob, at, room, len, &read), STORE_OK);
    assert_int_equal(read, len);
    assert_memory_equal(room, known->bytes + at, len);
    BlobRange range;
    if (blob_open_range(blob, at, len, &range) == STORE_OK) {
        assert_int_equal(pread(range.fd, room, len, (off_t)range.fd_at), (ssize_t)len);
        assert_memory_equal(room, known->bytes + at, len);
        close(range.fd);
    }
    free(room);
}

static void check_one(World *world, int at)
{
    Blob *blob;
    if (!world->now[at].id)
        return;
    assert_int_equal(blob_hold(world->store, world->now[at].id, &blob), STORE_OK);
    expect_same(blob, &world->now[at], world);
    blob_let_go(blob);
}

static void drop_one(World *world, int at)
{
    if (world->now[at].id)
        assert_int_equal(blob_drop(world->store, world->now[at].id), STORE_OK);
    set(&world->now[at], (Known){0});
}

static BlobWriter *written(World *world, Known *ret)
{
    BlobWriter *writer;
    *ret = (Known){.len = any_length(world)};
    ret->bytes = malloc(ret->len + 1);
    for (size_t i = 0; i < ret->len; i++)
        ret->bytes[i] = (char)rand_r(&world->seed);
    /* What was said may be wrong. */
    uint64_t expected = chance(world, 2) ? BLOB_LENGTH_UNKNOWN : chance(world, 5) ? ret->len : any_length(world);
    assert_int_equal(blob_begin(world->store, expected, &writer), STORE_OK);
    for (size_t at = 0, len; at < ret->len; at += len) {
        len = 1 + chance(world, 60000);
        len = len < ret->len - at ? len : ret->len - at;
        assert_int_equal(blob_write(writer, (Bytes){ret->bytes + at, len}), STORE_OK);
    }
    return writer;
}

static void keep_one(World *world, int at)
{
    Known known;
    BlobWriter *writer = written(world, &known);
    drop_one(world, at);
    if (chance(world, 4)) {
        assert_int_equal(blob_keep(writer, &known.id), STORE_OK);
        set(&world->now[at], known);
    } else {
        free(known.bytes);
    }
    blob_writer_free(writer);
}

static void join_some(World *world, int at)
{
    BlobSlice slices[8];
    size_t count = 0;
    Known joined = {.bytes = malloc(1)};
    for (int i = 0; i < 8; i++) {
        const Known *from = &world->now[chance(world, BLOBS)];
        if (!from->id)
            continue;
        size_t skip = chance(world, (uint32_t)from->len + 1), len = chance(world, (uint32_t)(from->len - skip) + 1);
        if (joined.len + len > 4000000)
            continue;
        slices[count++] = (BlobSlice){from->id, skip, len};
        joined.bytes = realloc(joined.bytes, joined.len + len + 1);
        memcpy(joined.bytes + joined.len, from->bytes + skip, len);
        joined.len += len;
    }
    assert_int_equal(blob_join(world->store, slices, count, &joined.id), STORE_OK);
    drop_one(world, at);
    set(&world->now[at], joined);
}

static void hold_or_let_go(World *world)
{
    uint32_t hold = chance(world, HOLDS);
    const Known *known = &world->committed[chance(world, BLOBS)];
    if (world->blobs[hold])
        expect_same(world->blobs[hold], &world->held[hold], world);
    world->blobs[hold] = blob_let_go(world->blobs[hold]);
    if (known->id && blob_hold(world->store, known->id, &world->blobs[hold]) == STORE_OK)
        set(&world->held[hold], copy_of(known));
}

static void let_all_go(World *world)
{
    for (int i = 0; i < HOLDS; i++)
        world->blobs[i] = blob_let_go(world->blobs[i]);
}

static void open_world(World *world)
{
    const char *reason = "";
    Durability durability = world->directory ? DURABILITY_COMMIT : DURABILITY_MEMORY;
    if (store_open(world->directory, durability, &world->store, &reason) != STORE_OK ||
        blob_open(world->store) != STORE_OK)
        fail_msg("%s", reason);
    assert_int_equal(store_commit(world->store), STORE_OK);
}

/* With nothing held, the bytes used are those of the extents, and all were counted rightly. */
static void expect_counts(World *world)
{
    int64_t wrong = -1, bytes = -1;
    sqlite3 *db = world->store->db;
    assert_int_equal(
        ask_number(db,
                   "SELECT count(*) FROM blob_extent e WHERE pieces = 0 OR pieces != (SELECT count(*) FROM "
                   "blob_piece p WHERE p.place = e.place)",
                   &wrong),
        SQLITE_OK);
    assert_int_equal(wrong, 0);
    assert_int_equal(ask_number(db, "SELECT total((length + 4095) / 4096 * 4096) FROM blob_extent", &bytes), SQLITE_OK);
    BlobUse use = blob_use(world->store);
    assert_int_equal(use.file_bytes - use.free_bytes, bytes);
}

static void end_turn(World *world)
{
    if (chance(world, 4)) {
        assert_int_equal(store_commit(world->store), STORE_OK);
        copy_all(world->committed, world->now);
    } else {
        store_rollback(world->store);
        copy_all(world->now, world->committed);
    }
}

static void restart_or_restore(World *world)
{
    const char *reason = "";
    let_all_go(world);
    store_rollback(world->store);
    copy_all(world->now, world->committed);
    assert_int_equal(store_commit(world->store), STORE_OK);
    expect_counts(world);
    if (world->directory && chance(world, 2)) {
        store_close(world->store);
        open_world(world);
        expect_counts(world);
        return;
    }
    assert_int_equal(store_snapshot(world->store, "s", &reason), STORE_OK);
    keep_one(world, 0);
    drop_one(world, 1);
    assert_int_equal(store_commit(world->store), STORE_OK);
    assert_int_equal(store_restore(world->store, "s", &reason), STORE_OK);
    copy_all(world->now, world->committed);
    expect_counts(world);
}

static void step(World *world)
{
    int at = (int)chance(world, BLOBS);
    uint32_t what = chance(world, 100);
    if (what < 30)
        keep_one(world, at);
    else if (what < 40)
        join_some(world, at);
    else if (what < 50)
        drop_one(world, at);
    else if (what < 65)
        check_one(world, at);
    else if (what < 78)
        hold_or_let_go(world);
    else if (what < 98)
        end_turn(world);
    else
        restart_or_restore(world);
    (void)blob_check_step(world->store);
}

static void live(unsigned seed, const char *directory)
{
    World world = {.seed = seed, .directory = directory};
    open_world(&world);
    for (int i = 0; i < 400; i++)
        step(&world);
    let_all_go(&world);
    store_rollback(world.store);
    copy_all(world.now, world.committed);
    for (int i = 0; i < BLOBS; i++) {
        check_one(&world, i);
        drop_one(&world, i);
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(store_commit(world.store), STORE_OK);
    BlobUse use = blob_use(world.store);
    assert_int_equal(use.file_bytes, 0);
    assert_int_equal(use.free_bytes, 0);
    store_close(world.store);
    for (int i = 0; i < BLOBS; i++) {
        free(world.now[i].bytes);
        free(world.committed[i].bytes);
    }
    for (int i = 0; i < HOLDS; i++)
        free(world.held[i].bytes);
}

static void a_world_of_blobs_is_as_its_model_says(void **state)
{
    (void)state;
    const char *seeds = getenv("BLOB_SEEDS"), *first = getenv("BLOB_SEED");
    unsigned from = first ? (unsigned)strtoul(first, NULL, 10) : 1;
    for (unsigned i = 0; i < (seeds ? (unsigned)strtoul(seeds, NULL, 10) : 4); i++) {
        char directory[] = "/tmp/evpoc-blob-XXXXXX", command[64];
        print_message("seed %u\n", from + i);
        assert_non_null(mkdtemp(directory));
        live(from + i, i % 4 ? directory : NULL);
        snprintf(command, sizeof command, "rm -r %s", directory);
        assert_int_equal(system(command), 0);
    }
}

/* The free space alone, against a map of bytes. */
static void free_space_is_merged_and_found(void **state)
{
    (void)state;
    enum { UNITS = 400 };
    unsigned seed = 5;
    char taken[UNITS] = {0};
    Space *space = space_new();
    for (int i = 0; i < 20000; i++) {
        uint64_t length = 1 + (uint64_t)rand_r(&seed) % 9, at = (uint64_t)rand_r(&seed) % (UNITS - 10), count = 0,
                 free_units = 0;
        if (rand_r(&seed) % 2 && space_end(space) < UNITS - 10) {
            at = space_take(space, length);
            for (uint64_t j = at; j < at + length; j++)
                assert_false(taken[j]);
            memset(taken + at, 1, length);
        } else {
            while (count < length && taken[at + count])
                taken[at + count++] = 0;
            space_give(space, at, count);
        }
        uint64_t end = UNITS;
        while (end && !taken[end - 1])
            end--;
        for (uint64_t j = 0; j < end; j++)
            free_units += !taken[j];
        assert_int_equal(space_end(space), end);
        assert_int_equal(space_free_bytes(space), free_units);
        for (uint64_t place = 0, found = 0; space_next(space, place + found, &place, &found);)
            assert_true(found && !taken[place] && taken[place + found] && (!place || taken[place - 1]));
    }
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_space_is_merged_and_found),
        cmocka_unit_test(a_world_of_blobs_is_as_its_model_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
