/* processors.c - what Firehose does to records: the first byte chooses the processors (or, with all its bits, what a
 * query of jq may name), the rest is a record as it comes from Kinesis, taken apart first. Whatever fails is told, in
 * JSON. */
#include "aggregate.h"
#include "failing.h"
#include "fuzz.h"
#include "processing.h"
#include "query.h"
#include <jansson.h>

static void on_passed(void *context, const Passing *record)
{
    *(size_t *)context += record->data.len;
}

static void on_failed(void *context, const Failing *failing)
{
    Buffer line = {0};
    json_error_t error;
    (void)context;
    failing_append(&line, failing, 1);
    json_t *told = json_loadb(line.ptr, line.len, 0, &error);
    EXPECT(json_object_size(told) == 6);
    json_decref(told);
    buffer_done(&line);
}

#define TEXT_(literal)                                                                                                 \
    {                                                                                                                  \
        (literal), sizeof(literal) - 1                                                                                 \
    }
static FirehoseProcessorParameter parameters[] = {{TEXT_("DataMessageExtraction"), TEXT_("true")},
                                                  {TEXT_("SubRecordType"), TEXT_("JSON")},
                                                  {TEXT_("SubRecordType"), TEXT_("DELIMITED")},
                                                  {TEXT_("Delimiter"), TEXT_("IyM=")}};

static FirehoseProcessor processors[] = {{TEXT_("Decompression"), {NULL, 0}},
                                         {TEXT_("CloudWatchLogProcessing"), {parameters, 1}},
                                         {TEXT_("RecordDeAggregation"), {parameters + 1, 1}},
                                         {TEXT_("RecordDeAggregation"), {parameters + 2, 2}}};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FirehoseProcessor chosen[COUNT_OF(processors)];
    FirehoseProcessingConfiguration settings = {true, true, {chosen, 0}};
    Bytes text = {(const char *)data + 1, size ? size - 1 : 0}, record;
    size_t passed = 0, bytes = 0;
    if (!size)
        return 0;
    if (data[0] == 0xff)
        return query_forbidden_name(text).len > text.len;
    for (size_t i = 0; i < COUNT_OF(processors); i++)
        if (data[0] & 1 << i)
            chosen[settings.processors.len++] = processors[i];
    Processing processing = {.arena = arena_new(), .passed = on_passed, .failed = on_failed, .context = &passed};
    processing_of(&processing, &settings);
    for (Aggregate aggregate = aggregate_of(text); aggregate_next(&aggregate, &record); bytes += record.len)
        processing_run(&processing, &(Passing){record, 1});
    EXPECT(bytes <= text.len && (data[0] & 3 || passed <= bytes));
    arena_free(processing.arena);
    return 0;
}
