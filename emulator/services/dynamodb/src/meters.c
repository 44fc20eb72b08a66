#include "meters.h"
#include "buffer.h"
#include "cloudwatch.h"
#include "dynamodb_operations.h"
#include "throttle.h"
#include <stdlib.h>

#define MINUTE_MS    INT64_C(60000)
#define STEP_SAMPLES 4096 /* some 15 ms */
#define TOUCHED_MAX  100  /* tables of one transaction */

static const char *const table_names[TABLE_METRICS] = {
    [METRIC_CONSUMED_READ] = "ConsumedReadCapacityUnits",
    [METRIC_CONSUMED_WRITE] = "ConsumedWriteCapacityUnits",
    [METRIC_PROVISIONED_READ] = "ProvisionedReadCapacityUnits",
    [METRIC_PROVISIONED_WRITE] = "ProvisionedWriteCapacityUnits",
    [METRIC_READ_THROTTLES] = "ReadThrottleEvents",
    [METRIC_READ_THROTTLES_PROVISIONED] = "ReadProvisionedThroughputThrottleEvents",
    [METRIC_READ_THROTTLES_ACCOUNT] = "ReadAccountLimitThrottleEvents",
    [METRIC_READ_THROTTLES_KEY_RANGE] = "ReadKeyRangeThroughputThrottleEvents",
    [METRIC_READ_THROTTLES_MAX_ON_DEMAND] = "ReadMaxOnDemandThroughputThrottleEvents",
    [METRIC_WRITE_THROTTLES] = "WriteThrottleEvents",
    [METRIC_WRITE_THROTTLES_PROVISIONED] = "WriteProvisionedThroughputThrottleEvents",
    [METRIC_WRITE_THROTTLES_ACCOUNT] = "WriteAccountLimitThrottleEvents",
    [METRIC_WRITE_THROTTLES_KEY_RANGE] = "WriteKeyRangeThroughputThrottleEvents",
    [METRIC_WRITE_THROTTLES_MAX_ON_DEMAND] = "WriteMaxOnDemandThroughputThrottleEvents",
    [METRIC_CONDITION_FAILED] = "ConditionalCheckFailedRequests",
    [METRIC_EXPIRED] = "TimeToLiveDeletedItemCount",
    [METRIC_MAX_READ] = "OnDemandMaxReadRequestUnits",
    [METRIC_MAX_WRITE] = "OnDemandMaxWriteRequestUnits",
};

static const struct {
    const char *name, *unit;
} operation_names[OPERATION_METRICS] = {
    [METRIC_LATENCY] = {"SuccessfulRequestLatency", "Milliseconds"},
    [METRIC_RETURNED_ITEMS] = {"ReturnedItemCount", "Count"},
    [METRIC_THROTTLED_REQUESTS] = {"ThrottledRequests", "Count"},
    [METRIC_SYSTEM_ERRORS] = {"SystemErrors", "Count"},
    [METRIC_RETURNED_RECORDS] = {"ReturnedRecordsCount", "Count"},
    [METRIC_RETURNED_BYTES] = {"ReturnedBytes", "Bytes"},
};

/* The operations on items: what becomes of others is not measured of a table. */
static const Operation *const measured[] = {
    &DynamodbPutItem,
    &DynamodbGetItem,
    &DynamodbUpdateItem,
    &DynamodbDeleteItem,
    &DynamodbQuery,
    &DynamodbScan,
    &DynamodbBatchGetItem,
    &DynamodbBatchWriteItem,
    &DynamodbTransactGetItems,
    &DynamodbTransactWriteItems,
    &DynamodbExecuteStatement,
    &DynamodbBatchExecuteStatement,
    &DynamodbExecuteTransaction,
};
#define MEASURED    (sizeof measured / sizeof *measured)
#define GET_RECORDS MEASURED /* of streams */

typedef struct Sum {
    double count, sum, minimum, maximum;
} Sum;

typedef struct IndexMeter {
    struct IndexMeter *next;
    Bytes name; /* owned */
    Sum sums[TABLE_METRICS];
} IndexMeter;

/* By names, so that it may outlive what it counts until it is told. A table without a name is the account itself. */
typedef struct TableMeter {
    Bytes account, region, table, label; /* owned; label: of a stream, or empty */
    int64_t minute_ms;                   /* when its minute began */
    struct TableMeter *next;             /* to be told */
    IndexMeter *indexes;
    Sum user_errors;
    Sum sums[TABLE_METRICS];
    Sum operations[MEASURED + 1][OPERATION_METRICS];
} TableMeter;

typedef struct Taken {
    Sum *sum;
    double value;
} Taken;

typedef struct Meters {
    void *cloudwatch;
    Map *meters; /* of this minute, by account, region, table, label */
    uint64_t minute;
    int64_t minute_ms;
    Timer *timer, *telling_timer;
    TableMeter *told_first, **told_last;
    Taken *taken; /* in the turn that is on */
    size_t taken_count, taken_capacity;
    const Table *touched[TOUCHED_MAX]; /* by the call that is on */
    size_t touched_count;
} Meters;

static Bytes own(Bytes b)
{
    char *copy = malloc(b.len + 1);
    if (!copy)
        abort();
    if (b.len)
        memcpy(copy, b.ptr, b.len);
    return (Bytes){copy, b.len};
}

static void meter_free(TableMeter *meter)
{
    Bytes *texts[] = {&meter->account, &meter->region, &meter->table, &meter->label};
    for (IndexMeter *next, *index = meter->indexes; index; index = next) {
        next = index->next;
        free((char *)index->name.ptr);
        free(index);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)texts[i]->ptr);
    free(meter);
}

static void take(Meters *meters, Sum *sum, double value)
{
    if (meters->taken_count == meters->taken_capacity) {
        meters->taken_capacity = meters->taken_capacity ? meters->taken_capacity * 2 : 256;
        meters->taken = realloc(meters->taken, meters->taken_capacity * sizeof *meters->taken);
        if (!meters->taken)
            abort();
    }
    meters->taken[meters->taken_count++] = (Taken){sum, value};
}

static void on_minute(void *context, int64_t at_ms);

static void start_minute(Dynamodb *dynamodb)
{
    Meters *meters = dynamodb->meters;
    if (meters->timer)
        return;
    meters->minute_ms = clock_now_ms(dynamodb->runtime->clock) / MINUTE_MS * MINUTE_MS;
    meters->timer = scheduler_at(dynamodb->runtime->scheduler, meters->minute_ms + MINUTE_MS, on_minute, dynamodb);
}

typedef struct MeterName {
    Bytes account, region, table, label;
} MeterName;

static TableMeter *find_meter(Dynamodb *dynamodb, const MeterName *name, bool *ret_is_new)
{
    Meters *meters = dynamodb->meters;
    const Bytes parts[] = {name->account, name->region, name->table, name->label};
    Buffer key = {0};
    start_minute(dynamodb);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buffer_append(&key, parts[i]);
        buffer_append_char(&key, 0);
    }
    TableMeter *meter = map_get(meters->meters, buffer_bytes(&key));
    *ret_is_new = !meter;
    if (!meter) {
        meter = calloc(1, sizeof *meter);
        if (!meter)
            abort();
        meter->account = own(name->account);
        meter->region = own(name->region);
        meter->table = own(name->table);
        meter->label = own(name->label);
        map_put(meters->meters, buffer_bytes(&key), meter);
    }
    buffer_done(&key);
    return meter;
}

static IndexMeter *index_meter(TableMeter *meter, Bytes name)
{
    for (IndexMeter *index = meter->indexes; index; index = index->next)
        if (bytes_equal(index->name, name))
            return index;
    IndexMeter *index = calloc(1, sizeof *index);
    if (!index)
        abort();
    index->name = own(name);
    index->next = meter->indexes;
    return meter->indexes = index;
}

static void tell_units(Meters *meters, const Units *units, Sum *sums)
{
    const int64_t values[TABLE_METRICS] = {
        [METRIC_PROVISIONED_READ] = units->read,
        [METRIC_PROVISIONED_WRITE] = units->write,
        [METRIC_MAX_READ] = units->max_read,
        [METRIC_MAX_WRITE] = units->max_write,
    };
    for (int id = 0; id < TABLE_METRICS; id++)
        if (values[id] > 0)
            take(meters, &sums[id], (double)values[id]);
}

static TableMeter *meter_of(Dynamodb *dynamodb, const Table *table)
{
    Meters *meters = dynamodb->meters;
    MeterRef *ref = table->meter;
    bool is_new;
    if (ref && ref->meter && ref->minute == meters->minute)
        return ref->meter;
    MeterName name = {table->account, table->region, table->name, TEXT("")};
    TableMeter *meter = find_meter(dynamodb, &name, &is_new);
    if (ref)
        *ref = (MeterRef){meter, meters->minute};
    if (!is_new)
        return meter;
    tell_units(meters, &table->units, meter->sums);
    for (size_t i = 0; i < table->indexes_count; i++)
        if (table->indexes[i].is_global)
            tell_units(meters, &table->indexes[i].units, index_meter(meter, table->indexes[i].name)->sums);
    return meter;
}

void measure_table(Dynamodb *dynamodb, const Table *table, const Index *index, TableMetric id, double value)
{
    Meters *meters = dynamodb->meters;
    if (!meters->cloudwatch)
        return;
    TableMeter *meter = meter_of(dynamodb, table);
    Sum *sums = index && index->is_global ? index_meter(meter, index->name)->sums : meter->sums;
    take(meters, &sums[id], value);
    if (id > METRIC_READ_THROTTLES && id < METRIC_WRITE_THROTTLES)
        take(meters, &sums[METRIC_READ_THROTTLES], value);
    else if (id > METRIC_WRITE_THROTTLES && id < METRIC_CONDITION_FAILED)
        take(meters, &sums[METRIC_WRITE_THROTTLES], value);
}

static double latency_of(const Call *call)
{
    return call->started_ns ? (double)(monotonic_ns() - call->started_ns) / 1e6 : 0;
}

void table_stream_measured(Call *call, const TableStream *stream, size_t records, size_t bytes)
{
    Dynamodb *dynamodb = call->service;
    bool is_new;
    if (!dynamodb->meters->cloudwatch)
        return;
    MeterName name = {call->account, call->region, stream->table_name, stream->label};
    Sum *sums = find_meter(dynamodb, &name, &is_new)->operations[GET_RECORDS];
    take(dynamodb->meters, &sums[METRIC_LATENCY], latency_of(call));
    take(dynamodb->meters, &sums[METRIC_RETURNED_RECORDS], (double)records);
    take(dynamodb->meters, &sums[METRIC_RETURNED_BYTES], (double)bytes);
}

void meters_touch(Dynamodb *dynamodb, const Table *table)
{
    Meters *meters = dynamodb->meters;
    size_t count = meters->touched_count;
    for (size_t i = count; i; i--)
        if (meters->touched[i - 1] == table)
            return;
    if (count < TOUCHED_MAX)
        meters->touched[meters->touched_count++] = table;
}

const Table *meters_only_touched(const Dynamodb *dynamodb)
{
    const Meters *meters = dynamodb->meters;
    return meters->touched_count == 1 ? meters->touched[0] : NULL;
}

static size_t place_of(const Operation *operation)
{
    size_t at = 0;
    while (at < MEASURED && measured[at] != operation)
        at++;
    return at;
}

static void user_error(Call *call)
{
    Dynamodb *dynamodb = call->service;
    MeterName name = {call->account, call->region, TEXT(""), TEXT("")};
    bool is_new;
    take(dynamodb->meters, &find_meter(dynamodb, &name, &is_new)->user_errors, 1);
}

static double items_returned(const Operation *operation, const void *out)
{
    if (operation == &DynamodbQuery)
        return (double)((const DynamodbQueryOutput *)out)->count;
    if (operation == &DynamodbScan)
        return (double)((const DynamodbScanOutput *)out)->count;
    return -1;
}

static void measure_success(Call *call, size_t place, const void *out)
{
    Dynamodb *dynamodb = call->service;
    Meters *meters = dynamodb->meters;
    double latency = latency_of(call), items = out ? items_returned(call->operation, out) : -1;
    for (size_t i = 0; i < meters->touched_count; i++) {
        Sum *sums = meter_of(dynamodb, meters->touched[i])->operations[place];
        take(meters, &sums[METRIC_LATENCY], latency);
        if (items >= 0)
            take(meters, &sums[METRIC_RETURNED_ITEMS], items);
    }
}

static void measure_failure(Call *call, Status status, size_t place)
{
    Dynamodb *dynamodb = call->service;
    Meters *meters = dynamodb->meters;
    bool is_ours = status.code_ < 0, is_throttled = throttle_is_error(call->error);
    if (is_ours || is_throttled)
        for (size_t i = 0; i < meters->touched_count && place < MEASURED; i++)
            take(meters,
                 &meter_of(dynamodb, meters->touched[i])
                      ->operations[place][is_ours ? METRIC_SYSTEM_ERRORS : METRIC_THROTTLED_REQUESTS],
                 1);
    else if (call->error == &DYNAMODB_CONDITIONAL_CHECK_FAILED && meters->touched_count)
        measure_table(dynamodb, meters->touched[0], NULL, METRIC_CONDITION_FAILED, 1);
    else
        user_error(call); /* aws: all of HTTP status 400 but those above */
}

void meters_after(Call *call, Status status, const void *out)
{
    Dynamodb *dynamodb = call->service;
    Meters *meters = dynamodb->meters;
    size_t place = place_of(call->operation);
    if (meters->cloudwatch && !is_ok(status))
        measure_failure(call, status, place);
    else if (meters->cloudwatch && place < MEASURED)
        measure_success(call, place, out);
    meters->touched_count = 0;
}

static void add(Sum *sum, double value)
{
    if (sum->count == 0 || value < sum->minimum)
        sum->minimum = value;
    if (sum->count == 0 || value > sum->maximum)
        sum->maximum = value;
    sum->count++;
    sum->sum += value;
}

void meters_settle(Dynamodb *dynamodb)
{
    Meters *meters = dynamodb->meters;
    for (size_t i = 0; i < meters->taken_count; i++)
        add(meters->taken[i].sum, meters->taken[i].value);
    meters->taken_count = meters->touched_count = 0;
}

void meters_undo(Dynamodb *dynamodb)
{
    dynamodb->meters->taken_count = dynamodb->meters->touched_count = 0;
}

typedef struct Telling {
    Scope scope;
    CloudwatchSample sample; /* its dimensions, and the time */
    size_t samples;
    int code;
} Telling;

static void tell_sum(Telling *telling, const char *name, const char *unit, const Sum *sum)
{
    CloudwatchSample sample = telling->sample;
    if (sum->count == 0 || telling->code != STORE_OK)
        return;
    sample.name = bytes_of(name);
    sample.unit = bytes_of(unit);
    sample.count = sum->count;
    sample.sum = sum->sum;
    sample.minimum = sum->minimum;
    sample.maximum = sum->maximum;
    telling->code = cloudwatch_record(&telling->scope, &sample);
    telling->samples++;
}

static void add_dimension(Telling *telling, const char *name, Bytes value)
{
    CloudwatchSample *sample = &telling->sample;
    sample->dimension_names[sample->dimensions_count] = bytes_of(name);
    sample->dimension_values[sample->dimensions_count++] = value;
}

static void tell_operations(Telling *telling, const TableMeter *meter)
{
    bool is_stream = meter->label.len;
    if (is_stream)
        add_dimension(telling, "StreamLabel", meter->label);
    for (size_t at = 0; at <= MEASURED; at++) {
        const char *name = at < MEASURED ? measured[at]->model->name : "GetRecords";
        add_dimension(telling, "Operation", bytes_of(name));
        for (int id = 0; id < OPERATION_METRICS; id++)
            tell_sum(telling, operation_names[id].name, operation_names[id].unit, &meter->operations[at][id]);
        telling->sample.dimensions_count--;
    }
}

static void tell_meter(Telling *telling, const TableMeter *meter)
{
    telling->sample = (CloudwatchSample){.name_space = TEXT("AWS/DynamoDB"), .time_ms = meter->minute_ms};
    telling->scope.account = meter->account;
    telling->scope.region = meter->region;
    tell_sum(telling, "UserErrors", "Count", &meter->user_errors);
    add_dimension(telling, "TableName", meter->table);
    for (int id = 0; id < TABLE_METRICS; id++)
        tell_sum(telling, table_names[id], "Count", &meter->sums[id]);
    for (const IndexMeter *index = meter->indexes; index; index = index->next) {
        add_dimension(telling, "GlobalSecondaryIndexName", index->name);
        for (int id = 0; id < TABLE_METRICS; id++)
            tell_sum(telling, table_names[id], "Count", &index->sums[id]);
        telling->sample.dimensions_count--;
    }
    tell_operations(telling, meter);
}

static TableMeter *take_told(Meters *meters)
{
    TableMeter *meter = meters->told_first;
    meters->told_first = meter->next;
    if (!meters->told_first)
        meters->told_last = &meters->told_first;
    return meter;
}

/* So many that nobody waits for long; the rest in the next turn. */
static void on_telling(void *context, int64_t at_ms)
{
    Dynamodb *dynamodb = context;
    Meters *meters = dynamodb->meters;
    Telling telling = {.scope = scope_of_runtime(dynamodb->runtime, meters->cloudwatch, arena_new())};
    meters->telling_timer = NULL;
    while (telling.code == STORE_OK && meters->told_first && telling.samples < STEP_SAMPLES) {
        TableMeter *meter = take_told(meters);
        tell_meter(&telling, meter);
        meter_free(meter);
        arena_reset(telling.scope.arena);
    }
    arena_free(telling.scope.arena);
    if (telling.code != STORE_OK)
        log_event(dynamodb->runtime->log, LOG_ERROR, "metrics could not be recorded", "reason",
                  store_error(dynamodb->store), NULL);
    if (meters->told_first)
        meters->telling_timer = scheduler_at(dynamodb->runtime->scheduler, at_ms + 1, on_telling, dynamodb);
}

/* The next to be counted begins a minute of its own. What timers of this turn have taken is counted with it. */
static void on_minute(void *context, int64_t at_ms)
{
    Dynamodb *dynamodb = context;
    Meters *meters = dynamodb->meters;
    Bytes key;
    void *value;
    meters->timer = NULL;
    meters_settle(dynamodb);
    for (size_t at = 0; map_next(meters->meters, &at, &key, &value);) {
        TableMeter *meter = value;
        meter->minute_ms = meters->minute_ms;
        *meters->told_last = meter;
        meters->told_last = &meter->next;
    }
    map_free(meters->meters);
    meters->meters = map_new();
    meters->minute++;
    if (!meters->telling_timer)
        on_telling(dynamodb, at_ms);
}

void meters_open(Dynamodb *dynamodb)
{
    Meters *meters = calloc(1, sizeof *meters);
    if (!meters)
        abort();
    meters->cloudwatch = runtime_service(dynamodb->runtime, &cloudwatch_service);
    meters->meters = map_new();
    meters->told_last = &meters->told_first;
    dynamodb->meters = meters;
}

void meters_close(Dynamodb *dynamodb)
{
    Meters *meters = dynamodb->meters;
    Timer *timers[] = {meters->timer, meters->telling_timer};
    Bytes key;
    void *meter;
    for (int i = 0; i < 2; i++)
        if (timers[i])
            scheduler_cancel(dynamodb->runtime->scheduler, timers[i]);
    for (size_t at = 0; map_next(meters->meters, &at, &key, &meter);)
        meter_free(meter);
    while (meters->told_first)
        meter_free(take_told(meters));
    map_free(meters->meters);
    free(meters->taken);
    free(meters);
}
