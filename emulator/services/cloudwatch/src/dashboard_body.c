/* dashboard_body.c - a dashboard's text, held against the structure that AWS documents: CloudWatch API Reference,
 * Dashboard Body Structure and Syntax. The words are those of the JSON schema validator that AWS's answers show. */
#include "dashboard.h"
#include "members.h"

#define WIDGETS_MAX                                                                                                    \
    500 /* aws: CloudWatch User Guide, Service quotas: "500 widgets per dashboard", 500 metrics each                   \
         */
#define METRICS_MAX 500
#define ALARMS_MAX  100

static const char *const views[] = {"timeSeries", "singleValue", "gauge", "bar", "pie", "table", NULL};
static const char *const types[] = {"metric", "text", "log", "alarm", "explorer", "custom", NULL};
static const char *const overrides[] = {"auto", "inherit", NULL};
static const char *const backgrounds[] = {"solid", "transparent", NULL};

#define ANY_INTEGER 1, 1 << 30
static const Member root_members[] = {
    {"widgets", ARRAY_MEMBER, true, 0, WIDGETS_MAX, NULL},
    {"start", TEXT_MEMBER, false, 0, 0, NULL},
    {"end", TEXT_MEMBER, false, 0, 0, NULL},
    {"periodOverride", TEXT_MEMBER, false, 0, 0, overrides},
    {"variables", ARRAY_MEMBER, false, 0, 25, NULL},
    {NULL, TEXT_MEMBER, false, 0, 0, NULL},
};
static const Member widget_members[] = {
    {"type", TEXT_MEMBER, true, 0, 0, types},         {"x", INTEGER_MEMBER, false, 0, 23, NULL},
    {"y", INTEGER_MEMBER, false, 0, 1 << 30, NULL},   {"width", INTEGER_MEMBER, false, 1, 24, NULL},
    {"height", INTEGER_MEMBER, false, 1, 1000, NULL}, {"properties", OBJECT_MEMBER, true, 0, 0, NULL},
    {NULL, TEXT_MEMBER, false, 0, 0, NULL},
};
static const Member metric_members[] = {
    {"metrics", ARRAY_MEMBER, false, 0, METRICS_MAX, NULL},
    {"annotations", OBJECT_MEMBER, false, 0, 0, NULL},
    {"region", TEXT_MEMBER, false, 0, 0, NULL},
    {"accountId", TEXT_MEMBER, false, 0, 0, NULL},
    {"title", TEXT_MEMBER, false, 0, 0, NULL},
    {"stat", TEXT_MEMBER, false, 0, 0, NULL},
    {"period", INTEGER_MEMBER, false, ANY_INTEGER, NULL},
    {"view", TEXT_MEMBER, false, 0, 0, views},
    {"stacked", TRUTH_MEMBER, false, 0, 0, NULL},
    {"sparkline", TRUTH_MEMBER, false, 0, 0, NULL},
    {"liveData", TRUTH_MEMBER, false, 0, 0, NULL},
    {"timezone", TEXT_MEMBER, false, 0, 0, NULL},
    {"legend", OBJECT_MEMBER, false, 0, 0, NULL},
    {"yAxis", OBJECT_MEMBER, false, 0, 0, NULL},
    {"table", OBJECT_MEMBER, false, 0, 0, NULL},
    {NULL, TEXT_MEMBER, false, 0, 0, NULL},
};
static const Member text_members[] = {
    {"markdown", TEXT_MEMBER, true, 0, 0, NULL},
    {"background", TEXT_MEMBER, false, 0, 0, backgrounds},
    {NULL, TEXT_MEMBER, false, 0, 0, NULL},
};
static const Member log_members[] = {
    {"query", TEXT_MEMBER, true, 0, 0, NULL},  {"region", TEXT_MEMBER, false, 0, 0, NULL},
    {"title", TEXT_MEMBER, false, 0, 0, NULL}, {"view", TEXT_MEMBER, false, 0, 0, NULL},
    {NULL, TEXT_MEMBER, false, 0, 0, NULL},
};
static const Member alarm_members[] = {
    {"alarms", ARRAY_MEMBER, true, 0, ALARMS_MAX, NULL},
    {"sortBy", TEXT_MEMBER, false, 0, 0, NULL},
    {"states", ARRAY_MEMBER, false, 0, 3, NULL},
    {"title", TEXT_MEMBER, false, 0, 0, NULL},
    {NULL, TEXT_MEMBER, false, 0, 0, NULL},
};
static const Member free_members[] = {{NULL, TEXT_MEMBER, false, 0, 0, NULL}};

/* ["AWS/Kinesis", "IncomingBytes", "StreamName", "orders", {"stat": "Sum"}], or an expression: [{"expression": …}]. */
static void check_metric(Body *body, Bytes path, const json_t *metric)
{
    size_t len = json_array_size(metric), texts = len;
    if (!json_is_array(metric)) {
        body_complain(body, path, "Should be array");
        body_complain(
            body, path,
            "Field \"metrics\" has to be an array of array of strings, with an optional metricRenderer object as last element");
        return;
    }
    if (!len)
        return body_complain(body, path, "Should NOT have fewer than 1 items");
    if (json_is_object(json_array_get(metric, len - 1)))
        texts--;
    for (size_t i = 0; i < texts; i++)
        if (!json_is_string(json_array_get(metric, i)))
            return body_complain(body, path_item(body, path, i),
                                 "Invalid metric field type, only \"String\" type is allowed");
    if (texts == 1)
        return body_complain(body, path, "Should NOT have fewer than 2 items");
    if (texts % 2)
        body_complain(body, path, "Invalid metric format, a dimension name is not followed by a dimension value");
}

static void check_metric_properties(Body *body, Bytes path, const json_t *properties)
{
    const json_t *metrics = json_object_get(properties, "metrics"), *metric;
    const json_t *annotations = json_object_get(properties, "annotations");
    Bytes list = path_under(body, path, "metrics");
    size_t at;
    if (!metrics && !annotations)
        body_complain(body, path, "Should have required property 'metrics'");
    if (json_is_array(metrics) && json_array_size(metrics) <= METRICS_MAX)
        json_array_foreach(metrics, at, metric) check_metric(body, path_item(body, list, at), metric);
}

static const struct {
    const char *type;
    const Member *members;
} kinds[] = {
    {"metric", metric_members}, {"text", text_members},     {"log", log_members},
    {"alarm", alarm_members},   {"explorer", free_members}, {"custom", free_members},
};

static void check_widget(Body *body, Bytes path, json_t *widget)
{
    const char *type = json_string_value(json_object_get(widget, "type"));
    const json_t *properties = json_object_get(widget, "properties");
    if (!json_is_object(widget))
        return body_complain(body, path, "Should be object");
    members_check(body, path, widget_members, widget);
    members_warn_of_others(body, path, widget_members, widget);
    if (!type || !json_is_object(properties))
        return;
    path = path_under(body, path, "properties");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].type, type))
            members_check(body, path, kinds[i].members, properties);
    if (!strcmp(type, "metric"))
        check_metric_properties(body, path, properties);
}

static void check_root(Body *body, json_t *root)
{
    json_t *widgets = json_object_get(root, "widgets"), *widget;
    size_t at;
    members_check(body, TEXT(""), root_members, root);
    members_warn_of_others(body, TEXT(""), root_members, root);
    if (json_is_array(widgets) && json_array_size(widgets) <= WIDGETS_MAX)
        json_array_foreach(widgets, at, widget) check_widget(body, path_item(body, TEXT("/widgets"), at), widget);
}

static Status refuse(Call *call, Body *body)
{
    CloudwatchDashboardInvalidInputError *fields = arena_new_of(call->arena, CloudwatchDashboardInvalidInputError);
    fields->dashboard_validation_messages = body->errors;
    return fail_with(call, &CLOUDWATCH_DASHBOARD_INVALID_INPUT, fields,
                     "The dashboard body is invalid, there are %zu validation errors:\n%s", body->errors.len,
                     body_errors_text(body));
}

Status dashboard_body_check(Call *call, Bytes text, CloudwatchDashboardValidationMessages *ret_warnings)
{
    Body body = {.arena = call->arena};
    json_t *root = body_read(call->arena, text);
    if (!json_is_object(root))
        return fail_with(call, &CLOUDWATCH_DASHBOARD_INVALID_INPUT,
                         arena_new_of(call->arena, CloudwatchDashboardInvalidInputError),
                         "The field DashboardBody must be a valid JSON object");
    check_root(&body, root);
    if (body.errors.len)
        return refuse(call, &body);
    *ret_warnings = body.warnings;
    return OK;
}
