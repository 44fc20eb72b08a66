/* metric_stream_record.c - the formats of metric streams. aws: CloudWatch User Guide, Metric stream output in JSON
 * format; in OpenTelemetry 1.0.0 format; in OpenTelemetry 0.7.0 format. */
#include "metric_stream.h"
#include "varint.h"
#include "wire.h"
#include "words.h"

#define MS_PER_MINUTE 60000

static bool is_among(const CloudwatchMetricStreamFilters *filters, const StreamedDatum *datum)
{
    for (size_t i = 0; i < filters->len; i++) {
        const CloudwatchMetricStreamFilter *filter = &filters->items[i];
        if (!bytes_equal(filter->namespace, datum->name_space))
            continue;
        if (!filter->metric_names.len)
            return true;
        for (size_t j = 0; j < filter->metric_names.len; j++)
            if (bytes_equal(filter->metric_names.items[j], datum->name))
                return true;
    }
    return false;
}

bool metric_stream_wants(const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum)
{
    if (config->include_filters.len)
        return is_among(&config->include_filters, datum);
    return !is_among(&config->exclude_filters, datum);
}

/* Called for each further statistic that the stream has of the metric. */
typedef void TellStatistic(Buffer *out, Bytes name, double value);

static void tell_additional(const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum, Buffer *out,
                            TellStatistic *tell)
{
    for (size_t i = 0; i < config->statistics_configurations.len; i++) {
        const CloudwatchMetricStreamStatisticsConfiguration *more = &config->statistics_configurations.items[i];
        bool is_meant = false;
        for (size_t j = 0; j < more->include_metrics.len; j++)
            is_meant |= bytes_equal(more->include_metrics.items[j].namespace, datum->name_space) &&
                        bytes_equal(more->include_metrics.items[j].metric_name, datum->name);
        for (size_t j = 0; is_meant && j < more->additional_statistics.len; j++) {
            Statistic statistic;
            double value;
            if (statistic_parse(more->additional_statistics.items[j], &statistic) &&
                bucket_statistic(datum->bucket, &statistic, &value))
                tell(out, more->additional_statistics.items[j], value);
        }
    }
}

/* -- JSON -----------------------------------------------------------------------------------------------------------
 */

static void tell_json_statistic(Buffer *out, Bytes name, double value)
{
    buffer_append_char(out, ',');
    json_append_string(out, name);
    buffer_append_char(out, ':');
    text_number(out, value);
}

static void tell_member(Buffer *out, const char *name, Bytes value)
{
    buffer_append_format(out, "\"%s\":", name);
    json_append_string(out, value);
    buffer_append_char(out, ',');
}

static void tell_json(const Scope *scope, const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum,
                      Buffer *out)
{
    CloudwatchDimensions dimensions = metric_dimensions_parse(scope->arena, datum->dimensions);
    const Bucket *bucket = datum->bucket;
    buffer_append_char(out, '{');
    tell_member(out, "metric_stream_name", config->name);
    tell_member(out, "account_id", scope->account);
    tell_member(out, "region", scope->region);
    tell_member(out, "namespace", datum->name_space);
    tell_member(out, "metric_name", datum->name);
    buffer_append_text(out, "\"dimensions\":{");
    for (size_t i = 0; i < dimensions.len; i++) {
        buffer_append_text(out, i ? "," : "");
        json_append_string(out, dimensions.items[i].name);
        buffer_append_char(out, ':');
        json_append_string(out, dimensions.items[i].value);
    }
    buffer_append_format(out, "},\"timestamp\":%lld,\"value\":{\"max\":", (long long)datum->time_ms);
    text_number(out, bucket->maximum);
    buffer_append_text(out, ",\"min\":");
    text_number(out, bucket->minimum);
    buffer_append_text(out, ",\"sum\":");
    text_number(out, bucket->sum);
    buffer_append_text(out, ",\"count\":");
    text_number(out, bucket->count);
    tell_additional(config, datum, out, tell_json_statistic);
    buffer_append_text(out, "},\"unit\":");
    json_append_string(out, datum->unit);
    buffer_append_text(out, "}\n");
}

/* -- OpenTelemetry: protobuf, of which an ExportMetricsServiceRequest stands behind its length ----------------------
 */

typedef enum WireType { WIRE_FIXED64 = 1, WIRE_BYTES = 2 } WireType;

static void put_text(Buffer *out, unsigned field, Bytes text)
{
    varint_append(out, field << 3 | WIRE_BYTES);
    varint_append(out, text.len);
    buffer_append(out, text);
}

static void put_fixed(Buffer *out, unsigned field, uint64_t value)
{
    varint_append(out, field << 3 | WIRE_FIXED64);
    buffer_append_le(out, value, 8);
}

static void put_double(Buffer *out, unsigned field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_fixed(out, field, bits);
}

/* A message within: its bytes are made first. */
static void put_message(Buffer *out, unsigned field, Buffer *message)
{
    put_text(out, field, buffer_bytes(message));
    buffer_done(message);
}

/* KeyValue {key = 1, value = AnyValue {string_value = 1}}. */
static void put_attribute(Buffer *out, unsigned field, Bytes key, Bytes value)
{
    Buffer any = {0}, pair = {0};
    put_text(&any, 1, value);
    put_text(&pair, 1, key);
    put_message(&pair, 2, &any);
    put_message(out, field, &pair);
}

/* StringKeyValue {key = 1, value = 2}, of 0.7. */
static void put_label(Buffer *out, Bytes key, Bytes value)
{
    Buffer pair = {0};
    put_text(&pair, 1, key);
    put_text(&pair, 2, value);
    put_message(out, 1, &pair);
}

static void put_quantile(Buffer *out, double quantile, double value)
{
    Buffer pair = {0};
    put_double(&pair, 1, quantile);
    put_double(&pair, 2, value);
    put_message(out, 6, &pair);
}

static void tell_quantile(Buffer *out, Bytes name, double value)
{
    Statistic statistic;
    if (statistic_parse(name, &statistic))
        put_quantile(out, statistic.percentile / 100, value);
}

/* In 1.0 the dimensions are one attribute, a KeyValueList {values = 1} in AnyValue {kvlist_value = 6}. */
static void put_names(const Scope *scope, const StreamedDatum *datum, bool is_old, Buffer *out)
{
    CloudwatchDimensions dimensions = metric_dimensions_parse(scope->arena, datum->dimensions);
    Buffer list = {0}, any = {0}, pair = {0};
    if (is_old) {
        put_label(out, TEXT("Namespace"), datum->name_space);
        put_label(out, TEXT("MetricName"), datum->name);
        for (size_t i = 0; i < dimensions.len; i++)
            put_label(out, dimensions.items[i].name, dimensions.items[i].value);
        return;
    }
    put_attribute(out, 7, TEXT("Namespace"), datum->name_space);
    put_attribute(out, 7, TEXT("MetricName"), datum->name);
    for (size_t i = 0; i < dimensions.len; i++)
        put_attribute(&list, 1, dimensions.items[i].name, dimensions.items[i].value);
    put_message(&any, 6, &list);
    put_text(&pair, 1, TEXT("Dimensions"));
    put_message(&pair, 2, &any);
    put_message(out, 7, &pair);
}

static Bytes ucum_unit(Bytes unit)
{
    static const struct {
        const char *unit, *ucum;
    } units[] = {
        {"Seconds", "s"},
        {"Microseconds", "us"},
        {"Milliseconds", "ms"},
        {"Bytes", "By"},
        {"Kilobytes", "kBy"},
        {"Megabytes", "MBy"},
        {"Gigabytes", "GBy"},
        {"Terabytes", "TBy"},
        {"Bits", "bit"},
        {"Kilobits", "kbit"},
        {"Megabits", "MBit"},
        {"Gigabits", "GBit"},
        {"Terabits", "Tbit"},
        {"Percent", "%"},
        {"Count", "{Count}"},
        {"Bytes/Second", "By/s"},
        {"Count/Second", "{Count}/s"},
        {"None", "1"},
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (bytes_is(unit, units[i].unit))
            return bytes_of(units[i].ucum);
    return unit;
}

/* Metric {name = 1, unit = 3, summary = 11 {data_points = 1}}. */
static void put_metric(const Scope *scope, const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum,
                       Buffer *out)
{
    Buffer point = {0}, summary = {0}, metric = {0};
    const Bucket *bucket = datum->bucket;
    bool is_old = bytes_is(config->output_format, "opentelemetry0.7");
    uint64_t start = (uint64_t)datum->time_ms * 1000000;
    put_names(scope, datum, is_old, &point);
    put_fixed(&point, 2, start);
    put_fixed(&point, 3, start + (uint64_t)MS_PER_MINUTE * 1000000);
    put_fixed(&point, 4, (uint64_t)bucket->count);
    put_double(&point, 5, bucket->sum);
    put_quantile(&point, 0, bucket->minimum);
    tell_additional(config, datum, &point, tell_quantile);
    put_quantile(&point, 1, bucket->maximum);
    put_message(&summary, 1, &point);
    put_text(&metric, 1,
             arena_text(scope->arena, "amazonaws.com/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(datum->name_space),
                        BYTES_ARG(datum->name)));
    put_text(&metric, 3, ucum_unit(datum->unit));
    put_message(&metric, 11, &summary);
    put_message(out, 2, &metric);
}

static void tell_otel(const Scope *scope, const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum,
                      Buffer *out)
{
    Buffer resource = {0}, of_scope = {0}, metrics = {0}, request = {0};
    put_attribute(&resource, 1, TEXT("cloud.provider"), TEXT("aws"));
    put_attribute(&resource, 1, TEXT("cloud.account.id"), scope->account);
    put_attribute(&resource, 1, TEXT("cloud.region"), scope->region);
    put_attribute(&resource, 1, TEXT("aws.exporter.arn"), metric_stream_arn(scope, config->name));
    put_metric(scope, config, datum, &of_scope);
    put_message(&metrics, 1, &resource);
    put_message(&metrics, 2, &of_scope);
    put_message(&request, 1, &metrics);
    varint_append(out, request.len);
    buffer_append(out, buffer_bytes(&request));
    buffer_done(&request);
}

void metric_stream_tell(const Scope *scope, const CloudwatchPutMetricStreamInput *config, const StreamedDatum *datum,
                        Buffer *out)
{
    if (bytes_is(config->output_format, "json"))
        tell_json(scope, config, datum, out);
    else
        tell_otel(scope, config, datum, out);
}
