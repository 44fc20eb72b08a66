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

static void append_member(Buffer *out, const char *name, Bytes text)
{
    buffer_append_format(out, ",\"%s\":", name);
    if (present(text))
        append_text(out, text);
    else
        buffer_append_text(out, "null");
}

static void append_data(Buffer *out, Bytes data)
{
    buffer_append_text(out, ",\"rawData\":\"");
    out->len += base64_encode(buffer_reserve(out, base64_encoded_len(data.len)), data);
    buffer_append_char(out, '"');
}

void failing_append_conversion(Buffer *out, const Failing *failing, const FailedTable *table, int64_t now_ms)
{
    const Passing *record = &failing->record;
    buffer_append_format(out, "{\"attemptsMade\":%lld,\"arrivalTimestamp\":%lld", (long long)failing->attempts,
                         (long long)record->arrival_ms);
    append_member(out, "lastErrorCode", failing->code);
    append_member(out, "lastErrorMessage", failing->message);
    buffer_append_format(out, ",\"attemptEndingTimestamp\":%lld", (long long)now_ms);
    append_data(out, record->data);
    buffer_append_text(out, ",\"sequenceNumber\":null,\"subSequenceNumber\":null,\"dataCatalogTable\":{\"catalogId\":");
    if (present(table->catalog_id))
        append_text(out, table->catalog_id);
    else
        buffer_append_text(out, "null");
    append_member(out, "databaseName", table->database);
    append_member(out, "tableName", table->table);
    append_member(out, "region", table->region);
    append_member(out, "versionId", table->version);
    append_member(out, "catalogArn", (Bytes){0});
    buffer_append_text(out, "}}\n");
}

void failing_append(Buffer *out, const Failing *failing, int64_t now_ms)
{
    const Passing *record = &failing->record;
    buffer_append_format(out, "{\"attemptsMade\":%lld,\"arrivalTimestamp\":%lld", (long long)failing->attempts,
                         (long long)record->arrival_ms);
    append_member(out, "errorCode", failing->code);
    append_member(out, "errorMessage", failing->message);
    buffer_append_format(out, ",\"attemptEndingTimestamp\":%lld", (long long)now_ms);
    append_data(out, record->data);
    buffer_append_text(out, "}\n");
}
