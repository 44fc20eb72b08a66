/* retention_test.c - what is read, what is hidden, what is gone; and what a restart keeps. */
#include "fixture.h"

#define SHARD "shardId-000000000000"

static int64_t chunks_of(Fixture *fixture)
{
    static const Query count = {"SELECT COUNT(*) FROM shard_log"};
    Statement *statement = statement_begin(fixture->runtime.store, &count);
    assert_int_equal(statement_one(statement), STORE_ROW);
    int64_t chunks = column_int64(statement, 0);
    statement_end(statement);
    return chunks;
}

static const char *set_retention(Fixture *fixture, const Operation *operation, int32_t hours)
{
    KinesisIncreaseStreamRetentionPeriodOutput out; /* both operations have the same members */
    KinesisIncreaseStreamRetentionPeriodInput in = {.stream_name = TEXT("s")};
    SET(&in, retention_period_hours, hours);
    return run(fixture, operation, &in, &out);
}

static void records_are_hidden_at_their_hour_and_trimmed_after_it(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    put(fixture, "s", "old");
    pass_ms(fixture, 12 * MS_PER_HOUR);
    put(fixture, "s", "young");
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 2);
    clock_advance_ms(fixture->runtime.clock, 12 * MS_PER_HOUR + 1);
    KinesisGetRecordsOutput page = all_of(fixture, "s", SHARD);
    assert_int_equal(page.records.len, 1);
    assert_true(bytes_is(page.records.items[0].data, "young"));
    for (int i = 0; i < 5; i++)
        pass_ms(fixture, 60001);
    assert_int_equal(chunks_of(fixture), 1);
}

static void numbers_go_on_after_a_log_was_trimmed_empty(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    put(fixture, "s", "1");
    Bytes before = put(fixture, "s", "2");
    pass_ms(fixture, 25 * MS_PER_HOUR);
    for (int i = 0; i < 5; i++)
        pass_ms(fixture, 60001);
    assert_int_equal(chunks_of(fixture), 0);
    streams_forget(fixture->kinesis);
    Bytes after = put(fixture, "s", "3");
    assert_true(memcmp(before.ptr, after.ptr, SEQUENCE_DIGITS) < 0);
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 1);
}

static void what_retention_has_hidden_does_not_come_back(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    put(fixture, "s", "old");
    pass_ms(fixture, 25 * MS_PER_HOUR);
    put(fixture, "s", "young");
    assert_null(set_retention(fixture, &KinesisIncreaseStreamRetentionPeriod, 48));
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 1);
    pass_ms(fixture, 40 * MS_PER_HOUR);
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 1);
    assert_null(set_retention(fixture, &KinesisDecreaseStreamRetentionPeriod, 24));
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 0);
    assert_string_equal(set_retention(fixture, &KinesisIncreaseStreamRetentionPeriod, 8761),
                        "InvalidArgumentException");
    assert_string_equal(set_retention(fixture, &KinesisDecreaseStreamRetentionPeriod, 23), "InvalidArgumentException");
}

static void the_logs_of_a_deleted_stream_go_in_steps(void **state)
{
    Fixture *fixture = *state;
    KinesisDeleteStreamOutput out;
    KinesisDeleteStreamInput in = {.stream_name = TEXT("s")};
    make_stream(fixture, "s", 2);
    for (int i = 0; i < 100; i++) {
        put(fixture, "s", "x");
        pass_ms(fixture, 60001); /* a chunk spans a minute */
    }
    assert_true(chunks_of(fixture) > 90);
    assert_null(run(fixture, &KinesisDeleteStream, &in, &out));
    for (int i = 0; i < 20; i++)
        pass_ms(fixture, 2);
    assert_int_equal(chunks_of(fixture), 0);
}

/* A pass that has seen every shard rests until the next minute: nothing wakes an idle loop. */
static void trimming_rests_between_its_passes(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 100);
    put(fixture, "s", "x");
    pass_ms(fixture, 60000);
    for (int i = 0; i < 5; i++)
        pass_ms(fixture, 1);
    int ran = 0;
    for (int i = 0; i < 100; i++) {
        clock_advance_ms(fixture->runtime.clock, 100);
        ran += scheduler_run(fixture->runtime.scheduler);
        end_turn(fixture);
    }
    assert_int_equal(ran, 0);
}

static void a_closed_shard_ends_without_an_iterator_but_with_its_children(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    put(fixture, "s", "last");
    Bytes iterator = iterator_at(fixture, "s", SHARD, TEXT("LATEST"), (Bytes){0});
    KinesisSplitShardOutput out;
    KinesisSplitShardInput in = {
        .stream_name = TEXT("s"), .shard_to_split = TEXT(SHARD), .new_starting_hash_key = TEXT("1000")};
    assert_null(run(fixture, &KinesisSplitShard, &in, &out));
    KinesisGetRecordsOutput page = page_of(fixture, iterator);
    assert_false(present(page.next_shard_iterator));
    assert_int_equal(page.child_shards.len, 2);
    page = all_of(fixture, "s", SHARD);
    assert_int_equal(page.records.len, 1);
    assert_false(present(page.next_shard_iterator));
}

static void streams_records_iterators_and_numbers_survive_a_restart(void **state)
{
    Fixture *fixture = *state;
    close_service(fixture);
    strcpy(fixture->directory, "/tmp/kinesis-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    open_service(fixture);
    make_stream(fixture, "s", 2);
    put(fixture, "s", "1");
    Bytes before = put(fixture, "s", "2");
    Bytes iterator = iterator_at(fixture, "s", SHARD, TEXT("AFTER_SEQUENCE_NUMBER"), before);
    close_service(fixture);
    open_service(fixture);
    Bytes after = put(fixture, "s", "3");
    assert_true(memcmp(before.ptr, after.ptr, SEQUENCE_DIGITS) < 0);
    KinesisGetRecordsOutput page = page_of(fixture, iterator);
    assert_int_equal(page.records.len, 1);
    assert_true(bytes_is(page.records.items[0].data, "3"));
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 3);
}

static void a_turn_that_is_undone_leaves_nothing(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    Bytes first = put(fixture, "s", "1"), number;
    Stream *stream =
        streams_get(fixture->kinesis, (KinesisStreamName){TEXT("000000000000"), TEXT("us-east-1"), TEXT("s")});
    assert_int_equal(kinesis_append(&fixture->call.scope, TEXT("s"), TEXT("k"), TEXT("undone")), 0);
    assert_int_equal(shard_split(fixture->kinesis, stream->shards[0], 1000, START_MS), STORE_OK);
    store_rollback(fixture->runtime.store);
    number = put(fixture, "s", "2");
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 2);
    assert_true(memcmp(first.ptr, number.ptr, SEQUENCE_DIGITS) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_are_hidden_at_their_hour_and_trimmed_after_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_go_on_after_a_log_was_trimmed_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_retention_has_hidden_does_not_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trimming_rests_between_its_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_logs_of_a_deleted_stream_go_in_steps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closed_shard_ends_without_an_iterator_but_with_its_children, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(streams_records_iterators_and_numbers_survive_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_turn_that_is_undone_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
