/* alarm_reason.c - why an alarm is in its state, in AWS's words, seen in notifications that people have published:
 * "Threshold Crossed: 2 out of the last 2 datapoints [10.25 (05/10/20 06:25:00), 10.0 (05/10/20 06:20:00)] were greater
 * than or equal to the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition)." */
#include "alarm_look.h"
#include "wire.h"
#include "words.h"

#define LISTED_MAX 5 /* so many, and the sentence has another form */

static const char *crossing(const CloudwatchMetricAlarm *alarm)
{
    Bytes operator= alarm->comparison_operator;
    if (bytes_equal(operator, CLOUDWATCH_COMPARISON_OPERATOR_GREATERTHANTHRESHOLD))
        return "greater than";
    if (bytes_equal(operator, CLOUDWATCH_COMPARISON_OPERATOR_GREATERTHANOREQUALTOTHRESHOLD))
        return "greater than or equal to";
    return bytes_equal(operator, CLOUDWATCH_COMPARISON_OPERATOR_LESSTHANTHRESHOLD) ? "less than"
                                                                                   : "less than or equal to";
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Those that are on the state's side, the newest first. */
static void list_points(Buffer *text, const Look *look, bool are_breaching)
{
    size_t told = 0;
    buffer_append_char(text, '[');
    for (size_t i = look->points.len; i-- > 0 && told < LISTED_MAX;) {
        if (look_is_breaching(look->alarm, look->points.values[i]) != are_breaching)
            continue;
        buffer_append_text(text, told++ ? ", " : "");
        text_number(text, look->points.values[i]);
        buffer_append_text(text, " (");
        text_day(text, look->points.times[i]);
        buffer_append_char(text, ')');
    }
    buffer_append_char(text, ']');
}

static void tell_missing(Buffer *text, const Look *look)
{
    size_t known = look->points.len, periods = known + look->missing;
    bool is_breaching = bytes_is(look->missing_as, "breaching");
    if (known)
        buffer_append_format(text, "%zu datapoint%s received", known, known == 1 ? " was" : "s were");
    else
        buffer_append_text(text, "no datapoints were received");
    buffer_append_format(text, " for %zu period%s and %zu missing datapoint%s treated as [%s].", periods,
                         plural(periods), look->missing, look->missing == 1 ? " was" : "s were",
                         is_breaching ? "Breaching" : "NonBreaching");
}

static void tell_points(Buffer *text, const Look *look, bool is_alarm)
{
    const CloudwatchMetricAlarm *alarm = look->alarm;
    size_t known = look->points.len, count = is_alarm ? look->breaching : known - look->breaching;
    size_t minimum = is_alarm ? look->needed : (size_t)alarm->evaluation_periods - look->needed + 1;
    buffer_append_format(text, "%zu ", count);
    if (alarm->has_datapoints_to_alarm)
        buffer_append_format(text, "out of the last %zu datapoints ", known);
    else
        buffer_append_format(text, "datapoint%s ", plural(count));
    if (count < LISTED_MAX) {
        list_points(text, look, is_alarm);
        buffer_append_char(text, ' ');
    }
    buffer_append_format(text, "%s%s %s the threshold (", count == 1 ? "was" : "were", is_alarm ? "" : " not",
                         crossing(alarm));
    text_number(text, alarm->threshold);
    buffer_append_char(text, ')');
    if (count >= LISTED_MAX) {
        buffer_append_format(
            text, ". The most recent datapoints which %scrossed the threshold: ", is_alarm ? "" : "have not ");
        list_points(text, look, is_alarm);
    }
    if (alarm->has_datapoints_to_alarm)
        buffer_append_format(text, " (minimum %zu datapoint%s for %s transition)", minimum, plural(minimum),
                             is_alarm ? "OK -> ALARM" : "ALARM -> OK");
    buffer_append_char(text, '.');
}

Bytes look_reason(Arena *arena, const Look *look, const char *state)
{
    Buffer *text = text_new(arena);
    if (!strcmp(state, "INSUFFICIENT_DATA")) {
        buffer_append_format(text, "Insufficient Data: %zu datapoint%s unknown.", look->missing,
                             look->missing == 1 ? " was" : "s were");
        return buffer_bytes(text);
    }
    buffer_append_text(text, "Threshold Crossed: ");
    if (look->fills)
        tell_missing(text, look);
    else
        tell_points(text, look, !strcmp(state, "ALARM"));
    return buffer_bytes(text);
}

static void time_member(Buffer *text, const char *name, int64_t time_ms)
{
    buffer_append_format(text, ",\"%s\":\"", name);
    text_time(text, time_ms);
    buffer_append_char(text, '"');
}

static void text_member(Buffer *text, const char *name, Bytes value)
{
    if (!present(value))
        return;
    buffer_append_format(text, ",\"%s\":", name);
    json_append_string(text, value);
}

/* aws-recorded: the newest first, those that are missing with a time only. */
static void list_evaluated(Buffer *text, const Look *look)
{
    const Series *points = &look->points;
    int64_t period_ms = points->period_s * INT64_C(1000), next_ms = look->at_ms / period_ms * period_ms;
    buffer_append_text(text, ",\"evaluatedDatapoints\":[");
    for (size_t i = points->len; i-- > 0; next_ms = points->times[i]) {
        buffer_append_text(text, "{\"timestamp\":\"");
        text_time(text, points->times[i]);
        buffer_append_char(text, '"');
        if (points->counts) {
            buffer_append_text(text, ",\"sampleCount\":");
            text_number(text, points->counts[i]);
        }
        buffer_append_text(text, ",\"value\":");
        text_number(text, points->values[i]);
        buffer_append_text(text, i || look->missing ? "}," : "}");
    }
    for (size_t i = 0; i < look->missing; i++) {
        buffer_append_text(text, "{\"timestamp\":\"");
        text_time(text, next_ms -= period_ms);
        buffer_append_text(text, i + 1 < look->missing ? "\"}," : "\"}");
    }
    buffer_append_char(text, ']');
}

Bytes look_reason_data(Arena *arena, const Look *look)
{
    const Series *points = &look->points;
    const CloudwatchMetricAlarm *alarm = look->alarm;
    Buffer *text = text_new(arena);
    buffer_append_text(text, "{\"version\":\"1.0\"");
    time_member(text, "queryDate", look->at_ms);
    if (points->len)
        time_member(text, "startDate", points->times[0]);
    text_member(text, "unit", alarm->unit);
    text_member(text, "statistic", present(alarm->statistic) ? alarm->statistic : alarm->extended_statistic);
    buffer_append_format(text, ",\"period\":%d,\"recentDatapoints\":[", (int)points->period_s);
    for (size_t i = 0; i < points->len; i++) {
        buffer_append_text(text, i ? "," : "");
        text_number(text, points->values[i]);
    }
    buffer_append_text(text, "],\"threshold\":");
    text_number(text, alarm->threshold);
    list_evaluated(text, look);
    buffer_append_char(text, '}');
    return buffer_bytes(text);
}
