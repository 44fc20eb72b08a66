/* log_messages.c - CloudWatchLogProcessing: of what CloudWatch Logs sends, the messages alone.
 * aws: Developer Guide, "Message extraction after decompression of CloudWatch Logs": "Firehose filters out all
 * metadata, such as owner, loggroup, logstream, and others, and delivers only the content inside the message fields";
 * each ends with a new line. The look whether a destination is there (CONTROL_MESSAGE) has no message of anybody's. */
#include "buffer.h"
#include "json_marks.h"
#include "processing.h"
#include <jansson.h>

#define VALUES_MAX 100000

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

/* False: it is not what CloudWatch Logs sends. */
static bool collect(const json_t *events, Buffer *out)
{
    size_t at;
    json_t *event;
    json_array_foreach(events, at, event)
    {
        const json_t *message = json_object_get(event, "message");
        if (!json_is_string(message))
            return false;
        buffer_append(out, (Bytes){json_string_value(message), json_string_length(message)});
        buffer_append_char(out, '\n');
    }
    return json_is_array(events);
}

void take_log_messages(Processing *processing, const Stage *at, const Passing *record)
{
    Bytes extracts = processor_parameter(at->settings, FIREHOSE_PROCESSOR_PARAMETER_NAME_DATAMESSAGEEXTRACTION);
    if (!bytes_is(extracts, "true")) {
        processing_pass(processing, at, record);
        return;
    }
    json_error_t error;
    if (json_marks_values(record->data) > VALUES_MAX + 1) {
        processing_fail(processing, record, CODE_LOG_MESSAGES, "The record has more than 100,000 values.");
        return;
    }
    json_t *sent = json_loadb(record->data.ptr, record->data.len, JSON_ALLOW_NUL, &error);
    Buffer out = {0};
    bool is_look = bytes_is(bytes_of(text_of(sent, "messageType")), "CONTROL_MESSAGE");
    if (!is_look && !collect(json_object_get(sent, "logEvents"), &out))
        processing_fail(processing, record, CODE_LOG_MESSAGES, "The record is not in the format of CloudWatch Logs.");
    else if (out.len)
        processing_pass(processing, at, &(Passing){buffer_bytes(&out), record->arrival_ms});
    json_decref(sent);
    buffer_done(&out);
}
