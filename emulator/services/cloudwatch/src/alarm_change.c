/* alarm_change.c - an alarm changes its state: what is kept of that, and what is done.
 *
 * The services that actions name are not here. What each would get is kept in the history, as AWS keeps it, and shown
 * by
 * /_evpoc/cloudwatch/actions. */
#include "alarm.h"
#include "alarm_history.h"
#include "tags.h"
#include "wire.h"
#include "words.h"

bool alarm_is_in(const Alarm *alarm, const char *state)
{
    return bytes_is(alarm->state, state);
}

static void member(Buffer *text, const char *name, Bytes value)
{
    buffer_append_format(text, "%s\"%s\":", text->ptr[text->len - 1] == '{' ? "" : ",", name);
    if (present(value))
        json_append_string(text, value);
    else
        buffer_append_text(text, "null");
}

static void time_member(Buffer *text, const char *name, int64_t time_ms)
{
    buffer_append_format(text, "%s\"%s\":\"", text->ptr[text->len - 1] == '{' ? "" : ",", name);
    text_time(text, time_ms);
    buffer_append_char(text, '"');
}

/* aws-recorded: DescribeAlarmHistory, HistoryData. */
static void state_of(Buffer *text, const char *name, Bytes state, Bytes reason, Bytes reason_data)
{
    buffer_append_format(text, ",\"%s\":{", name);
    member(text, "stateValue", state);
    member(text, "stateReason", reason);
    if (reason_data.len) {
        buffer_append_text(text, ",\"stateReasonData\":");
        buffer_append(text, reason_data);
    }
    buffer_append_char(text, '}');
}

static int keep_change(const Scope *scope, const Alarm *before, const AlarmChange *change)
{
    HistoryItem item = {.type = CLOUDWATCH_HISTORY_ITEM_TYPE_STATEUPDATE, .time_ms = change->at_ms};
    Buffer *text = text_new(scope->arena);
    buffer_append_text(text, "{\"version\":\"1.0\"");
    state_of(text, "oldState", before->state, before->reason, before->reason_data);
    state_of(text, "newState", change->state, change->reason, change->reason_data);
    buffer_append_char(text, '}');
    item.data = buffer_bytes(text);
    item.summary = arena_text(scope->arena, "Alarm updated from " BYTES_FMT " to " BYTES_FMT, BYTES_ARG(before->state),
                              BYTES_ARG(change->state));
    return history_add(scope, before, &item);
}

static void list_member(Buffer *text, const char *name, const CloudwatchResourceList *list)
{
    buffer_append_format(text, ",\"%s\":[", name);
    for (size_t i = 0; i < list->len; i++) {
        buffer_append_text(text, i ? "," : "");
        json_append_string(text, list->items[i]);
    }
    buffer_append_char(text, ']');
}

/* "SAMPLE_COUNT" */
static Bytes upper_statistic(Arena *arena, Bytes statistic)
{
    Buffer *text = text_new(arena);
    for (size_t i = 0; i < statistic.len; i++) {
        char c = statistic.ptr[i];
        if (i && c >= 'A' && c <= 'Z')
            buffer_append_char(text, '_');
        buffer_append_char(text, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
    return buffer_bytes(text);
}

static void trigger_metric(Buffer *text, Arena *arena, const CloudwatchMetricAlarm *alarm)
{
    bool is_extended = present(alarm->extended_statistic);
    member(text, "MetricName", alarm->metric_name);
    member(text, "Namespace", alarm->namespace);
    member(text, "StatisticType", is_extended ? TEXT("ExtendedStatistic") : TEXT("Statistic"));
    member(text, is_extended ? "ExtendedStatistic" : "Statistic",
           is_extended ? alarm->extended_statistic : upper_statistic(arena, alarm->statistic));
    member(text, "Unit", alarm->unit);
    buffer_append_text(text, ",\"Dimensions\":[");
    for (size_t i = 0; i < alarm->dimensions.len; i++) {
        buffer_append_text(text, i ? ",{" : "{");
        member(text, "value", alarm->dimensions.items[i].value);
        member(text, "name", alarm->dimensions.items[i].name);
        buffer_append_char(text, '}');
    }
    buffer_append_format(text, "],\"Period\":%d", (int)alarm->period);
}

/* aws-recorded: what SNS gets of an alarm on one metric. */
static void trigger(Buffer *text, const Scope *scope, const CloudwatchMetricAlarm *alarm)
{
    buffer_append_text(text, ",\"Trigger\":{");
    if (present(alarm->metric_name))
        trigger_metric(text, scope->arena, alarm);
    else
        buffer_append_format(text, "\"Period\":%d", (int)alarm->period);
    buffer_append_format(text, ",\"EvaluationPeriods\":%d", (int)alarm->evaluation_periods);
    if (alarm->has_datapoints_to_alarm)
        buffer_append_format(text, ",\"DatapointsToAlarm\":%d", (int)alarm->datapoints_to_alarm);
    member(text, "ComparisonOperator", alarm->comparison_operator);
    buffer_append_text(text, ",\"Threshold\":");
    text_number(text, alarm->threshold);
    member(text, "TreatMissingData", present(alarm->treat_missing_data) ? alarm->treat_missing_data : TEXT(""));
    member(text, "EvaluateLowSampleCountPercentile",
           present(alarm->evaluate_low_sample_count_percentile) ? alarm->evaluate_low_sample_count_percentile
                                                                : TEXT(""));
    buffer_append_char(text, '}');
}

static Bytes message_of(const Scope *scope, const Alarm *alarm, Bytes from, int64_t at_ms)
{
    Buffer *text = text_new(scope->arena);
    CloudwatchMetricAlarm *metric = alarm_metric(scope, alarm);
    buffer_append_char(text, '{');
    member(text, "AlarmName", alarm->name);
    member(text, "AlarmDescription", metric->alarm_description);
    if (alarm->is_composite)
        member(text, "AlarmRule", alarm_composite(scope, alarm)->alarm_rule);
    member(text, "AWSAccountId", scope->account);
    time_member(text, "AlarmConfigurationUpdatedTimestamp", alarm->configured_ms);
    member(text, "NewStateValue", alarm->state);
    member(text, "NewStateReason", alarm->reason);
    time_member(text, "StateChangeTime", at_ms);
    member(text, "Region", scope->region);
    member(text, "AlarmArn", alarm_arn(scope, alarm->name));
    member(text, "OldStateValue", from);
    list_member(text, "OKActions", &metric->ok_actions);
    list_member(text, "AlarmActions", &metric->alarm_actions);
    list_member(text, "InsufficientDataActions", &metric->insufficient_data_actions);
    if (!alarm->is_composite)
        trigger(text, scope, metric);
    buffer_append_char(text, '}');
    return buffer_bytes(text);
}

static int keep_action(const Scope *scope, const Alarm *alarm, Bytes action, HistoryItem *item)
{
    Buffer *text = text_new(scope->arena);
    Bytes message = item->data;
    buffer_append_text(text, "{");
    member(text, "actionState", TEXT("Succeeded"));
    buffer_append_format(text, ",\"stateUpdateTimestamp\":%lld", (long long)item->time_ms);
    member(text, "notificationResource", action);
    member(text, "publishedMessage", message);
    buffer_append_char(text, '}');
    item->data = buffer_bytes(text);
    item->summary = arena_text(scope->arena, "Successfully executed action " BYTES_FMT, BYTES_ARG(action));
    int code = history_add(scope, alarm, item);
    item->data = message;
    return code;
}

int alarm_act(const Scope *scope, const Alarm *alarm, Bytes from, int64_t at_ms)
{
    CloudwatchMetricAlarm *lists = alarm_metric(scope, alarm); /* both kinds have them under the same names */
    const CloudwatchResourceList *list = alarm_is_in(alarm, "OK")      ? &lists->ok_actions
                                         : alarm_is_in(alarm, "ALARM") ? &lists->alarm_actions
                                                                       : &lists->insufficient_data_actions;
    HistoryItem item = {.type = CLOUDWATCH_HISTORY_ITEM_TYPE_ACTION, .time_ms = at_ms};
    int code = STORE_OK;
    if (!alarm->actions_enabled || !list->len)
        return STORE_OK;
    item.data = message_of(scope, alarm, from, at_ms);
    for (size_t i = 0; i < list->len && code == STORE_OK; i++)
        code = keep_action(scope, alarm, list->items[i], &item);
    return code;
}

/* A composite alarm with a suppressor: composite_evaluate does the rest. */
static bool has_suppressor(const Scope *scope, const Alarm *alarm)
{
    return alarm->is_composite && present(alarm_composite(scope, alarm)->actions_suppressor);
}

int alarm_change(const Scope *scope, Alarm *alarm, const AlarmChange *change)
{
    bool is_other = !bytes_equal(alarm->state, change->state);
    Bytes from = alarm->state;
    int code = is_other ? keep_change(scope, alarm, change) : STORE_OK;
    alarm->state = change->state;
    alarm->reason = change->reason;
    alarm->reason_data = change->reason_data;
    alarm->updated_ms = change->at_ms;
    alarm->transitioned_ms = is_other ? change->at_ms : alarm->transitioned_ms;
    if (is_other && code == STORE_OK && has_suppressor(scope, alarm)) {
        alarm->held_from = from;
        alarm->due_ms = change->at_ms;
    }
    if (code == STORE_OK)
        code = alarm_save(scope, alarm);
    if (is_other && code == STORE_OK && !present(alarm->held_from))
        code = alarm_act(scope, alarm, from, change->at_ms);
    return is_other && code == STORE_OK ? alarm_wake_watchers(scope, alarm, change->at_ms) : code;
}
