/* subscription_test.c - SubscribeToShard: what is pushed when, and how a subscription ends. */
#include "fixture.h"

#define SHARD "shardId-000000000000"

static Bytes make_consumer(Fixture *fixture, const char *name)
{
    KinesisRegisterStreamConsumerOutput out;
    KinesisRegisterStreamConsumerInput in = {.stream_arn = TEXT("arn:aws:kinesis:us-east-1:000000000000:stream/s"),
                                             .consumer_name = bytes_of(name)};
    assert_null(run(fixture, &KinesisRegisterStreamConsumer, &in, &out));
    return out.consumer->consumer_arn;
}

static const char *subscribe(Fixture *fixture, Bytes consumer, const char *type, Bytes number)
{
    KinesisSubscribeToShardOutput out;
    KinesisStartingPosition position = {.type = bytes_of(type), .sequence_number = number};
    KinesisSubscribeToShardInput in = {
        .consumer_arn = consumer, .shard_id = TEXT(SHARD), .starting_position = &position};
    return run(fixture, &KinesisSubscribeToShard, &in, &out);
}

static FakeStream *subscribed(Fixture *fixture, Bytes consumer, const char *type)
{
    assert_null(subscribe(fixture, consumer, type, (Bytes){0}));
    return fixture->opened;
}

static void what_is_there_comes_and_then_what_is_put(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    put(fixture, "s", "1");
    FakeStream *stream = subscribed(fixture, make_consumer(fixture, "c"), "TRIM_HORIZON");
    assert_int_equal(stream->records, 1);
    assert_int_equal(stream->events, 1);
    Bytes number = put(fixture, "s", "2");
    assert_int_equal(stream->records, 2);
    assert_string_equal(stream->last_data, "2");
    assert_memory_equal(stream->continuation, number.ptr, number.len);
    end_turn(fixture);
    assert_int_equal(stream->events, 2);
}

static void latest_begins_with_an_empty_event_from_which_one_can_go_on(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    put(fixture, "s", "1");
    Bytes consumer = make_consumer(fixture, "c");
    FakeStream *stream = subscribed(fixture, consumer, "LATEST");
    assert_int_equal(stream->events, 1);
    assert_int_equal(stream->records, 0);
    pass_ms(fixture, 5000);
    put(fixture, "s", "2");
    assert_int_equal(stream->records, 1);
    assert_null(subscribe(fixture, consumer, "AFTER_SEQUENCE_NUMBER", bytes_of(stream->continuation)));
    assert_int_equal(fixture->opened->records, 0);
    put(fixture, "s", "3");
    assert_string_equal(fixture->opened->last_data, "3");
}

static void an_idle_subscriber_gets_a_heartbeat_every_five_seconds(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    FakeStream *stream = subscribed(fixture, make_consumer(fixture, "c"), "TRIM_HORIZON");
    assert_int_equal(stream->events, 1);
    for (int second = 1; second <= 10; second++)
        pass_ms(fixture, 1000);
    assert_int_equal(stream->events, 3);
    put(fixture, "s", "1"); /* at 10 s: the next beat is five seconds after it */
    pass_ms(fixture, 4999);
    assert_int_equal(stream->events, 4);
    pass_ms(fixture, 1);
    assert_int_equal(stream->events, 5);
}

/* aws-test: SubscribeToShard: "for up to 5 minutes" */
static void a_subscription_ends_after_five_minutes(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    FakeStream *stream = subscribed(fixture, make_consumer(fixture, "c"), "TRIM_HORIZON");
    for (int second = 1; second < 300; second++)
        pass_ms(fixture, 1000);
    assert_false(stream->ended);
    pass_ms(fixture, 1000);
    assert_true(stream->ended);
    put(fixture, "s", "1");
    assert_int_equal(stream->records, 0);
}

/* aws-test: "within 5 seconds of a successful call, you'll get a ResourceInUseException"; later it "takes over" */
static void a_second_subscription_waits_five_seconds_then_takes_over(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    Bytes consumer = make_consumer(fixture, "c");
    FakeStream *first = subscribed(fixture, consumer, "TRIM_HORIZON");
    subscribed(fixture, make_consumer(fixture, "other"), "TRIM_HORIZON");
    pass_ms(fixture, 4999);
    assert_string_equal(subscribe(fixture, consumer, "LATEST", (Bytes){0}), "ResourceInUseException");
    pass_ms(fixture, 1);
    assert_null(first->failed_with);
    FakeStream *second = subscribed(fixture, consumer, "TRIM_HORIZON");
    assert_string_equal(first->failed_with, "ResourceInUseException");
    put(fixture, "s", "1");
    assert_int_equal(second->records, 1);
    assert_int_equal(first->records, 0);
}

static void the_end_of_a_shard_is_told_with_its_children(void **state)
{
    Fixture *fixture = *state;
    KinesisSplitShardOutput out;
    KinesisSplitShardInput in = {
        .stream_name = TEXT("s"), .shard_to_split = TEXT(SHARD), .new_starting_hash_key = TEXT("1000")};
    make_stream(fixture, "s", 1);
    put(fixture, "s", "1");
    FakeStream *stream = subscribed(fixture, make_consumer(fixture, "c"), "TRIM_HORIZON");
    assert_null(run(fixture, &KinesisSplitShard, &in, &out));
    assert_true(stream->ended);
    assert_int_equal(stream->children, 2);
    assert_false(stream->has_continuation);
    FakeStream *late = subscribed(fixture, make_consumer(fixture, "d"), "TRIM_HORIZON");
    assert_true(late->ended);
    assert_int_equal(late->records, 1);
    assert_int_equal(late->events, 2);
}

static void a_slow_reader_is_waited_for(void **state)
{
    Fixture *fixture = *state;
    char *data = calloc(1, 900001);
    memset(data, 'x', 900000);
    make_stream(fixture, "s", 1);
    FakeStream *stream = subscribed(fixture, make_consumer(fixture, "c"), "TRIM_HORIZON");
    for (int i = 0; i < 10; i++)
        put(fixture, "s", data);
    assert_int_equal(stream->records, 3);
    end_turn(fixture);
    assert_int_equal(stream->records, 3);
    while (stream->records < 10) {
        size_t before = stream->records;
        stream->backlog = 0;
        end_turn(fixture);
        assert_true(stream->records > before && stream->backlog < 4 * 1024 * 1024);
    }
    free(data);
}

static void a_subscription_ends_with_its_consumer_and_with_its_stream(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    Bytes consumer = make_consumer(fixture, "c");
    FakeStream *first = subscribed(fixture, consumer, "LATEST");
    FakeStream *second = subscribed(fixture, make_consumer(fixture, "d"), "LATEST");
    KinesisDeregisterStreamConsumerOutput deregistered;
    KinesisDeregisterStreamConsumerInput deregister = {.consumer_arn = consumer};
    assert_null(run(fixture, &KinesisDeregisterStreamConsumer, &deregister, &deregistered));
    assert_true(first->ended);
    assert_null(first->failed_with);
    assert_false(second->ended);
    KinesisDeleteStreamOutput deleted;
    KinesisDeleteStreamInput delete = {.stream_name = TEXT("s")};
    assert_string_equal(run(fixture, &KinesisDeleteStream, &delete, &deleted), "ResourceInUseException");
    SET(&delete, enforce_consumer_deletion, true);
    assert_null(run(fixture, &KinesisDeleteStream, &delete, &deleted));
    assert_string_equal(second->failed_with, "ResourceNotFoundException");
}

static void a_client_that_goes_is_forgotten(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    Bytes consumer = make_consumer(fixture, "c");
    FakeStream *stream = subscribed(fixture, consumer, "LATEST");
    stream->on_close(stream->context);
    put(fixture, "s", "1");
    pass_ms(fixture, 6000);
    assert_int_equal(stream->records, 0);
    subscribed(fixture, consumer, "LATEST");
}

/* aws-test: RegisterStreamConsumer: "up to 20 consumers per stream" */
static void a_stream_has_twenty_consumers_at_most(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    char name[16];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "c%02d", i);
        make_consumer(fixture, name);
    }
    KinesisRegisterStreamConsumerOutput out;
    KinesisRegisterStreamConsumerInput in = {.stream_arn = TEXT("arn:aws:kinesis:us-east-1:000000000000:stream/s"),
                                             .consumer_name = TEXT("c20")};
    assert_string_equal(run(fixture, &KinesisRegisterStreamConsumer, &in, &out), "LimitExceededException");
    KinesisListStreamConsumersOutput page;
    KinesisListStreamConsumersInput list = {.stream_arn = in.stream_arn};
    SET(&list, max_results, 15);
    assert_null(run(fixture, &KinesisListStreamConsumers, &list, &page));
    assert_int_equal(page.consumers.len, 15);
    list.next_token = page.next_token;
    assert_null(run(fixture, &KinesisListStreamConsumers, &list, &page));
    assert_int_equal(page.consumers.len, 5);
    assert_false(present(page.next_token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_there_comes_and_then_what_is_put, set_up, tear_down),
        cmocka_unit_test_setup_teardown(latest_begins_with_an_empty_event_from_which_one_can_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_idle_subscriber_gets_a_heartbeat_every_five_seconds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_subscription_ends_after_five_minutes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_subscription_waits_five_seconds_then_takes_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_a_shard_is_told_with_its_children, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slow_reader_is_waited_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_subscription_ends_with_its_consumer_and_with_its_stream, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_client_that_goes_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stream_has_twenty_consumers_at_most, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
