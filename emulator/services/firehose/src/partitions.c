/* partitions.c - of one delivery: records that wait for their keys, and the objects of each set of keys. */
#include "partitions.h"
#include "metrics.h"
#include "outlet.h"
#include <jansson.h>
#include <stdlib.h>

#define CODE_EXTRACTION TEXT("DynamicPartitioning.MetadataExtractionFailed")
#define CODE_LIMIT      TEXT("DynamicPartitioning.ActivePartitionsLimitExceeded")
#define CODE_PREFIX     TEXT("DynamicPartitioning.PrefixEvaluationFailed")

struct Partitions {
    Delivery *delivery;
    Arena *arena; /* of the records at hand */
    Passing *records;
    Bytes *inputs;
    size_t count, capacity;
    Map *outlets; /* by the keys, as JSON */
    QueryJob job;
    bool is_waiting;
    int64_t asked_ns;
};

Bytes partition_query(const FirehoseExtendedS3DestinationDescription *destination)
{
    const FirehoseDynamicPartitioningConfiguration *partitioning = destination->dynamic_partitioning_configuration;
    const FirehoseProcessor *extraction =
        processor_of(destination->processing_configuration, FIREHOSE_PROCESSOR_TYPE_METADATAEXTRACTION);
    return partitioning && partitioning->enabled && extraction
               ? processor_parameter(extraction, FIREHOSE_PROCESSOR_PARAMETER_NAME_METADATAEXTRACTIONQUERY)
               : (Bytes){0};
}

struct Partitions *partitions_new(Delivery *delivery)
{
    Bytes query = partition_query(delivery->destination);
    if (!present(query))
        return NULL;
    struct Partitions *partitions = calloc(1, sizeof *partitions);
    if (!partitions)
        abort();
    partitions->delivery = delivery;
    partitions->arena = arena_new();
    partitions->outlets = map_new();
    partitions->job.program = query;
    return partitions;
}

struct Partitions *partitions_free(struct Partitions *partitions)
{
    if (!partitions)
        return NULL;
    if (partitions->is_waiting)
        queries_forget(partitions->delivery->firehose->queries, &partitions->job);
    map_free(partitions->outlets);
    arena_free(partitions->arena);
    free(partitions);
    return NULL;
}

bool partitions_wait(const struct Partitions *partitions)
{
    return partitions && partitions->is_waiting;
}

size_t partitions_count(const struct Partitions *partitions)
{
    return partitions ? map_count(partitions->outlets) : 0;
}

static void *grown(Arena *arena, const void *items, size_t size, size_t wanted)
{
    return items ? arena_grown(arena, items, size, wanted) : arena_take(arena, wanted);
}

void partitions_take(struct Partitions *partitions, const Passing *record)
{
    if (partitions->count == partitions->capacity) {
        size_t before = partitions->capacity, after = before ? 2 * before : 256;
        partitions->records = grown(partitions->arena, partitions->records, before * sizeof *partitions->records,
                                    after * sizeof *partitions->records);
        partitions->inputs = grown(partitions->arena, partitions->inputs, before * sizeof *partitions->inputs,
                                   after * sizeof *partitions->inputs);
        partitions->capacity = after;
    }
    Passing copy = {arena_copy(partitions->arena, record->data), record->arrival_ms};
    partitions->inputs[partitions->count] = copy.data;
    partitions->records[partitions->count++] = copy;
}

/* The shorter of both that is the number still. */
static Bytes real_text(Arena *arena, double number)
{
    Bytes text = arena_text(arena, "%.15g", number);
    return strtod(text.ptr, NULL) == number ? text : arena_text(arena, "%.17g", number);
}

/* The value of a key, as the prefix has it. False: it has none. */
static bool value_of(Arena *arena, const json_t *value, Bytes *ret)
{
    if (json_is_string(value))
        *ret = (Bytes){json_string_value(value), json_string_length(value)};
    else if (json_is_integer(value))
        *ret = arena_text(arena, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        *ret = real_text(arena, json_real_value(value));
    else if (json_is_boolean(value))
        *ret = json_is_true(value) ? TEXT("true") : TEXT("false");
    else
        return false;
    return ret->len > 0;
}

typedef struct Keys {
    Arena *arena;
    json_t *object;
} Keys;

static bool key_of(const void *context, Bytes name, Bytes *ret)
{
    const Keys *keys = context;
    return value_of(keys->arena, json_object_get(keys->object, arena_cstr(keys->arena, name)), ret);
}

static bool are_keys(const Keys *keys)
{
    const char *name;
    json_t *value;
    Bytes text;
    json_object_foreach(keys->object, name, value) if (!value_of(keys->arena, value, &text)) return false;
    return json_is_object(keys->object);
}

static void fail_record(struct Partitions *partitions, const Passing *record, Bytes code, Bytes message)
{
    Failing failing = {*record, code, message, 1};
    delivery_fail(partitions->delivery, &failing);
}

/* NULL: the record has failed, or the delivery has. */
static Outlet *open_for(struct Partitions *partitions, const Passing *record, const Keys *keys)
{
    Delivery *delivery = partitions->delivery;
    PrefixValues values = {.time = outlet_time(delivery, record->arrival_ms),
                           .random = delivery->firehose->runtime->random,
                           .partition_key = key_of,
                           .partition_keys = keys};
    Buffer prefix = {0};
    Outlet *outlet = NULL;
    PrefixFault fault = prefix_evaluate(&prefix, delivery->destination->prefix, &values);
    if (map_count(partitions->outlets) >= PARTITIONS_MAX) {
        fail_record(partitions, record, CODE_LIMIT, TEXT("More than 500 partitions are active."));
    } else if (fault != PREFIX_FINE || prefix.len > PREFIX_EVALUATED_MAX) {
        fail_record(partitions, record, CODE_PREFIX, TEXT("The prefix does not evaluate to at most 512 characters."));
    } else {
        OutletSettings settings = delivery_settings(delivery, record->arrival_ms);
        settings.prefix = arena_copy(delivery->arena, buffer_bytes(&prefix));
        settings.is_one_of_many = true;
        outlet = delivery_open_outlet(delivery, &settings);
    }
    buffer_done(&prefix);
    return outlet;
}

static void route(struct Partitions *partitions, const Passing *record, const QueryResult *result)
{
    json_error_t error;
    Keys keys = {partitions->arena, NULL};
    Outlet *outlet = result->is_good ? map_get(partitions->outlets, result->text) : NULL;
    if (result->is_good && !outlet) {
        keys.object = json_loadb(result->text.ptr, result->text.len, JSON_DECODE_ANY, &error);
        if (!are_keys(&keys))
            fail_record(partitions, record, CODE_EXTRACTION, TEXT("partitionKeys values must not be null or empty"));
        else if ((outlet = open_for(partitions, record, &keys)))
            map_put(partitions->outlets, result->text, outlet);
        json_decref(keys.object);
    }
    if (outlet)
        delivery_pass(partitions->delivery, outlet, record);
    if (!result->is_good)
        fail_record(partitions, record, CODE_EXTRACTION, result->text);
}

static void on_answers(QueryJob *job, void *context)
{
    struct Partitions *partitions = context;
    Delivery *delivery = partitions->delivery;
    double took_ms = (double)(monotonic_ns() - partitions->asked_ns) / 1e6;
    for (size_t i = 0; i < partitions->count && delivery->code == STORE_OK; i++)
        route(partitions, &partitions->records[i], &job->results[i]);
    delivery_metric(delivery->firehose, &delivery->stream, METRIC_QUERY_DURATION, took_ms);
    partitions->is_waiting = false;
    partitions->count = partitions->capacity = 0;
    partitions->records = NULL;
    partitions->inputs = NULL;
    arena_reset(partitions->arena);
    deliveries_are_answered(delivery->firehose);
}

bool partitions_ask(struct Partitions *partitions)
{
    if (!partitions || !partitions->count)
        return false;
    QueryJob *job = &partitions->job;
    *job = (QueryJob){.program = job->program,
                      .inputs = partitions->inputs,
                      .count = partitions->count,
                      .arena = partitions->arena,
                      .done = on_answers,
                      .context = partitions};
    partitions->is_waiting = true;
    partitions->asked_ns = monotonic_ns();
    queries_do(partitions->delivery->firehose->queries, job);
    return true;
}
