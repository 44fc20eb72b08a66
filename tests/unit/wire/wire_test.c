/* wire_test.c - the protocols, on real shapes. */
#include "cloudwatch_model.h"
#include "dynamodb_model.h"
#include "glue_model.h"
#include "kinesis_model.h"
#include "kms_model.h"
#include "pattern.h"
#include "sts_model.h"
#include "wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static Arena *arena;
static Validator *validator;

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
    arena_free(arena);
    validator_free(validator);
    return 0;
}

static void expect_json_refused(const Shape *shape, const char *body, int code, const char *words)
{
    Bytes message = {0};
    void *out = arena_take(arena, shape->size);
    assert_int_equal(json_decode(arena, shape, bytes_of(body), out, &message), code);
    if (!strstr(arena_cstr(arena, message), words))
        fail_msg("%s: %.*s", body, BYTES_ARG(message));
}

static void expect_bytes(Bytes actual, const char *expected)
{
    if (!bytes_is(actual, expected))
        fail_msg("got %.*s, expected %s", BYTES_ARG(actual), expected);
}

static void json_reads_members_by_shape(void **state)
{
    (void)state;
    KinesisPutRecordsInput in = {0};
    Bytes message = {0};
    const char *body = " {\"StreamName\" : \"s\\u00e9\\n\", \"Unknown\":[1,{\"a\":null}], \"StreamARN\":null,"
                       "\"Records\":[{\"Data\":\"aGVsbG8=\",\"PartitionKey\":\"k\"},{\"Data\":\"\",\"PartitionKey\":"
                       "\"\\ud83d\\ude00\"}]} ";
    assert_int_equal(json_decode(arena, KinesisPutRecordsModel.input, bytes_of(body), &in, &message), WIRE_OK);
    expect_bytes(in.stream_name, "s\xc3\xa9\n");
    assert_false(present(in.stream_arn));
    assert_int_equal(in.records.len, 2);
    expect_bytes(in.records.items[0].data, "hello");
    assert_true(present(in.records.items[1].data));
    assert_int_equal(in.records.items[1].data.len, 0);
    expect_bytes(in.records.items[1].partition_key, "\xf0\x9f\x98\x80");
}

static void json_refuses_what_is_not_json(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{",
                                         "{\"StreamName\":}",
                                         "{\"StreamName\":\"a\"",
                                         "{\"StreamName\":\"a\",}",
                                         "{]",
                                         "{\"a\" 1}",
                                         "{\"a\":01}",
                                         "{\"a\":1.}",
                                         "{\"a\":tru}",
                                         "{} x",
                                         "{\"a\":\"\\x\"}",
                                         "{\"StreamName\":\"\\ud83d\"}",
                                         "{\"StreamName\":\"\n\"}",
                                         "{\"StreamName\":\"\xff\"}",
                                         "x",
                                         "{\"a\":[1,]}",
                                         "{\"a\":-}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        expect_json_refused(KinesisPutRecordModel.input, bodies[i], WIRE_MALFORMED, "not valid JSON");
    Buffer deep = {0};
    buffer_append_text(&deep, "{\"a\":");
    for (int i = 0; i < 100000; i++)
        buffer_append_char(&deep, '[');
    buffer_append_char(&deep, '\0');
    expect_json_refused(KinesisPutRecordModel.input, deep.ptr, WIRE_MALFORMED, "nested deeper");
    buffer_done(&deep);
}

static void json_tells_wrong_types_in_awss_words(void **state)
{
    (void)state;
    const Shape *shape = KinesisPutRecordsModel.input;
    expect_json_refused(shape, "{\"StreamName\":5}", WIRE_WRONG_TYPE, "NUMBER_VALUE cannot be converted to String");
    expect_json_refused(shape, "{\"StreamName\":true}", WIRE_WRONG_TYPE, "TRUE_VALUE cannot be converted to String");
    expect_json_refused(shape, "{\"StreamName\":[]}", WIRE_WRONG_TYPE, "Start of list found where not expected");
    expect_json_refused(shape, "{\"StreamName\":{}}", WIRE_WRONG_TYPE,
                        "Start of structure or map found where not expected");
    expect_json_refused(shape, "{\"Records\":\"a\"}", WIRE_WRONG_TYPE, "Unexpected field type");
    expect_json_refused(shape, "{\"Records\":[{\"Data\":\"a\"}]}", WIRE_WRONG_TYPE, "multiple of 4 bytes");
    expect_json_refused(shape, "{\"Records\":[{\"Data\":\"a!!=\"}]}", WIRE_WRONG_TYPE, "Base64");
    expect_json_refused(KinesisCreateStreamModel.input, "{\"ShardCount\":\"1\"}", WIRE_WRONG_TYPE,
                        "STRING_VALUE cannot be converted to Integer");
    expect_json_refused(KinesisCreateStreamModel.input, "{\"ShardCount\":2147483648}", WIRE_WRONG_TYPE,
                        "cannot be converted to Integer");
    expect_json_refused(KinesisCreateStreamModel.input, "{\"ShardCount\":1.5}", WIRE_WRONG_TYPE,
                        "cannot be converted to Integer");
    expect_json_refused(KinesisCreateStreamModel.input, "[]", WIRE_WRONG_TYPE, "Start of list");
}

static void a_later_key_of_a_map_takes_the_earlier_ones_place(void **state)
{
    (void)state;
    DynamodbPutItemInput in = {0};
    Bytes message = {0};
    assert_int_equal(json_decode(arena, DynamodbPutItemModel.input,
                                 TEXT("{\"Item\":{\"a\":{\"S\":\"1\"},\"b\":{\"N\":\"2\"},\"a\":{\"NULL\":true}}}"),
                                 &in, &message),
                     WIRE_OK);
    assert_int_equal(in.item.len, 2);
    expect_bytes(in.item.items[0].key, "a");
    assert_int_equal(in.item.items[0].value.kind, DYNAMODB_ATTRIBUTE_VALUE_NULL);
}

static void a_union_knows_none_one_and_several(void **state)
{
    (void)state;
    DynamodbPutItemInput in = {0};
    Bytes message = {0};
    const char *body = "{\"Item\":{\"none\":{},\"one\":{\"S\":\"x\",\"N\":null},\"two\":{\"S\":\"x\",\"N\":\"1\"}}}";
    assert_int_equal(json_decode(arena, DynamodbPutItemModel.input, bytes_of(body), &in, &message), WIRE_OK);
    assert_int_equal(in.item.items[0].value.kind, 0);
    assert_int_equal(in.item.items[1].value.kind, DYNAMODB_ATTRIBUTE_VALUE_S);
    assert_int_equal(in.item.items[2].value.kind, UNION_SEVERAL);
}

/* A nested item through every codec that can carry it comes back the same. */
static void items_survive_json_and_cbor(void **state)
{
    (void)state;
    const Shape *shape = DynamodbPutItemModel.input;
    const char *body = "{\"TableName\":\"t\",\"Item\":{\"l\":{\"L\":[{\"S\":\"\\\"q\\\\\\u0001\"},{\"M\":{\"k\":{"
                       "\"BOOL\":false}}},{\"NS\":[\"1\",\"2\"]},{\"B\":\"AAEC\"}]},"
                       "\"e\":{\"L\":[]},\"m\":{\"M\":{}}}}";
    Bytes message = {0};
    DynamodbPutItemInput in = {0}, again = {0};
    assert_int_equal(json_decode(arena, shape, bytes_of(body), &in, &message), WIRE_OK);
    for (int dialect = CBOR_AMZ_1_1; dialect <= CBOR_RPC_V2; dialect++) {
        Buffer cbor = {0}, json = {0};
        cbor_encode(&cbor, shape, &in, (CborDialect)dialect);
        again = (DynamodbPutItemInput){0};
        assert_int_equal(
            cbor_decode(arena, shape, arena_copy(arena, buffer_bytes(&cbor)), (CborDialect)dialect, &again, &message),
            WIRE_OK);
        json_encode(&json, shape, &again);
        buffer_append_char(&json, '\0');
        /* In the model's order of members. */
        assert_non_null(strstr(json.ptr, "\"l\":{\"L\":[{\"S\":\"\\\"q\\\\\\u0001\"},{\"M\":{\"k\":{\"BOOL\":false}}},{"
                                         "\"NS\":[\"1\",\"2\"]},{\"B\":\"AAEC\"}]},"
                                         "\"e\":{\"L\":[]},\"m\":{\"M\":{}}"));
        buffer_done(&cbor);
        buffer_done(&json);
    }
}

static void kinesis_cbor_reads_what_java_sends(void **state)
{
    (void)state;
    /* {_ "StreamARN": "a", "ShardId": "s", "Timestamp": 1(0x000001a208903c7b)} with an indefinite map */
    static const char body[] = "\xbf\x69StreamARN\x61"
                               "a\x67ShardId\x61s\x69Timestamp\xc1\x1b\x00\x00\x01\xa2\x08\x90\x3c\x7b\xff";
    KinesisGetShardIteratorInput in = {0};
    Bytes message = {0};
    assert_int_equal(cbor_decode(arena, KinesisGetShardIteratorModel.input, TEXT(body), CBOR_AMZ_1_1, &in, &message),
                     WIRE_OK);
    expect_bytes(in.stream_arn, "a");
    assert_true(in.has_timestamp);
    assert_true(in.timestamp == 0x000001a208903c7b);
}

static void cbor_refuses_what_is_cut_or_wrong(void **state)
{
    (void)state;
    KinesisPutRecordInput in = {.stream_name = TEXT("stream"), .data = TEXT("data"), .partition_key = TEXT("key")},
                          out = {0};
    Buffer body = {0};
    Bytes message = {0};
    cbor_encode(&body, KinesisPutRecordModel.input, &in, CBOR_AMZ_1_1);
    for (size_t len = 1; len < body.len; len++)
        assert_int_equal(
            cbor_decode(arena, KinesisPutRecordModel.input, (Bytes){body.ptr, len}, CBOR_AMZ_1_1, &out, &message),
            WIRE_MALFORMED);
    assert_int_equal(
        cbor_decode(arena, KinesisPutRecordModel.input, TEXT("\xa1\x6aStreamName\x05"), CBOR_AMZ_1_1, &out, &message),
        WIRE_WRONG_TYPE);
    buffer_done(&body);
}

static void forms_read_nested_lists(void **state)
{
    (void)state;
    const char *form = "Action=PutMetricData&Version=2010-08-01&Namespace=a%2Fb+c&MetricData.member.1.MetricName=m&"
                       "MetricData.member.1.Value=1.5"
                       "&MetricData.member.1.Dimensions.member.1.Name=n&MetricData.member.1.Dimensions.member.1.Value=v"
                       "&MetricData.member.2.MetricName=o&MetricData.member.2.Timestamp=2026-11-23T10%3A00%3A00.250Z";
    CloudwatchPutMetricDataInput in = {0};
    Bytes message = {0};
    assert_int_equal(query_decode(arena, CloudwatchPutMetricDataModel.input, bytes_of(form), &in, &message), WIRE_OK);
    expect_bytes(in.namespace, "a/b c");
    assert_int_equal(in.metric_data.len, 2);
    assert_true(in.metric_data.items[0].value == 1.5);
    expect_bytes(in.metric_data.items[0].dimensions.items[0].value, "v");
    assert_true(in.metric_data.items[1].timestamp == 1795428000250);
    expect_bytes(query_parameter(arena, bytes_of(form), TEXT("Action")), "PutMetricData");
    assert_int_equal(query_decode(arena, CloudwatchPutMetricDataModel.input, TEXT("Namespace=%zz"), &in, &message),
                     WIRE_MALFORMED);
    assert_int_equal(query_decode(arena, CloudwatchPutMetricDataModel.input, TEXT("Namespace=%4"), &in, &message),
                     WIRE_MALFORMED);
    assert_int_equal(
        query_decode(arena, CloudwatchPutMetricDataModel.input, TEXT("MetricData.member.1.Value=x"), &in, &message),
        WIRE_WRONG_TYPE);
}

static void answers_have_each_protocols_form(void **state)
{
    (void)state;
    StsGetCallerIdentityOutput out = {.user_id = TEXT("u<>"), .account = TEXT("000000000000"), .arn = TEXT("arn")};
    WireAnswer answer = {.arena = arena};
    PROTOCOL_OF_QUERY.encode(&answer, &STS_SERVICE, &StsGetCallerIdentityModel, &out, TEXT("id"));
    expect_bytes(
        buffer_bytes(&answer.body),
        "<GetCallerIdentityResponse "
        "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><UserId>u&lt;&gt;</UserId>"
        "<Account>000000000000</Account><Arn>arn</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>id</"
        "RequestId></ResponseMetadata>"
        "</GetCallerIdentityResponse>");
    answer.body.len = 0;
    ErrorAnswer error = {.error = &DYNAMODB_RESOURCE_NOT_FOUND, .message = TEXT("no \"x\""), .request_id = TEXT("id")};
    PROTOCOL_OF_JSON.encode_error(&answer, &DYNAMODB_SERVICE, &error);
    expect_bytes(
        buffer_bytes(&answer.body),
        "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\",\"message\":\"no \\\"x\\\"\"}");
    answer.body.len = 0;
    PROTOCOL_OF_JSON.encode(&answer, &KINESIS_SERVICE, &KinesisCreateStreamModel, &out, TEXT("id"));
    assert_int_equal(answer.body.len, 0);
    buffer_done(&answer.body);
}

static void timestamps_and_doubles_are_as_short_as_can_be(void **state)
{
    (void)state;
    KinesisRecord record = {.sequence_number = TEXT("1"), .data = TEXT("x"), .partition_key = TEXT("k")};
    Buffer text = {0};
    SET(&record, approximate_arrival_timestamp, INT64_C(1763912345120));
    json_encode(&text, &KINESIS_SHAPE_RECORD, &record);
    expect_bytes(buffer_bytes(&text), "{\"SequenceNumber\":\"1\",\"ApproximateArrivalTimestamp\":1763912345.12,"
                                      "\"Data\":\"eA==\",\"PartitionKey\":\"k\"}");
    buffer_done(&text);
}

static void expect_invalid(const OperationModel *operation, const char *body, const char *expected)
{
    Bytes message = {0};
    void *in = arena_take(arena, operation->input->size);
    assert_int_equal(json_decode(arena, operation->input, bytes_of(body), in, &message), WIRE_OK);
    Complaints complaints;
    int count = validate(validator, arena, operation->input, in, &complaints);
    message = complaints_message(arena, &complaints);
    if (!expected)
        assert_int_equal(count, 0);
    else if (!bytes_is(message, expected))
        fail_msg("got %.*s", BYTES_ARG(message));
}

static void constraints_are_told_as_aws_tells_them(void **state)
{
    (void)state;
    expect_invalid(&KinesisDescribeStreamSummaryModel, "{\"StreamName\":\"ok-1\"}", NULL);
    expect_invalid(&KinesisDescribeStreamSummaryModel, "{\"StreamName\":\"a b\"}",
                   "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must "
                   "satisfy regular expression "
                   "pattern: [a-zA-Z0-9_.-]+");
    expect_invalid(&KinesisCreateStreamModel, "{\"ShardCount\":0}",
                   "2 validation errors detected: Value null at 'streamName' failed to satisfy constraint: Member must "
                   "not be null; Value '0' at "
                   "'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1");
    expect_invalid(&KinesisGetShardIteratorModel, "{\"ShardId\":\"s\",\"ShardIteratorType\":\"X\"}",
                   "1 validation error detected: Value 'X' at 'shardIteratorType' failed to satisfy constraint: Member "
                   "must satisfy enum value set: "
                   "[AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, TRIM_HORIZON, LATEST, AT_TIMESTAMP]");
    expect_invalid(&KinesisPutRecordsModel, "{\"Records\":[{\"Data\":\"\"},{\"PartitionKey\":\"k\"}]}",
                   "1 validation error detected: Value null at 'records.2.member.data' failed to satisfy constraint: "
                   "Member must not be null");
}

static int bad_patterns;
static const Shape *seen[4096];
static size_t seen_count;

static void check_patterns(const Shape *shape)
{
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i] == shape)
            return;
    seen[seen_count++] = shape;
    if (shape->pattern && !pattern_compiles(shape->pattern)) {
        print_error("%s: %s\n", shape->name, shape->pattern);
        bad_patterns++;
    }
    for (size_t i = 0; i < shape->fields_count; i++)
        check_patterns(shape->fields[i].shape);
    if (shape->member)
        check_patterns(shape->member);
    if (shape->key)
        check_patterns(shape->key);
}

static void every_pattern_compiles(void **state)
{
    (void)state;
    const OperationModel *const operations[] = {&KinesisPutRecordsModel,         &KinesisCreateStreamModel,
                                                &KinesisSubscribeToShardModel,   &DynamodbCreateTableModel,
                                                &GlueCreateSchemaModel,          &GlueCreateRegistryModel,
                                                &GlueRegisterSchemaVersionModel, &GluePutSchemaVersionMetadataModel,
                                                &CloudwatchPutMetricDataModel,   &KmsDescribeKeyModel,
                                                &KinesisListShardsModel};
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        check_patterns(operations[i]->input);
    assert_int_equal(bad_patterns, 0);
}

/* Each byte at each place of strings around eight and sixteen bytes, beside others that look like it. */
static void a_string_is_escaped_wherever_the_byte_stands(void **state)
{
    (void)state;
    Buffer out = {0};
    for (size_t len = 1; len <= 18; len++)
        for (size_t at = 0; at < len; at++)
            for (int c = 0; c < 256; c++) {
                char text[18], expected[18 + 8], special[] = "\"\\\b\f\n\r\t";
                memset(text, at % 2 ? '!' : '\x7f', len);
                memset(expected + 1, text[0], sizeof expected - 1);
                text[at] = (char)c;
                const char *found = memchr(special, c, sizeof special - 1);
                char escape[8] = {(char)c};
                size_t escape_len = 1;
                if (found)
                    escape_len = (size_t)snprintf(escape, sizeof escape, "\\%c", "\"\\bfnrt"[found - special]);
                else if (c < 0x20)
                    escape_len = (size_t)snprintf(escape, sizeof escape, "\\u%04x", (unsigned)c);
                expected[0] = expected[len + escape_len] = '"';
                memcpy(expected + 1 + at, escape, escape_len);
                out.len = 0;
                json_append_string(&out, (Bytes){text, len});
                assert_int_equal(out.len, len + escape_len + 1);
                assert_memory_equal(out.ptr, expected, out.len);
            }
    buffer_done(&out);
}

/* At each place of a string of each length, before each end of the body: eight bytes are looked at together. */
static void a_byte_is_read_alike_wherever_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *byte;
        bool is_fine;
    } bytes[] = {{"\x20", true},  {"\x7f", true},  {"!", true},     {"\xc3\xa9", true}, {"\x1f", false},
                 {"\x01", false}, {"\x80", false}, {"\xff", false}, {"\\\"", true},     {"\xf0\x9f\x98\x80", true},
                 {"\\x", false},  {"\xe9", false}};
    for (size_t of = 0; of < sizeof bytes / sizeof *bytes; of++)
        for (int len = 0; len < 20; len++)
            for (int at = 0; at <= len; at++) {
                char body[80];
                KinesisPutRecordsInput in = {0};
                Bytes message;
                int size = snprintf(body, sizeof body, "{\"StreamName\":\"%.*s%s%.*s\"%*s", at, "abcdefghijklmnopqrst",
                                    bytes[of].byte, len - at, "abcdefghijklmnopqrst", 1 + (len + at) % 9, "}");
                int code = json_decode(arena, KinesisPutRecordsModel.input, (Bytes){body, (size_t)size}, &in, &message);
                assert_int_equal(code, bytes[of].is_fine ? WIRE_OK : WIRE_MALFORMED);
                if (bytes[of].is_fine)
                    assert_int_equal(in.stream_name.len,
                                     (size_t)len + strlen(bytes[of].byte) - (bytes[of].byte[0] == '\\'));
            }
}

static void an_event_message_is_framed_with_two_checksums(void **state)
{
    (void)state;
    Buffer out = {0};
    EventHeader header = {":message-type", TEXT("event")};
    event_message(&out, &header, 1, TEXT("{}"));
    assert_int_equal(out.len, 12 + 1 + 13 + 1 + 2 + 5 + 2 + 4);
    assert_memory_equal(out.ptr, "\0\0\0\x28\0\0\0\x16", 8);
    uint32_t crc = crc32_of((Bytes){out.ptr, 8});
    assert_int_equal((unsigned char)out.ptr[8], crc >> 24);
    assert_int_equal((unsigned char)out.ptr[11], crc & 255);
    crc = crc32_of((Bytes){out.ptr, out.len - 4});
    assert_int_equal((unsigned char)out.ptr[out.len - 1], crc & 255);
    buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_reads_members_by_shape),
        cmocka_unit_test(json_refuses_what_is_not_json),
        cmocka_unit_test(json_tells_wrong_types_in_awss_words),
        cmocka_unit_test(a_later_key_of_a_map_takes_the_earlier_ones_place),
        cmocka_unit_test(a_union_knows_none_one_and_several),
        cmocka_unit_test(items_survive_json_and_cbor),
        cmocka_unit_test(kinesis_cbor_reads_what_java_sends),
        cmocka_unit_test(cbor_refuses_what_is_cut_or_wrong),
        cmocka_unit_test(forms_read_nested_lists),
        cmocka_unit_test(answers_have_each_protocols_form),
        cmocka_unit_test(timestamps_and_doubles_are_as_short_as_can_be),
        cmocka_unit_test(constraints_are_told_as_aws_tells_them),
        cmocka_unit_test(every_pattern_compiles),
        cmocka_unit_test(a_string_is_escaped_wherever_the_byte_stands),
        cmocka_unit_test(a_byte_is_read_alike_wherever_it_stands),
        cmocka_unit_test(an_event_message_is_framed_with_two_checksums),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
