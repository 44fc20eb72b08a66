/* filter_pattern_test.c - the filter patterns of CloudWatch Logs, with the examples of the CloudWatch Logs User Guide.
 */
#include "filter_pattern.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Row {
    const char *pattern;
    const char *message;
    bool matches;
} Row;

static void hold(const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Arena *arena = arena_new();
        FilterPatternFault fault;
        Bytes detail;
        const FilterPattern *pattern = filter_pattern_read(arena, bytes_of(rows[i].pattern), &fault, &detail);
        if (!pattern)
            fail_msg("%s: fault %d", rows[i].pattern, (int)fault);
        FilterSubject subject = filter_subject(arena, bytes_of(rows[i].message));
        if (filter_pattern_matches(pattern, &subject) != rows[i].matches)
            fail_msg("%s on %s: should %s", rows[i].pattern, rows[i].message, rows[i].matches ? "match" : "not match");
        arena_free(arena);
    }
}
#define HOLD(rows) hold((rows), sizeof(rows) / sizeof *(rows))

/* aws: "Using filter patterns to match terms in unstructured log events" */
static void terms_as_documented(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"", "anything", true},
        {" ", "anything", true},
        {"ERROR", "[ERROR 400] BAD REQUEST", true},
        {"ERROR", "[ERROR 419] MISSING ARGUMENTS", true},
        {"ERROR", "[error 419] missing arguments", false},
        {"ERROR", "Exiting with ERRORCODE: -1", true},
        {"ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true},
        {"ERROR ARGUMENTS", "[ERROR 420] INVALID ARGUMENTS", true},
        {"ERROR ARGUMENTS", "[ERROR 400] BAD REQUEST", false},
        {"?ERROR ?ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
        {"?ERROR ?ARGUMENTS", "[WARN] MISSING ARGUMENTS", true},
        {"?ERROR ?ARGUMENTS", "[INFO] REQUEST FAILED", false},
        {"?ERROR ?REQUEST", "[INFO] REQUEST FAILED", true},
        {"?ERROR ?WARN REQUEST", "[INFO] REQUEST FAILED", true},
        {"?ERROR ?WARN REQUEST", "[WARN] NOTHING", false},
        {"\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR", true},
        {"\"INTERNAL SERVER ERROR\"", "INTERNAL ERROR SERVER", false},
        {"ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true},
        {"ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false},
        {"-DEBUG", "[INFO] x", true},
        {"-\"a b\"", "x a b", false},
        {"\"-x\"", "a -x b", true},
        {"\"say \\\"hi\\\"\"", "they say \"hi\"", true},
        {"\xc3\xa4rger", "viel \xc3\xa4rger", true},
    };
    HOLD(rows);
}

/* aws: "Supported regular expressions (regex) syntax" */
static void regexes_as_documented(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true},
        {"%AUTHORIZED%", "[SUCCESS 200] AUTHORIZED REQUEST", true},
        {"%AUTHORIZED%", "[ERROR 401] authorized", false},
        {"%^[hc]at%", "hat on", true},
        {"%^[hc]at%", "a hat", false},
        {"%[hc]at$%", "a cat", true},
        {"%[hc]at$%", "cat in", false},
        {"%colou?r%", "the color", true},
        {"%colou?r%", "the colour", true},
        {"%[a-z]%", "ABC", false},
        {"%[^b]at%", "bat", false},
        {"%gra{2,3}y%", "graay", true},
        {"%gra{2,3}y%", "gray", false},
        {"%gray|grey%", "a grey day", true},
        {"%10\\.10\\.0\\.1%", "from 10.10.0.1", true},
        {"%10\\.10\\.0\\.1%", "from 10a10b0c1", false},
        {"%.at%", "hat", true},
        {"%\\d{3}\\s\\w+%", "404 gone", true},
        {"%\\D%", "12", false},
        {"%\\x41%", "A", true},
        {"%\\u0041%", "A", true},
        {"%[Ee]rror|[Ff]ail%", "it Failed", true},
        {"%\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}%", "at 10.0.0.255", true},
    };
    HOLD(rows);
}

static const char trail[] =
    "{\"eventType\":\"UpdateTrail\",\"sourceIPAddress\":\"111.111.111.111\",\"arrayKey\":[\"value\",\"another value\"],"
    "\"objectList\":[{\"name\":\"a\",\"id\":1},{\"name\":\"b\",\"id\":2}],\"SomeObject\":null,\"cluster.name\":\"c\","
    "\"bandwidth\":80,\"latency\":45.5,\"errorCode\":400,\"number\":[0.001,1000],\"yes\":true,\"no\":false,\"text\":\"5\","
    "\"user\":{\"id\":1,\"email\":\"John.Stiles@example.com\"},\"users\":[{\"id\":2,\"email\":\"John.Doe@example.com\"},"
    "{\"id\":3,\"email\":\"Jane.Doe@example.com\"}],\"actions\":[\"GET\",\"PUT\",\"DELETE\"],\"coordinates\":[[0,1,2],[4,5,6]]}";

/* aws: "Using filter patterns to match terms in JSON log events" */
static void json_as_documented(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"{ $.eventType = \"UpdateTrail\" }", trail, true},
        {"{ $.eventType = UpdateTrail }", trail, true},
        {"{$.eventType=\"Update*\"}", trail, true},
        {"{ $.eventType = *Trail }", trail, true},
        {"{ $.eventType = \"U*t*l\" }", trail, true},
        {"{ $.eventType = \"U*x*l\" }", trail, false},
        {"{ $.eventType = \"Update\\*\" }", trail, false},
        {"{ $.eventType != \"UpdateTrail\" }", trail, false},
        {"{ $.eventType = %Trail% }", trail, true},
        {"{ $.eventType = %^Trail% }", trail, false},
        {"{ $.sourceIPAddress != 123.123.* }", trail, true},
        {"{ $.sourceIPAddress = 111.111.* }", trail, true},
        {"{ $.arrayKey[0] = \"value\" }", trail, true},
        {"{ $.arrayKey[1] = \"value\" }", trail, false},
        {"{ $.arrayKey[9] = \"value\" }", trail, false},
        {"{ $.arrayKey[*] = \"another value\" }", trail, true},
        {"{ $.objectList[1].id = 2 }", trail, true},
        {"{ $.objectList[*].id > 1 }", trail, true},
        {"{ $.objectList[*].id > 2 }", trail, false},
        {"{ $.arrayKey = \"value\" }", trail, false},
        {"{ $.['cluster.name'] = \"c\" }", trail, true},
        {"{ $.SomeObject IS NULL }", trail, true},
        {"{ $.eventType IS NULL }", trail, false},
        {"{ $.other IS NULL }", trail, false},
        {"{ $.SomeOtherObject NOT EXISTS }", trail, true},
        {"{ $.SomeObject NOT EXISTS }", trail, false},
        {"{ $.yes IS TRUE }", trail, true},
        {"{ $.no IS TRUE }", trail, false},
        {"{ $.no IS FALSE }", trail, true},
        {"{ $.bandwidth > 75 }", trail, true},
        {"{ $.latency < 50 }", trail, true},
        {"{ $.latency >= 45.5 }", trail, true},
        {"{ $.latency <= 45.4 }", trail, false},
        {"{ $.errorCode = 400 }", trail, true},
        {"{ $.errorCode != 500 }", trail, true},
        {"{ $.errorCode = 4* }", trail, true},
        {"{ $.errorCode = \"*\" }", trail, true},
        {"{ $.number[0] = 1e-3 }", trail, true},
        {"{ $.number[1] = 1e+3 }", trail, true},
        {"{ $.number[1] != 1e+3 }", trail, false},
        {"{ $.text > 4 }", trail, false},
        {"{ $.missing != \"x\" }", trail, false},
        {"{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }", trail, true},
        {"{ ($.user.id = 2 && $.users[0].email = \"nonmatch\") || $.actions[2] = \"GET\" }", trail, false},
        {"{ $.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = \"nonmatch\" && $.actions[2] = \"nonmatch\" }",
         trail, true},
        {"{ ($.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = \"nonmatch\") && $.actions[2] = \"nonmatch\" }",
         trail, false},
        {"{ $.coordinates[0][1] = 1 }", trail, true},
        {"{ $.a = 1 }", "no JSON", false},
        {"{ $.a NOT EXISTS }", "no JSON", false},
        {"{ $.a = 1 }", "{\"a\":1} trailing", false},
        {"{ $.a = \"\xc3\xa4\" }", "{\"a\":\"\\u00e4\"}", true},
        {"{ $.a = is && $.b = NULL }", "{\"a\":\"is\",\"b\":\"NULL\"}", true},
    };
    HOLD(rows);
}

static const char access[] = "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";

/* aws: "Using filter patterns to match terms in space-delimited log events" */
static void columns_as_documented(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", access, true},
        {"[ip, user, username, timestamp, request =*.jpg*, status_code = 4*, bytes]", access, false},
        {"[ip, user, username, timestamp, request, status_code = 4*]", access, false},
        {"[..., request =*.html*, status_code = 4*, bytes]", access, true},
        {"[ip, user, ..., bytes > 1000]", access, true},
        {"[ip, user, ..., bytes > 2000]", access, false},
        {"[..., status_code = 404 || status_code = 410, bytes]", access, true},
        {"[..., status_code = 4* && status_code != 404, bytes]", access, false},
        {"[ip=%127\\.0\\.0\\.[1-9]%, ...]", access, true},
        {"[]", access, true},
        {"[...]", access, true},
        {"[w1=ERROR, w2]", "ERROR here", true},
        {"[w1=ERROR, w2]", "WARN here", false},
        {"[w1!=ERROR&&w1!=WARN, w2]", "INFO here", true},
        {"[w1=\"*RR*\", w2=\"a b\"]", "ERROR \"a b\"", true},
        {"[w1, w2]", "one \"unclosed", true},
        {"[w1, w2]", "one [two]three", true},
        {"[w1, w2]", "one   two\n", true},
        {"[is=1, not]", "1 2", true},
    };
    HOLD(rows);
}

typedef struct Refused {
    const char *pattern;
    FilterPatternFault fault;
} Refused;

static void refused(void **state)
{
    (void)state;
    static const Refused rows[] = {
        {"foo-bar", FILTER_PATTERN_BAD_TERM},
        {"https://x", FILTER_PATTERN_BAD_TERM},
        {"-", FILTER_PATTERN_BAD_TERM},
        {"\"open", FILTER_PATTERN_BAD_SYNTAX},
        {"%something!%", FILTER_PATTERN_BAD_REGEX},
        {"%a(b)%", FILTER_PATTERN_BAD_REGEX},
        {"%a b%", FILTER_PATTERN_BAD_REGEX},
        {"%\xc3\xa4%", FILTER_PATTERN_BAD_REGEX},
        {"%[%", FILTER_PATTERN_BAD_REGEX},
        {"%*a%", FILTER_PATTERN_BAD_REGEX},
        {"%a{1000}{1000}%", FILTER_PATTERN_BAD_REGEX},
        {"%a% b", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a = }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a = 1", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a = 1 } x", FILTER_PATTERN_BAD_SYNTAX},
        {"{ a = 1 }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a > x }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a > \"5\" }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a[-1] = 5 }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a[99999999999999999999] = 5 }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a == 5 }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a EXISTS }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a = 5 AND $.b = 6 }", FILTER_PATTERN_BAD_SYNTAX},
        {"{ $.a = %x% || $.a = %y% || $.a = %z% }", FILTER_PATTERN_MANY_REGEXES},
        {"[a, ..., b, ...]", FILTER_PATTERN_BAD_SYNTAX},
        {"[a=1 && b=2]", FILTER_PATTERN_BAD_SYNTAX},
        {"[a, $.b=2]", FILTER_PATTERN_BAD_SYNTAX},
        {"[a,,b]", FILTER_PATTERN_BAD_SYNTAX},
        {"[a", FILTER_PATTERN_BAD_SYNTAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena *arena = arena_new();
        FilterPatternFault fault;
        Bytes detail;
        if (filter_pattern_read(arena, bytes_of(rows[i].pattern), &fault, &detail) || fault != rows[i].fault)
            fail_msg("%s: fault %d, not %d", rows[i].pattern, (int)fault, (int)rows[i].fault);
        arena_free(arena);
    }
}

typedef struct Value {
    const char *pattern, *message, *selector, *value;
} Value;

static void values(void **state)
{
    (void)state;
    static const Value rows[] = {
        {"{ $.latency = * }", trail, "$.latency", "45.5"},
        {"{ $.latency = * }", trail, "$.user.email", "John.Stiles@example.com"},
        {"{ $.latency = * }", trail, "$.coordinates[1]", "[4,5,6]"},
        {"{ $.latency = * }", trail, "$.none", NULL},
        {"[ip, ..., bytes]", access, "$bytes", "1534"},
        {"[ip, ..., bytes]", access, "$4", "10/Oct/2000:13:25:15 -0700"},
        {"[ip, ..., bytes]", access, "$5", "GET /index.html HTTP/1.0"},
        {"[ip, ..., bytes]", access, "$none", NULL},
        {"ERROR", "ERROR", "$1", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Arena *arena = arena_new();
        FilterPatternFault fault;
        Bytes detail;
        const FilterPattern *pattern = filter_pattern_read(arena, bytes_of(rows[i].pattern), &fault, &detail);
        FilterSubject subject = filter_subject(arena, bytes_of(rows[i].message));
        assert_non_null(pattern);
        Bytes value = filter_pattern_value(pattern, &subject, bytes_of(rows[i].selector));
        if (!bytes_equal(value, bytes_of(rows[i].value)) || present(value) != (rows[i].value != NULL))
            fail_msg("%s: %.*s", rows[i].selector, (int)value.len, value.ptr);
        arena_free(arena);
    }
}

/* aws: TestMetricFilter, "To test a metric filter pattern on Apache access.log events without specifying all the
 * fields" */
static void fields_of_columns(void **state)
{
    (void)state;
    static const char *names[] = {"$ip", "$2", "$3", "$4", "$5", "$status", "$size"};
    Arena *arena = arena_new();
    FilterPatternFault fault;
    Bytes detail;
    const FilterPattern *pattern = filter_pattern_read(arena, TEXT("[ip, ..., status, size]"), &fault, &detail);
    FilterSubject subject = filter_subject(arena, bytes_of(access));
    assert_true(filter_pattern_matches(pattern, &subject));
    FilterFields fields = filter_pattern_fields(pattern, &subject);
    assert_int_equal(fields.len, 7);
    for (size_t i = 0; i < 7; i++)
        assert_true(bytes_is(fields.items[i].name, names[i]));
    assert_true(bytes_is(fields.items[5].value, "404"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_as_documented),
        cmocka_unit_test(regexes_as_documented),
        cmocka_unit_test(json_as_documented),
        cmocka_unit_test(columns_as_documented),
        cmocka_unit_test(refused),
        cmocka_unit_test(values),
        cmocka_unit_test(fields_of_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
