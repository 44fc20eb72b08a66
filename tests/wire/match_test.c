/* match_test.c - the tester tested: what a file says is held against the answer, and no less than that. */
#include "cbor_json.h"
#include "match.h"
#include "script.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static json_t *names;

static int begin(void **state)
{
    (void)state;
    names = json_pack("{s:s}", "account", "123456789012");
    return 0;
}

static int end(void **state)
{
    (void)state;
    json_decref(names);
    return 0;
}

static bool matches(const char *expected, const char *got)
{
    Buffer why = {0};
    json_t *one = json_loads(expected, JSON_DECODE_ANY, NULL), *other = json_loads(got, JSON_DECODE_ANY, NULL);
    assert_true(one && other);
    bool is_match = match_json(names, one, other, &why);
    assert_true(is_match || why.len);
    buffer_done(&why);
    json_decref(one);
    json_decref(other);
    return is_match;
}

static void an_answer_has_what_is_expected_and_nothing_else(void **state)
{
    (void)state;
    assert_true(matches("{\"a\": 1, \"b\": [true, null]}", "{\"b\": [true, null], \"a\": 1.0}"));
    assert_false(matches("{\"a\": 1}", "{\"a\": 2}"));
    assert_false(matches("{\"a\": 1}", "{\"a\": \"1\"}"));
    assert_false(matches("{\"a\": 1}", "{\"a\": 1, \"b\": 2}"));
    assert_false(matches("{\"a\": 1, \"b\": 2}", "{\"a\": 1}"));
    assert_false(matches("[1, 2]", "[1]"));
    assert_false(matches("[1]", "[1, 2]"));
    assert_false(matches("{}", "[]"));
    assert_false(matches("false", "null"));
}

static void more_members_may_be_there_where_it_is_said(void **state)
{
    (void)state;
    assert_true(matches("{\"a\": 1, \"...\": \"\"}", "{\"a\": 1, \"b\": 2}"));
    assert_false(matches("{\"a\": 1, \"...\": \"\"}", "{\"b\": 2}"));
}

static void any_stands_for_what_is_there(void **state)
{
    (void)state;
    assert_true(matches("{\"a\": \"<any>\"}", "{\"a\": {\"b\": 1}}"));
    assert_false(matches("{\"a\": \"<any>\"}", "{}"));
    assert_true(matches("\"at <any> of <any>.\"", "\"at 3 of 5.\""));
    assert_false(matches("\"at <any> of <any>.\"", "\"at 3 of 5\""));
    assert_false(matches("\"at <any>\"", "\"on 3\""));
    assert_true(matches("\"<any>-end\"", "\"-end-end\""));
}

static void a_name_is_what_it_first_was(void **state)
{
    (void)state;
    assert_true(matches("{\"id\": \"{{id}}\"}", "{\"id\": \"k-7\"}"));
    assert_true(matches("\"arn:{{account}}:{{id}}\"", "\"arn:123456789012:k-7\""));
    assert_false(matches("\"{{id}}\"", "\"k-8\""));
    assert_false(matches("\"arn:{{account}}:{{id}}\"", "\"arn:123456789013:k-7\""));
    assert_true(matches("\"key/{{part}}\"", "\"key/x\""));
    assert_false(matches("\"{{part}}\"", "\"y\""));
    assert_true(matches("{\"n\": \"{{number}}\"}", "{\"n\": 12}"));
    json_t *asked = json_pack("{s:s, s:s}", "n", "{{number}}", "text", "{{number}} {{unknown}}");
    json_t *filled = fill_json(names, asked);
    assert_int_equal(json_integer_value(json_object_get(filled, "n")), 12);
    assert_string_equal(json_string_value(json_object_get(filled, "text")), "12 {{unknown}}");
    json_decref(asked);
    json_decref(filled);
}

static void cbor_goes_there_and_back(void **state)
{
    static const char *const rows[] = {"{\"a\":[1,-7,true,false,null,2.5],\"b\":\"base64:aGVsbG8=\",\"c\":{}}",
                                       "[24,1000,4294967296,-4294967297,\"\"]"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Buffer out = {0};
        json_t *value = json_loads(rows[i], 0, NULL);
        cbor_write(&out, value);
        json_t *back = cbor_read(buffer_bytes(&out));
        assert_true(json_equal(value, back));
        json_decref(back);
        assert_null(cbor_read((Bytes){out.ptr, out.len - 1}));
        buffer_append_char(&out, '\0');
        assert_null(cbor_read(buffer_bytes(&out)));
        json_decref(value);
        buffer_done(&out);
    }
}

static const char *refusal(const char *text)
{
    static Script script;
    Arena *arena = arena_new();
    script = (Script){0};
    script_read(&script, arena, bytes_of(text));
    arena_free(arena);
    return script.why;
}

static void a_file_that_is_not_one_is_refused(void **state)
{
    (void)state;
    assert_null(refusal("# holds\n>>> sts.GetCallerIdentity\n<<< 200\n"));
    assert_non_null(refusal(">>> sts.GetCallerIdentity\n<<< 200\n"));
    assert_non_null(refusal("# holds\n>>> GetCallerIdentity\n<<< 200\n"));
    assert_non_null(refusal("# holds\n>>> sts.GetCallerIdentity\n"));
    assert_non_null(refusal("# holds\n<<< 200\n"));
    assert_non_null(refusal("# holds\n>>> sts.GetCallerIdentity\n<<< 200\n<<< 200\n"));
    assert_non_null(refusal("# holds\n>>> sts.GetCallerIdentity\n<<< fine\n"));
    assert_non_null(refusal("# holds\nclock +7 weeks\n"));
    assert_non_null(refusal("# holds\n{}\n"));
    assert_non_null(refusal("# holds\n@ a: b\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_has_what_is_expected_and_nothing_else),
        cmocka_unit_test(more_members_may_be_there_where_it_is_said),
        cmocka_unit_test(any_stands_for_what_is_there),
        cmocka_unit_test(a_name_is_what_it_first_was),
        cmocka_unit_test(cbor_goes_there_and_back),
        cmocka_unit_test(a_file_that_is_not_one_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
