/* bounds_test.c - what input may cost: memory in proportion to its bytes, messages of a bounded length, times that can
 * be computed with. */
#include "budget.h"
#include "cloudwatch_model.h"
#include "dynamodb_model.h"
#include "kinesis_model.h"
#include "wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static Arena *arena;
static Validator *validator;
static Buffer body;

static int open_all(void **state)
{
    (void)state;
    arena = arena_new();
    validator = validator_new();
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    arena = arena_free(arena);
    validator = validator_free(validator);
    buffer_done(&body);
    return 0;
}

static void repeat(const char *text, int times)
{
    while (times--)
        buffer_append_text(&body, text);
}

static void expect_taken_at_most(size_t bytes)
{
    if (arena_used(arena) > bytes)
        fail_msg("%zu bytes of a body took %zu, more than %zu", body.len, arena_used(arena), bytes);
}

static void strings_with_escapes_take_their_own_length(void **state)
{
    (void)state;
    KinesisPutRecordInput in = {0};
    Bytes message = {0};
    buffer_append_text(&body, "{\"Unknown\":[\"\"");
    repeat(",\"\\\\\\\"\\u00e9\"", 30000);
    buffer_append_text(&body, "]}");
    assert_int_equal(json_decode(arena, KinesisPutRecordModel.input, buffer_bytes(&body), &in, &message), WIRE_OK);
    expect_taken_at_most(body.len);
}

static void strings_in_pieces_take_their_own_length(void **state)
{
    (void)state;
    KinesisPutRecordInput in = {0};
    Bytes message = {0};
    repeat("\xbf\x61u\x9f", 1);
    repeat("\x7f\x61x\x60\x62yz\xff", 50000);
    repeat("\xff\xff", 1);
    assert_int_equal(cbor_decode(arena, KinesisPutRecordModel.input, buffer_bytes(&body), CBOR_AMZ_1_1, &in, &message),
                     WIRE_OK);
    expect_taken_at_most(body.len);
}

static void names_of_a_form_take_no_memory_each(void **state)
{
    (void)state;
    CloudwatchPutMetricDataInput in = {0};
    Bytes message = {0};
    buffer_append_text(&body, "Namespace=n");
    for (int i = 1; i <= 5000; i++)
        buffer_append_format(&body, "&MetricData.member.%d.MetricName=m", i);
    assert_int_equal(query_decode(arena, CloudwatchPutMetricDataModel.input, buffer_bytes(&body), &in, &message),
                     WIRE_OK);
    assert_int_equal(in.metric_data.len, 5000);
    /* the list, which doubled as it grew, and the parameters */
    expect_taken_at_most(sizeof(CloudwatchMetricDatum) * 3 * 8192 + 40 * 5001);
}

static void an_index_that_is_huge_is_nothing(void **state)
{
    (void)state;
    CloudwatchPutMetricDataInput in = {0};
    Bytes message = {0};
    Bytes form = TEXT("MetricData.member.1.MetricName=a&MetricData.member.4294967295.MetricName=b"
                      "&MetricData.member.18446744073709551617.MetricName=c");
    assert_int_equal(query_decode(arena, CloudwatchPutMetricDataModel.input, form, &in, &message), WIRE_OK);
    assert_int_equal(in.metric_data.len, 1);
    expect_taken_at_most(4096);
}

static void no_more_than_ten_errors_are_counted(void **state)
{
    (void)state;
    KinesisPutRecordsInput in = {0};
    Bytes message = {0};
    buffer_append_text(&body, "{\"StreamName\":\"\",\"Records\":[{}");
    repeat(",{\"Data\":\"\",\"PartitionKey\":\"\"}", 500);
    buffer_append_text(&body, "]}");
    assert_int_equal(json_decode(arena, KinesisPutRecordsModel.input, buffer_bytes(&body), &in, &message), WIRE_OK);
    Complaints complaints;
    assert_int_equal(validate(validator, arena, KinesisPutRecordsModel.input, &in, &complaints), 10);
    message = complaints_message(arena, &complaints);
    assert_true(bytes_starts_with(message, TEXT("10 validation errors detected: Value ")));
    int told = 0;
    for (const char *at = arena_cstr(arena, message); (at = strstr(at, "failed to satisfy")); at++)
        told++;
    assert_int_equal(told, 10);
}

static void what_is_long_is_not_told_again_and_again(void **state)
{
    (void)state;
    DynamodbPutItemInput in = {0};
    Bytes message = {0};
    buffer_append_text(&body, "{\"TableName\":\"");
    repeat("!", 100000);
    buffer_append_text(&body, "\",\"Expected\":{\"");
    repeat("k", 1000000);
    buffer_append_text(&body, "\":{\"ComparisonOperator\":\"");
    repeat("\xc3\xa9", 100000);
    buffer_append_text(&body, "\"}}}");
    assert_int_equal(json_decode(arena, DynamodbPutItemModel.input, buffer_bytes(&body), &in, &message), WIRE_OK);
    Complaints complaints;
    int wrong = validate(validator, arena, DynamodbPutItemModel.input, &in, &complaints);
    message = complaints_message(arena, &complaints);
    assert_true(wrong >= 3);
    assert_true(message.len < (size_t)wrong * 4096);
    assert_true(bytes_is_utf8(message));
}

static void keys_that_repeat_are_one_in_maps_of_any_size(void **state)
{
    (void)state;
    DynamodbPutItemInput in = {0};
    Bytes message = {0};
    buffer_append_text(&body, "{\"Item\":{");
    for (int i = 0; i < 3000; i++)
        buffer_append_format(&body, "%s\"k%d\":{\"N\":\"%d\"}", i ? "," : "", i % 1000, i);
    buffer_append_text(&body, "}}");
    assert_int_equal(json_decode(arena, DynamodbPutItemModel.input, buffer_bytes(&body), &in, &message), WIRE_OK);
    assert_int_equal(in.item.len, 1000);
    for (size_t i = 0; i < in.item.len; i++) {
        Bytes key = arena_text(arena, "k%zu", i), number = arena_text(arena, "%zu", 2000 + i);
        assert_true(bytes_equal(in.item.items[i].key, key));
        assert_true(bytes_equal(in.item.items[i].value.n, number));
    }
}

static void expect_no_time(int code, const char *what)
{
    if (code != WIRE_WRONG_TYPE)
        fail_msg("%s: %d", what, code);
}

static void times_beyond_the_year_9999_are_none(void **state)
{
    (void)state;
    static const char *const json[] = {"1e16", "-1e16", "1e300", "253402300800", "-62135596801", "9223372036854775807"};
    static const char *const form[] = {
        "1e16", "-1e16", "inf", "nan", "9999-12-31T23%3A59%3A60Z", "5%00", "0000-01-01T00:00:00Z"};
    static const char cbor[][13] = {"\xa1\x69Timestamp", "\xc1\x1b\x7f\xff\xff\xff\xff\xff\xff\xff",
                                    "\xc1\x3b\x7f\xff\xff\xff\xff\xff\xff\xff", "\xc1\xfb\x7f\xf8\0\0\0\0\0\0",
                                    "\xc1\xfb\x43\x41\xc3\x79\x37\xe0\x80\0"};
    Bytes message = {0};
    for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
        KinesisGetShardIteratorInput in = {0};
        Bytes text = arena_text(arena, "{\"Timestamp\":%s}", json[i]);
        expect_no_time(json_decode(arena, KinesisGetShardIteratorModel.input, text, &in, &message), json[i]);
    }
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        CloudwatchGetMetricDataInput in = {0};
        Bytes text = arena_text(arena, "StartTime=%s", form[i]);
        expect_no_time(query_decode(arena, CloudwatchGetMetricDataModel.input, text, &in, &message), form[i]);
    }
    for (size_t i = 1; i < sizeof cbor / sizeof *cbor; i++) {
        KinesisGetShardIteratorInput in = {0};
        Buffer text = {0};
        buffer_append(&text, (Bytes){cbor[0], 11});
        buffer_append(&text, (Bytes){cbor[i], 10});
        for (int dialect = CBOR_AMZ_1_1; dialect <= CBOR_RPC_V2; dialect++)
            expect_no_time(cbor_decode(arena, KinesisGetShardIteratorModel.input, buffer_bytes(&text),
                                       (CborDialect)dialect, &in, &message),
                           "cbor");
        buffer_done(&text);
    }
}

static jmp_buf given_up;

__attribute__((noreturn)) static void give_up(void *context, BudgetKind kind)
{
    (void)context;
    longjmp(given_up, (int)kind);
}

static int decode_within(size_t memory_bytes)
{
    Budget budget = {.memory_bytes = memory_bytes, .over = give_up};
    DynamodbPutItemInput in = {0};
    Bytes message = {0};
    int kind = setjmp(given_up);
    if (!kind) {
        budget_set(arena, &budget);
        if (json_decode(arena, DynamodbPutItemModel.input, buffer_bytes(&body), &in, &message) == WIRE_OK)
            (void)validate(validator, arena, DynamodbPutItemModel.input, &in, &(Complaints){0});
    }
    return kind;
}

/* LeakSanitizer looks at the rest. */
static void a_call_can_be_given_up_wherever_it_takes_memory(void **state)
{
    (void)state;
    buffer_append_text(&body, "{\"TableName\":\"!\\n\",\"Item\":{");
    for (int i = 0; i < 40; i++)
        buffer_append_format(&body, "%s\"k%d\\n\":{\"L\":[{\"B\":\"aGVsbG8=\"},{\"M\":{\"a\":{},\"a\":{}}}]}",
                             i ? "," : "", i);
    buffer_append_text(&body,
                       "},\"Expected\":{\"a\":{\"ComparisonOperator\":\"x\"},\"b\":{\"ComparisonOperator\":\"y\"}}}");
    int given_up_times = 0, kind = BUDGET_MEMORY;
    for (size_t memory = 4096; kind; memory += 512) {
        kind = decode_within(memory);
        given_up_times += kind == BUDGET_MEMORY;
        arena_reset(arena);
        arena = arena_free(arena);
        arena = arena_new();
    }
    assert_true(given_up_times > 3);
}

int main(void)
{
#define TEST_OF(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
    const struct CMUnitTest tests[] = {
        TEST_OF(strings_with_escapes_take_their_own_length),
        TEST_OF(strings_in_pieces_take_their_own_length),
        TEST_OF(names_of_a_form_take_no_memory_each),
        TEST_OF(an_index_that_is_huge_is_nothing),
        TEST_OF(no_more_than_ten_errors_are_counted),
        TEST_OF(what_is_long_is_not_told_again_and_again),
        TEST_OF(keys_that_repeat_are_one_in_maps_of_any_size),
        TEST_OF(times_beyond_the_year_9999_are_none),
        TEST_OF(a_call_can_be_given_up_wherever_it_takes_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
