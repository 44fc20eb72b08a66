/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon CloudWatch". */
#include "cloudwatch.h"
#include "permission.h"

extern const PermissionsOf cloudwatch_permissions;

static const Permission rows[] = {
    {"PutMetricData", NULL, NULL, NULL},
    {"ListMetrics", NULL, NULL, NULL},
    {"GetMetricStatistics", NULL, NULL, NULL},
    {"GetMetricData", NULL, NULL, NULL},
    {"ListDashboards", NULL, NULL, NULL},
    {"GetMetricWidgetImage", NULL, NULL, NULL},
    {"DescribeAlarmsForMetric", NULL, NULL, NULL},
    {"PutDashboard", NULL, "arn:aws:cloudwatch::{@account}:dashboard/{DashboardName}", NULL},
    {"GetDashboard", NULL, "arn:aws:cloudwatch::{@account}:dashboard/{DashboardName}", NULL},
    {"DeleteDashboards", NULL, "arn:aws:cloudwatch::{@account}:dashboard/{DashboardNames[]}", NULL},
    {"PutMetricAlarm", NULL, "alarm:{AlarmName}", NULL},
    {"PutCompositeAlarm", NULL, "alarm:{AlarmName}", NULL},
    {"SetAlarmState", NULL, "alarm:{AlarmName}", NULL},
    {"DescribeAlarmContributors", NULL, "alarm:{AlarmName}", NULL},
    {"DescribeAlarmHistory", NULL, "alarm:{AlarmName}", NULL},
    {"DescribeAlarms", NULL, "alarm:{AlarmNames[]}", NULL},
    {"DeleteAlarms", NULL, "alarm:{AlarmNames[]}", NULL},
    {"EnableAlarmActions", NULL, "alarm:{AlarmNames[]}", NULL},
    {"DisableAlarmActions", NULL, "alarm:{AlarmNames[]}", NULL},
    {"TagResource", NULL, "{ResourceARN}", NULL},
    {"UntagResource", NULL, "{ResourceARN}", NULL},
    {"ListTagsForResource", NULL, "{ResourceARN}", NULL},
    {"PutMetricStream", NULL, "metric-stream/{Name}", NULL},
    {"GetMetricStream", NULL, "metric-stream/{Name}", NULL},
    {"DeleteMetricStream", NULL, "metric-stream/{Name}", NULL},
    {"StartMetricStreams", NULL, "metric-stream/{Names[]}", NULL},
    {"StopMetricStreams", NULL, "metric-stream/{Names[]}", NULL},
    {"GetAlarmMuteRule", NULL, "alarm-mute-rule:{AlarmMuteRuleName}", NULL},
    {"ListMetricStreams", NULL, NULL, NULL},
    {"DescribeAnomalyDetectors", NULL, NULL, NULL},
    {"DescribeInsightRules", NULL, NULL, NULL},
    {"ListManagedInsightRules", NULL, NULL, NULL},
    {"ListAlarmMuteRules", NULL, NULL, NULL},
    {"ListMetricDataQueryDefinitions", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const PermissionKey keys[] = {
    {"cloudwatch:namespace", "Namespace"},
    {"cloudwatch:AlarmActions", "AlarmActions"},
    {NULL, NULL},
};

static const char *const roles[] = {"RoleArn", NULL};

const PermissionsOf cloudwatch_permissions = {
    .prefix = "cloudwatch",
    .rows = rows,
    .roles = roles,
    .passed_to = "streams.metrics.cloudwatch.amazonaws.com",
    .keys = keys,
};
