/* cloudwatch.c - the operations this service answers, and its tables. */
#include "cloudwatch.h"
#include "alarm.h"
#include "cloudwatch_operations.h"
#include "metric_stream.h"
#include "pages.h"
#include "permission.h"
#include "point.h"
#include "state.h"
#include <stdlib.h>

/* Recorded from AWS: constraints of the model are told with coral's own namespace. */
const ErrorModel cloudwatch_validation = {
    "ValidationException", "com.amazon.coral.validate", "ValidationError", 400, true, "message", NULL};

static const Migration migration = {
    "cloudwatch",
    (const char *const[]){
        "CREATE TABLE cloudwatch_metric (id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, "
        "namespace TEXT NOT NULL,"
        " name TEXT NOT NULL, dimensions TEXT NOT NULL, last_ms INTEGER NOT NULL, UNIQUE (account, region, namespace, "
        "name, dimensions));"
        "CREATE TABLE cloudwatch_point (metric_id INTEGER NOT NULL, time_ms INTEGER NOT NULL, unit TEXT NOT NULL,"
        " resolution_s INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, minimum REAL NOT NULL, maximum REAL "
        "NOT NULL,"
        " point_values BLOB);"
        "CREATE INDEX cloudwatch_point_of_metric ON cloudwatch_point (metric_id, time_ms);",
        "CREATE TABLE cloudwatch_data (metric_id INTEGER NOT NULL, unit TEXT NOT NULL, resolution_s INTEGER NOT NULL,"
        " time_ms INTEGER NOT NULL, count REAL NOT NULL, sum REAL NOT NULL, minimum REAL NOT NULL, maximum REAL NOT "
        "NULL,"
        " point_values BLOB, PRIMARY KEY (metric_id, unit, resolution_s, time_ms)) WITHOUT ROWID;"
        "INSERT INTO cloudwatch_data SELECT metric_id, unit, r, time_ms / (r * 1000) * (r * 1000) AS t, sum(count), "
        "sum(sum),"
        " min(minimum), max(maximum), iif(count(*) = 1 AND length(point_values) <= 8192, point_values, NULL)"
        " FROM (SELECT *, iif(resolution_s < 60, 1, 60) AS r FROM cloudwatch_point) GROUP BY metric_id, unit, r, t;"
        "DROP TABLE cloudwatch_point;",
        "CREATE TABLE cloudwatch_dashboard (account TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,"
        " modified_ms INTEGER NOT NULL, PRIMARY KEY (account, name)) WITHOUT ROWID;"
        "CREATE TABLE cloudwatch_tag (arn TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,"
        " PRIMARY KEY (arn, key)) WITHOUT ROWID;",
        "CREATE TABLE cloudwatch_alarm (id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,"
        " name TEXT NOT NULL, is_composite INTEGER NOT NULL, metric TEXT, config TEXT NOT NULL,"
        " actions_enabled INTEGER NOT NULL, configured_ms INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,"
        " reason_data TEXT, updated_ms INTEGER NOT NULL, transitioned_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
        " chain INTEGER NOT NULL, suppressed_by TEXT, suppressed_reason TEXT, held_from TEXT, woken_by TEXT,"
        " UNIQUE (account, region, name));"
        "CREATE INDEX cloudwatch_alarm_due ON cloudwatch_alarm (due_ms, id);"
        "CREATE INDEX cloudwatch_alarm_of_metric ON cloudwatch_alarm (account, region, metric, name);"
        "CREATE TABLE cloudwatch_alarm_watch (alarm_id INTEGER NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,"
        " name TEXT NOT NULL, PRIMARY KEY (account, region, name, alarm_id)) WITHOUT ROWID;"
        "CREATE INDEX cloudwatch_alarm_watch_of ON cloudwatch_alarm_watch (alarm_id);"
        "CREATE TABLE cloudwatch_alarm_history (id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL,"
        " name TEXT NOT NULL, is_composite INTEGER NOT NULL, time_ms INTEGER NOT NULL, type TEXT NOT NULL,"
        " summary TEXT NOT NULL, data TEXT NOT NULL);"
        "CREATE INDEX cloudwatch_alarm_history_of ON cloudwatch_alarm_history (account, region, name, time_ms, id);"
        "CREATE INDEX cloudwatch_alarm_history_at ON cloudwatch_alarm_history (account, region, time_ms, id);"
        "CREATE INDEX cloudwatch_alarm_history_old ON cloudwatch_alarm_history (time_ms);",
        "CREATE TABLE cloudwatch_stream (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,"
        " config TEXT NOT NULL, is_running INTEGER NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
        " PRIMARY KEY (account, region, name)) WITHOUT ROWID;"
        "CREATE TABLE cloudwatch_fresh (time_ms INTEGER NOT NULL, metric_id INTEGER NOT NULL, unit TEXT NOT NULL,"
        " PRIMARY KEY (time_ms, metric_id, unit)) WITHOUT ROWID;",
        NULL,
    },
};

static const Query reset_points = {"DELETE FROM cloudwatch_data WHERE metric_id IN (SELECT id FROM cloudwatch_metric "
                                   "WHERE " IN_NAMESPACE ")"};
static const Query reset_metrics = {"DELETE FROM cloudwatch_metric WHERE " IN_NAMESPACE};
/* Dashboards are of no region. */
static const Query reset_dashboards = {
    "DELETE FROM cloudwatch_dashboard WHERE (?1 IS NULL OR account = ?1) AND ?2 IS NULL"};
/* arn:partition:cloudwatch:region:account:… */
static const Query reset_tags = {
    "DELETE FROM cloudwatch_tag WHERE arn LIKE 'arn:%:cloudwatch:' || coalesce(?2, '%') || ':' || coalesce(?1, '%') || ':%'"};

static const Query reset_watches = {"DELETE FROM cloudwatch_alarm_watch WHERE " IN_NAMESPACE};
static const Query reset_alarms = {"DELETE FROM cloudwatch_alarm WHERE " IN_NAMESPACE};
static const Query reset_history = {"DELETE FROM cloudwatch_alarm_history WHERE " IN_NAMESPACE};

static const Query reset_streams = {"DELETE FROM cloudwatch_stream WHERE " IN_NAMESPACE};
static const Query reset_fresh = {"DELETE FROM cloudwatch_fresh WHERE metric_id IN (SELECT id FROM cloudwatch_metric "
                                  "WHERE " IN_NAMESPACE ")"};

static int reset(void *service, Bytes account, Bytes region)
{
    Cloudwatch *cloudwatch = service;
    static const Query *const queries[] = {
        &reset_fresh, &reset_streams, &reset_points, &reset_metrics, &reset_dashboards,
        &reset_tags,  &reset_watches, &reset_alarms, &reset_history, NULL};
    metric_streams_changed(cloudwatch);
    return reset_rows(cloudwatch->runtime->store, queries, account, region);
}

static void *open_cloudwatch(Runtime *runtime)
{
    if (store_migrate(runtime->store, &migration) != STORE_OK)
        return NULL;
    Cloudwatch *cloudwatch = calloc(1, sizeof *cloudwatch);
    if (!cloudwatch)
        abort();
    cloudwatch->runtime = runtime;
    alarms_open(cloudwatch);
    metric_streams_open(cloudwatch);
    return cloudwatch;
}

static void close_cloudwatch(void *service)
{
    metric_streams_close(service);
    alarms_close(service);
    free(service);
}

static const Page pages[] = {
    {"/_evpoc/cloudwatch/actions", "GET", alarm_actions_page},
    {NULL, NULL, NULL},
};

extern const PermissionsOf cloudwatch_permissions; /* permissions.c */

const Service cloudwatch_service = {
    .model = &CLOUDWATCH_SERVICE,
    .operations = CLOUDWATCH_OPERATIONS,
    .validation_error = &cloudwatch_validation,
    .open = open_cloudwatch,
    .close = close_cloudwatch,
    .reset = reset,
    .pages = pages,
    .permissions = &cloudwatch_permissions,
};

int metric_take(const Scope *scope, const Metric *metric, const DataPoint *point)
{
    int64_t id;
    int code = metric_touch(scope->store, metric, scope->now_ms, &id);
    code = code == STORE_OK ? point_add(scope->store, scope->arena, scope->now_ms, id, point) : code;
    return code == STORE_OK ? metric_streams_note(scope, id, point) : code;
}

int cloudwatch_record(const Scope *scope, const CloudwatchSample *sample)
{
    CloudwatchDimension dimensions[CLOUDWATCH_SAMPLE_DIMENSIONS_MAX];
    CloudwatchDimensions list = {dimensions, (size_t)sample->dimensions_count};
    Metric metric = {.account = scope->account,
                     .region = scope->region,
                     .name_space = sample->name_space,
                     .name = sample->name,
                     .last_ms = sample->time_ms};
    DataPoint point = {.time_ms = sample->time_ms,
                       .unit = sample->unit,
                       .resolution_s = 60,
                       .count = sample->count,
                       .sum = sample->sum,
                       .minimum = sample->minimum,
                       .maximum = sample->maximum};
    for (int i = 0; i < sample->dimensions_count; i++)
        dimensions[i] = (CloudwatchDimension){sample->dimension_names[i], sample->dimension_values[i]};
    metric.dimensions = metric_dimensions_text(scope->arena, &list);
    return metric_take(scope, &metric, &point);
}
