/* sub_records.c - RecordDeAggregation: several events in one record become records of their own.
 * aws: Developer Guide, "Apply dynamic partitioning to aggregated data": consecutive JSON objects, or what stands
 * between delimiters, at most 500 in a record. Whether an object is good JSON inside is whoever reads it to say. */
#include "base64.h"
#include "json_marks.h"
#include "processing.h"

typedef struct SubRecords {
    Bytes rest, delimiter;
    bool is_broken;
} SubRecords;

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The length of the object that begins the text; 0: it does not end. */
static size_t object_len(Bytes text)
{
    size_t depth = 0;
    char c;
    for (JsonMarks marks = {.text = text}; json_marks_next(&marks, &c);)
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return marks.at;
    return 0;
}

static bool next_object(SubRecords *records, Bytes *ret)
{
    Bytes *rest = &records->rest;
    while (rest->len && is_space(*rest->ptr))
        *rest = bytes_slice(*rest, 1, rest->len - 1);
    if (!rest->len)
        return false;
    size_t len = *rest->ptr == '{' ? object_len(*rest) : 0;
    records->is_broken = !len;
    *ret = bytes_slice(*rest, 0, len);
    *rest = bytes_slice(*rest, len, rest->len - len);
    return !records->is_broken;
}

static bool next_delimited(SubRecords *records, Bytes *ret)
{
    Bytes *rest = &records->rest, delimiter = records->delimiter;
    if (!rest->len)
        return false;
    const char *found = memmem(rest->ptr, rest->len, delimiter.ptr, delimiter.len);
    size_t len = found ? (size_t)(found - rest->ptr) : rest->len, taken = found ? len + delimiter.len : len;
    *ret = bytes_slice(*rest, 0, len);
    *rest = bytes_slice(*rest, taken, rest->len - taken);
    return true;
}

static bool next_of(SubRecords *records, Bytes *ret)
{
    return records->delimiter.len ? next_delimited(records, ret) : next_object(records, ret);
}

static SubRecords begin(Processing *processing, const Stage *at, const Passing *record)
{
    Bytes type = processor_parameter(at->settings, FIREHOSE_PROCESSOR_PARAMETER_NAME_SUBRECORDTYPE);
    Bytes text = processor_parameter(at->settings, FIREHOSE_PROCESSOR_PARAMETER_NAME_DELIMITER);
    SubRecords records = {.rest = record->data};
    if (!bytes_is(type, "DELIMITED"))
        return records;
    char *delimiter = arena_take_raw(processing->arena, base64_decoded_max(text.len) + 1);
    ptrdiff_t len = base64_decode(delimiter, text);
    records.delimiter = (Bytes){delimiter, len > 0 ? (size_t)len : 0};
    return records;
}

/* All of them or none: what cannot be taken apart whole is told whole. */
void split_record(Processing *processing, const Stage *at, const Passing *record)
{
    SubRecords records = begin(processing, at, record), again = records;
    Bytes data;
    size_t count = 0;
    while (count <= SUB_RECORDS_MAX && next_of(&records, &data))
        count++;
    if (records.is_broken)
        processing_fail(processing, record, CODE_SUB_RECORDS, "The record is not a row of JSON objects.");
    else if (count > SUB_RECORDS_MAX)
        processing_fail(processing, record, CODE_SUB_RECORDS, "The record holds more than 500 records.");
    else
        while (next_of(&again, &data))
            if (data.len)
                processing_pass(processing, at, &(Passing){data, record->arrival_ms});
}
