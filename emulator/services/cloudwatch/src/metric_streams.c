/* metric_streams.c - the operations on metric streams. CloudWatch API Reference, PutMetricStream …; User Guide, Use
 * metric streams. */
#include "alarm.h"
#include "metric_stream.h"
#include "state.h"
#include "tags.h"

OPERATION(CloudwatchPutMetricStream, put_metric_stream, WRITES);
OPERATION(CloudwatchGetMetricStream, get_metric_stream, READS);
OPERATION(CloudwatchListMetricStreams, list_metric_streams, READS);
OPERATION(CloudwatchDeleteMetricStream, delete_metric_stream, WRITES);
OPERATION(CloudwatchStartMetricStreams, start_metric_streams, WRITES);
OPERATION(CloudwatchStopMetricStreams, stop_metric_streams, WRITES);

#define FILTERS_MAX    1000 /* aws: Service quotas, metric stream filters */
#define STATISTICS_MAX 100
#define ADDITIONAL_MAX 20
#define PAGE_MAX       500

static Status check_arn(Call *call, const char *member, Bytes text, const char *service, const char *kind)
{
    Arn arn;
    if (arn_parse(text, &arn) && bytes_is(arn.service, service) && bytes_starts_with(arn.resource, bytes_of(kind)) &&
        bytes_equal(arn.account, call->account) && (!arn.region.len || bytes_equal(arn.region, call->region)))
        return OK;
    return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "Invalid %s: " BYTES_FMT, member, BYTES_ARG(text));
}

/* aws: MetricStreamStatisticsConfiguration: OpenTelemetry takes percentiles only. */
static Status check_statistics(Call *call, const CloudwatchPutMetricStreamInput *in)
{
    bool is_json = bytes_is(in->output_format, "json");
    Statistic parsed;
    if (in->statistics_configurations.len > STATISTICS_MAX)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                    "StatisticsConfigurations must not have a size greater than %d.", STATISTICS_MAX);
    for (size_t i = 0; i < in->statistics_configurations.len; i++) {
        const CloudwatchMetricStreamStatisticsAdditionalStatistics *list =
            &in->statistics_configurations.items[i].additional_statistics;
        if (list->len > ADDITIONAL_MAX)
            return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                        "AdditionalStatistics must not have a size greater than %d.", ADDITIONAL_MAX);
        for (size_t j = 0; j < list->len; j++)
            if (!statistic_parse(list->items[j], &parsed) || !statistic_needs_values(&parsed) ||
                (!is_json && parsed.kind != STATISTIC_PERCENTILE))
                return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                            "The statistic " BYTES_FMT " is not supported for the output format " BYTES_FMT ".",
                            BYTES_ARG(list->items[j]), BYTES_ARG(in->output_format));
    }
    return OK;
}

static Status check(Call *call, const CloudwatchPutMetricStreamInput *in)
{
    if (in->include_filters.len && in->exclude_filters.len)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_COMBINATION,
                    "IncludeFilters and ExcludeFilters cannot both be specified.");
    if (in->include_filters.len + in->exclude_filters.len > FILTERS_MAX)
        return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE, "The filters must not have a size greater than %d.",
                    FILTERS_MAX);
    for (size_t i = 0; i < in->name.len; i++) {
        char c = in->name.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return fail(call, &CLOUDWATCH_INVALID_PARAMETER_VALUE,
                        "The value " BYTES_FMT " for parameter Name is invalid.", BYTES_ARG(in->name));
    }
    TRY(check_arn(call, "FirehoseArn", in->firehose_arn, "firehose", "deliverystream/"));
    TRY(check_arn(call, "RoleArn", in->role_arn, "iam", "role/"));
    TRY(check_statistics(call, in));
    return resource_tags_check(call, &in->tags);
}

/* aws: PutMetricStream: a new one "is created in the running state"; "If you are updating an existing metric stream,
 * the state of the stream is not changed", nor are its tags. */
static Status put_metric_stream(Call *call, const CloudwatchPutMetricStreamInput *in,
                                CloudwatchPutMetricStreamOutput *out)
{
    MetricStream stream = {call->account, call->region, in->name, {0}, true, call->now_ms, 0};
    CloudwatchPutMetricStreamInput kept = *in;
    TRY(check(call, in));
    int found = metric_stream_find(&call->scope, in->name, &stream);
    if (found < 0)
        return fault(call, found);
    kept.tags = (CloudwatchTagList){0};
    stream.config = kept_text(call->arena, &CLOUDWATCH_SHAPE_PUT_METRIC_STREAM_INPUT, &kept);
    stream.updated_ms = call->now_ms;
    out->arn = metric_stream_arn(&call->scope, in->name);
    TRY(expect_ok(call, metric_stream_save(&call->scope, &stream)));
    if (found == STORE_NOT_FOUND)
        TRY(expect_ok(call, resource_tags_put(&call->scope, out->arn, &in->tags)));
    metric_streams_changed(call->service);
    return OK;
}

static Bytes state_of(const MetricStream *stream)
{
    return stream->is_running ? TEXT("running") : TEXT("stopped");
}

static Status get_metric_stream(Call *call, const CloudwatchGetMetricStreamInput *in,
                                CloudwatchGetMetricStreamOutput *out)
{
    MetricStream stream;
    int code = metric_stream_find(&call->scope, in->name, &stream);
    if (code == STORE_NOT_FOUND)
        return fail(call, &CLOUDWATCH_RESOURCE_NOT_FOUND_EXCEPTION, "MetricStream " BYTES_FMT " does not exist",
                    BYTES_ARG(in->name));
    TRY(expect_ok(call, code));
    const CloudwatchPutMetricStreamInput *config = metric_stream_config(call->arena, &stream);
    *out = (CloudwatchGetMetricStreamOutput){
        .arn = metric_stream_arn(&call->scope, stream.name),
        .name = stream.name,
        .include_filters = config->include_filters,
        .exclude_filters = config->exclude_filters,
        .firehose_arn = config->firehose_arn,
        .role_arn = config->role_arn,
        .state = state_of(&stream),
        .output_format = config->output_format,
        .statistics_configurations = config->statistics_configurations,
    };
    SET(out, creation_date, stream.created_ms);
    SET(out, last_update_date, stream.updated_ms);
    SET(out, include_linked_accounts_metrics, config->include_linked_accounts_metrics);
    return OK;
}

/* A token is the last name told. */
static Status list_metric_streams(Call *call, const CloudwatchListMetricStreamsInput *in,
                                  CloudwatchListMetricStreamsOutput *out)
{
    size_t page = in->has_max_results ? (size_t)in->max_results : PAGE_MAX, count;
    MetricStream *streams;
    Bytes from = present(in->next_token) ? in->next_token : TEXT("");
    if (from.len > 255)
        return fail(call, &CLOUDWATCH_INVALID_NEXT_TOKEN, "Invalid nextToken");
    TRY(expect_ok(call, metric_streams_after(&call->scope, from, page + 1, &streams, &count)));
    out->entries.items = arena_new_array(call->arena, CloudwatchMetricStreamEntry, page);
    for (size_t i = 0; i < count && i < page; i++) {
        CloudwatchMetricStreamEntry *entry = &out->entries.items[out->entries.len++];
        const CloudwatchPutMetricStreamInput *config = metric_stream_config(call->arena, &streams[i]);
        entry->arn = metric_stream_arn(&call->scope, streams[i].name);
        entry->name = streams[i].name;
        entry->firehose_arn = config->firehose_arn;
        entry->state = state_of(&streams[i]);
        entry->output_format = config->output_format;
        SET(entry, creation_date, streams[i].created_ms);
        SET(entry, last_update_date, streams[i].updated_ms);
    }
    if (count > page)
        out->next_token = streams[page - 1].name;
    return OK;
}

/* One that is not there is no error: none is declared. */
static Status delete_metric_stream(Call *call, const CloudwatchDeleteMetricStreamInput *in,
                                   CloudwatchDeleteMetricStreamOutput *out)
{
    (void)out;
    TRY(expect_ok(call, metric_stream_remove(&call->scope, in->name)));
    TRY(expect_ok(call, resource_tags_forget(&call->scope, metric_stream_arn(&call->scope, in->name))));
    metric_streams_changed(call->service);
    return OK;
}

static Status set_running(Call *call, const CloudwatchMetricStreamNames *names, bool is_running)
{
    MetricStream stream;
    for (size_t i = 0; i < names->len; i++) {
        int code = metric_stream_find(&call->scope, names->items[i], &stream);
        if (code < 0)
            return fault(call, code);
        if (code != STORE_OK || stream.is_running == is_running)
            continue;
        stream.is_running = is_running;
        stream.updated_ms = call->now_ms;
        TRY(expect_ok(call, metric_stream_save(&call->scope, &stream)));
    }
    metric_streams_changed(call->service);
    return OK;
}

static Status start_metric_streams(Call *call, const CloudwatchStartMetricStreamsInput *in,
                                   CloudwatchStartMetricStreamsOutput *out)
{
    (void)out;
    return set_running(call, &in->names, true);
}

static Status stop_metric_streams(Call *call, const CloudwatchStopMetricStreamsInput *in,
                                  CloudwatchStopMetricStreamsOutput *out)
{
    (void)out;
    return set_running(call, &in->names, false);
}
