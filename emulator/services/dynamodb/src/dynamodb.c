/* dynamodb.c - the service: what it answers, opening and closing. */
#include "backup.h"
#include "config.h"
#include "control.h"
#include "destination.h"
#include "dynamodb_operations.h"
#include "event.h"
#include "job.h"
#include "kinesis.h"
#include "kms.h"
#include "permission.h"
#include "request.h"
#include "s3.h"
#include "stream.h"
#include "table_metrics.h"
#include "throttle.h"
#include "transfer.h"
#include <stdlib.h>

/* aws: botocore's model doesn't have it; recorded answers do */
const ErrorModel DYNAMODB_VALIDATION = {
    "ValidationException", "com.amazon.coral.validate", NULL, 400, true, "message", NULL};

#define TABLES "(SELECT id FROM dynamodb_table WHERE " IN_NAMESPACE ")"
static const Query drop_trees = {
    "INSERT OR IGNORE INTO dynamodb_dropped (tree) SELECT id FROM dynamodb_table WHERE " IN_NAMESPACE
    " UNION ALL SELECT -id FROM dynamodb_index WHERE table_id IN " TABLES};
#define STREAMS "(SELECT id FROM dynamodb_stream WHERE " IN_NAMESPACE ")"
static const Query reset_shards = {"UPDATE dynamodb_shard SET stream_id = 0, closed_ms = 1, due_ms = 0"
                                   " WHERE stream_id IN " STREAMS}; /* stream_times.c drops what they hold */
static const Query reset_streams = {"DELETE FROM dynamodb_stream WHERE " IN_NAMESPACE};
static const Query reset_destinations = {"DELETE FROM dynamodb_destination WHERE table_id IN " TABLES};
static const Query reset_undelivered = {"DELETE FROM dynamodb_undelivered WHERE " IN_NAMESPACE};
/* Backups become tables again, to go with the others. */
static const Query show_backups = {"UPDATE dynamodb_table SET account = substr(account, 9)"
                                   " WHERE substr(account, 1, 8) = '/backup/' AND"
                                   " (?1 IS NULL OR account = '/backup/' || ?1) AND (?2 IS NULL OR region = ?2)"};
static const Query reset_backups = {"DELETE FROM dynamodb_backup WHERE " IN_NAMESPACE};
static const Query reset_jobs = {"DELETE FROM dynamodb_job WHERE kind <> 3"
                                 " AND (source IN " TABLES " OR target IN " TABLES ")"};
static const Query reset_changes = {
    "INSERT INTO dynamodb_job (kind, source, target, hash, range, from_at, to_at, drops_source)"
    " SELECT 3, table_id, 0, x'', x'', 0, 9223372036854775807, 0 FROM dynamodb_recovery WHERE table_id IN " TABLES};
static const Query reset_recovery = {"DELETE FROM dynamodb_recovery WHERE table_id IN " TABLES};
static const Query reset_origins = {"DELETE FROM dynamodb_origin WHERE table_id IN " TABLES};
static const Query reset_export_files = {"DELETE FROM dynamodb_export_file WHERE export_id IN"
                                         " (SELECT id FROM dynamodb_export WHERE " IN_NAMESPACE ")"};
static const Query reset_exports = {"DELETE FROM dynamodb_export WHERE " IN_NAMESPACE};
static const Query reset_replicas = {"DELETE FROM dynamodb_replica WHERE " IN_NAMESPACE};
static const Query reset_imports = {"DELETE FROM dynamodb_import WHERE " IN_NAMESPACE};
static const Query reset_policies = {"DELETE FROM dynamodb_policy WHERE table_id IN " TABLES};
static const Query reset_insights = {"DELETE FROM dynamodb_insights WHERE table_id IN " TABLES};
static const Query reset_expiry = {"DELETE FROM dynamodb_expiry WHERE table_id IN " TABLES};
static const Query reset_tags = {"DELETE FROM dynamodb_tag WHERE table_id IN " TABLES};
static const Query reset_tokens = {"DELETE FROM dynamodb_token WHERE " IN_NAMESPACE};
static const Query reset_dials = {"DELETE FROM dynamodb_dials WHERE tree IN " TABLES
                                  " OR -tree IN (SELECT id FROM dynamodb_index WHERE table_id IN " TABLES ")"};
static const Query reset_indexes = {"DELETE FROM dynamodb_index WHERE table_id IN " TABLES};
static const Query reset_tables = {"DELETE FROM dynamodb_table WHERE " IN_NAMESPACE};

static int reset(void *service, Bytes account, Bytes region)
{
    Dynamodb *dynamodb = service;
    static const Query *const queries[] = {
        &show_backups,   &reset_destinations, &reset_undelivered,  &drop_trees,    &reset_dials,    &reset_shards,
        &reset_streams,  &reset_backups,      &reset_jobs,         &reset_changes, &reset_recovery, &reset_origins,
        &reset_policies, &reset_insights,     &reset_export_files, &reset_exports, &reset_imports,  &reset_replicas,
        &reset_expiry,   &reset_tags,         &reset_tokens,       &reset_indexes, &reset_tables,   NULL};
    int code = tables_before_commit(dynamodb);
    tables_forget(dynamodb);
    drops_start(dynamodb);
    streams_start(dynamodb, 0);
    jobs_start(dynamodb);
    return code == STORE_OK ? reset_rows(dynamodb->store, queries, account, region) : code;
}

static void after_commit(void *context, const void *event)
{
    (void)event;
    table_metrics_settle(context);
    throttle_settle(context);
}

static void on_rollback(void *context)
{
    Dynamodb *dynamodb = context;
    table_metrics_undo(dynamodb);
    throttle_undo(dynamodb);
    tables_forget(dynamodb);
    /* A while later: what could not be written is tried again, but not over and over. */
    expiry_start(dynamodb, clock_now_ms(dynamodb->runtime->clock) / 1000);
    streams_start(dynamodb, clock_now_ms(dynamodb->runtime->clock) + 1000);
    deliveries_start(dynamodb);
    old_backups_start(dynamodb, clock_now_ms(dynamodb->runtime->clock) + 1000);
    jobs_start(dynamodb);
}

static void close_dynamodb(void *service)
{
    Dynamodb *dynamodb = service;
    drops_stop(dynamodb);
    expiry_stop(dynamodb);
    streams_stop(dynamodb);
    deliveries_stop(dynamodb);
    old_backups_stop(dynamodb);
    jobs_stop(dynamodb);
    transfers_stop(dynamodb);
    tables_forget(dynamodb);
    tables_free_retired(dynamodb, NULL);
    map_free(dynamodb->tables);
    map_free(dynamodb->damaged_trees);
    shard_log_close(dynamodb->log);
    throttle_close(dynamodb);
    table_metrics_close(dynamodb);
    free(dynamodb);
}

#define RECOVERY_LOG_BYTES (INT64_C(1) << 30) /* where no settings are */

static void *open_dynamodb(Runtime *runtime)
{
    Dynamodb *dynamodb = calloc(1, sizeof *dynamodb);
    if (!dynamodb)
        abort();
    dynamodb->runtime = runtime;
    dynamodb->store = runtime->store;
    dynamodb->kinesis = runtime_service(runtime, &kinesis_service);
    dynamodb->kms = runtime_service(runtime, &kms_service);
    dynamodb->s3 = runtime_service(runtime, &s3_service);
    dynamodb->recovery_log_bytes = RECOVERY_LOG_BYTES;
    if (runtime->config) {
        dynamodb->transition_ms = config_integer(runtime->config, SETTING_TRANSITION_MS);
        dynamodb->recovery_log_bytes = config_integer(runtime->config, SETTING_RECOVERY_LOG) * 1024 * 1024;
    }
    dynamodb->tables = map_new();
    dynamodb->damaged_trees = map_new();
    table_metrics_open(dynamodb);
    throttle_open(dynamodb);
    if (store_migrate(runtime->store, &dynamodb_schema) != STORE_OK ||
        shard_log_open(runtime->store, &dynamodb->log) != STORE_OK)
        return close_dynamodb(dynamodb), NULL;
    store_before_commit(runtime->store, tables_before_commit, dynamodb);
    store_on_rollback(runtime->store, on_rollback, dynamodb);
    runtime_watch(runtime, &TURN_ENDED, after_commit, dynamodb);
    runtime_watch(runtime, &TURN_ENDED, tables_free_retired, dynamodb);
    drops_start(dynamodb);
    expiry_start(dynamodb, 0);
    streams_start(dynamodb, 0);
    deliveries_start(dynamodb);
    old_backups_start(dynamodb, 0);
    jobs_start(dynamodb);
    return dynamodb;
}

extern const PermissionsOf dynamodb_permissions; /* permissions.c */

const Service dynamodb_service = {
    .model = &DYNAMODB_SERVICE,
    .operations = DYNAMODB_OPERATIONS,
    .validation_error = &DYNAMODB_VALIDATION,
    .judge = request_judge,
    .encoding_error = &DYNAMODB_INTERNAL_SERVER, /* aws: observed, in the tests of ScyllaDB's Alternator */
    .admit = control_admit,
    .after = table_metrics_after,
    .rate_limits = &dynamodb_rate_limits,
    .open = open_dynamodb,
    .close = close_dynamodb,
    .reset = reset,
    /* aws: Developer Guide, "DynamoDB low-level API", the response: "x-amz-crc32: <Checksum>"; the ids are those of
     * recorded answers */
    .tells_crc32 = true,
    .request_id_len = 52,
    .common_name_space = "com.amazon.coral.service",
    .permissions = &dynamodb_permissions,
};
