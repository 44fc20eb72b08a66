/* failing.c */
#include "failing.h"
#include "base64.h"
#include <jansson.h>
#include <stdlib.h>

static void append_text(Buffer *out, Bytes text)
{
    Buffer clean = {0};
    buffer_append_utf8(&clean, text);
    json_t *string = json_stringn(clean.ptr ? clean.ptr : "", clean.len);
    char *spelled = json_dumps(string, JSON_ENCODE_ANY);
    if (!spelled)
        abort();
    buffer_append_text(out, spelled);
    free(spelled);
    json_decref(string);
    buffer_done(&clean);
}

void failing_append(Buffer *out, const Failing *failing, int64_t now_ms)
{
    const Passing *record = &failing->record;
    buffer_append_format(out, "{\"attemptsMade\":%lld,\"arrivalTimestamp\":%lld,\"errorCode\":",
                         (long long)failing->attempts, (long long)record->arrival_ms);
    append_text(out, failing->code);
    buffer_append_text(out, ",\"errorMessage\":");
    append_text(out, failing->message);
    buffer_append_format(out, ",\"attemptEndingTimestamp\":%lld,\"rawData\":\"", (long long)now_ms);
    out->len += base64_encode(buffer_reserve(out, base64_encoded_len(record->data.len)), record->data);
    buffer_append_text(out, "\"}\n");
}
