/* processing.c - the order of the processors, and what each of them may be told. */
#include "processing.h"
#include "base64.h"

/* In the order in which they are passed; without a function: they stand elsewhere. */
static const struct {
    const char *type;
    void (*run)(Processing *processing, const Stage *at, const Passing *record);
} kinds[] = {
    {"Decompression", decompress_record},
    {"CloudWatchLogProcessing", take_log_messages},
    {"RecordDeAggregation", split_record},
};

Bytes processor_parameter(const FirehoseProcessor *processor, Bytes name)
{
    for (size_t i = 0; i < processor->parameters.len; i++)
        if (bytes_equal(processor->parameters.items[i].parameter_name, name))
            return processor->parameters.items[i].parameter_value;
    return (Bytes){0};
}

const FirehoseProcessor *processor_of(const FirehoseProcessingConfiguration *settings, Bytes type)
{
    for (size_t i = 0; settings && settings->enabled && i < settings->processors.len; i++)
        if (bytes_equal(settings->processors.items[i].type, type))
            return &settings->processors.items[i];
    return NULL;
}

void processing_of(Processing *processing, const FirehoseProcessingConfiguration *settings)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const FirehoseProcessor *processor = processor_of(settings, bytes_of(kinds[i].type));
        if (processor)
            processing->stages[count++] = (Stage){kinds[i].run, processor};
    }
    processing->stages[count] = (Stage){0};
}

static void enter(Processing *processing, const Stage *stage, const Passing *record)
{
    if (stage->run)
        stage->run(processing, stage, record);
    else
        processing->passed(processing->context, record);
}

void processing_run(Processing *processing, const Passing *record)
{
    enter(processing, processing->stages, record);
}

void processing_pass(Processing *processing, const Stage *from, const Passing *record)
{
    enter(processing, from + 1, record);
}

void processing_fail(Processing *processing, const Passing *record, Bytes code, const char *message)
{
    Failing failing = {*record, code, bytes_of(message), 1};
    processing->failed(processing->context, &failing);
}

/* aws: its parameter is spelled as in a Java string: \n. */
static Bytes unescaped(Arena *arena, Bytes text)
{
    char *out = arena_take_raw(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' && i + 1 < text.len) {
            c = text.ptr[++i];
            c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
        }
        out[len++] = c;
    }
    return (Bytes){out, len};
}

Bytes processing_delimiter(Arena *arena, const FirehoseProcessingConfiguration *settings)
{
    const FirehoseProcessor *processor = processor_of(settings, FIREHOSE_PROCESSOR_TYPE_APPENDDELIMITERTORECORD);
    if (!processor)
        return TEXT("");
    Bytes delimiter = processor_parameter(processor, FIREHOSE_PROCESSOR_PARAMETER_NAME_DELIMITER);
    return present(delimiter) ? unescaped(arena, delimiter) : TEXT("\n");
}

static Status invalid(Call *call, const char *message)
{
    return fail(call, &FIREHOSE_INVALID_ARGUMENT, "%s", message);
}

static Status check_splitting(Call *call, const FirehoseProcessor *processor)
{
    Bytes type = processor_parameter(processor, FIREHOSE_PROCESSOR_PARAMETER_NAME_SUBRECORDTYPE);
    Bytes delimiter = processor_parameter(processor, FIREHOSE_PROCESSOR_PARAMETER_NAME_DELIMITER);
    if (bytes_is(type, "JSON"))
        return OK;
    if (!bytes_is(type, "DELIMITED"))
        return invalid(call, "RecordDeAggregation needs the parameter SubRecordType, JSON or DELIMITED.");
    char *decoded = arena_take_raw(call->arena, base64_decoded_max(delimiter.len) + 1);
    if (!delimiter.len || base64_decode(decoded, delimiter) <= 0)
        return invalid(call, "RecordDeAggregation of DELIMITED records needs the parameter Delimiter, in base64.");
    return OK;
}

/* aws: Developer Guide, "Enable decompression": "CloudWatchLogProcessing … can only be used with Decompression" */
static Status check_logs(Call *call, const FirehoseProcessingConfiguration *settings)
{
    const FirehoseProcessor *decompression = processor_of(settings, FIREHOSE_PROCESSOR_TYPE_DECOMPRESSION);
    const FirehoseProcessor *messages = processor_of(settings, FIREHOSE_PROCESSOR_TYPE_CLOUDWATCHLOGPROCESSING);
    if (decompression &&
        !bytes_is(processor_parameter(decompression, FIREHOSE_PROCESSOR_PARAMETER_NAME_COMPRESSIONFORMAT), "GZIP"))
        return invalid(call, "Decompression needs the parameter CompressionFormat, GZIP.");
    if (!messages)
        return OK;
    if (!decompression)
        return invalid(call, "CloudWatchLogProcessing needs the processor Decompression.");
    Bytes extracts = processor_parameter(messages, FIREHOSE_PROCESSOR_PARAMETER_NAME_DATAMESSAGEEXTRACTION);
    return bytes_is(extracts, "true") || bytes_is(extracts, "false")
               ? OK
               : invalid(call, "CloudWatchLogProcessing needs the parameter DataMessageExtraction, true or false.");
}

static Status check_types(Call *call, const FirehoseProcessorList *processors)
{
    for (size_t i = 0; i < processors->len; i++) {
        Bytes type = processors->items[i].type;
        if (bytes_equal(type, FIREHOSE_PROCESSOR_TYPE_LAMBDA))
            return fail(call, &COMMON_NOT_IMPLEMENTED, "The processor " BYTES_FMT " is not implemented.",
                        BYTES_ARG(type));
        for (size_t other = 0; other < i; other++)
            if (bytes_equal(type, processors->items[other].type))
                return fail(call, &FIREHOSE_INVALID_ARGUMENT, "There can be only one processor " BYTES_FMT ".",
                            BYTES_ARG(type));
    }
    return OK;
}

Status processors_check(Call *call, const FirehoseProcessingConfiguration *settings)
{
    if (!settings || !settings->enabled)
        return OK;
    const FirehoseProcessor *splitting = processor_of(settings, FIREHOSE_PROCESSOR_TYPE_RECORDDEAGGREGATION);
    TRY(check_types(call, &settings->processors));
    if (splitting)
        TRY(check_splitting(call, splitting));
    return check_logs(call, settings);
}
