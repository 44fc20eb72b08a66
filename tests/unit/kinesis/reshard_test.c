/* reshard_test.c - after any split, merge or rescale the open shards cover all hash keys once. */
#include "fixture.h"
#include "reshard.h"

static void assert_covered_once(const Stream *stream)
{
    HashKey next = 0;
    for (size_t i = 0; i < stream->open_count; i++) {
        assert_true(stream->open[i]->hash_start == next);
        next = stream->open[i]->hash_end + 1;
    }
    assert_true(next == 0); /* 2^128 */
}

static const char *split(Fixture *fixture, const char *shard, const char *at)
{
    KinesisSplitShardOutput out;
    KinesisSplitShardInput in = {
        .stream_name = TEXT("s"), .shard_to_split = bytes_of(shard), .new_starting_hash_key = bytes_of(at)};
    return run(fixture, &KinesisSplitShard, &in, &out);
}

static const char *merge(Fixture *fixture, const char *first, const char *second)
{
    KinesisMergeShardsOutput out;
    KinesisMergeShardsInput in = {
        .stream_name = TEXT("s"), .shard_to_merge = bytes_of(first), .adjacent_shard_to_merge = bytes_of(second)};
    return run(fixture, &KinesisMergeShards, &in, &out);
}

static const char *scale(Fixture *fixture, int32_t target)
{
    KinesisUpdateShardCountOutput out;
    KinesisUpdateShardCountInput in = {.stream_name = TEXT("s"), .scaling_type = TEXT("UNIFORM_SCALING")};
    SET(&in, target_shard_count, target);
    return run(fixture, &KinesisUpdateShardCount, &in, &out);
}

static void a_split_divides_where_it_is_told(void **state)
{
    Stream *stream = make_stream(*state, "s", 1);
    assert_null(split(*state, "shardId-000000000000", "1000"));
    assert_int_equal(stream->open_count, 2);
    assert_covered_once(stream);
    assert_true(stream->open[0]->hash_end == 999 && stream->open[1]->hash_start == 1000);
    assert_int_equal(stream->open[1]->parent, 0);
    assert_true(stream->open[0]->origin.created_s > stream->shards[0]->ended_s);
    assert_string_equal(split(*state, "shardId-000000000000", "1000"), "ResourceInUseException");
}

/* aws-test: SplitShard: "not both greater than one plus the shard's StartingHashKey … and less than …" */
static void a_split_at_an_end_of_the_range_is_refused(void **state)
{
    make_stream(*state, "s", 1);
    static const char *const wrong[] = {"0", "1", "340282366920938463463374607431768211455"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_string_equal(split(*state, "shardId-000000000000", wrong[i]), "InvalidArgumentException");
    assert_null(split(*state, "shardId-000000000000", "2"));
}

static void neighbours_merge_in_either_order_and_nobody_else(void **state)
{
    Stream *stream = make_stream(*state, "s", 4);
    assert_string_equal(merge(*state, "shardId-000000000000", "shardId-000000000002"), "InvalidArgumentException");
    assert_string_equal(merge(*state, "shardId-000000000000", "shardId-000000000000"), "InvalidArgumentException");
    assert_null(merge(*state, "shardId-000000000001", "shardId-000000000000"));
    assert_null(merge(*state, "shardId-000000000002", "shardId-000000000003"));
    assert_int_equal(stream->open_count, 2);
    assert_covered_once(stream);
    assert_int_equal(stream->open[0]->parent, 1);
    assert_int_equal(stream->open[0]->adjacent_parent, 0);
}

static void any_count_is_reached_from_any_other(void **state)
{
    Fixture *fixture = *state;
    Stream *stream = make_stream(fixture, "s", 7);
    HashKey starts[100];
    for (uint32_t count = 1; count < 100; count = count * 7 % 101) {
        reshard_plan(stream, count, starts);
        assert_int_equal(reshard_run(fixture->kinesis, stream, starts, count, START_MS), STORE_OK);
        assert_int_equal(stream->open_count, count);
        assert_covered_once(stream);
        end_turn(fixture);
        if (count == 1 && stream->shards_count > 100)
            break;
    }
    /* What is in the store is what is in memory. */
    size_t shards = stream->shards_count, open = stream->open_count;
    int64_t newest_s = stream->newest_s;
    streams_forget(fixture->kinesis);
    assert_int_equal(streams_load(fixture->kinesis), STORE_OK);
    stream = streams_get(fixture->kinesis, (KinesisStreamName){TEXT("000000000000"), TEXT("us-east-1"), TEXT("s")});
    assert_int_equal(stream->shards_count, shards);
    assert_int_equal(stream->open_count, open);
    assert_int_equal(stream->newest_s, newest_s);
    assert_covered_once(stream);
    for (size_t i = 0; i < shards; i++) {
        const Shard *shard = stream->shards[i], *parent = shard_by_index(stream, (uint32_t)shard->parent);
        assert_true(shard->parent == NO_SHARD || (!shard_is_open(parent) && shard->origin.created_s > parent->ended_s));
    }
}

static void doubling_makes_one_split_of_each_shard(void **state)
{
    Fixture *fixture = *state;
    Stream *stream = make_stream(fixture, "s", 3);
    assert_null(scale(fixture, 6));
    assert_int_equal(stream->shards_count, 3 + 6);
    assert_null(scale(fixture, 12));
    assert_int_equal(stream->shards_count, 3 + 6 + 12);
    assert_null(scale(fixture, 6));
    assert_int_equal(stream->shards_count, 3 + 6 + 12 + 6);
    assert_covered_once(stream);
}

/* aws-test: UpdateShardCount: not over double, not below half, ten times a day. */
static void scaling_has_its_limits(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 2);
    assert_string_equal(scale(fixture, 5), "InvalidArgumentException");
    for (int i = 0; i < 10; i++)
        assert_null(scale(fixture, i % 2 ? 2 : 3));
    assert_string_equal(scale(fixture, 3), "LimitExceededException");
    clock_advance_ms(fixture->runtime.clock, 25 * MS_PER_HOUR);
    assert_null(scale(fixture, 3));
}

static KinesisShardList list(Fixture *fixture, Bytes filter_type, int64_t time_ms)
{
    KinesisListShardsOutput out;
    KinesisShardFilter filter = {.type = filter_type};
    KinesisListShardsInput in = {.stream_name = TEXT("s"), .shard_filter = present(filter_type) ? &filter : NULL};
    if (bytes_is(filter_type, "AFTER_SHARD_ID"))
        filter.shard_id = TEXT("shardId-000000000001");
    if (time_ms)
        SET(&filter, timestamp, time_ms);
    assert_null(run(fixture, &KinesisListShards, &in, &out));
    return out.shards;
}

static void filters_at_a_moment_tell_what_was_open_then(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 2);
    pass_ms(fixture, 10000);
    assert_null(scale(fixture, 4));
    pass_ms(fixture, 10000);
    assert_int_equal(list(fixture, (Bytes){0}, 0).len, 6);
    assert_int_equal(list(fixture, TEXT("AT_TRIM_HORIZON"), 0).len, 2);
    assert_int_equal(list(fixture, TEXT("FROM_TRIM_HORIZON"), 0).len, 6);
    assert_int_equal(list(fixture, TEXT("AT_LATEST"), 0).len, 4);
    assert_int_equal(list(fixture, TEXT("AFTER_SHARD_ID"), 0).len, 4);
    assert_int_equal(list(fixture, TEXT("AT_TIMESTAMP"), START_MS + 9999).len, 2);
    assert_int_equal(list(fixture, TEXT("AT_TIMESTAMP"), START_MS + 10000).len, 4);
    assert_int_equal(list(fixture, TEXT("FROM_TIMESTAMP"), START_MS + 5000).len, 6);
    assert_int_equal(list(fixture, TEXT("FROM_TIMESTAMP"), START_MS + 10000).len, 4);
    /* Retention has ended for all that the parents held. */
    pass_ms(fixture, 24 * MS_PER_HOUR + 1);
    assert_int_equal(list(fixture, (Bytes){0}, 0).len, 4);
    assert_int_equal(list(fixture, TEXT("AT_TRIM_HORIZON"), 0).len, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_split_divides_where_it_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_split_at_an_end_of_the_range_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbours_merge_in_either_order_and_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_count_is_reached_from_any_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(doubling_makes_one_split_of_each_shard, set_up, tear_down),
        cmocka_unit_test_setup_teardown(scaling_has_its_limits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(filters_at_a_moment_tell_what_was_open_then, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
