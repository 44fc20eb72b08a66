/* page_file_test.c - checksums of pages: none is missing whatever SQLite does, and damage is found. */
#include "crc32c.h"
#include "page_file.h"
#include "store.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MARK_AT (PAGE_BYTES - PAGE_RESERVED + 8)

static void crc32c_is_the_same_in_each_way(void **state)
{
    (void)state;
    static unsigned char bytes[20000];
    /* RFC 3720, B.4 */
    assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
    assert_int_equal(crc32c(0, bytes, 32), 0x8a9136aa);
    srandom(1);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)random();
    for (CrcWay way = CRC_BY_TABLE; way <= CRC_BY_FOLDING; way++)
        for (size_t len = 0; crc32c_has(way) && len < 19000; len += len < 700 ? 1 : 301)
            assert_int_equal(crc32c_by(way, (uint32_t)len, bytes + len % 9, len),
                             crc32c_by(CRC_BY_TABLE, (uint32_t)len, bytes + len % 9, len));
    assert_int_equal(crc32c(crc32c(0, bytes, 1000), bytes + 1000, 15000), crc32c(0, bytes, 16000));
}

static void run(sqlite3 *db, const char *sql)
{
    char *error = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", sql, error);
}

static void write_something(sqlite3 *db)
{
    char sql[160];
    int number = (int)(random() % 400), bytes = (int)(random() % (random() % 4 ? 900 : 70000));
    switch (random() % 12) {
    case 0:
        snprintf(sql, sizeof sql, "DELETE FROM t WHERE k BETWEEN %d AND %d", number, number + (int)(random() % 50));
        break;
    case 1:
        snprintf(sql, sizeof sql, "DELETE FROM t WHERE k %% 3 = %d", number % 3);
        break;
    case 2:
        snprintf(sql, sizeof sql, "UPDATE t SET v = randomblob(%d) WHERE k %% 17 = %d", bytes, number % 17);
        break;
    case 3:
        snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS other; CREATE TABLE other AS SELECT * FROM t WHERE k < %d",
                 number);
        break;
    default:
        snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO t VALUES (%d, randomblob(%d))", number, bytes);
    }
    run(db, sql);
}

static void write_a_transaction(sqlite3 *db)
{
    bool has_savepoint = random() % 3 == 0;
    run(db, "BEGIN");
    for (long writes = random() % 30; writes >= 0; writes--)
        write_something(db);
    if (has_savepoint) {
        run(db, "SAVEPOINT a");
        for (long writes = random() % 30; writes >= 0; writes--)
            write_something(db);
        run(db, random() % 2 ? "ROLLBACK TO a" : "RELEASE a");
    }
    run(db, random() % 4 ? "COMMIT" : "ROLLBACK");
    if (random() % 5 == 0)
        sqlite3_wal_checkpoint_v2(db, NULL, random() % 2 ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                  NULL);
}

static uint32_t whole_pages(const char *path)
{
    unsigned char page[PAGE_BYTES];
    FILE *file = fopen(path, "r");
    uint32_t number = 0;
    while (fread(page, 1, sizeof page, file) == sizeof page)
        assert_true(page_is_whole(page, ++number));
    fclose(file);
    return number;
}

/* Little memory for pages, so that they are written and read again within transactions; files that grow and shrink. */
static void every_page_that_sqlite_writes_has_its_checksum(void **state)
{
    (void)state;
    char path[] = "/tmp/evpoc-pages-XXXXXX";
    PageFault fault = {0};
    sqlite3 *db;
    close(mkstemp(path));
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, page_file_vfs()), SQLITE_OK);
    run(db, "PRAGMA page_size=16384; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=12; PRAGMA cache_spill=ON");
    page_file_reserve(db);
    page_file_note_in(db, &fault);
    run(db, "PRAGMA journal_mode=WAL; CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB); CREATE INDEX t_v ON t (v)");
    srandom(7);
    uint32_t most = 0;
    for (int i = 0; i < 60; i++) {
        write_a_transaction(db);
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        uint32_t pages = whole_pages(path);
        most = pages > most ? pages : most;
    }
    run(db, "SELECT sum(length(v)) FROM t; PRAGMA integrity_check; VACUUM");
    assert_int_equal(fault.page, 0);
    sqlite3_close(db);
    assert_true(whole_pages(path) > 0);
    assert_true(most > 50);
    unlink(path);
}

/* A store whose process was killed after a checkpoint, with a commit behind it. */

static const Migration schema = {"test", (const char *const[]){"CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)", NULL}};
static const Query put = {"INSERT INTO t (k, v) VALUES (?1, zeroblob(100000))"};
static const Query count = {"SELECT count(*), total(length(v)) FROM t"};

static int open_in(const char *directory, Store **ret_store)
{
    const char *reason = "";
    int code = store_open(directory, DURABILITY_COMMIT, ret_store, &reason);
    if (code == STORE_OK)
        code = store_migrate(*ret_store, &schema);
    if (code != STORE_OK)
        print_message("%s\n", reason);
    return code;
}

static bool put_and_commit(Store *store, int64_t key)
{
    Statement *statement = statement_begin(store, &put);
    bind_int64(statement, 1, key);
    return statement_run(statement) == STORE_OK && store_commit(store) == STORE_OK;
}

static int64_t rows(Store *store)
{
    Statement *statement = statement_begin(store, &count);
    assert_int_equal(statement_one(statement), STORE_ROW);
    int64_t found = column_int64(statement, 0);
    assert_int_equal(column_int64(statement, 1), found * 100000);
    statement_end(statement);
    return found;
}

static char *killed_store(char *directory)
{
    snprintf(directory, 64, "/tmp/evpoc-pages-XXXXXX");
    assert_non_null(mkdtemp(directory));
    pid_t child = fork();
    if (!child) {
        Store *store;
        bool is_fine = open_in(directory, &store) == STORE_OK;
        for (int64_t key = 1; is_fine && key <= 60; key++)
            is_fine = put_and_commit(store, key);
        while (store_checkpoint_step(store))
            continue;
        if (is_fine)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    return directory;
}

static void overwrite(const char *directory, const char *name, long at, const void *bytes, size_t len)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r+");
    fseek(file, at, SEEK_SET);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

static void remove_directory(const char *directory)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

#define FRAME_AT(number) (32 + (number) * (long)(24 + PAGE_BYTES))

/* SQLite would take the log's first pages for the newest: older than those of the file. */
static void a_log_that_is_damaged_where_it_was_copied_already_is_set_aside(void **state)
{
    (void)state;
    char directory[64], path[128];
    Store *store;
    killed_store(directory);
    overwrite(directory, "evpoc.db-wal", FRAME_AT(100) + 500, "xyz", 3);
    assert_int_equal(open_in(directory, &store), STORE_OK);
    assert_int_equal(rows(store), 60);
    assert_non_null(strstr(store_note(store), "was damaged"));
    assert_true(put_and_commit(store, 61));
    store_close(store);
    snprintf(path, sizeof path, "%s/evpoc.db-wal.damaged", directory);
    assert_int_equal(access(path, F_OK), 0);
    remove_directory(directory);
}

static void set_mark_to_begun(const char *directory)
{
    char path[128];
    unsigned char mark[20];
    snprintf(path, sizeof path, "%s/evpoc.db", directory);
    FILE *file = fopen(path, "r");
    fseek(file, MARK_AT, SEEK_SET);
    assert_int_equal(fread(mark, 1, sizeof mark, file), sizeof mark);
    fclose(file);
    assert_int_equal(mark[15], 2);
    mark[15] = 1;
    uint32_t crc = crc32c(0, mark, 16);
    for (int i = 0; i < 4; i++)
        mark[16 + i] = (unsigned char)(crc >> (24 - 8 * i));
    overwrite(directory, "evpoc.db", MARK_AT, mark, sizeof mark);
}

/* As where it was killed while it copied: the file has some new pages, and only the log has the others. */
static void a_log_that_is_damaged_while_it_was_being_copied_is_refused(void **state)
{
    (void)state;
    char directory[64], path[128];
    Store *store;
    const char *reason;
    killed_store(directory);
    set_mark_to_begun(directory);
    assert_int_equal(open_in(directory, &store), STORE_OK);
    assert_int_equal(rows(store), 60);
    store_rollback(store);
    store_close(store);
    remove_directory(directory);

    killed_store(directory);
    set_mark_to_begun(directory);
    overwrite(directory, "evpoc.db-wal", FRAME_AT(100) + 500, "xyz", 3);
    assert_int_equal(store_open(directory, DURABILITY_COMMIT, &store, &reason), STORE_CORRUPT);
    assert_non_null(strstr(reason, "evpoc.db-wal, is damaged or missing"));
    snprintf(path, sizeof path, "%s/evpoc.db-wal", directory);
    unlink(path);
    assert_int_equal(store_open(directory, DURABILITY_COMMIT, &store, &reason), STORE_CORRUPT);
    remove_directory(directory);
}

/* Writes so much that copying takes several steps, and goes on writing between them. */
static bool write_between_steps(Store *store, bool is_killed)
{
    static const Query change = {"UPDATE t SET v = randomblob(100000) WHERE k % 40 = 3"};
    bool is_fine = true;
    int steps = 0;
    for (int64_t key = 1; is_fine && key <= 150; key++)
        is_fine = put_and_commit(store, key);
    while (is_fine && store_checkpoint_step(store)) {
        is_fine = statement_run(statement_begin(store, &change)) == STORE_OK && put_and_commit(store, 151 + steps++);
        if (is_killed && steps == 2)
            kill(getpid(), SIGKILL);
    }
    return is_fine && steps >= 2;
}

static void the_log_is_copied_by_steps_while_others_write(void **state)
{
    (void)state;
    char directory[] = "/tmp/evpoc-pages-XXXXXX", path[128];
    Store *store;
    struct stat before, after;
    assert_non_null(mkdtemp(directory));
    assert_int_equal(open_in(directory, &store), STORE_OK);
    assert_true(write_between_steps(store, false));
    snprintf(path, sizeof path, "%s/evpoc.db-wal", directory);
    assert_int_equal(stat(path, &before), 0);
    /* It came to its end: the log begins anew, and grows no more. */
    for (int64_t key = 1000; key < 1050; key++)
        assert_true(put_and_commit(store, key));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_size, before.st_size);
    int64_t there = rows(store);
    store_close(store);
    assert_int_equal(open_in(directory, &store), STORE_OK);
    assert_int_equal(rows(store), there);
    store_close(store);
    remove_directory(directory);
}

static void killed_between_two_steps_it_has_everything(void **state)
{
    (void)state;
    char directory[] = "/tmp/evpoc-pages-XXXXXX";
    Store *store;
    int status;
    assert_non_null(mkdtemp(directory));
    pid_t child = fork();
    if (!child) {
        if (open_in(directory, &store) == STORE_OK)
            (void)write_between_steps(store, true);
        _exit(1);
    }
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(open_in(directory, &store), STORE_OK);
    assert_null(store_note(store));
    assert_int_equal(rows(store), 152);
    store_close(store);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc32c_is_the_same_in_each_way),
        cmocka_unit_test(every_page_that_sqlite_writes_has_its_checksum),
        cmocka_unit_test(a_log_that_is_damaged_where_it_was_copied_already_is_set_aside),
        cmocka_unit_test(a_log_that_is_damaged_while_it_was_being_copied_is_refused),
        cmocka_unit_test(the_log_is_copied_by_steps_while_others_write),
        cmocka_unit_test(killed_between_two_steps_it_has_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
