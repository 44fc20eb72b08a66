/* firehose.c - the service: what it answers, opening and closing. */
#include "firehose.h"
#include "config.h"
#include "deliveries.h"
#include "firehose_operations.h"
#include "glue.h"
#include "metrics.h"
#include "outbound.h"
#include "pages.h"
#include "permission.h"
#include "put.h"
#include "query.h"
#include "schema.h"
#include "source.h"
#include <sodium.h>
#include <stdlib.h>

static const Query within = {"SELECT id FROM firehose_stream WHERE " IN_NAMESPACE " LIMIT 1"};

static int first_within(const Firehose *firehose, Bytes account, Bytes region, int64_t *ret_id)
{
    Statement *row = statement_begin(firehose->store, &within);
    bind_text(row, 1, account);
    bind_text(row, 2, region);
    return statement_one_number(row, ret_id);
}

static int reset(void *service, Bytes account, Bytes region)
{
    Firehose *firehose = service;
    Scope scope = scope_of_runtime(firehose->runtime, firehose, arena_new());
    DeliveryStream stream = {0};
    int code;
    while ((code = first_within(firehose, account, region, &stream.id)) == STORE_OK)
        if ((code = delivery_stream_remove(&scope, &stream)) != STORE_OK)
            break;
    arena_free(scope.arena);
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

static void on_rollback(void *context)
{
    Firehose *firehose = context;
    meters_undo(firehose->meters);
    deliveries_look(firehose);
    sources_look_at_all(firehose);
}

static void after_turn(void *context, const void *event)
{
    (void)event;
    const Firehose *firehose = context;
    meters_settle(firehose->meters);
}

void firehose_set_transition_ms(Firehose *firehose, int64_t transition_ms)
{
    firehose->transition_ms = transition_ms;
}

static void close_firehose(void *service)
{
    Firehose *firehose = service;
    flushes_close(firehose);
    deliveries_close(firehose);
    firehose->queries = queries_free(firehose->queries);
    firehose->outbound = outbound_free(firehose->outbound);
    if (firehose->grown)
        sources_close(firehose);
    meters_close(firehose->meters);
    shard_log_close(firehose->log);
    sodium_memzero(firehose->secret, sizeof firehose->secret);
    free(firehose);
}

static const SealTable secret_table = SEAL_TABLE("firehose_secret");

static bool open_tables(Firehose *firehose)
{
    return sodium_init() >= 0 && store_migrate(firehose->store, &firehose_schema) == STORE_OK &&
           shard_log_open(firehose->store, &firehose->log) == STORE_OK &&
           seal_secret_load(firehose->store, &secret_table, firehose->secret) == STORE_OK;
}

static void take_metric_streams(Firehose *firehose)
{
    Cloudwatch *cloudwatch = runtime_service(firehose->runtime, &cloudwatch_service);
    if (cloudwatch)
        cloudwatch_set_outlet(cloudwatch, (CloudwatchOutlet){put_of_metric_stream, firehose});
}

static void *open_firehose(Runtime *runtime)
{
    Firehose *firehose = calloc(1, sizeof *firehose);
    if (!firehose)
        abort();
    firehose->runtime = runtime;
    firehose->store = runtime->store;
    firehose->kms = runtime_service(runtime, &kms_service);
    firehose->kinesis = runtime_service(runtime, &kinesis_service);
    firehose->s3 = runtime_service(runtime, &s3_service);
    firehose->glue = runtime_service(runtime, &glue_service);
    firehose->delivery_steps.due = deliveries_go_on;
    if (runtime->config)
        firehose->outbound = outbound_new(runtime->loop, config_text(runtime->config, SETTING_EGRESS),
                                          config_text(runtime->config, SETTING_EGRESS_CA));
    else
        firehose->outbound = outbound_new(runtime->loop, NULL, NULL);
    firehose->queries = queries_new(runtime->loop, runtime->program);
    delivery_metrics_open(firehose);
    if (!open_tables(firehose))
        return close_firehose(firehose), NULL;
    if (runtime->config)
        firehose->transition_ms = config_integer(runtime->config, SETTING_TRANSITION_MS);
    sources_open(firehose);
    store_on_rollback(runtime->store, on_rollback, firehose);
    runtime_watch(runtime, &TURN_ENDED, after_turn, firehose);
    runtime_watch(runtime, &KINESIS_SHARD_GREW, sources_watch, firehose);
    deliveries_await(firehose, 0);
    take_metric_streams(firehose);
    return firehose;
}

static const Page pages[] = {
    {"/_evpoc/firehose/flush", "POST", flush_page},
    {NULL, NULL, NULL},
};

extern const PermissionsOf firehose_permissions; /* permissions.c */

const Service firehose_service = {
    .model = &FIREHOSE_SERVICE,
    .operations = FIREHOSE_OPERATIONS,
    .open = open_firehose,
    .close = close_firehose,
    .pages = pages,
    .reset = reset,
    .permissions = &firehose_permissions,
};
