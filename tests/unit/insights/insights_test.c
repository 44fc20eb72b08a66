/* insights_test.c - queries of Logs Insights over a few events, with the examples of the CloudWatch Logs User Guide. */
#include "budget.h"
#include "buffer.h"
#include "insights.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* From the newest to the oldest, as they are fed; the first is of 2026-01-01 00:10:00. */
static const char *const plain[] = {
    "25 May [ERROR] user=anna, method:GET, latency := 30",
    "25 May [INFO] user=bob, method:PUT, latency := 10",
    "25 May [WARN] user=anna, method:GET, latency := 20",
    "no such line",
};
static const char *const json[] = {
    "{\"status\":500,\"path\":\"/a\",\"user\":{\"id\":\"u1\",\"tags\":[\"x\",\"y\"]},\"ms\":30.5,\"ok\":false,\"ip\":\"10.0.0.7\"}",
    "{\"status\":200,\"path\":\"/b\",\"user\":{\"id\":\"u2\"},\"ms\":10,\"ok\":true,\"ip\":\"192.168.1.1\",\"null\":null}",
    "{\"status\":404,\"path\":\"/a\",\"user\":{\"id\":\"u1\"},\"ms\":\"20\",\"ok\":true,\"ip\":\"::1\",\"user.name\":\"dotted\"}",
    "{\"status\":200,\"path\":\"/c10\",\"ms\":2,\"inner\":\"{\\\"a\\\":{\\\"b\\\":[5,6]}}\"}",
};
static const char *const report[] = {
    "REPORT RequestId: 11111111-2222-3333-4444-555555555555\tDuration: 12.5 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\t"
    "Max Memory Used: 64 MB\t",
    "START RequestId: 11111111-2222-3333-4444-555555555555 Version: $LATEST",
};

typedef struct Row {
    const char *query, *results; /* rows in lines, values between bars */
} Row;

static Bytes shown(Arena *arena, const InsightsResults *results)
{
    Buffer text = {0};
    for (size_t i = 0; i < results->count; i++) {
        if (i)
            buffer_append_char(&text, '\n');
        for (size_t k = 0; k < results->items[i].count; k++) {
            InsightsCell cell = results->items[i].cells[k];
            if (bytes_is(cell.name, "@ptr"))
                continue;
            if (k)
                buffer_append_char(&text, '|');
            buffer_append(&text, cell.value);
        }
    }
    Bytes copy = arena_copy(arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}

static InsightsResults run(Arena *arena, const char *text, const char *const *messages, size_t count)
{
    InsightsFault fault;
    InsightsBounds bounds = {.now_ms = 1767225600999};
    const InsightsQuery *query = insights_read(arena, bytes_of(text), &fault);
    if (!query)
        fail_msg("%s: %.*s", text, (int)fault.message.len, fault.message.ptr);
    InsightsRun *one = insights_begin(arena, query, &bounds);
    Arena *scratch = arena_new();
    for (size_t i = 0; i < count; i++) {
        InsightsEvent event = {.time_ms = 1767226200000 - 60000 * (int64_t)i,
                               .ingestion_ms = 1767226200123,
                               .message = bytes_of(messages[i]),
                               .log_stream = TEXT("stream"),
                               .log = TEXT("111122223333:/aws/lambda/f"),
                               .pointer = TEXT("p")};
        insights_feed(one, scratch, &event);
    }
    arena_free(scratch);
    return insights_end(one);
}

static void hold(const Row *rows, size_t rows_count, const char *const *messages, size_t count)
{
    for (size_t i = 0; i < rows_count; i++) {
        Arena *arena = arena_new();
        InsightsResults results = run(arena, rows[i].query, messages, count);
        Bytes text = shown(arena, &results);
        if (!bytes_is(text, rows[i].results))
            fail_msg("%s\n%.*s\nnot\n%s", rows[i].query, (int)text.len, text.ptr, rows[i].results);
        arena_free(arena);
    }
}
#define COUNT(array)           (sizeof(array) / sizeof *(array))
#define HOLD(rows_, messages_) hold((rows_), COUNT(rows_), (messages_), COUNT(messages_))

/* aws: "filter", "parse", "display", "limit", "dedup", "sort" */
static void plain_lines(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"fields @timestamp | limit 1", "2026-01-01 00:10:00.000"},
        {"fields @message | filter @message like /ERR/", "25 May [ERROR] user=anna, method:GET, latency := 30"},
        {"filter @message like /(?i)error/ | fields @logStream, @log", "stream|111122223333:/aws/lambda/f"},
        {"fields @message | filter @message =~ \"INFO\" | fields @ingestionTime",
         "25 May [INFO] user=bob, method:PUT, latency := 10|2026-01-01 00:10:00.123"},
        {"filter @message not like \"May\" | fields @message", "no such line"},
        {"filter not (@message like /May/) | fields @message", "no such line"},
        {"parse @message \"user=*, method:*, latency := *\" as @user, @method, @latency | stats avg(@latency) by @method, @user",
         "GET|anna|25\nPUT|bob|10\n"},
        {"parse @message /user=(?<user>.*?), method:(?<method>\\w+)/ | filter method = \"GET\" | display user",
         "anna\nanna"},
        {"parse @message /latency := (\\d+)/ as ms | filter ms > 15 | sort ms asc | display ms", "20\n30"},
        {"parse \"[*]\" as level | filter ispresent(level) | display level | dedup level", "ERROR\nINFO\nWARN"},
        {"parse @message \"user=*,\" as user | filter ispresent(user) | dedup user | display user", "anna\nbob"},
        {"# a comment\nfields @message # another | x\n| sort @timestamp asc | limit 1 | display @message",
         "no such line"},
        {"stats count(*)", "4"},
        {"stats count(*) as n by bin(2m)",
         "2026-01-01 00:10:00.000|1\n2026-01-01 00:08:00.000|2\n2026-01-01 00:06:00.000|1"},
        {"stats count(*) by bin(1mo) as month", "2026-01-01 00:00:00.000|4"},
        {"fields `@message` as m | filter m = 'no such line' | display m", "no such line"},
        {"filter @message = \"none\" | stats count(*)", ""},
        {"fields strlen(@message) as n | sort n desc | limit 2 | display n", "51\n50"},
    };
    HOLD(rows, plain);
}

/* aws: "Boolean, comparison, numeric, datetime, and other functions" */
static void functions(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"fields 2 ^ 3, 10 % 3, 1 + 2 * 3, (1 + 2) * 3, 7 / 2, -3 + 1 | limit 1", "8|1|7|9|3.5|-2"},
        {"fields abs(-5), ceil(1.2), floor(1.8), sqrt(16), log(1), greatest(1, 3, 2), least(4, 2) | limit 1",
         "5|2|1|4|0|3|2"},
        {"fields 1 / 0 as x, 122.0703125 as y, 1 / 3 as z | limit 1", "122.0703|0.3333"},
        {"fields substr(\"xyZfooxyZ\", 3) as a, substr(\"xyZfooxyZ\", 3, 4) as b | limit 1", "fooxyZ|foox"},
        {"fields ltrim(\"xyZfooxyZ\", \"xyZ\") as a, rtrim(\"xyZfooxyZ\", \"xyZ\") as b, trim(\"xyZfooxyZ\", \"xyZ\") as c | limit 1",
         "fooxyZ|xyZfoo|foo"},
        {"fields trim(\"  a \") as a, toupper(\"ab\") as b, tolower(\"AB\") as c, strlen(\"\xc3\xa4x\") as d | limit 1",
         "a|AB|ab|2"},
        {"fields replace(\"foobarfoo\", \"foo\", \"x\") as a, concat(\"a\", 1, \"b\") as b, strcontains(\"abc\", \"b\") as c | limit 1",
         "xbarx|a1b|1"},
        {"fields isempty(\"\") as a, isempty(none) as b, isblank(\" \\t\") as c, ispresent(none) as d, coalesce(none, \"z\") as e | limit 1",
         "1|1|1|0|z"},
        {"fields isValidIp(\"1.2.3.4\") as a, isValidIpv6(\"::1\") as b, isValidIpv4(\"::1\") as c, isIpv4InSubnet(\"10.1.2.3\", \"10.0.0.0/8\") as d, "
         "isIpInSubnet(\"11.1.2.3\", \"10.0.0.0/8\") as e, isIpv6InSubnet(\"fd00::1\", \"fd00::/7\") as f | limit 1",
         "1|1|0|1|0|1"},
        {"fields fromMillis(1767225600000) as a, toMillis(@timestamp) as b, now() as c | limit 1",
         "2026-01-01 00:00:00.000|1767226200000|1767225600"},
        {"fields datefloor(@timestamp, 1h) as a, dateceil(@timestamp, 1h) as b, dateceil(@timestamp, 1mo) as c | limit 1",
         "2026-01-01 00:00:00.000|2026-01-01 01:00:00.000|2026-02-01 00:00:00.000"},
        {"fields bin(1w) as a | limit 1", "2025-12-29 00:00:00.000"},
        {"fields if(ispresent(none), none, \"unknown\") as a | limit 1", "unknown"},
    };
    HOLD(rows, plain);
}

/* aws: "Supported logs and discovered fields": JSON */
static void json_lines(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"fields status, user.id, user.tags.1, ms, ok | limit 2", "500|u1|y|30.5|0\n200|u2|10|1"},
        {"fields user.name | filter ispresent(user.name)", "dotted"},
        {"fields path | filter status >= 400 and ok = 0", "/a"},
        {"fields path | filter status in [200, 404] | sort path desc", "/c10\n/b\n/a"},
        {"fields path | filter path not in [\"/a\", \"/b\"]", "/c10"},
        {"fields path | filter user.id != \"u1\"", "/b"},
        {"fields path | filter not (user.id = \"u1\")", "/b"},
        {"fields path | filter ms > 9 | sort ms asc", "/b\n/a\n/a"},
        {"fields status | filter ok = true | sort status asc", "200\n404"},
        {"stats count(*), sum(ms), avg(ms), min(ms), max(ms), count(user.id) by path | sort path asc",
         "/a|2|50.5|25.25|20|30.5|2\n/b|1|10|10|10|10|1\n/c10|1|2|2|2|2|0"},
        {"stats count_distinct(user.id) as u, pct(ms, 50) as p, median(ms) as m, stddev(status) as s",
         "2|15|15|130.4914"},
        {"stats earliest(path) as e, latest(path) as l, sortsFirst(path) as f, sortsLast(path) as t",
         "/c10|/a|/a|/c10"},
        {"stats count(*) as n by status | sort n desc, status asc | limit 2", "200|2\n404|1"},
        {"stats count(*) by status | sort count(*) desc | limit 1", "200|2"},
        {"stats max(ms) as most, min(ms) as least, most - least as range", "30.5|2|28.5"},
        {"stats sum(ms) as s by path | filter s > 5 | stats count(*) as paths, max(s)", "2|50.5"},
        {"stats ceil(avg(ms)) as a", "16"},
        {"fields jsonParse(inner) as i | filter ispresent(i) | display i.a.b.1, i", "6|{\"a\":{\"b\":[5,6]}}"},
        {"fields path | filter isIpInSubnet(ip, \"10.0.0.0/8\")", "/a"},
        {"fields path as p, concat(p, \"!\") as q | limit 1", "/a|/a!"},
        {"fields null | filter ispresent(null)", ""},
        {"fields user | limit 1", "{\"id\":\"u1\",\"tags\":[\"x\",\"y\"]}"},
    };
    HOLD(rows, json);
}

static void lambda_lines(void **state)
{
    (void)state;
    static const Row rows[] = {
        {"filter @type = \"REPORT\" | stats max(@memorySize / 1000 / 1000) as mb, avg(@duration) as d, sum(@billedDuration) as b",
         "128|12.5|13"},
        {"fields @type, @requestId | limit 2",
         "REPORT|11111111-2222-3333-4444-555555555555\nSTART|11111111-2222-3333-4444-555555555555"},
    };
    HOLD(rows, report);
}

static void counted(void **state)
{
    (void)state;
    Arena *arena = arena_new();
    InsightsResults results = run(arena, "fields @message | filter @message like /May/ | limit 1", plain, COUNT(plain));
    assert_int_equal(results.count, 1);
    assert_int_equal(results.records_matched, 3);
    assert_int_equal(results.records_scanned, 4);
    assert_true(bytes_is(results.items[0].cells[1].name, "@ptr"));
    arena_free(arena);
}

typedef struct Refused {
    const char *query;
    size_t start;
    const char *message; /* its beginning */
} Refused;

static void refused(void **state)
{
    (void)state;
    static const Refused rows[] = {
        {"", 0, "unexpected symbol found <EOF> at line 1 and position 1"},
        {"fields @message | count()", 18, "unexpected symbol found count at line 1 and position 19"},
        {"fields @message |\n | limit 1", 19, "unexpected symbol found | at line 2 and position 2"},
        {"fields a b", 9, "unexpected symbol found b"},
        {"fields a | unnest b into c", 11, "unexpected symbol found unnest"},
        {"pattern @message", 0, "unexpected symbol found pattern"},
        {"SOURCE \"x\" | fields a", 0, "unexpected symbol found SOURCE"},
        {"filter a === 5", 11, "unexpected symbol found ="},
        {"filter a like b", 14, "unexpected symbol found b"},
        {"filter a like /(?=b)/", 14, "look-around"},
        {"filter a like /(/", 14, "invalid regular expression"},
        {"filter a like /b", 14, "unexpected symbol found /"},
        {"filter \"open", 7, "unexpected symbol found"},
        {"fields nosuch(a)", 7, "unknown function nosuch"},
        {"fields strlen()", 7, "wrong number of arguments"},
        {"fields count(a)", 7, "aggregation functions stand in stats only"},
        {"stats a by b", 0, "Unknown symbols found in or after stats: a"},
        {"stats count(*) by b | filter c = 1", 0, "Unknown symbols found in or after stats: c"},
        {"stats count(*) as n | stats sum(n) by bin(5m)", 0, "Unknown symbols found in or after stats: @timestamp"},
        {"stats sum(*)", 0, "only count takes *"},
        {"fields a, strlen(a) as a", 0, "Ephemeral field a is already defined"},
        {"stats count(*) by bin(5x)", 22, "invalid period 5x"},
        {"stats count(*) by bin(a)", 22, "a period is wanted here"},
        {"fields 5m", 7, "a period is out of place"},
        {"fields a | limit 0", 17, "limit takes"},
        {"fields a | limit 100001", 17, "limit takes"},
        {"parse @message \"a*b*\" as x", 15, "parse has 2 * and 1 names"},
        {"parse @message /a(b)c/", 15, "parse needs a named group"},
        {"fields a | dedup strlen(a)", 0, "dedup takes names"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        Arena *arena = arena_new();
        InsightsFault fault;
        if (insights_read(arena, bytes_of(rows[i].query), &fault))
            fail_msg("%s: understood", rows[i].query);
        if (!bytes_starts_with(fault.message, bytes_of(rows[i].message)) ||
            (rows[i].start && fault.start != rows[i].start) || fault.end < fault.start ||
            fault.end > strlen(rows[i].query))
            fail_msg("%s: %zu to %zu: %.*s", rows[i].query, fault.start, fault.end, (int)fault.message.len,
                     fault.message.ptr);
        arena_free(arena);
    }
}

/* More rows than are kept while they come. */
static void an_order_of_many(void **state)
{
    (void)state;
    Arena *arena = arena_new(), *scratch = arena_new();
    InsightsFault fault;
    InsightsBounds bounds = {0};
    const InsightsQuery *query = insights_read(arena, TEXT("fields @message | sort @message desc | limit 5"), &fault);
    InsightsRun *one = insights_begin(arena, query, &bounds);
    for (int i = 0; i < 5000; i++) {
        InsightsEvent event = {.message = arena_text(arena, "%d", i * 7919 % 5000), .pointer = TEXT("p")};
        insights_feed(one, scratch, &event);
    }
    InsightsResults results = insights_end(one);
    assert_true(bytes_is(shown(arena, &results), "4999\n4998\n4997\n4996\n4995"));
    assert_int_equal(results.records_matched, 5000);
    arena_free(scratch);
    arena_free(arena);
}

__attribute__((noreturn)) static void is_over(void *context, BudgetKind kind)
{
    (void)context;
    fail_msg("bound %d is reached", (int)kind);
    abort();
}

/* Within the bounds that Logs sets. */
static void percentiles_of_many(void **state)
{
    (void)state;
    Arena *arena = arena_new(), *scratch = arena_new();
    InsightsFault fault;
    const Budget budget = {(size_t)48 * 1024 * 1024, 2000000, 0, is_over, NULL};
    InsightsBounds bounds = {.budget = &budget};
    const char *text =
        "stats pct(@ingestionTime, 0), pct(@ingestionTime, 99), median(@ingestionTime), pct(@ingestionTime, 100)";
    InsightsRun *one = insights_begin(arena, insights_read(arena, bytes_of(text), &fault), &bounds);
    for (int64_t i = 0; i < 600001; i++) {
        InsightsEvent event = {.ingestion_ms = i * 7919 % 600001, .message = TEXT("x"), .pointer = TEXT("p")};
        insights_feed(one, scratch, &event);
    }
    InsightsResults results = insights_end(one);
    Bytes values = shown(arena, &results);
    if (!bytes_is(values, "0|594000|300000|600000"))
        fail_msg("%.*s", (int)values.len, values.ptr);
    arena_free(scratch);
    budget_clear(arena);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lines),      cmocka_unit_test(functions),
        cmocka_unit_test(json_lines),       cmocka_unit_test(lambda_lines),
        cmocka_unit_test(counted),          cmocka_unit_test(refused),
        cmocka_unit_test(an_order_of_many), cmocka_unit_test(percentiles_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
