/* page.c - what our own pages share. */
#include "page.h"
#include "base64.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const HttpHeader type_of_json[] = {{{"content-type", 12}, {"application/json", 16}}};

void page_answer(HttpResponse *response, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);
    buffer_append_text(&response->body, text ? text : "{}");
    buffer_append_char(&response->body, '\n');
    free(text);
    json_decref(value);
    response->headers = type_of_json;
    response->headers_count = 1;
}

void page_fail(HttpResponse *response, int status, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    Buffer valid = {0}; /* it may tell what was sent, and be cut in the middle of a character */
    buffer_append_utf8(&valid, bytes_of(message));
    response->status = status;
    page_answer(response, json_pack("{s:s%}", "message", buffer_bytes(&valid).ptr, valid.len));
    buffer_done(&valid);
}

json_t *page_input(const HttpRequest *request, HttpResponse *response)
{
    json_error_t wrong;
    if (!request->body.len)
        return json_object();
    json_t *input = json_loadb(request->body.ptr, request->body.len, JSON_REJECT_DUPLICATES, &wrong);
    if (input && json_is_object(input))
        return input;
    page_fail(response, 400, "expected a JSON object: %s", input ? "it is something else" : wrong.text);
    json_decref(input);
    return NULL;
}

bool page_check_keys(HttpResponse *response, const json_t *input, const char *const *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)input, key, value)
    {
        size_t i = 0;
        while (known[i] && strcmp(known[i], key))
            i++;
        if (known[i])
            continue;
        page_fail(response, 400, "no such member: %s", key);
        return false;
    }
    return true;
}

json_t *page_body_of(Bytes body, size_t whole_len)
{
    json_t *value = body.len == whole_len ? json_loadb(body.ptr, body.len, JSON_DECODE_ANY, NULL) : NULL;
    Buffer text = {0};
    if (value)
        return value;
    if (bytes_is_utf8(body))
        return json_stringn(body.ptr, body.len);
    text.len = base64_encode(buffer_reserve(&text, base64_encoded_len(body.len)), body);
    value = json_pack("{s:s%}", "base64", text.ptr, text.len);
    buffer_done(&text);
    return value;
}

bool page_is(const HttpRequest *request, const char *method)
{
    return bytes_is(request->method, method);
}

static bool is_span(int64_t ms)
{
    return ms >= -PAGE_TIME_MAX_MS && ms <= PAGE_TIME_MAX_MS;
}

bool page_read_span(const json_t *value, int64_t *ret_ms)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
    const char *text = json_string_value(value);
    *ret_ms = json_integer_value(value);
    if (!text || !*text)
        return json_is_integer(value) && is_span(*ret_ms);
    while (*text) {
        long long count;
        int len = 0;
        size_t unit = 0;
        if (sscanf(text, "%9lld%n", &count, &len) != 1 || !text[len])
            return false;
        text += len;
        while (unit < sizeof units / sizeof *units && strncmp(text, units[unit].unit, strlen(units[unit].unit)))
            unit++;
        if (unit == sizeof units / sizeof *units)
            return false;
        text += strlen(units[unit].unit);
        if (!is_span(count * units[unit].ms) || !is_span(*ret_ms += count * units[unit].ms))
            return false;
    }
    return true;
}
