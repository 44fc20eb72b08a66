/* put_metric_alarm.c - PutMetricAlarm. CloudWatch API Reference, PutMetricAlarm. */
#include "aggregate.h"
#include "alarm.h"
#include "maths.h"
#include "tags.h"
#include <math.h>

OPERATION(CloudwatchPutMetricAlarm, put_metric_alarm, WRITES);

#define DAY_S  86400
#define WEEK_S (7 * DAY_S)

static Status invalid(Call *call, const char *message)
{
    return fail(call, &cloudwatch_validation, "%s", message);
}

static Status check_choice(Call *call, const char *member, Bytes value, const char *const *choices)
{
    Bytes list = TEXT("");
    for (size_t i = 0; choices[i]; i++) {
        if (!present(value) || bytes_is(value, choices[i]))
            return OK;
        list = arena_text(call->arena, BYTES_FMT "%s%s", BYTES_ARG(list), i ? ", " : "", choices[i]);
    }
    return fail(call, &cloudwatch_validation,
                "Option " BYTES_FMT " for %s is invalid. Valid values are [" BYTES_FMT "].", BYTES_ARG(value), member,
                BYTES_ARG(list));
}

/* aws: PutMetricAlarm, Period: "Valid values are 10, 20, 30, and any multiple of 60"; EvaluationPeriods: "An alarm's
 * total current evaluation period can be no longer than seven days", one where the period is shorter than an hour. */
static Status check_periods(Call *call, int32_t period, int32_t periods)
{
    if (period != 10 && period != 20 && period != 30 && (period < 60 || period % 60))
        return invalid(call, "Period must be 10, 20, 30 or a multiple of 60");
    if (period < 3600 && (int64_t)period * periods > DAY_S)
        return invalid(
            call, "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).");
    if ((int64_t)period * periods > WEEK_S)
        return invalid(
            call,
            "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800).");
    return OK;
}

static Status check_metric(Call *call, const CloudwatchPutMetricAlarmInput *in)
{
    Statistic statistic;
    if (!present(in->namespace))
        return invalid(call, "The parameter Namespace is required when MetricName is specified.");
    if (!in->has_period)
        return invalid(call, "The parameter Period is required when MetricName is specified.");
    if (present(in->statistic) == present(in->extended_statistic))
        return invalid(call, "Exactly one of Statistic and ExtendedStatistic must be specified.");
    if (present(in->extended_statistic) &&
        (!statistic_parse(in->extended_statistic, &statistic) || !statistic_needs_values(&statistic)))
        return fail(call, &cloudwatch_validation,
                    "The value " BYTES_FMT " for parameter ExtendedStatistic is not supported.",
                    BYTES_ARG(in->extended_statistic));
    if (present(in->evaluate_low_sample_count_percentile) && !present(in->extended_statistic))
        return invalid(call, "EvaluateLowSampleCountPercentile is only valid with a percentile statistic.");
    return check_periods(call, in->period, in->evaluation_periods);
}

/* aws: "If you use the Metrics parameter, you cannot include the Namespace, MetricName, Dimensions, Period, Unit,
 * Statistic, or ExtendedStatistic parameters". */
static Status check_metrics(Call *call, const CloudwatchPutMetricAlarmInput *in)
{
    CloudwatchMetricAlarm alarm = {.metrics = in->metrics};
    if (present(in->metric_name) || present(in->namespace) || in->dimensions.len || in->has_period ||
        present(in->unit) || present(in->statistic) || present(in->extended_statistic))
        return invalid(
            call,
            "When Metrics is specified, Namespace, MetricName, Dimensions, Period, Unit, Statistic and ExtendedStatistic must not be.");
    TRY(maths_check_alarm(call, &in->metrics));
    return check_periods(call, alarm_period(&alarm), in->evaluation_periods);
}

/* What learns from the past, or asks a language of its own. */
static Status check_built(Call *call, const CloudwatchPutMetricAlarmInput *in)
{
    if (present(in->threshold_metric_id) || bytes_starts_with(in->comparison_operator, TEXT("LessThanLower")) ||
        bytes_is(in->comparison_operator, "GreaterThanUpperThreshold"))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Alarms on anomaly detection bands are not implemented.");
    if (in->evaluation_criteria || in->has_evaluation_interval)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Alarms on PromQL queries are not implemented.");
    if (in->evaluation_window || in->warm_up_configuration)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Evaluation windows and warm-up are not implemented.");
    return OK;
}

static Status check(Call *call, const CloudwatchPutMetricAlarmInput *in)
{
    static const char *const treatments[] = {"breaching", "notBreaching", "ignore", "missing", NULL};
    static const char *const samples[] = {"evaluate", "ignore", NULL};
    TRY(check_built(call, in));
    if (!in->has_evaluation_periods)
        return invalid(call, "The parameter EvaluationPeriods is required.");
    if (present(in->metric_name) == (in->metrics.len > 0))
        return invalid(call, "Exactly one of MetricName and Metrics must be specified.");
    if (!in->has_threshold || !isfinite(in->threshold))
        return invalid(call, "The parameter Threshold is required and must be a number.");
    if (!present(in->comparison_operator))
        return invalid(call, "The parameter ComparisonOperator is required.");
    if (in->has_datapoints_to_alarm && in->datapoints_to_alarm > in->evaluation_periods)
        return invalid(call, "DatapointsToAlarm must be less than or equal to EvaluationPeriods.");
    TRY(check_choice(call, "TreatMissingData", in->treat_missing_data, treatments));
    TRY(check_choice(call, "EvaluateLowSampleCountPercentile", in->evaluate_low_sample_count_percentile, samples));
    TRY(in->metrics.len ? check_metrics(call, in) : check_metric(call, in));
    TRY(alarm_check_actions(call, &in->ok_actions));
    TRY(alarm_check_actions(call, &in->alarm_actions));
    TRY(alarm_check_actions(call, &in->insufficient_data_actions));
    return resource_tags_check(call, &in->tags);
}

static Bytes config_of(Arena *arena, const CloudwatchPutMetricAlarmInput *in)
{
    CloudwatchMetricAlarm alarm = {
        .alarm_description = in->alarm_description,
        .ok_actions = in->ok_actions,
        .alarm_actions = in->alarm_actions,
        .insufficient_data_actions = in->insufficient_data_actions,
        .metric_name = in->metric_name,
        .namespace = in->namespace,
        .statistic = in->statistic,
        .extended_statistic = in->extended_statistic,
        .dimensions = in->dimensions,
        .period = in->period,
        .has_period = in->has_period,
        .unit = in->unit,
        .evaluation_periods = in->evaluation_periods,
        .has_evaluation_periods = true,
        .datapoints_to_alarm = in->datapoints_to_alarm,
        .has_datapoints_to_alarm = in->has_datapoints_to_alarm,
        .threshold = in->threshold,
        .has_threshold = true,
        .comparison_operator = in->comparison_operator,
        .treat_missing_data = in->treat_missing_data,
        .evaluate_low_sample_count_percentile = in->evaluate_low_sample_count_percentile,
        .metrics = in->metrics,
        .action_configuration = in->action_configuration,
    };
    return kept_text(arena, &CLOUDWATCH_SHAPE_METRIC_ALARM, &alarm);
}

static Status put_metric_alarm(Call *call, const CloudwatchPutMetricAlarmInput *in, CloudwatchPutMetricAlarmOutput *out)
{
    CloudwatchMetricAlarm shape = {.period = in->period, .metrics = in->metrics};
    Alarm alarm = {.account = call->account, .region = call->region, .name = in->alarm_name};
    (void)out;
    TRY(check(call, in));
    int code = alarm_find(&call->scope, in->alarm_name, &alarm);
    if (code != STORE_OK && code != STORE_NOT_FOUND)
        return fault(call, code);
    if (alarm.is_composite)
        return fail(call, &cloudwatch_validation, "A composite alarm named " BYTES_FMT " exists already.",
                    BYTES_ARG(in->alarm_name));

    alarm.config = config_of(call->arena, in);
    alarm.actions_enabled = !in->has_actions_enabled || in->actions_enabled;
    if (present(in->metric_name))
        alarm.metric = alarm_metric_key(call->arena, in->namespace, in->metric_name, &in->dimensions);
    else
        alarm.metric = (Bytes){0};
    alarm.due_ms = alarm_next_look(alarm_period(&shape), call->now_ms);
    return alarm_put(call, &alarm, &in->tags);
}
