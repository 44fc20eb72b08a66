/* put_metric_data.c - PutMetricData. CloudWatch API Reference, PutMetricData and MetricDatum: "Values must be in the
 * range of -2^360 to 2^360. In addition, special values (for example, NaN, +Infinity, -Infinity) are not supported"; up
 * to 1000 metrics a request, 150 values a metric; a time stamp at most two weeks past and two hours ahead. */
#include "point.h"
#include <math.h>

OPERATION(CloudwatchPutMetricData, put_metric_data, WRITES);

#define METRICS_MAX    1000
#define VALUES_MAX     150
#define DIMENSIONS_MAX 30
#define ENTITIES_MAX   2
#define PAST_MAX_MS    (INT64_C(14) * 24 * 3600 * 1000)
#define FUTURE_MAX_MS  (INT64_C(2) * 3600 * 1000)

/* Where a datum stands in the request, as messages name it: "MetricData.member.1". */
typedef struct Place {
    Call *call;
    const char *list;
    size_t number;
} Place;

static Status exclusive(const Place *place, const char *one, const char *other)
{
    return fail(
        place->call, &CLOUDWATCH_INVALID_PARAMETER_COMBINATION,
        "The parameters %s.member.%zu.%s and %s.member.%zu.%s are mutually exclusive and you have specified both.",
        place->list, place->number, one, place->list, place->number, other);
}

static Status check_number(const Place *place, const char *member, double value)
{
    if (isfinite(value) && fabs(value) <= ldexp(1, 360))
        return OK;
    return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                "The value %g for parameter %s.member.%zu.%s is invalid.", value, place->list, place->number, member);
}

static Status check_statistics(const Place *place, const CloudwatchStatisticSet *set)
{
    TRY(check_number(place, "StatisticValues.SampleCount", set->sample_count));
    TRY(check_number(place, "StatisticValues.Sum", set->sum));
    TRY(check_number(place, "StatisticValues.Minimum", set->minimum));
    TRY(check_number(place, "StatisticValues.Maximum", set->maximum));
    if (set->sample_count < 0)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The value %g for parameter %s.member.%zu.StatisticValues.SampleCount is invalid.",
                    set->sample_count, place->list, place->number);
    if (set->minimum > set->maximum)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The parameter %s.member.%zu.StatisticValues.Maximum must be greater than or equal to the Minimum.",
                    place->list, place->number);
    return OK;
}

static Status check_values(const Place *place, const CloudwatchMetricDatum *datum)
{
    if (datum->values.len > VALUES_MAX)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The collection %s.member.%zu.Values must not have a size greater than %d.", place->list,
                    place->number, VALUES_MAX);
    if (datum->counts.items && datum->counts.len != datum->values.len)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The parameters %s.member.%zu.Values and %s.member.%zu.Counts must be of the same size.",
                    place->list, place->number, place->list, place->number);
    for (size_t i = 0; i < datum->values.len; i++)
        TRY(check_number(place, "Values", datum->values.items[i]));
    for (size_t i = 0; i < datum->counts.len; i++)
        TRY(check_number(place, "Counts", datum->counts.items[i]));
    return OK;
}

static Status check_time(const Place *place, const CloudwatchMetricDatum *datum)
{
    if (datum->has_timestamp && datum->timestamp < place->call->now_ms - PAST_MAX_MS)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The parameter %s.member.%zu.Timestamp must specify a time no more than two weeks in the past.",
                    place->list, place->number);
    if (datum->has_timestamp && datum->timestamp > place->call->now_ms + FUTURE_MAX_MS)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The parameter %s.member.%zu.Timestamp must specify a time within two hours of now.", place->list,
                    place->number);
    return OK;
}

/* aws: PutMetricData, Namespace, and Dimension, Name and Value: "ASCII control characters are not supported". They
 * would end the parts of metric_dimensions_text. */
static bool has_control_character(Bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return true;
    return false;
}

static Status check_dimensions(const Place *place, const CloudwatchDimensions *dimensions)
{
    if (dimensions->len > DIMENSIONS_MAX)
        return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The collection %s.member.%zu.Dimensions must not have a size greater than %d.", place->list,
                    place->number, DIMENSIONS_MAX);
    for (size_t i = 0; i < dimensions->len; i++)
        if (has_control_character(dimensions->items[i].name) || has_control_character(dimensions->items[i].value))
            return fail(place->call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                        "The parameter %s.member.%zu.Dimensions.member.%zu must not contain control characters.",
                        place->list, place->number, i + 1);
    return OK;
}

static Status check_datum(const Place *place, const CloudwatchMetricDatum *datum)
{
    bool has_values = datum->values.len > 0;
    if (datum->has_value && datum->statistic_values)
        return exclusive(place, "Value", "StatisticValues");
    if (datum->has_value && has_values)
        return exclusive(place, "Value", "Values");
    if (datum->statistic_values && has_values)
        return exclusive(place, "StatisticValues", "Values");
    if (!datum->has_value && !datum->statistic_values && !has_values)
        return fail(
            place->call, &CLOUDWATCH_INVALID_PARAMETER_COMBINATION,
            "At least one of the parameters %s.member.%zu.Value, %s.member.%zu.Values and %s.member.%zu.StatisticValues must be specified.",
            place->list, place->number, place->list, place->number, place->list, place->number);
    TRY(check_dimensions(place, &datum->dimensions));
    if (datum->has_value)
        TRY(check_number(place, "Value", datum->value));
    if (datum->statistic_values)
        TRY(check_statistics(place, datum->statistic_values));
    TRY(check_values(place, datum));
    return check_time(place, datum);
}

static Status check_data(Call *call, const char *list, const CloudwatchMetricData *data)
{
    for (size_t i = 0; i < data->len; i++) {
        Place place = {call, list, i + 1};
        TRY(check_datum(&place, &data->items[i]));
    }
    return OK;
}

static void add_values(Arena *arena, const CloudwatchMetricDatum *datum, DataPoint *point)
{
    ValueCount *pairs = arena_new_array(arena, ValueCount, datum->values.len);
    point->minimum = INFINITY;
    point->maximum = -INFINITY;
    for (size_t i = 0; i < datum->values.len; i++) {
        double value = datum->values.items[i], count = datum->counts.items ? datum->counts.items[i] : 1;
        pairs[i] = (ValueCount){value, count};
        point->count += count;
        point->sum += value * count;
        point->minimum = fmin(point->minimum, value);
        point->maximum = fmax(point->maximum, value);
    }
    point->values = (Values){pairs, datum->values.len};
}

static DataPoint point_of(Call *call, const CloudwatchMetricDatum *datum)
{
    /* aws: MetricDatum, StorageResolution: 1 or 60; "Setting this to 1 specifies this metric as a high-resolution
     * metric" */
    DataPoint point = {
        .time_ms = datum->has_timestamp ? datum->timestamp : call->now_ms,
        .unit = present(datum->unit) ? datum->unit : CLOUDWATCH_STANDARD_UNIT_NONE,
        .resolution_s = datum->has_storage_resolution && datum->storage_resolution < 60 ? 1 : 60,
    };
    const CloudwatchStatisticSet *set = datum->statistic_values;
    if (set) {
        point.count = set->sample_count;
        point.sum = set->sum;
        point.minimum = set->minimum;
        point.maximum = set->maximum;
    } else if (datum->has_value) {
        point.count = 1;
        point.sum = point.minimum = point.maximum = datum->value;
    } else {
        add_values(call->arena, datum, &point);
    }
    return point;
}

static Status put_data(Call *call, Bytes name_space, const CloudwatchMetricData *data)
{
    for (size_t i = 0; i < data->len; i++) {
        const CloudwatchMetricDatum *datum = &data->items[i];
        DataPoint point = point_of(call, datum);
        Metric metric = {.account = call->account,
                         .region = call->region,
                         .name_space = name_space,
                         .name = datum->metric_name,
                         .last_ms = point.time_ms};
        metric.dimensions = metric_dimensions_text(call->arena, &datum->dimensions);
        TRY(expect_ok(call, metric_take(&call->scope, &metric, &point)));
    }
    return OK;
}

static Status put_metric_data(Call *call, const CloudwatchPutMetricDataInput *in, CloudwatchPutMetricDataOutput *out)
{
    size_t count = in->metric_data.len;
    (void)out;
    if (in->entity_metric_data.len > ENTITIES_MAX)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The collection EntityMetricData must not have a size greater than %d.", ENTITIES_MAX);
    TRY(check_data(call, "MetricData", &in->metric_data));
    for (size_t i = 0; i < in->entity_metric_data.len; i++) {
        count += in->entity_metric_data.items[i].metric_data.len;
        const char *list = arena_text(call->arena, "EntityMetricData.member.%zu.MetricData", i + 1).ptr;
        TRY(check_data(call, list, &in->entity_metric_data.items[i].metric_data));
    }
    if (!count)
        return fail(call, &CLOUDWATCH_MISSING_REQUIRED_PARAMETER, "The parameter MetricData is required.");
    if (count > METRICS_MAX)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "The collection MetricData must not have a size greater than %d.", METRICS_MAX);

    TRY(put_data(call, in->namespace, &in->metric_data));
    for (size_t i = 0; i < in->entity_metric_data.len; i++)
        TRY(put_data(call, in->namespace, &in->entity_metric_data.items[i].metric_data));
    return OK;
}
