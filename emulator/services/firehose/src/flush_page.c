/* flush_page.c - /_evpoc/firehose/flush: {"stream": NAME, "account": …, "region": …}; without a name, all there are.
 * Answers what is still buffered, and why, when all that can be delivered has been. */
#include "deliveries.h"
#include "pages.h"
#include "source.h"
#include <stdlib.h>

static const Query flush_all = {
    "UPDATE firehose_stream SET flush_to = next, retry_ms = 0, due_ms = 0 WHERE next > position AND NOT is_deleting"};
static const Query flush_one = {
    "UPDATE firehose_stream SET flush_to = next, retry_ms = 0, due_ms = 0 WHERE next > position AND NOT is_deleting"
    " AND account = ?1 AND region = ?2 AND name = ?3"};
static const Query list_all = {"SELECT account, region, name, next - position, buffered_bytes, failing_ms FROM"
                               " firehose_stream ORDER BY account, region, name LIMIT 10000"};

static Bytes member(const json_t *input, const char *name, Bytes fallback)
{
    const char *value = json_string_value(json_object_get(input, name));
    return value ? bytes_of(value) : fallback;
}

static Scope scope_of(Firehose *firehose, const json_t *input, Arena *arena)
{
    Scope scope = scope_of_runtime(firehose->runtime, firehose, arena);
    scope.account = member(input, "account", scope.account);
    scope.region = member(input, "region", scope.region);
    return scope;
}

/* In its own transaction: the deliveries look at what is committed. */
typedef struct Flush {
    Scope scope;
    Bytes name;
} Flush;

static int mark(void *context)
{
    const Flush *flush = context;
    Statement *row = statement_begin(flush->scope.store, present(flush->name) ? &flush_one : &flush_all);
    if (present(flush->name)) {
        bind_text(row, 1, flush->scope.account);
        bind_text(row, 2, flush->scope.region);
        bind_text(row, 3, flush->name);
    }
    return statement_run(row);
}

static json_t *text(Bytes bytes)
{
    return json_stringn(bytes.ptr, bytes.len);
}

static json_t *describe_all(const Firehose *firehose)
{
    json_t *streams = json_array();
    Statement *rows = statement_begin(firehose->store, &list_all);
    while (statement_step(rows) == STORE_ROW) {
        json_t *stream = json_object();
        json_object_set_new(stream, "stream", text(column_bytes(rows, 2)));
        json_object_set_new(stream, "account", text(column_bytes(rows, 0)));
        json_object_set_new(stream, "region", text(column_bytes(rows, 1)));
        json_object_set_new(stream, "buffered_records", json_integer(column_int64(rows, 3)));
        json_object_set_new(stream, "buffered_bytes", json_integer(column_int64(rows, 4)));
        json_object_set_new(stream, "is_failing", json_boolean(column_int64(rows, 5) != 0));
        json_array_append_new(streams, stream);
    }
    return json_pack("{s:o}", "streams", streams);
}

/* Somebody else works on what is being delivered: the answer waits for that. */
struct FlushWait {
    struct FlushWait *next;
    HttpRequest *request;
};

static void deliver_all(Firehose *firehose, HttpRequest *request, HttpResponse *response)
{
    deliveries_run(firehose, clock_now_ms(firehose->runtime->clock));
    if (deliveries_finish(firehose)) {
        page_answer(response, describe_all(firehose));
        return;
    }
    struct FlushWait *wait = malloc(sizeof *wait);
    if (!wait)
        abort();
    *wait = (struct FlushWait){firehose->flushes, request};
    firehose->flushes = wait;
    response->status = 0;
}

void flushes_look(Firehose *firehose)
{
    while (firehose->flushes && !firehose->deliveries) {
        struct FlushWait *wait = firehose->flushes;
        HttpResponse response = {.status = 200};
        firehose->flushes = wait->next;
        page_answer(&response, describe_all(firehose));
        http_respond(wait->request, &response);
        free(wait);
    }
}

/* Its clients are gone already. */
void flushes_close(Firehose *firehose)
{
    for (struct FlushWait *wait; (wait = firehose->flushes);) {
        firehose->flushes = wait->next;
        free(wait);
    }
}

void flush_page(void *context, HttpRequest *request, HttpResponse *response)
{
    static const char *const known[] = {"stream", "account", "region", NULL};
    Firehose *firehose = context;
    DeliveryStream stream;
    json_t *input = page_input(request, response);
    if (!input || !page_check_keys(response, input, known)) {
        json_decref(input);
        return;
    }
    Arena *arena = arena_new();
    Flush flush = {scope_of(firehose, input, arena), member(input, "stream", (Bytes){0})};
    sources_catch_up(firehose);
    int code = present(flush.name) ? delivery_stream_find(&flush.scope, flush.name, &stream) : STORE_OK;
    if (code == STORE_NOT_FOUND) {
        page_fail(response, 404, "stream: there is no delivery stream " BYTES_FMT, BYTES_ARG(flush.name));
    } else if (code != STORE_OK || runtime_run_alone(firehose->runtime, mark, &flush) != STORE_OK) {
        page_fail(response, 500, "%s", store_error(firehose->store));
    } else {
        deliver_all(firehose, request, response);
    }
    arena_free(arena);
    json_decref(input);
}
