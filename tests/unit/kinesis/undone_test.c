/* undone_test.c - a turn is undone and its calls are made again: what they leave outside the store is as if the first
 * time had not been. */
#include "cloudwatch.h"
#include "fixture.h"
#include "metrics.h"
#include "rate_limits.h"

#define SHARD "shardId-000000000000"

static const char *put_one(Fixture *fixture, KinesisPutRecordOutput *out)
{
    KinesisPutRecordInput in = {.stream_name = TEXT("s"), .data = TEXT("x"), .partition_key = TEXT("k")};
    return call(fixture, &KinesisPutRecord, &in, out);
}

static void undo(Fixture *fixture)
{
    store_rollback(fixture->runtime.store);
}

static void a_record_that_is_put_again_gets_the_same_number_and_is_there_once(void **state)
{
    Fixture *fixture = *state;
    KinesisPutRecordOutput first, again;
    make_stream(fixture, "s", 1);
    kinesis_keep_trace(fixture->kinesis, 16);
    assert_null(put_one(fixture, &first));
    undo(fixture);
    assert_null(put_one(fixture, &again));
    end_turn(fixture);
    assert_true(bytes_equal(first.sequence_number, again.sequence_number));
    assert_int_equal(all_of(fixture, "s", SHARD).records.len, 1);
    KinesisTracedList traced;
    KinesisTraceQuery query = {.stream = TEXT("s")};
    assert_int_equal(kinesis_trace(&fixture->call.scope, &query, &traced), KINESIS_DONE);
    assert_int_equal(traced.count, 1);
    assert_int_equal(traced.items[0].readers_count, 1);
}

static void what_passed_before_the_turn_stays_counted_and_what_it_took_is_given_back(void **state)
{
    Fixture *fixture = *state;
    KinesisPutRecordOutput out;
    make_stream(fixture, "s", 1);
    kinesis_set_limits(fixture->kinesis, (RateLimits){true, 0.01}); /* ten records a second */
    for (int i = 0; i < 8; i++)
        assert_null(put_one(fixture, &out));
    end_turn(fixture);
    for (int times = 0; times < 5; times++) {
        assert_null(put_one(fixture, &out));
        assert_null(put_one(fixture, &out));
        assert_string_equal(put_one(fixture, &out), "ProvisionedThroughputExceededException");
        undo(fixture);
    }
    assert_null(put_one(fixture, &out));
    end_turn(fixture);
    undo(fixture); /* of nothing */
    undo(fixture);
    assert_null(put_one(fixture, &out));
    assert_string_equal(put_one(fixture, &out), "ProvisionedThroughputExceededException");
    end_turn(fixture);
    pass_ms(fixture, 1000);
    assert_null(put_one(fixture, &out));
}

static double puts_measured(Fixture *fixture)
{
    static const Query sum = {"SELECT TOTAL(sum) FROM cloudwatch_data d JOIN cloudwatch_metric m ON m.id = d.metric_id "
                              "WHERE m.name = 'PutRecord.Success'"};
    Statement *row = statement_begin(fixture->runtime.store, &sum);
    assert_int_equal(statement_one(row), STORE_ROW);
    double puts = column_double(row, 0);
    statement_end(row);
    return puts;
}

static void a_call_that_is_made_again_is_measured_once(void **state)
{
    Fixture *fixture = *state;
    KinesisPutRecordOutput out;
    assert_true(runtime_open_service(&fixture->runtime, &cloudwatch_service));
    metrics_open(fixture->kinesis);
    make_stream(fixture, "s", 1);
    assert_null(put_one(fixture, &out));
    end_turn(fixture);
    /* As a turn with a broken call is made again: each call in a transaction of its own, one of them undone. */
    assert_null(put_one(fixture, &out));
    assert_null(put_one(fixture, &out));
    undo(fixture);
    assert_null(put_one(fixture, &out));
    assert_int_equal(store_commit(fixture->runtime.store), STORE_OK);
    assert_null(put_one(fixture, &out));
    undo(fixture);
    assert_null(put_one(fixture, &out));
    end_turn(fixture);
    pass_ms(fixture, 60000);
    assert_true(puts_measured(fixture) == 3);
}

static void a_subscription_of_a_consumer_that_was_undone_ends(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    KinesisRegisterStreamConsumerOutput registered;
    KinesisRegisterStreamConsumerInput consumer = {
        .stream_arn = TEXT("arn:aws:kinesis:us-east-1:000000000000:stream/s"), .consumer_name = TEXT("c")};
    KinesisStartingPosition position = {.type = TEXT("LATEST")};
    KinesisSubscribeToShardInput in = {.shard_id = TEXT(SHARD), .starting_position = &position};
    KinesisSubscribeToShardOutput out;
    assert_null(call(fixture, &KinesisRegisterStreamConsumer, &consumer, &registered));
    in.consumer_arn = registered.consumer->consumer_arn;
    assert_null(call(fixture, &KinesisSubscribeToShard, &in, &out));
    undo(fixture);
    end_turn(fixture);
    assert_true(fixture->opened->ended);
    assert_null(fixture->opened->failed_with);
}

static void a_reshard_that_is_begun_again_is_done_once(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    kinesis_set_transition_ms(fixture->kinesis, 1000);
    KinesisStreamName name = {TEXT("000000000000"), TEXT("us-east-1"), TEXT("s")};
    KinesisUpdateShardCountOutput out;
    KinesisUpdateShardCountInput in = {.stream_name = TEXT("s"), .scaling_type = TEXT("UNIFORM_SCALING")};
    SET(&in, target_shard_count, 2);
    for (int times = 0; times < 3; times++) {
        undo(fixture);
        assert_null(call(fixture, &KinesisUpdateShardCount, &in, &out));
    }
    end_turn(fixture);
    /* The turn in which it would be done is undone: nothing is lost either. */
    clock_advance_ms(fixture->runtime.clock, 1000);
    scheduler_run(fixture->runtime.scheduler);
    assert_int_equal(streams_get(fixture->kinesis, name)->shards_count, 3);
    undo(fixture);
    scheduler_run(fixture->runtime.scheduler);
    end_turn(fixture);
    const Stream *stream = streams_get(fixture->kinesis, name);
    assert_int_equal(stream->status, STREAM_ACTIVE);
    assert_int_equal(stream->shards_count, 3);
    assert_int_equal(stream->open_count, 2);
    assert_int_equal(stream->reshard.kind, RESHARD_NONE);
}

/* What each of these leaves in memory is what it leaves in the store, however often it is made and undone. */
static void any_change_may_be_made_again(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 2);
    KinesisSplitShardInput split = {
        .stream_name = TEXT("s"), .shard_to_split = TEXT(SHARD), .new_starting_hash_key = TEXT("1000")};
    KinesisMergeShardsInput merge = {.stream_name = TEXT("s"),
                                     .shard_to_merge = TEXT("shardId-000000000002"),
                                     .adjacent_shard_to_merge = TEXT("shardId-000000000003")};
    KinesisIncreaseStreamRetentionPeriodInput retention = {.stream_name = TEXT("s"), .retention_period_hours = 48};
    KinesisStartStreamEncryptionInput encryption = {
        .stream_name = TEXT("s"), .encryption_type = TEXT("KMS"), .key_id = TEXT("alias/aws/kinesis")};
    Bytes all = TEXT("ALL");
    KinesisEnableEnhancedMonitoringInput monitoring = {.stream_name = TEXT("s"), .shard_level_metrics = {&all, 1}};
    KinesisRegisterStreamConsumerInput consumer = {
        .stream_arn = TEXT("arn:aws:kinesis:us-east-1:000000000000:stream/s"), .consumer_name = TEXT("c")};
    KinesisDeregisterStreamConsumerInput deregister = {.stream_arn = consumer.stream_arn, .consumer_name = TEXT("c")};
    KinesisDeleteStreamInput delete = {.stream_name = TEXT("s")};
    const struct {
        const Operation *operation;
        const void *in;
    } changes[] = {
        {&KinesisSplitShard, &split},
        {&KinesisMergeShards, &merge},
        {&KinesisIncreaseStreamRetentionPeriod, &retention},
        {&KinesisStartStreamEncryption, &encryption},
        {&KinesisEnableEnhancedMonitoring, &monitoring},
        {&KinesisRegisterStreamConsumer, &consumer},
        {&KinesisDeregisterStreamConsumer, &deregister},
        {&KinesisDeleteStream, &delete},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        void *out = arena_take(fixture->arena, changes[i].operation->model->output->size);
        for (int times = 0; times < 3; times++) {
            undo(fixture);
            assert_null(call(fixture, changes[i].operation, changes[i].in, out));
        }
        end_turn(fixture);
    }
    assert_int_equal(map_count(fixture->kinesis->streams), 0);
    assert_int_equal(map_count(fixture->kinesis->streams_by_id), 0);
    assert_int_equal(map_count(fixture->kinesis->shards), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_that_is_put_again_gets_the_same_number_and_is_there_once, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_passed_before_the_turn_stays_counted_and_what_it_took_is_given_back,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_call_that_is_made_again_is_measured_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_subscription_of_a_consumer_that_was_undone_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reshard_that_is_begun_again_is_done_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_change_may_be_made_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
