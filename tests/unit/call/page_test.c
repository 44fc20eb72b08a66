/* page_test.c - what our own pages share: spans, members, bodies, refusals. */
#include "page.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static bool reads(json_t *value, int64_t *ret_ms)
{
    bool is_read = page_read_span(value, ret_ms);
    json_decref(value);
    return is_read;
}

static void a_span_is_a_number_of_ms_or_units(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {{"7d", 604800000}, {"90m", 5400000}, {"1d12h", 129600000}, {"250ms", 250}, {"-1h", -3600000}};
    int64_t ms = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(reads(json_string(rows[i].text), &ms));
        assert_int_equal(ms, rows[i].ms);
    }
    assert_true(reads(json_integer(1500), &ms));
    assert_int_equal(ms, 1500);
}

static void what_is_no_span_is_refused(void **state)
{
    static const char *const wrong[] = {"", "7", "d", "7 weeks", "7y", "1d x", "999999999d", "1h999999999d"};
    int64_t ms;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(reads(json_string(wrong[i]), &ms));
    assert_false(reads(json_true(), &ms));
    assert_false(reads(json_real(1.5), &ms));
    assert_false(reads(json_integer(PAGE_TIME_MAX_MS + 1), &ms));
}

static void assert_body(HttpResponse *response, int status, const char *text)
{
    assert_int_equal(response->status, status);
    buffer_append_char(&response->body, '\0');
    assert_string_equal(response->body.ptr, text);
    buffer_done(&response->body);
    *response = (HttpResponse){.status = 200};
}

static void a_page_takes_an_object_and_no_other_member(void **state)
{
    static const char *const known[] = {"one", NULL};
    HttpResponse response = {.status = 200};
    HttpRequest request = {.body = TEXT("")};
    (void)state;
    json_t *input = page_input(&request, &response);
    assert_int_equal(json_object_size(input), 0);
    json_decref(input);

    request.body = TEXT("[1]");
    assert_null(page_input(&request, &response));
    assert_body(&response, 400, "{\"message\":\"expected a JSON object: it is something else\"}\n");

    request.body = TEXT("{\"one\": 1, \"one\": 2}");
    assert_null(page_input(&request, &response));
    assert_int_equal(response.status, 400);
    buffer_done(&response.body);
    response = (HttpResponse){.status = 200};

    request.body = TEXT("{\"one\": 1, \"two\": 2}");
    input = page_input(&request, &response);
    assert_false(page_check_keys(&response, input, known));
    assert_body(&response, 400, "{\"message\":\"no such member: two\"}\n");
    json_object_del(input, "two");
    assert_true(page_check_keys(&response, input, known));
    json_decref(input);
}

/* The message is cut at 511 bytes; a character that is cut in two is none. */
static void a_refusal_is_utf8_however_it_is_cut(void **state)
{
    HttpResponse response = {.status = 200};
    char text[600];
    (void)state;
    memset(text, 'a', sizeof text);
    memcpy(text + 510, "\xc3\xa9", 2);
    text[599] = '\0';
    page_fail(&response, 404, "%s", text);
    json_t *said = json_loadb(response.body.ptr, response.body.len, 0, NULL);
    assert_int_equal(response.status, 404);
    const json_t *message = json_object_get(said, "message");
    assert_int_equal(json_string_length(message), 510 + 3); /* U+FFFD stands for the half */
    json_decref(said);
    buffer_done(&response.body);
}

static void assert_shown(Bytes body, size_t whole_len, const char *expected)
{
    json_t *value = page_body_of(body, whole_len);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
    json_decref(value);
}

static void a_body_is_shown_as_what_it_is(void **state)
{
    (void)state;
    assert_shown(TEXT("{\"a\":[1]}"), 9, "{\"a\":[1]}");
    assert_shown(TEXT("{\"a\":[1]}"), 900, "\"{\\\"a\\\":[1]}\""); /* cut short: never JSON */
    assert_shown(TEXT("Action=List"), 11, "\"Action=List\"");
    assert_shown(TEXT("\xa0\xff"), 2, "{\"base64\":\"oP8=\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_is_a_number_of_ms_or_units),
        cmocka_unit_test(what_is_no_span_is_refused),
        cmocka_unit_test(a_page_takes_an_object_and_no_other_member),
        cmocka_unit_test(a_refusal_is_utf8_however_it_is_cut),
        cmocka_unit_test(a_body_is_shown_as_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
