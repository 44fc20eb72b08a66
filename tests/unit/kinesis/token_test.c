/* token_test.c - iterators and page tokens: sealed, of one kind, for five minutes. */
#include "fixture.h"

static const Token example = {
    .kind = TOKEN_SHARDS,
    .made_ms = START_MS,
    .stream_id = 7,
    .numbers = {1, -2, INT64_MAX},
    .account = {"000000000000", 12},
    .region = {"us-east-1", 9},
    .name = {"some.stream", 11},
};

static void a_token_opens_as_what_was_sealed(void **state)
{
    Fixture *fixture = *state;
    Token token;
    Bytes text = token_seal(fixture->kinesis, fixture->arena, &example);
    assert_true(token_open(fixture->kinesis, fixture->arena, text, TOKEN_SHARDS, &token));
    assert_int_equal(token.stream_id, 7);
    assert_true(token.numbers[0] == 1 && token.numbers[1] == -2 && token.numbers[2] == INT64_MAX);
    assert_true(bytes_equal(token.account, example.account) && bytes_equal(token.region, example.region) &&
                bytes_equal(token.name, example.name));
}

static void a_token_that_was_touched_or_is_of_another_kind_does_not_open(void **state)
{
    Fixture *fixture = *state;
    Token token;
    Bytes text = token_seal(fixture->kinesis, fixture->arena, &example);
    assert_false(token_open(fixture->kinesis, fixture->arena, text, TOKEN_ITERATOR, &token));
    for (size_t i = 0; i + 4 < text.len; i++) {
        char *bent = (char *)arena_copy(fixture->arena, text).ptr;
        bent[i] = bent[i] == 'A' ? 'B' : 'A';
        assert_false(token_open(fixture->kinesis, fixture->arena, (Bytes){bent, text.len}, TOKEN_SHARDS, &token));
        assert_false(token_open(fixture->kinesis, fixture->arena, (Bytes){text.ptr, i}, TOKEN_SHARDS, &token));
    }
}

static void a_token_fits_the_apis_longest_names(void **state)
{
    Fixture *fixture = *state;
    char name[128];
    memset(name, 'n', sizeof name);
    Token token = example;
    token.name = (Bytes){name, sizeof name};
    Bytes text = token_seal(fixture->kinesis, fixture->arena, &token);
    assert_true(text.len <= 512);
    assert_true(token_open(fixture->kinesis, fixture->arena, text, TOKEN_SHARDS, &token));
    assert_int_equal(token.name.len, sizeof name);
}

/* aws-test: "A shard iterator expires 5 minutes after it is returned to the requester" */
static void an_iterator_expires_after_five_minutes(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 1);
    KinesisGetRecordsOutput out;
    KinesisGetRecordsInput in = {.shard_iterator =
                                     iterator_at(fixture, "s", "shardId-000000000000", TEXT("LATEST"), (Bytes){0})};
    pass_ms(fixture, 300000);
    assert_null(run(fixture, &KinesisGetRecords, &in, &out));
    pass_ms(fixture, 1);
    assert_string_equal(run(fixture, &KinesisGetRecords, &in, &out), "ExpiredIteratorException");
    in.shard_iterator = TEXT("AAAAAAAAAAE=");
    assert_string_equal(run(fixture, &KinesisGetRecords, &in, &out), "InvalidArgumentException");
}

static void a_page_token_expires_after_five_minutes(void **state)
{
    Fixture *fixture = *state;
    make_stream(fixture, "s", 3);
    KinesisListShardsOutput first, next;
    KinesisListShardsInput in = {.stream_name = TEXT("s")};
    SET(&in, max_results, 2);
    assert_null(run(fixture, &KinesisListShards, &in, &first));
    assert_int_equal(first.shards.len, 2);
    KinesisListShardsInput more = {.next_token = first.next_token};
    assert_null(run(fixture, &KinesisListShards, &more, &next));
    assert_int_equal(next.shards.len, 1);
    assert_false(present(next.next_token));
    pass_ms(fixture, 300001);
    assert_string_equal(run(fixture, &KinesisListShards, &more, &next), "ExpiredNextTokenException");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_opens_as_what_was_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_that_was_touched_or_is_of_another_kind_does_not_open, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_token_fits_the_apis_longest_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_iterator_expires_after_five_minutes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_token_expires_after_five_minutes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
