/* clock.c - /_evpoc/clock: the emulator's time is read, frozen, set, moved and resumed. What is due by the new time is
 * done in the turn that follows, before the next call. */
#include "state.h"
#include <stdio.h>
#include <time.h>

static void answer_time(const Admin *admin, HttpResponse *response)
{
    const Clock *clock = admin->options.runtime->clock;
    int64_t now_ms = clock_now_ms(clock);
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm parts;
    char text[32], whole[48];
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(whole, sizeof whole, "%s.%03dZ", text, (int)(now_ms % 1000));
    page_answer(response, json_pack("{s:I, s:s, s:b}", "now_ms", (json_int_t)now_ms, "now", whole, "frozen",
                                    clock_is_frozen(clock)));
}

static bool is_instant(int64_t ms)
{
    return ms >= 0 && ms <= PAGE_TIME_MAX_MS;
}

/* ISO 8601 in UTC, or ms since the epoch. */
static bool read_time(const json_t *value, int64_t *ret_ms)
{
    const char *text = json_string_value(value), *rest;
    struct tm parts = {0};
    *ret_ms = json_integer_value(value);
    if (!text)
        return json_is_integer(value) && is_instant(*ret_ms);
    rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (!rest || (*rest && strcmp(rest, "Z")))
        return false;
    *ret_ms = (int64_t)timegm(&parts) * 1000;
    return is_instant(*ret_ms);
}

static bool change(Clock *clock, const json_t *input, HttpResponse *response)
{
    const json_t *set = json_object_get(input, "set"), *advance = json_object_get(input, "advance");
    int64_t set_ms = 0, advance_ms = 0;
    if (set && !read_time(set, &set_ms)) {
        page_fail(response, 400,
                  "set: expected ms since the epoch or a time like 2026-01-31T12:00:00Z, to the year 9999");
        return false;
    }
    if (advance && !page_read_span(advance, &advance_ms)) {
        page_fail(response, 400, "advance: expected ms or a span like 7d or 1h30m");
        return false;
    }
    if ((set || advance) && !is_instant((set ? set_ms : clock_now_ms(clock)) + advance_ms)) {
        page_fail(response, 400, "advance: the clock goes from 1970 to the year 9999");
        return false;
    }
    if (set)
        clock_set_ms(clock, set_ms);
    if (advance)
        clock_advance_ms(clock, advance_ms);
    if (json_is_true(json_object_get(input, "freeze")))
        clock_freeze(clock);
    if (json_is_true(json_object_get(input, "resume")))
        clock_resume(clock);
    return true;
}

void clock_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Admin *admin = context;
    static const char *const known[] = {"set", "advance", "freeze", "resume", NULL};
    if (page_is(request, "POST")) {
        json_t *input = page_input(request, response);
        bool is_done =
            input && page_check_keys(response, input, known) && change(admin->options.runtime->clock, input, response);
        json_decref(input);
        if (!is_done)
            return;
    }
    answer_time(admin, response);
}
