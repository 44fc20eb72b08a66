/* failures.c - /_evpoc/glue/failures: the schema versions that failed their compatibility check, newest first: where
 * and why. */
#include "schema.h"

static const Query failures = {
    "SELECT r.account, r.region, r.name, s.name, v.number, v.id, v.mode, v.path, v.reason, v.created_ms"
    " FROM glue_version v JOIN glue_schema s ON s.id = v.schema_id JOIN glue_registry r ON r.id = s.registry_id"
    " WHERE v.status = 'FAILURE' ORDER BY v.created_ms DESC LIMIT 100"};

static json_t *text_of(Statement *row, int at)
{
    Bytes text = column_bytes(row, at);
    return present(text) ? json_stringn(text.ptr, text.len) : json_null();
}

static json_t *failure_of(Arena *arena, Statement *row)
{
    Bytes resource = arena_text(arena, "schema/" BYTES_FMT "/" BYTES_FMT, BYTES_ARG(column_bytes(row, 2)),
                                BYTES_ARG(column_bytes(row, 3)));
    Bytes arn = arn_text(arena, "glue", column_bytes(row, 1), column_bytes(row, 0), resource);
    Bytes time = time_text(arena, column_int64(row, 9));
    return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o, s:o}", "schemaArn", json_stringn(arn.ptr, arn.len), "version",
                     (json_int_t)column_int64(row, 4), "schemaVersionId", text_of(row, 5), "mode", text_of(row, 6),
                     "path", text_of(row, 7), "reason", text_of(row, 8), "createdTime",
                     json_stringn(time.ptr, time.len));
}

static int list_failures(Glue *glue, Arena *arena, json_t *list)
{
    int code;
    Statement *rows = statement_begin(glue->runtime->store, &failures);
    while ((code = statement_step(rows)) == STORE_ROW)
        json_array_append_new(list, failure_of(arena, rows));
    return code;
}

void failures_page(void *context, HttpRequest *request, HttpResponse *response)
{
    Glue *glue = context;
    json_t *list = json_array();
    if (list_failures(glue, request->arena, list) != STORE_OK)
        page_fail(response, 500, "The failures could not be read: %s", store_error(glue->runtime->store));
    else
        page_answer(response, json_pack("{s:O}", "failures", list));
    json_decref(list);
}
