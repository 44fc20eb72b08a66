/* store_test.c - turns, files and shard logs. */
#include "shard_log.h"
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const Migration schema = {
    "test", (const char *const[]){"CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)", "CREATE INDEX t_v ON t (v)", NULL}};
static const Query put = {"INSERT INTO t (k, v) VALUES (?1, ?2)"};
static const Query get = {"SELECT v FROM t WHERE k = ?1"};

static Store *open_in(const char *directory)
{
    Store *store;
    const char *reason = NULL;
    int code = store_open(directory, directory ? DURABILITY_COMMIT : DURABILITY_MEMORY, &store, &reason);
    if (code != STORE_OK)
        fail_msg("%s", reason);
    assert_int_equal(store_migrate(store, &schema), STORE_OK);
    return store;
}

static void put_value(Store *store, int64_t key, Bytes value)
{
    Statement *statement = statement_begin(store, &put);
    bind_int64(statement, 1, key);
    bind_bytes(statement, 2, value);
    assert_int_equal(statement_run(statement), STORE_OK);
}

static bool has_value(Store *store, int64_t key)
{
    Statement *statement = statement_begin(store, &get);
    bind_int64(statement, 1, key);
    int code = statement_one(statement);
    if (code == STORE_ROW)
        statement_end(statement);
    return code == STORE_ROW;
}

static char *new_directory(char *pattern)
{
    strcpy(pattern, "/tmp/evpoc-store-XXXXXX");
    assert_non_null(mkdtemp(pattern));
    return pattern;
}

static void remove_directory(const char *directory)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}

static void count_call(void *context)
{
    ++*(int *)context;
}

static void a_rollback_undoes_the_turn_and_tells_the_caches(void **state)
{
    (void)state;
    int rollbacks = 0;
    Store *store = open_in(NULL);
    store_on_rollback(store, count_call, &rollbacks);
    put_value(store, 1, TEXT("a"));
    assert_int_equal(store_commit(store), STORE_OK);
    put_value(store, 2, TEXT("b"));
    store_rollback(store);
    assert_true(has_value(store, 1));
    assert_false(has_value(store, 2));
    assert_int_equal(rollbacks, 1);
    store_close(store);
}

static int64_t sum_of_pairs(Store *store, int depth)
{
    static const Query all = {"SELECT k FROM t ORDER BY k"};
    int64_t sum = 0;
    Statement *rows = statement_begin(store, &all);
    while (statement_step(rows) == STORE_ROW)
        sum += column_int64(rows, 0) * (depth ? sum_of_pairs(store, depth - 1) : 1);
    return sum;
}

static void a_query_may_begin_while_its_rows_are_read(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    for (int64_t id = 1; id <= 4; id++)
        put_value(store, id, TEXT("x"));
    assert_int_equal(sum_of_pairs(store, 3), 10 * 10 * 10 * 10);
    assert_int_equal(sum_of_pairs(store, 1), 100);
    assert_int_equal(store_commit(store), STORE_OK);
    store_close(store);
}

static int refuse_commit(void *context)
{
    return *(bool *)context ? STORE_BROKEN : STORE_OK;
}

static void a_failing_hook_undoes_the_turn(void **state)
{
    (void)state;
    bool refuses = false;
    Store *store = open_in(NULL);
    store_before_commit(store, refuse_commit, &refuses);
    assert_int_equal(store_commit(store), STORE_OK);
    refuses = true;
    put_value(store, 1, TEXT("a"));
    assert_int_equal(store_commit(store), STORE_BROKEN);
    assert_false(has_value(store, 1));
    store_close(store);
}

static void a_savepoint_undoes_only_what_came_after_it(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    put_value(store, 1, TEXT("a"));
    assert_int_equal(store_savepoint(store), STORE_OK);
    put_value(store, 2, TEXT("b"));
    assert_int_equal(store_undo_to_savepoint(store), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_true(has_value(store, 1));
    assert_false(has_value(store, 2));
    store_close(store);
}

/* A child that is killed without closing: what it committed is there. */
static void what_was_committed_survives_a_kill(void **state)
{
    (void)state;
    char directory[64];
    new_directory(directory);
    pid_t child = fork();
    if (!child) {
        Store *store = open_in(directory);
        put_value(store, 1, TEXT("a"));
        if (store_commit(store) != STORE_OK)
            _exit(1);
        put_value(store, 2, TEXT("b"));
        kill(getpid(), SIGKILL);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    Store *store = open_in(directory);
    assert_true(has_value(store, 1));
    assert_false(has_value(store, 2));
    store_close(store);
    remove_directory(directory);
}

static void a_second_process_is_refused(void **state)
{
    (void)state;
    char directory[64];
    new_directory(directory);
    Store *store = open_in(directory), *second = (Store *)1;
    const char *reason = NULL;
    assert_int_equal(store_open(directory, DURABILITY_COMMIT, &second, &reason), STORE_LOCKED);
    assert_null(second);
    assert_non_null(strstr(reason, "in use by another evpoc-emu"));
    store_close(store);
    remove_directory(directory);
}

static void write_file(const char *directory, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/evpoc.db", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void a_foreign_file_is_left_alone(void **state)
{
    (void)state;
    char directory[64];
    new_directory(directory);
    Store *store = NULL;
    const char *reason = NULL;
    write_file(directory, "not a database");
    assert_int_equal(store_open(directory, DURABILITY_COMMIT, &store, &reason), STORE_FOREIGN);
    assert_non_null(strstr(reason, "is not a file of evpoc-emu"));
    remove_directory(directory);
}

/* -- shard logs ---------------------------------------------------------------------------------------------------- */

static void append(ShardLog *log, int64_t id, uint64_t sequence, int64_t arrival_ms, Bytes data)
{
    LogRecord record = {
        .sequence = sequence, .arrival_ms = arrival_ms, .partition_key = TEXT("key"), .data = data, .flags = 3};
    if (sequence % 2)
        record.explicit_hash_key = TEXT("123");
    assert_int_equal(shard_log_append(log, id, &record), STORE_OK);
}

static size_t read_from(ShardLog *log, int64_t id, uint64_t from, size_t limit, LogRecord **ret_records, Arena *arena)
{
    size_t count;
    assert_int_equal(shard_log_read(log, id, from, limit, SIZE_MAX, arena, ret_records, &count), STORE_OK);
    return count;
}

static void records_come_back_as_appended_in_order(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    ShardLog *log;
    Arena *arena = arena_new();
    LogRecord *records;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    for (uint64_t i = 1; i <= 100; i++) {
        append(log, 5, i * 3, 1000 + (int64_t)i, TEXT("data"));
        append(log, 6, i, 1000, TEXT(""));
        if (i % 7 == 0)
            assert_int_equal(store_commit(store), STORE_OK);
    }
    assert_int_equal(read_from(log, 5, 1, 1000, &records, arena), 100);
    for (uint64_t i = 1; i <= 100; i++) {
        assert_int_equal(records[i - 1].sequence, i * 3);
        assert_int_equal(records[i - 1].arrival_ms, 1000 + i);
        assert_int_equal(records[i - 1].flags, 3);
        assert_true(bytes_is(records[i - 1].data, "data"));
        assert_true(bytes_is(records[i - 1].partition_key, "key"));
        assert_int_equal(present(records[i - 1].explicit_hash_key), i * 3 % 2);
    }
    for (uint64_t from = 1; from <= 301; from++) {
        size_t count = read_from(log, 5, from, 4, &records, arena);
        size_t left = from > 300 ? 0 : (300 - from) / 3 + 1;
        assert_int_equal(count, left < 4 ? left : 4);
        if (count)
            assert_int_equal(records[0].sequence, (from + 2) / 3 * 3);
    }
    shard_log_close(log);
    store_close(store);
    arena_free(arena);
}

static void a_page_ends_at_its_bytes_but_has_one_record_at_least(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    ShardLog *log;
    Arena *arena = arena_new();
    LogRecord *records;
    size_t count;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    for (uint64_t i = 1; i <= 10; i++)
        append(log, 1, i, 0, TEXT("seven77"));
    assert_int_equal(shard_log_read(log, 1, 1, 100, 35, arena, &records, &count), STORE_OK);
    assert_int_equal(count, 3);
    assert_int_equal(shard_log_read(log, 1, 1, 100, 1, arena, &records, &count), STORE_OK);
    assert_int_equal(count, 1);
    shard_log_close(log);
    store_close(store);
    arena_free(arena);
}

static void times_find_the_first_record_at_or_after_them(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    ShardLog *log;
    uint64_t sequence;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    assert_int_equal(shard_log_find_time(log, 1, 0, &sequence), STORE_NOT_FOUND);
    for (uint64_t i = 1; i <= 500; i++) {
        append(log, 1, i * 5, (int64_t)i * 10, TEXT("x"));
        if (i % 3 == 0)
            assert_int_equal(store_commit(store), STORE_OK);
    }
    for (int64_t time = 1; time <= 5000; time++) {
        assert_int_equal(shard_log_find_time(log, 1, time, &sequence), STORE_OK);
        assert_int_equal(sequence, (uint64_t)(time + 9) / 10 * 5);
    }
    assert_int_equal(shard_log_find_time(log, 1, 5001, &sequence), STORE_NOT_FOUND);
    shard_log_close(log);
    store_close(store);
}

static void trimming_drops_whole_chunks_in_small_steps(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    ShardLog *log;
    LogSpan span;
    bool more;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    for (uint64_t i = 1; i <= 100; i++) {
        append(log, 1, i, (int64_t)i * 6100, TEXT("x")); /* a chunk spans a minute: ten of them */
        if (i % 10 == 0)
            assert_int_equal(store_commit(store), STORE_OK);
    }
    assert_int_equal(shard_log_trim(log, 1, 55 * 6100, 3, &more), STORE_OK);
    assert_true(more);
    assert_int_equal(shard_log_trim(log, 1, 55 * 6100, 3, &more), STORE_OK);
    assert_false(more);
    assert_int_equal(shard_log_span(log, 1, &span), STORE_OK);
    assert_int_equal(span.first, 51);
    assert_int_equal(span.last, 100);
    assert_int_equal(shard_log_drop(log, 1, 100, &more), STORE_OK);
    assert_int_equal(shard_log_span(log, 1, &span), STORE_NOT_FOUND);
    shard_log_close(log);
    store_close(store);
}

static void a_rollback_forgets_appends(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    ShardLog *log;
    LogSpan span;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    assert_int_equal(store_commit(store), STORE_OK);
    uint64_t writes = store_writes(store);
    append(log, 1, 1, 1, TEXT("x"));
    assert_true(store_writes(store) > writes);
    store_rollback(store);
    assert_int_equal(store_commit(store), STORE_OK);
    assert_int_equal(shard_log_span(log, 1, &span), STORE_NOT_FOUND);
    shard_log_close(log);
    store_close(store);
}

static void a_rollback_keeps_what_earlier_turns_have_appended(void **state)
{
    (void)state;
    Store *store = open_in(NULL);
    ShardLog *log;
    Arena *arena = arena_new();
    LogRecord *records;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    append(log, 1, 1, 1, TEXT("kept"));
    assert_int_equal(store_commit(store), STORE_OK);
    append(log, 1, 2, 2, TEXT("undone"));
    store_rollback(store);
    assert_int_equal(read_from(log, 1, 1, 10, &records, arena), 1);
    append(log, 1, 2, 2, TEXT("again"));
    assert_int_equal(read_from(log, 1, 1, 10, &records, arena), 2);
    assert_true(bytes_is(records[0].data, "kept"));
    assert_true(bytes_is(records[1].data, "again"));
    shard_log_close(log);
    store_close(store);
    arena_free(arena);
}

/* A log under test: of record n, the data is n % 251 in as many bytes as its number says. */
#define LOGS 5
typedef struct Tested {
    const char *directory;
    Store *store;
    ShardLog *log;
    uint64_t committed[LOGS], appended[LOGS];
    size_t sizes[LOGS][4000];
} Tested;

static char tested_data[40000];

static void append_tested(Tested *tested, int id, size_t size)
{
    uint64_t sequence = ++tested->appended[id];
    tested->sizes[id][sequence] = size;
    memset(tested_data, (int)(sequence % 251), size);
    append(tested->log, id, sequence, (int64_t)sequence, (Bytes){tested_data, size});
}

static void reopen_tested(Tested *tested)
{
    if (tested->store) {
        shard_log_close(tested->log);
        store_close(tested->store);
    }
    tested->store = open_in(tested->directory);
    assert_int_equal(shard_log_open(tested->store, &tested->log), STORE_OK);
    assert_int_equal(store_commit(tested->store), STORE_OK); /* of the tables */
}

static void check_tested(Tested *tested, int id)
{
    Arena *arena = arena_new();
    LogRecord *records;
    uint64_t from = tested->appended[id] > 300 ? tested->appended[id] - 300 : 1;
    size_t count = read_from(tested->log, id, from, 1000, &records, arena);
    assert_int_equal(count, tested->appended[id] - from + 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(records[i].sequence, from + i);
        assert_int_equal(records[i].data.len, tested->sizes[id][from + i]);
        for (size_t at = 0; at < records[i].data.len; at += 997)
            assert_int_equal((unsigned char)records[i].data.ptr[at], (from + i) % 251);
    }
    arena_free(arena);
}

static void logs_hold_what_was_committed_through_rollbacks_and_restarts(void **state)
{
    (void)state;
    static Tested tested;
    char directory[64];
    unsigned seed = 7;
    tested.directory = new_directory(directory);
    reopen_tested(&tested);
    for (int turn = 0; turn < 1500; turn++) {
        for (int puts = rand_r(&seed) % 8; puts; puts--)
            append_tested(&tested, rand_r(&seed) % LOGS, (size_t)rand_r(&seed) % (rand_r(&seed) % 20 ? 1000 : 40000));
        check_tested(&tested, rand_r(&seed) % LOGS);
        if (rand_r(&seed) % 10) {
            assert_int_equal(store_commit(tested.store), STORE_OK);
            memcpy(tested.committed, tested.appended, sizeof tested.committed);
        } else {
            store_rollback(tested.store);
            memcpy(tested.appended, tested.committed, sizeof tested.committed);
        }
        if (rand_r(&seed) % 50 == 0)
            reopen_tested(&tested);
    }
    for (int id = 0; id < LOGS; id++)
        check_tested(&tested, id);
    shard_log_close(tested.log);
    store_close(tested.store);
    remove_directory(directory);
}

static void logs_that_are_written_no_more_take_no_memory(void **state)
{
    (void)state;
    char directory[64], data[30000] = {0};
    new_directory(directory);
    Store *store = open_in(directory);
    ShardLog *log;
    assert_int_equal(shard_log_open(store, &log), STORE_OK);
    size_t before = mallinfo2().uordblks;
    for (int64_t id = 1; id <= 2000; id++) {
        append(log, id, 1, 1, (Bytes){data, sizeof data});
        assert_int_equal(store_commit(store), STORE_OK);
    }
    assert_true(mallinfo2().uordblks - before < (size_t)24 * 1024 * 1024);
    shard_log_close(log);
    store_close(store);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rollback_undoes_the_turn_and_tells_the_caches),
        cmocka_unit_test(a_query_may_begin_while_its_rows_are_read),
        cmocka_unit_test(a_failing_hook_undoes_the_turn),
        cmocka_unit_test(a_savepoint_undoes_only_what_came_after_it),
        cmocka_unit_test(what_was_committed_survives_a_kill),
        cmocka_unit_test(a_second_process_is_refused),
        cmocka_unit_test(a_foreign_file_is_left_alone),
        cmocka_unit_test(records_come_back_as_appended_in_order),
        cmocka_unit_test(a_page_ends_at_its_bytes_but_has_one_record_at_least),
        cmocka_unit_test(times_find_the_first_record_at_or_after_them),
        cmocka_unit_test(trimming_drops_whole_chunks_in_small_steps),
        cmocka_unit_test(a_rollback_forgets_appends),
        cmocka_unit_test(a_rollback_keeps_what_earlier_turns_have_appended),
        cmocka_unit_test(logs_hold_what_was_committed_through_rollbacks_and_restarts),
        cmocka_unit_test(logs_that_are_written_no_more_take_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
