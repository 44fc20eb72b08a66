/* kinesis.c - the service: what it answers, opening and closing. */
#include "kinesis.h"
#include "cloudwatch.h"
#include "config.h"
#include "event.h"
#include "kinesis_operations.h"
#include "kms.h"
#include "metrics.h"
#include "operations.h"
#include "permission.h"
#include "rate_limits.h"
#include "scaling.h"
#include "schema.h"
#include "stream.h"
#include "subscription.h"
#include "trace.h"
#include "trim.h"
#include <stdlib.h>

/* In the order of the setting's choices. */
enum { LIMITS_OFF, LIMITS_AWS };
/* What /_evpoc/trace remembers: about 100 bytes each. */
#define TRACE_STEPS 4096

static const Query reset_accounts = {"DELETE FROM kinesis_account WHERE " IN_NAMESPACE};

const EventKind KINESIS_SHARD_GREW = {"kinesis: shard grew", sizeof(KinesisShardGrew)};

static int reset(void *service, Bytes account, Bytes region)
{
    Kinesis *kinesis = service;
    static const Query *const queries[] = {&reset_accounts, NULL};
    int code = streams_load(kinesis);
    for (Stream *stream; code == STORE_OK && (stream = stream_within(kinesis, account, region));)
        code = stream_remove(kinesis, stream);
    return code == STORE_OK ? reset_rows(kinesis->store, queries, account, region) : code;
}

/* Iterators of before a restart still open after it. */
static const SealTable secret_table = SEAL_TABLE("kinesis_secret");

static void on_rollback(void *context)
{
    Kinesis *kinesis = context;
    limits_keep_rates(kinesis);
    meters_undo(kinesis->meters);
    subscriptions_check_all(kinesis);
    streams_forget(kinesis);
    streams_load_soon(kinesis);
    trace_forget(kinesis->trace);
}

static void after_commit(void *context, const void *event)
{
    (void)event;
    Kinesis *kinesis = context;
    meters_settle(kinesis->meters);
    subscriptions_push(kinesis);
    meters_settle(kinesis->meters);
}

static bool open_tables(Kinesis *kinesis)
{
    return sodium_init() >= 0 && store_migrate(kinesis->store, &kinesis_schema) == STORE_OK &&
           shard_log_open(kinesis->store, &kinesis->log) == STORE_OK &&
           seal_secret_load(kinesis->store, &secret_table, kinesis->secret) == STORE_OK &&
           streams_load(kinesis) == STORE_OK;
}

static void close_kinesis(void *service)
{
    Kinesis *kinesis = service;
    trim_stop(kinesis);
    scaling_stop(kinesis);
    if (kinesis->transition_timer)
        scheduler_cancel(kinesis->runtime->scheduler, kinesis->transition_timer);
    subscriptions_close(kinesis);
    kinesis->trace = trace_free(kinesis->trace);
    streams_forget(kinesis);
    map_free(kinesis->streams);
    map_free(kinesis->streams_by_id);
    map_free(kinesis->shards);
    map_free(kinesis->subscribed);
    map_free(kinesis->damaged_logs);
    limits_close(kinesis);
    kinesis->meters = meters_close(kinesis->meters);
    arena_free(kinesis->push_arena);
    shard_log_close(kinesis->log);
    sodium_memzero(kinesis->secret, sizeof kinesis->secret);
    free(kinesis);
}

static void take_settings(Kinesis *kinesis)
{
    const Config *config = kinesis->runtime->config;
    if (!config)
        return;
    kinesis_keep_trace(kinesis, config_integer(config, SETTING_KEEP_REQUESTS) ? TRACE_STEPS : 0);
    kinesis_set_limits(kinesis, (RateLimits){config_choice(config, SETTING_LIMITS) == LIMITS_AWS, 1});
    kinesis_set_transition_ms(kinesis, config_integer(config, SETTING_TRANSITION_MS));
}

static void *open_kinesis(Runtime *runtime)
{
    Kinesis *kinesis = calloc(1, sizeof *kinesis);
    if (!kinesis)
        abort();
    kinesis->runtime = runtime;
    kinesis->store = runtime->store;
    kinesis->kms = runtime_service(runtime, &kms_service);
    kinesis->streams = map_new();
    kinesis->streams_by_id = map_new();
    kinesis->shards = map_new();
    kinesis->subscribed = map_new();
    kinesis->damaged_logs = map_new();
    limits_open(kinesis);
    metrics_open(kinesis);
    if (!open_tables(kinesis))
        return close_kinesis(kinesis), NULL;
    store_on_rollback(kinesis->store, on_rollback, kinesis);
    runtime_watch(runtime, &TURN_ENDED, after_commit, kinesis);
    runtime_watch(runtime, &KINESIS_SHARD_GREW, subscriptions_wake, kinesis);
    trim_start(kinesis);
    take_settings(kinesis);
    return kinesis;
}

static const Page pages[] = {
    {"/_evpoc/trace", "GET", trace_page},
    {NULL, NULL, NULL},
};

extern const PermissionsOf kinesis_permissions; /* permissions.c */

const Service kinesis_service = {
    .model = &KINESIS_SERVICE,
    .operations = KINESIS_OPERATIONS,
    .open = open_kinesis,
    .close = close_kinesis,
    .pages = pages,
    .reset = reset,
    .admit = limits_admit,
    .rate_limits = &kinesis_rate_limits,
    /* SDKs read x-amz-id-2 as extendedRequestId; no recorded answer of Kinesis shows one here: its form is S3's */
    .has_extended_ids = true,
    .permissions = &kinesis_permissions,
};

Status check_dry_run(Call *call, bool dry_run)
{
    return dry_run ? fail(call, &KINESIS_DRY_RUN_OPERATION, "Request would have succeeded, but DryRun flag is set.")
                   : OK;
}

Status check_shard_limit(Call *call, KinesisStreamName name, int64_t additional)
{
    size_t open = streams_open_shards(call->service, name.account, name.region);
    if ((int64_t)open + additional <= SHARDS_PER_ACCOUNT_MAX)
        return OK;
    return fail(
        call, &KINESIS_LIMIT_EXCEEDED,
        "This request would exceed the shard limit for the account " BYTES_FMT " in " BYTES_FMT
        ". Current shard count for the account: %zu. Limit: %d. Number of additional shards that would have resulted from this request: %lld. Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.",
        BYTES_ARG(name.account), BYTES_ARG(name.region), open, SHARDS_PER_ACCOUNT_MAX, (long long)additional);
}

Status check_on_demand_limit(Call *call, KinesisStreamName name)
{
    size_t streams = streams_count(call->service, name.account, name.region).on_demand_streams;
    if (streams < ON_DEMAND_STREAMS_MAX)
        return OK;
    return fail(call, &KINESIS_LIMIT_EXCEEDED,
                "This request would exceed the on-demand stream limit for the account " BYTES_FMT " in " BYTES_FMT
                ". Current on-demand stream count for the account: %zu. Limit: %d.",
                BYTES_ARG(name.account), BYTES_ARG(name.region), streams, ON_DEMAND_STREAMS_MAX);
}
