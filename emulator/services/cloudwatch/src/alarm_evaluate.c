/* alarm_evaluate.c - what state a metric alarm is in.
 *
 * aws: CloudWatch User Guide, Evaluating an alarm: of the data points in the evaluation range, which is a little longer
 * than the evaluation periods, the newest are evaluated; only where there are too few of them are missing ones filled
 * in. Configuring how CloudWatch alarms treat missing data: its two tables are tests/unit/cloudwatch/alarm_test.c. */
#include "alarm_look.h"
#include "maths.h"
#include <math.h>
#include <stdlib.h>

#define MORE_POINTS 2    /* of the range, beyond the evaluation periods: the tables' ranges have five for three */
#define SETTLED_MS  1000 /* after a full minute */
#define MINUTE_MS   60000
#define SHORT_MS    10000 /* aws: periods of 10 and 30 seconds are evaluated every 10 */

bool look_is_breaching(const CloudwatchMetricAlarm *alarm, double value)
{
    Bytes operator= alarm->comparison_operator;
    if (bytes_equal(operator, CLOUDWATCH_COMPARISON_OPERATOR_GREATERTHANTHRESHOLD))
        return value > alarm->threshold;
    if (bytes_equal(operator, CLOUDWATCH_COMPARISON_OPERATOR_GREATERTHANOREQUALTOTHRESHOLD))
        return value >= alarm->threshold;
    if (bytes_equal(operator, CLOUDWATCH_COMPARISON_OPERATOR_LESSTHANTHRESHOLD))
        return value < alarm->threshold;
    return value <= alarm->threshold;
}

static int64_t step_of(int32_t period_s)
{
    return period_s < 60 ? SHORT_MS : MINUTE_MS;
}

int64_t alarm_next_look(int32_t period_s, int64_t after_ms)
{
    int64_t step_ms = step_of(period_s);
    return (after_ms - SETTLED_MS) / step_ms * step_ms + step_ms + SETTLED_MS;
}

int32_t alarm_period(const CloudwatchMetricAlarm *alarm)
{
    int32_t longest = alarm->period;
    for (size_t i = 0; i < alarm->metrics.len; i++) {
        const CloudwatchMetricDataQuery *query = &alarm->metrics.items[i];
        int32_t period = query->metric_stat ? query->metric_stat->period : query->period;
        longest = period > longest ? period : longest;
    }
    return longest;
}

/* aws: there: "Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data". */
static Bytes missing_as(const CloudwatchMetricAlarm *alarm)
{
    if (bytes_is(alarm->namespace, "AWS/DynamoDB"))
        return TEXT("ignore");
    return present(alarm->treat_missing_data) ? alarm->treat_missing_data : TEXT("missing");
}

static int read_points(const Scope *scope, const CloudwatchMetricAlarm *alarm, const Window *window, Series *ret)
{
    if (alarm->metrics.len)
        return maths_alarm_series(scope, &alarm->metrics, window, ret);
    CloudwatchMetric metric = {alarm->namespace, alarm->metric_name, alarm->dimensions};
    CloudwatchMetricStat stat = {
        .metric = &metric,
        .period = alarm->period,
        .has_period = true,
        .stat = present(alarm->statistic) ? alarm->statistic : alarm->extended_statistic,
        .unit = alarm->unit,
    };
    return series_read(scope, &stat, window, ret);
}

/* aws: "The oldest breaching data point is at least as old as the value of Datapoints to Alarm, and all other more
 * recent ones are breaching or missing": so an alarm is not premature. */
static bool is_old_enough(const Look *look, int64_t end_ms)
{
    const Series *points = &look->points;
    int64_t period_ms = points->period_s * INT64_C(1000);
    size_t oldest = points->len;
    while (oldest && look_is_breaching(look->alarm, points->values[oldest - 1]))
        oldest--;
    return oldest < points->len && (end_ms - points->times[oldest]) / period_ms >= (int64_t)look->needed;
}

/* NULL: it stays as it is. */
static const char *state_of(const Look *look, int64_t end_ms)
{
    size_t known = look->points.len;
    if (bytes_is(look->missing_as, "breaching"))
        return look->breaching + look->missing >= look->needed ? "ALARM" : "OK";
    if (bytes_is(look->missing_as, "notBreaching"))
        return look->breaching >= look->needed ? "ALARM" : "OK";
    bool is_ignored = bytes_is(look->missing_as, "ignore");
    if (!known)
        return is_ignored ? NULL : "INSUFFICIENT_DATA";
    if (look->breaching >= look->needed)
        return "ALARM";
    if (!is_ignored && known < look->needed && is_old_enough(look, end_ms))
        return "ALARM";
    return known >= look->needed || look->breaching < known ? "OK" : NULL;
}

/* aws: User Guide, Percentile-based alarms and low data samples: 10 / (1 - percentile) samples at least, below the
 * middle 10 / percentile. */
static bool has_too_few_samples(const Look *look)
{
    Statistic statistic;
    const CloudwatchMetricAlarm *alarm = look->alarm;
    if (!bytes_is(alarm->evaluate_low_sample_count_percentile, "ignore") ||
        !statistic_parse(alarm->extended_statistic, &statistic) || statistic.kind != STATISTIC_PERCENTILE)
        return false;
    double share = statistic.percentile / 100, tail = share < 0.5 ? share : 1 - share;
    for (size_t i = 0; i < look->points.len; i++)
        if (look->points.counts[i] * tail < 10)
            return true;
    return false;
}

static void keep_newest(Series *points, size_t most)
{
    size_t extra = points->len > most ? points->len - most : 0;
    points->times += extra;
    points->values += extra;
    points->counts += points->counts ? extra : 0;
    points->len -= extra;
}

static int look_at(const Scope *scope, Look *look, const Window *window)
{
    const CloudwatchMetricAlarm *alarm = look->alarm;
    size_t periods = (size_t)alarm->evaluation_periods;
    int code = read_points(scope, alarm, window, &look->points);
    keep_newest(&look->points, periods);
    look->missing_as = missing_as(alarm);
    look->needed = alarm->has_datapoints_to_alarm ? (size_t)alarm->datapoints_to_alarm : periods;
    look->missing = periods - look->points.len;
    look->fills =
        look->missing && (bytes_is(look->missing_as, "breaching") || bytes_is(look->missing_as, "notBreaching"));
    for (size_t i = 0; i < look->points.len; i++)
        look->breaching += look_is_breaching(alarm, look->points.values[i]);
    return code;
}

int alarm_evaluate(const Scope *scope, Alarm *alarm, int64_t at_ms)
{
    CloudwatchMetricAlarm *metric = alarm_metric(scope, alarm);
    int32_t period_s = alarm_period(metric);
    int64_t step_ms = step_of(period_s), end_ms = at_ms / step_ms * step_ms;
    int64_t range_ms = (metric->evaluation_periods + MORE_POINTS) * period_s * INT64_C(1000);
    Window window = {.start_ms = end_ms - range_ms, .end_ms = end_ms, .origin_ms = end_ms, .has_counts = true};
    Look look = {.alarm = metric, .at_ms = at_ms, .points = {.period_s = period_s}};
    int code = look_at(scope, &look, &window);
    alarm->due_ms = alarm_next_look(period_s, at_ms);
    alarm->chain = 0;
    if (code != STORE_OK)
        return code;
    const char *state = has_too_few_samples(&look) ? NULL : state_of(&look, end_ms);
    if (!state || alarm_is_in(alarm, state))
        return alarm_set_due(scope, alarm);
    AlarmChange change = {bytes_of(state), look_reason(scope->arena, &look, state),
                          look_reason_data(scope->arena, &look), at_ms};
    return alarm_change(scope, alarm, &change);
}
