/* widget_read.c - the JSON of a widget. */
#include "members.h"
#include "widget.h"
#include "wire.h"
#include <math.h>

#define PAYLOAD_MAX    (100 * 1024) /* aws: GetMetricWidgetImage: "Up to 100 KB uncompressed payload" */
#define METRICS_MAX    100          /* aws: "As many as 100 metrics in the graph" */
#define NOTES_MAX      100
#define FIELDS_MAX     62 /* a namespace, a name and 30 dimensions */
#define PIXELS_MAX     2000
#define DAY_MS         INT64_C(86400000)
#define USUAL_SPAN_MS  (3 * 3600 * INT64_C(1000))
#define USUAL_PERIOD_S 300

static const char *const views[] = {"timeSeries", "singleValue", "gauge", "bar", "pie", NULL};
static const char *const places[] = {"bottom", "right", "hidden", NULL};
static const char *const fills[] = {"none", "above", "below", NULL};
static const char *const vertical_fills[] = {"none", "after", "before", NULL};
static const char *const themes[] = {"light", "dark", NULL};
static const char *const sides[] = {"left", "right", NULL};

#define LIST_END                                                                                                       \
    {                                                                                                                  \
        NULL, TEXT_MEMBER, false, 0, 0, NULL                                                                           \
    }
static const Member members[] = {
    {"metrics", ARRAY_MEMBER, false, 0, METRICS_MAX, NULL},
    {"annotations", OBJECT_MEMBER, false, 0, 0, NULL},
    {"width", INTEGER_MEMBER, false, 1, PIXELS_MAX, NULL},
    {"height", INTEGER_MEMBER, false, 1, PIXELS_MAX, NULL},
    {"start", TEXT_MEMBER, false, 0, 0, NULL},
    {"end", TEXT_MEMBER, false, 0, 0, NULL},
    {"timezone", TEXT_MEMBER, false, 0, 0, NULL},
    {"title", TEXT_MEMBER, false, 0, 0, NULL},
    {"period", INTEGER_MEMBER, false, 1, 1 << 30, NULL},
    {"stat", TEXT_MEMBER, false, 0, 0, NULL},
    {"view", TEXT_MEMBER, false, 0, 0, views},
    {"theme", TEXT_MEMBER, false, 0, 0, themes},
    {"stacked", TRUTH_MEMBER, false, 0, 0, NULL},
    {"sparkline", TRUTH_MEMBER, false, 0, 0, NULL},
    {"liveData", TRUTH_MEMBER, false, 0, 0, NULL},
    {"region", TEXT_MEMBER, false, 0, 0, NULL},
    {"legend", OBJECT_MEMBER, false, 0, 0, NULL},
    {"yAxis", OBJECT_MEMBER, false, 0, 0, NULL},
    LIST_END,
};
static const Member row_members[] = {
    {"id", TEXT_MEMBER, false, 0, 0, NULL},
    {"expression", TEXT_MEMBER, false, 0, 0, NULL},
    {"label", TEXT_MEMBER, false, 0, 0, NULL},
    {"color", TEXT_MEMBER, false, 0, 0, NULL},
    {"period", INTEGER_MEMBER, false, 1, 1 << 30, NULL},
    {"stat", TEXT_MEMBER, false, 0, 0, NULL},
    {"region", TEXT_MEMBER, false, 0, 0, NULL},
    {"accountId", TEXT_MEMBER, false, 0, 0, NULL},
    {"visible", TRUTH_MEMBER, false, 0, 0, NULL},
    {"yAxis", TEXT_MEMBER, false, 0, 0, sides},
    LIST_END,
};
static const Member legend_members[] = {{"position", TEXT_MEMBER, false, 0, 0, places}, LIST_END};
static const Member axes_members[] = {
    {"left", OBJECT_MEMBER, false, 0, 0, NULL}, {"right", OBJECT_MEMBER, false, 0, 0, NULL}, LIST_END};
static const Member axis_members[] = {
    {"label", TEXT_MEMBER, false, 0, 0, NULL}, {"showUnits", TRUTH_MEMBER, false, 0, 0, NULL}, LIST_END};
static const Member annotations_members[] = {{"horizontal", ARRAY_MEMBER, false, 0, NOTES_MAX, NULL},
                                             {"vertical", ARRAY_MEMBER, false, 0, NOTES_MAX, NULL},
                                             {"alarms", ARRAY_MEMBER, false, 0, 1, NULL},
                                             LIST_END};
#define NOTE_MEMBERS(fills_)                                                                                           \
    {"label", TEXT_MEMBER, false, 0, 0, NULL}, {"color", TEXT_MEMBER, false, 0, 0, NULL},                              \
        {"fill", TEXT_MEMBER, false, 0, 0, fills_}, {"visible", TRUTH_MEMBER, false, 0, 0, NULL},                      \
        {"yAxis", TEXT_MEMBER, false, 0, 0, sides}, LIST_END
static const Member note_members[] = {NOTE_MEMBERS(fills)};
static const Member vertical_members[] = {{"value", TEXT_MEMBER, true, 0, 0, NULL}, NOTE_MEMBERS(vertical_fills)};

typedef struct Reading {
    Call *call;
    Widget *widget;
    Body body;
    json_t *root;
    CloudwatchMetricDataQuery *queries; /* as many as "metrics" has */
    Bytes above[FIELDS_MAX];            /* the fields of the metric before */
    size_t above_count;
} Reading;

static Bytes text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? (Bytes){json_string_value(value), json_string_length(value)} : (Bytes){0};
}

/* Of a text that its members' table allows; 0 where it isn't there. */
static int choice_of(const json_t *object, const char *name, const char *const *allowed)
{
    Bytes text = text_of(object, name);
    for (int i = 0; allowed[i]; i++)
        if (present(text) && bytes_is(text, allowed[i]))
            return i;
    return 0;
}

static bool number_of(Reading *reading, Bytes path, const json_t *object, const char *name, double *ret)
{
    const json_t *value = json_object_get(object, name);
    if (value && !json_is_number(value))
        body_complain(&reading->body, path_under(&reading->body, path, name), "Should be number");
    *ret = json_number_value(value);
    return json_is_number(value);
}

static bool colour_of(Reading *reading, Bytes path, const json_t *object, Colour *ret)
{
    Bytes text = text_of(object, "color");
    if (!present(text) || colour_parse(text, ret))
        return present(text);
    body_complain(&reading->body, path_under(&reading->body, path, "color"),
                  "Should match pattern \"^#[A-Fa-f0-9]{6}$\"");
    return false;
}

/* -- times ------------------------------------------------------------------------------------------------------ */

/* "P7D", "PT3H", "P1DT12H": false where it is none. */
static bool read_duration(Bytes text, int64_t *ret_ms)
{
    static const struct {
        char letter;
        bool is_time;
        int64_t ms;
    } parts[] = {{'Y', false, 365 * DAY_MS}, {'M', false, 30 * DAY_MS}, {'W', false, 7 * DAY_MS}, {'D', false, DAY_MS},
                 {'H', true, DAY_MS / 24},   {'M', true, 60000},        {'S', true, 1000}};
    bool is_time = false, has_part = false;
    *ret_ms = 0;
    if (!text.len || text.ptr[0] != 'P')
        return false;
    for (size_t at = 1; at < text.len;) {
        int64_t number = 0;
        size_t digits = 0, part = 0;
        if (text.ptr[at] == 'T' && !is_time) {
            is_time = true;
            at++;
            continue;
        }
        for (; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && digits < 7; at++, digits++)
            number = number * 10 + (text.ptr[at] - '0');
        while (part < 7 && (at == text.len || parts[part].letter != text.ptr[at] || parts[part].is_time != is_time))
            part++;
        if (!digits || part == 7)
            return false;
        *ret_ms += number * parts[part].ms;
        has_part = true;
        at++;
    }
    return has_part;
}

static int64_t time_of(Reading *reading, const char *name, int64_t usual_ms)
{
    Bytes text = text_of(reading->root, name);
    int64_t ms = usual_ms;
    if (!present(text))
        return usual_ms;
    if (text.len && text.ptr[0] == '-' && read_duration(bytes_slice(text, 1, text.len - 1), &ms))
        return reading->call->now_ms - ms;
    if (!time_read(TIME_ISO_8601, text, &ms))
        body_complain(&reading->body, path_under(&reading->body, TEXT(""), name),
                      "Should be an ISO 8601 date-time or a relative time such as -PT3H");
    return ms;
}

/* "+0130". */
static void read_zone(Reading *reading)
{
    Bytes zone = text_of(reading->root, "timezone");
    int64_t digits = 0;
    if (!present(zone))
        return;
    bool is_zone = zone.len == 5 && (zone.ptr[0] == '+' || zone.ptr[0] == '-') &&
                   bytes_to_int64(bytes_slice(zone, 1, 4), &digits) && zone.ptr[1] >= '0' && digits % 100 < 60 &&
                   digits <= 1400;
    if (!is_zone) {
        body_complain(&reading->body, TEXT("/timezone"), "Should match pattern \"^[+-][0-9]{4}$\"");
        return;
    }
    reading->widget->zone_ms = (digits / 100 * 60 + digits % 100) * (zone.ptr[0] == '-' ? -60000 : 60000);
}

static void read_times(Reading *reading)
{
    Widget *widget = reading->widget;
    widget->end_ms = time_of(reading, "end", reading->call->now_ms);
    widget->start_ms = time_of(reading, "start", reading->call->now_ms - USUAL_SPAN_MS);
    read_zone(reading);
    if (widget->start_ms >= widget->end_ms)
        body_complain(&reading->body, TEXT("/start"), "Should be before end");
}

/* -- metrics ---------------------------------------------------------------------------------------------------- */

/* aws: Metric Widget Structure: "." is the same field of the metric above, "..." all of its fields that are not given
 * behind it. Returns how many there are, 0: wrong. */
static size_t fields_of(Reading *reading, Bytes path, const json_t *metric, size_t texts, Bytes *fields)
{
    size_t count = 0;
    for (size_t i = 0; i < texts; i++) {
        const json_t *item = json_array_get(metric, i);
        if (!json_is_string(item)) {
            body_complain(&reading->body, path_item(&reading->body, path, i),
                          "Invalid metric field type, only \"String\" type is allowed");
            return 0;
        }
        Bytes text = {json_string_value(item), json_string_length(item)};
        size_t behind = texts - i - 1, more = 1;
        if (bytes_is(text, "...") && reading->above_count > count + behind)
            more = reading->above_count - count - behind;
        for (size_t j = 0; j < more && count < FIELDS_MAX; j++, count++) {
            bool is_above = (bytes_is(text, "...") || bytes_is(text, ".")) && count < reading->above_count;
            fields[count] = is_above ? reading->above[count] : text;
        }
    }
    if (count >= 2 && count % 2 == 0)
        return count;
    body_complain(&reading->body, path,
                  count < 2 ? "Should NOT have fewer than 2 items"
                            : "Invalid metric format, a dimension name is not followed by a dimension value");
    return 0;
}

static int32_t period_of(Reading *reading, Bytes path, const json_t *options)
{
    const json_t *own = json_object_get(options, "period"), *all = json_object_get(reading->root, "period");
    const json_t *value = json_is_integer(own) ? own : all;
    json_int_t period = json_is_integer(value) ? json_integer_value(value) : USUAL_PERIOD_S;
    bool is_short = period == 1 || period == 5 || period == 10 || period == 30;
    if (!is_short && (period <= 0 || period % 60 || period > 365 * 86400))
        body_complain(&reading->body, path_under(&reading->body, path, "period"),
                      "Should be 1, 5, 10, 30 or a multiple of 60");
    return (int32_t)period;
}

static CloudwatchMetricStat *stat_of(Reading *reading, Bytes path, const json_t *options, const Bytes *fields,
                                     size_t count)
{
    Arena *arena = reading->call->arena;
    CloudwatchMetricStat *stat = arena_new_of(arena, CloudwatchMetricStat);
    CloudwatchMetric *metric = arena_new_of(arena, CloudwatchMetric);
    CloudwatchDimension *dimensions = arena_new_array(arena, CloudwatchDimension, count / 2);
    Bytes name = text_of(options, "stat");
    Statistic parsed;
    for (size_t i = 2; i + 1 < count; i += 2)
        dimensions[i / 2 - 1] = (CloudwatchDimension){fields[i], fields[i + 1]};
    *metric = (CloudwatchMetric){fields[0], fields[1], {dimensions, count / 2 - 1}};
    name = present(name) ? name : text_of(reading->root, "stat");
    name = present(name) ? name : TEXT("Average");
    if (!statistic_parse(name, &parsed))
        body_complain(&reading->body, path_under(&reading->body, path, "stat"), "Should be a statistic");
    *stat = (CloudwatchMetricStat){
        .metric = metric, .period = period_of(reading, path, options), .has_period = true, .stat = name};
    return stat;
}

static void read_options(Reading *reading, Bytes path, json_t *options, size_t at)
{
    CloudwatchMetricDataQuery *query = &reading->queries[at];
    WidgetRow *row = &reading->widget->rows[at];
    Bytes id = text_of(options, "id");
    members_check(&reading->body, path, row_members, options);

    query->id = present(id) ? id : arena_text(reading->call->arena, "q_of_row_%zu", at);
    query->label = text_of(options, "label");
    *row = (WidgetRow){.region = text_of(options, "region"),
                       .is_hidden = json_is_false(json_object_get(options, "visible")),
                       .is_right = choice_of(options, "yAxis", sides) == 1};
    row->has_colour = colour_of(reading, path, options, &row->colour);
}

static void read_metric(Reading *reading, Bytes path, const json_t *metric, size_t at)
{
    size_t len = json_array_size(metric), texts = len;
    json_t *options = len ? json_array_get(metric, len - 1) : NULL;
    CloudwatchMetricDataQuery *query = &reading->queries[at];
    Bytes fields[FIELDS_MAX];
    if (!json_is_array(metric))
        return body_complain(&reading->body, path, "Should be array");
    if (json_is_object(options))
        texts--;
    Bytes options_path = path_item(&reading->body, path, texts);
    read_options(reading, options_path, json_is_object(options) ? options : NULL, at);
    query->expression = text_of(options, "expression");
    if (present(query->expression) != (texts == 0))
        return body_complain(&reading->body, path, "Should be either a metric or an expression");
    if (present(query->expression)) {
        if (json_is_integer(json_object_get(options, "period")))
            SET(query, period, period_of(reading, options_path, options));
        return;
    }
    size_t count = fields_of(reading, path, metric, texts, fields);
    if (!count)
        return;
    memcpy(reading->above, fields, count * sizeof *fields);
    reading->above_count = count;
    query->metric_stat = stat_of(reading, options_path, json_is_object(options) ? options : NULL, fields, count);
}

static void read_metrics(Reading *reading)
{
    Widget *widget = reading->widget;
    const json_t *metrics = json_object_get(reading->root, "metrics"), *metric;
    size_t count = json_array_size(metrics), at;
    if (!metrics && !json_object_get(reading->root, "annotations"))
        body_complain(&reading->body, TEXT(""), "Should have required property 'metrics'");
    if (!json_is_array(metrics) || count > METRICS_MAX)
        return;
    reading->queries = arena_new_array(reading->call->arena, CloudwatchMetricDataQuery, count);
    widget->rows = arena_new_array(reading->call->arena, WidgetRow, count);
    widget->queries = (CloudwatchMetricDataQueries){reading->queries, count};
    json_array_foreach(metrics, at, metric)
    {
        read_metric(reading, path_item(&reading->body, TEXT("/metrics"), at), metric, at);
    }
}

/* -- annotations and axes ------------------------------------------------------------------------------------------ */

static double note_value(Reading *reading, Bytes path, const json_t *note, bool is_vertical)
{
    double value = 0;
    int64_t ms = 0;
    Bytes text = text_of(note, "value");
    if (!is_vertical && !number_of(reading, path, note, "value", &value) && !json_object_get(note, "value"))
        body_complain(&reading->body, path, "Should have required property 'value'");
    if (is_vertical && present(text) && !time_read(TIME_ISO_8601, text, &ms))
        body_complain(&reading->body, path_under(&reading->body, path, "value"), "Should be an ISO 8601 date-time");
    return is_vertical ? (double)ms : value;
}

static void read_note(Reading *reading, Bytes path, json_t *note, bool is_vertical)
{
    json_t *first = json_is_array(note) ? json_array_get(note, 0) : note, *second = json_array_get(note, 1);
    WidgetNote read = {.is_vertical = is_vertical, .has_to = second != NULL};
    const Member *table = is_vertical ? vertical_members : note_members;
    if (!json_is_object(first) || (second && !json_is_object(second)) || json_array_size(note) > 2)
        return body_complain(&reading->body, path, "Should be object, or an array of two");
    Bytes place = json_is_array(note) ? path_item(&reading->body, path, 0) : path;
    members_check(&reading->body, place, table, first);
    read.from = note_value(reading, place, first, is_vertical);
    if (second) {
        place = path_item(&reading->body, path, 1);
        members_check(&reading->body, place, table, second);
        read.to = note_value(reading, place, second, is_vertical);
        read.to_label = text_of(second, "label");
    }
    read.label = text_of(first, "label");
    read.is_right = choice_of(first, "yAxis", sides) == 1;
    read.fill = (NoteFill)choice_of(first, "fill", is_vertical ? vertical_fills : fills);
    read.has_colour = colour_of(reading, path, first, &read.colour);
    if (!json_is_false(json_object_get(first, "visible")))
        reading->widget->notes[reading->widget->notes_count++] = read;
}

static void read_notes(Reading *reading)
{
    const json_t *annotations = json_object_get(reading->root, "annotations");
    if (!json_is_object(annotations))
        return;
    members_check(&reading->body, TEXT("/annotations"), annotations_members, annotations);
    reading->widget->notes = arena_new_array(reading->call->arena, WidgetNote, 2 * NOTES_MAX);
    for (int i = 0; i < 2; i++) {
        const char *name = i ? "vertical" : "horizontal";
        json_t *list = json_object_get(annotations, name), *note;
        Bytes path = path_under(&reading->body, TEXT("/annotations"), name);
        size_t at;
        if (json_is_array(list) && json_array_size(list) <= NOTES_MAX)
            json_array_foreach(list, at, note) read_note(reading, path_item(&reading->body, path, at), note, i == 1);
    }
}

static void read_axes(Reading *reading)
{
    const json_t *axes = json_object_get(reading->root, "yAxis");
    if (!json_is_object(axes))
        return;
    members_check(&reading->body, TEXT("/yAxis"), axes_members, axes);
    for (int i = 0; i < 2; i++) {
        const json_t *axis = json_object_get(axes, sides[i]);
        Bytes path = path_under(&reading->body, TEXT("/yAxis"), sides[i]);
        WidgetAxis *read = &reading->widget->axes[i];
        if (!json_is_object(axis))
            continue;
        members_check(&reading->body, path, axis_members, axis);
        read->has_least = number_of(reading, path, axis, "min", &read->least);
        read->has_most = number_of(reading, path, axis, "max", &read->most);
        read->label = text_of(axis, "label");
        read->hides_units = json_is_false(json_object_get(axis, "showUnits"));
        if (read->has_least && read->has_most && !(read->least < read->most))
            body_complain(&reading->body, path, "min should be smaller than max");
    }
}

static int pixels_of(const Reading *reading, const char *name, int usual)
{
    const json_t *value = json_object_get(reading->root, name);
    return json_is_integer(value) ? (int)json_integer_value(value) : usual;
}

static void read_all(Reading *reading)
{
    Widget *widget = reading->widget;
    const json_t *legend = json_object_get(reading->root, "legend");
    members_check(&reading->body, TEXT(""), members, reading->root);
    if (json_is_object(legend))
        members_check(&reading->body, TEXT("/legend"), legend_members, legend);
    widget->width = pixels_of(reading, "width", 600);
    widget->height = pixels_of(reading, "height", 400);
    widget->view = (WidgetView)choice_of(reading->root, "view", views);
    widget->legend = (LegendPlace)choice_of(legend, "position", places);
    widget->is_dark = choice_of(reading->root, "theme", themes) == 1;
    widget->is_stacked = json_is_true(json_object_get(reading->root, "stacked"));
    widget->has_sparkline = !json_is_false(json_object_get(reading->root, "sparkline"));
    widget->title = text_of(reading->root, "title");
    widget->region = text_of(reading->root, "region");
    read_times(reading);
    read_axes(reading);
    read_notes(reading);
    read_metrics(reading);
    if (widget->view == VIEW_GAUGE && !(widget->axes[0].has_least && widget->axes[0].has_most))
        body_complain(&reading->body, TEXT("/yAxis"), "A gauge should have yAxis.left.min and yAxis.left.max");
}

Status widget_read(Call *call, Bytes text, Widget *ret)
{
    Reading reading = {.call = call, .widget = ret, .body = {.arena = call->arena}};
    *ret = (Widget){0};
    if (text.len > PAYLOAD_MAX)
        return fail(call, &cloudwatch_validation, "The parameter MetricWidget must not be larger than 100 KB.");
    reading.root = body_read(call->arena, text);
    if (!json_is_object(reading.root))
        return fail(call, &cloudwatch_validation, "The parameter MetricWidget must be a valid JSON object");
    read_all(&reading);
    if (!reading.body.errors.len)
        return OK;
    return fail(call, &cloudwatch_validation, "The metric widget is invalid, there are %zu validation errors:\n%s",
                reading.body.errors.len, body_errors_text(&reading.body));
}
