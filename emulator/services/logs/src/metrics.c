/* metrics.c */
#include "metrics.h"

enum { METRIC_BYTES, METRIC_EVENTS, METRIC_ERRORS };

static const MeterMetric incoming[] = {{"IncomingBytes", "Bytes"}, {"IncomingLogEvents", "Count"}};
static const MeterMetric forwarded[] = {
    {"ForwardedBytes", "Bytes"}, {"ForwardedLogEvents", "Count"}, {"DeliveryErrors", "Count"}};
static const MeterKind of_account = {{NULL}, incoming, 2};
static const MeterKind of_group = {{"LogGroupName"}, incoming, 2};
static const MeterKind of_filter = {{"LogGroupName", "DestinationType", "FilterName"}, forwarded, 3};

void log_metrics_open(Logs *logs)
{
    logs->meters = meters_open(logs->runtime, "AWS/Logs");
}

void log_metrics_of_put(const Scope *scope, const LogGroup *group, Batch batch)
{
    const Logs *logs = scope->service;
    double bytes = 0;
    MeterName names[] = {{&of_account, group->account, group->region, {{0}}},
                         {&of_group, group->account, group->region, {group->name}}};
    if (!logs->meters)
        return;
    for (size_t i = 0; i < batch.count; i++)
        bytes += (double)(batch.events[i].message.len + EVENT_OVERHEAD_BYTES);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Meter *meter = meter_find(logs->meters, &names[i], NULL, NULL);
        meter_take(logs->meters, meter, METRIC_BYTES, bytes);
        meter_take(logs->meters, meter, METRIC_EVENTS, (double)batch.count);
    }
}

/* aws: DestinationType: "AWS Lambda, Amazon Kinesis Data Streams, or Amazon Data Firehose". */
static Bytes type_of(const Subscription *subscription)
{
    switch (target_of(subscription->destination_arn).kind) {
    case TARGET_FIREHOSE:
        return TEXT("Firehose");
    case TARGET_DESTINATION:
        return TEXT("Destination");
    default:
        return TEXT("Kinesis");
    }
}

void log_metrics_of_delivery(const Scope *scope, const LogGroup *group, const Subscription *subscription, size_t events,
                             size_t bytes, bool is_taken)
{
    const Logs *logs = scope->service;
    MeterName name = {
        &of_filter, group->account, group->region, {group->name, type_of(subscription), subscription->name}};
    if (!logs->meters)
        return;
    Meter *meter = meter_find(logs->meters, &name, NULL, NULL);
    if (!is_taken) {
        meter_take(logs->meters, meter, METRIC_ERRORS, 1);
        return;
    }
    meter_take(logs->meters, meter, METRIC_BYTES, (double)bytes);
    meter_take(logs->meters, meter, METRIC_EVENTS, (double)events);
}
