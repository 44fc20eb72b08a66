/* describe_alarms.c - DescribeAlarms, DescribeAlarmsForMetric, DescribeAlarmContributors. CloudWatch API Reference. */
#include "alarm.h"
#include "budget.h"
#include "rule.h"
#include "tags.h"

OPERATION(CloudwatchDescribeAlarms, describe_alarms, READS);
OPERATION(CloudwatchDescribeAlarmsForMetric, describe_alarms_for_metric, READS);
OPERATION(CloudwatchDescribeAlarmContributors, describe_alarm_contributors, READS);

#define PAGE_DEFAULT                                                                                                   \
    50 /* aws: DescribeAlarms, MaxRecords: "If this parameter is not specified, the default of 50 is used" */
#define LOOKED_AT_MAX 20000
#define ROW_STEPS     50
#define OF_METRIC_MAX 1000

typedef struct Page {
    Call *call;
    const CloudwatchDescribeAlarmsInput *in;
    CloudwatchDescribeAlarmsOutput *out;
    const Bytes *family; /* of children, of parents: names */
    size_t family_count;
    bool is_short; /* children and parents are told by name and state only */
} Page;

static bool is_among(const Bytes *names, size_t count, Bytes name)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(names[i], name))
            return true;
    return false;
}

static bool has_action(const CloudwatchMetricAlarm *alarm, Bytes prefix)
{
    const CloudwatchResourceList *lists[] = {&alarm->ok_actions, &alarm->alarm_actions,
                                             &alarm->insufficient_data_actions};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < lists[i]->len; j++)
            if (bytes_starts_with(lists[i]->items[j], prefix))
                return true;
    return false;
}

/* aws: AlarmTypes: "If you omit this parameter, only metric alarms are returned, even if composite alarms exist". */
static bool has_type(const CloudwatchAlarmTypes *types, bool is_composite)
{
    Bytes type = is_composite ? CLOUDWATCH_ALARM_TYPE_COMPOSITEALARM : CLOUDWATCH_ALARM_TYPE_METRICALARM;
    for (size_t i = 0; i < types->len; i++)
        if (bytes_equal(types->items[i], type))
            return true;
    return !types->len && !is_composite;
}

static bool is_wanted(const Page *page, const Alarm *alarm)
{
    const CloudwatchDescribeAlarmsInput *in = page->in;
    if (page->is_short)
        return is_among(page->family, page->family_count, alarm->name);
    return has_type(&in->alarm_types, alarm->is_composite) &&
           (!in->alarm_names.len || is_among(in->alarm_names.items, in->alarm_names.len, alarm->name)) &&
           (!present(in->alarm_name_prefix) || bytes_starts_with(alarm->name, in->alarm_name_prefix)) &&
           (!present(in->state_value) || bytes_equal(alarm->state, in->state_value)) &&
           (!present(in->action_prefix) || has_action(alarm_metric(&page->call->scope, alarm), in->action_prefix));
}

static void tell_short(Page *page, const Alarm *alarm)
{
    CloudwatchMetricAlarm metric = {.alarm_name = alarm->name, .state_value = alarm->state};
    CloudwatchCompositeAlarm composite = {.alarm_name = alarm->name, .state_value = alarm->state};
    metric.alarm_arn = composite.alarm_arn = alarm_arn(&page->call->scope, alarm->name);
    SET(&metric, state_updated_timestamp, alarm->updated_ms);
    SET(&composite, state_updated_timestamp, alarm->updated_ms);
    if (alarm->is_composite)
        page->out->composite_alarms.items[page->out->composite_alarms.len++] = composite;
    else
        page->out->metric_alarms.items[page->out->metric_alarms.len++] = metric;
}

static void tell(Page *page, const Alarm *alarm)
{
    if (page->is_short)
        tell_short(page, alarm);
    else if (alarm->is_composite)
        page->out->composite_alarms.items[page->out->composite_alarms.len++] =
            *alarm_composite(&page->call->scope, alarm);
    else
        page->out->metric_alarms.items[page->out->metric_alarms.len++] = *alarm_metric(&page->call->scope, alarm);
}

static Status list_alarms(Page *page, size_t most)
{
    Call *call = page->call;
    size_t told = 0;
    int code, looked_at = 0;
    Bytes last = page->in->next_token;
    Statement *rows = alarms_after(&call->scope, last);
    Alarm alarm;
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (told == most || looked_at++ == LOOKED_AT_MAX) {
            page->out->next_token = last;
            statement_end(rows);
            return OK;
        }
        budget_work(call->arena, ROW_STEPS);
        ArenaMark mark = arena_mark(call->arena);
        alarm_read(call->arena, rows, &alarm);
        bool is_told = is_wanted(page, &alarm);
        if (is_told) {
            tell(page, &alarm), told++;
            last = alarm.name;
        } else {
            arena_rewind(call->arena, mark);
        }
    }
    return expect_ok(call, code);
}

/* Named ones are looked up, not looked for. */
static Status find_named(Page *page)
{
    Call *call = page->call;
    const CloudwatchAlarmNames *names = &page->in->alarm_names;
    Alarm alarm;
    for (size_t i = 0; i < names->len; i++) {
        int code = alarm_find(&call->scope, names->items[i], &alarm);
        if (code < 0)
            return fault(call, code);
        if (code == STORE_OK && !is_among(names->items, i, names->items[i]) && is_wanted(page, &alarm))
            tell(page, &alarm);
    }
    return OK;
}

static Status find_family(Page *page)
{
    Call *call = page->call;
    bool asks_children = present(page->in->children_of_alarm_name);
    Bytes name = asks_children ? page->in->children_of_alarm_name : page->in->parents_of_alarm_name;
    Alarm alarm;
    int code = alarm_find(&call->scope, name, &alarm);
    page->is_short = true;
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? OK : fault(call, code);
    if (!asks_children)
        return expect_ok(call, alarm_watchers(&call->scope, name, &page->family, &page->family_count));
    if (!alarm.is_composite)
        return OK;
    Rule rule = rule_parse(call->arena, alarm_composite(&call->scope, &alarm)->alarm_rule);
    for (size_t i = 0; i < rule.names_count; i++)
        rule.names[i] = alarm_name_of(&call->scope, rule.names[i]);
    page->family = rule.names;
    page->family_count = rule.names_count;
    return OK;
}

static Status check(Call *call, const CloudwatchDescribeAlarmsInput *in)
{
    bool asks_family = present(in->children_of_alarm_name) || present(in->parents_of_alarm_name);
    bool has_filters = in->alarm_names.len || present(in->alarm_name_prefix) || in->alarm_types.len ||
                       present(in->state_value) || present(in->action_prefix);
    if (in->alarm_names.len && present(in->alarm_name_prefix))
        return fail(call, &cloudwatch_validation, "AlarmNamePrefix and AlarmNames must not be specified together");
    if (present(in->children_of_alarm_name) && present(in->parents_of_alarm_name))
        return fail(call, &cloudwatch_validation,
                    "ChildrenOfAlarmName and ParentsOfAlarmName must not be specified together");
    if (asks_family && has_filters)
        return fail(call, &cloudwatch_validation,
                    "ChildrenOfAlarmName and ParentsOfAlarmName can be specified with MaxRecords and NextToken only");
    if (in->next_token.len > 255)
        return fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "The NextToken is not one that was given.");
    return OK;
}

static Status describe_alarms(Call *call, const CloudwatchDescribeAlarmsInput *in, CloudwatchDescribeAlarmsOutput *out)
{
    size_t most = in->has_max_records ? (size_t)in->max_records : PAGE_DEFAULT;
    Page page = {.call = call, .in = in, .out = out};
    TRY(check(call, in));
    if (in->alarm_names.len > most)
        most = in->alarm_names.len;
    out->metric_alarms.items = arena_new_array(call->arena, CloudwatchMetricAlarm, most);
    out->composite_alarms.items = arena_new_array(call->arena, CloudwatchCompositeAlarm, most);
    out->log_alarms.items = arena_new_of(call->arena, CloudwatchLogAlarm);
    if (in->alarm_names.len)
        return find_named(&page);
    if (present(in->children_of_alarm_name) || present(in->parents_of_alarm_name))
        TRY(find_family(&page));
    return list_alarms(&page, most);
}

static bool is_of(const CloudwatchMetricAlarm *alarm, const CloudwatchDescribeAlarmsForMetricInput *in)
{
    return (!present(in->statistic) || bytes_equal(alarm->statistic, in->statistic)) &&
           (!present(in->extended_statistic) || bytes_equal(alarm->extended_statistic, in->extended_statistic)) &&
           (!in->has_period || alarm->period == in->period) &&
           (!present(in->unit) || bytes_equal(alarm->unit, in->unit));
}

static Status describe_alarms_for_metric(Call *call, const CloudwatchDescribeAlarmsForMetricInput *in,
                                         CloudwatchDescribeAlarmsForMetricOutput *out)
{
    Bytes key = alarm_metric_key(call->arena, in->namespace, in->metric_name, &in->dimensions);
    int code;
    Alarm alarm;
    out->metric_alarms.items = arena_new_array(call->arena, CloudwatchMetricAlarm, OF_METRIC_MAX);
    Statement *rows = alarms_of_metric(&call->scope, key);
    while ((code = statement_step(rows)) == STORE_ROW) {
        budget_work(call->arena, ROW_STEPS);
        alarm_read(call->arena, rows, &alarm);
        const CloudwatchMetricAlarm *metric = alarm_metric(&call->scope, &alarm);
        if (out->metric_alarms.len == OF_METRIC_MAX)
            return statement_end(rows), OK;
        if (is_of(metric, in))
            out->metric_alarms.items[out->metric_alarms.len++] = *metric;
    }
    return expect_ok(call, code);
}

/* aws: DescribeAlarmContributors: of alarms on queries of many time series, which are not implemented: none has any. */
static Status describe_alarm_contributors(Call *call, const CloudwatchDescribeAlarmContributorsInput *in,
                                          CloudwatchDescribeAlarmContributorsOutput *out)
{
    Alarm alarm;
    int code = alarm_find(&call->scope, in->alarm_name, &alarm);
    if (present(in->next_token))
        return fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "The NextToken is not one that was given.");
    if (code == STORE_NOT_FOUND)
        return fail_with(call, &CLOUDWATCH_RESOURCE_NOT_FOUND_EXCEPTION,
                         arena_new_of(call->arena, CloudwatchResourceNotFoundException),
                         "Alarm " BYTES_FMT " does not exist", BYTES_ARG(in->alarm_name));
    out->alarm_contributors.items = arena_new_of(call->arena, CloudwatchAlarmContributor);
    return expect_ok(call, code);
}
