/* metrics_test.c - minutes with very much in them are told in steps, and nothing of them is lost. */
#include "cloudwatch.h"
#include "fixture.h"
#include "metrics.h"

#define SHARDS 1500

static double told(Fixture *fixture, const char *name)
{
    static const Query sum = {
        "SELECT TOTAL(count) FROM cloudwatch_data p JOIN cloudwatch_metric m ON m.id = p.metric_id "
        "WHERE m.name = ?1 AND m.dimensions LIKE '%ShardId%'"};
    Statement *row = statement_begin(fixture->runtime.store, &sum);
    bind_text(row, 1, bytes_of(name));
    assert_int_equal(statement_one(row), STORE_ROW);
    double count = column_double(row, 0);
    statement_end(row);
    return count;
}

/* One into each shard. */
static void put_everywhere(Fixture *fixture)
{
    const Stream *stream =
        streams_get(fixture->kinesis, (KinesisStreamName){TEXT("000000000000"), TEXT("us-east-1"), TEXT("s")});
    for (size_t i = 0; i < stream->open_count; i++) {
        KinesisPutRecordOutput out;
        KinesisPutRecordInput in = {.stream_name = TEXT("s"),
                                    .data = TEXT("x"),
                                    .partition_key = TEXT("k"),
                                    .explicit_hash_key = hash_key_text(fixture->arena, stream->open[i]->hash_start)};
        assert_null(run(fixture, &KinesisPutRecord, &in, &out));
    }
}

static void minutes_of_many_shards_are_told_in_steps(void **state)
{
    Fixture *fixture = *state;
    Bytes all = TEXT("ALL");
    KinesisEnableEnhancedMonitoringOutput out;
    KinesisEnableEnhancedMonitoringInput in = {.stream_name = TEXT("s"), .shard_level_metrics = {&all, 1}};
    assert_true(runtime_open_service(&fixture->runtime, &cloudwatch_service));
    metrics_open(fixture->kinesis);
    make_stream(fixture, "s", SHARDS);
    assert_null(run(fixture, &KinesisEnableEnhancedMonitoring, &in, &out));
    put_everywhere(fixture);
    pass_ms(fixture, 60000);
    double first = told(fixture, "IncomingRecords");
    assert_true(first > 0 && first < SHARDS);
    /* The next minute is counted while the last is being told. */
    put_everywhere(fixture);
    for (int i = 0; i < 10; i++)
        pass_ms(fixture, 1);
    assert_true(told(fixture, "IncomingRecords") == SHARDS);
    pass_ms(fixture, 60000);
    for (int i = 0; i < 10; i++)
        pass_ms(fixture, 1);
    assert_true(told(fixture, "IncomingRecords") == 2 * SHARDS);
    assert_true(told(fixture, "WriteProvisionedThroughputExceeded") == 2 * SHARDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(minutes_of_many_shards_are_told_in_steps, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
