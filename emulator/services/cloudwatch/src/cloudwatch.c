/* cloudwatch.c - the operations this service answers, and its tables. */
#include "cloudwatch.h"
#include "cloudwatch_model.h"
#include <stdlib.h>

extern const Operation CloudwatchPutMetricData, CloudwatchListMetrics;

static const Operation *const operations[] = {&CloudwatchPutMetricData, &CloudwatchListMetrics, NULL};

/* Recorded from AWS: constraints of the model are told with coral's own namespace. */
static const ErrorModel validation_error = {
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
        NULL,
    },
};

struct Cloudwatch {
    Host *host;
};

static const Query reset_points = {"DELETE FROM cloudwatch_point WHERE metric_id IN (SELECT id FROM cloudwatch_metric "
                                   "WHERE " IN_NAMESPACE ")"};
static const Query reset_metrics = {"DELETE FROM cloudwatch_metric WHERE " IN_NAMESPACE};

static int reset(void *service, Bytes account, Bytes region)
{
    Cloudwatch *cloudwatch = service;
    static const Query *const queries[] = {&reset_points, &reset_metrics, NULL};
    return reset_rows(cloudwatch->host->store, queries, account, region);
}

const Service cloudwatch_service = {
    .model = &CLOUDWATCH_SERVICE,
    .operations = operations,
    .validation_error = &validation_error,
    .reset = reset,
};

Cloudwatch *cloudwatch_open(Host *host)
{
    if (store_migrate(host->store, &migration) != STORE_OK)
        return NULL;
    Cloudwatch *cloudwatch = calloc(1, sizeof *cloudwatch);
    if (!cloudwatch)
        abort();
    cloudwatch->host = host;
    return cloudwatch;
}

Cloudwatch *cloudwatch_close(Cloudwatch *cloudwatch)
{
    free(cloudwatch);
    return NULL;
}
