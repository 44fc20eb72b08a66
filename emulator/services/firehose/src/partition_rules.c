/* partition_rules.c - what a destination with partitions must be. aws: Developer Guide, "Enable dynamic partitioning",
 * "Understand partitioning keys", "Use Amazon S3 bucket prefix to deliver data"; the words that are AWS's are those
 * that users have seen. */
#include "partitions.h"

#define SIZE_MB_MIN INT64_C(64)

static Status invalid(Call *call, const char *message)
{
    return fail(call, &FIREHOSE_INVALID_ARGUMENT, "%s", message);
}

static bool is_enabled(const Destination *destination)
{
    return destination->dynamic_partitioning_configuration && destination->dynamic_partitioning_configuration->enabled;
}

typedef struct KeyReader {
    Bytes rest;
    int depth;
    bool is_string;
} KeyReader;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static Bytes skip(Bytes text, size_t count)
{
    return bytes_slice(text, count, text.len - count);
}

/* Behind the next comma of this depth. */
static void next_member(KeyReader *reader)
{
    for (; reader->rest.len; reader->rest = skip(reader->rest, 1)) {
        char c = *reader->rest.ptr;
        if (c == '\\' && reader->is_string && reader->rest.len > 1)
            reader->rest = skip(reader->rest, 1);
        else if (c == '"')
            reader->is_string = !reader->is_string;
        else if (!reader->is_string && c == ',' && reader->depth == 1)
            break;
        else if (!reader->is_string)
            reader->depth += (c == '{' || c == '(' || c == '[') - (c == '}' || c == ')' || c == ']');
    }
    if (reader->rest.len)
        reader->rest = skip(reader->rest, 1);
}

/* The members of {a: …, "b": …, c}. */
static bool next_key(KeyReader *reader, Bytes *ret)
{
    if (reader->depth)
        next_member(reader);
    else if (reader->rest.len)
        reader->rest = skip(reader->rest, 1); /* the first bracket */
    reader->depth = 1;
    while (reader->rest.len && !is_letter(*reader->rest.ptr) && *reader->rest.ptr != '}')
        reader->rest = skip(reader->rest, 1);
    size_t len = 0;
    while (len < reader->rest.len && is_letter(reader->rest.ptr[len]))
        len++;
    *ret = bytes_slice(reader->rest, 0, len);
    reader->rest = skip(reader->rest, len);
    if (reader->rest.len && *reader->rest.ptr == '"') /* it stood in quotes */
        reader->rest = skip(reader->rest, 1);
    return len > 0;
}

static bool has_key(Bytes query, Bytes wanted)
{
    Bytes key;
    for (KeyReader reader = {.rest = query}; next_key(&reader, &key);)
        if (bytes_equal(key, wanted))
            return true;
    return false;
}

/* Each key that the prefix names is told by the query, and each that it tells stands in the prefix. */
static Status check_keys(Call *call, const Destination *destination, Bytes query)
{
    Bytes key;
    for (size_t at = 0; prefix_next_key(destination->prefix, &at, &key);)
        if (!has_key(query, key))
            return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                        "Prefix has the partition key " BYTES_FMT ", which MetadataExtractionQuery does not have.",
                        BYTES_ARG(key));
    for (KeyReader reader = {.rest = query}; next_key(&reader, &key);)
        if (!prefix_has_key(destination->prefix, key))
            return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                        "MetadataExtractionQuery has the partition key " BYTES_FMT ", which Prefix does not have.",
                        BYTES_ARG(key));
    return OK;
}

static Status check_query(Call *call, const Destination *destination, const FirehoseProcessor *extraction)
{
    Bytes engine = processor_parameter(extraction, FIREHOSE_PROCESSOR_PARAMETER_NAME_JSONPARSINGENGINE);
    Bytes query = processor_parameter(extraction, FIREHOSE_PROCESSOR_PARAMETER_NAME_METADATAEXTRACTIONQUERY);
    if (!bytes_is(engine, "JQ-1.6"))
        return invalid(call, "MetadataExtraction needs the parameter JsonParsingEngine, JQ-1.6.");
    if (!query.len || *query.ptr != '{')
        return invalid(
            call, "MetadataExtraction needs the parameter MetadataExtractionQuery, an object of keys: {key: .value}.");
    Bytes forbidden = query_forbidden_name(query);
    if (present(forbidden))
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    "MetadataExtractionQuery cannot use " BYTES_FMT ": it sees its record and nothing else.",
                    BYTES_ARG(forbidden));
    return check_keys(call, destination, query);
}

Status partitions_check(Call *call, const Destination *destination, const Destination *before)
{
    const FirehoseProcessor *extraction =
        processor_of(destination->processing_configuration, FIREHOSE_PROCESSOR_TYPE_METADATAEXTRACTION);
    if (!is_enabled(destination))
        return extraction
                   ? invalid(call,
                             "MetadataExtraction processor can only be present when Dynamic Partitioning is enabled.")
                   : OK;
    /* aws: "You can enable dynamic partitioning only when you create a new Firehose stream." */
    if (before && !is_enabled(before))
        return invalid(call, "Dynamic Partitioning cannot be enabled for a stream that was created without it.");
    if (!extraction)
        return invalid(call, "MetadataExtraction processor should be present when Dynamic Partitioning is enabled.");
    if (destination->buffering_hints->size_in_m_bs < SIZE_MB_MIN)
        return invalid(call, "BufferingHints.SizeInMBs must be at least 64 when Dynamic Partitioning is enabled.");
    return check_query(call, destination, extraction);
}

typedef struct Asking {
    Call *call;
    QueryCheck check;
    QueryJob job;
} Asking;

static Status answered(Call *call, void *context)
{
    const Asking *asking = context;
    if (asking->job.is_refused)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "MetadataExtractionQuery is no query of JQ-1.6: " BYTES_FMT,
                    BYTES_ARG(asking->job.message));
    return asking->check.go_on(call, asking->check.context);
}

static void on_answer(QueryJob *job, void *context)
{
    Asking *asking = context;
    (void)job;
    call_go_on(asking->call, answered, asking);
}

static void cancelled(void *context)
{
    Asking *asking = context;
    queries_forget(((Firehose *)asking->call->service)->queries, &asking->job);
}

Status partition_query_check(Call *call, const Destination *destination, QueryCheck check)
{
    Firehose *firehose = call->service;
    Bytes query = partition_query(destination);
    if (!present(query))
        return OK;
    Asking *asking = arena_new_of(call->arena, Asking);
    asking->call = call;
    asking->check = check;
    asking->job = (QueryJob){.program = query, .arena = call->arena, .done = on_answer, .context = asking};
    queries_do(firehose->queries, &asking->job);
    return call_wait(call, &(CallWait){0, cancelled, asking});
}
