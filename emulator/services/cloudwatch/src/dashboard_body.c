/* dashboard_body.c - a dashboard's text, held against the structure that AWS documents: CloudWatch API Reference,
 * Dashboard Body Structure and Syntax. The words are those of the JSON schema validator that AWS's answers show. */
#include "budget.h"
#include "dashboard.h"
#include <jansson.h>

#define WIDGETS_MAX                                                                                                    \
    500 /* aws: CloudWatch User Guide, Service quotas: "500 widgets per dashboard", 500 metrics each                   \
         */
#define METRICS_MAX  500
#define ALARMS_MAX   100
#define COMPLAINED   100 /* of more nobody is told */
#define STEPS_A_ITEM 16  /* of work, and for the memory that Jansson takes */

typedef struct Body {
    Call *call;
    CloudwatchDashboardValidationMessages errors, warnings;
} Body;

static void add(Body *body, CloudwatchDashboardValidationMessages *list, Bytes path, const char *message)
{
    if (list->len == COMPLAINED)
        return;
    if (!list->items)
        list->items = arena_new_array(body->call->arena, CloudwatchDashboardValidationMessage, COMPLAINED);
    list->items[list->len++] =
        (CloudwatchDashboardValidationMessage){path, arena_copy(body->call->arena, bytes_of(message))};
}

static void complain(Body *body, Bytes path, const char *message)
{
    add(body, &body->errors, path, message);
}

static Bytes under(const Body *body, Bytes path, const char *name)
{
    return arena_text(body->call->arena, BYTES_FMT "/%s", BYTES_ARG(path), name);
}

static Bytes item_of(const Body *body, Bytes path, size_t at)
{
    return arena_text(body->call->arena, BYTES_FMT "/%zu", BYTES_ARG(path), at);
}

typedef enum MemberType { TEXT_MEMBER, INTEGER_MEMBER, TRUTH_MEMBER, OBJECT_MEMBER, ARRAY_MEMBER } MemberType;

typedef struct Member {
    const char *name;
    MemberType type;
    bool is_required;
    json_int_t least, most; /* of an integer, of how many items */
    const char *const *allowed;
} Member;

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

static const char *const type_names[] = {"string", "integer", "boolean", "object", "array"};

static bool has_type(const json_t *value, MemberType type)
{
    switch (type) {
    case TEXT_MEMBER:
        return json_is_string(value);
    case INTEGER_MEMBER:
        return json_is_integer(value);
    case TRUTH_MEMBER:
        return json_is_boolean(value);
    case OBJECT_MEMBER:
        return json_is_object(value);
    case ARRAY_MEMBER:
        break;
    }
    return json_is_array(value);
}

static bool is_allowed(const char *const *allowed, const char *text)
{
    for (; allowed && *allowed; allowed++)
        if (!strcmp(*allowed, text))
            return true;
    return !allowed;
}

static void check_value(Body *body, Bytes path, const Member *member, const json_t *value)
{
    char message[96] = "";
    if (!has_type(value, member->type))
        snprintf(message, sizeof message, "Should be %s", type_names[member->type]);
    else if (member->type == INTEGER_MEMBER && json_integer_value(value) < member->least)
        snprintf(message, sizeof message, "Should be >= %lld", (long long)member->least);
    else if (member->type == INTEGER_MEMBER && json_integer_value(value) > member->most)
        snprintf(message, sizeof message, "Should be <= %lld", (long long)member->most);
    else if (member->type == ARRAY_MEMBER && json_array_size(value) > (size_t)member->most)
        snprintf(message, sizeof message, "Should NOT have more than %lld items", (long long)member->most);
    else if (member->type == TEXT_MEMBER && !is_allowed(member->allowed, json_string_value(value)))
        snprintf(message, sizeof message, "Should be equal to one of the allowed values");
    if (*message)
        complain(body, under(body, path, member->name), message);
}

static void check_members(Body *body, Bytes path, const Member *members, const json_t *object)
{
    for (const Member *member = members; member->name; member++) {
        const json_t *value = json_object_get(object, member->name);
        if (value)
            check_value(body, path, member, value);
        else if (member->is_required)
            complain(body, path, arena_text(body->call->arena, "Should have required property '%s'", member->name).ptr);
    }
}

/* What a later version of AWS may know is no error. */
static void warn_of_others(Body *body, Bytes path, const Member *members, json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const Member *member = members;
        while (member->name && strcmp(member->name, name) != 0)
            member++;
        if (!member->name)
            add(body, &body->warnings, under(body, path, name), "Should NOT have additional properties");
    }
}

/* ["AWS/Kinesis", "IncomingBytes", "StreamName", "orders", {"stat": "Sum"}], or an expression: [{"expression": …}]. */
static void check_metric(Body *body, Bytes path, const json_t *metric)
{
    size_t len = json_array_size(metric), texts = len;
    if (!json_is_array(metric)) {
        complain(body, path, "Should be array");
        complain(
            body, path,
            "Field \"metrics\" has to be an array of array of strings, with an optional metricRenderer object as last element");
        return;
    }
    if (!len)
        return complain(body, path, "Should NOT have fewer than 1 items");
    if (json_is_object(json_array_get(metric, len - 1)))
        texts--;
    for (size_t i = 0; i < texts; i++)
        if (!json_is_string(json_array_get(metric, i)))
            return complain(body, item_of(body, path, i), "Invalid metric field type, only \"String\" type is allowed");
    if (texts == 1)
        return complain(body, path, "Should NOT have fewer than 2 items");
    if (texts % 2)
        complain(body, path, "Invalid metric format, a dimension name is not followed by a dimension value");
}

static void check_metric_properties(Body *body, Bytes path, const json_t *properties)
{
    const json_t *metrics = json_object_get(properties, "metrics"), *metric;
    const json_t *annotations = json_object_get(properties, "annotations");
    Bytes list = under(body, path, "metrics");
    size_t at;
    if (!metrics && !annotations)
        complain(body, path, "Should have required property 'metrics'");
    if (json_is_array(metrics) && json_array_size(metrics) <= METRICS_MAX)
        json_array_foreach(metrics, at, metric) check_metric(body, item_of(body, list, at), metric);
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
        return complain(body, path, "Should be object");
    check_members(body, path, widget_members, widget);
    warn_of_others(body, path, widget_members, widget);
    if (!type || !json_is_object(properties))
        return;
    path = under(body, path, "properties");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].type, type))
            check_members(body, path, kinds[i].members, properties);
    if (!strcmp(type, "metric"))
        check_metric_properties(body, path, properties);
}

static void check_root(Body *body, json_t *root)
{
    json_t *widgets = json_object_get(root, "widgets"), *widget;
    size_t at;
    check_members(body, TEXT(""), root_members, root);
    warn_of_others(body, TEXT(""), root_members, root);
    if (json_is_array(widgets) && json_array_size(widgets) <= WIDGETS_MAX)
        json_array_foreach(widgets, at, widget) check_widget(body, item_of(body, TEXT("/widgets"), at), widget);
}

static void forget(void *json)
{
    json_decref(json);
}

static json_t *read(Arena *arena, Bytes text)
{
    size_t items = 0;
    for (size_t i = 0; i < text.len; i++)
        items += text.ptr[i] == ',' || text.ptr[i] == '[' || text.ptr[i] == '{' || text.ptr[i] == ':';
    budget_work(arena, items * STEPS_A_ITEM);
    json_t *root = json_loadb(text.ptr, text.len, 0, NULL);
    if (root)
        arena_defer(arena, forget, root);
    return root;
}

/* Recorded from AWS: the message lists the places as JSON, indented by two. */
static Status refuse(Body *body)
{
    Arena *arena = body->call->arena;
    CloudwatchDashboardInvalidInputError *fields = arena_new_of(arena, CloudwatchDashboardInvalidInputError);
    json_t *list = json_array();
    for (size_t i = 0; i < body->errors.len; i++) {
        const CloudwatchDashboardValidationMessage *error = &body->errors.items[i];
        json_array_append_new(list, json_pack("{s:s%, s:s%}", "dataPath", error->data_path.ptr, error->data_path.len,
                                              "message", error->message.ptr, error->message.len));
    }
    char *text = json_dumps(list, JSON_INDENT(2));
    arena_defer(arena, forget, list);
    arena_defer(arena, free, text);
    fields->dashboard_validation_messages = body->errors;
    return fail_with(body->call, &CLOUDWATCH_DASHBOARD_INVALID_INPUT, fields,
                     "The dashboard body is invalid, there are %zu validation errors:\n%s", body->errors.len, text);
}

Status dashboard_body_check(Call *call, Bytes text, CloudwatchDashboardValidationMessages *ret_warnings)
{
    Body body = {.call = call};
    json_t *root = read(call->arena, text);
    if (!json_is_object(root))
        return fail_with(call, &CLOUDWATCH_DASHBOARD_INVALID_INPUT,
                         arena_new_of(call->arena, CloudwatchDashboardInvalidInputError),
                         "The field DashboardBody must be a valid JSON object");
    check_root(&body, root);
    if (body.errors.len)
        return refuse(&body);
    *ret_warnings = body.warnings;
    return OK;
}
