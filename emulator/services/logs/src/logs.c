/* logs.c - the service: what it answers, opening and closing. */
#include "logs.h"
#include "filters.h"
#include "firehose.h"
#include "group.h"
#include "iam.h"
#include "kinesis.h"
#include "live_tail.h"
#include "logs_operations.h"
#include "metrics.h"
#include "permission.h"
#include "query.h"
#include "query_definition.h"
#include "schema.h"
#include "sweep.h"
#include "words.h"
#include <sodium.h>
#include <stdlib.h>

static const Query first_group = {"SELECT id FROM logs_group WHERE " IN_NAMESPACE " LIMIT 1"};
static const Query reset_queries = {"DELETE FROM logs_query WHERE " IN_NAMESPACE};
static const Query reset_definitions = {"DELETE FROM logs_query_definition WHERE " IN_NAMESPACE};
static const Query reset_policies = {"DELETE FROM logs_resource_policy WHERE " IN_NAMESPACE};
static const Query reset_destinations = {"DELETE FROM logs_destination WHERE " IN_NAMESPACE};
static const Query reset_tags = {
    "DELETE FROM logs_tag WHERE arn GLOB 'arn:*:logs:' || coalesce(?2, '*') || ':' || coalesce(?1, '*') || ':*'"};

static int first_within(const Logs *logs, Bytes account, Bytes region, int64_t *ret_id)
{
    Statement *row = statement_begin(logs->store, &first_group);
    bind_text(row, 1, account);
    bind_text(row, 2, region);
    return statement_one_number(row, ret_id);
}

static int reset(void *service, Bytes account, Bytes region)
{
    static const Query *const queries[] = {&reset_queries,      &reset_definitions, &reset_policies,
                                           &reset_destinations, &reset_tags,        NULL};
    Logs *logs = service;
    Scope scope = scope_of_runtime(logs->runtime, logs, arena_new());
    LogGroup group;
    int64_t id = 0;
    int code;
    while ((code = first_within(logs, account, region, &id)) == STORE_OK) {
        code = log_group_load(&scope, id, &group);
        if (code == STORE_OK)
            code = log_group_remove(&scope, &group);
        if (code != STORE_OK)
            break;
        arena_reset(scope.arena);
    }
    arena_free(scope.arena);
    return code == STORE_NOT_FOUND ? reset_rows(logs->store, queries, account, region) : code;
}

static void on_rollback(void *context)
{
    Logs *logs = context;
    meters_undo(logs->meters);
    query_runs_forget(logs->query_runs);
}

static void after_turn(void *context, const void *event)
{
    (void)event;
    Logs *logs = context;
    meters_settle(logs->meters);
    live_tails_start(logs);
}

/* A line of an error log, which goes where its group and stream are, and else nowhere. */
static void take_said(void *context, const void *event)
{
    Logs *logs = context;
    const FirehoseSaid *said = event;
    Scope scope = scope_of_runtime(logs->runtime, logs, arena_new());
    scope.account = said->account;
    scope.region = said->region;
    LogsLine line = {scope.now_ms, said->message};
    if (logs_write(&scope, (LogsPlace){said->group, said->stream, false}, &line, 1) < 0)
        log_format(logs->runtime->log, LOG_ERROR, "a line of Firehose's error log could not be kept");
    arena_free(scope.arena);
}

static void close_logs(void *service)
{
    Logs *logs = service;
    sweep_stop(logs);
    live_tails_close(logs);
    meters_close(logs->meters);
    query_runs_free(logs->query_runs);
    sodium_memzero(logs->secret, sizeof logs->secret);
    free(logs);
}

static const SealTable secret_table = SEAL_TABLE("logs_secret");

static bool open_tables(Logs *logs)
{
    return sodium_init() >= 0 && store_migrate(logs->store, &logs_schema) == STORE_OK &&
           store_migrate(logs->store, &logs_filters_schema) == STORE_OK &&
           store_migrate(logs->store, &logs_query_schema) == STORE_OK &&
           store_migrate(logs->store, &logs_definition_schema) == STORE_OK &&
           seal_secret_load(logs->store, &secret_table, logs->secret) == STORE_OK;
}

static void *open_logs(Runtime *runtime)
{
    Logs *logs = calloc(1, sizeof *logs);
    if (!logs)
        abort();
    logs->runtime = runtime;
    logs->store = runtime->store;
    logs->query_runs = query_runs_new();
    logs->kms = runtime_service(runtime, &kms_service);
    logs->iam = runtime_service(runtime, &iam_service);
    logs->kinesis = runtime_service(runtime, &kinesis_service);
    logs->firehose = runtime_service(runtime, &firehose_service);
    log_metrics_open(logs);
    if (!open_tables(logs))
        return close_logs(logs), NULL;
    store_on_rollback(runtime->store, on_rollback, logs);
    runtime_watch(runtime, &TURN_ENDED, after_turn, logs);
    runtime_watch(runtime, &FIREHOSE_SAID, take_said, logs);
    live_tails_open(logs);
    sweep_start(logs);
    return logs;
}

extern const PermissionsOf logs_permissions; /* permissions.c */

const Service logs_service = {
    .model = &LOGS_SERVICE,
    .operations = LOGS_OPERATIONS,
    .open = open_logs,
    .close = close_logs,
    .reset = reset,
    .validation_error = &LOGS_INVALID_PARAMETER,
    .judge = logs_judge,
    .permissions = &logs_permissions,
};
