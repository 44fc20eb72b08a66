/* throttle.c - who has room for what, and what is said where there is none. */
#include "throttle.h"
#include "bucket.h"
#include "config.h"
#include "table_metrics.h"
#include <stdlib.h>

/* aws: Developer Guide, Quotas and "Designing partition keys": "3,000 RCUs and 1,000 WCUs" of a partition; a table's
 * throughput quota is 40,000 of each; "Burst capacity": 300 seconds */
#define KEY_RANGE_READS  3000
#define KEY_RANGE_WRITES 1000
#define TABLE_UNITS_MAX  40000
#define BURST_S          300
#define BUCKETS_MAX      65536 /* of key ranges that are not full again, in a clock that may stand still */
#define REASONS_MAX      8

typedef struct Taken {
    Bucket *bucket;
    double units;
} Taken;

struct Throttles {
    RateLimits all;
    Map *own;     /* by account NUL region NUL table: its RateLimits */
    Map *buckets; /* by kind, direction, tree and hash */
    Map *peaks;   /* by direction and tree */
    Taken *taken; /* of the turn that is on */
    size_t taken_count, taken_capacity, looked_through;
};

enum { LIMITS_OFF, LIMITS_AWS }; /* choices of the setting */
typedef enum LimitKind { LIMIT_PROVISIONED, LIMIT_ACCOUNT, LIMIT_KEY_RANGE, LIMIT_MAX_ON_DEMAND } LimitKind;

/* What one tree is asked for. */
typedef struct Demand {
    const Table *table;
    const Index *index; /* NULL: the table and its local indexes */
    Bytes hash;         /* absent: of many */
    double units;
    bool is_write;
} Demand;

typedef struct Refusal {
    const Demand *demand; /* the first */
    LimitKind kind;
    DynamodbThrottlingReasonList reasons;
} Refusal;

/* Of all demands together, to be taken once none was refused. */
typedef struct Asked {
    Taken taken[3 * (1 + INDEXES_GLOBAL_MAX)];
    Peak *peaks[1 + INDEXES_GLOBAL_MAX];
    double peak_units[1 + INDEXES_GLOBAL_MAX];
    size_t count, peaks_count;
} Asked;

const ErrorModel DYNAMODB_THROTTLED = {"ThrottlingException",
                                       "com.amazon.coral.availability",
                                       NULL,
                                       400,
                                       true,
                                       "message",
                                       &DYNAMODB_SHAPE_THROTTLING_EXCEPTION};

static RateLimits limits_of(const Dynamodb *dynamodb, const Table *table, Arena *arena)
{
    const Throttles *throttles = dynamodb->throttles;
    if (!map_count(throttles->own))
        return throttles->all;
    const RateLimits *own = map_get(throttles->own, table_map_key(arena, table->account, table->region, table->name));
    return own ? *own : throttles->all;
}

/* The value of a map of our own, made where it isn't there. */
static void *value_of(Map *map, Bytes key, size_t size)
{
    void *value = map_get(map, key);
    if (value)
        return value;
    value = calloc(1, size);
    if (!value)
        abort();
    map_put(map, key, value);
    return value;
}

static Bytes bucket_key(Arena *arena, char kind, const Demand *demand, Bytes hash)
{
    int64_t tree = demand->index ? demand->index->tree : demand->table->id;
    char *key = arena_take_raw(arena, 2 + sizeof tree + hash.len);
    key[0] = kind;
    key[1] = demand->is_write ? 'W' : 'R';
    memcpy(key + 2, &tree, sizeof tree);
    if (hash.len)
        memcpy(key + 2 + sizeof tree, hash.ptr, hash.len);
    return (Bytes){key, 2 + sizeof tree + hash.len};
}

static Bucket *bucket_of(Call *call, char kind, const Demand *demand, Bytes hash)
{
    const Dynamodb *dynamodb = call->service;
    return value_of(dynamodb->throttles->buckets, bucket_key(call->arena, kind, demand, hash), sizeof(Bucket));
}

static const char *limit_words(LimitKind kind)
{
    static const char *const words[] = {
        [LIMIT_PROVISIONED] = "ProvisionedThroughputExceeded",
        [LIMIT_ACCOUNT] = "AccountLimitExceeded",
        [LIMIT_KEY_RANGE] = "KeyRangeThroughputExceeded",
        [LIMIT_MAX_ON_DEMAND] = "MaxOnDemandThroughputExceeded",
    };
    return words[kind];
}

static void refuse(Call *call, const Demand *demand, LimitKind kind, Refusal *refusal)
{
    static const TableMetric metrics[2][4] = {
        {[LIMIT_PROVISIONED] = METRIC_READ_THROTTLES_PROVISIONED,
         [LIMIT_ACCOUNT] = METRIC_READ_THROTTLES_ACCOUNT,
         [LIMIT_KEY_RANGE] = METRIC_READ_THROTTLES_KEY_RANGE,
         [LIMIT_MAX_ON_DEMAND] = METRIC_READ_THROTTLES_MAX_ON_DEMAND},
        {[LIMIT_PROVISIONED] = METRIC_WRITE_THROTTLES_PROVISIONED,
         [LIMIT_ACCOUNT] = METRIC_WRITE_THROTTLES_ACCOUNT,
         [LIMIT_KEY_RANGE] = METRIC_WRITE_THROTTLES_KEY_RANGE,
         [LIMIT_MAX_ON_DEMAND] = METRIC_WRITE_THROTTLES_MAX_ON_DEMAND},
    };
    measure_table(call->service, demand->table, demand->index, metrics[demand->is_write][kind], 1);
    if (!refusal->reasons.len) {
        refusal->demand = demand;
        refusal->kind = kind;
        refusal->reasons.items = arena_new_array(call->arena, DynamodbThrottlingReason, REASONS_MAX);
    }
    if (refusal->reasons.len == REASONS_MAX)
        return;
    Bytes arn = table_arn(call, demand->table);
    if (demand->index)
        arn = arena_text(call->arena, BYTES_FMT "/index/" BYTES_FMT, BYTES_ARG(arn), BYTES_ARG(demand->index->name));
    refusal->reasons.items[refusal->reasons.len++] = (DynamodbThrottlingReason){
        .reason = arena_text(call->arena, "%s%s%s", demand->index ? "Index" : "Table",
                             demand->is_write ? "Write" : "Read", limit_words(kind)),
        .resource = arn,
    };
}

typedef struct Limit {
    LimitKind kind;
    double rate, seconds;
} Limit;

static void ask(Call *call, const Demand *demand, Bucket *bucket, const Limit *limit, Asked *asked, Refusal *refusal)
{
    bucket_set(bucket, limit->rate, limit->seconds, call->now_ms);
    if (!bucket_has_room(bucket, demand->units))
        refuse(call, demand, limit->kind, refusal);
    asked->taken[asked->count++] = (Taken){bucket, demand->units};
}

/* aws: on-demand tables serve what they are warm for, double their peak, and 40,000 units at most. */
static Limit on_demand_limit(Call *call, const Demand *demand, double scale, Asked *asked)
{
    const Dynamodb *dynamodb = call->service;
    Units warm = units_warm(demand->table, demand->index ? &demand->index->units : &demand->table->units);
    Peak *peak = value_of(dynamodb->throttles->peaks, bucket_key(call->arena, 'P', demand, (Bytes){0}), sizeof *peak);
    double units = (double)(demand->is_write ? warm.warm_write : warm.warm_read);
    peak_roll(peak, call->now_ms);
    asked->peaks[asked->peaks_count] = peak;
    asked->peak_units[asked->peaks_count++] = demand->units;
    units *= scale;
    if (2 * peak->before > units)
        units = 2 * peak->before;
    if (units < TABLE_UNITS_MAX * scale)
        return (Limit){LIMIT_KEY_RANGE, units, 1};
    return (Limit){LIMIT_ACCOUNT, TABLE_UNITS_MAX * scale, 1};
}

static void ask_all(Call *call, const Demand *demand, Asked *asked, Refusal *refusal)
{
    const Units *units = demand->index ? &demand->index->units : &demand->table->units;
    RateLimits limits = limits_of(call->service, demand->table, call->arena);
    int64_t provisioned = demand->is_write ? units->write : units->read,
            most = demand->is_write ? units->max_write : units->max_read;
    if (!limits.are_enforced || demand->units <= 0)
        return;
    bool is_provisioned = bytes_equal(demand->table->billing_mode, DYNAMODB_BILLING_MODE_PROVISIONED) && provisioned;
    Limit limit = is_provisioned ? (Limit){LIMIT_PROVISIONED, (double)provisioned * limits.scale, BURST_S}
                                 : on_demand_limit(call, demand, limits.scale, asked);
    ask(call, demand, bucket_of(call, is_provisioned ? 'T' : 'D', demand, (Bytes){0}), &limit, asked, refusal);
    if (most > 0 && !is_provisioned)
        ask(call, demand, bucket_of(call, 'M', demand, (Bytes){0}),
            &(Limit){LIMIT_MAX_ON_DEMAND, (double)most * limits.scale, 1}, asked, refusal);
    if (demand->hash.len)
        ask(call, demand, bucket_of(call, 'K', demand, demand->hash),
            &(Limit){LIMIT_KEY_RANGE, (demand->is_write ? KEY_RANGE_WRITES : KEY_RANGE_READS) * limits.scale, 1}, asked,
            refusal);
}

static void remember(Throttles *throttles, Taken taken)
{
    if (throttles->taken_count == throttles->taken_capacity) {
        throttles->taken_capacity = throttles->taken_capacity ? 2 * throttles->taken_capacity : 64;
        throttles->taken = realloc(throttles->taken, throttles->taken_capacity * sizeof *throttles->taken);
        if (!throttles->taken)
            abort();
    }
    throttles->taken[throttles->taken_count++] = taken;
}

static void take(Throttles *throttles, const Asked *asked)
{
    for (size_t i = 0; i < asked->count; i++) {
        bucket_take(asked->taken[i].bucket, asked->taken[i].units);
        remember(throttles, asked->taken[i]);
    }
    for (size_t i = 0; i < asked->peaks_count; i++)
        peak_note(asked->peaks[i], asked->peak_units[i]);
}

/* aws: API Reference, TransactWriteItems, "Cancellation reasons", has these words, but for those of a maximum on
 * demand, which its Developer Guide shows under "Diagnosing throttling". */
static const char *message_of(const Refusal *refusal)
{
    bool is_index = refusal->demand->index;
    if (bytes_equal(refusal->demand->table->billing_mode, DYNAMODB_BILLING_MODE_PROVISIONED))
        return is_index
                   ? "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API"
                   : "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";
    if (refusal->kind == LIMIT_MAX_ON_DEMAND)
        return "Throughput exceeds the maximum OnDemandThroughput configured on table or index";
    if (refusal->kind == LIMIT_ACCOUNT)
        return "Throughput exceeds the current throughput limit for your account. Please contact AWS Support at https://aws.amazon.com/support request a limit increase";
    return is_index && refusal->demand->is_write
               ? "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling your index so please try again shortly."
               : "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html";
}

/* Tables that are provisioned have an error of their own. */
static Status tell(Call *call, const Refusal *refusal)
{
    const char *message = message_of(refusal);
    if (bytes_equal(refusal->demand->table->billing_mode, DYNAMODB_BILLING_MODE_PROVISIONED)) {
        DynamodbProvisionedThroughputExceededException *fields =
            arena_new_of(call->arena, DynamodbProvisionedThroughputExceededException);
        fields->throttling_reasons = refusal->reasons;
        return fail_with(call, &DYNAMODB_PROVISIONED_THROUGHPUT_EXCEEDED, fields, "%s", message);
    }
    if (refusal->kind == LIMIT_ACCOUNT) {
        DynamodbRequestLimitExceeded *fields = arena_new_of(call->arena, DynamodbRequestLimitExceeded);
        fields->throttling_reasons = refusal->reasons;
        return fail_with(call, &DYNAMODB_REQUEST_LIMIT_EXCEEDED, fields, "%s", message);
    }
    DynamodbThrottlingException *fields = arena_new_of(call->arena, DynamodbThrottlingException);
    fields->throttling_reasons = refusal->reasons;
    return fail_with(call, &DYNAMODB_THROTTLED, fields, "%s", message);
}

static Status admit(Call *call, const Demand *demands, size_t count)
{
    const Dynamodb *dynamodb = call->service;
    Asked asked = {.count = 0};
    Refusal refusal = {0};
    for (size_t i = 0; i < count; i++)
        ask_all(call, &demands[i], &asked, &refusal);
    if (refusal.reasons.len)
        return tell(call, &refusal);
    take(dynamodb->throttles, &asked);
    return OK;
}

/* Transactions read and write each item twice. */
static double times(const Call *call)
{
    return capacity_is_of_transaction(call) ? 2 : 1;
}

Status throttle_write_now(Call *call, const Change *change)
{
    const Table *table = change->table;
    Demand demands[1 + INDEXES_GLOBAL_MAX] = {{.table = table, .hash = change->key.hash, .is_write = true}};
    size_t count = 1;
    ChangeCost cost;
    Lookup lookup = {.arena = call->arena};
    change_cost(&call->scope, change, &cost);
    demands[0].units = write_units(cost.table_bytes) * times(call);
    for (size_t i = 0; i < table->indexes_count; i++) {
        const Index *index = &table->indexes[i];
        double units = write_units_of_index(&cost, i) * times(call);
        Key entry = {0};
        if (!index->is_global) {
            demands[0].units += units;
            continue;
        }
        const Item *item = change->after ? change->after : change->before;
        bool has_entry = units > 0 && item && key_of_entry(&lookup, index, item, &change->key, &entry);
        demands[count++] = (Demand){table, index, has_entry ? entry.hash : (Bytes){0}, units, true};
    }
    return admit(call, demands, count);
}

Status throttle_check_now(Call *call, const Change *change)
{
    size_t bytes = change->before ? item_size(change->before) : 0;
    Demand demand = {change->table, NULL, change->key.hash, write_units(bytes) * times(call), true};
    return admit(call, &demand, 1);
}

Status throttle_read_now(Call *call, const ReadCost *cost)
{
    bool is_of_index = cost->index && cost->index->is_global;
    Demand demands[2] = {{cost->table, is_of_index ? cost->index : NULL, cost->hash, cost->units * times(call), false},
                         {cost->table, NULL, (Bytes){0}, cost->fetched_units * times(call), false}};
    return admit(call, demands, 2);
}

void throttle_failed_condition(Call *call, const Table *table, double units)
{
    const Dynamodb *dynamodb = call->service;
    Demand demand = {table, NULL, (Bytes){0}, units, true};
    Asked asked = {.count = 0};
    Refusal refusal = {0};
    if (!dynamodb->throttles)
        return;
    RateLimits limits = limits_of(dynamodb, table, call->arena);
    if (!limits.are_enforced || !table->units.write)
        return;
    ask(call, &demand, bucket_of(call, 'T', &demand, (Bytes){0}),
        &(Limit){LIMIT_PROVISIONED, (double)table->units.write * limits.scale, BURST_S}, &asked, &refusal);
    take(dynamodb->throttles, &asked);
}

Status throttle_end_batch(Call *call, bool is_none_done)
{
    const ErrorModel *error = call->error;
    const void *fields = call->error_fields;
    if (is_none_done)
        return fail_with(call, error, fields, BYTES_FMT, BYTES_ARG(call->message));
    call->error = NULL;
    call->error_fields = NULL;
    return OK;
}

static void fill(Call *call, const Demand *demand)
{
    const Dynamodb *dynamodb = call->service;
    Bucket *bucket = map_get(dynamodb->throttles->buckets, bucket_key(call->arena, 'T', demand, (Bytes){0}));
    if (bucket)
        bucket_fill(bucket, call->now_ms);
}

void throttle_follow(Call *call, const Table *table)
{
    if (!throttle_is_on(call))
        return;
    for (int is_write = 0; is_write < 2; is_write++) {
        fill(call, &(Demand){.table = table, .is_write = is_write});
        for (size_t i = 0; i < table->indexes_count; i++)
            fill(call, &(Demand){.table = table, .index = &table->indexes[i], .is_write = is_write});
    }
}

bool throttle_is_enforced(Call *call, const Table *table)
{
    return throttle_is_on(call) && limits_of(call->service, table, call->arena).are_enforced;
}

bool throttle_is_enforced_for_all(const Call *call)
{
    const Dynamodb *dynamodb = call->service;
    return dynamodb->throttles && dynamodb->throttles->all.are_enforced;
}

bool throttle_takes_operation(const Call *call, int64_t most)
{
    Throttles *throttles = ((const Dynamodb *)call->service)->throttles;
    Bytes key = arena_text(call->arena, "O" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(call->account), BYTES_ARG(call->region));
    Bucket *bucket = value_of(throttles->buckets, key, sizeof *bucket);
    bucket_set(bucket, (double)most * throttles->all.scale, 1, call->now_ms);
    if (!bucket_has_room(bucket, 1))
        return false;
    bucket_take(bucket, 1);
    remember(throttles, (Taken){bucket, 1});
    return true;
}

bool throttle_is_error(const ErrorModel *error)
{
    return error == &DYNAMODB_PROVISIONED_THROUGHPUT_EXCEEDED || error == &DYNAMODB_THROTTLED ||
           error == &DYNAMODB_REQUEST_LIMIT_EXCEEDED;
}

Bytes throttle_code(const ErrorModel *error)
{
    return error == &DYNAMODB_PROVISIONED_THROUGHPUT_EXCEEDED ? TEXT("ProvisionedThroughputExceeded")
                                                              : TEXT("ThrottlingError");
}

bool throttle_refuses_part(Call *call, Status status, DynamodbCancellationReason *reason)
{
    if (is_ok(status))
        return false;
    *reason = (DynamodbCancellationReason){.code = throttle_code(call->error), .message = call->message};
    call->error = NULL;
    call->error_fields = NULL;
    return true;
}

size_t throttle_mark(const Call *call)
{
    const Dynamodb *dynamodb = call->service;
    return dynamodb->throttles ? dynamodb->throttles->taken_count : 0;
}

static void give_back(Throttles *throttles, size_t mark)
{
    while (throttles->taken_count > mark) {
        const Taken *taken = &throttles->taken[--throttles->taken_count];
        bucket_take(taken->bucket, -taken->units);
    }
}

void throttle_give_back(const Call *call, size_t mark)
{
    const Dynamodb *dynamodb = call->service;
    if (dynamodb->throttles)
        give_back(dynamodb->throttles, mark);
}

void throttle_undo(Dynamodb *dynamodb)
{
    if (dynamodb->throttles)
        give_back(dynamodb->throttles, 0);
}

/* Full ones say no more than none. */
static void drop_full(Throttles *throttles, int64_t now_ms)
{
    Map *kept = map_new();
    Bytes key;
    void *value;
    for (size_t at = 0; map_next(throttles->buckets, &at, &key, &value);) {
        if (bucket_is_full(value, now_ms))
            free(value);
        else
            map_put(kept, key, value);
    }
    map_free(throttles->buckets);
    throttles->buckets = map_count(kept) > BUCKETS_MAX ? (map_free_with_values(kept), map_new()) : kept;
    throttles->looked_through = map_count(throttles->buckets);
}

void throttle_settle(Dynamodb *dynamodb)
{
    Throttles *throttles = dynamodb->throttles;
    if (!throttles)
        return;
    throttles->taken_count = 0;
    if (map_count(throttles->buckets) > 2 * throttles->looked_through + 1024)
        drop_full(throttles, clock_now_ms(dynamodb->runtime->clock));
}

static Throttles *throttles_free(Throttles *throttles)
{
    if (!throttles)
        return NULL;
    map_free_with_values(throttles->own);
    map_free_with_values(throttles->buckets);
    map_free_with_values(throttles->peaks);
    free(throttles->taken);
    free(throttles);
    return NULL;
}

static Throttles *throttles_new(RateLimits all)
{
    Throttles *throttles = calloc(1, sizeof *throttles);
    if (!throttles)
        abort();
    throttles->all = all;
    throttles->own = map_new();
    throttles->buckets = map_new();
    throttles->peaks = map_new();
    return throttles;
}

static const RateLimits off = {false, 1};

static RateLimits of_all(const void *service)
{
    const Dynamodb *dynamodb = service;
    return dynamodb->throttles ? dynamodb->throttles->all : off;
}

/* A new rule begins with what is full. With no rule left there is nothing. */
static void begin_anew(Dynamodb *dynamodb)
{
    Throttles *throttles = dynamodb->throttles;
    if (!throttles->all.are_enforced && !map_count(throttles->own)) {
        dynamodb->throttles = throttles_free(throttles);
        return;
    }
    map_free_with_values(throttles->buckets);
    map_free_with_values(throttles->peaks);
    throttles->buckets = map_new();
    throttles->peaks = map_new();
    throttles->taken_count = throttles->looked_through = 0;
}

static void set_all(void *service, RateLimits limits)
{
    Dynamodb *dynamodb = service;
    if (!dynamodb->throttles)
        dynamodb->throttles = throttles_new(limits);
    dynamodb->throttles->all = limits;
    begin_anew(dynamodb);
}

static void set_one(void *service, LimitedThing thing, const RateLimits *limits)
{
    Dynamodb *dynamodb = service;
    Arena *arena = arena_new();
    if (!dynamodb->throttles)
        dynamodb->throttles = throttles_new(off);
    Bytes key = table_map_key(arena, thing.account, thing.region, thing.name);
    RateLimits *copy = limits ? malloc(sizeof *copy) : NULL;
    if (limits && !copy)
        abort();
    if (copy)
        *copy = *limits;
    Map *own = dynamodb->throttles->own;
    free(copy ? map_put(own, key, copy) : map_remove(own, key));
    begin_anew(dynamodb);
    arena_free(arena);
}

static bool next(const void *service, size_t *at, LimitedThing *ret_thing, RateLimits *ret_limits)
{
    const Dynamodb *dynamodb = service;
    Bytes key;
    void *limits;
    if (!dynamodb->throttles || !map_next(dynamodb->throttles->own, at, &key, &limits))
        return false;
    ret_thing->account = bytes_cut(&key, 0);
    ret_thing->region = bytes_cut(&key, 0);
    ret_thing->name = key;
    *ret_limits = *(const RateLimits *)limits;
    return true;
}

const RateLimitsOf dynamodb_rate_limits = {"table", "tables", of_all, set_all, set_one, next};

void throttle_open(Dynamodb *dynamodb)
{
    const Config *config = dynamodb->runtime->config;
    if (config && config_choice(config, SETTING_LIMITS) == LIMITS_AWS)
        set_all(dynamodb, (RateLimits){true, 1});
}

void throttle_close(Dynamodb *dynamodb)
{
    dynamodb->throttles = throttles_free(dynamodb->throttles);
}
